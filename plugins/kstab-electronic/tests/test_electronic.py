"""Worked cases, hand-worked numbers, and the pages' table against the code's."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import kstab_electronic
import pytest
from kstab_electronic import assess, gaps, kstab_assessments
from kstab_electronic.decision import TABLE, band_of, decide
from kstab_electronic.gaps import class_of, judge, listed_as, measured_gap
from kstab_electronic.growth import thickness
from kstab_electronic.review import sayings
from kstab_electronic.staircase import span

import kstab
from kstab import Formula, PhaseTable
from kstab.context import Context
from kstab.errors import RequestError
from kstab.testing import check_plugin

PAGE = Path(__file__).parents[3] / "docs" / "plugin-electronic.md"


def energies(scheme):
    """The scheme with its mode: published energies are enthalpies."""
    return {"scheme": scheme, "temperature": "none" if scheme == "legacy" else None}


def context(ion="K", scheme="legacy", **options):
    options = {name.replace("_", "-"): value for name, value in options.items()}
    return Context(kstab.phase_table(**energies(scheme)), ion, options, 298.15)


def window(formula, ion="K", scheme="legacy", **options):
    result = kstab.window(formula, compare=False, **energies(scheme))
    return list(assess(result, context(ion, scheme, **options)))


def values(finding, quantity):
    return {m.subject: m for m in finding.measurements if m.quantity == quantity}


def fraction(finding, formula):
    return values(finding, "volume fraction")[formula].value


# Worked cases at 0 V, published energies.


def test_k3sbs4_is_likely_mixed_conducting():
    interphase, staircase, review, own = window("K3SbS4")
    assert (interphase.verdict, interphase.confidence) == ("mixed_conducting", "medium")
    assert fraction(interphase, "K3Sb") == pytest.approx(0.298, abs=5e-4)
    assert values(interphase, "class of gap")["K3Sb"].value == "leaky"
    assert values(staircase, "class of gap")["K5Sb4"].value == "metallic"
    assert values(staircase, "forms from")["K5Sb4"].value == pytest.approx(0.37, abs=5e-3)
    assert values(staircase, "forms up to")["K5Sb4"].value == pytest.approx(0.44, abs=5e-3)
    assert "K5Sb4 (metallic) 0.37 to 0.44 V" in staircase.headline
    assert "K3Sb" in review.headline
    assert own.verdict == "gap_likely_blocking"


def test_k3ps4_flips_with_a_near_miss():
    interphase = window("K3PS4")[0]
    assert interphase.confidence == "low"
    assert fraction(interphase, "K4P3") == pytest.approx(0.15, abs=5e-3)
    assert values(interphase, "class of gap")["K4P3"].value == "metallic"
    assert any("K3P (10 meV/atom above the hull)" in note for note in interphase.notes)
    review = window("K3PS4")[2]
    assert "K3P may be encased in the matrix of sulfide" in review.headline
    assert any("K3P only within 25 meV/atom of the hull" in note for note in review.notes)
    assert review.references == ("doi:10.1038/s43246-024-00568-3",)


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
    result = kstab.interface("K", "K3SbS4", scheme="legacy", temperature="none", compare=False)
    contact, *rest = assess(result, context())
    expected, *others = window("K3SbS4")
    assert (contact.verdict, contact.confidence) == (expected.verdict, expected.confidence)
    assert contact.measurements == expected.measurements
    assert rest == others


def test_a_contact_of_compounds_is_read_at_its_lowest_kink():
    result = kstab.interface("KFeO2", "K3SbS4", scheme="legacy", temperature="none", compare=False)
    interphase, first, second = assess(result, context())
    for product in result.minimum_total.products:
        assert fraction(interphase, product.formula) == pytest.approx(product.volume_fraction)
    assert interphase.verdict == "blocking"
    assert first.headline.startswith("KFeO2")
    assert second.headline.startswith("K3SbS4")


@pytest.mark.parametrize("voltage", [4.0, (3.0, 4.0)])
def test_an_open_contact_is_read_at_its_voltage(voltage):
    result = kstab.interface(
        "LiCoO2", "Li3PS4", scheme="legacy", temperature="none", voltage=voltage, compare=False
    )
    interphase = next(iter(assess(result, context("Li"))))
    assert "4 V" in interphase.headline


def test_nothing_reacts_between_a_phase_and_itself():
    result = kstab.interface("K2S", "K2S", scheme="legacy", temperature="none", compare=False)
    found = list(assess(result, context()))
    assert [finding.verdict for finding in found] == ["no_reaction", "gap_likely_blocking"]


def test_a_narrowed_window_is_read_at_its_lowest_step():
    result = kstab.window("K3SbS4", scheme="legacy", temperature="none", compare=False).within(
        0.4, 5.0
    )
    interphase = next(iter(assess(result, context())))
    assert interphase.headline.startswith("K3SbS4 at 0.371 V")
    assert fraction(interphase, "K5Sb4") == pytest.approx(0.182, abs=5e-4)


def test_the_charged_cathode_is_looked_at_too():
    result = kstab.interface("KCrO2", "K3SbS4", charged="K0.5CrO2", voltage=2.7, compare=False)
    heads = [found.headline for found in assess(result, context(scheme="kstab"))]
    assert [head.split(" at ")[0] for head in heads[:2]] == [
        "KCrO2 | K3SbS4", "K0.5CrO2 | K3SbS4",
    ]  # fmt: skip
    assert heads[2].startswith("KCrO2 itself")


def test_a_metal_with_itself_is_no_contact():
    result = kstab.interface("K", "K", scheme="legacy", temperature="none", compare=False)
    assert list(assess(result, context())) == []


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


@pytest.mark.parametrize("formula", ["KCl", "K2S", "K3SbS4", "K9Nd(PS4)4", "KLa5(CCl5)2"])
def test_no_class_is_surer_than_medium(formula):
    assert window(formula, scheme="kstab")[0].confidence in ("medium", "low")


def test_one_phase_is_decided_without_its_volume():
    energies = {"K": 0.0, "S": 0.0, "K2S": -1.2}
    phases = [(Formula.parse(name), "", energy) for name, energy in energies.items()]
    table = PhaseTable.build("mine", phases, scheme="none")
    interphase = next(
        iter(assess(kstab.window("S", ion="K", phases=table), Context(table, "K", {}, 298.15)))
    )
    # 2.1 eV measured
    assert interphase.verdict == "blocking"
    assert fraction(interphase, "K2S") == 1.0


def test_phases_that_all_block_are_decided_without_volumes():
    # GeS2 has no volume; it, P2S5 and S have gaps of 2.26, 2.55 and 2.74 eV.
    result = kstab.interface("Cu", "Li10GeP2S12", scheme="kstab", voltage=4.0, compare=False)
    interphase = next(iter(assess(result, context("Li", "kstab"))))
    assert {p.formula for p in result.minimum_total.products} == {"GeS2", "P2S5", "S"}
    assert (interphase.verdict, interphase.confidence) == ("blocking", "medium")


def test_a_missing_volume_beside_a_conductor_decides_nothing():
    result = kstab.interface("Fe", "Li10GeP2S12", scheme="kstab", voltage=4.0, compare=False)
    interphase = next(iter(assess(result, context("Li", "kstab"))))
    assert (interphase.verdict, interphase.confidence) == ("undecided", "none")
    assert interphase.headline.endswith("without the volume of GeS2 the class cannot be told.")


def test_a_product_of_unknown_gap_is_not_said_to_block():
    energies = {"K": 0.0, "Ta": 0.0, "K3Ta": -0.5, "KTa": -0.1}
    phases = [(Formula.parse(name), "", energy) for name, energy in energies.items()]
    table = PhaseTable.build("mine", phases, scheme="none")
    result = kstab.window("Ta", ion="K", phases=table)
    interphase = next(iter(assess(result, Context(table, "K", {}, 298.15))))
    assert (interphase.verdict, interphase.confidence) == ("undecided", "none")
    assert interphase.headline.endswith("without the gap of K3Ta the class cannot be told.")


def test_gases_make_no_interphase():
    result = kstab.interface(
        "Cu", "KBH4", scheme="legacy", temperature="none", voltage=3.0, compare=False
    )
    interphase = next(iter(assess(result, context())))
    assert "no solid forms" in interphase.headline


def test_a_metastable_phase_decomposes_as_the_contact_says():
    interphase = window("K3Hg11", scheme="kstab")[0]
    result = kstab.interface("K", "K3Hg11", compare=False)
    contact = next(iter(assess(result, context(scheme="kstab"))))
    assert (interphase.verdict, interphase.confidence) == (contact.verdict, contact.confidence)


# Growth.


def test_growth_in_a_year():
    # x² = 2 · 1e-12 S/cm · 1 V · 40 cm³/mol / 96485 C/mol · 3.156e7 s = 2.617e-8 cm²
    assert thickness(1e-12, 1.0, 40.0) == pytest.approx(1.6, abs=0.05)
    assert thickness(1e-9, 1.0, 40.0) == pytest.approx(51.0, abs=0.5)


def test_growth_is_told_where_a_conductivity_is_given():
    growth = window("K3SbS4", sigma_e=1e-12, drop=1.0)[2]
    volume = values(growth, "volume per electron")[""].value
    # 4 K2S of 103.98 Å³ and K3Sb of 176.86 Å³ for 8 electrons.
    assert volume == pytest.approx((4 * 103.9821 + 176.8576) * 0.60221 / 8, rel=1e-4)
    assert "1.7 µm" in growth.headline
    grown = values(growth, "thickness after a year")[""].value
    assert grown == pytest.approx(1.618 * (volume / 40.0) ** 0.5, rel=1e-3)


def test_growth_says_where_it_cannot_be_told():
    assert window("KCl", sigma_e=1e-12)[2].headline.endswith("for nothing reacts.")
    result = kstab.interface("KFeO2", "K3SbS4", scheme="legacy", temperature="none", compare=False)
    found = list(assess(result, context(sigma_e=1e-12)))
    assert (found[1].verdict, found[1].confidence) == ("growth_unknown", "none")


@pytest.mark.parametrize(
    "options", [{"sigma_e": 0.0}, {"sigma_e": float("nan")}, {"drop": -1.0}, {"drop": float("inf")}]
)
def test_numbers_that_are_not_positive_are_refused(options):
    with pytest.raises(RequestError):
        window("K3SbS4", **options)


# What is said of potassium's compounds alone.


def test_the_review_is_quoted_for_its_compounds_alone():
    assert sayings(["Na3P", "K2S", "KSbS2", "KCl", "Na3Sb", "Li2Si"]) == ()
    assert "encased" in sayings(["K2S", "K3P"])[0]
    assert "encased" not in sayings(["K3P"])[0]
    assert sayings(["KSi"]) == ("KSi forms only hot or under pressure",)
    assert sayings(["KSi", "K8Si46"]) == ("KSi and K8Si46 form only hot or under pressure",)
    assert "better than phosphides" in sayings(["K3Sb"])[0]
    assert window("Na3SbS4", "Na")[2].verdict.startswith("gap_")


def test_products_of_silicon_are_named_with_what_the_review_says():
    review = window("K4SiS4", scheme="kstab")[2]
    assert "KSi" in review.headline
    assert "hot or under pressure" in review.headline


# Words.


def test_voltages_in_words():
    assert span(0.0, 0.0004) == "at 0.00 V"
    assert span(0.0, 0.67) == "up to 0.67 V"


def test_headlines_are_short_sentences():
    staircase = window("K9In9GeSb22", scheme="kstab")[1]
    assert staircase.headline.endswith("more.")
    assert len(staircase.headline) < 300
    found = values(staircase, "class of gap")
    assert {"K3Sb", "K8In11", "KGe"} <= found.keys()


def test_measured_gaps_are_listed_as_they_are_looked_up():
    path = Path(gaps.__file__).parent / "data" / "measured_band_gaps.csv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    formulas = [line.split(",")[0] for line in lines]
    assert len(set(formulas)) == len(formulas) == 2150
    assert formulas == [listed_as(Formula.parse(formula)) for formula in formulas]


@pytest.mark.parametrize("formula", ["K3SbS4", "K3PS4", "Li10GeP2S12", "MgIn2S4", "Na3SbS4"])
def test_every_number_has_a_source_and_lies_in_its_range(formula):
    result = kstab.window(formula, compare=False)
    for found in assess(result, context(result.ion, "kstab", sigma_e=1e-9)):
        for each in found.measurements:
            assert each.source
            if each.low is not None and each.high is not None:
                assert each.low <= each.value <= each.high


def test_the_plugin_offers_one_assessment():
    (assessment,) = kstab_assessments()
    assert assessment.name == "electronic"
    assert [option.name for option in assessment.options] == ["sigma-e", "drop"]


def test_the_plugin_keeps_the_contract():
    check_plugin(kstab_electronic)


def test_it_imports_nothing_but_kstab_and_numpy():
    code = (
        "import sys, kstab.hooks, kstab.context, kstab.plugin_tools\n"
        "before = set(sys.modules)\n"
        "import kstab_electronic.assessment\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['kstab_electronic']"


def test_a_phase_that_is_almost_the_electrode_is_doubted():
    which = {"temperature": "none", "keep_dilute": True}
    result = kstab.window("MgIn2S4", compare=False, **which)
    interphase = next(iter(assess(result, Context(kstab.phase_table(**which), "Mg", {}, 298.15))))
    assert "Mg149S" in interphase.headline
    assert interphase.confidence == "low"
    assert "Mg149S" not in window("MgIn2S4", "Mg", scheme="kstab")[0].headline
