"""Which phases compete: of a source or one's own, in which scheme, under which conditions."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from kstab.base.safe_text import printable
from kstab.chemistry.conditions import ROOM, Conditions
from kstab.errors import DataError, RequestError
from kstab.offers import PhaseSource, SourceRequest
from kstab.phases.dilute import with_dilute, without_dilute
from kstab.phases.scheme import scheme_named
from kstab.phases.table import PhaseTable
from kstab.phases.typed_formulas import formula_in, without
from kstab.sources import asked, own
from kstab.sources.catalogue import SOURCES
from kstab.sources.columns import SCHEMES
from kstab.sources.schemes import can_be_in, in_scheme


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
    entry_error: float | None
    keep_dilute: bool
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
        phases: A table, whose energies are taken as they are unless a temperature or a gas is
            named, or pymatgen entries (``ComputedEntry`` and alike) that include one of each
            element; None for those of the source.
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
        entry_error: Standard deviation of the energies in ``entries``, eV/atom; None for what the
            scheme leaves over in phases of their kind.
        keep_dilute: Whether computed dilute solutions, such as Mg149S, compete.
        temperature: K, or a text such as ``"100C"``, for Gibbs energies at it; ``"none"`` for
            enthalpies, without entropy and pressure. None for 298.15 K.
        gas: Partial pressures, bar, as ``"O2=0.21,H2O=0.03"`` or a mapping; other gases are at
            1 bar.
        exclude: Phases to leave out, as a list of formulas or a text with commas.
        conditions: Temperature and pressures, read; None for enthalpies.
        elements, systems, sources: What an analysis adds, see :meth:`within`.

    Raises:
        RequestError: A temperature or a gas is not in the tables, a formula is named twice, a
            height is no finite number, schemes are to be compared where there is one alone, or
            a value is of another kind than is said above.

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
    entry_error: float | None = None
    keep_dilute: bool = False
    temperature: float | str | None = None
    gas: str | None = None
    exclude: tuple[Any, ...] = ()
    conditions: Conditions | None = field(init=False, repr=False)
    elements: tuple[str, ...] = field(init=False, default=(), repr=False)
    systems: tuple[tuple[str, ...], ...] = field(init=False, default=(), repr=False)
    sources: Mapping[str, PhaseSource] | None = field(
        init=False, default=None, repr=False, hash=False
    )

    if TYPE_CHECKING:  # what may be given is wider than what is kept

        def __init__(self, **which: Unpack[WhichPhases]) -> None: ...

    def __post_init__(self) -> None:
        conditions = asked.conditions(self.temperature, self.gas)
        gases = conditions.gases if conditions else ()
        vars(self).update(
            phases=asked.table_or_entries(self.phases),
            source=asked.names(self.source, "source"),
            scheme=asked.names(self.scheme, "scheme"),
            entries=asked.paths(self.entries),
            polymorphs=asked.pairs(self.polymorphs, "--phase"),
            heights=asked.heights(self.heights),
            entry_error=asked.error(self.entry_error),
            temperature=asked.temperature(self.temperature, conditions),
            gas=None if self.gas is None else ",".join(f"{g.gas}={g.pressure}" for g in gases),
            exclude=asked.listed(self.exclude, "exclude"),
            conditions=conditions,
        )
        for name in ("mix_schemes", "keep_dilute"):
            if not isinstance(getattr(self, name), bool):
                raise asked.unusable(name, getattr(self, name), "True or False")
        if not isinstance(self.entry_scheme, str | None):
            raise asked.unusable("entry_scheme", self.entry_scheme, "the name of a scheme")
        if len(self.scheme) > 1 and self.phases is not None:
            raise RequestError(
                "Several schemes are to be compared, but the phases given come in one alone.",
                "Name one scheme.",
            )

    @classmethod
    def of(cls, question: "Question | None" = None, **which: Unpack[WhichPhases]) -> "Question":
        """Return a question, or the one of its keywords.

        Raises:
            TypeError: There is no such keyword.
            RequestError: Both are given.
        """
        of_keywords, nothing = cls(**which), cls()
        if question is None:
            return of_keywords
        if not isinstance(question, Question):
            raise RequestError(f"{question!r} is no question.", "Give a kstab.Question.")
        beside = [name for name in which if getattr(of_keywords, name) != getattr(nothing, name)]
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
        narrowed = copy(self)
        vars(narrowed).update(elements=elements, systems=systems, sources=sources)
        return narrowed

    def table(self, scheme: str | None = None) -> PhaseTable:
        """Return the phases that compete.

        Args:
            scheme: Correction scheme; None for the one to use.

        Raises:
            RequestError: There is no such scheme or source, or they do not go together.
            PhaseError: A phase to leave out, or a polymorph, is not there.
            DataError: A file cannot be read, or not all of it can be used.

        >>> Question(source="experimental").table().scheme.name
        'measured'
        """
        beside, scheme = scheme is not None, scheme or next(iter(self.scheme), None)
        table = self._joined(scheme) if self.phases is None else self._given(scheme)
        if self.entry_error is not None and not beside:
            self._check_error(table)
        for file in self.entries:
            table = self._with_file(table, file)
        table = (_with_all if self.keep_dilute else _competing)(table)
        table = without(table, self.exclude)
        return self._as_supposed(table) if self.polymorphs or self.heights else table

    def alone(self) -> PhaseTable:
        """Return the phases that compete, where nothing is compared with other schemes.

        Raises:
            RequestError: As :meth:`table`, or several schemes are named.
        """
        if len(self.scheme) > 1:
            raise RequestError(
                f"Several schemes are named, {', '.join(self.scheme)}, but nothing is compared.",
                "Name one scheme; `kstab window` and `kstab interface` compare.",
            )
        return self.table()

    def others(self) -> list[PhaseTable]:
        """Return the same phases in the schemes to compare with, with the same errors.

        None where there is one scheme alone: own phases.

        >>> [table.scheme.name for table in Question(scheme="legacy").others()]
        ['kstab', 'mp2020']
        """
        if self.phases is not None:
            return []
        known = self._shared()
        first, *named = self.scheme or known[:1] or ("",)
        return [self.table(name) for name in named or known if name != first]

    def _check_error(self, table: PhaseTable) -> None:
        """Go on only if an error that is stated can count."""
        if not self.entries or not table.has_bars:
            why = f"{table.name} has no error bars" if self.entries else "there are none"
            raise RequestError(
                f"An error is stated for the phases of --entry, but {why}.",
                "Leave --entry-error out.",
            )

    def _as_supposed(self, table: PhaseTable) -> PhaseTable:
        """The phases with the polymorphs that stand for others, and those at heights."""
        from kstab.phases.joining import as_polymorph, at_heights

        for formula, identifier in self.polymorphs:
            table = as_polymorph(table, formula_in(formula, table), identifier)
        tried = [(formula_in(formula, table), height) for formula, height in self.heights]
        return at_heights(table, tried, self.elements) if tried else table

    def _given(self, scheme: str | None) -> PhaseTable:
        """One's own phases."""
        from kstab.sources.entries import table_from_entries

        phases: Any = self.phases
        is_table = isinstance(phases, PhaseTable)
        table = phases if is_table else table_from_entries(phases)
        if scheme not in (None, table.scheme.name):
            raise RequestError(
                f"The scheme {scheme!r} was asked for, but {table.name} comes in "
                f"{table.scheme.name!r}.",
                "Leave the scheme out, or leave the phases out.",
            )
        if self.source not in ((), (table.name,)):
            raise RequestError(
                f"The source {', '.join(self.source)!r} was asked for, but the phases given are "
                f"from {table.name}.",
                "Leave the source out, or leave the phases out.",
            )
        decided = is_table or table.conditions
        if decided and self.temperature is None and self.gas is None:
            return table
        if self.conditions is None and table.conditions:
            raise RequestError(
                f"{table.name} has Gibbs energies at {table.conditions.temperature:g} K, and "
                "enthalpies are asked for.",
                "Make the table with temperature='none'.",
            )
        return self._at_conditions(table)

    def _with_file(self, table: PhaseTable, file: Path) -> PhaseTable:
        """The phases with those of a file, at the conditions asked for."""
        import numpy as np

        from kstab.phases.joining import with_phases
        from kstab.phases.uncertainty import Uncertainty

        added = in_scheme(self._of_file(file), table.scheme)
        if self.entry_error is not None:
            errors = added.uncertainty or Uncertainty.of_scheme(None, len(added))
            stated = np.full(len(added), self.entry_error)
            added = replace(added, uncertainty=replace(errors, stated=stated))
        if table.conditions:
            added = _at(table.conditions, added, False)
        return with_phases(table, added, self.elements, mixed=self.mix_schemes)

    def _of_file(self, file: Path) -> PhaseTable:
        """The phases of a file; elements that it lacks are those of the first source with any."""
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

    def _at_conditions(self, table: PhaseTable, source: PhaseSource | None = None) -> PhaseTable:
        """Phases at the conditions asked for."""
        if self.conditions is None or table.conditions == self.conditions:
            return table
        return _at(self.conditions, table, bool(source and source.free_energies))

    def _joined(self, scheme: str | None) -> PhaseTable:
        """The phases of all sources that are asked for."""
        chosen = self._chosen
        wanted = scheme or next(iter(self._shared()), None)
        if scheme and not any(
            can_be_in(scheme, source.schemes) or not source.schemes for source in chosen
        ):
            known = tuple(dict.fromkeys(name for source in chosen for name in source.schemes))
            raise _unknown_scheme(" or ".join(source.name for source in chosen), scheme, known)
        tables = [self._of_source(source, wanted) for source in chosen]
        if scheme and all(table.scheme.name != scheme for table in tables):
            raise _unknown_scheme(tables[0].name, scheme, (tables[0].scheme.name,))
        if len(tables) == 1:
            return tables[0]
        from kstab.phases.joining import joined

        return joined(tables, self.elements, mixed=self.mix_schemes)

    def _of_source(self, source: PhaseSource, wanted: str | None) -> PhaseTable:
        """The phases of one source, in the scheme that is wanted if it has that."""
        scheme = wanted if wanted in source.schemes else next(iter(source.schemes), wanted)
        if self.conditions is None and source.free_energies:
            raise RequestError(
                f"The energies of {source.name} are Gibbs energies, and enthalpies are asked for.",
                "Leave --temperature none out.",
            )
        temperature = self.conditions.temperature if self.conditions else ROOM
        request = SourceRequest(scheme, self.elements, temperature, self.systems, self.conditions)
        table = source.load(request)
        if wanted and wanted not in source.schemes:
            table = in_scheme(table, scheme_named(wanted))
        return self._at_conditions(table, source)

    def _shared(self) -> tuple[str, ...]:
        """The schemes that some source comes in and all others can be brought into.

        kstab's own come first, those whose errors are best known before the others.
        """
        first, *rest = self._chosen
        if not rest:
            return first.schemes
        enough = any if self.mix_schemes else all
        native = {name for each in (first, *rest) for name in each.schemes}
        for names in (tuple(map(str, SCHEMES)), first.schemes):
            shared = [name for name in names if name in native]
            shared = [n for n in shared if enough(can_be_in(n, s.schemes) for s in (first, *rest))]
            if shared:
                return tuple(shared)
        return ()

    @property
    def _chosen(self) -> tuple[PhaseSource, ...]:
        """The sources that are asked for."""
        known = built_in() if self.sources is None else self.sources
        for name in self.source:
            if name not in known:
                raise RequestError(
                    f"{name!r} is not a source of energies.", f"Choose one of: {', '.join(known)}."
                )
        return tuple(known[name] for name in self.source or (next(iter(known)),))


def _unknown_scheme(source: str, scheme: str | None, known: tuple[str, ...]) -> RequestError:
    return RequestError(
        f"{scheme!r} is not a correction scheme of {source}.",
        f"Choose one of: {', '.join(known)}."
        if len(known) > 1
        else f"Its energies come in {known[0]!r} alone: leave the scheme out.",
    )


@lru_cache(maxsize=12)
def _at(conditions: Conditions, table: PhaseTable, free_energies: bool) -> PhaseTable:
    from kstab.sources.free_energies import at_conditions, at_pressures

    return (at_pressures if free_energies else at_conditions)(table, conditions)


_competing = lru_cache(maxsize=12)(without_dilute)
_with_all = lru_cache(maxsize=12)(with_dilute)
