"""Drawings made of signs: the window on its axis, energies over a mixing ratio, a map."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor
from typing import ClassVar, Final

import numpy as np

from kstab.report.page import Cell, Column, Drawing, Line, Row, Span, Table, Tone, sum_of
from kstab.units import MEV_PER_EV

_HEIGHT: Final = 9  # lines of energies
_MAP_HEIGHT: Final = 14
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALLEST_AREA: Final = 0.01  # part of the map that is worth a letter
_TICKS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 50, 1e9)  # V

_REDUCED: Final = Span("░", "reduced")
_UNCHANGED: Final = Span("█", "unchanged")
_OXIDISED: Final = Span("▒", "oxidised")


@dataclass(frozen=True, slots=True)
class WindowAxis(Drawing):
    """A window on the axis of voltages.

    Attributes:
        low: Lower end of the axis, V.
        high: Upper end, V.
        reduction: Reduction limit, V; 0 for none.
        oxidation: Oxidation limit, V; None for never.
        ion: Symbol of the working ion.
    """

    low: float
    high: float
    reduction: float
    oxidation: float | None
    ion: str

    margin: ClassVar[int] = 2

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the bar, its ticks, and what its signs mean."""
        columns = min(width - 2, 72)
        yield tuple(self._sign((cell + 0.5) / columns) for cell in range(columns))
        yield (Span(f"{self._ticks(columns)} V", "faint"),)
        yield tuple(span for sign, what in self._key() for span in _key(sign, what))

    def _sign(self, part: float) -> Span:
        voltage = self.low + part * (self.high - self.low)
        if voltage < self.reduction:
            return _REDUCED
        beyond = self.oxidation is not None and voltage > self.oxidation
        return _OXIDISED if beyond else _UNCHANGED

    def _ticks(self, columns: int) -> str:
        span = self.high - self.low
        step = next(step for step in _TICKS if span / step <= 8)
        line = ""
        for count in range(ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9) + 1):
            label = f"{count * step:.3g}"
            at = round((count * step - self.low) / span * columns)
            at = min(at, columns - len(label))
            if not line or at > len(line):
                line = line.ljust(at) + label
        return line

    def _key(self) -> Iterator[tuple[Span, str]]:
        if self.reduction:
            yield _REDUCED, f"takes up {self.ion}"
        yield _UNCHANGED, "unchanged"
        if self.oxidation is not None:
            yield _OXIDISED, f"gives off {self.ion}"


def _key(sign: Span, what: str) -> Line:
    return Span(sign.text * 2, sign.tone), Span(f" {what}   ", "faint")


@dataclass(frozen=True, slots=True)
class EnergyCurve:
    """One line of energies.

    Attributes:
        name: What it is.
        energies: eV/atom at each kink.
        line: The sign of the line.
        kink: The sign of a kink.
        tone: Its colour.
    """

    name: str
    energies: tuple[float, ...]
    line: str
    kink: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class EnergyCurves(Drawing):
    """Energies per atom against the atomic fraction of the first reactant.

    Attributes:
        a: The first reactant.
        b: The second reactant.
        x: Fraction at each kink.
        bottom: The lowest energy, eV/atom, where the drawing ends.
        curves: The lines, the one in front last.
    """

    a: str
    b: str
    x: tuple[float, ...]
    bottom: float
    curves: tuple[EnergyCurve, ...]

    margin: ClassVar[int] = 2

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the curves, the axis below them, and what their signs mean."""
        columns = max(20, min(width - 10, 64))
        canvas = [[Span(" ")] * columns for _ in range(_HEIGHT)]
        for curve in self.curves:
            _draw(canvas, self.x, [energy / self.bottom for energy in curve.energies], curve)
        lowest = f"{MEV_PER_EV * self.bottom:.0f}"
        labels = ["0", *[""] * (_HEIGHT - 2), lowest]
        for label, spans in zip(labels, canvas, strict=True):
            yield (Span(f"{label:>6} ", "faint"), *spans)
        yield _ends(self.a, self.b, columns, f"{'':7}", width)
        yield tuple(self._key())

    def _key(self) -> Iterator[Span]:
        yield Span(f"{'':7}meV per atom, all counted  ", "faint")
        for curve in reversed(self.curves):
            yield from (Span(curve.kink, curve.tone), Span(f" {curve.name}  ", "faint"))


def _ends(a: str, b: str, columns: int, margin: str, width: int) -> Line:
    """The two ends of the axis of fractions, on one line whatever its width."""
    left, right = f"{b} (x = 0)", f"{a} (x = 1)"
    gap = " " * max(1, columns - len(left) - len(right))
    line = f"{margin}{left}{gap}{right}"
    return (Span(line if len(line) <= width else f"{line[: width - 1]}…", "faint"),)


def _draw(
    canvas: list[list[Span]], x: tuple[float, ...], depth: list[float], curve: EnergyCurve
) -> None:
    """Put a line with its kinks on a canvas; depth is 0 at the top and 1 at the bottom."""
    width, last = len(canvas[0]), len(canvas) - 1
    rows = np.interp(np.linspace(0, 1, width), x, depth) * last
    before = rows[0]
    for column, row in enumerate(rows.tolist()):
        low, high = sorted((round(before), round(row)))
        start, end = low + (before < row and low < high), high + 1 - (before > row and low < high)
        for place in range(start, end):
            canvas[place][column] = Span(curve.line, curve.tone)
        before = row
    for at, energy in zip(x, depth, strict=True):
        canvas[round(energy * last)][round(at * (width - 1))] = Span(curve.kink, curve.tone)


@dataclass(frozen=True, slots=True)
class MapRegion:
    """A rectangle of a map.

    Attributes:
        x: Lower and upper end of the fraction.
        voltage: Lower and upper end, V.
        products: What forms in it.
    """

    x: tuple[float, float]
    voltage: tuple[float, float]
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapProducts:
    """A set of products on a map.

    Attributes:
        names: The products.
        area: Part of the map on which they form.
        energy: What to say of their energy.
    """

    names: tuple[str, ...]
    area: float
    energy: str


@dataclass(frozen=True, slots=True)
class RegionMap(Drawing):
    """A map of the products over mixing ratio and voltage, a letter for each set of them.

    Attributes:
        a: The first reactant.
        b: The second reactant.
        voltage: Lower and upper end of the map, V.
        regions: Its rectangles.
        products: The sets of products, the largest area first.
        unit: What their energies are per.
    """

    a: str
    b: str
    voltage: tuple[float, float]
    regions: tuple[MapRegion, ...]
    products: tuple[MapProducts, ...]
    unit: str

    def lines(self, width: int) -> Iterator[Line | Table]:
        """Yield the map, the axis below it, and what its letters stand for."""
        columns = max(20, min(width - 12, 62))
        low, high = self.voltage
        letters = {each.names: letter for letter, each in self._named()}
        for row in range(_MAP_HEIGHT):
            volts = high - (row + 0.5) / _MAP_HEIGHT * (high - low)
            places = ((column + 0.5) / columns for column in range(columns))
            signs = "".join(letters.get(self._at(volts, x), "·") for x in places)
            yield Span(f"{volts:6.2f} V  ", "faint"), Span(signs)
        yield _ends(self.a, self.b, columns, f"{'':10}", width)
        yield ()
        yield self._key()

    def _named(self) -> list[tuple[str, MapProducts]]:
        """The sets of products that are worth a letter."""
        pairs = zip(_LETTERS, self.products, strict=False)
        return [(letter, each) for letter, each in pairs if each.area >= _SMALLEST_AREA]

    def _at(self, volts: float, x: float) -> tuple[str, ...]:
        for region in self.regions:
            (left, right), (low, high) = region.x, region.voltage
            if low <= volts <= high and left <= x <= right:
                return region.products
        return ()

    def _key(self) -> Table:
        return Table(
            (
                Column(""),
                Column("products", stretches=True),
                Column("mutual,\nlowest", right=True),
            ),
            tuple(
                Row((Cell(letter), sum_of(" + ".join(each.names)), Cell(each.energy)))
                for letter, each in self._named()
            ),
            f"{self.unit}. ·: products of less than 1% of the map",
        )
