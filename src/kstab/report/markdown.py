"""Pages as Markdown, with the tables of GitHub's dialect."""

import re
from collections.abc import Iterable
from typing import Any, Final

from kstab.offers import Page
from kstab.report import page as pages

_COLUMNS: Final = 80  # of a drawing


def write(result: Any, page: Page) -> str:
    """Return a result as a document."""
    return text(result.page(details=page.details))


def text(blocks: pages.Blocks) -> str:
    r"""Return a page as Markdown.

    >>> print(text((pages.Title("K2S", "Stable"), pages.Paragraph("K2S*"))), end="")
    # K2S: Stable
    <BLANKLINE>
    K2S\*
    """
    return "\n\n".join(filter(None, map(_shown, blocks))) + "\n"


def _shown(block: pages.Block) -> str:
    match block:
        case pages.Title():
            heading = ": ".join(filter(None, (block.name, block.verdict)))
            detail = f"\n\n{_escaped(block.detail)}" if block.detail else ""
            return f"# {_escaped(heading)}{detail}"
        case pages.Paragraph(said, tone):
            return f"*{_escaped(said)}*" if tone == "aside" else _escaped(said)
        case pages.Section(said):
            return f"## {_escaped(said)}"
        case pages.Bullets(items):
            return "\n".join(f"- {_escaped(item)}" for item in items)
        case pages.Lines(lines):
            return _fenced(lines)
        case pages.Table():
            return _table(block)
        case pages.Item():
            inside = filter(None, map(_shown, block.inside if block.is_open else ()))
            return "\n\n".join([f"**{_escaped(block.name)}** {_escaped(block.text)}", *inside])
        case pages.Drawing():
            return _drawing(block)
        case pages.Blank() | pages.Hint():
            return ""  # blank lines are there already, hints are the terminal's
        case _:
            raise TypeError(f"{block!r} is no block of a page")


def _drawing(drawing: pages.Drawing) -> str:
    parts = list(drawing.lines(_COLUMNS))
    lines = [
        "".join(span.text for span in part) for part in parts if not isinstance(part, pages.Table)
    ]
    tables = [_table(part) for part in parts if isinstance(part, pages.Table)]
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


def _table(table: pages.Table) -> str:
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
