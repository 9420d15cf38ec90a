"""Phase tables from phases that are stored or were just read."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kstab.chemistry.composition import Formula
from kstab.errors import ElementError
from kstab.phases.table import ON_HULL, PhaseTable, reduced
from kstab.sources.store import Dataset, StoredPhase

_EXTRAS: Final = ("volume", "band_gap", "band_gap_min", "band_gap_max", "dielectric_electronic",
                  "dielectric_total")  # fmt: skip


def table_of(dataset: Dataset, phases: Sequence[StoredPhase]) -> PhaseTable:
    """Return a table of the phases of a data set.

    Formation energies are taken as they are, and an element that has none is at zero. Total
    energies are counted from the lowest phase of each element.

    Args:
        dataset: The data set.
        phases: Its phases, or those of some elements.

    Raises:
        ElementError: Energies are total ones, and there is none of an element.

    >>> energies = {"K": -1.0, "S": -4.0, "K2S": -3.2}  # eV/atom
    >>> phases = [StoredPhase(formula, formula, energy) for formula, energy in energies.items()]
    >>> table = table_of(Dataset("mine", "1", "imported", "pbe", "total"), phases)
    >>> round(float(table.energies[1]), 3)  # -3.2 + 2/3 x 1.0 + 1/3 x 4.0
    -1.2
    """
    read = [(reduced(Formula.parse(phase.formula)), phase) for phase in phases]
    references: dict[str, float] = defaultdict(float)  # formation energies count from zero
    if dataset.energies == "total":
        references = references_of(((f, phase.energy) for f, phase in read), dataset.name)
    rows = [
        (f, phase.identifier, phase.energy - from_elements(f, references), phase.extras)
        for f, phase in read
    ]
    # An element of which there is but an unstable form has its reference all the same.
    alone = {
        formula.elements[0]
        for formula, _, energy, _ in rows
        if len(formula.elements) == 1 and energy <= ON_HULL
    }
    needed = {symbol for formula, *_ in rows for symbol in formula.elements}
    rows += [(reduced(Formula.parse(symbol)), "", 0.0, {}) for symbol in sorted(needed - alone)]
    rows.sort(key=lambda row: (row[0].text, row[2], row[1]))
    table = PhaseTable.build(
        dataset.name,
        [row[:3] for row in rows],
        scheme=dataset.scheme,
        version=dataset.version,
        digest=digest_of(phases),
    )
    extras = {
        name: np.array([row[3].get(name, np.nan) for row in rows])
        for name in _EXTRAS
        if any(name in row[3] for row in rows)
    }
    return replace(table, extras=extras)


def digest_of(phases: Iterable[StoredPhase]) -> str:
    """Return the sha256 of phases; the same for the same phases in any order."""
    rows = sorted(
        (each.identifier, each.formula, repr(each.energy), sorted(each.extras.items()))
        for each in phases
    )
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def energies_of_elements(phases: Iterable[tuple[Formula, float]]) -> dict[str, float]:
    """Return the lowest energy of each element that is among phases, eV/atom.

    >>> energies_of_elements([(Formula.parse("K"), -1.0), (Formula.parse("K2"), -1.1)])
    {'K': -1.1}
    """
    lowest: dict[str, float] = {}
    for formula, energy in phases:
        if len(formula.elements) == 1:
            symbol = formula.elements[0]
            lowest[symbol] = min(energy, lowest.get(symbol, np.inf))
    return lowest


def references_of(phases: Iterable[tuple[Formula, float]], name: str) -> dict[str, float]:
    """Return :func:`energies_of_elements` of a table, from which its energies count.

    Raises:
        ElementError: An element of its phases has no energy.
    """
    known = list(phases)
    lowest = energies_of_elements(known)
    missing = {symbol for formula, _ in known for symbol in formula.elements} - lowest.keys()
    if missing:
        raise ElementError(tuple(sorted(missing)), name)
    return lowest


def lowest_of_elements(phases: Iterable[StoredPhase]) -> dict[str, float]:
    """Return :func:`energies_of_elements` of stored phases."""
    return energies_of_elements((Formula.parse(each.formula), each.energy) for each in phases)


def from_elements(formula: Formula, lowest: Mapping[str, float]) -> float:
    """Return the energy of a composition as its elements, eV/atom.

    >>> from_elements(Formula.parse("K2S"), {"K": -1.0, "S": -4.0})
    -2.0
    """
    return sum(float(n) * lowest[symbol] for symbol, n in formula.amounts) / formula.atoms
