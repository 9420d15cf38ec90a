"""Which phases compete: of a source or one's own, in which scheme, under which conditions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from kstab.conditions import ROOM, Conditions
from kstab.errors import RequestError
from kstab.offers import PhaseSource, SourceRequest
from kstab.phases import PhaseTable
from kstab.sources.catalogue import SOURCES
from kstab.sources.columns import MEASURED_SCHEME

BUILT_IN: Final = {source.name: source for source in SOURCES}
"""The sources inside kstab by name; the first is the default."""


@dataclass(frozen=True)
class Choice:
    """Which phases are asked for.

    Attributes:
        phases: A table or pymatgen entries; None for one of the sources.
        schemes: Correction schemes: the one to use, and those to compare with. Empty for the
            default, compared with all others.
        source: Name of a source; None for the first, or for the phases given.
        conditions: Temperature and pressures; None for energies as they are.
        elements: Elements that phases are needed of; empty for all.
        sources: The sources there are, by name.
    """

    phases: PhaseTable | Iterable[Any] | None = None
    schemes: tuple[str, ...] = ()
    source: str | None = None
    conditions: Conditions | None = None
    elements: tuple[str, ...] = ()
    sources: Mapping[str, PhaseSource] = field(default_factory=lambda: BUILT_IN)

    def table(self) -> PhaseTable:
        """Return the phases in the scheme to use.

        Raises:
            RequestError: There is no such scheme or source, or they do not go together.
            DataError: A file is missing or damaged.

        >>> Choice(source="experimental").table().scheme
        'measured'
        """
        scheme = self.schemes[0] if self.schemes else None
        if self.phases is not None:
            table = _own_phases(self.phases, scheme, self.source)
            measured = table.scheme == MEASURED_SCHEME
            return _at(self.conditions, table, measured) if self.conditions else table
        return self._load(scheme)

    def others(self) -> list[PhaseTable]:
        """Return the same phases in the schemes to compare with; none for own phases.

        Raises:
            RequestError: One of the schemes is unknown.

        >>> [table.scheme for table in Choice(schemes=("legacy",)).others()]
        ['kstab', 'mp2020']
        """
        if self.phases is not None:
            return []
        known = self._source().schemes
        first, *named = self.schemes or known[:1] or ("",)
        return [self._load(name) for name in named or known if name != first]

    def _load(self, scheme: str | None) -> PhaseTable:
        source = self._source()
        chosen = scheme or next(iter(source.schemes), None)
        if source.schemes and chosen not in source.schemes:
            raise _unknown_scheme(source.name, chosen, source.schemes)
        temperature = self.conditions.temperature if self.conditions else ROOM
        table = source.load(SourceRequest(chosen, self.elements, temperature))
        if chosen not in (None, table.scheme):
            raise _unknown_scheme(source.name, chosen, (table.scheme,))
        free = source.free_energies
        return _at(self.conditions, table, free) if self.conditions else table

    def _source(self) -> PhaseSource:
        name = self.source or next(iter(self.sources))
        if name not in self.sources:
            raise RequestError(
                f"{name!r} is not a source of energies.",
                f"Choose one of: {', '.join(self.sources)}.",
            )
        return self.sources[name]


def _unknown_scheme(source: str, scheme: str | None, known: tuple[str, ...]) -> RequestError:
    return RequestError(
        f"{scheme!r} is not a correction scheme of {source}.",
        f"Choose one of: {', '.join(known)}."
        if len(known) > 1
        else f"Its energies come in {known[0]!r} alone: leave the scheme out.",
    )


def _own_phases(phases: Any, scheme: str | None, source: str | None) -> PhaseTable:
    table = phases if isinstance(phases, PhaseTable) else _from_entries(phases)
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


def _from_entries(entries: Any) -> PhaseTable:
    from kstab.sources.entries import table_from_entries

    return table_from_entries(entries)


@lru_cache(maxsize=12)
def _at(conditions: Conditions, table: PhaseTable, free_energies: bool) -> PhaseTable:
    from kstab.sources import element_states

    if table.conditions:
        raise RequestError(
            f"{table.name} is at {table.conditions.temperature:g} K already.",
            "Give temperature and gases once.",
        )
    return table.at(conditions, element_states.element_states(conditions, measured=free_energies))
