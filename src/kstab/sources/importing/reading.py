"""From files to phases that can be stored: one scheme, one reference, one identifier each.

What cannot be used is set aside one by one, with its place and the reason; the rest goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kstab.base.safe_text import printable
from kstab.chemistry.composition import Formula
from kstab.errors import DataError, RequestError
from kstab.phases.scheme import AS_GIVEN, MP2020, Scheme, scheme_named
from kstab.phases.table import reduced
from kstab.sources.importing import bounded, corrections, entries, identity, runs, tables
from kstab.sources.importing.records import (
    MOST,
    UNLISTED,
    Candidate,
    Energies,
    Location,
    Records,
    References,
    Rejected,
    Slot,
    refused,
)
from kstab.sources.store import Dataset, StoredPhase
from kstab.sources.stored import energies_of_elements, from_elements

_LARGEST: Final = 1e7  # eV/atom; all electrons of a heavy atom have less
_LONGEST: Final = 200  # characters of an identifier
_ZERO: Final = 1e-6
_NO_ELEMENT: Final = -0.8  # eV/atom; above all total energies of metals, below any form of one
_READERS: Final[dict[str, Callable[[Path, Energies | None], Records]]] = {
    ".csv": tables.read_table,
    ".tsv": tables.read_table,
    ".json": lambda path, _: entries.read_entries(path),
    ".xml": lambda path, _: runs.read_run(path, path.name),
}


@dataclass(frozen=True)
class Imported:
    """What was read from files.

    Attributes:
        dataset: The data set that the phases are of.
        phases: Phases that can be stored or used.
        rejected: What cannot be used, in the order of the files.
        repeated: How many phases were there twice.
        unlisted: How many more cannot be used.
    """

    dataset: Dataset
    phases: tuple[StoredPhase, ...]
    rejected: tuple[Rejected, ...] = ()
    repeated: int = 0
    unlisted: int = 0

    @property
    def refused(self) -> int:
        """How many phases cannot be used."""
        return len(self.rejected) + self.unlisted


def read_file(
    path: Path | str,
    *,
    scheme: str | None = None,
    energies: Energies | None = None,
    references: References | None = None,
) -> Imported:
    """Return the phases of a file, to be tried without storing them.

    The data set is called as the file is. Its phases become a table of formation energies with
    :func:`kstab.sources.stored.table_of`.

    Args:
        path: CSV, JSON of pymatgen entries, ``vasprun.xml``, or a folder of these last.
        scheme: Correction scheme, as for :func:`read_files`.
        energies: What energies are counted from where a table does not say.
        references: Elements that total energies are counted from; None for those of the file.

    Raises:
        DataError: The file cannot be read, or nothing in it can be used.
        RequestError: The scheme cannot be had from such energies.
    """
    where = Path(path)
    found = read_files([where], where.name, scheme=scheme, energies=energies, references=references)
    if not found.phases:
        reasons = "; ".join(map(str, found.rejected[:3]))
        raise DataError(
            printable(where.name),
            "nothing in it can be used" + (f" ({reasons})" if reasons else ""),
        )
    return found


def read_files(
    paths: Sequence[Path],
    name: str,
    *,
    scheme: str | None = None,
    energies: Energies | None = None,
    stored: tuple[Dataset, Sequence[StoredPhase]] | None = None,
    references: References | None = None,
    seen: Callable[[], None] = lambda: None,
) -> Imported:
    """Return the phases of files, those that can be used apart from those that cannot.

    Args:
        paths: CSV, JSON of pymatgen entries, ``vasprun.xml``, or folders of these last.
        name: Name of the data set.
        scheme: Correction scheme. ``mp2020`` (the default for runs and entries) corrects raw
            energies through pymatgen; any other takes energies with the corrections they carry.
        energies: What energies are counted from where a table does not say.
        stored: The data set as it is, with its phases, if it is there already.
        references: Elements that total energies are counted from, which makes formation
            energies of them; None for those of the data set.
        seen: Called after each file or run.

    Raises:
        DataError: A single file cannot be read.
        RequestError: Energies are of two kinds, or cannot be had in the scheme.
    """
    slots = list(_listed(_read_each(paths, energies, seen)))
    before, phases = stored or (None, ())
    candidates = [slot for slot in slots if isinstance(slot, Candidate)]
    _check_kinds(candidates, before, name, counted=references is not None)
    kind: Energies = candidates[0].energies if candidates else "formation"
    chosen = _scheme(scheme, candidates, kind, before)
    functional = (before.about.get("functional") if before else None) or (
        corrections.functional_of(candidates)
    )
    if chosen != MP2020:  # which sees to the functional itself
        slots = _each(slots, lambda one: corrections.of_functional(one, functional))
    slots = _each(slots, lambda one: corrections.in_scheme(one, chosen))
    if references and kind == "total":
        _check_references(references, chosen)
        slots = _each(slots, lambda one: _counted(one, references))
        kind = "formation"
    totals = _files_of_totals(slots)
    slots = _each(slots, lambda one: _of_elements(one, totals))
    slots = identity.identified(_each(slots, _plausible), phases)
    if kind == "total":
        slots = _against_elements(slots, phases)
    slots = list(_listed(slots))
    about = {"files": _files(paths, before)} | ({"functional": functional} if functional else {})
    return Imported(
        Dataset(printable(name), "", "imported", chosen.name, kind, about=MappingProxyType(about)),
        tuple(_stored(slot) for slot in slots if isinstance(slot, Candidate)),
        tuple(slot for slot in slots if isinstance(slot, Rejected) and slot is not UNLISTED),
        slots.count(None),
        slots.count(UNLISTED),
    )


def nothing_stored(found: Imported, *, strict: bool = False) -> DataError:
    """Return the error for files of which nothing is stored.

    Args:
        found: What was read.
        strict: Whether that is so because something was rejected.
    """
    count, remedy = found.refused, "Nothing was stored."
    reason = "there are no phases in it"
    if strict and found.phases:
        reason = f"{count} of {count + len(found.phases)} were rejected"
        remedy = "Nothing was stored (--strict)."
    elif count:
        reason = f"nothing in it can be used ({count} rejected)"
    return DataError(found.dataset.name, reason, remedy)


def _listed(slots: Iterable[Slot]) -> Iterator[Slot]:
    """All slots, the reasons of so many rejections that they fit into the memory."""
    count = 0
    for slot in slots:
        rejected = isinstance(slot, Rejected)
        count += rejected
        yield UNLISTED if rejected and count > bounded.REJECTIONS else slot


def _read_each(
    paths: Sequence[Path], energies: Energies | None, seen: Callable[[], None]
) -> Iterator[Slot]:
    """Everything in all files; of several, one that cannot be read is set aside whole."""
    for path in paths:
        try:
            for each in runs.within(path) if path.is_dir() else [path]:
                yield from bounded.counted(each, _reader(each, path)(each, energies))
                seen()
        except DataError as error:
            if len(paths) == 1:
                raise
            reason = f"{error.reason}. {error.remedy}".strip()
            yield Rejected(Location(printable(path.name)), "", printable(reason))


def _reader(path: Path, given: Path) -> Callable[[Path, Energies | None], Records]:
    """What reads a file, by its ending."""
    if given.is_dir():
        shown = printable(path.relative_to(given.parent).as_posix())
        return lambda path, _: runs.read_run(path, shown)
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if suffix not in _READERS:
        raise DataError(
            printable(str(path)),
            "its ending says nothing of what it holds",
            f"Files may end in {', '.join(_READERS)}, all of them also in .gz.",
        )
    return _READERS[suffix]


def _check_kinds(
    candidates: Sequence[Candidate], before: Dataset | None, name: str, *, counted: bool
) -> None:
    """Go on only if all energies are counted from the same, total ones that are counted too."""
    kinds = {candidate.energies for candidate in candidates}
    stored = {"formation"} if counted and kinds == {"total"} else kinds
    if len(kinds) > 1 or (before and stored - {before.energies}):
        raise RequestError(
            "Formation energies and total energies cannot be in one data set.",
            "Import them under two names"
            + (f"; {name} is of {before.energies} energies." if before else "."),
        )


def _check_references(references: References, scheme: Scheme) -> None:
    if references.scheme != scheme.name:
        raise RequestError(
            f"The elements of {references.name} are in the scheme {references.scheme}, and the "
            f"energies read in {scheme}.",
            "Energies of two schemes cannot be compared.",
        )


def _scheme(
    scheme: str | None, candidates: Sequence[Candidate], kind: Energies, before: Dataset | None
) -> Scheme:
    """The scheme of all energies, which is that of the data set if it is there already."""
    runs_known = {candidate.run is not None for candidate in candidates}
    if scheme is None and before is None and kind == "total" and len(runs_known) > 1:
        raise RequestError(
            "Total energies of a table cannot be corrected, and those of runs are.",
            f"Say what scheme they share, such as --scheme {AS_GIVEN}, or import them apart.",
        )
    if scheme is None and before and before.scheme != AS_GIVEN.name and False in runs_known:
        raise RequestError(
            f"Energies of a table are in no scheme unless you say so, and {before.name} is in "
            f"{before.scheme}.",
            f"Add --scheme {before.scheme} if they are in it, else choose another name.",
        )
    default = MP2020 if kind == "total" and True in runs_known else AS_GIVEN
    chosen = scheme_named(scheme or (before.scheme if before else default))
    if before and chosen.name != before.scheme:
        raise RequestError(
            f"{before.name} is in the scheme {before.scheme}, not in {chosen}.",
            "Energies of two schemes cannot be compared: import them under another name.",
        )
    if kind == "total" and chosen.fitted:
        raise RequestError(
            f"Total energies do not come in the scheme {chosen}.",
            f"It corrects the embedded data alone; --scheme {MP2020} corrects runs.",
        )
    return chosen


def _each(slots: Iterable[Slot], step: Callable[[Candidate], Candidate | Rejected]) -> list[Slot]:
    return [step(slot) if isinstance(slot, Candidate) else slot for slot in slots]


def _files_of_totals(slots: Iterable[Slot]) -> frozenset[str]:
    """Files whose formation energies must be total ones: an element is far below zero."""
    return frozenset(
        slot.origin.file
        for slot in slots
        if isinstance(slot, Candidate)
        and slot.energies == "formation"
        and len(slot.formula.elements) == 1
        and slot.energy < _NO_ELEMENT
    )


def _of_elements(candidate: Candidate, totals: frozenset[str]) -> Candidate | Rejected:
    if candidate.energies == "formation" and candidate.origin.file in totals:
        return refused(
            candidate,
            "its file has an element with a formation energy far below zero, so these are "
            "total energies",
        )
    return candidate


def _plausible(candidate: Candidate) -> Candidate | Rejected:
    """The phase, unless its energy cannot be one."""
    energy = candidate.energy
    if len(candidate.identifier) > _LONGEST:
        return refused(candidate, f"its identifier is longer than {_LONGEST} characters")
    if candidate.energies == "total":
        if abs(energy) < _LARGEST:
            return candidate
        return refused(candidate, f"an energy of {energy:g} eV/atom cannot be")
    if not abs(energy) <= MOST:
        return refused(
            candidate,
            f"a formation energy of {energy:g} eV/atom cannot be: check the unit, and whether "
            "it is a total energy",
        )
    if len(candidate.formula.elements) == 1 and energy < -_ZERO:
        return refused(
            candidate, f"an element has a formation energy of {energy:g} eV/atom, below zero"
        )
    return candidate


def _against_elements(slots: Sequence[Slot], stored: Iterable[StoredPhase]) -> list[Slot]:
    """Total energies that can be counted from those of the elements of the data set."""
    candidates = [slot for slot in slots if isinstance(slot, Candidate)]
    read = [(candidate.formula, candidate.energy) for candidate in candidates]
    replaced = set(map(identity.identifier, candidates))
    there = [(Formula.parse(phase.formula), phase.energy) for phase in stored
             if phase.identifier not in replaced]  # fmt: skip
    own = References("this data set", "", energies_of_elements([*read, *there]))

    def countable(candidate: Candidate) -> Candidate | Rejected:
        formation = _counted(candidate, own)
        if isinstance(formation, Candidate) and abs(formation.energy) > MOST:
            return refused(
                candidate,
                f"its formation energy from the elements of this data set would be "
                f"{formation.energy:g} eV/atom: they were not calculated in the same way",
            )
        return candidate if isinstance(formation, Candidate) else formation

    return _each(slots, countable)


def _counted(candidate: Candidate, references: References) -> Candidate | Rejected:
    """The phase with its energy of formation."""
    symbols = candidate.formula.elements
    missing = [symbol for symbol in symbols if symbol not in references.energies]
    if missing:
        return refused(
            candidate,
            f"{references.name} has no energy of the element {', '.join(missing)}, which its own "
            "would be counted from; import one calculated in the same way, or name a data set "
            "that has it with --references",
        )
    listed = ", ".join(f"{symbol} {references.energies[symbol]:.4f}" for symbol in symbols)
    return replace(
        candidate,
        energy=candidate.energy - from_elements(candidate.formula, references.energies),
        energies="formation",
        audit=(*candidate.audit, f"counted from elements of {references.name}, {listed} eV/atom"),
    )


def _files(paths: Iterable[Path], before: Dataset | None) -> str:
    known = before.about.get("files", "").split(", ") if before else []
    names = {*known, *(printable(path.name) for path in paths)}
    return ", ".join(sorted(name for name in names if name))


def _stored(candidate: Candidate) -> StoredPhase:
    return StoredPhase(
        identity.identifier(candidate),
        reduced(candidate.formula).text,
        candidate.energy,
        candidate.correction,
        candidate.extras,
        str(candidate.origin),
        candidate.audit,
    )
