"""Text from files and the network, made harmless for a terminal and for a spreadsheet."""

import re
from typing import Any, Final

_EXECUTED: Final = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


def printable(text: str) -> str:
    r"""Return text without control characters, such as those that move a terminal's cursor.

    Characters that turn the direction of text round go as well.

    >>> printable("K2S\x1b[2J")
    'K2S [2J'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def cell(value: Any) -> Any:
    """Return the value of a CSV cell so that no spreadsheet takes it for a formula.

    Text that one would execute gets an apostrophe in front, which spreadsheets do not show.
    Numbers stay numbers, also where they are written as text.

    >>> cell("=1+1"), cell("-1.5"), cell(-1.5), cell("K2S")
    ("'=1+1", '-1.5', -1.5, 'K2S')
    """
    if not isinstance(value, str):
        return value
    text = printable(value)
    if text.lstrip().startswith(_EXECUTED) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def uncell(text: str) -> str:
    """Return what :func:`cell` was given.

    >>> uncell("'=1+1"), uncell("'t Hooft")
    ('=1+1', "'t Hooft")
    """
    if text.startswith("'") and text[1:].lstrip().startswith(_EXECUTED):
        return text[1:]
    return text
