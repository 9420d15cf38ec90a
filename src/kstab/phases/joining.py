"""Tables made of other tables: joined, with another phase, with one polymorph of several."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kstab.base.units import MEV_PER_EV
from kstab.chemistry.composition import Formula
from kstab.engine.equilibrium import Integers
from kstab.errors import PhaseError, RequestError
from kstab.phases.hull import hull_energies
from kstab.phases.origin import together
from kstab.phases.table import LateColumns, PhaseTable, reduced
from kstab.phases.uncertainty import stacked

_NO_MATTER = 10.0  # eV/atom, above every hull, for a phase whose energy is not set yet

_Part = tuple[PhaseTable, Integers]  # some rows of a table


def joined(
    tables: Sequence[PhaseTable], elements: Iterable[str] = (), *, mixed: bool = False
) -> PhaseTable:
    """Return the phases of several tables as one, by precedence.

    Of a composition that several tables have, the phases of the first are taken; all of its
    own polymorphs stay. Where the errors of one table are known, phases of the others have those of
    phases of their kind.

    Args:
        tables: The tables, the one that precedes first; at least one.
        elements: Those that phases are needed of; empty for all.
        mixed: Whether tables of different correction schemes may be joined.

    Raises:
        RequestError: They are of different schemes, and that was not asked for.

    >>> def table(name, **energies):
    ...     rows = [(Formula.parse(formula), name, e) for formula, e in energies.items()]
    ...     return PhaseTable.build(name, rows, scheme="pbe")
    >>> both = joined([table("mine", K=0, S=0, K2S=-1.3), table("theirs", K=0, S=0, K2S=-1, KS=-1)])
    >>> both.name, list(zip(both.formulas, both.material_ids, both.energies.tolist()))[2:]
    ('mine + theirs', [('KS', 'theirs', -1.0), ('S', 'mine', 0.0)])
    >>> both.phase(both.find(Formula.parse("K2S"))).formation_energy
    -1.3
    """
    if len(tables) == 1:
        return tables[0]
    named = ", ".join(f"{table.name} in {table.scheme}" for table in tables)
    several = len({table.scheme for table in tables}) > 1
    if several and not mixed:
        raise RequestError(
            f"The sources come in different correction schemes ({named}), whose energies cannot "
            "be compared.",
            "Choose a --scheme that they share, or mix them with --mix-schemes: the report then "
            "says so.",
        )
    chosen = _by_precedence(tables, set(elements))
    mixture = (f"correction schemes mixed: {named}",) if several else ()
    return replace(
        _stacked(list(zip(tables, chosen, strict=True))),
        origin=together([table.origin for table in tables], *mixture),
        expected=next((table.expected for table in tables if table.expected), None),
    )


def with_phases(
    table: PhaseTable, added: PhaseTable, elements: Iterable[str] = (), *, mixed: bool = False
) -> PhaseTable:
    """Return a table with further phases, beside those of the same composition.

    Elements stay as they are in the table: the others count from them.

    Args:
        table: The table.
        added: The phases to add, with formation energies.
        elements: Those that phases are needed of; empty for all.
        mixed: Whether they may be of another correction scheme.

    Raises:
        RequestError: They are of another scheme, and that was not asked for; or they are at
            another temperature.
    """
    if added.scheme != table.scheme and not mixed:
        raise RequestError(
            f"The phases to add come in {added.scheme.name!r}, those of {table.name} in "
            f"{table.scheme.name!r}: their energies cannot be compared.",
            f"If they are in {table.scheme}, say so with --entry-scheme {table.scheme}; else "
            "choose another --scheme, or mix them with --mix-schemes.",
        )
    if added.conditions != table.conditions:
        raise RequestError("The phases to add are at another temperature or pressure.")
    known = {table.formulas[row] for row in np.flatnonzero(table.is_element).tolist()}
    new = [row for row in range(len(added)) if added.formulas[row] not in known]
    names = ", ".join(dict.fromkeys(added.formulas[row] for row in new))
    changes = [f"with {names} of {added.name}", *added.changes]
    if added.scheme != table.scheme:
        changes.append(f"correction schemes mixed: {added.scheme} into {table.scheme}")
    there = table.rows_within(elements or table.elements())
    return _stacked([(table, there), (added, np.array(new, dtype=np.int64))], *changes)


def at_heights(
    table: PhaseTable, heights: Sequence[tuple[Formula, float]], elements: Iterable[str] = ()
) -> PhaseTable:
    """Return a table in which compositions lie at heights above the hull of all others.

    None of these compositions is among the others, so that their order does not matter.

    Args:
        table: The table; phases of these compositions are replaced.
        heights: Compositions with eV/atom; negative for below.
        elements: Those that phases are needed of; empty for all.

    Raises:
        ElementError: The table has no energy for one of the elements.
        RequestError: One is an element, or is named twice.

    >>> phases = [(Formula.parse(f), "", e) for f, e in [("K", 0), ("S", 0), ("K2S", -1.2)]]
    >>> table = PhaseTable.build("demo", phases, scheme="none")
    >>> tried = at_heights(table, [(Formula.parse("K2S2"), 0.025)])  # on the way from S to K2S
    >>> round(float(tried.energies[tried.find(Formula.parse("KS"))]), 6)
    -0.875
    """
    formulas = [formula for formula, _ in heights]
    for formula in formulas:
        if len(formula.elements) == 1:
            raise RequestError(f"{formula} is an element, from which all energies are counted.")
    if len({formula.key for formula in formulas}) < len(formulas):
        raise RequestError("Two heights are given for one composition.", "Give one.")
    rows = table.rows_within(elements or table.elements())
    for formula in formulas:
        rows = np.setdiff1d(rows, table.polymorphs(formula))
    tried, changes = [], []
    for formula, height in heights:
        side = "above" if height >= 0.0 else "below"
        name = f"{MEV_PER_EV * abs(height):g} meV/atom {side} the hull"
        probe = _stacked([(table, rows), _one(table, formula, "", _NO_MATTER)])
        hull = float(hull_energies(probe, np.array([probe.find(formula)]))[0])
        tried.append(_one(table, formula, name, hull + height))
        changes.append(f"{reduced(formula)} at {name} of the other phases")
    return _stacked([(table, rows), *tried], *changes)


def _one(table: PhaseTable, formula: Formula, name: str, energy: float) -> _Part:
    """One phase to put beside those of a table."""
    phase = PhaseTable.build(table.name, [(formula, name, energy)], scheme=table.scheme)
    return phase, np.zeros(1, dtype=np.int64)


def as_polymorph(table: PhaseTable, formula: Formula, identifier: str) -> PhaseTable:
    """Return a table in which one phase of a composition stands for all of them.

    Args:
        table: The table.
        formula: The composition.
        identifier: Identifier of the phase to keep.

    Raises:
        PhaseError: There is no such phase.
    """
    rows = table.polymorphs(formula).tolist()
    kept = [row for row in rows if table.material_ids[row] == identifier]
    if not kept:
        known = tuple(f"{formula}={table.material_ids[row]}" for row in rows)
        raise PhaseError(f"{formula}={identifier}", table.name, known[:3])
    removed = table.removed | set(rows) - set(kept[:1])
    return table.derived(f"{formula} as {identifier}", removed=removed)


def _by_precedence(tables: Sequence[PhaseTable], elements: set[str]) -> list[Integers]:
    """Rows of each table whose composition no table before it has."""
    taken: set[str] = set()
    found = []
    for table in tables:
        rows = table.rows_within(elements or table.elements())
        names = [table.formulas[row] for row in rows.tolist()]
        found.append(rows[[name not in taken for name in names]])
        taken.update(names)
    return found


def _stacked(parts: Sequence[_Part], *changes: str) -> PhaseTable:
    """Rows of several tables in the canonical order; all else is of the first."""
    first = parts[0][0]
    formulas = [table.formulas[row] for table, rows in parts for row in rows.tolist()]
    ids = [table.material_ids[row] for table, rows in parts for row in rows.tolist()]
    energies = np.concatenate([table.energies[rows] for table, rows in parts])
    places = range(len(formulas))
    order = np.array(
        sorted(places, key=lambda i: (formulas[i], energies[i], ids[i])), dtype=np.int64
    )
    names = tuple(dict.fromkeys(name for table, _ in parts for name in table.flag_names))
    corrections = [
        table.corrections[rows] for table, rows in parts if table.corrections is not None
    ]
    known = len(corrections) == len(parts)
    errors = stacked(
        [(table.uncertainty and table.uncertainty.take(rows), len(rows)) for table, rows in parts]
    )
    forms = [table.fluids.get(row, "") for table, rows in parts for row in rows.tolist()]
    return first.derived(
        *changes,
        formulas=tuple([formulas[i] for i in order]),
        material_ids=tuple([ids[i] for i in order]),
        energies=energies[order],
        numbers=_padded([table.numbers[rows] for table, rows in parts])[order],
        amounts=_padded([table.amounts[rows] for table, rows in parts])[order],
        masks=np.concatenate([table.masks[:, rows] for table, rows in parts], axis=1)[:, order],
        flags=np.concatenate([_flags(table, names)[rows] for table, rows in parts])[order],
        flag_names=names,
        removed=frozenset(),
        extras=LateColumns(
            dict.fromkeys(name for table, _ in parts for name in table.extras),
            lambda name: _column(name, parts)[order],
        ),
        corrections=np.concatenate(corrections)[order] if known else None,
        uncertainty=errors and errors.take(order),
        fluids={row: forms[i] for row, i in enumerate(order) if forms[i]},
    )


def _column(name: str, parts: Sequence[_Part]) -> NDArray[Any]:
    """A further column of several tables, blank where one has none."""
    there = [table.extras[name][rows] if name in table.extras else None for table, rows in parts]
    known = next(column for column in there if column is not None)
    blank: Any = "" if known.dtype.kind == "U" else np.nan if known.dtype.kind == "f" else 0
    return np.concatenate(
        [
            np.full(len(rows), blank, dtype=known.dtype) if column is None else column
            for column, (_, rows) in zip(there, parts, strict=True)
        ]
    )


def _padded(blocks: Sequence[NDArray[Any]]) -> NDArray[Any]:
    width = max(block.shape[1] for block in blocks)
    return np.concatenate(
        [np.pad(block, ((0, 0), (0, width - block.shape[1]))) for block in blocks]
    )


def _flags(table: PhaseTable, names: tuple[str, ...]) -> NDArray[np.uint8]:
    """The flags of a table, each at the bit it has among all names."""
    flags = np.zeros(len(table), dtype=np.uint8)
    for bit, name in enumerate(table.flag_names):
        flags |= ((table.flags >> bit & 1) << names.index(name)).astype(np.uint8)
    return flags
