"""Alloys and other compounds beyond the handbook: how good energies that did not see them are."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.chemistry.roles import Floats
from kstab.phases.error_classes import CLASSES, UNCORRECTED

from .evaluate import Evaluation, coverage, markdown, statistics
from .heldout import Mask
from .measured import VOLTAGE_METALS

STEPS: Final = (
    ("", "Li2Sn5"), ("Li2Sn5", "LiSn"), ("LiSn", "Li7Sn3"), ("Li7Sn3", "Li5Sn2"),
    ("Li5Sn2", "Li7Sn2"), ("", "LiCd3"), ("LiCd3", "LiCd"), ("", "Li2Sb"), ("Li2Sb", "Li3Sb"),
    ("", "LiBi"), ("LiBi", "Li3Bi"), ("", "LiPb"), ("LiPb", "Li8Pb3"), ("Li8Pb3", "Li3Pb"),
    ("Li3Pb", "Li7Pb2"), ("", "LiIn"), ("", "LiAl"), ("", "NaSn"), ("", "NaPb"), ("", "NaSb"),
    ("NaSb", "Na3Sb"), ("", "NaBi"), ("NaBi", "Na3Bi"), ("", "KBi2"), ("KBi2", "K3Bi"),
    ("", "KSb2"), ("KSb2", "KSb"), ("KSb", "K3Sb"),
)  # fmt: skip
"""Two-phase regions of alloys with Li, Na and K, by what there is below and above."""

FIRST: Final = ("Li2Sn5", "LiCd3", "Li2Sb", "LiBi", "LiPb", "LiIn", "LiAl", "NaSn", "NaSb",
                "KBi2", "KSb2")  # fmt: skip
"""First steps of eleven systems."""


class Step(NamedTuple):
    """A voltage as a sum over compounds.

    Attributes:
        name: What forms, and from what.
        first: Whether it is among :data:`FIRST`.
        places: Of the compounds among all.
        weights: What the energy of each, eV/atom, counts in the voltage.
        system: Which compounds have the same elements.
    """

    name: str
    first: bool
    places: list[int]
    weights: Floats
    system: Mask

    def of(self, energies: Floats) -> float:
        """The voltage by energies of all compounds."""
        return float(self.weights @ energies[self.places])


def steps(e: Evaluation) -> Iterator[Step]:
    """Yield the voltages; a first step is from the pure partner."""
    solids = e.kstab.all
    place = {formula: i for i, formula in enumerate(solids.formulas)}
    for lower, formula in STEPS:
        amounts = solids.amounts[place[formula]]
        metal = next(ATOMIC_NUMBER[m] for m in VOLTAGE_METALS if amounts[ATOMIC_NUMBER[m]])
        partner = next(z for z in np.flatnonzero(amounts).tolist() if z != metal)
        index, units = [place[formula]], [1.0]
        if lower:
            index.append(place[lower])
            units.append(-float(amounts[partner] / solids.amounts[place[lower], partner]))
        taken = float(np.array(units) @ solids.amounts[index, metal])
        weights = -np.array(units) * solids.atoms[index] / taken
        system = ((solids.amounts > 0) == (amounts > 0)).all(axis=1)
        yield Step(f"{lower or 'element'} to {formula}", formula in FIRST, index, weights, system)


def alloy_voltages(e: Evaluation) -> str:
    """Return the voltages of alloys by each scheme, ``kstab`` without the system."""
    solids, rows, errors = e.kstab.all, [], []
    for step in steps(e):
        fit = e.kstab.without(step.system)
        part = solids.take(np.array(step.places))
        measured = step.of(solids.measured)
        found = [step.of(energies) for energies in (solids.published, e.mp2020_of(solids))]
        found.append(float(step.weights @ fit.energies(part)))
        errors.append((step.first, *(value - measured for value in found)))
        volts = [f"{value:.2f}" for value in (measured, *found, fit.sigma(step.weights, part))]
        rows.append([step.name, *volts])
    off = np.array(errors)
    for name, chosen in {"all": off[:, 0] >= 0, "eleven first steps": off[:, 0] > 0}.items():
        means = [f"{np.abs(column[chosen]).mean():.2f}" for column in off[:, 1:].T]
        rows.append([f"mean error of {name}, {chosen.sum()}", "", *means, ""])
    head = ["step", "measured", "legacy", "mp2020", "kstab without the system", "σ"]
    return markdown("Voltages of alloys, V", head, rows)


def further_errors(e: Evaluation) -> str:
    """Return ten-fold errors of the further compounds, by kind."""
    count, solids = len(e.solids), e.kstab.all
    energies, sigmas = e.kstab.by_part(e.kstab.fold)
    kinds = np.array([*CLASSES, UNCORRECTED])[solids.label % (len(CLASSES) + 1)]
    further = np.arange(len(solids)) >= count
    alkali = np.any([solids.hold(metal) for metal in VOLTAGE_METALS], axis=0)
    chosen = {
        "all": further,
        "of Li, Na, K": further & alkali,
        "alloys": further & (kinds == "alloy"),
        "alloys of Li, Na, K": further & (kinds == "alloy") & alkali,
        "azides": further & (kinds == "azide"),
        "sulfides, polysulfides": further & np.isin(kinds, ["sulfide", "sulfide, d metal",
                                                            "polysulfide"]),
    }  # fmt: skip
    rows = [
        [name, mask.sum(), *(statistics((x - solids.measured)[mask])
                             for x in (solids.published, e.mp2020_of(solids), energies)),
         coverage((energies - solids.measured)[mask], sigmas[mask])]
        for name, mask in chosen.items()
    ]  # fmt: skip
    head = ["compounds", "number", "legacy", "mp2020", "kstab", "inside 1σ / inside 2σ / median σ"]
    return markdown("Further compounds, eV/atom; kstab by ten-fold fits", head, rows)
