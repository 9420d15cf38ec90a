"""Pages on a terminal, with rich: readable at 80 columns, in colour, or piped."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from kstab.offers import Page
from kstab.report import page as pages

_NARROWEST: Final = 20  # columns below which a report says nothing any more
_STYLES: Final[dict[pages.Tone, str]] = {
    "plain": "",
    "faint": "dim",
    "aside": "italic",
    "good": "green",
    "doubtful": "yellow",
    "bad": "red",
    "reduced": "dark_orange",
    "unchanged": "blue",
    "oxidised": "magenta",
}


def write(result: Any, page: Page) -> str:
    """Return a result as text, no wider than it makes sense."""
    return text(result.page(details=page.details), page.width, getattr(result, "widest", None))


def text(blocks: pages.Blocks, width: int | None = 80, widest: int | None = None) -> str:
    """Return a page as text.

    Args:
        blocks: The page.
        width: Columns; None for the terminal that the text goes to, and its colours.
        widest: Columns that it takes at most.
    """
    console = _console(width)
    console.width = min(console.width, widest or console.width)
    with console.capture() as capture:
        for block in blocks:
            console.print(Group(*_show(block)), crop=not isinstance(block, pages.Lines))
    shown = capture.get()
    if console.is_terminal:
        return shown
    return "".join(line.rstrip() + "\n" for line in shown.splitlines())


def renderable(blocks: pages.Blocks) -> RenderableType:
    """Return a page as something rich can print."""
    return Group(*(shown for block in blocks for shown in _show(block)))


def _console(width: int | None) -> Console:
    """The terminal that the text goes to; of a given width, one without colours."""
    if width is not None:
        return Console(file=io.StringIO(), width=width, no_color=True, highlight=False)
    console = Console(highlight=False)
    console.width = max(console.width, _NARROWEST)
    return console


def _show(block: pages.Block) -> Iterator[RenderableType]:  # noqa: C901 - a case for each block
    match block:
        case pages.Blank():
            yield ""
        case pages.Title():
            parts = (block.verdict, _bold(block.tone)), (block.detail, "dim")
            beside = ((f"  {text}", style) for text, style in parts if text)
            yield Text.assemble((block.name, "bold"), *beside)
        case pages.Paragraph(text, tone):
            yield Text(text, _STYLES[tone])
        case pages.Hint(text):
            yield Text(text, "dim")
        case pages.Section(text, tone):
            yield Text(text, _bold(tone))
        case pages.Bullets(items):
            yield from map(_bullet, items)
        case pages.Lines(lines):
            yield Text("\n".join(lines), no_wrap=True, overflow="ignore")
        case pages.Item():
            yield from _item(block)
        case pages.Table():
            yield _Sized(lambda width: [_table(block, width)])
        case pages.Drawing():
            drawn = _Sized(lambda width: map(partial(_line, width=width), block.lines(width)))
            yield Padding(drawn, (0, block.margin)) if block.margin else drawn
        case _:
            raise TypeError(f"{block!r} is no block of a page")


def _bullet(item: str) -> RichTable:
    """A paragraph whose later lines stay clear of its bullet."""
    grid = RichTable.grid(padding=(0, 1))
    grid.add_row("-", Text(item))
    return grid


def _item(item: pages.Item) -> Iterator[RenderableType]:
    yield Text.assemble((item.name, "bold red" if item.failed else "bold"), "  ", item.text)
    if item.is_open:
        inside = (shown for block in item.inside for shown in _show(block))
        yield from (Padding(shown, (0, 0, 0, 2)) for shown in inside)


def _bold(tone: pages.Tone) -> str:
    return f"bold {_STYLES[tone]}".strip()


class _Sized:
    """What is made for the width that there is."""

    def __init__(self, make: Callable[[int], Iterable[RenderableType]]) -> None:
        self._make = make

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self._make(options.max_width)


def _line(line: pages.Line | pages.Table, width: int) -> RenderableType:
    """A line of a drawing, or what explains it."""
    if isinstance(line, pages.Table):
        return _table(line, width)
    return Text.assemble(*((span.text, _STYLES[span.tone]) for span in line))


def _table(table: pages.Table, width: int) -> RenderableType:
    shown = table.shown(width)
    if shown.style == "bare" and _natural_width(shown) > width:
        return Group(*map(Text, (*_stacked(shown), *filter(None, [shown.caption]))))
    made = _empty(shown)
    for column in shown.columns:
        made.add_column(
            Text(_heading(column, shown)),
            justify="right" if column.right else "left",
            no_wrap=column.breaks == "never",
            overflow="fold" if column.breaks == "anywhere" else "ellipsis",
            ratio=1 if column.stretches else None,
            style="bold" if shown.style == "facts" and column is shown.columns[0] else None,
        )
    for row in shown.rows:
        made.add_row(*map(_cell, row.cells), style="bold" if row.strong else None)
    if shown.caption:
        made.caption, made.caption_justify = Text(shown.caption, "table.caption"), "left"
    return made


def _heading(column: pages.Column, table: pages.Table) -> str:
    """The heading of a column; without a rule below them all end in a line of units."""
    units = table.style == "bare" and any("\n" in each.name for each in table.columns)
    return f"{column.name}\n" if units and "\n" not in column.name else column.name


def _empty(table: pages.Table) -> RichTable:
    """A table in the style of all reports, without columns."""
    if table.style == "facts":
        return RichTable.grid(padding=(0, 2))
    ruled = box.SIMPLE_HEAD if table.style == "ruled" else None
    named = any(column.name for column in table.columns)
    return RichTable(box=ruled, padding=(0, 1), pad_edge=False, show_edge=False, show_header=named)


def _cell(cell: pages.Cell) -> RenderableType:
    return _Sum(cell.text) if cell.is_sum else Text(cell.text, style=_STYLES[cell.tone])


def _natural_width(table: pages.Table) -> int:
    """Columns that a table takes if no cell breaks."""
    columns = zip(*(row.cells for row in table.rows), strict=True)
    widths = (
        max(map(cell_len, (*column.name.split("\n"), *(cell.text for cell in cells))))
        for column, cells in zip(table.columns, columns, strict=True)
    )
    return sum(widths) + 2 * (len(table.columns) - 1)


def _stacked(table: pages.Table) -> Iterator[str]:
    """Each row as lines below its first cell, a cell a line."""
    names = [column.name.partition("\n") for column in table.columns]
    longest = max(cell_len(name) for name, _, _ in names)
    for row in table.rows:
        first, *others = row.cells
        yield first.text
        for (name, _, unit), cell in zip(names[1:], others, strict=True):
            with_unit = any(sign.isdigit() for sign in cell.text)
            shown = f"{cell.text} {unit}".rstrip() if with_unit else cell.text
            yield f"  {name.ljust(longest)}  {shown}"


class _Sum:
    """A sum of phases that breaks between its terms, never between amount and formula."""

    def __init__(self, text: str) -> None:
        self._terms = re.split(r" (?=[+→(] ?)", text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = [self._terms[0]]
        for term in self._terms[1:]:
            if cell_len(lines[-1]) + 1 + cell_len(term) <= options.max_width:
                lines[-1] += f" {term}"
            else:
                lines.append(term)
        yield Text("\n".join(lines), overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max(map(cell_len, self._terms))
        whole = cell_len(" ".join(self._terms))
        return Measurement(longest, whole).with_maximum(options.max_width)
