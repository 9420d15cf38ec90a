"""Where the numbers of a model do not hold."""

from dataclasses import dataclass
from typing import Final

from kstab.findings import Confidence
from kstab_space_charge.constants import PER_CUBIC_CENTIMETRE
from kstab_space_charge.inputs import DENSEST, MODELS, Inputs
from kstab_space_charge.models_numeric import gouy_chapman_crowd

DILUTE: Final = 0.1
"""Step, V, up to which the dilute models hold."""

CROWDED: Final = 1e21
"""Carriers per cm³ from which they are no longer dilute: one every nm."""

SHARP: Final = 3.0
"""Reduced step below which the sharp edge makes the charge over a fifth too large."""

FEW: Final = 0.01
"""Part of the sites that is filled, or free, below which a few defects decide."""

SPACING: Final = (0.3, 0.5)
"""Distance between sites of the mobile ion, nm: below it a layer is none."""

DEPLETED: Final = 0.4
"""Step, V, above which a layer is empty of ions, or full."""

NO_RESISTANCE: Final = ("unphysical", "fully_depleted", "fully_filled")
"""Doubts that leave the resistance without a meaning."""

_WRONG: Final = ("unphysical", "not_a_depletion")


@dataclass(frozen=True)
class Doubt:
    """Why an estimate may not hold.

    Attributes:
        code: Stable name for programs: ``dilute_limit_exceeded``, ``not_dilute``,
            ``unphysical``, ``not_a_depletion``, ``sharp_edge``, ``few_carriers``,
            ``helmholtz_like``, ``fully_depleted`` or ``fully_filled``.
        message: The same for people, one sentence.
    """

    code: str
    message: str


def doubts(inputs: Inputs, width: float) -> tuple[Doubt, ...]:
    """Return where the numbers of a layer of a width, nm, do not hold."""
    of_model = {
        "site-limited": _of_few,
        "mott-schottky": _of_depletion,
        "gouy-chapman": _of_crowding,
    }
    dilute = () if inputs.model == MODELS[0] else _of_dilution(inputs)
    return (*dilute, *of_model[inputs.model](inputs), *_of_width(width), *_of_step(inputs.step))


def confidence(found: tuple[Doubt, ...]) -> Confidence:
    """Return how sure an estimate is: never more than low, because its step is assumed.

    >>> confidence((Doubt("helmholtz_like", ""),)), confidence((Doubt("unphysical", ""),))
    ('low', 'none')
    """
    return "none" if any(doubt.code in _WRONG for doubt in found) else "low"


def _of_dilution(inputs: Inputs) -> tuple[Doubt, ...]:
    found = []
    if abs(inputs.step) > DILUTE:
        found.append(
            Doubt(
                "dilute_limit_exceeded",
                f"The model is for dilute carriers and steps up to about {DILUTE:g} V; "
                f"this is {abs(inputs.step):g} V.",
            )
        )
    carriers = inputs.ions / PER_CUBIC_CENTIMETRE
    if carriers >= CROWDED:
        found.append(
            Doubt(
                "not_dilute",
                f"The model is for dilute carriers; {carriers:.2g} in 1 cm³ are closer than "
                "1 nm to each other.",
            )
        )
    return tuple(found)


def _of_few(inputs: Inputs) -> tuple[Doubt, ...]:
    filled = inputs.filling < 0.5
    part = inputs.filling if filled else 1.0 - inputs.filling
    if part >= FEW:
        return ()
    what = "hold an ion" if filled else "are free"
    message = (
        f"Only {100.0 * part:.2g} % of the sites {what}: all numbers hang on a density of "
        "defects that is rarely known."
    )
    return (Doubt("few_carriers", message),)


def _of_depletion(inputs: Inputs) -> tuple[Doubt, ...]:
    if inputs.step < 0.0:
        message = (
            "The model is of a layer that the mobile ions have left; a negative step draws them in."
        )
        return (Doubt("not_a_depletion", message),)
    if inputs.reduced < SHARP:
        message = (
            f"The model gives the layer a sharp edge, which takes steps well over kT/ze; this is "
            f"{inputs.reduced:.2g} kT/ze."
        )
        return (Doubt("sharp_edge", message),)
    return ()


def _of_crowding(inputs: Inputs) -> tuple[Doubt, ...]:
    crowd = gouy_chapman_crowd(inputs.ions, abs(inputs.reduced)) / PER_CUBIC_CENTIMETRE
    if crowd <= DENSEST:
        return ()
    message = (
        f"At the contact the model packs {crowd:.1e} carriers into 1 cm³, more than one every "
        "0.2 nm: charge and capacitance are unphysical."
    )
    return (Doubt("unphysical", message),)


def _of_width(width: float) -> tuple[Doubt, ...]:
    if width >= SPACING[1]:
        return ()
    place = "below" if width < SPACING[0] else "within"
    message = (
        f"The width, {width:.2g} nm, is {place} the distance between sites ({SPACING[0]:g} to "
        f"{SPACING[1]:g} nm): Helmholtz-like, one plane of charge rather than a layer."
    )
    return (Doubt("helmholtz_like", message),)


def _of_step(step: float) -> tuple[Doubt, ...]:
    if abs(step) <= DEPLETED:
        return ()
    what = "emptied of" if step > 0.0 else "filled up with"
    message = (
        f"Above about {DEPLETED:g} V the layer is {what} mobile ions, and what an empty or full "
        "layer conducts by, no model says."
    )
    return (Doubt("fully_depleted" if step > 0.0 else "fully_filled", message),)
