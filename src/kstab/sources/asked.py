"""What people type or pass to say which phases compete, as the values of a question."""

from collections.abc import Iterable, Mapping
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any, Final

from kstab.chemistry.conditions import Conditions
from kstab.errors import RequestError
from kstab.phases.table import PhaseTable

ENTHALPIES: Final = "none"
"""In place of a temperature: energies as they are, without entropy and pressure."""


def conditions(temperature: Any, gas: Any) -> Conditions | None:
    """Return temperature and pressures; None for enthalpies.

    Raises:
        RequestError: One cannot be read, or gases are given a pressure where none counts.

    >>> conditions(None, None).temperature, conditions("none", None)
    (298.15, None)
    """
    if not _is_none(temperature):
        return Conditions.read(temperature, gas)
    if gas:
        raise RequestError(
            "Enthalpies know no pressure, but gases are given one.",
            "Leave --temperature none out, or --gas.",
        )
    return None


def _is_none(temperature: Any) -> bool:
    return isinstance(temperature, str) and temperature.strip().lower() == ENTHALPIES


def temperature(given: Any, conditions: Conditions | None) -> float | str | None:
    """Return the temperature as a question keeps it: a number, none as a word, or None."""
    if conditions is None:
        return ENTHALPIES
    return None if given is None else conditions.temperature


def error(given: Any) -> float | None:
    """Return a standard deviation, eV/atom; None where none is given.

    Raises:
        RequestError: It is none.
    """
    if given is None:
        return None
    if isinstance(given, Real) and isfinite(given) and float(given) >= 0.0:
        return float(given)
    raise unusable("entry_error", given, "a standard deviation, eV/atom")


def table_or_entries(given: Any) -> PhaseTable | tuple[Any, ...] | None:
    """Return a table, or all entries of a list.

    Raises:
        RequestError: It is neither.
    """
    if isinstance(given, str):
        raise RequestError(
            f"{given!r} is a text, not a table of phases.",
            "Give a PhaseTable, or a list of pymatgen entries read from a file.",
        )
    if given is None or isinstance(given, PhaseTable):
        return given
    return _all(given, "phases", "a PhaseTable, or a list of pymatgen entries")


def unusable(name: str, given: Any, wanted: str) -> RequestError:
    """Return the error that a keyword cannot be used."""
    return RequestError(f"{name} is {given!r}.", f"Give {wanted}.")


def _all(given: Any, name: str, wanted: str) -> tuple[Any, ...]:
    """All of what can be listed."""
    if isinstance(given, bytes) or not isinstance(given, Iterable):
        raise unusable(name, given, wanted)
    return tuple(given)


def listed(given: Any, name: str) -> tuple[Any, ...]:
    """Return what is in a list, or in a text with commas.

    Raises:
        RequestError: It is neither.

    >>> listed("KS3, S8O", "exclude")
    ('KS3', 'S8O')
    """
    if isinstance(given, str):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    return _all(given or (), name, "a list, or a text with commas")


def names(given: Any, name: str) -> tuple[str, ...]:
    """Return names, each once.

    Raises:
        RequestError: It is neither a list of names nor a text with commas.
    """
    found = listed(given, name)
    if not all(isinstance(each, str) for each in found):
        raise unusable(name, given, "names, as a list or a text with commas")
    return tuple(dict.fromkeys(found))


def paths(given: Any) -> tuple[Path, ...]:
    """Return the paths of files.

    Raises:
        RequestError: It is neither a path nor a list of paths.
    """
    several = (given,) if isinstance(given, str | Path) else given or ()
    found = _all(several, "entries", "the paths of files")
    if not all(isinstance(path, str | Path) and str(path) for path in found):
        raise unusable("entries", given, "the paths of files")
    return tuple(map(Path, found))


def pairs(given: Any, option: str) -> tuple[tuple[Any, Any], ...]:
    """Return pairs of a formula and what is said of it, each formula once.

    Raises:
        RequestError: It is neither a mapping nor a list of pairs, or names a formula twice.
    """
    items = given.items() if isinstance(given, Mapping) else given or ()
    found = _all(items, option, "what is said of a formula, by formula")
    if isinstance(given, str) or not all(
        isinstance(pair, tuple | list) and len(pair) == 2 for pair in found
    ):
        raise unusable(option, given, "what is said of a formula, by formula")
    formulas = [formula for formula, _ in found]
    for place, formula in enumerate(formulas):
        if formula in formulas[:place]:
            raise RequestError(f"{option} names {formula} twice.", "Name each formula once.")
    return tuple(map(tuple, found))


def heights(given: Any) -> tuple[tuple[Any, float], ...]:
    """Return heights above the hull, eV/atom, by formula.

    Raises:
        RequestError: As :func:`pairs`, or one is no finite number.
    """
    found = pairs(given, "--ehull")
    for formula, height in found:
        if not isinstance(height, Real) or not isfinite(height):
            raise unusable(f"The height of {formula}", height, "a number of eV/atom")
    return found
