"""The Pilling-Bedworth ratio, of a phase and of a mixture, and the volume change of a reaction.

N. B. Pilling and R. E. Bedworth, J. Inst. Met. 29, 529-591 (1923).
"""

from collections.abc import Iterable
from math import hypot
from typing import Final, Literal, NamedTuple

from kstab import Formula
from kstab.plugin_tools import Product

from kstab_pilling_bedworth.volumes import Source, Volume

Verdict = Literal["porous", "protective", "spalling"]

POROUS_BELOW: Final = 1.0
SPALLING_ABOVE: Final = 2.0

Part = tuple[Formula, float]
"""A phase, and how many formula units of it."""


class Ranged(NamedTuple):
    """A number and its range.

    Attributes:
        value: The number.
        low: Lower end.
        high: Upper end.
        source: Where it is from, in a few words.
        quality: The worst quality of the PBE volumes in it, ``A`` to ``D``; empty for measured
            ones.
    """

    value: float
    low: float
    high: float
    source: str
    quality: str = ""

    @property
    def verdict(self) -> Verdict:
        """What a ratio of this value means."""
        return verdict(self.value)

    @property
    def clear(self) -> bool:
        """Whether the whole range means the same."""
        return verdict(self.low) == verdict(self.high)


def verdict(ratio: float) -> Verdict:
    """Return what a ratio means for a layer on its metal.

    >>> verdict(0.7), verdict(1.0), verdict(2.1)
    ('porous', 'protective', 'spalling')
    """
    if ratio < POROUS_BELOW:
        return "porous"
    return "spalling" if ratio > SPALLING_ABOVE else "protective"


def ratio(formula: Formula, ion: str, source: Source) -> Ranged | None:
    """Return the ratio of one phase, V(phase per metal atom) / V(metal atom).

    None where the phase holds no metal, or a volume is unknown.
    """
    return mixture(((formula, 1.0),), ion, source)


def has_ratio(formula: Formula, ion: str) -> bool:
    """Return whether a phase has a ratio: it holds the metal, and is not the metal itself.

    >>> [has_ratio(Formula.parse(text), "K") for text in ("K2S", "Sb", "K")]
    [True, False, False]
    """
    return bool(formula[ion]) and formula.elements != (ion,)


def mixture(parts: Iterable[Part], ion: str, source: Source) -> Ranged | None:
    """Return the mean ratio of phases, weighted by the metal atoms in them.

    That is the volume of all phases that hold the metal against the volume of that metal.
    Phases without it have no ratio and take no part, nor does the metal itself.

    Args:
        parts: Phases and amounts.
        ion: Symbol of the metal.
        source: Where volumes come from.

    Returns:
        None where no phase holds the metal, or a volume is unknown.

    >>> volumes = {"K": Volume(2.0, 0.0, ""), "K2S": Volume(3.0, 0.1, "")}
    >>> volumes["KI"] = Volume(3.0, 0.1, "")
    >>> parts = [(Formula.parse("K2S"), 1.0), (Formula.parse("KI"), 1.0)]
    >>> found = mixture(parts, "K", lambda formula: volumes.get(formula.text))
    >>> round(found.value, 6), round(found.low, 6), round(found.high, 6)  # (2 * 0.75 + 1.5) / 3
    (1.0, 0.9, 1.1)
    """
    holding = [(formula, amount) for formula, amount in parts if has_ratio(formula, ion)]
    return _against_metal(holding, holding, ion, source)


def filled(parts: Iterable[Part], ion: str, source: Source) -> Ranged | None:
    """Return the ratio as if the phases without the metal filled space in the layer too.

    None where no phase holds the metal, or a volume is unknown.

    >>> volumes = {"K": Volume(2.0, 0.0, ""), "KI": Volume(3.0, 0.1, "")}
    >>> volumes["Sb"] = Volume(2.0, 0.1, "")
    >>> parts = [(Formula.parse(text), 1.0) for text in ("KI", "Sb", "K")]
    >>> filled(parts, "K", lambda formula: volumes.get(formula.text)).value  # (3 + 2) / 2
    2.5
    """
    all_but_metal = [(formula, amount) for formula, amount in parts if formula.elements != (ion,)]
    holding = [(formula, amount) for formula, amount in all_but_metal if has_ratio(formula, ion)]
    return _against_metal(all_but_metal, holding, ion, source)


def _against_metal(
    counted: list[Part], holding: list[Part], ion: str, source: Source
) -> Ranged | None:
    """Volume of phases against that of the metal in some of them."""
    atoms = sum(float(formula[ion]) * amount for formula, amount in holding)
    metal, total = source(Formula.parse(ion)), volume(counted, source)
    if not atoms or metal is None or total is None:
        return None
    value = total.value / (atoms * metal.value)
    low, high = value * (1.0 - total.error), value * (1.0 + total.error)
    return Ranged(value, low, high, total.source, total.quality)


def change(products: Iterable[Part], reactants: Iterable[Part], source: Source) -> Ranged | None:
    """Return the volume change of a reaction, V(products) / V(reactants) - 1.

    None where a volume is unknown. The range takes the errors of the two sides as independent.
    """
    after, before = volume(products, source), volume(reactants, source)
    if after is None or before is None:
        return None
    quotient = after.value / before.value
    error = quotient * hypot(after.error, before.error)
    value = quotient - 1.0
    words, quality = _joined((after, before))
    return Ranged(value, value - error, value + error, words, quality)


def volume(parts: Iterable[Part], source: Source) -> Volume | None:
    """Return the volume of phases together; None for nothing, or where one is unknown.

    Their errors are taken to have the same sign: errors of PBE volumes mostly have.
    """
    found = [(source(formula), amount) for formula, amount in parts if amount > 0.0]
    known = [(one, amount) for one, amount in found if one is not None]
    if not known or len(known) < len(found):
        return None
    total = sum(one.value * amount for one, amount in known)
    error = sum(one.value * one.error * amount for one, amount in known) / total
    return Volume(total, error, *_joined(one for one, _ in known))


def solid(products: Iterable[Product]) -> list[Part]:
    """Return products as parts, without gases."""
    return [
        (Formula.parse(product.formula), product.amount) for product in products if not product.gas
    ]


def _joined(volumes: Iterable[Volume]) -> tuple[str, str]:
    """One source and quality for several volumes: the same words once, else the worst quality."""
    known = list(volumes)
    quality = max(one.quality for one in known)
    if len({one.source for one in known}) == 1:
        return known[0].source, quality
    return (f"PBE, quality down to {quality}" if quality else "measured densities"), quality
