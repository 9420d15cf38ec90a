"""A window drawn with signs, on the axis of voltages."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor
from typing import ClassVar, Final

from kstab.analyses.window.result import WindowResult
from kstab.report.page import Drawing, Line, Span

_TICKS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 50, 1e9)  # V
_AXIS_END: Final = 5.0  # V; further only if a limit lies beyond

_REDUCED: Final = Span("░", "reduced")
_UNCHANGED: Final = Span("█", "unchanged")
_OXIDISED: Final = Span("▒", "oxidised")


@dataclass(frozen=True, slots=True)
class WindowAxis(Drawing):
    """A window on the axis of voltages."""

    result: WindowResult

    margin: ClassVar[int] = 2

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the bar, its ticks, and what its signs mean."""
        columns = min(width - 2, 72)
        low, high = self._ends()
        cells = (low + (cell + 0.5) / columns * (high - low) for cell in range(columns))
        yield tuple(map(self._sign, cells))
        yield (Span(f"{_ticks(low, high, columns)} V", "faint"),)
        yield tuple(span for sign, what in self._key() for span in _key(sign, what))

    def _ends(self) -> tuple[float, float]:
        low, high = self.result.voltage_range or (0.0, 0.0)
        if low < high:
            return low, high  # else no range, or a single voltage
        return 0.0, max(_AXIS_END, float(int(self.result.oxidation_limit or 0.0) + 1))

    def _sign(self, voltage: float) -> Span:
        if voltage < (self.result.reduction_limit or 0.0):
            return _REDUCED
        limit = self.result.oxidation_limit
        return _OXIDISED if limit is not None and voltage > limit else _UNCHANGED

    def _key(self) -> Iterator[tuple[Span, str]]:
        if self.result.reduction_limit:
            yield _REDUCED, f"takes up {self.result.ion}"
        yield _UNCHANGED, "unchanged"
        if self.result.oxidation_limit is not None:
            yield _OXIDISED, f"gives off {self.result.ion}"


def _ticks(low: float, high: float, columns: int) -> str:
    span = high - low
    step = next(step for step in _TICKS if span / step <= 8)
    line = ""
    for count in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1):
        label = f"{count * step:.3g}"
        at = min(round((count * step - low) / span * columns), columns - len(label))
        if not line or at > len(line):
            line = line.ljust(at) + label
    return line


def _key(sign: Span, what: str) -> Line:
    return Span(sign.text * 2, sign.tone), Span(f" {what}   ", "faint")
