"""Balanced reactions with exact coefficients.

The engine finds which products form; the coefficients then follow from element
balance alone, in rational arithmetic, so none is ever 0.30000000000000004 or 1e-16.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Final

from kstab.composition import Formula

_LARGEST_MULTIPLE: Final = 60
"""Reactions that need more formula units than this to come out whole are shown per unit."""

_BALANCED: Final = 1e-6
"""Atoms per formula unit by which a balance may be off: formulas print 10 digits, no more."""


@dataclass(frozen=True)
class Reaction:
    """A balanced reaction: ``multiple`` formula units of one phase, with ion exchange.

    Attributes:
        reactant: The phase that reacts, as typed.
        multiple: Its coefficient.
        ion: Symbol of the working ion.
        ion_change: Ions taken up (> 0) or given off (< 0), in the same scale.
        products: Pairs of formula and coefficient, in the same scale.
    """

    reactant: str
    multiple: Fraction
    ion: str
    ion_change: Fraction
    products: tuple[tuple[str, Fraction], ...]

    def __str__(self) -> str:
        left = [_term(self.multiple, self.reactant)]
        right = [_term(amount, formula) for formula, amount in self.products]
        if self.ion_change > 0:
            left.append(_term(self.ion_change, self.ion))
        elif self.ion_change < 0:
            right.append(_term(-self.ion_change, self.ion))
        return f"{' + '.join(left)} → {' + '.join(right)}"


@lru_cache(maxsize=4096)
def balance(reactant: str, products: tuple[str, ...], ion: str) -> Reaction:
    """Balance ``reactant + n ion -> products`` for one phase and independent products.

    Args:
        reactant: Formula of the phase that reacts.
        products: Formulas of the products, without the ion's own metal.
        ion: Symbol of the working ion, which balances what is left over.

    Raises:
        FormulaError: One of the formulas cannot be read.
        ValueError: The products cannot be balanced, or in more than one way.

    >>> print(balance("K3SbS4", ("K3Sb", "K2S"), "K"))
    K3SbS4 + 8 K → K3Sb + 4 K2S
    """
    left = Formula.parse(reactant)
    right = [Formula.parse(product) for product in products]
    closed = {e: None for phase in (left, *right) for e in phase.elements if e != ion}
    amounts = _solve([[Fraction(phase[e]) for phase in (*right, left)] for e in closed])
    ions = sum(
        (n * phase[ion] for n, phase in zip(amounts, right, strict=True)), Fraction(-left[ion])
    )
    multiple = lcm(*(n.denominator for n in (*amounts, ions)))
    scale = Fraction(multiple if multiple <= _LARGEST_MULTIPLE else 1)
    scaled = tuple((name, n * scale) for name, n in zip(products, amounts, strict=True))
    return Reaction(reactant, scale, ion, ions * scale, scaled)


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
    whole = amount.denominator == 1
    return f"{amount.numerator if whole else format(float(amount), '.4g')} {formula}"
