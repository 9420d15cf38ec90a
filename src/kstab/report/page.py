"""What a report is made of: blocks, once for each kind of result, shown alike in every format.

A page is a tuple of these blocks. They are plain frozen values that say what there is to read
and nothing of how it looks: :mod:`kstab.report.terminal`, ``html``, ``markdown`` and ``latex``
show any page, and CSV takes its tables.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import compress
from typing import Any, ClassVar, Final, Literal, TypeAlias, get_args

from kstab.base.safe_text import printable
from kstab.phases.notices import CAVEAT, Notice
from kstab.phases.provenance import Provenance

Tone = Literal[
    "plain", "faint", "aside", "good", "doubtful", "bad", "reduced", "unchanged", "oxidised"
]
"""What a text is, for those formats that can show it."""

WIDE: Final = 66
"""Columns from which a table has room for all of its numbers."""


class _Said:
    """A value that holds texts which are harmless, wherever they come from."""

    __slots__ = ()
    _between_lines: ClassVar[str] = " "

    def __post_init__(self) -> None:
        for name, kind in _texts(type(self)):  # type: ignore[arg-type]
            value = getattr(self, name)
            if not isinstance(value, kind):
                raise TypeError(f"{name} of {type(self).__name__} is {value!r} and no text")
            if value and not value.isprintable():
                lines = map(printable, value.split("\n"))
                object.__setattr__(self, name, self._between_lines.join(lines))
        tone = getattr(self, "tone", "plain")
        if tone not in get_args(Tone):
            raise TypeError(f"tone of {type(self).__name__} is {tone!r} and none there is")


@cache
def _texts(kind: type) -> tuple[tuple[str, Any], ...]:
    """The names and types of the fields that are texts."""
    kinds = str, str | None
    return tuple((each.name, each.type) for each in fields(kind) if each.type in kinds)


def _lines(owner: Any, name: str) -> None:
    """Make a tuple of texts harmless."""
    value = getattr(owner, name)
    if not isinstance(value, tuple) or not all(isinstance(each, str) for each in value):
        raise TypeError(f"{name} of {type(owner).__name__} is {value!r} and no tuple of texts")
    object.__setattr__(owner, name, tuple(map(printable, value)))


@dataclass(frozen=True, slots=True)
class Span(_Said):
    """A part of a line.

    Attributes:
        text: What to show.
        tone: What it is.
    """

    text: str
    tone: Tone = "plain"


Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Title(_Said):
    """The head of a page: what it is of, and the answer in a word.

    Attributes:
        name: What it is of.
        verdict: The answer; may be empty.
        tone: Whether the answer is a good one.
        detail: What to know beside it; may be empty.
    """

    name: str
    verdict: str = ""
    tone: Tone = "plain"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph(_Said):
    """Sentences.

    Attributes:
        text: What they say.
        tone: What they are.
    """

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Answer(Paragraph):
    """The answer in full sentences; what ``str()`` of a result says."""


@dataclass(frozen=True, slots=True)
class Hint(_Said):
    """Where more is to be had from a command; said in a terminal alone."""

    text: str


@dataclass(frozen=True, slots=True)
class Section(_Said):
    """A heading inside a page.

    Attributes:
        text: What it says.
        tone: What follows.
    """

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Blank:
    """Room between two blocks, where a format needs it."""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]

    def __post_init__(self) -> None:
        _lines(self, "items")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that stay as they are, whatever the width of the page."""

    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        _lines(self, "lines")


@dataclass(frozen=True, slots=True)
class Cell(_Said):
    """What stands in one place of a table.

    Attributes:
        text: What to show.
        tone: What it is.
        is_sum: Whether it is a sum of phases, which breaks between its terms only.
    """

    text: str
    tone: Tone = "plain"
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Column(_Said):
    """A column of a table.

    Attributes:
        name: Its heading, in one line or two.
        right: Whether its cells end at the same place, as numbers do.
        breaks: Where a cell too long may break: between words, anywhere, or not at all.
        stretches: Whether it takes the room that the others leave.
        least: Columns of the page from which it is shown.
    """

    _between_lines: ClassVar[str] = "\n"

    name: str
    right: bool = False
    breaks: Literal["words", "anywhere", "never"] = "words"
    stretches: bool = False
    least: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        cells: One for each column.
        strong: Whether it stands out.
    """

    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table(_Said):
    """A table.

    Attributes:
        columns: Its columns.
        rows: Its rows.
        caption: What its headings mean; may be empty.
        short_caption: The same on a page that is not :data:`WIDE`; None where it is the same.
        style: With a rule below its headings; ``bare``, without one, a block of lines for each
            row where it is too wide; or as ``facts``, names with what they stand for and no
            headings.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    short_caption: str | None = None
    style: Literal["ruled", "bare", "facts"] = "ruled"

    def __post_init__(self) -> None:
        _Said.__post_init__(self)
        wrong = next((row for row in self.rows if len(row.cells) != len(self.columns)), None)
        if wrong:
            raise TypeError(f"{wrong!r} is no row of a table with {len(self.columns)} columns")

    def shown(self, width: int) -> "Table":
        """Return the table without the columns that a page has no room for.

        On a page that is not wide, more may break between words: what stretches, and what is
        neither a number nor the name of a fact.
        """
        fitting = self.only([column.least <= width for column in self.columns])
        if width >= WIDE:
            return replace(fitting, short_caption=None)
        kept = "never" if self.style == "facts" else ""
        columns = tuple(
            replace(each, breaks="words")
            if each.stretches or (each.breaks == "never" != kept and not each.right)
            else each
            for each in fitting.columns
        )
        caption = self.caption if self.short_caption is None else self.short_caption
        return replace(fitting, columns=columns, caption=caption, short_caption=None)

    def only(self, kept: Sequence[bool]) -> "Table":
        """Return the table with some of its columns."""
        rows = (Row(tuple(compress(row.cells, kept)), row.strong) for row in self.rows)
        return replace(self, columns=tuple(compress(self.columns, kept)), rows=tuple(rows))


@dataclass(frozen=True, slots=True)
class Item(_Said):
    """Something said under a name, with what it rests on.

    Attributes:
        name: Who says it.
        text: What is said.
        failed: Whether it says that something went wrong.
        inside: What it rests on; folded away where a format can.
        is_open: Whether that is shown at once.
    """

    name: str
    text: str
    failed: bool
    inside: "tuple[Block, ...]"
    is_open: bool


class Drawing(ABC):
    """A drawing made of signs, as wide as it may be.

    Attributes:
        margin: Columns that it keeps free on both sides.
    """

    __slots__ = ()

    margin: ClassVar[int] = 0

    @abstractmethod
    def lines(self, width: int) -> Iterator[Line | Table]:
        """Yield its lines, and what explains them, for so many columns."""


Block: TypeAlias = (
    Title | Paragraph | Hint | Section | Blank | Bullets | Lines | Table | Item | Drawing
)
"""What a page is made of."""

Blocks: TypeAlias = tuple[Block, ...]
"""A page."""

BLANK: Final = Blank()


def answer(blocks: Blocks) -> str:
    """Return the answer that a page gives in full sentences; empty where it has none."""
    return next((block.text for block in blocks if isinstance(block, Answer)), "")


def sum_of(text: str) -> Cell:
    """Return a cell that holds a sum of phases, as ``4 K2S + K3Sb``."""
    return Cell(text, is_sum=True)


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """Return texts as cells.

    >>> cells("K2S", Cell("stable", "good"))
    (Cell(text='K2S', tone='plain', is_sum=False), Cell(text='stable', tone='good', is_sum=False))
    """
    return tuple(Cell(text) if isinstance(text, str) else text for text in texts)


def number(name: str, least: int = 0) -> Column:
    """Return a column of numbers, shown on pages of at least so many columns."""
    return Column(name, right=True, breaks="never", least=least)


def facts(rows: Iterable[tuple[str, str | Cell]]) -> Table:
    """Return names with what they stand for; a name that is empty belongs to the one above."""
    columns = Column("", breaks="never"), Column("", breaks="anywhere")
    return Table(columns, tuple(Row(cells(*row)) for row in rows), style="facts")


def section(text: str, items: Iterable[str], tone: Tone = "plain") -> Iterator[Block]:
    """Yield a list below a heading of its own; nothing for no items."""
    listed = tuple(items)
    if listed:
        yield from (BLANK, Section(text, tone), Bullets(listed))


def warnings(notices: Iterable[Notice]) -> Iterator[Block]:
    """Yield the warnings; nothing where there are none."""
    yield from section("Warnings", (notice.message for notice in notices), "doubtful")


def conditions(provenance: Provenance) -> Iterator[Block]:
    """Yield what the energies are, with temperature and pressures."""
    said = provenance.conditions
    yield Paragraph(f"{said[0].upper()}{said[1:]}.")


def foot(provenance: Provenance, owners: Iterable[str] = ()) -> Iterator[Block]:
    """Yield the line every report carries, and where it comes from.

    Args:
        provenance: Data and versions.
        owners: Plugins with their versions.
    """
    parts = [
        f"Data {provenance.data}",
        *([f"sha256 {provenance.dataset_sha256[:12]}"] if provenance.dataset_sha256 else []),
        f"scheme {provenance.scheme}",
        provenance.conditions,
        *provenance.changes,
        f"kstab {provenance.kstab_version}",
        *owners,
    ]
    yield from (BLANK, Paragraph(CAVEAT, "aside"), Paragraph(", ".join(parts), "faint"))
