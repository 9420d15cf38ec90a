"""Results for programs: as JSON, and their tables as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kstab.base.safe_text import cell
from kstab.base.written import plain
from kstab.errors import RequestError
from kstab.findings import Assessed
from kstab.offers import Page
from kstab.phases.provenance import Provenance
from kstab.report.page import Blocks, Lines, Table


def write_json(result: Any, _: Page) -> str:
    """Return all that a result holds as JSON."""
    return str(result.to_json())


def write_csv(result: Any, page: Page) -> str:
    """Return the table of a result as CSV, or the tables of its page."""
    rows = result.rows()
    if rows is None:
        return to_csv(of_page(result.page(details=page.details)))
    return to_csv(rows, getattr(result, "provenance", None))


def write_assessments(result: Any, _: Page) -> str:
    """Return what plugins say of a result as CSV.

    Raises:
        RequestError: Nobody can say anything of such a result.
    """
    if not hasattr(result, "assessments"):
        raise RequestError("The format csv-assessments is not for the result of this command.")
    return to_csv(of_assessments(result.assessments))


def to_csv(rows: Iterable[Sequence[Any]], provenance: Provenance | None = None) -> str:
    """Return rows as CSV that no spreadsheet executes; numbers keep 10 digits.

    Args:
        rows: Plain cells, the names of the columns first.
        provenance: What they rest on, which is said in the last columns; None for nothing.
    """
    text = io.StringIO()
    whole = rows if provenance is None else _with_origin(iter(rows), provenance)
    safe = ([cell("" if value is None else plain(value)) for value in row] for row in whole)
    csv.writer(text, lineterminator="\n").writerows(safe)
    return text.getvalue()


def _with_origin(rows: Iterator[Sequence[Any]], provenance: Provenance) -> Iterator[Sequence[Any]]:
    """The rows with what they rest on, in the same last columns for all results."""
    yield [*next(rows), "dataset", "dataset_version", "conditions", "changes"]
    origin = [
        provenance.dataset,
        provenance.dataset_version,
        provenance.conditions,
        "; ".join(provenance.changes),
    ]
    for row in rows:
        yield [*row, *origin]


def of_page(blocks: Blocks) -> Iterator[list[str]]:
    """Yield the tables and lines of a page as rows of text, an empty row between two of them."""
    parts = [_rows(block) for block in blocks if isinstance(block, Table | Lines)]
    for number, rows in enumerate(parts):
        yield from ([], *rows) if number else rows


def _rows(block: Table | Lines) -> list[list[str]]:
    if isinstance(block, Lines):
        return [[line] for line in block.lines]
    head = [" ".join(column.name.split("\n")) for column in block.columns]
    rows = [[cell.text for cell in row.cells] for row in block.rows]
    return rows if block.style == "facts" else [head, *rows]


def of_assessments(found: Sequence[Assessed]) -> Iterator[list[Any]]:
    """Yield what plugins say, a row a measurement, the names of columns first.

    A finding without measurements has a row as well, without a quantity.
    """
    of_finding = ("plugin", "plugin_version", "verdict", "confidence", "headline")
    names = ("subject", "quantity", "value", "unit", "low", "high", "source")
    yield ["assessment", *of_finding, *names]
    for finding in found:
        head = [finding.name, *(getattr(finding, name) for name in of_finding)]
        for each in finding.measurements or (None,):
            yield [*head, *(getattr(each, name, None) for name in names)]


def verdicts(found: Sequence[Assessed]) -> str:
    """Return what plugins say in one cell; the columns are the same whichever are installed.

    >>> verdicts([Assessed("a", "kstab-a", "1", False, "porous", "low", "It has pores.")])
    'a: porous (low)'
    """
    return "; ".join(f"{each.name}: {each.verdict} ({each.confidence})" for each in found)
