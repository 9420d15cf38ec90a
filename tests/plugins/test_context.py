"""What an assessment can ask for: phases near the hull, equilibria again, errors of sums."""

import pytest

import kstab
from kstab import testing
from kstab.context import Context
from kstab.errors import ElementError, PhaseError, RequestError


@pytest.fixture(scope="module")
def small():
    return Context(testing.small_table(), "K", {}, 298.15)


@pytest.fixture(scope="module")
def real():
    return Context(kstab.phase_table(), "K", {}, 298.15)


def made(products):
    return {product.formula: pytest.approx(product.amount) for product in products}


@pytest.mark.parametrize("formula", ["K3SbS4", "K2Fe4O7", "KAl11O17", "Na3PS4"])
def test_products_at_each_step_are_those_of_the_staircase(real, formula):
    for step in kstab.window(formula, ion="K", compare=False, near_misses=False).steps:
        high = step.voltage_high or step.voltage_low + 2.0
        for voltage in (step.voltage_low, (step.voltage_low + high) / 2.0):
            assert real.products(formula, voltage) == step.products


def test_a_phase_left_out_is_replaced_by_what_it_decomposes_to(small):
    """K3SbS4 is 3/2 K2S + 1/2 Sb2S3 + S."""
    assert made(small.products("K3SbS4")) == {"K3SbS4": 1.0}
    others = small.products("K3SbS4", without=["K3SbS4"])
    assert made(others) == {"K2S": 1.5, "Sb2S3": 0.5, "S": 1.0}
    assert small.products({"K": 3.0, "Sb": 1.0, "S": 4.0}, without=["SbK3S4"]) == others


def test_a_phase_that_is_lowered_forms(small):
    """SbS lies 0.05 eV/atom above the elements and 0.05 + 5/6 x 0.4 above Sb and Sb2S3."""
    assert "SbS" not in made(small.products("SbS", lowered=("SbS", 0.3)))
    assert made(small.products("SbS", lowered=("SbS", 0.4))) == {"SbS": 1.0}
    both = small.products("SbS", without=["Sb2S3"], lowered=("SbS", 0.1))
    assert made(both) == {"SbS": 1.0}


def test_left_out_is_as_a_table_without_it(real):
    table = real.table.without(kstab.Formula.parse("K2S"))
    step = kstab.window("K3SbS4", phases=table, compare=False, near_misses=False).steps[0]
    assert real.products("K3SbS4", 0.0, without=["K2S"]) == step.products


def test_the_metal_alone_becomes_nothing(small):
    assert small.products("K", 1.0) == ()
    assert made(small.products("K")) == {"K": 1.0}


def test_what_cannot_be_asked(small):
    with pytest.raises(PhaseError):
        small.products("K2S", without=["KS5"])
    with pytest.raises(PhaseError):
        small.products("K2S", lowered=("KS5", 0.1))
    with pytest.raises(ElementError):
        small.products("K2S", without=["S"])
    with pytest.raises(ElementError):
        small.products("NaCl")
    with pytest.raises(RequestError):
        Context(small.table, None, {}, 298.15).products("K2S", 1.0)


def test_phases_near_the_hull(small):
    assert [facts.formula for facts in small.phases(["Sb", "S"])] == ["S", "Sb", "Sb2S3"]
    (*_, last) = small.phases(["Sb", "S"], within=0.5)
    assert (last.formula, last.energy_above_hull) == ("SbS", pytest.approx(0.05 + 5 / 6 * 0.4))
    assert [each.formula for each in small.phases(["S"])] == ["S"]


def test_the_error_of_a_sum_is_that_of_the_step(real):
    """The first step against the metal, per atom of K3SbS4, as an interface has it."""
    kink = kstab.interface("K", "K3SbS4", compare=False).reservoir
    weights = {product.formula: product.amount for product in kink.products}
    per_atom = {f: n * kstab.Formula.parse(f).atoms / 8 for f, n in weights.items()}
    assert real.sigma({**per_atom, "K3SbS4": -1.0}) == pytest.approx(kink.energy_per_atom_sigma)
    assert real.sigma({"K": 1.0, "KXe": 1.0}) == 0.0
    assert Context(testing.small_table(), "K", {}, 298.15).sigma({"K2S": 1.0}) is None
