"""Interfaces on a terminal, with rich: readable at 80 columns, in colour, or piped."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kstab.analyses.interface_results import InterfaceResult, Kink, Region
from kstab.report import assessments
from kstab.report import interface_words as words
from kstab.report.parts import Sum, bullet, conditions, foot, plain_table, warnings
from kstab.units import MEV_PER_EV

_COLOURS: Final = {
    "reacts": "red",
    "self_decomposition": "yellow",
    "cannot_be_told_from_stable": "yellow",
    "no_reaction": "green",
    "same_composition": "green",
}
_WIDE: Final = 66  # columns a table of kinks with all its numbers needs
_HEIGHT: Final = 9  # lines of a drawing
_TOTAL: Final = ("·", "●", "blue")
_MUTUAL: Final = ("˙", "○", "magenta")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALLEST_AREA: Final = 0.01  # part of the map that is worth a letter


def interface(result: InterfaceResult, *, details: bool = False) -> RenderableType:
    """Return an interface as something rich can print; plugins in full, or their headlines."""
    return Group(
        _heading(result),
        "",
        Text(words.explanation(result)),
        *conditions(result.provenance),
        *([Text(words.cathode(result))] if result.cathode else []),
        *map(Text, words.anodes(result)),
        *([Text(words.doubtful(result), style="yellow")] if words.doubtful(result) else []),
        "",
        _reactants(result),
        *_drawing(result),
        *_minima(result),
        *([Text(words.schemes(result))] if result.by_scheme else []),
        *_tables(result),
        *_robustness(result),
        *_charged(result),
        *assessments.terminal(result.assessments, details=details),
        *warnings(words.all_warnings(result)),
        "",
        *foot(result.provenance, assessments.owners(result.assessments)),
    )


def _heading(result: InterfaceResult) -> Text:
    heading = Text()
    heading.append(f"{result.a} | {result.b}", style="bold")
    heading.append(f"  {words.verdict(result)}", style=f"bold {_COLOURS[result.verdict]}")
    heading.append(f"  {words.condition(result)}", style="dim")
    return heading


def _reactants(result: InterfaceResult) -> Table:
    table = plain_table()
    for name in ("reactant", "energy taken", "above hull\nmeV/atom"):
        table.add_column(name, overflow="fold")
    if result.ion:
        table.add_column(f"stability window\nV vs {words.couple(result)}")
    for reactant in (result.reactant_a, result.reactant_b):
        cells = [reactant.formula, words.source(reactant), words.stability(reactant)]
        if result.ion:
            cells.append(words.potential(reactant, result))
        table.add_row(*map(Text, cells))
    return table


def _drawing(result: InterfaceResult) -> Iterator[RenderableType]:
    if not words.has_any(result) or result.verdict == "same_composition":
        return
    yield ""
    if result.regions:
        yield _Map(result.regions, result)
    else:
        yield Padding(_Energies(result), (0, 2))


class _Energies:
    """A drawing of the energy per atom against the atomic fraction, as wide as it may be."""

    def __init__(self, result: InterfaceResult) -> None:
        self._result = result

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(20, min(options.max_width - 10, 64))
        kinks = self._result.kinks
        total = [MEV_PER_EV * kink.energy_per_atom for kink in kinks]
        mutual = [MEV_PER_EV * kink.mutual_energy_per_atom for kink in kinks]
        bottom = min(*total, *mutual)
        canvas = [[(" ", "")] * width for _ in range(_HEIGHT)]
        x = [kink.x_atomic for kink in kinks]
        if words.has_own(self._result):
            _draw(canvas, x, [energy / bottom for energy in mutual], _MUTUAL)
        _draw(canvas, x, [energy / bottom for energy in total], _TOTAL)
        for row, cells in enumerate(canvas):
            label = f"{0:d}" if not row else f"{bottom:.0f}" if row == _HEIGHT - 1 else ""
            line = Text.assemble((f"{label:>6} ", "dim"))
            for sign, style in cells:
                line.append(sign, style=style)
            yield line
        b, a = f"{self._result.b} (x = 0)", f"{self._result.a} (x = 1)"
        gap = " " * max(1, width - len(a) - len(b))
        yield Text(f"{'':7}{b}{gap}{a}", style="dim", overflow="ellipsis", no_wrap=True)
        yield self._key()

    def _key(self) -> Text:
        key = Text.assemble((f"{'':7}meV per atom, all counted  ", "dim"))
        entries = [(_TOTAL, "total")]
        if words.has_own(self._result):
            entries.append((_MUTUAL, "mutual"))
        for (_, sign, style), meaning in entries:
            key.append(sign, style=style)
            key.append(f" {meaning}  ", style="dim")
        return key


def _draw(
    canvas: list[list[tuple[str, str]]], x: list[float], depth: list[float],
    signs: tuple[str, str, str],
) -> None:  # fmt: skip
    """Put a line with its kinks on a canvas; depth is 0 at the top and 1 at the bottom."""
    line, kink, style = signs
    width, last = len(canvas[0]), len(canvas) - 1
    rows = np.interp(np.linspace(0, 1, width), x, depth) * last
    before = rows[0]
    for column, row in enumerate(rows.tolist()):
        low, high = sorted((round(before), round(row)))
        for place in range(
            low + (before < row and low < high), high + 1 - (before > row and low < high)
        ):
            canvas[place][column] = (line, style)
        before = row
    for at, energy in zip(x, depth, strict=True):
        canvas[round(energy * last)][round(at * (width - 1))] = (kink, style)


class _Map:
    """A map of the products over mixing ratio and voltage, a letter for each set of them."""

    def __init__(self, regions: tuple[Region, ...], result: InterfaceResult) -> None:
        self._regions, self._result = regions, result

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = max(20, min(options.max_width - 12, 62)), 14
        low, high = self._result.voltage_range or (0.0, 0.0)
        areas = words.areas(self._result)
        letters = {
            names: letter
            for (names, area), letter in zip(areas.items(), _LETTERS, strict=False)
            if area >= _SMALLEST_AREA
        }
        for row in range(height):
            voltage = high - (row + 0.5) / height * (high - low)
            signs = "".join(
                letters.get(self._names(voltage, (column + 0.5) / width), "·")
                for column in range(width)
            )
            yield Text.assemble((f"{voltage:6.2f} V  ", "dim"), signs)
        b, a = f"{self._result.b} (x = 0)", f"{self._result.a} (x = 1)"
        gap = " " * max(1, width - len(a) - len(b))
        yield Text(f"{'':10}{b}{gap}{a}", style="dim", overflow="ellipsis", no_wrap=True)
        yield ""
        yield self._key(letters)

    def _names(self, voltage: float, x: float) -> tuple[str, ...]:
        for region in self._regions:
            if region.voltage_low <= voltage <= region.voltage_high and (
                region.x_low <= x <= region.x_high
            ):
                return tuple(product.formula for product in region.products)
        return ()

    def _key(self, letters: dict[tuple[str, ...], str]) -> Table:
        table = plain_table()
        table.add_column("")
        table.add_column("products", ratio=1)
        table.add_column("mutual,\nlowest", justify="right")
        lowest = words.lowest_mutual(self._result)
        for names, letter in letters.items():
            table.add_row(letter, Sum(" + ".join(names)), words.meV(lowest[names]))
        table.caption = f"{words.unit(self._result)}. ·: products of less than 1% of the map"
        table.caption_justify = "left"
        return table


def _minima(result: InterfaceResult) -> Iterator[RenderableType]:
    if not words.has_any(result):
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    own, contact = words.has_own(result), words.has_contact(result)
    for name, kink, mutual in (
        ("Lowest total" if own else "Lowest energy", result.minimum_total, False),
        *([("Lowest mutual", result.minimum_mutual, True)] if own and contact else []),
    ):
        table.add_row(name, words.minimum(kink, result, mutual=mutual))
        table.add_row("", Sum(kink.reaction))
    if own:
        table.add_row("On their own", words.own(result))
    if result.reservoir and words.has_reservoir(result):
        table.add_row(f"Excess {result.ion}", words.reservoir(result.reservoir))
        table.add_row("", Sum(result.reservoir.reaction))
    yield ""
    yield table
    if words.has_reservoir(result):
        yield Text(words.metal_contact(result))


def _tables(result: InterfaceResult) -> Iterator[RenderableType]:
    """The kinks: at one voltage, or at those of the two minima."""
    if not words.has_any(result) or result.verdict == "same_composition":
        return
    minima = {result.minimum_total.voltage, result.minimum_mutual.voltage}
    for voltage in sorted(minima, key=lambda v: v or 0.0):
        yield ""
        if result.voltage_range:
            yield Text(f"At {voltage or 0.0:.3f} V", style="bold")
        yield _Kinks(result, result.kinks_at(voltage))


class _Kinks:
    """The kinks as a table; molar and mass fractions only where there is room."""

    def __init__(self, result: InterfaceResult, kinks: tuple[Kink, ...]) -> None:
        self._result, self._kinks = result, kinks

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = options.max_width >= _WIDE
        own = words.has_own(self._result)
        bars = wide and any(kink.energy_per_atom_sigma for kink in self._kinks)
        table = plain_table()
        headings = [
            "x",
            *(["molar", "mass"] if wide else []),
            "total",
            *(["±"] if bars else []),
            *(["mutual"] if own else []),
            *(["±"] if bars and own else []),
        ]
        for heading in headings:
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("products, volume %", ratio=1)
        lowest = (self._result.minimum_total, self._result.minimum_mutual)
        for kink in self._kinks:
            shares = [kink.x_atomic, *([kink.x_molar, kink.x_mass] if wide else [])]
            energies = [
                kink.headline_energy,
                *([kink.headline_sigma or 0.0] if bars else []),
                *([kink.mutual_headline_energy] if own else []),
                *([kink.mutual_headline_sigma or 0.0] if bars and own else []),
            ]
            table.add_row(
                *(f"{share:.3f}" for share in shares),
                *map(words.meV, energies),
                Sum(words.shares(kink)),
                style="bold" if kink in lowest else None,
            )
        others = ", formula units and mass" if wide else ""
        table.caption = (
            f"x: fraction of {self._result.a}, by atoms{others}. Energies in "
            f"{words.unit(self._result)}{', ±: standard deviation' if bars else ''}."
        )
        if words.lacks_volumes(self._kinks):
            table.caption += " No % where a volume is unknown."
        table.caption_justify = "left"
        yield table


def _robustness(result: InterfaceResult) -> Iterator[RenderableType]:
    if result.robustness:
        yield ""
        yield Text("Robustness", style="bold")
        yield from map(bullet, words.robustness(result.robustness))


def _charged(result: InterfaceResult) -> Iterator[RenderableType]:
    charged = result.charged
    if charged is None:
        return
    yield ""
    yield Text(words.charged_heading(result, charged), style="bold")
    yield Text(words.explanation(charged))
    yield from _minima(charged)
    yield from _robustness(charged)
