"""The second final test: solids whose entropy had no part in any fit or its design.

To be run once, when nothing is open any more, and reported whatever it says.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

import kstab
from kstab.base.units import KILOJOULE_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import ROOM
from kstab.chemistry.roles import Floats, Integers
from kstab.sources.embedded import read_arrays
from kstab.sources.forms import read_handbook
from kstab.sources.heat import THERMAL
from schemes.evaluate import markdown
from schemes.measured import second_test

from .evaluate import coverage, statistics
from .measured import JOULE, values

MEV: Final = 1000.0
WHITE_TO_RED: Final = 12.1 / KILOJOULE_PER_EV
"""Gibbs energy, eV per P, by which white phosphorus lies above red (Wagman et al. 1982)."""


def report() -> str:
    """Return the errors of stored entropies and Gibbs energies on the second final test."""
    test = SecondTest(second_test())
    unit = ROOM * MEV
    off = unit * (test.entropies - test.measured)
    rows = [["T·S at 298.15 K", statistics(off), coverage(off, unit * test.sigmas)]]
    for scheme in ("kstab", "mp2020", "legacy"):
        errors, sigmas = (MEV * column for column in test.gibbs(scheme))
        bars = coverage(errors, sigmas) if sigmas.all() else ""
        rows.append([f"Gibbs energy of formation, {scheme}", statistics(errors), bars])
    head = ["quantity", "errors", "inside 1σ / inside 2σ / median σ"]
    title = f"Second final test, {len(off)} solids, meV/atom: mean / median / 90th percentile"
    worst = np.argsort(-np.abs(off))
    each = [
        [test.formulas[i], f"{unit * test.measured[i]:.1f}", f"{off[i]:+.1f}",
         f"{unit * test.sigmas[i]:.1f}", f"{MEV * test.gibbs('kstab')[0][i]:+.0f}"]
        for i in worst.tolist()
    ]  # fmt: skip
    names = [
        "solid",
        "T·S measured",
        "error of T·S",
        "σ of T·S",
        "error of the Gibbs energy, kstab",
    ]
    return "\n".join([markdown(title, head, rows), markdown("Each, meV/atom", names, each)])


@dataclass(frozen=True)
class SecondTest:
    """Some solids of the embedded table with a measured entropy and Gibbs energy.

    Attributes:
        formulas: Their formulas there.
    """

    formulas: tuple[str, ...]

    @cached_property
    def rows(self) -> Integers:
        """Their rows in the embedded table."""
        found = [kstab.phase_table().find(Formula.parse(formula)) for formula in self.formulas]
        return np.array(found)

    @cached_property
    def measured(self) -> Floats:
        """Measured entropies, eV/(K atom)."""
        return np.array([values()[Formula.parse(f).key].entropy for f in self.formulas])

    @property
    def entropies(self) -> Floats:
        """Stored entropies, eV/(K atom)."""
        return self._thermal("entropy")

    @property
    def sigmas(self) -> Floats:
        """Their standard deviations."""
        return self._thermal("entropy_sigma")

    def _thermal(self, name: str) -> Floats:
        column: Floats = read_arrays(name, file=THERMAL)[name][self.rows].astype(float)
        return column

    def gibbs(self, scheme: str) -> tuple[Floats, Floats]:
        """Errors of the Gibbs energies of formation at 298.15 K, and their bars, eV/atom.

        The bars are zero where a scheme has none.
        """
        table = kstab.phase_table(scheme=scheme)
        errors, known = table.energies[self.rows] - self._measured_gibbs, table.uncertainty
        if known is None or known.model is None:
            return errors, np.zeros(len(self.rows))
        features, own = known.describe(
            self.rows.tolist(), table.numbers[self.rows], table.amounts[self.rows]
        )
        return errors, np.sqrt(np.diag(known.model().common(features)) + own**2)

    @cached_property
    def _measured_gibbs(self) -> Floats:
        """From the handbook, phosphorus counted from red."""
        handbook = {Formula.parse(r["formula"]).key: r for r in read_handbook("solids.csv")}
        found = []
        for row in (handbook[Formula.parse(formula).key] for formula in self.formulas):
            formula = Formula.parse(row["formula"])
            total = 1000.0 * JOULE * float(row["gibbs_kJ_mol"])
            found.append((total + WHITE_TO_RED * float(formula["P"])) / float(formula.atoms))
        return np.array(found)
