"""The engine: phase equilibria as one parametric linear programme on plain arrays.

For phases with composition a_ij (atoms of closed element i per atom of phase j),
energy e_j and ion content g_j, both per atom, the equilibrium of a composition c
at the chemical potential mu of the working ion solves::

    minimise  sum_j x_j (e_j - mu g_j)   subject to   sum_j a_ij x_j = c_i,  x >= 0

over the *closed* elements i, all elements but the ion. Two drivers move one
parameter of an optimal basis from breakpoint to breakpoint, each an exact pivot:

* :func:`sweep_potential` lowers mu from 0, the metal (a parametric cost);
* :func:`sweep_mixing` moves c from one composition to another (a parametric
  right-hand side).

``lockstep.py`` runs the first on many problems at once.

**Why it ends.** Ratio ties are broken lexicographically by a second right-hand
side p_i = sqrt(i-th prime), which is compared but never added. Square roots of
distinct primes are linearly independent over the rationals and the compositions
are rational, so two rows of a nonsingular basis cannot tie in p as well: every
pivot moves the pair (objective, objective at p) strictly down in lexicographic
order, and no basis can return. ``docs/engine.md`` has the proof in full.

The module knows nothing of files, formulas or voltages and does no I/O.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TOLERANCE: Final = 1e-9
"""What counts as zero: amounts with the right-hand side normalised to 1, pivots,
reduced costs (eV/atom) and steps of the chemical potential (eV)."""

TIE_MARGIN: Final = 1e-8
"""Margin, eV/atom, below which two sets of products are reported as tied."""

_PRIMES: Final = (
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
    89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179,
    181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277,
    281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389,
    397, 401, 409, 419, 421, 431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499,
    503, 509, 521, 523, 541, 547, 557, 563, 569, 571, 577, 587, 593, 599, 601, 607, 613, 617,
    619, 631, 641, 643, 647,
)  # fmt: skip
GENERIC: Final[Floats] = np.sqrt(np.array(_PRIMES, dtype=np.float64))
"""The right-hand side p that breaks ties; one value for each closed element."""


@dataclass(frozen=True)
class Problem:
    """Phases that may form and the closed elements they are made of.

    Attributes:
        closed: Atoms of each closed element per atom of phase; shape (m, n). No
            column is zero: the ion's own metal has no closed element and stays out.
        energies: Formation energy of each phase, eV/atom; shape (n,).
        ions: Atoms of the working ion per atom of phase; shape (n,). All zero where
            no element is open.
        start: Column of the pure element of each row; shape (m,).
    """

    closed: Floats
    energies: Floats
    ions: Floats
    start: Integers

    def take(self, columns: Integers) -> "Problem":
        """Return the problem of some phases, in their order; the pure elements are among them.

        >>> pure = Problem(np.eye(2), np.zeros(2), np.zeros(2), np.array([0, 1]))
        >>> pure.take(np.array([1, 0])).start.tolist()
        [1, 0]
        """
        place = np.empty(len(self.energies), dtype=np.int64)
        place[columns] = np.arange(len(columns))
        return Problem(
            self.closed.take(columns, axis=1),
            self.energies[columns],
            self.ions[columns],
            place[self.start],
        )


@dataclass(frozen=True)
class Profile:
    """Equilibrium of one composition as mu falls from 0: k segments, exact breakpoints.

    Attributes:
        potentials: Breakpoints of mu, eV, falling from 0 to -inf; k + 1 values.
        ions: Ions in the products of each segment, per closed atom of the composition.
        energies: Energy of those products, eV per closed atom.
        bases: Columns in the basis of each segment, m values each.
        amounts: Atoms in each of those columns per closed atom; may be zero.
        ties: For a segment whose products are tied with others within
            :data:`TIE_MARGIN`: the other set, as (segment, columns, amounts).
    """

    potentials: tuple[float, ...]
    ions: tuple[float, ...]
    energies: tuple[float, ...]
    bases: tuple[tuple[int, ...], ...]
    amounts: tuple[tuple[float, ...], ...]
    ties: tuple[tuple[int, tuple[int, ...], tuple[float, ...]], ...] = ()

    def grand_energy(self, potential: float) -> float:
        """Return phi(mu) = min (E - mu n), eV per closed atom of the composition."""
        return min(
            energy - potential * ions for energy, ions in zip(self.energies, self.ions, strict=True)
        )


@dataclass(frozen=True)
class Mixture:
    """Equilibrium along the line from one composition to another: k segments, exact kinks.

    Attributes:
        fractions: Kinks along the line, rising from 0 to 1; k + 1 values.
        energies: Energy at each kink, eV (less mu times ions where open); k + 1 values.
        ions: Ions in the products at each kink; k + 1 values.
        bases: Columns in the basis of each segment, m values each.
        amounts: Atoms in each of those columns at both ends of the segment.
    """

    fractions: tuple[float, ...]
    energies: tuple[float, ...]
    ions: tuple[float, ...]
    bases: tuple[tuple[int, ...], ...]
    amounts: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]


class Solution(NamedTuple):
    """What a basis says of one composition: atoms in its columns, energy, ions."""

    amounts: tuple[float, ...]
    energy: float
    ions: float


class Tableau:
    """A basis of the linear programme and everything expressed in it (dense simplex).

    Rows 0..m-1 are the closed elements, row m the reduced energies, row m+1 the
    reduced ion contents; the last columns are the right-hand sides, compared in
    their order when a ratio ties. Starts from the pure elements, whose columns are
    the identity, so there is no first phase.
    """

    def __init__(self, table: Floats, basis: list[int], sides: int) -> None:
        self.table, self.basis = table, basis
        self.m, self.n = len(table) - 2, table.shape[1] - sides
        # Views that pivots, which work in place, keep up to date.
        self.energies = table[self.m, : self.n]
        self.ions = table[self.m + 1, : self.n]
        self.sides = table[: self.m, self.n :].T
        self._scratch = np.empty_like(table)

    @classmethod
    def start(cls, problem: Problem, *right_hand_sides: Floats) -> "Tableau":
        """Return the tableau of the pure elements; the tie-breaking side is added."""
        m, n = problem.closed.shape
        sides = (*right_hand_sides, GENERIC[:m])
        table = np.zeros((m + 2, n + len(sides)))
        table[:m, :n] = problem.closed
        table[m, :n] = problem.energies
        table[m + 1, :n] = problem.ions
        for column, side in enumerate(sides, n):
            table[:m, column] = side
        # Reduced costs: the pure elements' own energies, zero for formation energies.
        table[m] -= problem.energies[problem.start] @ table[:m]
        return cls(table, problem.start.tolist(), len(sides))

    def copy(self) -> "Tableau":
        """Return a tableau of its own in the same state."""
        return Tableau(self.table.copy(), list(self.basis), len(self.sides))

    def price_ions(self, potential: float) -> None:
        """Take mu times the ions off the energies, so that mu = 0 stands for this potential."""
        self.table[self.m] -= potential * self.table[self.m + 1]

    def move_origin(self, fraction: float) -> None:
        """Take the composition at a fraction along the second right-hand side as the first."""
        self.table[:, self.n] += fraction * self.table[:, self.n + 1]

    def leaving_row(self, entering: int) -> int:
        """Return the row of the lexicographically least ratio of the right-hand sides."""
        column = self.table[: self.m, entering].tolist()
        rows = [row for row, value in enumerate(column) if value > TOLERANCE]
        for side in self.sides:
            if len(rows) == 1:
                break
            amounts = side.tolist()
            ratios = [amounts[row] / column[row] for row in rows]
            limit = min(ratios) + TOLERANCE
            rows = [row for row, ratio in zip(rows, ratios, strict=True) if ratio <= limit]
        return rows[0]

    def pivot(self, row: int, entering: int) -> None:
        """Bring a column into the basis in place of the one that owns the row."""
        table = self.table
        pivot_row = table[row] / table[row, entering]
        column = table[:, entering].copy()
        column[row] = 0.0
        table[row] = pivot_row
        table -= np.multiply(column[:, None], pivot_row, out=self._scratch)
        table[:, entering] = 0.0
        table[row, entering] = 1.0
        self.basis[row] = entering

    def minimise(self) -> None:
        """Pivot to the least energy at mu = 0 (Dantzig's rule)."""
        while self.n:
            entering = int(self.energies.argmin())
            if self.energies[entering] >= -TOLERANCE:
                return
            self.pivot(self.leaving_row(entering), entering)

    def next_potential(self) -> tuple[int | None, float]:
        """Return the column that enters next as mu falls, and where; no column at the end."""
        gives = (self.ions < -TOLERANCE).nonzero()[0]
        if not gives.size:
            return None, -np.inf
        ratios = self.energies[gives] / self.ions[gives]
        best = int(ratios.argmax())
        return int(gives[best]), float(ratios[best])

    def next_fraction(self, most: float = 1.0) -> tuple[int | None, float]:
        """Return the row that runs empty next as the fraction rises, and where.

        The second right-hand side is the direction. Where no row does before ``most``,
        there is no row and the fraction is ``most``.
        """
        start, slope, generic = self.sides.tolist()
        ends = {row: -start[row] / value for row, value in enumerate(slope) if value < -TOLERANCE}
        while ends and (end := min(ends.values())) < most - TOLERANCE:
            tied = [row for row, other in ends.items() if other <= end + TOLERANCE]
            row = min(tied, key=lambda row: -generic[row] / slope[row])
            if (self.table[row, : self.n] < -TOLERANCE).any():
                return row, end
            # Nothing could take over: the row empties at the very end, but for rounding,
            # which the small slope of a trace element magnifies.
            del ends[row]
        return None, most

    def dual_entering(self, row: int, potential: float = 0.0) -> int:
        """Return the column that takes over an empty row at the least cost.

        Ties at this mu go to the one that is cheapest as mu falls on.
        """
        pivots = self.table[row, : self.n]
        able = (pivots < -TOLERANCE).nonzero()[0]
        costs = (self.energies[able] - potential * self.ions[able]) / -pivots[able]
        cheapest = able[costs <= costs.min() + TOLERANCE]
        return int(cheapest[(self.ions[cheapest] / -pivots[cheapest]).argmin()])

    def solution(self, fraction: float = 0.0) -> "Solution":
        """Return what the basis says at a fraction along the second right-hand side."""
        values = self.table[:, self.n] + fraction * self.table[:, self.n + 1]
        *amounts, energy, ions = values.tolist()
        return Solution(tuple(amounts), 0.0 - energy, 0.0 - ions)

    def tied_products(
        self, high: float, low: float
    ) -> tuple[tuple[int, ...], tuple[float, ...]] | None:
        """Return another optimal set of columns and amounts between two mu, if there is one."""
        low = max(low, high - 1.0)
        middle = self.energies - (0.5 * (high + low)) * self.ions
        if np.count_nonzero(middle < TIE_MARGIN) <= self.m:
            return None  # only the basis itself has no reduced cost
        reduced = np.maximum(self.energies - high * self.ions, self.energies - low * self.ions)
        reduced[self.basis] = np.inf
        for entering in np.flatnonzero(reduced < TIE_MARGIN).tolist():
            row = self.leaving_row(entering)
            step = self.table[row, self.n] / self.table[row, entering]
            if step > TOLERANCE:
                amounts = self.table[: self.m, self.n] - step * self.table[: self.m, entering]
                amounts[row] = step
                basis = (*self.basis[:row], entering, *self.basis[row + 1 :])
                return basis, tuple(amounts.tolist())
        return None


def sweep_potential(problem: Problem, composition: Floats) -> Profile:
    """Follow the equilibrium of a composition as mu falls from 0 to -inf.

    Args:
        problem: The phases.
        composition: Amount of each closed element, scaled to a sum of 1; shape (m,).

    Returns:
        The profile. Without closed elements (the ion's metal alone) it has one
        segment without products.

    >>> phases = Problem(  # K2S and KS beside S, with K open: columns S, K2S, KS
    ...     closed=np.array([[1.0, 1 / 3, 1 / 2]]),
    ...     energies=np.array([0.0, -1.2, -1.4]),
    ...     ions=np.array([0.0, 2 / 3, 1 / 2]),
    ...     start=np.array([0]),
    ... )
    >>> profile = sweep_potential(phases, np.array([1.0]))
    >>> [round(mu, 6) for mu in profile.potentials], [round(n, 6) for n in profile.ions]
    ([0.0, -0.8, -2.8, -inf], [2.0, 1.0, 0.0])
    """
    tableau = Tableau.start(problem, composition)
    tableau.minimise()
    segments: list[Segment] = []
    high = 0.0
    while True:
        entering, low = tableau.next_potential()
        if high - low > TOLERANCE:
            segments.append(_segment(tableau, high, low))
            high = low
        if entering is None:
            return profile_of(segments)
        tableau.pivot(tableau.leaving_row(entering), entering)


class Segment(NamedTuple):
    """What one basis says between two breakpoints of mu."""

    high: float
    low: float
    ions: float
    energy: float
    basis: Sequence[int]
    amounts: Sequence[float]
    tie: tuple[tuple[int, ...], tuple[float, ...]] | None


def _segment(tableau: Tableau, high: float, low: float) -> Segment:
    amounts, energy, ions = tableau.solution()
    tie = tableau.tied_products(high, low)
    return Segment(high, low, ions, energy, list(tableau.basis), amounts, tie)


def profile_of(segments: Iterable[Segment]) -> Profile:
    """Join neighbours that hold the same number of ions: one step of the staircase."""
    steps: list[Segment] = []
    for segment in segments:
        if steps and abs(steps[-1].ions - segment.ions) < TOLERANCE:
            steps[-1] = steps[-1]._replace(low=segment.low)
        else:
            steps.append(segment)
    return Profile(
        potentials=(steps[0].high, *(step.low for step in steps)),
        ions=tuple(step.ions for step in steps),
        energies=tuple(step.energy for step in steps),
        bases=tuple(tuple(step.basis) for step in steps),
        amounts=tuple(tuple(step.amounts) for step in steps),
        ties=tuple((i, *step.tie) for i, step in enumerate(steps) if step.tie),
    )


def sweep_mixing(
    problem: Problem, first: Floats, second: Floats, potential: float = 0.0
) -> Mixture:
    """Follow the equilibrium along the line from one composition to another.

    Args:
        problem: The phases; ``ions`` all zero for a closed system.
        first: Amount of each closed element at fraction 0; shape (m,).
        second: The same at fraction 1. The two share one normalisation.
        potential: Fixed mu of the open element, eV; unused where ``ions`` is zero.

    >>> phases = Problem(  # A and B form AB: one kink in the middle
    ...     closed=np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]]),
    ...     energies=np.array([0.0, 0.0, -1.0]),
    ...     ions=np.zeros(3),
    ...     start=np.array([0, 1]),
    ... )
    >>> mixture = sweep_mixing(phases, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    >>> mixture.fractions, mixture.energies
    ((0.0, 0.5, 1.0), (0.0, -1.0, 0.0))
    """
    tableau = Tableau.start(problem, first, second - first)
    tableau.price_ions(potential)
    tableau.minimise()
    kinks: list[float] = [0.0]
    energies, ions = [tableau.solution().energy], [tableau.solution().ions]
    bases: list[tuple[int, ...]] = []
    amounts: list[tuple[tuple[float, ...], tuple[float, ...]]] = []
    while True:
        row, end = tableau.next_fraction()
        if end - kinks[-1] > TOLERANCE:
            start, stop = tableau.solution(kinks[-1]), tableau.solution(end)
            bases.append(tuple(tableau.basis))
            amounts.append((start.amounts, stop.amounts))
            energies.append(stop.energy)
            ions.append(stop.ions)
            kinks.append(end)
        if row is None:
            return Mixture(tuple(kinks), tuple(energies), tuple(ions), tuple(bases), tuple(amounts))
        tableau.pivot(row, tableau.dual_entering(row))
