"""Integrals of the site-limited model, by Gauss-Legendre quadrature on panels."""

from collections.abc import Callable
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kstab_space_charge.models_numeric import (
    Floats,
    site_limited_depth_integrand,
    site_limited_resistance_integrand,
)

_POINTS: Final = (
    0.095012509837637440, 0.28160355077925891, 0.45801677765722739, 0.61787624440264375,
    0.75540440835500303, 0.86563120238783174, 0.94457502307323258, 0.98940093499164993,
)  # fmt: skip
_WEIGHTS: Final = (
    0.18945061045506850, 0.18260341504492359, 0.16915651939500254, 0.14959598881657673,
    0.12462897125553387, 0.095158511682492785, 0.062253523938647893, 0.027152459411754095,
)  # fmt: skip
# Half of the rule of 16 points, written down because numpy.polynomial takes long to import.
POINTS: Final = np.array([*(-x for x in _POINTS), *_POINTS])
"""Points of the Gauss-Legendre rule on each panel, in -1 to 1."""

WEIGHTS: Final = np.array(_WEIGHTS * 2)
"""Their weights."""

PANEL: Final = 2.0
"""Width of a panel in u: the integrands grow like exp(u), and are smooth over that much."""


def panels(function: Callable[[Floats], Floats], edges: NDArray[np.float64]) -> Floats:
    """Return the integral of a function over each panel between two edges.

    >>> [round(float(part), 12) for part in panels(np.exp, np.array([0.0, 1.0, 2.0]))]
    [1.718281828459, 4.670774270472]
    """
    half = np.diff(edges)[:, None] / 2.0
    middle = (edges[1:] + edges[:-1])[:, None] / 2.0
    values = function((middle + half * POINTS).ravel()).reshape(half.size, POINTS.size)
    result: Floats = (values * WEIGHTS * half).sum(axis=1)
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
