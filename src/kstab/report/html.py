"""Pages as HTML: a whole document, or the part that a notebook shows."""

from collections.abc import Iterable
from html import escape
from typing import Any, Final

from kstab.offers import Page
from kstab.report import page as pages

_COLUMNS: Final = 80  # of a drawing
_STYLE: Final = """
body { font-family: system-ui, sans-serif; line-height: 1.5; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; color-scheme: light dark; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: 0.15rem 0.7rem 0.15rem 0; text-align: left; vertical-align: top; }
th { border-bottom: 1px solid; white-space: pre-line; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
caption { caption-side: bottom; text-align: left; font-size: 0.85rem; }
pre { line-height: 1.15; overflow-x: auto; }
.faint { opacity: 0.7; } .aside { font-style: italic; }
.good { color: light-dark(#00603a, #4cc38a); } .bad { color: light-dark(#a4262c, #ff8f87); }
.doubtful { color: light-dark(#7a4b00, #e2b04a); }
.reduced { color: light-dark(#b35c00, #ff9a3c); }
.unchanged { color: light-dark(#0059a8, #6bb5ff); }
.oxidised { color: light-dark(#8a2f8a, #e08ae0); }
"""


def write(result: Any, page: Page) -> str:
    """Return a result as a document."""
    return document(result.page(details=page.details))


def document(blocks: pages.Blocks) -> str:
    """Return a page as a document that needs nothing else."""
    title = next((block.name for block in blocks if isinstance(block, pages.Title)), "kstab")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="description" content="{escape(pages.answer(blocks))}">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{fragment(blocks)}</main>\n</body>\n</html>\n"
    )


def fragment(blocks: Iterable[pages.Block]) -> str:
    r"""Return a page as a part of a document.

    >>> fragment((pages.Title("K2S", "Stable", "good"), pages.Paragraph("K2S < S.")))
    '<h2>K2S <span class="good">Stable</span></h2>\n<p>K2S &lt; S.</p>\n'
    """
    return "".join(f"{shown}\n" for shown in map(_shown, blocks) if shown)


def _shown(block: pages.Block) -> str:
    match block:
        case pages.Title():
            return _title(block)
        case pages.Paragraph(text, tone):
            return f"<p{_class(tone)}>{escape(text)}</p>"
        case pages.Section(text, tone):
            return f"<h3{_class(tone)}>{escape(text)}</h3>"
        case pages.Bullets(items):
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
        case pages.Lines(lines):
            return f"<pre>{escape(chr(10).join(lines))}</pre>"
        case pages.Table():
            return _table(block)
        case pages.Item():
            return _item(block)
        case pages.Drawing():
            return _drawing(block)
        case pages.Blank() | pages.Hint():
            return ""  # gaps are the style's, hints the terminal's
        case _:
            raise TypeError(f"{block!r} is no block of a page")


def _title(title: pages.Title) -> str:
    parts = [
        escape(title.name),
        f"<span{_class(title.tone)}>{escape(title.verdict)}</span>" if title.verdict else "",
        f"<small{_class('faint')}>{escape(title.detail)}</small>" if title.detail else "",
    ]
    return f"<h2>{' '.join(filter(None, parts))}</h2>"


def _item(item: pages.Item) -> str:
    name = f"<b{_class('bad' if item.failed else '')}>{escape(item.name)}</b>"
    said = f"<p>{name} {escape(item.text)}</p>"
    if not item.inside:
        return said
    is_open = " open" if item.is_open else ""
    inside = fragment(item.inside)
    return f"{said}<details{is_open}><summary>numbers, notes</summary>\n{inside}</details>"


def _drawing(drawing: pages.Drawing) -> str:
    parts = list(drawing.lines(_COLUMNS))
    signs = "\n".join(_line(line) for line in parts if not isinstance(line, pages.Table))
    tables = "".join(_table(part) for part in parts if isinstance(part, pages.Table))
    return f'<pre role="img" aria-label="drawing">{signs}</pre>{tables}'


def _class(*names: str) -> str:
    kept = " ".join(name for name in names if name and name != "plain")
    return f' class="{kept}"' if kept else ""


def _table(table: pages.Table) -> str:
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    sides = ["right" if column.right else "" for column in table.columns]
    heads = zip(table.columns, sides, strict=True)
    head = "".join(
        f'<th scope="col"{_class(side)}>{escape(column.name)}</th>' for column, side in heads
    )
    named = any(column.name for column in table.columns)
    body = "".join(f"<tr>{_cells(row, sides)}</tr>" for row in table.rows)
    thead = f"<thead><tr>{head}</tr></thead>" if named else ""
    return f"<table>{caption}{thead}<tbody>{body}</tbody></table>"


def _cells(row: pages.Row, sides: list[str]) -> str:
    begin, end = ("<b>", "</b>") if row.strong else ("", "")
    return "".join(
        f"<td{_class(side, cell.tone)}>{begin}{escape(cell.text)}{end}</td>"
        for cell, side in zip(row.cells, sides, strict=True)
    )


def _line(line: pages.Line) -> str:
    """A line of a drawing; neighbours of one tone share an element."""
    runs: list[tuple[str, str]] = []
    for span in line:
        if runs and runs[-1][0] == span.tone:
            runs[-1] = span.tone, runs[-1][1] + span.text
        else:
            runs.append((span.tone, span.text))
    return "".join(
        escape(text) if tone == "plain" else f"<span{_class(tone)}>{escape(text)}</span>"
        for tone, text in runs
    )
