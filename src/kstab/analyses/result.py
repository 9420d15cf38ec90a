"""What every result of an analysis has in common: its document."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kstab.base.late import loaded
from kstab.base.written import Written
from kstab.errors import RequestError
from kstab.phases.notices import CAVEAT

if TYPE_CHECKING:  # how a result is shown is looked up when it is
    from kstab.report.page import Blocks

SCHEMA_VERSION: Final = "1.1"
"""Version of the JSON output; the first number changes when a key changes its meaning."""


class Result(Written):
    """Base of the results: what an analysis gives back.

    Attributes:
        kind: Which analysis it is of.
        offered: Where the row stands that says how it is shown, as ``module:NAME``.
    """

    __slots__ = ()

    kind: ClassVar[str]
    offered: ClassVar[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values, as ``--format json`` prints it.

        >>> import kstab
        >>> d = kstab.window("K3PS4", scheme="legacy", temperature="none").to_dict()
        >>> d["kind"], d["verdict"], round(d["reduction_limit"], 3)
        ('window', 'stable', 0.966)
        """
        head = {"kind": self.kind, "schema_version": SCHEMA_VERSION}
        return head | super().to_dict() | {"caveat": CAVEAT}

    def to_json(self) -> str:
        """Return the result as JSON text; the same result always gives the same text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def page(self, *, details: bool = False) -> "Blocks":
        """Return what there is to read, in blocks that every format shows.

        Args:
            details: Whether with everything that plugins say, not their headlines alone.
        """
        blocks: Blocks = loaded(loaded(self.offered).page)(self.as_written(), details)
        return blocks

    def rows(self) -> Iterable[Sequence[Any]] | None:
        """Return rows of plain cells for CSV; None where its page has the only tables."""
        table = loaded(loaded(self.offered).table)
        rows: Iterable[Sequence[Any]] | None = table and table(self)
        return rows

    def plot(self, path: str | Path | None = None) -> Any:
        """Draw the result; return the matplotlib figure, or save it and return None.

        Args:
            path: File to write; its suffix (png, svg, pdf) is the format.

        Raises:
            DataError: The file cannot be written.
            RequestError: The suffix is another one, or there is nothing to draw.
        """
        draw = loaded(loaded(self.offered).figure)
        if draw is None:
            raise RequestError(f"A result of {self.kind} has no figure.", "Leave the plot out.")
        figure = draw(self.as_written())
        return figure if path is None else loaded("kstab.report.figure:save")(figure, Path(path))

    def __str__(self) -> str:
        return str(loaded("kstab.report.page:answer")(self.page()))

    def _repr_html_(self) -> str:
        return str(loaded("kstab.report.html:fragment")(self.page()))
