"""Derive the errors of PBE volumes by quality, and see what they mean for the ratio.

    python tools/volume_errors.py

Compares the PBE volumes of the embedded data with the measured densities of
``solids.csv``, compounds only, and prints for each quality the number of compounds,
the median of V(PBE)/V(measured) - 1, and the 68.3 % quantile of its absolute value. Then, for
compounds of the working ions, how often the measured ratio lies within the range of the
calculated one.
"""

import csv

import kstab
import numpy as np
from kstab import Formula
from kstab.context import Context
from kstab.plugin_tools import CHARGES, measured_tables

from kstab_pilling_bedworth.ratio import ratio
from kstab_pilling_bedworth.volumes import ERRORS, calculated, measured, sources

ONE_SIGMA = 0.683


def compounds() -> list[Formula]:
    """Return the measured solids of more than one element that have a density there."""
    with (measured_tables() / "solids.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["density_g_cm3"]]
    formulas = [Formula.parse(row["formula"]) for row in rows]
    return [formula for formula in formulas if len(formula.elements) > 1]


def deviations(context: Context) -> dict[str, list[float]]:
    """Return V(PBE)/V(measured) - 1 of the measured compounds, by quality."""
    found: dict[str, list[float]] = {quality: [] for quality in ERRORS}
    for formula in compounds():
        one, other = calculated(formula, context), measured(formula)
        if one and other:
            found[one.quality].append(one.value / other.value - 1.0)
    return found


def coverage(context: Context) -> tuple[int, int]:
    """Return how many measured ratios lie in the calculated range, and of how many."""
    pairs = []
    for formula in compounds():
        for ion in CHARGES:
            both = [ratio(formula, ion, source) for source in sources(context).values()]
            if both[0] and both[1]:
                pairs.append((both[0].value, both[1]))
    return sum(found.low <= value <= found.high for value, found in pairs), len(pairs)


def main() -> None:
    """Print both."""
    context = Context(kstab.phase_table(), None, {}, 298.15)
    for quality, found in deviations(context).items():
        spread = np.quantile(np.abs(found), ONE_SIGMA)
        print(f"{quality} {len(found):4d} {np.median(found):+.3f} {spread:.3f}")
    print("{} of {} measured ratios in the calculated range".format(*coverage(context)))


if __name__ == "__main__":
    main()
