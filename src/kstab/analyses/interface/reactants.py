"""The two sides of an interface: whose energy they take, and in which units they count."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kstab.analyses.interface.result import EnergySource, Mode
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import Ion
from kstab.engine.equilibrium import sweep_potential
from kstab.phases.bars import EnergySum, add, mixture
from kstab.phases.table import PhaseTable


@dataclass(frozen=True)
class Condition:
    """Under what condition two phases meet.

    Attributes:
        mode: Whether an ion is exchanged, and with what.
        ion: The working ion; None where none is clear, which only a closed contact allows.
    """

    mode: Mode
    ion: Ion | None

    @property
    def open_ion(self) -> Ion | None:
        """The ion that an electrode takes and gives; None where there is none."""
        return self.ion if self.mode == "open" else None


@dataclass(frozen=True)
class Side:
    """One reactant, per unit of what the engine counts.

    Attributes:
        formula: Its formula, as typed.
        row: Its row in the table; None where it is not in the data.
        source: Where its energy comes from.
        units: Units per formula unit.
        energy: The energy used, eV per unit.
        ions: Ions per unit that can be exchanged; 0 in a closed system.
        metal_electrons: Electrons per unit that it gives as the ion's metal; 0 for anything else.
        sum: The phases that energy is of: rows of the table and atoms per unit.
    """

    formula: Formula
    row: int | None
    source: EnergySource
    units: float
    energy: float
    ions: float
    metal_electrons: float
    sum: EnergySum

    @cached_property
    def weights(self) -> tuple[float, float, float]:
        """Atoms, formula units and grams per unit."""
        return self.formula.atoms / self.units, 1.0 / self.units, self.formula.mass / self.units

    def grand_energy(self, potential: float) -> float:
        """Return E - mu n, eV per unit."""
        return self.energy - potential * self.ions


def side_of(formula: Formula, condition: Condition, table: PhaseTable, *, hull: bool) -> Side:
    """Return a side with its own energy, or with the hull's.

    Args:
        formula: What it is made of.
        condition: Under what condition it meets the other.
        table: Where the energies come from.
        hull: Whether to take the hull's energy; always so without a phase.
    """
    row = table.find(formula)
    if row is None or hull:
        energy, mixed = hull_mixture(formula, table)
        return _in_units(formula, row, "hull", (energy, mixed), condition)
    energy = float(table.energies[row]) * formula.atoms
    return _in_units(formula, row, "phase", (energy, {row: formula.atoms}), condition)


def charged_side(
    charged: Formula, discharged: Side, ion: Ion, voltage: float, condition: Condition,
    table: PhaseTable,
) -> Side:  # fmt: skip
    """Return the charged side, with the energy that charging at a mean voltage stores.

    E(A(1-x)M) = E(AM) + x z V, the metal's own energy being zero.

    Args:
        charged: What it is made of.
        discharged: The side it is made from.
        ion: The ion that is taken out.
        voltage: Mean voltage, V.
        condition: Under what condition it meets the other.
        table: Where the energies come from.
    """
    multiple = multiple_of(charged, discharged.formula, ion) or 0.0
    given_off = multiple * float(discharged.formula[ion.symbol]) - float(charged[ion.symbol])
    energy = multiple * discharged.energy * discharged.units + given_off * ion.charge * voltage
    # The error is that of the discharged phase: a measured voltage adds none to speak of.
    mixed = add((multiple * discharged.units, discharged.sum))
    row = table.find(charged)
    return _in_units(charged, row, "average_voltage", (energy, mixed), condition)


def multiple_of(charged: Formula, discharged: Formula, ion: Ion) -> float | None:
    """Return how many formula units become one of the charged phase by losing ions.

    None where that is not what happens.

    >>> multiple_of(Formula.parse("K0.5CrO2"), Formula.parse("KCrO2"), Ion("K", 1))
    1.0
    """
    rest, other = without_ion(charged, ion), without_ion(discharged, ion)
    if rest is None or other is None or rest.key != other.key:
        return None
    multiple = rest.atoms / other.atoms
    return multiple if multiple * discharged[ion.symbol] > charged[ion.symbol] else None


def without_ion(formula: Formula, ion: Ion) -> Formula | None:
    """Return what a formula holds beside the ion; None for the ion's metal."""
    rest = {symbol: amount for symbol, amount in formula.amounts if symbol != ion.symbol}
    return Formula.of(rest) if rest else None


def hull_mixture(formula: Formula, table: PhaseTable) -> tuple[float, EnergySum]:
    """Return the closed equilibrium at a composition, per formula unit.

    Its energy, eV, and the phases that is of: rows of the table and atoms.

    Raises:
        ElementError: The table has no energy for one of the elements.
    """
    system = table.select(formula.elements)
    composition = np.array([float(formula[symbol]) for symbol in system.closed]) / formula.atoms
    profile = sweep_potential(system.problem, composition)
    mixed = mixture(profile.bases[0], profile.amounts[0], system.rows.tolist())
    return profile.energies[0] * formula.atoms, add((formula.atoms, mixed))


def _in_units(
    formula: Formula,
    row: int | None,
    source: EnergySource,
    energy: tuple[float, EnergySum],
    condition: Condition,
) -> Side:
    """The side, its energy given in eV per formula unit, as a number and as a sum."""
    ion, open_ion = condition.ion, condition.open_ion
    ions = float(formula[open_ion.symbol]) if open_ion else 0.0
    units = formula.atoms - ions
    is_metal = condition.mode == "metal_contact" and ion and formula.elements == (ion.symbol,)
    return Side(
        formula=formula,
        row=row,
        source=source,
        units=units,
        energy=energy[0] / units,
        ions=ions / units,
        metal_electrons=float(ion.charge) if ion and is_metal else 0.0,
        sum=add((1.0 / units, energy[1])),
    )
