"""Pages as Markdown, with the tables of GitHub's dialect."""

import re
from collections.abc import Iterable
from functools import singledispatch
from typing import Any, Final

from kstab.offers import Page
from kstab.report.page import (
    Answer,
    Block,
    Blocks,
    Bullets,
    Drawing,
    Entry,
    Lines,
    Paragraph,
    Section,
    Table,
    Title,
)

_COLUMNS: Final = 80  # of a drawing


def write(result: Any, page: Page) -> str:
    """Return a result as a document."""
    return text(result.page(details=page.details))


def text(blocks: Blocks) -> str:
    r"""Return a page as Markdown.

    >>> print(text((Title("K2S", "Stable"), Answer("K2S*"))), end="")
    # K2S: Stable
    <BLANKLINE>
    K2S\*
    """
    return "\n\n".join(_parts(blocks)) + "\n"


def _parts(blocks: Iterable[Block]) -> list[str]:
    return [part for part in map(_shown, blocks) if part]


@singledispatch
def _shown(_: Block) -> str:
    """Return a block as Markdown; empty for gaps, which are there already, and hints."""
    return ""


@_shown.register
def _(block: Title) -> str:
    heading = ": ".join(filter(None, (block.name, block.verdict)))
    detail = f"\n\n{_escaped(block.detail)}" if block.detail else ""
    return f"# {_escaped(heading)}{detail}"


@_shown.register
def _(block: Answer) -> str:
    return _escaped(block.text)


@_shown.register
def _(block: Paragraph) -> str:
    said = _escaped(block.text)
    return f"*{said}*" if block.tone == "aside" else said


@_shown.register
def _(block: Section) -> str:
    return f"## {_escaped(block.text)}"


@_shown.register
def _(block: Bullets) -> str:
    return "\n".join(f"- {_escaped(item)}" for item in block.items)


@_shown.register
def _(block: Lines) -> str:
    return _fenced(block.lines)


@_shown.register
def _(block: Entry) -> str:
    inside = _parts(block.inside) if block.is_open else []
    return "\n\n".join([f"**{_escaped(block.name)}** {_escaped(block.text)}", *inside])


@_shown.register
def _(block: Drawing) -> str:
    parts = list(block.lines(_COLUMNS))
    lines = ["".join(span.text for span in part) for part in parts if not isinstance(part, Table)]
    tables = [_table(part) for part in parts if isinstance(part, Table)]
    return "\n\n".join([_fenced(lines), *tables])


def _escaped(said: str) -> str:
    r"""A text without what Markdown would obey.

    >>> _escaped("a|b <c> #1 _d_")
    'a\\|b \\<c> #1 \\_d\\_'
    """
    return re.sub(r"([\\`*_\[\]<|]|^[#>+-])", r"\\\1", said)


def _fenced(lines: Iterable[str]) -> str:
    inside = "\n".join(line.rstrip() for line in lines)
    return f"```text\n{inside}\n```"


@_shown.register
def _table(table: Table) -> str:
    heads = [" ".join(_escaped(column.name).split("\n")) for column in table.columns]
    rules = ["---:" if column.right else "---" for column in table.columns]
    rows = [
        [f"**{_escaped(cell.text)}**" if row.strong and cell.text else _escaped(cell.text)
         for cell in row.cells]
        for row in table.rows
    ]  # fmt: skip
    lines = [f"| {' | '.join(row)} |" for row in (heads, rules, *rows)]
    caption = [f"\n{_escaped(table.caption)}"] if table.caption else []
    return "\n".join([*lines, *caption])
