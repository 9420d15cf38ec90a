"""The fit of entropies and heat capacities of solids."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import kstab
from kstab.chemistry.conditions import HeatCapacity, heating
from kstab.chemistry.roles import Floats
from kstab.phases.solid_heat import (
    BOLTZMANN,
    Description,
    Scales,
    SolidHeat,
    Volumes,
    covariance,
    describe,
    heated,
    spread_elements,
    volume_features,
)

from .measured import JOULE, Entropies

START: Final = Scales(0.5, 0.6, 0.4, 0.3, 0.1, 0.3)
BOUNDS: Final = (-5.0, 2.0)
"""Of the natural logarithms of the scales."""
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
    """Return the scales of the kernel with the largest marginal likelihood."""
    off = (entropies - entropies.mean()) / BOLTZMANN

    def cost(logarithms: Floats) -> float:
        scales = Scales(*np.exp(logarithms).tolist())
        matrix = covariance(scales, solids, solids) + scales.own**2 * np.eye(len(off))
        lower = np.linalg.cholesky(matrix)
        return float((np.linalg.solve(lower, off) ** 2).sum() / 2 + np.log(np.diag(lower)).sum())

    found = minimize(cost, np.log(START), method="L-BFGS-B", bounds=[BOUNDS] * len(START))
    return Scales(*(float(f"{value:.{DIGITS}g}") for value in np.exp(found.x)))


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
    return Volumes(offset, *weights.reshape(3, -1))


def fit_capacity(solids: Entropies) -> tuple[Floats, float]:
    """Return what elements add to heat capacities beyond Debye's theory, and the error left.

    Ridge regression of the measured free energies, weighted by how much an error of the heat
    capacity counts at each temperature. The error is that of the fit to all solids but for the
    solids' own part in it, which ``evaluate`` measures.
    """
    rows = np.flatnonzero([heat is not None for heat in solids.heats])
    chosen = solids.take(rows)
    left, used = residuals(chosen)
    fractions = spread_elements(
        chosen.numbers.astype(np.int64),
        chosen.amounts / chosen.amounts.sum(axis=1, keepdims=True),
    )
    fractions[:, 0] = 1.0  # what all solids have in common
    columns, targets = [], []
    for place, temperature in enumerate(TEMPERATURES):
        here = used[:, place]
        constant, rising = heated(temperature)
        part = np.hstack([fractions[here], fractions[here] * rising / constant])
        columns.append(part)
        targets.append(left[here, place] / (BOLTZMANN * constant))
    matrix, target = np.vstack(columns), np.concatenate(targets)
    ridge = CAPACITY_RIDGE * np.eye(matrix.shape[1])
    weights = np.linalg.solve(matrix.T @ matrix + ridge, matrix.T @ target)
    sigma = float(np.sqrt(np.mean((matrix @ weights - target) ** 2)))
    both = weights.reshape(2, -1).T
    both[1:] += both[0]  # fractions add up to one
    both[0] = 0.0
    return rounded(both), float(f"{sigma:.{DIGITS}g}")


def residuals(solids: Entropies) -> tuple[Floats, NDArray[np.bool_]]:
    """Measured less Debye's free energies, eV/atom, and where there are any; shape (n, t)."""
    none = np.zeros((128, 2))
    debye = SolidHeat(
        solids.numbers, solids.amounts, solids.volumes, solids.entropies, START,
        Volumes(0.0, *np.zeros((3, 128))), none, 0.0,
    )  # fmt: skip
    measured = np.array([[free_energy(f, t) for t in TEMPERATURES] for f in _pairs(solids)])
    theory = np.array(
        [
            debye.free_energies(
                solids.numbers, solids.amounts, solids.entropies, 0 * solids.entropies, t
            )[0]
            for t in TEMPERATURES
        ]
    ).T
    return measured - theory, np.isfinite(measured)


def _pairs(solids: Entropies) -> Any:
    return zip(solids.heats, solids.entropies, solids.amounts.sum(axis=1), strict=True)


def free_energy(solid: tuple[tuple[HeatCapacity, ...], float, float], temperature: float) -> float:
    """Return the measured free energy [H(T) - H(298.15 K)] - T S(T) of a solid, eV/atom.

    Args:
        solid: Heat capacity, entropy in eV/(K atom), and atoms per formula unit.
        temperature: K; nan is returned where the heat capacity was not measured.
    """
    heat, entropy, atoms = solid
    if temperature > max(piece.high for piece in heat) + 1.0:
        return float("nan")
    enthalpy, change = heating(heat, temperature)
    return (enthalpy - temperature * change) * JOULE / atoms - temperature * entropy


def rounded(values: Floats) -> Floats:
    """Return numbers with six digits, so that the same fit is stored on every machine."""
    return np.array([float(f"{value:.6g}") for value in values.ravel()]).reshape(values.shape)
