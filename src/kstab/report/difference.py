"""The difference of two sources as text."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kstab.analyses.difference import Change, Difference, PhaseChange, PhaseInSource
from kstab.provenance import Provenance
from kstab.report.parts import bullet, plain_table
from kstab.report.words import decimals
from kstab.units import MEV_PER_EV

_MOST: Final = 25  # rows of one table


def difference(found: Difference) -> RenderableType:
    """Return what differs between two sources as something rich can print."""
    names = found.first.dataset, found.second.dataset
    return Group(
        Text(f"{'-'.join(found.elements)}: from {names[0]} to {names[1]}", style="bold"),
        "",
        bullet(_origin(found.first)),
        bullet(_origin(found.second)),
        "",
        Text(_summary(found)),
        *_alone(found, "only_first", names[0]),
        *_alone(found, "only_second", names[1]),
        *_energies(found),
        *_hull(found),
        *_windows(found),
    )


def _origin(source: Provenance) -> str:
    version = f" {source.dataset_version}" if source.dataset_version else ""
    return f"{source.dataset}{version}, scheme {source.scheme}"


def _summary(found: Difference) -> str:
    if not found.phases:
        return f"All {found.unchanged} phases are the same in both."
    return (
        f"{len(found.phases)} phases differ, {found.unchanged} are the same to 1 meV/atom and 1 mV."
    )


def _with(found: Difference, change: Change) -> list[PhaseChange]:
    return [each for each in found.phases if change in each.changes]


def _alone(found: Difference, change: Change, name: str) -> Iterator[RenderableType]:
    phases = [(each.first or each.second, each.formula) for each in _with(found, change)]
    ranked = sorted((here.energy_above_hull, formula) for here, formula in phases if here)
    if ranked:
        yield from _heading(f"Only in {name}")
        table = plain_table()
        table.add_column("phase", overflow="fold")
        table.add_column("above hull\nmeV/atom", justify="right")
        yield from _filled(table, ranked, lambda row: (row[1], _height(row[0])))


def _energies(found: Difference) -> Iterator[RenderableType]:
    changed = [(each.energy_change or 0.0, each) for each in _with(found, "energy")]
    if changed:
        yield from _heading("Other formation energies")
        ranked = sorted(changed, key=lambda row: (-abs(row[0]), row[1].formula))
        table = _table(found, "eV/atom", "change\nmeV/atom")
        yield from _filled(table, ranked, lambda row: _energy_cells(*row))


def _energy_cells(change: float, phase: PhaseChange) -> tuple[str, ...]:
    sides = [decimals(side.formation_energy) for side in (phase.first, phase.second) if side]
    return phase.formula, *sides, f"{MEV_PER_EV * change:+.1f}"


def _hull(found: Difference) -> Iterator[RenderableType]:
    changed = _with(found, "hull")
    if changed:
        yield from _heading("On the hull in one of them")
        table = _table(found, "meV/atom")
        yield from _filled(table, changed, _hull_cells)


def _hull_cells(phase: PhaseChange) -> tuple[str, ...]:
    sides = [_height(side.energy_above_hull) for side in (phase.first, phase.second) if side]
    return phase.formula, *sides


def _windows(found: Difference) -> Iterator[RenderableType]:
    moved = _with(found, "window")
    if moved:
        yield from _heading(f"Windows against {found.ion} that move")
        table = _table(found, "V", "because of")
        yield from _filled(table, moved, _window_cells)


def _window_cells(phase: PhaseChange) -> tuple[str, ...]:
    sides = [_range(side) for side in (phase.first, phase.second) if side]
    return phase.formula, *sides, ", ".join(phase.because) or "-"


def _range(side: PhaseInSource) -> str:
    low, high = side.reduction_limit, side.oxidation_limit
    if low is None:
        return "none"
    return f"{low:.3f} to {high:.3f}" if high is not None else f"from {low:.3f}"


def _height(energy: float) -> str:
    return f"{MEV_PER_EV * energy:.1f}" if energy else "stable"


def _heading(text: str) -> Iterator[RenderableType]:
    yield ""
    yield Text(text, style="bold")


def _table(found: Difference, unit: str, *others: str) -> Table:
    table = plain_table()
    table.add_column("phase", overflow="fold")
    for source in (found.first, found.second):
        table.add_column(f"{source.dataset}\n{unit}", justify="right", overflow="fold")
    for name in others:
        table.add_column(name, justify="left" if " " in name else "right", overflow="fold")
    return table


def _filled(
    table: Table, rows: Iterable[Any], cells: Callable[[Any], tuple[str, ...]]
) -> Iterator[RenderableType]:
    """A table with the first rows, and how many there are more."""
    given = list(rows)
    for row in given[:_MOST]:
        table.add_row(*map(Text, cells(row)))
    yield table
    if len(given) > _MOST:
        yield Text(f"{len(given) - _MOST} more; --format json has all.")
