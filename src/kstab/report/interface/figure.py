"""Figures of interfaces: energy against mixing ratio, and the map over voltage too."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, FigureBase

from kstab.analyses.interface.result import InterfaceResult, Kink
from kstab.base.units import MEV_PER_EV
from kstab.chemistry.composition import Formula
from kstab.report.figure import (
    BLUE,
    LABEL_HEIGHT,
    SIZE,
    STYLE,
    spread,
    subscripted,
    write_beside,
    write_origin,
)
from kstab.report.interface import words
from kstab.report.window.words import versus

_VERMILION: Final = "#D55E00"
_AXES: Final = (0.10, 0.14, 0.48, 0.76)  # left, bottom, width, height of the figure
_MAP: Final = (0.10, 0.14, 0.44, 0.76)
_SMALLEST_AREA: Final = 0.005  # part of the map that is worth a number
_CROWDED: Final = 0.03  # distance of kinks whose numbers would touch
_SAMPLES: Final = 32  # points between kinks, where the line bends


def draw(result: InterfaceResult) -> Figure:
    """Return the energy against the atomic fraction, or over a range of voltages the map.

    A charged cathode gets a panel of its own below.
    """
    panels = [result, *([result.charged] if result.charged else [])]
    heights = [_height(panel) for panel in panels]
    width = SIZE[0] * (1.15 if result.regions else 1.0)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, sum(heights)))
        parts = figure.subfigures(len(panels), 1, height_ratios=heights, squeeze=False)[:, 0]
        for panel, part, height in zip(panels, parts, heights, strict=True):
            (_map if panel.regions else _energies)(panel, part, height)
    return figure


def _height(result: InterfaceResult) -> float:
    """Height of a panel, inches: its list of kinks or products must fit beside it."""
    lines = len(_numbers(result)) if result.regions else len(result.kinks)
    return max(SIZE[1], (lines + 3) * LABEL_HEIGHT / _AXES[3])


def _numbers(result: InterfaceResult) -> dict[words.Names, int]:
    """A number for each set of products that is worth one, the largest area first."""
    large = [names for names, area in words.areas(result).items() if area >= _SMALLEST_AREA]
    return {names: number for number, names in enumerate(large, 1)}


def _energies(result: InterfaceResult, figure: FigureBase, height: float) -> None:
    axes = figure.add_axes(_AXES)
    _line(axes, result, mutual=False, color=BLUE, label="total", linestyle="-")
    if words.has_own(result):
        _line(axes, result, mutual=True, color=_VERMILION, label="mutual", linestyle="--")
        axes.legend(frameon=False, fontsize=7)
    axes.set_xlim(0, 1)
    axes.set_xlabel(_share(result))
    axes.set_ylabel(words.unit(result))
    axes.margins(y=0.08)
    _title(axes, result)
    _name_kinks(axes, result, LABEL_HEIGHT / (height * _AXES[3]))
    _origin(axes, result)


def _line(axes: Axes, result: InterfaceResult, *, mutual: bool, **style: Any) -> None:
    """Draw an energy with its kinks; per non-ion atom it bends between them."""
    kinks = result.kinks
    x = np.array([kink.x_atomic for kink in kinks])
    per_atom = np.array(
        [kink.mutual_energy_per_atom if mutual else kink.energy_per_atom for kink in kinks]
    )
    ends = pairwise(x.tolist())
    fine = np.concatenate([np.linspace(low, high, _SAMPLES) for low, high in ends])
    energies = MEV_PER_EV * np.interp(fine, x, per_atom) / _counted(result, fine)
    axes.plot(fine, energies, linewidth=1.3, **style)
    axes.errorbar(
        x, [MEV_PER_EV * _energy(kink, mutual=mutual) for kink in kinks],
        yerr=[MEV_PER_EV * _sigma(kink, mutual=mutual) for kink in kinks], fmt="o",
        markersize=3.5, elinewidth=0.6, capsize=1.5, color=style["color"],
    )  # fmt: skip


def _energy(kink: Kink, *, mutual: bool) -> float:
    return kink.mutual_headline_energy if mutual else kink.headline_energy


def _sigma(kink: Kink, *, mutual: bool) -> float:
    """Standard deviation of an energy, eV; 0, which draws no bar, where it is unknown."""
    return (kink.mutual_headline_sigma if mutual else kink.headline_sigma) or 0.0


def _counted(result: InterfaceResult, x: Any) -> Any:
    """Atoms that the energies are per, per atom of both reactants."""
    if result.mode != "open":
        return 1.0
    a, b = (
        1.0 - float(formula[result.ion or ""]) / formula.atoms
        for formula in (Formula.parse(result.a), Formula.parse(result.b))
    )
    return x * a + (1.0 - x) * b


def _name_kinks(axes: Axes, result: InterfaceResult, gap: float) -> None:
    """Number the kinks and name their products in the margin, from left to right."""
    kinks = result.kinks
    _number(axes, kinks)
    lowest = (result.minimum_total, result.minimum_mutual)
    levels = [1.0 - (number + 0.5) / len(kinks) for number in range(len(kinks))]
    for number, (kink, level) in enumerate(zip(kinks, spread(levels, gap), strict=True), 1):
        listed = f"{number}  {words.fraction(kink.x_atomic)}  {subscripted(words.formed(kink))}"
        weight = "bold" if kink in lowest else "normal"
        write_beside(axes, (1.04, level), listed, fontsize=6.5, weight=weight)


def _number(axes: Axes, kinks: Sequence[Kink]) -> None:
    """Put a number beyond the bar of each kink of the total, crowded ones on alternate sides."""
    bottom, top = axes.get_ylim()
    before, above = -1.0, False
    for number, kink in enumerate(kinks, 1):
        x, energy = kink.x_atomic, MEV_PER_EV * kink.headline_energy
        above = not above if x - before < _CROWDED else energy < (bottom + top) / 2
        before = x
        bar = MEV_PER_EV * _sigma(kink, mutual=False)
        edge = 1 if x == 0.0 else -1 if x == 1.0 else 0  # keep clear of the frame
        axes.annotate(
            str(number), (x, energy + bar if above else energy - bar),
            xytext=(5 * edge, 3 if above else -3), textcoords="offset points",
            ha={1: "left", -1: "right", 0: "center"}[edge],
            va="bottom" if above else "top", fontsize=6, zorder=5,
        )  # fmt: skip


def _map(result: InterfaceResult, figure: FigureBase, height: float) -> None:
    numbers = _numbers(result)
    axes = figure.add_axes(_MAP)
    low, high = result.voltage_range or (0.0, 1.0)
    axes.set_xlim(0, 1)
    axes.set_ylim(low, high)
    shade = _regions(axes, result, numbers)
    _worst(axes, result)
    bar = figure.colorbar(shade, cax=figure.add_axes((0.555, _MAP[1], 0.014, _MAP[3])))
    bar.set_label(f"lowest mutual energy, {words.unit(result)}", fontsize=6)
    bar.ax.tick_params(labelsize=6)
    axes.set_xlabel(_share(result))
    axes.set_ylabel(versus(result.ion))
    _title(axes, result)
    gap = LABEL_HEIGHT / (height * _MAP[3])
    for place, (names, number) in enumerate(numbers.items()):
        listed = f"{number}  {subscripted(' + '.join(names))}"
        write_beside(axes, (1.36, 1.0 - (place + 0.5) * gap), listed, fontsize=6)
    _origin(axes, result)


def _regions(
    axes: Axes, result: InterfaceResult, numbers: dict[words.Names, int]
) -> ScalarMappable:
    """Draw the regions, shaded by their lowest mutual energy, and number the larger ones."""
    regions = result.regions or ()
    energies = [MEV_PER_EV * r.lowest_mutual_energy_per_non_ion_atom for r in regions]
    lowest = min(*energies, -1.0)
    shade = ScalarMappable(Normalize(lowest, 0.0), cmap="cividis")
    low, high = result.voltage_range or (0.0, 1.0)
    colours = [shade.get_cmap()(1.0 - energy / lowest) for energy in energies]
    corners = [
        [
            (r.x_low, r.voltage_low),
            (r.x_high, r.voltage_low),
            (r.x_high, r.voltage_high),
            (r.x_low, r.voltage_high),
        ]
        for r in regions
    ]
    axes.add_collection(
        PolyCollection(corners, facecolors=colours, edgecolors="white", linewidths=0.3)
    )
    for region, colour in zip(regions, colours, strict=True):
        width, tall = region.x_high - region.x_low, region.voltage_high - region.voltage_low
        number = numbers.get(words.names_of(region.products))
        if number and width > 0.03 and tall > 0.035 * (high - low):
            dark = sum(colour[:3]) < 1.4
            axes.text(
                region.x_low + width / 2, region.voltage_low + tall / 2, str(number), ha="center",
                va="center", fontsize=6, color="white" if dark else "black",
            )  # fmt: skip
    return shade


def _worst(axes: Axes, result: InterfaceResult) -> None:
    """Mark where the total and the mutual energy are lowest."""
    # A ring, so that the two can be told where they fall together.
    for kink, marker, size, fill, name in (
        (result.minimum_total, "v", 6, "full", "total"),
        (result.minimum_mutual, "o", 10, "none", "mutual"),
    ):
        energy = words.meV(_energy(kink, mutual=name == "mutual"))
        axes.plot(
            [kink.x_atomic], [kink.voltage or 0.0], marker, markersize=size, color=_VERMILION,
            fillstyle=fill, markeredgewidth=1.2, clip_on=False, linestyle="none", zorder=5,
            label=f"lowest {name}, {energy} meV",  # per what is on the scale of colours
        )  # fmt: skip
    axes.legend(
        loc="upper left", bbox_to_anchor=(0.0, -0.12), frameon=False, fontsize=6, ncols=2,
        handletextpad=0.2, columnspacing=1.0,
    )  # fmt: skip


def _share(result: InterfaceResult) -> str:
    return f"atomic fraction x of {subscripted(result.a)}, the rest {subscripted(result.b)}"


def _title(axes: Axes, result: InterfaceResult) -> None:
    names = f"{subscripted(result.a)} | {subscripted(result.b)}"
    axes.set_title(
        f"{names}: {words.verdict(result).lower()}, {words.condition(result)}", fontsize=8,
        loc="left",
    )  # fmt: skip


def _origin(axes: Axes, result: InterfaceResult) -> None:
    text = result.provenance.origin
    if result.regions:
        text += f"; products of under {_SMALLEST_AREA:.1%} of the map are not named"
    known = result.minimum_total.energy_per_atom_sigma is not None and not result.regions
    write_origin(axes.figure, text, "bars" if known else "")
