"""The estimate, its doubts, the assessment and the command."""

import json
import math
import subprocess
import sys

import pytest
from click.testing import CliRunner

import kstab
import kstab_space_charge as plugin
from kstab.context import Context
from kstab.errors import RequestError
from kstab_space_charge import figure, of_phase, words
from kstab_space_charge.command import space_charge
from kstab_space_charge.estimate import estimate, of_filling, spread
from kstab_space_charge.inputs import MODELS, Inputs


def codes(step, model="site-limited", density=1e20, filling=0.5):
    return {
        doubt.code for doubt in estimate(Inputs(step, 10.0, density, filling, model=model)).doubts
    }


def test_models_are_named_once():
    assert plugin.MODELS == MODELS
    assert set(words.NAMES) == set(words.REFERENCES) == set(MODELS)


@pytest.mark.parametrize(
    ("step", "model", "density", "expected"),
    [
        (0.1, "mott-schottky", 1e20, set()),
        (0.07, "mott-schottky", 1e20, {"sharp_edge"}),  # 2.7 kT/e
        (0.1, "mott-schottky", 2e21, {"not_dilute", "helmholtz_like"}),
        (0.11, "mott-schottky", 1e20, {"dilute_limit_exceeded"}),
        (-0.1, "mott-schottky", 1e20, {"not_a_depletion"}),
        (0.1, "gouy-chapman", 1e20, {"helmholtz_like"}),
        (0.1, "gouy-chapman", 1e19, set()),
        (0.3, "gouy-chapman", 1e17, {"dilute_limit_exceeded"}),
        (0.4, "gouy-chapman", 1e17, {"dilute_limit_exceeded", "unphysical"}),  # 3e23 cm⁻³
        (0.3, "site-limited", 1e22, {"helmholtz_like"}),
        (0.3, "site-limited", 1e20, set()),
        (0.41, "site-limited", 1e20, {"fully_depleted"}),
        (-0.41, "site-limited", 1e20, {"fully_filled"}),
    ],
)
def test_doubts(step, model, density, expected):
    assert codes(step, model, density) == expected


@pytest.mark.parametrize(("filling", "few"), [(0.005, True), (0.01, False), (0.995, True)])
def test_few_carriers_are_said(filling, few):
    assert ("few_carriers" in codes(0.3, filling=filling)) is few


def test_gouy_chapman_at_half_a_volt_is_unphysical():
    found = estimate(Inputs(0.5, 10.0, 1e20, 1.0, 1, 300.0, None, "gouy-chapman"))
    assert found.charge == pytest.approx(1.36e4, rel=5e-3)
    assert {"unphysical", "dilute_limit_exceeded"} <= {doubt.code for doubt in found.doubts}


def test_activation():
    def change(step, model, filling=0.5):
        return estimate(Inputs(step, 10.0, 1e20, filling, model=model)).activation

    assert change(0.3, "mott-schottky") == pytest.approx(0.3)
    assert change(-0.3, "mott-schottky") is None
    assert change(0.3, "gouy-chapman") == pytest.approx(0.15)
    assert change(-0.3, "gouy-chapman") == pytest.approx(-0.15)
    assert change(0.3, "site-limited") == pytest.approx(0.3, rel=1e-4)
    assert change(-0.3, "site-limited") == pytest.approx(0.3, rel=1e-4)  # no free sites left
    assert change(-0.1, "site-limited", 1e-6) == pytest.approx(-0.1, rel=1e-3)  # more ions


def test_twice_the_charge_number_counts():
    # One divalent ion at half the step has the same u, and twice the charge density.
    one = estimate(Inputs(0.2, 10.0, 1e21, 0.5, 1))
    two = estimate(Inputs(0.1, 10.0, 1e21, 0.5, 2))
    assert two.reduced == pytest.approx(one.reduced)
    assert two.charge == pytest.approx(one.charge)
    assert two.capacitance == pytest.approx(2 * one.capacitance)


def test_resistance_grows_a_thousandfold():
    factor = spread(Inputs(0.3, 10.0, 1e20, 1.0, 1, 300.0, None, "mott-schottky"))
    assert factor == pytest.approx((1.568e4 - 0.00235) / (9.033 - 0.00182), rel=1e-3)
    assert spread(Inputs(-0.3, 10.0, 1e20, 1e-9)) is None  # conducts better
    assert spread(Inputs(-0.3, 10.0, 1e20, 1.0, model="gouy-chapman")) is None
    assert spread(Inputs(0.001, 10.0, 1e20, 0.5, temperature=2.0)) is None  # exp(u) overflows


def test_another_filling():
    # For large u the resistance goes as (1 - t₀)² e^u / √(t₀ u + ln(1 - t₀)).
    given = Inputs(0.3, 10.0, 1e22, 0.5)
    for filling in (0.1, 0.9):
        sizes = [
            (1 - t) ** 2 / math.sqrt(t * given.reduced + math.log(1 - t)) for t in (filling, 0.5)
        ]
        assert of_filling(given, filling) == pytest.approx(sizes[0] / sizes[1], rel=0.03)


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": 0.0}, {"step": 1e-5}, {"step": 11.0}, {"step": -1e9}, {"step": float("nan")},
        {"step": float("inf")}, {"permittivity": 0.0}, {"permittivity": 0.5},
        {"permittivity": float("nan")}, {"site_density": -1.0}, {"site_density": 0.0},
        {"site_density": 1e30}, {"filling": 1.0}, {"filling": 0.0}, {"filling": -1.0},
        {"filling": 1e-300}, {"filling": float("nan")}, {"temperature": 0.0},
        {"temperature": -5.0}, {"conductivity": -1.0}, {"conductivity": 0.0}, {"model": "stern"},
    ],
)  # fmt: skip
def test_inputs_without_meaning(wrong):
    given = {"step": 0.3, "permittivity": 10.0, "site_density": 1e20, "filling": 0.5}
    with pytest.raises(RequestError):
        estimate(Inputs(**given | wrong))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("step", [0.0001, -0.0001, 10.0, -10.0])
@pytest.mark.parametrize("filling", [1e-6, 1 - 1e-6])
def test_numbers_at_the_ends_of_the_ranges(model, step, filling):
    found = estimate(Inputs(step, 1.0, 1e6, filling, 1, 298.15, 1e-30, model))
    numbers = [found.width, found.charge, found.capacitance, found.resistance or 0.0]
    assert all(map(math.isfinite, numbers))
    assert min(numbers[:3]) > 0.0


def test_headline_keeps_quiet_where_no_model_tells_the_resistance():
    known, empty = (estimate(Inputs(step, 10.0, 1e20, 0.5, 1, 300.0, 1e-5)) for step in (0.3, 0.5))
    assert "Ω cm²" in words.headline("K3SbS4", known)
    assert "Ω cm²" not in words.headline("K3SbS4", empty)
    assert empty.resistance > 1e3


# --- the assessment ---


@pytest.fixture(scope="module")
def table():
    return kstab.phase_table()


@pytest.fixture(scope="module")
def contact():
    return kstab.interface("K", "K3SbS4", compare=False)


def assess(result, table, **options):
    (assessment,) = plugin.kstab_assessments()
    given = {option.name: option.default for option in assessment.options}
    given |= {name.replace("_", "-"): value for name, value in options.items()}
    return list(assessment.assess(result, Context(table, "K", given, 300.0)))


def test_nothing_without_a_step(contact, table):
    assert assess(contact, table) == []


def test_finding(contact, table):
    (finding,) = assess(contact, table, step=0.3, conductivity=1e-5)
    numbers = {each.quantity: each.value for each in finding.measurements}
    assert (finding.verdict, finding.confidence) == ("depletion", "low")
    assert numbers["site density of K"] == pytest.approx(3 / 246.3736e-24)
    assert numbers["relative permittivity"] == 9.39
    assert {each.subject for each in finding.measurements} == {"K3SbS4"}
    text = " ".join(finding.notes)
    assert "rarely known" in text
    assert "reaction layer" in text
    assert "0.3 and 0.5 V alone the added resistance grows by a factor of 1." in text
    assert "The filling of 0.5 is an assumption too" in text
    assert finding.references == ("doi:10.1021/acsaem.8b01141",)


def test_given_filling_is_no_assumption(contact, table):
    (finding,) = assess(contact, table, step=0.3, filling=0.4)
    assert "filling" not in " ".join(finding.notes)


def test_metals_are_named(table):
    (finding,) = assess(
        kstab.interface("K", "K5Sb4", compare=False), table, step=0.1, permittivity=10
    )
    assert words.NO_ELECTRONS in finding.notes


def test_which_side():
    table = kstab.phase_table()
    result = kstab.interface("K3SbS4", "KCrO2", compare=False)
    (first,) = assess(result, table, step=0.1)
    (second,) = assess(result, table, step=0.1, phase="KCrO2")
    assert (first.measurements[0].subject, second.measurements[0].subject) == ("K3SbS4", "KCrO2")
    (neither,) = assess(result, table, step=0.1, phase="K2S")
    assert neither.verdict == "not_applicable"
    assert "no side" in neither.headline
    (unread,) = assess(result, table, step=0.1, phase="foo")
    assert unread.verdict == "not_applicable"
    assert "'foo'" in unread.headline


def test_not_applicable(table):
    (finding,) = assess(kstab.interface("K", "K3PS4", compare=False), table, step=0.3)
    assert (finding.verdict, finding.confidence) == ("not_applicable", "none")
    assert "dielectric" in finding.headline
    assert "--space-charge-permittivity" in finding.notes[0]
    (finding,) = assess(kstab.interface("K", "Al2O3", compare=False), table, step=0.3)
    assert "Neither side" in finding.headline


def test_no_step_is_said(contact, table):
    (finding,) = assess(contact, table, step=0.0)
    assert finding.verdict == "not_applicable"
    assert "0 V" in finding.headline


def test_wrong_model_gives_no_confidence(contact, table):
    (finding,) = assess(contact, table, step=0.5, model="gouy-chapman")
    assert finding.confidence == "none"


# --- the command ---


def run(*arguments):
    return CliRunner().invoke(space_charge, list(arguments), catch_exceptions=False)


def test_terminal():
    text = run("K3SbS4", "--step", "0.3").stdout
    assert "3 K in 246.4 Å³" in text
    assert "assumed" in text
    assert "Helmholtz-like" in text
    assert "(depletion, confidence low)" in text
    assert "From doi:10.1021/acsaem.8b01141" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_as_wide_as_the_terminal(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    text = run("K3SbS4", "--step", "0.3", "--conductivity", "1e-5").stdout
    assert max(map(len, text.splitlines())) <= columns
    assert "…" not in text
    assert "excess" in text


def test_json_of_the_worked_case():
    answer = run(
        "K3SbS4", "--step", "0.3", "--permittivity", "10", "--site-density", "1e20",
        "--temperature", "300", "--conductivity", "1e-4", "--model", "mott-schottky",
        "--format", "json",
    )  # fmt: skip
    found = json.loads(answer.stdout)
    assert found["width"] == pytest.approx(1.821, rel=5e-3)
    assert found["resistance"] == pytest.approx(9.033, rel=5e-3)
    assert found["doubts"][0]["code"] == "dilute_limit_exceeded"
    assert (found["effect"], found["confidence"]) == ("depletion", "low")


def test_json_of_what_does_not_hold():
    answer = run("K3SbS4", "--step", "-0.3", "--model", "mott-schottky", "--format", "json")
    found = json.loads(answer.stdout)
    assert found["confidence"] == "none"
    assert (found["resistance"], found["equivalent"], found["activation"]) == (None, None, None)


def test_element():
    with pytest.raises(RequestError, match="an element"):
        run("K", "--step", "0.3", "--permittivity", "10")


def test_phase_not_in_the_data():
    arguments = ("K2.92Sb0.92W0.08S4", "--step", "0.3", "--permittivity", "10")
    with pytest.raises(RequestError, match="volume"):
        run(*arguments)
    assert run(*arguments, "--site-density", "1e22").exit_code == 0


def test_ion_that_is_not_there():
    with pytest.raises(RequestError, match="no Li"):
        run("K3SbS4", "--step", "0.3", "--ion", "Li")


@pytest.mark.parametrize("model", MODELS)
def test_plot(model, tmp_path):
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    for path in (first, second):
        answer = run("K3SbS4", "--step", "-0.3", "--model", model, "--plot", str(path))
        assert f"Wrote {path}" in answer.stderr
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"\x89PNG")


def test_plot_shows_the_width():
    given = {"step": 0.3, "site-density": 1e20, "model": "mott-schottky", "filling": None}
    found = of_phase.case("K3SbS4", Context(kstab.phase_table(), "K", given, 300.0))
    layer = estimate(found.inputs)
    (axes,) = figure.potential(found, layer).axes
    assert axes.get_xlim()[1] > layer.width == pytest.approx(1.821 * math.sqrt(0.939), rel=5e-3)
    assert (axes.get_xlabel()[-4:], axes.get_ylabel()[-3:]) == ("(nm)", "(V)")


def test_imports_are_late():
    code = (
        "import sys, kstab_space_charge as p\n"
        "heavy = {'sympy', 'matplotlib', 'numpy', 'rich'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "(command,) = p.kstab_commands()\n"
        "command.make()(['K3SbS4', '--step', '0.3'], standalone_mode=False)\n"
        "heavy = {'sympy', 'scipy', 'pymatgen', 'matplotlib', 'numpy.polynomial'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
