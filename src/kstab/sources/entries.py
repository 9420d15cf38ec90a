"""Phases from and for pymatgen: lists of ``ComputedEntry`` in both directions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from kstab.chemistry.composition import Formula, chemical_system
from kstab.errors import FormulaError, RequestError
from kstab.phases.scheme import AS_GIVEN
from kstab.phases.table import PhaseTable
from kstab.sources.stored import references_of

if TYPE_CHECKING:
    from pymatgen.entries.computed_entries import ComputedEntry


class Entry(Protocol):
    """What kstab reads of a pymatgen entry."""

    composition: Any
    energy: float


def table_from_entries(
    entries: Iterable[Entry], name: str = "own entries", scheme: str = AS_GIVEN.name
) -> PhaseTable:
    """Return a phase table made of pymatgen entries.

    Formation energies are counted from the lowest entry of each element, so the
    entries must share one functional and one correction scheme.

    Args:
        entries: ``ComputedEntry``, ``PDEntry`` or alike, with their total energies, eV.
        name: Name of the table in reports.
        scheme: Name of the correction scheme the energies share.

    Raises:
        ElementError: An element has no entry of its own.
        RequestError: There are no entries, or one has no finite energy.

    >>> from pymatgen.entries.computed_entries import ComputedEntry
    >>> entries = [ComputedEntry(f, e) for f, e in [("K", -1.0), ("S8", -32.0), ("K2S", -9.6)]]
    >>> table = table_from_entries(entries)
    >>> round(table.phase(1).formation_energy, 3)
    -1.2
    """
    phases = [
        (_formula(entry), str(getattr(entry, "entry_id", None) or ""), float(entry.energy))
        for entry in entries
    ]
    if not phases:
        raise RequestError("There are no entries.", "Give at least one for each element.")
    for formula, identifier, energy in phases:
        if not -1e9 < energy < 1e9:
            raise RequestError(f"The entry {identifier or formula} has the energy {energy}.")
    reference = references_of(((f, energy / f.atoms) for f, _, energy in phases), name)
    counted = ((f, known_as, _formation(f, energy, reference)) for f, known_as, energy in phases)
    return PhaseTable.build(name, counted, scheme=scheme)


def entries_from_table(table: PhaseTable, elements: str | Iterable[str]) -> "list[ComputedEntry]":
    """Return the phases of a chemical system as pymatgen entries.

    Their energies are formation energies, eV per formula unit, so elements have zero.

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

    entries = []
    for row in table.rows_within(chemical_system(elements)).tolist():
        formula = Formula.parse(table.formulas[row])
        amounts = {symbol: float(amount) for symbol, amount in formula.amounts}
        energy = float(table.energies[row]) * formula.atoms
        identifier = table.material_ids[row] or None
        entries.append(ComputedEntry(amounts, energy, entry_id=identifier))
    return entries


def _formula(entry: Entry) -> Formula:
    try:
        return Formula.of(entry.composition)
    except AttributeError as error:
        raise FormulaError(repr(entry), "it has no composition, so it is no entry") from error


def _formation(formula: Formula, energy: float, reference: dict[str, float]) -> float:
    elements = sum(float(amount) * reference[symbol] for symbol, amount in formula.amounts)
    return (energy - elements) / formula.atoms
