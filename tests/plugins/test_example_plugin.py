"""The example of a plugin as a package, and what kstab.testing finds in good and bad ones."""

import importlib.util
import json
import os
import subprocess
import sysconfig
import types
import venv

import click
import pytest
from hypothesis import given

from kstab import entry_points, plugins, testing
from kstab.chemistry.composition import Formula
from kstab.context import Context
from kstab.errors import ElementError
from kstab.hooks import AnalysisOffer, Assessment, Command, Finding, Option, hookimpl

EXAMPLES = ("kstab-example", "kstab-example-analysis")


@pytest.fixture(scope="module")
def installed(root, tmp_path_factory):
    """Run Python in a fresh environment with the examples installed by pip, without a network.

    The environment sees the packages of this one, also where this is one itself.
    """
    folder = tmp_path_factory.mktemp("example")
    venv.create(folder / "venv", with_pip=importlib.util.find_spec("pip") is None)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    seen = [str(root / "src"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(seen)),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "80",
        # Those installed here are seen, but an editable one cannot be imported from there.
        plugins.DISABLE: ",".join(entry.name for entry in entry_points.installed("kstab")),
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [python, *arguments], capture_output=True, text=True, encoding="utf-8",
            env=environment, timeout=300, cwd=folder,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(
        "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
        "--disable-pip-version-check", *(str(root / "examples" / name) for name in EXAMPLES),
    )  # fmt: skip
    return run


def test_the_example_is_installed_and_speaks(installed):
    assert "example  kstab-example 0.1.0  loaded" in installed("-m", "kstab", "plugins")
    report = " ".join(installed("-m", "kstab", "window", "K2S").split())
    assert "reduction-capacity K2S takes up no K down to 0 V." in report
    assert "kstab-example 0.1.0" in report
    # K3SbS4 + 8 K -> 4 K2S + K3Sb: 8 F / (3.6 * 367.295 g/mol)
    assert "K3SbS4 takes up 584 mAh/g down to 0 V." in " ".join(
        installed("-m", "kstab", "window", "K3SbS4").split()
    )
    higher = installed("-m", "kstab", "window", "K3SbS4", "--reduction-capacity-down-to", "2")
    assert "K3SbS4 takes up no K down to 2 V." in " ".join(higher.split())


def test_an_analysis_of_a_plugin_is_one_like_the_others(installed, tmp_path):
    listed = installed("-m", "kstab", "plugins")
    assert "analysis gas-release  From which voltage on a phase gives off a gas." in listed
    report = installed("-m", "kstab", "gas-release", "K2O2")
    assert "K2O2 can give off O2 from 2.49 V against K" in report
    page = tmp_path / "gas.html"
    installed("-m", "kstab", "gas-release", "K2O2", "--output", str(page))
    assert "<table" in page.read_text("utf-8")
    document = json.loads(installed("-m", "kstab", "gas-release", "K2O2", "--format", "json"))
    assert (document["kind"], document["steps"][0]["gases"]) == ("gas-release", ["O2"])


def test_an_assessment_reads_the_analysis_of_a_plugin(installed, tmp_path):
    path = tmp_path / "harmful.py"
    path.write_text(HARMFUL, encoding="utf-8")
    arguments = ("-m", "kstab", "gas-release", "K2O2", "--plugin-file", str(path))
    assert "harmful  O2 from 2.5 V, more than 1 V." in installed(*arguments)
    assert "more than 2 V." in installed(*arguments, "--harmful-least", "2")


HARMFUL = """
from kstab.hooks import Assessment, Finding, Option, hookimpl

def assess(result, context):
    gas, least = result.steps[0].gases[0], context.options["least"]
    yield Finding("harmful", "low", f"{gas} from {result.voltage:.1f} V, more than {least:g} V.")

@hookimpl
def kstab_assessments():
    return [Assessment("harmful", ("gas-release",), assess, options=(Option("least", float, 1.0),))]
"""


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_pass_their_own_tests(installed, root, name):
    tests = root / "examples" / name / "tests"
    # Away from the options of this project's own tests.
    report = installed(
        "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tests), "-p", "no:cacheprovider",
        str(tests),
    )  # fmt: skip
    assert " passed" in report


# ---------------------------------------------------------------- kstab.testing


def test_the_small_table_is_what_its_energies_say():
    """Worked out by hand, eV per formula unit: K3SbS4 -7.6, K2S -3.6, K3Sb -1.8, Sb2S3 -2.0."""
    window = testing.sample_window()
    assert window.reduction_limit == pytest.approx((4 * 3.6 - 7.6) / 5)
    assert window.oxidation_limit == pytest.approx((7.6 - 2.0 / 2) / 3)
    lowest = testing.sample_contact().minimum_total
    # 8 K + K3SbS4 → 4 K2S + K3Sb, over 16 atoms
    assert lowest.energy_per_atom == pytest.approx((7.6 - 4 * 3.6 - 1.8) / 16)


def test_the_small_table_knows_phases_in_part():
    context = Context(testing.small_table(), "K", {}, 298.15)
    known, unknown = context.phase("K2S"), context.phase("SbS")
    assert (known.volume, known.volume_quality) == (99.0, "A")
    assert (known.band_gap_min, known.band_gap_max) == (2.0, 2.5)
    assert (unknown.volume, unknown.volume_quality, unknown.band_gap) == (None, "", None)
    # 2 SbS (0.2 eV) lie above 2/3 Sb2S3 + 2/3 Sb (-4/3 eV)
    assert unknown.energy_above_hull == pytest.approx((0.2 + 4 / 3) / 4)


def test_other_elements_are_refused():
    with pytest.raises(ElementError):
        testing.sample_window("Na2S")


@given(testing.formulas())
def test_formulas_are_read_and_have_an_answer(formula):
    assert set(Formula.parse(formula).elements) <= {"K", "Sb", "S"}
    assert testing.sample_window(formula).formula == formula


def speaks(result, context):
    yield Finding("fine", "low", f"It is a {result.kind}.")


def assessing(assess=speaks, name="good", analyses=("window", "interface"), options=()):
    """A plugin of one assessment; its options as they are, or as arguments of them."""

    @hookimpl
    def kstab_assessments():
        made = [each if isinstance(each, Option) else Option(**each) for each in options]
        return [Assessment(name, analyses, assess, options=made)]

    return types.SimpleNamespace(kstab_assessments=kstab_assessments)


def commanding(made, name="good"):
    """A plugin of one command."""

    @hookimpl
    def kstab_commands():
        return [Command(name, lambda: made)]

    return types.SimpleNamespace(kstab_commands=kstab_commands)


def analysing(**changes):
    """A plugin of one analysis."""

    @hookimpl
    def kstab_analyses():
        return [AnalysisOffer(**{"name": "good", "result": str, "page": print} | changes)]

    return types.SimpleNamespace(kstab_analyses=kstab_analyses)


def misspelt():
    @hookimpl
    def kstab_asessments():
        return []

    return types.SimpleNamespace(kstab_asessments=kstab_asessments)


def returning(*findings):
    return assessing(lambda result, context: findings)


def breaking(result, context):
    raise ValueError("boom")


def named_like_a_module(**hooks):
    module = types.ModuleType("kstab_good")
    vars(module).update(hooks)
    return module


LEVEL = Option("level", float, 1.0, "How much, V.")


@pytest.mark.parametrize(
    "plugin",
    [
        assessing(),
        assessing(options=(LEVEL, Option("way", str, "up", "Which way.", choices=("up", "down")))),
        assessing(lambda result, context: None, name="silent-2", analyses=("window",)),
        commanding(click.Command("good")),
        analysing(solve="kstab.analyses.window.stability:solve"),
        named_like_a_module(**vars(assessing())),
    ],
)
def test_good_plugins_keep_the_contract(plugin):
    testing.check_plugin(plugin)


@pytest.mark.parametrize(
    ("plugin", "message"),
    [
        (types.SimpleNamespace(), "implements no hook"),
        (misspelt(), "there is no hook kstab_asessments; kstab_assessments is one"),
        (assessing(name="Good"), "assessment 'Good' is not named in lower-case words"),
        (assessing(name="so_good"), "assessment 'so_good' is not named"),
        (assessing(name="good-"), "assessment 'good-' is not named"),
        (assessing(name=3), "assessment 3 is not named"),
        (assessing(analyses="window"), "analyses is 'window'; give a tuple of str"),
        (assessing(analyses=()), r"analyses of good are \(\)"),
        (assessing(analyses=("windows",)), r"analyses of good are \('windows',\)"),
        (assessing(options=(Option("level"),)), "option level has no help"),
        (assessing(options=({"name": "Level"},)), "option 'Level' is not named"),
        (
            assessing(options=({"name": "a", "type": "float"},)),
            "type of the option a is 'float' and no function",
        ),
        (assessing(options=({"name": "a", "default": "b"},)), "'b' is not of the type float of a"),
        (assessing(options=({"name": "a", "type": bool, "default": True},)), "on by default"),
        (assessing(options=(LEVEL, LEVEL)), "two options of good have the same name"),
        (
            assessing(
                options=({"name": "a", "type": str, "default": "c", "choices": ("up", "down")},)
            ),
            "'c' is not one of up, down",
        ),
        (assessing(breaking), "good fails on a sample window: .* ValueError: boom"),
        (
            assessing(breaking, analyses=("interface",)),
            "good fails on a sample interface: .* ValueError: boom",
        ),
        (returning("fine"), "returned 'fine' where a Finding belongs"),
        (assessing(lambda r, c: [Finding("fine", "sure", "It is.")]), "'sure' is not one of"),
        (commanding(click.Command("good"), "Good"), "command 'Good' is not named"),
        (commanding(click.Command("good"), "window"), "already the name of one in kstab"),
        (analysing(name="window"), "'window' is already the name of one in kstab"),
        (analysing(solve="kstab.nowhere:solve"), "The solve of good cannot be imported: Module"),
        (analysing(page="kstab.base.units:page"), "The page of good cannot be imported: Attribute"),
        (analysing(schema="no.json"), "The schema of good is no file"),
        (analysing(command=Command("plugins", print)), "'plugins' is already the name of one"),
        (commanding(print), "command good makes builtin_function_or_method and not a click"),
    ],
)
def test_bad_plugins_are_told_what_is_wrong(plugin, message):
    with pytest.raises(AssertionError, match=message):
        testing.check_plugin(plugin)


def test_the_plugins_on_the_pages_keep_the_contract(script, root):
    paths = sorted((root / "docs" / "examples" / "plugins").glob("*.py"))
    assert paths
    for path in paths:
        testing.check_plugin(script(path.relative_to(root).as_posix()))
