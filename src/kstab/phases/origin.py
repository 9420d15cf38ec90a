"""Where the energies of a table come from, and what was done to them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kstab.base.safe_text import printable
from kstab.chemistry.conditions import Conditions
from kstab.phases.scheme import Scheme, mixed


@dataclass(frozen=True)
class DataSet:
    """A data set; its version is empty where it has none, as is the digest for own entries.

    Attributes:
        name: Its name, as reports print it.
        version: Its version.
        digest: sha256 of the canonical table it was made from.
    """

    name: str
    version: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        for name, text in vars(self).copy().items():  # whatever it was read from, it is printed
            object.__setattr__(self, name, printable(text))


@dataclass(frozen=True)
class Origin:
    """Where energies come from.

    Attributes:
        datasets: The data sets they are from, the one that precedes first.
        scheme: Their correction scheme.
        changes: What was done to them, in words.
        conditions: Temperature and pressures of Gibbs energies; None for enthalpies.
    """

    datasets: tuple[DataSet, ...]
    scheme: Scheme
    changes: tuple[str, ...] = ()
    conditions: Conditions | None = None

    @property
    def name(self) -> str:
        """Names of the data sets, as reports print them."""
        return " + ".join(each.name for each in self.datasets)

    @property
    def version(self) -> str:
        """Versions of the data sets."""
        first, *others = self.datasets
        return (
            " + ".join(each.version or "-" for each in self.datasets) if others else first.version
        )

    @property
    def digest(self) -> str:
        """sha256 of the table, or of those of all data sets."""
        first, *others = self.datasets
        whole = " ".join(f"{each.name}:{each.digest}" for each in self.datasets)
        return hashlib.sha256(whole.encode()).hexdigest() if others else first.digest

    def changed(self, *changes: str, **others: Any) -> "Origin":
        """Return it with more that was done, and with other attributes."""
        return replace(self, changes=(*self.changes, *map(printable, changes)), **others)

    def versioned(self, version: str) -> "Origin":
        """Return it with a version for each data set that has none."""
        own = (replace(each, version=each.version or version) for each in self.datasets)
        return replace(self, datasets=tuple(own))


def together(origins: Sequence[Origin], *changes: str) -> Origin:
    """Return the origin of energies from several, under the conditions of the first.

    >>> both = together([Origin((DataSet(name, "1"),), Scheme("pbe")) for name in ("a", "b")])
    >>> both.name, both.version, both.scheme.name
    ('a + b', '1 + 1', 'pbe')
    """
    return replace(
        origins[0],
        datasets=tuple(each for origin in origins for each in origin.datasets),
        scheme=mixed(origin.scheme for origin in origins),
        changes=(*changes, *(change for origin in origins for change in origin.changes)),
    )
