"""Real cathodes from the literature: compositions and voltages as their papers state them."""

import csv
from functools import cache
from typing import Any, Final

from kstab.analyses.interface.result import Cathode
from kstab.errors import DataError
from kstab.sources import embedded

COLUMNS: Final = Cathode.__match_args__
"""Columns of ``cathodes.csv``, in their order; empty where the paper does not say."""


@cache
def load() -> tuple[Cathode, ...]:
    """Return the cathodes of the embedded table, in its order.

    Raises:
        DataError: The file is missing or damaged.

    >>> all(cathode.doi.startswith("10.") for cathode in load())
    True
    """
    path = embedded.folder().parent / "cathodes.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(_cathode(row) for row in csv.DictReader(file))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            str(path), f"the table of cathodes cannot be read ({error})", "Install kstab again."
        ) from error


def _cathode(row: dict[str, str]) -> Cathode:
    cells: dict[str, Any] = {name: row[name] for name in COLUMNS}
    for name in ("voltage_low", "voltage_high", "average_voltage"):
        cells[name] = float(row[name]) if row[name] else None
    return Cathode(**cells)
