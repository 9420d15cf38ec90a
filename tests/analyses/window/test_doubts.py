"""What a report warns of: each doubt where it belongs, and nowhere else."""

import re
from pathlib import Path

import pytest

import kstab
from kstab.analyses import condition_doubts
from kstab.analyses.interface import doubts as interface_doubts
from kstab.analyses.window import doubts
from kstab.phases.notices import FLAGS


def codes(result):
    return {notice.code for notice in result.warnings}


def about(result, code):
    return [notice.message for notice in result.warnings if notice.code == code]


@pytest.mark.parametrize("formula", ["KS3", "K2S5", "FeS2", "K2SO4"])
def test_a_phase_is_warned_of_its_own_sulfur(formula):
    result = kstab.window(formula, ion="K", scheme="legacy", temperature="none")
    own = f"{formula}: {FLAGS['over_corrected_sulfur']}."
    assert own in about(result, "over_corrected_sulfur")


@pytest.mark.parametrize("formula", ["K3SbS4", "KYbS2", "KEuS2", "KTlS2", "K2S"])
def test_plain_sulfides_are_not(formula):
    result = kstab.window(formula, ion="K", scheme="legacy", temperature="none")
    own = about(result, "over_corrected_sulfur")
    assert not any(message.startswith(f"{formula}:") for message in own)


@pytest.mark.parametrize("formula", ["KCN·KCl", "K2S·KCN", "KNH2·KOH", "K2B12H12·KBH4"])
def test_an_adduct_whose_parts_keep_their_ions_is_not_broken(formula):
    result = kstab.window(formula, ion="K", scheme="legacy", temperature="none")
    products = {p.formula for step in result.steps if not step.ion_change for p in step.products}
    kept = all(
        kstab.Formula.parse(part).key in {kstab.Formula.parse(p).key for p in products}
        for part in formula.split("·")
    )
    assert ("broken_anion" in codes(result)) is not kept


@pytest.mark.parametrize("formula", ["K2Mn[Fe(CN)6]", "KB3H8·NH3B3H7"])
def test_a_broken_ion_withdraws_the_window_and_all_that_follows_from_it(formula):
    result = kstab.window(formula, ion="K", scheme="legacy", temperature="none")
    assert "broken_anion" in codes(result)
    assert (result.window_kind, result.near_misses) == ("none", ())
    assert "breaks up a molecular ion" in result._repr_html_()


def test_a_phase_that_was_left_out_is_not_called_unknown():
    result = kstab.window("K3SbS4", exclude=["K3SbS4"], scheme="legacy", temperature="none")
    assert "left_out" in codes(result)
    assert "was left out on request" in result._repr_html_()
    assert "is not in the data" not in result._repr_html_().split("<table>")[0]


@pytest.mark.parametrize(
    ("formula", "gas"), [("KAsF6", "AsF5"), ("K2GeF6", "GeF4"), ("K2TeF6", "TeF6"), ("KClO4", "O2")]
)
def test_gases_are_named(formula, gas):
    result = kstab.window(formula, ion="K", scheme="legacy", temperature="none")
    assert any(gas in step.gases for step in result.steps)


def test_a_polymorph_of_the_phase_is_no_near_miss():
    from pymatgen.entries.computed_entries import ComputedEntry

    energies = [("K", -1.0), ("S8", -32.0), ("K2S", -9.6), ("K2S", -9.58), ("KS", -5.5)]
    entries = [ComputedEntry(f, e, entry_id=f"{f}-{e}") for f, e in energies]
    assert all(miss.formula != "K2S" for miss in kstab.window("K2S", phases=entries).near_misses)


def test_oxidation_states_are_not_part_of_a_composition():
    from pymatgen.core import Composition

    decorated = Composition({"K+": 3, "Sb5+": 1, "S2-": 4})
    assert kstab.window(decorated).reduction_limit == kstab.window("K3SbS4").reduction_limit


@pytest.mark.parametrize("ends", [(5, 0), (-1, 2), (0, float("inf")), (float("nan"), 1)])
def test_a_range_that_is_none_is_refused(ends):
    with pytest.raises(kstab.KstabError):
        kstab.window("K3PS4").within(*ends)


def test_a_text_is_not_a_list():
    with pytest.raises(kstab.KstabError, match="not a list"):
        kstab.windows("KS")
    assert kstab.window("K3SbS4", exclude="KS3,S8O").provenance.changes == (
        "without KS3", "without S8O",
    )  # fmt: skip


def test_a_coefficient_is_kept_apart_from_the_reaction():
    reaction = kstab.window("2K3SbS4", scheme="legacy", temperature="none").reduction_step.reaction
    assert reaction == "3 (2K3SbS4) + 4 K → 2 K2S3 + 6 K3SbS3"


def test_elements_may_repeat():
    table = kstab.phase_table()
    assert len(kstab.entries_from_table(table, "K-K-P")) == len(
        kstab.entries_from_table(table, iter(["K", "P"]))
    )
    assert table.formulas[-len(table)] == table.formulas[0]


def test_artefacts_that_cost_a_phase_its_window_are_named():
    result = kstab.window("Na3SbS4", scheme="legacy", temperature="none")
    assert (result.verdict, result.window_kind) == ("metastable", "none")
    assert "over_corrected_sulfur" in codes(result)


def test_a_host_brings_its_own_warnings():
    host = kstab.window("K2.9SbS3.9Cl0.1", scheme="legacy", temperature="none").host
    assert host.warnings == kstab.window("K3SbS4", scheme="legacy", temperature="none").warnings


@pytest.mark.parametrize("formula", ["KCN", "K3Fe(CN)6"])
def test_a_metastable_phase_with_a_broken_ion_says_so(formula):
    result = kstab.window(formula, scheme="legacy", temperature="none")
    assert result.verdict == "metastable"
    assert "broken_anion" in codes(result)


def test_an_absent_ion_is_said_whether_asked_for_or_not():
    assert "ion_absent" in codes(kstab.window("MgAl2O4"))
    (message,) = about(kstab.window("K3SbS4", ion="Na"), "ion_absent")
    assert "Its K cannot leave" in message


def test_a_batch_has_verdicts():
    batch = kstab.windows(
        ["K3SbS4", "Na3SbS4", "K2.9SbS3.9Cl0.1"], scheme="legacy", temperature="none"
    )
    assert batch.verdicts == tuple(result.verdict for result in batch)
    assert "'stable': 1" in repr(batch)


def test_every_code_is_documented(root):
    source = "".join(
        Path(module.__file__).read_text("utf-8")
        for module in (condition_doubts, doubts, interface_doubts)
    )
    raised = set(re.findall(r'Notice\(\s*f?"(\w+?)(?:\{name\})?",', source)) - {"minor_"}
    raised |= {"minor_reduction", "minor_oxidation", *FLAGS}
    page = (root / "docs" / "json.md").read_text("utf-8")
    assert raised == set(re.findall(r"^\| `(\w+)` \| (?:yes|no) \|", page, flags=re.MULTILINE))
