"""Widths of the priors, by the marginal likelihood of what was measured.

The parameters of one sort, say the electrons of each alkali metal, are drawn from a
normal distribution whose width is unknown too. Expectation maximisation (Dempster,
Laird and Rubin, doi:10.1111/j.2517-6161.1977.tb01600.x) finds the widths under which
the measured enthalpies are most probable: the mean square of the parameters of a sort,
their uncertainty added. A start value counts as two more parameters of its sort.
"""

from typing import Final

import numpy as np

from .fit import Prior, feature_names, fit, prior, sort
from .measured import Solids

STEPS: Final = 30
START_COUNTS: Final = 2


def widths(solids: Solids, start: Prior | None = None, steps: int = STEPS) -> dict[str, float]:
    """Return the width of the prior of each sort of feature, eV.

    Args:
        solids: All that was measured and is open to fitting.
        start: Where to begin; by default the priors in use.
        steps: How often to fit.
    """
    sorts = np.array([sort(name) for name in feature_names()])
    centre, width = prior() if start is None else start
    seen = solids.features.any(axis=0)
    first = width**2
    for _ in range(steps):
        found = fit(solids, Prior(centre, width))
        square = (found.parameters - centre) ** 2 + np.diag(found.covariance)
        for each in set(sorts):
            here = (sorts == each) & seen
            total = square[here].sum() + START_COUNTS * first[sorts == each][0]
            width = np.where(sorts == each, np.sqrt(total / (here.sum() + START_COUNTS)), width)
    return {each: float(width[sorts == each][0]) for each in dict.fromkeys(sorts)}
