"""Compare decomposition energies with those Bartel et al. published (10.1038/s41524-020-00362-y).

    python benchmarks/decomposition_energies.py

A phase's decomposition energy is its formation energy less that of the equilibrium of
its competitors: the elements and every phase with a published value, without the phase
itself. Those competitors, and the scheme legacy, are what the published values were
computed with. The tests run a sample through the same functions.
"""

import time
from typing import NamedTuple

import numpy as np

import kstab
from kstab.engine.equilibrium import Floats, Integers, Problem
from kstab.engine.lockstep import sweep_potentials
from kstab.phases.table import PhaseTable

PUBLISHED = "decomposition_energy_bartel2020"
BATCH = 4000


class Comparison(NamedTuple):
    """Agreement of computed and published decomposition energies."""

    rows: int
    same_sign: float
    mean: float
    largest: float


def published(table: PhaseTable) -> Floats:
    """Published decomposition energies, eV/atom; nan where there is none."""
    values: Floats = table.extras[PUBLISHED]
    return values


def competitors(table: PhaseTable) -> PhaseTable:
    """The table with only the elements and the phases with a published value."""
    pure = np.count_nonzero(table.numbers, axis=1) == 1
    others = np.flatnonzero(~pure & np.isnan(published(table)))
    removed = frozenset(others.tolist())
    return table.derived(f"without {len(removed)}", removed=removed)


def without(problem: Problem, column: int) -> Problem:
    """A problem without one of its columns, which must not be a pure element's."""
    keep = np.arange(problem.closed.shape[1]) != column
    start = problem.start - (problem.start > column)
    return Problem(problem.closed[:, keep], problem.energies[keep], problem.ions[keep], start)


def decomposition_energies(pool: PhaseTable, rows: Integers) -> Floats:
    """Decomposition energy of each row, eV/atom, among the phases of the pool."""
    energies = np.empty(len(rows))
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        elements = [pool.elements_of(row) for row in batch.tolist()]
        unique = dict.fromkeys(elements)
        systems = dict(zip(unique, pool.select_many([(key, None) for key in unique]), strict=True))
        problems, compositions = [], []
        for row, key in zip(batch.tolist(), elements, strict=True):
            system = systems[key]
            column = int(np.searchsorted(system.rows, row))
            problems.append(without(system.problem, column))
            compositions.append(system.problem.closed[:, column])
        profiles = sweep_potentials(problems, compositions)
        # Nothing is open, so a problem has one segment and its energy is the hull's.
        energies[start + profiles.owners] = profiles.energies
    difference: Floats = pool.energies[rows] - energies
    return difference


def compare(computed: Floats, expected: Floats) -> Comparison:
    """Compare at the six decimals of the published values; zero is stable (the hull itself)."""
    same = (np.round(computed, 6) <= 0) == (expected <= 0)
    difference = np.abs(computed - expected)
    return Comparison(
        len(computed), float(same.mean()), float(difference.mean()), float(difference.max())
    )


def main() -> None:
    """Compare all phases with a published value and print the result."""
    table = kstab.phase_table(scheme="legacy", temperature="none")
    rows = np.flatnonzero(~np.isnan(published(table)))
    start = time.perf_counter()
    computed = decomposition_energies(competitors(table), rows)
    seconds = time.perf_counter() - start
    result = compare(computed, published(table)[rows])
    print(f"phases          {result.rows:,}")
    print(f"same sign       {result.same_sign:.4%}")
    print(f"mean difference {result.mean:.2e} eV/atom")
    print(f"largest         {result.largest:.2e} eV/atom")
    print(f"time            {seconds:.1f} s")


if __name__ == "__main__":
    main()
