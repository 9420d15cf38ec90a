"""The engine against 85,014 published decomposition energies (10.1038/s41524-020-00362-y)."""

import numpy as np
import pytest

from kstab.chemistry.composition import Formula

SAMPLE = 3000


@pytest.fixture(scope="module")
def benchmark(script):
    """The script that compares all of them; a sample goes through the same functions here."""
    return script("benchmarks/decomposition_energies.py")


@pytest.fixture(scope="module")
def comparison(benchmark, table):
    known = np.flatnonzero(~np.isnan(benchmark.published(table)))
    assert len(known) == 85_014
    rows = np.sort(np.random.default_rng(2020).choice(known, SAMPLE, replace=False))
    computed = benchmark.decomposition_energies(benchmark.competitors(table), rows)
    return benchmark.compare(computed, benchmark.published(table)[rows])


def test_signs_agree(comparison):
    assert comparison.rows == SAMPLE
    assert comparison.same_sign >= 0.9997


def test_energies_agree(comparison):
    assert comparison.mean <= 5e-5
    assert comparison.largest < 0.01


def test_the_competitors_are_the_elements_and_the_published_phases(benchmark, table):
    pool = benchmark.competitors(table)
    assert len(pool) - len(pool.removed) == 85_014 + 84
    assert len(pool.select(["K"]).rows) == 1


def test_the_phase_itself_does_not_compete(benchmark, table):
    """K3SbS4 is stable, so its decomposition energy is negative, not zero."""
    pool = benchmark.competitors(table)
    rows = np.array([table.find(Formula.parse("K3SbS4"))])
    (energy,) = benchmark.decomposition_energies(pool, rows)
    assert energy < -0.01
    assert energy == pytest.approx(benchmark.published(table)[rows[0]], abs=2e-4)


def test_leaving_out_a_column_keeps_the_elements(benchmark, table, highs):
    system = benchmark.competitors(table).select(["K", "Sb", "S"])
    column = int(np.flatnonzero(system.rows == table.find(Formula.parse("K3SbS4")))[0])
    smaller = benchmark.without(system.problem, column)
    np.testing.assert_array_equal(smaller.closed[:, smaller.start], np.eye(3))
    composition = system.problem.closed[:, column]
    (energy,) = benchmark.decomposition_energies(
        benchmark.competitors(table), system.rows[[column]]
    )
    exact = system.problem.energies[column] - highs(smaller, composition)
    assert energy == pytest.approx(exact, abs=1e-9)
