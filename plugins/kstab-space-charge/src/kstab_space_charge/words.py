"""What reports say of a space charge: headline, notes, numbers with their units."""

from typing import Final

from kstab_space_charge.estimate import Estimate, Inputs, spread

NAMES: Final = {
    "site-limited": "site-limited model",
    "mott-schottky": "Mott-Schottky model",
    "gouy-chapman": "Gouy-Chapman model",
}

UNKNOWN_STEP: Final = (
    "The potential step is an assumption: it is rarely known, and no energy of a phase gives it."
)

NOT_TOLD_APART: Final = (
    "A rise of resistance or of activation energy at a contact cannot be told from a reaction "
    "layer by this estimate."
)

REFERENCES: Final = {
    "site-limited": ("doi:10.1021/acsaem.8b01141",),
    "mott-schottky": ("doi:10.1007/BF01340116",),
    "gouy-chapman": ("doi:10.1051/jphystap:019100090045700", "doi:10.1080/14786440408634187"),
}
"""The models at their source: de Klerk and Wagemaker, Schottky, Gouy, Chapman."""


def number(value: float) -> str:
    """Return a number with three digits.

    >>> number(0.2406), number(15682.4), number(2.743e12)
    ('0.241', '1.57e+04', '2.74e+12')
    """
    return f"{value:.3g}"


def effect(inputs: Inputs) -> str:
    """Return what the step does to the mobile ions: ``depletion`` or ``accumulation``."""
    return "depletion" if inputs.step > 0.0 else "accumulation"


def headline(formula: str, found: Estimate) -> str:
    """Return the answer in one sentence."""
    thin = any(doubt.code == "helmholtz_like" for doubt in found.doubts)
    what = "plane of charge" if thin else "space-charge layer"
    added = ""
    if found.resistance is not None:
        added = f" and add {number(found.resistance)} Ω cm²"
    return (
        f"A step of {found.inputs.step:+g} V would make a {what} of {number(found.width)} nm in "
        f"{formula}{added} ({NAMES[found.inputs.model]})."
    )


def notes(found: Estimate) -> tuple[str, ...]:
    """Return what to keep in mind, the doubts about this estimate first."""
    doubts = tuple(doubt.message for doubt in found.doubts)
    return (*doubts, f"{UNKNOWN_STEP}{_spread(found.inputs)}", NOT_TOLD_APART)


def _spread(inputs: Inputs) -> str:
    factor = spread(inputs)
    if factor is None:
        return ""
    sign = "" if inputs.step > 0.0 else "-"
    return (
        f" Between {sign}0.3 and {sign}0.5 V alone the added resistance grows by a factor of "
        f"{number(factor)}."
    )
