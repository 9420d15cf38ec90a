"""How commands print: to the terminal, into a file, or as a complaint."""

import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kstab.base.safe_text import printable
from kstab.cli.group import host
from kstab.errors import RequestError
from kstab.offers import Page

if TYPE_CHECKING:
    from kstab.analyses.result import Result
    from kstab.plugins import Host
    from kstab.report.sheet import Sheet

DEFAULT: Final = "terminal"
"""The format where none is given."""

_PLAIN: Final = str.maketrans(
    {
        "→": "->", "Δ": "d", "–": "-", "⁺": "+", "²": "2", "³": "3", "μ": "u", "·": ".",
        "█": "#", "░": ".", "▒": "x", "─": "-", "…": "...", "×": "x",
        "●": "O", "○": "o", "˙": "'", "±": "+-", "é": "e",
    }
)  # fmt: skip


def utf8_if_possible() -> None:
    """Make output survive a terminal that is not UTF-8: signs it lacks become look-alikes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def plain_if_needed(text: str) -> str:
    """Replace signs by ASCII look-alikes where standard output cannot encode them."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return text.translate(_PLAIN)
    return text


def say(text: str, *, err: bool = False) -> None:
    """Print a line that may name what others wrote, safely."""
    click.echo(plain_if_needed(printable(text)), err=err)


def complain(problem: str, advice: str) -> None:
    """Say on standard error what went wrong and what to do next."""
    say(f"Error: {problem}", err=True)
    if advice:
        say(advice, err=True)


def check_targets(
    output: Path | None, plots: tuple[Path, ...] = (), inputs: Iterable[Path] = ()
) -> None:
    """Refuse to write two things into one file, or into one that is read.

    Args:
        output: File for the report.
        plots: Files for figures.
        inputs: Files that are read.

    Raises:
        RequestError: A file would hold two things, or take the place of what is read.
    """
    if output in plots:
        raise RequestError(f"{output} cannot hold both the plot and the report.")
    read = {path.resolve() for path in inputs}
    for path in (output, *plots):
        if path is not None and path.resolve() in read:
            raise RequestError(f"{path} is read, and would be overwritten.", "Name another file.")


def deliver(
    result: "Result | Sheet",
    form: str | None,
    output: Path | None,
    plots: tuple[Path, ...] = (),
    *,
    details: bool = False,
    plugins: "Host | None" = None,
) -> None:
    """Draw the figures, print the result or write it to a file, and say what was written.

    Args:
        result: What to show.
        form: Format; None for the one the file's suffix names, else the terminal's.
        output: File to write; None for standard output.
        plots: Files to draw figures into.
        details: Whether to show all that plugins say, not their headlines alone.
        plugins: Those that have the formats; None for all of this run, which must be whole.

    Raises:
        DataError: A file cannot be written.
        RequestError: Neither the format nor the file's suffix says what to write, the format
            is not for such a result, or there is no figure of it.
    """
    found = plugins or host(click.get_current_context())
    chosen = form or _by_suffix(output, found)
    kinds = found.writers[chosen][0].kinds
    if kinds and result.kind not in kinds:
        raise RequestError(f"The format {chosen} is not for the result of this command.")
    for path in plots:
        result.plot(path)
    page = Page(details=details) if output else Page(width=None, details=details)
    text = found.write(chosen, result, page)
    if output is None:
        shown = plain_if_needed(text) if chosen == DEFAULT else text
        click.echo(shown, nl=False, color=chosen == DEFAULT or None)
    else:
        from kstab.base.files import write_atomically

        write_atomically(output, lambda path: path.write_text(text, encoding="utf-8"))
    for path in (*plots, *([output] if output else [])):
        click.echo(printable(f"Wrote {path}"), err=True)


def _by_suffix(output: Path | None, plugins: "Host") -> str:
    """The format that a file's ending means."""
    if output is None or not output.suffix:
        return DEFAULT
    name = plugins.endings.get(output.suffix.lower())
    if name is None:
        advice = f"End it in one of {', '.join(plugins.endings)}, or give --format."
        raise RequestError(f"{output} does not say what to write.", advice)
    return name
