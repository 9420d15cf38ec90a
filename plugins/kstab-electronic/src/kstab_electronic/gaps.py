"""Band gaps of phases: what is measured, what is calculated, and what class that makes."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, get_args

from kstab.composition import Formula
from kstab.errors import FormulaError
from kstab.findings import Confidence

if TYPE_CHECKING:
    from kstab.context import Context

GapClass = Literal["metallic", "leaky", "uncertain", "likely_blocking", "blocking"]

LIMITS: Final[tuple[tuple[GapClass, float], ...]] = (
    ("leaky", 1.0), ("uncertain", 2.0), ("likely_blocking", 2.5),
)  # fmt: skip
"""Gap, eV, below which a phase is of a class; ``blocking`` from the last on."""

METALLIC: Final = 0.1
"""Gap, eV, up to which a phase is metallic."""

CONDUCTS: Final = 1.0
"""Gap, eV, below which a phase counts as one that conducts."""

UNDERESTIMATE: Final = 1 / 3
"""Part of a gap that PBE typically leaves out."""

_SAME: Final = 0.05  # eV; calculated gaps that differ by less are shown as one

CLASSES: Final[tuple[GapClass, ...]] = get_args(GapClass)
CONFIDENCES: Final[tuple[Confidence, ...]] = ("none", "low", "medium", "high")


def weakest(*confidences: Confidence) -> Confidence:
    """Return the lowest of some confidences; ``high`` of none.

    >>> weakest("high", "low", "medium")
    'low'
    """
    return min(confidences, key=CONFIDENCES.index, default="high")


def class_of(gap: float) -> GapClass:
    """Return the class of a band gap in eV.

    >>> [class_of(gap) for gap in (0.1, 0.99, 1.0, 2.0, 2.5)]
    ['metallic', 'leaky', 'uncertain', 'likely_blocking', 'blocking']
    """
    if gap <= METALLIC:
        return "metallic"
    return next((name for name, limit in LIMITS if gap < limit), "blocking")


@dataclass(frozen=True, slots=True)
class Gap:
    """The band gap of a phase and what it says.

    Attributes:
        formula: The phase.
        calculated: PBE gap, eV; None where unknown.
        low: Smallest PBE gap of all sources, eV.
        high: Largest.
        measured: Measured gap, eV; None where there is none.
        known_class: Class; None where no gap is known.
        confidence: How sure the class is.
        remark: What is doubtful, a clause; empty for nothing.
    """

    formula: str
    calculated: float | None
    low: float | None
    high: float | None
    measured: float | None
    known_class: GapClass | None
    confidence: Confidence
    remark: str = ""

    @property
    def counts_as(self) -> GapClass:
        """The class it takes part in decisions with: an unknown gap is uncertain."""
        return self.known_class or "uncertain"

    @property
    def words(self) -> str:
        """The class for people."""
        return (self.known_class or "unknown").replace("_", " ")

    @property
    def text(self) -> str | None:
        """The gap that decides for people, a range where calculated ones differ; or None."""
        if self.measured is not None:
            return f"{self.measured:.2f} eV measured"
        if self.low is None or self.high is None:
            return None
        if self.high - self.low < _SAME:
            return f"{self.low:.2f} eV"
        return f"{self.low:.2f} to {self.high:.2f} eV"


def gap_of(formula: str, context: "Context") -> Gap:
    """Return the gap of a phase of the data; one that is not there may still be measured."""
    facts = context.phase(formula)
    measured = measured_gap(formula)
    if facts is None or facts.band_gap is None:
        return judge(formula, None, None, None, measured)
    low = facts.band_gap if facts.band_gap_min is None else facts.band_gap_min
    high = facts.band_gap if facts.band_gap_max is None else facts.band_gap_max
    return judge(formula, facts.band_gap, low, high, measured)


def judge(
    formula: str,
    calculated: float | None,
    low: float | None,
    high: float | None,
    measured: float | None,
) -> Gap:
    """Return the class of a gap and how sure it is; arguments as in :class:`Gap`.

    A measured gap wins. Without one, PBE gaps on both sides of 1 eV make the class
    uncertain, for a zero can be false.
    """
    known: GapClass | None
    if measured is not None:
        known, confidence, remark = _measured(measured, low, high)
    elif low is None or high is None:
        known, confidence, remark = None, "low", "no gap is known"
    else:
        known, confidence, remark = _calculated(low, high, len(Formula.parse(formula).elements))
    return Gap(formula, calculated, low, high, measured, known, confidence, remark)


def _measured(
    gap: float, low: float | None, high: float | None
) -> tuple[GapClass, Confidence, str]:
    conducts = gap < CONDUCTS
    ends = [end < CONDUCTS for end in (low, high) if end is not None]
    if any(end != conducts for end in ends):
        return class_of(gap), "medium", "calculated gaps are on the other side of 1 eV"
    return class_of(gap), "high", ""


def _calculated(low: float, high: float, elements: int) -> tuple[GapClass, Confidence, str]:
    if (low < CONDUCTS) != (high < CONDUCTS):
        return "uncertain", "low", "calculated gaps disagree, and a zero can be false"
    known = class_of(low)
    if known == "metallic":
        if high > METALLIC:
            return known, "low", "calculated gaps disagree, and a zero can be false"
        # Elements without a gap are the metals everybody knows.
        return (known, "high", "") if elements == 1 else (known, "medium", "a zero can be false")
    if known == "leaky" and high / (1 - UNDERESTIMATE) >= CONDUCTS:
        return known, "low", "PBE underestimates; the true gap may exceed 1 eV"
    return known, "high" if known == "blocking" else "medium", ""


def measured_gap(formula: str) -> float | None:
    """Return the measured gap of a composition, eV; None where none is known.

    >>> measured_gap("K2S"), measured_gap("K3Sb")
    (2.1, None)
    """
    parsed = Formula.parse(formula)
    return _measured_gaps(frozenset(parsed.elements)).get(parsed.key)


@cache
def _measured_gaps(elements: frozenset[str]) -> Mapping[object, float]:
    """Measured gaps of the compositions of just these elements, by composition."""
    return {
        parsed.key: gap
        for formula, gap in _rows()
        # Reading 2,000 formulas takes longer than all the rest; the symbols sort most out.
        if all(symbol in formula for symbol in elements)
        and (parsed := _parsed(formula)) is not None
        and set(parsed.elements) == elements
    }


@cache
def _rows() -> tuple[tuple[str, float], ...]:
    path = files("kstab_electronic") / "data" / "measured_band_gaps.csv"
    with path.open(encoding="utf-8") as lines:
        return tuple((row["formula"], float(row["band_gap"])) for row in csv.DictReader(lines))


def _parsed(formula: str) -> Formula | None:
    try:
        return Formula.parse(formula)
    except FormulaError:
        return None
