"""Band gaps of phases: what is measured, what is calculated, and what class that makes."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from kstab import Formula
from kstab.findings import Confidence

if TYPE_CHECKING:
    from kstab.context import PhaseFacts

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

MEASURED: Final = "measured (Zhuo 2018)"
CALCULATED: Final = "PBE, lowest to highest of all sources"

_LIST: Final = Path(__file__).parent / "data" / "measured_band_gaps.csv"

_SAME: Final = 0.05  # eV; calculated gaps that differ by less are shown as one

CLASSES: Final[tuple[GapClass, ...]] = get_args(GapClass)
CONDUCTING: Final[tuple[GapClass, ...]] = ("metallic", "leaky")
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


class Gap(NamedTuple):
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
    def conducts(self) -> bool:
        """Whether the phase is known to be leaky or metallic."""
        return self.known_class in CONDUCTING

    @property
    def doubtful(self) -> bool:
        """Whether the true gap may be on either side of 1 eV."""
        if self.measured is not None:
            return False
        if self.low is None or self.high is None:
            return True
        return self.low < CONDUCTS <= self.high / (1 - UNDERESTIMATE)

    @property
    def source(self) -> str:
        """Where the class is from."""
        if self.measured is not None:
            return MEASURED
        return "no gap is known" if self.calculated is None else CALCULATED

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


def gap_of(formula: str, facts: "PhaseFacts | None") -> Gap:
    """Return the gap of a phase from what is known of it; one not in the data may be measured."""
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

    >>> measured_gap("K2S"), measured_gap("SK2"), measured_gap("K3Sb")
    (2.1, 2.1, None)
    """
    # Looking for the line is quicker than reading all 2,150 for the few that are asked for.
    _, _, rest = _measured_gaps().partition(f"\n{listed_as(Formula.parse(formula))},")
    return float(rest.partition("\n")[0]) if rest else None


def listed_as(formula: Formula) -> str:
    """Return a composition as the list of measured gaps writes it.

    >>> listed_as(Formula.parse("Sb2K6S8"))
    'K3S4Sb'
    """
    return "".join(f"{s}{n}" if n > 1 else s for s, n in sorted(formula.key))


@cache
def _measured_gaps() -> str:
    """The list of measured gaps: a line for each composition."""
    return _LIST.read_text(encoding="utf-8")
