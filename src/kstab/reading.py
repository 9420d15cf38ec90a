"""Results read back from the JSON they wrote: equal to what was written, or an error that says why.

What a document must hold is what the type hints of the results say; there is no code for any
one of them.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import IO, Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from kstab.analyses.result import SCHEMA_VERSION, Result
from kstab.base.late import loaded
from kstab.base.safe_text import printable
from kstab.base.written import Written, plain, restored
from kstab.builtin import kstab_analyses
from kstab.errors import DataError
from kstab.offers import AnalysisOffer

LARGEST: Final = 100_000_000
"""Bytes of the largest file that is read; a result has thousands."""

_AROUND: Final = ("kind", "schema_version", "caveat")
_SCALARS: Final = {
    str: (str, "a text"),
    bool: (bool, "true or false"),
    int: (int, "a whole number"),
    float: (int | float, "a number"),
    NoneType: (NoneType, "null"),
}
_ADVICE: Final = "Write it with --format json."


def read(path: str | Path, *, analyses: Iterable[AnalysisOffer] = ()) -> Result:
    """Return the result that a JSON file holds, equal to the one that was written.

    Args:
        path: File that ``--format json`` or ``result.to_json()`` wrote.
        analyses: Analyses of plugins, whose results it may hold beside those of kstab.

    Raises:
        DataError: It cannot be read, or holds no result of this version of the format.

    >>> import tempfile, kstab
    >>> result = kstab.window("K3SbS4")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "result.json")
    ...     _ = path.write_text(result.to_json(), encoding="utf-8")
    ...     kstab.read(path) == result
    True
    """
    try:
        with Path(path).open("rb") as file:
            return from_document(document(file, str(path)), str(path), analyses)
    except OSError as error:
        raise DataError(str(path), f"it cannot be read ({error.strerror or error})") from error


def document(file: IO[bytes], name: str) -> dict[str, Any]:
    """Return the JSON object that a file holds.

    Raises:
        DataError: It holds something else, or more than :data:`LARGEST` bytes.
    """
    text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise DataError(name, f"it is larger than {LARGEST / 1e6:g} MB, as no result is", _ADVICE)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(name, "it is no JSON", _ADVICE) from error
    if not isinstance(found, dict):
        raise DataError(name, "it is no result of kstab", _ADVICE)
    return found


def from_document(
    found: Mapping[str, Any], name: str, analyses: Iterable[AnalysisOffer] = ()
) -> Result:
    """Return the result that a JSON object is of.

    Args:
        found: The object.
        name: What to call it in an error.
        analyses: Analyses of plugins.

    Raises:
        DataError: It is no result, or one of another version of the format.
    """
    kind, version = found.get("kind"), found.get("schema_version")
    known = {offer.name: offer.result for offer in (*analyses, *kstab_analyses())}
    if not (isinstance(kind, str) and isinstance(version, str)):
        raise DataError(name, "it is no result of kstab", _ADVICE)
    if kind not in known:
        raise DataError(
            name,
            f"kstab has no analysis {printable(kind)[:80]!r}",
            "Load the plugin it is of; in Python name its offer, read(path, analyses=[...]).",
        )
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise DataError(
            name,
            f"it has version {printable(version)} of the format, and this kstab reads "
            f"{SCHEMA_VERSION}",
            "Read it with the version of kstab that wrote it, or compute it again.",
        )
    try:
        result: Result = _members(loaded(known[kind]), found, "", {})
    except (_WrongError, RecursionError) as error:
        reason = str(error) if isinstance(error, _WrongError) else "it is too deeply nested"
        raise DataError(name, reason, "Compute it again with --format json.") from error
    return result


class _WrongError(ValueError):
    """A value that is not what its place asks for."""


def _members(kind: Any, raw: Any, where: str, whole: Mapping[str, Any]) -> Any:
    """A value of what it wrote; whole: what was read of the result that it is in."""
    members: dict[str, Any] = {}
    _check_keys(kind, raw, where)
    for name, hint in hints(kind).items():
        if name in kind.not_written:
            rule = kind.not_written[name]
            members[name] = whole[rule] if isinstance(rule, str) else rule(whole)
        elif name not in raw:
            was = kind.added[name]
            members[name] = was(members) if callable(was) else was
        else:
            place = f"{where}.{name}" if where else name
            inside = members if issubclass(kind, Result) else whole
            members[name] = _value(hint, raw[name], place, inside)
    try:
        return restored(kind, members)
    except (TypeError, ValueError) as error:  # of its own checks
        raise _WrongError(f"{where}: {printable(str(error))}") from error


def _check_keys(kind: Any, raw: Any, where: str) -> None:
    what = where or "the document"
    if not isinstance(raw, dict):
        raise _WrongError(f"{what} is no object")
    around = _AROUND if issubclass(kind, Result) else ()
    wanted = [*around, *(name for name in hints(kind) if name not in kind.not_written)]
    missing = [name for name in wanted if name not in raw and name not in kind.added]
    strange = [name for name in raw if name not in wanted]
    for names, verb in ((missing, "lacks"), (strange, "has an unknown key")):
        if names:
            raise _WrongError(f"{what} {verb} {printable(names[0])[:80]!r}")
    for name in around:
        _scalar(str, raw[name], f"{where}.{name}" if where else name)
    if around and raw["kind"] != kind.kind:
        raise _WrongError(f"{what} is not of kind {kind.kind}")


@cache
def hints(kind: Any) -> dict[str, Any]:
    """Return the type of each field of a class, and of what it writes too."""
    fields = get_type_hints(kind, include_extras=True)
    too = {
        name: get_type_hints(getattr(kind, name).func, include_extras=True)["return"]
        for name in kind.written_too
    }
    return {name: fields[name] for name in kind.__match_args__} | too


def _value(hint: Any, raw: Any, where: str, whole: Mapping[str, Any]) -> Any:
    """A value of the type that a hint names."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        value = _value(inner[0], raw, where, whole)
        crossed = [bounds for bounds in inner[1:] if not bounds.hold(value)]
        if crossed:
            raise _WrongError(f"{where} is not {crossed[0]}")
        return value
    if origin in (Union, UnionType):
        return _value(_fitting(inner, raw), raw, where, whole)
    if origin is Literal:
        if raw not in inner:
            raise _WrongError(f"{where} is none of {', '.join(inner)}")
        return raw
    if origin is tuple:
        return _items(inner, raw, where, whole)
    if issubclass(hint, Written):
        return _members(hint, raw, where, whole)
    return _scalar(hint, raw, where)


def _fitting(choices: tuple[Any, ...], raw: Any) -> Any:
    """The one of several types that a value is of, or the first that is any."""
    others = [each for each in choices if each is not NoneType]
    fitting = [each for each in choices if isinstance(raw, _SCALARS.get(each, ((),))[0])]
    return (fitting or others)[0]


def _items(
    inner: tuple[Any, ...], raw: Any, where: str, whole: Mapping[str, Any]
) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise _WrongError(f"{where} is no array")
    hints = inner[:1] * len(raw) if inner[-1] is Ellipsis else inner
    if len(hints) != len(raw):
        raise _WrongError(f"{where} has not {len(hints)} items")
    pairs = zip(hints, raw, strict=True)
    return tuple(_value(hint, item, f"{where}[{i}]", whole) for i, (hint, item) in enumerate(pairs))


def _scalar(hint: type, raw: Any, where: str) -> Any:
    kinds, what = _SCALARS[hint]
    if not isinstance(raw, kinds) or (isinstance(raw, bool) and hint is not bool):
        raise _WrongError(f"{where} is not {what}")
    if isinstance(raw, int | float) and not _finite(raw):
        raise _WrongError(f"{where} is no number that can be used")
    return plain(raw)


def _finite(number: float) -> bool:
    try:
        return isfinite(number)
    except OverflowError:  # a whole number with more digits than any float
        return False
