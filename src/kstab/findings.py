"""What an assessment found: the values plugins return and reports show."""

from dataclasses import dataclass
from typing import Literal

Confidence = Literal["high", "medium", "low", "none"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number behind a finding.

    Attributes:
        quantity: What it is, as ``Pilling-Bedworth ratio``.
        value: The number, or a word where it is none; None where it is unknown.
        unit: Its unit; empty for a dimensionless one.
        low: Lower end of its range; None where there is no range.
        high: Upper end of its range.
        subject: What it is of, as ``K2S``; empty for the whole result.
        source: Where it is from, in a few words; may be empty.
    """

    quantity: str
    value: float | str | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    subject: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an assessment says of a result.

    Attributes:
        verdict: One word or two for programs, as ``protective`` or ``not_applicable``.
        confidence: How sure it is; ``none`` where nothing can be said.
        headline: The same for people, one sentence.
        measurements: Numbers behind it.
        notes: What to keep in mind, sentences.
        references: Where definitions and thresholds are from, as ``doi:10...``.
    """

    verdict: str
    confidence: Confidence
    headline: str
    measurements: tuple[Measurement, ...] = ()
    notes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessed:
    """A finding in a result: what was found, and by whom.

    Attributes:
        name: Name of the assessment.
        plugin: Distribution it is from, or the file.
        plugin_version: Version of that; empty for a file.
        failed: Whether the assessment failed; the headline then says how.
        verdict: As in :class:`Finding`; ``failed`` where it failed.
        confidence: As in :class:`Finding`.
        headline: As in :class:`Finding`.
        measurements: As in :class:`Finding`.
        notes: As in :class:`Finding`.
        references: As in :class:`Finding`.
    """

    name: str
    plugin: str
    plugin_version: str
    failed: bool
    verdict: str
    confidence: Confidence
    headline: str
    measurements: tuple[Measurement, ...] = ()
    notes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
