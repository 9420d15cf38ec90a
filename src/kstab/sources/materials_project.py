"""The Materials Project as a source of phases: from the store, and fetched where it lacks some."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from kstab.chemistry.composition import chemical_system, writing_order
from kstab.errors import RequestError
from kstab.offers import PhaseSource, SourceRequest

if TYPE_CHECKING:
    from kstab.phases.table import PhaseTable
    from kstab.sources.mp_fetch import Fetched
    from kstab.sources.store import Dataset, Store

NAME: Final = "mp"
WITH_GNOME: Final = "mp-gnome"
"""Name of the data with what GNoME added, whose licence forbids commercial use."""

SCHEME: Final = "mp2020"
_REFERENCES: Final = ("jain2013", "wang2021")
INSTALL: Final = 'python -m pip install "kstab[mp]"'
MOST_ELEMENTS: Final = 12
"""Elements that can be fetched at once: 12 have 4,095 chemical systems."""

MOST_COMPLETE: Final = 9
"""Elements up to which all chemical systems are needed; more come from many formulas at once."""


def sources() -> tuple[PhaseSource, ...]:
    """Return the sources, which need neither mp-api nor a store to be named."""
    about = "Computed energies of the Materials Project as it is now, fetched and stored."
    gnome = "The same with what GNoME added (CC BY-NC 4.0)."
    with_gnome, papers = partial(load, gnome=True), (*_REFERENCES, "merchant2023")
    return (
        PhaseSource(NAME, load, about, (SCHEME,), references=_REFERENCES),
        PhaseSource(WITH_GNOME, with_gnome, gnome, (SCHEME,), references=papers),
    )


def load(request: SourceRequest, *, gnome: bool = False) -> "PhaseTable":
    """Return the phases of some elements, or all that is stored of the newest database.

    The newest data set that has them all answers without the network. If there is none, what
    the service's present database has and the store lacks is fetched. Of several questions only
    the systems of each are needed. Where no question is named, and there are more than
    :data:`MOST_COMPLETE` elements, what is stored is taken as it is, as the table then says.

    Raises:
        RequestError: Something must be fetched, and there is no key or no mp-api; of many
            elements one is not stored; or all phases are asked for, and there are none.
        ServiceError: Something must be fetched, and the service does not give it.
        DataError: The store cannot be used.
    """
    from kstab.sources.store import Store
    from kstab.sources.stored import table_of

    store = Store()
    known = _datasets(store, gnome=gnome)
    if not request.elements:
        dataset = next(iter(known), None)
        if dataset is None:
            raise RequestError(
                "Nothing of the Materials Project is stored yet.",
                "`kstab data fetch --chemsys K-Sb-S` fetches a chemical system; see `kstab data "
                "fetch --help`.",
            )
        return table_of(dataset, store.phases(dataset))
    if len(request.elements) > MOST_COMPLETE and not request.systems:
        return _as_stored(store, request.elements, known)
    asked = request.systems or (request.elements,)
    needed = sorted({system for elements in asked for system in systems_of(elements)})
    dataset = next((each for each in known if store.covered(each).issuperset(needed)), None)
    dataset = dataset or _fetched(needed, request.elements, gnome)
    return table_of(dataset, store.phases(dataset, request.elements))


def fetch(
    elements: str | Iterable[str],
    *,
    api_key: str | None = None,
    endpoint: str | None = None,
    gnome: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> "Fetched":
    """Fetch all phases of some elements into the store, as far as they are not in it.

    Args:
        elements: ``"K-Sb-S"``, a formula that names the elements, or a list of symbols.
        api_key: The key; None for that of the environment or of pymatgen's settings.
        endpoint: Address of the service; None for that of the environment, or the public one.
        gnome: Whether to take what GNoME added too, whose licence forbids commercial use.
        progress: Called with the number of chemical systems that are there and of all.

    Raises:
        FormulaError: The elements cannot be read.
        RequestError: There is no key or no mp-api, or there are too many elements.
        ServiceError: The service does not answer, or not with what it should.
        DataError: The store cannot be written.
    """
    from kstab.sources import mp_fetch

    systems = systems_of(chemical_system(elements))
    return mp_fetch.fetch(
        systems, api_key=api_key, endpoint=endpoint, gnome=gnome, progress=progress
    )


def systems_of(elements: Iterable[str]) -> list[str]:
    """Return the chemical systems of some elements.

    Raises:
        RequestError: There are too many elements.
    """
    from kstab.sources.store import subsystems

    symbols = set(elements)
    if len(symbols) > MOST_ELEMENTS:
        raise RequestError(
            f"Phases of {len(symbols)} elements at once are {2 ** len(symbols) - 1:,} chemical "
            "systems.",
            f"Fetch at most {MOST_ELEMENTS} elements at a time, such as those of each formula.",
        )
    return subsystems(symbols)


def _datasets(store: "Store", *, gnome: bool) -> "list[Dataset]":
    """Data sets of the endpoint in use that are read as they are now, the latest first."""
    from kstab.sources.mp_account import address
    from kstab.sources.mp_documents import FIELDS

    wanted = {"endpoint": address(), "fields": FIELDS}
    return [
        dataset
        for dataset in store.datasets(WITH_GNOME if gnome else NAME)
        if wanted.items() <= dict(dataset.about).items()
    ]


def _as_stored(store: "Store", elements: Sequence[str], known: "Sequence[Dataset]") -> "PhaseTable":
    """What is stored of many elements, from the data set with most of their systems."""
    from kstab.sources.stored import table_of

    wanted = set(elements)
    held = [
        (dataset, {each for each in store.covered(dataset) if wanted.issuperset(each.split("-"))})
        for dataset in known
    ]
    # The first of several that have as many is the latest.
    found = max(held, key=lambda each: (wanted <= each[1], len(each[1])), default=None)
    absent = writing_order(wanted - found[1] if found else wanted)
    if found is None or absent:
        raise RequestError(
            f"Not all of these {len(wanted)} elements are stored from the Materials Project, and "
            f"so many at once are not fetched. Missing: {', '.join(absent)}.",
            "Fetch the elements of each formula with those of the working ion, as `kstab data "
            "fetch --chemsys K-Sb-S --chemsys K-Cr-O`; or ask for fewer formulas at once.",
        )
    dataset, systems = found
    table = table_of(dataset, store.phases(dataset, elements))
    of_all = 2 ** len(wanted) - 1
    if len(systems) == of_all:
        return table
    said = f"only the {len(systems):,} of {of_all:,} chemical systems that are stored"
    return replace(table, origin=table.origin.changed(said))


def _fetched(needed: Sequence[str], elements: Sequence[str], gnome: bool) -> "Dataset":
    from importlib.util import find_spec

    from kstab.sources import mp_fetch

    try:
        return mp_fetch.fetch(needed, gnome=gnome).dataset
    except RequestError as error:
        system = "-".join(writing_order(elements))
        known = "mp-api" in error.problem or find_spec("mp_api")
        install = "" if known else f" It needs mp-api too: `{INSTALL}`."
        option = " --with-gnome" if gnome else ""
        raise RequestError(
            f"Not all of {system} is stored from the Materials Project. {error.problem}",
            f"{error.advice} Then `kstab data fetch --chemsys {system}{option}` fetches it."
            f"{install}",
        ) from None
