"""Windows and interfaces brought to one form: a contact, and the staircase there may be."""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from kstab.analyses.interface_results import ERROR_BAR
from kstab.analyses.results import TELLING
from kstab.composition import Formula
from kstab.ions import ion as ion_of
from kstab_electronic.layers import Layer, Layers
from kstab_electronic.robustness import Situation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kstab.analyses.interface_results import InterfaceResult, Reservoir
    from kstab.analyses.results import Step, WindowResult
    from kstab.context import Context


@dataclass(frozen=True)
class Rung:
    """A step of the staircase.

    Attributes:
        low: Lower edge, V.
        high: Upper edge, V; None where there is none.
        change: Ions taken up (> 0) or given off (< 0).
        layer: What is there.
    """

    low: float
    high: float | None
    change: float
    layer: Layer


@dataclass(frozen=True)
class Contact:
    """Where an interphase forms, and what it is made of.

    Attributes:
        title: The same for people, as ``K3SbS4 at 0 V``.
        layer: The interphase.
        reacts: Whether anything forms.
        certain: Whether the energy tells that from the opposite.
        electrons: Electrons exchanged per formula unit; None where none are counted.
        situation: What the equilibrium was asked for.
        rungs: The whole staircase; empty where there is none.
        electrolytes: The phases whose own gap matters.
        notes: What to keep in mind.
    """

    title: str
    layer: Layer
    reacts: bool
    certain: bool
    electrons: float | None
    situation: Situation
    rungs: tuple[Rung, ...]
    electrolytes: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def on_the_way(self) -> tuple[Rung, ...]:
        """Steps between the interphase and the electrolyte that take up ions."""
        return tuple(
            rung for rung in self.rungs if rung.change > 0 and rung.low > self.situation.voltage
        )


def contact_of(result: Any, layers: Layers, context: "Context") -> Contact | None:
    """Return the contact of a window or an interface; None where there is nothing to say."""
    if result.kind == "window":
        return _window(result, layers)
    if result.reservoir is not None:
        return _metal(result, result.reservoir, layers, context)
    return _interface(result, layers)


def _window(result: "WindowResult", layers: Layers) -> Contact | None:
    lowest = max(result.voltage_range[0], 0.0) if result.voltage_range else 0.0
    steps = [s for s in result.steps if s.voltage_high is None or s.voltage_high > lowest]
    if not steps:
        return None
    step = steps[0]
    volts = max(step.voltage_low, lowest)
    rungs = _rungs(steps, layers)
    in_window = result.reduction_limit is not None and result.reduction_limit <= volts < (
        result.oxidation_limit or inf
    )
    return Contact(
        title=f"{result.formula} at {volts:.3g} V",
        layer=rungs[0].layer,
        reacts=not in_window,
        certain=_window_is_certain(result, step),
        electrons=abs(step.ion_change) * result.ion_charge or None,
        situation=_electrolyte(result.formula, result.ion, volts),
        rungs=rungs,
        electrolytes=(result.formula,),
    )


def _rungs(steps: "Iterable[Step]", layers: Layers) -> tuple[Rung, ...]:
    return tuple(
        Rung(step.voltage_low, step.voltage_high, step.ion_change, layers(step.products))
        for step in steps
    )


def _window_is_certain(result: "WindowResult", step: "Step") -> bool:
    """Whether energies tell a reaction from none, or none from one."""
    if result.reduction_limit is None or step.ion_change < 0:
        return True  # something else is stable there, by whatever energy
    if result.reduction_limit == 0.0:
        return result.window_kind == "own"
    sure = result.reduction_uncertainty
    if sure is not None and sure.sigma is not None:
        return result.reduction_limit > TELLING * sure.sigma
    return abs(step.decomposition_energy_low) > ERROR_BAR


def _metal(
    result: "InterfaceResult", reservoir: "Reservoir", layers: Layers, context: "Context"
) -> Contact:
    own = Formula.parse(reservoir.reactant)
    formed = [Formula.parse(product.formula).key for product in reservoir.products]
    return Contact(
        title=f"{reservoir.reactant} in contact with {reservoir.ion}",
        layer=layers(reservoir.products),
        reacts=formed != [own.key],
        certain=result.verdict != "cannot_be_told_from_stable",
        electrons=abs(reservoir.ion_change) * ion_of(reservoir.ion).charge or None,
        situation=_electrolyte(reservoir.reactant, reservoir.ion, 0.0),
        # The interphase reaches from the metal, at 0 V, to where the electrolyte is stable.
        rungs=_rungs(context.solve(reservoir.reactant).steps, layers),
        electrolytes=(reservoir.reactant,),
    )


def _interface(result: "InterfaceResult", layers: Layers) -> Contact:
    kink = result.minimum_total
    shares = ((result.a, kink.x_molar), (result.b, 1.0 - kink.x_molar))
    notes: tuple[str, ...] = ()
    if result.verdict == "self_decomposition":
        notes = ("A phase decomposes by itself here; the contact adds nothing.",)
    return Contact(
        title=f"{result.a} | {result.b}"
        + ("" if kink.voltage is None else f" at {kink.voltage:.3g} V"),
        layer=layers(kink.products),
        reacts=result.verdict not in ("no_reaction", "same_composition"),
        certain=result.verdict != "cannot_be_told_from_stable",
        electrons=None,
        situation=_mixture(shares, kink.ion, kink.voltage or 0.0),
        rungs=(),
        electrolytes=tuple(dict.fromkeys((result.a, result.b))),
        notes=notes,
    )


def _electrolyte(formula: str, ion: str, volts: float) -> Situation:
    return _mixture(((formula, 1.0),), ion, volts)


def _mixture(shares: tuple[tuple[str, float], ...], ion: str | None, volts: float) -> Situation:
    amounts: dict[str, float] = {}
    for name, share in shares:
        for symbol, amount in Formula.parse(name).amounts:
            amounts[symbol] = amounts.get(symbol, 0.0) + share * float(amount)
    closed = {s: amount for s, amount in amounts.items() if s != ion}
    names = tuple(name for name, _ in shares)
    return Situation(closed, tuple({**amounts, **({ion: 0.0} if ion else {})}), ion, volts, names)
