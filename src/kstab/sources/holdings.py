"""What there is: all sources of phases, and what is known of each."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from kstab.base.safe_text import printable
from kstab.errors import DataError
from kstab.offers import PhaseSource
from kstab.sources import embedded, experimental
from kstab.sources.catalogue import SOURCES
from kstab.sources.columns import EXPERIMENTAL, NAME
from kstab.sources.own import BUILT_IN, version_of
from kstab.sources.store import Dataset, Store, StoredPhase
from kstab.sources.stored import digest_of, lowest_of_elements

HoldingKind = Literal["embedded", "measured", "imported", "fetched", "plugin"]

_REMEDY: Final = "Remove the data set and import it again, or move the file away."


@dataclass(frozen=True)
class Holding:
    """A source of phases, and what is known of it without loading it.

    Attributes:
        name: Its name, as ``--source`` takes it.
        kind: Where its phases are.
        count: How many phases it has; None where only loading it would tell.
        energies: What its energies are counted from; empty where only loading it would tell.
        schemes: Correction schemes it comes in.
        version: Its version; empty where it has none.
        summary: What it holds.
        dataset: Its data set, if it is in the store.
    """

    name: str
    kind: HoldingKind
    count: int | None
    energies: str
    schemes: tuple[str, ...]
    version: str
    summary: str
    dataset: Dataset | None = None

    @cached_property
    def phases(self) -> list[StoredPhase]:
        """Its phases, if it is in the store; read when first asked for."""
        return Store().phases(self.dataset) if self.dataset else []


def every(others: Iterable[PhaseSource] = ()) -> list[Holding]:
    """Return all sources: those inside kstab, what is stored, and those of plugins.

    Args:
        others: Sources of plugins.

    Raises:
        DataError: The embedded data or the store cannot be read.
    """
    stored = [_stored(dataset) for dataset in Store().datasets()]
    there = {each.name for each in stored}
    empty = [source for source in SOURCES if source.name not in (*BUILT_IN, *there)]
    return [
        *_inside(),
        *stored,
        *(_unread(source, "fetched") for source in empty),
        *(_unread(source, "plugin") for source in others),
    ]


def named(name: str, others: Iterable[PhaseSource] = ()) -> list[Holding]:
    """Return the sources of a name; several if different versions were fetched."""
    return [each for each in every(others) if each.name == name]


def _inside() -> Iterator[Holding]:
    """What is in kstab itself."""
    known = {source.name: (source.schemes, source.summary) for source in SOURCES}
    kinds: dict[str, HoldingKind] = {NAME: "embedded", EXPERIMENTAL: "measured"}
    for table in (embedded.load(), experimental.load()):
        name, (schemes, about) = table.name, known[table.name]
        yield Holding(
            name, kinds[name], len(table), "formation", schemes, table.origin.version, about
        )


def _unread(source: PhaseSource, kind: HoldingKind) -> Holding:
    """A source of which nothing is known before it is loaded."""
    return Holding(source.name, kind, None, "", source.schemes, "", printable(source.summary))


def _stored(dataset: Dataset) -> Holding:
    return Holding(
        dataset.name, dataset.kind, Store().count(dataset), dataset.energies, (dataset.scheme,),
        dataset.version, "; ".join(_about(dataset)), dataset,
    )  # fmt: skip


def _about(dataset: Dataset) -> list[str]:
    return [printable(f"{name} {text}") for name, text in sorted(dataset.about.items())]


def counted(count: int, what: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "phase"), counted(1200, "phase")
    ('1 phase', '1,200 phases')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def to_dict(holding: Holding, *, audit: bool = False) -> dict[str, Any]:
    """Return a source as plain values; with its phases and the audit of each if asked for."""
    names = ("name", "kind", "energies", "version", "summary")
    found: dict[str, Any] = {name: getattr(holding, name) for name in names}
    found |= {"phases": holding.count, "schemes": list(holding.schemes)}
    if audit and holding.dataset:
        found |= {
            "sha256": digest_of(holding.phases),
            "about": dict(holding.dataset.about),
            "element_energies": _references(holding),
            "entries": [_entry(phase) for phase in holding.phases],
        }
    clean: dict[str, Any] = _clean(found)
    return clean


def _entry(phase: StoredPhase) -> dict[str, Any]:
    return {
        "identifier": phase.identifier,
        "formula": phase.formula,
        "energy_per_atom": phase.energy,
        "correction_per_atom": phase.correction,
        "extras": dict(phase.extras),
        "origin": phase.origin,
        "audit": list(phase.audit),
    }


def _clean(value: Any) -> Any:
    """Plain values whose texts can be printed."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    return value


def described(holding: Holding, *, audit: bool = False) -> Iterator[str]:
    """Yield what is known of a source, line by line; of each phase too if asked for."""
    if holding.count is None:
        yield f"{holding.name}: {holding.kind}"
        yield f"  {holding.summary}"
        return
    yield f"{holding.name}: {holding.kind}, {counted(holding.count, 'phase')}"
    yield f"  {holding.energies} energies, scheme {', '.join(holding.schemes)}"
    yield f"  version {holding.version}"
    if holding.dataset is None:
        yield f"  {holding.summary}"
        return
    yield f"  sha256 {digest_of(holding.phases)}"
    yield f"  in {Store().path}"
    yield from (f"  {line}" for line in _about(holding.dataset))
    yield from (f"  {line}" for line in _content(holding))
    if audit:
        for phase in holding.phases:
            yield from _audit(phase)


def _content(holding: Holding) -> Iterator[str]:
    formulas = Counter(phase.formula for phase in holding.phases)
    several = sum(count > 1 for count in formulas.values())
    systems = len({phase.system for phase in holding.phases})
    yield (
        f"{counted(len(formulas), 'composition')} in {counted(systems, 'chemical system')}, "
        f"{several:,} with polymorphs"
    )
    references = _references(holding)
    if references:
        listed = ", ".join(f"{symbol} {energy:.4f}" for symbol, energy in references.items())
        yield f"elements, eV/atom: {listed}"
    corrections = Counter(
        line.partition(":")[0] for phase in holding.phases for line in phase.audit if ": " in line
    )
    for name, count in sorted(corrections.items()):
        yield f"{name}: in {counted(count, 'phase')}"


def _references(holding: Holding) -> dict[str, float]:
    """Energies that total energies are counted from, eV/atom, by element."""
    if holding.energies != "total":
        return {}
    return dict(sorted(lowest_of_elements(holding.phases).items()))


def _audit(phase: StoredPhase) -> Iterator[str]:
    correction = "" if phase.correction is None else f", {phase.correction:+.4f} of it corrections"
    yield f"{phase.formula}  {phase.identifier}  {phase.energy:.4f} eV/atom{correction}"
    yield f"    from {phase.origin}"
    yield from (f"    {line}" for line in phase.audit)


def rows(holding: Holding) -> Iterator[list[Any]]:
    """Yield the phases of a stored data set as rows of a table that can be imported, header first.

    Energies are in all their digits, so that what is imported again is the same.
    """
    yield [
        "id", "formula", f"{holding.energies}_energy (eV/atom)", "volume (Å³/atom)",
        "band_gap (eV)", "correction per atom", "origin", "audit",
    ]  # fmt: skip
    for phase in holding.phases:
        extras = [phase.extras.get(name, "") for name in ("volume", "band_gap")]
        correction = "" if phase.correction is None else phase.correction
        audit = "; ".join(phase.audit)
        yield [
            phase.identifier, phase.formula, phase.energy, *extras, correction, phase.origin, audit,
        ]  # fmt: skip


def verify(name: str | None = None) -> Iterator[str]:
    """Check the store, and yield what is right.

    Args:
        name: The data set to check beside the file itself; None for all.

    Raises:
        DataError: The file is damaged, or the phases of an own data set are not those that were
            stored.
    """
    store = Store()
    if not store.exists:
        yield "no data set is stored on this computer"
        return
    wrong = store.check()
    if wrong:
        raise DataError(str(store.path), f"it is damaged ({printable(wrong[0])})", _REMEDY)
    yield f"{store.path}: whole"
    for dataset in store.datasets(name):
        phases = store.phases(dataset)
        if dataset.kind == "imported" and version_of(phases) != dataset.version:
            reason = f"the phases of {dataset.name} are not those that were stored"
            raise DataError(str(store.path), reason, _REMEDY)
        yield f"{dataset.name}: {counted(len(phases), 'phase')}, sha256 {digest_of(phases)}"
