"""What becomes of a window when all energies are drawn within their errors.

A standard deviation follows one reaction; draws of all energies also show when another
reaction takes its place, or the phase loses its place on the hull. Every phase that can
come onto the hull takes part, with its shared and its own error.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kstab.analyses.window import staircase
from kstab.analyses.window.result import Spread, WindowRobustness
from kstab.analyses.window.staircase import SAME_IONS, Target
from kstab.engine.equilibrium import Floats, Problem
from kstab.engine.lockstep import Profiles, sweep_potentials
from kstab.errors import RequestError
from kstab.phases.bars import bars_of
from kstab.phases.hull import heights_above_hull
from kstab.phases.products import formed
from kstab.phases.table import ON_HULL, PhaseTable, System

REACH: Final = 0.2
"""Energy above hull, eV/atom, up to which a phase competes: for most two or more standard
deviations of what is left over in it."""

PERCENTILES: Final = (2.5, 16.0, 50.0, 84.0, 97.5)
MOST_SAMPLES: Final = 100_000

_JITTER: Final = 1e-12  # eV²; what is shared may be known exactly, which Cholesky cannot take
_DIGITS: Final = 9  # decimals of a percentile, V or eV


def window_robustness(
    target: Target, composition: Floats, table: PhaseTable, samples: int, seed: int
) -> WindowRobustness:
    """Return what becomes of a window in samples of the energies.

    Args:
        target: The phase in question.
        composition: Its closed elements, scaled to a sum of 1; shape (m,).
        table: Where the phases come from.
        samples: Number of samples.
        seed: Seed of the random numbers.

    Raises:
        RequestError: The table has no error bars, or the number of samples makes no sense.
    """
    rows = () if target.row is None else (target.row,)
    system = within_reach(table, target.formula.elements, target.ion.symbol, rows)
    before = sweep_potentials([system.problem], [composition])
    start, seen_from_start = _begin_at(before.mixture(0)[0], system.problem, composition)
    problems = draw(replace(system, problem=start), table, samples, seed)
    profiles = sweep_potentials(problems, [seen_from_start] * samples, ties=False)
    targets = [_drawn(target, system, problem) for problem in problems]
    heights, reduction, oxidation = staircase.summary(profiles, targets)
    (first,) = _neighbours(before, target)
    known = first is not None
    below, above = first or (frozenset(), frozenset())
    after = [each or (None, None) for each in _neighbours(profiles, target)]
    same = np.array([(a == below, b == above) for a, b in after])
    return WindowRobustness(
        samples=samples,
        seed=seed,
        phases=len(system.rows),
        stable=None if target.row is None else float((heights <= ON_HULL).mean()),
        against_metal=float((reduction == 0.0).mean()),
        reduction=_spread(reduction, same[:, 0] if known else None),
        oxidation=_spread(oxidation, same[:, 1] if known else None),
    )


def _begin_at(
    basis: Sequence[int], problem: Problem, composition: Floats
) -> tuple[Problem, Floats]:
    """The same with a basis in place of the pure elements, a few pivots from every sample's."""
    columns = np.array(basis)
    inverse = np.linalg.inv(problem.closed[:, columns])
    closed = inverse @ problem.closed
    closed[:, columns] = np.eye(len(columns))
    return replace(problem, closed=closed, start=columns), np.maximum(inverse @ composition, 0.0)


def within_reach(
    table: PhaseTable, elements: Iterable[str], open_element: str | None, rows: Iterable[int]
) -> System:
    """Return the phases that can come onto the hull within the error of the energies.

    Args:
        table: Where they come from.
        elements: Symbols of the chemical system.
        open_element: The working ion, where its potential is fixed from outside.
        rows: Rows that take part however high they are.
    """
    system = table.select(elements, open_element, all_phases=True)
    near = heights_above_hull(table, system.rows) <= REACH
    near[system.problem.start] = True
    near |= np.isin(system.rows, list(rows))
    return system.take(np.flatnonzero(near))


def draw(system: System, table: PhaseTable, samples: int, seed: int) -> list[Problem]:
    """Return problems with energies drawn within their errors, the same ones for a seed.

    Raises:
        RequestError: The table has no error bars, or the number of samples makes no sense.
    """
    if not (isinstance(samples, int) and 2 <= samples <= MOST_SAMPLES):
        raise RequestError(
            f"A sample of {samples} makes no statistics.",
            f"Ask for 2 to {MOST_SAMPLES:,} samples, such as 200.",
        )
    if not (isinstance(seed, int) and seed >= 0):
        raise RequestError(f"{seed!r} is not a seed.", "Give a whole number, 0 or more.")
    covariance = bars_of(table).covariance(system.rows.tolist())
    if covariance is None:
        raise RequestError(
            f"The energies of {table.name} in scheme {table.scheme} have no known errors, so they "
            "cannot be drawn within them.",
            "Leave the samples out, or use the embedded data in scheme kstab.",
        )
    from numpy.random import default_rng  # takes 15 ms to load

    compound = np.flatnonzero(np.diag(covariance) > 0.0)  # elements are exact
    spread = covariance[np.ix_(compound, compound)] + _JITTER * np.eye(len(compound))
    normal = default_rng(seed).standard_normal((samples, len(compound)))
    problem = system.problem
    energies = np.repeat(problem.energies[None], samples, axis=0)
    energies[:, compound] += normal @ np.linalg.cholesky(spread).T
    return [replace(problem, energies=each) for each in energies]


def _drawn(target: Target, system: System, problem: Problem) -> Target:
    """The phase with its energy as drawn."""
    if target.row is None:
        return target
    (column,) = np.flatnonzero(system.rows == target.row)
    return replace(target, energy=float(problem.energies[column]) * target.atoms)


def _neighbours(
    profiles: Profiles, target: Target
) -> list[tuple[frozenset[int], frozenset[int]] | None]:
    """Columns of the products below and above each window: none without a step, None without it."""
    closed = target.closed_atoms
    still = np.abs(closed * profiles.ions - target.ions) <= SAME_IONS * max(closed, 1.0)
    ends = np.append(profiles.starts, len(still))[1:]
    found: list[tuple[frozenset[int], frozenset[int]] | None] = [None] * len(profiles)
    for owner, first, end in zip(profiles.owners, profiles.starts, ends, strict=True):
        rows = first + np.flatnonzero(still[first:end])
        if len(rows):
            below = formed(*profiles.mixture(rows[0] - 1)) if rows[0] > first else frozenset()
            above = formed(*profiles.mixture(rows[-1] + 1)) if rows[-1] + 1 < end else frozenset()
            found[owner] = below, above
    return found


def _spread(limits: Floats, same: NDArray[np.bool_] | None) -> Spread:
    """The spread over the samples that have the limit."""
    there = np.isfinite(limits)
    if not there.any():
        return Spread((), 0, None)
    share = None if same is None else float(same[there].mean())
    return Spread(percentiles(limits[there]), int(there.sum()), share)


def percentiles(values: Floats | list[float]) -> tuple[float, ...]:
    """Return :data:`PERCENTILES` of values."""
    found = np.round(np.percentile(values, PERCENTILES), _DIGITS) + 0.0
    return tuple(found.tolist())
