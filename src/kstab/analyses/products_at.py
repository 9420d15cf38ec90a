"""What a composition becomes at a voltage, with some phases left out or one lowered."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import Ion
from kstab.engine.equilibrium import Profile, sweep_potential
from kstab.phases.hull import heights_above_hull
from kstab.phases.products import Mixtures, Product
from kstab.phases.table import ON_HULL, PhaseTable, System

_EDGE: Final = 1e-9  # eV; a voltage at the edge of a step belongs to the step above it


class Variant(NamedTuple):
    """What is changed of the phases that compete.

    Attributes:
        without: Compositions that are left out.
        lowered: A composition whose lowest phase is lowered, and by how many eV/atom.
    """

    without: tuple[Formula, ...] = ()
    lowered: tuple[Formula, float] | None = None


def products_at(
    amounts: Mapping[str, float],
    ion: Ion | None,
    voltage: float,
    table: PhaseTable,
    change: Variant,
) -> tuple[Product, ...]:
    """Return what a composition becomes.

    Args:
        amounts: Atoms of each element; those of the ion do not matter.
        ion: The ion that is exchanged freely; None where nothing is.
        voltage: V against the ion's metal; without meaning where nothing is exchanged.
        table: Where the phases come from.
        change: What is changed of them.

    Raises:
        PhaseError: A phase to leave out or to lower is not in the data.
        ElementError: The table has no energy for one of the elements, or is to do without one.
    """
    symbol = ion.symbol if ion else None
    system, heights = _system(table, frozenset({*amounts, *filter(None, [symbol])}), symbol)
    composition = np.array([amounts[each] for each in system.closed])
    total = float(composition.sum())
    if not total:  # the ion's metal alone
        return ()
    competing = _competing(system, heights <= ON_HULL, table, change)
    profile = sweep_potential(competing.problem, composition / total)
    potential = -ion.charge * voltage if ion else 0.0
    make = Mixtures(table, competing.rows.tolist(), total)
    return make(*_at(profile, potential))


@lru_cache(maxsize=4)
def _system(
    table: PhaseTable, elements: frozenset[str], open_element: str | None
) -> "tuple[System, np.ndarray]":
    """All phases of some elements with their heights above the hull, eV/atom."""
    system = table.select(elements, open_element, all_phases=True)
    return system, heights_above_hull(table, system.rows)


def _competing(system: System, on_hull: "np.ndarray", table: PhaseTable, change: Variant) -> System:
    """The phases after a change; those above the hull matter once one on it is left out."""
    kept = np.ones(len(on_hull), dtype=bool) if change.without else on_hull.copy()
    for formula in change.without:
        kept &= ~np.isin(system.rows, table.dispensable(formula))
    if change.lowered is None:
        return system.take(np.flatnonzero(kept))
    formula, energy = change.lowered
    rows = table.rows_of(formula)
    lowest = np.flatnonzero(system.rows == rows[table.energies[rows].argmin()])
    kept[lowest] = False  # it comes last
    energies = system.problem.energies.copy()
    energies[lowest] -= energy
    lowered = replace(system, problem=replace(system.problem, energies=energies))
    return lowered.take(np.append(np.flatnonzero(kept), lowest))


def _at(profile: Profile, potential: float) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Columns and amounts of the segment at a chemical potential."""
    ends = profile.potentials[1:]
    segment = next(k for k, end in enumerate(ends) if end < potential - _EDGE)
    return profile.bases[segment], profile.amounts[segment]
