"""Documents of the Materials Project as phases, and the data set they belong to.

Only numbers and texts are read from them; nothing in a document is made into an object, since
a document may name any class.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, TypeGuard

from kstab.base.safe_text import printable
from kstab.chemistry.composition import Formula
from kstab.errors import FormulaError
from kstab.phases.table import reduced
from kstab.sources.store import Dataset, StoredPhase

THERMO_TYPE: Final = "GGA_GGA+U"
"""The energies that are asked for: the only ones that may be pooled over chemical systems."""

THERMO_FIELDS: Final = (
    "material_id", "thermo_type", "chemsys", "entries", "nsites", "volume", "deprecated",
    "builder_meta",
)  # fmt: skip
GAP_FIELDS: Final = ("material_id", "band_gap")

FIELDS: Final = "1"
"""Version of what is read from a document; another one is another data set."""

_PAPER: Final = "10.1063/1.4812323"
_FREE: Final = "BY-C"  # as emmet writes CC BY 4.0; the other one it knows is BY-NC
_GNOME: Final = "gnome"  # in the names of its batches
_NUMBERS: Final = {"volume": (0.1, 1000.0), "band_gap": (0.0, 100.0)}  # what can be meant
_LARGEST: Final = 1000.0  # eV/atom


class DocumentError(ValueError):
    """A document that does not hold what it should; the text says what."""


@dataclass(frozen=True)
class Database:
    """What a service says of its database.

    Attributes:
        version: The version.
        controlled: Batches of calculations that are not for everyone.
    """

    version: str
    controlled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Documents:
    """What a number of documents hold.

    Attributes:
        phases: The phases, by identifier.
        left_out: How many were left out for their licence.
    """

    phases: tuple[StoredPhase, ...]
    left_out: int


def dataset_of(endpoint: str, database: str, *, gnome: bool) -> Dataset:
    """Return the data set of what a version of the database holds.

    >>> dataset_of("https://api.example.org/", "2025.9.25", gnome=False).version
    '2025.9.25 GGA_GGA+U'
    """
    about = {
        "database": database,
        "endpoint": endpoint,
        "thermo_type": THERMO_TYPE,
        "fields": FIELDS,
        "gnome": "yes" if gnome else "no",
        "licence": "CC BY-NC 4.0" if gnome else "CC BY 4.0",
        "doi": _PAPER,
    }
    name = "mp-gnome" if gnome else "mp"
    key = "|".join([name, *(about[part] for part in ("endpoint", "database", "thermo_type"))])
    return Dataset(
        name=name,
        version=f"{database} {THERMO_TYPE}",
        kind="fetched",
        scheme="mp2020",
        energies="total",
        key=f"{key}|fields {FIELDS}|gnome {about['gnome']}",
        about=MappingProxyType(about),
    )


def read_documents(
    documents: Iterable[Mapping[str, Any]],
    gaps: Iterable[Mapping[str, Any]],
    systems: Iterable[str],
    *,
    restricted: bool = False,
    controlled: Iterable[str] = (),
) -> Documents:
    """Return the phases of documents, in an order that does not depend on theirs.

    Without ``restricted`` a phase is kept only if its document states the licence that allows
    commercial use, and no batch of GNoME or under access control.

    Args:
        documents: Documents of thermodynamics, with :data:`THERMO_FIELDS`.
        gaps: Documents of summaries, with :data:`GAP_FIELDS`.
        systems: The chemical systems that were asked for.
        restricted: Whether to keep phases whatever their licence.
        controlled: Batches that the service has under access control.

    Raises:
        DocumentError: One of them lacks something, or was not asked for; no document states a
            licence; or there is no phase of an element that was asked for, without which no
            energy of formation is known.
    """
    asked, found, left_out = frozenset(systems), {}, 0
    band_gaps = {_text(each, "material_id"): each.get("band_gap") for each in gaps}
    current = [each for each in documents if _is_current(each)]
    if current and not restricted and all(_origin(each)[0] is None for each in current):
        raise DocumentError("none of its documents states a licence")
    barred = frozenset(controlled)
    for document in current:
        if not restricted and not _is_free(document, barred):
            left_out += 1
            continue
        phase = _phase(document, band_gaps)
        if phase.system not in asked:
            raise DocumentError(f"{phase.identifier} is of {phase.system}, which was not asked for")
        found[phase.identifier] = phase
    _check_elements(asked, found.values(), left_out)
    return Documents(tuple(found[name] for name in sorted(found)), left_out)


def _check_elements(asked: Iterable[str], phases: Iterable[StoredPhase], left_out: int) -> None:
    there = {phase.system for phase in phases}
    absent = sorted(system for system in asked if "-" not in system and system not in there)
    if absent:
        kept = f", and {left_out} left out for their licence" if left_out else ""
        raise DocumentError(f"it has no phases of {', '.join(absent)}{kept}")


def _is_current(document: Mapping[str, Any]) -> bool:
    return document.get("thermo_type") == THERMO_TYPE and document.get("deprecated") is not True


def _is_free(document: Mapping[str, Any], controlled: frozenset[str]) -> bool:
    """Whether the licence allows commercial use, for certain; that of GNoME does not."""
    licence, batch = _origin(document)
    name = "" if batch is None else str(batch)
    return licence == _FREE and _GNOME not in name.lower() and name not in controlled


def _origin(document: Mapping[str, Any]) -> tuple[Any, Any]:
    """The licence and the batch that a document states, None where it does not."""
    about = document.get("builder_meta")
    if not isinstance(about, Mapping):
        return None, None
    return about.get("license"), about.get("batch_id")


def _phase(document: Mapping[str, Any], band_gaps: Mapping[str, Any]) -> StoredPhase:
    name = _text(document, "material_id")
    entries = document.get("entries")
    if not isinstance(entries, Mapping) or not entries:
        raise DocumentError(f"{name} has no entries")
    candidates = [_entry(name, run, entry) for run, entry in sorted(entries.items())]
    lowest = min(candidates, key=lambda phase: phase.energy)
    sites, volume = document.get("nsites"), document.get("volume")
    extras: dict[str, Any] = {"band_gap": band_gaps.get(name)}
    if _is_number(sites) and _is_number(volume) and sites > 0:
        extras["volume"] = volume / sites
    known = {key: float(value) for key, value in extras.items() if _is_sound(value, key)}
    return replace(lowest, extras=known)


def _entry(name: str, run: str, entry: Any) -> StoredPhase:
    """One entry; its energy is as served, with the corrections as served."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("composition"), Mapping):
        raise DocumentError(f"{name} has an entry without a composition")
    try:
        formula = reduced(Formula.of(dict(entry["composition"])))
        atoms = sum(float(amount) for amount in entry["composition"].values())
    except (FormulaError, TypeError, ValueError) as error:
        raise DocumentError(f"{name} has a composition that cannot be read") from error
    energy, correction = entry.get("energy"), entry.get("correction")
    if not _is_number(energy) or not _is_number(correction):
        raise DocumentError(f"{name} has an entry without energy or correction")
    total = (energy + correction) / atoms
    if not abs(total) < _LARGEST:
        raise DocumentError(f"{name} has the energy {total:g} eV/atom")
    parts = entry.get("energy_adjustments")
    names = [part.get("name") for part in parts or () if isinstance(part, Mapping)]
    audit = tuple(printable(each) for each in names if isinstance(each, str))
    origin = printable(f"{name} {run}")
    return StoredPhase(name, formula.text, total, correction / atoms, {}, origin, audit)


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key) if isinstance(document, Mapping) else None
    if not isinstance(value, str) or not value or printable(value) != value:
        raise DocumentError(f"a document has no {key}")
    return value


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_sound(value: Any, key: str) -> TypeGuard[float]:
    low, high = _NUMBERS[key]
    return _is_number(value) and low <= value <= high
