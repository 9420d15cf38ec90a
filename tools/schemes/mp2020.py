"""The corrections of 2020: known for some phases, estimated by shifts for the others.

The Materials Project corrects an element where it is the anion, and metals computed
with a Hubbard U (Wang et al., doi:10.1038/s41598-021-94550-5). The published energies
hold corrections of the same form with other parameters, so one shift per parameter
leads from them to those of 2020. Shifts are the medians of what is known.
"""

from typing import Final, NamedTuple

import numpy as np

from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.chemistry.roles import Floats
from kstab.phases.corrections import shift_features, shift_names
from kstab.phases.table import PhaseTable

from . import store

EXTRA: Final = "formation_energy_mp2020"
"""Column of the phase table with what is known, eV/atom."""
FLAGGED: Final = 0.05
"""Residuals above this are flagged, eV/atom."""
STEPS: Final = 40


def features(table: PhaseTable) -> Floats:
    """Return atoms corrected, per atom of each phase; shape (N, shifts)."""
    return shift_features(table.numbers, table.amounts)


def _is_element(table: PhaseTable) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    element: np.ndarray[tuple[int], np.dtype[np.bool_]]
    element = np.count_nonzero(table.numbers, axis=1) == 1
    return element


def known(table: PhaseTable) -> Floats:
    """Return the known energies, eV/atom, nan where there is none; elements stay as published."""
    energies = np.array(table.extras[EXTRA], dtype=np.float64)
    element = _is_element(table)
    energies[element] = table.energies[element]
    return energies


def fit_shifts(table: PhaseTable) -> Floats:
    """Return the shifts, eV per atom, by regression to the median of what is known.

    Iteratively reweighted least squares: weights are one over the residual, of 1 meV
    at least.
    """
    here = np.isfinite(known(table)) & ~_is_element(table)
    x, y = features(table)[here], (known(table) - table.energies)[here]
    weights, shifts = np.ones(len(y)), np.zeros(x.shape[1])
    for _ in range(STEPS):
        weighted = (x * weights[:, None]).T
        normal = weighted @ x + 1e-9 * np.eye(x.shape[1])
        shifts = np.asarray(np.linalg.solve(normal, weighted @ y), dtype=np.float64)
        weights = 1 / np.maximum(np.abs(y - x @ shifts), 1e-3)
    return shifts


def shifted(table: PhaseTable, shifts: dict[str, float]) -> Floats:
    """Return the published energies of all phases with the shifts added, eV/atom."""
    energies: Floats = table.energies + features(table) @ [shifts[name] for name in shift_names()]
    return energies


class Residuals(NamedTuple):
    """How far the shifted energies are from the known ones; meV/atom.

    Attributes:
        phases: Which phases.
        known: How many of them are known.
        median: Median of the absolute residuals.
        p90: Their 90th percentile.
        largest: The largest.
        flagged: How many are above 50 meV/atom.
    """

    phases: str
    known: int
    median: float
    p90: float
    largest: float
    flagged: int


def residuals(table: PhaseTable, shifts: dict[str, float]) -> list[Residuals]:
    """Return the residuals of all compounds, of those of potassium, and of those on the hull."""
    residual = np.abs(shifted(table, shifts) - known(table))
    counted = np.isfinite(residual) & ~_is_element(table)
    potassium = (table.numbers == ATOMIC_NUMBER["K"]).any(axis=1)
    hull = np.zeros(len(table), dtype=bool)
    if table.above_hull is not None:
        hull = table.above_hull <= 1e-6
    chosen = {"all": True, "of K": potassium, "of K, on the hull": potassium & hull}
    return [_summary(name, residual[counted & rows]) for name, rows in chosen.items()]


def _summary(name: str, residual: Floats) -> Residuals:
    middle, high, largest = 1000 * np.percentile(residual, [50, 90, 100])
    flagged = int(np.count_nonzero(residual > FLAGGED))
    return Residuals(name, len(residual), float(middle), float(high), float(largest), flagged)


def stored(table: PhaseTable) -> dict[str, bytes]:
    """Return the file of the shifts: name and bytes."""
    x = features(table)[np.isfinite(known(table))]
    columns = zip(shift_names(), fit_shifts(table), np.count_nonzero(x, axis=0), strict=True)
    cells = [(name, f"{shift:.6f}", count) for name, shift, count in columns]
    return {"mp2020.csv": store.table(("feature", "shift", "phases"), cells)}
