"""The map of an interface over mixing ratio and voltage: its regions and its worst points.

At a fixed mixing ratio the grand energy is concave in mu. So the total energy, which
subtracts a straight line from it, is lowest at one end of the range; the mutual
energy, which subtracts the reactants' own concave lines, may also be lowest where
one of those has a corner. All of these lie on edges of rectangles.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Final

import numpy as np

from kstab.analyses.interface.pair import SAME_ENERGY, Pair, Volts
from kstab.analyses.interface.result import Region, RegionProduct
from kstab.analyses.window.staircase import rounded
from kstab.engine.equilibrium import Floats
from kstab.engine.plane import Rectangle
from kstab.phases.products import formed, phases_of
from kstab.phases.table import PhaseTable, System


@dataclass(frozen=True)
class Survey:
    """The plane of a pair: the energies at every corner.

    Attributes:
        rectangles: The plane; R of them.
        potentials: All edges of mu, rising; shape (P,).
        total: Total energy, eV per unit, at both ends of each rectangle and at each
            potential; infinite outside of it; shape (R, 2, P).
        mutual: The same without each reactant's own decomposition.
    """

    rectangles: tuple[Rectangle, ...]
    potentials: Floats
    total: Floats
    mutual: Floats

    def worst_potentials(self) -> tuple[float, float]:
        """Return the mu of the lowest total and of the lowest mutual energy."""
        total, mutual = (
            # Of equal energies the one at the lowest voltage.
            float(self.potentials[np.flatnonzero(lowest <= lowest.min())[-1]])
            for lowest in (
                energies.min(axis=(0, 1)).round(SAME_ENERGY)
                for energies in (self.total, self.mutual)
            )
        )
        return total, mutual


def survey(pair: Pair, rectangles: tuple[Rectangle, ...]) -> Survey:
    """Return the energies of a pair at every corner of its plane."""
    edges = np.array([(cell.left, cell.right) for cell in rectangles])
    high, low = np.array([(cell.high, cell.low) for cell in rectangles]).T
    energies = np.array([cell.energies for cell in rectangles])
    ions = np.array([cell.ions for cell in rectangles])
    potentials = np.unique([high, low])
    grand = energies[:, :, None] - potentials * ions[:, :, None]
    # Of the bases that hold at an end, the right one is the lowest.
    own = [grand[edges[:, side] == side, side].min(axis=0) for side in (0, 1)]
    reactants = [end.energy - potentials * end.ions for end in pair.ends]
    inside = (low[:, None] <= potentials) & (potentials <= high[:, None])
    at = edges[:, :, None]
    total, mutual = (
        np.where(inside[:, None], grand - (1.0 - at) * first - at * second, np.inf)
        for first, second in (reactants, own)
    )
    return Survey(rectangles, potentials, total, mutual)


def regions(
    pair: Pair, volts: Volts, found: Survey, system: System, table: PhaseTable
) -> tuple[Region, ...]:
    """Return where the same products form, by voltage and then by mixing ratio.

    Args:
        pair: The reactants.
        volts: The voltages of its potentials.
        found: Their energies over the plane.
        system: The phases that competed.
        table: Where they come from.
    """
    known, rows = phases_of(table), system.rows.tolist()
    made = []
    for cell, total, mutual in zip(found.rectangles, found.total, found.mutual, strict=True):
        amounts = [max(ends) for ends in zip(*cell.amounts, strict=True)]
        facts = sorted(known[rows[column]] for column in formed(cell.basis, amounts))
        x = sorted(pair.fractions_of_a(edge)[0] for edge in (cell.left, cell.right))
        made.append(
            Region(
                x_low=x[0],
                x_high=x[1],
                voltage_low=volts(cell.high),
                voltage_high=volts(cell.low),
                products=tuple(map(RegionProduct.part_of, facts)),
                lowest_energy_per_non_ion_atom=rounded(float(total.min())),
                lowest_mutual_energy_per_non_ion_atom=rounded(float(mutual.min())),
            )
        )
    return _joined(made)


_BOTTOM_UP: Final = attrgetter("x_low", "x_high", "voltage_low")
_LEFT_TO_RIGHT: Final = attrgetter("voltage_low", "voltage_high", "x_low")


def _joined(found: Sequence[Region]) -> tuple[Region, ...]:
    """Join regions with the same products that share a whole edge, until none do."""
    joined = _along(found, _BOTTOM_UP, "x_low", "voltage_low", "voltage_high")
    joined = _along(joined, _LEFT_TO_RIGHT, "voltage_low", "x_low", "x_high")
    if len(joined) < len(found):
        return _joined(joined)
    return tuple(joined)


def _along(
    found: Sequence[Region], order: Callable[[Region], Any], across: str, low: str, high: str
) -> list[Region]:
    """Join regions with their neighbours in one direction."""
    other = across.replace("low", "high")
    joined: list[Region] = []
    for region in sorted(found, key=order):
        last = joined[-1] if joined else region
        if (
            getattr(last, high) == getattr(region, low)
            and getattr(last, across) == getattr(region, across)
            and getattr(last, other) == getattr(region, other)
            and last.products == region.products
        ):
            joined[-1] = _union(last, region, high)
        else:
            joined.append(region)
    return joined


def _union(first: Region, second: Region, high: str) -> Region:
    """The first region, reaching as far as the second."""
    energies = {
        name: min(getattr(first, name), getattr(second, name))
        for name in ("lowest_energy_per_non_ion_atom", "lowest_mutual_energy_per_non_ion_atom")
    }
    return replace(first, **energies, **{high: getattr(second, high)})
