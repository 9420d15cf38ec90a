"""What the columns of a table are, by their headers. Units must be stated."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from kstab.base.units import KILOJOULE_PER_EV, MEV_PER_EV
from kstab.errors import DataError
from kstab.sources.importing.records import Energies

Per = Literal["atom", "formula unit"]


@dataclass(frozen=True)
class Unit:
    """A unit of energy or volume.

    Attributes:
        name: As messages print it.
        factor: What one of it is in eV, or in Å³.
        per: What the amount belongs to; of the formula unit, as the formula is written.
    """

    name: str
    factor: float
    per: Per


@dataclass(frozen=True)
class Columns:
    """Where a table has what.

    Attributes:
        formula: Column of the formulas.
        energy: Column of the energies.
        unit: Their unit.
        energies: What they are counted from.
        identifier: Column of the identifiers; None where there is none.
        volume: Column of the volumes and their unit; None where there is none.
        band_gap: Column of the band gaps, eV; None where there is none.
    """

    formula: int
    energy: int
    unit: Unit
    energies: Energies
    identifier: int | None = None
    volume: tuple[int, Unit] | None = None
    band_gap: int | None = None


ACCEPTED: Final = (
    "The header must name a column formula, and one column of energies with its unit: "
    "formation_energy or total_energy, in (eV/atom), (meV/atom), (eV/formula unit), (kJ/mol) or "
    "(kJ/mol of atoms), such as 'formation_energy (eV/atom)', formation_energy_per_atom_eV or "
    "'total_energy (eV/formula unit)'. It may name id, 'volume (Å³/atom)' or "
    "'volume (Å³/formula unit)', and 'band_gap (eV)'."
)
"""What a header may hold, in words."""


def _spelt(*units: tuple[str, Unit]) -> dict[str, Unit]:
    """Units by all that they are called."""
    return {name: unit for names, unit in units for name in names.split()}


_ENERGY_UNITS: Final = _spelt(
    ("evatom evperatom peratomev", Unit("eV/atom", 1.0, "atom")),
    ("mevatom mevperatom peratommev", Unit("meV/atom", 1 / MEV_PER_EV, "atom")),
    (
        "evfu evperfu perfuev evformulaunit evperformulaunit performulaunitev",
        Unit("eV/formula unit", 1.0, "formula unit"),
    ),
    ("kjmol kjpermol", Unit("kJ/mol", 1 / KILOJOULE_PER_EV, "formula unit")),
    (
        "kjmolatoms kjmolofatoms kjpermolofatoms kjpermolatoms",
        Unit("kJ/mol of atoms", 1 / KILOJOULE_PER_EV, "atom"),
    ),
)
_VOLUMES: Final = _spelt(
    ("volumea3atom volumea3peratom volumeperatoma3", Unit("Å³/atom", 1.0, "atom")),
    (
        "volumea3fu volumea3perfu volumeperfua3 volumea3formulaunit volumea3performulaunit "
        "volumeperformulaunita3",
        Unit("Å³/formula unit", 1.0, "formula unit"),
    ),
)
_QUANTITIES: Final[dict[str, Energies | None]] = {
    "formationenergy": "formation",
    "formationenthalpy": "formation",
    "enthalpyofformation": "formation",
    "totalenergy": "total",
    "energy": None,  # of which kind it is, somebody must say
}
_BESIDE: Final = (
    "abovehull", "aboveconvexhull", "abovetheconvexhull", "abovethehull", "tohull", "uncertainty",
    "error", "cutoff", "type", "unit", "units",
)  # fmt: skip
"""What makes another column of a header that begins as an energy does, such as
``energy_above_hull``."""
_FORMULA: Final = ("formula", "reducedformula", "composition")
_IDENTIFIER: Final = ("id", "identifier", "materialid", "entryid")


def read_headers(headers: Sequence[str], energies: Energies | None, file: str) -> Columns:
    """Return what the columns of a table are.

    Args:
        headers: As they are written, in their order.
        energies: What energies are counted from where a header says just ``energy``.
        file: Name of the file, for the error.

    Raises:
        DataError: A column is missing or there twice, or an energy has no unit or is of
            neither kind; the error lists what is taken.

    >>> columns = read_headers(["id", "formation_energy (kJ/mol)", "formula"], None, "my.csv")
    >>> columns.formula, columns.energy, columns.unit.name, columns.identifier
    (2, 1, 'kJ/mol', 0)
    """
    plain = [_plain(header) for header in headers]
    formula = _only(_named(plain, _FORMULA), headers, "formula", file)
    if formula is None:
        raise _refused(file, "its header names no column 'formula'")
    energy, unit, kind = _energy(plain, headers, energies, file)
    identifier = _only(_named(plain, _IDENTIFIER), headers, "identifier", file)
    gap = _only(_named(plain, ("bandgapev",)), headers, "band gap", file)
    place = _only(_named(plain, _VOLUMES), headers, "volume", file)
    volume = None if place is None else (place, _VOLUMES[plain[place]])
    known = {formula, energy, identifier, gap, place}
    for other, name in enumerate(plain):
        if other not in known and _lacks_unit(name, headers[other]):
            raise _refused(file, f"the unit of {headers[other]!r} is not understood")
    return Columns(formula, energy, unit, kind, identifier, volume, gap)


def _energy(
    plain: Sequence[str], headers: Sequence[str], energies: Energies | None, file: str
) -> tuple[int, Unit, Energies]:
    """The column of energies, its unit and its kind."""
    split = {place: found for place, name in enumerate(plain) if (found := _quantity(name))}
    place = _only(list(split), headers, "energy", file)
    if place is None:
        raise _refused(file, "its header names no column of energies")
    quantity, rest = split[place]
    if rest not in _ENERGY_UNITS:
        stated = f"the unit of {headers[place]!r} is not understood" if rest else (
            f"the header {headers[place]!r} states no unit"
        )  # fmt: skip
        raise _refused(file, stated)
    kind = _QUANTITIES[quantity] or energies
    if kind is None:
        raise _refused(
            file,
            f"{headers[place]!r} does not say whether energies are counted from the elements",
            "Say it with --energies formation or --energies total.",
        )
    return place, _ENERGY_UNITS[rest], kind


def _quantity(name: str) -> tuple[str, str] | None:
    """The quantity that a header names, and what is left of it; None for no energy."""
    for quantity in _QUANTITIES:
        rest = name.removeprefix(quantity)
        if rest != name and not rest.startswith(_BESIDE):
            return quantity, rest
    return None


def _lacks_unit(name: str, header: str) -> bool:
    """Whether a column would be read if its unit were one that is known."""
    return name.startswith(("volume", "bandgap")) and (
        name in ("volume", "bandgap") or "(" in header or "[" in header
    )


def _named(plain: Iterable[str], names: Collection[str]) -> list[int]:
    return [place for place, name in enumerate(plain) if name in names]


def _only(places: Sequence[int], headers: Sequence[str], what: str, file: str) -> int | None:
    """The single place of a column; None where it is not there."""
    if len(places) > 1:
        names = ", ".join(repr(headers[place]) for place in places)
        raise _refused(file, f"its header names several columns for the {what}: {names}")
    return places[0] if places else None


def _plain(header: str) -> str:
    """A header in small letters and digits alone.

    >>> _plain("Formation energy [eV / atom]"), _plain("volume (Å^3/atom)")
    ('formationenergyevatom', 'volumea3atom')
    """
    letters = unicodedata.normalize("NFKD", header).lower()  # Å and ³ become a and 3
    return re.sub(r"[^a-z0-9]", "", letters).replace("ang3", "a3")


def _refused(file: str, reason: str, remedy: str = "") -> DataError:
    return DataError(file, reason, f"{remedy} {ACCEPTED}".strip())
