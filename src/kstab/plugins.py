"""The host of plugins: it finds them, loads them, and has what they offer.

No plugin can take a result away. One that cannot be loaded is a clear error with the
switch to go on without it. What kstab itself offers comes in the same way.
"""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pluggy

from kstab import builtin, hooks
from kstab.entry_points import installed as entries
from kstab.errors import KstabError, PluginError
from kstab.hooks import (
    GROUP,
    AnalysisOffer,
    Assessment,
    Command,
    Page,
    PhaseSource,
    Writer,
)
from kstab.offers import SourceRequest
from kstab.safe_text import printable
from kstab.version import __version__

if TYPE_CHECKING:
    from kstab.phases import PhaseTable

Hooks = pluggy.HookRelay
"""The hooks of one plugin, to be called; each plugin has a manager of its own."""

DISABLE: Final = "KSTAB_DISABLE_PLUGINS"
"""Environment variable: names of plugins to leave out, separated by commas, or ``all``."""

ARGUMENTS: Final[dict[str, dict[str, Any]]] = {}
"""What each hook is called with; a plugin need not take all of it."""

State = Literal["built in", "loaded", "disabled", "broken"]


@dataclass(frozen=True)
class Plugin:
    """A plugin that was found.

    Attributes:
        name: Name of its entry point, or of its file without the suffix.
        distribution: The distribution it is from, or the path of its file.
        version: Version of the distribution; empty for a file.
        hooks: Names of the hooks it implements, sorted; empty where it was not loaded.
        state: Whether it is a part of kstab, was loaded, was left out on request, or cannot
            be loaded.
        cause: Why it cannot be loaded; empty if it can.
    """

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...]
    state: State
    cause: str = ""


_KSTAB: Final = Plugin("kstab", "kstab", __version__, (), "built in")


class Host:
    """Loaded plugins and what they offer; the first is kstab itself.

    Args:
        found: Plugins, each with its hooks; None where it was not loaded.
        unknown: Names to leave out that no plugin has.
    """

    def __init__(
        self, found: Iterable[tuple[Plugin, Hooks | None]], unknown: tuple[str, ...] = ()
    ) -> None:
        self._found = tuple(found)
        self.unknown = unknown

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """The plugins that were found, kstab first."""
        return tuple(plugin for plugin, _ in self._found)

    @cached_property
    def analyses(self) -> dict[str, tuple[AnalysisOffer, Plugin]]:
        """Analyses by name, each with its plugin: kstab's, then all others sorted."""
        return _by_name(self._offers("kstab_analyses", AnalysisOffer))

    @cached_property
    def assessments(self) -> dict[str, tuple[Assessment, Plugin]]:
        """Assessments by name, sorted, each with its plugin."""
        found = _by_name(self._offers("kstab_assessments", Assessment))
        known = [name for name, (offer, _) in self.analyses.items() if offer.is_assessed]
        for name, (assessment, plugin) in found.items():
            _check_known(plugin, f"analyses of {name}", assessment.analyses, known)
        return found

    @cached_property
    def commands(self) -> dict[str, tuple[Command, Plugin]]:
        """Commands by name, each with its plugin: kstab's, then all others sorted.

        Those of the analyses are among them, first.
        """
        of_analyses = [(offer.command, plugin) for offer, plugin in self.analyses.values()
                       if offer.command]  # fmt: skip
        return _by_name([*of_analyses, *self._offers("kstab_commands", Command)])

    @cached_property
    def sources(self) -> dict[str, tuple[PhaseSource, Plugin]]:
        """Sources of phases by name, each with its plugin: kstab's, then all others sorted."""
        return _by_name(self._offers("kstab_phase_sources", PhaseSource))

    @cached_property
    def writers(self) -> dict[str, tuple[Writer, Plugin]]:
        """Formats by name, each with its plugin: kstab's, then all others sorted."""
        found = _by_name(self._offers("kstab_writers", Writer))
        owners: dict[str, str] = {}
        for name, (writer, plugin) in found.items():
            _check_known(plugin, f"kinds of {name}", writer.kinds, self.analyses)
            for suffix in writer.suffixes:
                if owners.setdefault(suffix, name) != name:
                    raise fault(plugin, f"{suffix} is already the ending of {owners[suffix]}")
        return found

    def phase_sources(self) -> dict[str, PhaseSource]:
        """Return the sources by name; one of a plugin that fails raises a PluginError."""
        return {
            name: source if plugin.state == "built in" else _guarded(source, plugin)
            for name, (source, plugin) in self.sources.items()
        }

    def write(self, name: str, result: Any, page: Page) -> str:
        """Return a result in a format.

        Raises:
            PluginError: It cannot be written, or not as text.
        """
        writer, plugin = self.writers[name]
        _, owner = self.analyses.get(result.kind, (None, _KSTAB))  # who made its page
        text = called(lambda: called(lambda: writer.write(result, page), plugin), owner)
        if not isinstance(text, str):
            raise fault(plugin, f"{name} gives {type(text).__name__} and no text")
        return text

    def of(self, analysis: str) -> list[Assessment]:
        """Return the assessments that read the results of an analysis."""
        return [a for a, _ in self.assessments.values() if analysis in a.analyses]

    def check(self) -> None:
        """Go on only if every plugin could be loaded, and what they offer is right.

        Raises:
            PluginError: One could not, or it is not.
        """
        for plugin in self.plugins:
            if plugin.state == "broken":
                raise fault(plugin, plugin.cause)
        self.check_offers()

    def check_offers(self) -> None:
        """Ask all plugins that could be loaded for what they offer.

        Raises:
            PluginError: One of them fails, or what it offers is wrong.
        """
        _ = self.analyses, self.assessments, self.commands, self.sources, self.writers

    def without(self, name: str, cause: str) -> "Host":
        """Return the host with a plugin broken."""
        found = [
            (replace(plugin, state="broken", cause=cause), None)
            if plugin.name == name and plugin.state == "loaded"
            else (plugin, own)
            for plugin, own in self._found
        ]
        return Host(found, self.unknown)

    def _offers(self, hook: str, kind: type) -> Iterator[tuple[Any, Plugin]]:
        """What all plugins return for a hook, each with its plugin."""
        for plugin, own in self._found:
            if own is None or hook not in plugin.hooks:
                continue
            for offer in called(partial(_returned, own, hook), plugin):
                if not isinstance(offer, kind):
                    reason = f"{hook} returned {type(offer).__name__} and not {kind.__name__}"
                    raise fault(plugin, reason)
                yield offer, plugin


def _by_name(offers: Iterable[tuple[Any, Plugin]]) -> dict[str, tuple[Any, Plugin]]:
    """Offers by their names: kstab's, then all others sorted; a name has one owner."""
    found: dict[str, tuple[Any, Plugin]] = {}
    for offer, plugin in sorted(offers, key=lambda each: each[1].state != "built in"):
        name: Any = getattr(offer, "name", None)
        if not isinstance(name, str):
            raise fault(plugin, f"the name {name!r} is no text")
        if name in found:
            other = found[name][1].distribution
            raise fault(plugin, f"{name!r} is already the name of one in {other}")
        found[name] = offer, plugin

    def place(item: tuple[str, tuple[Any, Plugin]]) -> str:
        return "" if item[1][1].state == "built in" else item[0]

    return dict(sorted(found.items(), key=place))


def _check_known(plugin: Plugin, what: str, named: tuple[str, ...], known: Iterable[str]) -> None:
    """Refuse an offer that names an analysis which nobody offers."""
    if not set(named) <= set(known):
        raise fault(plugin, f"the {what} are {named!r} and not some of {', '.join(known)}")


def _returned(own: Hooks, hook: str) -> list[Any]:
    """What a plugin returns. Pluggy calls it, so that hooks can gain arguments."""
    answers = getattr(own, hook)(**ARGUMENTS.get(hook, {}))
    return [offer for answer in answers for offer in answer]


def load(
    files: str | Path | Iterable[str | Path] = (), *, installed: bool = True, strict: bool = True
) -> Host:
    """Find and load plugins.

    Args:
        files: Files to load as plugins too, one or several.
        installed: Whether to look for installed ones.
        strict: Whether one that cannot be loaded is an error; else its state says so.

    Raises:
        PluginError: A plugin cannot be loaded, names an unknown hook, or has another one's name.
    """
    off = _disabled()
    paths = [Path(file) for file in ([files] if isinstance(files, str | Path) else files)]
    found: list[tuple[Plugin, Hooks | None]] = [_registered(_KSTAB, builtin)]
    for plugin, read in _waiting(paths, installed=installed):
        if plugin.version and {plugin.name, plugin.distribution, "all"} & off:
            found.append((plugin, None))
        else:
            found.append(_loaded(plugin, read, [p for p, own in found if own]))
    known = {name for plugin, _ in found for name in (plugin.name, plugin.distribution)}
    host = Host(found, tuple(sorted(off - known - {"all"})))
    if strict:
        host.check()
        return host
    return _tolerant(host)


def _tolerant(host: Host) -> Host:
    """The host with each plugin broken whose offers are wrong, so that the others can be used."""
    while True:
        try:
            host.check_offers()
        except PluginError as error:
            host = host.without(error.name, error.cause)
        else:
            return host


def host_of(module: Any) -> Host:
    """Return a host with kstab and one plugin, which is imported already.

    Args:
        module: The module, or the object, that has the hooks.

    Raises:
        PluginError: It names an unknown hook, or gives one other arguments.
    """
    name = getattr(module, "__name__", type(module).__name__)
    plugin = Plugin(name, name, "", (), "loaded")
    host = Host((_registered(_KSTAB, builtin), _loaded(plugin, lambda: module, [])))
    host.check()
    return host


def _waiting(
    paths: Iterable[Path], *, installed: bool
) -> Iterator[tuple[Plugin, Callable[[], Any]]]:
    """The plugins there are, each with what loads it."""
    for entry in entries(GROUP) if installed else ():
        plugin = Plugin(entry.name, entry.distribution, entry.version, (), "disabled")
        yield plugin, entry.load
    for path in paths:
        yield Plugin(path.stem, str(path), "", (), "disabled"), _reader(path)


def _disabled() -> set[str]:
    names = {name.strip() for name in os.environ.get(DISABLE, "").split(",") if name.strip()}
    return {"all" if name.lower() == "all" else name for name in names}


def _reader(path: Path) -> Callable[[], Any]:
    """What loads a file as a module of its own."""
    import importlib.util

    def read() -> Any:
        if not path.is_file():
            raise FileNotFoundError("there is no such file")
        spec = importlib.util.spec_from_file_location(f"kstab_plugin_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError("it is no Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up there
        spec.loader.exec_module(module)
        return module

    return read


def _loaded(
    plugin: Plugin, read: Callable[[], Any], before: list[Plugin]
) -> tuple[Plugin, Hooks | None]:
    """Load a plugin; what it prints meanwhile goes nowhere."""
    twin = next((each.distribution for each in before if each.name == plugin.name), None)
    if twin:
        cause = f"{twin} has a plugin of that name too"
        return replace(plugin, state="broken", cause=cause), None
    try:
        with redirect_stdout(io.StringIO()):
            return _registered(replace(plugin, state="loaded"), read())
    except (Exception, SystemExit) as error:
        return replace(plugin, state="broken", cause=described(error)), None


def _registered(plugin: Plugin, module: Any) -> tuple[Plugin, Hooks]:
    """Register what was loaded with a manager of its own; a hook misspelt is an error."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hooks)
    marked = {name: manager.parse_hookimpl_opts(module, name) for name in dir(module)}
    names = sorted(found.get("specname") or name for name, found in marked.items() if found)
    known = [name for name in vars(hooks) if name.startswith("kstab_")]
    for name in sorted(set(names) - set(known)):
        from difflib import get_close_matches

        close = get_close_matches(name, known, 1)
        raise LookupError(f"there is no hook {name}" + (f"; {close[0]} is one" if close else ""))
    if not names:
        raise LookupError("it implements no hook; mark its functions with kstab.hooks.hookimpl")
    manager.register(module, name=plugin.name)
    return replace(plugin, hooks=tuple(names)), manager.hook


def _guarded(source: PhaseSource, plugin: Plugin) -> PhaseSource:
    """A source whose failure is the plugin's, and which has a version."""

    def phases(request: SourceRequest) -> "PhaseTable":
        from kstab.phases import PhaseTable  # --help lists plugins, and does without numpy

        table = called(lambda: source.load(request), plugin)
        if not isinstance(table, PhaseTable):
            raise fault(plugin, f"{source.name} gives {type(table).__name__} and no PhaseTable")
        owner = f"{plugin.distribution} {plugin.version}".rstrip()
        return table if table.version else replace(table, version=f"({owner})")

    return replace(source, load=phases)


def called(function: Callable[[], Any], plugin: Plugin) -> Any:
    """Return what a function of a plugin returns; what it prints goes nowhere.

    Raises:
        PluginError: It failed.
        KstabError: It says itself what is wrong and what to do.
    """
    if plugin.state == "built in":
        return function()
    try:
        with redirect_stdout(io.StringIO()):
            return function()
    except KstabError:
        raise
    except (Exception, SystemExit) as error:
        raise fault(plugin, described(error)) from error


def fault(plugin: Plugin, cause: str) -> PluginError:
    """Return the error that a plugin is at fault for."""
    return PluginError(plugin.name, plugin.distribution, plugin.version, cause)


def described(error: BaseException) -> str:
    """Return an error in one line, with the line of the plugin that it comes from.

    >>> described(ValueError("boom"))
    'ValueError: boom'
    """
    from traceback import extract_tb

    frames = [(Path(frame.filename), frame.lineno) for frame in extract_tb(error.__traceback__)]
    foreign = [path.parent for path, _ in frames if not _of_host(path)]
    own = [(path.name, line) for path, line in frames if foreign and path.parent == foreign[0]]
    place = f" ({own[-1][0]}, line {own[-1][1]})" if own else ""
    return printable(f"{type(error).__name__}: {error}".rstrip(": ") + place)


def _of_host(path: Path) -> bool:
    """Whether code lies between a caller and a plugin: kstab, pluggy, click, the import system."""
    import click

    packages = {Path(str(module)).parent for module in (__file__, pluggy.__file__, click.__file__)}
    return not packages.isdisjoint(path.parents) or "importlib" in str(path)
