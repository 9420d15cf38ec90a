"""What was read from a file: phases that may be stored, and what cannot be used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from kstab.base.safe_text import printable
from kstab.chemistry.composition import Formula

Energies: TypeAlias = Literal["formation", "total"]
"""Counted from the elements, or as the calculation gives them."""

MOST: Final = 10.0
"""Largest formation energy, eV/atom up or down, that can be one."""

MOST_SITES: Final = 2000
"""Most sites of a structure; what its anions are takes a time that grows with their square."""


@dataclass(frozen=True)
class CrystalCell:
    """A crystal structure, as plain numbers.

    Attributes:
        lattice: Three vectors, Å.
        species: Symbol of the element at each site.
        positions: Fractional coordinates of each site.
    """

    lattice: tuple[tuple[float, ...], ...]
    species: tuple[str, ...]
    positions: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Run:
    """How an energy was calculated, as far as corrections ask.

    Attributes:
        run_type: Functional, as pymatgen names it; empty where it is not stated.
        hubbards: U of each element, eV.
        potcars: Titles of the pseudopotentials.
        oxide_type: Kind of oxygen in it; empty where it is not stated.
        sulfide_type: Kind of sulfur in it; empty where it is not stated.
        oxidation_states: Mean oxidation state of each element; None where not stated.
        cell: Its structure; None where not stated.
        adjustments: Names of the corrections that its energy carries already.
    """

    run_type: str = ""
    hubbards: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    potcars: tuple[str, ...] = ()
    oxide_type: str = ""
    sulfide_type: str = ""
    oxidation_states: Mapping[str, float] | None = None
    cell: CrystalCell | None = None
    adjustments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Location:
    """Where something was read.

    Attributes:
        file: Name of the file, without its folder; what a terminal would obey is taken out.
        place: Where in it, as ``line 3``; empty for all of it.
    """

    file: str
    place: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", printable(self.file))

    def __str__(self) -> str:
        return f"{self.file}, {self.place}" if self.place else self.file


@dataclass(frozen=True)
class Candidate:
    """A phase that was read and may be stored.

    Attributes:
        origin: Where it was read.
        formula: Its formula, as it was written.
        energy: eV/atom, with the corrections it carries.
        energies: What the energy is counted from.
        identifier: As it was given; empty where it was not.
        correction: The part of the energy that is corrections, eV/atom; None where unknown.
        extras: Further numbers by the names of :mod:`kstab.sources.columns`.
        audit: What was checked, corrected and converted, in words.
        run: How it was calculated; None where nothing is known of that.
    """

    origin: Location
    formula: Formula
    energy: float
    energies: Energies
    identifier: str = ""
    correction: float | None = None
    extras: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    audit: tuple[str, ...] = ()
    run: Run | None = None


@dataclass(frozen=True)
class References:
    """Elements that total energies are counted from.

    Attributes:
        name: Where they are from, for the audit.
        scheme: Their correction scheme.
        energies: eV/atom, by symbol.
    """

    name: str
    scheme: str
    energies: Mapping[str, float]


@dataclass(frozen=True)
class Rejected:
    """Something that cannot be used, and why.

    Attributes:
        origin: Where it was read.
        formula: Its formula, as far as it could be read.
        reason: Why it cannot be used, what to do included.
    """

    origin: Location
    formula: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {f'{self.formula}: ' if self.formula else ''}{self.reason}"


Records: TypeAlias = Iterator[Candidate | Rejected]
"""What reading a file yields, in its order."""

Slot: TypeAlias = Candidate | Rejected | None
"""What is left of something that was read; None of what was read before."""


UNLISTED: Final = Rejected(Location(""), "", "")
"""Stands for each of many that cannot be used, where only their number is kept."""


def refused(candidate: Candidate, reason: str) -> Rejected:
    """Return a phase as one that cannot be used."""
    return Rejected(candidate.origin, candidate.formula.text, reason)
