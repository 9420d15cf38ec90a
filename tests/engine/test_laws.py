"""Laws that hold for every phase, drawn by hypothesis from real data."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymatgen.entries.computed_entries import ComputedEntry

import kstab
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES
from kstab.engine.equilibrium import sweep_potential
from kstab.phases.hull import hull_energies

SETTINGS = settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

TABLE = kstab.phase_table(scheme="legacy", temperature="none")
SIZES = np.count_nonzero(TABLE.numbers, axis=1)


@cache
def rows_of(size: int) -> np.ndarray:
    return np.flatnonzero(size == SIZES)


@st.composite
def phases(draw, smallest: int = 2, largest: int = 6) -> str:
    """A real phase of a number of elements."""
    rows = rows_of(draw(st.integers(smallest, largest)))
    return TABLE.formulas[int(rows[draw(st.integers(0, len(rows) - 1))])]


def ion_of(formula: str) -> str:
    present = Formula.parse(formula).elements
    return next((ion for ion in CHARGES if ion in present), "K")


def profile_of(formula: str, table=TABLE):
    """The engine's profile of a phase, its system and its composition per closed atom."""
    parsed, ion = Formula.parse(formula), ion_of(formula)
    system = table.select(parsed.elements, ion)
    amounts = np.array([float(parsed[symbol]) for symbol in system.closed])
    return sweep_potential(system.problem, amounts / amounts.sum()), system


def limits(result) -> tuple:
    return result.verdict, result.window_kind, result.reduction_limit, result.oxidation_limit


def close(result, other) -> None:
    """The same window, voltages to 1e-8."""
    assert (result.verdict, result.window_kind) == (other.verdict, other.window_kind)
    for a, b in zip(limits(result)[2:], limits(other)[2:], strict=True):
        assert (a is None) == (b is None)
        assert a is None or a == pytest.approx(b, abs=1e-8)


@SETTINGS
@given(
    formula=phases(), shares=st.lists(st.integers(1, 50), min_size=2, max_size=5), data=st.data()
)
def test_hull_is_below_every_mixture(formula, shares, data):
    """Whatever mixture of phases is drawn, the hull at its composition is not above it."""
    system = TABLE.select(Formula.parse(formula).elements, all_phases=True)
    columns = data.draw(
        st.lists(st.integers(0, len(system.rows) - 1), min_size=len(shares), max_size=len(shares))
    )
    weights = np.array(shares) / sum(shares)
    composition = system.problem.closed[:, columns] @ weights
    present = composition > 0
    mixture = float(system.problem.energies[columns] @ weights)
    elements = [symbol for symbol, there in zip(system.closed, present, strict=True) if there]
    problem = TABLE.select(elements).problem
    hull = sweep_potential(problem, composition[present]).energies[0]
    assert hull <= mixture + 1e-9


@SETTINGS
@given(formula=phases(), seed=st.integers(0, 2**32 - 1))
def test_order_of_entries_does_not_matter(formula, seed):
    entries = kstab.entries_from_table(TABLE, Formula.parse(formula).elements)
    if ion_of(formula) not in Formula.parse(formula).elements:
        entries = kstab.entries_from_table(TABLE, {*Formula.parse(formula).elements, "K"})
    order = np.random.default_rng(seed).permutation(len(entries)).tolist()
    shuffled = kstab.window(
        formula, ion=ion_of(formula), phases=[entries[i] for i in order], temperature="none"
    )
    assert shuffled == kstab.window(
        formula, ion=ion_of(formula), phases=entries, temperature="none"
    )


@SETTINGS
@given(formula=phases(), factor=st.integers(2, 40))
def test_size_of_the_formula_unit_does_not_matter(formula, factor):
    once = kstab.window(formula, ion=ion_of(formula), near_misses=False)
    larger = kstab.window(f"({formula}){factor}", ion=ion_of(formula), near_misses=False)
    close(once, larger)
    assert once.energy_above_hull == pytest.approx(larger.energy_above_hull, abs=1e-9)
    for step, other in zip(once.steps, larger.steps, strict=True):
        assert other.ion_change == pytest.approx(factor * step.ion_change, abs=1e-8)
        assert other.capacity_mAh_g == pytest.approx(step.capacity_mAh_g, rel=1e-9, abs=1e-9)
        assert other.decomposition_energy_low == pytest.approx(
            step.decomposition_energy_low, abs=1e-9
        )


def test_k6sb2s8_is_k3sbs4():
    close(kstab.window("K6Sb2S8"), kstab.window("K3SbS4"))
    assert kstab.window("K6Sb2S8").material_id == kstab.window("K3SbS4").material_id


@SETTINGS
@given(formula=phases(), data=st.data())
def test_reference_of_the_elements_does_not_matter(formula, data):
    elements = sorted({*Formula.parse(formula).elements, ion_of(formula)})
    shifts = {symbol: data.draw(st.floats(-40, 40), label=symbol) for symbol in elements}
    entries = kstab.entries_from_table(TABLE, elements)
    shifted = [
        ComputedEntry(
            entry.composition,
            entry.energy + sum(shifts[e.symbol] * n for e, n in entry.composition.items()),
        )
        for entry in entries
    ]
    ion = ion_of(formula)
    ours, plain = (
        kstab.window(formula, ion=ion, near_misses=False, temperature="none", **which)
        for which in ({"phases": shifted}, {"scheme": "legacy"})
    )
    close(ours, plain)


@SETTINGS
@given(formula=phases(), potentials=st.tuples(st.floats(-8, 0), st.floats(-8, 0)))
def test_grand_energy_is_concave_and_the_least_of_its_lines(formula, potentials):
    profile, _ = profile_of(formula)
    low, high = sorted(potentials)
    middle = 0.5 * (low + high)
    ends = 0.5 * (profile.grand_energy(low) + profile.grand_energy(high))
    assert profile.grand_energy(middle) >= ends - 1e-9
    for segment, (top, bottom) in enumerate(
        zip(profile.potentials[:-1], profile.potentials[1:], strict=True)
    ):
        if bottom <= middle <= top:
            line = profile.energies[segment] - middle * profile.ions[segment]
            assert profile.grand_energy(middle) == pytest.approx(line, abs=1e-9)


@SETTINGS
@given(formula=phases(1, 7))
def test_elements_balance_in_every_step(formula):
    target, ion = Formula.parse(formula), ion_of(formula)
    for step in kstab.window(formula, ion=ion, near_misses=False).steps:
        for symbol in {*target.elements, ion}:
            made = sum(float(Formula.parse(p.formula)[symbol]) * p.amount for p in step.products)
            taken = step.ion_change if symbol == ion else 0.0
            assert made == pytest.approx(float(target[symbol]) + taken, abs=1e-9)


@SETTINGS
@given(formula=phases())
def test_steps_are_gapless_and_give_off_ions_upward(formula):
    steps = kstab.window(formula, ion=ion_of(formula), near_misses=False).steps
    assert steps[0].voltage_low == 0.0
    assert steps[-1].voltage_high is None
    for lower, upper in pairwise(steps):
        assert lower.voltage_high == upper.voltage_low
        assert lower.ion_change > upper.ion_change
        assert lower.decomposition_energy_high == pytest.approx(
            upper.decomposition_energy_low, abs=1e-9
        )


@SETTINGS
@given(formula=phases())
def test_a_phase_never_decomposes_uphill(formula):
    """E_D is zero or less everywhere, and zero only where a stable phase stays."""
    result = kstab.window(formula, ion=ion_of(formula), near_misses=False)
    for step in result.steps:
        assert step.decomposition_energy_low <= 1e-9
        if result.verdict == "stable" and step.ion_change == 0:
            assert step.decomposition_energy_low == pytest.approx(0.0, abs=1e-6)
        if step.ion_change == 0:
            assert step.decomposition_energy_low == pytest.approx(
                -result.energy_above_hull, abs=1e-9
            )


@settings(SETTINGS, max_examples=20)
@given(formula=phases(2, 4), data=st.data())
def test_excluding_a_phase_never_lowers_the_hull(formula, data):
    elements = Formula.parse(formula).elements
    rows = TABLE.rows_within(elements)
    compounds = [row for row in rows.tolist() if SIZES[row] > 1]
    gone = data.draw(st.sampled_from(compounds))
    with_it = hull_energies(TABLE, rows)
    without = hull_energies(TABLE.without(Formula.parse(TABLE.formulas[gone])), rows)
    assert np.all(without >= with_it - 1e-9)
    if TABLE.above_hull[gone] > 1e-6:
        np.testing.assert_allclose(without, with_it, atol=1e-9)


@SETTINGS
@given(formula=phases(2, 5), data=st.data())
def test_a_phase_added_above_the_hull_changes_nothing(formula, data):
    """Phases above the hull cannot form, so all columns and those on the hull agree."""
    parsed, ion = Formula.parse(formula), ion_of(formula)
    potential = data.draw(st.floats(-6, 0))
    hull, everything = (
        TABLE.select(parsed.elements, ion, all_phases=all_phases) for all_phases in (False, True)
    )
    amounts = np.array([float(parsed[symbol]) for symbol in hull.closed])
    if not len(amounts):
        return
    few, many = (
        sweep_potential(system.problem, amounts / amounts.sum()) for system in (hull, everything)
    )
    assert few.grand_energy(potential) == pytest.approx(many.grand_energy(potential), abs=1e-9)
    assert few.potentials == pytest.approx(many.potentials, abs=1e-6)


LARGE = [
    "KLiFeMnPO4SiF2Cl",
    "K2NaLiMgAlSiPSO9",
    "KNaMgCaAlSiPSO12F",
    "K3CrMnFeCoNiCuZnO8S2",
    "KLiNaMgCaAlSiTiPSO12Cl",
    "KCsBaLaZrNbMoSbTeIBrO12",
]


@pytest.mark.parametrize("formula", LARGE)
def test_nine_to_twelve_elements_agree_with_highs(formula, highs):
    parsed = Formula.parse(formula)
    assert 9 <= len(parsed.elements) <= 12
    system = TABLE.select(parsed.elements, "K")
    amounts = np.array([float(parsed[symbol]) for symbol in system.closed])
    composition = amounts / amounts.sum()
    profile = sweep_potential(system.problem, composition)
    rng = np.random.default_rng(len(formula))
    for potential in (0.0, *-rng.uniform(0, 6, 12), *profile.potentials[1:-1]):
        exact = highs(system.problem, composition, potential)
        assert profile.grand_energy(potential) == pytest.approx(exact, abs=1e-8)


def test_large_systems_come_in_all_three_sizes():
    assert {9, 10, 12} <= {len(Formula.parse(formula).elements) for formula in LARGE}
