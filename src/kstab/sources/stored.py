"""Phase tables from phases that are stored or were just read."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kstab.composition import Formula
from kstab.errors import ElementError
from kstab.phases import ON_HULL, PhaseTable, reduced
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
    references = _references(dataset, read)
    rows = [
        (formula, phase.identifier, phase.energy - _of_elements(formula, references), phase.extras)
        for formula, phase in read
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
    )
    extras = {
        name: np.array([row[3].get(name, np.nan) for row in rows])
        for name in _EXTRAS
        if any(name in row[3] for row in rows)
    }
    return replace(table, extras=extras, digest=digest_of(phases))


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


def from_elements(formula: Formula, lowest: Mapping[str, float]) -> float:
    """Return the energy of a composition as its elements, eV/atom.

    >>> from_elements(Formula.parse("K2S"), {"K": -1.0, "S": -4.0})
    -2.0
    """
    return sum(float(n) * lowest[symbol] for symbol, n in formula.amounts) / formula.atoms


def _references(
    dataset: Dataset, phases: Sequence[tuple[Formula, StoredPhase]]
) -> dict[str, float]:
    """Energy that each element counts from, eV/atom; nothing for formation energies."""
    if dataset.energies == "formation":
        return {}
    lowest = energies_of_elements((formula, phase.energy) for formula, phase in phases)
    needed = {symbol for formula, _ in phases for symbol in formula.elements}
    if needed - lowest.keys():
        raise ElementError(tuple(sorted(needed - lowest.keys())), dataset.name)
    return lowest


def _of_elements(formula: Formula, references: dict[str, float]) -> float:
    """Energy of a composition as its elements, eV/atom; zero for formation energies."""
    return from_elements(formula, references) if references else 0.0
