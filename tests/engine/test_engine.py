"""The engine on the cases that were hard in trials, with HiGHS as oracle."""

from itertools import pairwise
from math import inf

import numpy as np
import pytest

import kstab
from kstab.chemistry.composition import Formula
from kstab.engine.equilibrium import (
    GENERIC,
    TOLERANCE,
    Problem,
    Tableau,
    sweep_mixing,
    sweep_potential,
)
from kstab.engine.lockstep import sweep_potentials
from kstab.errors import ElementError, FormulaError


@pytest.fixture
def pivots(monkeypatch):
    """Count the pivots of single tableaus."""
    counted = []
    plain = Tableau.pivot

    def pivot(self, row, entering):
        counted.append(entering)
        assert len(counted) < 5000, "it cycles"
        plain(self, row, entering)

    monkeypatch.setattr(Tableau, "pivot", pivot)
    return counted


@pytest.fixture(scope="module")
def select(table):
    """A system and a composition in it, scaled to one closed atom."""

    def of(formula, ion=None, all_phases=False):
        parsed = Formula.parse(formula)
        system = table.select(parsed.elements, ion, all_phases=all_phases)
        amounts = np.array([float(parsed[symbol]) for symbol in system.closed])
        return system, amounts / amounts.sum()

    return of


@pytest.fixture(scope="module")
def mix(table):
    """The mixing sweep of two real phases; fractions of atoms (closed atoms where open)."""

    def of(first, second, ion=None, potential=0.0):
        a, b = Formula.parse(first), Formula.parse(second)
        system = table.select({*a.elements, *b.elements}, ion)
        vectors = [np.array([float(f[symbol]) for symbol in system.closed]) for f in (a, b)]
        first_end, second_end = (v / max(v.sum(), 1e-300) for v in vectors)
        mixture = sweep_mixing(system.problem, first_end, second_end, potential)
        return mixture, system, first_end, second_end

    return of


def rounded(problem: Problem, step: float) -> Problem:
    """The same phases with energies rounded to multiples of a step, which forces ties."""
    energies = np.round(problem.energies / step) * step
    return Problem(problem.closed, energies, problem.ions, problem.start)


def check_profile(problem, composition, profile, highs, potentials):
    """Compare with HiGHS at some potentials; check balance, order and continuity."""
    assert profile.potentials[0] == 0.0
    assert profile.potentials[-1] == -inf
    assert all(a > b for a, b in pairwise(profile.potentials))
    assert all(a > b for a, b in pairwise(profile.ions))
    for basis, amounts in zip(profile.bases, profile.amounts, strict=True):
        made = problem.closed[:, list(basis)] @ np.array(amounts)
        np.testing.assert_allclose(made, composition, rtol=0, atol=1e-9)
        assert min(amounts) > -1e-9
    for k, potential in enumerate(profile.potentials[1:-1]):
        upper = profile.energies[k] - potential * profile.ions[k]
        lower = profile.energies[k + 1] - potential * profile.ions[k + 1]
        assert upper == pytest.approx(lower, abs=1e-9)
    for potential in potentials:
        exact = highs(problem, composition, potential)
        assert profile.grand_energy(potential) == pytest.approx(exact, abs=1e-8)


def products(table, system, basis, amounts):
    """Formulas of the columns that are really there."""
    pairs = zip(basis, amounts, strict=True)
    return {table.formulas[system.rows[column]] for column, n in pairs if n > 1e-9}


# ---------------------------------------------------------------- profiles


def test_k3sbs4_window_in_potentials(select):
    system, composition = select("K3SbS4", "K")
    profile = sweep_potential(system.problem, composition)
    edges = np.array(profile.potentials)
    own = np.flatnonzero(np.isclose(np.array(profile.ions) * 5, 3.0, atol=1e-9))
    assert len(own) == 1
    assert edges[own[0]] == pytest.approx(-1.647102, abs=1e-6)
    assert edges[own[0] + 1] == pytest.approx(-2.066882, abs=1e-6)


def test_the_metal_alone_has_one_segment_without_products():
    problem = Problem(np.empty((0, 0)), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    profile = sweep_potential(problem, np.empty(0))
    assert profile.potentials == (0.0, -inf)
    assert profile.bases == ((),)
    assert (profile.ions, profile.energies) == ((0.0,), (0.0,))


def test_k_alone_is_answered():
    result = kstab.window("K", scheme="legacy", temperature="none")
    assert (result.verdict, result.window_kind) == ("stable", "none")
    assert result.energy_above_hull == 0.0
    assert (result.reduction_limit, result.oxidation_limit) == (None, None)
    assert kstab.windows(["K", "K3SbS4", "K"], scheme="legacy", temperature="none")[
        2
    ] == kstab.window("K", scheme="legacy", temperature="none", near_misses=False, compare=False)


def test_an_element_without_data_is_named():
    with pytest.raises(ElementError) as caught:
        kstab.window("KAr", scheme="legacy", temperature="none")
    assert caught.value.symbols == ("Ar",)


def test_several_elements_without_data_are_all_named():
    with pytest.raises(ElementError) as caught:
        kstab.window("KArHeRn", scheme="legacy", temperature="none")
    assert set(caught.value.symbols) == {"Ar", "He", "Rn"}


def test_ky2f7_keeps_its_kink_eight_micro_ev_wide(select, highs):
    system, composition = select("KY2F7", "K")
    profile = sweep_potential(system.problem, composition)
    assert profile.potentials[1] == pytest.approx(-8e-6, abs=1e-6)
    check_profile(system.problem, composition, profile, highs, [-1e-6, -4e-6, -1.6e-5, -1.0])
    first = kstab.window("KY2F7", scheme="legacy", temperature="none").steps[0]
    assert first.voltage_high == pytest.approx(8e-6, abs=1e-6)


def test_a_millionth_of_a_dopant_is_handled(select, highs):
    formula = "K3Sb0.999999W0.000001S4"
    system, composition = select(formula, "K")
    profile = sweep_potential(system.problem, composition)
    check_profile(system.problem, composition, profile, highs, [-0.1, -1.7, -2.5, -4.0])
    result = kstab.window(formula, scheme="legacy", temperature="none")
    assert result.host.formula == "K3SbS4"
    assert result.verdict == "not_in_data"
    for step in result.steps:
        made = sum(p.amount * float(Formula.parse(p.formula)["W"]) for p in step.products)
        assert made == pytest.approx(1e-6, abs=1e-9)


@pytest.mark.parametrize("formula", ["K3Sb0.99999999W0.00000001S4", "K3SbS4Cl0.00000001"])
def test_shares_below_1e_8_are_refused(formula):
    with pytest.raises(FormulaError, match="1e-08"):
        kstab.window(formula)


@pytest.mark.parametrize(
    ("formula", "on_hull", "published"),
    [
        ("Cs2KLaF6", True, None),  # on the hull, not in the published set
        ("KVSO6", False, -0.009),  # above the hull, published as stable
        ("V8GaGeS16", True, 0.0),  # stable by 3.6e-7 eV/atom only
    ],
)
def test_hull_flags_come_from_the_tables_own_energies(table, formula, on_hull, published):
    row = table.find(Formula.parse(formula))
    assert (table.above_hull[row] <= 1e-6) is np.bool_(on_hull)
    theirs = table.extras["decomposition_energy_bartel2020"][row]
    assert np.isnan(theirs) if published is None else theirs == pytest.approx(published, abs=1e-3)
    result = kstab.window(formula, ion="K", scheme="legacy", temperature="none")
    assert (result.verdict == "stable") is on_hull


def test_v8gages16_is_below_the_hull_of_the_others_by_less_than_a_micro_ev(table, select, highs):
    system, composition = select("V8GaGeS16", all_phases=True)
    own = table.find(Formula.parse("V8GaGeS16"))
    others = system.rows != own
    start = np.searchsorted(np.flatnonzero(others), system.problem.start)
    problem = Problem(
        system.problem.closed[:, others],
        system.problem.energies[others],
        system.problem.ions[others],
        start,
    )
    energy = sweep_potential(problem, composition).energies[0]
    assert energy == pytest.approx(highs(problem, composition), abs=1e-9)
    assert float(table.energies[own]) - energy == pytest.approx(-3.6e-7, abs=5e-8)


def test_k3tanbcu3s8_rounded_to_half_ev_does_not_cycle(select, pivots, highs):
    system, composition = select("K3TaNbCu3S8", "K", all_phases=True)
    problem = rounded(system.problem, 0.5)
    profile = sweep_potential(problem, composition)
    assert len(pivots) < 40
    check_profile(problem, composition, profile, highs, [0.0, -0.3, -1.1, -2.7])


@pytest.mark.parametrize("step", [0.1, 0.5])
@pytest.mark.parametrize("elements", [3, 4, 5])
def test_energies_rounded_to_force_ties(select, random_systems, pivots, highs, step, elements):
    rng = np.random.default_rng(elements)
    for formula in random_systems(elements, 25, seed=17 + elements):
        ion = Formula.parse(formula).elements[0]
        system, composition = select(formula, ion, all_phases=True)
        problem = rounded(system.problem, step)
        pivots.clear()
        profile = sweep_potential(problem, composition)
        assert len(pivots) < 20 * elements
        check_profile(problem, composition, profile, highs, [0.0, *-rng.uniform(0, 6, 2)])


def test_every_real_profile_ends_within_few_pivots(select, random_systems, pivots, highs):
    rng = np.random.default_rng(5)
    for elements in (2, 3, 4, 5, 6, 7):
        for formula in random_systems(elements, 12, seed=elements):
            ion = Formula.parse(formula).elements[0]
            system, composition = select(formula, ion)
            pivots.clear()
            profile = sweep_potential(system.problem, composition)
            assert len(pivots) < 20 * elements
            check_profile(
                system.problem, composition, profile, highs, [0.0, *-rng.uniform(0, 6, 2)]
            )


def test_no_basis_returns(monkeypatch, select):
    """Termination itself: neither the minimisation nor the sweep sees a basis twice."""
    seen: list[frozenset[int]] = []
    plain, minimise = Tableau.pivot, Tableau.minimise

    def pivot(self, row, entering):
        plain(self, row, entering)
        seen.append(frozenset(self.basis))

    def minimise_alone(self):
        seen.clear()
        minimise(self)
        assert len(seen) == len(set(seen))
        seen[:] = seen[-1:]

    monkeypatch.setattr(Tableau, "pivot", pivot)
    monkeypatch.setattr(Tableau, "minimise", minimise_alone)
    for formula in ("K3TaNbCu3S8", "KFeO2", "K2Mn(Fe(CN)6)", "KNaLiPSO4", "K9Mg3Nb5(PO5)8"):
        system, composition = select(formula, "K", all_phases=True)
        for step in (0.1, 0.5, 1.0):
            sweep_potential(rounded(system.problem, step), composition)
            assert len(seen) == len(set(seen)) > 1


def test_the_tie_breaker_is_generic():
    """Square roots of primes: no two in a ratio of small whole numbers, none twice."""
    assert len(GENERIC) >= 118
    assert len(set(GENERIC.tolist())) == len(GENERIC)
    np.testing.assert_allclose(GENERIC**2, np.round(GENERIC**2), atol=1e-9)
    ratios = GENERIC[:, None] / GENERIC
    small = np.array([a / b for a in range(1, 8) for b in range(1, 8)])
    off = np.abs(ratios[~np.eye(len(GENERIC), dtype=bool)][:, None] - small).min()
    assert off > 1e-6


def test_polymorphs_duplicates_and_vertices(build, highs):
    """A compound that is a vertex, another twice over, a third on a tie line."""
    table = build({"K": 0.0, "S": 0.0, "S8": 0.0, "K2S": -1.2, "K4S2": -1.2, "K6S3": -1.1})
    system = table.select(["K", "S"], "K")
    profile = sweep_potential(system.problem, np.ones(1))
    check_profile(system.problem, np.ones(1), profile, highs, [0.0, -1.0, -1.79, -1.81, -3.0])
    assert profile.potentials[1] == pytest.approx(-1.8, abs=1e-9)
    assert len(profile.ions) == 2


def test_a_phase_on_a_tie_line_is_reported_as_a_tie(build):
    """KS lies on the tie line K2S-KS2 at every potential where the two meet."""
    table = build(
        {"K": 0.0, "Sb": 0.0, "S": 0.0, "KSb": -0.5, "Sb2S3": -0.6, "KSbS2": 0.0, "SbS": -0.4}
    )
    system = table.select(["Sb", "S"])
    composition = np.array([0.5, 0.5])
    energies = system.problem.energies.copy()
    place = {table.formulas[row]: column for column, row in enumerate(system.rows)}
    energies[place["SbS"]] = 5 / 6 * energies[place["Sb2S3"]]  # Sb + Sb2S3 -> 3 SbS
    problem = Problem(system.problem.closed, energies, system.problem.ions, system.problem.start)
    profile = sweep_potential(problem, composition)
    assert len(profile.ties) == 1
    segment, basis, amounts = profile.ties[0]
    both = {
        frozenset(products(table, system, profile.bases[segment], profile.amounts[segment])),
        frozenset(products(table, system, basis, amounts)),
    }
    assert both == {frozenset({"SbS"}), frozenset({"Sb", "Sb2S3"})}
    np.testing.assert_allclose(problem.closed[:, list(basis)] @ amounts, composition, atol=1e-9)


def test_ties_reach_the_user(build):
    tied = {"K": 0.0, "Sb": 0.0, "S": 0.0, "Sb2S3": -0.6, "SbS": -0.5, "K2S": -1.2}
    result = kstab.window("SbS", ion="K", phases=build(tied))
    step = next(step for step in result.steps if step.tied_products)
    sets = {frozenset(p.formula for p in group) for group in (step.products, step.tied_products)}
    assert sets == {frozenset({"SbS"}), frozenset({"Sb", "Sb2S3"})}
    assert "tied_products" in {notice.code for notice in result.warnings}


def test_real_phases_are_not_tied(select, random_systems):
    for formula in random_systems(4, 100, seed=3):
        system, composition = select(formula, Formula.parse(formula).elements[0])
        assert sweep_potential(system.problem, composition).ties == ()


@pytest.mark.parametrize("elements", [3, 4, 5, 6])
def test_element_balance_to_1e_9(elements, random_systems):
    for formula in random_systems(elements, 40, seed=100 + elements):
        target = Formula.parse(formula)
        ion = next((s for s in ("K", "Li", "Na", "Mg") if target[s]), "K")
        for step in kstab.window(
            formula, ion=ion, near_misses=False, scheme="legacy", temperature="none"
        ).steps:
            parsed = [(Formula.parse(p.formula), p.amount) for p in step.products]
            for symbol in {*target.elements, ion}:
                made = sum(float(product[symbol]) * amount for product, amount in parsed)
                wanted = float(target[symbol]) + (step.ion_change if symbol == ion else 0.0)
                assert made == pytest.approx(wanted, abs=1e-9)


def test_amounts_are_not_scaled_by_the_tie_breaker(select):
    """p is compared, never added: K2S has two atoms of K for one of S, exactly."""
    system, composition = select("K2S", "K")
    assert sweep_potential(system.problem, composition).ions[0] == pytest.approx(2.0, abs=1e-14)


# ---------------------------------------------------------------- lockstep


def test_lockstep_equals_single_bit_for_bit(table, select, random_systems):
    formulas = [f for n in range(1, 9) for f in random_systems(n, {1: 40, 8: 19}.get(n, 90), 1)]
    cases = [select(f, Formula.parse(f).elements[0]) for f in formulas]
    cases += [select(f, "K") for f in formulas[200:300] if "K" not in Formula.parse(f).elements]
    together = sweep_potentials([s.problem for s, _ in cases], [c for _, c in cases])
    assert len(together) == len(cases) > 500
    for (system, composition), profile in zip(cases, together, strict=True):
        assert profile == sweep_potential(system.problem, composition)


@pytest.mark.parametrize("step", [0.1, 0.5])
def test_lockstep_equals_single_with_ties(select, random_systems, step):
    formulas = [f for n in (3, 4, 5) for f in random_systems(n, 70, seed=40 + n)]
    cases = [select(f, Formula.parse(f).elements[-1], all_phases=True) for f in formulas]
    problems = [rounded(system.problem, step) for system, _ in cases]
    compositions = [composition for _, composition in cases]
    single = [sweep_potential(p, c) for p, c in zip(problems, compositions, strict=True)]
    assert list(sweep_potentials(problems, compositions)) == single
    assert any(profile.ties for profile in single)


def test_lockstep_of_nothing_and_of_one(select):
    assert list(sweep_potentials([], [])) == []
    system, composition = select("K3SbS4", "K")
    (profile,) = sweep_potentials([system.problem], [composition])
    assert profile == sweep_potential(system.problem, composition)


def test_lockstep_does_not_depend_on_company(select, random_systems):
    formulas = random_systems(4, 60, seed=12)
    cases = [select(f, Formula.parse(f).elements[0]) for f in formulas]
    forth = sweep_potentials([s.problem for s, _ in cases], [c for _, c in cases])
    back = sweep_potentials([s.problem for s, _ in cases[::-1]], [c for _, c in cases[::-1]])
    assert list(forth) == list(back)[::-1]
    assert forth[-1] == back[0]
    assert forth[2:5] == [forth[2], forth[3], forth[4]]


# ---------------------------------------------------------------- mixing


@pytest.mark.parametrize(
    ("first", "second", "ion", "potential", "segments"),
    [
        ("K2PaF7", "HfSb2", None, 0.0, 2),
        ("K2S", "K2S3", "K", -1.0, 1),
        ("K2O", "K4O2", "K", -1.0, 1),
        ("K2O", "K4O2", None, 0.0, 1),
        ("KFeO2", "Fe2O3", "K", -1.5, 1),
        ("KFeO2", "Fe2O3", None, 0.0, 1),
        ("K3SbS4", "K3SbS4", None, 0.0, 1),
        ("KGdC2O6", "CO3", None, 0.0, 1),
    ],
)
def test_number_of_segments(mix, first, second, ion, potential, segments):
    mixture, *_ = mix(first, second, ion, potential)
    assert len(mixture.bases) == segments
    assert (mixture.fractions[0], mixture.fractions[-1]) == (0.0, 1.0)


def test_k3sbs4_kfeo2_has_its_kink_once(mix):
    """Three cells of K3SbS4 to one of KFeO2, by atoms; its minimum is -79.2 meV/atom."""
    mixture, *_ = mix("KFeO2", "K3SbS4")
    kinks = np.array(mixture.fractions)
    assert np.count_nonzero(np.abs(kinks - 0.75) < 1e-6) == 1
    ends = mixture.energies[0] * (1 - kinks) + mixture.energies[-1] * kinks
    reaction = np.array(mixture.energies) - ends
    assert reaction.min() == pytest.approx(-0.0792, abs=1e-4)
    assert kinks[reaction.argmin()] == pytest.approx(0.636, abs=1e-3)


def test_licoo2_li3ps4_kinks(table, mix):
    mixture, *_ = mix("LiCoO2", "Li3PS4")
    kinks = mixture.fractions[1:-1]
    assert kinks == pytest.approx([0.154, 0.158, 0.342, 0.410, 0.478, 0.500], abs=1e-3)
    ends = [float(table.energies[table.find(Formula.parse(f))]) for f in ("LiCoO2", "Li3PS4")]
    reaction = [
        energy - (1 - x) * ends[0] - x * ends[1]
        for x, energy in zip(mixture.fractions, mixture.energies, strict=True)
    ]
    assert min(reaction) == pytest.approx(-0.4023, abs=1e-4)


def test_no_phantom_kinks(table, mix):
    """Every kink is one: the products change there."""
    for ion, potential in ((None, 0.0), ("K", -1.0), ("K", -3.0)):
        mixture, system, *_ = mix("K9Mg3Nb5(PO5)8", "KSrP3H11N3O10", ion, potential)
        inside = [
            products(table, system, basis, np.maximum(*ends))
            for basis, ends in zip(mixture.bases, map(np.array, mixture.amounts), strict=True)
        ]
        assert len(inside) > 1
        assert all(a != b for a, b in pairwise(inside))
        assert min(b - a for a, b in pairwise(mixture.fractions)) > 1e-4


def test_the_metal_against_anything_with_the_ion_open(mix):
    """K holds no closed atom: along the line there is only more or less of the other side."""
    mixture, *_ = mix("K", "K3SbS4", "K", 0.0)
    assert mixture.fractions == (0.0, 1.0)
    assert mixture.energies[0] == 0.0
    empty = Problem(np.empty((0, 0)), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    alone = sweep_mixing(empty, np.empty(0), np.empty(0))
    assert (alone.fractions, alone.energies, alone.bases) == ((0.0, 1.0), (0.0, 0.0), ((),))


def test_closed_contact_with_the_metal_is_in_the_profile(mix, select):
    """The closed pseudo-binary K|K3SbS4 has its kinks where the profile's segments say."""
    mixture, *_ = mix("K3SbS4", "K")
    system, composition = select("K3SbS4", "K")
    profile = sweep_potential(system.problem, composition)
    taken = [ions * 5 - 3 for ions in profile.ions if ions * 5 - 3 > 1e-9]
    kinks = sorted(t / (t + 8) for t in taken)
    assert list(mixture.fractions[1:-1]) == pytest.approx(kinks, abs=1e-9)


PAIRS = [
    ("LiCoO2", "Li10GeP2S12", "Li"),
    ("LiCoO2", "Li6PS5Cl", "Li"),
    ("K3SbS4", "KFeO2", "K"),
    ("K3PS4", "KCrO2", "K"),
    ("KAl11O17", "S", "K"),
    ("KTi2(PO4)3", "K2S5", "K"),
    ("Na3PS4", "NaCrO2", "Na"),
    ("K2PaF7", "HfSb2", "K"),
    ("KGdC2O6", "CO3", "K"),
    ("MgO", "V2O5", "Mg"),
    ("K9Mg3Nb5(PO5)8", "KSrP3H11N3O10", "K"),
    ("K3TaNbCu3S8", "KFeO2", "K"),
]


@pytest.mark.parametrize(("first", "second", "ion"), PAIRS)
def test_mixing_against_highs(mix, highs, first, second, ion):
    rng = np.random.default_rng(1)
    for open_ion, potential in ((None, 0.0), (ion, 0.0), (ion, -rng.uniform(0, 5))):
        mixture, system, a, b = mix(first, second, open_ion, potential)
        for x in (0.0, *rng.uniform(0, 1, 6), *mixture.fractions[1:-1], 1.0):
            composition = (1 - x) * a + x * b
            exact = highs(system.problem, composition, potential)
            energy = np.interp(x, mixture.fractions, mixture.energies)
            assert energy == pytest.approx(exact, abs=1e-8)
        check_mixture(mixture, system.problem, a, b)


def check_mixture(mixture, problem, a, b):
    """Balance at both ends of every segment, amounts not negative, energy convex in x."""
    for k, (basis, ends) in enumerate(zip(mixture.bases, mixture.amounts, strict=True)):
        for x, amounts in zip(mixture.fractions[k : k + 2], ends, strict=True):
            made = problem.closed[:, list(basis)] @ np.array(amounts)
            np.testing.assert_allclose(made, (1 - x) * a + x * b, rtol=0, atol=1e-9)
            assert min(amounts) > -1e-9
    slopes = np.diff(mixture.energies) / np.diff(mixture.fractions)
    assert np.all(np.diff(slopes) > -1e-9)


@pytest.mark.parametrize("step", [0.1, 0.5])
def test_mixing_with_energies_rounded_to_force_ties(table, random_systems, pivots, highs, step):
    rng = np.random.default_rng(8)
    pairs = zip(random_systems(3, 30, seed=61), random_systems(4, 30, seed=62), strict=True)
    for first, second in pairs:
        a, b = Formula.parse(first), Formula.parse(second)
        system = table.select({*a.elements, *b.elements}, all_phases=True)
        problem = rounded(system.problem, step)
        ends = [np.array([float(f[s]) for s in system.closed]) / f.atoms for f in (a, b)]
        pivots.clear()
        mixture = sweep_mixing(problem, *ends)
        assert len(pivots) < 200
        check_mixture(mixture, problem, *ends)
        x = rng.uniform(0, 1)
        exact = highs(problem, (1 - x) * ends[0] + x * ends[1])
        assert np.interp(x, mixture.fractions, mixture.energies) == pytest.approx(exact, abs=1e-8)


@pytest.mark.parametrize(("first", "second"), [pair[:2] for pair in PAIRS])
def test_swapping_the_ends_mirrors_the_mixture(mix, first, second):
    forth, *_ = mix(first, second)
    back, *_ = mix(second, first)
    assert forth.fractions == pytest.approx([1 - x for x in back.fractions[::-1]], abs=1e-8)
    assert forth.energies == pytest.approx(back.energies[::-1], abs=1e-9)


def test_mixing_ends_are_the_equilibria_of_the_ends(mix, select):
    for first, second, _ in PAIRS:
        mixture, system, a, b = mix(first, second)
        for end, energy in ((a, mixture.energies[0]), (b, mixture.energies[-1])):
            assert energy == pytest.approx(
                sweep_potential(system.problem, end).energies[0], abs=1e-9
            )


def test_tolerance_is_far_below_the_margins_of_real_data():
    """Smallest gap 8e-6 eV, smallest amount 2.3e-4, largest false zero 3e-14 in earlier trials."""
    assert 3e-14 < TOLERANCE < 8e-6


def test_some_phases_of_a_problem_give_what_they_give_alone(select):
    system, composition = select("K3SbS4", "K")
    backward = np.arange(len(system.rows))[::-1]
    whole, turned = (
        sweep_potential(each.problem, composition) for each in (system, system.take(backward))
    )
    assert whole.potentials == pytest.approx(turned.potentials, abs=1e-12)
    some = system.problem.take(system.problem.start)  # the elements alone
    assert some.start.tolist() == [0, 1]
    assert sweep_potential(some, composition).ions == (0.0,)
