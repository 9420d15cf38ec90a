"""Pages as LaTeX: a document that compiles, with the tables of the package booktabs."""

import codecs
from functools import cache
from typing import Any, Final

from kstab.offers import Page
from kstab.report import page as pages

_HEAD: Final = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[margin=2.5cm]{geometry}
\usepackage{booktabs}
\usepackage{tabularx}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5\baselineskip}
\begin{document}
"""
_END: Final = r"\end{document}"
_SIGNS_A_LINE: Final = 84
_LONG: Final = r">{\raggedright\arraybackslash}X"

# What means something to LaTeX, and signs that the codec of BibTeX does not know.
_SIGNS: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "⁺": r"\textsuperscript{+}", "⁻": r"\textsuperscript{-}", "″": "''",
    "\n": " ",
}  # fmt: skip


def write(result: Any, page: Page) -> str:
    """Return a result as a document."""
    return text(result.page(details=page.details))


def text(blocks: pages.Blocks) -> str:
    """Return a page as a document; drawings are left to the figures of results."""
    inside = "\n".join(filter(None, map(_shown, blocks)))
    return f"{_HEAD}{inside}\n{_END}\n"


def _shown(block: pages.Block) -> str:
    match block:
        case pages.Title():
            heading = ": ".join(filter(None, (block.name, block.verdict)))
            detail = f"\n{escaped(block.detail)}\n" if block.detail else ""
            return f"\\section*{{{escaped(heading)}}}{detail}"
        case pages.Paragraph(said, tone):
            return f"\\emph{{{escaped(said)}}}\n" if tone == "aside" else f"{escaped(said)}\n"
        case pages.Section(said):
            return f"\\subsection*{{{escaped(said)}}}"
        case pages.Bullets(items):
            inside = "".join(f"\\item {escaped(item)}\n" for item in items)
            return f"\\begin{{itemize}}\n{inside}\\end{{itemize}}"
        case pages.Lines(lines):
            return "".join(f"\\texttt{{{escaped(line)}}}\\\\\n" for line in lines)
        case pages.Table():
            return _table(block)
        case pages.Item():
            parts = filter(None, map(_shown, block.inside if block.is_open else ()))
            said = f"\\textbf{{{escaped(block.name)}}} {escaped(block.text)}\n"
            return "\n".join([said, *parts])
        case pages.Drawing():
            return "\n".join(
                _table(part) for part in block.lines(pages.WIDE) if isinstance(part, pages.Table)
            )
        case pages.Blank() | pages.Hint():
            return ""  # room is the class's to leave, hints are the terminal's
        case _:
            raise TypeError(f"{block!r} is no block of a page")


def escaped(said: str) -> str:
    r"""Return a text without what LaTeX would obey.

    >>> escaped("50% K⁺/K → 2 μ_K"), escaped("[a]")
    ('50\\% K\\textsuperscript{+}/K $\\rightarrow$ 2 $\\mu$\\_K', '{}[a]')
    """
    shown = "".join(map(_sign, said))
    # After a line of a table, a rule or an item these would be its argument.
    return f"{{}}{shown}" if shown.lstrip().startswith(("[", "*")) else shown


@cache
def _sign(sign: str) -> str:
    import latexcodec  # noqa: F401 - registers the codec

    if sign in _SIGNS or (sign.isascii() and sign.isalnum()):
        return _SIGNS.get(sign, sign)
    try:
        found: str = codecs.encode(sign, "ulatex")  # type: ignore[assignment]
    except UnicodeEncodeError:
        return "?"
    return f"{found}{{}}" if found.startswith("\\") and found[-1].isalpha() else found


def _table(table: pages.Table) -> str:
    rows = [" & ".join(_cell(cell, strong=row.strong) for cell in row.cells) for row in table.rows]
    heads = [" & ".join(escaped(column.name) for column in table.columns)]
    named = any(column.name for column in table.columns)
    lines = ["\\toprule", *([f"{heads[0]} \\\\", "\\midrule"] if named else [])]
    lines += [*(f"{row} \\\\" for row in rows), "\\bottomrule"]
    caption = f"\n\n{{\\footnotesize {escaped(table.caption)}}}\n" if table.caption else "\n"
    begin, end = _environment(table)
    inside = "\n".join(lines)
    return f"{{\\small\n{begin}\n{inside}\n{end}}}{caption}"


def _environment(table: pages.Table) -> tuple[str, str]:
    """What begins and ends a table; in a wide one the long columns share what the others leave."""
    widths = [
        max(map(len, (*column.name.split("\n"), *(row.cells[place].text for row in table.rows))))
        for place, column in enumerate(table.columns)
    ]
    wide = sum(widths) + 2 * len(widths) > _SIGNS_A_LINE
    kinds = [
        "r" if column.right else _LONG if wide and width > _SIGNS_A_LINE / len(widths) / 2 else "l"
        for column, width in zip(table.columns, widths, strict=True)
    ]
    if _LONG not in kinds:
        return f"\\begin{{tabular}}{{{''.join(kinds)}}}", "\\end{tabular}"
    return f"\\begin{{tabularx}}{{\\linewidth}}{{{''.join(kinds)}}}", "\\end{tabularx}"


def _cell(cell: pages.Cell, *, strong: bool) -> str:
    shown = escaped(cell.text)
    return f"\\textbf{{{shown}}}" if strong and shown else shown
