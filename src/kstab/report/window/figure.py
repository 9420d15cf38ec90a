"""The figure of a window: its staircase, with the window shaded."""

from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kstab.analyses.window.result import Step, Uncertainty, WindowResult
from kstab.chemistry.composition import Formula
from kstab.report.figure import (
    BLUE,
    GREY,
    LABEL_HEIGHT,
    SIZE,
    STYLE,
    spread,
    subscripted,
    write_beside,
    write_origin,
)
from kstab.report.window import words

_AXES: Final = (0.09, 0.14, 0.52, 0.76)  # left, bottom, width, height of the figure


def draw(result: WindowResult) -> Figure:
    """Return the staircase of ion content against voltage, the window shaded."""
    with mpl.rc_context(STYLE):
        low, high = _range(result)
        steps = [step for step in result.steps if step.voltage_low < high]
        # A long staircase gets a taller figure, so that its labels never overlap.
        height = max(SIZE[1], (len(steps) + 1) * LABEL_HEIGHT / _AXES[3])
        figure = Figure(figsize=(SIZE[0], height))
        axes = figure.add_axes(_AXES)
        ions = float(Formula.parse(result.formula)[result.ion])  # per formula unit
        _shade(axes, result, low, high)
        _stairs(axes, steps, ions, high)
        axes.set_xlim(low, high)
        axes.set_xlabel(words.versus(result.ion))
        axes.set_ylabel(f"{result.ion} per {subscripted(result.formula)}")
        axes.set_title(_title(result), fontsize=8, loc="left")
        axes.margins(y=0.08)
        write_origin(figure, result.provenance.origin, "±" if _has_bars(result) else "")
        _label(axes, steps, ions, LABEL_HEIGHT / (height * _AXES[3]))
    return figure


def _range(result: WindowResult) -> tuple[float, float]:
    """The voltage axis: as asked for, or from 0 V to a little past the last step."""
    if result.voltage_range is None:
        return 0.0, max(1.0, 1.15 * max(step.voltage_low for step in result.steps) + 0.2)
    low, high = result.voltage_range
    if low < high:
        return low, high
    step = result.steps[-1]  # a single voltage: the step it lies in
    return result.steps[0].voltage_low, step.voltage_high or step.voltage_low + 1.0


def _title(result: WindowResult) -> str:
    kind = {
        "own": "window",
        "hull_shifted": "window with the energy above hull set to 0",
        "hull_mixture": "equilibrium mixture of this composition",
        "none": "no window",
    }[result.window_kind]
    return f"{subscripted(result.formula)}: {words.verdict(result).lower()}, {kind}"


def _shade(axes: Axes, result: WindowResult, low: float, high: float) -> None:
    if result.window_kind == "none":
        return
    start = max(result.reduction_limit or 0.0, low)
    end = min(high if result.oxidation_limit is None else result.oxidation_limit, high)
    if end > start:
        axes.axvspan(start, end, color=BLUE, alpha=0.15, linewidth=0)
        axes.text(
            (start + end) / 2,
            0.985,
            _limits(result),
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="top",
            fontsize=7,
            color=BLUE,
        )


def _limits(result: WindowResult) -> str:
    low = _volts(result.reduction_limit or 0.0, result.reduction_uncertainty)
    high = result.oxidation_limit
    if high is None:
        return f"above {low} V"
    return f"{low} – {_volts(high, result.oxidation_uncertainty)} V"


def _volts(limit: float, uncertainty: Uncertainty | None) -> str:
    known = uncertainty is not None and uncertainty.sigma is not None
    return words.with_bar(limit, uncertainty) if known else f"{limit:.2f}"


def _stairs(axes: Axes, steps: list[Step], ions: float, high: float) -> None:
    voltages, contents = [], []
    for step in steps:
        voltages += [step.voltage_low, high if step.voltage_high is None else step.voltage_high]
        contents += [ions + step.ion_change] * 2
    axes.plot(voltages, contents, color=BLUE, linewidth=1.5, solid_joinstyle="miter")


def _label(axes: Axes, steps: list[Step], ions: float, gap: float) -> None:
    """Name the products of each step in the margin, in order, so that no line crosses another."""
    bottom, top = axes.get_ylim()
    low, high = axes.get_xlim()
    levels = [(ions + step.ion_change - bottom) / (top - bottom) for step in steps]
    for step, level, place in zip(steps, levels, spread(levels, gap), strict=True):
        end = high if step.voltage_high is None else min(step.voltage_high, high)
        start = (end - low) / (high - low)
        axes.plot(
            [start, 1.0, 1.04],
            [level, level, place],
            transform=axes.transAxes,
            color=GREY,
            linewidth=0.4,
            clip_on=False,
            zorder=0,
        )
        names = " + ".join(subscripted(product.formula) for product in step.products)
        weight = "bold" if not step.ion_change else "normal"
        write_beside(axes, (1.05, place), names or "nothing", fontsize=7, weight=weight)


def _has_bars(result: WindowResult) -> bool:
    sides = (result.reduction_uncertainty, result.oxidation_uncertainty)
    return any(each and each.sigma is not None for each in sides)
