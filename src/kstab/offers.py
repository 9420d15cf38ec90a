"""What a plugin can offer: analyses, assessments, sources of phases, formats and commands.

Plain values with a name and a function. kstab's own analyses, sources, formats and commands
are the same values, offered through the same hooks (:mod:`kstab.hooks`).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from math import isfinite
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from kstab.findings import tuple_of

if TYPE_CHECKING:
    import click

    from kstab.chemistry.conditions import Conditions
    from kstab.context import Context
    from kstab.findings import Finding
    from kstab.phases.table import PhaseTable

Analysis = str
"""Name of an analysis that has a command of the same name: ``window``, ``interface``, or one of
a plugin."""

Kind = str
"""Name of an analysis, which is the ``kind`` of its results: ``window``, ``interface``,
``system``, ``difference``, or one of a plugin."""

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PLACE: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_TYPES: Final = (float, int, str, bool)


def _check(offer: Any, what: str, *functions: str) -> None:
    """Check the name and the functions of an offer by their declared types; lists become tuples."""
    if not isinstance(offer.name, str) or not _NAME.fullmatch(offer.name):
        wrong = f"the {what} {offer.name!r} is not named in"
        raise ValueError(f"{wrong} lower-case words joined by hyphens")
    for field in fields(offer):
        value, declared = getattr(offer, field.name), get_args(field.type)
        if get_origin(field.type) is tuple:
            object.__setattr__(offer, field.name, tuple_of(declared[0], value, field.name))
        elif field.name in functions and not (value is None and NoneType in declared):
            _check_function(value, f"the {field.name} of {offer.name}", named=str in declared)


def _check_function(value: Any, what: str, *, named: bool = False) -> None:
    """Check what is a function or, where it may be named, a text that names one."""
    if named and isinstance(value, str):
        if not _PLACE.fullmatch(value):
            raise ValueError(f"{what} is {value!r} and not written as 'module:name'")
    elif not callable(value):
        raise TypeError(f"{what} is {value!r} and no function")


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
        _check(self, "option")
        _check_function(self.type, f"the type of the option {self.name}")
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
        _check(self, "assessment", "assess")
        if not self.analyses:
            raise ValueError(f"the analyses of {self.name} are () and not one or several")
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
        conditions: Temperature and pressures that Gibbs energies are asked for at; None for
            enthalpies. A table at other conditions than these is brought to them.
    """

    scheme: str | None
    elements: tuple[str, ...]
    temperature: float
    systems: tuple[tuple[str, ...], ...] = ()
    conditions: "Conditions | None" = None


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
        free_energies: Whether its energies are Gibbs energies of formation at the temperature
            asked for, gases at 1 bar, as measured ones can be; else enthalpies, or energies at
            0 K taken for such, of which kstab makes Gibbs energies.
        references: What to cite for its phases: keys of kstab's ``references.bib``, ``doi:``
            with a DOI, or BibTeX.

    Raises:
        TypeError: A field is of another type.
        ValueError: The name is written otherwise.
    """

    name: str
    load: "Callable[[SourceRequest], PhaseTable]"
    summary: str = ""
    schemes: tuple[str, ...] = ()
    free_energies: bool = False
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self, "source", "load")


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
        write: Returns a result as text, for a page; or a text ``"module:name"`` that names what
            does.
        summary: What it is for, one sentence.
        kinds: Names of the analyses whose results it can write; empty for all, those of
            plugins included.
        suffixes: Endings of files, such as ``.json``, that mean this format.

    Raises:
        TypeError: A field is of another type.
        ValueError: The name is written otherwise.
    """

    name: str
    write: Callable[[Any, Page], str] | str
    summary: str = ""
    kinds: tuple[Kind, ...] = ("window", "interface")
    suffixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self, "format", "write")


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
        _check(self, "command", "make")


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
        _check(self, "analysis", "result", "page", "table", "figure", "request", "solve")
        if not isinstance(self.command, Command | None):
            raise TypeError(f"the command of {self.name} is {self.command!r} and no Command")
        if not isinstance(self.schema, str | None):
            raise TypeError(f"the schema of {self.name} is {self.schema!r} and no text")

    @property
    def is_assessed(self) -> bool:
        """Whether assessments can read its results: it has a command of its own name."""
        return self.command is not None and self.command.name == self.name
