"""Computed interfaces, in the scheme they were computed in: energies, kinks, reactions.

Energies are eV/atom of the mixture, per non-ion atom at a voltage. The contacts of
LiCoO2 with sulfides are those of Zhu, He and Mo (10.1039/C5TA08574H) and Richards
et al. (10.1021/acs.chemmater.5b04082); their data sets differ from this one, so only
computed figures are compared.
"""

import pytest

import kstab

MILLI = 0.001
"""Agreement asked for: 1 meV/atom, and 0.001 in the mixing fraction."""


def interface(a, b, **options):
    return kstab.interface(a, b, scheme="legacy", temperature="none", **options)


@pytest.mark.parametrize(
    ("a", "b", "options", "energy", "x"),
    [
        ("K", "K3SbS4", {}, -0.460, 6 / 14),
        ("K", "K3PS4", {}, -0.3965, None),
        ("K3SbS4", "KFeO2", {}, -0.0792, 0.636),
        ("LiCoO2", "Li3PS4", {}, -0.4023, 1 - 0.478),
        ("LiCoO2", "Li10GeP2S12", {}, -0.3451, None),
        ("LiCoO2", "Li10GeP2S12", {"hull_energy": "both"}, -0.3372, None),
        ("LiCoO2", "Li6PS5Cl", {}, -0.3640, None),
        ("LiCoO2", "Li6PS5Cl", {"hull_energy": "both"}, -0.320, None),
        ("K", "KAl11O17", {}, -0.030, None),
    ],
)
def test_lowest_total_energy(a, b, options, energy, x):
    lowest = interface(a, b, **options).minimum_total
    assert lowest.energy_per_atom == pytest.approx(energy, abs=MILLI)
    assert x is None or lowest.x_atomic == pytest.approx(x, abs=MILLI)


def test_licoo2_li3ps4_has_its_kinks_where_they_were_computed():
    """In x(Li3PS4): the pure reactants and six kinks in between."""
    result = interface("Li3PS4", "LiCoO2")
    kinks = [kink.x_atomic for kink in result.kinks[1:-1]]
    assert kinks == pytest.approx([0.154, 0.158, 0.342, 0.410, 0.478, 0.500], abs=MILLI)
    assert (result.self_energy_a, result.self_energy_b) == (0.0, 0.0)


def test_licoo2_li3ps4_open_at_5_volt():
    result = interface("LiCoO2", "Li3PS4", voltage=5.0)
    assert (result.mode, result.voltage, result.verdict) == ("open", 5.0, "reacts")
    assert result.self_energy_a == pytest.approx(-0.418, abs=2 * MILLI)
    assert result.self_energy_b == pytest.approx(-1.549, abs=2 * MILLI)
    total, mutual = result.minimum_total, result.minimum_mutual
    assert total.energy_per_non_ion_atom == pytest.approx(-1.675, abs=2 * MILLI)
    assert mutual.mutual_energy_per_non_ion_atom == pytest.approx(-0.743, abs=2 * MILLI)
    assert mutual.x_atomic == pytest.approx(0.71, abs=0.005)
    assert total.x_atomic != mutual.x_atomic


def test_weights_of_the_own_decompositions_at_5_volt():
    """By hand: 4 atoms of LiCoO2 hold 3 that are not lithium, 8 of Li3PS4 hold 5."""
    kink = interface("LiCoO2", "Li3PS4", voltage=5.0).minimum_mutual
    assert kink.reaction.startswith("0.8293 LiCoO2 + 0.1707 Li3PS4")
    closed_a, closed_b = 0.8293 * 3, 0.1707 * 5
    own = (closed_a * -0.4184 + closed_b * -1.5486) / (closed_a + closed_b)
    assert kink.energy_per_non_ion_atom - own == pytest.approx(-0.7431, abs=2e-4)


# ---------------------------------------------------------------- the metal


def test_k_k3sbs4_closed_and_with_excess_potassium():
    result = interface("K", "K3SbS4")
    assert (result.mode, result.ion, result.verdict) == ("metal_contact", "K", "reacts")
    assert result.minimum_total.reaction == "6 K + K3SbS4 → 4 K2S + KSb"
    assert result.minimum_total == result.minimum_mutual
    assert result.reservoir.reaction == "K3SbS4 + 8 K → 4 K2S + K3Sb"
    assert result.reservoir.energy_per_atom == pytest.approx(-0.90, abs=MILLI)
    assert result.reservoir.energy_per_electron == pytest.approx(-0.9005, abs=MILLI)
    assert result.reservoir.ion_change == pytest.approx(8)


def test_k_k3sbs4_energies_in_every_unit():
    """14 atoms and 6 electrons react as written: -0.4605 * 14 eV."""
    kink = interface("K", "K3SbS4").minimum_total
    assert kink.energy_per_reaction == pytest.approx(-6.447, abs=0.005)
    assert kink.energy_per_electron == pytest.approx(-6.447 / 6, abs=MILLI)
    assert (kink.x_molar, kink.x_atomic) == pytest.approx((6 / 7, 6 / 14))
    assert kink.x_mass == pytest.approx(6 * 39.0983 / (6 * 39.0983 + 367.31), abs=1e-4)
    assert {p.formula: p.amount for p in kink.products} == pytest.approx(
        {"K2S": 4 / 7, "KSb": 1 / 7}
    )


def test_k_k3sbs4_kinks_are_those_of_the_window():
    """K3SbS4 takes up 2/3, 1, 2, 5.5, 6, 6.25 and 8 K, step by step."""
    kinks = interface("K", "K3SbS4").kinks[1:-1]
    taken = [2 / 3, 1, 2, 5.5, 6, 6.25, 8]
    assert [kink.x_atomic for kink in kinks] == pytest.approx([t / (t + 8) for t in taken])


def test_k_k3ps4():
    result = interface("K", "K3PS4")
    assert result.minimum_total.reaction == "17 K + 3 K3PS4 → K2P3 + 12 K2S"
    assert {p.formula for p in result.reservoir.products} == {"K2S", "K4P3"}


def test_k_kal11o17_cannot_be_told_from_stable():
    """Such cells run a thousand cycles; 30 meV/atom are inside the error bar."""
    result = interface("K", "KAl11O17")
    assert result.verdict == "cannot_be_told_from_stable"
    assert -result.error_bar < result.minimum_total.energy_per_atom < -0.025
    assert {p.formula for p in result.minimum_total.products} == {"Al", "KAlO2"}


# ---------------------------------------------------------------- cathodes


def test_k3sbs4_kfeo2_has_the_kink_at_three_quarters_once():
    kinks = [kink.x_atomic for kink in interface("K3SbS4", "KFeO2").kinks]
    assert [x for x in kinks if abs(x - 0.75) < 0.01] == pytest.approx([0.75])
    lowest = interface("K3SbS4", "KFeO2").minimum_total
    assert lowest.reaction == "7 K3SbS4 + 8 KFeO2 → 4 FeO + 2 K(FeS)2 + 3 K2SO4 + 7 K3SbS3"


def test_licoo2_li6ps5cl_has_its_minimum_at_a_molar_fraction_of_0_74():
    """Quoted with molar fractions elsewhere: the atomic one is another number."""
    result = interface("LiCoO2", "Li6PS5Cl")
    assert result.minimum_total.x_molar == pytest.approx(0.742, abs=MILLI)
    assert result.minimum_total.x_atomic == pytest.approx(0.470, abs=MILLI)
    assert result.self_energy_b == pytest.approx(-0.083, abs=MILLI)
    assert result.minimum_mutual.mutual_energy_per_atom == pytest.approx(-0.320, abs=MILLI)


def test_li10gep2s12_is_metastable_and_says_so():
    result = interface("LiCoO2", "Li10GeP2S12")
    assert result.self_energy_b == pytest.approx(-0.019, abs=MILLI)
    assert result.minimum_mutual.mutual_energy_per_atom == pytest.approx(-0.3372, abs=MILLI)
    assert "metastable_reactant" in {notice.code for notice in result.warnings}


def test_half_charged_kcro2_keeps_its_stored_energy():
    """At the hull K0.5CrO2 has lost 178 meV/atom, which the total must not lack."""
    given = {"charged": "K0.5CrO2"}
    hull = interface("KCrO2", "K3SbS4", **given).charged
    stored = interface("KCrO2", "K3SbS4", **given, charged_voltage=2.7).charged
    assert hull.minimum_total.energy_per_atom == pytest.approx(-0.0837, abs=MILLI)
    assert stored.minimum_total.energy_per_atom == pytest.approx(-0.237, abs=MILLI)
    assert stored.self_energy_a == pytest.approx(-0.178, abs=MILLI)
    for result in (hull, stored):
        lowest = result.minimum_mutual
        assert lowest.mutual_energy_per_atom == pytest.approx(-0.0837, abs=MILLI)
        assert lowest.x_atomic == pytest.approx(7 / 11, abs=MILLI)


def test_equilibrium_and_topotactic_are_labelled_apart():
    given = {"voltage": (2.0, 3.5), "charged": "K0.5CrO2", "charged_voltage": 2.7}
    result = interface("KCrO2", "K3SbS4", **given)
    assert "equilibrium_oxidation" in {notice.code for notice in result.warnings}
    assert "topotactic_energy" not in {notice.code for notice in result.warnings}
    assert "topotactic_energy" in {notice.code for notice in result.charged.warnings}
    assert result.charged.voltage_range == result.voltage_range == (2.0, 3.5)


def test_kcro2_oxidises_in_equilibrium_at_1_45_volt():
    result = interface("KCrO2", "K3SbS4", voltage=1.5)
    assert result.reactant_a.oxidation_limit == pytest.approx(1.45, abs=0.005)
    own = result.kinks[-1]
    assert (own.x_atomic, own.reaction) == (1.0, "5 KCrO2 → 2 Cr2O3 + K2CrO4 + 3 K")
    assert own.energy_per_atom < 0.0
    below = interface("KCrO2", "K3SbS4", voltage=1.44)
    assert below.self_energy_a == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("anode", "potential"), [("KC8", 0.27), ("K3Sb", 0.371), ("K3Bi", None), ("KSn", None)]
)
def test_anodes_say_at_which_potential_they_sit(anode, potential):
    """The voltage at which an alloy or an intercalate gives off its potassium."""
    limit = interface(anode, "K3SbS4").reactant_a.oxidation_limit
    assert limit > 0.0
    assert potential is None or limit == pytest.approx(potential, abs=0.005)
