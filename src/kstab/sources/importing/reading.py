"""From files to phases that can be stored: one scheme, one reference, one identifier each.

What cannot be used is set aside one by one, with its place and the reason; the rest goes on.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from kstab.composition import Formula
from kstab.errors import DataError, RequestError
from kstab.phases import reduced
from kstab.safe_text import printable
from kstab.sources.columns import FITTED
from kstab.sources.importing import corrections, entries, runs, tables
from kstab.sources.importing.records import (
    AS_GIVEN,
    MOST,
    MP2020,
    Candidate,
    Energies,
    Origin,
    Read,
    Rejected,
)
from kstab.sources.store import Dataset, StoredPhase
from kstab.sources.stored import energies_of_elements, from_elements

_LARGEST: Final = 1e7  # eV/atom; all electrons of a heavy atom have less
_SAME: Final = 1e-9
_ZERO: Final = 1e-6
_READERS: Final[dict[str, Callable[[Path, Energies | None], Read]]] = {
    ".csv": tables.read,
    ".tsv": tables.read,
    ".json": lambda path, _: entries.read(path),
    ".xml": lambda path, _: runs.read(path, path.name),
}

Slot: TypeAlias = Candidate | Rejected | None
"""What is left of something that was read; None of what was read before."""


@dataclass(frozen=True)
class Imported:
    """What was read from files.

    Attributes:
        dataset: The data set that the phases are of.
        phases: Phases that can be stored or used.
        rejected: What cannot be used, in the order of the files.
        repeated: How many phases were there twice.
    """

    dataset: Dataset
    phases: tuple[StoredPhase, ...]
    rejected: tuple[Rejected, ...] = ()
    repeated: int = 0


def read_file(
    path: Path | str,
    *,
    scheme: str | None = None,
    energies: Energies | None = None,
    references: Mapping[str, float] | None = None,
) -> Imported:
    """Return the phases of a file, to be tried without storing them.

    The data set is called as the file is. Its phases become a table of formation energies with
    :func:`kstab.sources.stored.table_of`.

    Args:
        path: CSV, JSON of pymatgen entries, ``vasprun.xml``, or a folder of these last.
        scheme: Correction scheme, as for :func:`read_files`.
        energies: What energies are counted from where a table does not say.
        references: Total energy of elements that the file lacks, eV/atom, in the same scheme.

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
    references: Mapping[str, float] | None = None,
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
        references: Total energy of elements that are in no file, eV/atom.
        seen: Called after each file or run.

    Raises:
        DataError: A single file cannot be read.
        RequestError: Energies are of two kinds, or cannot be had in the scheme.
    """
    slots = _read_all(paths, energies, seen)
    before, phases = stored or (None, ())
    candidates = [slot for slot in slots if isinstance(slot, Candidate)]
    kind = _kind(candidates, before, name)
    chosen = _scheme(scheme, candidates, kind, before)
    functional = (before.about.get("functional") if before else None) or (
        corrections.functional_of(candidates)
    )
    if chosen == AS_GIVEN:
        slots = _each(slots, lambda one: corrections.of_functional(one, functional))
    slots = _each(slots, lambda one: corrections.in_scheme(one, chosen))
    slots = _each(slots, _plausible)
    slots = _identified(slots)
    if kind == "total":
        slots = _against_elements(slots, phases, references or {})
    about = {"files": _files(paths, before)} | ({"functional": functional} if functional else {})
    kept = [_stored(slot) for slot in slots if isinstance(slot, Candidate)]
    return Imported(
        Dataset(printable(name), "", "imported", chosen, kind, about=MappingProxyType(about)),
        tuple(kept),
        tuple(slot for slot in slots if isinstance(slot, Rejected)),
        slots.count(None),
    )


def nothing_stored(found: Imported, *, strict: bool = False) -> DataError:
    """Return the error for files of which nothing is stored.

    Args:
        found: What was read.
        strict: Whether that is so because something was rejected.
    """
    count = len(found.rejected)
    if strict and found.phases:
        return DataError(
            found.dataset.name,
            f"{count} of {count + len(found.phases)} phases were rejected",
            "Nothing was stored (--strict).",
        )
    reason = f"all {count} phases were rejected" if count else "there are no phases in it"
    return DataError(found.dataset.name, reason, "Nothing was stored.")


def _read_all(
    paths: Iterable[Path], energies: Energies | None, seen: Callable[[], None]
) -> list[Slot]:
    """Everything in all files; of several, one that cannot be read is set aside whole."""
    paths = list(paths)
    slots: list[Slot] = []
    for path in paths:
        try:
            for each in _files_in(path):
                slots += _reader(each, path)(each, energies)
                seen()
        except DataError as error:
            if len(paths) == 1:
                raise
            reason = f"{error.reason}. {error.remedy}".strip()
            slots.append(Rejected(Origin(printable(path.name)), "", printable(reason)))
    return slots


def _files_in(path: Path) -> list[Path]:
    return runs.within(path) if path.is_dir() else [path]


def _reader(path: Path, given: Path) -> Callable[[Path, Energies | None], Read]:
    """What reads a file, by its ending."""
    if given.is_dir():
        shown = printable(path.relative_to(given.parent).as_posix())
        return lambda path, _: runs.read(path, shown)
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if suffix not in _READERS:
        raise DataError(
            printable(str(path)),
            "its ending says nothing of what it holds",
            f"Files may end in {', '.join(_READERS)}, all of them also in .gz.",
        )
    return _READERS[suffix]


def _kind(candidates: Sequence[Candidate], before: Dataset | None, name: str) -> Energies:
    """What all energies are counted from."""
    kinds = list(dict.fromkeys(candidate.energies for candidate in candidates))
    if before:
        kinds = list(dict.fromkeys((before.energies, *kinds)))
    if len(kinds) > 1:
        raise RequestError(
            "Formation energies and total energies cannot be in one data set.",
            f"Import them under two names; {name} is of {kinds[0]} energies."
            if before
            else "Import them under two names.",
        )
    return kinds[0] if kinds else "formation"


def _scheme(
    scheme: str | None, candidates: Sequence[Candidate], kind: Energies, before: Dataset | None
) -> str:
    """The scheme of all energies, which is that of the data set if it is there already."""
    runs_known = {candidate.run is not None for candidate in candidates}
    if scheme is None and before is None and kind == "total" and len(runs_known) > 1:
        raise RequestError(
            "Total energies of a table cannot be corrected, and those of runs are.",
            f"Say what scheme they share, such as --scheme {AS_GIVEN}, or import them apart.",
        )
    default = MP2020 if kind == "total" and True in runs_known else AS_GIVEN
    chosen = scheme or (before.scheme if before else default)
    if before and chosen != before.scheme:
        raise RequestError(
            f"{before.name} is in the scheme {before.scheme}, not in {chosen}.",
            "Energies of two schemes cannot be compared: import them under another name.",
        )
    if kind == "total" and chosen == FITTED:
        raise RequestError(
            f"Total energies do not come in the scheme {FITTED}.",
            f"It corrects the embedded data alone; --scheme {MP2020} corrects runs.",
        )
    return chosen


def _each(slots: Iterable[Slot], step: Callable[[Candidate], Candidate | Rejected]) -> list[Slot]:
    return [step(slot) if isinstance(slot, Candidate) else slot for slot in slots]


def _refused(candidate: Candidate, reason: str) -> Rejected:
    return Rejected(candidate.origin, candidate.formula.text, reason)


def _plausible(candidate: Candidate) -> Candidate | Rejected:
    """The phase, unless its energy cannot be one."""
    energy = candidate.energy
    if candidate.energies == "total":
        fine = abs(energy) < _LARGEST
        return candidate if fine else _refused(candidate, f"its energy is {energy:g} eV/atom")
    if not abs(energy) <= MOST:
        return _refused(
            candidate,
            f"a formation energy of {energy:g} eV/atom cannot be: check the unit, and whether "
            "it is a total energy",
        )
    if len(candidate.formula.elements) == 1 and energy < -_ZERO:
        return _refused(
            candidate, f"an element has a formation energy of {energy:g} eV/atom, below zero"
        )
    return candidate


def _identified(slots: Iterable[Slot]) -> list[Slot]:
    """Phases with identifiers of their own; one that is there twice is kept once."""
    first: dict[str, Candidate] = {}
    kept: list[Slot] = []
    for slot in slots:
        if not isinstance(slot, Candidate):
            kept.append(slot)
            continue
        name = identifier(slot)
        twin = first.setdefault(name, slot)
        if twin is slot:
            kept.append(slot)
        elif _same(twin, slot):
            kept.append(None)
        else:
            kept.append(_refused(slot, f"its identifier {name} is that of {twin.origin}"))
    return kept


def identifier(candidate: Candidate) -> str:
    """Return the identifier of a phase: as given, else one that formula and energy make.

    >>> one = Candidate(Origin("a.csv"), Formula.parse("K4S2"), -1.2, "formation")
    >>> identifier(one)
    'K2S-769ee4'
    """
    if candidate.identifier:
        return candidate.identifier
    text = reduced(candidate.formula).text
    digest = hashlib.sha256(f"{text} {candidate.energy:.9f}".encode()).hexdigest()
    return f"{text}-{digest[:6]}"


def _same(one: Candidate, other: Candidate) -> bool:
    return one.formula.key == other.formula.key and abs(one.energy - other.energy) < _SAME


def _against_elements(
    slots: Sequence[Slot], stored: Iterable[StoredPhase], references: Mapping[str, float]
) -> list[Slot]:
    """Total energies that can be counted from those of the elements."""
    read = [(slot.formula, slot.energy) for slot in slots if isinstance(slot, Candidate)]
    there = [(Formula.parse(phase.formula), phase.energy) for phase in stored]
    lowest = {**references, **energies_of_elements([*read, *there])}

    def counted(candidate: Candidate) -> Candidate | Rejected:
        missing = [symbol for symbol in candidate.formula.elements if symbol not in lowest]
        if missing:
            return _refused(
                candidate,
                f"there is no energy of the element {', '.join(missing)}, which its own would be "
                "counted from; import one calculated in the same way",
            )
        formation = candidate.energy - from_elements(candidate.formula, lowest)
        if abs(formation) > MOST:
            return _refused(
                candidate,
                f"its formation energy from the elements of this data set would be "
                f"{formation:g} eV/atom: they were not calculated in the same way",
            )
        return candidate

    return _each(slots, counted)


def _files(paths: Iterable[Path], before: Dataset | None) -> str:
    known = before.about.get("files", "").split(", ") if before else []
    names = {*known, *(printable(path.name) for path in paths)}
    return ", ".join(sorted(name for name in names if name))


def _stored(candidate: Candidate) -> StoredPhase:
    return StoredPhase(
        identifier(candidate),
        reduced(candidate.formula).text,
        candidate.energy,
        candidate.correction,
        candidate.extras,
        str(candidate.origin),
        candidate.audit,
    )
