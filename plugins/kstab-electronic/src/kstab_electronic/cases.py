"""Windows and interfaces brought to one form: contacts, and the staircase there may be."""

from typing import TYPE_CHECKING, Any, NamedTuple

from kstab import Formula
from kstab.plugin_tools import TELLING
from kstab_electronic.layers import Layer, Layers
from kstab_electronic.robustness import Situation

if TYPE_CHECKING:
    from kstab import InterfaceResult, WindowResult
    from kstab.context import Context
    from kstab.plugin_tools import Reservoir, Step


class Rung(NamedTuple):
    """A step of the staircase.

    Attributes:
        low: Lower edge, V.
        high: Upper edge, V; None where there is none.
        change: Ions taken up (> 0) or given off (< 0).
        reacts: Whether anything else than the phase itself is there.
        layer: What is there.
    """

    low: float
    high: float | None
    change: float
    reacts: bool
    layer: Layer


class Contact(NamedTuple):
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


def contacts_of(result: Any, layers: Layers, context: "Context") -> tuple[Contact, ...]:
    """Return the contact of a window or an interface, and that with the charged cathode."""
    if result.kind == "window":
        return _known(_window(result, layers)) if result.steps else ()
    if result.reservoir is not None:
        return _known(_metal(result, result.reservoir, layers, context))
    charged = [] if result.charged is None else [_interface(result.charged, layers)]
    return _known(_interface(result, layers), *(c._replace(electrolytes=()) for c in charged))


def _known(*contacts: Contact) -> tuple[Contact, ...]:
    """The contacts in which anything can react; the metal with itself cannot."""
    return tuple(
        contact
        for contact in contacts
        if contact.situation.amounts and len(contact.situation.elements) > 1
    )


def _window(result: "WindowResult", layers: Layers) -> Contact:
    rungs = _rungs(result, layers)
    step, first = result.steps[0], rungs[0]
    # A mixture of the hull that takes up nothing is the phase as far as anybody knows.
    same = result.window_kind == "hull_mixture" and step.ion_change == 0
    notes: tuple[str, ...] = ()
    if first.reacts and not same and step.ion_change == 0:
        notes = ("It decomposes by itself there; the electrode adds nothing.",)
    return Contact(
        title=f"{result.formula} at {first.low:.3g} V",
        layer=first.layer,
        reacts=first.reacts and not same,
        certain=_window_is_certain(result, step, first),
        electrons=abs(step.ion_change) * result.ion_charge or None,
        situation=_mixture(((result.formula, 1.0),), result.ion, first.low),
        rungs=rungs,
        electrolytes=(result.formula,),
        notes=notes,
    )


def _rungs(result: "WindowResult", layers: Layers) -> tuple[Rung, ...]:
    own = [Formula.parse(result.formula).key]
    return tuple(
        Rung(
            step.voltage_low,
            step.voltage_high,
            step.ion_change,
            [Formula.parse(product.formula).key for product in step.products] != own,
            layers(step.products),
        )
        for step in result.steps
    )


def _window_is_certain(result: "WindowResult", step: "Step", first: Rung) -> bool:
    """Whether energies tell a reaction from none, or none from one."""
    if not first.reacts or step.ion_change < 0:
        return True
    sure = result.reduction_uncertainty
    if result.reduction_limit and sure is not None and sure.sigma is not None:
        return result.reduction_limit > TELLING * sure.sigma
    from kstab.plugin_tools import ERROR_BAR  # as slow as all of this plugin

    sigma = result.energy_above_hull_sigma
    error = ERROR_BAR if sigma is None else TELLING * sigma
    return abs(step.decomposition_energy_low) > error


def _metal(
    result: "InterfaceResult", reservoir: "Reservoir", layers: Layers, context: "Context"
) -> Contact:
    """The interphase reaches from the metal, at 0 V, to where the electrolyte is stable."""
    alone = _window(context.solve(reservoir.reactant), layers)
    return alone._replace(
        title=f"{reservoir.reactant} in contact with {reservoir.ion}",
        layer=layers(reservoir.products),
        certain=alone.certain and result.verdict != "cannot_be_told_from_stable",
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


def _mixture(shares: tuple[tuple[str, float], ...], ion: str | None, volts: float) -> Situation:
    amounts: dict[str, float] = {}
    for name, share in shares:
        for symbol, amount in Formula.parse(name).amounts:
            amounts[symbol] = amounts.get(symbol, 0.0) + share * float(amount)
    closed = {s: amount for s, amount in amounts.items() if s != ion}
    names = tuple(name for name, _ in shares)
    return Situation(closed, tuple({**amounts, **({ion: 0.0} if ion else {})}), ion, volts, names)
