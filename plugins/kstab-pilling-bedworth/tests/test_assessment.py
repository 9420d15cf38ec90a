"""Findings on windows and interfaces."""

import kstab
import pytest
from kstab.context import Context

from kstab_pilling_bedworth import kstab_assessments
from kstab_pilling_bedworth.assessment import CHANGE, ENERGY, RATIO

PLAIN = {"scheme": "legacy", "compare": False}


@pytest.fixture(scope="module")
def assess():
    assessment = next(iter(kstab_assessments()))

    def run(result, ion="K", temperature=298.15, **options):
        table = kstab.phase_table(scheme=result.scheme, **options)
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
    assert energy.high - energy.value == pytest.approx(2 * reservoir.energy_per_atom_sigma)
    assert "eV/atom of K3SbS4 are released" in found.headline


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
    assert "does not react with K" in found.headline
    assert not [m for m in found.measurements if m.quantity == CHANGE]


def test_window_begins_at_the_metal(assess):
    (found,) = assess(kstab.window("K3SbS4", scheme="legacy", compare=False))
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
    assert any(note.startswith("Al without K") for note in found.notes)
    assert not of(found, RATIO, "Al")


def test_cathode_has_only_a_volume_change(assess):
    (found,) = assess(kstab.interface("K3SbS4", "KMnO4", **PLAIN))
    assert found.verdict in ("shrinks", "grows")
    assert {m.quantity for m in found.measurements} == {CHANGE}


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
