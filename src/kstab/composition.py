"""Chemical formulas: from the text people write to exact element amounts, and back.

A :class:`Formula` keeps its amounts as fractions, so that ``K2.92Sb0.92W0.08S4``
balances exactly. Nothing here knows which compounds exist: readings that may have
been meant instead are offered by :func:`other_readings`, and whoever has the data
decides whether to mention them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import islice, product
from math import gcd, lcm
from typing import Any, Final

from kstab.elements import ATOMIC_NUMBER, MASSES
from kstab.errors import FormulaError

Amount = int | Fraction
"""An exact amount: whole where it can be, since fractions are slow."""

SMALLEST_SHARE: Final = 1e-8
"""Smallest share of the atoms an element may have; below it amounts drown in rounding."""

_MAX_LENGTH: Final = 200
_MAX_READINGS: Final = 200
_TOKEN: Final = re.compile(r"(?P<symbol>[A-Z][a-z]?)|(?P<amount>\d+(?:\.\d+)?|\.\d+)|(?P<mark>.)")
_AMOUNT: Final = re.compile(r"\d+(?:\.\d+)?")
_PLAIN: Final = re.compile(r"[A-Za-z0-9()]{1,200}")
_LATEX_SUBSCRIPT: Final = re.compile(r"\$?_\{?(\d*\.?\d+)\}?\$?")
_SEPARATORS: Final = str.maketrans(dict.fromkeys("•∙⋅●*‧", "·"))
_SUPERSCRIPTS: Final = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}
_HYDRATE_WITH_POINT: Final = re.compile(r"^(.*[A-Za-z\d)\]])\.(\d*H2O)$")


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
            amounts = _ordered((str(symbol), amount) for symbol, amount in source.items())
            _check(amounts, str(source))
            return cls(write(amounts), amounts)
        raise FormulaError(repr(source), "it is neither a text nor a composition")

    @property
    def elements(self) -> tuple[str, ...]:
        """Symbols of the elements present, in order of atomic number."""
        return tuple([symbol for symbol, _ in self.amounts])

    @property
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


def write(amounts: Iterable[tuple[str, Amount]]) -> str:
    """Write amounts as a formula, from the most electropositive column to the right.

    The order is the periodic table's columns, left to right, which puts cations
    before anions (hydrogen excepted: it stands after the metals, carbon and boron).

    >>> write([("S", Fraction(4)), ("K", Fraction(3)), ("Sb", Fraction(1))])
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


def write_amount(amount: Amount) -> str:
    """Write an amount as people do: whole, or decimal with at most 10 significant digits.

    >>> write_amount(Fraction(23, 25)), write_amount(Fraction(12))
    ('0.92', '12')
    """
    return str(amount.numerator) if amount.denominator == 1 else f"{float(amount):.10g}"


def other_readings(text: str) -> tuple[str, ...]:
    """Return formulas that may have been meant by a text: other letter case, 0 for O, 1 for l.

    The likeliest come first: those that change fewest characters, then those with
    fewest symbols. The text itself is not among them.

    >>> other_readings("KSB")
    ('KSb',)
    >>> other_readings("Al203")
    ('Al2O3',)
    """
    readings: dict[str, tuple[int, int]] = {}
    for variant in _lookalikes(text):
        for symbols, candidate in _segmentations(variant):
            if candidate == text or len(candidate) != len(text):
                continue
            changed = sum(a != b for a, b in zip(candidate, text, strict=True))
            readings.setdefault(candidate, (changed, symbols))
    return tuple(
        reading
        for reading in sorted(readings, key=lambda r: (readings[r], r))
        if _is_formula(reading)
    )


def _lookalikes(text: str) -> Iterator[str]:
    yield text
    letter_o = re.sub(r"(?<=[A-Za-z\d])0(?=\d|$)", "O", text)
    if letter_o != text:
        yield letter_o
    letter_l = re.sub(r"(?<=[A-Z])1", "l", text)
    if letter_l != text:
        yield letter_l


def _segmentations(text: str) -> Iterator[tuple[int, str]]:
    """Every way to read the letters of a text as element symbols, whatever their case."""
    pieces = re.findall(r"[A-Za-z]+|[^A-Za-z]+", text)
    options = [
        list(islice(_symbol_runs(piece.lower()), _MAX_READINGS)) if piece[0].isalpha() else [piece]
        for piece in pieces
    ]
    for choice in islice(product(*options), _MAX_READINGS):
        candidate = "".join(choice)
        yield sum(map(str.isupper, candidate)), candidate


def _symbol_runs(letters: str) -> Iterator[str]:
    if not letters:
        yield ""
    for length in (2, 1):
        symbol = letters[:length].capitalize()
        if len(letters) >= length and symbol in ATOMIC_NUMBER:
            for rest in _symbol_runs(letters[length:]):
                yield symbol + rest


def _is_formula(text: str) -> bool:
    try:
        _read(text)
    except FormulaError:
        return False
    return True


@lru_cache(maxsize=65536)
def _parse(text: str) -> Formula:
    normal = _normalise(text)
    try:
        amounts = _read(normal)
    except FormulaError as error:
        raise FormulaError(text, error.reason, other_readings(normal)[:3]) from None
    return Formula(normal, amounts)


def _normalise(text: str) -> str:
    """Undo typography; refuse what would change the meaning when undone."""
    if _PLAIN.fullmatch(text):
        return text
    if len(text) > _MAX_LENGTH:
        raise FormulaError(text[:40] + "…", f"it is longer than {_MAX_LENGTH} characters")
    if _SUPERSCRIPTS & set(text):
        raise FormulaError(text, "a charge (superscript) is not part of a formula")
    plain = unicodedata.normalize("NFKC", text).translate(_SEPARATORS)
    plain = _LATEX_SUBSCRIPT.sub(r"\1", plain)
    pieces = plain.split()
    # "K3 Sb S4" is one formula; "K3SbS4 KFeO2" is two, and joining them would
    # silently make a third.
    if sum(len(re.findall("[A-Z]", piece)) > 1 for piece in pieces) > 1:
        raise FormulaError(text, "there is a space in it; are these several formulas?")
    return "".join(pieces)


def _read(text: str) -> tuple[tuple[str, Amount], ...]:
    hydrate = "." in text and _HYDRATE_WITH_POINT.match(text)
    if hydrate:
        raise FormulaError(
            text,
            "the '.' would be read as a decimal point; write "
            f"{hydrate[1]}·{hydrate[2]} for a hydrate",
        )
    total: dict[str, Amount] = {}
    for part in text.split("·"):
        factor = _AMOUNT.match(part)
        multiple = _amount(factor[0], text) if factor else 1
        _add(total, _read_part(part[factor.end() if factor else 0 :], text), multiple)
    amounts = _ordered(total.items())
    _check(amounts, text)
    return amounts


def _read_part(part: str, text: str) -> dict[str, Amount]:
    """Read one part between the dots of an adduct."""
    levels: list[dict[str, Amount]] = [{}]
    closers: list[str] = []
    group: dict[str, Amount] = {}  # what an amount would multiply
    for token in _TOKEN.finditer(part):
        symbol, amount, mark = token.groups()
        if amount and not group:
            raise FormulaError(text, f"the amount {amount} does not follow an element")
        _add(levels[-1], group, _amount(amount, text) if amount else 1)
        group = {}
        if symbol:
            group = {_symbol(symbol, text): 1}
        elif mark in _BRACKETS:
            levels.append({})
            closers.append(_BRACKETS[mark])
        elif closers and mark == closers[-1]:
            closers.pop()
            group = levels.pop()
        elif mark:
            raise FormulaError(text, _why_not(mark))
    if closers:
        raise FormulaError(text, f"a {closers[-1]!r} is missing")
    _add(levels[-1], group, 1)
    if not levels[0]:
        raise FormulaError(text, "it is empty" if not part else "it names no element")
    return levels[0]


def _add(level: dict[str, Amount], group: dict[str, Amount], amount: Amount) -> None:
    for symbol, count in group.items():
        level[symbol] = level.get(symbol, 0) + amount * count


def _symbol(token: str, text: str) -> str:
    if token not in ATOMIC_NUMBER:
        raise FormulaError(text, f"{token!r} is not an element symbol")
    return token


def _amount(token: str, text: str) -> Amount:
    if token[0] == "0" and token[1:2].isdigit():
        raise FormulaError(text, f"the amount {token!r} begins with a zero")
    amount = int(token) if token.isdecimal() else _whole(Fraction(token))
    if not amount:
        raise FormulaError(text, "an amount is zero")
    return amount


def _why_not(mark: str) -> str:
    if mark in "+-−–":
        return f"{mark!r} has no place in it (charges and 1-x are not understood; give numbers)"
    if mark in _BRACKETS.values():
        return f"the {mark!r} closes nothing"
    if mark.isalpha():
        return f"{mark!r} is not an element symbol"
    return f"the character {mark!r} has no place in it"


def _whole(amount: Amount) -> Amount:
    return int(amount) if amount.denominator == 1 else amount


def _ordered(amounts: Iterable[tuple[str, Any]]) -> tuple[tuple[str, Amount], ...]:
    """Exact amounts in order of atomic number; floats are taken at their printed value."""
    pairs = []
    for symbol, amount in amounts:
        if symbol not in ATOMIC_NUMBER:
            raise FormulaError(symbol, f"{symbol!r} is not an element symbol")
        exact = amount if isinstance(amount, int) else _exact(amount, symbol)
        if exact:
            pairs.append((symbol, exact))
    return tuple(sorted(pairs, key=_atomic_number)) if len(pairs) > 1 else tuple(pairs)


def _exact(amount: Any, symbol: str) -> Amount:
    try:
        return _whole(Fraction(amount if isinstance(amount, Fraction) else repr(float(amount))))
    except ValueError as error:
        raise FormulaError(symbol, f"the amount {amount} is not a number") from error


def _atomic_number(pair: tuple[str, Amount]) -> int:
    return ATOMIC_NUMBER[pair[0]]


def _check(amounts: tuple[tuple[str, Amount], ...], text: str) -> None:
    if not amounts:
        raise FormulaError(text, "it names no element")
    total = float(sum(amount for _, amount in amounts))
    for symbol, amount in amounts:
        if amount < 0:
            raise FormulaError(text, f"the amount of {symbol} is negative")
        if amount < SMALLEST_SHARE * total:
            raise FormulaError(
                text,
                f"the share of {symbol} is {float(amount) / total:.2g} of the atoms, and "
                f"kstab takes nothing below {SMALLEST_SHARE:g}",
            )


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
