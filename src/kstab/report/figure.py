"""What all figures share, with matplotlib: safe for colour-blind readers.

Figures are made without pyplot, so nothing global changes; colours are those of
Okabe and Ito (2008). The same result always gives the same file.
"""

import re
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

from kstab.base.files import write_atomically
from kstab.errors import RequestError

SUFFIXES: Final = (".png", ".svg", ".pdf")
BLUE: Final = "#0072B2"
GREY: Final = "#999999"
STYLE: Final[dict[Any, Any]] = {
    "font.size": 8,
    "font.family": "DejaVu Sans",  # ships with matplotlib, so figures look alike anywhere
    "axes.linewidth": 0.8,
    "svg.hashsalt": "kstab",
    "svg.fonttype": "path",
}
SIZE: Final = (6.0, 3.4)  # inches: one and a half columns of most journals
LABEL_HEIGHT: Final = 0.15  # inches
_ORIGIN: Final = 76  # columns that keep clear of the axis label
_NO_DATES: Final[dict[str, dict[str, Any]]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}


def write_origin(figure: FigureBase, text: str, bars: str = "") -> None:
    """Write where a figure comes from below its right corner, in as many lines as it takes.

    Args:
        figure: The figure.
        text: Where it comes from.
        bars: What in it shows standard deviations; empty for nothing.
    """
    said = f"{text}; {bars}: one standard deviation" if bars else text
    figure.text(
        0.99, 0.01, fill(said, _ORIGIN), ha="right", va="bottom", fontsize=5, color=GREY,
        parse_math=False,
    )  # fmt: skip


def write_beside(axes: Axes, place: tuple[float, float], text: str, **style: Any) -> None:
    """Write into the margin, at a place in parts of the axes' width and height."""
    axes.text(*place, text, transform=axes.transAxes, va="center", **style)


def save(figure: Figure, path: Path) -> None:
    """Write a figure; the suffix of the file is its format.

    Raises:
        RequestError: The suffix is none of png, svg and pdf.
        DataError: The file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise RequestError(
            f"{path.name} does not say what kind of figure to draw.",
            f"End it in one of {', '.join(SUFFIXES)}.",
        )

    def draw(target: Path) -> None:
        with mpl.rc_context(STYLE):
            figure.savefig(
                target, format=suffix[1:], dpi=300, bbox_inches="tight", metadata=_NO_DATES[suffix]
            )

    write_atomically(path, draw)


def subscripted(formula: str) -> str:
    """Return a formula with its amounts as subscripts, for matplotlib.

    >>> subscripted("K2.9SbS3.9Cl0.1")
    'K$_{2.9}$SbS$_{3.9}$Cl$_{0.1}$'
    """
    return re.sub(r"(?<=[A-Za-z)\]}])(\d+(?:\.\d+)?)", r"$_{\1}$", formula)


def spread(levels: list[float], gap: float) -> list[float]:
    """Move falling levels apart to at least a gap, staying as near as possible.

    >>> spread([1.0, 0.75, 0.0], 0.5)
    [1.125, 0.625, 0.0]
    """
    blocks: list[tuple[float, int]] = []  # centre of the first label, number of labels
    for level in levels:
        blocks.append((level, 1))
        while len(blocks) > 1 and blocks[-2][0] - blocks[-2][1] * gap < blocks[-1][0]:
            (first, upper), (second, lower) = blocks[-2:]
            shifted = second + upper * gap  # where the lower block wants the first label
            blocks[-2:] = [((first * upper + shifted * lower) / (upper + lower), upper + lower)]
    return [first - i * gap for first, count in blocks for i in range(count)]
