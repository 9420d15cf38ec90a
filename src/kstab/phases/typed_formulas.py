"""Formulas as people type them, with suggestions from the phases of a table."""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from kstab.chemistry.composition import Formula
from kstab.chemistry.formula_text import other_readings
from kstab.chemistry.ions import default_ion
from kstab.errors import FormulaError, PhaseError, RequestError
from kstab.phases.table import PhaseTable


def formula_or_typed(source: Any) -> Any:
    """Return the formula; what cannot be read as it came, for :func:`formula_in`."""
    try:
        return Formula.of(source)
    except FormulaError:
        return source


def elements_needed(ion: str | None, formulas: Iterable[Any]) -> tuple[str, ...]:
    """Return the elements that phases are needed of: those of formulas and the working ion.

    What cannot be read as a formula names none.

    >>> elements_needed(None, ["Sb2S3"])
    ('K', 'S', 'Sb')
    """
    found = {ion} if ion else set()
    read = map(formula_or_typed, formulas)
    found.update(*(formula.elements for formula in read if isinstance(formula, Formula)))
    with suppress(RequestError):  # two alkali metals: both are in the formulas
        found.add(default_ion(found).symbol)
    return tuple(sorted(found))


def formula_in(source: Any, table: PhaseTable) -> Formula:
    """Read a formula; if that fails, suggest what is in the table before anything else.

    Raises:
        FormulaError: It cannot be read.
    """
    try:
        return Formula.of(source)
    except FormulaError as error:
        # A word without numbers that spells no known phase is no formula misspelt.
        guesses = other_readings(error.text) if re.search(r"\d", error.text) else ()
        suggestions = tuple(_phases_meant(error.text, table) or guesses)[:3]
        raise FormulaError(error.text, error.reason, suggestions) from None


def without(table: PhaseTable, exclude: Iterable[Any]) -> PhaseTable:
    """Return the table less the phases to leave out.

    Raises:
        FormulaError: One of them cannot be read.
        PhaseError: One is not there; it carries suggestions.
    """
    excluded = [formula_in(formula, table) for formula in exclude]
    try:
        return table.without(*excluded) if excluded else table
    except PhaseError as error:
        meant = tuple(_phases_meant(error.formula, table)[:3])
        raise PhaseError(error.formula, error.dataset, meant) from None


def _phases_meant(text: str, table: PhaseTable) -> list[str]:
    """Other readings of a text that are phases of the table, the likeliest first."""
    known = set(table.elements())
    readings = [Formula.parse(reading) for reading in other_readings(text)]
    possible = [reading for reading in readings if known.issuperset(reading.elements)]
    return [reading.text for reading in possible if table.find(reading) is not None]
