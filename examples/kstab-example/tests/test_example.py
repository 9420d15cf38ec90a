"""The example plugin, on the small table of kstab.testing."""

import pytest
from hypothesis import given, settings

import kstab_example
from kstab.context import Context
from kstab.testing import check_plugin, formulas, sample_window, small_table


def finding(formula: str = "K3SbS4", down_to: float = 0.0):
    context = Context(small_table(), "K", {"down-to": down_to}, 298.15)
    (found,) = kstab_example.assess(sample_window(formula), context)
    return found


def test_it_keeps_the_contract():
    check_plugin(kstab_example)


@pytest.mark.parametrize(
    ("down_to", "electrons"),
    [(0.0, 8), (0.6, 5), (1.36, 0), (2.0, 0), (9.0, 0)],
)
def test_capacity_of_full_and_partial_reduction(down_to, electrons):
    # K3SbS4 + 5 K -> 4 K2S + Sb at 1.36 V, Sb + 3 K -> K3Sb at 0.6 V
    mass = 3 * 39.0983 + 121.760 + 4 * 32.06
    found = finding(down_to=down_to)
    assert found.measurements[0].value == pytest.approx(electrons * 96485.33 / 3.6 / mass, rel=1e-3)
    assert found.verdict == ("takes_up_charge" if electrons else "takes_up_nothing")


@given(formulas())
@settings(deadline=None)
def test_it_speaks_of_whatever_has_a_window(formula):
    result = sample_window(formula)
    context = Context(small_table(), "K", {"down-to": 0.0}, 298.15)
    found = list(kstab_example.assess(result, context))
    assert len(found) == (result.window_kind != "none")
