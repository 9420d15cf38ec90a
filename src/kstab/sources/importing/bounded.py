"""Reading files of strangers: never more than a limit, and nothing but files.

A compressed file of a few kilobytes can expand to more than any memory holds, so the limits
are on what comes out.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from kstab.errors import DataError

T = TypeVar("T")

MEGABYTE: Final = 1 << 20
TABLE: Final = 64 * MEGABYTE
"""Largest table, expanded."""
ENTRIES: Final = 256 * MEGABYTE
"""Largest list of entries, expanded."""
RUN: Final = 1024 * MEGABYTE
"""Largest output of a run, expanded."""

PHASES: Final = 200_000
"""Most phases in a table or a list of entries, those that cannot be used among them."""
LINES: Final = 1_000_000
"""Most lines of a table, empty ones and comments among them."""
CELLS: Final = 1_000
"""Most cells in a row of a table."""
VALUES: Final = 10_000_000
"""Most values in a list of entries: a list of empty lists needs 20 times the memory of its text."""
REJECTIONS: Final = 10_000
"""Most phases that cannot be used of which the reason is kept; others are counted."""

_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = MEGABYTE


def content(path: Path, limit: int) -> bytes:
    """Return what is in a file, compressed with gzip or not.

    Raises:
        DataError: It is no file, cannot be read, is damaged, or holds more than the limit.
    """
    return b"".join(pieces(path, limit))


def counted(path: Path, found: Iterable[T]) -> Iterator[T]:
    """Yield what is found in a file, up to :data:`PHASES`.

    Raises:
        DataError: There is more.
    """
    for number, each in enumerate(found):
        if number >= PHASES:
            raise DataError(str(path), f"it holds more than {PHASES:,} phases", "Split it.")
        yield each


def check_values(path: Path, raw: bytes) -> None:
    """Go on only if JSON holds no more than :data:`VALUES`, counted before any is made.

    Raises:
        DataError: It holds more.
    """
    if sum(map(raw.count, (b",", b"[", b"{"))) > VALUES:
        raise DataError(str(path), f"it holds more than {VALUES:,} values", "Split it.")


def pieces(path: Path, limit: int) -> Iterator[bytes]:
    """Yield what is in a file bit by bit.

    Raises:
        DataError: As :func:`content`.
    """
    total = 0
    with _opened(path) as stream:
        while piece := stream.read(_PIECE):
            total += len(piece)
            if total > limit:
                raise DataError(
                    str(path),
                    f"it holds more than {limit // MEGABYTE} MB, and kstab reads no more",
                    "Split it, or import the parts that matter.",
                )
            yield piece


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if not path.is_file():  # a pipe or a device would never end
        reason = "it is no file" if path.exists() else "there is no such file"
        raise DataError(str(path), reason, "Name a file, or a folder of runs.")
    try:
        with path.open("rb") as stream:
            compressed = stream.read(2) == _GZIP
            stream.seek(0)
            if compressed:
                with gzip.open(stream) as expanded:
                    yield expanded  # type: ignore[misc]  # reads as any binary file does
            else:
                yield stream
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            str(path), f"it cannot be read ({error})", "Check that it is whole and yours to read."
        ) from error
