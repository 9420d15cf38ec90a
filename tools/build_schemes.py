"""Compute the energies of every correction scheme from its stored parameters.

    python tools/build_schemes.py [--check]

Writes to ``phase_data/mp-2019``: in ``scheme-<name>.npz`` formation enthalpies and energies above
the hull of all phases of the embedded table, and for the fitted scheme its error model; in
``gibbs-<name>.npz`` the same with Gibbs energies at 298.15 K and 1 bar, and what is a fluid.
The same parameters give the same bytes; ``--check`` writes nothing and fails if they
differ from what is there.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from build_phase_data import FOLDER, heights, npz
from kstab.chemistry.conditions import Conditions
from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.phases.scheme import LEGACY, Scheme
from kstab.phases.table import PhaseTable
from kstab.sources import embedded
from kstab.sources.columns import FAR_FROM_KNOWN, SCHEMES
from kstab.sources.embedded import FORMS, GIBBS
from kstab.sources.free_energies import computed
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
    for name, data in files(published):
        path = FOLDER / name
        if path.exists() and path.read_bytes() == data:
            continue
        stale.append(name)
        if not check:
            path.write_bytes(data)
            print(f"wrote {name}, {len(data):,} bytes")
    if check:
        print(
            f"differs: {', '.join(stale)}" if stale else "the schemes are as their parameters say"
        )
    return bool(check and stale)


def files(published: PhaseTable) -> Iterator[tuple[str, bytes]]:
    """Yield the files of all schemes, name and bytes."""
    for scheme in SCHEMES:
        table = published
        if not scheme.published:
            arrays = build(published, scheme)
            yield f"scheme-{scheme}.npz", npz(arrays)
            energies = arrays["formation_energy"]
            origin = replace(published.origin, scheme=scheme)
            corrections = energies - published.energies
            table = replace(published, energies=energies, corrections=corrections, origin=origin)
        yield f"gibbs-{scheme}.npz", npz(gibbs(table))


def gibbs(table: PhaseTable) -> dict[str, NDArray[Any]]:
    """Return the arrays of a scheme's Gibbs energies at 298.15 K and 1 bar."""
    free = computed(replace(table, room=None), Conditions())
    free = replace(free, energies=np.round(free.energies, 6))
    rows, known = sorted(free.fluids), free.uncertainty
    measured = np.flatnonzero(known.measured) if known else np.empty(0, dtype=np.int64)
    columns = (
        free.energies,
        heights(free),
        np.asarray(free.corrections),
        np.array(rows, dtype=np.int32),
        np.array([free.fluids[row] == FORMS[1] for row in rows]),
        measured.astype(np.int32),
        known.stated[measured] if known else np.empty(0),
    )
    return dict(zip(GIBBS, columns, strict=True))


def build(published: PhaseTable, scheme: Scheme) -> dict[str, NDArray[Any]]:
    """Return the arrays of one scheme: its energies and the hull they make."""
    shifted = energies(scheme.name, published)
    origin = replace(published.origin, scheme=scheme)
    table = replace(published, energies=shifted, above_hull=None, origin=origin)
    arrays = {"formation_energy": table.energies, "energy_above_hull": heights(table)}
    if scheme.estimated:
        off = np.abs(table.energies - mp2020_known(published))
        arrays["shift"] = mp2020_shifts()
        arrays[FAR_FROM_KNOWN] = np.flatnonzero(off > FLAGGED).astype(np.int32)
    return arrays | (error_arrays() if scheme.fitted else {})


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
