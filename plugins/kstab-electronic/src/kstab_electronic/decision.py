"""The written table that turns gaps and volume fractions into a class of interphase.

Classes as in Wenzel et al. (10.1016/j.ssi.2015.06.001): I nothing reacts, II a
mixed-conducting interphase that goes on growing, III an interphase that blocks
electrons and so protects. ``docs/plugin-electronic.md`` prints the table.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from kstab.findings import Confidence
from kstab_electronic.gaps import CLASSES, CONFIDENCES, GapClass

Band = Literal["isolated", "likely_isolated", "ambiguous", "percolating"]
InterphaseClass = Literal["I", "II", "III"]

ISOLATED: Final = 0.10
LIKELY_ISOLATED: Final = 0.16
PERCOLATING: Final = 0.30
"""Volume fractions between the bands; the band between the last two is ambiguous."""

LIMITS: Final = f"limits {ISOLATED:.2f}, {LIKELY_ISOLATED:.2f}, {PERCOLATING:.2f}"


def band_of(fraction: float) -> Band:
    """Return the percolation band of a volume fraction, 0 to 1.

    >>> [band_of(fraction) for fraction in (0.099, 0.10, 0.16, 0.30, 0.31)]
    ['isolated', 'likely_isolated', 'ambiguous', 'ambiguous', 'percolating']
    """
    if fraction < ISOLATED:
        return "isolated"
    if fraction < LIKELY_ISOLATED:
        return "likely_isolated"
    return "ambiguous" if fraction <= PERCOLATING + 1e-9 else "percolating"


class Row(NamedTuple):
    """One row of the decision table.

    Attributes:
        level: Class of gap; phases of this class and of those that conduct better count.
        band: Percolation band of their volume fraction.
        interphase: Class of interphase.
        confidence: How sure that is at best.
        with_metal: The same where another step on the way from the electrolyte has
            metallic phases in the band ambiguous or percolating.
    """

    level: GapClass
    band: Band
    interphase: InterphaseClass
    confidence: Confidence
    with_metal: Confidence


TABLE: Final[tuple[Row, ...]] = (
    Row("metallic", "isolated", "III", "medium", "low"),
    Row("metallic", "likely_isolated", "III", "low", "low"),
    Row("metallic", "ambiguous", "II", "low", "medium"),
    Row("metallic", "percolating", "II", "high", "high"),
    Row("leaky", "isolated", "III", "medium", "low"),
    Row("leaky", "likely_isolated", "III", "low", "low"),
    Row("leaky", "ambiguous", "II", "low", "medium"),
    Row("leaky", "percolating", "II", "medium", "medium"),
    Row("uncertain", "isolated", "III", "medium", "low"),
    Row("uncertain", "likely_isolated", "III", "medium", "low"),
    Row("uncertain", "ambiguous", "III", "low", "low"),
    Row("uncertain", "percolating", "III", "low", "low"),
    Row("likely_blocking", "isolated", "III", "high", "medium"),
    Row("likely_blocking", "likely_isolated", "III", "high", "medium"),
    Row("likely_blocking", "ambiguous", "III", "medium", "low"),
    Row("likely_blocking", "percolating", "III", "medium", "low"),
    Row("blocking", "percolating", "III", "high", "medium"),
)
"""The decision table; each level that has phases is looked up."""

_BY_KEY: Final = {(row.level, row.band): row for row in TABLE}


def rows_for(fractions: Mapping[GapClass, float]) -> tuple[Row, ...]:
    """Return the rows that apply to volume fractions by class of gap, which sum to 1."""
    found, total = [], 0.0
    for level in CLASSES:
        total += fractions.get(level, 0.0)
        if fractions.get(level, 0.0) > 0.0:
            found.append(_BY_KEY[level, band_of(total)])
    return tuple(found)


def decide(
    fractions: Mapping[GapClass, float], metal_elsewhere: bool = False
) -> tuple[InterphaseClass, Confidence, Row]:
    """Return class of interphase, confidence, and the row that decided.

    Any row of class II decides, the surest first; otherwise the least sure row does.

    Args:
        fractions: Volume fraction of each class of gap; they sum to 1.
        metal_elsewhere: Whether another step on the way has metallic phases in the band
            ambiguous or percolating.

    >>> decide({"leaky": 0.298, "likely_blocking": 0.702}, metal_elsewhere=True)[:2]
    ('II', 'medium')
    >>> decide({"metallic": 0.08, "blocking": 0.92})[:2]
    ('III', 'medium')
    """

    def rank(row: Row) -> int:
        return CONFIDENCES.index(row.with_metal if metal_elsewhere else row.confidence)

    rows = rows_for(fractions)
    mixed = [row for row in rows if row.interphase == "II"]
    row = max(mixed, key=rank) if mixed else min(rows, key=rank)
    return row.interphase, CONFIDENCES[rank(row)], row
