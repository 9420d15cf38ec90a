"""The page of the difference of two sources."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from kstab.analyses.difference import Change, DifferenceResult, PhaseChange, PhaseInSource
from kstab.provenance import Provenance
from kstab.report.page import (
    GAP,
    Answer,
    Block,
    Blocks,
    Bullets,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
    Title,
    cells,
)  # fmt: skip
from kstab.report.words import decimals
from kstab.units import MEV_PER_EV

_Item = TypeVar("_Item")
_MOST: Final = 25  # rows of one table


def page(found: DifferenceResult, details: bool = False) -> Blocks:
    """Return the page of what differs between two sources, with all rows or the first of them."""
    names = found.first.dataset, found.second.dataset
    most = None if details else _MOST
    return (
        Title(f"{'-'.join(found.elements)}: from {names[0]} to {names[1]}"),
        GAP,
        Bullets((_origin(found.first), _origin(found.second))),
        GAP,
        Answer(_summary(found)),
        *_alone(found, "only_first", names[0], most),
        *_alone(found, "only_second", names[1], most),
        *_energies(found, most),
        *_hull(found, most),
        *_windows(found, most),
    )


def _origin(source: Provenance) -> str:
    version = f" {source.dataset_version}" if source.dataset_version else ""
    return f"{source.dataset}{version}, scheme {source.scheme}"


def _summary(found: DifferenceResult) -> str:
    if not found.phases:
        return f"All {found.unchanged} phases are the same in both."
    return (
        f"{len(found.phases)} phases differ, {found.unchanged} are the same to 1 meV/atom and 1 mV."
    )


def _with(found: DifferenceResult, change: Change) -> list[PhaseChange]:
    return [each for each in found.phases if change in each.changes]


def _alone(found: DifferenceResult, change: Change, name: str, most: int | None) -> Iterator[Block]:
    phases = [(each.first or each.second, each.formula) for each in _with(found, change)]
    ranked = sorted((here.energy_above_hull, formula) for here, formula in phases if here)
    columns = Column("phase", breaks="anywhere"), Column("above hull\nmeV/atom", right=True)
    yield from _listed(
        f"Only in {name}", columns, ranked, lambda row: (row[1], _height(row[0])), most
    )


def _energies(found: DifferenceResult, most: int | None) -> Iterator[Block]:
    changed = [(each.energy_change or 0.0, each) for each in _with(found, "energy")]
    ranked = sorted(changed, key=lambda row: (-abs(row[0]), row[1].formula))
    columns = _columns(found, "eV/atom", Column("change\nmeV/atom", right=True, breaks="anywhere"))
    yield from _listed(
        "Other formation energies", columns, ranked, lambda row: _energy_cells(*row), most
    )


def _energy_cells(change: float, phase: PhaseChange) -> tuple[str, ...]:
    sides = [decimals(side.formation_energy) for side in (phase.first, phase.second) if side]
    return phase.formula, *sides, f"{MEV_PER_EV * change:+.1f}"


def _hull(found: DifferenceResult, most: int | None) -> Iterator[Block]:
    columns, changed = _columns(found, "meV/atom"), _with(found, "hull")
    yield from _listed("On the hull in one of them", columns, changed, _hull_cells, most)


def _hull_cells(phase: PhaseChange) -> tuple[str, ...]:
    sides = [_height(side.energy_above_hull) for side in (phase.first, phase.second) if side]
    return phase.formula, *sides


def _windows(found: DifferenceResult, most: int | None) -> Iterator[Block]:
    columns = _columns(found, "V", Column("because of", breaks="anywhere"))
    name, moved = f"Windows against {found.ion} that move", _with(found, "window")
    yield from _listed(name, columns, moved, _window_cells, most)


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


def _columns(found: DifferenceResult, unit: str, *others: Column) -> tuple[Column, ...]:
    sides = (
        Column(f"{source.dataset}\n{unit}", right=True, breaks="anywhere")
        for source in (found.first, found.second)
    )
    return (Column("phase", breaks="anywhere"), *sides, *others)


def _listed(
    name: str,
    columns: tuple[Column, ...],
    items: Sequence[_Item],
    texts: Callable[[_Item], Iterable[str]],
    most: int | None,
) -> Iterator[Block]:
    """A table below a heading with the first items, and how many there are more."""
    if not items:
        return
    rows = tuple(Row(cells(*texts(item))) for item in items[:most])
    yield from (GAP, Section(name), Table(columns, rows))
    if len(items) > len(rows):
        yield Paragraph(f"{len(items) - len(rows)} more; --format json has all.")
