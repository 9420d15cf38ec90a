"""Measured entropies and heat capacities of solids."""

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

import kstab
from kstab.base.units import KILOJOULE_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import HeatCapacity
from kstab.chemistry.roles import Floats, Integers
from kstab.phases.table import pack_compositions
from kstab.sources.forms import heat_capacities, read_handbook
from schemes.measured import Key, final_test, second_test

JOULE: Final = 1.0 / (1000.0 * KILOJOULE_PER_EV)
"""eV in 1 J/mol."""
UNLIKE: Final = 0.08
"""A volume of another polymorph counts unless it is off by more from the estimate."""
CUBIC_ANGSTROM: Final = 1.66053906660  # Å³ per atomic mass unit at 1 g/cm³


class Measured(NamedTuple):
    """The entropy of a solid at 298.15 K by source, J/(mol K); None where it has none."""

    formula: Formula
    handbook: float | None
    nist: float | None
    density: float | None

    @property
    def entropy(self) -> float:
        """The mean of the sources, eV/(K atom)."""
        given = [value for value in (self.handbook, self.nist) if value is not None]
        return sum(given) / len(given) * JOULE / float(self.formula.atoms)


@dataclass(frozen=True, eq=False)
class Entropies:
    """Measured solid compounds, one row each.

    Attributes:
        formulas: Their formulas.
        numbers: Atomic numbers, padded with 0; shape (n, k).
        amounts: Atoms of each per formula unit; shape (n, k).
        volumes: Å³/atom; nan where unknown.
        entropies: At 298.15 K, eV/(K atom).
        heats: Their heat capacities; None where not known at other temperatures.
    """

    formulas: tuple[Formula, ...]
    numbers: NDArray[np.uint8]
    amounts: Floats
    volumes: Floats
    entropies: Floats
    heats: tuple[tuple[HeatCapacity, ...] | None, ...]

    def __len__(self) -> int:
        return len(self.formulas)

    def take(self, index: Integers) -> "Entropies":
        """Return some of the solids."""
        return Entropies(
            tuple(self.formulas[i] for i in index), self.numbers[index], self.amounts[index],
            self.volumes[index], self.entropies[index], tuple(self.heats[i] for i in index),
        )  # fmt: skip

    def hold(self, *elements: str) -> NDArray[np.bool_]:
        """Which solids hold one of some elements."""
        return np.array([not set(elements).isdisjoint(f.elements) for f in self.formulas])


@cache
def values() -> dict[Key, Measured]:
    """Return all solid compounds with a measured entropy, by composition."""
    nist = {Formula.parse(row["formula"]).key: row for row in read_handbook("nist_solids.csv")}
    solids = {Formula.parse(row["formula"]).key: row for row in read_handbook("solids.csv")}
    found = {}
    for key in sorted(solids.keys() | nist.keys(), key=str):
        row, other = solids.get(key, {}), nist.get(key, {})
        formula = Formula.parse((row or other)["formula"])
        numbers = (row.get("entropy_J_mol_K"), other.get("entropy_J_mol_K"))
        handbook, webbook = (float(text) if text else None for text in numbers)
        density = row.get("density_g_cm3")
        if len(formula.elements) > 1 and (handbook or webbook):
            found[key] = Measured(formula, handbook, webbook, float(density) if density else None)
    return found | _carbons()


def _carbons() -> dict[Key, Measured]:
    """Graphite and its compounds with metals, stiffer than all that the tables have of carbon."""
    found = {}
    for row in read_handbook("carbons.csv"):
        formula = Formula.parse(row["formula"])
        found[formula.key] = Measured(formula, float(row["entropy_J_mol_K"]), None, None)
    return found


def gather(chosen: list[Measured]) -> Entropies:
    """Return measured solids as arrays."""
    formulas = [value.formula for value in chosen]
    numbers, amounts = pack_compositions(formulas)
    volumes = np.array([_volume(value) for value in chosen])
    heats = {
        Formula.parse(name).key: pieces
        for (name, form), pieces in heat_capacities().items()
        if form == "solid"
    }
    return Entropies(
        tuple(formulas), numbers, amounts.astype(float), volumes,
        np.array([value.entropy for value in chosen]),
        tuple(heats.get(formula.key) for formula in formulas),
    )  # fmt: skip


def noise() -> float:
    """Return the standard error of a measured entropy, eV/(K atom): what two sources say of it."""
    halves = [
        (value.handbook - value.nist) / 2.0 * JOULE / float(value.formula.atoms)
        for key, value in values().items()
        if value.handbook is not None and value.nist is not None and key not in held_back()
    ]
    return float(np.sqrt(np.mean(np.square(halves))))


@cache
def held_back() -> frozenset[Key]:
    """Return the compositions of both final tests."""
    return frozenset(Formula.parse(f).key for f in (*final_test(), *second_test()))


@cache
def training() -> Entropies:
    """Return the solids open to fitting and design: those of neither final test."""
    return gather([value for key, value in values().items() if key not in held_back()])


def table_volumes() -> Floats:
    """Return the volumes of the phases of the embedded table, Å³/atom; nan where unknown.

    Those of another polymorph, or of a structure known by its formula alone, give way to the
    estimate of the table where the two are far apart.
    """
    extras = kstab.phase_table().extras
    volumes, estimated = extras["volume"], extras["volume_estimated"]
    doubtful = np.isin(extras["volume_quality"], ["C", "D"])
    with np.errstate(invalid="ignore"):
        far = doubtful & (np.abs(estimated / volumes - 1.0) > UNLIKE)
    found: Floats = np.where(far | ~np.isfinite(volumes), estimated, volumes)
    return found


def _volume(value: Measured) -> float:
    """From the embedded table, else from the density; nan where neither knows."""
    row = kstab.phase_table().find(value.formula)
    known = float(_volumes()[row]) if row is not None else np.nan
    if np.isfinite(known) or value.density is None:
        return known
    return value.formula.mass * CUBIC_ANGSTROM / (value.density * float(value.formula.atoms))


@cache
def _volumes() -> Floats:
    return table_volumes()
