"""The engine over a plane: the mixing fraction of two compositions and the potential.

The fraction enters a basis only through its right-hand side, mu only through its
reduced costs, so each basis is optimal on a rectangle, and all rectangles together
tile the plane. :func:`sweep_plane` finds them all, from the left edge to the right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kstab.engine.equilibrium import TOLERANCE, Floats, Problem, Tableau


@dataclass(frozen=True)
class Rectangle:
    """Where one basis is optimal, and what it says there.

    Energies and ions are linear in the fraction, so two values of each say it all.

    Attributes:
        left: Lower edge of the fraction.
        right: Upper edge of the fraction.
        high: Upper edge of mu, eV.
        low: Lower edge of mu, eV.
        basis: Columns in the basis, m of them.
        amounts: Atoms in each of those columns at the left and at the right edge.
        energies: Energy of the products at both edges, eV.
        ions: Ions in the products at both edges.
    """

    left: float
    right: float
    high: float
    low: float
    basis: tuple[int, ...]
    amounts: tuple[tuple[float, ...], tuple[float, ...]]
    energies: tuple[float, float]
    ions: tuple[float, float]


@dataclass
class _Cell:
    """A rectangle whose right edge has not been reached.

    Attributes:
        tableau: Its basis; the first right-hand side is the composition at ``start``.
        high: Upper edge of mu.
        low: Lower edge of mu.
        start: Left edge.
        end: Right edge.
    """

    tableau: Tableau
    high: float
    low: float
    start: float
    end: float


def sweep_plane(
    problem: Problem, first: Floats, second: Floats, high: float, low: float
) -> tuple[Rectangle, ...]:
    """Return the rectangles of constant basis between two compositions and two potentials.

    Args:
        problem: The phases, with an open element.
        first: Amount of each closed element at fraction 0, scaled to a sum of 1; shape (m,).
        second: The same at fraction 1.
        high: Upper edge of mu, eV.
        low: Lower edge of mu, eV; below ``high``.

    >>> import numpy as np
    >>> phases = Problem(  # S and P with K2S and K3P, K open
    ...     closed=np.array([[1.0, 1 / 3, 0.0, 0.0], [0.0, 0.0, 1.0, 1 / 4]]),
    ...     energies=np.array([0.0, -1.2, 0.0, -0.3]),
    ...     ions=np.array([0.0, 2 / 3, 0.0, 3 / 4]),
    ...     start=np.array([0, 2]),
    ... )
    >>> sulfur, phosphorus = np.eye(2)
    >>> plane = sweep_plane(phases, sulfur, phosphorus, 0.0, -3.0)
    >>> [(round(cell.high, 6), round(cell.low, 6), cell.basis) for cell in plane]
    [(0.0, -0.4, (1, 3)), (-0.4, -1.8, (1, 2)), (-1.8, -3.0, (0, 2))]
    """
    tableau = Tableau.start(problem, first, second - first)
    tableau.price_ions(high)
    tableau.minimise()
    tableau.price_ions(-high)
    column = list(_descend(tableau, high, low, 0.0))
    done: list[Rectangle] = []
    while column:
        edge = min(cell.end for cell in column)
        column, ended = _pass(column, edge)
        done += ended
    return tuple(sorted(done, key=lambda cell: (cell.left, -cell.high)))


def _pass(column: Sequence[_Cell], edge: float) -> tuple[list[_Cell], list[Rectangle]]:
    """Return the column right of an edge, and the rectangles that end there."""
    following: list[_Cell] = []
    done: list[Rectangle] = []
    for ended, run in groupby(column, lambda cell: cell.end <= edge + TOLERANCE):
        cells = list(run)
        if not ended:
            following += cells
            continue
        done += [_rectangle(cell, edge) for cell in cells]
        if edge < 1.0:
            following += _rebuild(cells, edge)
    return following, done


def _descend(tableau: Tableau, high: float, bottom: float, start: float) -> Iterator[_Cell]:
    """Yield the cells of one column from its top basis down, left edge at ``start``."""
    while True:
        entering, low = tableau.next_potential()
        last = entering is None or low <= bottom + TOLERANCE
        if last:
            low = bottom
        if high - low > TOLERANCE:
            _, width = tableau.next_fraction(1.0 - start)
            end = start + width if width < 1.0 - start else 1.0
            yield _Cell(tableau if last else tableau.copy(), high, low, start, end)
            high = low
        if entering is None or last:
            return
        tableau.pivot(tableau.leaving_row(entering), entering)


def _rebuild(run: Sequence[_Cell], edge: float) -> Iterator[_Cell]:
    """Yield the cells that follow a run of ended ones to the right.

    The top basis is carried over the edge by dual pivots, at the top of the run and
    just below; the rest follow from it.
    """
    top = run[0]
    tableau = top.tableau
    tableau.move_origin(edge - top.start)
    row, width = tableau.next_fraction(1.0 - edge)
    while row is not None and width <= TOLERANCE:
        tableau.pivot(row, tableau.dual_entering(row, top.high))
        row, width = tableau.next_fraction(1.0 - edge)
    return _descend(tableau, top.high, run[-1].low, edge)


def _rectangle(cell: _Cell, right: float) -> Rectangle:
    start, end = cell.tableau.solution(), cell.tableau.solution(right - cell.start)
    return Rectangle(
        left=cell.start,
        right=right,
        high=cell.high,
        low=cell.low,
        basis=tuple(cell.tableau.basis),
        amounts=(start.amounts, end.amounts),
        energies=(start.energy, end.energy),
        ions=(start.ions, end.ions),
    )
