"""Ratios against figures worked from handbook densities, and their errors against the data."""

import csv

import kstab
import numpy as np
import pytest
from kstab import Formula
from kstab.context import Context
from kstab.plugin_tools import measured_tables

from kstab_pilling_bedworth.ratio import Ranged, change, mixture, ratio, verdict
from kstab_pilling_bedworth.volumes import ERRORS, Volume, calculated, measured, sources


def handbook() -> list[dict[str, str]]:
    """Solids with measured densities."""
    with (measured_tables() / "solids.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def context():
    return Context(kstab.phase_table(scheme="legacy", temperature="none"), "K", {}, 298.15)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("KHCO3", 1.02), ("K2S2O7", 1.23), ("K2S5", 1.24), ("K2S", 0.70), ("K2CO3", 0.67),
        ("K2SO4", 0.72), ("KI", 1.17), ("KF", 0.52), ("K2O", 0.44), ("KOH", 0.61),
    ],
)  # fmt: skip
def test_measured_ratios(formula, expected):
    assert round(ratio(Formula.parse(formula), "K", measured).value, 2) == expected


def test_by_the_definition_in_molar_masses_and_densities():
    """M_c rho_M / (n M_M rho_c), with the density of KI in the handbook."""
    expected = (39.0983 + 126.904) * 0.862 / (39.0983 * 3.12)
    assert ratio(Formula.parse("KI"), "K", measured).value == pytest.approx(expected, rel=1e-5)


def test_calculated_over_calculated(context):
    found = ratio(Formula.parse("K2S5"), "K", sources(context)["calculated"])
    assert round(found.value, 2) == 1.40
    assert found.source == "PBE, quality A"
    assert found.value == pytest.approx(204.4238 / (2 * 72.8538), rel=1e-6)


def test_kinds_are_not_mixed(context):
    """K3SbS4 has no measured density: no measured ratio, though K has one."""
    assert measured(Formula.parse("K3SbS4")) is None
    assert ratio(Formula.parse("K3SbS4"), "K", measured) is None


def test_only_volumes_of_known_quality():
    """The measured source has volumes too, but they are no PBE volumes."""
    table = kstab.phase_table(source="experimental")
    assert calculated(Formula.parse("KI"), Context(table, "K", {}, 298.15)) is None


def test_mixture_is_weighted_by_metal_atoms():
    """3 K2S with 2 K each and 2 KI: (6 * 0.70 + 2 * 1.17) / 8 with unrounded ratios."""
    parts = [(Formula.parse("K2S"), 3.0), (Formula.parse("KI"), 2.0), (Formula.parse("Sb"), 1.0)]
    one, other = (ratio(formula, "K", measured).value for formula, _ in parts[:2])
    assert mixture(parts, "K", measured).value == pytest.approx((6 * one + 2 * other) / 8)


def test_no_metal_no_ratio():
    assert ratio(Formula.parse("Sb"), "K", measured) is None


def test_metal_itself_takes_no_part():
    parts = [(Formula.parse("K2S"), 1.0), (Formula.parse("K"), 5.0)]
    assert mixture(parts, "K", measured) == ratio(Formula.parse("K2S"), "K", measured)
    assert ratio(Formula.parse("K"), "K", measured) is None


def test_quality_of_a_mixture_is_the_worst():
    volumes = {"K": Volume(2.0, 0.1, "PBE, quality A", "A")}
    volumes |= {"KI": Volume(3.0, 0.1, "PBE, quality A", "A")}
    volumes |= {"KF": Volume(1.0, 0.2, "PBE, quality D", "D")}
    parts = [(Formula.parse("KI"), 1.0), (Formula.parse("KF"), 1.0)]
    found = mixture(parts, "K", lambda formula: volumes.get(formula.text))
    assert (found.quality, found.source) == ("D", "PBE, quality down to D")
    # 3 + 1 over 2 * 2, with an error of 0.3 + 0.2 over 4
    assert (found.value, found.high) == pytest.approx((1.0, 1.125))


def test_densities_are_of_reference_forms():
    """A form other than the reference (gray tin) is not what an equilibrium has."""
    other = [row for row in handbook() if "other_form" in row["flags"]]
    assert other
    assert not any(row["density_g_cm3"] for row in other)


def test_formula_of_other_spelling():
    assert measured(Formula.parse("HKO")) == measured(Formula.parse("KOH"))
    assert measured(Formula.parse("K2S")).source == "1.74 g/cm³"


def test_volume_change_of_k3sbs4_with_potassium(context):
    """K3SbS4 + 8 K → 4 K2S + K3Sb: -28 % of PBE volumes."""
    products = [(Formula.parse("K2S"), 4.0), (Formula.parse("K3Sb"), 1.0)]
    reactants = [(Formula.parse("K3SbS4"), 1.0), (Formula.parse("K"), 8.0)]
    found = change(products, reactants, sources(context)["calculated"])
    by_hand = (4 * 103.9821 + 176.8576) / (246.3736 + 8 * 72.8538) - 1
    assert found.value == pytest.approx(by_hand, abs=1e-5)
    assert -0.29 < found.value < -0.28
    assert found.low < found.value < found.high


def test_error_of_a_change_by_hand():
    """Two sides of 10 % each: the quotient is 14.1 % off."""
    volumes = {"KI": Volume(1.0, 0.1, ""), "K2S": Volume(2.0, 0.1, "")}
    parts = [[(Formula.parse(name), 1.0)] for name in volumes]
    found = change(*parts, lambda formula: volumes.get(formula.text))
    assert found.value == pytest.approx(-0.5)
    assert found.high - found.value == pytest.approx(0.5 * np.sqrt(0.02))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.99, "porous"), (1.0, "protective"), (2.0, "protective"), (2.01, "spalling")],
)
def test_thresholds(value, expected):
    assert verdict(value) == expected


def test_a_range_over_a_threshold_is_not_clear():
    assert not Ranged(1.02, 0.99, 1.05, "").clear
    assert Ranged(1.24, 1.2, 1.28, "").clear


def test_errors_by_quality(context):
    """The errors are those of the data: 68.3 % of measured compounds lie within."""
    found = {quality: [] for quality in ERRORS}
    for row in handbook():
        formula = Formula.parse(row["formula"])
        facts = context.phase(row["formula"]) if len(formula.elements) > 1 else None
        if facts and facts.volume and row["density_g_cm3"]:
            atoms = Formula.parse(facts.formula).atoms / formula.atoms
            volume = formula.mass * atoms / (0.602214076 * float(row["density_g_cm3"]))
            found[facts.volume_quality].append(abs(facts.volume / volume - 1.0))
    quantiles = {quality: np.quantile(values, 0.683) for quality, values in found.items()}
    worst = np.maximum.accumulate([quantiles[quality] for quality in "ABCD"])
    assert list(ERRORS.values()) == pytest.approx(worst, abs=1e-3)
