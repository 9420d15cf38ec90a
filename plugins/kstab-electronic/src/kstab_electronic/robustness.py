"""What else may form: products left out, and near misses brought onto the hull."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from kstab.analyses.near_misses import NEAR
from kstab.composition import Formula
from kstab.equilibrium import Integers, Problem, Profile
from kstab.hull import heights_above_hull
from kstab.ions import ion as ion_of
from kstab.lockstep import sweep_potentials
from kstab.phases import ON_HULL, PhaseTable, System
from kstab.products import Mixtures, Product

_EDGE: Final = 1e-9  # eV; a voltage at the edge of a step belongs to the step above it


class Situation(NamedTuple):
    """What reacts, and at which voltage.

    Attributes:
        amounts: Atoms of each element that is not open, per formula unit.
        elements: Symbols of all elements that may take part, the open one included.
        ion: Symbol of the open ion; None where nothing is exchanged.
        voltage: V; meaningless without an ion.
        reactants: Formulas of what reacts, which are not varied.
    """

    amounts: Mapping[str, float]
    elements: tuple[str, ...]
    ion: str | None
    voltage: float
    reactants: tuple[str, ...]


class Variant(NamedTuple):
    """The products after one change.

    Attributes:
        formula: The phase that was left out or lowered.
        removed: Whether it was left out.
        energy_above_hull: Of the phase, eV/atom; 0 for one that was left out.
        products: What forms then.
    """

    formula: str
    removed: bool
    energy_above_hull: float
    products: tuple[Product, ...]

    @property
    def change(self) -> str:
        """What was done, in words."""
        if self.removed:
            return f"without {self.formula}"
        above = 1000.0 * self.energy_above_hull
        return f"with {self.formula} ({above:.0f} meV/atom above the hull) lower by {_BAND}"


_BAND: Final = f"{1000 * NEAR:.0f} meV/atom"


def variants(
    situation: Situation, products: Iterable[str], table: PhaseTable
) -> tuple[Variant, ...]:
    """Return the products without each product in turn, and with each near miss in turn.

    A phase exactly on the hull changes nothing, so a near miss is lowered by the whole band of
    25 meV/atom, as in the core. Elements are never left out. All variants are solved in
    lockstep: a few milliseconds together.
    """
    system = table.select(situation.elements, situation.ion, all_phases=True)
    cases = [*_removals(situation, products, system, table), *_lowered(situation, system, table)]
    if not cases:
        return ()
    problems = [_of(system.problem, case) for case in cases]
    amounts = np.array([situation.amounts[symbol] for symbol in system.closed])
    total = float(amounts.sum())
    profiles = sweep_potentials(problems, [amounts / total] * len(cases), ties=False)
    return tuple(
        Variant(
            case.formula,
            case.removed,
            case.height,
            Mixtures(table, system.rows[case.columns].tolist(), total)(
                *_at_voltage(profile, situation)
            ),
        )
        for case, profile in zip(cases, profiles, strict=True)
    )


class _Case(NamedTuple):
    """A variant to solve: the columns that compete, the last one lowered where one is."""

    formula: str
    removed: bool
    height: float
    columns: Integers


def _removals(
    situation: Situation, products: Iterable[str], system: System, table: PhaseTable
) -> Iterator[_Case]:
    every = np.arange(len(system.rows))
    reactants = {Formula.parse(reactant).key for reactant in situation.reactants}
    for name in products:
        formula = Formula.parse(name)
        if len(formula.elements) > 1 and formula.key not in reactants:
            gone = _columns(system, table, name)
            yield _Case(name, True, 0.0, every[~np.isin(every, gone)])


def _lowered(situation: Situation, system: System, table: PhaseTable) -> Iterator[_Case]:
    heights = heights_above_hull(table, system.rows)
    on_hull = np.flatnonzero(heights <= ON_HULL)
    fixed = [column for name in situation.reactants for column in _columns(system, table, name)]
    for column in np.flatnonzero((heights > ON_HULL) & (heights <= NEAR)).tolist():
        if column not in fixed:
            name = table.formulas[int(system.rows[column])]
            yield _Case(name, False, float(heights[column]), np.append(on_hull, column))


def _columns(system: System, table: PhaseTable, formula: str) -> Integers:
    """Columns of the phases of a composition."""
    return np.flatnonzero(np.isin(system.rows, table.polymorphs(Formula.parse(formula))))


def _of(problem: Problem, case: _Case) -> Problem:
    columns = case.columns
    energies = problem.energies[columns]
    if not case.removed:
        energies[-1] -= NEAR
    start = np.array([np.flatnonzero(columns == column)[0] for column in problem.start])
    return Problem(problem.closed[:, columns], energies, problem.ions[columns], start)


def _at_voltage(
    profile: Profile, situation: Situation
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Columns and amounts of the segment at the voltage asked for."""
    charge = ion_of(situation.ion).charge if situation.ion else 0
    potential = -charge * situation.voltage
    ends = profile.potentials[1:]
    segment = next(k for k, end in enumerate(ends) if end < potential - _EDGE)
    return profile.bases[segment], profile.amounts[segment]
