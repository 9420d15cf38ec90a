"""Space charge at the contact of a solid electrolyte, estimated: a plugin of kstab."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kstab.hooks import Assessment, Command, Finding, Option, hookimpl

if TYPE_CHECKING:
    import click

    from kstab.context import Context

MODELS = ("site-limited", "mott-schottky", "gouy-chapman")


def _assess(result: Any, context: "Context") -> Iterable[Finding]:
    if context.options.get("step") is None:
        return ()
    from kstab_space_charge.assessment import assess

    return assess(result, context)


def _command() -> "click.Command":
    from kstab_space_charge.command import space_charge

    return space_charge


OPTIONS = (
    Option(
        "step",
        float,
        help="Potential of the contact against the bulk, V; positive where it drives the "
        "working ions out. Nothing is estimated without it.",
        metavar="V",
    ),
    Option("phase", str, help="Which reactant.  [default: the first compound with the ion]"),
    Option(
        "filling",
        float,
        help="Part of the sites that is filled, 0 to 1.  [default: 0.5, for dilute models 1]",
    ),
    Option("permittivity", float, help="Relative permittivity.  [default: of the phase]"),
    Option(
        "site-density",
        float,
        help="Sites of the mobile ion.  [default: working ions per volume of the phase]",
        metavar="CM-3",
    ),
    Option("conductivity", float, help="Ionic conductivity of the bulk.", metavar="S/CM"),
    Option("model", str, MODELS[0], "Model of the layer.", choices=MODELS),
)


@hookimpl
def kstab_assessments() -> Iterable[Assessment]:
    """Return the assessment ``space-charge``."""
    summary = "Estimate the space charge at a contact, when its potential step is given."
    return [Assessment("space-charge", ("interface",), _assess, summary, OPTIONS)]


@hookimpl
def kstab_commands() -> Iterable[Command]:
    """Return the command ``kstab space-charge``."""
    return [Command("space-charge", _command, "Estimate the space charge at a contact.")]
