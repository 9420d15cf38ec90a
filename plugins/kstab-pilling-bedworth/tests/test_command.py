"""The command, with the layers the literature discusses."""

import json

import pytest
from click.testing import CliRunner
from kstab.errors import FormulaError, RequestError

from kstab_pilling_bedworth import kstab_commands


@pytest.fixture(scope="module")
def run():
    command = next(iter(kstab_commands())).make()
    return lambda *arguments: CliRunner().invoke(command, arguments)


def layers(result):
    assert result.exit_code == 0, result.output
    return {layer["formula"]: layer for layer in json.loads(result.output)["layers"]}


def test_reaction_energies_beside_the_ratios(run):
    found = layers(run("--scheme", "legacy", "--format", "json", "KHCO3", "K2S5", "K2S2O7"))
    energies = [round(1000 * layer["lowest_energy_per_atom"]) for layer in found.values()]
    assert energies == [-248, -784, -415]


def test_three_of_four_layers_of_the_review(run):
    found = layers(run("--format", "json", "KHCO3", "K2S", "K2S5", "K2S2O7"))
    verdicts = {name: layer["verdict"] for name, layer in found.items()}
    assert verdicts == dict.fromkeys(found, "protective") | {"K2S": "porous"}
    assert found["KHCO3"]["clear"] is False
    assert found["K2S"]["energy_per_atom"] == 0.0
    assert found["K2S5"]["energy_per_atom_sigma"] > 0.0


def test_terminal(run):
    lines = run("KHCO3", "K2S", "K2Fe4O7", "Si3N4").output.splitlines()
    assert lines[2].split()[:3] == ["KHCO3", "1.02", "(0.99-1.05)"]
    assert "protective?" in lines[2]
    assert "porous " in lines[3]
    assert "unknown" in lines[4]
    assert "no ratio" in lines[5]
    assert max(map(len, lines)) <= 95


def test_other_ion(run):
    found = layers(run("--ion", "Al", "--format", "json", "Al2O3"))
    assert round(found["Al2O3"]["measured"]["value"], 2) == 1.28  # the usual textbook figure


def test_errors_are_typed(run):
    assert isinstance(run("K2Qq").exception, FormulaError)
    assert isinstance(run("K").exception, RequestError)
