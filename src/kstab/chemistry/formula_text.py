"""From the text people write to exact element amounts.

Nothing here knows which compounds exist: readings that may have been meant instead
are offered by :func:`other_readings`, and whoever has the data decides whether to
mention them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice, product
from typing import Any, Final

from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.errors import FormulaError

Amount = int | Fraction
"""An exact amount: whole where it can be, since fractions are slow."""

SMALLEST_SHARE: Final = 1e-8
"""Smallest share of the atoms an element may have; below it amounts drown in rounding."""

_LARGEST_AMOUNT: Final = 1e9
_MAX_LENGTH: Final = 200
_MAX_READINGS: Final = 200
_TOKEN: Final = re.compile(r"(?P<symbol>[A-Z][a-z]?)|(?P<amount>\d+(?:\.\d+)?|\.\d+)|(?P<mark>.)")
_AMOUNT: Final = re.compile(r"\d+(?:\.\d+)?")
_PLAIN: Final = re.compile(r"[A-Za-z0-9()]{1,200}")
_LATEX_SUBSCRIPT: Final = re.compile(r"\$?_\{?(\d*\.?\d+)\}?\$?")
_SEPARATORS: Final = str.maketrans(dict.fromkeys("•∙⋅●*‧", "·"))
_SUPERSCRIPTS: Final = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}
_HYDRATE_WITH_POINT: Final = re.compile(r"([A-Z(\[{].*)\.(\d*H2O)")


def normalise(text: str) -> str:
    """Undo typography: subscripts, LaTeX, look-alike dots, spaces between elements.

    Raises:
        FormulaError: Undoing it would change the meaning.

    >>> normalise("K$_3$ Sb S₄")
    'K3SbS4'
    """
    if _PLAIN.fullmatch(text):
        return text
    if len(text) > _MAX_LENGTH:
        raise FormulaError(text[:40] + "…", f"it is longer than {_MAX_LENGTH} characters")
    if _SUPERSCRIPTS & set(text):
        raise FormulaError(text, "a charge (superscript) is not part of a formula")
    plain = unicodedata.normalize("NFKC", text).translate(_SEPARATORS)
    plain = _LATEX_SUBSCRIPT.sub(r"\1", plain)
    for part in plain.split("·"):
        # "K3 Sb S4" and "K2Mn [Fe(CN)6]" are one formula each; "K3SbS4 KFeO2" is two, and
        # joining them would silently make a third.
        pieces = [piece for piece in part.split() if piece[0] not in _BRACKETS]
        if len(pieces) > 1 and any(len(re.findall("[A-Z]", piece)) > 1 for piece in pieces):
            raise FormulaError(text, "the space may separate several formulas; give one formula")
    return "".join(plain.split())


def read_formula(text: str) -> tuple[tuple[str, Amount], ...]:
    """Return the elements of a formula and their amounts, in order of atomic number.

    Raises:
        FormulaError: The text, already normalised, is no formula.

    >>> read_formula("K2Mn[Fe(CN)6]")
    (('C', 6), ('N', 6), ('K', 2), ('Mn', 1), ('Fe', 1))
    """
    total: dict[str, Amount] = {}
    for part in text.split("·"):
        if "." in part and (hydrate := _HYDRATE_WITH_POINT.fullmatch(part)):
            raise FormulaError(
                text,
                "the '.' would be read as a decimal point; write "
                f"{hydrate[1]}·{hydrate[2]} for a hydrate",
            )
        factor = _AMOUNT.match(part)
        multiple = _amount(factor[0], text) if factor else 1
        _add(total, _read_part(part[factor.end() if factor else 0 :], text), multiple)
    return exact_amounts(total.items(), text)


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


def exact_amounts(amounts: Iterable[tuple[str, Any]], text: str) -> tuple[tuple[str, Amount], ...]:
    """Return amounts as exact numbers in order of atomic number; zeros are left out.

    Args:
        amounts: Symbols and amounts; floats are taken at their printed value.
        text: What they come from, for the error.

    Raises:
        FormulaError: A symbol is no element, or an amount is negative, too small a
            share, or no number; or nothing is left.
    """
    pairs = []
    for symbol, amount in amounts:
        if symbol not in ATOMIC_NUMBER:
            raise FormulaError(text, f"{symbol!r} is not an element symbol")
        exact = amount if isinstance(amount, int) else _exact(amount, text)
        if exact:
            pairs.append((symbol, exact))
    _check(pairs, text)
    return tuple(sorted(pairs, key=lambda pair: ATOMIC_NUMBER[pair[0]]))


def _exact(amount: Any, text: str) -> Amount:
    try:
        return _whole(Fraction(amount if isinstance(amount, Fraction) else repr(float(amount))))
    except (TypeError, ValueError, OverflowError) as error:
        raise FormulaError(text, f"the amount {amount!r:.40} is not a number") from error


def _check(amounts: list[tuple[str, Amount]], text: str) -> None:
    if not amounts:
        raise FormulaError(text, "it names no element")
    if max(amount for _, amount in amounts) > _LARGEST_AMOUNT:
        raise FormulaError(text, f"an amount is larger than {_LARGEST_AMOUNT:g}")
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


def other_readings(text: str) -> tuple[str, ...]:
    """Return formulas that may have been meant: other letter case, 0 for O, 1 for l, no spaces.

    The likeliest come first: those that change fewest characters, then those with
    fewest symbols. The text itself is not among them.

    >>> other_readings("KSB")
    ('KSb',)
    >>> other_readings("Al203")
    ('Al2O3',)
    """
    readings: dict[str, tuple[int, int]] = {}
    bare = "".join(text.split())
    for variant in _lookalikes(bare):
        for symbols, candidate in _segmentations(variant):
            if candidate == text or len(candidate) != len(bare):
                continue
            changed = sum(a != b for a, b in zip(candidate, bare, strict=True))
            readings.setdefault(candidate, (changed, symbols))
    likeliest = sorted(readings, key=lambda reading: (readings[reading], reading))
    return tuple(filter(_is_formula, likeliest))


def _lookalikes(text: str) -> Iterator[str]:
    yield text
    for digit, letter in ((r"(?<=[A-Za-z\d])0(?=\d|$)", "O"), (r"(?<=[A-Z])1", "l")):
        variant = re.sub(digit, letter, text)
        if variant != text:
            yield variant


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
    """Every way to read letters as symbols; only ways that reach the end are begun."""
    ends = [False] * len(letters) + [True]
    for start in reversed(range(len(letters))):
        ends[start] = any(
            ends[start + length] for length in (1, 2) if _is_symbol(letters, start, length)
        )

    def runs(start: int) -> Iterator[str]:
        if start == len(letters):
            yield ""
        for length in (2, 1):
            if _is_symbol(letters, start, length) and ends[start + length]:
                symbol = letters[start : start + length].capitalize()
                yield from (symbol + rest for rest in runs(start + length))

    return runs(0)


def _is_symbol(letters: str, start: int, length: int) -> bool:
    symbol = letters[start : start + length]
    return len(symbol) == length and symbol.capitalize() in ATOMIC_NUMBER


def _is_formula(text: str) -> bool:
    try:
        read_formula(text)
    except FormulaError:
        return False
    return True
