"""What every result of an analysis has in common: its document."""

import json
from typing import Any, ClassVar, Final

from kstab.notices import CAVEAT
from kstab.written import Written

SCHEMA_VERSION: Final = "1.0"
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
        >>> d = kstab.window("K3PS4", scheme="legacy").to_dict()
        >>> d["kind"], d["verdict"], round(d["reduction_limit"], 3)
        ('window', 'stable', 0.966)
        """
        head = {"kind": self.kind, "schema_version": SCHEMA_VERSION}
        return head | super().to_dict() | {"caveat": CAVEAT}

    def to_json(self) -> str:
        """Return the result as JSON text; the same result always gives the same text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"
