"""What plugins were promised to keep, held against what plugins of 0.1 were written for.

``plugin_interface.json`` is what 0.1 offered. It is only ever added to: a plugin written then
must run now.
"""

import ast
import dataclasses
import importlib
import inspect
import json

import pytest

import kstab
from kstab import context, findings, hooks, offers, plugin_tools, plugins, testing
from kstab.analyses.interface import result as interface_results
from kstab.analyses.window import result as results
from kstab.analyses.window import staircase
from kstab.phases import products

# Every value of 0.1 with all of its fields, every hook, and what a context and a result gave.
WRITTEN_FOR_0_1 = """
from kstab.hooks import (
    Assessment, Command, Finding, Measurement, Option, PhaseSource, Writer, hookimpl,
)

def assess(result, context):
    window = context.solve("K2S", without=("Sb2S3",))
    facts = context.phase("K2S")
    yield Finding(
        verdict="as_it_was", confidence="low", headline=f"{result.kind} {window.formula}",
        measurements=(Measurement(
            quantity="gap", value=facts.band_gap, unit="eV", low=facts.band_gap_min,
            high=facts.band_gap_max, subject=facts.formula, source=facts.volume_quality,
        ),),
        notes=(f"{context.ion} {context.temperature} {len(context.table)}",),
        references=("doi:10.1000/1",),
    )

def load(request):
    from kstab import Formula, PhaseTable
    rows = [(Formula.parse(f), "", e) for f, e in (("K", 0.0), ("S", 0.0), ("K2S", -1.2))]
    return PhaseTable.build("old", rows, scheme=request.scheme or "", version="1")

def make():
    import click
    return click.Command("old", callback=lambda: click.echo("still here"))

@hookimpl
def kstab_assessments():
    option = Option(name="far", type=float, default=1.0, help="How far.", choices=(), metavar="V")
    return [Assessment(
        name="old", analyses=("window", "interface"), assess=assess, summary="Old.",
        options=(option,),
    )]

@hookimpl
def kstab_phase_sources():
    return [PhaseSource(name="old", load=load, summary="Old.", schemes=("old",))]

@hookimpl
def kstab_writers():
    return [Writer(
        name="old", write=lambda result, page: f"{page.width} {page.details}", summary="Old.",
        kinds=("window",), suffixes=(".old",),
    )]

@hookimpl
def kstab_commands():
    return [Command(name="old", make=make, summary="Old.")]
"""

CLASSES = (
    *(offers.Option, offers.Assessment, offers.PhaseSource, offers.SourceRequest),
    *(offers.Page, offers.Writer, offers.Command, offers.AnalysisOffer),
    *(findings.Finding, findings.Measurement, findings.Assessed),
    *(context.Context, context.PhaseFacts),
    *(results.WindowResult, products.Product, staircase.Step),
    *(interface_results.InterfaceResult, interface_results.Kink),
)
GIVEN_BY_PLUGINS = {
    "Option", "Assessment", "PhaseSource", "Writer", "Command", "AnalysisOffer", "Finding",
    "Measurement",
}  # fmt: skip


def interface() -> dict:
    """What kstab offers to plugins now."""
    specs = [f for name, f in vars(hooks).items() if name.startswith("kstab_")]
    functions = ("small_table", "sample_window", "sample_contact", "formulas", "check_plugin")
    return {
        "hooks": {f.__name__: list(inspect.signature(f).parameters) for f in specs},
        "fields": {kind.__name__: [f.name for f in dataclasses.fields(kind)] for kind in CLASSES},
        "required": {
            kind.__name__: [
                f.name
                for f in dataclasses.fields(kind)
                if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
            ]
            for kind in CLASSES
            if kind.__name__ in GIVEN_BY_PLUGINS
        },
        "methods": {
            "Context": {
                name: list(inspect.signature(getattr(context.Context, name)).parameters)
                for name in ("phase", "phases", "products", "sigma", "solve")
            }
        },
        "testing": {
            name: list(inspect.signature(getattr(testing, name)).parameters) for name in functions
        },
        "names": sorted(hooks.__all__),
        "tools": dir(plugin_tools),
    }


@pytest.fixture(scope="module")
def promised(root) -> dict:
    path = root / "tests" / "plugin_interface.json"
    return json.loads(path.read_text("utf-8"))["0.1"]


def test_nothing_that_was_promised_is_gone(promised):
    now = interface()
    for part in ("hooks", "fields", "testing"):
        for name, members in promised[part].items():
            assert set(members) <= set(now[part][name]), name
            if part == "testing" or name in GIVEN_BY_PLUGINS:  # written without names as well
                assert now[part][name][: len(members)] == members, name
    for name, arguments in promised["methods"]["Context"].items():
        assert now["methods"]["Context"][name][: len(arguments)] == arguments
    assert set(promised["names"]) <= set(now["names"])
    assert set(promised["tools"]) <= set(now["tools"])


def test_what_plugins_make_needs_no_more_than_it_did(promised):
    for name, fields in promised["required"].items():
        assert set(interface()["required"][name]) <= set(fields), name


def test_a_plugin_of_then_runs_now(tmp_path, capsys):
    path = tmp_path / "old.py"
    path.write_text(WRITTEN_FOR_0_1, encoding="utf-8")
    host = plugins.load(path, installed=False)
    options = {"old": {"far": 2.0}}
    result = kstab.window("K2S", plugins=host, options=options, compare=False)
    contact = kstab.interface("K", "S", plugins=host, compare=False)
    for found in (*result.assessments, *contact.assessments):
        assert (found.failed, found.verdict) == (False, "as_it_was"), found.headline
    window = kstab.window("K2S", source="old", temperature="none", plugins=host)
    assert window.oxidation_limit == pytest.approx(1.8)
    assert host.write("old", result, hooks.Page(width=40)) == "40 False"
    host.commands["old"][0].make().main([], standalone_mode=False)
    assert capsys.readouterr().out == "still here\n"
    testing.check_plugin(importlib.import_module("kstab_plugin_old"))


def test_a_hook_can_gain_an_argument(tmp_path, monkeypatch):
    """A plugin that does not name it works on: pluggy hands over what is asked for."""

    def kstab_assessments(wish):
        """The hook of a later version."""

    monkeypatch.setattr(hooks, "kstab_assessments", hooks._hookspec(kstab_assessments))
    monkeypatch.setattr(plugins, "ARGUMENTS", {"kstab_assessments": {"wish": 1}})
    path = tmp_path / "old.py"
    path.write_text(WRITTEN_FOR_0_1, encoding="utf-8")
    assert "old" in plugins.load(path, installed=False).assessments
    path = tmp_path / "new.py"
    new = WRITTEN_FOR_0_1.replace("kstab_assessments():", "kstab_assessments(wish):\n    1 / wish")
    path.write_text(new, encoding="utf-8")
    assert "old" in plugins.load(path, installed=False).assessments


# ---------------------------------------------------------------- what plugins may import

PUBLIC = (
    *("kstab", "kstab.context", "kstab.errors", "kstab.findings", "kstab.hooks", "kstab.offers"),
    *("kstab.plugin_tools", "kstab.report.page", "kstab.testing"),
)


def imports(path) -> set[str]:
    """Modules of kstab that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name for name in plain | named if name.split(".")[0] == "kstab"}


@pytest.mark.parametrize(
    "package",
    [
        "plugins/kstab-electronic",
        "plugins/kstab-pilling-bedworth",
        "plugins/kstab-space-charge",
        "examples/kstab-example",
        "examples/kstab-example-analysis",
    ],
)
def test_the_plugins_of_the_checkout_import_public_modules_alone(root, package):
    files = list((root / package).rglob("*.py"))
    assert set().union(*map(imports, files)) <= set(PUBLIC)


def test_what_is_public_is_documented(root):
    page = (root / "docs" / "plugins.md").read_text("utf-8")
    assert not [name for name in PUBLIC if f"`{name}`" not in page]
    assert not [name for name in dir(plugin_tools) if f"`{name}`" not in page]


@pytest.mark.parametrize("name", dir(plugin_tools))
def test_every_tool_is_there(name):
    assert getattr(plugin_tools, name) is not None


def test_the_tools_cost_nothing_before_they_are_used(run_python):
    code = "import sys, kstab.plugin_tools as tools; print('numpy' in sys.modules, len(dir(tools)))"
    assert run_python("-c", code).stdout.split()[0] == b"False"
    with pytest.raises(AttributeError, match="no_such"):
        plugin_tools.no_such  # noqa: B018
