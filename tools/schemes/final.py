"""The final test: measured solids that had no part in the fit or its design.

To be run once, when nothing about the scheme is open any more, and reported whatever
it says.
"""

import numpy as np

from kstab.chemistry.roles import Floats

from .apply import mp2020_known, mp2020_shifted, parameters
from .evaluate import coverage, markdown, statistics
from .heldout import errors_of
from .measured import DISAGREEMENT, Solids, final_test, gather, published, values
from .reactions import voltages


def final_report() -> str:
    """Return the errors of the stored schemes on the final test set.

    Nothing is left out but solids whose two sources disagree by more than 0.1 eV/atom.
    """
    chosen = [value for value in values() if value.formula in set(final_test())]
    solids = gather([value for value in chosen if value.disagreement <= DISAGREEMENT])
    columns = _energies(solids)
    reactions = voltages(solids)
    off = {name: energies - solids.measured for name, energies in columns.items()}
    volts = {name: errors_of(reactions, e, solids.measured) for name, e in columns.items()}
    rows = [
        [f"formation energies of {len(solids)}, eV/atom", *map(statistics, off.values())],
        [f"voltages of {len(reactions)}, V", *map(statistics, volts.values())],
    ]
    sigma = _sigmas(solids)
    bars = np.array([float(np.abs(r.weights) @ sigma[r.solids]) for r in reactions])
    covered = [
        ["formation energies", coverage(off["kstab"], sigma)],
        ["voltages", coverage(volts["kstab"], bars)],
    ]
    each = [
        [solids.formulas[r.solids[0]], *(f"{-error:+.2f}" for error in errors), f"{bar:.2f}"]
        for r, *errors, bar in zip(reactions, *volts.values(), bars, strict=True)
    ]
    head = ["quantity", "inside 1σ / inside 2σ / median σ"]
    return "\n".join(
        [
            markdown("Final test, mean / median / 90th percentile", ["errors", *columns], rows),
            markdown("Final test, errors of the voltages, V", ["compound", *columns, "σ"], each),
            markdown("Final test, coverage of the bars of scheme kstab", head, covered),
        ]
    )


def _energies(solids: Solids) -> dict[str, Floats]:
    """Energies by scheme, eV/atom; ``mp2020`` is known or shifted."""
    known, shifted = (f(published())[solids.rows] for f in (mp2020_known, mp2020_shifted))
    return {
        "legacy": solids.published,
        "mp2020": np.where(np.isfinite(known), known, shifted),
        "kstab": solids.published + solids.features @ parameters().values,
    }


def _sigmas(solids: Solids) -> Floats:
    """Standard deviations of the energies of scheme ``kstab``, eV/atom."""
    stored = parameters()
    common = np.diag(stored.errors.common(solids.features))
    sigmas: Floats = np.sqrt(common + stored.leftover[solids.label] ** 2)
    return sigmas
