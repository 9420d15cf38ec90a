"""What an assessment gets to see beside the result: phases, conditions, options, ``solve``."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from kstab.analyses import stability
from kstab.analyses.results import WindowResult
from kstab.analyses.stability import WindowRequest
from kstab.composition import Formula
from kstab.hull import heights_above_hull
from kstab.ions import ion as ion_of
from kstab.phases import PhaseTable


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
        if row is None:
            return None
        found = self.table.phase(row)
        atoms = Formula.parse(found.formula).atoms
        volume = self._number("volume", row)
        return PhaseFacts(
            formula=found.formula,
            formation_energy=found.formation_energy,
            energy_above_hull=float(heights_above_hull(self.table, np.array([row]))[0]),
            volume=None if volume is None else volume * atoms,
            volume_quality=self._text("volume_quality", row),
            band_gap=self._number("band_gap", row),
            band_gap_min=self._number("band_gap_min", row),
            band_gap_max=self._number("band_gap_max", row),
            dielectric_electronic=self._number("dielectric_electronic", row),
            dielectric_total=self._number("dielectric_total", row),
        )

    def solve(self, formula: str, without: tuple[str, ...] = ()) -> WindowResult:
        """Return the window of a phase with the same phases, some of them left out.

        Raises:
            PhaseError: A phase to leave out is not in the data.
        """
        table = self.table.without(*map(Formula.parse, without)) if without else self.table
        ion = ion_of(self.ion) if self.ion else None
        return stability.solve(WindowRequest(Formula.parse(formula), ion, False), table)

    def _number(self, name: str, row: int) -> float | None:
        column = self.table.extras.get(name)
        value = float("nan") if column is None else float(column[row])
        return None if isnan(value) else value

    def _text(self, name: str, row: int) -> str:
        column = self.table.extras.get(name)
        return "" if column is None else str(column[row])
