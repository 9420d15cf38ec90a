"""What becomes of an interface when all energies are drawn within their errors."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from kstab.analyses.interface_results import NOTHING, EnergySpread, InterfaceRobustness, Kink
from kstab.analyses.pair import Pair, between, formed_at
from kstab.analyses.reactants import Side
from kstab.analyses.robustness import PERCENTILES, draw, within_reach
from kstab.composition import Formula
from kstab.equilibrium import Mixture, Problem, sweep_mixing
from kstab.phases import PhaseTable, System

_DIGITS: Final = 9  # decimals of a percentile, eV


class _Lowest(NamedTuple):
    """Lowest total and mutual energy of a sample, eV/atom, and what forms at the first."""

    total: float
    mutual: float
    products: frozenset[int]


def interface_robustness(
    pair: Pair, potential: float, lowest: Kink, table: PhaseTable, samples: int, seed: int
) -> InterfaceRobustness:
    """Return what becomes of the lowest energies in samples of the energies.

    Args:
        pair: The reactants.
        potential: Chemical potential of the open ion, eV; 0 where nothing is open.
        lowest: The kink of the lowest total energy per atom, to compare products with.
        table: Where the phases come from.
        samples: Number of samples.
        seed: Seed of the random numbers.

    Raises:
        RequestError: The table has no error bars, or the number of samples makes no sense.
    """
    elements = {*pair.a.formula.elements, *pair.b.formula.elements}
    rows = {*pair.a.sum, *pair.b.sum}
    system = within_reach(table, elements, pair.ion.symbol if pair.ion else None, rows)
    place = {row: column for column, row in enumerate(system.rows.tolist())}
    ends = pair.compositions(system)
    drawn = []
    for problem in draw(system, table, samples, seed):
        mixture = sweep_mixing(problem, *ends, potential)
        shifts = [_shift(side, problem, system, place) for side in pair.ends]
        drawn.append(_lowest(mixture, pair, potential, shifts))
    found = [table.find(Formula.parse(product.formula)) for product in lowest.products]
    before = frozenset(place[row] for row in found if row in place)
    return InterfaceRobustness(
        samples=samples,
        seed=seed,
        phases=len(place),
        reacting=float(np.mean([each.total < -NOTHING for each in drawn])),
        same_products=float(np.mean([each.products == before for each in drawn])),
        total=_spread([each.total for each in drawn]),
        mutual=_spread([each.mutual for each in drawn]),
    )


def _shift(side: Side, problem: Problem, system: System, place: dict[int, int]) -> float:
    """By how much the energy of a side is off in a sample, eV per unit."""
    off = problem.energies - system.problem.energies
    return sum(weight * float(off[place[row]]) for row, weight in side.sum.items() if row in place)


def _lowest(mixture: Mixture, pair: Pair, potential: float, shifts: Sequence[float]) -> _Lowest:
    sides = [
        side.grand_energy(potential) + shift for side, shift in zip(pair.ends, shifts, strict=True)
    ]
    own = mixture.energies[0], mixture.energies[-1]
    totals, mutuals = [], []
    for fraction, energy in zip(mixture.fractions, mixture.energies, strict=True):
        atoms = between(fraction, *(side.weights[0] for side in pair.ends))
        totals.append((energy - between(fraction, *sides)) / atoms)
        mutuals.append((energy - between(fraction, *own)) / atoms)
    at = int(np.argmin(np.round(totals, _DIGITS)))
    return _Lowest(min(totals[at], 0.0), min(*mutuals, 0.0), formed_at(mixture, at))


def _spread(energies: Sequence[float]) -> EnergySpread:
    percentiles = np.round(np.percentile(energies, PERCENTILES), _DIGITS) + 0.0
    return EnergySpread(tuple(percentiles.tolist()))
