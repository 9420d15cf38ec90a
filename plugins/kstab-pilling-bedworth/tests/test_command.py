"""The command, with the layers the literature discusses."""

import json

import kstab
import pytest
from click.testing import CliRunner
from kstab.errors import ElementError, FormulaError, RequestError

from kstab_pilling_bedworth import kstab_commands

CAVEAT = "Thermodynamic driving force only; kinetics and mechanics are not included."


@pytest.fixture(scope="module")
def run():
    command = next(iter(kstab_commands())).make()
    return lambda *arguments, **env: CliRunner().invoke(command, arguments, env=env)


def layers(result):
    assert result.exit_code == 0, result.output
    return {layer["formula"]: layer for layer in json.loads(result.output)["layers"]}


def test_reaction_energies_beside_the_ratios(run):
    found = layers(run("--scheme", "legacy", "--format", "json", "KHCO3", "K2S5", "K2S2O7"))
    for formula, layer in found.items():
        contact = kstab.interface("K", formula, scheme="legacy", compare=False)
        energy = contact.minimum_total.energy_per_atom
        assert layer["lowest"]["energy_per_atom"] == pytest.approx(energy, abs=1e-9)
        assert energy < -0.2


def test_three_of_four_layers_of_the_review(run):
    found = layers(run("--format", "json", "KHCO3", "K2S", "K2S5", "K2S2O7"))
    verdicts = {name: layer["verdict"] for name, layer in found.items()}
    assert verdicts == dict.fromkeys(found, "protective") | {"K2S": "porous"}
    confidences = [layer["confidence"] for layer in found.values()]
    assert confidences == ["low", "medium", "medium", "medium"]
    assert found["K2S5"]["any_amount"]["energy_per_atom_sigma"] > 0.0


def test_no_reaction_is_no_energy_of_zero(run):
    found = layers(run("--format", "json", "K2S", "KHCO3"))
    assert (found["K2S"]["any_amount"], found["K2S"]["lowest"]) == (None, None)
    assert [layer["reaction_found"] for layer in found.values()] == [False, True]
    lines = run("K2S", "KHCO3").output.splitlines()
    assert lines[2].endswith("porous       none found    none found")
    assert "none found" not in lines[3]


def test_terminal(run):
    lines = run("KHCO3", "K2S", "K2Fe4O7", "Si3N4").output.splitlines()
    assert lines[2].split()[:4] == ["KHCO3", "1.02", "±", "0.03"]
    assert "protective?" in lines[2]
    assert "porous " in lines[3]
    assert "unknown" in lines[4]
    assert "no ratio" in lines[5]
    assert "KHCO3: The ratio may be 0.99 to 1.05, on both sides of a threshold." in lines
    assert CAVEAT in lines
    assert max(map(len, lines)) <= 80


def test_narrow_terminal_has_a_number_on_each_line(run):
    lines = run("KHCO3", "K2S", COLUMNS="40").output.splitlines()
    assert lines[:4] == [
        "KHCO3",
        "  PBR measured    1.02 ± 0.03",
        "  PBR calculated  1.09 ± 0.10 A",
        "  verdict         protective?",
    ]
    assert max(map(len, lines)) <= 40


def test_a_composition_given_twice_is_shown_once(run):
    assert list(layers(run("--format", "json", "K2S", "SK2", "K2S"))) == ["K2S"]


def test_layers_that_are_no_stable_phase(run):
    found = layers(run("--format", "json", "K7S3", "K2Fe4O7", "--ion", "K"))
    assert found["K7S3"]["energy_above_hull"] is None
    assert found["K7S3"]["notes"][0].startswith("K7S3 is not in the data")
    height = 1000 * kstab.window("K2Fe4O7", compare=False).energy_above_hull
    assert height > 10
    assert found["K2Fe4O7"]["notes"] == [
        f"K2Fe4O7 is {height:.1f} meV/atom above the hull: its own decomposition is part of its "
        "energies."
    ]


def test_density_of_unknown_origin(run):
    (layer,) = layers(run("--format", "json", "K2S5")).values()
    assert any("origin unknown" in note for note in layer["notes"])
    assert layer["measured"]["high"] / layer["measured"]["value"] == pytest.approx(1.1)


def test_measured_energies_go_with_measured_volumes(run):
    (layer,) = layers(run("--format", "json", "--source", "experimental", "KNO3")).values()
    assert layer["calculated"] is None
    assert layer["any_amount"]["energy_per_atom"] < 0.0


def test_provenance_and_thresholds(run):
    document = json.loads(run("--format", "json", "--scheme", "mp2020", "K2S").output)
    assert document["provenance"]["scheme"] == "mp2020"
    assert document["thresholds"] == {"porous_below": 1.0, "spalling_above": 2.0}


def test_other_ion(run):
    found = layers(run("--ion", "Al", "--format", "json", "Al2O3"))
    assert round(found["Al2O3"]["measured"]["value"], 2) == 1.28  # the usual textbook figure
    assert round(layers(run("--format", "json", "Li2S"))["Li2S"]["measured"]["value"], 2) == 1.08


def test_errors_are_typed(run):
    assert isinstance(run("K2Qq").exception, FormulaError)
    assert isinstance(run("K").exception, RequestError)
    assert isinstance(run("K2S", "Na2S").exception, RequestError)
    assert isinstance(run("KXeF7").exception, ElementError)
    measured = run("K2S", "--source", "experimental", "--scheme", "legacy")
    assert isinstance(measured.exception, RequestError)
