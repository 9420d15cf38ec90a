"""Robust ridge regression of the corrections on measured formation enthalpies."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from kstab.chemistry import roles
from kstab.chemistry.roles import Floats, Integers
from kstab.phases.error_classes import CLASSES, class_names

from . import store
from .measured import Solids, pairs, training

UNDO: Final = {
    "fluorine not fluoride": 0.462,
    "sulfur not sulfide": 0.663,
    "chlorine not chloride": 0.614,
    "nitrogen not nitride": 0.361,
}
"""eV/atom that the published energies were corrected by, taken back where there is no such ion."""

WIDTHS: Final = {
    "taken back": 0.10,
    "oxoanion": 1.0,
    "bonded": 0.15,
    "group of metals": 0.10,
    "metal": 0.04,
    "pair": 0.08,
    "other": 0.30,
}
"""Widths of the priors, eV per ion or electron: where nothing is measured, nothing is corrected."""

START: Final = 0.05
"""Error of a solid before anything is known, eV/atom."""
HUBER: Final = 1.5
FREEDOM: Final = 4.0
"""Degrees of freedom of Student's t, whose weights let go of gross errors."""
STEPS: Final = 25
SETTLED: Final = 3e-4
"""The fit has settled when no residual moves by more, eV/atom."""
FLOOR: Final = 0.015
"""No class of phases is held to be better known than this, eV/atom."""
SHRINK: Final = 5
"""Weight, in solids, with which the error of a class is drawn to that of all."""


class Prior(NamedTuple):
    """What is believed of the parameters before the measurements: centres and widths."""

    centre: Floats
    width: Floats


def feature_names() -> tuple[str, ...]:
    """Return the names of the features of scheme ``kstab``."""
    return roles.feature_names(pairs())


def prior() -> Prior:
    """Return the priors of scheme ``kstab``."""
    names = feature_names()
    centre = np.array([UNDO.get(name, 0.0) for name in names])
    return Prior(centre, np.array([WIDTHS[_sort(name)] for name in names]))


def _sort(name: str) -> str:
    """Which width a feature has."""
    if name.startswith("electrons of "):
        is_group = name.removeprefix("electrons of ") in roles.GROUPS
        return "group of metals" if is_group else "metal"
    if name in roles.EXCESS:
        return "taken back"
    if name in roles.OXOANIONS:
        return "oxoanion"
    if name.endswith((" metal", ", metalloid", ", fluoride")):
        return "bonded"
    return "pair" if "-" in name else "other"


@dataclass(frozen=True, eq=False)
class Fit:
    """Parameters fitted to some solids.

    Attributes:
        parameters: eV per ion, atom or electron in each role.
        prior: Priors of the parameters.
        features: Features of the solids, per atom.
        noise: Variance of each measurement about the fit, its robust weight applied.
        leftover: Error that remains in each class, eV/atom.
    """

    parameters: Floats
    prior: Prior
    features: Floats
    noise: Floats
    leftover: Floats

    def energies(self, solids: Solids) -> Floats:
        """Corrected formation energies, eV/atom."""
        corrected: Floats = solids.published + solids.features @ self.parameters
        return corrected

    @cached_property
    def covariance(self) -> Floats:
        """Covariance of the parameters."""
        variance = self.prior.width**2
        spread = self.features * variance
        seen = spread @ self.features.T + np.diag(self.noise)
        covariance: Floats = np.diag(variance) - spread.T @ np.linalg.solve(seen, spread)
        return covariance

    def sigma(self, weights: Floats, solids: Solids) -> float:
        """Standard deviation of a sum over solids, in eV per unit of the weights.

        What the parameters have in common cancels; what is left over in each solid does not.

        Args:
            weights: Atoms of each solid in the sum; shape (n,).
            solids: The solids.
        """
        common = weights @ solids.features
        own = weights * self.leftover[solids.label]
        return float(np.sqrt(common @ self.covariance @ common + own @ own))

    def sigmas(self, solids: Solids) -> Floats:
        """Standard deviation of the energy of each solid, eV/atom."""
        common = ((solids.features @ self.covariance) * solids.features).sum(axis=1)
        total: Floats = np.sqrt(common + self.leftover[solids.label] ** 2)
        return total


def fit(solids: Solids, prior: Prior) -> Fit:
    """Return the most probable parameters, robust against gross errors.

    The classes' errors and the weights of the solids follow from the residuals and the
    fit from both, in turns: Huber's weights first, then those of Student's t.
    """
    target = solids.measured - solids.published - solids.features @ prior.centre
    variance = prior.width**2
    common = (solids.features * variance) @ solids.features.T
    residual, scale = target, np.full(len(class_names()), START)
    for step in range(STEPS):
        noise = scale[solids.label] ** 2 + solids.bar**2
        noise /= _weights(residual / np.sqrt(noise), robust=step > 3)
        pull = np.linalg.solve(common + np.diag(noise), target)
        change = np.abs(target - common @ pull - residual).max()
        residual = target - common @ pull
        scale = np.maximum(leftover(residual, solids.label), FLOOR)
        if step > 4 and change < SETTLED:
            break
    parameters = prior.centre + variance * (solids.features.T @ pull)
    return Fit(parameters, prior, solids.features, noise, scale)


def _weights(z: Floats, *, robust: bool) -> Floats:
    """Weights of residuals, given in standard deviations."""
    weights: Floats
    if robust:
        weights = np.minimum(1.0, (FREEDOM + 1) / (FREEDOM + z**2))
    else:
        weights = np.minimum(1.0, HUBER / np.maximum(np.abs(z), 1e-9))
    return weights


def leftover(residual: Floats, label: Integers) -> Floats:
    """Return the error of each class, eV/atom, drawn to that of all binaries or all others."""
    count = len(class_names())
    squares = np.minimum(np.abs(residual), 0.3) ** 2  # one gross error is not the class
    large = label >= count // 2
    overall = np.array([squares[~large].mean(), squares[large].mean()])
    number = np.bincount(label, minlength=count)
    total = np.bincount(label, squares, minlength=count)
    out: Floats = np.sqrt((SHRINK * overall.repeat(count // 2) + total) / (SHRINK + number))
    unlike = slice(len(CLASSES), None, len(CLASSES) + 1)
    out[unlike] = np.maximum(out[unlike], np.sqrt(overall[0]))  # what no role describes
    return out


def stored() -> dict[str, bytes]:
    """Return the files of scheme ``kstab``: name and bytes."""
    solids = training()[0]
    result = fit(solids, prior())
    sigma = np.sqrt(np.diag(result.covariance))
    number = np.count_nonzero(solids.features, axis=0)
    columns = zip(feature_names(), result.parameters, sigma, *result.prior, number, strict=True)
    cells = [(n, f"{p:.6f}", f"{s:.6f}", f"{c:g}", f"{w:g}", k) for n, p, s, c, w, k in columns]
    names = ("feature", "parameter", "sigma", "prior", "prior_width", "solids")
    per_class = np.bincount(solids.label, minlength=len(result.leftover))
    classes = zip(class_names(), result.leftover, per_class, strict=True)
    return {
        "kstab.csv": store.table(names, cells),
        "kstab_correlation.npy": store.pack(result.covariance),
        "leftover.csv": store.table(
            ("class", "sigma", "solids"), [(c, f"{s:.6f}", k) for c, s, k in classes]
        ),
    }
