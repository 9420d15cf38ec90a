"""Chemical formulas: exact compositions with the text they were typed as.

A :class:`Formula` keeps its amounts as whole numbers and fractions, so that
``K2.92Sb0.92W0.08S4`` balances exactly.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import gcd, lcm
from typing import Any, Final

from kstab.chemistry.elements import ATOMIC_NUMBER, MASSES
from kstab.chemistry.formula_text import (
    Amount,
    exact_amounts,
    normalise,
    other_readings,
    read_formula,
)
from kstab.errors import FormulaError


@dataclass(frozen=True)
class Formula:
    """A chemical formula: its text and the amount of each element per formula unit.

    Attributes:
        text: The formula as it was typed, without spaces and typographic subscripts.
        amounts: Pairs of element symbol and amount, in order of atomic number.

    >>> Formula.parse("K₂Mn[Fe(CN)₆]").amounts[0]
    ('C', 6)
    >>> Formula.parse("(K0.5Na0.5)3SbS4")["K"]
    Fraction(3, 2)
    """

    text: str
    amounts: tuple[tuple[str, Amount], ...]

    @classmethod
    def parse(cls, text: str) -> "Formula":
        """Read a formula as people write it.

        Unicode and LaTeX subscripts, decimal amounts, all three kinds of bracket,
        adducts (``KB3H8·NH3B3H7``) and spaces between elements are understood.

        Raises:
            FormulaError: The text is no formula; it carries suggestions.

        >>> Formula.parse("k3sbs4")
        Traceback (most recent call last):
        ...
        kstab.errors.FormulaError: Cannot read 'k3sbs4' as a chemical formula: 'k' is not an \
element symbol. Did you mean K3SbS4 or K3SBS4?
        """
        return _parse(text)

    @classmethod
    def of(cls, source: Any) -> "Formula":
        """Return a formula from a text, a pymatgen ``Composition``, a mapping or a formula.

        Raises:
            FormulaError: The source is nothing of the kind, or holds unusable amounts.

        >>> Formula.of({"K": 3, "Sb": 1, "S": 4}).text
        'K3SbS4'
        """
        if isinstance(source, Formula):
            return source
        if isinstance(source, str):
            return cls.parse(source)
        # pymatgen's Composition is a Mapping from Element to float. Its own text is
        # kept ("K3 Sb1 S4" would not be what anybody types), so one is written here.
        if isinstance(source, Mapping):
            # Oxidation states are not part of a formula: K+ and K are both K.
            total: dict[str, Any] = {}
            for element, amount in source.items():
                symbol = str(getattr(element, "symbol", element))
                total[symbol] = total[symbol] + amount if symbol in total else amount
            amounts = exact_amounts(total.items(), str(source))
            return cls(write(amounts), amounts)
        raise FormulaError(repr(source), "it is neither a text nor a composition")

    @property
    def elements(self) -> tuple[str, ...]:
        """Symbols of the elements present, in order of atomic number."""
        return tuple([symbol for symbol, _ in self.amounts])

    @cached_property
    def atoms(self) -> float:
        """Number of atoms per formula unit."""
        return float(sum([amount for _, amount in self.amounts]))

    @cached_property
    def mass(self) -> float:
        """Molar mass of one formula unit, g/mol.

        >>> round(Formula.parse("K3SbS4").mass, 2)
        367.31
        """
        return sum(float(amount) * MASSES[symbol] for symbol, amount in self.amounts)

    @cached_property
    def key(self) -> tuple[tuple[str, Amount], ...]:
        """Amounts scaled to the smallest whole numbers: equal for equal compositions.

        >>> Formula.parse("Fe2O3").key == Formula.parse("Fe4O6").key
        True
        """
        multiple = lcm(*(amount.denominator for _, amount in self.amounts))
        whole = [int(amount * multiple) for _, amount in self.amounts]
        divisor = gcd(*whole)
        return tuple((s, n // divisor) for s, n in zip(self.elements, whole, strict=True))

    def __getitem__(self, symbol: str) -> Amount:
        """Amount of an element per formula unit; zero where it is absent."""
        return self._by_symbol.get(symbol, 0)

    @cached_property
    def _by_symbol(self) -> dict[str, Amount]:
        return dict(self.amounts)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=65536)
def _parse(text: str) -> Formula:
    try:
        normal = normalise(text)
        return Formula(normal, read_formula(normal))
    except FormulaError as error:
        raise FormulaError(error.text, error.reason, other_readings(error.text)[:3]) from None


def write(amounts: Iterable[tuple[str, Amount]]) -> str:
    """Write amounts as a formula, from the most electropositive column to the right.

    The order is the periodic table's columns, left to right, which puts cations
    before anions (hydrogen excepted: it stands after the metals, carbon and boron).

    >>> write([("S", 4), ("K", 3), ("Sb", 1)])
    'K3SbS4'
    """
    return "".join(
        symbol + ("" if amount == 1 else write_amount(amount))
        for symbol, amount in sorted(amounts, key=lambda pair: _writing_order(pair[0]))
    )


def writing_order(symbols: Iterable[str]) -> tuple[str, ...]:
    """Return element symbols in the order a formula would name them.

    >>> writing_order(["S", "K", "Sb"])
    ('K', 'Sb', 'S')
    """
    return tuple(sorted(symbols, key=_writing_order))


def chemical_system(source: str | Iterable[str]) -> tuple[str, ...]:
    """Return the elements of a system: from ``K-Sb-S``, a formula, or a list of symbols.

    Raises:
        FormulaError: One of them is no element.

    >>> chemical_system("K-Sb-S"), chemical_system("K3PS4")
    (('K', 'Sb', 'S'), ('P', 'S', 'K'))
    """
    parts = re.split(r"[-,\s]+", source.strip()) if isinstance(source, str) else tuple(source)
    if isinstance(source, str) and len(parts) == 1:
        return Formula.parse(source).elements
    symbols = tuple(str(part).strip() for part in parts)
    for symbol in symbols:
        if symbol not in ATOMIC_NUMBER:
            others = tuple(name.capitalize() for name in symbols)
            meant = ("-".join(others),) if set(others) <= set(ATOMIC_NUMBER) else ()
            raise FormulaError("-".join(symbols), f"{symbol!r} is not an element symbol", meant)
    return symbols


def write_amount(amount: Amount) -> str:
    """Write an amount as people do: whole, or decimal with at most 10 significant digits.

    >>> from fractions import Fraction
    >>> write_amount(Fraction(23, 25)), write_amount(12)
    ('0.92', '12')
    """
    return str(amount.numerator) if amount.denominator == 1 else f"{float(amount):.10g}"


def _writing_order(symbol: str) -> tuple[int, int]:
    return _GROUPS.get(symbol, 3), -ATOMIC_NUMBER[symbol]


# Position in a written formula: the column of the periodic table (f-block and all
# elements not named here count as column 3), with H moved to just before N.
_COLUMNS: Final = (
    (1, "Li Na K Rb Cs Fr"), (2, "Be Mg Ca Sr Ba Ra"), (4, "Ti Zr Hf Rf"),
    (5, "V Nb Ta Db"), (6, "Cr Mo W Sg"), (7, "Mn Tc Re Bh"), (8, "Fe Ru Os Hs"),
    (9, "Co Rh Ir Mt"), (10, "Ni Pd Pt Ds"), (11, "Cu Ag Au Rg"), (12, "Zn Cd Hg Cn"),
    (13, "B Al Ga In Tl Nh"), (14, "C Si Ge Sn Pb Fl"), (15, "H"), (16, "N P As Sb Bi Mc"),
    (17, "O S Se Te Po Lv"), (18, "F Cl Br I At Ts"), (19, "He Ne Ar Kr Xe Rn Og"),
)  # fmt: skip
_GROUPS: Final = {symbol: column for column, names in _COLUMNS for symbol in names.split()}
