"""How good limits of windows are, and which bar holds what was measured."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES
from kstab.chemistry.roles import Floats, Integers

from .contest import bootstrap, difference
from .evaluate import Evaluation, markdown, statistics
from .fit import Fit
from .hulls import SIDES, Edge, Hulls
from .measured import VOLTAGE_METALS, Solids, listed

IONS: Final = ("Li", "Na", "K", "Rb", "Cs", "Mg", "Ca")
SAMPLES: Final = 200
SEED: Final = 21
HIGHEST: Final = 6.0
"""Limits above are left out, V: without gases among the phases some are far too high."""
LEVELS: Final = {0.68: (1.0, (16.0, 84.0)), 0.95: (2.0, (2.5, 97.5))}
"""Standard deviations, and percentiles of a sample, between which a share should lie."""
CHARGES_PER_ATOM: Final = {"under 0.15": (0.0, 0.15), "0.15 to 0.3": (0.15, 0.3),
                           "above 0.3": (0.3, np.inf)}  # fmt: skip
SCHEMES: Final = ("legacy", "mp2020", "kstab ten-fold", "kstab")
Bars = tuple[Floats, Floats]
"""Lower and upper ends, V."""


@dataclass(frozen=True, eq=False)
class Limit:
    """One limit of the window of a measured solid.

    Attributes:
        formula: The solid.
        ion: The working ion.
        side: Reduction or oxidation.
        measured: On the hull of measured energies, V.
        charge: Charge exchanged there per atom of the solid, on that hull.
        solids: The solids whose energies it depends on.
        schemes: On the hulls of the schemes, V; the last has not seen the ion's metal.
        same: Whether each scheme has the measured products there.
        sigma: Standard deviation of scheme ``kstab`` without the metal, by linear
            propagation, V.
        samples: Limits of the same scheme with energies drawn from their errors, V.
    """

    formula: str
    ion: str
    side: str
    measured: float
    charge: float
    solids: Integers
    schemes: dict[str, float]
    same: dict[str, bool]
    sigma: float
    samples: Floats


@dataclass(frozen=True, eq=False)
class MeasuredLimits:
    """All limits on hulls of measured solids.

    Attributes:
        evaluation: The schemes.
    """

    evaluation: Evaluation

    @cached_property
    def hulls(self) -> Hulls:
        """The hulls."""
        return Hulls(self.evaluation.solids)

    @cached_property
    def every(self) -> list[Limit]:
        """Both limits of every window."""
        return [limit for ion in IONS for limit in self._of(ion)]

    @cached_property
    def counted(self) -> list[Limit]:
        """Limits above the metal and not too high to be believed, each once.

        What oxidises one phase of a row of phases reduces the next.
        """
        once = {(limit.ion, round(limit.measured, 9)): limit for limit in self.every}
        return [limit for limit in once.values() if 0 < limit.measured <= HIGHEST]

    def energies(self, ion: str) -> tuple[Floats, ...]:
        """Energies by scheme, in the order of :data:`SCHEMES`; ``mp2020`` as kstab has it."""
        e = self.evaluation
        unseen = e.kstab.without_metals((ion,)).energies(e.solids)
        return e.columns["legacy"], e.mp2020[1], e.columns["kstab"], unseen

    def _of(self, ion: str) -> Iterator[Limit]:
        solids, formulas = self.evaluation.solids, self.hulls.targets(ion)
        measured, *others = (
            self.hulls.windows(formulas, ion, energies)
            for energies in (solids.measured, *self.energies(ion))
        )
        fit = self.evaluation.kstab.without_metals((ion,))
        drawn = [self.hulls.voltages(formulas, ion, e) for e in draw(fit, solids)]
        for k, window in enumerate(measured):
            for s, side in enumerate(SIDES):
                found = dict(zip(SCHEMES, (other[k][side] for other in others), strict=True))
                samples = np.array([sample[s, k] for sample in drawn])
                yield self._limit((formulas[k], ion, side), window[side], found, fit, samples)

    def _limit(
        self,
        name: tuple[str, str, str],
        edge: Edge,
        found: dict[str, Edge],
        fit: Fit,
        samples: Floats,
    ) -> Limit:
        formula, ion, side = name
        products = edge.products(side)
        weights = self.hulls.weights(found["kstab"], ion)
        return Limit(
            *name,
            measured=edge.voltage,
            charge=edge.ions * CHARGES[ion] / float(Formula.parse(formula).atoms),
            solids=np.flatnonzero(self.hulls.weights(edge, ion)),
            schemes={scheme: other.voltage for scheme, other in found.items()},
            same={scheme: other.products(side) == products for scheme, other in found.items()},
            sigma=fit.sigma(weights, self.evaluation.solids),
            samples=samples,
        )

    # ------------------------------------------------------------ tables

    def errors(self) -> str:
        """Errors of limits by scheme."""
        solids = self.evaluation.solids
        known = {f for f, inside in zip(solids.formulas, listed(solids), strict=True) if inside}
        chosen: dict[str, Callable[[Limit], bool]] = {
            "all": lambda limit: bool(limit.ion),
            "reduction": lambda limit: limit.side == "reduction",
            "oxidation": lambda limit: limit.side == "oxidation",
            "against Li, Na, K": lambda limit: limit.ion in VOLTAGE_METALS,
            "against K": lambda limit: limit.ion == "K",
            "phase not listed": lambda limit: limit.formula not in known,
            "phase listed": lambda limit: limit.formula in known,
        }
        counts = bootstrap(solids)
        rows = []
        for name, choose in chosen.items():
            part = [limit for limit in self.counted if choose(limit)]
            off = {s: np.array([x.schemes[s] - x.measured for x in part]) for s in SCHEMES}
            clusters = [limit.solids for limit in part]
            versus = [difference(clusters, off["kstab"], off[r], counts) for r in SCHEMES[:2]]
            rows.append([name, len(part), *map(statistics, off.values()), *versus])
        head = ["limits", "number", *SCHEMES[:3], "kstab without the metal",
                *(f"kstab − {rival}, 95 %" for rival in SCHEMES[:2])]  # fmt: skip
        return markdown("Limits of windows on hulls of measured solids, V", head, rows)

    def kinds(self) -> str:
        """Return whether schemes agree on more than numbers."""
        zero = [x for x in self.every if x.side == "reduction" and x.measured == 0]
        not_zero = [x for x in self.every if x.side == "reduction" and x.measured > 0]
        rows = [
            ["the same products", len(self.counted), *_share(self.counted, lambda x, s: x.same[s])],
            ["stable against the metal, and found so", len(zero),
             *_share(zero, lambda x, s: x.schemes[s] == 0)],
            ["not stable against the metal, and found so", len(not_zero),
             *_share(not_zero, lambda x, s: x.schemes[s] > 0)],
        ]  # fmt: skip
        head = ["of limits of measured solids, the share with", "number", *SCHEMES[:3],
                "kstab without the metal"]  # fmt: skip
        return markdown("Products at the limits, and stability against the metal", head, rows)

    def leanings(self) -> str:
        """Return mean signed errors: whether limits of a scheme lie too high or too low."""
        rows = []
        for side in SIDES:
            for ions in (("Li",), ("Na",), ("K", "Rb", "Cs"), ("Mg", "Ca")):
                part = [x for x in self.counted if x.side == side and x.ion in ions]
                means = [np.mean([x.schemes[s] - x.measured for x in part]) for s in SCHEMES]
                medians = [np.median([x.schemes[s] - x.measured for x in part]) for s in SCHEMES]
                cells = [f"{a:+.2f} / {b:+.2f}" for a, b in zip(means, medians, strict=True)]
                rows.append([f"{side}, {', '.join(ions)}", len(part), *cells])
        head = ["limits", "number", *SCHEMES[:3], "kstab without the metal"]
        return markdown("Signed errors of limits, mean / median, V", head, rows)

    def bars(self) -> str:
        """Return which bar of scheme ``kstab`` holds what was measured, and how wide it is."""
        parts = {"all": (0.0, np.inf)} | CHARGES_PER_ATOM
        rows = []
        for name, (low, high) in parts.items():
            part = [limit for limit in self.counted if low <= limit.charge < high]
            for kind, bar in BARS.items():
                ends = [bar(part, level) for level in LEVELS]
                cells = [quality(part, *e, level) for e, level in zip(ends, LEVELS, strict=True)]
                rows.append([name, len(part), kind, *cells])
        head = ["charge exchanged per atom", "number", "bar",
                *(f"{100 * level:.0f} %: inside / median / largest half-width / score"
                  for level in LEVELS)]  # fmt: skip
        return markdown("Bars of limits, kstab without the metal, V", head, rows)

    def report(self) -> list[str]:
        """Return all tables."""
        return [self.errors(), self.leanings(), self.kinds(), self.bars()]


def _share(limits: Sequence[Limit], holds: Callable[[Limit, str], bool]) -> list[str]:
    """Shares of limits of which something holds, by scheme."""
    return [f"{np.mean([holds(limit, s) for limit in limits]):.2f}" for s in SCHEMES]


def linear(limits: Sequence[Limit], level: float) -> Bars:
    """Return bars by linear propagation."""
    middle = np.array([limit.schemes["kstab"] for limit in limits])
    reach = LEVELS[level][0] * np.array([limit.sigma for limit in limits])
    return middle - reach, middle + reach


def drawn(limits: Sequence[Limit], level: float) -> Bars:
    """Return bars between percentiles of limits with drawn energies."""
    low, high = np.percentile([limit.samples for limit in limits], LEVELS[level][1], axis=1)
    return low, high


BARS: Final = {"linear": linear, "drawn": drawn}


def quality(limits: Sequence[Limit], low: Floats, high: Floats, level: float) -> str:
    """Return the share inside, median and largest half-width, and the mean interval score.

    The score (Gneiting and Raftery, doi:10.1198/016214506000001437) is the width, and
    2/(1 - level) times the distance of what was measured from the bar; less is better.
    """
    measured = np.array([limit.measured for limit in limits])
    outside = np.maximum(low - measured, 0) + np.maximum(measured - high, 0)
    score, half = high - low + 2 / (1 - level) * outside, (high - low) / 2
    figures = (np.median(half), half.max(), score.mean())
    return " / ".join([f"{np.mean(outside == 0):.2f}", *(f"{f:.2f}" for f in figures)])


def draw(fit: Fit, solids: Solids) -> Iterator[Floats]:
    """Yield energies of all solids, eV/atom, drawn from the errors a fit believes in.

    Errors of the parameters are common to all solids, what is left over is each one's own.
    """
    random = np.random.default_rng(SEED)
    root = np.linalg.cholesky(fit.shared)
    for _ in range(SAMPLES):
        parameters = root @ random.standard_normal(len(root))
        own = fit.own[solids.label] * random.standard_normal(len(solids))
        yield fit.energies(solids) + solids.features @ parameters + own
