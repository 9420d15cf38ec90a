"""Volumes of phases, measured or calculated, each with its error.

The two kinds are never mixed: a :class:`Source` gives one kind only, the metal's volume
included.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, TypeAlias

from kstab.composition import Formula
from kstab.context import Context
from kstab.sources.element_states import read

Kind = Literal["measured", "calculated"]

ERRORS: Final = {"A": 0.091, "B": 0.128, "C": 0.128, "D": 0.216}
"""Relative error of a PBE volume by its quality: 68.3 % of the measured compounds of that
quality lie within it (``tools/volume_errors.py``). C takes the error of B, which is larger."""

MEASURED_ERROR: Final = 0.03
"""Relative error of a ratio of measured densities: two handbook figures for K, 0.862 and 0.89
g/cm³, differ by it."""

CUBIC_ANGSTROM: Final = 1.66053906660
"""Å³ per atomic mass unit at 1 g/cm³."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Volume of a phase.

    Attributes:
        value: Å³ per formula unit.
        error: Relative error.
        source: Where it is from, in a few words.
    """

    value: float
    error: float
    source: str


Source: TypeAlias = Callable[[Formula], Volume | None]
"""Gives the volume of a phase, always of the same kind; None where it is unknown."""


def sources(context: Context) -> dict[Kind, Source]:
    """Return the two sources of volumes: densities, and the PBE volumes of a context."""
    return {"measured": measured, "calculated": lambda formula: calculated(formula, context)}


def measured(formula: Formula) -> Volume | None:
    """Return a volume from a measured density near room temperature.

    Raises:
        DataError: The table of measured solids is missing or damaged.

    >>> volume = measured(Formula.parse("K"))
    >>> round(volume.value, 2), volume.source
    (75.32, '0.862 g/cm³')
    """
    density = _densities().get(formula.key)
    if density is None:
        return None
    value = formula.mass * CUBIC_ANGSTROM / density
    return Volume(value, MEASURED_ERROR, f"{density:g} g/cm³")


def calculated(formula: Formula, context: Context) -> Volume | None:
    """Return the PBE volume of the lowest phase of a composition.

    Volumes without a quality are not PBE volumes of the embedded data, and are not used.
    """
    facts = context.phase(formula.text)
    if facts is None or facts.volume is None or facts.volume_quality not in ERRORS:
        return None
    value = facts.volume * formula.atoms / Formula.parse(facts.formula).atoms
    return Volume(value, ERRORS[facts.volume_quality], f"PBE, quality {facts.volume_quality}")


@cache
def _densities() -> dict[object, float]:
    """Densities by composition; those of this package replace kstab's."""
    found: dict[object, float] = {}
    for row in (*read("solids.csv"), *_own()):
        # A form other than the reference (gray tin) is not what an equilibrium has.
        if row["density_g_cm3"] and "other_form" not in row.get("flags", ""):
            found[Formula.parse(row["formula"]).key] = float(row["density_g_cm3"])
    return found


def _own() -> list[dict[str, str]]:
    path = resources.files("kstab_pilling_bedworth") / "densities.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
