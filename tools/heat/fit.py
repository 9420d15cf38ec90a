"""The fit of entropies and heat capacities of solids."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import kstab
from kstab.chemistry.conditions import HeatCapacity, heating
from kstab.chemistry.roles import Floats, Integers
from kstab.phases.solid_heat import (
    BOLTZMANN,
    Description,
    Scales,
    SolidHeat,
    Volumes,
    covariance,
    debye_free_energies,
    describe,
    heated,
    spread_elements,
    volume_features,
)

from .measured import JOULE, Entropies, noise

START: Final = (0.5, 0.6, 0.4, 0.3, 0.1, 0.3)
BOUNDS: Final = (-5.0, 2.0)
"""Of the scales but the last, where their search begins, and of their logarithms."""
DIGITS: Final = 4  # of the scales; the weights have two more
VOLUME_RIDGE: Final = 1e-3
CAPACITY_RIDGE: Final = 0.05
TEMPERATURES: Final = (200.0, 400.0, 500.0, 600.0, 800.0, 1000.0, 1200.0)
"""Temperatures, K, at which heat capacities are compared, as far as they were measured."""


def fit(solids: Entropies, volume: Volumes, scales: Scales | None = None) -> SolidHeat:
    """Fit entropies and heat capacities to measured solids.

    Args:
        solids: What was measured.
        volume: The model of volumes where none is known.
        scales: The kernel; None to fit it as well.
    """
    missing = ~np.isfinite(solids.volumes)
    volumes = solids.volumes.copy()
    volumes[missing] = volume.estimate(solids.numbers[missing], solids.amounts[missing])
    volumes = rounded(volumes)
    if scales is None:
        described = describe(solids.numbers, solids.amounts, volumes)
        scales = fit_scales(described, solids.entropies)
    capacity, sigma = fit_capacity(solids)
    return SolidHeat(
        solids.numbers, solids.amounts, volumes, rounded(solids.entropies), scales, volume,
        capacity, sigma,
    )  # fmt: skip


def fit_scales(solids: Description, entropies: Floats) -> Scales:
    """Return the scales of the kernel with the largest marginal likelihood.

    The error of measurements is what two sources of one entropy say of it.
    """
    off = (entropies - entropies.mean()) / BOLTZMANN
    error = float(f"{noise() / BOLTZMANN:.{DIGITS}g}")

    def cost(logarithms: Floats) -> float:
        scales = Scales(*[*np.exp(logarithms).tolist(), error])
        matrix = covariance(scales, solids, solids) + error**2 * np.eye(len(off))
        lower = np.linalg.cholesky(matrix)
        return float((np.linalg.solve(lower, off) ** 2).sum() / 2 + np.log(np.diag(lower)).sum())

    found = minimize(cost, np.log(START), method="L-BFGS-B", bounds=[BOUNDS] * len(START))
    return Scales(*[*(float(f"{value:.{DIGITS}g}") for value in np.exp(found.x)), error])


def fit_volumes() -> Volumes:
    """Fit the model of volumes to the phases of the embedded table whose structure is known."""
    table = kstab.phase_table()
    known = table.extras["volume"]
    good = np.isfinite(known) & np.isin(table.extras["volume_quality"], ["A", "B"])
    columns = volume_features(table.numbers[good], table.amounts[good])
    target = np.log(known[good])
    offset = float(f"{target.mean():.{DIGITS}g}")
    matrix = columns.T @ columns + VOLUME_RIDGE * np.eye(columns.shape[1])
    weights = rounded(np.linalg.solve(matrix, columns.T @ (target - offset)))
    sigma = float(np.sqrt(np.mean((offset + columns @ weights - target) ** 2)))
    fraction, given, taken = weights.reshape(3, -1)
    return Volumes(offset, fraction, given, taken, float(f"{sigma:.{DIGITS}g}"))


def fit_capacity(solids: Entropies) -> tuple[Floats, float]:
    """Return what elements add to heat capacities beyond Debye's theory, and the error left.

    Ridge regression of measured free energies, in units of what a heat capacity of k adds to them.
    The error is that of solids by the fit to all others.
    """
    chosen = solids.take(np.flatnonzero([heat is not None for heat in solids.heats]))
    left, used = residuals(chosen)
    fractions = spread_elements(
        chosen.numbers.astype(np.int64),
        chosen.amounts / chosen.amounts.sum(axis=1, keepdims=True),
    )
    fractions[:, 0] = 1.0  # what all solids have in common
    constant, rising = np.array([heated(t) for t in TEMPERATURES]).T
    owner, place = np.nonzero(used)
    target = left[used] / (BOLTZMANN * constant[place])
    matrix = np.hstack([fractions[owner], fractions[owner] * (rising / constant)[place, None]])
    inverse = np.linalg.inv(matrix.T @ matrix + CAPACITY_RIDGE * np.eye(matrix.shape[1]))
    weights = inverse @ matrix.T @ target
    sigma = _left_out(matrix, inverse, target - matrix @ weights, owner)
    both = weights.reshape(2, -1).T
    both[1:] += both[0]  # fractions add up to one
    both[0] = 0.0
    return rounded(both), float(f"{sigma:.{DIGITS}g}")


def _left_out(matrix: Floats, inverse: Floats, errors: Floats, owner: Integers) -> float:
    """Standard deviation of the errors of solids, each by the ridge regression of the others."""
    squares = []
    for solid in np.unique(owner):
        rows = matrix[owner == solid]
        own = np.eye(len(rows)) - rows @ inverse @ rows.T
        squares.append(np.linalg.solve(own, errors[owner == solid]) ** 2)
    return float(np.sqrt(np.concatenate(squares).mean()))


def residuals(solids: Entropies) -> tuple[Floats, NDArray[np.bool_]]:
    """Measured less Debye's free energies, eV/atom, and where there are any; shape (n, t)."""
    off = [
        free_energies(solids, temperature) - debye_free_energies(solids.entropies, temperature)[0]
        for temperature in TEMPERATURES
    ]
    table = np.array(off).T
    return table, np.isfinite(table)


def free_energies(solids: Entropies, temperature: float) -> Floats:
    """Return the measured free energies [H(T) - H(298.15 K)] - T S(T) of solids, eV/atom.

    They are nan where the heat capacity was not measured at the temperature.
    """
    atoms = solids.amounts.sum(axis=1)
    found = [
        np.nan if heat is None else _free_energy(heat, entropy, total, temperature)
        for heat, entropy, total in zip(solids.heats, solids.entropies, atoms, strict=True)
    ]
    return np.array(found)


def _free_energy(
    heat: Sequence[HeatCapacity], entropy: float, atoms: float, temperature: float
) -> float:
    if temperature > max(piece.high for piece in heat) + 1.0:
        return float("nan")
    enthalpy, change = heating(heat, temperature)
    return (enthalpy - temperature * change) * JOULE / atoms - temperature * entropy


def rounded(values: Floats) -> Floats:
    """Return numbers with six digits, so that the same fit is stored on every machine."""
    return np.array([float(f"{value:.6g}") for value in values.ravel()]).reshape(values.shape)
