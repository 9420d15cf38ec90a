"""The pages of the sources there are, and of what is known of one."""

from collections.abc import Sequence

from kstab.base.safe_text import printable
from kstab.report.page import Column, Lines, Row, Table, cells
from kstab.report.sheet import Sheet
from kstab.sources import holdings
from kstab.sources.holdings import Holding


def listed(rows: Sequence[Holding]) -> Sheet:
    """Return all sources as a sheet, a row each."""
    names = ("source", "kind", "phases", "energies", "scheme", "version")
    columns = (Column(name, right=name == "phases", breaks="anywhere") for name in names)
    table = Table(tuple(columns), tuple(Row(cells(*map(printable, _texts(row)))) for row in rows))
    return Sheet("sources", (table,), {"sources": [holdings.to_dict(row) for row in rows]})


def _texts(row: Holding) -> tuple[str, ...]:
    count = "" if row.count is None else f"{row.count:,}"
    return row.name, row.kind, count, row.energies, ", ".join(row.schemes), row.version


def described(found: Sequence[Holding], *, audit: bool) -> Sheet:
    """Return what is known of a source as a sheet; the document has the audit of all phases.

    Args:
        found: The source; several of a name if different versions were fetched.
        audit: Whether to say of each phase where it is from and what was done.
    """
    lines = (line for row in found for line in holdings.described(row, audit=audit))
    document = {"sources": [holdings.to_dict(row, audit=True) for row in found]}
    return Sheet("source", (Lines(tuple(map(printable, lines))),), document)
