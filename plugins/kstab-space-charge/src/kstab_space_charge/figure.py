"""The potential of a space charge against depth, as a figure."""

from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from kstab.plugin_tools import BLUE, GREY, SIZE, STYLE, subscripted
from kstab_space_charge import words
from kstab_space_charge.estimate import Estimate, profile
from kstab_space_charge.models_numeric import Floats
from kstab_space_charge.of_phase import Case
from kstab_space_charge.validity import SPACING

ORANGE: Final = "#E69F00"


def potential(found: Case, layer: Estimate) -> Figure:
    """Return the potential against the bulk, and the distance between sites to compare with."""
    depths, volts = profile(found.inputs)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.axvspan(
            *SPACING, color=ORANGE, alpha=0.25, linewidth=0,
            label=f"distance between sites, {SPACING[0]:g} to {SPACING[1]:g} nm",
        )  # fmt: skip
        axes.axhline(0.0, color=GREY, linewidth=0.6)
        axes.plot(depths, volts, color=BLUE, label="potential")
        axes.axvline(
            layer.width, color=BLUE, linestyle="--", linewidth=0.8,
            label=f"width, {words.number(layer.width)} nm",
        )  # fmt: skip
        axes.set_xlim(0.0, max(_end(depths, volts), 1.1 * layer.width, 1.2 * SPACING[1]))
        axes.set_xlabel("depth below the contact (nm)")
        axes.set_ylabel("potential against the bulk (V)")
        axes.set_title(_title(found), fontsize=8, loc="left")
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
        return figure


def _end(depths: Floats, volts: Floats) -> float:
    """Where all that is left of the potential is one part in 200."""
    left = np.abs(volts) <= abs(volts[0]) / 200.0
    return float(depths[int(np.argmax(left))]) if left.any() else float(depths[-1])


def _title(found: Case) -> str:
    name = words.NAMES[found.inputs.model]
    step = f"{found.inputs.step:+g}".replace("-", "−")  # the sign of the axis
    return f"{subscripted(found.formula)}, assumed step {step} V, {name}"
