"""The findings: the interphase, the staircase of conducting products, the electrolyte's gap."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from kstab.composition import Formula
from kstab.errors import RequestError
from kstab.findings import Confidence, Finding, Measurement
from kstab_electronic import review
from kstab_electronic.cases import Contact, Rung, contact_of
from kstab_electronic.decision import LIKELY_ISOLATED, InterphaseClass, band_of
from kstab_electronic.gaps import Gap, weakest
from kstab_electronic.growth import thickness
from kstab_electronic.layers import Layer, Layers, describe
from kstab_electronic.robustness import Variant, variants

if TYPE_CHECKING:
    from kstab.context import Context

CLASSES_DOI: Final = "doi:10.1016/j.ssi.2015.06.001"
MEASURED_DOI: Final = "doi:10.1021/acs.jpclett.8b00124"
CALCULATED_DOI: Final = "doi:10.1063/1.4812323"

CUBIC_ANGSTROM: Final = 0.602214076
"""cm³/mol of one Å³ per formula unit."""

_VERDICTS: Final[dict[InterphaseClass | None, str]] = {
    "I": "no_reaction", "II": "mixed_conducting", "III": "blocking", None: "undecided",
}  # fmt: skip
_WORDS: Final = {
    "II": "mixed-conducting and goes on growing (class II)",
    "III": "electronically blocking (class III)",
}
_HEDGES: Final = {"high": "is", "medium": "is likely", "low": "may be"}

_PBE: Final = "PBE leaves out about a third of a gap; a calculated zero can be false."
_GAP: Final = "A gap is not a conductivity: defects, grain boundaries and dopants decide that too."
_PHI: Final = (
    "The volume fraction alone does not decide: Li3PS4 and Na3PS4 have about 25 % of leaky "
    "phosphide too, and their interphases are known to be self-limiting or slow."
)


def findings(result: Any, context: "Context") -> Iterable[Finding]:
    """Return the findings on a window or an interface.

    Raises:
        RequestError: A conductivity or a voltage drop that is not positive was given.
    """
    metal = getattr(result, "ion", None)
    layers = Layers(context, metal)
    contact = contact_of(result, layers)
    if contact is None:
        return
    yield _interphase(contact, layers, context)
    if contact.rungs:
        yield _staircase(contact)
    for formula in contact.electrolytes:
        if len(Formula.parse(formula).elements) > 1:
            yield _own_gap(layers.gap(formula), len(contact.electrolytes) == 1)


def _interphase(contact: Contact, layers: Layers, context: "Context") -> Finding:
    metal = any(rung.layer.metal_fraction >= LIKELY_ISOLATED for rung in contact.on_the_way)
    verdict = contact.layer.verdict(metal)
    interphase: InterphaseClass | None = verdict.interphase if contact.reacts else "I"
    # That nothing reacts rests on energies alone, which have errors of their own.
    confidence: Confidence = verdict.confidence if contact.reacts else "medium"
    notes = list(contact.notes)
    others = _others(contact, layers, context) if interphase else []
    flips = [(v, other) for v, other in others if other not in (None, interphase)]
    if flips:
        confidence = weakest(confidence, "low")
        notes += [f"Class {other} {variant.change}." for variant, other in flips]
    if not contact.certain:
        confidence = weakest(confidence, "low")
        notes.append("The energies cannot tell a reaction from none (class I).")
    measurements = [*_parts(contact.layer), *_fractions(contact.layer)]
    growth = _growth(contact, context)
    measurements += growth
    return Finding(
        verdict=_VERDICTS[interphase],
        confidence=confidence,
        headline=_headline(contact, interphase, confidence),
        measurements=tuple(measurements),
        notes=(*notes, *_notes(contact, interphase), *_doubts(contact.layer)),
        references=_references(contact),
    )


def _others(
    contact: Contact, layers: Layers, context: "Context"
) -> list[tuple[Variant, InterphaseClass | None]]:
    """The class after each change that gives other products."""
    products = [part.formula for part in contact.layer.parts]
    own = {Formula.parse(name).key for name in contact.situation.reactants}
    found: list[tuple[Variant, InterphaseClass | None]] = []
    for variant in variants(contact.situation, products, context.table):
        if {Formula.parse(product.formula).key for product in variant.products} <= own:
            found.append((variant, "I"))
        else:
            found.append((variant, layers(variant.products).verdict().interphase))
    return found


def _headline(
    contact: Contact, interphase: InterphaseClass | None, confidence: Confidence
) -> str:
    if interphase == "I":
        return f"{contact.title}: nothing reacts (class I)."
    made = ", ".join(describe(part) for part in contact.layer.parts)
    if interphase is None:
        return f"{contact.title}: {made}; a volume is unknown, so nothing can be said."
    return f"{contact.title}: the interphase {_HEDGES[confidence]} {_WORDS[interphase]}: {made}."


def _parts(layer: Layer) -> Iterator[Measurement]:
    for part in layer.parts:
        yield from _gap_measurements(part.gap)
        yield Measurement("volume fraction", part.fraction, subject=part.formula)


def _gap_measurements(gap: Gap) -> Iterator[Measurement]:
    if gap.measured is not None:
        yield Measurement(
            "band gap", gap.measured, "eV", subject=gap.formula, source="measured (Zhuo 2018)"
        )
    if gap.calculated is not None or gap.measured is None:
        yield Measurement(
            "band gap", gap.calculated, "eV", gap.low, gap.high, gap.formula, "PBE, all sources"
        )
    yield Measurement("class of gap", gap.known_class, subject=gap.formula)


def _fractions(layer: Layer) -> Iterator[Measurement]:
    fraction = layer.conducting_fraction
    yield Measurement("volume fraction of leaky and metallic phases", fraction)
    if fraction is not None:
        yield Measurement("percolation band", band_of(fraction))


def _growth(contact: Contact, context: "Context") -> list[Measurement]:
    conductivity = context.options.get("sigma-e")
    if conductivity is None or contact.electrons is None or contact.layer.volume is None:
        return []
    drop = context.options.get("drop", 1.0)
    if not (conductivity > 0.0 and drop > 0.0):
        raise RequestError("A conductivity and a voltage drop must be above zero.")
    per_electron = contact.layer.volume * CUBIC_ANGSTROM / contact.electrons
    return [
        Measurement("volume per electron", per_electron, "cm³/mol", source="products"),
        Measurement(
            "thickness after a year",
            thickness(conductivity, drop, per_electron),
            "µm",
            source=f"σ_e = {conductivity:g} S/cm, {drop:g} V",
        ),
    ]


def _notes(contact: Contact, interphase: InterphaseClass | None) -> Iterator[str]:
    if interphase == "I":
        return
    if interphase == "II" and band_of(contact.layer.conducting_fraction or 0.0) == "ambiguous":
        yield _PHI
    for rung in contact.on_the_way:
        if rung.layer.conducting:
            made = ", ".join(describe(part) for part in rung.layer.conducting)
            yield f"On the way, {_span(rung)}: {made}."
    yield from review.notes(_products(contact))
    yield _PBE
    yield _GAP


def _doubts(layer: Layer) -> Iterator[str]:
    for part in layer.parts:
        if part.gap.remark:
            yield f"{part.formula}: {part.gap.remark}."
        if part.volume_confidence in ("low", "medium"):
            yield f"{part.formula}: its volume is a poor one."


def _products(contact: Contact) -> list[str]:
    layers = [contact.layer, *(rung.layer for rung in contact.on_the_way)]
    return [part.formula for layer in layers for part in layer.parts]


def _references(contact: Contact) -> tuple[str, ...]:
    found = [CLASSES_DOI, CALCULATED_DOI]
    if any(part.gap.measured is not None for part in contact.layer.parts):
        found.append(MEASURED_DOI)
    if contact.reacts and review.notes(_products(contact)):
        found.append(review.REVIEW)
    return tuple(found)


def _span(rung: Rung) -> str:
    if rung.high is None:
        return f"from {rung.low:.2f} V"
    return f"{rung.low:.2f}–{rung.high:.2f} V"


def _staircase(contact: Contact) -> Finding:
    """At which voltages products conduct."""
    rungs = [rung for rung in contact.rungs if rung.change and rung.layer.conducting]
    parts = [part for rung in rungs for part in rung.layer.conducting]
    formula = contact.electrolytes[0]
    if not rungs:
        reached = [rung for rung in contact.rungs if rung.change]
        unsure = [part.gap.confidence for rung in reached for part in rung.layer.parts]
        return Finding(
            "none_conducting",
            weakest("medium", *unsure),
            f"No product of {formula} is leaky or metallic at any voltage of the staircase.",
            references=(CALCULATED_DOI,),
        )
    spans = "; ".join(
        f"{_span(rung)} ({', '.join(part.formula for part in rung.layer.conducting)})"
        for rung in rungs
    )
    return Finding(
        "conducting_products",
        weakest(*(part.gap.confidence for part in parts)),
        f"Products of {formula} that are leaky or metallic: {spans}.",
        tuple(_rung_measurements(rungs)),
        references=(CALCULATED_DOI,),
    )


def _rung_measurements(rungs: Iterable[Rung]) -> Iterator[Measurement]:
    for rung in rungs:
        for part in rung.layer.conducting:
            yield Measurement(
                "voltages with a conducting product",
                part.gap.counts_as,
                "V",
                rung.low,
                rung.high,
                part.formula,
                "staircase",
            )
            yield Measurement(
                "volume fraction", part.fraction, subject=part.formula, source=_span(rung)
            )


_OWN_WORDS: Final = {
    "metallic": "metallic; it conducts electrons and is no electrolyte",
    "leaky": "leaky; it may conduct electrons itself, and a mixed conductor is no electrolyte",
    "uncertain": "uncertain; it may be a mixed conductor, which is no electrolyte",
    "likely_blocking": "likely blocking",
    "blocking": "blocking",
}


def _own_gap(gap: Gap, alone: bool) -> Finding:
    """Whether the electrolyte itself blocks electrons."""
    notes = [_PBE, _GAP] if gap.known_class else []
    if gap.remark:
        notes.insert(0, f"{gap.formula}: {gap.remark}.")
    if not alone:
        notes.append("An electrode may conduct electrons; an electrolyte must not.")
    if gap.known_class is None or gap.value is None:
        headline = f"The band gap of {gap.formula} itself is unknown."
        return Finding("gap_unknown", "none", headline)
    how = "measured" if gap.measured is not None else "PBE"
    return Finding(
        verdict=f"gap_{gap.known_class}",
        confidence=gap.confidence,
        headline=f"{gap.formula} itself: {gap.value:.2f} eV ({how}), "
        f"{_OWN_WORDS[gap.known_class]}.",
        measurements=tuple(_gap_measurements(gap)),
        notes=tuple(notes),
        references=(MEASURED_DOI if gap.measured is not None else CALCULATED_DOI,),
    )
