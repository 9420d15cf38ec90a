"""The limits of a window, and how sure they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from kstab.analyses.window import staircase
from kstab.analyses.window.result import Uncertainty
from kstab.analyses.window.staircase import SAME_IONS, Target
from kstab.base.written import Written
from kstab.engine.equilibrium import Profile
from kstab.phases.bars import Bars, EnergySum, add, bars_of, edges, mixtures
from kstab.phases.table import PhaseTable


@dataclass(frozen=True, eq=False)
class Limits(Written):
    """Limits of a window, V, and how sure they are; None as in ``WindowResult``."""

    reduction_limit: float | None = None
    oxidation_limit: float | None = None
    reduction_uncertainty: Uncertainty | None = None
    oxidation_uncertainty: Uncertainty | None = None
    width_sigma: float | None = None


@dataclass(frozen=True)
class Certainty:
    """How sure the voltages of a profile are.

    Attributes:
        target: The phase in question.
        bars: Error bars of the phases.
        sums: The voltage between each two segments, as a sum of energies.
        edges: Standard deviations of these, V; None in a scheme without error bars.
        height: Standard deviation of the energy above hull, eV/atom; None without a phase.
    """

    target: Target
    bars: Bars
    sums: Sequence[EnergySum]
    edges: Sequence[float | None]
    height: float | None

    @classmethod
    def of(
        cls, profile: Profile, target: Target, rows: Sequence[int], table: PhaseTable
    ) -> "Certainty":
        """Return how sure a profile is.

        Args:
            profile: The engine's answer for the phase's composition.
            target: The phase in question.
            rows: Row in the table of each column of the problem.
            table: Where the energies come from.
        """
        bars, sums = bars_of(table), edges(profile, rows, target.ion)
        height: EnergySum = {}
        if target.row is not None:
            own = {target.row: 1.0}
            height = add((1.0, own), (-1.0 / target.atoms, closed_mixture(profile, target, rows)))
        *sigmas, above = bars.sigmas([*sums, height])
        return cls(target, bars, sums, sigmas, above if target.row is not None else None)

    def limits(self, profile: Profile, segment: int | None) -> Limits:
        """Return the limits: the edges of the segment that is the window, if there is one."""
        reduction, oxidation = staircase.limits(profile, segment, self.target.ion)
        lower = upper = width = None
        if segment and reduction:
            lower = self._uncertainty(segment - 1, reduction)
        if segment is not None and oxidation is not None:
            upper = self._uncertainty(segment, oxidation)
            width = upper.sigma
        if lower and upper and segment:
            across = add((1.0, self.sums[segment]), (-1.0, self.sums[segment - 1]))
            (width,) = self.bars.sigmas([across])
        return Limits(reduction, oxidation, lower, upper, width)

    def _uncertainty(self, edge: int, voltage: float) -> Uncertainty:
        return Uncertainty(self.edges[edge], self.bars.share(self.sums[edge], voltage))


def closed_mixture(profile: Profile, target: Target, rows: Sequence[int]) -> EnergySum:
    """Return the closed equilibrium of a composition as a sum, eV per formula unit.

    Where no segment holds just its ions, the two on either side do together, or the first
    one with the metal itself, whose energy is zero.
    """
    closed, wanted = target.closed_atoms, target.ions
    segments = mixtures(profile, rows)
    held = [closed * ions for ions in profile.ions]
    margin = SAME_IONS * max(closed, 1.0)
    last = max((k for k, ions in enumerate(held) if ions >= wanted - margin), default=0)
    if last == len(held) - 1 or abs(held[last] - wanted) <= margin or held[last] < wanted:
        return add((closed, segments[last]))
    share = (wanted - held[last + 1]) / (held[last] - held[last + 1])
    return add((closed * share, segments[last]), (closed * (1.0 - share), segments[last + 1]))
