"""Interfaces that once went wrong: each case names what it was."""

import pytest

import kstab
from kstab.errors import RequestError


def interface(a, b, **options):
    return kstab.interface(a, b, scheme="legacy", temperature="none", **options)


@pytest.mark.parametrize(
    ("a", "b", "options"),
    [
        ("Li6PS5Cl", "LiCl", {}),
        ("Al2O3", "SiO2", {"ion": "Al", "voltage": 3.0}),
        ("K", "KMg30CO32", {}),
        ("K3SbS4", "KCl", {"voltage": 1.0}),
    ],
)
def test_what_a_phase_does_alone_is_no_reaction_between_two(a, b, options):
    result = interface(a, b, **options)
    assert result.verdict == "self_decomposition"
    assert min(kink.mutual_energy_per_atom for kink in result.kinks) > -result.error_bar


@pytest.mark.parametrize(
    ("a", "b", "options"),
    [
        ("AcEuZn2", "K3Sb0.999999W0.000001S4", {"voltage": 2.0}),
        ("KFe0.999999Ti0.000001O2", "KLuS2", {"voltage": (1.0, 3.0)}),
        ("KFe0.9999999Ti0.0000001O2", "NbVCr", {"voltage": 2.0}),
        ("K3Sb0.999999W0.000001S4", "Ti3Mn2Ni(PO4)6", {"voltage": 3.0}),
    ],
)
def test_trace_dopants_neither_stop_the_engine_nor_the_reactions(a, b, options):
    result = interface(a, b, ion="K", **options)
    assert all(kink.reaction and kink.energy_per_reaction <= 1e-6 for kink in result.kinks)
    assert all(product.amount > 0 for kink in result.kinks for product in kink.products)
    fractions = [kink.x_atomic for kink in result.kinks_at(result.kinks[0].voltage)]
    assert fractions == sorted(fractions)


def test_small_coefficients_are_written_without_exponents():
    kink = interface("AcEuZn2", "K3Sb0.999999W0.000001S4", ion="K", voltage=2.0).minimum_total
    assert "0.0000003846 W" in kink.reaction


def test_a_phase_that_gives_off_metal_has_no_energy_per_electron():
    reservoir = interface("K", "K3CO").reservoir
    assert reservoir.ion_change < 0
    assert reservoir.energy_per_electron is None


def test_a_charged_composition_of_both_sides_is_refused_whatever_the_order():
    for a, b in (("KCrO2", "K0.5CrO2"), ("K0.5CrO2", "KCrO2")):
        with pytest.raises(RequestError, match="both"):
            interface(a, b, charged="CrO2", charged_voltage=2.7)


def test_a_range_against_another_ion_is_not_borrowed():
    with pytest.raises(RequestError, match="against K, not Na"):
        interface("K3PS4", "KFePO4F", voltage="cathode", ion="Na")


def test_a_metal_beside_another_ion_is_named():
    result = interface("Mg", "K3SbS4")
    assert (result.mode, result.ion) == ("closed", "K")
    assert "metal_as_phase" in {notice.code for notice in result.warnings}
    assert interface("Al", "MgO").mode == "metal_contact"


def test_a_closed_contact_needs_no_ion():
    result = interface("S", "SiO2")
    assert (result.ion, result.reactant_a.reduction_limit) == (None, None)


def test_a_charged_cathode_below_the_hull_is_named():
    charged = interface("K3SbS4", "KCrO2", charged="K0.5CrO2", charged_voltage=0.1).charged
    assert "below_hull" in {notice.code for notice in charged.warnings}


def test_a_phase_set_aside_for_a_mean_voltage_is_named():
    charged = interface("K3SbS4", "KCrO2", charged="CrO2", charged_voltage=2.9).charged
    assert "phase_set_aside" in {notice.code for notice in charged.warnings}


def test_dilute_supercells_form_where_they_are_asked_for_alone():
    """One Mg149S would take up all the metal that MgS touches."""
    contact = interface("Mg", "MgS")
    assert (contact.verdict, contact.reservoir.products[0].formula) == ("no_reaction", "MgS")
    product = interface("Mg", "MgS", keep_dilute=True).reservoir.products[0]
    assert (product.formula, product.flags) == ("Mg149S", ("dilute_supercell",))


def test_a_result_prints_as_its_sentence():
    assert str(interface("K2S", "KCl")).startswith("K2S and KCl do not react")
    assert str(kstab.window("K3SbS4", scheme="legacy", temperature="none")).startswith(
        "K3SbS4 is stable between"
    )
