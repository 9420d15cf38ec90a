"""Compute the energies of every correction scheme from its stored parameters.

    python tools/build_schemes.py [--check]

Writes ``phase_data/mp-2019/scheme-<name>.npz``: formation energies and energies above
the hull of all phases of the embedded table, and for the fitted scheme its error model.
The same parameters give the same bytes; ``--check`` writes nothing and fails if they
differ from what is there.
"""

import argparse
import sys
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from build_phase_data import FOLDER, npz
from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.phases.hull import hull_energies
from kstab.phases.scheme import LEGACY, Scheme
from kstab.phases.table import PhaseTable
from kstab.sources import embedded
from kstab.sources.columns import FAR_FROM_KNOWN, SCHEMES
from schemes import energies, mp2020_known, mp2020_shifts, parameters
from schemes.mp2020 import FLAGGED


def main() -> int:
    """Build, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    published = embedded.load(LEGACY.name)
    stale = []
    for scheme in (each for each in SCHEMES if not each.published):
        path = FOLDER / f"scheme-{scheme}.npz"
        data = build(published, scheme)
        if path.exists() and path.read_bytes() == data:
            continue
        stale.append(path.name)
        if not check:
            path.write_bytes(data)
            print(f"wrote {path.name}, {len(data):,} bytes")
    if check:
        print(
            f"differs: {', '.join(stale)}" if stale else "the schemes are as their parameters say"
        )
    return bool(check and stale)


def build(published: PhaseTable, scheme: Scheme) -> bytes:
    """Return the file of one scheme: its energies and the hull they make."""
    shifted = energies(scheme.name, published)
    origin = replace(published.origin, scheme=scheme)
    table = replace(published, energies=shifted, above_hull=None, origin=origin)
    height = table.energies - hull_energies(table, np.arange(len(table)))
    arrays = {
        "formation_energy": table.energies,
        # Nine decimals, as in the table's own fast form.
        "energy_above_hull": np.maximum(np.round(height, 9), 0.0),
    }
    if scheme.estimated:
        off = np.abs(table.energies - mp2020_known(published))
        arrays["shift"] = mp2020_shifts()
        arrays[FAR_FROM_KNOWN] = np.flatnonzero(off > FLAGGED).astype(np.int32)
    return npz(arrays | (error_arrays() if scheme.fitted else {}))


def error_arrays() -> dict[str, NDArray[Any]]:
    """Return the parameters and what :class:`kstab.phases.error_model.ErrorModel` is made of."""
    found = parameters()
    pairs = [[ATOMIC_NUMBER[symbol] for symbol in pair] for pair in found.pairs]
    return {
        "pairs": np.array(pairs, dtype=np.uint8),
        "parameter": found.values,
        "parameter_sigma": found.sigma,
        "parameter_correlation": found.correlation,
        "leftover": found.leftover,
    }


if __name__ == "__main__":
    sys.exit(main())
