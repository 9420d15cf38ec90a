"""Results on a terminal, with rich: readable at 80 columns, in colour, or piped."""

from collections.abc import Iterator
from math import ceil, floor
from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kstab.analyses.results import Step, SystemPhase, SystemResult, WindowResult
from kstab.notices import FLAGS, Notice
from kstab.report import assessments, serialise, words
from kstab.report.parts import Sum, bullet, conditions, foot, plain_table, warnings
from kstab.units import MEV_PER_EV

_COLOURS: Final = {
    "stable": "green",
    "cannot_be_told_from_stable": "yellow",
    "metastable": "yellow",
    "not_in_data": "yellow",
}
_REDUCED: Final = ("░", "dark_orange")
_UNCHANGED: Final = ("█", "blue")
_OXIDISED: Final = ("▒", "magenta")
_WIDE: Final = 66  # columns a staircase with all its numbers needs
_AXIS_END: Final = 5.0  # V; further only if a limit lies beyond


def window(result: WindowResult, *, details: bool = False) -> RenderableType:
    """Return a window as something rich can print; with all that plugins say, or its headlines."""
    return Group(
        _heading(result),
        "",
        Text(words.explanation(result)),
        *conditions(result.provenance),
        *_host(result),
        *_drawing(result),
        "",
        _limits(result),
        *([Text(words.schemes(result))] if words.schemes(result) else []),
        "",
        _Staircase(result),
        *_robustness(result),
        *_near_misses(result),
        *assessments.terminal(result.assessments, details=details),
        *warnings(_worth_a_warning(result)),
        "",
        *foot(result.provenance, assessments.owners(result.assessments)),
    )


def _worth_a_warning(result: WindowResult) -> tuple[Notice, ...]:
    """The notices of the result and of its host; an uncertain id is said beside the id."""
    notices = list(result.warnings)
    if result.host:
        whose = f"{result.host.formula}, the closest phase"
        # What concerns both alike, such as the temperature, is said once.
        own = [n for n in result.host.warnings if n not in result.warnings or n.code in FLAGS]
        notices += [Notice(n.code, f"{whose}: {n.message}") for n in own]
    return tuple(notice for notice in notices if notice.code != "uncertain_id")


def _heading(result: WindowResult) -> Text:
    heading = Text()
    heading.append(result.formula, style="bold")
    heading.append(f"  {words.verdict(result)}", style=f"bold {_COLOURS[result.verdict]}")
    if result.material_id:
        doubt = " (id uncertain)" if _has(result, "uncertain_id") else ""
        heading.append(f"  {result.material_id}{doubt}", style="dim")
    return heading


def _has(result: WindowResult, code: str) -> bool:
    return any(notice.code == code for notice in result.warnings)


def _host(result: WindowResult) -> Iterator[RenderableType]:
    if result.host:
        yield Text(words.host(result.host, result))


def _drawing(result: WindowResult) -> Iterator[RenderableType]:
    """The voltage axis with the window on it."""
    if result.window_kind == "none":
        return
    low, high = result.voltage_range or (0.0, 0.0)
    if low == high:  # no range, or a single voltage
        low, high = 0.0, max(_AXIS_END, float(int(result.oxidation_limit or 0.0) + 1))
    yield ""
    yield Padding(_Axis(result, low, high), (0, 2))


class _Axis:
    """A drawing of the window that takes the width it is given."""

    def __init__(self, result: WindowResult, low: float, high: float) -> None:
        self._result, self._low, self._high = result, low, high

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width - 2, 72)
        yield self._bar(width)
        yield self._ticks(width)
        yield self._key()

    def _bar(self, width: int) -> Text:
        bar = Text()
        for cell in range(width):
            voltage = self._low + (cell + 0.5) / width * (self._high - self._low)
            sign, style = self._sign(voltage)
            bar.append(sign, style=style)
        return bar

    def _sign(self, voltage: float) -> tuple[str, str]:
        if voltage < (self._result.reduction_limit or 0.0):
            return _REDUCED
        limit = self._result.oxidation_limit
        return _OXIDISED if limit is not None and voltage > limit else _UNCHANGED

    def _ticks(self, width: int) -> Text:
        span = self._high - self._low
        step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 50, 1e9) if span / s <= 8)
        line = ""
        for count in range(ceil(self._low / step - 1e-9), floor(self._high / step + 1e-9) + 1):
            label = f"{count * step:.3g}"
            at = round((count * step - self._low) / span * width)
            at = min(at, width - len(label))
            if not line or at > len(line):
                line = line.ljust(at) + label
        return Text(f"{line} V", style="dim")

    def _key(self) -> Text:
        key = Text()
        entries = [(_UNCHANGED, "unchanged")]
        if self._result.reduction_limit:
            entries.insert(0, (_REDUCED, f"takes up {self._result.ion}"))
        if self._result.oxidation_limit is not None:
            entries.append((_OXIDISED, f"gives off {self._result.ion}"))
        for (sign, style), meaning in entries:
            key.append(sign * 2, style=style)
            key.append(f" {meaning}   ", style="dim")
        return key


def _limits(result: WindowResult) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    if result.window_kind != "none":
        for name, value, reaction in words.limits(result):
            table.add_row(name, Text(value))
            table.add_row("", Sum(reaction))
    lowest = result.steps[0] if result.steps else None
    if lowest and lowest.voltage_low == 0.0 and lowest.ion_change > 0:
        table.add_row(f"Against {result.ion} metal", Sum(lowest.reaction))
    return table


class _Staircase:
    """The staircase as a table; energies and capacities only where there is room."""

    def __init__(self, result: WindowResult) -> None:
        self._result = result

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = options.max_width >= _WIDE
        yield _staircase(self._result) if wide else _short_staircase(self._result)


def _short_staircase(result: WindowResult) -> Table:
    table = plain_table()
    table.add_column(f"V vs {words.couple(result)}")
    table.add_column("equilibrium", ratio=1)
    for step in result.steps:
        voltages, _, products, *_ = _step_cells(step)
        table.add_row(voltages, products, style="bold" if not step.ion_change else None)
    return table


def _staircase(result: WindowResult) -> Table:
    table = plain_table()
    table.add_column(f"V vs {words.couple(result)}", no_wrap=True)
    bars = any(step.voltage_low_sigma is not None for step in result.steps)
    if bars:
        table.add_column("±", justify="right", no_wrap=True)
    table.add_column(f"Δ{result.ion}", justify="right", no_wrap=True)
    table.add_column("equilibrium", overflow="fold", ratio=1)
    table.add_column("eV/atom", justify="right", no_wrap=True)
    table.add_column("mAh/g", justify="right", no_wrap=True)
    caption = (
        f"Per formula unit; Δ{result.ion}: taken up (+) or given off (-). eV/atom: decomposition "
        "energy at the lower edge. mAh/g: since the start."
    )
    if bars:
        caption = f"±: standard deviation of the lower edge. {caption}"
    # In a mixture the size of a step says whether the host or a dopant takes it.
    shares = result.verdict == "not_in_data" and any(step.ion_share for step in result.steps)
    if shares:
        table.add_column("share", justify="right", no_wrap=True)
        caption += f" share: {result.ion} exchanged in this step alone, relative to the content."
    for step in result.steps:
        share = [f"{step.ion_share or 0:.0%}"] if shares else []
        voltages, *others = _step_cells(step)
        bar = [words.bar(step.voltage_low_sigma)] if bars else []
        style = "bold" if not step.ion_change else None
        table.add_row(voltages, *bar, *others, *share, style=style)
    table.caption = caption
    table.caption_justify = "left"
    return table


def _step_cells(step: Step) -> tuple[RenderableType, ...]:
    products = serialise.mixture(step.products) or "nothing"
    notes = [*(f"{gas} gas" for gas in step.gases), *(["minor"] if step.minor else [])]
    if notes:
        products += f" ({', '.join(notes)})"
    change = f"{step.ion_change:+.4g}" if step.ion_change else "0"
    return (
        Text(words.edges(step)),
        Text(change),
        Sum(products),
        Text(words.decimals(step.decomposition_energy_low)),
        Text(f"{step.capacity_mAh_g:.0f}"),
    )


def _robustness(result: WindowResult) -> Iterator[RenderableType]:
    if result.robustness:
        yield ""
        yield Text("Robustness", style="bold")
        yield from map(bullet, words.robustness(result.robustness, result))


def _near_misses(result: WindowResult) -> Iterator[RenderableType]:
    if result.near_misses:
        yield ""
        yield Text("Near misses", style="bold")
        yield from (bullet(words.near_miss(miss, result)) for miss in result.near_misses)


def system(result: SystemResult) -> RenderableType:
    """Return the phases of a chemical system as something rich can print."""
    stable = sum(phase.energy_above_hull == 0 for phase in result.phases)
    heading = Text("-".join(result.elements), style="bold")
    limit = f"{MEV_PER_EV * result.threshold:g} meV/atom"
    nearly = len(result.phases) - stable
    summary = (
        f"{stable} stable phase{'s' * (stable != 1)}, {nearly} more within {limit} of the hull"
    )
    if result.not_shown:
        summary += f"; {result.not_shown} further up are not shown"
    return Group(
        heading,
        "",
        Text(f"{summary}."),
        *conditions(result.provenance),
        "",
        _Phases(result),
        *warnings(result.warnings),
        "",
        *foot(result.provenance),
    )


def _identifier(phase: SystemPhase) -> str:
    doubt = "?" if phase.material_id and "uncertain_id" in phase.flags else ""
    return f"{phase.material_id}{doubt}"


class _Phases:
    """The phases as a table; ids, energies and products only where there is room."""

    def __init__(self, result: SystemResult) -> None:
        self._result = result

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = options.max_width >= _WIDE
        yield _phases(self._result) if wide else _short_phases(self._result)


def _short_phases(result: SystemResult) -> Table:
    table = plain_table()
    table.add_column("phase", overflow="fold")
    table.add_column("above hull\nmeV/atom", justify="right")
    for phase in result.phases:
        table.add_row(Text(phase.formula), _height(phase))
    return table


def _height(phase: SystemPhase) -> Text:
    if phase.energy_above_hull:
        return Text(f"{MEV_PER_EV * phase.energy_above_hull:.1f}")
    return Text("stable", style="green")


def _phases(result: SystemResult) -> Table:
    table = plain_table()
    table.add_column("phase", overflow="fold")
    table.add_column("id", no_wrap=True)
    table.add_column("space\ngroup", justify="right")
    table.add_column("above hull\nmeV/atom", justify="right")
    table.add_column("formation\neV/atom", justify="right")
    table.add_column("decomposes to", overflow="fold", ratio=1)
    for phase in result.phases:
        table.add_row(
            Text(phase.formula),
            Text(_identifier(phase), style="dim"),
            str(phase.space_group or ""),
            _height(phase),
            words.decimals(phase.formation_energy),
            Sum(serialise.mixture(phase.decomposes_to)),
        )
    if any(_identifier(phase).endswith("?") for phase in result.phases):
        table.caption = "id?: not matched by energy, so it may be that of another structure."
        table.caption_justify = "left"
    return table
