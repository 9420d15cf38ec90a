"""How far corrected energies may be off: what phases have in common, and what each has alone.

The energy of a phase is off by ``sum_f n_f dp_f + u``: *n* the features of its
composition per atom, *dp* the errors of the fitted parameters, which all phases share,
and *u* what is left over in each phase. In a reaction that corrects the same on both
sides the shared part cancels; the other never does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kstab.chemistry.roles import Floats, Integers, features
from kstab.phases.error_classes import classify

SCALE = 32767
"""Correlations are 16-bit integers: this is a correlation of 1."""


@dataclass(frozen=True, eq=False)
class ErrorModel:
    """Errors of the energies of one correction scheme.

    Attributes:
        pairs: Pairs of metal and anion that have a feature of their own.
        sigma: Standard deviations of the parameters, eV; shape (p,).
        correlation: Their correlations below the diagonal, row by row, times
            :data:`SCALE`; shape (p (p - 1) / 2,).
        leftover: Standard deviation of what is left over in a phase, by its error class,
            eV/atom.
    """

    pairs: tuple[tuple[str, str], ...]
    sigma: Floats
    correlation: NDArray[np.int16]
    leftover: Floats

    def describe(self, numbers: ArrayLike, amounts: ArrayLike) -> tuple[Floats, Floats]:
        """Return what the errors of phases depend on.

        Args:
            numbers: Atomic numbers of each phase's elements, padded with 0; shape (n, k).
            amounts: Atoms of each of them per formula unit; shape (n, k).

        Returns:
            Features per atom, shape (n, p), and what is left over, eV/atom, shape (n,).
            Elements have neither.
        """
        z, atoms = np.asarray(numbers), np.asarray(amounts, dtype=float)
        per_atom = features(z, atoms, self.pairs) / atoms.sum(axis=1, keepdims=True)
        elements = np.count_nonzero(z, axis=1)
        own = self.leftover[classify(per_atom, elements)]
        return per_atom, np.where(elements > 1, own, 0.0)

    def covariance(self, chosen: Integers) -> Floats:
        """Return the covariance of some parameters, eV²; shape (k, k)."""
        low, high = np.sort(np.array(np.meshgrid(chosen, chosen)), axis=0)
        off = low != high
        correlation = np.ones(off.shape)
        place = (high * (high - 1) // 2 + low)[off]
        correlation[off] = self.correlation[place] / SCALE
        covariance: Floats = correlation * np.outer(self.sigma[chosen], self.sigma[chosen])
        return covariance

    def common(self, per_atom: Floats) -> Floats:
        """Return the covariance that phases share through the parameters, eV²; shape (n, n).

        Args:
            per_atom: Features of the phases, or of weighted sums of phases; shape (n, p).
        """
        chosen = np.flatnonzero(per_atom.any(axis=0))
        there = per_atom[:, chosen]
        shared: Floats = there @ self.covariance(chosen) @ there.T
        return shared
