"""The formats inside kstab. Naming them imports nothing that writes."""

from typing import TYPE_CHECKING, Any, Final

from kstab.offers import Page, Writer

if TYPE_CHECKING:
    from kstab.report.page import Blocks


def _blocks(result: Any, page: Page) -> "Blocks":
    blocks: Blocks = result.page(details=page.details)
    return blocks


def _terminal(result: Any, page: Page) -> str:
    from kstab.report import terminal

    return terminal.text(_blocks(result, page), page, getattr(result, "widest", None))


def _json(result: Any, _: Page) -> str:
    text: str = result.to_json()
    return text


def _csv(result: Any, page: Page) -> str:
    from kstab.report import tables

    rows = result.rows()
    if rows is None:
        return tables.to_csv(tables.of_page(_blocks(result, page)))
    return tables.to_csv(rows, getattr(result, "provenance", None))


def _assessments(result: Any, _: Page) -> str:
    from kstab.report import tables

    return tables.to_csv(tables.of_assessments(result.assessments))


def _html(result: Any, page: Page) -> str:
    from kstab.report import html

    return html.document(_blocks(result, page))


def _markdown(result: Any, page: Page) -> str:
    from kstab.report import markdown

    return markdown.text(_blocks(result, page))


def _latex(result: Any, page: Page) -> str:
    from kstab.report import latex

    return latex.text(_blocks(result, page))


WRITERS: Final = (
    Writer("terminal", _terminal, "Text for people; the default.", (), (".txt",)),
    Writer("json", _json, "Everything there is, for programs.", (), (".json",)),
    Writer("csv", _csv, "A row for each step, kink or phase.", (), (".csv",)),
    Writer("csv-assessments", _assessments, "A row for each number that a plugin found."),
    Writer("html", _html, "A page for a browser.", (), (".html",)),
    Writer("markdown", _markdown, "Text with tables, for notes and web pages.", (), (".md",)),
    Writer("latex", _latex, "A document with tables, for papers.", (), (".tex",)),
)
"""The first is the default; one that names no kind of result can write all of them."""
