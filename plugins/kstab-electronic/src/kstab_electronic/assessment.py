"""The findings: interphase, staircase, the electrolyte's own gap, growth, what a review says."""

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from kstab import Formula
from kstab.errors import RequestError
from kstab.findings import Confidence, Finding
from kstab_electronic import growth, measuring, review, sources, staircase
from kstab_electronic.cases import Contact, contacts_of
from kstab_electronic.decision import LIKELY_ISOLATED, InterphaseClass, band_of
from kstab_electronic.gaps import Gap, weakest
from kstab_electronic.layers import Layer, Layers, describe
from kstab_electronic.robustness import Variant, variants

if TYPE_CHECKING:
    from kstab.context import Context

_VERDICTS: Final[dict[InterphaseClass | None, str]] = {
    "I": "no_reaction", "II": "mixed_conducting", "III": "blocking", None: "undecided",
}  # fmt: skip
_WORDS: Final = {
    ("II", "medium"): "is likely mixed-conducting and then goes on growing (class II)",
    ("II", "low"): "may be mixed-conducting and go on growing (class II)",
    ("III", "medium"): "is likely electronically blocking (class III)",
    ("III", "low"): "may be electronically blocking (class III)",
}

_PBE: Final = "PBE leaves out about a third of a gap; a calculated zero can be false."
_GAP: Final = (
    "A gap is not a conductivity: doping, defects, carrier mobility, grain boundaries and "
    "nanostructure decide that too."
)
_KINETICS: Final = "Kinetics decide which of these phases form, and in which arrangement."
_PHI: Final = (
    "The volume fraction alone does not decide: Li3PS4 and Na3PS4 form about 25 % of leaky "
    "phosphide, and their interphases are known to be self-limiting or slow."
)


def findings(result: Any, context: "Context") -> Iterable[Finding]:
    """Return the findings on a window or an interface.

    Raises:
        RequestError: A conductivity or a voltage drop that is not positive was given.
    """
    conductivity, drop = _growth_options(context)
    layers = Layers(context, getattr(result, "ion", None))
    contacts = contacts_of(result, layers, context)
    names: list[str] = []
    near: list[str] = []
    for contact in contacts:
        interphase, confidence = _decide(contact)
        flips = _flips(contact, interphase, layers, context)
        yield _interphase(contact, interphase, confidence, flips)
        if contact.rungs:
            yield staircase.finding(contact)
        if conductivity is not None:
            yield growth.finding(contact, conductivity, drop)
        names += _products(contact)
        near += [variant.formula for variant, _ in flips if not variant.removed]
    quoted = review.finding(names, near)
    if quoted:
        yield quoted
    electrolytes = [formula for contact in contacts for formula in contact.electrolytes]
    for formula in electrolytes:
        if len(Formula.parse(formula).elements) > 1:
            yield _own_gap(layers.gap(formula), len(electrolytes) == 1)


def _growth_options(context: "Context") -> tuple[float | None, float]:
    """Conductivity, S/cm, and voltage drop, V."""
    conductivity, drop = context.options.get("sigma-e"), context.options.get("drop", 1.0)
    for what, value in (("conductivity", conductivity), ("voltage drop", drop)):
        if value is not None and not (isfinite(value) and value > 0.0):
            raise RequestError(f"The {what} across the interphase must be above zero.")
    return conductivity, drop


_Flips = list[tuple[Variant, InterphaseClass]]


def _interphase(
    contact: Contact, interphase: InterphaseClass | None, confidence: Confidence, flips: _Flips
) -> Finding:
    notes = list(contact.notes)
    if flips:
        confidence = weakest(confidence, "low")
        notes += [f"Class {other} {variant.change}." for variant, other in flips]
    if interphase and not contact.certain:
        confidence = weakest(confidence, "low")
        notes.append("The energies cannot tell a reaction from none (class I).")
    return Finding(
        verdict=_VERDICTS[interphase],
        confidence=confidence,
        headline=_headline(contact, interphase, confidence),
        measurements=measuring.of_layer(contact.layer),
        notes=(*notes, *_notes(contact, interphase)),
        references=_references(contact.layer, interphase),
    )


def _decide(contact: Contact) -> tuple[InterphaseClass | None, Confidence]:
    """The class of a contact, with what metal on the way adds or takes.

    Never surer than medium: which phases form, if any, rests on energies alone.
    """
    if not contact.reacts:
        return "I", "medium"
    alone, confidence = contact.layer.verdict()
    metals = [r.layer for r in contact.on_the_way if r.layer.metal_fraction >= LIKELY_ISOLATED]
    if alone is None or not metals:
        return alone, weakest("medium", confidence)
    both, together = contact.layer.verdict(metal_elsewhere=True)
    if any(layer.metal_confidence in ("medium", "high") for layer in metals):
        return both, weakest("medium", together)
    return both, weakest("medium", together, confidence)


def _flips(
    contact: Contact, interphase: InterphaseClass | None, layers: Layers, context: "Context"
) -> _Flips:
    """The changes of the phases that give another class, and that class."""
    if interphase is None:
        return []
    products = [part.formula for part in contact.layer.parts]
    own = {Formula.parse(name).key for name in contact.situation.reactants}
    found: _Flips = []
    for variant in variants(contact.situation, products, context):
        same = {Formula.parse(product.formula).key for product in variant.products} <= own
        other = "I" if same else layers(variant.products).verdict()[0]
        if other not in (None, interphase):
            found.append((variant, other))
    return found


def _headline(contact: Contact, interphase: InterphaseClass | None, confidence: Confidence) -> str:
    title = contact.title
    if interphase == "I":
        unsure = "" if contact.certain else ", but that is within their error"
        return f"{title}: nothing reacts by these energies{unsure} (class I)."
    if not contact.layer.parts:
        return f"{title}: no solid forms, so there is no interphase."
    made = ", ".join(describe(part) for part in contact.layer.parts)
    if interphase is None:
        return f"{title}: {made}; without {contact.layer.missing} the class cannot be told."
    unsure = "" if contact.certain else "if anything reacts, which the energies cannot tell, "
    return f"{title}: {unsure}the interphase {_WORDS[interphase, confidence]}: {made}."


def _notes(contact: Contact, interphase: InterphaseClass | None) -> Iterator[str]:
    if interphase == "I":
        yield _KINETICS
        return
    if interphase == "II" and band_of(contact.layer.conducting_fraction or 0.0) == "ambiguous":
        yield _PHI
    for rung in contact.on_the_way:
        if rung.layer.conducting:
            made = ", ".join(describe(part) for part in rung.layer.conducting)
            yield f"On the way, {staircase.span(rung.low, rung.high)}: {made}."
    yield from (_PBE, _GAP, _KINETICS)
    for part in contact.layer.parts:
        if part.gap.remark:
            yield f"{part.formula}: {part.gap.remark}."
        if part.volume_confidence in ("low", "medium"):
            yield f"{part.formula}: {part.volume_source}."


def _products(contact: Contact) -> list[str]:
    """Formulas of what forms at the contact and on the whole staircase."""
    if not contact.reacts and not contact.rungs:
        return []
    layers = [contact.layer, *(rung.layer for rung in contact.rungs if rung.reacts)]
    return [part.formula for layer in layers for part in layer.parts]


def _references(layer: Layer, interphase: InterphaseClass | None) -> tuple[str, ...]:
    if interphase == "I":
        return (sources.CLASSES,)
    found = [sources.CLASSES, sources.PERCOLATION, sources.SPHERES, sources.CALCULATED]
    if any(part.gap.measured is not None for part in layer.parts):
        found.append(sources.MEASURED)
    return tuple(found)


_OWN_WORDS: Final = {
    ("metallic", "medium"): "metallic; it likely conducts electrons and is then no electrolyte",
    ("metallic", "low"): "metallic; it may conduct electrons and is then no electrolyte",
    (
        "leaky",
        "",
    ): "leaky; it may conduct electrons itself, and a mixed conductor is no electrolyte",
    ("uncertain", ""): "uncertain; it may be a mixed conductor, which is no electrolyte",
    ("likely_blocking", ""): "likely blocking",
    ("blocking", ""): "blocking",
}


def _own_gap(gap: Gap, alone: bool) -> Finding:
    """Whether the electrolyte itself blocks electrons."""
    if gap.known_class is None:
        headline = f"The band gap of {gap.formula} itself is unknown."
        return Finding("gap_unknown", "none", headline)
    remark = (f"{gap.formula}: {gap.remark}.",) if gap.remark else ()
    electrode = () if alone else ("An electrode may conduct electrons; an electrolyte must not.",)
    how = "" if gap.measured is not None else " (PBE)"
    words = _OWN_WORDS.get((gap.known_class, "")) or _OWN_WORDS[gap.known_class, gap.confidence]
    return Finding(
        verdict=f"gap_{gap.known_class}",
        confidence=gap.confidence,
        headline=f"{gap.formula} itself has a gap of {gap.text}{how}: {words}.",
        measurements=tuple(measuring.of_gap(gap)),
        notes=(*remark, _PBE, _GAP, *electrode),
        references=(sources.MEASURED if gap.measured is not None else sources.CALCULATED,),
    )
