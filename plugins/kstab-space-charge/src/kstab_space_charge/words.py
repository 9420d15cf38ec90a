"""What reports say of a space charge: headline, notes, numbers with their units."""

from collections.abc import Iterator
from typing import Final

from kstab_space_charge.estimate import Estimate, of_filling, spread
from kstab_space_charge.inputs import Inputs
from kstab_space_charge.of_phase import ASSUMED, Case
from kstab_space_charge.validity import NO_RESISTANCE

FILLINGS: Final = (0.1, 0.9)
"""Fillings to compare an assumed one with."""

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

NO_ELECTRONS: Final = (
    "By PBE the phase is a metal: its electrons screen a potential before any ion does, and the "
    "models know no electrons."
)

REFERENCES: Final = {
    "site-limited": ("doi:10.1021/acsaem.8b01141",),
    "mott-schottky": (
        "Schottky, Naturwissenschaften 26, 843 (1938)",
        "doi:10.1098/rspa.1939.0051",
        "doi:10.1016/0079-6786(95)00004-E",
    ),
    "gouy-chapman": (
        "doi:10.1051/jphystap:019100090045700",
        "Chapman, Philosophical Magazine 25, 475 (1913)",
        "doi:10.1016/0079-6786(95)00004-E",
    ),
}
"""The models at their source, by DOI where it is known: Gouy 1910, Mott 1939, Maier 1995, and
de Klerk and Wagemaker 2018."""


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
    """Return the answer in one sentence, with the resistance only where it has a meaning."""
    codes = {doubt.code for doubt in found.doubts}
    what = "plane of charge" if "helmholtz_like" in codes else "space-charge layer"
    added = ""
    if found.resistance is not None and not codes.intersection(NO_RESISTANCE):
        added = f" and add {number(found.resistance)} Ω cm²"
    return (
        f"A step of {found.inputs.step:+g} V would make a {what} of {number(found.width)} nm in "
        f"{formula}{added} ({NAMES[found.inputs.model]})."
    )


def notes(found: Case, layer: Estimate) -> tuple[str, ...]:
    """Return what to keep in mind, the doubts about this estimate first."""
    return (
        *(doubt.message for doubt in layer.doubts),
        *([NO_ELECTRONS] if found.metallic else []),
        f"{UNKNOWN_STEP}{_spread(found.inputs)}",
        *_filling(found),
        NOT_TOLD_APART,
    )


def _spread(inputs: Inputs) -> str:
    factor = spread(inputs)
    if factor is None:
        return ""
    sign = "" if inputs.step > 0.0 else "-"
    return (
        f" Between {sign}0.3 and {sign}0.5 V alone the added resistance grows by a factor of "
        f"{number(factor)}."
    )


def _filling(found: Case) -> Iterator[str]:
    if found.sources.filling != ASSUMED:
        return
    text = f"The filling of {found.inputs.filling:g} is an assumption too: no formula gives it."
    low, high = (of_filling(found.inputs, filling) for filling in FILLINGS)
    if low is not None and high is not None:
        text += (
            f" With {FILLINGS[0]:g} or {FILLINGS[1]:g} the added resistance would be "
            f"{number(low)} or {number(high)} times this."
        )
    yield text
