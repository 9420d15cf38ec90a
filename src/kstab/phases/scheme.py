"""Correction schemes: what is added to energies so that they can be compared, and what follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kstab.base.safe_text import printable


@dataclass(frozen=True)
class Scheme:
    """A correction scheme of energies.

    Attributes:
        name: Its name, as ``--scheme`` and every report have it.
        published: Whether its energies are those of the data set as published.
        fitted: Whether it was fitted to measurements, so that its errors are known.
        estimated: Whether its energies are estimates, also where its own value is known.
        sulfur_as_sulfide: Whether it corrects all sulfur like sulfide.
        references: BibTeX keys of what it rests on.
        mixed: The schemes of energies that come in several; empty for one.

    >>> str(Scheme("pbe")), MP2020.references
    ('pbe', ('wang2021',))
    """

    name: str
    published: bool = False
    fitted: bool = False
    estimated: bool = False
    sulfur_as_sulfide: bool = False
    references: tuple[str, ...] = ()
    mixed: "tuple[Scheme, ...]" = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", printable(self.name))

    def __str__(self) -> str:
        return self.name


KSTAB: Final = Scheme("kstab", fitted=True, references=("bell_chemicals",))
LEGACY: Final = Scheme("legacy", published=True, sulfur_as_sulfide=True)
MP2020: Final = Scheme("mp2020", estimated=True, sulfur_as_sulfide=True, references=("wang2021",))
MEASURED: Final = Scheme("measured")
AS_GIVEN: Final = Scheme("as-given")
"""The scheme of energies of which nothing is said."""

_KNOWN: Final = {known.name: known for known in (KSTAB, LEGACY, MP2020, MEASURED, AS_GIVEN)}
_AND: Final = " + "


def scheme_named(name: str | Scheme) -> Scheme:
    """Return the scheme of a name, of which kstab knows nothing else unless it is one of its own.

    >>> scheme_named("kstab") is KSTAB, scheme_named("pbe") == Scheme("pbe")
    (True, True)
    """
    if isinstance(name, Scheme):
        return name
    if _AND in name:
        return mixed(map(scheme_named, name.split(_AND)))
    return _KNOWN.get(name) or Scheme(name)


def mixed(schemes: Iterable[Scheme]) -> Scheme:
    """Return the scheme of energies that come in several: what holds for one holds for none.

    >>> both = mixed([KSTAB, MP2020, KSTAB])
    >>> both.name, both.fitted, both.references
    ('kstab + mp2020', False, ('bell_chemicals', 'wang2021'))
    """
    first, *others = each = tuple(dict.fromkeys(schemes))
    if not others:
        return first
    references = tuple(key for scheme in each for key in scheme.references)
    return Scheme(_AND.join(map(str, each)), references=references, mixed=each)
