"""Parts that reports on a terminal share: tables, sums, warnings, the foot."""

import re
from collections.abc import Iterator
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement as Measure
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kstab.findings import Assessed, Measurement
from kstab.notices import CAVEAT, Notice, Provenance


def plain_table() -> Table:
    """Return an empty table in the style of all reports."""
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)


class Sum:
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

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measure:
        longest = max(map(cell_len, self._terms))
        return Measure(longest, cell_len(" ".join(self._terms))).with_maximum(options.max_width)


def warnings(notices: tuple[Notice, ...]) -> Iterator[RenderableType]:
    """Yield the warnings, below a heading of their own; nothing where there are none."""
    if notices:
        yield ""
        yield Text("Warnings", style="bold yellow")
        yield from (bullet(notice.message) for notice in notices)


def bullet(text: str) -> Table:
    """Return a paragraph whose later lines stay clear of its bullet."""
    table = Table.grid(padding=(0, 1))
    table.add_row("-", Text(text))
    return table


def conditions(provenance: Provenance) -> Iterator[RenderableType]:
    """Yield temperature and pressures, where they were given."""
    if provenance.conditions:
        yield Text(f"At {provenance.conditions}.")


def foot(provenance: Provenance) -> Iterator[RenderableType]:
    """Yield the line every report carries, and where it comes from."""
    yield Text(CAVEAT, style="italic")
    parts = [
        f"Data {provenance.dataset} {provenance.dataset_version}".rstrip(),
        *([f"sha256 {provenance.dataset_sha256[:12]}"] if provenance.dataset_sha256 else []),
        f"scheme {provenance.scheme}",
        *provenance.changes,
        f"kstab {provenance.kstab_version}",
    ]
    yield Text(", ".join(parts), style="dim")


_COLOURS: Final = {"high": "bold", "medium": "bold", "low": "bold", "none": "bold yellow"}


def assessments(found: tuple[Assessed, ...], *, details: bool) -> Iterator[RenderableType]:
    """Yield what plugins say; nothing where they say nothing.

    Args:
        found: What they say.
        details: Whether to show measurements, notes and references, not the headlines alone.
    """
    if not found:
        return
    yield ""
    yield Text("Assessments", style="bold")
    for one in found:
        yield _assessment(one)
        if not details and not one.failed:
            continue
        if one.measurements:
            yield Padding(_measurements(one.measurements), (0, 0, 0, 2))
        for note in (
            *one.notes,
            *(["From " + ", ".join(one.references)] if one.references else []),
        ):
            yield Padding(bullet(note), (0, 0, 0, 2))
    if not details and any(one.measurements or one.notes for one in found if not one.failed):
        yield Text("Numbers, notes and references: --details, or --format json.", style="dim")


def _assessment(one: Assessed) -> Text:
    style = "bold red" if one.failed else _COLOURS[one.confidence]
    text = Text.assemble((one.name, style), ("  ", ""), one.headline)
    owner = f"{one.plugin} {one.plugin_version}".rstrip()
    sure = "" if one.failed else f"{one.verdict.replace('_', ' ')}, confidence {one.confidence}; "
    return text.append(f" ({sure}{owner})", style="dim")


def _measurements(measured: tuple[Measurement, ...]) -> Table:
    table = plain_table()
    table.show_header = False
    for _ in range(3):
        table.add_column(overflow="fold")
    for each in measured:
        table.add_row(Text(each.subject), Text(each.quantity), Text(_value(each)))
    return table


def _value(measured: Measurement) -> str:
    """A number with its range, its unit and its source."""
    if measured.value is None:
        text = "unknown"
    elif isinstance(measured.value, str):
        text = measured.value
    else:
        text = f"{measured.value:.4g}"
    if measured.low is not None and measured.high is not None:
        text += f" ({measured.low:.4g} to {measured.high:.4g})"
    unit = f" {measured.unit}" if measured.unit and measured.value is not None else ""
    return f"{text}{unit}" + (f", {measured.source}" if measured.source else "")
