"""Files of the schemes: small tables of text, and one array."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from kstab.chemistry.roles import Floats
from kstab.phases.error_model import SCALE

PHASE_DATA: Final = Path(__file__).parents[2] / "phase_data"
FOLDER: Final = PHASE_DATA / "schemes"


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def table(names: Sequence[str], cells: Iterable[Sequence[object]]) -> bytes:
    """Return a table of text as bytes."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(cells)
    return stream.getvalue().encode()


def column(path: Path, key: str, value: str) -> dict[str, float]:
    """Return one column of numbers by another one."""
    return {row[key]: float(row[value]) for row in rows(path)}


def pack(covariance: Floats) -> bytes:
    """Return the correlations below the diagonal, row by row, as an ``.npy`` file."""
    sigma = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sigma, sigma)
    below = correlation[np.tril_indices(len(sigma), -1)]
    stream = io.BytesIO()
    np.save(stream, np.rint(below * SCALE).astype("<i2"))
    return stream.getvalue()
