"""Candidate layers on the metal: the ratio of each, and its reaction with the metal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import kstab
from kstab import Formula, PhaseTable
from kstab.context import Context
from kstab.errors import RequestError
from kstab.findings import Confidence
from kstab.plugin_tools import MEV_PER_EV

from kstab_pilling_bedworth import words
from kstab_pilling_bedworth.contact import NOTHING
from kstab_pilling_bedworth.ratio import Ranged, ratio
from kstab_pilling_bedworth.volumes import UNKNOWN_ORIGIN, sources

if TYPE_CHECKING:
    from kstab.plugin_tools import Kink, Reservoir


@dataclass(frozen=True)
class Reaction:
    """A reaction of a layer with the metal.

    Attributes:
        reaction: What reacts to what.
        energy_per_atom: eV per atom: of the layer for any amount of the metal, of both for
            the lowest energy.
        energy_per_atom_sigma: Its standard deviation; None where unknown.
    """

    reaction: str
    energy_per_atom: float
    energy_per_atom_sigma: float | None


@dataclass(frozen=True)
class Layer:
    """A candidate layer.

    Attributes:
        formula: Its formula, as typed.
        energy_above_hull: eV/atom; None where the phase is not in the data.
        measured: Ratio of measured densities; None where one is unknown.
        calculated: Ratio of PBE volumes; None where one is unknown.
        verdict: By the measured ratio, else by the calculated one; ``no_ratio`` where it holds
            no metal, ``unknown`` where a volume is.
        confidence: How sure the verdict is.
        any_amount: Its reaction with any amount of the metal; None where none is found.
        lowest: The reaction of the lowest energy per atom of both; None where none is found.
        notes: What is in doubt, sentences.
    """

    formula: str
    energy_above_hull: float | None
    measured: Ranged | None
    calculated: Ranged | None
    verdict: str
    confidence: Confidence
    any_amount: Reaction | None
    lowest: Reaction | None
    notes: tuple[str, ...]


def layers(formulas: Iterable[str], ion: str, table: PhaseTable | None = None) -> list[Layer]:
    """Return the ratio of each layer on the ion's metal, and its reaction with it.

    A composition given twice is looked at once.

    Args:
        formulas: The layers.
        ion: Symbol of the metal.
        table: The phases that compete; None for the embedded data.

    Raises:
        FormulaError: A formula cannot be read.
        ElementError: The data has no energy for one of the elements.
        RequestError: A layer is the metal itself.

    >>> (layer,) = layers(["KHCO3"], "K", kstab.phase_table(scheme="legacy", temperature="none"))
    >>> round(layer.measured.value, 2), round(1000 * layer.lowest.energy_per_atom)
    (1.02, -248)
    """
    context = Context(table or kstab.phase_table(), ion, {}, words.ROOM)
    different: dict[object, Formula] = {}
    for formula in map(Formula.parse, formulas):
        different.setdefault(formula.key, formula)
    return [_layer(formula, ion, context) for formula in different.values()]


def _layer(formula: Formula, ion: str, context: Context) -> Layer:
    if formula.elements == (ion,):
        raise RequestError(f"{formula} is the metal itself.", "Name a layer on it, or another ion.")
    found = {kind: ratio(formula, ion, source) for kind, source in sources(context).items()}
    chosen = found["measured"] or found["calculated"]
    contact = kstab.interface(ion, formula, ion=ion, phases=context.table, compare=False)
    above_hull = contact.reactant_b.energy_above_hull
    doubts = list(words.doubts_of_ratio(chosen, found["calculated"])) if chosen else []
    return Layer(
        formula=formula.text,
        energy_above_hull=above_hull,
        measured=found["measured"],
        calculated=found["calculated"],
        verdict=chosen.verdict if chosen else "unknown" if formula[ion] else "no_ratio",
        confidence="none" if chosen is None else "low" if doubts else "medium",
        any_amount=_reaction(contact.reservoir),
        lowest=_reaction(contact.minimum_total),
        notes=(*doubts, *_of_density(found["measured"]), *_of_energy(formula.text, above_hull)),
    )


def _reaction(found: "Reservoir | Kink | None") -> Reaction | None:
    if found is None or found.energy_per_atom >= -NOTHING:
        return None
    return Reaction(found.reaction, found.energy_per_atom, found.energy_per_atom_sigma)


def _of_density(found: Ranged | None) -> Iterator[str]:
    if found and UNKNOWN_ORIGIN in found.source:
        yield f"The measured density, {found.source}, has a larger error."


def _of_energy(formula: str, above_hull: float | None) -> Iterator[str]:
    """What to know of the energy of a layer that is no stable phase."""
    if above_hull is None:
        yield words.not_in_data(formula)
    elif above_hull > NOTHING:
        yield (
            f"{formula} is {MEV_PER_EV * above_hull:.1f} meV/atom above the hull: its own "
            "decomposition is part of its energies."
        )
