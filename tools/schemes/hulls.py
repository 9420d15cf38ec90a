"""Limits of windows on hulls of measured solids, beside those of each scheme.

Measured solids and elements make a phase table of their own. The windows of its phases
are what the windows of computed energies ought to be, as far as both hold the same
phases: gases and unmeasured solids are in neither.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

import kstab
from kstab.analyses.window.result import Step, WindowResult
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES
from kstab.chemistry.roles import Floats, Integers
from kstab.phases.table import ON_HULL, PhaseTable

from .measured import Solids

SIDES: Final = ("reduction", "oxidation")


class Edge(NamedTuple):
    """Where ions begin to be taken up or to leave.

    Attributes:
        voltage: V.
        below: The step below that voltage; None where there is none.
        above: The step above it.
    """

    voltage: float
    below: Step | None
    above: Step

    @property
    def ions(self) -> float:
        """Ions exchanged there, per formula unit."""
        return self.below.ion_change - self.above.ion_change if self.below else 0.0

    def products(self, side: str) -> frozenset[str]:
        """What forms beyond the limit."""
        step = self.below if side == "reduction" else self.above
        return frozenset(p.formula for p in step.products) if step else frozenset()


def edges(result: WindowResult) -> dict[str, Edge]:
    """Return both limits of a window by side.

    A phase whose window has closed, since another set of phases is lower, has both
    where its ions begin to leave.
    """
    steps = result.steps
    first = next(k for k, step in enumerate(steps) if step.ion_change < 0)
    last = max((k for k, step in enumerate(steps) if step.ion_change > 0), default=-1)
    return {
        "reduction": Edge(steps[last + 1].voltage_low, steps[last] if last >= 0 else None,
                          steps[last + 1]),
        "oxidation": Edge(steps[first].voltage_low, steps[first - 1] if first else None,
                          steps[first]),
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Hulls:
    """Hulls of measured solids, with their own energies or others.

    Attributes:
        solids: The solids.
    """

    solids: Solids

    @cached_property
    def table(self) -> PhaseTable:
        """The solids with measured energies, and the elements."""
        formulas = [Formula.parse(formula) for formula in self.solids.formulas]
        elements = sorted({e for formula in formulas for e in formula.elements})
        phases = [(f, "", float(e)) for f, e in zip(formulas, self.solids.measured, strict=True)]
        phases += [(Formula.parse(element), "", 0.0) for element in elements]
        return PhaseTable.build("measured solids", phases, scheme="measured")

    @cached_property
    def rows(self) -> Integers:
        """Row of each solid in the table."""
        found = [self.table.find(Formula.parse(formula)) for formula in self.solids.formulas]
        return np.array(found)

    @cached_property
    def position(self) -> dict[str, int]:
        """Which solid a row of the table is, by the formula it has there."""
        return {self.table.formulas[row]: solid for solid, row in enumerate(self.rows.tolist())}

    def with_energies(self, energies: Floats) -> PhaseTable:
        """Return the table with other energies of the solids, eV/atom."""
        changed = self.table.energies.copy()
        changed[self.rows] = energies
        return self.table.with_energies(changed, "other energies")

    def within(self, solid: int) -> Integers:
        """Return which solids are in the chemical system of one of them."""
        absent = self.solids.amounts[solid] == 0
        return np.flatnonzero(~self.solids.amounts[:, absent].any(axis=1))

    def targets(self, ion: str) -> list[str]:
        """Return the solids that hold an ion, lie on their hull and have company there."""
        held = [
            i for i in np.flatnonzero(self.solids.hold(ion)).tolist() if len(self.within(i)) > 1
        ]
        formulas = [self.solids.formulas[i] for i in held]
        batch = kstab.windows(formulas, ion=ion, phases=self.table)
        height, low = batch.energies_above_hull, batch.reduction_limits
        return [f for f, h, v in zip(formulas, height, low, strict=True)
                if h <= ON_HULL and np.isfinite(v)]  # fmt: skip

    def windows(self, formulas: list[str], ion: str, energies: Floats) -> list[dict[str, Edge]]:
        """Return both limits of some solids' windows."""
        batch = kstab.windows(formulas, ion=ion, phases=self.with_energies(energies))
        return [edges(result) for result in batch]

    def voltages(self, formulas: list[str], ion: str, energies: Floats) -> Floats:
        """Return reduction and oxidation limits alone, V; shape (2, formulas)."""
        batch = kstab.windows(formulas, ion=ion, phases=self.with_energies(energies))
        found = np.array([batch.reduction_limits, batch.oxidation_limits])
        for k in np.flatnonzero(np.isnan(found[0])):
            found[:, k] = [edge.voltage for edge in edges(batch[int(k)]).values()]
        return found

    def weights(self, edge: Edge, ion: str) -> Floats:
        """Return what each solid's energy counts in a limit, V per eV/atom; shape (n,).

        A limit is -(E_below - E_above) / (z (n_below - n_above)), E and n the energies
        and ions of the products on both sides.
        """
        out = np.zeros(len(self.solids))
        if edge.below is None:
            return out
        for sign, step in ((-1, edge.below), (1, edge.above)):
            for product in step.products:
                solid = self.position.get(product.formula)
                if solid is not None:
                    out[solid] += (
                        sign * product.amount * float(Formula.parse(product.formula).atoms)
                    )
        return out / (edge.ions * CHARGES[ion])
