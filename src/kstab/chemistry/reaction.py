"""Balanced reactions with exact coefficients.

The engine finds which products form; the coefficients then follow from element
balance alone, in rational arithmetic, so none is ever 0.30000000000000004 or 1e-16.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import floor, lcm, log10
from typing import Final

from kstab.chemistry.composition import Formula

_LARGEST_MULTIPLE: Final = 60  # formula units; reactions that need more are shown per unit
_BALANCED: Final = 1e-6
"""Atoms per formula unit by which a balance may be off: formulas print 10 digits, no more."""

Terms = tuple[tuple[str, Fraction], ...]
"""Pairs of formula and coefficient."""


@dataclass(frozen=True)
class Reaction:
    """A balanced reaction of one or more phases, with or without ion exchange.

    Attributes:
        reactants: Pairs of formula, as typed, and coefficient.
        ion: Symbol of the working ion; None where none is exchanged.
        ion_change: Ions taken up (> 0) or given off (< 0), in the same scale.
        products: Pairs of formula and coefficient, in the same scale.
    """

    reactants: Terms
    ion: str | None
    ion_change: Fraction
    products: Terms

    @property
    def formula_units(self) -> Fraction:
        """Formula units of all reactants together."""
        return sum((amount for _, amount in self.reactants), Fraction(0))

    def __str__(self) -> str:
        left = [_term(amount, formula) for formula, amount in self.reactants]
        right = [_term(amount, formula) for formula, amount in self.products]
        if self.ion and self.ion_change > 0:
            left.append(_term(self.ion_change, self.ion))
        elif self.ion and self.ion_change < 0:
            right.append(_term(-self.ion_change, self.ion))
        return f"{' + '.join(left)} → {' + '.join(right)}"


@lru_cache(maxsize=4096)
def balance(reactants: tuple[str, ...], products: tuple[str, ...], ion: str | None) -> Reaction:
    """Balance ``reactants + n ion -> products`` for independent products.

    The smallest whole coefficients; where they are large, those for one formula unit
    of all reactants together.

    Args:
        reactants: Formulas of the phases that react, each of which takes part.
        products: Formulas of the products; without the ion's own metal, if it is open.
        ion: Symbol of the working ion, which balances what is left over; None where
            nothing is exchanged.

    Raises:
        FormulaError: One of the formulas cannot be read.
        ValueError: The products cannot be balanced, or in more than one way.

    >>> print(balance(("K3SbS4",), ("K3Sb", "K2S"), "K"))
    K3SbS4 + 8 K → K3Sb + 4 K2S
    >>> print(balance(("K3SbS4", "K"), ("K2S", "KSb"), None))
    K3SbS4 + 6 K → 4 K2S + KSb
    """
    first, *others = (Formula.parse(reactant) for reactant in reactants)
    right = [Formula.parse(product) for product in products]
    closed = {e: None for phase in (first, *others, *right) for e in phase.elements if e != ion}
    rows = [
        [Fraction(phase[e]) for phase in right]
        + [Fraction(-phase[e]) for phase in others]
        + [Fraction(first[e])]
        for e in closed
    ]
    solved = _solve(rows)
    formed, used = solved[: len(right)], [Fraction(1), *solved[len(right) :]]
    ions = Fraction(0)
    if ion:
        ions += sum(n * phase[ion] for n, phase in zip(formed, right, strict=True))
        ions -= sum(n * phase[ion] for n, phase in zip(used, (first, *others), strict=True))
    scale = Fraction(lcm(*(n.denominator for n in (*formed, *used, ions))))
    if max(used) * scale > _LARGEST_MULTIPLE:
        scale = 1 / sum(used, Fraction(0))
    return Reaction(
        reactants=_scaled(reactants, used, scale),
        ion=ion,
        ion_change=ions * scale,
        products=_scaled(products, formed, scale),
    )


def _scaled(names: Sequence[str], amounts: Sequence[Fraction], scale: Fraction) -> Terms:
    return tuple((name, n * scale) for name, n in zip(names, amounts, strict=True))


def _solve(rows: Sequence[list[Fraction]]) -> list[Fraction]:
    """Solve linear equations, each row the coefficients and the right-hand side, exactly."""
    rows = [list(row) for row in rows]
    unknowns = len(rows[0]) - 1 if rows else 0
    for column in range(unknowns):
        pivot = next((i for i in range(column, len(rows)) if rows[i][column]), None)
        if pivot is None:
            raise ValueError("the products can be balanced in more than one way")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        top = rows[column] = [value / rows[column][column] for value in rows[column]]
        for i, row in enumerate(rows):
            if i != column and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, top, strict=True)]
    if any(abs(row[-1]) > _BALANCED for row in rows[unknowns:]):
        raise ValueError("the products cannot be balanced: they lack an element or hold another")
    return [row[-1] for row in rows[:unknowns]]


def _term(amount: Fraction, formula: str) -> str:
    if amount == 1:
        return formula
    if formula[0].isdigit():
        formula = f"({formula})"
    number = str(amount) if amount.denominator == 1 else _decimal(float(amount))
    return formula if number == "1" else f"{number} {formula}"


def _decimal(amount: float) -> str:
    """Four significant digits, never with an exponent.

    >>> _decimal(0.82926829), _decimal(9.772e-07)
    ('0.8293', '0.0000009772')
    """
    text = f"{amount:.4g}"
    if "e" not in text:
        return text
    return f"{amount:.{max(0, 3 - floor(log10(abs(amount))))}f}"
