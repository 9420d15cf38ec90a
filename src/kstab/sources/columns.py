"""The embedded data set: its name, its schemes, and what each column holds.

The builder checks what it reads against these, the data package lists them, and
the export writes them: one definition for all three.
"""

from dataclasses import dataclass
from typing import Final, Literal

from kstab.phases.scheme import KSTAB, LEGACY, MP2020

NAME: Final = "mp-2019"
EXPERIMENTAL: Final = "experimental"
"""Name of the measured phases, the other source of energies."""
VERSION: Final = "1.1.0"
"""Version of the embedded data set; changes whenever a figure in it does."""
SCHEMES: Final = (KSTAB, LEGACY, MP2020)
"""Correction schemes the embedded energies come in; the first is the default."""


@dataclass(frozen=True)
class DataColumn:
    """One column of the canonical table.

    Attributes:
        name: Its name everywhere: text table, fast form, export, data package.
        kind: ``text``, ``category`` (one of ``categories``, or empty), ``integer``
            or ``number`` (empty where unknown).
        description: What it is, with its origin.
        unit: Unit of a number; empty for a dimensionless one.
        minimum: Least value that can be right.
        maximum: Largest value that can be right.
        categories: What a category column may hold.
        required: Whether every row has a value.
    """

    name: str
    kind: Literal["text", "category", "integer", "number"]
    description: str
    unit: str = ""
    minimum: float = 0.0
    maximum: float = 0.0
    categories: tuple[str, ...] = ()
    required: bool = False


_ENERGY: Final = ("eV/atom", -5.0, 4.0)
_GAP: Final = ("eV", 0.0, 12.0)
_VOLUME: Final = ("Å³/atom", 3.0, 250.0)
_CONSTANT: Final = ("", 1.0, 1000.0)  # dielectric

COLUMNS: Final = (
    DataColumn("formula", "text", "Reduced formula; unique.", required=True),
    DataColumn("material_id", "text", "Materials Project identifier; empty where none was found."),
    DataColumn(
        "id_match", "category",
        "How the identifier was found: by the energy, as the formula's only entry, or as the "
        "formula's lowest entry of 2018.",
        categories=("ef_match", "unique", "lowest_ehull_2018"),
    ),
    DataColumn(
        "formation_energy", "number",
        "Formation energy of the lowest structure, Materials Project 2019 with the corrections "
        "of that time (scheme legacy).",
        *_ENERGY, required=True,
    ),
    DataColumn(
        "formation_energy_alternative", "number",
        "The same from the Matbench set, where it differs by more than 1 meV/atom.", *_ENERGY,
    ),
    DataColumn(
        "formation_energy_mp2020", "number",
        "Formation energy in the MP2020 scheme, matched by identifier.", *_ENERGY,
    ),
    DataColumn(
        "decomposition_energy_bartel2020", "number",
        "Decomposition energy as published by Bartel et al. 2020, negative on the hull; kept to "
        "check the engine, not used as a hull flag.",
        *_ENERGY,
    ),
    DataColumn("space_group", "integer", "Space group number.", minimum=1, maximum=230),
    DataColumn("band_gap", "number", "PBE band gap.", *_GAP),
    DataColumn("band_gap_min", "number", "Smallest PBE band gap of all sources.", *_GAP),
    DataColumn("band_gap_max", "number", "Largest PBE band gap of all sources.", *_GAP),
    DataColumn("volume", "number", "PBE volume.", *_VOLUME),
    DataColumn("volume_estimated", "number", "Volume by a composition model.", *_VOLUME),
    DataColumn(
        "volume_source", "category", "Where the volume comes from.",
        categories=(
            "elastic2015", "mp20", "mp2018kd", "mp40", "mpdiel", "mpts52", "oqmd", "petousis",
        ),
    ),
    DataColumn(
        "volume_quality", "category",
        "A same structure, B near to it, C another polymorph, D OQMD by formula only.",
        categories=("A", "B", "C", "D"),
    ),
    DataColumn(
        "dielectric_electronic", "number",
        "Electronic dielectric constant, polycrystalline average, PBE.", *_CONSTANT,
    ),
    DataColumn(
        "dielectric_total", "number",
        "Static dielectric constant, polycrystalline average, PBE.", *_CONSTANT,
    ),
)  # fmt: skip
"""The columns of ``phases.csv.gz``, in their order."""

FLAG_NAMES: Final = ("conflicting_sources", "uncertain_id")
"""Flags of a row, lowest bit first; ``kstab.phases.notices`` says what they mean."""

FAR_FROM_KNOWN: Final = "far_from_known"
"""Flag of a phase whose estimated energy is far from its known value in the scheme."""

CONFLICT: Final = 0.05
"""Difference of two sources' formation energies, eV/atom, above which a row is flagged."""
