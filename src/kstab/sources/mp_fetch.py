"""Fetching chemical systems of the Materials Project into the store."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from kstab.errors import ServiceError
from kstab.sources.mp_account import account as find_account
from kstab.sources.mp_client import Client
from kstab.sources.mp_documents import dataset_of
from kstab.sources.mp_session import Patience
from kstab.sources.store import Dataset, Store

PATIENCE: Final = Patience()

_ADDRESS: Final = 6000  # characters of one address that name chemical systems


@dataclass(frozen=True)
class Fetched:
    """What was fetched.

    Attributes:
        dataset: The data set it was stored in.
        systems: How many chemical systems were fetched.
        stored: How many were stored before.
        phases: How many phases were fetched.
        left_out: How many were left out for their licence.
    """

    dataset: Dataset
    systems: int
    stored: int
    phases: int
    left_out: int


def fetch(
    systems: Iterable[str],
    *,
    api_key: str | None = None,
    endpoint: str | None = None,
    gnome: bool = False,
    store: Store | None = None,
    progress: Callable[[int, int], None] | None = None,
    patience: Patience | None = None,
) -> Fetched:
    """Fetch all phases of chemical systems that are not in the store.

    Each batch of systems is stored in one transaction as soon as it is there, so that a run
    that was interrupted goes on where it stopped.

    Args:
        systems: Chemical systems, each with its elements sorted, as ``K-S-Sb``.
        api_key: The key; None for that of the environment or of pymatgen's settings.
        endpoint: Address of the service; None for that of the environment, or the public one.
        gnome: Whether to take what GNoME added too, whose licence forbids commercial use.
        store: Where to; None for the store of the user.
        progress: Called with the number of systems that are there and of all.
        patience: How patient to be with the service.

    Raises:
        RequestError: There is no key, or mp-api is not installed.
        ServiceError: The service does not answer, or not with what it should.
        DataError: The store cannot be written.
    """
    store, patience = store or Store(), patience or PATIENCE
    asked = sorted(set(systems), key=lambda system: (system.count("-"), system))
    account = find_account(api_key, endpoint)
    client = Client(account, patience)
    database = client.database()
    dataset = dataset_of(account.endpoint, database.version, gnome=gnome)
    covered = store.covered(dataset)
    missing = [system for system in asked if system not in covered]
    done = before = len(asked) - len(missing)
    phases = left_out = 0
    for batch in batches(missing):
        if progress:
            progress(done, len(asked))
        found = client.phases(batch, database, gnome=gnome)
        if client.database().version != database.version:
            raise ServiceError(
                account.endpoint,
                "has changed its database while it was asked",
                "Run the same command again; everything is then fetched from the new one.",
            )
        store.add(dataset, found.phases, batch)
        done += len(batch)
        phases, left_out = phases + len(found.phases), left_out + found.left_out
    if progress:
        progress(done, len(asked))
    return Fetched(dataset, done - before, before, phases, left_out)


def batches(systems: Sequence[str]) -> Iterator[list[str]]:
    """Yield chemical systems in lists that one address can name.

    >>> list(batches(["K", "S", "K-S"]))
    [['K', 'S', 'K-S']]
    """
    batch: list[str] = []
    length = 0
    for system in systems:
        size = len(quote(f"{system},", safe=""))
        if batch and length + size > _ADDRESS:
            yield batch
            batch, length = [], 0
        batch.append(system)
        length += size
    if batch:
        yield batch
