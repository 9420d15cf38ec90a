"""What a plugin can offer: analyses, assessments, sources of phases, formats and commands.

Plain values with a name and a function. kstab's own analyses, sources, formats and commands
are the same values, offered through the same hooks (:mod:`kstab.hooks`).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from kstab.findings import tuple_of

if TYPE_CHECKING:
    import click

    from kstab.context import Context
    from kstab.findings import Finding
    from kstab.phases import PhaseTable

Analysis = str
"""Name of an analysis that has a command of the same name: ``window``, ``interface``, or one of
a plugin."""

Kind = str
"""Name of an analysis, which is the ``kind`` of its results: ``window``, ``interface``,
``system``, ``difference``, or one of a plugin."""

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PLACE: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_TYPES: Final = (float, int, str, bool)


def _check_name(what: str, name: Any) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"the {what} {name!r} is not named in lower-case words joined by hyphens")


def _check_callable(what: str, function: Any) -> None:
    if not callable(function):
        raise TypeError(f"{what} is {function!r} and no function")


def _check_place(what: str, value: Any) -> None:
    if not isinstance(value, str):
        _check_callable(what, value)
    elif not _PLACE.fullmatch(value):
        raise ValueError(f"{what} is {value!r} and not written as 'module:name'")


def loaded(value: Any) -> Any:
    """Return what a text like ``"module:name"`` names, imported now; all else as it is.

    So that an offer can name what does its work without importing it.

    Raises:
        ImportError: There is no such module.
        AttributeError: The module has no such name.

    >>> loaded("kstab.units:GAS_CONSTANT") == loaded(8.31446261815324)
    True
    """
    if not isinstance(value, str):
        return value
    module, _, name = value.partition(":")
    return getattr(import_module(module), name)


@dataclass(frozen=True)
class Option:
    """An option that an assessment adds to the commands of its analyses.

    On the command line it is ``--<assessment>-<name>``, in Python
    ``options={"<assessment>": {"<name>": value}}``.

    Attributes:
        name: Its name, lower-case words joined by hyphens.
        type: What it is read as: ``float``, ``int``, ``str``, ``bool``, or a function that
            returns the value or raises a ValueError.
        default: Its value where it is not given.
        help: What it means, one sentence.
        choices: What it can be; empty for anything.
        metavar: What stands for its value in the help.

    Raises:
        TypeError: The type is no function, or the default is not of it.
        ValueError: The name is written otherwise, a flag is on by default, or the default is
            not among the choices.
    """

    name: str
    type: Callable[[Any], Any] = float
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] = ()
    metavar: str = ""

    def __post_init__(self) -> None:
        _check_name("option", self.name)
        _check_callable(f"the type of the option {self.name}", self.type)
        object.__setattr__(self, "choices", tuple_of(str, self.choices, "choices"))
        if self.type is bool and self.default:
            raise ValueError(f"the flag {self.name} is on by default; name its opposite")
        if self.type is bool:
            object.__setattr__(self, "default", False)
        if self.default is not None:
            object.__setattr__(self, "default", self.checked(self.default))

    def checked(self, value: Any) -> Any:
        """Return a value as this option's type.

        Raises:
            TypeError: It is of another type.
            ValueError: It is not among the choices, or no finite number.

        >>> Option("step", float).checked(1)
        1.0
        """
        wanted: Any = self.type
        if wanted not in _TYPES:
            return wanted(value)
        fits = (int, float) if wanted is float else wanted
        if not isinstance(value, fits) or (isinstance(value, bool) and wanted is not bool):
            raise TypeError(f"{value!r} is not of the type {wanted.__name__} of {self.name}")
        if wanted is float and not isfinite(value):
            raise ValueError(f"{value!r} is no number for {self.name}")
        if self.choices and value not in self.choices:
            raise ValueError(f"{value!r} is not one of {', '.join(self.choices)}")
        return wanted(value)


@dataclass(frozen=True)
class Assessment:
    """Something to say about a finished result.

    Attributes:
        name: Its name, unique among all plugins: lower-case words joined by hyphens.
        analyses: Names of the analyses whose results it reads, of kstab or of a plugin.
        assess: Returns findings from a result and its context; nothing where it has
            nothing to say. It must not change either.
        summary: What it does, one sentence.
        options: Options it adds.

    Raises:
        TypeError: A field is of another type.
        ValueError: The name is written otherwise, no analysis is named, or two options have
            one name.
    """

    name: str
    analyses: tuple[Analysis, ...]
    assess: "Callable[[Any, Context], Iterable[Finding]]"
    summary: str = ""
    options: tuple[Option, ...] = ()

    def __post_init__(self) -> None:
        _check_name("assessment", self.name)
        _check_callable(f"the assess of {self.name}", self.assess)
        object.__setattr__(self, "analyses", tuple_of(str, self.analyses, "analyses"))
        if not self.analyses:
            raise ValueError(f"the analyses of {self.name} are () and not one or several")
        object.__setattr__(self, "options", tuple_of(Option, self.options, "options"))
        names = [option.name for option in self.options]
        if len(set(names)) < len(names):
            raise ValueError(f"two options of {self.name} have the same name")


@dataclass(frozen=True)
class SourceRequest:
    """What phases a source is asked for.

    Attributes:
        scheme: One of the schemes of the source; None if it states none.
        elements: Symbols of the elements that phases are needed of, sorted; empty for all
            that the source has. A source may return more.
        temperature: K, of the energies of formation of a source that knows them at several;
            298.15 where none was asked for.
        systems: Elements of each question that is asked: phases of other combinations of
            ``elements`` are not needed. Empty where no question is named.
    """

    scheme: str | None
    elements: tuple[str, ...]
    temperature: float
    systems: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class PhaseSource:
    """A source of phases, chosen with ``--source``.

    Attributes:
        name: Its name, unique among all sources.
        load: Returns the phases for a request; called when the source is chosen, each time.
            What is slow to read it should keep.
        summary: What it holds, one sentence.
        schemes: Schemes its energies come in, the default first; results are compared with
            all others. Empty for one only, whose name is in the table.
        free_energies: Whether its energies are free energies of formation at the temperature
            asked for, as measured ones can be; else enthalpies, or energies at 0 K, which get
            the free energies of the elements where a temperature is given.

    Raises:
        TypeError: A field is of another type.
        ValueError: The name is written otherwise.
    """

    name: str
    load: "Callable[[SourceRequest], PhaseTable]"
    summary: str = ""
    schemes: tuple[str, ...] = ()
    free_energies: bool = False

    def __post_init__(self) -> None:
        _check_name("source", self.name)
        _check_callable(f"the load of {self.name}", self.load)
        object.__setattr__(self, "schemes", tuple_of(str, self.schemes, "schemes"))


@dataclass(frozen=True)
class Page:
    """What a text is written for.

    Attributes:
        width: Columns; None for the terminal that the text goes to, and its colours.
        details: Whether to say everything.
    """

    width: int | None = 80
    details: bool = False


@dataclass(frozen=True)
class Writer:
    """A format of results, chosen with ``--format``.

    Attributes:
        name: Its name, unique among all formats.
        write: Returns a result as text, for a page.
        summary: What it is for, one sentence.
        kinds: Names of the analyses whose results it can write; empty for all, those of
            plugins included.
        suffixes: Endings of files, such as ``.json``, that mean this format.

    Raises:
        TypeError: A field is of another type.
        ValueError: The name is written otherwise.
    """

    name: str
    write: Callable[[Any, Page], str]
    summary: str = ""
    kinds: tuple[Kind, ...] = ("window", "interface")
    suffixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_name("format", self.name)
        _check_callable(f"the write of {self.name}", self.write)
        object.__setattr__(self, "kinds", tuple_of(str, self.kinds, "kinds"))
        object.__setattr__(self, "suffixes", tuple_of(str, self.suffixes, "suffixes"))


@dataclass(frozen=True)
class Command:
    """A command of its own, ``kstab <name>``.

    Attributes:
        name: Its name.
        make: Returns the click command; called when the command is asked for.
        summary: What it does, one sentence, for ``kstab --help``.

    Raises:
        TypeError: The function is none.
        ValueError: The name is written otherwise.
    """

    name: str
    make: "Callable[[], click.Command]"
    summary: str = ""

    def __post_init__(self) -> None:
        _check_name("command", self.name)
        _check_callable(f"the make of {self.name}", self.make)


@dataclass(frozen=True)
class AnalysisOffer:
    """An analysis: a question, its answer, and how the answer is shown.

    Where a function or a class is asked for, a text ``"module:name"`` may stand for it, which
    is imported when it is needed.

    Attributes:
        name: Its name, unique among all analyses, and the ``kind`` of its results: lower-case
            words joined by hyphens.
        result: Class of its results.
        page: Returns the blocks of :mod:`kstab.report.page` that show a result, from the result
            and whether to say everything.
        table: Returns a result as rows of plain cells for CSV, the names of columns first;
            None for the tables of the page.
        figure: Returns a matplotlib figure of a result; None where it cannot be drawn.
        citations: What to cite for it: keys of ``references.bib``, or ``doi:`` with a DOI.
        summary: What it answers, one sentence.
        request: Class of what it is asked.
        solve: Returns a result from a request and a table of phases.
        command: Its command, listed like all others. One of the analysis's own name gets the
            options of the assessments that read its results.
        schema: File with the JSON Schema of its results.

    Raises:
        TypeError: A field is of another type.
        ValueError: The name is written otherwise, or a text is no ``"module:name"``.
    """

    name: str
    result: type | str
    page: Callable[[Any, bool], Any] | str
    table: Callable[[Any], Any] | str | None = None
    figure: Callable[[Any], Any] | str | None = None
    citations: tuple[str, ...] = ()
    summary: str = ""
    request: type | str | None = None
    solve: Callable[..., Any] | str | None = None
    command: Command | None = None
    schema: str | None = None

    def __post_init__(self) -> None:
        _check_name("analysis", self.name)
        for field in ("result", "page", "table", "figure", "request", "solve"):
            value = getattr(self, field)
            if value is not None or field in ("result", "page"):
                _check_place(f"the {field} of {self.name}", value)
        object.__setattr__(self, "citations", tuple_of(str, self.citations, "citations"))
        if not isinstance(self.command, Command | None):
            raise TypeError(f"the command of {self.name} is {self.command!r} and no Command")
        if not isinstance(self.schema, str | None):
            raise TypeError(f"the schema of {self.name} is {self.schema!r} and no text")

    @property
    def is_assessed(self) -> bool:
        """Whether assessments can read its results: it has a command of its own name."""
        return self.command is not None and self.command.name == self.name
