"""How much charge an electrolyte takes up when it is reduced: an example of a kstab plugin."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kstab.hooks import Assessment, Finding, Measurement, Option, hookimpl

if TYPE_CHECKING:  # a plugin should cost nothing until it runs
    from kstab import WindowResult
    from kstab.context import Context


def assess(result: "WindowResult", context: "Context") -> Iterator[Finding]:
    """Say how much charge the phase takes up, from what it is down to a voltage."""
    if result.window_kind == "none":
        return
    lowest = context.options["down-to"]
    step = next(s for s in result.steps if s.voltage_high is None or lowest < s.voltage_high)
    capacity = step.capacity_mAh_g if step.ion_change > 0 else 0.0
    name, down = result.formula, f"down to {lowest:g} V"
    yield Finding(
        verdict="takes_up_charge" if capacity else "takes_up_nothing",
        confidence="medium",
        headline=(
            f"{name} takes up {capacity:.0f} mAh/g {down}."
            if capacity
            else f"{name} takes up no {result.ion} {down}."
        ),
        measurements=(Measurement("capacity of reduction", capacity, "mAh/g", subject=name),),
        notes=("It counts what can happen, not how fast.",) if capacity else (),
    )


@hookimpl
def kstab_assessments() -> Iterable[Assessment]:
    """Offer the assessment to kstab."""
    return [
        Assessment(
            name="reduction-capacity",
            analyses=("window",),
            assess=assess,
            summary="Charge that a phase takes up when it is reduced.",
            options=(Option("down-to", float, 0.0, "Voltage to reduce it to, V.", metavar="V"),),
        )
    ]
