"""The host of plugins: what they add, and that none can take a result away."""

import dataclasses
import inspect
import json
import textwrap

import pytest

import kstab
from command import run
from kstab import hooks, plugins
from kstab.errors import PluginError, RequestError
from kstab.hooks import Assessment, Command, Finding, Measurement, Option
from test_json import schema

HOOKS = [
    hooks.kstab_assessments, hooks.kstab_phase_sources, hooks.kstab_writers, hooks.kstab_commands,
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
    from kstab.hooks import Assessment, Finding, hookimpl

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
    assert "mine  K2S is fine. (fine, confidence low;" in " ".join(text.split("\n"))
    assert "- But." not in text
    assert "--details" in text
    full = run("window", "K2S", "--plugin-file", str(path), "--details").stdout
    assert "- But." in full
    assert "--details" not in full
    document = json.loads(
        run("--plugin-file", str(path), "window", "K2S", "--format", "json").stdout
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
        ("return [1]", "a finding is no int"),
        ("return 5", "not iterable"),
        ("return [Finding('a', 'sure', 'b')]", "'sure' is not one of"),
        ("return [Finding(1, 'high', 'b')]", "1 is no text"),
        ("return [Finding('a', 'high', 'b', measurements=('x',))]", "a measurement is no str"),
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


def test_a_plugin_that_sleeps_is_given_up(write, monkeypatch):
    monkeypatch.setattr(plugins, "PATIENCE", 0.2)
    (found,) = assessing(write, "import time; time.sleep(60)")
    assert "no answer within 0.2 s" in found.headline


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
    (found,) = assessing(write, body)
    # 176.86 Å³ and 0.39 eV for K3Sb, as in phase_data; 1.700 V is the oxidation limit of K2S.
    assert found.headline == "176.9 A 0.39 0.0 None 1.700 K 298.15"
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
            "unknown hook 'kstab_asessments'",
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
    host = plugins.load([first, second], installed=False)
    with pytest.raises(PluginError, match=r"'mine' is already the name of one in .*one\.py"):
        _ = host.assessments
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "one.py"
    twin.write_text(first.read_text("utf-8"), encoding="utf-8")
    with pytest.raises(PluginError, match="has a plugin of that name too"):
        plugins.load([first, twin], installed=False)


def test_installed_plugins_are_found_listed_and_left_out(tmp_path, write):
    """An entry point on the path is an installed plugin; no packaging is needed for that."""
    write(ASSESS.format(body="return [Finding('a', 'high', 'b')]"), "kstab_sample.py")
    info = tmp_path / "kstab_sample-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kstab-sample\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[kstab]\nsample = kstab_sample\n")
    env = {"PYTHONPATH": str(tmp_path)}
    listed = json.loads(run("plugins", "--format", "json", env=env).stdout)
    assert {
        "name": "sample",
        "distribution": "kstab-sample",
        "version": "1.2",
        "hooks": ["kstab_assessments"],
        "state": "loaded",
    } in listed["plugins"]
    assert "kstab-sample 1.2  loaded" in run("plugins", env=env).stdout
    assert "kstab-sample 1.2" in run("window", "K2S", env=env).stdout
    for off in ({"KSTAB_DISABLE_PLUGINS": "sample"}, {"KSTAB_DISABLE_PLUGINS": "all"}):
        assert "kstab-sample" not in run("window", "K2S", env=env | off).stdout
    assert "disabled" in run("plugins", env=env | {"KSTAB_DISABLE_PLUGINS": "sample"}).stdout
    assert "kstab-sample" not in run("window", "K2S", "--no-plugins", env=env).stdout


def test_a_command_of_a_plugin(write):
    path = write(_example(hooks.kstab_commands))
    assert run("--plugin-file", str(path), "atoms", "K3SbS4").stdout == "8\n"
    assert run("atoms", "K3SbS4", "--plugin-file", str(path)).stdout == "8\n"
    assert "atoms" in run("--help", "--plugin-file", str(path)).stdout
    assert run("atoms", "K3SbS4").returncode == 2


def test_a_source_of_a_plugin(write):
    """-1.32 eV/atom are 3.96 eV per K2S, 1.98 V for each of its two K."""
    path = write(_example(hooks.kstab_phase_sources))
    arguments = ("window", "K2S", "--source", "my-data", "--format", "json")
    document = json.loads(run(*arguments, "--plugin-file", str(path)).stdout)
    assert document["oxidation_limit"] == pytest.approx(1.98)
    assert (document["provenance"]["dataset"], document["scheme"]) == ("my-data", "mine")
    assert document["by_scheme"] == []
    assert run(*arguments).returncode == 2
    body = _example(hooks.kstab_phase_sources).replace("return PhaseTable", "1 / 0; PhaseTable")
    broken = write(body, "b.py")
    done = run(*arguments, "--plugin-file", str(broken))
    assert (done.returncode, done.stdout) == (6, "")


def test_a_format_of_a_plugin(write, tmp_path):
    path = write(_example(hooks.kstab_writers))
    arguments = ("--format", "brief", "--plugin-file", str(path))
    assert run("window", "K2S", *arguments).stdout == "window in scheme kstab\n"
    assert run("interface", "K", "K2S", *arguments).stdout == "interface in scheme kstab\n"
    target = tmp_path / "brief.txt"
    assert run("window", "K2S", *arguments, "--output", str(target)).returncode == 0
    assert target.read_text("utf-8") == "window in scheme kstab\n"
    assert run("window", "K2S", "--format", "brief").returncode == 2


def _example(hook) -> str:
    """The whole plugin in the docstring of a hook."""
    text = inspect.getdoc(hook) or ""
    return textwrap.dedent(text.split("::\n", 1)[1])


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_the_plugin_in_each_docstring_works(hook, write):
    host = plugins.load([write(_example(hook))], installed=False)
    (plugin,) = host.plugins
    assert plugin.hooks == (hook.__name__,)
    assert host.assessments or host.commands or host.sources or host.writers


def test_every_hook_is_specified_documented_and_tested():
    specified = [f for n, f in vars(hooks).items() if n.startswith("kstab_") and callable(f)]
    assert specified == HOOKS
    for hook in specified:
        assert "A whole plugin, in one file::" in (hook.__doc__ or "")


def test_values_are_frozen():
    for value in (
        Finding("a", "high", "b"), Measurement("a", 1.0), Option("a"), Command("a", print),
        Assessment("a", ("window",), print),
    ):  # fmt: skip
        first = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, first, "b")
