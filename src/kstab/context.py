"""What an assessment gets to see beside the result: phases, conditions, options, ``solve``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

import numpy as np

from kstab.analyses.window import stability
from kstab.analyses.window.result import WindowResult
from kstab.analyses.window.stability import WindowRequest
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import ion as ion_of
from kstab.errors import RequestError
from kstab.phases.bars import add, bars_of
from kstab.phases.hull import heights_above_hull
from kstab.phases.products import Product
from kstab.phases.table import ON_HULL, PhaseTable

_NUMBERS: Final = (
    "band_gap", "band_gap_min", "band_gap_max", "dielectric_electronic", "dielectric_total",
)  # fmt: skip


@dataclass(frozen=True)
class PhaseFacts:
    """What is known of a phase beside its energy; None where it is not.

    Attributes:
        formula: Its formula in the data.
        formation_energy: eV/atom.
        energy_above_hull: eV/atom.
        volume: Å³ per formula unit.
        volume_quality: How the volume was found, ``A`` to ``D``; empty without one.
        band_gap: PBE band gap, eV.
        band_gap_min: Smallest PBE band gap of all sources, eV.
        band_gap_max: Largest PBE band gap of all sources, eV.
        dielectric_electronic: Electronic dielectric constant.
        dielectric_total: Static dielectric constant.
    """

    formula: str
    formation_energy: float
    energy_above_hull: float
    volume: float | None
    volume_quality: str
    band_gap: float | None
    band_gap_min: float | None
    band_gap_max: float | None
    dielectric_electronic: float | None
    dielectric_total: float | None


@dataclass(frozen=True)
class Context:
    """What an assessment gets to see beside the result. Nothing in it may be changed.

    Attributes:
        table: The phases that competed.
        ion: Symbol of the working ion; None where there is none.
        options: Values of the options of this assessment.
        temperature: K; 298.15 where none was asked for.
    """

    table: PhaseTable
    ion: str | None
    options: Mapping[str, Any]
    temperature: float

    def phase(self, formula: str) -> PhaseFacts | None:
        """Return what is known of the lowest phase of a composition; None if it is not there."""
        row = self.table.find(Formula.parse(formula))
        return None if row is None else self._facts(row)

    def phases(self, elements: Iterable[str], within: float = 0.0) -> tuple[PhaseFacts, ...]:
        """Return the phases of a chemical system that are on the hull or not far above it.

        Of several phases of one composition it is the lowest.

        Args:
            elements: Symbols of the chemical system.
            within: Energy above hull up to which they are returned, eV/atom.

        >>> from kstab.testing import small_table
        >>> context = Context(small_table(), "K", {}, 298.15)
        >>> [facts.formula for facts in context.phases(["K", "S"])]
        ['K', 'K2S', 'S']
        """
        rows = self.table.rows_within(elements)
        near = rows[heights_above_hull(self.table, rows) <= max(within, ON_HULL)]
        found: dict[str, PhaseFacts] = {}
        for facts in map(self._facts, near.tolist()):
            known = found.setdefault(facts.formula, facts)
            if facts.energy_above_hull < known.energy_above_hull:
                found[facts.formula] = facts
        return tuple(found.values())

    def _facts(self, row: int) -> PhaseFacts:
        found, qualities = self.table.phase(row), self.table.extras.get("volume_quality")
        atoms = Formula.parse(found.formula).atoms
        volume = self._number("volume", row)
        return PhaseFacts(
            formula=found.formula,
            formation_energy=found.formation_energy,
            energy_above_hull=float(heights_above_hull(self.table, np.array([row]))[0]),
            volume=None if volume is None else volume * atoms,
            volume_quality="" if qualities is None else str(qualities[row]),
            **{name: self._number(name, row) for name in _NUMBERS},
        )

    def solve(self, formula: str, without: tuple[str, ...] = ()) -> WindowResult:
        """Return the window of a phase with the same phases, some of them left out.

        Raises:
            PhaseError: A phase to leave out is not in the data.
        """
        table = self.table.without(*map(Formula.parse, without)) if without else self.table
        ion = ion_of(self.ion) if self.ion else None
        return stability.solve(WindowRequest(Formula.parse(formula), ion, False), table)

    def products(
        self,
        composition: str | Mapping[str, float],
        voltage: float | None = None,
        *,
        without: Iterable[str] = (),
        lowered: tuple[str, float] | None = None,
    ) -> tuple[Product, ...]:
        """Return what a composition becomes, alone or at a voltage.

        Args:
            composition: A formula, or atoms of each element.
            voltage: V against the working ion's metal, with which it exchanges ions freely; None
                where it exchanges nothing. At the edge of a step it is the step above.
            without: Formulas of phases that are left out, elements excepted.
            lowered: A phase, and by how many eV/atom its energy is lowered.

        Returns:
            What forms, in order of formulas; amounts per unit of the composition.

        Raises:
            PhaseError: A phase to leave out or to lower is not in the data.
            ElementError: The data has no energy for an element, or is to do without one.
            RequestError: There is a voltage, and no working ion.

        >>> from kstab.testing import small_table
        >>> context = Context(small_table(), "K", {}, 298.15)
        >>> [(product.formula, product.amount) for product in context.products({"K": 2, "S": 2})]
        [('K2S', 1.0), ('S', 1.0)]
        >>> [product.formula for product in context.products("K2S", without=["K2S"])]
        ['K', 'S']
        >>> [product.formula for product in context.products("S", voltage=0.0)]
        ['K2S']
        """
        from kstab.analyses.products_at import Variant, products_at  # only where asked for

        if voltage is not None and self.ion is None:
            raise RequestError("A voltage is against the metal of a working ion; there is none.")
        ion = ion_of(self.ion) if self.ion and voltage is not None else None
        if isinstance(composition, str):
            composition = {s: float(n) for s, n in Formula.parse(composition).amounts}
        change = Variant(
            tuple(map(Formula.parse, without)),
            (Formula.parse(lowered[0]), lowered[1]) if lowered else None,
        )
        return products_at(composition, ion, voltage or 0.0, self.table, change)

    def sigma(self, weights: Mapping[str, float]) -> float | None:
        """Return the standard deviation of a sum of formation energies, eV; None if unknown.

        Args:
            weights: Of the energy per atom of the lowest phase of each composition; one that is
                not in the data counts for nothing.
        """
        found = ((self.table.find(Formula.parse(name)), w) for name, w in weights.items())
        parts = [(weight, {row: 1.0}) for row, weight in found if row is not None]
        (sigma,) = bars_of(self.table).sigmas([add(*parts)])
        return sigma

    def _number(self, name: str, row: int) -> float | None:
        column = self.table.extras.get(name)
        value = float("nan") if column is None else float(column[row])
        return None if isnan(value) else value
