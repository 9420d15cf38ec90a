"""``kstab interface`` as a user meets it: answers, refusals, files, figures."""

import json

import pytest

from command import drawn_twice, run

LEGACY = ("--scheme", "legacy", "--temperature", "none")


def words(done):
    """What was printed, without line breaks."""
    return " ".join(done.stdout.split())


def test_metal_contact_prints_both_answers():
    done = run("interface", "K", "K3SbS4")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "K reacts with K3SbS4: -539 ± 24 meV/atom, down to K2S + KSb; in excess K to K2S + K3Sb."
        in words(done)
    )
    assert "6 K + K3SbS4 → 4 K2S + KSb" in done.stdout
    assert "K3SbS4 + 8 K → 4 K2S + K3Sb" in done.stdout
    assert "reservoir at 0 V" in words(done)
    assert "kinetics and mechanics are not included" in done.stdout
    assert "scheme kstab" in done.stdout


def test_own_decomposition_is_not_sold_as_an_interface_energy():
    done = run(
        "interface",
        "LiCoO2",
        "Li3PS4",
        "--voltage",
        "5",
        "--scheme",
        "legacy",
        "--temperature",
        "none",
    )
    assert "-743 meV per non-Li atom by the contact itself (mutual)" in words(done)
    assert "(total): -1675 meV per non-Li atom" in words(done)
    assert "On their own LiCoO2 -418, Li3PS4 -1549" in words(done)


def test_a_range_shows_the_map_and_the_charged_cathode():
    done = run(
        "interface", "K3SbS4", "KCrO2", "--voltage", "2.0:3.5", "--charged", "K0.5CrO2",
        "--charged-voltage", "2.7", "--scheme", "legacy", "--temperature", "none",
    )  # fmt: skip
    assert done.returncode == 0
    assert "worst at 3.500 V" in words(done)
    assert "KCrO2 (x = 0)" in done.stdout
    assert "KCrO2 charged to K0.5CrO2, its framework whole (topotactic" in words(done)
    assert "Equilibrium has K3SbS4 above 2.067 V and KCrO2 above 1.451 V decompose" in words(done)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["K", "KAl11O17", *LEGACY], "within the error of ±50 meV/atom: cannot be told from st"),
        (["K", "KBH4"], "-1 ± 22 meV/atom, less than two standard deviations: cannot be told"),
        (["K2S", "KCl"], "do not react: no mixture is lower in energy"),
        (["K3SbS4", "K6Sb2S8"], "are the same composition: there is nothing to react"),
        (["K", "K"], "are the same composition: there is nothing to react"),
        (["S", "K2S", "--voltage", "1.5"], "differ in K only: at one voltage they become the same"),
        (["K3SbS4", "K2S", "--voltage", "1"], "the contact itself adds nothing"),
        (["KC8", "K3SbS4", *LEGACY], "As an anode, KC8 sits between 0.000 and 0.269 V vs K⁺/K."),
        (["Li6PS5Cl", "LiCoO2", *LEGACY], "Li6PS5Cl lies 83.1 meV/atom above the hull."),
        (["K2.9SbS3.9Cl0.1", "K2S"], "K2.9SbS3.9Cl0.1 is not in the data: its energy is"),
        (["K3PS4", "KVPO4F", "--voltage", "cathode"], "doi:10.1149/1945-7111/aba54e"),
        (["Li6PS5Cl", "LiCoO2", "--hull-energy", "a"], "Li6PS5Cl is the hull's, as asked for"),
    ],
)  # fmt: skip
def test_every_kind_of_answer_is_a_sentence(arguments, sentence):
    done = run("interface", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert sentence in words(done)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["K"], 2, "Missing argument 'B'"),
        (["K", "K3SbS4", "--voltage", "2"], 2, "K metal holds the contact at 0 V"),
        (["K3SbS4", "KFeO2", "--voltage", "3:2"], 2, "not a range of voltages"),
        (["K3SbS4", "KFeO2", "--voltage", "-1:2"], 2, "from 0 V upward"),
        (["K3SbS4", "KFeO2", "--voltage", "nan"], 2, "not a range of voltages"),
        (["K3SbS4", "KFeO2", "--voltage", "high"], 2, "range like 0:5"),
        (["K3SbS4", "KCrO2", "--voltage", "cathode"], 2, "table of cathodes"),
        (["K3SbS4", "KCrO2", "--charged", "K0.5FeO2"], 2, "with less K"),
        (["K3SbS4", "KCrO2", "--charged", "K2CrO2"], 2, "with less K"),
        (["K3SbS4", "KCrO2", "--charged-voltage", "2"], 2, "without the charged composition"),
        (["Li3PS4", "K3SbS4", "--voltage", "2"], 2, "--ion Li or --ion K"),
        (["K3SbS4", "KFeO2", "--hull-energy", "c"], 2, "'both'"),
        (["K3SbS4", "KFeO2", "--plot", "x.doc"], 2, ".png, .svg, .pdf"),
        (["K3SbS4", "KFeO2", "--plot", "x.svg", "--output", "x.svg"], 2, "both"),
        (["k3sbs4", "KFeO2"], 3, "Did you mean K3SbS4"),
        (["K3SbS4", "KAr"], 4, "no energy for Ar"),
        (["K3SbS4", "KFeO2", "--output", "no/such/folder/x.json"], 4, "cannot be written"),
    ],
)  # fmt: skip
def test_a_mistake_is_explained(arguments, code, message):
    done = run("interface", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("columns", ["30", "50", "66", "200"])
@pytest.mark.parametrize(
    "arguments", [["K", "K3SbS4"], ["K3SbS4", "KCrO2", "--voltage", "2:3"]], ids=str
)
def test_a_report_fits_any_width_and_keeps_its_products(columns, arguments):
    output = run("interface", *arguments, env={"COLUMNS": columns}).stdout
    assert "K3SbS" in output
    assert max(map(len, output.splitlines())) <= int(columns)
    assert not any(line != line.rstrip() or "\x1b" in line for line in output.splitlines())


def test_an_ascii_terminal_gets_look_alikes():
    done = run("interface", "K", "K3SbS4", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "6 K + K3SbS4 -> 4 K2S + KSb" in done.stdout
    assert "-539 +- 24 meV/atom" in done.stdout
    assert "?" not in done.stdout


def test_json_goes_to_a_pipe_or_a_file(tmp_path):
    printed = run("interface", "K", "K3SbS4", "--format", "json").stdout
    target = tmp_path / "interface.json"
    assert run("interface", "K", "K3SbS4", "--output", str(target)).returncode == 0
    assert target.read_text("utf-8") == printed
    assert json.loads(printed)["mode"] == "metal_contact"


@pytest.mark.parametrize(
    "arguments", [["K", "K3SbS4"], ["K3SbS4", "KCrO2", "--voltage", "2:3"]], ids=str
)
def test_the_same_figure_is_the_same_file(tmp_path, arguments):
    first, second = drawn_twice(tmp_path, "interface", *arguments)
    assert first == second
    assert min(map(len, first)) > 10_000


def test_excluded_phases_do_not_form():
    arguments = ["interface", "K", "K3SbS4", "--format", "json"]
    found = json.loads(run(*arguments, "--exclude", "KSb,K5Sb4").stdout)
    formed = {product["formula"] for kink in found["kinks"] for product in kink["products"]}
    assert not formed & {"KSb", "K5Sb4"}
    assert found["provenance"]["changes"] == ["without KSb", "without K5Sb4"]
