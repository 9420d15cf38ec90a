"""Phases from and for pymatgen: lists of ``ComputedEntry`` in both directions."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from kstab.chemistry.composition import Formula, chemical_system
from kstab.chemistry.conditions import Conditions
from kstab.errors import FormulaError, RequestError
from kstab.phases.scheme import AS_GIVEN
from kstab.phases.table import PhaseTable
from kstab.sources.stored import references_of

if TYPE_CHECKING:
    from pymatgen.entries.computed_entries import ComputedEntry


CONDITIONS: Final = "kstab_conditions"
"""Key of an entry's ``data`` with temperature, K, and pressures, bar, of its Gibbs energy."""


class Entry(Protocol):
    """What kstab reads of a pymatgen entry."""

    composition: Any
    energy: float


def table_from_entries(
    entries: Iterable[Entry], name: str = "own entries", scheme: str = AS_GIVEN.name
) -> PhaseTable:
    """Return a phase table made of pymatgen entries.

    Formation energies are counted from the lowest entry of each element, so the
    entries must share one functional and one correction scheme. Those that
    :func:`entries_from_table` made of Gibbs energies are taken for such.

    Args:
        entries: ``ComputedEntry``, ``PDEntry`` or alike, with their total energies, eV.
        name: Name of the table in reports.
        scheme: Name of the correction scheme the energies share.

    Raises:
        ElementError: An element has no entry of its own.
        RequestError: There are no entries, one has no finite energy, or some of them are Gibbs
            energies and others are not.

    >>> from pymatgen.entries.computed_entries import ComputedEntry
    >>> entries = [ComputedEntry(f, e) for f, e in [("K", -1.0), ("S8", -32.0), ("K2S", -9.6)]]
    >>> table = table_from_entries(entries)
    >>> round(table.phase(1).formation_energy, 3)
    -1.2
    """
    listed = list(entries)
    phases = [
        (_formula(entry), str(getattr(entry, "entry_id", None) or ""), float(entry.energy))
        for entry in listed
    ]
    if not phases:
        raise RequestError("There are no entries.", "Give at least one for each element.")
    for formula, identifier, energy in phases:
        if not -1e9 < energy < 1e9:
            raise RequestError(f"The entry {identifier or formula} has the energy {energy}.")
    reference = references_of(((f, energy / f.atoms) for f, _, energy in phases), name)
    counted = ((f, known_as, _formation(f, energy, reference)) for f, known_as, energy in phases)
    table = PhaseTable.build(name, counted, scheme=scheme)
    return replace(table, origin=replace(table.origin, conditions=_conditions(listed)))


def _conditions(entries: Iterable[Entry]) -> Conditions | None:
    """At which conditions the energies are; None for energies that say nothing of it."""
    said = [dict(getattr(entry, "data", None) or {}).get(CONDITIONS) for entry in entries]
    if any(each != said[0] for each in said):
        raise RequestError(
            "Some entries are Gibbs energies that kstab made, others are not, or at other "
            "conditions.",
            "Make them with kstab.phase_table(temperature='none').",
        )
    return Conditions.read(*said[0]) if said[0] else None


def entries_from_table(table: PhaseTable, elements: str | Iterable[str]) -> "list[ComputedEntry]":
    """Return the phases of a chemical system as pymatgen entries.

    Their energies are formation energies, eV per formula unit, so elements have zero. Of a table
    of Gibbs energies, as it is by default, they say so in their ``data``.

    Args:
        table: Where the phases come from.
        elements: ``"K-Sb-S"``, a formula that names the elements, or a list of symbols.

    Raises:
        FormulaError: The elements cannot be read.

    >>> from kstab.sources.embedded import load
    >>> [entry.composition.reduced_formula for entry in entries_from_table(load(), "K-P")][:3]
    ['K', 'K2P3', 'K3P']
    """
    from pymatgen.entries.computed_entries import ComputedEntry

    data = {}
    if table.conditions:
        gases = {each.gas: each.pressure for each in table.conditions.gases}
        data[CONDITIONS] = [table.conditions.temperature, gases]
    entries = []
    for row in table.rows_within(chemical_system(elements)).tolist():
        formula = Formula.parse(table.formulas[row])
        amounts = {symbol: float(amount) for symbol, amount in formula.amounts}
        energy = float(table.energies[row]) * formula.atoms
        identifier = table.material_ids[row] or None
        entries.append(ComputedEntry(amounts, energy, entry_id=identifier, data=dict(data)))
    return entries


def _formula(entry: Entry) -> Formula:
    try:
        return Formula.of(entry.composition)
    except AttributeError as error:
        raise FormulaError(repr(entry), "it has no composition, so it is no entry") from error


def _formation(formula: Formula, energy: float, reference: dict[str, float]) -> float:
    elements = sum(float(amount) * reference[symbol] for symbol, amount in formula.amounts)
    return (energy - elements) / formula.atoms
