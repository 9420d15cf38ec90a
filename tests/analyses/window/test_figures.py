"""Published and computed windows, in the scheme they were computed in.

Literature values are from Zhu, He and Mo (10.1021/acsami.5b07517 and
10.1039/C5TA08574H); the energies differ a little between data sets, so only the
computed column is compared.
"""

from itertools import pairwise

import pytest

import kstab

ZHU = "10.1021/acsami.5b07517, 10.1039/C5TA08574H"
NONE = "no window published"

WINDOWS = [
    # phase, computed reduction and oxidation limit, literature limits, source
    ("Li3PS4", 1.721, 2.361, (1.71, 2.31), ZHU),
    ("Li10GeP2S12", 1.721, 2.291, (1.71, 2.14), ZHU),
    ("Li7La3Zr2O12", 0.049, 2.914, (0.05, 2.91), ZHU),
    ("Li3PO4", 0.689, 4.210, (0.69, 4.21), ZHU),
    ("Li2PO2N", 0.677, 2.638, (0.68, 2.63), ZHU),
    ("LiF", 0.0, 6.362, (None, 6.34), ZHU),
    ("K3SbS4", 1.647, 2.067, None, NONE),
    ("K3PS4", 0.966, 2.397, None, NONE),
    ("K2CdO2", 0.348, 1.709, None, NONE),
    ("K3OI", 0.0, 1.073, None, NONE),
    ("KAl11O17", 0.145, 3.803, None, NONE),
    ("K2Fe4O7", 1.501, 2.660, None, NONE),
]


@pytest.mark.parametrize(("formula", "reduction", "oxidation", "literature", "source"), WINDOWS)
def test_limits(formula, reduction, oxidation, literature, source):
    result = kstab.window(formula, scheme="legacy", temperature="none")
    assert result.reduction_limit == pytest.approx(reduction, abs=0.002)
    assert result.oxidation_limit == pytest.approx(oxidation, abs=0.002)


@pytest.mark.parametrize(
    ("formula", "literature"),
    [(formula, limits) for formula, *_, limits, source in WINDOWS if source == ZHU],
)
def test_limits_are_close_to_published_ones(formula, literature):
    """Another version of the same database: 0.16 V at most (Li10GeP2S12, metastable)."""
    result = kstab.window(formula, scheme="legacy", temperature="none")
    for ours, published in zip(
        (result.reduction_limit, result.oxidation_limit), literature, strict=True
    ):
        assert published is None or ours == pytest.approx(published, abs=0.16)


REDUCTION = [  # upper edge of the step, its products
    (1.647, {"K2S3", "K3SbS3"}),
    (1.641, {"KS", "K3SbS3"}),
    (1.308, {"K2S", "K3SbS3"}),
    (0.878, {"KSb2", "K2S"}),
    (0.839, {"KSb", "K2S"}),
    (0.437, {"K5Sb4", "K2S"}),
    (0.371, {"K3Sb", "K2S"}),
]
OXIDATION = [  # lower edge of the step, its products
    (2.067, {"KSbS2", "KS3"}),
    (2.385, {"KSb5S8", "KS3"}),
    (2.386, {"Sb2S3", "KS3"}),
    (4.070, {"Sb2S3", "S"}),
]


def test_k3sbs4_reduction_staircase():
    steps = kstab.window("K3SbS4", scheme="legacy", temperature="none").steps
    below = [step for step in reversed(steps) if step.ion_change > 0]
    assert [{p.formula for p in step.products} for step in below] == [p for _, p in REDUCTION]
    assert [s.voltage_high for s in below] == pytest.approx([v for v, _ in REDUCTION], abs=0.002)


def test_k3sbs4_oxidation_staircase():
    steps = kstab.window("K3SbS4", scheme="legacy", temperature="none").steps
    above = [step for step in steps if step.ion_change < 0]
    assert [{p.formula for p in step.products} for step in above] == [p for _, p in OXIDATION]
    assert [s.voltage_low for s in above] == pytest.approx([v for v, _ in OXIDATION], abs=0.002)


def test_k3sbs4_staircase_is_gapless_and_whole():
    steps = kstab.window("K3SbS4", scheme="legacy", temperature="none").steps
    assert len(steps) == len(REDUCTION) + 1 + len(OXIDATION)
    assert steps[0].voltage_low == 0.0
    assert steps[-1].voltage_high is None
    assert all(a.voltage_high == b.voltage_low for a, b in pairwise(steps))


def test_k3sbs4_at_zero_volt():
    step = kstab.window("K3SbS4", scheme="legacy", temperature="none").steps[0]
    assert step.reaction == "K3SbS4 + 8 K → 4 K2S + K3Sb"
    assert step.decomposition_energy_low == pytest.approx(-0.9005, abs=0.001)


@pytest.mark.parametrize(
    ("formula", "computed", "published"),  # eV/atom; Zhu 2015, 10.1021/acsami.5b07517
    [
        ("Li3PS4", -1.424, -1.42),
        ("Li10GeP2S12", -1.253, -1.25),
        ("Li6PS5Cl", -0.959, -0.96),
        ("Li7La3Zr2O12", -0.021, -0.021),
    ],
)
def test_decomposition_energy_at_zero_volt(formula, computed, published):
    energy = (
        kstab.window(formula, scheme="legacy", temperature="none").steps[0].decomposition_energy_low
    )
    assert energy == pytest.approx(computed, abs=0.001)
    assert energy == pytest.approx(published, abs=0.006)


@pytest.mark.parametrize(
    ("formula", "above_hull"),  # eV/atom
    [
        ("Li10GeP2S12", 0.019),
        ("Li7La3Zr2O12", 0.007),
        ("K2Fe4O7", 0.028),
        ("K3SbS4", 0.0),
        ("Li3PS4", 0.0),
    ],
)
def test_energy_above_hull(formula, above_hull):
    result = kstab.window(formula, scheme="legacy", temperature="none")
    assert result.energy_above_hull == pytest.approx(above_hull, abs=5e-4)
    assert result.verdict == ("stable" if above_hull == 0 else "metastable")
    assert result.window_kind == ("own" if above_hull == 0 else "hull_shifted")


def test_mgo_oxidises_at_half_the_drop_in_potential():
    result = kstab.window("MgO", scheme="legacy", temperature="none")
    assert (result.ion, result.ion_charge) == ("Mg", 2)
    assert result.oxidation_limit == pytest.approx(3.07, abs=0.005)
    assert result.oxidation_step.gases == ("O2",)


def test_na3ps4_offline():
    result = kstab.window("Na3PS4", scheme="legacy", temperature="none")
    assert (result.ion, result.verdict, result.scheme) == ("Na", "stable", "legacy")
    assert 0 < result.reduction_limit < result.oxidation_limit


def test_a_phase_without_the_ion_never_oxidises():
    result = kstab.window("Al2O3", ion="K", scheme="legacy", temperature="none")
    assert result.oxidation_limit is None
    assert result.window_kind == "own"
    assert result.reduction_limit is not None


def test_a_phase_stable_at_zero_volt_has_reduction_limit_zero():
    result = kstab.window("K2S", scheme="legacy", temperature="none")
    assert result.reduction_limit == 0.0
    assert result.reduction_step is None


def test_charge_counts_twice_for_capacity_of_mgo():
    step = kstab.window("MgO", scheme="legacy", temperature="none").oxidation_step
    mass = 24.305 + 15.9994
    assert step.capacity_mAh_g == pytest.approx(2 * 96485.33212 / 3.6 / mass, rel=1e-9)
