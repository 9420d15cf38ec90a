"""What the elements are at a temperature, and their free energies, from measured tables.

A gas at pressure p, 1/2 [H(T) - H(298.15 K) - T S(T) + RT ln p] per atom, as in Reuter and
Scheffler (10.1103/PhysRevB.65.035406); an element that has melted,
dH_fus (1 - T/T_m); sulfur that is S2 gas. ``docs/temperature.md`` explains what is left out.
"""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from kstab.base.units import KILOJOULE_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import ROOM, Conditions, ElementState, HeatCapacity, heating, mixing
from kstab.errors import DataError
from kstab.sources import embedded

_SULFUR_VAPOUR: Final = "S2"

HandbookRow = dict[str, str]


class _Melting(NamedTuple):
    """Melting and boiling of an element: K, kJ per mol of atoms, K."""

    symbol: str
    melting: float
    fusion: float
    boiling: float | None


def folder() -> Path:
    """Return the folder of the measured tables: in the wheel, or in the checkout.

    Raises:
        DataError: The embedded data set is in neither place.
    """
    return embedded.folder().parent / "experiment"


def read_handbook(name: str) -> list[HandbookRow]:
    """Read one of the measured tables.

    Raises:
        DataError: The file is missing or damaged.
    """
    path = folder() / name
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(
            str(path), f"the measured values cannot be read ({error})", "Install kstab again."
        ) from error


def element_states(conditions: Conditions, *, measured: bool) -> tuple[ElementState, ...]:
    """Return the elements that are not, or not in energy, what they are at 298.15 K and 1 bar.

    Args:
        conditions: Temperature and pressures.
        measured: Whether the energies they are for are free energies at the temperature, which
            have the gases at 1 bar in them, and not enthalpies.

    Raises:
        DataError: A table is missing or damaged.
    """
    return (*_gases(conditions, measured=measured), *_condensed(conditions))


def _gases(conditions: Conditions, *, measured: bool) -> Iterator[ElementState]:
    for gas, pieces in _heat_capacities().items():
        energy = mixing(conditions.temperature, conditions.pressure(gas))
        if not measured:
            enthalpy, entropy = heating(pieces, conditions.temperature)
            total = _entropies()[gas] + entropy
            energy += (enthalpy - conditions.temperature * total) / 1000.0
        formula = Formula.parse(gas)
        per_atom = energy / (KILOJOULE_PER_EV * formula.atoms)
        yield ElementState(formula.elements[0], f"{gas} gas", per_atom)


def _condensed(conditions: Conditions) -> Iterator[ElementState]:
    """Elements that have melted, and sulfur where it is gas."""
    temperature = conditions.temperature
    for element in _meltings():
        if temperature <= element.melting and element.symbol != "S":
            continue
        found = [(0.0, "")]
        if temperature > element.melting:
            lower = element.fusion * (1.0 - temperature / element.melting)
            found.append((lower, "liquid"))
        if element.symbol == "S":
            found.append((_sulfur_vapour(conditions), f"{_SULFUR_VAPOUR} gas"))
        energy, form = min(found)
        boils = None
        if not form.endswith("gas") and element.boiling and temperature > element.boiling:
            boils = element.boiling
        if form:
            yield ElementState(element.symbol, form, energy / KILOJOULE_PER_EV, boils)


def _sulfur_vapour(conditions: Conditions) -> float:
    """Free energy of S2 gas from solid sulfur, kJ/mol of S; enthalpy and entropy constant."""
    row = next(row for row in read_handbook("gases.csv") if row["formula"] == _SULFUR_VAPOUR)
    enthalpy, gibbs = float(row["enthalpy_kJ_mol"]), float(row["gibbs_kJ_mol"])
    pressure = mixing(conditions.temperature, conditions.pressure(_SULFUR_VAPOUR))
    return (at_temperature(enthalpy, gibbs, conditions.temperature) + pressure) / 2.0


def at_temperature(enthalpy: float, gibbs: float, temperature: float) -> float:
    """Return a free energy of formation at a temperature, from that at 298.15 K.

    Enthalpy and entropy are constant (Ellingham's approximation).

    Args:
        enthalpy: At 298.15 K.
        gibbs: At 298.15 K, in the same unit.
        temperature: K.

    >>> at_temperature(-100.0, -90.0, 298.15), round(at_temperature(-100.0, -90.0, 596.3), 3)
    (-90.0, -80.0)
    """
    return gibbs + (gibbs - enthalpy) * (temperature - ROOM) / ROOM


@cache
def _heat_capacities() -> dict[str, list[HeatCapacity]]:
    found: dict[str, list[HeatCapacity]] = {}
    for row in read_handbook("gas_heat_capacity.csv"):
        a, b, c, d, e = (float(row[name]) for name in "abcde")
        piece = HeatCapacity(float(row["from_K"]), float(row["to_K"]), (a, b, c, d, e))
        found.setdefault(row["formula"], []).append(piece)
    return found


@cache
def _entropies() -> dict[str, float]:
    return {row["formula"]: float(row["entropy_J_mol_K"]) for row in read_handbook("gases.csv")}


@cache
def _meltings() -> tuple[_Melting, ...]:
    return tuple(map(_melting, read_handbook("phase_changes.csv")))


def _melting(row: HandbookRow) -> _Melting:
    formula = Formula.parse(row["formula"])
    boiling = float(row["boiling_K"]) if row["boiling_K"] else None
    fusion = float(row["fusion_kJ_mol"]) / formula.atoms
    return _Melting(formula.elements[0], float(row["melting_K"]), fusion, boiling)
