"""What the volumes say of a contact with the metal, and of any other reaction."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kstab import WindowResult
from kstab.context import Context
from kstab.findings import Confidence, Finding, Measurement

from kstab_pilling_bedworth import words
from kstab_pilling_bedworth.contact import (
    NOTHING,
    Contact,
    at_minimum,
    at_reservoir,
    at_zero_volts,
    reactants,
    told,
)
from kstab_pilling_bedworth.ratio import Ranged, change, filled, mixture, ratio, solid
from kstab_pilling_bedworth.volumes import Source, VolumeKind, sources

if TYPE_CHECKING:  # a window does without them
    from kstab import InterfaceResult

RATIO: Final = "Pilling-Bedworth ratio"
CHANGE: Final = "volume change"
ENERGY: Final = "reaction energy"


def assess(result: "WindowResult | InterfaceResult", context: Context) -> Iterator[Finding]:
    """Yield a finding on the contact with the metal, or on the volume change elsewhere."""
    if isinstance(result, WindowResult):
        contact = at_zero_volts(result, context)
        if contact:
            yield _with_metal(contact, None, context)
        return
    contact = at_reservoir(result)
    if contact:
        yield _with_metal(contact, at_minimum(result, contact), context)
        return
    for one, charged in ((result, ""), (result.charged, _charged(result))):
        if one and one.minimum_total.energy_per_atom < -NOTHING:
            yield _elsewhere(one, charged, context)


def confidence(chosen: Ranged | None, doubts: tuple[str, ...]) -> Confidence:
    """Return how sure a verdict is: never high, as the ratio is but a rule of thumb.

    >>> confidence(None, ()), confidence(Ranged(1.2, 1.1, 1.3, ""), ("The volume is bad.",))
    ('none', 'low')
    """
    if chosen is None:
        return "none"
    return "low" if doubts else "medium"


def _with_metal(contact: Contact, lowest: Contact | None, context: Context) -> Finding:
    by_kind = sources(context)
    found = {kind: mixture(contact.parts, contact.ion, by_kind[kind]) for kind in by_kind}
    kind: VolumeKind = "measured" if found["measured"] else "calculated"
    chosen = found[kind]
    as_filled = [filled(contact.parts, contact.ion, by_kind[one]) for one in (kind, "calculated")]
    doubts = tuple(words.doubts(contact, chosen, found["calculated"], as_filled[0] or as_filled[1]))
    others = (
        *words.cannot_know(contact, chosen),
        *words.odd_parts(contact, by_kind),
        *words.missing((*contact.parts, *contact.reactants), by_kind),
        *words.conditions(context),
    )
    return Finding(
        verdict=chosen.verdict if chosen else "unknown" if contact.layer else "no_ratio",
        confidence=confidence(chosen, doubts),
        headline=words.headline(contact, chosen, kind, sure=not doubts),
        measurements=tuple(_measurements(contact, lowest, by_kind)),
        notes=(*doubts, *others),
        references=words.references(contact, chosen),
    )


def _measurements(
    contact: Contact, lowest: Contact | None, by_kind: dict[VolumeKind, Source]
) -> Iterator[Measurement]:
    yield _energy(contact)
    yield from _ratios(contact, by_kind)
    yield from _whole(contact, by_kind)
    if lowest:
        yield _energy(lowest)
        formulas = [{product.formula for product in one.products} for one in (contact, lowest)]
        if formulas[0] != formulas[1]:
            yield from _whole(lowest, by_kind)


def _energy(contact: Contact) -> Measurement:
    sigma = contact.sigma
    return Measurement(
        quantity=ENERGY,
        value=contact.energy,
        unit=f"eV/atom of {contact.per}",
        low=None if sigma is None else contact.energy - sigma,
        high=None if sigma is None else contact.energy + sigma,
        subject=contact.name,
        source="" if sigma is None else "range: one standard deviation",
    )


def _ratios(contact: Contact, by_kind: dict[VolumeKind, Source]) -> Iterator[Measurement]:
    """The ratio of each product; a product without the metal has none."""
    for formula, _ in contact.layer:
        for kind, source in by_kind.items():
            found = ratio(formula, contact.ion, source)
            if found:
                yield _measurement(RATIO, found, kind, formula.text)


def _whole(contact: Contact, by_kind: dict[VolumeKind, Source]) -> Iterator[Measurement]:
    """The ratio of the mixture and the volume change."""
    for kind, source in by_kind.items():
        mean = mixture(contact.parts, contact.ion, source)
        if mean and len(contact.parts) > 1:
            yield _measurement(RATIO, mean, kind, f"products of {contact.name}")
        difference = change(contact.parts, contact.reactants, source)
        if difference and contact.reacts:
            yield _percent(difference, kind, contact.name)


def _percent(found: Ranged, kind: VolumeKind, subject: str) -> Measurement:
    scaled = Ranged(100.0 * found.value, 100.0 * found.low, 100.0 * found.high, found.source)
    return _measurement(CHANGE, scaled, kind, subject, "%")


def _measurement(
    quantity: str, found: Ranged, kind: VolumeKind, subject: str, unit: str = ""
) -> Measurement:
    source = found.source if found.source.startswith(kind) else f"{kind}: {found.source}"
    return Measurement(quantity, found.value, unit, found.low, found.high, subject, source)


def _charged(result: "InterfaceResult") -> str:
    """The charged cathode; empty where there is none."""
    other = result.charged
    if other is None:
        return ""
    return other.a if other.a != result.a else other.b


def _elsewhere(result: "InterfaceResult", charged: str, context: Context) -> Finding:
    """The volume change at the lowest energy."""
    kink = result.minimum_total
    parts, used, by_kind = solid(kink.products), reactants(kink), sources(context)
    found = {kind: change(parts, used, source) for kind, source in by_kind.items()}
    kind: VolumeKind = "measured" if found["measured"] else "calculated"
    chosen = found[kind]
    reaction = told(kink.energy_per_atom, kink.energy_per_atom_sigma)
    doubts = tuple(words.doubts_elsewhere(chosen, told=reaction))
    return Finding(
        verdict="unknown" if chosen is None else "shrinks" if chosen.value < 0.0 else "grows",
        confidence=confidence(chosen, doubts),
        headline=words.headline_elsewhere(kink, charged, chosen, kind),
        measurements=tuple(
            _percent(one, name, kink.reaction) for name, one in found.items() if one
        ),
        notes=(
            *doubts,
            *words.notes_elsewhere(kink, chosen),
            *words.missing((*parts, *used), by_kind),
            *words.conditions(context),
        ),
    )
