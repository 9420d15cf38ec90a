"""Robust ridge regression of the corrections on measured formation enthalpies."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from kstab.chemistry import roles
from kstab.chemistry.roles import Floats, Integers
from kstab.phases.error_classes import BLOCKS, class_names

from . import store
from .measured import Solids, evidence, pairs, training

UNDO: Final = {
    "fluorine not fluoride": 0.462,
    "sulfur not sulfide": 0.663,
    "oxidised sulfur": 0.663,
    "chlorine not chloride": 0.614,
    "oxidised chlorine": 0.614,
    "nitrogen not nitride": 0.361,
    "oxidised nitrogen": 0.361,
    "azide": 0.361,
}
"""eV/atom that the published energies were corrected by, taken back where there is no such ion."""

WIDTHS: Final = {
    "taken back": 0.27,
    "oxoanion": 1.3,
    "bonded": 0.14,
    "U": 0.45,
    "group of metals": 0.13,
    "alkali": 0.041,
    "alkaline earth": 0.032,
    "rare earth": 0.073,
    "metal": 0.061,
    "pair of alkali": 0.017,
    "pair of alkaline earth": 0.022,
    "pair of rare earth": 0.058,
    "pair": 0.051,
    "pair in an alloy": 0.022,
    "alloy": 0.23,
    "other": 0.28,
}
"""Widths of the priors, eV per ion or electron, by sort of feature.

About those that make all measured enthalpies most probable (:mod:`.widths`). Where nothing is
measured, nothing is corrected; a metal that was not measured is like its group.
"""

START: Final = 0.05
"""Error of a solid before anything is known, eV/atom."""
HUBER: Final = 1.5
FREEDOM: Final = 4.0
"""Degrees of freedom of Student's t, whose weights let go of gross errors."""
HUBER_STEPS: Final = 3
STEPS: Final = 40
SETTLED: Final = 5e-4
"""The fit has settled when no residual moves by more, eV/atom."""
COMMON: Final = 0.65
OWN: Final = 0.9
"""What bars count of the parameters' errors and of what is left over.

By the held-out formation energies, voltages, reductions, limits and phases from their
neighbours: about 68 % of them are then inside one standard deviation. Without these factors
74 to 87 % are.
"""
FLOOR: Final = 0.015
"""No class of phases is held to be better known than this, eV/atom."""
SHRINK: Final = 2
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
    return Prior(centre, np.array([WIDTHS[sort(name)] for name in names]))


def sort(name: str) -> str:
    """Return which of the widths a feature has."""
    if name in UNDO:
        return "taken back"
    if name in roles.OXOANIONS:
        return "oxoanion"
    if name.startswith("electrons of "):
        metal = name.removeprefix("electrons of ")
        return "group of metals" if metal in roles.GROUPS else _metal_sort(metal, "metal")
    if name.endswith(" with U"):
        return "U"
    if name.startswith("alloy") or name == "antimonide, bismuthide":
        return "alloy"
    if "-" in name:
        metal, taker = name.split("-")
        return "pair in an alloy" if taker in roles.ALLOYS else _metal_sort(metal, "pair")
    bonded = name.endswith((" metal", ", metalloid", ", fluoride")) or name == "oxide, alkali"
    return "bonded" if bonded else "other"


def _metal_sort(metal: str, what: str) -> str:
    """The sort of a metal, or of a pair with it."""
    for group in ("alkali", "alkaline earth", "rare earth"):
        if metal in roles.GROUPS[group]:
            return group if what == "metal" else f"pair of {group}"
    return what


@dataclass(frozen=True, eq=False)
class Fit:
    """Parameters fitted to some solids.

    Attributes:
        parameters: eV per ion, atom or electron in each role.
        covariance: Their covariance, eV².
        prior: Priors of the parameters.
        leftover: Error that remains in each class, eV/atom.
    """

    parameters: Floats
    covariance: Floats
    prior: Prior
    leftover: Floats

    def energies(self, solids: Solids) -> Floats:
        """Corrected formation energies, eV/atom."""
        corrected: Floats = solids.published + solids.features @ self.parameters
        return corrected

    @property
    def shared(self) -> Floats:
        """Covariance of the parameters as bars count it, eV²."""
        shared: Floats = COMMON**2 * self.covariance
        return shared

    @property
    def own(self) -> Floats:
        """Error that is left over in each class as bars count it, eV/atom."""
        own: Floats = OWN * self.leftover
        return own

    def sigma(self, weights: Floats, solids: Solids) -> float:
        """Standard deviation of a sum over solids, in eV per unit of the weights.

        What the parameters have in common cancels; what is left over in each solid does not.

        Args:
            weights: Atoms of each solid in the sum; shape (n,).
            solids: The solids.
        """
        common = weights @ solids.features
        own = weights * self.own[solids.label]
        return float(np.sqrt(common @ self.shared @ common + own @ own))

    def sigmas(self, solids: Solids) -> Floats:
        """Standard deviation of the energy of each solid, eV/atom."""
        common = _spread(solids.features, self.shared)
        total: Floats = np.sqrt(common + self.own[solids.label] ** 2)
        return total


def fit(solids: Solids, prior: Prior, start: Fit | None = None) -> Fit:
    """Return the most probable parameters, robust against gross errors.

    The classes' errors and the weights of the solids follow from the residuals and the
    fit from both, in turns: Huber's weights first, then those of Student's t.

    Args:
        solids: What was measured.
        prior: What is believed before.
        start: A fit to about the same solids, whose classes' errors are a good start.
    """
    target = solids.measured - solids.published - solids.features @ prior.centre
    precision = np.diag(prior.width**-2)
    residual, weights = target, np.ones(len(target))
    scale = np.full(len(class_names()), START) if start is None else start.leftover
    for step in range(STEPS):
        noise = scale[solids.label] ** 2 + solids.bar**2
        scaled = solids.features.T * (weights / noise)
        covariance = np.asarray(np.linalg.inv(scaled @ solids.features + precision), np.float64)
        found = covariance @ (scaled @ target)
        moved = np.abs(target - solids.features @ found - residual).max()
        residual = target - solids.features @ found
        robust = start is not None or step > HUBER_STEPS
        weights = _weights(residual / np.sqrt(noise), robust=robust)
        expected = residual**2 + _spread(solids.features, covariance)
        scale = leftover(weights * expected, solids.label)
        if robust and moved < SETTLED:
            break
    return Fit(prior.centre + found, covariance, prior, scale)


def _spread(features: Floats, covariance: Floats) -> Floats:
    """Variance of each solid through the parameters, (eV/atom)²."""
    spread: Floats = ((features @ covariance) * features).sum(axis=1)
    return spread


def _weights(z: Floats, *, robust: bool) -> Floats:
    """Weights of residuals, given in standard deviations."""
    weights: Floats
    if robust:
        weights = np.minimum(1.0, (FREEDOM + 1) / (FREEDOM + z**2))
    else:
        weights = np.minimum(1.0, HUBER / np.maximum(np.abs(z), 1e-9))
    return weights


def leftover(squares: Floats, label: Integers) -> Floats:
    """Return the error of each class, eV/atom, drawn to that of all of its block.

    Blocks are binaries and others, by who gives most electrons. What no role describes is no
    better known than binaries are.

    Args:
        squares: Squared errors of solids, (eV/atom)²; shape (n,).
        label: Their classes; shape (n,).
    """
    count = len(class_names())
    number = np.bincount(label, minlength=count).reshape(BLOCKS, -1)
    total = np.bincount(label, squares, minlength=count).reshape(BLOCKS, -1)
    overall = (total.sum(axis=1) / np.maximum(number.sum(axis=1), 1))[:, None]
    variance = (SHRINK * overall + total) / (SHRINK + number)
    variance[:, -1] = np.maximum(variance[:, -1], overall[0])
    out: Floats = np.maximum(np.sqrt(variance), FLOOR).ravel()
    return out


def stored() -> dict[str, bytes]:
    """Return the files of scheme ``kstab``: name and bytes."""
    solids = training()[0].joined(evidence())
    result = fit(solids, prior())
    sigma = np.sqrt(np.diag(result.shared))
    number = np.count_nonzero(solids.features, axis=0)
    columns = zip(feature_names(), result.parameters, sigma, *result.prior, number, strict=True)
    cells = [(n, f"{p:.6f}", f"{s:.6f}", f"{c:g}", f"{w:g}", k) for n, p, s, c, w, k in columns]
    names = ("feature", "parameter", "sigma", "prior", "prior_width", "solids")
    per_class = np.bincount(solids.label, minlength=len(result.leftover))
    classes = zip(class_names(), result.own, per_class, strict=True)
    return {
        "kstab.csv": store.table(names, cells),
        "kstab_correlation.npy": store.pack(result.shared),
        "leftover.csv": store.table(
            ("class", "sigma", "solids"), [(c, f"{s:.6f}", k) for c, s, k in classes]
        ),
    }
