"""Whether the interphase of a solid electrolyte conducts electrons: an assessment for kstab."""

from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING, Any

from kstab.hooks import Assessment, Finding, Option, hookimpl

if TYPE_CHECKING:
    from kstab.context import Context

__all__ = ["assess", "kstab_assessments"]


def _positive(text: Any) -> float:
    """Read a number above zero."""
    value = float(text)
    if not 0.0 < value < inf:
        raise ValueError(f"{text} is not a number above zero")
    return value


_OPTIONS = (
    Option(
        "sigma-e",
        _positive,
        None,
        "Electronic conductivity of the interphase, S/cm, above zero, to tell how thick it grows "
        "in a year.",
        metavar="S/CM",
    ),
    Option(
        "drop",
        _positive,
        1.0,
        "Voltage across the interphase while it grows, V, above zero.",
        metavar="V",
    ),
)


def assess(result: Any, context: "Context") -> Iterable[Finding]:
    """Return what is known of electrons in the interphase of a window or an interface."""
    from kstab_electronic.assessment import findings  # heavier than a hook may be

    return findings(result, context)


@hookimpl
def kstab_assessments() -> Iterable[Assessment]:
    """Return the one assessment of this plugin."""
    return [
        Assessment(
            "electronic",
            ("window", "interface"),
            assess,
            "Tells whether the interphase conducts electrons.",
            _OPTIONS,
        )
    ]
