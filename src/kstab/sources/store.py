"""Phases kept on this computer: own results and what was fetched, in one SQLite file.

Every change is one transaction in write-ahead mode, so that several processes may read and
write at once, and one that is killed leaves the file as it was before its last change.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from kstab.chemistry.composition import Formula
from kstab.errors import DataError
from kstab.sources.place import HOME, file

_FORMAT: Final = 1
_PATIENCE: Final = 30.0  # seconds to wait for another process that is writing
_MANY_ELEMENTS: Final = 8  # from here reading all phases is quicker than asking for all subsets

_BUSY: Final = (
    f"Free the disk, wait for other processes, or name another folder in {HOME}. Nothing that "
    "was stored before is changed."
)
_DAMAGED: Final = (
    "The file is damaged: move it away, and import or fetch again, or restore a copy of it."
)

_TABLES: Final = """
CREATE TABLE dataset (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, version TEXT NOT NULL,
  kind TEXT NOT NULL, scheme TEXT NOT NULL, energies TEXT NOT NULL, about TEXT NOT NULL
);
CREATE INDEX dataset_name ON dataset (name);
CREATE TABLE phase (
  dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, identifier TEXT NOT NULL,
  formula TEXT NOT NULL, system TEXT NOT NULL, energy REAL NOT NULL, correction REAL,
  extras TEXT NOT NULL, origin TEXT NOT NULL, audit TEXT NOT NULL,
  PRIMARY KEY (dataset, identifier)
);
CREATE INDEX phase_system ON phase (dataset, system);
CREATE TABLE covered (
  dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, system TEXT NOT NULL,
  PRIMARY KEY (dataset, system)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Dataset:
    """A data set of the store.

    Attributes:
        name: Its name, as ``--source`` takes it; several can share one.
        version: Its version, as reports print it.
        kind: Whether it was ``imported`` or ``fetched``.
        scheme: Correction scheme of the energies.
        energies: ``formation``: counted from the elements; ``total``: of the calculations.
        key: What sets it apart from others of its name; empty for the only one of its name.
        about: Anything else that is known of it, by name.
    """

    name: str
    version: str
    kind: Literal["imported", "fetched"]
    scheme: str
    energies: Literal["formation", "total"]
    key: str = ""
    about: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class StoredPhase:
    """A phase of the store.

    Attributes:
        identifier: Unique in its data set.
        formula: Its formula.
        energy: eV/atom, with corrections.
        correction: The part of it that is corrections, eV/atom; None where unknown.
        extras: Further numbers by the names of :mod:`kstab.sources.columns`, such as ``volume``
            (Å³/atom) and ``band_gap`` (eV).
        origin: Where it was read, as ``mine.csv, line 3``.
        audit: What was checked and corrected, in words.
    """

    identifier: str
    formula: str
    energy: float
    correction: float | None = None
    extras: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    origin: str = ""
    audit: tuple[str, ...] = ()

    @property
    def system(self) -> str:
        """Its elements, sorted, as ``K-S-Sb``."""
        return system_of(Formula.parse(self.formula).elements)


def system_of(elements: Iterable[str]) -> str:
    """Return a chemical system as the store names it.

    >>> system_of(["Sb", "K", "S"])
    'K-S-Sb'
    """
    return "-".join(sorted(elements))


def subsystems(elements: Iterable[str]) -> list[str]:
    """Return all chemical systems of some of the elements, the small ones first.

    >>> subsystems(["S", "K"])
    ['K', 'S', 'K-S']
    """
    found: list[tuple[str, ...]] = [()]
    for symbol in sorted(set(elements)):
        found += [(*system, symbol) for system in found]
    return [system_of(each) for each in sorted(found[1:], key=lambda each: (len(each), each))]


class Store:
    """The store, opened when it is first used.

    Args:
        folder: Its folder; None for :func:`kstab.sources.place.home`.

    Raises:
        DataError: By every method: the file cannot be read or written, or is no store.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = file(folder)

    @property
    def exists(self) -> bool:
        """Whether anything was ever stored."""
        return self.path.is_file()

    def datasets(self, name: str | None = None) -> list[Dataset]:
        """Return the data sets, or those of a name, by name, the latest stored first."""
        if not self.exists:
            return []
        query = "SELECT * FROM dataset WHERE name = ? OR ? IS NULL ORDER BY name, id DESC"
        with self._open() as connection:
            return [_dataset(row) for row in connection.execute(query, (name, name))]

    def count(self, dataset: Dataset) -> int:
        """Return the number of phases of a data set."""
        query = "SELECT count(*) FROM phase WHERE dataset = (SELECT id FROM dataset WHERE key = ?)"
        with self._open() as connection:
            return int(connection.execute(query, (_key(dataset),)).fetchone()[0])

    def phases(self, dataset: Dataset, elements: Iterable[str] | None = None) -> list[StoredPhase]:
        """Return phases of a data set, by formula, energy and identifier.

        Args:
            dataset: The data set.
            elements: Those that the phases may be made of; None for all phases.
        """
        query = "SELECT * FROM phase WHERE dataset = (SELECT id FROM dataset WHERE key = ?)"
        asked = [_key(dataset)]
        wanted = None if elements is None else set(elements)
        if wanted is not None and len(wanted) <= _MANY_ELEMENTS:
            systems = subsystems(wanted)
            query += f" AND system IN ({', '.join('?' * len(systems))})"
            asked += systems
        with self._open() as connection:
            rows = connection.execute(query, asked).fetchall()
            if wanted is not None:
                rows = [row for row in rows if wanted.issuperset(row["system"].split("-"))]
            found = [_phase(row) for row in rows]
        return sorted(found, key=lambda each: (each.formula, each.energy, each.identifier))

    def covered(self, dataset: Dataset) -> frozenset[str]:
        """Return the chemical systems of which everything was fetched."""
        if not self.exists:
            return frozenset()
        query = "SELECT system FROM covered WHERE dataset = (SELECT id FROM dataset WHERE key = ?)"
        with self._open() as connection:
            return frozenset(row["system"] for row in connection.execute(query, (_key(dataset),)))

    def add(
        self,
        dataset: Dataset,
        phases: Iterable[StoredPhase],
        systems: Iterable[str] = (),
        *,
        version_of: Callable[[Iterable[StoredPhase]], str] | None = None,
    ) -> None:
        """Store phases, all or none; those of an identifier that is there are replaced.

        Args:
            dataset: Where they belong; made if it is not there.
            phases: The phases.
            systems: Chemical systems of which these are all phases.
            version_of: Returns the version of the data set from all its phases; None for the
                version that the data set states.

        Raises:
            DataError: What is there has energies of another kind or scheme, or an identifier
                of imported phases is there with another composition; another process may have
                stored it since it was looked at.
        """
        rows = [_row(phase) for phase in phases]
        with self._open(write=True) as connection:
            _check_alike(connection, dataset)
            about = json.dumps(dict(sorted(dataset.about.items())), ensure_ascii=False)
            connection.execute(
                "INSERT INTO dataset (key, name, version, kind, scheme, energies, about) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                "version = excluded.version, about = excluded.about",
                (_key(dataset), dataset.name, dataset.version, dataset.kind, dataset.scheme,
                 dataset.energies, about),
            )  # fmt: skip
            query = "SELECT id FROM dataset WHERE key = ?"
            (owner,) = connection.execute(query, (_key(dataset),)).fetchone()
            if dataset.kind == "imported":
                _check_compositions(connection, owner, dataset.name, rows)
            connection.executemany(
                "INSERT OR REPLACE INTO phase VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((owner, *row) for row in rows),
            )
            if version_of:
                query = "SELECT * FROM phase WHERE dataset = ?"
                version = version_of(map(_phase, connection.execute(query, (owner,)).fetchall()))
                connection.execute("UPDATE dataset SET version = ? WHERE id = ?", (version, owner))
            connection.executemany(
                "INSERT OR IGNORE INTO covered VALUES (?, ?)", ((owner, each) for each in systems)
            )

    def remove(self, name: str) -> int:
        """Remove the data sets of a name, and return how many there were."""
        if not self.exists:
            return 0
        with self._open(write=True) as connection:
            return connection.execute("DELETE FROM dataset WHERE name = ?", (name,)).rowcount

    def check(self) -> list[str]:
        """Return what is wrong with the file itself; empty if nothing is."""
        with self._open() as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            broken = [
                f"{row[0]}, row {row[1]}: no data set"
                for row in connection.execute("PRAGMA foreign_key_check")
            ]
        return [*(each for each in found if each != "ok"), *broken]

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection in one transaction, which is undone if anything fails."""
        connection: sqlite3.Connection | None = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            self._prepare(connection)
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            yield connection
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            damaged = type(error) is sqlite3.DatabaseError
            raise DataError(
                str(self.path),
                f"the store of phases cannot be used ({error})",
                _DAMAGED if damaged else _BUSY,
            ) from error
        finally:
            if connection is not None:
                connection.close()  # rolls back what was not committed

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables of a new file; refuse those of a later kstab."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == _FORMAT:
            return
        if version > _FORMAT:
            raise DataError(
                str(self.path),
                f"it was written by a later kstab (format {version})",
                f"Install that again, or name another folder in {HOME}.",
            )
        _write_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in filter(str.strip, _TABLES.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("COMMIT")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch a new file to write-ahead mode; SQLite itself does not wait for others there."""
    last = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > last:
                raise
            time.sleep(0.01)


def _check_alike(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Go on only if phases can join what is stored of a data set."""
    query = "SELECT kind, energies, scheme FROM dataset WHERE key = ?"
    there = connection.execute(query, (_key(dataset),)).fetchone()
    if there and tuple(there) != (dataset.kind, dataset.energies, dataset.scheme):
        raise DataError(
            dataset.name,
            f"what is stored was {there['kind']} and has {there['energies']} energies in the "
            f"scheme {there['scheme']}; this was {dataset.kind} and has {dataset.energies} "
            f"energies in the scheme {dataset.scheme}",
            "Choose another name. Nothing was stored.",
        )


def _check_compositions(
    connection: sqlite3.Connection, owner: int, name: str, rows: Iterable[tuple[Any, ...]]
) -> None:
    """Go on only if no phase takes the identifier of one of another composition."""
    query = "SELECT formula FROM phase WHERE dataset = ? AND identifier = ? AND formula != ?"
    for identifier, formula, *_ in rows:
        there = connection.execute(query, (owner, identifier, formula)).fetchone()
        if there:
            raise DataError(
                name,
                f"the identifier {identifier} of {formula} is that of {there['formula']}",
                "Another process has just stored it. Import again. Nothing was stored.",
            )


def _key(dataset: Dataset) -> str:
    return dataset.key or dataset.name


def _read(text: Any, kind: type, what: str) -> Any:
    """What a cell holds as JSON."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, kind):
        raise sqlite3.DatabaseError(f"{what} is damaged")
    return found


def _dataset(row: sqlite3.Row) -> Dataset:
    about = MappingProxyType(_read(row["about"], dict, f"the data set {row['name']}"))
    names = ("name", "version", "kind", "scheme", "energies", "key")
    return Dataset(**{name: row[name] for name in names}, about=about)


def _row(phase: StoredPhase) -> tuple[Any, ...]:
    extras = json.dumps(dict(sorted(phase.extras.items())))
    audit = json.dumps(phase.audit, ensure_ascii=False)
    return (
        phase.identifier, phase.formula, phase.system, phase.energy, phase.correction, extras,
        phase.origin, audit,
    )  # fmt: skip


def _phase(row: sqlite3.Row) -> StoredPhase:
    what = f"the phase {row['identifier']}"
    if not isinstance(row["energy"], float | int) or not isinstance(row["formula"], str):
        raise sqlite3.DatabaseError(f"{what} is damaged")
    extras = MappingProxyType(_read(row["extras"], dict, what))
    return StoredPhase(
        row["identifier"], row["formula"], row["energy"], row["correction"], extras,
        row["origin"], tuple(_read(row["audit"], list, what)),
    )  # fmt: skip
