"""The electrochemical stability window of a phase.

Voltages are against the working ion's metal of the same data set,
``V = -mu / z``. Definitions follow Zhu, He and Mo (10.1021/acsami.5b07517) and
Richards et al. (10.1021/acs.chemmater.5b04082); ``docs/window.md`` explains them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan
from typing import Final, overload

import numpy as np

from kstab.analyses.window import doubts, staircase
from kstab.analyses.window.limits import Certainty, Limits
from kstab.analyses.window.near_misses import near_misses
from kstab.analyses.window.result import (
    TELLING,
    HostPhase,
    NearMiss,
    SchemeWindow,
    Verdict,
    WindowKind,
    WindowResult,
    WindowRobustness,
)
from kstab.analyses.window.staircase import Target
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import Ion, default_ion
from kstab.engine.equilibrium import Floats, Profile, sweep_potential
from kstab.engine.lockstep import Profiles, sweep_potentials
from kstab.phases.bars import bars_of
from kstab.phases.provenance import provenance
from kstab.phases.table import ON_HULL, PhaseTable, System

HOST_DISTANCE: Final = 0.10
"""Part of the atoms by which a doped composition may differ from its host."""


@dataclass(frozen=True)
class WindowRequest:
    """What is asked: the window of which phase, against which ion.

    Attributes:
        formula: The phase.
        ion: The working ion; None for the one the composition suggests.
        near_misses: Whether to look for near misses, which costs as much again.
        samples: Number of samples of the energies within their errors; 0 for none.
        seed: Seed of these samples.
    """

    formula: Formula
    ion: Ion | None = None
    near_misses: bool = True
    samples: int = 0
    seed: int = 0


@dataclass(frozen=True)
class _Case:
    """A request with all that is needed to solve it."""

    request: WindowRequest
    target: Target
    system: System
    composition: Floats


def solve(request: WindowRequest, table: PhaseTable) -> WindowResult:
    """Return the window of one phase.

    Raises:
        ElementError: The table has no energy for one of the elements.
        RequestError: The working ion is not clear from the composition.
    """
    case = _case(request, table)
    profile = sweep_potential(case.system.problem, case.composition)
    return _result(case, profile, table)


def limits(formula: Formula, ion: Ion, table: PhaseTable) -> Limits:
    """Return the limits of a window alone, as :func:`solve` gives them, in half the time.

    Raises:
        ElementError: The table has no energy for one of the elements.
    """
    request = WindowRequest(formula, ion, near_misses=False)
    if doubts.may_break(formula):  # only the products tell whether it has a window
        return Limits.part_of(solve(request, table))
    case = _case(request, table)
    profile = sweep_potential(case.system.problem, case.composition)
    segment = staircase.window_segment(profile, case.target)
    sure = Certainty.of(profile, case.target, case.system.rows.tolist(), table)
    return sure.limits(profile, segment)


def by_scheme(request: WindowRequest, tables: Iterable[PhaseTable]) -> tuple[SchemeWindow, ...]:
    """Return the window of one phase in other correction schemes."""
    alone = replace(request, near_misses=False, samples=0)
    return tuple(SchemeWindow.part_of(solve(alone, table)) for table in tables)


class WindowBatch(Sequence[WindowResult]):
    """The windows of many phases: columns to screen by, and each full result on demand.

    Attributes:
        formulas: The phases, as typed.
        energies_above_hull: eV/atom; nan for a phase that is not in the data; shape (P,).
        reduction_limits: V; nan where there is no window; shape (P,).
        oxidation_limits: V; nan where there is no window, inf for never; shape (P,).
        verdicts: Whether each phase is stable, as in :class:`WindowResult`; the limits are its
            own, with its energy above hull set to 0, or those of its mixture.

    ``batch[i]`` is the :class:`WindowResult` that :func:`solve` would return.
    """

    def __init__(self, cases: Sequence[_Case], profiles: Profiles, table: PhaseTable) -> None:
        self._cases, self._profiles, self._table = cases, profiles, table
        self._prefetched = False  # error bars of all phases, once the first is asked for
        self.formulas = tuple(case.target.formula.text for case in cases)
        targets = [case.target for case in cases]
        self.energies_above_hull, self.reduction_limits, self.oxidation_limits = staircase.summary(
            profiles, targets
        )
        for i in np.flatnonzero(np.isnan(self.energies_above_hull)).tolist():
            # A mixture that breaks up a molecular ion has no verdict, so no limits.
            if doubts.may_break(targets[i].formula) and self[i].window_kind == "none":
                self.reduction_limits[i] = self.oxidation_limits[i] = np.nan

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Verdict of each phase."""
        heights = self.energies_above_hull.tolist()
        bars = self._table.has_bars
        return tuple(
            self[i].verdict
            if bars and height > ON_HULL  # only its error bar tells
            else _verdict(None if isnan(height) else height, None)[0]
            for i, height in enumerate(heights)
        )

    def __repr__(self) -> str:
        counts = Counter(self.verdicts)
        return f"<WindowBatch of {len(self)}: {dict(sorted(counts.items()))}>"

    def __len__(self) -> int:
        return len(self._cases)

    @overload
    def __getitem__(self, index: int) -> WindowResult: ...
    @overload
    def __getitem__(self, index: slice) -> list[WindowResult]: ...
    def __getitem__(self, index: int | slice) -> WindowResult | list[WindowResult]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not self._prefetched:
            self._prefetched = True
            targets = (case.target.row for case in self._cases if case.target.row is not None)
            rows = (row for case in self._cases for row in case.system.rows.tolist())
            bars_of(self._table).prefetch([*targets, *rows])
        return _result(self._cases[index], self._profiles[index], self._table)


def solve_many(requests: Sequence[WindowRequest], table: PhaseTable) -> WindowBatch:
    """Return the windows of many phases, solved in lockstep; equal to :func:`solve` of each.

    Raises:
        ElementError, RequestError: As :func:`solve`, for the first request concerned.
    """
    keys = [_system_of(request) for request in requests]
    unique = dict.fromkeys(keys)
    systems = dict(
        zip(unique, table.select_many([(k[0], k[1].symbol) for k in unique]), strict=True)
    )
    cases = [
        _case(request, table, systems[key]) for request, key in zip(requests, keys, strict=True)
    ]
    profiles = sweep_potentials(
        [case.system.problem for case in cases], [case.composition for case in cases]
    )
    return WindowBatch(cases, profiles, table)


def _system_of(request: WindowRequest) -> tuple[tuple[str, ...], Ion]:
    elements = request.formula.elements
    return elements, request.ion or default_ion(elements)


def _case(request: WindowRequest, table: PhaseTable, system: System | None = None) -> _Case:
    formula = request.formula
    elements, ion = _system_of(request)
    system = system or table.select(elements, ion.symbol)
    row = table.find(formula)
    # Both the formula and the system list elements by atomic number.
    amounts = [float(amount) for symbol, amount in formula.amounts if symbol != ion.symbol]
    closed, atoms = sum(amounts), formula.atoms
    target = Target(
        formula=formula,
        ion=ion,
        row=row,
        closed_atoms=closed,
        ions=float(formula[ion.symbol]),
        energy=None if row is None else float(table.energies[row]) * atoms,
        atoms=atoms,
        mass=formula.mass,
    )
    return _Case(request, target, system, np.array([amount / closed for amount in amounts]))


def _result(case: _Case, profile: Profile, table: PhaseTable) -> WindowResult:
    target = case.target
    segment = staircase.window_segment(profile, target)
    above = staircase.height(profile, target)
    sure = Certainty.of(profile, target, case.system.rows.tolist(), table)
    steps = staircase.steps(profile, target, case.system, table, sure.edges)
    above_sigma = sure.height if above else None
    below = _below_hull(case, table) if above == 0.0 and case.request.near_misses else (None, None)
    verdict, window_kind = _verdict(above, above_sigma)
    broken = doubts.broken_anion(target, steps)
    if segment is None or (verdict == "not_in_data" and broken):
        segment, window_kind = None, "none"
    reduction, oxidation = (None, None) if segment is None else staircase.beside(steps)
    misses: tuple[NearMiss, ...] | None = () if case.request.near_misses else None
    if case.request.near_misses and segment is not None:
        misses = near_misses(target, case.composition, profile, table)
    result = WindowResult.part_of(
        sure.limits(profile, segment),
        formula=target.formula.text,
        ion=target.ion.symbol,
        ion_charge=target.ion.charge,
        scheme=table.scheme.name,
        verdict=verdict,
        window_kind=window_kind,
        material_id="" if target.row is None else table.material_ids[target.row],
        energy_above_hull=above,
        energy_above_hull_sigma=above_sigma,
        energy_below_hull=below[0],
        energy_below_hull_sigma=below[1],
        reduction_step=reduction,
        oxidation_step=oxidation,
        steps=steps,
        near_misses=misses,
        host=_host(target, table) if verdict == "not_in_data" else None,
        warnings=(),
        provenance=provenance(table),
        robustness=_robustness(case, table),
    )
    return replace(result, warnings=doubts.notices(result, target, table, broken))


def _below_hull(case: _Case, table: PhaseTable) -> tuple[float | None, float | None]:
    """How far a stable phase lies below the hull of all others, and how sure that is, eV/atom."""
    target, system = case.target, case.system
    if target.energy is None or len(target.formula.elements) == 1 or not target.closed_atoms:
        return None, None
    own = np.isin(system.rows, table.polymorphs(target.formula))
    others = system.take(np.flatnonzero(~own))
    profile = sweep_potential(others.problem, case.composition)
    depth = (staircase.hull_energy(profile, target) - target.energy) / target.atoms
    sure = Certainty.of(profile, target, others.rows.tolist(), table)
    return max(depth, 0.0), sure.height


def _robustness(case: _Case, table: PhaseTable) -> WindowRobustness | None:
    request = case.request
    if not request.samples or not case.target.closed_atoms:  # the ion's metal has nothing to vary
        return None
    from kstab.analyses.window.samples import window_robustness

    return window_robustness(case.target, case.composition, table, request.samples, request.seed)


def _verdict(above_hull: float | None, sigma: float | None) -> tuple[Verdict, WindowKind]:
    if above_hull is None:
        return "not_in_data", "hull_mixture"
    if above_hull <= ON_HULL:
        return "stable", "own"
    within = sigma is not None and above_hull <= TELLING * sigma
    return "cannot_be_told_from_stable" if within else "metastable", "hull_shifted"


def _host(target: Target, table: PhaseTable) -> HostPhase | None:
    """The phase a doped composition is closest to, with its window."""
    formula, ion = target.formula, target.ion
    rows = table.rows_within(formula.elements)
    fractions = table.fractions(rows, formula.elements)
    wanted = np.array([float(amount) for _, amount in formula.amounts]) / formula.atoms
    distance = 0.5 * np.abs(fractions - wanted[:, None]).sum(axis=0)
    if ion.symbol in formula.elements:
        distance[fractions[formula.elements.index(ion.symbol)] == 0.0] = np.inf
    if not len(rows) or distance.min() > HOST_DISTANCE:
        return None
    row = int(rows[np.lexsort((table.energies[rows], distance))[0]])
    host = solve(WindowRequest(Formula.parse(table.formulas[row]), ion, False), table)
    return HostPhase.part_of(host, distance=round(float(distance.min()), 9))
