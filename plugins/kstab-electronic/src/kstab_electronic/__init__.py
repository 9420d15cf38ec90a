"""Whether the interphase of a solid electrolyte conducts electrons: an assessment for kstab."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kstab.hooks import Assessment, Finding, Option, hookimpl

if TYPE_CHECKING:
    from kstab.context import Context

__all__ = ["assess", "kstab_assessments"]

_OPTIONS = (
    Option(
        "sigma-e",
        float,
        None,
        "Electronic conductivity of the interphase, S/cm, to tell how thick it grows in a year.",
        metavar="S/CM",
    ),
    Option("drop", float, 1.0, "Voltage across the interphase while it grows, V.", metavar="V"),
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
