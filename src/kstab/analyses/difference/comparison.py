"""What differs between two sources of energies in one chemical system, and which windows move."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from kstab.analyses.difference.result import Change, DifferenceResult, PhaseChange, PhaseInSource
from kstab.analyses.window import stability
from kstab.analyses.window.result import WindowResult
from kstab.analyses.window.stability import WindowRequest
from kstab.chemistry.composition import Formula, writing_order
from kstab.chemistry.ions import Ion
from kstab.errors import ElementError
from kstab.phases.hull import heights_above_hull
from kstab.phases.provenance import provenance
from kstab.phases.table import PhaseTable, reduced

ENERGY: Final = 1e-3
"""Difference of formation energies, eV/atom, from which a phase counts as changed."""

VOLTAGE: Final = 1e-3
"""Difference of limits, V, from which a window counts as moved."""


@dataclass(frozen=True)
class _Found:
    """A phase in a table, and its window where it has one of its own."""

    formula: Formula
    here: PhaseInSource
    window: WindowResult | None


def solve(
    elements: Iterable[str], ion: Ion, first: PhaseTable, second: PhaseTable
) -> DifferenceResult:
    """Return what differs between two tables in a chemical system.

    Of several phases of one composition the lowest counts, as everywhere.

    Args:
        elements: Symbols of the system.
        ion: Working ion of the windows.
        first: One table.
        second: The other; changes are counted from the first to it.

    Raises:
        ElementError: A table has no energy for one of the elements.
    """
    symbols = writing_order(set(elements))
    before, after = _phases(symbols, ion, first), _phases(symbols, ion, second)
    changes = {key: _changes(before.get(key), after.get(key)) for key in {*before, *after}}
    differing = {key for key, what in changes.items() if set(what) - {"window"}}
    phases = [
        _change(what, before.get(key), after.get(key), differing)
        for key, what in changes.items()
        if what
    ]
    return DifferenceResult(
        elements=symbols,
        ion=ion.symbol,
        first=provenance(first),
        second=provenance(second),
        phases=tuple(sorted(phases, key=lambda each: each.formula)),
        unchanged=sum(1 for what in changes.values() if not what),
    )


def _phases(symbols: tuple[str, ...], ion: Ion, table: PhaseTable) -> dict[Any, _Found]:
    """The lowest phase of each composition, by composition."""
    missing = tuple(symbol for symbol in symbols if symbol not in table.elements())
    if missing:
        raise ElementError(missing, table.name)
    rows = table.rows_within(symbols)
    heights = heights_above_hull(table, rows).tolist()
    lowest: dict[Any, tuple[float, int, Formula]] = {}
    for row, height in zip(rows.tolist(), heights, strict=True):
        formula = reduced(Formula.parse(table.formulas[row]))
        candidate = (height, row, formula)
        lowest[formula.key] = min(candidate, lowest.get(formula.key, candidate))
    return {key: _found(*each, ion, table) for key, each in lowest.items()}


def _found(height: float, row: int, formula: Formula, ion: Ion, table: PhaseTable) -> _Found:
    phase, window = table.phase(row), None
    if height == 0 and len(formula.elements) > 1:
        window = stability.solve(WindowRequest(formula, ion, near_misses=False), table)
    here = PhaseInSource.part_of(
        phase,
        energy_above_hull=height,
        reduction_limit=window.reduction_limit if window else None,
        oxidation_limit=window.oxidation_limit if window else None,
    )
    return _Found(formula, here, window)


def _changes(before: _Found | None, after: _Found | None) -> tuple[Change, ...]:
    if after is None:
        return ("only_first",)
    if before is None:
        return ("only_second",)
    first, second = before.here, after.here
    found: list[Change] = []
    if abs(first.formation_energy - second.formation_energy) > ENERGY:
        found.append("energy")
    if first.on_hull != second.on_hull:
        found.append("hull")
    elif _moved(first.reduction_limit, second.reduction_limit) or _moved(
        first.oxidation_limit, second.oxidation_limit
    ):
        found.append("window")
    return tuple(found)


def _moved(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(before - after) > VOLTAGE


def _change(
    what: tuple[Change, ...], before: _Found | None, after: _Found | None, differing: set[Any]
) -> PhaseChange:
    either = before or after
    assert either is not None  # noqa: S101 - a key is of one of them
    because: list[str] = []
    if "window" in what:
        at_limits = {*_at_limits(before), *_at_limits(after), either.formula.text}
        because = [name for name in at_limits if Formula.parse(name).key in differing]
    return PhaseChange(
        formula=either.formula.text,
        changes=what,
        first=before.here if before else None,
        second=after.here if after else None,
        because=tuple(sorted(because)),
    )


def _at_limits(found: _Found | None) -> Iterator[str]:
    """Phases that form just beyond the limits of a window."""
    window = found.window if found else None
    if window is None:
        return
    for step in window.steps:
        below = step.voltage_high is not None and step.voltage_high == window.reduction_limit
        if below or step.voltage_low == window.oxidation_limit:
            yield from (product.formula for product in step.products)
