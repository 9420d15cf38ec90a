"""Integrals of the site-limited model, by Gauss-Legendre quadrature on panels."""

from collections.abc import Callable
from functools import cache
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kstab_space_charge.models_numeric import (
    Floats,
    site_limited_depth_integrand,
    site_limited_resistance_integrand,
)

POINTS: Final = 16
"""Points on each panel."""

PANEL: Final = 2.0
"""Width of a panel in u: the integrands grow like exp(u), and are smooth over that much."""


@cache
def _rule() -> tuple[Floats, Floats]:
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    return points, weights


def panels(function: Callable[[Floats], Floats], edges: NDArray[np.float64]) -> Floats:
    """Return the integral of a function over each panel between two edges.

    >>> [round(float(part), 12) for part in panels(np.exp, np.array([0.0, 1.0, 2.0]))]
    [1.718281828459, 4.670774270472]
    """
    points, weights = _rule()
    half = np.diff(edges)[:, None] / 2.0
    middle = (edges[1:] + edges[:-1])[:, None] / 2.0
    values = function((middle + half * points).ravel()).reshape(len(half), POINTS)
    result: Floats = (values * weights * half).sum(axis=1)
    return result


def resistance_integral(reduced: float, filling: float) -> float:
    """Return the excess resistance of the site-limited model in units of L/σ.

    Args:
        reduced: Reduced potential u₀ at the contact, not 0.
        filling: Filling t₀ of the bulk.
    """
    edges = np.linspace(0.0, reduced, 1 + ceil(abs(reduced) / PANEL))
    parts = panels(lambda u: site_limited_resistance_integrand(u, filling), edges)
    return float(np.sign(reduced) * parts.sum())


def depths(reduced: float, filling: float, falls: Floats) -> Floats:
    """Return where the potential has fallen by given factors, in units of L.

    The variable is ln u, in which the depth grows evenly far from the contact.

    Args:
        reduced: Reduced potential u₀ at the contact, not 0.
        filling: Filling t₀ of the bulk.
        falls: ln(u₀/u), rising from 0.
    """

    def integrand(fall: Floats) -> Floats:
        return site_limited_depth_integrand(reduced * np.exp(-fall), filling)

    return np.concatenate([[0.0], np.cumsum(panels(integrand, falls))])
