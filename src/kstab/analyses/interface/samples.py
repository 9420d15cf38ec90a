"""What becomes of an interface when all energies are drawn within their errors."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kstab.analyses.interface.pair import SAME_ENERGY, Pair, between, formed_at
from kstab.analyses.interface.reactants import Side
from kstab.analyses.interface.result import NOTHING, EnergySpread, InterfaceRobustness, Kink
from kstab.analyses.window.samples import draw, percentiles, within_reach
from kstab.analyses.window.staircase import closed_energy
from kstab.chemistry.composition import Formula
from kstab.engine.equilibrium import Floats, Mixture, Problem, sweep_mixing, sweep_potential
from kstab.phases.table import PhaseTable


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
        off = dict(zip(place, (problem.energies - system.problem.energies).tolist(), strict=True))
        sides = [
            _grand_energy(side, composition, problem, off, potential)
            for side, composition in zip(pair.ends, ends, strict=True)
        ]
        drawn.append(_lowest(mixture, pair, sides))
    before: frozenset[int] = frozenset()
    if lowest.energy_per_atom < -NOTHING:
        found = [table.find(Formula.parse(product.formula)) for product in lowest.products]
        before = frozenset(place[row] for row in found if row in place)
    return InterfaceRobustness(
        samples=samples,
        seed=seed,
        phases=len(place),
        reacting=float(np.mean([each.mutual < -NOTHING for each in drawn])),
        same_products=float(np.mean([each.products == before for each in drawn])),
        total=EnergySpread(percentiles([each.total for each in drawn])),
        mutual=EnergySpread(percentiles([each.mutual for each in drawn])),
    )


def _grand_energy(
    side: Side, composition: Floats, problem: Problem, off: Mapping[int, float], potential: float
) -> float:
    """The energy of a side in a sample, E - mu n, eV per unit; off: what rows are shifted by."""
    if side.source == "hull":
        profile = sweep_potential(problem, composition)
        return closed_energy(profile, side.ions) - potential * side.ions
    shift = sum(weight * off[row] for row, weight in side.sum.items() if row in off)
    return side.grand_energy(potential) + shift


def _lowest(mixture: Mixture, pair: Pair, sides: Sequence[float]) -> _Lowest:
    """The lowest energies of a sample; of equal ones the kink :mod:`contact` would take."""
    own = mixture.energies[0], mixture.energies[-1]
    totals, mutuals = [], []
    for fraction, energy in zip(mixture.fractions, mixture.energies, strict=True):
        atoms = between(fraction, *(side.weights[0] for side in pair.ends))
        totals.append((energy - between(fraction, *sides)) / atoms)
        mutuals.append((energy - between(fraction, *own)) / atoms)
    at = int(np.argmin(np.round(totals, SAME_ENERGY)))
    formed = formed_at(mixture, at) if totals[at] < -NOTHING else frozenset[int]()
    return _Lowest(min(totals[at], 0.0), min(*mutuals, 0.0), formed)
