"""What is stable in a chemical system, and what nearly so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kstab.analyses import condition_doubts
from kstab.analyses.system.result import SystemPhase, SystemResult
from kstab.chemistry.composition import writing_order
from kstab.engine.equilibrium import Floats, Integers
from kstab.engine.lockstep import sweep_potentials
from kstab.errors import ElementError
from kstab.phases.hull import heights_above_hull
from kstab.phases.notices import flag_notices
from kstab.phases.products import Mixtures, Product, phases_of
from kstab.phases.provenance import provenance
from kstab.phases.table import ON_HULL, PhaseTable

NEARLY: Final = 0.05
"""Energy above hull, eV/atom, up to which phases are listed unless asked otherwise."""


@dataclass(frozen=True)
class SystemRequest:
    """What is asked: the phases of which chemical system.

    Attributes:
        elements: Symbols of the system.
        threshold: Energy above hull up to which phases are listed, eV/atom.
    """

    elements: tuple[str, ...]
    threshold: float = NEARLY


def solve(request: SystemRequest, table: PhaseTable) -> SystemResult:
    """Return the phases of a chemical system.

    Raises:
        ElementError: The table has no energy for one of the elements.
    """
    elements = writing_order(set(request.elements))
    missing = tuple(symbol for symbol in elements if symbol not in table.elements())
    if missing:
        raise ElementError(missing, table.name)
    rows = table.rows_within(elements)
    heights = heights_above_hull(table, rows)
    listed = np.flatnonzero(heights <= max(request.threshold, ON_HULL))
    formulas = [table.formulas[row] for row in rows[listed].tolist()]
    order = sorted(range(len(listed)), key=lambda i: (heights[listed[i]], formulas[i]))
    listed = listed[order]
    decompositions = _decompositions(table, elements, rows[listed], heights[listed])
    phases = tuple(
        _phase(table, int(row), float(height), products)
        for row, height, products in zip(rows[listed], heights[listed], decompositions, strict=True)
    )
    return SystemResult(
        elements=elements,
        scheme=table.scheme.name,
        threshold=request.threshold,
        phases=phases,
        not_shown=len(rows) - len(listed),
        warnings=(
            *condition_doubts.missing_measured((), elements, table),
            *condition_doubts.of_elements(elements, None, table),
            # An uncertain id is marked at the id; it is no doubt about stability.
            *flag_notices(((p.formula, p.flags) for p in phases), "{}", but="uncertain_id"),
        ),
        provenance=provenance(table),
    )


def _decompositions(
    table: PhaseTable, elements: Sequence[str], rows: Integers, heights: Floats
) -> list[tuple[Product, ...]]:
    """Hull products of the phases above the hull; none for those on it."""
    above = np.flatnonzero(heights > 0)
    system = table.select(elements)
    fractions = table.fractions(rows[above], system.closed)
    profiles = sweep_potentials([system.problem] * len(above), list(fractions.T))
    known, system_rows = phases_of(table), system.rows.tolist()
    found: list[tuple[Product, ...]] = [()] * len(rows)
    for place, profile in zip(above.tolist(), profiles, strict=True):
        mixture = Mixtures(table, system_rows, known[int(rows[place])].atoms)
        found[place] = mixture(profile.bases[0], profile.amounts[0])
    return found


def _phase(
    table: PhaseTable, row: int, height: float, products: tuple[Product, ...]
) -> SystemPhase:
    space_groups = table.extras.get("space_group")
    space_group = int(space_groups[row]) if space_groups is not None else 0
    return SystemPhase.part_of(
        phases_of(table)[row],
        space_group=space_group or None,
        formation_energy=float(table.energies[row]),
        energy_above_hull=height,
        decomposes_to=products,
    )
