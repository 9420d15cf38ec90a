"""Which phases compete: of a source or one's own, in which scheme, under which conditions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kstab.conditions import ROOM, Conditions
from kstab.errors import RequestError
from kstab.offers import PhaseSource, SourceRequest
from kstab.phases import PhaseTable
from kstab.sources import own
from kstab.sources.catalogue import SOURCES


def built_in() -> dict[str, PhaseSource]:
    """Return the sources of kstab and of this computer by name; the first is the default.

    >>> list(built_in())[:2]
    ['mp-2019', 'experimental']
    """
    return {source.name: source for source in (*SOURCES, *own.sources())}


@dataclass(frozen=True)
class Choice:
    """Which phases are asked for.

    Attributes:
        phases: A table or pymatgen entries; None for sources.
        schemes: Correction schemes: the one to use, and those to compare with. Empty for the
            default, compared with all others.
        names: Names of sources in order of precedence; empty for the default one, or for the
            phases given.
        mixed: Whether sources of different schemes may be joined.
        conditions: Temperature and pressures; None for energies as they are.
        elements: Elements that phases are needed of; empty for all.
        sources: The sources there are, by name.
        systems: Elements of each of several questions, among those in ``elements``.
    """

    phases: PhaseTable | Iterable[Any] | None = None
    schemes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    mixed: bool = False
    conditions: Conditions | None = None
    elements: tuple[str, ...] = ()
    sources: Mapping[str, PhaseSource] = field(default_factory=built_in)
    systems: tuple[tuple[str, ...], ...] = ()

    def table(self) -> PhaseTable:
        """Return the phases in the scheme to use.

        Raises:
            RequestError: There is no such scheme or source, or they do not go together.
            DataError: A file is missing or damaged.

        >>> Choice(names=("experimental",)).table().scheme.name
        'measured'
        """
        scheme = self.schemes[0] if self.schemes else None
        if self.phases is not None:
            table = _own_phases(self.phases, scheme, self.names)
            return self.at_conditions(table)
        return self._load(scheme)

    def at_conditions(self, table: PhaseTable) -> PhaseTable:
        """Return phases that are of no source at the conditions asked for.

        Raises:
            RequestError: They are at others already.
        """
        free = table.scheme.free_energies
        return _at(self.conditions, table, free) if self.conditions else table

    def others(self) -> list[PhaseTable]:
        """Return the same phases in the schemes to compare with; none for own phases.

        Raises:
            RequestError: One of the schemes is unknown.

        >>> [table.scheme.name for table in Choice(schemes=("legacy",)).others()]
        ['kstab', 'mp2020']
        """
        if self.phases is not None:
            return []
        known = self._shared()
        first, *named = self.schemes or known[:1] or ("",)
        return [self._load(name) for name in named or known if name != first]

    def _load(self, scheme: str | None) -> PhaseTable:
        chosen = self._chosen()
        wanted = scheme or next(iter(self._shared()), None)
        if scheme and not any(scheme in source.schemes or not source.schemes for source in chosen):
            known = tuple(dict.fromkeys(name for source in chosen for name in source.schemes))
            raise _unknown_scheme(" or ".join(source.name for source in chosen), scheme, known)
        tables = [self._of(source, wanted) for source in chosen]
        if scheme and all(table.scheme.name != scheme for table in tables):
            raise _unknown_scheme(tables[0].name, scheme, (tables[0].scheme.name,))
        if len(tables) == 1:
            return tables[0]
        from kstab.tables import joined

        return joined(tables, self.elements, mixed=self.mixed)

    def _of(self, source: PhaseSource, wanted: str | None) -> PhaseTable:
        """The phases of one source, in the scheme that is wanted if it has that."""
        scheme = wanted if wanted in source.schemes else next(iter(source.schemes), wanted)
        temperature = self.conditions.temperature if self.conditions else ROOM
        table = source.load(SourceRequest(scheme, self.elements, temperature, self.systems))
        free = source.free_energies
        return _at(self.conditions, table, free) if self.conditions else table

    def _shared(self) -> tuple[str, ...]:
        """The schemes that all sources come in, in the order of the first."""
        first, *rest = self._chosen()
        return tuple(name for name in first.schemes if all(name in each.schemes for each in rest))

    def _chosen(self) -> list[PhaseSource]:
        names = self.names or (next(iter(self.sources)),)
        for name in names:
            if name not in self.sources:
                raise RequestError(
                    f"{name!r} is not a source of energies.",
                    f"Choose one of: {', '.join(self.sources)}.",
                )
        return [self.sources[name] for name in dict.fromkeys(names)]


def _unknown_scheme(source: str, scheme: str | None, known: tuple[str, ...]) -> RequestError:
    return RequestError(
        f"{scheme!r} is not a correction scheme of {source}.",
        f"Choose one of: {', '.join(known)}."
        if len(known) > 1
        else f"Its energies come in {known[0]!r} alone: leave the scheme out.",
    )


def _own_phases(phases: Any, scheme: str | None, names: tuple[str, ...]) -> PhaseTable:
    table = phases if isinstance(phases, PhaseTable) else _from_entries(phases)
    if scheme not in (None, table.scheme.name):
        raise RequestError(
            f"The scheme {scheme!r} was asked for, but {table.name} comes in "
            f"{table.scheme.name!r}.",
            "Leave the scheme out, or leave the phases out.",
        )
    if names not in ((), (table.name,)):
        raise RequestError(
            f"The source {', '.join(names)!r} was asked for, but the phases given are from "
            f"{table.name}.",
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
