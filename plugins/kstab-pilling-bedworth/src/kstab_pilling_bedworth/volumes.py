"""Volumes of phases, measured or calculated, each with its error.

The two kinds are never mixed: a :class:`Source` gives one kind only, the metal's volume
included.
"""

import csv
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from kstab import Formula
from kstab.context import Context
from kstab.errors import DataError
from kstab.plugin_tools import measured_tables

VolumeKind = Literal["measured", "calculated"]

ERRORS: Final = {"A": 0.091, "B": 0.128, "C": 0.128, "D": 0.216}
"""Relative error of a PBE volume by its quality: 68.3 % of the measured compounds of that
quality lie within it (``tools/volume_errors.py``). C takes the error of B, which is larger."""

MEASURED_ERROR: Final = 0.03
"""Relative error taken for a measured density: two figures for K, 0.862 and 0.89 g/cm³, differ by
it. Handbooks give none. A density of unknown origin has a larger one, in ``densities.csv``."""

UNKNOWN_ORIGIN: Final = "origin unknown"
"""What ``densities.csv`` says of a figure whose source was not found."""

CUBIC_ANGSTROM: Final = 1.66053906660
"""Å³ per atomic mass unit at 1 g/cm³."""


class Volume(NamedTuple):
    """Volume of a phase.

    Attributes:
        value: Å³ per formula unit.
        error: Relative error.
        source: Where it is from, in a few words.
        quality: Of a PBE volume, ``A`` to ``D``; empty for a measured one.
    """

    value: float
    error: float
    source: str
    quality: str = ""


Source: TypeAlias = Callable[[Formula], Volume | None]
"""Gives the volume of a phase, always of the same kind; None where it is unknown."""


def sources(context: Context) -> dict[VolumeKind, Source]:
    """Return the two sources of volumes: densities, and the PBE volumes of a context."""
    return {"measured": measured, "calculated": cache(partial(calculated, context=context))}


@cache
def measured(formula: Formula) -> Volume | None:
    """Return a volume from a measured density near room temperature.

    Raises:
        DataError: The table of measured solids is missing or damaged.

    >>> volume = measured(Formula.parse("K"))
    >>> round(volume.value, 2), volume.source
    (75.32, '0.862 g/cm³')
    """
    row = _density(formula)
    if row is None:
        return None
    density = float(row["density_g_cm3"])
    own = row.get("relative_error")  # of a figure that is not from a handbook seen
    source = f"{density:g} g/cm³" + (f", {row['source']}" if own else "")
    error = float(own or MEASURED_ERROR)
    return Volume(formula.mass * CUBIC_ANGSTROM / density, error, source)


def calculated(formula: Formula, context: Context) -> Volume | None:
    """Return the PBE volume of the lowest phase of a composition.

    Volumes without a quality are not PBE volumes of the embedded data, and are not used.
    """
    row = context.table.find(formula)
    volumes = context.table.extras.get("volume")
    qualities = context.table.extras.get("volume_quality")
    if row is None or volumes is None or qualities is None:
        return None
    per_atom, quality = float(volumes[row]), str(qualities[row])
    if np.isnan(per_atom) or quality not in ERRORS:
        return None
    return Volume(per_atom * formula.atoms, ERRORS[quality], f"PBE, quality {quality}", quality)


def _density(formula: Formula) -> dict[str, str] | None:
    """The row of a composition; those of this package go before kstab's."""
    for header, line in _densities().get(frozenset(formula.elements), ()):
        (row,) = csv.DictReader([header, line])
        if row["density_g_cm3"] and Formula.parse(row["formula"]).key == formula.key:
            return row
    return None


@cache
def _densities() -> dict[frozenset[str], list[tuple[str, str]]]:
    """Header and line by elements: reading every line and formula would take too long."""
    found: dict[frozenset[str], list[tuple[str, str]]] = {}
    own = Path(__file__).with_name("densities.csv")
    for path in (own, measured_tables() / "solids.csv"):
        header, *lines = _lines(path)
        for line in lines:
            elements = frozenset(re.findall("[A-Z][a-z]?", line.partition(",")[0]))
            found.setdefault(elements, []).append((header, line))
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        problem = f"the table of densities cannot be read ({error})"
        raise DataError(str(path), problem, "Install kstab again.") from error
