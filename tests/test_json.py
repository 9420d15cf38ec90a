"""The JSON output against its schema, on every kind of answer."""

import json
import re
from importlib import resources

import jsonschema
import pytest

import kstab
from kstab.report import serialise


def schema(name):
    text = resources.files("kstab").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    loaded = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)


@pytest.mark.parametrize(
    ("formula", "ion"),
    [
        ("K3SbS4", "K"), ("Li10GeP2S12", None), ("K2.92Sb0.92W0.08S4", None), ("Al2O3", "K"),
        ("K2.9SbS3.9Cl0.1", None), ("K2Mn[Fe(CN)6]", None), ("K", None), ("Sb", "K"),
        ("MgO", None), ("KY2F7", None), ("KB3H8·NH3B3H7", None), ("LiCoO2", None),
    ],
)  # fmt: skip
def test_every_window_follows_the_schema(formula, ion):
    result = kstab.window(formula, ion=ion, scheme="legacy")
    schema("window").validate(json.loads(serialise.to_json(result)))


def test_a_range_and_a_batch_follow_the_schema():
    result = kstab.window("K3SbS4", scheme="legacy").within(1.0, 2.0)
    document = result.to_dict()
    schema("window").validate(document)
    assert document["voltage_range"] == [1.0, 2.0]
    assert [step["voltage_low"] < 2.0 for step in document["steps"]] == [True] * 4
    schema("window").validate(kstab.windows(["K3PS4"])[0].to_dict())


@pytest.mark.parametrize("system", ["K-Sb-S", "K", "K-P-O-S"])
def test_every_system_follows_the_schema(system):
    schema("system").validate(kstab.system(system, scheme="legacy").to_dict())


def test_the_promised_keys_are_there():
    document = kstab.window("K3SbS4", scheme="legacy").to_dict()
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
    never = kstab.window("Al2O3", ion="K", scheme="legacy").to_dict()
    assert (never["window_kind"], never["oxidation_limit"]) == ("own", None)
    absent = kstab.window("K", scheme="legacy").to_dict()
    assert (absent["window_kind"], absent["reduction_limit"]) == ("none", None)


def test_numbers_have_ten_digits_and_zero_has_no_sign():
    text = serialise.to_json(kstab.window("K3SbS4", scheme="legacy"))
    assert "1.647102," in text
    assert not re.search(r"-0(\.0)?[,\n]", text)


def test_csv_has_a_row_for_each_step():
    result = kstab.window("K3SbS4", scheme="legacy")
    lines = serialise.to_csv(result).splitlines()
    assert len(lines) == 1 + len(result.steps)
    assert lines[0].startswith("formula,ion,scheme,verdict")
    assert "4 K2S + K3Sb" in lines[1]
