"""The JSON output against its schema, on every kind of answer."""

import json
import re

import pytest

import kstab
from kstab.report.tables import to_csv
from schemas import schema


@pytest.mark.parametrize(
    ("formula", "ion"),
    [
        ("K3SbS4", "K"), ("Li10GeP2S12", None), ("K2.92Sb0.92W0.08S4", None), ("Al2O3", "K"),
        ("K2.9SbS3.9Cl0.1", None), ("K2Mn[Fe(CN)6]", None), ("K", None), ("Sb", "K"),
        ("MgO", None), ("KY2F7", None), ("KB3H8·NH3B3H7", None), ("LiCoO2", None),
    ],
)  # fmt: skip
def test_every_window_follows_the_schema(formula, ion):
    result = kstab.window(formula, ion=ion, scheme="legacy", temperature="none")
    schema("window").validate(json.loads(result.to_json()))


def test_a_range_and_a_batch_follow_the_schema():
    result = kstab.window("K3SbS4", scheme="legacy", temperature="none").within(1.0, 2.0)
    document = result.to_dict()
    schema("window").validate(document)
    assert document["voltage_range"] == [1.0, 2.0]
    assert [step["voltage_low"] < 2.0 for step in document["steps"]] == [True] * 4
    schema("window").validate(kstab.windows(["K3PS4"])[0].to_dict())


@pytest.mark.parametrize("system", ["K-Sb-S", "K", "K-P-O-S"])
def test_every_system_follows_the_schema(system):
    schema("system").validate(kstab.system(system, scheme="legacy", temperature="none").to_dict())


@pytest.mark.parametrize(
    ("a", "b", "options"),
    [
        ("K", "K3SbS4", {}), ("K3SbS4", "K", {}), ("K", "K", {}), ("K3SbS4", "K6Sb2S8", {}),
        ("K2S", "KCl", {}), ("Li3PS4", "K3SbS4", {}), ("KC8", "K3SbS4", {}),
        ("LiCoO2", "Li3PS4", {"voltage": 5}), ("S", "K2S", {"voltage": 1.5}),
        ("K3SbS4", "KCrO2", {"charged": "K0.5CrO2", "charged_voltage": 2.7}),
        ("K3SbS4", "KCrO2", {"voltage": (2, 3.5), "charged": "K0.5CrO2"}),
        ("K3PS4", "KVPO4F", {"voltage": "cathode"}), ("MgO", "S", {"voltage": (0, 2)}),
    ],
)  # fmt: skip
def test_every_interface_follows_the_schema(a, b, options):
    document = json.loads(
        kstab.interface(a, b, scheme="legacy", temperature="none", **options).to_json()
    )
    schema("interface").validate(document)
    for minimum in ("minimum_total", "minimum_mutual"):
        assert document[minimum] in document["kinks"]


def test_the_keys_promised_for_an_interface_are_there():
    document = kstab.interface("K", "K3SbS4", scheme="legacy", temperature="none").to_dict()
    assert {
        "kind", "a", "b", "ion", "scheme", "mode", "voltage", "voltage_range", "kinks",
        "minimum_total", "minimum_mutual", "self_energy_a", "self_energy_b", "reservoir", "regions",
        "warnings", "provenance",
    } <= set(document)  # fmt: skip
    assert {
        "x_atomic", "x_molar", "x_mass", "energy_per_atom", "energy_per_non_ion_atom",
        "mutual_energy_per_atom", "mutual_energy_per_non_ion_atom", "products", "reaction",
    } <= set(document["kinks"][0])  # fmt: skip
    assert {"products", "reaction", "energy_per_atom", "ion_change"} <= set(document["reservoir"])
    assert (document["kind"], document["mode"]) == ("interface", "metal_contact")


def test_other_schemes_are_compared_unless_told_otherwise():
    document = kstab.window("K3SbS4", scheme="legacy").to_dict()
    assert [other["scheme"] for other in document["by_scheme"]] == ["kstab", "mp2020"]
    for other in document["by_scheme"]:
        alone = kstab.window("K3SbS4", scheme=other["scheme"], compare=False)
        assert alone.by_scheme == ()
        assert other["oxidation_limit"] == pytest.approx(alone.oxidation_limit, abs=1e-9)
    contact = kstab.interface("S", "Al2O3", ion="K", scheme="kstab", temperature="none").to_dict()
    assert contact["verdict"] == "no_reaction"
    legacy = next(other for other in contact["by_scheme"] if other["scheme"] == "legacy")
    assert (legacy["verdict"], round(legacy["energy_per_atom"], 3)) == ("reacts", -0.355)
    schema("interface").validate(contact)


def test_a_charged_cathode_is_a_document_inside_the_document():
    document = kstab.interface(
        "K3SbS4",
        "KCrO2",
        scheme="legacy",
        temperature="none",
        charged="K0.5CrO2",
        charged_voltage=2.7,
    ).to_dict()
    charged = document["charged"]
    assert (charged["kind"], charged["b"], charged["charged"]) == ("interface", "K0.5CrO2", None)
    assert charged["reactant_b"]["energy_source"] == "average_voltage"


def test_csv_has_a_row_for_each_kink_or_for_each_region():
    single = kstab.interface("K", "K3SbS4", scheme="legacy", temperature="none")
    lines = to_csv(single.rows(), single.provenance).splitlines()
    assert len(lines) == 1 + len(single.kinks)
    assert lines[0].startswith("a,b,ion,scheme,mode,verdict,x_atomic,x_molar,x_mass")
    assert "6 K + K3SbS4 → 4 K2S + KSb" in to_csv(single.rows(), single.provenance)
    ranged = kstab.interface(
        "K3SbS4", "KCrO2", voltage=(2, 3), charged="K0.5CrO2", scheme="legacy", temperature="none"
    )
    lines = to_csv(ranged.rows(), ranged.provenance).splitlines()
    assert len(lines) == 1 + len(ranged.regions) + len(ranged.charged.regions)


def test_the_promised_keys_are_there():
    document = kstab.window("K3SbS4", scheme="legacy", temperature="none").to_dict()
    assert {
        "kind", "schema_version", "formula", "ion", "scheme", "verdict", "window_kind",
        "energy_above_hull", "reduction_limit", "oxidation_limit", "steps", "near_misses",
        "warnings", "provenance",
    } <= set(document)  # fmt: skip
    assert {
        "voltage_low", "voltage_high", "ion_change", "products", "reaction",
        "decomposition_energy_low", "decomposition_energy_high", "capacity_mAh_g", "gases", "minor",
    } <= set(document["steps"][0])  # fmt: skip


def test_never_is_null_with_a_window_and_none_is_null_without():
    never = kstab.window("Al2O3", ion="K", scheme="legacy", temperature="none").to_dict()
    assert (never["window_kind"], never["oxidation_limit"]) == ("own", None)
    absent = kstab.window("K", scheme="legacy", temperature="none").to_dict()
    assert (absent["window_kind"], absent["reduction_limit"]) == ("none", None)


def test_numbers_have_ten_digits_and_zero_has_no_sign():
    text = kstab.window("K3SbS4", scheme="legacy", temperature="none").to_json()
    assert "1.647102," in text
    assert not re.search(r"-0(\.0)?[,\n]", text)


def test_csv_has_a_row_for_each_step():
    result = kstab.window("K3SbS4", scheme="legacy", temperature="none")
    lines = to_csv(result.rows(), result.provenance).splitlines()
    assert len(lines) == 1 + len(result.steps)
    assert lines[0].startswith("formula,ion,scheme,verdict")
    assert "4 K2S + K3Sb" in lines[1]
