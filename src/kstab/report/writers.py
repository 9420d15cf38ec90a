"""The formats inside kstab. Naming them imports nothing that writes."""

import io
from typing import TYPE_CHECKING, Any, Final

from kstab.offers import Page, Writer

if TYPE_CHECKING:
    from rich.console import RenderableType

_NARROWEST: Final = 20
"""Columns below which a report says nothing any more."""


def _terminal(result: Any, page: Page) -> str:
    return terminal_text(_renderable(result, details=page.details), page)


def terminal_text(rendered: "RenderableType", page: Page) -> str:
    """Return something that rich can print as text for a page."""
    from rich.console import Console

    if page.width is None:
        console = Console(highlight=False)
        console.width = max(console.width, _NARROWEST)
    else:
        console = Console(file=io.StringIO(), width=page.width, no_color=True, highlight=False)
    with console.capture() as capture:
        console.print(rendered)
    text = capture.get()
    if console.is_terminal:
        return text
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def _renderable(result: Any, *, details: bool) -> "RenderableType":
    if result.kind == "interface":
        from kstab.report import interface_terminal

        return interface_terminal.interface(result, details=details)
    from kstab.report import terminal

    if result.kind == "window":
        return terminal.window(result, details=details)
    return terminal.system(result)


def _json(result: Any, _: Page) -> str:
    return str(result.to_json())


def _csv(result: Any, _: Page) -> str:
    from kstab.report import serialise

    return serialise.to_csv(result)


def _assessments(result: Any, _: Page) -> str:
    from kstab.report import serialise

    return serialise.assessments_to_csv(result)


WRITERS: Final = (
    Writer("terminal", _terminal, "Text for people; the default.", (), (".txt",)),
    Writer("json", _json, "Everything there is, for programs.", (), (".json",)),
    Writer("csv", _csv, "A row for each step, kink or phase.", (), (".csv",)),
    Writer("csv-assessments", _assessments, "A row for each number that a plugin found."),
)
"""The first is the default."""
