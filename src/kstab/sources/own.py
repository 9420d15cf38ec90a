"""Own data sets as sources of phases. Naming them reads nothing where none was stored."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from kstab.errors import DataError, RequestError
from kstab.offers import PhaseSource, SourceRequest
from kstab.sources.columns import EXPERIMENTAL, NAME
from kstab.sources.place import file

if TYPE_CHECKING:
    from kstab.phases.table import PhaseTable
    from kstab.sources.importing.reading import Imported
    from kstab.sources.importing.records import References
    from kstab.sources.store import Dataset, StoredPhase

LIVE: Final = ("mp", "mp-gnome")
"""Names of what is fetched from the Materials Project."""

BUILT_IN: Final = (NAME, EXPERIMENTAL)
"""Names of the sources inside kstab."""

_SCHEME: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,39}")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST: Final = 60
_VERSION: Final = 12  # digits of the digest


def check_name(name: str, taken: Iterable[str] = ()) -> None:
    """Go on only if an own data set can be called so.

    Args:
        name: The name.
        taken: Names of other sources.

    Raises:
        RequestError: It is written otherwise, or is the name of a source.

    >>> check_name("my-runs")
    >>> check_name("../mine")
    Traceback (most recent call last):
    ...
    kstab.errors.RequestError: '../mine' cannot be the name of a data set. Use lower-case letters \
and digits, in words joined by hyphens, up to 60 characters, as in my-runs.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise RequestError(
            f"{name[:80]!r} cannot be the name of a data set.",
            "Use lower-case letters and digits, in words joined by hyphens, up to "
            f"{_LONGEST} characters, as in my-runs.",
        )
    if name in (*BUILT_IN, *LIVE, *taken):
        raise RequestError(
            f"{name} is a source of kstab or of a plugin.", "Choose another name for your own."
        )


def check_scheme(scheme: str) -> None:
    """Go on only if a correction scheme can be called so.

    Raises:
        RequestError: It is written otherwise.
    """
    if not _SCHEME.fullmatch(scheme):
        raise RequestError(
            f"{scheme[:80]!r} cannot be the name of a correction scheme.",
            "Use lower-case letters, digits, dots, plus signs and hyphens, up to 40.",
        )


def sources() -> tuple[PhaseSource, ...]:
    """Return the own data sets of this computer, by name.

    Where nothing was ever stored this looks for one file and imports nothing. A store that
    cannot be read has none, so that everything else works; ``kstab data verify`` says why.
    """
    try:
        own = _imported()
    except DataError:
        return ()
    return tuple(
        PhaseSource(each.name, partial(_load, each), f"Own {each.energies} energies.",
                    (each.scheme,))
        for each in own
    )  # fmt: skip


def _imported(name: str | None = None) -> "list[Dataset]":
    """The own data sets, or those of a name."""
    if not file().is_file():
        return []
    from kstab.sources.store import Store

    return [each for each in Store().datasets(name) if each.kind == "imported"]


def _load(dataset: "Dataset", request: SourceRequest) -> "PhaseTable":
    from kstab.sources.store import Store
    from kstab.sources.stored import table_of

    return table_of(dataset, Store().phases(dataset, request.elements or None))


def of_name(name: str) -> "Dataset | None":
    """Return the own data set of a name, if there is one.

    Raises:
        DataError: The store cannot be read.
    """
    return next(iter(_imported(name)), None)


def references_of(name: str) -> "References":
    """Return the energies of the elements in a stored data set, the latest of its name.

    Raises:
        DataError: The store cannot be read.
        RequestError: There is no such data set in the store, or it has formation energies.
    """
    from kstab.sources.importing.records import References
    from kstab.sources.store import Store
    from kstab.sources.stored import lowest_of_elements

    there = Store().datasets(name)
    if not there or there[0].energies != "total":
        raise RequestError(
            f"There is no data set {name[:80]!r} with total energies on this computer.",
            "`kstab data list` names what there is.",
        )
    label = f"{there[0].name} {there[0].version}"
    return References(label, there[0].scheme, lowest_of_elements(Store().phases(there[0])))


def version_of(phases: "Iterable[StoredPhase]") -> str:
    """Return the version of an own data set: the first digits of its sha256."""
    from kstab.sources.stored import digest_of

    return digest_of(phases)[:_VERSION]


@dataclass(frozen=True)
class StoreChanges:
    """What storing phases would change.

    Attributes:
        new: Phases that are not there yet.
        replaced: Phases whose identifier is there with other numbers.
        unchanged: How many are there already.
    """

    new: "tuple[StoredPhase, ...]"
    replaced: "tuple[StoredPhase, ...]"
    unchanged: int

    @property
    def phases(self) -> "tuple[StoredPhase, ...]":
        """What has to be stored."""
        return (*self.new, *self.replaced)


def difference(before: "Iterable[StoredPhase]", phases: "Iterable[StoredPhase]") -> StoreChanges:
    """Return what storing phases would change."""
    known = {phase.identifier: _numbers(phase) for phase in before}
    given = tuple(phases)
    new = tuple(each for each in given if each.identifier not in known)
    there = tuple(each for each in given if each.identifier in known)
    replaced = tuple(each for each in there if known[each.identifier] != _numbers(each))
    return StoreChanges(new, replaced, len(there) - len(replaced))


def _numbers(phase: "StoredPhase") -> tuple[object, ...]:
    return phase.formula, phase.energy, phase.correction, dict(phase.extras)


def keep(imported: "Imported", changes: StoreChanges) -> None:
    """Store what was read, all or nothing.

    Raises:
        DataError: The store cannot be written; nothing in it has changed.
    """
    from kstab.sources.store import Store

    if changes.phases:
        Store().add(imported.dataset, changes.phases, version_of=version_of)
