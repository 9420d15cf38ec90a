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
PERCOLATION_DOI: Final = "doi:10.1063/1.1674565"
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
    contact = contact_of(result, layers, context)
    if contact is None or not contact.situation.amounts:  # the metal itself has no interphase
        return
    yield _interphase(contact, layers, context)
    if contact.rungs:
        yield _staircase(contact)
    for formula in contact.electrolytes:
        if len(Formula.parse(formula).elements) > 1:
            yield _own_gap(layers.gap(formula), len(contact.electrolytes) == 1)


def _interphase(contact: Contact, layers: Layers, context: "Context") -> Finding:
    interphase: InterphaseClass | None
    if contact.reacts:
        interphase, confidence = _decide(contact)
    else:  # that rests on energies alone, which have errors of their own
        interphase, confidence = "I", "medium"
    notes = list(contact.notes)
    others = _others(contact, layers, context) if interphase else []
    flips = [(v, other) for v, other in others if other not in (None, interphase)]
    if flips:
        confidence = weakest(confidence, "low")
        notes += [f"Class {other} {variant.change}." for variant, other in flips]
    if not contact.certain:
        confidence = weakest(confidence, "low")
        notes.append("The energies cannot tell a reaction from none (class I).")
    near = [variant.formula for variant, _ in flips if not variant.removed]
    named = review.notes([*_products(contact), *near]) if contact.reacts else ()
    measurements = [*_parts(contact.layer), *_fractions(contact.layer)]
    measurements += _growth(contact, context)
    return Finding(
        verdict=_VERDICTS[interphase],
        confidence=confidence,
        headline=_headline(contact, interphase, confidence),
        measurements=tuple(measurements),
        notes=(*notes, *_notes(contact, interphase, named), *_doubts(contact.layer)),
        references=_references(contact, named),
    )


def _decide(contact: Contact) -> tuple[InterphaseClass | None, Confidence]:
    """The class of a reacting contact, with what metal on the way adds or takes."""
    alone = contact.layer.verdict()
    metals = [r.layer for r in contact.on_the_way if r.layer.metal_fraction >= LIKELY_ISOLATED]
    if not metals:
        return alone.interphase, alone.confidence
    both = contact.layer.verdict(metal_elsewhere=True)
    if any(layer.metal_confidence in ("medium", "high") for layer in metals):
        return both.interphase, both.confidence
    return both.interphase, weakest(both.confidence, alone.confidence)


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


def _headline(contact: Contact, interphase: InterphaseClass | None, confidence: Confidence) -> str:
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


def _notes(
    contact: Contact, interphase: InterphaseClass | None, named: tuple[str, ...]
) -> Iterator[str]:
    if interphase == "I":
        return
    if interphase == "II" and band_of(contact.layer.conducting_fraction or 0.0) == "ambiguous":
        yield _PHI
    for rung in contact.on_the_way:
        if rung.layer.conducting:
            made = ", ".join(describe(part) for part in rung.layer.conducting)
            yield f"On the way, at {_span(rung.low, rung.high)}: {made}."
    yield from named
    yield _PBE
    yield _GAP


def _doubts(layer: Layer) -> Iterator[str]:
    for part in layer.parts:
        if part.gap.remark:
            yield f"{part.formula}: {part.gap.remark}."
        if part.volume_confidence in ("low", "medium"):
            yield f"{part.formula}: its volume is estimated, or of another structure."


def _products(contact: Contact) -> list[str]:
    layers = [contact.layer, *(rung.layer for rung in contact.on_the_way)]
    return [part.formula for layer in layers for part in layer.parts]


def _references(contact: Contact, named: tuple[str, ...]) -> tuple[str, ...]:
    found = [CLASSES_DOI, PERCOLATION_DOI, CALCULATED_DOI]
    if any(part.gap.measured is not None for part in contact.layer.parts):
        found.append(MEASURED_DOI)
    if named:
        found.append(review.REVIEW)
    return tuple(found)


def _span(low: float, high: float | None) -> str:
    return f"from {low:.2f} V" if high is None else f"{low:.2f} to {high:.2f} V"


def _merged(rungs: Iterable[Rung]) -> list[tuple[str, float, float | None]]:
    """Conducting products, and lower and upper voltage, with neighbours of one kind as one."""
    found: list[tuple[str, float, float | None]] = []
    for rung in rungs:
        names = ", ".join(part.formula for part in rung.layer.conducting)
        low = rung.low
        if found and found[-1][0] == names and found[-1][2] == low:
            low = found.pop()[1]
        found.append((names, low, rung.high))
    return found


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
    spans = "; ".join(f"{_span(low, high)} ({names})" for names, low, high in _merged(rungs))
    return Finding(
        "conducting_products",
        weakest("medium", *(part.gap.confidence for part in parts)),
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
                "volume fraction",
                part.fraction,
                subject=part.formula,
                source=_span(rung.low, rung.high),
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
    if gap.known_class is None:
        headline = f"The band gap of {gap.formula} itself is unknown."
        return Finding("gap_unknown", "none", headline)
    how = "" if gap.measured is not None else " (PBE)"
    return Finding(
        verdict=f"gap_{gap.known_class}",
        confidence=gap.confidence,
        headline=f"{gap.formula} itself has a gap of {gap.text}{how}: "
        f"{_OWN_WORDS[gap.known_class]}.",
        measurements=tuple(_gap_measurements(gap)),
        notes=tuple(notes),
        references=(MEASURED_DOI if gap.measured is not None else CALCULATED_DOI,),
    )
