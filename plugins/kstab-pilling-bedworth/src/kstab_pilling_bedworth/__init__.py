"""Pilling-Bedworth ratios and volume changes of what forms at a contact, for kstab."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kstab.hooks import Assessment, Command, Finding, hookimpl

if TYPE_CHECKING:
    import click
    from kstab.context import Context


@hookimpl
def kstab_assessments() -> Iterable[Assessment]:
    """Return the assessment of windows and interfaces."""
    return [
        Assessment(
            name="pilling-bedworth",
            analyses=("window", "interface"),
            assess=_assess,
            summary="Volume of what forms against the metal it formed from.",
        )
    ]


@hookimpl
def kstab_commands() -> Iterable[Command]:
    """Return ``kstab pbr``."""
    return [Command("pbr", _make, "Pilling-Bedworth ratios of candidate layers.")]


def _assess(result: Any, context: "Context") -> Iterable[Finding]:
    from kstab_pilling_bedworth.assessment import assess

    return assess(result, context)


def _make() -> "click.Command":
    from kstab_pilling_bedworth.command import pbr

    return pbr
