"""What differs between two sources, worked by hand and through the command line."""

import json
from importlib import resources

import jsonschema
import pytest
from click.testing import CliRunner

from kstab.analyses.difference import comparison as difference
from kstab.chemistry.ions import ion
from kstab.cli import cli
from kstab.errors import ElementError

# K2S alone: K2S = 2 K + S at 3 x 1.2 / 2 = 1.8 V.
OLD = {"K": 0.0, "S": 0.0, "K2S": -1.2, "KS2": -0.3}
# With KS: K2S = K + KS at 3 x 1.5 - 2 x 1.3 = 1.9 V; KS = K + S at 2 x 1.3 = 2.6 V.
NEW = {"K": 0.0, "S": 0.0, "K2S": -1.5, "KS": -1.3}


@pytest.fixture
def found(build):
    return difference.solve(["S", "K"], ion("K"), build(OLD), build(NEW))


def by_formula(found):
    return {each.formula: each for each in found.phases}


def test_what_changes(found):
    changes = {name: each.changes for name, each in by_formula(found).items()}
    assert changes == {
        "KS": ("only_second",),
        "KS2": ("only_first",),
        "K2S": ("energy", "window"),
    }
    assert found.unchanged == 2  # the elements
    assert found.elements == ("K", "S")


def test_windows_move_because_of(found):
    phase = by_formula(found)["K2S"]
    assert phase.energy_change == pytest.approx(-0.3)
    assert phase.first.oxidation_limit == pytest.approx(1.8)
    assert phase.second.oxidation_limit == pytest.approx(1.9)
    assert phase.because == ("K2S", "KS")


def test_heights(found):
    """KS2 = (K2S + 3 S) / 2, which is 1.2 x 3 / 6 = 0.6 below the elements."""
    phase = by_formula(found)["KS2"]
    assert phase.first.energy_above_hull == pytest.approx(0.3)
    assert phase.first.oxidation_limit is None
    assert phase.second is None
    assert phase.energy_change is None


def test_the_hull(build):
    lower = {**NEW, "KS": -0.5}
    phases = by_formula(difference.solve(["K", "S"], ion("K"), build(NEW), build(lower)))
    assert phases["KS"].changes == ("energy", "hull")
    assert phases["KS"].first.on_hull
    assert not phases["KS"].second.on_hull
    assert phases["K2S"].changes == ("window",)
    assert phases["K2S"].because == ("KS",)


def test_nothing_differs(build):
    same = difference.solve(["K", "S"], ion("K"), build(NEW), build(dict(reversed(NEW.items()))))
    assert same.phases == ()
    assert same.unchanged == 4


def test_the_lowest_of_a_composition_counts(build):
    from kstab.chemistry.composition import Formula
    from kstab.phases.table import PhaseTable

    rows = [*NEW.items(), ("K2S", -1.1)]
    two = PhaseTable.build("made up", [(Formula.parse(f), "", e) for f, e in rows], scheme="none")
    assert difference.solve(["K", "S"], ion("K"), build(NEW), two).phases == ()


def test_an_element_that_is_missing(build):
    with pytest.raises(ElementError, match="Na"):
        difference.solve(["Na", "S"], ion("Na"), build(NEW), build(OLD))


def run(*arguments, width="80"):
    return CliRunner().invoke(
        cli, ["--no-plugins", "data", "diff", *arguments], env={"COLUMNS": width}
    )


def test_the_text():
    result = run("mp-2019", "experimental", "--chemsys", "K-Sb-S")
    assert result.exit_code == 0, result.output
    for part in (
        "mp-2019 1.1.0, scheme kstab, enthalpies", "scheme measured, enthalpies", "Only in mp-2019",
        "Other formation energies", "Windows against K that move",
    ):  # fmt: skip
        assert part in result.output
    assert result.output == run("mp-2019", "experimental", "--chemsys", "S-Sb-K").output
    assert max(map(len, result.output.splitlines())) <= 80


def test_the_json():
    """The figures of both sides are those that `kstab phases` and `kstab window` give."""
    import kstab

    enthalpies = {"temperature": "none"}

    result = run("mp-2019", "experimental", "--chemsys", "K-S", "--format", "json")
    found = json.loads(result.output)
    assert found["kind"] == "difference"
    assert (found["first"]["dataset"], found["second"]["dataset"]) == ("mp-2019", "experimental")
    phases = {each["formula"]: each for each in found["phases"]}
    for side, source in (("first", None), ("second", "experimental")):
        window = kstab.window("K2S", source=source, compare=False, **enthalpies)
        assert phases["K2S"][side]["oxidation_limit"] == pytest.approx(window.oxidation_limit)
        listed = kstab.system("K-S", source=source, threshold=9.0, **enthalpies).phases
        energies = {phase.formula: phase.formation_energy for phase in listed}
        assert phases["K2S"][side]["formation_energy"] == pytest.approx(energies["K2S"])
    assert phases["K2S"]["energy_change"] == pytest.approx(
        phases["K2S"]["second"]["formation_energy"] - phases["K2S"]["first"]["formation_energy"]
    )


@pytest.mark.parametrize("system", ["K-Sb-S", "Fe-O", "K", "Na-Cl"])
def test_every_document_follows_the_schema(system):
    path = resources.files("kstab").joinpath("schemas", "difference.schema.json")
    schema = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    result = run("mp-2019", "experimental", "--chemsys", system, "--format", "json")
    jsonschema.validate(json.loads(result.output), schema)


def test_a_source_and_itself():
    result = run("mp-2019", "mp-2019", "--chemsys", "K-Sb-S")
    assert "All 24 phases are the same in both." in result.output


@pytest.mark.parametrize(
    "arguments", [("mp-2019", "nothing", "--chemsys", "K-S"), ("mp-2019", "mp-2019")]
)
def test_usage(arguments):
    assert run(*arguments).exit_code == 2
