"""What a command says that is no result of an analysis, as a page like all others."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kstab.base.written import plain
from kstab.errors import RequestError
from kstab.report.page import Blocks


@dataclass(frozen=True)
class Sheet:
    """A page that a command made, with the same for programs.

    Attributes:
        kind: What it is of, in a word.
        blocks: The page.
        document: What JSON holds.
        cells: Rows of plain cells for CSV, the names of columns first; None for the tables of
            the page.
        figure: Draws it, as a matplotlib figure; None where there is nothing to draw.
        widest: Columns of a terminal beyond which it grows no wider; None for no limit.
    """

    kind: str
    blocks: Blocks
    document: Mapping[str, Any]
    cells: Iterable[Sequence[Any]] | None = None
    figure: Callable[[], Any] | None = None
    widest: int | None = None

    def page(self, *, details: bool = False) -> Blocks:  # noqa: ARG002 - as of results
        """Return the page; it says everything at once."""
        return self.blocks

    def rows(self) -> Iterable[Sequence[Any]] | None:
        """Return the rows of plain cells."""
        return self.cells

    def to_json(self) -> str:
        """Return the document as JSON text."""
        return json.dumps(plain(self.document), indent=2, ensure_ascii=False) + "\n"

    def plot(self, path: Path) -> None:
        """Draw it into a file.

        Raises:
            RequestError: There is nothing to draw, or the file's suffix is that of no figure.
            DataError: The file cannot be written.
        """
        from kstab.report.figure import save

        if self.figure is None:
            raise RequestError(f"A result of {self.kind} has no figure.", "Leave --plot out.")
        save(self.figure(), path)
