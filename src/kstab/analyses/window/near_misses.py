"""Phases slightly above the hull on which a limit depends."""

from dataclasses import replace
from typing import Final

import numpy as np

from kstab.analyses.window import staircase
from kstab.analyses.window.result import NearMiss
from kstab.analyses.window.staircase import Target
from kstab.engine.equilibrium import Floats, Integers, Problem, Profile
from kstab.engine.lockstep import sweep_potentials
from kstab.phases.hull import heights_above_hull
from kstab.phases.table import ON_HULL, PhaseTable

NEAR: Final = 0.025
"""Energy above hull, eV/atom, up to which a phase can be a near miss."""

MATTERS: Final = 0.01
"""Change of a limit, V, from which a near miss is reported."""

_Limits = tuple[float | None, float | None]


def near_misses(
    target: Target, composition: Floats, profile: Profile, table: PhaseTable
) -> tuple[NearMiss, ...]:
    """Return the phases slightly above the hull on which the window of a phase depends.

    A phase exactly on the hull changes nothing, so each is lowered by the whole
    band, NEAR, in turn: the change of the limits is what an error of that size in
    its energy may hide. All variants are solved in lockstep.

    Args:
        target: The phase in question, which has a window.
        composition: Its closed elements, scaled to a sum of 1; shape (m,).
        profile: Its profile as the table is.
        table: Where the phases come from.
    """
    system = table.select(target.formula.elements, target.ion.symbol, all_phases=True)
    heights = heights_above_hull(table, system.rows)
    others = ~np.isin(system.rows, table.polymorphs(target.formula))
    near = np.flatnonzero((heights > ON_HULL) & (heights <= NEAR) & others)
    near = _lowest_of_each(near, heights, table, system.rows)
    pool = np.flatnonzero(heights <= ON_HULL)
    problems = [_lowered(system.problem, np.append(pool, column)) for column in near]
    variants = sweep_potentials(problems, [composition] * len(problems))
    before = _limits(profile, target)
    was_stable = _is_stable(profile, target)
    misses = []
    for column, variant in zip(near.tolist(), variants, strict=True):
        # A stable phase that is stable no more has lost its window; the limits of the
        # mixture that replaces it are not its own.
        lost = was_stable and not _is_stable(variant, target)
        after = (None, None) if lost else _limits(variant, target)
        if _matters(before, after):
            misses.append(
                NearMiss.part_of(
                    table.phase(int(system.rows[column])),
                    energy_above_hull=round(float(heights[column]), 9),
                    lowered_by=NEAR,
                    reduction_limit=after[0],
                    oxidation_limit=after[1],
                    keeps_window=after[0] is not None,
                )
            )
    return tuple(misses)


def _lowest_of_each(
    columns: Integers, heights: Floats, table: PhaseTable, rows: Integers
) -> Integers:
    """The columns without polymorphs of others among them: the lowest says what they say."""
    lowest: dict[str, int] = {}
    for column in columns[np.argsort(heights[columns], kind="stable")].tolist():
        lowest.setdefault(table.formulas[int(rows[column])], column)
    return np.array(sorted(lowest.values()), dtype=np.int64)


def _lowered(problem: Problem, columns: Integers) -> Problem:
    """The problem of some columns, the energy of the last one lowered by NEAR."""
    taken = problem.take(columns)
    energies = taken.energies.copy()
    energies[-1] -= NEAR
    return replace(taken, energies=energies)


def _is_stable(profile: Profile, target: Target) -> bool:
    height = staircase.height(profile, target)
    return height is not None and height <= ON_HULL


def _limits(profile: Profile, target: Target) -> _Limits:
    return staircase.limits(profile, staircase.window_segment(profile, target), target.ion)


def _matters(before: _Limits, after: _Limits) -> bool:
    return any(
        (a is None) != (b is None) or (a is not None and b is not None and abs(a - b) >= MATTERS)
        for a, b in zip(before, after, strict=True)
    )
