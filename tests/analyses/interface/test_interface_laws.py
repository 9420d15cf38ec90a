"""Laws that hold for every interface, on random real pairs and on energies that tie."""

import re
from fractions import Fraction
from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest

import kstab
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES
from kstab.errors import ElementError, FormulaError, PhaseError, RequestError

OPEN = [0.0, 0.9, 2.1, 3.3, 5.0]
"""Voltages for open contacts, V."""


def interface(a, b, **options):
    return kstab.interface(a, b, **({"scheme": "legacy", "temperature": "none"} | options))


@pytest.fixture(scope="module")
def ties(table):
    """Tables with energies rounded to multiples of a step, which forces ties."""
    return {
        step: table.with_energies(np.round(table.energies / step) * step, f"rounded to {step}")
        for step in (0.1, 0.5)
    }


@pytest.fixture(scope="module")
def pairs(random_pairs):
    """Pairs of two to six elements beside the ion, the same number of each."""

    def draw(each, seed, ion="K", sizes=(2, 3, 4, 5, 6)):
        return [pair for n in sizes for pair in random_pairs(n, each, seed=seed + n, ion=ion)]

    return draw


# ---------------------------------------------------------------- swapping


def mirrored(kink):
    """What a kink must be after its reactants changed places."""
    return (1 - kink.x_atomic, 1 - kink.x_molar, 1 - kink.x_mass, *unchanged(kink))


def unchanged(kink):
    return (
        kink.voltage,
        kink.energy_per_atom,
        kink.mutual_energy_per_atom,
        kink.energy_per_non_ion_atom,
        kink.mutual_energy_per_non_ion_atom,
        kink.energy_per_electron,
        kink.mutual_energy_per_electron,
        kink.ion_change,
        kink.products,
    )


def as_is(kink):
    return kink.x_atomic, kink.x_molar, kink.x_mass, *unchanged(kink)


def check_swap(forth, back) -> None:
    """The mirrored result, to the last bit."""
    for voltage in {kink.voltage for kink in forth.kinks}:
        theirs = [mirrored(kink) for kink in reversed(back.kinks_at(voltage))]
        assert [as_is(kink) for kink in forth.kinks_at(voltage)] == theirs
    assert len(forth.kinks) == len(back.kinks)
    assert as_is(forth.minimum_total) == mirrored(back.minimum_total)
    assert as_is(forth.minimum_mutual) == mirrored(back.minimum_mutual)
    assert (forth.self_energy_a, forth.self_energy_b) == (back.self_energy_b, back.self_energy_a)
    assert (forth.reactant_a, forth.reactant_b) == (back.reactant_b, back.reactant_a)
    for name in ("ion", "mode", "verdict", "voltage", "voltage_range", "reservoir", "scheme"):
        assert getattr(forth, name) == getattr(back, name)
    assert words(forth.warnings) == words(back.warnings)
    check_regions_swap(forth.regions, back.regions)


def words(warnings) -> set:
    """Codes and words of warnings, which name phases in the order of the reactants."""
    return {(warning.code, *sorted(re.split(r"[\s,:]+", warning.message))) for warning in warnings}


def check_regions_swap(forth, back) -> None:
    assert (forth is None) == (back is None)
    if forth is None:
        return

    def facts(region, low, high):
        return (low, high, region.voltage_low, region.voltage_high,
                tuple(product.formula for product in region.products),
                region.lowest_energy_per_non_ion_atom,
                region.lowest_mutual_energy_per_non_ion_atom)  # fmt: skip

    assert {facts(r, r.x_low, r.x_high) for r in forth} == {
        facts(r, 1 - r.x_high, 1 - r.x_low) for r in back
    }


def swapped(a, b, **options):
    forth, back = interface(a, b, **options), interface(b, a, **options)
    check_swap(forth, back)
    if forth.charged:
        check_swap(forth.charged, back.charged)


def test_swapping_closed(pairs):
    for a, b in pairs(10, seed=100):
        swapped(a, b, ion="K")


@pytest.mark.parametrize("voltage", OPEN)
def test_swapping_open(pairs, voltage):
    for a, b in pairs(6, seed=200 + int(10 * voltage)):
        swapped(a, b, ion="K", voltage=voltage)


@pytest.mark.parametrize("ion", ["Li", "Na", "Mg"])
def test_swapping_with_other_ions(pairs, ion):
    for a, b in pairs(3, seed=250, ion=ion, sizes=(2, 3, 4)):
        swapped(a, b, ion=ion, voltage=1.7)
        swapped(a, b, ion=ion, voltage=(0.3, 3.1))


def test_swapping_over_a_range(pairs):
    for a, b in pairs(6, seed=300, sizes=(2, 3, 4, 5)):
        swapped(a, b, ion="K", voltage=(0.7, 3.9))


@pytest.mark.parametrize("step", [0.1, 0.5])
def test_swapping_where_energies_tie(pairs, ties, step):
    for a, b in pairs(6, seed=400, sizes=(2, 3, 4)):
        for voltage in (None, 1.5, (1.0, 3.0)):
            swapped(a, b, ion="K", voltage=voltage, phases=ties[step], scheme=None)


def test_swapping_against_the_metal(random_systems):
    for formula in [f for n in (2, 3, 4, 5) for f in random_systems(n, 10, seed=n)]:
        for ion in ("K", "Mg", "Al"):
            swapped(ion, formula, ion=ion)


@pytest.mark.parametrize("voltage", [None, 2.5, (2.0, 3.5)])
@pytest.mark.parametrize("mean", [None, 2.7])
@pytest.mark.parametrize("hull", [None, "both"])
def test_swapping_with_a_charged_cathode(voltage, mean, hull):
    swapped("KCrO2", "K3SbS4", voltage=voltage, charged="K0.5CrO2", charged_voltage=mean,
            hull_energy=hull)  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "options"),
    [
        ("K3SbS4", "K6Sb2S8", {}),
        ("K3SbS4", "K6Sb2S8", {"voltage": 1.0}),
        ("K2S", "S", {"voltage": 2.0}),
        ("K2S", "K2S3", {"voltage": (0.0, 4.0)}),
        ("Li", "Na", {}),
        ("K2O", "K4O2", {}),
        ("K2.92Sb0.92W0.08S4", "KCrO2", {"voltage": (1.0, 3.0)}),
        ("Al2O3", "SiO2", {}),
    ],
)
def test_swapping_special_pairs(a, b, options):
    swapped(a, b, **options)


def test_hull_energy_names_the_side_as_typed(pairs):
    for a, b in pairs(3, seed=450):
        check_swap(interface(a, b, ion="K", hull_energy="a"),
                   interface(b, a, ion="K", hull_energy="b"))  # fmt: skip


# ---------------------------------------------------------------- total, own and mutual


def closed_share(formula: str, ion: str | None) -> float:
    """Atoms that are not the ion's, per atom."""
    parsed = Formula.parse(formula)
    return 1.0 - (float(parsed[ion]) / parsed.atoms if ion else 0.0)


def check_weights(result, ion) -> None:
    """Total is mutual plus both own decompositions, weighted by the atoms they are counted in."""
    shares = closed_share(result.a, ion), closed_share(result.b, ion)
    for voltage in {kink.voltage for kink in result.kinks}:
        kinks = result.kinks_at(voltage)
        own_b, own_a = kinks[0], kinks[-1]
        assert (own_b.x_atomic, own_a.x_atomic) == (0.0, 1.0)
        for kink in kinks:
            x = kink.x_atomic
            per_atom = x * own_a.energy_per_atom + (1 - x) * own_b.energy_per_atom
            mutual = kink.energy_per_atom - per_atom
            assert kink.mutual_energy_per_atom == pytest.approx(mutual, abs=1e-9)
            if voltage is not None:
                check_weights_open(kink, own_a, own_b, shares)


def check_weights_open(kink, own_a, own_b, shares) -> None:
    x, (n_a, n_b) = kink.x_atomic, shares
    d_a, d_b = own_a.energy_per_non_ion_atom, own_b.energy_per_non_ion_atom
    closed = x * n_a + (1 - x) * n_b
    mutual = kink.energy_per_non_ion_atom - (x * n_a * d_a + (1 - x) * n_b * d_b) / closed
    assert kink.mutual_energy_per_non_ion_atom == pytest.approx(mutual, abs=1e-9)
    assert kink.energy_per_atom == pytest.approx(kink.energy_per_non_ion_atom * closed, abs=1e-9)


def test_weights_of_the_own_decompositions_closed(pairs):
    for a, b in pairs(8, seed=500):
        result = interface(a, b, ion="K")
        check_weights(result, None)
        for side, energy in ((result.reactant_a, result.self_energy_a),
                             (result.reactant_b, result.self_energy_b)):  # fmt: skip
            assert energy == pytest.approx(-side.energy_above_hull, abs=2e-6)


def test_weights_of_the_own_decompositions_open(pairs):
    for a, b in pairs(8, seed=550):
        check_weights(interface(a, b, ion="K", voltage=2.4), "K")
        check_weights(interface(a, b, ion="K", voltage=(1.1, 3.4)), "K")


def test_own_decomposition_is_the_step_of_the_window(pairs):
    """Per non-ion atom at the voltage: the staircase's decomposition energy, rescaled."""
    for a, b in pairs(4, seed=570):
        result = interface(a, b, ion="K", voltage=2.4)
        for formula, energy in ((a, result.self_energy_a), (b, result.self_energy_b)):
            steps = kstab.window(
                formula, ion="K", scheme="legacy", temperature="none", near_misses=False
            ).steps
            step = next(s for s in steps if s.voltage_high is None or s.voltage_high > 2.4)
            own = step.decomposition_energy_low
            own += step.ion_change * (2.4 - step.voltage_low) / Formula.parse(formula).atoms
            assert energy * closed_share(formula, "K") == pytest.approx(own, abs=1e-9)


def check_shape(result) -> None:
    """Convex in x, mutual at most zero and zero at the ends, kinks rising from 0 to 1."""
    for voltage in {kink.voltage for kink in result.kinks}:
        kinks = result.kinks_at(voltage)
        assert all(k.mutual_energy_per_atom <= 0.0 for k in kinks)
        assert kinks[0].mutual_energy_per_atom == kinks[-1].mutual_energy_per_atom == 0.0
        for name in ("x_atomic", "x_molar", "x_mass"):
            shares = [getattr(kink, name) for kink in kinks]
            assert (shares[0], shares[-1]) == (0.0, 1.0)
            assert all(a < b for a, b in pairwise(shares))
        for name in ("energy_per_atom", "mutual_energy_per_atom"):
            points = [(kink.x_atomic, getattr(kink, name)) for kink in kinks]
            for (x0, e0), (x1, e1), (x2, e2) in zip(points, points[1:], points[2:], strict=False):
                chord = (e0 * (x2 - x1) + e2 * (x1 - x0)) / (x2 - x0)
                assert e1 <= chord + 1e-11


def test_energies_are_convex_and_mixing_never_costs(pairs):
    for a, b in pairs(8, seed=600):
        for voltage in (None, 1.9, (0.4, 4.2)):
            check_shape(interface(a, b, ion="K", voltage=voltage))


def test_minima_are_the_lowest_kinks(pairs):
    for a, b in pairs(6, seed=620):
        for voltage in (None, 1.9, (0.4, 4.2)):
            result = interface(a, b, ion="K", voltage=voltage)
            assert result.minimum_total in result.kinks
            assert result.minimum_mutual in result.kinks
            name = "energy_per_atom" if voltage is None else "energy_per_non_ion_atom"
            for minimum, field in ((result.minimum_total, name),
                                   (result.minimum_mutual, f"mutual_{name}")):  # fmt: skip
                lowest = min(getattr(kink, field) for kink in result.kinks)
                assert getattr(minimum, field) == pytest.approx(lowest, abs=2e-9)


def test_fractions_by_atoms_by_formula_units_and_by_mass(pairs):
    for a, b in pairs(6, seed=640):
        first, second = Formula.parse(a), Formula.parse(b)
        for kink in interface(a, b, ion="K").kinks:
            molar = kink.x_molar
            for share, one, other in ((kink.x_atomic, first.atoms, second.atoms),
                                      (kink.x_mass, first.mass, second.mass)):  # fmt: skip
                expected = molar * one / (molar * one + (1 - molar) * other)
                assert share == pytest.approx(expected, abs=1e-12)


# ---------------------------------------------------------------- reactions


def parse(reaction: str) -> tuple[dict[str, float], dict[str, float]]:
    """The coefficients of both sides of a written reaction."""
    sides = []
    for side in reaction.split(" → "):
        terms = [re.fullmatch(r"(?:([\d.e+-]+) )?(\S+)", term) for term in side.split(" + ")]
        assert all(terms), reaction
        sides.append({term[2]: float(term[1] or 1) for term in terms})
    return sides[0], sides[1]


def atoms_of(side: dict[str, float]) -> dict[str, float]:
    total: dict[str, float] = {}
    for formula, amount in side.items():
        for symbol, n in Formula.parse(formula.strip("()")).amounts:
            total[symbol] = total.get(symbol, 0.0) + amount * float(n)
    return total


def check_reaction(kink) -> None:
    """The text balances to its four digits, the coefficients behind it exactly."""
    left, right = parse(kink.reaction)
    made, used = atoms_of(right), atoms_of(left)
    assert made.keys() == used.keys()
    for symbol, amount in used.items():
        assert made[symbol] == pytest.approx(amount, rel=2e-3)
    exact: dict[str, Fraction] = {}
    balanced = kink._balanced
    for sign, terms in ((1, balanced.reactants), (-1, balanced.products)):
        for formula, coefficient in terms:
            assert coefficient > 0
            for symbol, n in Formula.parse(formula).amounts:
                exact[symbol] = exact.get(symbol, Fraction(0)) + sign * coefficient * n
    if kink.ion:
        exact[kink.ion] = exact.get(kink.ion, Fraction(0)) + balanced.ion_change
    assert set(exact.values()) == {Fraction(0)}
    check_amounts(kink, balanced)


def check_amounts(kink, balanced) -> None:
    """Fraction, products and ions are those of the reaction."""
    units = balanced.formula_units
    used = dict(balanced.reactants)
    assert kink.x_molar == pytest.approx(float(used.get(kink.a, 0) / units), abs=1e-7)
    for product, (formula, coefficient) in zip(kink.products, balanced.products, strict=True):
        assert product.formula == formula
        assert product.amount == pytest.approx(float(coefficient / units), rel=1e-6, abs=1e-7)
    if kink.ion:
        assert kink.ion_change == pytest.approx(float(balanced.ion_change / units), abs=1e-7)


def check_energies(result, kink, table) -> None:
    """The energy per reaction is that of its products less that of its reactants."""
    balanced = kink._balanced
    used = {result.a: result.reactant_a.energy, result.b: result.reactant_b.energy}
    energy = -sum(float(n) * used[f] * Formula.parse(f).atoms for f, n in balanced.reactants)
    for formula, coefficient in balanced.products:
        parsed = Formula.parse(formula)
        energy += float(coefficient) * float(table.energies[table.find(parsed)]) * parsed.atoms
    electrons = 0.0
    if kink.ion:
        charge = CHARGES[kink.ion]
        energy += float(balanced.ion_change) * charge * kink.voltage
        electrons = charge * abs(float(balanced.ion_change))
    elif result.mode == "metal_contact":
        electrons = CHARGES[result.ion] * float(dict(balanced.reactants).get(result.ion, 0))
    assert kink.energy_per_reaction == pytest.approx(energy, abs=1e-6)
    if electrons > 1e-6:
        assert kink.energy_per_electron == pytest.approx(energy / electrons, rel=1e-6, abs=1e-6)
    else:
        assert kink.energy_per_electron is None


def check_all_kinks(result, table) -> None:
    for kink in result.kinks:
        check_reaction(kink)
        check_energies(result, kink, table)
        assert all(isinstance(gas, str) for gas in kink.gases)


def test_reactions_closed(pairs, table):
    for a, b in pairs(30, seed=1000, sizes=(2, 3, 4, 5, 6)):
        check_all_kinks(interface(a, b, ion="K"), table)


def test_reactions_open(pairs, table):
    rng = np.random.default_rng(4)
    for a, b in pairs(24, seed=1100, sizes=(2, 3, 4, 5, 6)):
        check_all_kinks(interface(a, b, ion="K", voltage=rng.uniform(0, 5)), table)


@pytest.mark.parametrize("ion", ["Li", "Na", "Mg", "Ca", "Al"])
def test_reactions_of_other_ions(pairs, table, ion):
    for a, b in pairs(5, seed=1200, ion=ion, sizes=(2, 3, 4)):
        check_all_kinks(interface(a, b, ion=ion), table)
        check_all_kinks(interface(a, b, ion=ion, voltage=1.3), table)
        check_all_kinks(interface(a, ion, ion=ion), table)


@pytest.mark.parametrize("conditions", [{}, {"gas": "O2=0.21"}, {"temperature": 700}])
def test_reactions_under_conditions(pairs, conditions):
    table = kstab.phase_table(**conditions)
    for a, b in pairs(4, seed=1250, sizes=(2, 3, 4)):
        for voltage in (None, 2.2):
            result = kstab.interface(a, b, ion="K", voltage=voltage, **conditions)
            check_all_kinks(result, table)
            check_shape(result)


@pytest.mark.parametrize("step", [0.1, 0.5])
def test_reactions_where_energies_tie(pairs, ties, step):
    for a, b in pairs(12, seed=1300, sizes=(2, 3, 4, 5)):
        for voltage in (None, 0.0, 1.5, (1.0, 2.5)):
            result = interface(a, b, ion="K", voltage=voltage, phases=ties[step], scheme=None)
            check_all_kinks(result, ties[step])
            check_shape(result)


def test_reactions_of_compositions_that_are_no_phase(table):
    for a, b in (("K2.92Sb0.92W0.08S4", "KCrO2"), ("K2.9SbS3.9Cl0.1", "KFeO2"),
                 ("K0.5CrO2", "K3SbS4"), ("K1.67Mg0.67Al10.33O17", "S")):  # fmt: skip
        for voltage in (None, 2.0):
            check_all_kinks(interface(a, b, ion="K", voltage=voltage), table)


# ---------------------------------------------------------------- contact with the metal


def check_reservoir(result, window) -> None:
    """Any amount of metal: the first step of the staircase."""
    step, reservoir = window.steps[0], result.reservoir
    assert reservoir.reaction == step.reaction
    assert reservoir.ion_change == step.ion_change
    assert [(p.formula, p.amount) for p in reservoir.products] == [
        (p.formula, p.amount) for p in step.products
    ]
    assert reservoir.energy_per_atom == pytest.approx(step.decomposition_energy_low, abs=1e-9)


def kinks_of_the_staircase(window, charge, atoms) -> list[tuple[float, float]]:
    """Atomic fraction of the metal and energy per atom of mixture where its steps end.

    Where the mixture takes up t ions, it holds t of the metal in t + N atoms. Its energy is
    that of the step less what the ions bring at the step's voltage.
    """
    kinks = []
    for step in window.steps:
        if step.ion_change > 1e-9:
            energy = step.decomposition_energy_low * atoms
            energy -= step.ion_change * charge * step.voltage_low
            mixture = step.ion_change + atoms
            kinks.append((step.ion_change / mixture, energy / mixture))
    return sorted(kinks)


@pytest.mark.parametrize("ion", ["K", "Li", "Mg"])
def test_both_contacts_with_the_metal_are_read_off_the_staircase(random_systems, ion):
    for formula in [f for n in (2, 3, 4, 5) for f in random_systems(n, 15, seed=30 + n)]:
        result = interface(ion, formula, ion=ion)
        window = kstab.window(
            formula, ion=ion, scheme="legacy", temperature="none", near_misses=False
        )
        check_reservoir(result, window)
        expected = kinks_of_the_staircase(window, CHARGES[ion], Formula.parse(formula).atoms)
        seen = [(k.x_atomic, k.energy_per_atom) for k in result.kinks[1:-1]]
        assert len(seen) == len(expected)
        np.testing.assert_allclose(seen, expected, atol=1e-8)
        assert result.kinks[-1].energy_per_atom == 0.0


def test_the_metal_is_the_same_contact_with_and_without_zero_volt():
    plain, named = interface("K", "K3SbS4"), interface("K", "K3SbS4", voltage=0)
    assert plain == named
    assert plain.mode == "metal_contact"
    assert (plain.voltage, plain.voltage_range) == (None, None)


@pytest.mark.parametrize("anode", ["KC8", "K3Sb", "K3Bi", "KSn", "KSi"])
def test_alloys_are_ordinary_reactants(anode):
    result = interface(anode, "K3SbS4")
    assert (result.mode, result.reservoir) == ("closed", None)
    window = kstab.window(anode, scheme="legacy", temperature="none")
    assert result.reactant_a.reduction_limit == window.reduction_limit
    assert result.reactant_a.oxidation_limit == window.oxidation_limit


def test_the_reservoir_counts_from_the_energy_used():
    """With the hull's energy Li6PS5Cl starts 83 meV/atom lower, with a stored one higher."""
    plain, hull = (interface("Li", "Li6PS5Cl", hull_energy=which) for which in (None, "b"))
    height = plain.reactant_b.energy_above_hull
    assert height > 0.08
    assert hull.reservoir.energy_per_atom == pytest.approx(
        plain.reservoir.energy_per_atom + height, abs=1e-9
    )
    given = {"charged": "K0.5CrO2"}
    mixture = interface("K", "KCrO2", **given).charged
    stored = interface("K", "KCrO2", **given, charged_voltage=2.7).charged
    extra = stored.reactant_b.energy - mixture.reactant_b.energy
    assert extra == pytest.approx(0.178, abs=0.001)
    assert stored.reservoir.energy_per_atom == pytest.approx(
        mixture.reservoir.energy_per_atom - extra, abs=1e-9
    )


# ---------------------------------------------------------------- ranges of voltages

RANGES = [
    ("K3SbS4", "KCrO2", (2.0, 3.5)),
    ("K3PS4", "KFeO2", (0.5, 4.0)),
    ("KTi2(PO4)3", "K2S5", (0.0, 3.0)),
    ("KAl11O17", "S", (1.0, 2.4)),
    ("K3SbS4", "K3Sb", (0.0, 1.0)),
    ("K2Fe4O7", "K3PS4", (2.6, 2.65)),
    ("LiCoO2", "Li3PS4", (2.5, 4.3)),
    ("MgO", "V2O5", (0.0, 3.0)),
]


@pytest.mark.parametrize(("a", "b", "voltages"), RANGES)
def test_no_voltage_of_the_range_is_worse_than_the_worst(a, b, voltages):
    result = interface(a, b, voltage=voltages)
    total, mutual = inf, inf
    for voltage in np.linspace(*voltages, 61).tolist():
        there = interface(a, b, voltage=voltage)
        total = min(total, there.minimum_total.energy_per_non_ion_atom)
        mutual = min(mutual, there.minimum_mutual.mutual_energy_per_non_ion_atom)
    worst_total = result.minimum_total.energy_per_non_ion_atom
    worst_mutual = result.minimum_mutual.mutual_energy_per_non_ion_atom
    assert worst_total == pytest.approx(total, abs=1e-9)  # lowest at one end of the range
    assert worst_mutual <= mutual + 1e-9


def test_of_voltages_that_are_equally_bad_the_lowest_is_named(build):
    """S and P form PS without potassium: equally bad above 1.8 V, where S takes up none."""
    table = build({"K": 0.0, "S": 0.0, "P": 0.0, "K2S": -1.2, "PS": -0.5})
    for pair in ("SP", "PS"):
        worst = interface(*pair, ion="K", voltage=(1.0, 3.0), phases=table, scheme=None)
        kink = worst.minimum_mutual
        assert (kink.x_atomic, kink.mutual_energy_per_atom) == pytest.approx((0.5, -0.5))
        assert kink.voltage == pytest.approx(1.8)


@pytest.mark.parametrize(("a", "b", "voltages"), RANGES)
def test_the_worst_points_are_real(a, b, voltages):
    """An interface at the voltage of the worst point alone has the same energy there."""
    result = interface(a, b, voltage=voltages)
    assert result.voltage_range == voltages
    for kink in (result.minimum_total, result.minimum_mutual):
        alone = interface(a, b, voltage=kink.voltage)
        there = min(alone.kinks, key=lambda k: abs(k.x_atomic - kink.x_atomic))
        assert there.x_atomic == pytest.approx(kink.x_atomic, abs=1e-7)
        assert there.energy_per_atom == pytest.approx(kink.energy_per_atom, abs=1e-7)
        assert there.mutual_energy_per_atom == pytest.approx(kink.mutual_energy_per_atom, abs=1e-7)


@pytest.mark.parametrize(("a", "b", "voltages"), RANGES)
def test_regions_tile_the_map(a, b, voltages):
    regions = interface(a, b, voltage=voltages).regions
    areas = [(r.x_high - r.x_low) * (r.voltage_high - r.voltage_low) for r in regions]
    assert sum(areas) == pytest.approx(voltages[1] - voltages[0], abs=1e-9)
    rng = np.random.default_rng(6)
    for x, voltage in zip(rng.uniform(0, 1, 200), rng.uniform(*voltages, 200), strict=True):
        assert len(around(regions, x, voltage)) == 1


def around(regions, x, voltage):
    return [
        region
        for region in regions
        if region.x_low <= x <= region.x_high
        and region.voltage_low <= voltage <= region.voltage_high
    ]


@pytest.mark.parametrize(("a", "b", "voltages"), RANGES)
def test_regions_hold_what_forms_at_a_voltage_inside(a, b, voltages):
    """Between two kinks the products are those of both; no energy is below the region's."""
    regions = interface(a, b, voltage=voltages).regions
    for voltage in np.random.default_rng(7).uniform(*voltages, 8).tolist():
        kinks = interface(a, b, voltage=voltage).kinks
        for left, right in pairwise(kinks):
            (region,) = around(regions, 0.5 * (left.x_atomic + right.x_atomic), voltage)
            formed = {p.formula for kink in (left, right) for p in kink.products}
            assert formed == {product.formula for product in region.products}
            for kink in (left, right):
                assert kink.energy_per_non_ion_atom >= (
                    region.lowest_energy_per_non_ion_atom - 1e-9
                )
                assert kink.mutual_energy_per_non_ion_atom >= (
                    region.lowest_mutual_energy_per_non_ion_atom - 1e-9
                )


@pytest.mark.parametrize(("a", "b", "voltages"), RANGES)
def test_the_lowest_of_all_regions_is_the_worst_point(a, b, voltages):
    result = interface(a, b, voltage=voltages)
    total = min(region.lowest_energy_per_non_ion_atom for region in result.regions)
    mutual = min(region.lowest_mutual_energy_per_non_ion_atom for region in result.regions)
    assert result.minimum_total.energy_per_non_ion_atom == pytest.approx(total, abs=1e-8)
    assert result.minimum_mutual.mutual_energy_per_non_ion_atom == pytest.approx(mutual, abs=1e-8)


@pytest.mark.parametrize(("a", "b", "voltages"), RANGES)
def test_both_ends_of_the_range_are_those_of_single_voltages(a, b, voltages):
    result = interface(a, b, voltage=voltages)
    for voltage in voltages:
        assert result.kinks_at(voltage) == interface(a, b, voltage=voltage).kinks
    for own, name in ((result.self_energy_a, 1.0), (result.self_energy_b, 0.0)):
        ends = [k.energy_per_non_ion_atom for k in result.kinks if k.x_atomic == name]
        assert own == min(ends)


def test_regions_are_not_split_without_need():
    """No two regions with the same products share a whole edge."""
    regions = interface("K3SbS4", "KCrO2", voltage=(2.0, 3.5)).regions
    for one in regions:
        for other in regions:
            side_by_side = one.x_high == other.x_low and (one.voltage_low, one.voltage_high) == (
                other.voltage_low, other.voltage_high)  # fmt: skip
            stacked = one.voltage_high == other.voltage_low and (one.x_low, one.x_high) == (
                other.x_low, other.x_high)  # fmt: skip
            assert one.products != other.products or not (side_by_side or stacked)


def test_a_range_of_one_voltage_is_that_voltage():
    assert interface("K3SbS4", "KCrO2", voltage=(2.5, 2.5)) == interface(
        "K3SbS4", "KCrO2", voltage=2.5
    )


@pytest.mark.parametrize("width", [1e-12, 1e-10, 1e-9, 1e-8, 1e-6])
@pytest.mark.parametrize("voltage", [0.0, 2.5])
def test_the_narrowest_ranges_are_answered(voltage, width):
    result = interface("K3SbS4", "KCrO2", voltage=(voltage, voltage + width))
    alone = interface("K3SbS4", "KCrO2", voltage=voltage)
    for kink, other in ((result.minimum_total, alone.minimum_total),
                        (result.minimum_mutual, alone.minimum_mutual)):  # fmt: skip
        assert kink.x_atomic == pytest.approx(other.x_atomic, abs=1e-6)
        assert kink.energy_per_atom == pytest.approx(other.energy_per_atom, abs=1e-5)


@pytest.mark.parametrize(("ion", "sulfide"), [("Mg", "MgS"), ("Al", "Al2S3"), ("Ca", "CaS")])
@pytest.mark.parametrize("voltage", [0.1, 0.7, 1.1, 2.3])
def test_voltages_come_back_as_given_whatever_the_charge(ion, sulfide, voltage):
    """Divided by 3 and multiplied again, 0.7 V would be 0.6999999999999998 V."""
    result = interface("V2O5", sulfide, ion=ion, voltage=voltage)
    assert result.voltage == voltage
    assert result.kinks_at(voltage) == result.kinks
    over_range = interface("V2O5", sulfide, ion=ion, voltage=(voltage, 3.1))
    assert over_range.voltage_range == (voltage, 3.1)
    assert min(region.voltage_low for region in over_range.regions) == voltage


# ---------------------------------------------------------------- charged cathodes


@pytest.mark.parametrize("voltage", [None, 2.5, (2.0, 3.5)])
def test_the_charged_cathode_is_the_same_interface_with_its_composition(voltage):
    both = interface("KCrO2", "K3SbS4", voltage=voltage, charged="K0.5CrO2")
    alone = interface("K0.5CrO2", "K3SbS4", voltage=voltage)
    assert both.charged.kinks == alone.kinks
    assert (both.charged.a, both.charged.b, both.charged.charged) == ("K0.5CrO2", "K3SbS4", None)
    plain = interface("KCrO2", "K3SbS4", voltage=voltage)
    assert both.kinks == plain.kinks


@pytest.mark.parametrize("mean", [0.5, 1.5, 2.7, 4.0])
@pytest.mark.parametrize("voltage", [None, 2.5])
def test_a_mean_voltage_stores_energy_and_leaves_mutual_alone(mean, voltage):
    """E(K0.5CrO2) = E(KCrO2) + 0.5 V, eV per formula unit; only the total can see it."""
    given = {"voltage": voltage, "charged": "K0.5CrO2"}
    plain = interface("KCrO2", "K3SbS4", **given)
    stored = interface("KCrO2", "K3SbS4", **given, charged_voltage=mean)
    expected = (4 * plain.reactant_a.energy + 0.5 * mean) / 3.5
    assert stored.charged.reactant_a.energy_source == "average_voltage"
    assert stored.charged.reactant_a.energy == pytest.approx(expected, abs=1e-12)
    extra = expected - plain.charged.reactant_a.energy
    for kink, other in zip(stored.charged.kinks, plain.charged.kinks, strict=True):
        assert kink.mutual_energy_per_atom == pytest.approx(other.mutual_energy_per_atom, abs=1e-11)
        shift = other.energy_per_atom - kink.x_atomic * extra
        assert kink.energy_per_atom == pytest.approx(shift, abs=1e-9)
        assert kink.products == other.products


def test_charge_numbers_count_in_the_stored_energy():
    """MgTi2S4 less half its magnesium at 1.2 V: z = 2, so half a formula unit stores 1.2 eV."""
    result = interface("MgTi2S4", "MgO", charged="Mg0.5Ti2S4", charged_voltage=1.2)
    whole, half = result.reactant_a, result.charged.reactant_a
    assert half.energy * 6.5 == pytest.approx(whole.energy * 7 + 0.5 * 2 * 1.2, abs=1e-9)


def test_the_formula_unit_of_the_charged_phase_may_be_another():
    one = interface("KCrO2", "K3SbS4", charged="K0.5CrO2", charged_voltage=2.7).charged
    two = interface("KCrO2", "K3SbS4", charged="KCr2O4", charged_voltage=2.7).charged
    assert one.reactant_a.energy == pytest.approx(two.reactant_a.energy, abs=1e-12)
    assert [k.energy_per_atom for k in one.kinks] == pytest.approx(
        [k.energy_per_atom for k in two.kinks], abs=1e-11
    )


def test_a_cathode_that_gives_off_all_of_its_ion():
    result = interface("KTi2(PO4)3", "K3SbS4", charged="Ti2(PO4)3", charged_voltage=2.0)
    assert result.charged.a == "Ti2(PO4)3"
    assert result.charged.reactant_a.energy_source == "average_voltage"


# ---------------------------------------------------------------- whose energy


@pytest.mark.parametrize(("which", "lowered"), [("a", "a"), ("b", "b"), ("both", "ab")])
def test_hull_energy_switches_one_side_or_both(which, lowered):
    """Li10GeP2S12 lies 19 and Li6PS5Cl 83 meV/atom above the hull."""
    result = interface("Li10GeP2S12", "Li6PS5Cl", hull_energy=which)
    plain = interface("Li10GeP2S12", "Li6PS5Cl")
    for name in "ab":
        ours, theirs = (getattr(r, f"reactant_{name}") for r in (result, plain))
        own = getattr(result, f"self_energy_{name}")
        assert theirs.energy_source == "phase"
        assert ours.energy_source == ("hull" if name in lowered else "phase")
        height = ours.energy_above_hull if name in lowered else 0.0
        assert ours.energy == pytest.approx(theirs.energy - height, abs=1e-9)
        assert own == pytest.approx(0.0 if name in lowered else -theirs.energy_above_hull, abs=1e-9)
    for kink, other in zip(result.kinks, plain.kinks, strict=True):
        assert kink.mutual_energy_per_atom == pytest.approx(other.mutual_energy_per_atom, abs=1e-11)


def test_a_composition_without_a_phase_takes_the_hull():
    result = interface("K2.92Sb0.92W0.08S4", "KCrO2")
    assert result.reactant_a.energy_source == "hull"
    assert (result.reactant_a.energy_above_hull, result.reactant_a.material_id) == (None, "")
    assert result.self_energy_a == 0.0
    assert "hull_energy" in {notice.code for notice in result.warnings}


def test_an_excluded_reactant_takes_the_hull():
    """As in the table: without K3SbS4 it decomposes, and its energy is that of the products."""
    result = interface("K3SbS4", "KFeO2", exclude=["K3SbS4"])
    assert result.reactant_a.energy_source == "hull"
    assert result.self_energy_a == 0.0
    assert "K3SbS4" not in {p.formula for kink in result.kinks for p in kink.products}


def test_a_reactant_that_costs_energy_keeps_its_own(table):
    """CO3 has a formation energy above zero; what it stores is its own decomposition."""
    result = interface("KGdC2O6", "CO3", ion="K")
    assert result.reactant_b.energy > 0
    assert result.reactant_b.energy_source == "phase"
    assert result.self_energy_b == pytest.approx(-result.reactant_b.energy_above_hull, abs=1e-9)


# ---------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("a", "b", "options", "verdict"),
    [
        ("K3SbS4", "KFeO2", {}, "reacts"),
        ("K", "KAl11O17", {}, "cannot_be_told_from_stable"),
        ("K2S", "KCl", {}, "no_reaction"),
        ("K", "K2S", {}, "no_reaction"),
        ("Li6PS5Cl", "Li2S", {}, "self_decomposition"),
        ("K3SbS4", "K6Sb2S8", {}, "same_composition"),
    ],
)
def test_verdicts(a, b, options, verdict):
    result = interface(a, b, **options)
    assert result.verdict == verdict
    check_verdict(result)


def check_verdict(result) -> None:
    total = result.minimum_total.energy_per_atom
    mutual = result.minimum_mutual.mutual_energy_per_atom
    bar, mutual_bar = result.error_bar or 0.0, result.mutual_error_bar or 0.0
    expected = {
        "reacts": total < -bar and mutual < -mutual_bar,
        "self_decomposition": total < -bar and (mutual >= -mutual_bar or not mutual_bar),
        "cannot_be_told_from_stable": -bar <= total < 0,
        "no_reaction": abs(total) < 1e-5 and result.error_bar is None,
        "same_composition": True,
    }
    assert expected[result.verdict]


@pytest.mark.parametrize("scheme", ["legacy", "kstab"])
def test_every_verdict_follows_from_the_error_bar(pairs, scheme):
    """In scheme kstab the error bar is two standard deviations, elsewhere 50 meV/atom."""
    seen = set()
    for a, b in pairs(20, seed=1500):
        result = kstab.interface(a, b, ion="K", scheme=scheme, compare=False)
        check_verdict(result)
        seen.add(result.verdict)
        if result.error_bar is not None:
            lowest = min(result.kinks, key=lambda kink: kink.energy_per_atom)
            sigma = lowest.energy_per_atom_sigma
            assert result.error_bar == (0.05 if sigma is None else 2 * sigma)
    assert {"reacts", "cannot_be_told_from_stable", "no_reaction"} <= seen


def test_the_order_of_the_elements_matters_no_more_than_that_of_formulas():
    one, other = interface("K3SbS4", "KFeO2"), interface("S4SbK3", "FeKO2")
    assert [k.energy_per_atom for k in one.kinks] == [k.energy_per_atom for k in other.kinks]


# ---------------------------------------------------------------- determinism


@pytest.mark.parametrize("voltage", [None, 2.0, (1.0, 3.0)])
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_entries_does_not_matter(table, voltage, seed):
    entries = kstab.entries_from_table(table, ["K", "Sb", "S", "Fe", "O"])
    order = np.random.default_rng(seed).permutation(len(entries)).tolist()
    shuffled = kstab.interface(
        "K3SbS4", "KFeO2", voltage=voltage, phases=[entries[i] for i in order]
    )
    assert shuffled == kstab.interface("K3SbS4", "KFeO2", voltage=voltage, phases=entries)


def test_own_entries_give_the_energies_of_the_table(table):
    entries = kstab.entries_from_table(table, ["K", "Sb", "S", "Fe", "O"])
    own = kstab.interface("K3SbS4", "KFeO2", phases=entries, temperature="none")
    plain = interface("K3SbS4", "KFeO2")
    assert [k.energy_per_atom for k in own.kinks] == pytest.approx(
        [k.energy_per_atom for k in plain.kinks], abs=1e-9
    )
    assert [{Formula.parse(p.formula).key for p in k.products} for k in own.kinks] == [
        {Formula.parse(p.formula).key for p in k.products} for k in plain.kinks
    ]


SNAPSHOT = """
import kstab, sys
results = [
    kstab.interface("K", "K3SbS4"),
    kstab.interface("K3SbS4", "KFeO2"),
    kstab.interface("LiCoO2", "Li10GeP2S12", voltage=5),
    kstab.interface("KCrO2", "K3SbS4", voltage=(2, 3.5), charged="K0.5CrO2", charged_voltage=2.7),
]
sys.stdout.buffer.write(repr(results).encode())
"""


def test_same_bytes_under_any_hash_seed(run_python):
    outputs = {run_python("-c", SNAPSHOT, PYTHONHASHSEED=s).stdout for s in ("0", "1", "4242")}
    assert len(outputs) == 1
    assert b"KSbS2" in outputs.pop()


# ---------------------------------------------------------------- refusals

REFUSED = [
    # first, second, options, a word of the message
    ("K3SbS4", "KFeO2", {"voltage": -0.5}, "0 V"),
    ("K3SbS4", "KFeO2", {"voltage": (3.5, 2.0)}, "range"),
    ("K3SbS4", "KFeO2", {"voltage": (-1.0, 2.0)}, "0 V"),
    ("K3SbS4", "KFeO2", {"voltage": nan}, "range"),
    ("K3SbS4", "KFeO2", {"voltage": inf}, "range"),
    ("K3SbS4", "KFeO2", {"voltage": (1.0, nan)}, "range"),
    ("K3SbS4", "KFeO2", {"voltage": (1.0, inf)}, "range"),
    ("K3SbS4", "KFeO2", {"voltage": "foo"}, "foo"),
    ("K3SbS4", "KFeO2", {"voltage": "2.0:3.5"}, "2.0:3.5"),
    ("K", "K3SbS4", {"voltage": 2.0}, "metal"),
    ("K3SbS4", "K", {"voltage": (0.0, 2.0)}, "metal"),
    ("Mg", "MgO", {"voltage": 1.0}, "Mg"),
    ("KCrO2", "K3SbS4", {"charged": "KFeO2"}, "KFeO2"),
    ("KCrO2", "K3SbS4", {"charged": "K1.5CrO2"}, "less K"),
    ("KCrO2", "K3SbS4", {"charged": "KCrO2"}, "less K"),
    ("KCrO2", "K3SbS4", {"charged": "K"}, "less K"),
    ("KCrO2", "K3SbS4", {"charged_voltage": 2.7}, "charged"),
    ("LiCoO2", "K3SbS4", {"voltage": 2.0}, "--ion"),
    ("LiCoO2", "K3SbS4", {"charged": "Li0.5CoO2"}, "--ion"),
    ("Li", "Na", {"voltage": 0.0}, "--ion"),
    ("K3SbS4", "KFeO2", {"hull_energy": "c"}, "'c'"),
    ("K3SbS4", "KFeO2", {"hull_energy": "K3SbS4"}, "K3SbS4"),
    ("K3SbS4", "KFeO2", {"ion": "Xx"}, "working ion"),
    ("K3SbS4", "KFeO2", {"ion": "Fe"}, "working ion"),
    ("K3SbS4", "KFeO2", {"scheme": "mystery"}, "mystery"),
]


@pytest.mark.parametrize(("a", "b", "options", "word"), REFUSED)
def test_what_cannot_be_meant_is_refused(a, b, options, word):
    with pytest.raises(RequestError) as caught:
        interface(a, b, **options)
    assert word in str(caught.value)
    assert caught.value.exit_code == 2
    assert caught.value.advice


@pytest.mark.parametrize("voltage", [(1.0,), (1.0, 2.0, 3.0), [], (None, 2.0), ("low", 2.0)])
def test_a_voltage_that_is_no_number_and_no_pair_is_refused(voltage):
    with pytest.raises(RequestError):
        interface("K3SbS4", "KFeO2", voltage=voltage)


@pytest.mark.parametrize("mean", [nan, inf, -inf, -2.7])
def test_a_mean_voltage_that_none_can_have_is_refused(mean):
    with pytest.raises(RequestError):
        interface("KCrO2", "K3SbS4", charged="K0.5CrO2", charged_voltage=mean)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("text", ["k3sbs4", "", "K3SbS4 KFeO2", "my_phase", "K-Sb"])
def test_what_is_no_formula_is_refused(place, text):
    reactants = ["K3SbS4", "K3SbS4"]
    reactants[place] = text
    with pytest.raises(FormulaError) as caught:
        interface(*reactants)
    assert caught.value.text == text


def test_a_charged_formula_that_cannot_be_read_is_refused():
    with pytest.raises(FormulaError) as caught:
        interface("KCrO2", "K3SbS4", charged="k0.5cro2")
    assert "K0.5CrO2" in caught.value.suggestions


@pytest.mark.parametrize(("a", "b"), [("KAr", "K3SbS4"), ("K3SbS4", "KAr"), ("Ar", "K")])
@pytest.mark.parametrize("voltage", [None, 0.0])
def test_elements_without_data_are_named(a, b, voltage):
    with pytest.raises(ElementError) as caught:
        interface(a, b, ion="K", voltage=voltage)
    assert caught.value.symbols == ("Ar",)


def test_an_element_may_be_missing_from_own_phases(build):
    table = build({"K": 0.0, "S": 0.0, "K2S": -1.2})
    with pytest.raises(ElementError) as caught:
        kstab.interface("K2S", "KFeO2", phases=table)
    assert set(caught.value.symbols) == {"Fe", "O"}


def test_an_element_of_the_charged_phase_may_not_be_new():
    with pytest.raises(RequestError, match=r"K0\.5CrO2F"):
        interface("KCrO2", "K3SbS4", charged="K0.5CrO2F")


def test_a_phase_to_leave_out_must_be_there():
    with pytest.raises(PhaseError):
        interface("K3SbS4", "KFeO2", exclude=["K17SbS"])


def test_two_alkali_metals_need_an_ion_only_where_one_is_exchanged():
    closed = interface("LiCoO2", "K3SbS4")
    assert (closed.mode, closed.ion) == ("closed", None)
    assert closed.reactant_a.reduction_limit is None
    named = interface("LiCoO2", "K3SbS4", ion="K")
    assert [k.energy_per_atom for k in named.kinks] == [k.energy_per_atom for k in closed.kinks]
    assert interface("LiCoO2", "K3SbS4", ion="Li", voltage=3.0).ion == "Li"
