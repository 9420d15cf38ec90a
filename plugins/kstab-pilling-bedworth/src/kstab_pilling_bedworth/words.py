"""Headlines and notes of the findings: what the numbers mean, and what they leave open."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from kstab.context import Context
from kstab.plugin_tools import ALKALI_METALS

from kstab_pilling_bedworth.contact import Contact
from kstab_pilling_bedworth.ratio import Part, Ranged, Verdict, ratio
from kstab_pilling_bedworth.volumes import Source, VolumeKind

if TYPE_CHECKING:  # a window does without it
    from kstab.plugin_tools import Kink

PILLING: Final = "N. B. Pilling and R. E. Bedworth, J. Inst. Met. 29, 529-591 (1923)"
DUNN: Final = "doi:10.1098/rspa.1926.0062"
"""Tells the classes of Pilling and Bedworth."""
CREEPS: Final = {"K": "doi:10.1007/s10008-022-05225-8"}
"""On the creep of a metal at low pressure."""
MEANS: Final[dict[Verdict, str]] = {
    "porous": "too little volume to cover the metal",
    "protective": "enough volume to cover the metal",
    "spalling": "so much volume that a layer may spall",
}
UNTOLD: Final = (
    "The reaction energy cannot be told from zero: it is within two standard deviations, or within "
    "50 meV/atom where they are not known."
)
RANGES: Final = (
    "The range of a calculated volume holds 68 % of measured compounds; that of a measured one is "
    "assumed."
)
QUALITY_D: Final = "A volume of quality D is a guess by the formula alone."
ROOM: Final = 298.15
DISAGREE: Final = 0.2
"""Relative difference of a phase's measured and calculated ratio from which one is in doubt."""
DISAGREES: Final = (
    "measured and calculated volume differ by more than 20 %; one of them may be of another form."
)


def headline(contact: Contact, chosen: Ranged | None, kind: VolumeKind, *, sure: bool) -> str:
    """Return what a contact means: whether it reacts, the ratio, whether that covers the metal."""
    if not contact.reacts:
        start = f"No reaction of {contact.phase} with {contact.ion} is found; as a layer on it, it"
    else:
        verb = "react" if contact.told else "may react"
        start = (
            f"{contact.phase} and {contact.ion} {verb}, "
            f"{_electronvolts(-contact.energy)} per atom of {contact.per} released; what forms"
        )
    if chosen is None:
        because = "a volume is unknown" if contact.layer else f"it holds no {contact.ion}"
        return f"{start} has no ratio, as {because}."
    numbers = f"{chosen.value:.2f} ({chosen.low:.2f} to {chosen.high:.2f}, {kind})"
    perhaps = "" if sure else "perhaps "
    return f"{start} has a Pilling-Bedworth ratio of {numbers}: {perhaps}{MEANS[chosen.verdict]}."


def _electronvolts(energy: float) -> str:
    """An energy with two digits after the point, or in meV where it is small.

    >>> _electronvolts(1.195), _electronvolts(0.0123), _electronvolts(2e-5)
    ('1.20 eV', '12.3 meV', 'under 0.1 meV')
    """
    if energy >= 0.0995:
        return f"{energy:.2f} eV"
    return f"{1000.0 * energy:.1f} meV" if energy >= 5e-5 else "under 0.1 meV"


def doubts(
    contact: Contact, chosen: Ranged | None, calculated: Ranged | None, filled: Ranged | None
) -> Iterator[str]:
    """Yield why the verdict on a contact is in doubt; nothing where it is not.

    Args:
        contact: The contact.
        chosen: The ratio the verdict is by.
        calculated: The ratio of calculated volumes.
        filled: The ratio with the products without the metal counted too.
    """
    if chosen is None:
        return
    yield from doubts_of_ratio(chosen, calculated)
    if filled and filled.verdict != chosen.verdict:
        yield (
            f"With the products without {contact.ion} counted too it is {filled.value:.2f}, on the "
            "other side of a threshold."
        )
    if not contact.told:
        yield UNTOLD
    if not contact.in_data:
        yield not_in_data(contact.phase)


def doubts_of_ratio(chosen: Ranged, calculated: Ranged | None) -> Iterator[str]:
    """Yield why the verdict on a ratio is in doubt."""
    if not chosen.clear:
        yield (
            f"The ratio may be {chosen.low:.2f} to {chosen.high:.2f}, on both sides of a threshold."
        )
    if calculated and calculated.verdict != chosen.verdict:
        yield (
            f"By calculated volumes the ratio is {calculated.value:.2f}, on the other side of a "
            "threshold."
        )
    if chosen.quality == "D":
        yield QUALITY_D


def not_in_data(phase: str) -> str:
    """Return what is done about a phase of which no energy is known."""
    return f"{phase} is not in the data; the equilibrium of its composition stands for it."


def cannot_know(contact: Contact, chosen: Ranged | None) -> Iterator[str]:
    """Yield what neither ratio nor energy can tell."""
    if chosen is None:
        return
    if contact.reacts:
        yield "Other products than those of the equilibrium would have other volumes."
        yield "Neither the ratio nor the energy beside it tells whether the reaction stops."
    yield "Volumes are added as of dense phases: pores, stress, thickness and adhesion are unknown."
    yield RANGES
    if chosen.verdict == "porous" and contact.ion in ALKALI_METALS:
        yield (
            f"A ratio under 1 does not mean no contact: {contact.ion} is soft and creeps into gaps."
        )
    if chosen.verdict == "spalling":
        yield "The threshold of 2 is a rule of thumb, not that of Pilling and Bedworth."


def odd_parts(contact: Contact, by_kind: Mapping[VolumeKind, Source]) -> Iterator[str]:
    """Yield which products count only in part, and where volumes contradict each other."""
    ion = contact.ion
    if without := [f.text for f, _ in contact.parts if not f[ion]]:
        yield f"Not in the ratio, as without {ion}: {_listed(without)}."
    if contact.reacts and any(f.elements == (ion,) for f, _ in contact.parts):
        yield f"Not in the ratio: the {ion} metal that forms."
    if gone := [product.gas for product in contact.products if product.gas]:
        yield f"In no volume, as a gas: {_listed(gone)}."
    for formula, _ in contact.layer:
        pair = [ratio(formula, ion, source) for source in by_kind.values()]
        if pair[0] and pair[1] and abs(pair[0].value / pair[1].value - 1.0) > DISAGREE:
            yield f"{formula}: {DISAGREES}"


def missing(parts: Iterable[Part], by_kind: Mapping[VolumeKind, Source]) -> Iterator[str]:
    """Yield of which phases no volume is known, of either kind."""
    unknown = [
        formula.text
        for formula, _ in parts
        if not any(source(formula) for source in by_kind.values())
    ]
    if unknown:
        yield f"No volume of {_listed(unknown)}."


def conditions(context: Context) -> Iterator[str]:
    """Yield what a temperature leaves open."""
    if context.temperature > ROOM + 1.0:
        yield "Volumes are those near room temperature, or at 0 K where calculated."


def references(contact: Contact, chosen: Ranged | None) -> tuple[str, ...]:
    """Return where definition and thresholds are from, and what is said of the metal."""
    creep = CREEPS.get(contact.ion) if chosen and chosen.verdict == "porous" else None
    return (PILLING, DUNN, *((creep,) if creep else ()))


def headline_elsewhere(kink: "Kink", charged: str, chosen: Ranged | None, kind: VolumeKind) -> str:
    """Return what a reaction without the metal does to the volume."""
    start = f"With the charged {charged}, the" if charged else "The"
    start += " reaction of lowest energy"
    if kink.voltage is not None:
        start += f", at {kink.voltage:.2f} V,"
    if chosen is None:
        return f"{start} has an unknown volume change, as a volume is unknown."
    value, low, high = (_percent(x) for x in (chosen.value, chosen.low, chosen.high))
    return f"{start} changes the volume by {value} % ({low} to {high} %, {kind})."


def _percent(share: float) -> str:
    """A part of 1 in per cent, always with its sign.

    >>> _percent(-0.123), _percent(-0.0001), _percent(0.04)
    ('-12', '+0.0', '+4.0')
    """
    digits = 0 if abs(share) >= 0.0995 else 1
    return f"{round(100.0 * share, digits) + 0.0:+.{digits}f}"


def doubts_elsewhere(chosen: Ranged | None, *, told: bool) -> Iterator[str]:
    """Yield why a volume change without the metal is in doubt; nothing where it is not."""
    if chosen is None:
        return
    if chosen.low * chosen.high <= 0.0:
        yield "Whether the volume shrinks or grows lies within the error."
    if chosen.quality == "D":
        yield QUALITY_D
    if not told:
        yield UNTOLD


def notes_elsewhere(kink: "Kink", chosen: Ranged | None) -> Iterator[str]:
    """Yield what the volume change of a reaction without the metal leaves out."""
    yield "There is no Pilling-Bedworth ratio without the metal."
    if chosen is None:
        return
    yield "What the change means for the contact depends on stiffness and pressure: not known here."
    yield RANGES
    if kink.ion_change:
        yield f"{kink.ion} exchanged with the electrode counts in no volume."
    if kink.gases:
        yield f"In no volume, as a gas: {_listed(kink.gases)}."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
