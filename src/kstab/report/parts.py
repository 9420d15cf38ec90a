"""Parts that reports on a terminal share: tables, sums, warnings, the foot."""

import re
from collections.abc import Iterable, Iterator

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement as Measure
from rich.table import Table
from rich.text import Text

from kstab.notices import CAVEAT, Notice
from kstab.provenance import Provenance


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


def foot(provenance: Provenance, owners: Iterable[str] = ()) -> Iterator[RenderableType]:
    """Yield the line every report carries, and where it comes from.

    Args:
        provenance: Data and versions.
        owners: Plugins with their versions.
    """
    yield Text(CAVEAT, style="italic")
    parts = [
        f"Data {provenance.data}",
        *([f"sha256 {provenance.dataset_sha256[:12]}"] if provenance.dataset_sha256 else []),
        f"scheme {provenance.scheme}",
        *provenance.changes,
        f"kstab {provenance.kstab_version}",
        *owners,
    ]
    yield Text(", ".join(parts), style="dim")
