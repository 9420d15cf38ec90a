"""Which phases compete: computed, measured or one's own, and under which conditions."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from kstab.conditions import ROOM, Conditions
from kstab.errors import RequestError
from kstab.phases import PhaseTable
from kstab.sources import embedded
from kstab.sources.columns import MEASURED, NAME, SCHEMES
from kstab.sources.entries import table_from_entries

SOURCES: Final = (NAME, MEASURED)
"""Where energies can come from; the first is the default."""


def choose(
    phases: PhaseTable | Iterable[Any] | None,
    *,
    scheme: str | None,
    source: str | None,
    conditions: Conditions | None,
) -> PhaseTable:
    """Return the table that is asked for.

    Args:
        phases: A table or pymatgen entries; None for one of the sources.
        scheme: Correction scheme; None for the default or that of the phases given.
        source: One of :data:`SOURCES`; None for the first, or for the phases given.
        conditions: Temperature and pressures; None for energies as they are.

    Raises:
        RequestError: There is no such scheme or source, or they do not go together.
        DataError: A file is missing or damaged.

    >>> choose(None, scheme=None, source="experimental", conditions=None).scheme
    'measured'
    """
    if phases is not None:
        table = _own_phases(phases, scheme, source)
        return _at(conditions, table) if conditions else table
    return _of_source(source or NAME, scheme, conditions)


@lru_cache(maxsize=12)
def _of_source(source: str, scheme: str | None, conditions: Conditions | None) -> PhaseTable:
    if source == NAME:
        table = embedded.load(scheme or SCHEMES[0])
    else:
        table = _measured(source, scheme, conditions)
    return _at(conditions, table) if conditions else table


def _own_phases(phases: Any, scheme: str | None, source: str | None) -> PhaseTable:
    table = phases if isinstance(phases, PhaseTable) else table_from_entries(phases)
    if scheme not in (None, table.scheme):
        raise RequestError(
            f"The scheme {scheme!r} was asked for, but {table.name} comes in {table.scheme!r}.",
            "Leave the scheme out, or leave the phases out.",
        )
    if source not in (None, table.name):
        raise RequestError(
            f"The source {source!r} was asked for, but the phases given are from {table.name}.",
            "Leave the source out, or leave the phases out.",
        )
    return table


def _measured(source: str, scheme: str | None, conditions: Conditions | None) -> PhaseTable:
    """The measured phases, which know what the computed ones have in addition."""
    from kstab.sources import experimental

    if source != MEASURED:
        raise RequestError(
            f"{source!r} is not a source of energies.", f"Choose one of: {', '.join(SOURCES)}."
        )
    if scheme not in (None, experimental.SCHEME):
        raise RequestError(
            f"Measured energies need no correction, so the scheme {scheme!r} does not apply.",
            f"Leave the scheme out, or the source {MEASURED}.",
        )
    table = experimental.load(conditions.temperature if conditions else ROOM)
    return replace(table, expected=embedded.load(SCHEMES[0]))


def _at(conditions: Conditions, table: PhaseTable) -> PhaseTable:
    from kstab.sources import element_states, experimental

    if table.conditions:
        raise RequestError(
            f"{table.name} is at {table.conditions.temperature:g} K already.",
            "Give temperature and gases once.",
        )
    measured = table.scheme == experimental.SCHEME
    return table.at(conditions, element_states.element_states(conditions, measured=measured))
