"""The page of the difference of two sources."""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from kstab.analyses.difference.result import Change, DifferenceResult, PhaseChange, PhaseInSource
from kstab.base.units import MEV_PER_EV
from kstab.phases.provenance import Provenance
from kstab.report import page as pages
from kstab.report.window.words import decimals

_Texts: TypeAlias = tuple[str, ...]
_MOST: Final = 25  # rows of one table
_PHASE: Final = pages.Column("phase", breaks="anywhere")


def page(found: DifferenceResult, details: bool = False) -> pages.Blocks:
    """Return the page of what differs between two sources, with all rows or the first of them."""
    names = found.first.dataset, found.second.dataset
    most = None if details else _MOST
    return (
        pages.Title(f"{'-'.join(found.elements)}: from {names[0]} to {names[1]}"),
        pages.BLANK,
        pages.Bullets((_origin(found.first), _origin(found.second))),
        pages.BLANK,
        pages.Answer(_summary(found)),
        *(block for table in _tables(found) for block in _listed(*table, most)),
    )


def _origin(source: Provenance) -> str:
    version = f" {source.dataset_version}" if source.dataset_version else ""
    return f"{source.dataset}{version}, scheme {source.scheme}, {source.energies}"


def _summary(found: DifferenceResult) -> str:
    if not found.phases:
        return f"All {found.unchanged} phases are the same in both."
    return (
        f"{len(found.phases)} phases differ, {found.unchanged} are the same to 1 meV/atom and 1 mV."
    )


def _tables(
    found: DifferenceResult,
) -> Iterator[tuple[str, tuple[pages.Column, ...], list[_Texts]]]:
    """Heading, columns and rows of each table."""
    height = pages.Column("above hull\nmeV/atom", right=True)
    yield f"Only in {found.first.dataset}", (_PHASE, height), _alone(found, "only_first")
    yield f"Only in {found.second.dataset}", (_PHASE, height), _alone(found, "only_second")
    change = pages.Column("change\nmeV/atom", right=True, breaks="anywhere")
    yield "Other formation energies", _columns(found, "eV/atom", change), _energies(found)
    hull = [_row(each, _height) for each in _with(found, "hull")]
    yield "On the hull in one of them", _columns(found, "meV/atom"), hull
    because = pages.Column("because of", breaks="anywhere")
    moved = [_row(each, _range, ", ".join(each.because) or "-") for each in _with(found, "window")]
    yield f"Windows against {found.ion} that move", _columns(found, "V", because), moved


def _with(found: DifferenceResult, change: Change) -> list[PhaseChange]:
    return [each for each in found.phases if change in each.changes]


def _alone(found: DifferenceResult, change: Change) -> list[_Texts]:
    phases = [(each.first or each.second, each.formula) for each in _with(found, change)]
    there = [(here, name) for here, name in phases if here]
    there.sort(key=lambda row: (row[0].energy_above_hull, row[1]))
    return [(name, _height(here)) for here, name in there]


def _energies(found: DifferenceResult) -> list[_Texts]:
    changed = [(each.energy_change or 0.0, each) for each in _with(found, "energy")]
    changed.sort(key=lambda row: (-abs(row[0]), row[1].formula))
    return [_row(each, _energy, f"{MEV_PER_EV * change:+.1f}") for change, each in changed]


def _row(phase: PhaseChange, text: Callable[[PhaseInSource], str], *others: str) -> _Texts:
    """The phase, what a text says of it in each source, and more."""
    return phase.formula, *(text(side) for side in (phase.first, phase.second) if side), *others


def _energy(side: PhaseInSource) -> str:
    return decimals(side.formation_energy)


def _range(side: PhaseInSource) -> str:
    low, high = side.reduction_limit, side.oxidation_limit
    if low is None:
        return "none"
    return f"{low:.3f} to {high:.3f}" if high is not None else f"from {low:.3f}"


def _height(side: PhaseInSource) -> str:
    energy = side.energy_above_hull
    return f"{MEV_PER_EV * energy:.1f}" if energy else "stable"


def _columns(found: DifferenceResult, unit: str, *others: pages.Column) -> tuple[pages.Column, ...]:
    sides = (
        pages.Column(f"{source.dataset}\n{unit}", right=True, breaks="anywhere")
        for source in (found.first, found.second)
    )
    return _PHASE, *sides, *others


def _listed(
    name: str, columns: tuple[pages.Column, ...], items: list[_Texts], most: int | None
) -> Iterator[pages.Block]:
    """A table below a heading with the first items, and how many there are more."""
    if not items:
        return
    rows = tuple(pages.Row(pages.cells(*item)) for item in items[:most])
    yield from (pages.BLANK, pages.Section(name), pages.Table(columns, rows))
    if len(items) > len(rows):
        yield pages.Paragraph(f"{len(items) - len(rows)} more; --format json has all.")
