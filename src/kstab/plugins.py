"""The host of plugins: it finds them, loads them, and runs their assessments.

No plugin can take a result away. One that cannot be loaded is a clear error with the
switch to go on without it; one that fails while it assesses becomes a finding that
says so; what a plugin returns is checked and made harmless before it is shown.
"""

import importlib.util
import io
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import metadata
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import pluggy

from kstab import hooks
from kstab.errors import PluginError, RequestError
from kstab.findings import Assessed, Finding, Measurement
from kstab.hooks import GROUP, Analysis, Assessment, Command, PhaseSource, Writer

if TYPE_CHECKING:
    from kstab.phases import PhaseTable

DISABLE: Final = "KSTAB_DISABLE_PLUGINS"
"""Environment variable: names of plugins to leave out, separated by commas, or ``all``."""

PATIENCE: Final = 20.0
"""Seconds after which an assessment is given up."""

_CONFIDENCES: Final = ("high", "medium", "low", "none")


@dataclass(frozen=True)
class Plugin:
    """A plugin that was found.

    Attributes:
        name: Name of its entry point, or of its file without the suffix.
        distribution: The distribution it is from, or the path of its file.
        version: Version of the distribution; empty for a file.
        hooks: Names of the hooks it implements, sorted; empty where it was left out.
        state: Whether it was loaded, or left out on request.
    """

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...]
    state: Literal["loaded", "disabled"]


class Host:
    """Loaded plugins and what they add.

    Args:
        plugins: What was found.
        manager: The manager they are registered with.
    """

    def __init__(self, plugins: tuple[Plugin, ...], manager: pluggy.PluginManager) -> None:
        self.plugins = plugins
        self._manager = manager

    @cached_property
    def assessments(self) -> dict[str, tuple[Assessment, Plugin]]:
        """Assessments by name, sorted, each with its plugin."""
        return self._offers("kstab_assessments", Assessment)

    @cached_property
    def commands(self) -> dict[str, tuple[Command, Plugin]]:
        """Commands by name, sorted, each with its plugin."""
        return self._offers("kstab_commands", Command)

    @cached_property
    def sources(self) -> dict[str, tuple[PhaseSource, Plugin]]:
        """Sources of phases by name, sorted, each with its plugin."""
        return self._offers("kstab_phase_sources", PhaseSource)

    @cached_property
    def writers(self) -> dict[str, tuple[Writer, Plugin]]:
        """Formats by name, sorted, each with its plugin."""
        return self._offers("kstab_writers", Writer)

    def phases(self, name: str) -> "PhaseTable":
        """Return the phases of a source.

        Raises:
            PluginError: It cannot load them, or they are something else.
        """
        from kstab.phases import PhaseTable  # --help lists plugins, and does without numpy

        source, plugin = self.sources[name]
        table = called(source.load, plugin)
        if not isinstance(table, PhaseTable):
            raise _error(plugin, f"{name} gives {type(table).__name__} and no PhaseTable")
        return table

    def write(self, name: str, result: Any) -> str:
        """Return a result in a format.

        Raises:
            PluginError: It cannot be written, or not as text.
        """
        writer, plugin = self.writers[name]
        text = called(lambda: writer.write(result), plugin)
        if not isinstance(text, str):
            raise _error(plugin, f"{name} gives {type(text).__name__} and no text")
        return text

    def of(self, analysis: Analysis) -> list[Assessment]:
        """Return the assessments that read the results of an analysis."""
        return [a for a, _ in self.assessments.values() if analysis in a.analyses]

    def _offers(self, hook: str, kind: type) -> dict[str, tuple[Any, Plugin]]:
        """What all plugins return for a hook, by name; a name has one owner."""
        found: dict[str, tuple[Any, Plugin]] = {}
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            plugin = self._plugin(implementation.plugin_name)
            for offer in called(partial(_listed, implementation.function), plugin):
                name: Any = getattr(offer, "name", None)
                if not isinstance(offer, kind):
                    reason = f"{hook} returned {type(offer).__name__} and not {kind.__name__}"
                    raise _error(plugin, reason)
                if not isinstance(name, str):
                    raise _error(plugin, f"the name {name!r} is no text")
                if name in found:
                    other = found[name][1].distribution
                    raise _error(plugin, f"{name!r} is already the name of one in {other}")
                found[name] = offer, plugin
        return dict(sorted(found.items()))

    def _plugin(self, name: str) -> Plugin:
        return next(plugin for plugin in self.plugins if plugin.name == name)


def load(files: Iterable[Path] = (), *, installed: bool = True) -> Host:
    """Find and load plugins.

    Args:
        files: Files to load as plugins too.
        installed: Whether to look for installed ones.

    Raises:
        PluginError: A plugin cannot be loaded, names an unknown hook, or has another one's name.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hooks)
    plugins: list[Plugin] = []
    for name, distribution, version, read in (
        *(_installed() if installed else ()),
        *((path.stem, str(path), "", _reader(path)) for path in files),
    ):
        plugin = Plugin(name, distribution, version, (), "disabled")
        if distribution.endswith(".py") or name not in _disabled():
            plugin = _register(manager, plugin, read, plugins)
        plugins.append(plugin)
    return Host(tuple(plugins), manager)


def host_of(module: Any) -> Host:
    """Return a host with one plugin, which is imported already.

    Args:
        module: The module, or the object, that has the hooks.

    Raises:
        PluginError: It names an unknown hook, or gives one other arguments.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hooks)
    name = getattr(module, "__name__", type(module).__name__)
    plugin = _register(manager, Plugin(name, name, "", (), "disabled"), lambda: module, [])
    return Host((plugin,), manager)


def _installed() -> Iterable[tuple[str, str, str, Any]]:
    """Entry points of the group, in the order of their names."""
    found = metadata.entry_points(group=GROUP)
    if "all" in _disabled():
        found = metadata.EntryPoints()
    for entry in sorted(found, key=lambda entry: (entry.name, entry.value)):
        owner = (entry.dist.name, entry.dist.version) if entry.dist else (entry.value, "")
        yield entry.name, *owner, entry.load


def _disabled() -> set[str]:
    return {name.strip() for name in os.environ.get(DISABLE, "").split(",") if name.strip()}


def _reader(path: Path) -> Any:
    """What loads a file as a module of its own."""

    def read() -> Any:
        if not path.is_file():
            raise FileNotFoundError("there is no such file")
        spec = importlib.util.spec_from_file_location(f"kstab_plugin_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError("it is no Python file")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return read


def _register(
    manager: pluggy.PluginManager, plugin: Plugin, read: Any, before: list[Plugin]
) -> Plugin:
    """Load a plugin and register it; what it prints meanwhile goes nowhere."""
    try:
        with redirect_stdout(io.StringIO()):
            module = read()
        if manager.register(module, name=plugin.name) is None:
            raise ValueError("it was blocked")
        manager.check_pending()
    except Exception as error:
        twin = next((p.distribution for p in before if p.name == plugin.name), None)
        cause = f"{twin} has a plugin of that name too" if twin else _described(error)
        raise _error(plugin, cause) from error
    callers = manager.get_hookcallers(module) or []
    names = tuple(sorted(caller.name for caller in callers))
    return Plugin(plugin.name, plugin.distribution, plugin.version, names, "loaded")


def _listed(function: Callable[[], Any]) -> list[Any]:
    return list(function() or ())


def called(function: Callable[[], Any], plugin: Plugin) -> Any:
    """Return what a function of a plugin returns; what it prints goes nowhere.

    Raises:
        PluginError: It failed.
    """
    try:
        with redirect_stdout(io.StringIO()):
            return function()
    except Exception as error:
        raise _error(plugin, _described(error)) from error


def _error(plugin: Plugin, cause: str) -> PluginError:
    return PluginError(plugin.name, plugin.distribution, plugin.version, cause)


def _described(error: BaseException) -> str:
    return _clean(f"{type(error).__name__}: {error}".rstrip(": "))


def assess(
    host: Host,
    analysis: Analysis,
    result: Any,
    table: Any,
    options: Mapping[str, Any] | None = None,
) -> tuple[Assessed, ...]:
    """Return what all assessments of an analysis say of a result, by their names.

    Args:
        host: The plugins.
        analysis: Which analysis the result is of.
        result: The result; it is frozen, and stays what it is.
        table: The phases that competed.
        options: Options by assessment and name; those left out take their defaults.

    Raises:
        RequestError: There is no such assessment or option.
    """
    from kstab.conditions import ROOM
    from kstab.context import Context

    given = _checked_options(host, analysis, options or {})
    temperature = table.conditions.temperature if table.conditions else ROOM
    found: list[Assessed] = []
    for assessment in host.of(analysis):
        plugin = host.assessments[assessment.name][1]
        own = MappingProxyType(given[assessment.name])
        context = Context(table, result.ion, own, temperature)
        found += _assessed(assessment, plugin, result, context)
    return tuple(found)


def _checked_options(
    host: Host, analysis: Analysis, options: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Options of each assessment, with the defaults of those that are not given."""
    known = {a.name: {o.name: o.default for o in a.options} for a in host.of(analysis)}
    for name, values in options.items():
        for option in values:
            if option not in known.get(name, {}):
                all_ = [f"{a} {o}" for a, own in known.items() for o in own]
                raise RequestError(
                    f"No assessment of this analysis has the option {name} {option}.",
                    f"There are: {', '.join(all_)}." if all_ else "",
                )
        known[name] = known[name] | dict(values)
    return known


def _assessed(
    assessment: Assessment, plugin: Plugin, result: Any, context: Any
) -> Iterable[Assessed]:
    """What one assessment says; a failure is said too."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            findings = assessment.assess(result, context)
            outcome.append([_checked(finding) for finding in findings or ()])
        except BaseException as error:  # SystemExit and KeyboardInterrupt of a plugin, too
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)  # it cannot be stopped, only left behind
    with redirect_stdout(io.StringIO()):
        thread.start()
        thread.join(PATIENCE)
    if not outcome:
        return [_failure(assessment, plugin, f"no answer within {PATIENCE:g} s")]
    if isinstance(outcome[0], BaseException):
        return [_failure(assessment, plugin, _described(outcome[0]))]
    return [
        Assessed(
            _clean(assessment.name), plugin.distribution, plugin.version, False,
            finding.verdict, finding.confidence, finding.headline, finding.measurements,
            finding.notes, finding.references,
        )
        for finding in outcome[0]
    ]  # fmt: skip


def _failure(assessment: Assessment, plugin: Plugin, cause: str) -> Assessed:
    return Assessed(
        name=_clean(assessment.name),
        plugin=plugin.distribution,
        plugin_version=plugin.version,
        failed=True,
        verdict="failed",
        confidence="none",
        headline=f"The assessment failed: {cause.rstrip('.')}.",
        notes=() if plugin.distribution.endswith(".py") else (_without(plugin),),
    )


def _without(plugin: Plugin) -> str:
    return f"{DISABLE}={plugin.name} leaves this plugin out."


def _checked(finding: Any) -> Finding:
    """A finding whose fields are what they should be, and harmless to print.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(finding, Finding):
        raise TypeError(f"a finding is no {type(finding).__name__}")
    if finding.confidence not in _CONFIDENCES:
        raise TypeError(f"{finding.confidence!r} is not one of {', '.join(_CONFIDENCES)}")
    return Finding(
        verdict=_text(finding.verdict),
        confidence=finding.confidence,
        headline=_text(finding.headline),
        measurements=tuple(_measured(each) for each in finding.measurements),
        notes=tuple(_text(note) for note in finding.notes),
        references=tuple(_text(reference) for reference in finding.references),
    )


def _measured(found: Any) -> Measurement:
    if not isinstance(found, Measurement):
        raise TypeError(f"a measurement is no {type(found).__name__}")
    value = found.value
    return Measurement(
        quantity=_text(found.quantity),
        value=_text(value) if isinstance(value, str) else _number(value),
        unit=_text(found.unit),
        low=_number(found.low),
        high=_number(found.high),
        subject=_text(found.subject),
        source=_text(found.source),
    )


def _number(value: Any) -> float | None:
    """A finite number; None for what is none."""
    return None if value is None or not isfinite(float(value)) else float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return _clean(value)


def _clean(text: str) -> str:
    """Text without control characters, such as those that move a terminal's cursor."""
    return "".join(c if c.isprintable() else " " for c in text)
