"""An interface drawn with signs: energies over the mixing ratio, or a map over voltage too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from kstab.analyses.interface.result import InterfaceResult
from kstab.base.units import MEV_PER_EV
from kstab.report.interface import words
from kstab.report.page import Cell, Column, Drawing, Line, Row, Span, Table, sum_of

_HEIGHT: Final = 9  # lines of energies
_MAP_HEIGHT: Final = 14
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALLEST_AREA: Final = 0.01  # part of the map that is worth a letter
_TOTAL: Final = Span("·", "unchanged"), Span("●", "unchanged")
_MUTUAL: Final = Span("˙", "oxidised"), Span("○", "oxidised")


@dataclass(frozen=True, slots=True)
class EnergyCurves(Drawing):
    """Energies per atom of an interface against the atomic fraction of its first reactant."""

    result: InterfaceResult

    margin: ClassVar[int] = 2

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the curves, the axis below them, and what their signs mean."""
        columns = max(20, min(width - 10, 64))
        canvas = [[Span(" ")] * columns for _ in range(_HEIGHT)]
        kinks = self.result.kinks
        total = [kink.energy_per_atom for kink in kinks]
        mutual = [kink.mutual_energy_per_atom for kink in kinks]
        bottom = min(*total, *mutual)
        x = [kink.x_atomic for kink in kinks]
        own = words.has_own(self.result)
        if own:
            _draw(canvas, x, [energy / bottom for energy in mutual], _MUTUAL)
        _draw(canvas, x, [energy / bottom for energy in total], _TOTAL)
        labels = ["0", *[""] * (_HEIGHT - 2), f"{MEV_PER_EV * bottom:.0f}"]
        for label, spans in zip(labels, canvas, strict=True):
            yield (Span(f"{label:>6} ", "faint"), *spans)
        yield _ends(self.result, columns, f"{'':7}", width)
        both = (_TOTAL[1], Span(" total  ", "faint"), _MUTUAL[1], Span(" mutual  ", "faint"))
        yield Span(f"{'':7}meV per atom, all counted  ", "faint"), *(both if own else both[:2])


def _ends(result: InterfaceResult, columns: int, margin: str, width: int) -> Line:
    """The two ends of the axis of fractions, on one line whatever its width."""
    left, right = f"{result.b} (x = 0)", f"{result.a} (x = 1)"
    gap = " " * max(1, columns - len(left) - len(right))
    line = f"{margin}{left}{gap}{right}"
    return (Span(line if len(line) <= width else f"{line[: width - 1]}…", "faint"),)


def _draw(
    canvas: list[list[Span]], x: Sequence[float], depth: list[float], signs: tuple[Span, Span]
) -> None:
    """Put a line with its kinks on a canvas; depth is 0 at the top and 1 at the bottom."""
    width, last = len(canvas[0]), len(canvas) - 1
    rows = np.interp(np.linspace(0, 1, width), x, depth) * last
    before = rows[0]
    for column, row in enumerate(rows.tolist()):
        low, high = sorted((round(before), round(row)))
        start, end = low + (before < row and low < high), high + 1 - (before > row and low < high)
        for place in range(start, end):
            canvas[place][column] = signs[0]
        before = row
    for at, energy in zip(x, depth, strict=True):
        canvas[round(energy * last)][round(at * (width - 1))] = signs[1]


@dataclass(frozen=True, slots=True)
class RegionMap(Drawing):
    """A map of the products over mixing ratio and voltage, a letter for each set of them."""

    result: InterfaceResult

    def lines(self, width: int) -> Iterator[Line | Table]:
        """Yield the map, the axis below it, and what its letters stand for."""
        columns = max(20, min(width - 12, 62))
        low, high = self.result.voltage_range or (0.0, 0.0)
        letters = self._letters()
        for row in range(_MAP_HEIGHT):
            volts = high - (row + 0.5) / _MAP_HEIGHT * (high - low)
            places = ((column + 0.5) / columns for column in range(columns))
            signs = "".join(letters.get(self._at(volts, x), "·") for x in places)
            yield Span(f"{volts:6.2f} V  ", "faint"), Span(signs)
        yield _ends(self.result, columns, f"{'':10}", width)
        yield ()
        yield self._key(letters)

    def _letters(self) -> dict[words.Names, str]:
        """The sets of products that are worth a letter."""
        areas = zip(words.areas(self.result).items(), _LETTERS, strict=False)
        return {names: letter for (names, area), letter in areas if area >= _SMALLEST_AREA}

    def _at(self, volts: float, x: float) -> words.Names:
        for region in self.result.regions or ():
            if region.voltage_low <= volts <= region.voltage_high and (
                region.x_low < x <= region.x_high
            ):
                return words.names_of(region.products)
        return ()

    def _key(self, letters: dict[words.Names, str]) -> Table:
        lowest = words.lowest_mutual(self.result)
        energy = Column("mutual,\nlowest", right=True)
        return Table(
            (Column(""), Column("products", stretches=True), energy),
            tuple(
                Row((Cell(letter), sum_of(" + ".join(names)), Cell(words.meV(lowest[names]))))
                for names, letter in letters.items()
            ),
            f"{words.unit(self.result)}. ·: products of less than 1% of the map",
        )
