"""Findings on windows and interfaces."""

import subprocess
import sys

import kstab
import pytest
from kstab.context import Context
from kstab.plugin_tools import Product

from kstab_pilling_bedworth import kstab_assessments
from kstab_pilling_bedworth.assessment import CHANGE, ENERGY, RATIO
from kstab_pilling_bedworth.contact import ERROR_BAR, NOTHING, Contact
from kstab_pilling_bedworth.ratio import Ranged, filled, mixture
from kstab_pilling_bedworth.volumes import Volume
from kstab_pilling_bedworth.words import doubts, doubts_of_ratio

PLAIN = {"scheme": "legacy", "temperature": "none", "compare": False}


@pytest.fixture(scope="module")
def assess():
    assessment = next(iter(kstab_assessments()))

    def run(result, ion="K", temperature=298.15, **options):
        energies = result.provenance.temperature or "none"
        table = kstab.phase_table(scheme=result.scheme, temperature=energies, **options)
        return list(assessment.assess(result, Context(table, ion, {}, temperature)))

    return run


def of(finding, quantity, subject):
    return [m for m in finding.measurements if m.quantity == quantity and m.subject == subject]


def test_metal_contact(assess):
    (found,) = assess(kstab.interface("K", "K3SbS4", **PLAIN))
    assert (found.verdict, found.confidence) == ("porous", "medium")
    kinds = [m.source.split(":")[0] for m in of(found, RATIO, "K2S")]
    assert kinds == ["measured", "calculated"]
    assert [m.source for m in of(found, RATIO, "K3Sb")] == ["calculated: PBE, quality A"]
    (whole,) = of(found, RATIO, "products of K3SbS4 in any amount of K")
    assert whole.value == pytest.approx((8 * 103.9821 / (2 * 72.8538) + 176.8576 / 72.8538) / 11)
    (shrinks,) = of(found, CHANGE, "K3SbS4 in any amount of K")
    assert -29 < shrinks.value < -28


def test_sides_of_the_interface_do_not_matter(assess):
    one, other = (
        assess(kstab.interface(*pair, **PLAIN))[0].headline
        for pair in (("K", "K3SbS4"), ("K3SbS4", "K"))
    )
    assert one == other


def test_energy_is_always_beside_the_ratio(assess):
    (found,) = assess(kstab.interface("K", "K3SbS4", compare=False))
    energy = next(m for m in found.measurements if m.quantity == ENERGY)
    reservoir = kstab.interface("K", "K3SbS4", compare=False).reservoir
    assert energy.value == reservoir.energy_per_atom
    assert energy.high - energy.value == pytest.approx(reservoir.energy_per_atom_sigma)
    assert "1.05 eV per atom of K3SbS4 released" in found.headline


def test_lowest_energy_with_other_products(assess):
    """In legacy energies K3SbS4 gives KSb at the lowest energy and K3Sb in more potassium."""
    (found,) = assess(kstab.interface("K", "K3SbS4", **PLAIN))
    name = "6 K + K3SbS4 → 4 K2S + KSb (lowest energy)"
    assert of(found, RATIO, f"products of {name}")
    assert of(found, CHANGE, name)
    assert [round(m.value, 3) for m in of(found, ENERGY, name)] == [-0.46]


def test_stable_layer(assess):
    (found,) = assess(kstab.interface("K", "KI", **PLAIN))
    assert found.verdict == "protective"
    assert found.headline == (
        "No reaction of KI with K is found; as a layer on it, it has a Pilling-Bedworth ratio of "
        "1.17 (1.14 to 1.21, measured): enough volume to cover the metal."
    )
    assert not [m for m in found.measurements if m.quantity == CHANGE]


def test_window_begins_at_the_metal(assess):
    (found,) = assess(kstab.window("K3SbS4", scheme="legacy", temperature="none", compare=False))
    assert found.verdict == "porous"
    assert not assess(kstab.window("K3SbS4", **PLAIN).within(1.7, 2.0))


def test_creep_and_range_are_said(assess):
    (found,) = assess(kstab.interface("K", "KHCO3", **PLAIN))
    assert any("does not mean no contact" in note for note in found.notes)
    (found,) = assess(kstab.interface("Na", "Na3SbS4", **PLAIN), "Na")
    assert found.confidence == "low"
    assert any("both sides of a threshold" in note for note in found.notes)


def test_unknown_volume(assess):
    (found,) = assess(kstab.interface("K", "K2Fe4O7", **PLAIN))
    assert (found.verdict, found.confidence) == ("unknown", "none")
    assert any(note.startswith("No volume of") for note in found.notes)


def test_products_without_the_metal(assess):
    (found,) = assess(kstab.interface("K", "KAl11O17", **PLAIN))
    assert "Not in the ratio, as without K: Al." in found.notes
    assert not of(found, RATIO, "Al")


def test_reaction_that_cannot_be_told_from_zero(assess):
    """K and KAl11O17, -30 meV/atom in legacy energies: those cells run."""
    (found,) = assess(kstab.interface("K", "KAl11O17", compare=False))
    assert "KAl11O17 and K may react" in found.headline
    assert found.confidence == "low"
    assert any("cannot be told from zero" in note for note in found.notes)


@pytest.mark.parametrize("formula", ["K3SbS4", "KAl11O17", "K2Fe4O7", "KI", "KBr", "KNiF3"])
@pytest.mark.parametrize("scheme", ["kstab", "legacy"])
def test_window_and_interface_say_the_same(assess, formula, scheme):
    (one,) = assess(kstab.window(formula, scheme=scheme, compare=False))
    (other,) = assess(kstab.interface("K", formula, scheme=scheme, compare=False))
    assert (one.headline, one.verdict, one.confidence) == (
        other.headline, other.verdict, other.confidence,
    )  # fmt: skip
    first, second = (
        next(m for m in found.measurements if m.quantity == ENERGY) for found in (one, other)
    )
    assert (first.value, first.high) == (second.value, second.high)


def test_products_without_the_metal_could_fill_the_layer():
    """KI over K is 0.75 here; with as much Sb beside it 1.25."""
    volumes = {"K": Volume(2.0, 0.0, ""), "KI": Volume(1.5, 0.0, ""), "Sb": Volume(1.0, 0.0, "")}
    parts = [(kstab.Formula.parse(name), 1.0) for name in ("KI", "Sb")]

    def source(formula):
        return volumes.get(formula.text)

    own, whole = mixture(parts, "K", source), filled(parts, "K", source)
    assert (own.value, whole.value) == (0.75, 1.25)
    products = (Product("KI", 1.0, ""), Product("Sb", 1.0, ""))
    contact = Contact("SbI", "", "K", True, products, (), -1.0, 0.1, True, "SbI")
    (doubt,) = doubts(contact, own, None, whole)
    assert "With the products without K counted too it is 1.25" in doubt


def test_phase_that_is_not_in_the_data(assess):
    found = [
        assess(kstab.interface("K", "K2.92Sb0.92W0.08S4", compare=False))[0],
        assess(kstab.window("K2.92Sb0.92W0.08S4", compare=False))[0],
    ]
    assert [one.confidence for one in found] == ["low", "low"]
    assert all(any("is not in the data" in note for note in one.notes) for one in found)


def test_metal_that_forms_has_no_ratio(assess):
    """K7S3, unknown, is 3 K2S + K: the ratio is that of K2S alone."""
    (found,) = assess(kstab.interface("K", "K7S3", compare=False))
    (whole,) = of(found, RATIO, "products of K7S3 in any amount of K")[:1]
    assert whole.value == pytest.approx(of(found, RATIO, "K2S")[0].value)
    assert not of(found, RATIO, "K")


def test_measured_and_calculated_ratio_on_two_sides_of_a_threshold():
    """Each range is clear, but they contradict each other."""
    found = {"measured": Ranged(1.1, 1.05, 1.15, ""), "calculated": Ranged(0.9, 0.85, 0.95, "")}
    (doubt,) = doubts_of_ratio(found["measured"], found["calculated"])
    assert doubt == "By calculated volumes the ratio is 0.90, on the other side of a threshold."


def test_quality_d_is_a_doubt():
    assert list(doubts_of_ratio(Ranged(1.5, 1.2, 1.8, "", "D"), None))
    assert not list(doubts_of_ratio(Ranged(1.5, 1.2, 1.8, "", "C"), None))


def test_cathode_has_only_a_volume_change(assess):
    (found,) = assess(kstab.interface("K3SbS4", "KMnO4", **PLAIN))
    assert found.verdict in ("shrinks", "grows")
    assert {m.quantity for m in found.measurements} == {CHANGE}


def test_cathode_without_a_volume_is_said(assess):
    (found,) = assess(kstab.interface("K3SbS4", "KVPO4F", **PLAIN))
    assert (found.verdict, found.confidence) == ("unknown", "none")
    assert any(note.startswith("No volume of") for note in found.notes)


def test_charged_cathode_has_a_finding_of_its_own(assess):
    result = kstab.interface("K3SbS4", "KCrSe2", voltage="cathode", **PLAIN)
    found = assess(result)
    assert [one.headline.startswith("With the charged CrSe2") for one in found] == [False, True]


def test_volume_change_of_two_solids_by_hand(assess):
    """Volumes of products over those of reactants, in Å³ of the data."""
    result = kstab.interface("K3SbS4", "KFeO2", **PLAIN)
    kink, table = result.minimum_total, kstab.phase_table(scheme="legacy", temperature="none")

    def volume(formula):
        row = table.find(kstab.Formula.parse(formula))
        return float(table.extras["volume"][row]) * kstab.Formula.parse(formula).atoms

    after = sum(product.amount * volume(product.formula) for product in kink.products)
    before = kink.x_molar * volume("K3SbS4") + (1 - kink.x_molar) * volume("KFeO2")
    (found,) = assess(result)
    calculated = [m for m in found.measurements if m.source.startswith("calculated")]
    assert calculated[0].value == pytest.approx(100 * (after / before - 1))


def test_nothing_to_say(assess):
    assert assess(kstab.interface("K2S", "KI", **PLAIN)) == []


def test_measured_table_gives_measured_ratios_only(assess):
    result = kstab.interface("K", "K2SO4", source="experimental")
    table = kstab.phase_table(source="experimental")
    assessment = next(iter(kstab_assessments()))
    (found,) = assessment.assess(result, Context(table, "K", {}, 298.15))
    assert all("PBE" not in m.source for m in found.measurements)


def test_far_from_room_temperature(assess):
    (found,) = assess(kstab.interface("K", "KI", **PLAIN), temperature=400.0)
    assert any("near room temperature" in note for note in found.notes)


def test_bounds_are_those_of_the_interfaces():
    """They are written out here too: a window does not load the interfaces."""
    from kstab import plugin_tools

    assert (ERROR_BAR, NOTHING) == (plugin_tools.ERROR_BAR, plugin_tools.NOTHING)


def test_window_loads_nothing_of_interfaces():
    code = """
import sys, kstab
from kstab.context import Context
from kstab_pilling_bedworth import kstab_assessments
result = kstab.window("K3SbS4", compare=False)
context = Context(kstab.phase_table(), "K", {}, 298.15)
before = set(sys.modules)
assert list(next(iter(kstab_assessments())).assess(result, context))
new = {name.partition(".")[0] for name in set(sys.modules) - before}
assert "kstab.analyses.interface.result" not in sys.modules
assert new <= {"csv", "_csv", "kstab", "kstab_pilling_bedworth"}, new
"""
    subprocess.run([sys.executable, "-c", code], check=True)
