"""Fit the correction schemes, and write how good they are.

    python tools/fit_schemes.py [--check | --evaluate | --final]

Reads the measured values in ``phase_data/experiment`` and writes the parameters to
``phase_data/schemes``, in seconds. ``--check`` writes nothing and fails if the fit no
longer gives the stored parameters; ``--evaluate`` writes the tables of held-out errors,
``docs/generated/scheme_errors.md``, in about three minutes with ``OMP_NUM_THREADS=1``.
"""

import argparse
import io
import sys
from pathlib import Path
from typing import Final

import numpy as np

from schemes import final, fit, measured, mp2020, store, tables

TABLES: Final = Path(__file__).parents[1] / "docs" / "generated" / "scheme_errors.md"
FINAL: Final = TABLES.with_name("final_test.md")
TOLERANCE: Final = 1e-5
"""Linear algebra differs between machines in the last digits; parameters by no more, eV."""


def main() -> int:
    """Fit, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--evaluate", action="store_true", help="write the held-out errors")
    parser.add_argument("--final", action="store_true", help="write the errors on the final test")
    options = parser.parse_args()
    if options.evaluate:
        TABLES.write_text(tables.report(), encoding="utf-8", newline="\n")
        return 0
    if options.final:
        FINAL.write_text(final.final_report(), encoding="utf-8", newline="\n")
        return 0
    stale = [name for name, data in files().items() if not same(name, data)]
    if options.check:
        print(f"differs: {', '.join(stale)}" if stale else "the schemes are as fitted")
        return bool(stale)
    for name in stale:
        (store.FOLDER / name).write_bytes(files()[name])
        print(f"wrote {name}")
    return 0


def files() -> dict[str, bytes]:
    """Return what is stored: name and bytes."""
    test = {
        "final_test_set.csv": measured.final_test_table(),
        "second_test_set.csv": measured.second_test_table(),
    }
    return test | fit.stored() | mp2020.stored(measured.published())


def same(name: str, data: bytes) -> bool:
    """Whether a stored file says what was fitted."""
    path = store.FOLDER / name
    if not path.exists():
        return False
    if name.endswith(".npy"):
        old, new = np.load(path), np.load(io.BytesIO(data))
        return old.shape == new.shape and bool(np.abs(old - new.astype(np.int32)).max() <= 1)
    return _close(path.read_text("utf-8"), data.decode())


def _close(old: str, new: str) -> bool:
    """Whether two tables are equal but for the last digits of their numbers."""
    a, b = (text.replace("\n", ",").split(",") for text in (old, new))
    return len(a) == len(b) and all(x == y or _near(x, y) for x, y in zip(a, b, strict=True))


def _near(x: str, y: str) -> bool:
    try:
        return abs(float(x) - float(y)) <= TOLERANCE
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
