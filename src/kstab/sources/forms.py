"""Elements and molecules as solid, liquid and gas, with measured enthalpies and entropies."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path

from kstab.base.units import KILOJOULE_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import HeatCapacity, heating
from kstab.errors import DataError
from kstab.sources import embedded

HandbookRow = dict[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of an element or of a molecular compound.

    Attributes:
        name: Formula of the molecule, or of the solid, as it is written.
        formula: The same, as a formula.
        form: ``solid``, ``liquid`` or ``gas``.
        enthalpy: Of formation at 298.15 K from the elements, phosphorus from red, kJ/mol.
        entropy: At 298.15 K and 1 bar, J/(mol K).
        heat: Its heat capacity.
        low: Below this temperature, K, it is not stable, and nothing is known of it.
        high: Likewise above.
    """

    name: str
    formula: Formula
    form: str
    enthalpy: float
    entropy: float
    heat: tuple[HeatCapacity, ...]
    low: float = 0.0
    high: float = inf

    def gibbs(self, temperature: float) -> float:
        """Return dfH(298.15 K) + [H(T) - H(298.15 K)] - T S(T) at 1 bar, eV per formula unit."""
        enthalpy, entropy = heating(self.heat, temperature)
        change = enthalpy - temperature * (self.entropy + entropy)
        return (self.enthalpy + change / 1000.0) / KILOJOULE_PER_EV

    @property
    def atoms(self) -> float:
        """Atoms per formula unit."""
        return float(self.formula.atoms)


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


@cache
def heat_capacities() -> Mapping[tuple[str, str], tuple[HeatCapacity, ...]]:
    """Return the measured heat capacities by formula, as it is written, and form.

    Raises:
        DataError: The table is missing or damaged.

    >>> helium_like = heat_capacities()["K", "gas"]
    >>> round(helium_like[0].at(400.0), 1)  # J/(mol K)
    20.8
    """
    found: dict[tuple[str, str], list[HeatCapacity]] = {}
    for row in read_handbook("heat_capacity.csv"):
        a, b, c, d, e = (float(row[name]) for name in "abcde")
        piece = HeatCapacity(float(row["from_K"]), float(row["to_K"]), (a, b, c, d, e))
        found.setdefault((row["formula"], row["form"]), []).append(piece)
    return {key: tuple(pieces) for key, pieces in found.items()}


@cache
def forms() -> tuple[Form, ...]:
    """Return every form of every element and molecular compound, by formula and form.

    Raises:
        DataError: A table is missing or damaged.

    >>> water = [each for each in forms() if each.name == "H2O"]
    >>> [(each.form, each.enthalpy, each.entropy) for each in water][:2]
    [('gas', -241.8, 188.8), ('liquid', -285.8, 70.0)]
    """
    heats = heat_capacities()
    return tuple(
        Form(
            name=row["formula"],
            formula=Formula.parse(row["formula"]),
            form=row["form"],
            enthalpy=float(row["enthalpy_kJ_mol"]),
            entropy=float(row["entropy_J_mol_K"]),
            heat=heats[row["formula"], row["form"]],
            low=float(row["from_K"] or 0.0),
            high=float(row["to_K"] or inf),
        )
        for row in read_handbook("forms.csv")
    )
