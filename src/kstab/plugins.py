"""The host of plugins: it finds them, loads them, and has what they offer.

No plugin can take a result away. One that cannot be loaded is a clear error with the
switch to go on without it. What kstab itself offers comes in the same way.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    SourceRequest,
    Writer,
)
from kstab.late import loaded
from kstab.safe_text import printable
from kstab.version import __version__

if TYPE_CHECKING:
    from kstab.findings import Assessed
    from kstab.phases import PhaseTable

DISABLE: Final = "KSTAB_DISABLE_PLUGINS"
"""Environment variable: names of plugins to leave out, separated by commas, or ``all``."""

ARGUMENTS: Final[dict[str, dict[str, Any]]] = {}
"""What each hook is called with; a plugin need not take all of it."""

Options = Mapping[str, Mapping[str, Any]]
"""Options of assessments, by assessment and name."""

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


@dataclass(frozen=True, eq=False)
class Host:
    """Loaded plugins and what they offer; the first is kstab itself.

    Attributes:
        plugins: The plugins that were found, kstab first.
        hooks: The hooks with what plugins implement; what one implements that is not loaded
            is not used.
        unknown: Names to leave out that no plugin has.
    """

    plugins: tuple[Plugin, ...]
    hooks: pluggy.HookRelay
    unknown: tuple[str, ...] = ()

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

        Those of analyses are among them, first.
        """
        brought = [(offer.command, owner) for offer, owner in self.analyses.values()]
        of_analyses = [pair for pair in brought if pair[0] is not None]
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
            name: source if plugin.state == "built in" else self._guarded(source, plugin)
            for name, (source, plugin) in self.sources.items()
        }

    def of(self, analysis: str) -> list[Assessment]:
        """Return the assessments that read the results of an analysis."""
        return [a for a, _ in self.assessments.values() if analysis in a.analyses]

    def assess(
        self, result: Any, table: "PhaseTable", options: Options | None = None
    ) -> "tuple[Assessed, ...]":
        """Return what the assessments of its analysis say of a result, by their names.

        Args:
            result: The result; it is frozen, and stays what it is.
            table: The phases that competed.
            options: Options by assessment and name; those left out take their defaults.

        Raises:
            RequestError: There is no such assessment or option, or a value is not one of it.
        """
        from kstab.assessing import assess

        return assess(self, result, table, options or {})

    def write(self, name: str, result: Any, page: Page) -> str:
        """Return a result in a format.

        Raises:
            PluginError: It cannot be written, or not as text.
        """
        writer, plugin = self.writers[name]
        _, owner = self.analyses.get(result.kind, (None, _KSTAB))  # who made its page
        text = self.call(
            lambda: self.call(lambda: loaded(writer.write)(result, page), plugin), owner
        )
        if not isinstance(text, str):
            raise fault(plugin, f"{name} gives {type(text).__name__} and no text")
        return text

    def call(self, function: Callable[[], Any], plugin: Plugin) -> Any:
        """Return what a function of a plugin returns; in the command line, what it prints is lost.

        Raises:
            PluginError: It failed.
            KstabError: It says itself what is wrong and what to do.
        """
        if plugin.state == "built in":
            return function()
        try:
            return function()
        except KstabError:
            raise
        except (Exception, SystemExit) as error:
            raise fault(plugin, described(error)) from error

    def ask(self, function: Callable[[], Any], plugin: Plugin) -> Any:
        """Return what an assessment says; the command line gives up one that never answers."""
        return self.call(function, plugin)

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

    def tolerant(self) -> "Host":
        """Return the host with each plugin broken that offers what is wrong, and all others."""
        try:
            self.check_offers()
        except PluginError as error:
            found = [
                replace(plugin, state="broken", cause=error.cause)
                if plugin.name == error.name and plugin.state == "loaded"
                else plugin
                for plugin in self.plugins
            ]
            return replace(self, plugins=tuple(found)).tolerant()
        return self

    def _offers(self, hook: str, kind: type) -> Iterator[tuple[Any, Plugin]]:
        """What all plugins return for a hook, each with its plugin."""
        used = {each.name: each for each in self.plugins if each.state in ("built in", "loaded")}
        given = ARGUMENTS.get(hook, {})
        for found in getattr(self.hooks, hook).get_hookimpls():
            if found.plugin_name in used:
                plugin = used[found.plugin_name]
                wanted = [given[name] for name in found.argnames]
                for offer in self.call(partial(_listed, found.function, wanted), plugin):
                    if not isinstance(offer, kind):
                        wrong = f"{hook} returned {type(offer).__name__} and not {kind.__name__}"
                        raise fault(plugin, wrong)
                    yield offer, plugin

    def _guarded(self, source: PhaseSource, plugin: Plugin) -> PhaseSource:
        """A source whose failure is the plugin's, and which has a version."""

        def phases(request: SourceRequest) -> "PhaseTable":
            from kstab.phases import PhaseTable  # --help lists plugins, and does without numpy

            table = self.call(lambda: source.load(request), plugin)
            if not isinstance(table, PhaseTable):
                raise fault(plugin, f"{source.name} gives {type(table).__name__} and no PhaseTable")
            owner = f"{plugin.distribution} {plugin.version}".rstrip()
            return table if table.version else replace(table, version=f"({owner})")

        return replace(source, load=phases)


def _listed(function: Callable[..., Iterable[Any]], given: Iterable[Any]) -> list[Any]:
    return list(function(*given))


def _by_name(offered: Iterable[tuple[Any, Plugin]]) -> dict[str, tuple[Any, Plugin]]:
    """Offers by their names: kstab's, then all others sorted; a name has one owner."""

    def place(pair: tuple[Any, Plugin]) -> str:
        return "" if pair[1].state == "built in" else str(pair[0].name)

    found: dict[str, tuple[Any, Plugin]] = {}
    for offer, plugin in sorted(offered, key=place):
        if offer.name in found:
            other = found[offer.name][1].distribution
            raise fault(plugin, f"{offer.name!r} is already the name of one in {other}")
        found[offer.name] = offer, plugin
    return found


def _check_known(plugin: Plugin, what: str, named: tuple[str, ...], known: Iterable[str]) -> None:
    """Refuse an offer that names an analysis which nobody offers."""
    if not set(named) <= set(known):
        raise fault(plugin, f"the {what} are {named!r} and not some of {', '.join(known)}")


def load(
    files: str | Path | Iterable[str | Path] = (), *, installed: bool = True, strict: bool = True,
    kind: type[Host] = Host,
) -> Host:  # fmt: skip
    """Find and load plugins.

    Args:
        files: Files to load as plugins too, one or several.
        installed: Whether to look for installed ones.
        strict: Whether one that cannot be loaded is an error; else its state says so.
        kind: Class of the host, which says how code of plugins is called.

    Raises:
        PluginError: A plugin cannot be loaded, names an unknown hook, or has another one's name.
    """
    paths = [Path(file) for file in ([files] if isinstance(files, str | Path) else files)]
    host = _host(_waiting(paths, installed=installed), kind)
    if not strict:
        return host.tolerant()
    host.check()
    return host


def host_of(module: Any) -> Host:
    """Return a host with kstab and one plugin, which is imported already.

    Args:
        module: The module, or the object, that has the hooks.

    Raises:
        PluginError: It names an unknown hook, or gives one other arguments.
    """
    name = getattr(module, "__name__", type(module).__name__)
    host = _host([(Plugin(name, name, "", (), "disabled"), lambda: module)], Host)
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


def _host(waiting: Iterable[tuple[Plugin, Callable[[], Any]]], kind: type[Host]) -> Host:
    """Load what is not to be left out, kstab first."""
    off = _disabled()
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hooks)
    found = [replace(_KSTAB, hooks=_registered(manager, "kstab", builtin))]
    for plugin, read in waiting:
        left_out = plugin.version and {plugin.name, plugin.distribution, "all"} & off
        found.append(plugin if left_out else _loaded(manager, plugin, read, found))
    known = {name for plugin in found for name in (plugin.name, plugin.distribution)}
    return kind(tuple(found), manager.hook, tuple(sorted(off - known - {"all"})))


def _loaded(
    manager: pluggy.PluginManager, plugin: Plugin, read: Callable[[], Any], before: list[Plugin]
) -> Plugin:
    """Load and register a plugin; one that fails is broken, and leaves nothing behind."""
    if manager.has_plugin(plugin.name):
        twin = next(each for each in before if each.name == plugin.name and each.hooks)
        cause = f"{twin.distribution} has a plugin of that name too"
        return replace(plugin, state="broken", cause=cause)
    try:
        implemented = _registered(manager, plugin.name, read())
    except (Exception, SystemExit) as error:
        if manager.has_plugin(plugin.name):
            manager.unregister(name=plugin.name)
        return replace(plugin, state="broken", cause=described(error))
    return replace(plugin, state="loaded", hooks=implemented)


def _registered(manager: pluggy.PluginManager, name: str, module: Any) -> tuple[str, ...]:
    """Register what was loaded, and return the hooks it implements; one misspelt is an error."""
    if other := manager.get_name(module):
        raise LookupError(f"it is the plugin {other} already")
    manager.register(module, name)
    callers = manager.get_hookcallers(module) or []
    for name in [caller.name for caller in callers if not caller.has_spec()]:
        from difflib import get_close_matches

        close = get_close_matches(name, [hook for hook in vars(hooks) if hook[:6] == "kstab_"], 1)
        raise LookupError(f"there is no hook {name}" + (f"; {close[0]} is one" if close else ""))
    if not callers:
        raise LookupError("it implements no hook; mark its functions with kstab.hooks.hookimpl")
    return tuple(sorted(caller.name for caller in callers))


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
