"""What an assessment found: the values plugins return and reports show."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, Literal, TypeVar, get_args

from kstab.base.written import Written

Confidence = Literal["high", "medium", "low", "none"]

_VERDICT: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_Item = TypeVar("_Item")


def tuple_of(kind: type[_Item], items: Iterable[Any], what: str) -> tuple[_Item, ...]:
    """Return items as a tuple.

    Raises:
        TypeError: They are no list or tuple, or one of them is of another type.

    >>> tuple_of(str, ["a"], "notes")
    ('a',)
    >>> tuple_of(str, "a", "notes")
    Traceback (most recent call last):
    ...
    TypeError: notes is 'a'; give a tuple of str
    """
    if not isinstance(items, list | tuple):
        raise TypeError(f"{what} is {items!r}; give a tuple of {kind.__name__}")
    wrong = [item for item in items if not isinstance(item, kind)]
    if wrong:
        raise TypeError(f"{what} has {wrong[0]!r}, which is no {kind.__name__}")
    return tuple(items)


def _check_text(value: Any, what: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{what} is {value!r} and no text")


def _number(value: Any, what: str) -> float | None:
    """A finite number; None for what is none."""
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{what} is {value!r} and no number") from None
    return number if isfinite(number) else None


@dataclass(frozen=True, eq=False, slots=True)
class Measurement(Written):
    """A number behind a finding.

    Attributes:
        quantity: What it is, as ``Pilling-Bedworth ratio``.
        value: The number, or a word where it is none; None where it is unknown.
        unit: Its unit; empty for a dimensionless one.
        low: Lower end of its range; None where there is no range.
        high: Upper end of its range.
        subject: What it is of, as ``K2S``; empty for the whole result.
        source: Where it is from, in a few words; may be empty.

    Numbers that are infinite or nan become None.

    Raises:
        TypeError: A field is of another type.
        ValueError: The lower end of the range is above the higher one.
    """

    quantity: str
    value: float | str | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    subject: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("quantity", "unit", "subject", "source"):
            _check_text(getattr(self, name), name)
        if not isinstance(self.value, str):
            object.__setattr__(self, "value", _number(self.value, f"the {self.quantity}"))
        for name in ("low", "high"):
            number = _number(getattr(self, name), f"{name} of the {self.quantity}")
            object.__setattr__(self, name, number)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the range of the {self.quantity} ends below its beginning")


@dataclass(frozen=True, slots=True)
class Finding:
    """What an assessment says of a result.

    Attributes:
        verdict: For programs: lower-case words joined by ``_``, as ``protective`` or
            ``not_applicable``.
        confidence: How sure it is; ``none`` where nothing can be said.
        headline: The same for people, one sentence.
        measurements: Numbers behind it.
        notes: What to keep in mind, sentences.
        references: Where definitions and thresholds are from: ``doi:10...``, BibTeX or words.

    Raises:
        TypeError: A field is of another type.
        ValueError: The verdict is not written so, the headline is empty, or the confidence is
            another word.
    """

    verdict: str
    confidence: Confidence
    headline: str
    measurements: tuple[Measurement, ...] = ()
    notes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_text(self.verdict, "the verdict")
        if not _VERDICT.fullmatch(self.verdict):
            raise ValueError(f"the verdict {self.verdict!r} is not lower-case words joined by _")
        if self.confidence not in get_args(Confidence):
            words = ", ".join(get_args(Confidence))
            raise ValueError(f"the confidence {self.confidence!r} is not one of {words}")
        _check_text(self.headline, "the headline")
        if not self.headline.strip():
            raise ValueError("the headline is empty")
        for name, kind in (("measurements", Measurement), ("notes", str), ("references", str)):
            object.__setattr__(self, name, tuple_of(kind, getattr(self, name), name))


@dataclass(frozen=True, eq=False, slots=True)
class Assessed(Written):
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
