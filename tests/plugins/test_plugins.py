"""The host of plugins: what they add, and that none can take a result away."""

import contextlib
import csv
import dataclasses
import importlib.util
import inspect
import io
import json
import re
import sys
import textwrap
import threading
import types

import pytest

import kstab
from command import process, run
from kstab import builtin, hooks, plugins, testing
from kstab.base.late import loaded
from kstab.cli import quiet
from kstab.errors import PluginError, RequestError
from kstab.hooks import (
    AnalysisOffer,
    Assessment,
    Command,
    Finding,
    Measurement,
    Option,
    hookimpl,
)  # fmt: skip
from schemas import schema

HOOKS = [
    hooks.kstab_analyses, hooks.kstab_assessments, hooks.kstab_phase_sources, hooks.kstab_writers,
    hooks.kstab_commands,
]  # fmt: skip


@pytest.fixture
def write(tmp_path):
    """Write a one-file plugin and return its path."""

    def write(body: str, name: str = "mine.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(body), encoding="utf-8")
        return path

    return write


ASSESS = """
    from kstab.hooks import Assessment, Finding, Measurement, hookimpl

    def assess(result, context):
        {body}

    @hookimpl
    def kstab_assessments():
        return [Assessment("mine", ("window", "interface"), assess)]
"""


def assessing(write, body: str, **options):
    """What a plugin with this assessment makes of a window."""
    host = plugins.load([write(ASSESS.format(body=body))], installed=False)
    return kstab.window("K2S", plugins=host, compare=False, **options).assessments


def test_a_finding_reaches_every_format(write):
    path = write(
        ASSESS.format(
            body="yield Finding('fine', 'low', f'{result.formula} is fine.', notes=('But.',))"
        )
    )
    text = run("window", "K2S", "--plugin-file", str(path)).stdout
    assert "mine  K2S is fine." in " ".join(text.split("\n"))
    assert re.search(r"^mine +fine +low$", text, re.MULTILINE)
    assert "No finding knows how fast" in text.replace("\n", " ")
    assert "- But." not in text
    assert "--details" in text
    full = run("window", "K2S", "--plugin-file", str(path), "--details").stdout
    assert "- But." in full
    assert "--details" not in full
    document = json.loads(
        run("--plugin-file", str(path), "--no-plugins", "window", "K2S", "--format", "json").stdout
    )
    (found,) = document["assessments"]
    assert (found["name"], found["plugin"], found["failed"]) == ("mine", str(path), False)
    schema("window").validate(document)
    host = plugins.load([path], installed=False)
    assert "K2S is fine." in kstab.window("K2S", plugins=host)._repr_html_()
    contact = kstab.interface("K", "K2O2", plugins=host, compare=False)
    assert contact.assessments[0].failed  # an interface has no formula


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("raise ValueError('boom')", "ValueError: boom"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("return [1]", "returned 1 where a Finding belongs"),
        ("return 5", "not iterable"),
        ("return [Finding('a', 'sure', 'b')]", "'sure' is not one of"),
        ("return [Finding(1, 'high', 'b')]", "the verdict is 1 and no text"),
        ("return [Finding('a', 'high', 'b', measurements=('x',))]", "'x', which is no Measurement"),
        (
            "return [Finding('a', 'high', 'b', notes='word')]",
            "give a tuple of str",
        ),
        ("return Finding('a', 'high', 'b')", "return [finding], or yield it"),
        ("return [Finding('A b', 'high', 'b')]", "lower-case words joined by _"),
        ("return [Finding('a', 'high', ' ')]", "the headline is empty"),
        ("return [Finding('a', 'high', 'b', (Measurement('x', 1, low=2, high=1),))]", "ends below"),
        ("1 / 0", "ZeroDivisionError: division by zero (mine.py, line 5)"),
        ("result.formula = 'KCl'", "FrozenInstanceError"),
        ("context.table.energies[:] = 0.0", "read-only"),
        ("context.options['x'] = 1", "does not support item assignment"),
        ("import os; os.write(2, b''); 1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_failure_is_said_and_takes_nothing_away(write, body, cause):
    (found,) = assessing(write, body)
    assert found.failed
    assert (found.verdict, found.confidence) == ("failed", "none")
    assert cause in found.headline
    plain = kstab.window("K2S", compare=False)
    host = plugins.load([write(ASSESS.format(body=body), "again.py")], installed=False)
    hurt = kstab.window("K2S", compare=False, plugins=host)
    assert {**hurt.to_dict(), "assessments": []} == plain.to_dict()


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("import time; time.sleep(60)", "failed: no answer within 0.2 s."),
        ("raise KeyboardInterrupt", "failed: KeyboardInterrupt (mine.py, line 5)."),
        ("context.phase('K2S)')", "failed: FormulaError: "),
    ],
)
def test_the_command_line_gives_up_a_plugin_that_sleeps(write, monkeypatch, body, cause):
    monkeypatch.setattr(quiet, "PATIENCE", 0.2)
    host = quiet.quiet_host((write(ASSESS.format(body=body)),), installed=False)
    (found,) = kstab.window("K2S", plugins=host, compare=False).assessments
    assert cause in found.headline
    assert found.failed


def test_a_page_that_a_plugin_makes_is_one_for_the_terminal(monkeypatch, capsys):
    """What stands in for standard output looks like it, and drops what is written."""
    host = quiet.quiet_host((), installed=False)
    plugin = dataclasses.replace(host.plugins[0], state="loaded")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    seen = host.call(lambda: (print("noise"), sys.stdout.isatty(), sys.stdout.encoding), plugin)
    assert seen == (None, True, sys.stdout.encoding)
    assert capsys.readouterr().out == ""


def test_standard_output_and_threads_of_a_program_are_left_alone(capsys):
    """While an assessment runs, another thread of the program prints eight lines."""

    def assess(result, context):
        other = threading.Thread(target=lambda: print(*range(8), sep="\n"))
        other.start()
        other.join()
        yield Finding("a", "high", threading.current_thread().name)

    @hookimpl
    def kstab_assessments():
        return [Assessment("mine", ("window",), assess)]

    host = plugins.host_of(types.SimpleNamespace(kstab_assessments=kstab_assessments))
    (found,) = kstab.window("K2S", plugins=host, compare=False).assessments
    assert found.headline == threading.current_thread().name
    assert capsys.readouterr().out.split() == list("01234567")


def test_what_a_plugin_prints_or_smuggles_in_does_not_reach_the_terminal(write):
    path = write(
        ASSESS.format(
            body="print('noise'); return [Finding('a', 'high', '[red]b[/red] \\x1b[31mc\\x07')]"
        )
    )
    done = run("window", "K2S", "--plugin-file", str(path))
    assert "noise" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout
    assert "[red]b[/red]" in done.stdout


def test_numbers_that_are_none_become_unknown(write):
    body = (
        "from kstab.hooks import Measurement as M\n"
        "        numbers = M('x', float('nan')), M('y', 'word'), M('z', 2)\n"
        "        return [Finding('a', 'high', 'b', numbers)]"
    )
    (found,) = assessing(write, body)
    assert [m.value for m in found.measurements] == [None, "word", 2.0]


def test_options_of_an_assessment(write):
    path = write("""
        from kstab.hooks import Assessment, Finding, Option, hookimpl

        def assess(result, context):
            yield Finding("a", "high", f"step {context.options['step']} {context.options['way']}")

        @hookimpl
        def kstab_assessments():
            step = Option("step", float, 0.5, "How far, V.")
            way = Option("way", str, "up", "Which way.", choices=("up", "down"))
            return [Assessment("mine", ("window",), assess, options=(step, way))]
    """)
    arguments = ("window", "K2S", "--plugin-file", str(path))
    assert "step 0.5 up" in run(*arguments).stdout
    assert "step 0.2 down" in run(*arguments, "--mine-step", "0.2", "--mine-way", "down").stdout
    assert run(*arguments, "--mine-step", "far").returncode == 2
    assert "--mine-step" in run("window", "--help", "--plugin-file", str(path)).stdout
    assert (
        run("interface", "K", "K2S", "--mine-step", "1", "--plugin-file", str(path)).returncode == 2
    )
    host = plugins.load([path], installed=False)
    (found,) = kstab.window("K2S", plugins=host, options={"mine": {"step": 1.0}}).assessments
    assert found.headline == "step 1.0 up"
    with pytest.raises(RequestError, match="mine step, mine way"):
        kstab.window("K2S", plugins=host, options={"mine": {"stride": 1.0}})


def test_a_context_knows_the_phases_and_solves(write):
    body = (
        "facts = context.phase('K3Sb'); nothing = context.phase('K9Sb')\n"
        "        window = context.solve('K2S', without=('KS3',))\n"
        "        yield Finding('a', 'high', f'{facts.volume:.1f} {facts.volume_quality} '\n"
        "                      f'{facts.band_gap_min:.2f} {facts.energy_above_hull} {nothing} '\n"
        "                      f'{window.oxidation_limit:.3f} {context.ion} {context.temperature}')"
    )
    (found,) = assessing(write, body, temperature="none")
    # 176.86 Å³ and 0.39 eV for K3Sb, as in phase_data; 1.655 V is the oxidation limit of K2S.
    assert found.headline == "176.9 A 0.39 0.0 None 1.655 K 298.15"
    (found,) = assessing(write, body, temperature=400)
    assert found.headline.endswith("K 400.0")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("def f(:", "SyntaxError"),
        ("import sys; raise RuntimeError('at import')", "RuntimeError: at import"),
        (
            "from kstab.hooks import hookimpl\n@hookimpl\ndef kstab_asessments(): return []",
            "there is no hook kstab_asessments; kstab_assessments is one",
        ),
        (
            "from kstab.hooks import hookimpl\n@hookimpl\ndef kstab_assessments(wrong): return []",
            "PluginValidationError",
        ),
        (
            "from kstab.hooks import hookimpl\n@hookimpl\ndef kstab_assessments(): return [1]",
            "returned int and not Assessment",
        ),
        (
            "from kstab.hooks import hookimpl\n@hookimpl\ndef kstab_assessments(): return 1 / 0",
            "ZeroDivisionError",
        ),
    ],
)
def test_a_plugin_that_cannot_be_used_is_a_clear_error(write, body, cause):
    path = write(body)
    done = run("window", "K2S", "--plugin-file", str(path))
    assert (done.returncode, done.stdout) == (6, "")
    assert "The plugin mine of" in done.stderr
    assert cause in done.stderr
    assert "Correct the file, or leave it out" in done.stderr
    assert "KSTAB_DISABLE_PLUGINS=x" in PluginError("x", "kstab-x", "1", "why").advice
    assert "Traceback" not in done.stderr


def test_two_plugins_of_one_name_or_one_assessment_are_refused(write, tmp_path):
    body = ASSESS.format(body="return []")
    first, second = write(body, "one.py"), write(body, "two.py")
    with pytest.raises(PluginError, match=r"'mine' is already the name of one in .*one\.py"):
        plugins.load([first, second], installed=False)
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "one.py"
    twin.write_text(first.read_text("utf-8"), encoding="utf-8")
    with pytest.raises(PluginError, match="has a plugin of that name too"):
        plugins.load([first, twin], installed=False)


def test_installed_plugins_are_found_listed_and_left_out(tmp_path, write, monkeypatch):
    """An entry point on the path is an installed plugin; no packaging is needed for that."""
    write(ASSESS.format(body="return [Finding('a', 'high', 'b')]"), "kstab_sample.py")
    info = tmp_path / "kstab_sample-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kstab-sample\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[kstab]\nsample = kstab_sample\n")
    found = process("plugins", "--format", "json", env={"PYTHONPATH": str(tmp_path)})
    listed = json.loads(found.stdout)
    assert {
        "name": "sample",
        "distribution": "kstab-sample",
        "version": "1.2",
        "hooks": ["kstab_assessments"],
        "state": "loaded",
        "cause": "",
    } in listed["plugins"]
    monkeypatch.syspath_prepend(tmp_path)
    assert "kstab-sample 1.2  loaded" in run("plugins").stdout
    assert "kstab-sample 1.2" in run("window", "K2S").stdout.replace("\n", " ")
    for name in ("sample", "kstab-sample", "all", "ALL"):
        off = {"KSTAB_DISABLE_PLUGINS": name}
        assert "kstab-sample" not in run("window", "K2S", env=off).stdout
        assert "kstab-sample 1.2  disabled" in run("plugins", env=off).stdout
    assert "kstab-sample" not in run("window", "K2S", "--no-plugins").stdout
    typing_error = run("window", "K2S", env={"KSTAB_DISABLE_PLUGINS": "smaple"})
    assert "kstab-sample 1.2" in typing_error.stdout.replace("\n", " ")
    assert "names smaple, which no installed plugin is called" in typing_error.stderr
    # A file of the name of a plugin that is left out speaks for itself.
    write(ASSESS.format(body="return [Finding('a', 'high', 'b')]"), "sample.py")
    arguments = ("window", "K2S", "--plugin-file", str(tmp_path / "sample.py"))
    out = run(*arguments, env={"KSTAB_DISABLE_PLUGINS": "sample"}).stdout
    assert "sample.py" in out.replace("\n", "")
    assert "kstab-sample" not in out
    assert "kstab-sample has a plugin of that name too" in run(*arguments).stderr


def test_kstab_itself_comes_in_through_the_hooks():
    host = plugins.load(installed=False)
    (own,) = host.plugins
    assert (own.name, own.state, own.version) == ("kstab", "built in", kstab.__version__)
    assert set(own.hooks) == {hook.__name__ for hook in HOOKS} - {"kstab_assessments"}
    assert list(host.analyses) == [offer.name for offer in builtin.kstab_analyses()]
    assert list(host.commands)[:2] == ["window", "interface"]
    assert list(host.sources) == ["mp-2019", "experimental", "mp", "mp-gnome"]
    assert list(host.writers) == [
        *("terminal", "json", "csv", "csv-assessments", "html", "markdown", "latex"),
    ]
    for command, _ in host.commands.values():
        assert command.make().name == command.name


@pytest.mark.parametrize("field", ["result", "request", "solve", "figure"])
def test_what_kstab_offers_can_be_imported(field):
    for analysis in builtin.kstab_analyses():
        assert callable(loaded(getattr(analysis, field) or print)), analysis.name


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"name": "Count"}, ValueError, "the analysis 'Count' is not named in lower-case words"),
        ({"result": None}, TypeError, "the result of count is None and no function"),
        ({"page": "no place"}, ValueError, "'no place' and not written as 'module:name'"),
        ({"figure": 3}, TypeError, "the figure of count is 3 and no function"),
        ({"citations": "zhu2015"}, TypeError, "citations is 'zhu2015'; give a tuple of str"),
        ({"command": print}, TypeError, "and no Command"),
        ({"schema": 1}, TypeError, "the schema of count is 1 and no text"),
    ],
)
def test_an_analysis_is_checked_where_it_is_made(change, error, message):
    with pytest.raises(error, match=re.escape(message)):
        AnalysisOffer(**{"name": "count", "result": "a:B", "page": print} | change)


def test_what_is_for_an_absent_analysis_waits_for_it(write):
    absent = _example(hooks.kstab_assessments).replace('("window",)', '("corrosion",)')
    host = plugins.load(write(absent), installed=False)
    assert host.of("corrosion")
    assert kstab.window("K2S", plugins=host, compare=False).assessments == ()


@pytest.mark.parametrize(
    ("hook", "old", "new", "cause"),
    [
        (hooks.kstab_assessments, '("window",)', '("windows",)', "analyses of high-voltage are"),
        (hooks.kstab_assessments, '("window",)', '("system",)', "not some of window, interface"),
        (hooks.kstab_writers, "suffixes", 'kinds=("windows",), suffixes', "kinds of brief are"),
    ],
)
def test_an_analysis_misspelt_or_of_the_wrong_sort_is_refused(write, hook, old, new, cause):
    with pytest.raises(PluginError, match=cause):
        plugins.load(write(_example(hook).replace(old, new)), installed=False)


@pytest.mark.parametrize(
    ("hook", "old", "new"),
    [
        (hooks.kstab_analyses, 'Offer("count"', 'Offer("system"'),
        (hooks.kstab_phase_sources, '"my-data", load', '"mp-2019", load'),
        (hooks.kstab_writers, '"brief"', '"json"'),
        (hooks.kstab_commands, 'Command("atoms"', 'Command("window"'),
    ],
)
def test_a_plugin_cannot_take_the_place_of_a_part_of_kstab(write, hook, old, new):
    done = run("window", "K2S", "--plugin-file", str(write(_example(hook).replace(old, new))))
    assert (done.returncode, done.stdout) == (6, "")
    assert "is already the name of one in kstab" in done.stderr


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("raise ValueError('boom')", "ValueError: boom (mine.py, line 5)"),
        ("return 5", "mine makes int and no click command"),
        (
            "import click\n    return click.Command('mine', callback=lambda: 1 / 0)",
            "ZeroDivisionError: division by zero (mine.py, line 6)",
        ),
    ],
)
def test_a_command_that_fails_is_the_plugins_fault(write, body, cause):
    path = write(
        f"""\
from kstab.hooks import Command, hookimpl

def make():
    # line 4
    {body}

@hookimpl
def kstab_commands():
    return [Command("mine", make, "Does something.")]
"""
    )
    done = run("mine", "--plugin-file", str(path))
    assert (done.returncode, done.stdout) == (6, "")
    assert cause in done.stderr
    assert "mine  " in run("--help", "--plugin-file", str(path)).stdout
    with pytest.raises(AssertionError) if "lambda" not in body else contextlib.nullcontext():
        testing.check_plugin(plugins_module(path))


def plugins_module(path):
    """A file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_broken_plugin_is_listed_and_named_in_the_help(write):
    path = write("1 / 0")
    done = run("plugins", "--plugin-file", str(path))
    assert done.returncode == 6
    assert "mine  mine.py  broken\n  ZeroDivisionError: division by zero" in done.stdout
    (broken,) = [
        each
        for each in json.loads(
            run("plugins", "--format", "json", "--plugin-file", str(path)).stdout
        )["plugins"]
        if each["state"] == "broken"
    ]
    assert broken["cause"].startswith("ZeroDivisionError")
    text = run("--help", "--plugin-file", str(path))
    assert text.returncode == 0
    assert "Plugins that cannot be loaded" in text.stdout
    assert run("data", "cathodes", "--plugin-file", str(path)).returncode == 0


def test_a_file_without_a_hook_is_told_so(write):
    done = run("window", "K2S", "--plugin-file", str(write("def kstab_assessments(): return []")))
    assert done.returncode == 6
    assert "mark its functions with kstab.hooks.hookimpl" in done.stderr


def test_a_file_can_have_dataclasses_with_late_annotations(write):
    head = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass A:\n    x: int\n"
    )
    path = write(head + textwrap.dedent(ASSESS.format(body="return []")))
    assert plugins.load(path, installed=False).assessments


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--plugin-file"], "'--plugin-file' requires an argument"),
        (["--plugin-file="], "does not exist"),
        (["--plugin-file", "no.py"], "'no.py' does not exist"),
    ],
)
def test_a_file_that_is_missing(arguments, message):
    done = run("window", "K2S", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_options_that_would_hide_each_other_are_refused(write):
    path = write("""
        from kstab.hooks import Assessment, Option, hookimpl

        @hookimpl
        def kstab_assessments():
            return [
                Assessment("a", ("window",), print, options=(Option("b-c", help="One."),)),
                Assessment("a-b", ("window",), print, options=(Option("c", help="Two."),)),
                Assessment("charged", ("interface",), print, options=(Option("voltage"),)),
            ]
    """)
    done = run("window", "K2S", "--plugin-file", str(path))
    assert done.returncode == 6
    assert "--a-b-c is an option of" in done.stderr
    done = run("interface", "K", "K2S", "--plugin-file", str(path))
    assert "--charged-voltage is an option of kstab already" in done.stderr


@pytest.mark.parametrize(
    ("value", "message"),
    [("nan", "no number"), (True, "not of the type float"), ("far", "not of the type float")],
)
def test_values_of_options_are_of_their_type(write, value, message):
    path = write(_example(hooks.kstab_assessments))
    host = plugins.load(path, installed=False)
    options = {"high-voltage": {"limit": float("nan") if value == "nan" else value}}
    with pytest.raises(RequestError, match=message):
        kstab.window("K2S", plugins=host, options=options)
    if value == "nan":
        done = run("window", "K2S", "--plugin-file", str(path), "--high-voltage-limit", "nan")
        assert done.returncode == 2


@pytest.mark.parametrize(
    "options",
    [
        {"plugins": "mine.py"},
        {"plugins": [1]},
        {"options": {"a": {"b": 1}}},
        {"plugins": plugins.load(installed=False), "options": {"a": 1}},
        {"source": "nowhere"},
        {"scheme": "best"},
    ],
)
def test_a_request_that_cannot_be_meant(options):
    with pytest.raises(RequestError):
        kstab.window("K2S", **options)


def test_findings_in_csv(write):
    path = write(
        ASSESS.format(
            body="return [Finding('so_so', 'low', 'b, c', (Measurement('gap', 2, 'eV', 1, 3),))]"
        )
    )
    arguments = ("window", "K2S", "--plugin-file", str(path), "--no-plugins")
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").stdout)))
    assert {row["assessments"] for row in rows} == {"mine: so_so (low)"}
    own = run(*arguments, "--format", "csv-assessments").stdout
    (row,) = csv.DictReader(io.StringIO(own))
    assert row == {
        "assessment": "mine", "plugin": str(path), "plugin_version": "", "verdict": "so_so",
        "confidence": "low", "headline": "b, c", "subject": "", "quantity": "gap", "value": "2.0",
        "unit": "eV", "low": "1.0", "high": "3.0", "source": "",
    }  # fmt: skip
    contact = run("interface", "K", "K2S", *arguments[2:], "--format", "csv").stdout
    first = next(csv.DictReader(io.StringIO(contact)))
    assert (first["assessments"], first["dataset"]) == ("mine: so_so (low)", "mp-2019")
    done = run("phases", "K-S", "--format", "csv-assessments")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_command_of_a_plugin(write):
    path = write(_example(hooks.kstab_commands))
    assert run("--plugin-file", str(path), "atoms", "K3SbS4").stdout == "8\n"
    assert run("atoms", "K3SbS4", "--plugin-file", str(path)).stdout == "8\n"
    assert "atoms" in run("--help", "--plugin-file", str(path)).stdout
    assert run("atoms", "K3SbS4").returncode == 2


def test_an_analysis_of_a_plugin_is_listed(write):
    arguments = ("plugins", "--plugin-file", str(write(_example(hooks.kstab_analyses))))
    assert "\n  analysis count" in run(*arguments).stdout
    (listed,) = json.loads(run(*arguments, "--format", "json").stdout)["analyses"]
    assert (listed["name"], listed["plugin"]) == ("count", "mine")
    assert "analys" not in run("plugins", "--no-plugins").stdout


def test_a_source_of_a_plugin(write):
    """-1.32 eV/atom are 3.96 eV per K2S, 1.98 V for each of its two K."""
    path = write(_example(hooks.kstab_phase_sources))
    arguments = (
        "window", "K2S", "--source", "my-data", "--temperature", "none", "--format", "json",
    )  # fmt: skip
    document = json.loads(run(*arguments, "--plugin-file", str(path)).stdout)
    assert document["oxidation_limit"] == pytest.approx(1.98)
    assert (document["provenance"]["dataset"], document["scheme"]) == ("my-data", "mine")
    assert document["by_scheme"] == []
    assert run(*arguments).returncode == 2
    assert document["provenance"]["dataset_version"] == f"({path})"
    listed = run("phases", "K-S", "--source", "my-data", "--plugin-file", str(path)).stdout
    assert "K2S" in listed
    wrong = run(*arguments, "--scheme", "kstab", "--plugin-file", str(path))
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "come in 'mine' alone" in wrong.stderr
    right = run(*arguments, "--scheme", "mine", "--plugin-file", str(path))
    assert right.returncode == 0
    body = _example(hooks.kstab_phase_sources).replace("return PhaseTable", "1 / 0; PhaseTable")
    broken = write(body, "b.py")
    done = run(*arguments, "--plugin-file", str(broken))
    assert (done.returncode, done.stdout) == (6, "")


def test_a_source_with_several_schemes_is_asked_for_each(write):
    """K2S is at -1.2 eV/atom, 1.8 V, in one scheme and 10 % lower in the other."""
    path = write("""
        from kstab.hooks import PhaseSource, hookimpl

        def load(request):
            from kstab import Formula, PhaseTable

            assert request.elements == ("K", "S"), request
            scale = {"a": 1.0, "b": 1.1}[request.scheme] * request.temperature / 298.15
            phases = [("K", 0.0), ("S", 0.0), ("K2S", -1.2 * scale)]
            rows = [(Formula.parse(formula), "", energy) for formula, energy in phases]
            return PhaseTable.build("two", rows, scheme=request.scheme, version="7")

        @hookimpl
        def kstab_phase_sources():
            return [PhaseSource("two", load, "Two schemes.", schemes=("a", "b"))]
    """)
    host = plugins.load(path, installed=False)
    which = {"source": "two", "temperature": "none", "plugins": host}
    result = kstab.window("K2S", **which)
    assert (result.scheme, result.oxidation_limit) == ("a", pytest.approx(1.8))
    ((other, limit),) = [(each.scheme, each.oxidation_limit) for each in result.by_scheme]
    assert (other, limit) == ("b", pytest.approx(1.98))
    assert result.provenance.dataset_version == "7"
    assert kstab.window("K2S", scheme="b", **which).scheme == "b"
    assert kstab.windows(["K2S"], **which).oxidation_limits[0] == pytest.approx(1.8)
    with pytest.raises(RequestError, match="Choose one of: a, b"):
        kstab.window("K2S", scheme="c", **which)


@pytest.mark.parametrize("free_energies", [False, True])
def test_free_energies_are_not_corrected_twice(write, free_energies):
    """K2O forms with -137.9 J/(mol K): 94.1 less 2 × 64.7 and 205.1 / 2 (NIST-JANAF, recalled).

    That is 41.1 kJ/mol at 298.15 K, 0.213 V for each of its two K; 1.8 V are left of its enthalpy.
    """
    path = write(f"""
        from kstab.hooks import PhaseSource, hookimpl

        def load(request):
            from kstab import Formula, PhaseTable

            rows = [(Formula.parse(f), "", e) for f, e in (("K", 0), ("O2", 0), ("K2O", -1.2))]
            return PhaseTable.build("own", rows, scheme="g")

        @hookimpl
        def kstab_phase_sources():
            return [PhaseSource("own", load, "Own.", free_energies={free_energies})]
    """)
    host = plugins.load(path, installed=False)
    limit = kstab.window("K2O", source="own", plugins=host).oxidation_limit
    assert (limit == pytest.approx(1.8)) is free_energies
    which = {"source": "own", "temperature": "none", "plugins": host}
    if free_energies:
        with pytest.raises(RequestError, match="own are Gibbs energies, and enthalpies are asked"):
            kstab.window("K2O", **which)
    else:
        assert limit == pytest.approx(1.8 - 0.213, abs=0.04)
        assert kstab.window("K2O", **which).oxidation_limit == pytest.approx(1.8)


@pytest.mark.parametrize("where", ["at import", "in a hook"])
def test_a_plugin_cannot_end_kstab(write, where):
    body = "raise SystemExit(0)\n"
    if where == "in a hook":
        head = "from kstab.hooks import hookimpl\n@hookimpl\ndef kstab_assessments():\n    "
        body = head + body
    done = run("window", "K2S", "--plugin-file", str(write(body)))
    assert (done.returncode, done.stdout) == (6, "")
    assert "SystemExit: 0" in done.stderr


def test_two_formats_of_one_ending_are_refused(write):
    body = _example(hooks.kstab_writers).replace('".brief"', '".json"')
    done = run("plugins", "--plugin-file", str(write(body)))
    assert done.returncode == 6
    assert "mine.py  broken\n  .json is already the ending of json" in done.stdout


def test_a_type_that_fails_is_a_usage_error(write):
    path = write("""
        from kstab.hooks import Assessment, Option, hookimpl

        def pair(text):
            return tuple(text.split(":"))

        @hookimpl
        def kstab_assessments():
            return [Assessment("a", ("window",), print, options=(Option("b", pair, help="C."),))]
    """)
    done = run("window", "K2S", "--a-b", "1:2", "--plugin-file", str(path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_format_of_a_plugin(write, tmp_path):
    path = write(_example(hooks.kstab_writers))
    arguments = ("--format", "brief", "--plugin-file", str(path))
    assert run("window", "K2S", *arguments).stdout == "window in scheme kstab\n"
    assert run("interface", "K", "K2S", *arguments).stdout == "interface in scheme kstab\n"
    target = tmp_path / "brief.txt"
    assert run("window", "K2S", *arguments, "--output", str(target)).returncode == 0
    assert target.read_text("utf-8") == "window in scheme kstab\n"
    assert run("window", "K2S", "--format", "brief").returncode == 2
    by_ending = tmp_path / "a.brief"
    assert run("window", "K2S", *arguments[2:], "--output", str(by_ending)).returncode == 0
    assert by_ending.read_text("utf-8") == "window in scheme kstab\n"
    assert run("phases", "K-S", *arguments).returncode == 2


def _example(hook) -> str:
    """The whole plugin in the docstring of a hook."""
    text = inspect.getdoc(hook) or ""
    return textwrap.dedent(text.split("::\n", 1)[1])


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_the_plugin_in_each_docstring_works(hook, write):
    host = plugins.load([write(_example(hook))], installed=False)
    own, plugin = host.plugins
    assert own.state == "built in"
    assert plugin.hooks == (hook.__name__,)
    offered = (host.analyses, host.assessments, host.commands, host.sources, host.writers)
    assert plugin in [owner for offers in offered for _, owner in offers.values()]


def test_every_hook_is_specified_documented_and_tested(root):
    specified = [f for n, f in vars(hooks).items() if n.startswith("kstab_") and callable(f)]
    assert specified == HOOKS
    page = (root / "docs" / "plugins.md").read_text("utf-8")
    described = re.findall(r"^\.\. auto(\w+):: kstab\.hooks\.(\w+)$", page, flags=re.MULTILINE)
    assert sorted(name for _, name in described) == sorted(hooks.__all__)
    for hook in specified:
        assert "A whole plugin, in one file::" in (hook.__doc__ or "")
        assert ("function", hook.__name__) in described


def test_lists_may_stand_where_tuples_are_asked_for():
    made = Assessment("a", ["window"], print, options=[Option("b", str, choices=["c", "d"])])
    assert (made.analyses, made.options[0].choices) == (("window",), ("c", "d"))
    assert hash(made)


def test_a_source_that_fails_is_the_plugins_fault(write):
    body = _example(hooks.kstab_phase_sources).replace("return PhaseTable", "1 / 0; PhaseTable")
    source, plugin = plugins.load(write(body), installed=False).sources["my-data"]
    with pytest.raises(PluginError, match=f"{plugin.name} .*ZeroDivisionError"):
        source.load(hooks.SourceRequest(None, ("K", "S"), 298.15))


def test_values_are_frozen():
    for value in (
        Finding("a", "high", "b"), Measurement("a", 1.0), Option("a"), Command("a", print),
        Assessment("a", ("window",), print),
    ):  # fmt: skip
        first = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, first, "b")


def test_findings_are_not_added_up(write):
    """Two findings that agree are no surer than the least sure of them."""
    path = write(
        ASSESS.format(
            body="return [Finding('a', 'high', 'b', notes=('n',)), Finding('a', 'low', 'c')]"
        )
    )
    text = run("window", "K2S", "--plugin-file", str(path), "--no-plugins").stdout
    assert "no surer than the least sure: low (mine)." in text.replace("\n", " ")
    html = kstab.window("K2S", plugins=plugins.load(path, installed=False))._repr_html_()
    assert "no surer than the least sure: low (mine)." in html
    assert "<li>n</li>" in html
    assert path.name in html
