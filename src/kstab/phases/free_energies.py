"""Gibbs energies of formation at a temperature and pressures, from enthalpies at 298.15 K.

With ``g(T) = H(T) - H(298.15 K) - T S(T)`` of a phase and of the elements in it, per atom::

    G_f(T) = H_f(298.15 K) + g_phase(T) - sum of g_element(T, p)

The elements keep the energy zero, so voltages are against the metal as it is at the temperature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import Conditions, ElementState
from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.engine.equilibrium import Floats, Integers
from kstab.phases.table import PhaseTable
from kstab.phases.uncertainty import Uncertainty


@dataclass(frozen=True, slots=True)
class Molecule:
    """A molecular compound in the form it has under conditions, of measured energy.

    Attributes:
        formula: Its formula.
        form: ``gas``, ``liquid`` or ``solid``.
        energy: H_f(298.15 K) + g(T, p), eV per atom, counted from the elements as they are at
            298.15 K and 1 bar, phosphorus being red.
        crystal: H_f(298.15 K) of its form of lowest enthalpy, for which a computed energy of the
            molecule in a crystal stands, eV per atom.
        sigma: Standard uncertainty of the energy, eV per atom.
    """

    formula: Formula
    form: str
    energy: float
    crystal: float
    sigma: float = 0.0


@dataclass(frozen=True, eq=False)
class Thermal:
    """What heat and entropy do to the energies of a table with N rows.

    Attributes:
        elements: All elements, as they are; their energy is g(T, p), eV per atom.
        molecules: Molecular compounds, of measured energy.
        solids: g(T) of each row as a solid, eV per atom; shape (N,).
        sigma: How far that may be off; shape (N,).
        replaces: Whether molecules have their measured energies, which go with the enthalpies of
            the table; else they keep their own enthalpy, and what changes of it is measured.
    """

    elements: Sequence[ElementState]
    molecules: Sequence[Molecule]
    solids: Floats
    sigma: Floats
    replaces: bool = False


def at_conditions(
    table: PhaseTable, conditions: Conditions, thermal: Thermal, candidates: Integers | None = None
) -> PhaseTable:
    """Return a table of enthalpies with the Gibbs energies under conditions.

    Args:
        table: Enthalpies of formation at 298.15 K, or energies that serve as such.
        conditions: Temperature and pressures.
        thermal: What heat and entropy add.
        candidates: Rows that all phases on the new hull are among; None where nothing is known.

    >>> rows = [(Formula.parse(f), "", e) for f, e in [("K", 0), ("O2", 0), ("K2O", -1.2)]]
    >>> table = PhaseTable.build("demo", rows, scheme="pbe")
    >>> elements = [ElementState("K", "solid", -0.2), ElementState("O", "O2 gas", -0.3)]
    >>> heat = Thermal(elements, (), np.full(3, -0.1), np.zeros(3))
    >>> free = at_conditions(table, Conditions(), heat)
    >>> round(free.phase(1).formation_energy, 4)  # -1.2 - 0.1 + (2 × 0.2 + 0.3) / 3
    -1.0667
    """
    measured = {
        row: molecule
        for molecule in thermal.molecules
        for row in table.polymorphs(molecule.formula).tolist()
    }
    corrections = table.corrections
    if corrections is not None and thermal.replaces:
        corrections = corrections.copy()
        for row, molecule in measured.items():  # from the published energy to the measured one
            corrections[row] = molecule.crystal - (table.energies[row] - corrections[row])
    return table.derived(
        energies=_energies(table, thermal, measured),
        candidates=candidates,
        corrections=corrections,
        origin=replace(table.origin, conditions=conditions),
        states=tuple(thermal.elements),
        fluids=_fluids(table, thermal, measured),
        uncertainty=_uncertainty(table, thermal, measured),
    )


def _energies(table: PhaseTable, thermal: Thermal, measured: Mapping[int, Molecule]) -> Floats:
    """Gibbs energies of formation, eV/atom."""
    of_elements = np.zeros(128)
    for state in thermal.elements:
        of_elements[ATOMIC_NUMBER[state.symbol]] = state.energy
    elements = table.mean_over_atoms(of_elements)
    energies = np.where(
        table.is_element, table.energies, table.energies + thermal.solids - elements
    )
    for row, molecule in measured.items():
        energies[row] = molecule.energy - elements[row]
        if not thermal.replaces:  # one rule a hull: its own energy, changed as measured
            energies[row] += table.energies[row] - molecule.crystal
    return energies


def _fluids(
    table: PhaseTable, thermal: Thermal, measured: Mapping[int, Molecule]
) -> dict[int, str]:
    """Which rows are a gas or a liquid."""
    forms = {row: molecule.form for row, molecule in measured.items()}
    for state in thermal.elements:
        rows = table.polymorphs(Formula.parse(state.symbol)).tolist()
        forms |= dict.fromkeys(rows, state.form.split()[-1])  # of "O2 gas"
    return {row: form for row, form in forms.items() if form != "solid"}


def _uncertainty(
    table: PhaseTable, thermal: Thermal, measured: Mapping[int, Molecule]
) -> Uncertainty:
    """Errors of Gibbs energies: heat and entropy add theirs, measured molecules have their own."""
    known = table.uncertainty or Uncertainty.of_scheme(None, len(table))
    added = np.where(table.is_element, 0.0, thermal.sigma)
    rows = list(measured) if thermal.replaces else []
    sigmas = [measured[row].sigma for row in rows]
    return known.with_thermal(added, np.array(rows, dtype=np.int64), np.array(sigmas))
