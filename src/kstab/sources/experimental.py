"""Measured Gibbs energies of formation as a table of phases.

From the handbook values in ``phase_data/experiment``: solids, and gases at 1 bar. Where only an
enthalpy was measured a phase is left out, so the table is small and its gaps are named.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np

from kstab.base.units import KILOJOULE_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import ROOM
from kstab.phases.scheme import MEASURED
from kstab.phases.table import PhaseTable, reduced
from kstab.sources.columns import EXPERIMENTAL
from kstab.sources.element_states import HandbookRow, at_temperature, folder, read_handbook

VERSION: Final = "1.0.0"
"""Changes whenever a figure in the table does."""

_LIQUIDS: Final = ("Br", "Hg")  # elements whose reference is a liquid, in neither table
_RED_PHOSPHORUS: Final = (-17.6, -12.1)
"""Enthalpy and Gibbs energy, kJ per mol of P, from white phosphorus (D. D. Wagman et al.,
J. Phys. Chem. Ref. Data 11, Suppl. 2, 1982), which the handbook counts from."""
_CUBIC_ANGSTROM: Final = 1.66053906660  # Å³ per atomic mass unit at 1 g/cm³


@dataclass(frozen=True, slots=True)
class _Entry:
    """A phase: formula, CAS number, eV/atom, Å³/atom (nan where unknown), whether doubtful."""

    formula: Formula
    cas: str
    energy: float
    volume: float
    doubtful: bool


@cache
def load(temperature: float = ROOM) -> PhaseTable:
    """Return the measured phases; energies from the elements as they are at 298.15 K and 1 bar.

    Args:
        temperature: K. Other than at 298.15 K, free energies follow with constant enthalpy and
            entropy of formation.

    Raises:
        DataError: A table is missing or damaged.

    >>> table = load()
    >>> round(-2 * table.phase(table.find(Formula.parse("KCl"))).formation_energy, 2)  # V
    4.23
    """
    lowest: dict[str, _Entry] = {}
    for entry in _entries(temperature):  # a composition can be there as solid and as gas
        name = reduced(entry.formula).text
        if entry.energy < lowest.setdefault(name, entry).energy:
            lowest[name] = entry
    built = PhaseTable.build(
        EXPERIMENTAL,
        ((entry.formula, entry.cas, entry.energy) for entry in lowest.values()),
        scheme=MEASURED,
        version=VERSION,
        digest=_digest(),
    )
    ordered = [lowest[name] for name in built.formulas]
    return replace(
        built,
        flags=np.array([entry.doubtful for entry in ordered], dtype=np.uint8),
        flag_names=("conflicting_sources",),
        extras={"volume": np.array([entry.volume for entry in ordered])},
    )


def _digest() -> str:
    both = hashlib.sha256()
    for name in ("solids.csv", "gases.csv"):
        both.update((folder() / name).read_bytes())
    return both.hexdigest()


def _entries(temperature: float) -> Iterator[_Entry]:
    phosphorus = at_temperature(*_RED_PHOSPHORUS, temperature)
    for symbol in _LIQUIDS:
        yield _Entry(Formula.parse(symbol), "", 0.0, np.nan, False)
    for row in (*read_handbook("solids.csv"), *read_handbook("gases.csv")):
        formula = Formula.parse(row["formula"])
        if len(formula.elements) == 1:
            if _is_reference(row):
                yield _entry(formula, row, 0.0)
        elif row["gibbs_kJ_mol"]:
            enthalpy, gibbs = float(row["enthalpy_kJ_mol"]), float(row["gibbs_kJ_mol"])
            energy = at_temperature(enthalpy, gibbs, temperature)
            yield _entry(formula, row, energy - phosphorus * float(formula["P"]))


def _is_reference(row: HandbookRow) -> bool:
    """Whether a row is an element as energies count from it."""
    # Gray tin stands for white tin, of which there is no row; white phosphorus for red.
    return "other_form" in row.get("flags", "").split() or float(row["enthalpy_kJ_mol"]) == 0.0


def _entry(formula: Formula, row: HandbookRow, energy: float) -> _Entry:
    density = row.get("density_g_cm3")
    same_form = formula.elements != ("P",)
    volume = np.nan
    if density and same_form:
        volume = formula.mass * _CUBIC_ANGSTROM / (float(density) * formula.atoms)
    return _Entry(
        formula=formula,
        cas=row["cas"] if same_form else "",
        energy=energy / (KILOJOULE_PER_EV * formula.atoms),
        volume=volume,
        doubtful="sources_differ" in row.get("flags", "").split(),
    )
