"""Fit entropies and heat capacities of solids, and write how good they are.

    python tools/fit_entropies.py [--check | --evaluate | --final]

Reads the measured values in ``phase_data/experiment``, and writes ``solid-heat.npz``, the fit,
and ``thermal.npz``, the entropies of the embedded table, into ``phase_data/mp-2019``, in half a
minute. ``--check`` writes nothing and fails if the fit no longer gives what is stored;
``--evaluate`` writes the tables of held-out errors, ``docs/generated/entropy_errors.md``;
``--final`` those of the second final test, which is for when nothing is open any more.
"""

import argparse
import io
import sys
from pathlib import Path
from typing import Final

import numpy as np

from build_phase_data import FOLDER, npz
from heat import evaluate, final, fit, measured, store
from kstab.sources.heat import FIT, THERMAL

TABLES: Final = Path(__file__).parents[1] / "docs" / "generated" / "entropy_errors.md"
FINAL: Final = TABLES.with_name("second_test.md")
TOLERANCE: Final = 2e-3
"""Of the largest number of an array: optimizers differ between machines by about as much."""


def main() -> int:
    """Fit, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--evaluate", action="store_true", help="write the held-out errors")
    parser.add_argument("--final", action="store_true", help="write the errors on the second test")
    options = parser.parse_args()
    if options.evaluate:
        TABLES.write_text(evaluate.report(), encoding="utf-8", newline="\n")
        return 0
    if options.final:
        FINAL.write_text(final.report(), encoding="utf-8", newline="\n")
        return 0
    made = files()
    stale = [name for name, data in made.items() if not same(name, data)]
    if options.check:
        print(f"differs: {', '.join(stale)}" if stale else "the entropies are as fitted")
        return bool(stale)
    for name in stale:
        (FOLDER / name).write_bytes(made[name])
        print(f"wrote {name}, {len(made[name]):,} bytes")
    return 0


def files() -> dict[str, bytes]:
    """Return what is stored: name and bytes."""
    model = fit.fit(measured.training(), fit.fit_volumes())
    return {FIT: npz(store.fitted(model)), THERMAL: npz(store.thermal(model))}


def same(name: str, data: bytes) -> bool:
    """Whether a stored file says what was fitted."""
    path = FOLDER / name
    if not path.exists():
        return False
    with np.load(path) as old, np.load(io.BytesIO(data)) as new:
        return old.files == new.files and all(
            old[each].shape == new[each].shape
            and np.abs(old[each] - new[each]).max() <= TOLERANCE * np.abs(new[each]).max()
            for each in new.files
        )


if __name__ == "__main__":
    sys.exit(main())
