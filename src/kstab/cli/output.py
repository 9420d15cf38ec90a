"""How commands print: to the terminal, into a file, or as a complaint."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from kstab.errors import RequestError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kstab.plugins import Host
    from kstab.report.serialise import Result

Format = Literal["terminal", "json", "csv"]
FORMATS: Final = ("terminal", "json", "csv")

_NARROWEST: Final = 20
"""Columns below which a report says nothing any more."""

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


def complain(problem: str, advice: str) -> None:
    """Say on standard error what went wrong and what to do next."""
    click.echo(plain_if_needed(f"Error: {problem}"), err=True)
    if advice:
        click.echo(plain_if_needed(advice), err=True)


def check_targets(output: Path | None, plots: tuple[Path, ...]) -> None:
    """Refuse a report and a figure in one file, before anything is computed.

    Raises:
        RequestError: They are to go to the same file.
    """
    if output in plots:
        raise RequestError(f"{output} cannot hold both the plot and the report.")


def deliver(
    result: "Result",
    form: str | None,
    output: Path | None,
    plots: tuple[Path, ...] = (),
    *,
    host: "Host | None" = None,
    details: bool = False,
) -> None:
    """Draw the figures, print the result or write it to a file, and say what was written.

    Args:
        result: What to show; something that can be drawn if there are figures to draw.
        form: Format; None for the one the file's suffix names, else the terminal's.
        output: File to write; None for standard output.
        plots: Files to draw figures into.
        host: Plugins, which may have formats of their own.
        details: Whether the terminal shows all that plugins say, not their headlines alone.

    Raises:
        DataError: A file cannot be written.
        RequestError: A file's suffix does not say what to write.
    """
    for path in plots:
        if result.kind != "system":
            result.plot(path)
    if host and form in host.writers:
        _show_text(host.write(form or "", result), output)
    else:
        show(result, form, output, details=details)
    for path in (*plots, *([output] if output else [])):
        click.echo(f"Wrote {path}", err=True)


def show(result: "Result", form: str | None, output: Path | None, *, details: bool = False) -> None:
    """Print a result, or write it to a file.

    Args:
        result: What to show.
        form: Format; None for the one the file's suffix names, else the terminal's.
        output: File to write; None for standard output.
        details: As in :func:`deliver`.

    Raises:
        DataError: The file cannot be written.
        RequestError: Neither the format nor the file's suffix says what to write.
    """
    chosen = form or _by_suffix(output)
    if chosen != "terminal":
        _show_text(_TEXT[chosen](result), output)
    elif output is None:
        _print(_renderable(result, details=details))
    else:
        _show_text(_as_terminal_text(_renderable(result, details=details)), output)


def _show_text(text: str, output: Path | None) -> None:
    """Print a text, or write it to a file."""
    if output is None:
        click.echo(text, nl=False)
        return
    from kstab.files import write_atomically

    write_atomically(output, lambda path: path.write_text(text, encoding="utf-8"))


def _by_suffix(output: Path | None) -> Format:
    suffix = output.suffix.lower() if output else ""
    by_suffix: dict[str, Format] = {
        ".json": "json", ".csv": "csv", ".txt": "terminal", "": "terminal",
    }  # fmt: skip
    if suffix not in by_suffix:
        raise RequestError(
            f"{output} does not say what to write.",
            "End it in .json, .csv or .txt, or give --format.",
        )
    return by_suffix[suffix]


def _print(rendered: "RenderableType") -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.width = max(console.width, _NARROWEST)
    with console.capture() as capture:
        console.print(rendered)
    text = capture.get()
    if not console.is_terminal:
        text = _without_trailing_spaces(text)
    click.echo(plain_if_needed(text), nl=False, color=True)


def _renderable(result: "Result", *, details: bool) -> "RenderableType":
    if result.kind == "interface":
        from kstab.report import interface_terminal

        return interface_terminal.interface(result, details=details)
    from kstab.report import terminal

    if result.kind == "window":
        return terminal.window(result, details=details)
    return terminal.system(result)


def _as_terminal_text(rendered: "RenderableType") -> str:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=80, no_color=True, highlight=False)
    with console.capture() as capture:
        console.print(rendered)
    return _without_trailing_spaces(capture.get())


def _as_json(result: "Result") -> str:
    from kstab.report import serialise

    return serialise.to_json(result)


def _as_csv(result: "Result") -> str:
    from kstab.report import serialise

    return serialise.to_csv(result)


_TEXT: Final[dict[str, Callable[["Result"], str]]] = {
    "json": _as_json,
    "csv": _as_csv,
}


def _without_trailing_spaces(text: str) -> str:
    return "".join(line.rstrip() + "\n" for line in text.splitlines())
