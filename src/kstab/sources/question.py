"""Which phases compete: of a source or one's own, in which scheme, under which conditions."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from kstab.conditions import ROOM, Conditions
from kstab.errors import DataError, RequestError
from kstab.offers import PhaseSource, SourceRequest
from kstab.phases import PhaseTable
from kstab.safe_text import printable
from kstab.sources import own
from kstab.sources.catalogue import SOURCES
from kstab.sources.columns import MEASURED_SCHEME
from kstab.typed_formulas import formula_in, without


def built_in() -> dict[str, PhaseSource]:
    """Return the sources of kstab and of this computer by name; the first is the default.

    >>> list(built_in())[:2]
    ['mp-2019', 'experimental']
    """
    return {source.name: source for source in (*SOURCES, *own.sources())}


class Competing(TypedDict, total=False):
    """The keywords of a :class:`Question` beside ``phases``, as people may give them."""

    source: str | Iterable[str] | None
    scheme: str | Iterable[str] | None
    mix_schemes: bool
    entries: str | Path | Iterable[str | Path]
    entry_scheme: str | None
    polymorphs: Mapping[Any, str] | Iterable[tuple[Any, str]] | None
    heights: Mapping[Any, float] | Iterable[tuple[Any, float]] | None
    temperature: float | str | None
    gas: Any
    exclude: str | Iterable[Any]


class WhichPhases(Competing, total=False):
    """The keywords of a :class:`Question`, as people may give them."""

    phases: PhaseTable | Iterable[Any] | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which phases compete. All functions of kstab take it, or its keywords.

    Phases are added first, then left out, then chosen among polymorphs; heights come last.

    Attributes:
        phases: A table, or pymatgen entries (``ComputedEntry`` and alike) that include one of
            each element; None for those of the source.
        source: ``"mp-2019"``, computed energies; ``"experimental"``, measured Gibbs energies
            of formation; a source of one's own or of a plugin. Several, as a list or a text with
            commas, in order of precedence. None for the first.
        scheme: Correction scheme of the energies; None for the default. Of several, as a list
            or a text with commas, the first is used and the others are compared with; of one, all
            others are.
        mix_schemes: Whether energies of different correction schemes may be compared.
        entries: Files with phases to try beside the others, as ``kstab data import`` reads them.
        entry_scheme: Correction scheme that they are in; None for the one that such files have
            where nothing is said.
        polymorphs: Which phase of a composition to take, by formula, as its identifier.
        heights: Energies above the hull of all others, eV/atom, by formula: what would be, if.
        temperature: K, or a text such as ``"100C"``: the elements take their free energies at
            it. None for 298.15 K, or, without a gas either, for energies as they are.
        gas: Partial pressures, bar, as ``"O2=0.21,H2=1e-6"`` or a mapping; other gases are at
            1 bar.
        exclude: Phases to leave out, as a list of formulas or a text with commas.
        elements, systems, sources: What an analysis adds, see :meth:`within`.

    Raises:
        RequestError: A temperature or a gas is not in the tables, a formula is named twice, or
            schemes are to be compared where there is one alone.

    >>> asked = Question(exclude="KS3, S8O", gas={"O2": 0.21})
    >>> asked.exclude, asked.conditions.pressure("O2")
    (('KS3', 'S8O'), 0.21)
    >>> asked == Question(exclude=["KS3", "S8O"], gas="O2=0.21")
    True
    """

    phases: PhaseTable | tuple[Any, ...] | None = None
    source: tuple[str, ...] = ()
    scheme: tuple[str, ...] = ()
    mix_schemes: bool = False
    entries: tuple[Path, ...] = ()
    entry_scheme: str | None = None
    polymorphs: tuple[tuple[Any, str], ...] = ()
    heights: tuple[tuple[Any, float], ...] = ()
    temperature: float | None = None
    gas: str | None = None
    exclude: tuple[Any, ...] = ()
    elements: tuple[str, ...] = ()
    systems: tuple[tuple[str, ...], ...] = ()
    sources: Mapping[str, PhaseSource] | None = field(default=None, repr=False, compare=False)

    if TYPE_CHECKING:  # what may be given is wider than what is kept

        def __init__(self, **which: Unpack[WhichPhases]) -> None: ...

    def __post_init__(self) -> None:
        kept = {
            "phases": _table_or_entries(self.phases),
            "source": _names(self.source),
            "scheme": _names(self.scheme),
            "entries": _paths(self.entries),
            "polymorphs": _pairs(self.polymorphs, "--phase"),
            "heights": _pairs(self.heights, "--ehull"),
            "gas": _pressures(self.gas),
            "exclude": _formulas(self.exclude),
        }
        for name, value in kept.items():
            object.__setattr__(self, name, value)
        if self.conditions and self.temperature is not None:
            object.__setattr__(self, "temperature", self.conditions.temperature)
        if len(self.scheme) > 1 and self._in_one_scheme:
            raise RequestError(
                f"Several schemes are to be compared, but {self._in_one_scheme} one alone.",
                "Name one scheme.",
            )

    @classmethod
    def of(cls, question: "Question | None" = None, **which: Unpack[WhichPhases]) -> "Question":
        """Return a question, or the one of its keywords.

        Raises:
            TypeError: There is no such keyword.
            RequestError: Both are given.
        """
        unknown = [name for name in which if name not in WhichPhases.__annotations__]
        if unknown:
            raise TypeError(f"got an unexpected keyword argument {unknown[0]!r}")
        asked, nothing = cls(**which), cls()
        if question is None:
            return asked
        if not isinstance(question, Question):
            raise RequestError(f"{question!r} is no question.", "Give a kstab.Question.")
        beside = [name for name in which if getattr(asked, name) != getattr(nothing, name)]
        if beside:
            raise RequestError(
                f"Which phases compete is said by a question and by {', '.join(beside)}.",
                "Say all of it in the question.",
            )
        return question

    def within(
        self,
        elements: tuple[str, ...] = (),
        systems: tuple[tuple[str, ...], ...] = (),
        sources: Mapping[str, PhaseSource] | None = None,
    ) -> "Question":
        """Return the question of an analysis.

        Args:
            elements: Symbols of those that phases are needed of, sorted; empty for all.
            systems: Elements of each of several analyses, among ``elements``.
            sources: The sources there are, by name; None for those of kstab and this computer.
        """
        inside: dict[str, Any] = {"elements": elements, "systems": systems, "sources": sources}
        return replace(self, **inside)

    @cached_property
    def conditions(self) -> Conditions | None:
        """Temperature and pressures; None for energies as they are."""
        if self.temperature is None and self.gas is None:
            return None
        return Conditions.read(self.temperature, self.gas)

    def table(self) -> PhaseTable:
        """Return the phases that compete, in the scheme to use.

        Raises:
            RequestError: There is no such scheme or source, or they do not go together.
            PhaseError: A phase to leave out, or a polymorph, is not there.
            DataError: A file cannot be read, or not all of it can be used.

        >>> Question(source="experimental").table().scheme
        'measured'
        """
        return self._table(self.scheme[0] if self.scheme else None)

    def others(self) -> list[PhaseTable]:
        """Return the same phases in the schemes to compare with; none where there is one alone.

        Raises:
            RequestError: One of the schemes is unknown.
            PhaseError: A phase to leave out, or a polymorph, is not there.

        >>> [table.scheme for table in Question(scheme="legacy").others()]
        ['kstab', 'mp2020']
        """
        if self._in_one_scheme:
            return []
        known = self._shared()
        first, *named = self.scheme or known[:1] or ("",)
        return [self._table(name) for name in named or known if name != first]

    @property
    def _in_one_scheme(self) -> str:
        """What is of one scheme, so that others cannot be compared with; empty for nothing."""
        if self.phases is not None:
            return "the phases given come in"
        if self.entries:
            return "the phases of --entry come in"
        return "a height (--ehull) is above the hull of" if self.heights else ""

    def _table(self, scheme: str | None) -> PhaseTable:
        """The phases in a scheme: added, left out, chosen among, put at heights."""
        table = self._joined(scheme) if self.phases is None else self._given(scheme)
        for file in self.entries:
            table = self._with_file(table, file)
        table = without(table, self.exclude)
        return self._as_supposed(table) if self.polymorphs or self.heights else table

    def _as_supposed(self, table: PhaseTable) -> PhaseTable:
        """The phases with the polymorphs that stand for others, and those at heights."""
        from kstab.tables import as_polymorph, at_heights

        for formula, identifier in self.polymorphs:
            table = as_polymorph(table, formula_in(formula, table), identifier)
        tried = [(formula_in(formula, table), height) for formula, height in self.heights]
        return at_heights(table, tried, self.elements) if tried else table

    def _given(self, scheme: str | None) -> PhaseTable:
        """One's own phases."""
        table = self.phases if isinstance(self.phases, PhaseTable) else _of_entries(self.phases)
        if scheme not in (None, table.scheme):
            raise RequestError(
                f"The scheme {scheme!r} was asked for, but {table.name} comes in {table.scheme!r}.",
                "Leave the scheme out, or leave the phases out.",
            )
        if self.source not in ((), (table.name,)):
            raise RequestError(
                f"The source {', '.join(self.source)!r} was asked for, but the phases given are "
                f"from {table.name}.",
                "Leave the source out, or leave the phases out.",
            )
        return self._at_conditions(table)

    def _with_file(self, table: PhaseTable, file: Path) -> PhaseTable:
        """The phases with those of a file, at the conditions asked for."""
        from kstab.tables import with_phases

        added = self._at_conditions(self._of_file(file))
        return with_phases(table, added, self.elements, mixed=self.mix_schemes)

    def _of_file(self, file: Path) -> PhaseTable:
        """The phases of a file, which is read and not stored.

        Total energies of elements that the file lacks are those of the first source that has any.
        """
        from kstab.sources.importing.reading import read_file
        from kstab.sources.stored import table_of

        references = None
        for name in self.source:
            with suppress(RequestError):
                references = references or own.references_of(name)
        found = read_file(file, scheme=self.entry_scheme, references=references)
        if found.rejected:
            reasons = "; ".join(map(str, found.rejected[:3]))
            raise DataError(
                printable(file.name),
                f"not all of it can be used ({reasons})",
                "Correct it; `kstab data import --dry-run` lists all that is wrong.",
            )
        return table_of(found.dataset, found.phases)

    def _at_conditions(self, table: PhaseTable) -> PhaseTable:
        """Phases that are of no source at the conditions asked for."""
        measured = table.scheme == MEASURED_SCHEME
        return _at(self.conditions, table, measured) if self.conditions else table

    def _joined(self, scheme: str | None) -> PhaseTable:
        """The phases of all sources that are asked for."""
        chosen = self._chosen
        wanted = scheme or next(iter(self._shared()), None)
        if scheme and not any(scheme in source.schemes or not source.schemes for source in chosen):
            known = tuple(dict.fromkeys(name for source in chosen for name in source.schemes))
            raise _unknown_scheme(" or ".join(source.name for source in chosen), scheme, known)
        tables = [self._of_source(source, wanted) for source in chosen]
        if scheme and all(table.scheme != scheme for table in tables):
            raise _unknown_scheme(tables[0].name, scheme, (tables[0].scheme,))
        if len(tables) == 1:
            return tables[0]
        from kstab.tables import joined

        return joined(tables, self.elements, mixed=self.mix_schemes)

    def _of_source(self, source: PhaseSource, wanted: str | None) -> PhaseTable:
        """The phases of one source, in the scheme that is wanted if it has that."""
        scheme = wanted if wanted in source.schemes else next(iter(source.schemes), wanted)
        temperature = self.conditions.temperature if self.conditions else ROOM
        table = source.load(SourceRequest(scheme, self.elements, temperature, self.systems))
        free = source.free_energies
        return _at(self.conditions, table, free) if self.conditions else table

    def _shared(self) -> tuple[str, ...]:
        """The schemes that all sources come in, in the order of the first."""
        first, *rest = self._chosen
        return tuple(name for name in first.schemes if all(name in each.schemes for each in rest))

    @cached_property
    def _chosen(self) -> tuple[PhaseSource, ...]:
        """The sources that are asked for."""
        known = built_in() if self.sources is None else self.sources
        for name in self.source:
            if name not in known:
                raise RequestError(
                    f"{name!r} is not a source of energies.", f"Choose one of: {', '.join(known)}."
                )
        return tuple(known[name] for name in self.source or (next(iter(known)),))


def _table_or_entries(given: Any) -> PhaseTable | tuple[Any, ...] | None:
    if isinstance(given, str):
        raise RequestError(
            f"{given!r} is a text, not a table of phases.",
            "Give a PhaseTable, or a list of pymatgen entries read from a file.",
        )
    return given if given is None or isinstance(given, PhaseTable) else tuple(given)


def _names(given: str | Iterable[str] | None) -> tuple[str, ...]:
    """Names in a text with commas, or in a list; each once."""
    names = given.split(",") if isinstance(given, str) else list(given or ())
    return tuple(dict.fromkeys(name.strip() for name in names))


def _paths(given: str | Path | Iterable[str | Path]) -> tuple[Path, ...]:
    files = (given,) if isinstance(given, str | Path) else given
    return tuple(Path(file) for file in files)


def _formulas(given: str | Iterable[Any]) -> tuple[Any, ...]:
    if isinstance(given, str):
        given = [part.strip() for part in given.split(",")]
    return tuple(given)


def _pairs(given: Any, option: str) -> tuple[tuple[Any, Any], ...]:
    """Pairs of a formula and what is said of it, each formula once."""
    pairs = tuple(given.items()) if isinstance(given, Mapping) else tuple(given or ())
    formulas = [formula for formula, _ in pairs]
    for place, formula in enumerate(formulas):
        if formula in formulas[:place]:
            raise RequestError(f"{option} names {formula} twice.", "Name each formula once.")
    return pairs


def _pressures(given: Any) -> str | None:
    """Partial pressures as one text."""
    if isinstance(given, Mapping):
        given = [f"{name}={pressure}" for name, pressure in given.items()]
    if given is None or isinstance(given, str) or not isinstance(given, Iterable):
        return None if given is None else str(given)
    return ",".join(map(str, given))


def _unknown_scheme(source: str, scheme: str | None, known: tuple[str, ...]) -> RequestError:
    return RequestError(
        f"{scheme!r} is not a correction scheme of {source}.",
        f"Choose one of: {', '.join(known)}."
        if len(known) > 1
        else f"Its energies come in {known[0]!r} alone: leave the scheme out.",
    )


def _of_entries(entries: Any) -> PhaseTable:
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
