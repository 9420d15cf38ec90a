"""The analysis on energies that can be worked out by hand."""

import json
from pathlib import Path

import jsonschema
import pytest

import kstab
import kstab_example_analysis
from kstab.testing import check_plugin
from kstab_example_analysis import GAS_RELEASE, report
from kstab_example_analysis.analysis import GasReleaseRequest, solve

ENERGIES = {"K": 0.0, "O2": 0.0, "S": 0.0, "K2O2": -1.2, "K2S": -1.2}  # eV/atom
PHASES = [(kstab.Formula.parse(formula), "", energy) for formula, energy in ENERGIES.items()]
TABLE = kstab.PhaseTable.build("by hand", PHASES, scheme="none")


def gas_release(formula: str):
    return solve(GasReleaseRequest(formula), TABLE)


def test_it_keeps_the_contract():
    check_plugin(kstab_example_analysis, [gas_release("K2O2"), gas_release("K2S")])


def test_the_voltage_is_where_oxygen_and_the_metal_are_what_the_phase_is():
    # K2O2 -> O2 + 2 K: 4 atoms at 1.2 eV, for 2 K
    result = gas_release("K2O2")
    assert result.voltage == pytest.approx(4 * 1.2 / 2)
    assert [step.gases for step in result.steps] == [("O2",)]
    assert report.molecules(result.steps[0]) == pytest.approx(1.0)


def test_what_has_no_gas_gives_off_none():
    result = gas_release("K2S")
    assert (result.steps, result.voltage) == ((), None)
    assert "no gas" in str(result)


def test_its_json_is_what_the_schema_says():
    schema = json.loads(Path(GAS_RELEASE.schema).read_text("utf-8"))
    jsonschema.validate(json.loads(gas_release("K2O2").to_json()), schema)


def test_it_is_read_back_and_drawn_alike(tmp_path):
    result = gas_release("K2O2")
    path = tmp_path / "result.json"
    path.write_text(result.to_json(), encoding="utf-8")
    again = kstab.read(path, analyses=[GAS_RELEASE])
    assert again == result
    assert again.page() == result.page()
    for name, each in (("a.svg", result), ("b.svg", again)):
        each.plot(tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
