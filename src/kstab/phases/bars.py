"""Error bars: the standard deviation of anything that is a weighted sum of phase energies.

Limits, steps and reaction energies all are. What the phases of a sum share through the
parameters of the scheme cancels as it does in the reaction; what is left over in each
phase adds up in quadrature. A sum is a mapping from rows of the table to weights.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from kstab.chemistry.ions import Ion
from kstab.engine.equilibrium import Floats, Profile
from kstab.phases.table import PhaseTable

EnergySum = Mapping[int, float]

NO_VOLTAGE: Final = 1e-3
"""Voltage, V, below which it makes no sense to ask what part of it is correction."""

_DIGITS: Final = 9  # decimals of a standard deviation, eV; beyond is rounding


class Bars:
    """Error bars of a table's phases; what each depends on is looked up once.

    Args:
        table: Where the energies come from.
    """

    def __init__(self, table: PhaseTable) -> None:
        self._table = table
        known = table.uncertainty
        self._model = known.model() if known and known.model else None
        self._known: dict[int, tuple[Floats, float]] = {}

    def prefetch(self, rows: Iterable[int]) -> None:
        """Look up many rows at once, which is much quicker than one by one."""
        new = [row for row in dict.fromkeys(rows) if row not in self._known]
        table, known = self._table, self._table.uncertainty
        if self._model is None or known is None or not new:
            return
        described = known.describe(new, table.numbers[new], table.amounts[new])
        self._known |= zip(new, zip(*described, strict=True), strict=True)

    def sigmas(self, sums: Sequence[EnergySum]) -> list[float | None]:
        """Return the standard deviation of each sum, eV times its weights; None if unknown."""
        if self._model is None:
            return [None] * len(sums)
        rows = sorted({row for each in sums for row in each})
        if not rows:
            return [0.0] * len(sums)
        weights = np.array([[each.get(row, 0.0) for row in rows] for each in sums])
        per_atom, leftover = self.errors(rows)
        variance = np.diag(self._model.common(weights @ per_atom))
        variance = variance + ((weights * leftover) ** 2).sum(axis=1)
        return [round(float(each), _DIGITS) for each in np.sqrt(np.maximum(variance, 0.0))]

    def errors(self, rows: Sequence[int]) -> tuple[Floats, Floats]:
        """Return features per atom, shape (n, p), and what is left over, eV/atom, shape (n,)."""
        if not rows:
            return np.empty((0, 0)), np.empty(0)
        self.prefetch(rows)
        per_atom, leftover = zip(*(self._known[row] for row in rows), strict=True)
        return np.array(per_atom), np.array(leftover)

    def covariance(self, rows: Sequence[int]) -> Floats | None:
        """Return the covariance of the energies of some rows, eV²; None if unknown."""
        if self._model is None:
            return None
        per_atom, leftover = self.errors(rows)
        return self._model.common(per_atom) + np.diag(leftover**2)

    def share(self, sum_: EnergySum, voltage: float) -> float | None:
        """Return which part of a voltage the scheme adds to published energies; None if unknown.

        Args:
            sum_: The energies that the voltage is a sum of.
            voltage: V.
        """
        corrections = self._table.corrections
        if corrections is None or abs(voltage) < NO_VOLTAGE:
            return None
        correction = sum(weight * float(corrections[row]) for row, weight in sum_.items())
        return round(correction / voltage, _DIGITS) + 0.0


@lru_cache(maxsize=8)
def bars_of(table: PhaseTable) -> Bars:
    """Return the error bars of a table, kept while the table is in use."""
    return Bars(table)


def add(*parts: tuple[float, EnergySum]) -> dict[int, float]:
    """Return sums added up, each times its factor; what cancels is left out.

    >>> add((1.0, {1: 2.0, 2: 1.0}), (-2.0, {1: 1.0}))
    {2: 1.0}
    """
    total: dict[int, float] = {}
    for factor, part in parts:
        for row, weight in part.items():
            total[row] = total.get(row, 0.0) + factor * weight
    return {row: weight for row, weight in total.items() if weight}


def mixture(columns: Sequence[int], amounts: Sequence[float], rows: Sequence[int]) -> EnergySum:
    """Return the energy of an engine's basis as a sum over rows of the table."""
    return {rows[column]: amount for column, amount in zip(columns, amounts, strict=True)}


def mixtures(profile: Profile, rows: Sequence[int]) -> list[EnergySum]:
    """Return :func:`mixture` of each segment of a profile."""
    return [mixture(*basis, rows) for basis in zip(profile.bases, profile.amounts, strict=True)]


def edges(profile: Profile, rows: Sequence[int], ion: Ion) -> list[EnergySum]:
    """Return the voltages between the segments of a profile as sums, V; one less than these.

    The voltage at which two mixtures are in equilibrium is the difference of their
    energies for each ion they exchange, ``V = -(E1 - E2) / (n1 - n2) / z``.
    """
    sums: list[EnergySum] = []
    for k, (below, above) in enumerate(pairwise(mixtures(profile, rows))):
        factor = -1.0 / ((profile.ions[k] - profile.ions[k + 1]) * ion.charge)
        sums.append(add((factor, below), (-factor, above)))
    return sums
