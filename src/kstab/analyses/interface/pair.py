"""Two reactants in the engine's scale, and from the engine's mixture to kinks.

The engine counts *units*: atoms in a closed system, atoms that are not the ion's in
an open one. A pair is solved in an order of its own, whatever order it was typed in,
and its fractions are kept such that ``1 - x`` is exact: swapping the reactants
mirrors the result to the last bit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kstab.analyses.interface.reactants import Side
from kstab.analyses.interface.result import Kink, MixtureProduct
from kstab.analyses.window.staircase import rounded
from kstab.chemistry.ions import Ion
from kstab.engine.equilibrium import Floats, Mixture
from kstab.phases import bars
from kstab.phases.bars import EnergySum, add, bars_of
from kstab.phases.products import SMALLEST_AMOUNT, Mixtures, Product, formed, gases, phases_of
from kstab.phases.table import PhaseTable, System

SAME_ENERGY: Final = 9
"""Decimals, eV, to which two energies must differ to be told apart."""


@dataclass(frozen=True)
class Pair:
    """Two reactants.

    Attributes:
        a: The first, as typed.
        b: The second, as typed.
        ion: The ion that is exchanged with an electrode; None in a closed system.
    """

    a: Side
    b: Side
    ion: Ion | None

    @cached_property
    def ends(self) -> tuple[Side, Side]:
        """The reactants at fraction 0 and at fraction 1, in an order of their own."""
        ordered = sorted((self.a, self.b), key=lambda side: (side.formula.key, side.formula.text))
        return ordered[0], ordered[1]

    @property
    def mirrored(self) -> bool:
        """Whether the fraction counts the second reactant and not the first."""
        return self.ends[1] is not self.a

    def compositions(self, system: System) -> tuple[Floats, Floats]:
        """Return what the ends are made of, scaled to a sum of 1; shape (m,) each."""
        first, second = (
            np.array([float(side.formula[symbol]) for symbol in system.closed])
            for side in self.ends
        )
        return first / first.sum(), second / second.sum()

    def fractions_of_a(self, fraction: float) -> tuple[float, float, float]:
        """Return the part of the first reactant by atoms, formula units and mass.

        Args:
            fraction: Part of the second end, by units.

        Each is a multiple of 2**-53, so that taking it from 1, and that again, is exact.
        """
        shares = []
        for first, second in zip(*(side.weights for side in self.ends), strict=True):
            upper, lower = fraction * second, (1.0 - fraction) * first
            share = 1.0 - upper / (upper + lower)
            shares.append(share if self.mirrored else 1.0 - share)
        return shares[0], shares[1], shares[2]


class Volts:
    """Turns chemical potentials into voltages; the ends of a range come back as given.

    Args:
        ion: The open ion.
        ends: Lower and upper voltage.
    """

    def __init__(self, ion: Ion, ends: tuple[float, float]) -> None:
        self._ion = ion
        self.potentials = tuple(0.0 - ion.charge * end for end in ends)
        self._given = dict(zip(self.potentials, ends, strict=True))

    def __call__(self, potential: float) -> float:
        """Return the voltage, V, of a chemical potential, eV."""
        return self._given.get(potential, self._ion.voltage(potential)) + 0.0


def between(fraction: float, first: float, second: float) -> float:
    """Return the value at a fraction of the way from one end to the other."""
    return (1.0 - fraction) * first + fraction * second


class Kinks:
    """Makes kinks of the engine's mixtures, in the order of the first reactant's share.

    Args:
        pair: The reactants.
        system: The phases that compete.
        table: Where they come from.
    """

    def __init__(self, pair: Pair, system: System, table: PhaseTable) -> None:
        self._pair, self._table, self._rows = pair, table, system.rows.tolist()
        self._bars = bars_of(table)

    def __call__(
        self, mixture: Mixture, potential: float = 0.0, volts: float | None = None
    ) -> tuple[Kink, ...]:
        """Return the kinks of a mixture; potential and voltage are those of an open system."""
        sums = [self._sums(mixture, k) for k in range(len(mixture.fractions))]
        sigmas = self._bars.sigmas([each for pair in sums for each in pair])
        made = tuple(
            self._kink(mixture, k, potential, volts, (sums[k][0], sigmas[2 * k], sigmas[2 * k + 1]))
            for k in range(len(mixture.fractions))
        )
        return made[::-1] if self._pair.mirrored else made

    def _sums(self, mixture: Mixture, k: int) -> tuple[EnergySum, EnergySum]:
        """Total and mutual energy at a kink, eV/atom, as sums of energies of phases."""
        fraction, ends = mixture.fractions[k], self._pair.ends
        atoms = between(fraction, *(side.weights[0] for side in ends))
        own = self._formed(mixture, 0), self._formed(mixture, len(mixture.fractions) - 1)
        shares = (1.0 - fraction) / atoms, fraction / atoms
        formed = (1.0 / atoms, self._formed(mixture, k))
        total = add(formed, *((-share, side.sum) for share, side in zip(shares, ends, strict=True)))
        mutual = add(formed, *((-share, part) for share, part in zip(shares, own, strict=True)))
        return total, mutual

    def _formed(self, mixture: Mixture, k: int) -> EnergySum:
        return bars.mixture(*_basis(mixture, k), self._rows)

    def _kink(
        self,
        mixture: Mixture,
        k: int,
        potential: float,
        volts: float | None,
        sure: tuple[EnergySum, float | None, float | None],
    ) -> Kink:
        """One kink; sure: its total energy as a sum, and both standard deviations."""
        pair, fraction = self._pair, mixture.fractions[k]
        ends = pair.ends
        equilibrium, own = mixture.energies[k], (mixture.energies[0], mixture.energies[-1])
        total = equilibrium - between(fraction, *(side.grand_energy(potential) for side in ends))
        mutual = equilibrium - between(fraction, *own)
        atoms, formula_units, _ = (
            between(fraction, *weights)
            for weights in zip(*(side.weights for side in ends), strict=True)
        )
        change = mixture.ions[k] - between(fraction, *(side.ions for side in ends))
        electrons = mutual_electrons = between(fraction, *(side.metal_electrons for side in ends))
        if pair.ion:
            beyond = mixture.ions[k] - between(fraction, mixture.ions[0], mixture.ions[-1])
            electrons, mutual_electrons = (pair.ion.charge * abs(n) for n in (change, beyond))
        x_atomic, x_molar, x_mass = pair.fractions_of_a(fraction)
        make = Mixtures(self._table, self._rows, 1.0 / formula_units)
        return Kink(
            x_atomic=x_atomic,
            x_molar=x_molar,
            x_mass=x_mass,
            voltage=volts,
            energy_per_atom=rounded(total / atoms),
            energy_per_atom_sigma=sure[1],
            mutual_energy_per_atom=rounded(mutual / atoms),
            mutual_energy_per_atom_sigma=sure[2],
            correction_share=self._bars.share(sure[0], rounded(total / atoms)),
            energy_per_non_ion_atom=rounded(total) if pair.ion else None,
            mutual_energy_per_non_ion_atom=rounded(mutual) if pair.ion else None,
            energy_per_electron=_per_electron(total, electrons),
            mutual_energy_per_electron=_per_electron(mutual, mutual_electrons),
            ion_change=rounded(change / formula_units) if pair.ion else None,
            products=with_volumes(make(*_basis(mixture, k)), self._table),
            a=pair.a.formula.text,
            b=pair.b.formula.text,
            ion=pair.ion.symbol if pair.ion else None,
        )


def _basis(mixture: Mixture, k: int) -> tuple[Sequence[int], Sequence[float]]:
    """The columns at a kink and the amounts in them, on which the segments beside it agree."""
    segment, end = (k - 1, 1) if k else (0, 0)
    return mixture.bases[segment], mixture.amounts[segment][end]


def with_volumes(products: Iterable[Product], table: PhaseTable) -> tuple[MixtureProduct, ...]:
    """Return products with their parts of the volume, if all volumes are known.

    Gases take no part.
    """
    listed = tuple(products)
    known = phases_of(table)
    volumes = [
        0.0 if gases((product,)) else product.amount * known.volume(product.formula)
        for product in listed
    ]
    total = sum(volumes)  # nan where one is unknown
    return tuple(
        MixtureProduct.part_of(
            product, volume_fraction=volume / total if total > 0.0 < volume else None
        )
        for product, volume in zip(listed, volumes, strict=True)
    )


def formed_at(mixture: Mixture, k: int) -> frozenset[int]:
    """Return the columns of the phases that form at a kink."""
    return formed(*_basis(mixture, k))


def _per_electron(energy: float, electrons: float) -> float | None:
    return rounded(energy / electrons) if electrons > SMALLEST_AMOUNT else None
