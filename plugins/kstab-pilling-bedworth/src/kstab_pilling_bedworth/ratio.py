"""The Pilling-Bedworth ratio, of a phase and of a mixture, and the volume change of a reaction.

N. B. Pilling and R. E. Bedworth, J. Inst. Met. 29, 529-591 (1923).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot
from typing import Final, Literal

from kstab.analyses.results import Product, gases
from kstab.composition import Formula

from kstab_pilling_bedworth.volumes import Source, Volume

Verdict = Literal["porous", "protective", "spalling"]

POROUS_BELOW: Final = 1.0
SPALLING_ABOVE: Final = 2.0

Part = tuple[Formula, float]
"""A phase, and how many formula units of it."""


@dataclass(frozen=True, slots=True)
class Ranged:
    """A number and its range.

    Attributes:
        value: The number.
        low: Lower end.
        high: Upper end.
        source: Where it is from, in a few words.
    """

    value: float
    low: float
    high: float
    source: str

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


def mixture(parts: Iterable[Part], ion: str, source: Source) -> Ranged | None:
    """Return the mean ratio of phases, weighted by the metal atoms in them.

    That is the volume of all phases that hold the metal against the volume of that metal.
    Phases without it have no ratio and take no part.

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
    holding = [(formula, amount) for formula, amount in parts if formula[ion]]
    atoms = sum(float(formula[ion]) * amount for formula, amount in holding)
    metal, total = source(Formula.parse(ion)), volume(holding, source)
    if not atoms or metal is None or total is None:
        return None
    value = total.value / (atoms * metal.value)
    low, high = value * (1.0 - total.error), value * (1.0 + total.error)
    return Ranged(value, low, high, total.source)


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
    return Ranged(value, value - error, value + error, _joined((after.source, before.source)))


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
    return Volume(total, error, _joined(one.source for one, _ in known))


def solid(products: Iterable[Product]) -> list[Part]:
    """Return products as parts, without gases."""
    return [
        (Formula.parse(product.formula), product.amount)
        for product in products
        if not gases((product,))
    ]


def _joined(sources: Iterable[str]) -> str:
    """One source for several: the same words once, the worst quality, or just what they are."""
    different = sorted(set(sources), key=lambda source: source[-1:])
    if len(different) == 1:
        return different[0]
    if different[-1].startswith("PBE"):
        return f"PBE, quality down to {different[-1][-1]}"
    return "measured densities"
