"""What the volumes say of a contact with the metal, and of any other reaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kstab.analyses.interface_results import NOTHING, InterfaceResult, Kink
from kstab.analyses.results import Product, WindowResult, gases
from kstab.composition import Formula
from kstab.context import Context
from kstab.elements import ALKALI_METALS
from kstab.findings import Confidence, Finding, Measurement

from kstab_pilling_bedworth.ratio import (
    Part,
    Ranged,
    Verdict,
    change,
    mixture,
    ratio,
    solid,
)
from kstab_pilling_bedworth.volumes import Kind, Source, sources

RATIO: Final = "Pilling-Bedworth ratio"
CHANGE: Final = "volume change"
ENERGY: Final = "reaction energy"
PILLING: Final = "N. B. Pilling and R. E. Bedworth, J. Inst. Met. 29, 529-591 (1923)"
CREEP: Final = "A ratio under 1 does not mean no contact: {ion} is soft and creeps into gaps."
STOPS: Final = "The ratio does not tell whether the reaction stops; its energy is beside it."
MEANS: Final[dict[Verdict, str]] = {
    "porous": "too little volume to cover the metal",
    "protective": "enough volume to cover the metal",
    "spalling": "so much volume that a layer may spall",
}
ROOM: Final = 298.15
DISAGREE: Final = 0.2
"""Relative difference of a phase's measured and calculated ratio from which one is in doubt."""
SIGMAS: Final = 2.0


@dataclass(frozen=True)
class Contact:
    """A reaction with the metal.

    Attributes:
        phase: The phase that reacts.
        name: What it is called in measurements.
        ion: Symbol of the metal.
        products: What forms.
        reactants: What it forms from, the metal included.
        energy: Reaction energy, eV.
        sigma: Its standard deviation; None where unknown.
        unit: Of the energy.
    """

    phase: str
    name: str
    ion: str
    products: tuple[Product, ...]
    reactants: tuple[Part, ...]
    energy: float
    sigma: float | None
    unit: str

    @property
    def parts(self) -> list[Part]:
        """The products that are no gases."""
        return solid(self.products)

    @property
    def reacts(self) -> bool:
        """Whether energy is released."""
        return self.energy < -NOTHING


def assess(result: WindowResult | InterfaceResult, context: Context) -> Iterator[Finding]:
    """Yield a finding on the contact with the metal, or on the volume change elsewhere."""
    if isinstance(result, WindowResult):
        contact = _at_zero_volts(result)
        if contact:
            yield _with_metal(contact, (), context)
    elif result.reservoir:
        energy, sigma = result.reservoir.energy_per_atom, result.reservoir.energy_per_atom_sigma
        found = result.reservoir
        contact = _contact(
            found.reactant, found.ion, found.products, found.ion_change, energy, sigma
        )
        yield _with_metal(contact, _at_minimum(result, contact), context)
    elif result.minimum_total.energy_per_atom < -NOTHING:
        yield from _elsewhere(result.minimum_total, context)


def _at_zero_volts(result: WindowResult) -> Contact | None:
    """What the first step makes against the metal; None where steps begin elsewhere."""
    if not result.steps or result.steps[0].voltage_low != 0.0:
        return None
    step = result.steps[0]
    energy = step.decomposition_energy_low
    return _contact(step.reactant, step.ion, step.products, step.ion_change, energy, None)


def _contact(
    phase: str,
    ion: str,
    products: tuple[Product, ...],
    taken_up: float,
    energy: float,
    sigma: float | None,
) -> Contact:
    """A phase in any amount of the metal; a phase that gives ions off plates the metal."""
    metal = Formula.parse(ion)
    plated = (Product(ion, -taken_up, ""),) if taken_up < 0 else ()
    used = ((metal, taken_up),) if taken_up > 0 else ()
    reactants = ((Formula.parse(phase), 1.0), *used)
    name = f"{phase} in any amount of {ion}"
    return Contact(
        phase, name, ion, (*products, *plated), reactants, energy, sigma, f"eV/atom of {phase}"
    )


def _at_minimum(result: InterfaceResult, contact: Contact) -> tuple[Contact, ...]:
    """The mixing ratio of the lowest energy per atom of both; nothing where nothing reacts."""
    kink = result.minimum_total
    if kink.energy_per_atom >= -NOTHING:
        return ()
    phase, ion = contact.phase, contact.ion
    energy, sigma = kink.energy_per_atom, kink.energy_per_atom_sigma
    unit = "eV/atom of both"
    name = f"{kink.reaction} (lowest energy)"
    return (Contact(phase, name, ion, kink.products, _reactants(kink), energy, sigma, unit),)


def _reactants(kink: Kink) -> tuple[Part, ...]:
    shares = ((kink.a, kink.x_molar), (kink.b, 1.0 - kink.x_molar))
    return tuple((Formula.parse(name), share) for name, share in shares if share > 0.0)


def _with_metal(contact: Contact, others: tuple[Contact, ...], context: Context) -> Finding:
    by_kind = sources(context)
    found = {kind: mixture(contact.parts, contact.ion, by_kind[kind]) for kind in by_kind}
    measurements = [_energy(contact), *_ratios(contact, by_kind)]
    measurements += _whole(contact, by_kind)
    for other in others:
        measurements.append(_energy(other))
        if _formulas(other) != _formulas(contact):
            measurements += _whole(other, by_kind)
    chosen = found["measured"] or found["calculated"]
    kind: Kind = "measured" if found["measured"] else "calculated"
    return Finding(
        verdict=chosen.verdict if chosen else _without(contact),
        confidence=confidence(chosen),
        headline=_headline(contact, chosen, kind),
        measurements=tuple(measurements),
        notes=tuple(_notes(contact, chosen, by_kind, context)),
        references=(PILLING,),
    )


def _formulas(contact: Contact) -> set[str]:
    return {product.formula for product in contact.products}


def confidence(chosen: Ranged | None) -> Confidence:
    """Return how sure a verdict is: never high, as the ratio is but a rule of thumb."""
    if chosen is None:
        return "none"
    return "medium" if chosen.clear else "low"


def _without(contact: Contact) -> str:
    holding = any(formula[contact.ion] for formula, _ in contact.parts)
    return "unknown" if holding else "no_ratio"


def _headline(contact: Contact, chosen: Ranged | None, kind: Kind) -> str:
    if not contact.reacts:
        what = f"{contact.phase} does not react with {contact.ion}; as a layer grown on it, it"
    else:
        what = f"What {contact.phase} and {contact.ion} form"
    released = f", and {-contact.energy:.2f} {contact.unit} are released" * contact.reacts
    if chosen is None:
        because = {
            "unknown": "has no ratio, as a volume is unknown",
            "no_ratio": f"has no ratio, as it holds no {contact.ion}",
        }[_without(contact)]
        return f"{what} {because}{released}."
    return (
        f"{what} has a Pilling-Bedworth ratio of {chosen.value:.2f} ({kind}): "
        f"{MEANS[chosen.verdict]}{released}."
    )


def _energy(contact: Contact) -> Measurement:
    half = None if contact.sigma is None else SIGMAS * contact.sigma
    return Measurement(
        quantity=ENERGY,
        value=contact.energy,
        unit=contact.unit,
        low=None if half is None else contact.energy - half,
        high=None if half is None else contact.energy + half,
        subject=contact.name,
        source="" if half is None else "range: two standard deviations",
    )


def _ratios(contact: Contact, by_kind: dict[Kind, Source]) -> Iterator[Measurement]:
    """The ratio of each product; a product without the metal has none."""
    for formula, _ in contact.parts:
        if formula[contact.ion] and formula.text != contact.ion:
            for kind, source in by_kind.items():
                found = ratio(formula, contact.ion, source)
                if found:
                    yield _measurement(RATIO, found, kind, formula.text)


def _whole(contact: Contact, by_kind: dict[Kind, Source]) -> Iterator[Measurement]:
    """The ratio of the mixture and the volume change."""
    for kind, source in by_kind.items():
        mean = mixture(contact.parts, contact.ion, source)
        if mean and len(contact.parts) > 1:
            yield _measurement(RATIO, mean, kind, f"products of {contact.name}")
        difference = change(contact.parts, contact.reactants, source)
        if difference and contact.reacts:
            yield _percent(difference, kind, contact.name)


def _percent(found: Ranged, kind: Kind, subject: str) -> Measurement:
    scaled = Ranged(100.0 * found.value, 100.0 * found.low, 100.0 * found.high, found.source)
    return _measurement(CHANGE, scaled, kind, subject, "%")


def _measurement(
    quantity: str, found: Ranged, kind: Kind, subject: str, unit: str = ""
) -> Measurement:
    source = found.source if found.source.startswith(kind) else f"{kind}: {found.source}"
    return Measurement(quantity, found.value, unit, found.low, found.high, subject, source)


def _notes(
    contact: Contact, chosen: Ranged | None, by_kind: dict[Kind, Source], context: Context
) -> Iterator[str]:
    if chosen and not chosen.clear:
        yield (
            f"The ratio may be {chosen.low:.2f} to {chosen.high:.2f}, on both sides of a threshold."
        )
    if contact.reacts:
        yield STOPS
    if contact.sigma is not None and NOTHING < -contact.energy < SIGMAS * contact.sigma:
        yield "The reaction energy cannot be told from zero at two standard deviations."
    if chosen and chosen.verdict == "porous" and contact.ion in ALKALI_METALS:
        yield CREEP.format(ion=contact.ion)
    yield from _odd_parts(contact, by_kind)
    if context.temperature > ROOM + 1.0:
        yield "Volumes are those near room temperature, or at 0 K where calculated."


def _odd_parts(contact: Contact, by_kind: dict[Kind, Source]) -> Iterator[str]:
    without = [f.text for f, _ in contact.parts if not f[contact.ion]]
    if without:
        yield (
            f"{_listed(without)} without {contact.ion} counts in the volume change, "
            "not in the ratio."
        )
    if gone := gases(contact.products):
        yield f"{_listed(list(gone))} is a gas and counts in no volume."
    missing = [
        formula.text
        for formula, _ in (*contact.parts, *contact.reactants)
        if not any(source(formula) for source in by_kind.values())
    ]
    if missing:
        yield f"No volume of {_listed(missing)}."
    for formula, _ in contact.parts:
        pair = [ratio(formula, contact.ion, source) for source in by_kind.values()]
        if pair[0] and pair[1] and abs(pair[0].value / pair[1].value - 1.0) > DISAGREE:
            yield (
                f"{formula}: measured and calculated volume differ by more than {DISAGREE:.0%}; "
                "one of them may be of another form."
            )


def _listed(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _elsewhere(kink: Kink, context: Context) -> Iterator[Finding]:
    """The volume change at the lowest energy; nothing where no kind of volume is complete."""
    parts, reactants = solid(kink.products), _reactants(kink)
    found = {
        kind: changed
        for kind, source in sources(context).items()
        if (changed := change(parts, reactants, source))
    }
    for kind, changed in list(found.items())[:1]:
        yield Finding(
            verdict="shrinks" if changed.value < 0.0 else "grows",
            confidence="medium" if changed.low * changed.high > 0.0 else "low",
            headline=f"The reaction of lowest energy changes the volume by "
            f"{100.0 * changed.value:+.0f} % ({kind}).",
            measurements=tuple(_percent(one, kind, kink.reaction) for kind, one in found.items()),
            notes=tuple(_notes_elsewhere(kink)),
        )


def _notes_elsewhere(kink: Kink) -> Iterator[str]:
    yield "There is no Pilling-Bedworth ratio without the metal."
    if kink.ion_change:
        yield f"{kink.ion} exchanged with the electrode counts in no volume."
    if kink.gases:
        yield f"{_listed(list(kink.gases))} is a gas and counts in no volume."
