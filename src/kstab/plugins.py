"""The host of plugins: it finds them, loads them, and has what they offer.

No plugin can take a result away. One that cannot be loaded is a clear error with the
switch to go on without it. What kstab itself offers comes in the same way.
"""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import pluggy

from kstab import builtin, hooks
from kstab.base.late import loaded
from kstab.base.safe_text import printable
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
from kstab.version import __version__

if TYPE_CHECKING:
    from kstab.findings import Assessed
    from kstab.phases.table import PhaseTable

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
    version: str = ""
    hooks: tuple[str, ...] = ()
    state: State = "disabled"
    cause: str = ""

    @property
    def own(self) -> bool:
        """Whether it is kstab itself."""
        return self.state == "built in"

    def fault(self, cause: str) -> PluginError:
        """Return the error that it is at fault for."""
        return PluginError(self.name, self.distribution, self.version, cause)

    def broken(self, cause: str) -> "Plugin":
        """Return it as one that cannot be loaded."""
        return replace(self, state="broken", cause=cause)


_KSTAB: Final = Plugin("kstab", "kstab", __version__, state="built in")

_Offer = TypeVar("_Offer")
Offers = dict[str, tuple[_Offer, Plugin]]
"""Offers by name, each with its plugin: kstab's, then all others sorted."""


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
    def analyses(self) -> Offers[AnalysisOffer]:
        """Analyses, by their names."""
        return _by_name(self._offers("kstab_analyses", AnalysisOffer))

    @cached_property
    def assessments(self) -> Offers[Assessment]:
        """Assessments, by their names."""
        found = _by_name(self._offers("kstab_assessments", Assessment))
        known = [name for name, (offer, _) in self.analyses.items() if offer.is_assessed]
        for name, (assessment, plugin) in found.items():
            self._check_named(plugin, f"analyses of {name}", assessment.analyses, known)
        return found

    @cached_property
    def commands(self) -> Offers[Command]:
        """Commands, by their names; those of analyses come first."""
        brought = [(offer.command, owner) for offer, owner in self.analyses.values()]
        of_analyses = [pair for pair in brought if pair[0] is not None]
        return _by_name([*of_analyses, *self._offers("kstab_commands", Command)])

    @cached_property
    def sources(self) -> Offers[PhaseSource]:
        """Sources of phases, by their names; one of a plugin that fails raises a PluginError."""
        offered = self._offers("kstab_phase_sources", PhaseSource)
        return _by_name((self._guarded(source, plugin), plugin) for source, plugin in offered)

    @cached_property
    def writers(self) -> Offers[Writer]:
        """Formats, by their names."""
        found = _by_name(self._offers("kstab_writers", Writer))
        for name, (writer, plugin) in found.items():
            self._check_named(plugin, f"kinds of {name}", writer.kinds, self.analyses)
        return found

    @cached_property
    def endings(self) -> dict[str, str]:
        """Names of formats, by the endings of files that mean them."""
        found: dict[str, str] = {}
        for name, (writer, plugin) in self.writers.items():
            for suffix in writer.suffixes:
                if found.setdefault(suffix, name) != name:
                    raise plugin.fault(f"{suffix} is already the ending of {found[suffix]}")
        return found

    def phase_sources(self) -> dict[str, PhaseSource]:
        """Return the sources alone, by their names."""
        return {name: source for name, (source, _) in self.sources.items()}

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
        write = partial(self.call, lambda: loaded(writer.write)(result, page), plugin)
        text = self.call(write, owner)
        if not isinstance(text, str):
            raise plugin.fault(f"{name} gives {type(text).__name__} and no text")
        return text

    def call(self, function: Callable[[], Any], plugin: Plugin) -> Any:
        """Return what a function of a plugin returns; in the command line, what it prints is lost.

        Raises:
            PluginError: It failed.
            KstabError: It says itself what is wrong and what to do.
        """
        with blaming(plugin):
            return function()

    def ask(self, function: Callable[[], Any], plugin: Plugin) -> Any:
        """Return what an assessment says; the command line gives up one that never answers."""
        return self.call(function, plugin)

    def check(self) -> None:
        """Go on only if no plugin is broken.

        Raises:
            PluginError: One is.
        """
        for plugin in self.plugins:
            if plugin.state == "broken":
                raise plugin.fault(plugin.cause)

    def tried(self) -> "Host":
        """Return the host with each plugin broken that offers what is wrong, and all others."""
        try:
            _ = self.analyses, self.assessments, self.commands, self.sources, self.endings
        except PluginError as error:
            guilty = next(p for p in self.plugins if (p.name, p.state) == (error.name, "loaded"))
            rest = (p.broken(error.cause) if p is guilty else p for p in self.plugins)
            return replace(self, plugins=tuple(rest)).tried()
        return self

    def _check_named(
        self, plugin: Plugin, what: str, named: tuple[str, ...], known: Collection[str]
    ) -> None:
        """Refuse an offer for an analysis misspelt, or of the wrong sort; not for an absent one."""
        for name in set(named).difference(known):
            if name in self.analyses or _close(name, known):
                raise plugin.fault(f"the {what} are {named!r} and not some of {', '.join(known)}")

    def _offers(self, hook: str, kind: type) -> Iterator[tuple[Any, Plugin]]:
        """What all plugins return for a hook, each with its plugin."""
        used = {each.name: each for each in self.plugins if each.state in ("built in", "loaded")}
        for found in getattr(self.hooks, hook).get_hookimpls():
            if plugin := used.get(found.plugin_name):
                for offer in self.call(partial(_listed, found, ARGUMENTS.get(hook, {})), plugin):
                    if not isinstance(offer, kind):
                        wrong = f"{hook} returned {type(offer).__name__} and not {kind.__name__}"
                        raise plugin.fault(wrong)
                    yield offer, plugin

    def _guarded(self, source: PhaseSource, plugin: Plugin) -> PhaseSource:
        """A source whose failure is the plugin's, and which has a version."""

        def phases(request: SourceRequest) -> "PhaseTable":
            # --help lists plugins, and does without numpy.
            from kstab.phases.table import PhaseTable

            table = self.call(lambda: source.load(request), plugin)
            if not isinstance(table, PhaseTable):
                raise plugin.fault(f"{source.name} gives {type(table).__name__} and no PhaseTable")
            owner = f"{plugin.distribution} {plugin.version}".rstrip()
            return replace(table, origin=table.origin.versioned(f"({owner})"))

        return source if plugin.own else replace(source, load=phases)


def _listed(found: pluggy.HookImpl, given: Mapping[str, Any]) -> list[Any]:
    offered: Any = found.function(*(given[name] for name in found.argnames))
    return list(offered)


def _by_name(offered: Iterable[tuple[Any, Plugin]]) -> Offers[Any]:
    """Offers by their names, of which each has one owner."""
    found: Offers[Any] = {}
    for offer, plugin in sorted(offered, key=lambda pair: "" if pair[1].own else pair[0].name):
        if offer.name in found:
            other = found[offer.name][1].distribution
            raise plugin.fault(f"{offer.name!r} is already the name of one in {other}")
        found[offer.name] = offer, plugin
    return found


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
    if strict:
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
    host = _host([(Plugin(name, name), lambda: module)], Host)
    host.check()
    return host


def _waiting(
    paths: Iterable[Path], *, installed: bool
) -> Iterator[tuple[Plugin, Callable[[], Any]]]:
    """The plugins there are, each with what loads it."""
    for entry in entries(GROUP) if installed else ():
        yield Plugin(entry.name, entry.distribution, entry.version), entry.load
    for path in paths:
        yield Plugin(path.stem, str(path)), partial(_module, path)


def _module(path: Path) -> Any:
    """A file, loaded as a module of its own."""
    from importlib.util import module_from_spec, spec_from_file_location

    if not path.is_file():
        raise FileNotFoundError("there is no such file")
    spec = spec_from_file_location(f"kstab_plugin_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python file")
    module = sys.modules[spec.name] = module_from_spec(spec)  # where dataclasses look it up
    spec.loader.exec_module(module)
    return module


def _disabled() -> set[str]:
    """Names to leave out; ``all`` in any case of letters."""
    names = {name.strip() for name in os.environ.get(DISABLE, "").split(",")} - {""}
    return {"all" if name.lower() == "all" else name for name in names}


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
    return kind(tuple(found), manager.hook, tuple(sorted(off - known - {"all"}))).tried()


def _loaded(
    manager: pluggy.PluginManager, plugin: Plugin, read: Callable[[], Any], before: list[Plugin]
) -> Plugin:
    """Load and register a plugin; one that fails is broken, and leaves nothing behind."""
    if manager.has_plugin(plugin.name):
        twin = next(each for each in before if each.name == plugin.name and each.hooks)
        return plugin.broken(f"{twin.distribution} has a plugin of that name too")
    try:
        implemented = _registered(manager, plugin.name, read())
    except (Exception, SystemExit) as error:
        if manager.has_plugin(plugin.name):
            manager.unregister(name=plugin.name)
        return plugin.broken(described(error))
    return replace(plugin, state="loaded", hooks=implemented)


def _registered(manager: pluggy.PluginManager, name: str, module: Any) -> tuple[str, ...]:
    """Register what was loaded, and return the hooks it implements; one misspelt is an error."""
    if other := manager.get_name(module):
        raise LookupError(f"it is the plugin {other} already")
    manager.register(module, name)
    callers = manager.get_hookcallers(module) or []
    for name in [caller.name for caller in callers if not caller.has_spec()]:
        close = _close(name, [hook for hook in vars(hooks) if hook[:6] == "kstab_"])
        raise LookupError(f"there is no hook {name}" + (f"; {close[0]} is one" if close else ""))
    if not callers:
        raise LookupError("it implements no hook; mark its functions with kstab.hooks.hookimpl")
    return tuple(sorted(caller.name for caller in callers))


def _close(name: str, known: Iterable[str]) -> list[str]:
    """What may have been meant by a name."""
    from difflib import get_close_matches

    return get_close_matches(name, list(known), 1)


@contextmanager
def blaming(plugin: Plugin, *others: type[BaseException]) -> Iterator[None]:
    """Make an error the plugin's fault, unless it is of kstab's kinds or of others.

    Errors of kstab itself stay as they are.

    Raises:
        PluginError: There was such an error.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        if plugin.own or isinstance(error, (KstabError, *others)):
            raise
        raise plugin.fault(described(error)) from error


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
