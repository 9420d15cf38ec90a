"""Phases and their energies: a table of columns, and the systems selected from it.

A :class:`PhaseTable` is arrays only; where they come from is the business of
``sources``. Selecting the phases of a chemical system is a scan of two 64-bit
element masks, and what comes out is a :class:`System` ready for the engine.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kstab.base.safe_text import printable
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import Conditions, ElementState
from kstab.chemistry.elements import ATOMIC_NUMBER, SYMBOLS
from kstab.engine.equilibrium import Floats, Integers, Problem
from kstab.errors import ElementError, PhaseError
from kstab.phases.origin import DataSet, Origin
from kstab.phases.scheme import Scheme, scheme_named

if TYPE_CHECKING:  # only error bars need it
    from kstab.phases.uncertainty import Uncertainty

ON_HULL: Final = 1e-6
"""Energy above hull, eV/atom, up to which a phase counts as stable."""

Masks = NDArray[np.uint64]

_DIATOMIC: Final = ("H", "N", "O", "F", "Cl")
_MANY_ELEMENTS: Final = 8  # from here a scan of the table is quicker than all subsets


@dataclass(frozen=True)
class Phase:
    """One phase of a table.

    Attributes:
        formula: Its formula, which is also its name in every report.
        material_id: Identifier in the source; empty where there is none.
        formation_energy: eV/atom, from the elements of the same table.
        energy_above_hull: eV/atom; 0 on the hull.
        flags: What is known to be doubtful about it; keys of
            :data:`kstab.phases.notices.FLAGS`.
    """

    formula: str
    material_id: str
    formation_energy: float
    energy_above_hull: float
    flags: tuple[str, ...] = ()


class LateColumns(Mapping[str, NDArray[Any]]):
    """Columns by name, each read or made when first asked for.

    Args:
        names: Their names.
        read: Returns the column of a name.
    """

    def __init__(self, names: Iterable[str], read: Callable[[str], NDArray[Any]]) -> None:
        self._names, self._read = tuple(names), read
        self._known: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, eq=False)
class System:
    """The phases of a chemical system in the form the engine takes.

    Attributes:
        closed: The closed elements, in the order of the problem's rows.
        rows: Row in the table of each of the problem's columns; shape (n,).
        problem: Compositions and energies per atom.
    """

    closed: tuple[str, ...]
    rows: Integers
    problem: Problem

    def take(self, columns: Integers) -> "System":
        """Return the system of some of its phases, the elements among them."""
        return System(self.closed, self.rows[columns], self.problem.take(columns))


@dataclass(frozen=True, eq=False)
class PhaseTable:
    """Compositions and formation energies of phases, one row each.

    Rows are in a canonical order (by formula, then energy, then identifier), so
    that no result depends on the order of its sources. The table never changes:
    :meth:`without` and :meth:`with_energies` return another one.

    Attributes:
        origin: Where the energies come from, and what was done to them.
        formulas: Formula of each row.
        material_ids: Identifier of each row.
        energies: Formation energies, eV/atom; shape (N,).
        above_hull: Energies above hull, eV/atom, of the unchanged table; shape (N,).
            None where it must be computed: after a change, or for own entries.
        numbers: Atomic numbers of each row's elements, rising, padded with 0; shape (N, k).
        amounts: Amount of each of those elements per formula unit; shape (N, k).
        masks: Element masks of each row: bits of the atomic numbers 1-63 and 64-127;
            shape (2, N).
        flags: Bit field of each row, see ``flag_names``.
        flag_names: Name of each bit, the lowest first.
        removed: Rows that no longer take part.
        extras: Further columns by name (space group, volume, gaps ...), shape (N,) each.
        corrections: What the scheme adds to the energies as published, eV/atom; shape (N,).
            None where that is unknown, as for own entries.
        uncertainty: How far the energies may be off; None where nothing is known of it.
        candidates: Rows that all phases on the hull are among, where ``above_hull`` is None and
            they are known all the same; shape (n,).
        states: The elements as they are under the conditions.
        fluids: Phases that are a ``gas`` or a ``liquid`` under the conditions, by row.
        room: Returns the same phases at 298.15 K and 1 bar, where that is known beforehand.
        expected: Another table, with phases that this one may lack.
    """

    origin: Origin
    formulas: Sequence[str]
    material_ids: Sequence[str]
    energies: Floats
    above_hull: Floats | None
    numbers: NDArray[np.uint8]
    amounts: NDArray[np.number]
    masks: Masks
    flags: NDArray[np.uint8]
    flag_names: tuple[str, ...] = ()
    removed: frozenset[int] = frozenset()
    extras: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    corrections: Floats | None = None
    uncertainty: "Uncertainty | None" = None
    candidates: Integers | None = None
    states: tuple[ElementState, ...] = ()
    fluids: Mapping[int, str] = field(default_factory=dict)
    room: "Callable[[], PhaseTable] | None" = None
    expected: "PhaseTable | None" = None

    def __post_init__(self) -> None:
        for name, column in vars(self).copy().items():
            if isinstance(column, np.ndarray):  # a table never changes, whoever it is handed to
                column.setflags(write=False)
            elif isinstance(column, tuple) and column and isinstance(column[0], str):
                object.__setattr__(self, name, tuple(map(printable, column)))

    def __len__(self) -> int:
        return len(self.formulas)

    @property
    def has_bars(self) -> bool:
        """Whether it is known how far the energies may be off."""
        return bool(self.uncertainty and self.uncertainty.model)

    @property
    def name(self) -> str:
        """Name of the data set, as reports print it."""
        return self.origin.name

    @property
    def scheme(self) -> Scheme:
        """Correction scheme of the energies."""
        return self.origin.scheme

    @property
    def changes(self) -> tuple[str, ...]:
        """What was done to the energies, in words."""
        return self.origin.changes

    @property
    def conditions(self) -> Conditions | None:
        """Temperature and pressures of the elements' energies, see :class:`Origin`."""
        return self.origin.conditions

    @classmethod
    def build(
        cls,
        name: str,
        phases: Iterable[tuple[Formula, str, float]],
        *,
        scheme: str | Scheme,
        version: str = "",
        digest: str = "",
    ) -> "PhaseTable":
        """Build a table from formulas, identifiers and formation energies (eV/atom).

        Formulas are reduced, so that one composition has one name.

        >>> table = PhaseTable.build(
        ...     "demo",
        ...     [(Formula.parse(f), "", e) for f, e in [("K", 0), ("S", 0), ("K2S", -1.2)]],
        ...     scheme="none",
        ... )
        >>> list(table.formulas)
        ['K', 'K2S', 'S']
        """
        rows = [(reduced(formula), identifier, energy) for formula, identifier, energy in phases]
        ordered = sorted((f.text, float(energy), identifier, f) for f, identifier, energy in rows)
        numbers, amounts = pack_compositions([row[3] for row in ordered])
        return cls(
            origin=Origin((DataSet(name, version, digest),), scheme_named(scheme)),
            formulas=tuple(row[0] for row in ordered),
            material_ids=tuple(row[2] for row in ordered),
            energies=np.array([row[1] for row in ordered]),
            above_hull=None,
            numbers=numbers,
            amounts=amounts,
            masks=element_masks(numbers),
            flags=np.zeros(len(ordered), dtype=np.uint8),
        )

    @cached_property
    def _competing(self) -> "_ByHeaviest":
        """Phases that can take part: those on the hull (docs/engine.md), if that is known."""
        candidates = self._candidates
        return self._all if candidates is None else _ByHeaviest.sort(self, candidates)

    @property
    def _candidates(self) -> Integers | None:
        """Rows that all phases on the hull are among; None where nothing is known of it."""
        if self.above_hull is None:
            return self.candidates
        return np.flatnonzero(self.above_hull <= ON_HULL)

    @cached_property
    def _all(self) -> "_ByHeaviest":
        present = np.delete(np.arange(len(self)), list(self.removed))
        return _ByHeaviest.sort(self, present)

    def select(
        self, elements: Iterable[str], open_element: str | None = None, *, all_phases: bool = False
    ) -> System:
        """Return the phases made of these elements alone, ready for the engine.

        Args:
            elements: Symbols of the chemical system.
            open_element: The working ion, if its chemical potential is fixed from
                outside; its own metal then takes no part.
            all_phases: Take phases above the hull too, which cannot form.

        Raises:
            ElementError: The table has no energy for one of the elements.
        """
        columns, closed = _columns(elements, open_element)
        rows = self.rows_within(columns, all_phases=all_phases)
        return self._system(closed, columns, rows, self.fractions(rows, columns))

    def select_many(self, systems: Sequence[tuple[Iterable[str], str | None]]) -> list[System]:
        """Do :meth:`select` for many pairs of elements and open element at once.

        Subsets of the elements are looked up instead of scanned for, and the
        compositions of all systems of one size are filled in together.

        Raises:
            ElementError: As :meth:`select`, for the first system concerned.
        """
        found: list[System | None] = [None] * len(systems)
        sizes: dict[int, list[int]] = {}
        named = [_columns(*system) for system in systems]
        for place, (columns, _) in enumerate(named):
            sizes.setdefault(len(columns), []).append(place)
        for places in sizes.values():
            rows = [self._rows_by_subset(named[place][0]) for place in places]
            blocks = self._blocks(rows, [named[place][0] for place in places])
            for place, chosen, block in zip(places, rows, blocks, strict=True):
                columns, closed = named[place]
                found[place] = self._system(closed, columns, chosen, block[:, : len(chosen)])
        return [system for system in found if system is not None]

    def _system(
        self, closed: tuple[str, ...], columns: tuple[str, ...], rows: Integers, fractions: Floats
    ) -> System:
        is_open = len(closed) < len(columns)
        if is_open:  # the ion's own metal takes no part
            keep = fractions[: len(closed)].any(axis=0)
            metal = len(rows) - np.count_nonzero(keep)
            rows, fractions = rows[keep], fractions[:, keep]
        energies = self.energies[rows]
        pure = np.where(fractions[: len(closed)] == 1.0, energies, np.inf)
        lowest = pure.min(axis=1, initial=np.inf).tolist()
        missing = [
            symbol for symbol, energy in zip(closed, lowest, strict=True) if energy == np.inf
        ]
        if is_open and not metal:
            missing.append(columns[-1])
        if missing:
            raise ElementError(tuple(missing), self.name)
        problem = Problem(
            closed=fractions[: len(closed)],
            energies=energies,
            ions=fractions[-1] if is_open else np.zeros(len(rows)),
            start=pure.argmin(axis=1) if closed else np.empty(0, dtype=np.int64),
        )
        return System(closed, rows, problem)

    def rows_within(self, elements: Iterable[str], *, all_phases: bool = True) -> Integers:
        """Return the rows of the phases made of these elements alone."""
        return (self._all if all_phases else self._competing).within(elements)

    @cached_property
    def _subsets(self) -> dict[int, list[int]]:
        """Competing rows by exact element set (a bit mask of atomic numbers)."""
        rows = self._competing.rows
        low, high = self.masks[:, rows].tolist()
        subsets: dict[int, list[int]] = {}
        for row, a, b in zip(rows.tolist(), low, high, strict=True):
            subsets.setdefault(a | b << 64, []).append(row)
        return subsets

    def _rows_by_subset(self, elements: Sequence[str]) -> Integers:
        if len(elements) > _MANY_ELEMENTS:
            return self.rows_within(elements, all_phases=False)
        masks = [0]
        for symbol in elements:
            masks += [mask | 1 << ATOMIC_NUMBER[symbol] for mask in masks]
        subsets = self._subsets
        found = [row for mask in masks if mask in subsets for row in subsets[mask]]
        return np.array(sorted(found), dtype=np.int64)

    def fractions(self, rows: Integers, elements: Sequence[str]) -> Floats:
        """Return atoms of each element per atom of phase; shape (elements, rows)."""
        # Padding has the atomic number 0, which goes to a line of its own, cut off below.
        position = np.full(128, len(elements))
        position[[ATOMIC_NUMBER[symbol] for symbol in elements]] = range(len(elements))
        block = np.zeros((len(elements) + 1, len(rows)))
        block[position[self.numbers[rows]].T, np.arange(len(rows))] = self.amounts[rows].T
        fractions: Floats = block[:-1]
        fractions /= fractions.sum(axis=0)
        return fractions

    def _blocks(self, rows: Sequence[Integers], elements: Sequence[Sequence[str]]) -> Floats:
        """Fractions of sets of rows in as many elements each; shape (sets, elements, most rows)."""
        counts = np.array([len(chosen) for chosen in rows])
        flat = np.concatenate(rows)
        which = np.repeat(np.arange(len(rows)), counts)[:, None]
        column = np.arange(len(flat)) - np.repeat(np.cumsum(counts) - counts, counts)
        position = np.full((len(rows), 128), len(elements[0]))  # as in :meth:`fractions`
        for place, symbols in enumerate(elements):
            position[place, [ATOMIC_NUMBER[symbol] for symbol in symbols]] = range(len(symbols))
        block = np.zeros((len(rows), len(elements[0]) + 1, int(counts.max(initial=0))))
        block[which, position[which, self.numbers[flat]], column[:, None]] = self.amounts[flat]
        fractions: Floats = block[:, :-1]
        total = fractions.sum(axis=1, keepdims=True)
        np.divide(fractions, total, out=fractions, where=total > 0)
        return fractions

    def find(self, formula: Formula) -> int | None:
        """Return the row of the lowest phase with this composition, if there is one."""
        rows = self._rows_named(formula.text)
        if not len(rows):
            rows = self.polymorphs(formula)
        return int(rows[np.argmin(self.energies[rows])]) if len(rows) else None

    def _rows_named(self, text: str) -> Integers:
        """Rows whose formula is spelt just so: neighbours, since the table is sorted."""
        first = last = bisect_left(self.formulas, text)
        while last < len(self) and self.formulas[last] == text:
            last += 1
        return np.array([row for row in range(first, last) if row not in self.removed], dtype=int)

    def polymorphs(self, formula: Formula) -> Integers:
        """Return the rows of all phases with this composition."""
        rows = self.rows_within(formula.elements)
        wanted = np.array([float(amount) for _, amount in formula.amounts]) / formula.atoms
        difference = np.abs(self.fractions(rows, formula.elements) - wanted[:, None])
        same: Integers = rows[difference.max(axis=0, initial=0.0) < 1e-9]
        return same

    def rows_of(self, formula: Formula) -> Integers:
        """Return :meth:`polymorphs`, of which there must be some.

        Raises:
            PhaseError: There is no such phase.
        """
        rows = self.polymorphs(formula)
        if not len(rows):
            raise PhaseError(formula.text, self.name)
        return rows

    def has_left_out(self, formula: Formula) -> bool:
        """Whether phases of this composition were taken away with :meth:`without`."""
        if not self.removed:
            return False
        return len(replace(self, removed=frozenset()).polymorphs(formula)) > 0

    def phase(self, row: int) -> Phase:
        """Return one row as a phase; its energy above hull is nan after a change."""
        bits = int(self.flags[row])
        return Phase(
            formula=self.formulas[row],
            material_id=self.material_ids[row],
            formation_energy=float(self.energies[row]),
            energy_above_hull=float("nan")
            if self.above_hull is None
            else float(self.above_hull[row]),
            flags=tuple(name for bit, name in enumerate(self.flag_names) if bits >> bit & 1),
        )

    def elements_of(self, row: int) -> tuple[str, ...]:
        """Return the symbols of one phase's elements, in order of atomic number."""
        return tuple(SYMBOLS[number - 1] for number in self.numbers[row].tolist() if number)

    def elements(self) -> tuple[str, ...]:
        """Symbols of all elements the table has phases of, in order of atomic number."""
        return tuple(SYMBOLS[number - 1] for number in np.unique(self.numbers).tolist() if number)

    @cached_property
    def is_element(self) -> NDArray[np.bool_]:
        """Whether each row is an element; shape (N,)."""
        elements: NDArray[np.bool_] = np.count_nonzero(self.numbers, axis=1) == 1
        return elements

    def derived(self, *changes: str, origin: Origin | None = None, **columns: Any) -> "PhaseTable":
        """Return the table with other columns, by name; which phases are on its hull is not known.

        Args:
            changes: What was done beside what was done before, in words.
            origin: Where the energies come from, if that differs.
            columns: The attributes that differ.
        """
        unknown: dict[str, Any] = {"above_hull": None, "candidates": None, "room": None}
        origin = (origin or self.origin).changed(*changes)
        return replace(self, origin=origin, **unknown | columns)

    def without(self, *formulas: Formula) -> "PhaseTable":
        """Return the table without all phases of these compositions.

        Raises:
            PhaseError: There is no such phase.
            ElementError: It is an element, from which all energies are counted.
        """
        rows = (row for formula in formulas for row in self.dispensable(formula).tolist())
        names = (f"without {formula}" for formula in formulas)
        return self.derived(*names, removed=self.removed.union(rows))

    def dispensable(self, formula: Formula) -> Integers:
        """Return the rows of all phases of a composition that a table can do without.

        Raises:
            PhaseError: There is no such phase.
            ElementError: It is an element, from which all energies are counted.
        """
        rows = self.rows_of(formula)
        if len(formula.elements) == 1:
            raise ElementError(formula.elements, self.name, "cannot do without")
        return rows

    def with_energies(
        self, energies: Floats, change: str, scheme: str | Scheme | None = None
    ) -> "PhaseTable":
        """Return the table with other energies (eV/atom, shape (N,)).

        Args:
            energies: The new energies, in the table's order. They are counted anew from
                the lowest phase of each element, so any reference will do.
            change: What was done, in words; part of every result's provenance.
            scheme: The new correction scheme, or its name, where it is another one.
        """
        return self.derived(
            change,
            energies=self._from_elements(np.asarray(energies, dtype=np.float64)),
            origin=replace(self.origin, scheme=scheme_named(scheme or self.scheme)),
            corrections=None,
            uncertainty=None,
        )

    def _from_elements(self, energies: Floats) -> Floats:
        """Energies, eV/atom, counted from the lowest phase of each element."""
        reference = np.full(128, np.inf)
        np.minimum.at(reference, self.numbers[self.is_element, 0], energies[self.is_element])
        reference[0] = 0.0  # padding
        return energies - self.mean_over_atoms(reference)

    def mean_over_atoms(self, of_elements: Floats) -> Floats:
        """Mean over the atoms of each phase of what elements have, by atomic number."""
        shares = self.amounts / self.amounts.sum(axis=1, keepdims=True)
        mean: Floats = (shares * of_elements[self.numbers]).sum(axis=1)
        return mean


class _ByHeaviest(NamedTuple):
    """Rows sorted by their heaviest element, so that a system is looked for in few of them."""

    rows: Integers
    masks: Masks
    bounds: list[int]

    @classmethod
    def sort(cls, table: PhaseTable, rows: Integers) -> "_ByHeaviest":
        """Sort rows of a table."""
        # Elements in rows, so that the largest is found along memory; np.take reads so too.
        heaviest = np.ascontiguousarray(table.numbers.T).max(axis=0, initial=0)[rows]
        order = np.argsort(heaviest, kind="stable")
        bounds = np.searchsorted(heaviest[order], np.arange(129)).tolist()
        return cls(rows[order], np.take(table.masks, rows[order], axis=1), bounds)

    def within(self, elements: Iterable[str]) -> Integers:
        """Return the rows made of these elements alone, rising."""
        elements = set(elements)
        bits = sum(1 << ATOMIC_NUMBER[symbol] for symbol in set(elements))
        low, high = np.uint64(bits & (2**64 - 1)), np.uint64(bits >> 64)
        found = [np.empty(0, dtype=np.int64)]
        for symbol in elements:
            start, end = self.bounds[ATOMIC_NUMBER[symbol] : ATOMIC_NUMBER[symbol] + 2]
            lows, highs = self.masks[:, start:end]
            found.append(self.rows[start:end][((lows & ~low) | (highs & ~high)) == 0])
        return np.sort(np.concatenate(found))


def reduced(formula: Formula) -> Formula:
    """Return the same composition in the formula unit that reports print.

    >>> reduced(Formula.parse("K2O2")).text, reduced(Formula.parse("O3")).text
    ('KO', 'O2')
    """
    if len(formula.elements) == 1:
        symbol = formula.elements[0]
        return Formula.parse(f"{symbol}2" if symbol in _DIATOMIC else symbol)
    return Formula.of(dict(formula.key))


def pack_compositions(formulas: Sequence[Formula]) -> tuple[NDArray[np.uint8], Floats]:
    """Return atomic numbers and amounts of formulas, padded to the longest; shape (N, k)."""
    width = max((len(formula.amounts) for formula in formulas), default=0)
    numbers = np.zeros((len(formulas), width), dtype=np.uint8)
    amounts = np.zeros((len(formulas), width))
    for row, formula in enumerate(formulas):
        count = len(formula.amounts)
        numbers[row, :count] = [ATOMIC_NUMBER[symbol] for symbol, _ in formula.amounts]
        amounts[row, :count] = [float(amount) for _, amount in formula.amounts]
    return numbers, amounts


def element_masks(numbers: NDArray[np.uint8]) -> Masks:
    """Return the element masks of padded atomic numbers; shape (2, N)."""
    bits = np.left_shift(np.uint64(1), numbers.astype(np.uint64) % 64)
    low = np.where((numbers > 0) & (numbers < 64), bits, np.uint64(0))
    high = np.where(numbers >= 64, bits, np.uint64(0))
    return np.stack([np.bitwise_or.reduce(half, axis=1) for half in (low, high)])


def _columns(
    elements: Iterable[str], open_element: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Elements in the engine's order, the open one last; and the closed ones alone."""
    closed = sorted(set(elements) - {open_element}, key=ATOMIC_NUMBER.__getitem__)
    return (*closed, *([open_element] if open_element else [])), tuple(closed)
