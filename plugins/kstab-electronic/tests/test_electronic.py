"""Worked cases, hand-worked numbers, and the pages' table against the code's."""

from itertools import pairwise
from pathlib import Path

import pytest
from kstab_electronic import assess, kstab_assessments
from kstab_electronic.decision import TABLE, band_of, decide
from kstab_electronic.gaps import class_of, judge, measured_gap
from kstab_electronic.growth import thickness
from kstab_electronic.review import notes

import kstab
from kstab import Formula, PhaseTable
from kstab.context import Context
from kstab.errors import RequestError

PAGE = Path(__file__).parents[3] / "docs" / "plugin-electronic.md"


def context(ion="K", scheme="legacy", **options):
    options = {name.replace("_", "-"): value for name, value in options.items()}
    return Context(kstab.phase_table(scheme=scheme), ion, options, 298.15)


def window(formula, ion="K", scheme="legacy", **options):
    result = kstab.window(formula, scheme=scheme, compare=False)
    return list(assess(result, context(ion, scheme, **options)))


def values(finding, quantity):
    return {m.subject: m for m in finding.measurements if m.quantity == quantity}


def fraction(finding, formula):
    return values(finding, "volume fraction")[formula].value


# Worked cases at 0 V, published energies.


def test_k3sbs4_is_likely_mixed_conducting():
    interphase, staircase, own = window("K3SbS4")
    assert (interphase.verdict, interphase.confidence) == ("mixed_conducting", "medium")
    assert fraction(interphase, "K3Sb") == pytest.approx(0.298, abs=5e-4)
    assert values(interphase, "class of gap")["K3Sb"].value == "leaky"
    k5sb4 = values(staircase, "voltages with a conducting product")["K5Sb4"]
    assert k5sb4.value == "metallic"
    assert (k5sb4.low, k5sb4.high) == pytest.approx((0.37, 0.44), abs=5e-3)
    assert own.verdict == "gap_likely_blocking"


def test_k3ps4_flips_with_a_near_miss():
    interphase = window("K3PS4")[0]
    assert interphase.confidence == "low"
    assert fraction(interphase, "K4P3") == pytest.approx(0.15, abs=5e-3)
    assert values(interphase, "class of gap")["K4P3"].value == "metallic"
    assert any("K3P (10 meV/atom above the hull)" in note for note in interphase.notes)
    assert any(note.startswith("K3P: may be encased") for note in interphase.notes)
    assert "doi:10.1038/s43246-024-00568-3" in interphase.references


def test_k3p_takes_a_quarter_where_it_is_stable():
    interphase = window("K3PS4", scheme="kstab")[0]
    assert fraction(interphase, "K3P") == pytest.approx(0.26, abs=5e-3)
    assert (interphase.verdict, interphase.confidence) == ("mixed_conducting", "low")


def test_k2cdo2_may_be_mixed_conducting():
    interphase = window("K2CdO2")[0]
    assert fraction(interphase, "K3Cd16") == pytest.approx(0.18, abs=5e-3)
    assert (interphase.verdict, interphase.confidence) == ("mixed_conducting", "low")


def test_aluminium_in_kal11o17_does_not_percolate():
    interphase = window("KAl11O17")[0]
    assert fraction(interphase, "Al") == pytest.approx(0.08, abs=5e-3)
    assert interphase.verdict == "blocking"
    # 30 meV/atom is within the error of such an energy.
    assert interphase.confidence == "low"
    assert any("cannot tell a reaction" in note for note in interphase.notes)


@pytest.mark.parametrize(("formula", "ion"), [("Li3PS4", "Li"), ("Na3PS4", "Na")])
def test_the_fraction_alone_does_not_decide(formula, ion):
    interphase = window(formula, ion)[0]
    phi = values(interphase, "volume fraction of leaky and metallic phases")[""].value
    assert phi == pytest.approx(0.25, abs=0.015)
    assert interphase.confidence == "low"
    assert any("does not decide" in note for note in interphase.notes)


def test_k3po4_does_not_react():
    interphase, staircase, own = window("K3PO4")
    assert (interphase.verdict, staircase.verdict) == ("no_reaction", "none_conducting")
    assert own.verdict == "gap_blocking"


def test_k2fe4o7_may_be_a_mixed_conductor():
    own = window("K2Fe4O7")[-1]
    assert own.verdict == "gap_uncertain"
    assert "mixed conductor" in own.headline


# Interfaces.


def test_contact_with_the_metal_says_what_the_window_says():
    result = kstab.interface("K", "K3SbS4", scheme="legacy", compare=False)
    contact, staircase, own = assess(result, context())
    expected = window("K3SbS4")
    assert (contact.verdict, contact.confidence) == (expected[0].verdict, expected[0].confidence)
    assert contact.measurements == expected[0].measurements
    assert [staircase.headline, own.headline] == [f.headline for f in expected[1:]]


def test_a_contact_of_compounds_is_read_at_its_lowest_kink():
    result = kstab.interface("KFeO2", "K3SbS4", scheme="legacy", compare=False)
    interphase, first, second = assess(result, context())
    for product in result.minimum_total.products:
        assert fraction(interphase, product.formula) == pytest.approx(product.volume_fraction)
    assert interphase.verdict == "blocking"
    assert first.headline.startswith("KFeO2")
    assert second.headline.startswith("K3SbS4")


@pytest.mark.parametrize("voltage", [4.0, (3.0, 4.0)])
def test_an_open_contact_is_read_at_its_voltage(voltage):
    result = kstab.interface("LiCoO2", "Li3PS4", scheme="legacy", voltage=voltage, compare=False)
    interphase = next(iter(assess(result, context("Li"))))
    assert "4 V" in interphase.headline


def test_nothing_reacts_between_a_phase_and_itself():
    result = kstab.interface("K2S", "K2S", scheme="legacy", compare=False)
    found = list(assess(result, context()))
    assert [finding.verdict for finding in found] == ["no_reaction", "gap_likely_blocking"]


def test_a_narrowed_window_is_read_from_its_lowest_voltage():
    result = kstab.window("K3SbS4", scheme="legacy", compare=False).within(0.4, 5.0)
    interphase = next(iter(assess(result, context())))
    assert interphase.headline.startswith("K3SbS4 at 0.4 V")
    assert fraction(interphase, "K5Sb4") == pytest.approx(0.182, abs=5e-4)


def test_own_phases_have_no_volumes_and_no_gaps():
    energies = {"K": 0.0, "S": 0.0, "Ta": 0.0, "K2S": -1.2, "K3TaS4": -1.3}
    phases = [(Formula.parse(name), "", energy) for name, energy in energies.items()]
    table = PhaseTable.build("mine", phases, scheme="none")
    result = kstab.window("K3TaS4", phases=table)
    interphase, _, own = assess(result, Context(table, "K", {}, 298.15))
    assert (interphase.verdict, interphase.confidence) == ("undecided", "none")
    assert (own.verdict, own.confidence) == ("gap_unknown", "none")


def test_the_metal_itself_has_no_interphase():
    assert window("K") == []


def test_a_trace_is_not_shown_as_nothing():
    assert "<1 % W" in window("K2.92Sb0.92W0.08S4")[0].headline


# Gaps.


def test_zero_gaps_of_the_list_are_no_measurements():
    assert measured_gap("P2O5") is None
    assert measured_gap("CdO") == 2.3


def test_a_measured_gap_wins_and_disagreement_costs():
    gap = judge("CdO", 0.0, 0.0, 0.0, 2.3)
    assert (gap.known_class, gap.confidence) == ("likely_blocking", "medium")
    assert judge("K2S", 2.32, 2.32, 2.32, 2.1).confidence == "high"


def test_sources_on_both_sides_of_1_ev_are_uncertain():
    gap = judge("Na3SbS4", 0.0, 0.0, 1.91, None)
    assert (gap.known_class, gap.confidence) == ("uncertain", "low")


def test_a_leaky_gap_that_pbe_may_have_made_so_is_less_sure():
    assert judge("Li3P", 0.70, 0.70, 0.92, None).confidence == "low"  # 0.92 / (2/3) = 1.4
    assert judge("K3Sb", 0.39, 0.39, 0.39, None).confidence == "medium"  # 0.59


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(0.0, "metallic"), (0.1, "metallic"), (0.11, "leaky"), (1.0, "uncertain"),
     (1.99, "uncertain"), (2.0, "likely_blocking"), (2.5, "blocking")],
)  # fmt: skip
def test_classes(gap, expected):
    assert class_of(gap) == expected


# The decision table.


def test_the_page_prints_the_table_of_the_code():
    lines = [line.split("|")[1:-1] for line in PAGE.read_text(encoding="utf-8").splitlines()
             if line.startswith("| `")]  # fmt: skip
    printed = [tuple(cell.strip(" `") for cell in line) for line in lines]
    assert printed == [
        (row.level, row.band, row.interphase, row.confidence, row.with_metal) for row in TABLE
    ]


def test_more_conductor_never_conducts_less():
    def score(phi, level):
        interphase, confidence, _ = decide({level: phi, "blocking": 1.0 - phi})
        sure = ["low", "medium", "high"].index(confidence)
        return 1 + sure if interphase == "II" else -1 - sure

    for level in ("metallic", "leaky", "uncertain", "likely_blocking"):
        scores = [score(phi, level) for phi in (0.05, 0.12, 0.2, 0.5)]
        assert all(lower <= upper for lower, upper in pairwise(scores))
    for phi in (0.05, 0.12, 0.2, 0.5):
        assert score(phi, "metallic") >= score(phi, "leaky") >= score(phi, "uncertain")


def test_bands():
    assert [band_of(phi) for phi in (0.0, 0.1, 0.16, 0.3, 0.31)] == [
        "isolated", "likely_isolated", "ambiguous", "ambiguous", "percolating",
    ]  # fmt: skip


# Growth.


def test_growth_in_a_year():
    # x² = 2 · 1e-12 S/cm · 1 V · 40 cm³/mol / 96485 C/mol · 3.156e7 s = 2.617e-8 cm²
    assert thickness(1e-12, 1.0, 40.0) == pytest.approx(1.6, abs=0.05)
    assert thickness(1e-9, 1.0, 40.0) == pytest.approx(51.0, abs=0.5)


def test_growth_is_told_where_a_conductivity_is_given():
    interphase = window("K3SbS4", sigma_e=1e-12, drop=1.0)[0]
    volume = values(interphase, "volume per electron")[""].value
    # 4 K2S of 103.98 Å³ and K3Sb of 176.86 Å³ for 8 electrons.
    assert volume == pytest.approx((4 * 103.9821 + 176.8576) * 0.60221 / 8, rel=1e-4)
    grown = values(interphase, "thickness after a year")[""].value
    assert grown == pytest.approx(1.618 * (volume / 40.0) ** 0.5, rel=1e-3)


def test_a_conductivity_of_zero_is_refused():
    with pytest.raises(RequestError):
        window("K3SbS4", sigma_e=0.0)


# What is said of potassium's compounds alone.


def test_the_review_is_quoted_for_its_compounds_alone():
    assert notes(["Na3P", "K2S", "KSbS2", "KCl"]) == ()
    assert "encased" in notes(["K2S", "K3P"])[0]
    assert "encased" not in notes(["K3P"])[0]
    assert "hot or under pressure" in notes(["KSi"])[0]
    assert "better than phosphides" in notes(["K3Sb"])[0]


def test_the_plugin_offers_one_assessment():
    (assessment,) = kstab_assessments()
    assert assessment.name == "electronic"
    assert [option.name for option in assessment.options] == ["sigma-e", "drop"]
