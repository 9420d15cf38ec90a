"""The potential sweep of many problems at once, pivoting together in one array.

Screening thousands of compositions spends its time in Python between small
pivots; in lockstep each round is a handful of array operations for a whole chunk.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from kstab.engine.equilibrium import (
    GENERIC,
    TIE_MARGIN,
    TOLERANCE,
    Floats,
    Integers,
    Problem,
    Profile,
    Segment,
    Tableau,
    profile_of,
)

_CHUNK_CELLS: Final = 60_000  # measured: half a megabyte stays in the second-level cache


class Profiles(Sequence[Profile]):
    """The profiles of many problems, kept as columns; each made a :class:`Profile` on demand.

    The columns hold one row a segment, the rows of a problem one after the other.

    Attributes:
        owners: Problem of each block of rows; shape (P,).
        starts: First row of each block; shape (P,).
        high, low: Breakpoints of mu around each segment, eV; shape (rows,).
        ions, energies: As in :class:`~kstab.engine.equilibrium.Profile`; shape (rows,).
    """

    def __init__(self, sweeps: Sequence["_Sweep"]) -> None:
        self._sweeps = sweeps
        self.owners: Integers = np.concatenate([sweep.owners for sweep in sweeps])
        counts = np.concatenate([sweep.counts for sweep in sweeps])
        self.starts: Integers = np.cumsum(counts) - counts
        numbers = np.concatenate([sweep.numbers for sweep in sweeps], axis=1)
        self.high, self.low, self.ions, self.energies = numbers
        self._places = {
            owner: (sweep, place)
            for sweep in sweeps
            for place, owner in enumerate(sweep.owners.tolist())
        }

    def __len__(self) -> int:
        return len(self.owners)

    @overload
    def __getitem__(self, index: int) -> Profile: ...
    @overload
    def __getitem__(self, index: slice) -> list[Profile]: ...
    def __getitem__(self, index: int | slice) -> Profile | list[Profile]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        sweep, place = self._places[range(len(self))[index]]
        return sweep.profile(place)

    def mixture(self, row: int) -> tuple[list[int], list[float]]:
        """Return the columns in the basis of one row, and the atoms in each of them."""
        for sweep in self._sweeps:
            if row < len(sweep.bases):
                return sweep.bases[row].tolist(), sweep.amounts[row].tolist()
            row -= len(sweep.bases)
        raise IndexError(row)


class _Sweep(NamedTuple):
    """What one chunk of problems gave: columns with one row a segment."""

    owners: Integers
    counts: Integers
    numbers: Floats  # high, low, ions, energy; shape (4, rows)
    bases: Integers
    amounts: Floats
    ties: dict[int, tuple[tuple[int, ...], tuple[float, ...]]]

    def profile(self, place: int) -> Profile:
        start = int(self.counts[:place].sum())
        rows = range(start, start + int(self.counts[place]))
        return profile_of(
            Segment(
                high=float(self.numbers[0, row]),
                low=float(self.numbers[1, row]),
                ions=float(self.numbers[2, row]),
                energy=float(self.numbers[3, row]),
                basis=self.bases[row].tolist(),
                amounts=self.amounts[row].tolist(),
                tie=self.ties.get(row),
            )
            for row in rows
        )


def sweep_potentials(
    problems: Sequence[Problem], compositions: Sequence[Floats], *, ties: bool = True
) -> Profiles:
    """Do :func:`~kstab.engine.equilibrium.sweep_potential` for many problems at once, in lockstep.

    Problems with the same number of closed elements share one three-dimensional
    array and pivot together; each takes the pivots it would take alone.

    Args:
        problems: One problem each. Here ``start`` may be any columns that are those of the
            identity, holding ions or not.
        compositions: One composition each, in the same order.
        ties: Whether to look for other products with the same energy.

    Returns:
        One profile each, in the same order, equal to those of
        :func:`~kstab.engine.equilibrium.sweep_potential`.
    """
    sweeps = []
    for chunk in _chunks([problem.closed.shape for problem in problems]):
        own = [problems[i] for i in chunk], [compositions[i] for i in chunk]
        lockstep = _Lockstep(*own, look_for_ties=ties)
        sweeps.append(lockstep.sweep(np.array(chunk)))
    return Profiles(sweeps or [_NOTHING])


def _chunks(shapes: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """Group problems of one height and similar width, so that little is padding."""
    chunk: list[int] = []
    for i in sorted(range(len(shapes)), key=lambda i: (shapes[i], i)):
        height, width = shapes[i]
        size = (len(chunk) + 1) * (height + 2) * (width + 2)
        if chunk and (shapes[chunk[0]][0] != height or size > _CHUNK_CELLS):
            yield chunk
            chunk = []
        chunk.append(i)
    if chunk:
        yield chunk


class _Lockstep:
    """Many tableaus of one height in one array (problems, m + 2, n + 2), pivoting together.

    ``table`` and ``basis`` hold the problems still running; ``running`` says which.
    A problem that has nothing to do in a round pivots on a column of its own basis,
    which changes nothing.
    """

    def __init__(
        self, problems: Sequence[Problem], compositions: Sequence[Floats], *, look_for_ties: bool
    ) -> None:
        self.look_for_ties = look_for_ties
        count, self.m = len(problems), problems[0].closed.shape[0]
        self.n = max(problem.closed.shape[1] for problem in problems)
        self.running: Integers = np.arange(count)
        self.records: list[tuple[Integers, Floats, Integers, Floats]] = []
        self.ties: dict[int, tuple[tuple[int, ...], tuple[float, ...]]] = {}
        self.basis: Integers = np.array([p.start for p in problems]).reshape(count, self.m)
        self.table: Floats = np.zeros((count, self.m + 2, self.n + 2))
        # Padding: phases of no atoms that cost energy never enter and never tie.
        self.table[:, self.m, : self.n] = 1.0
        for table, problem in zip(self.table, problems, strict=True):
            width = problem.closed.shape[1]
            table[: self.m, :width] = problem.closed
            table[self.m, :width] = problem.energies
            table[self.m + 1, :width] = problem.ions
        self.table[:, : self.m, self.n] = compositions
        self.table[:, : self.m, self.n + 1] = GENERIC[: self.m]
        for row in (self.m, self.m + 1):
            reference = self.table[self.running[:, None], row, self.basis]
            self.table[:, row] -= np.einsum("pr,prn->pn", reference, self.table[:, : self.m])

    def sweep(self, owners: Integers) -> _Sweep:
        """Run every problem to its end and return the segments, sorted by problem."""
        if not self.n:
            return _without_phases(owners)
        self._minimise()
        high = np.zeros(len(self.running))
        while len(self.running):
            entering, low = self._next_potentials()
            self._record(high, low)
            high = np.where(high - low > TOLERANCE, low, high)
            going = low > -np.inf
            if not going.all():
                high, entering = high[going], entering[going]
                self.running, self.basis = self.running[going], self.basis[going]
                self.table = self.table[going]
            self._pivot(entering)
        return self._collect(owners)

    def _collect(self, owners: Integers) -> _Sweep:
        problems, numbers, bases, amounts = (
            np.concatenate(column) for column in zip(*self.records, strict=True)
        )
        order = np.argsort(problems, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return _Sweep(
            owners,
            np.bincount(problems, minlength=len(owners)),
            numbers[order].T,
            bases[order],
            amounts[order],
            {int(place[row]): tie for row, tie in self.ties.items()},
        )

    def _minimise(self) -> None:
        while True:
            energies = self.table[:, self.m, : self.n]
            entering = energies.argmin(axis=1)
            busy = energies[self._every, entering] < -TOLERANCE
            if not busy.any():
                return
            self._pivot(np.where(busy, entering, self.basis[:, 0]))

    @property
    def _every(self) -> Integers:
        return np.arange(len(self.running))

    def _next_potentials(self) -> tuple[Integers, Floats]:
        energies, ions = self.table[:, self.m, : self.n], self.table[:, self.m + 1, : self.n]
        ratios = np.full(energies.shape, -np.inf)
        np.divide(energies, ions, out=ratios, where=ions < -TOLERANCE)
        entering = ratios.argmax(axis=1)
        return entering, ratios[self._every, entering]

    def _pivot(self, entering: Integers) -> None:
        every = self._every
        column = self.table[every, :, entering]
        row = self._leaving_rows(column[:, : self.m])
        pivot_row = self.table[every, row] / column[every, row][:, None]
        column[every, row] = 0.0
        self.table[every, row] = pivot_row
        self.table -= column[:, :, None] * pivot_row[:, None, :]
        self.table[every, :, entering] = 0.0
        self.table[every, row, entering] = 1.0
        self.basis[every, row] = entering

    def _leaving_rows(self, column: Floats) -> Integers:
        usable = column > TOLERANCE
        for side in (self.n, self.n + 1):
            ratios = np.full(column.shape, np.inf)
            np.divide(self.table[:, : self.m, side], column, out=ratios, where=usable)
            usable = ratios <= ratios.min(axis=1, keepdims=True) + TOLERANCE
        rows: Integers = usable.argmax(axis=1)
        return rows

    def _record(self, high: Floats, low: Floats) -> None:
        """Note the segment of every problem whose mu has fallen."""
        fell = np.flatnonzero(high - low > TOLERANCE)
        sides = 0.0 - self.table[fell, :, self.n]
        numbers = np.column_stack((high[fell], low[fell], sides[:, self.m + 1], sides[:, self.m]))
        first = sum(len(record[0]) for record in self.records)
        suspects = self._may_tie(fell, high, low) if self.look_for_ties else ()
        for row in np.flatnonzero(suspects).tolist():
            place = fell[row]
            single = Tableau(self.table[place], self.basis[place].tolist(), sides=2)
            tie = single.tied_products(float(high[place]), float(low[place]))
            if tie:
                self.ties[first + row] = tie
        self.records.append(
            (self.running[fell], numbers, self.basis[fell], 0.0 - sides[:, : self.m])
        )

    def _may_tie(self, fell: Integers, high: Floats, low: Floats) -> NDArray[np.bool_]:
        """Whether more columns than the basis have no reduced cost between two mu."""
        energies, ions = self.table[fell, self.m, : self.n], self.table[fell, self.m + 1, : self.n]
        top = high[fell][:, None]
        bottom = np.maximum(low[fell][:, None], top - 1.0)
        free = (energies - top * ions < TIE_MARGIN) & (energies - bottom * ions < TIE_MARGIN)
        more: NDArray[np.bool_] = np.count_nonzero(free, axis=1) > self.m
        return more


def _without_phases(owners: Integers) -> _Sweep:
    """The answer where nothing is closed: no products, whatever the potential."""
    count = len(owners)
    numbers = np.repeat([[0.0], [-np.inf], [0.0], [0.0]], count, axis=1)
    counts = np.ones(count, dtype=np.int64)
    columns = np.empty((count, 0), dtype=np.int64)
    return _Sweep(owners, counts, numbers, columns, np.empty((count, 0)), {})


_NOTHING: Final = _without_phases(np.empty(0, dtype=np.int64))
