"""Measured energies of formation as a table of phases.

Solids from the handbook in ``phase_data/experiment``, and molecules as the gases and liquids that
they are. Of a solid of which only an enthalpy was measured there is no Gibbs energy, so the table
is small and its gaps are named.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from kstab.base.units import KILOJOULE_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import GASES, ROOM, Conditions, ElementState, heating
from kstab.chemistry.roles import Floats
from kstab.phases.free_energies import Thermal, at_conditions
from kstab.phases.scheme import MEASURED
from kstab.phases.table import PhaseTable, pack_compositions, reduced
from kstab.phases.uncertainty import Uncertainty
from kstab.sources import embedded
from kstab.sources.columns import EXPERIMENTAL
from kstab.sources.element_states import element_states
from kstab.sources.forms import HandbookRow, folder, heat_capacities, read_handbook
from kstab.sources.heat import solid_heat
from kstab.sources.molecules import enthalpies, molecules

VERSION: Final = "2.0.0"
"""Changes whenever a figure in the table does."""

_FILES: Final = ("solids.csv", "forms.csv", "heat_capacity.csv")
_RED_PHOSPHORUS: Final = (-17.6, -12.1)
"""Enthalpy and Gibbs energy, kJ per mol of P, from white phosphorus (D. D. Wagman et al.,
J. Phys. Chem. Ref. Data 11, Suppl. 2, 1982), which the handbook counts from."""
_LIQUIDS: Final = ("Br", "Hg")
_SIGMA: Final = 0.01
"""Standard uncertainty of a measured energy of which none is stated, eV/atom."""
_PER_JOULE: Final = 1.0 / (1000.0 * KILOJOULE_PER_EV)  # eV in 1 J/mol
_CUBIC_ANGSTROM: Final = 1.66053906660  # Å³ per atomic mass unit at 1 g/cm³


@dataclass(frozen=True, slots=True)
class _Solid:
    """A measured solid compound; energies count from red phosphorus.

    Attributes:
        name: Its formula as it is written.
        formula: The same, as a formula.
        cas: CAS number.
        enthalpy: Of formation at 298.15 K, eV/atom.
        entropy: At 298.15 K, eV/(K atom); nan where it was not measured.
        volume: Å³/atom, nan where unknown.
        doubtful: Whether its sources differ.
    """

    name: str
    formula: Formula
    cas: str
    enthalpy: float
    entropy: float
    volume: float
    doubtful: bool


_STANDARD: Final = Conditions()


@cache
def load(conditions: Conditions | None = _STANDARD) -> PhaseTable:
    """Return the measured phases: Gibbs energies of formation under conditions, or enthalpies.

    Args:
        conditions: Temperature and pressures; None for enthalpies at 298.15 K.

    Raises:
        DataError: A table is missing or damaged.

    >>> table = load()
    >>> round(-2 * table.phase(table.find(Formula.parse("KCl"))).formation_energy, 2)  # V
    4.23
    >>> hot = load(Conditions(1000.0))
    >>> round(-2 * hot.phase(hot.find(Formula.parse("KCl"))).formation_energy, 2)
    3.53
    """
    if conditions is None:
        return _enthalpies(_solids())
    known = tuple(solid for solid in _solids() if np.isfinite(solid.entropy))
    table = _enthalpies(known)
    solids = dict(zip(known, _free_energies(known, conditions.temperature).tolist(), strict=True))
    totals = {solid.formula.key: solid.enthalpy + each for solid, each in solids.items()}
    energies = np.zeros(len(table))
    for solid, each in solids.items():
        energies[table.rows_of(solid.formula)] = each
    fluids = [m for m in molecules(conditions) if m.energy < totals.get(m.formula.key, np.inf)]
    nothing = np.zeros(len(table))
    heat = Thermal(element_states(conditions), fluids, energies, nothing, replaces=True)
    return at_conditions(table, conditions, heat)


@cache
def beside_computed(conditions: Conditions | None) -> PhaseTable:
    """Return :func:`load` of a table that knows what the computed phases have in addition."""
    computed = embedded.at_room() if conditions else embedded.load()
    return replace(load(conditions), expected=computed)


@cache
def _enthalpies(solids: tuple[_Solid, ...]) -> PhaseTable:
    """Solids with their enthalpies of formation, and molecules as they are at 298.15 K."""
    there = {solid.formula.key for solid in solids}
    entries = [
        *_elements(element_states(_STANDARD)),
        *(_Entry(formula, "", e) for formula, e in enthalpies() if formula.key not in there),
        *(_Entry(s.formula, s.cas, s.enthalpy, s.volume, s.doubtful) for s in solids),
    ]
    built = PhaseTable.build(
        EXPERIMENTAL,
        ((entry.formula, entry.cas, entry.energy) for entry in entries),
        scheme=MEASURED,
        version=VERSION,
        digest=_digest(),
    )
    named = {reduced(entry.formula).text: entry for entry in entries}
    ordered = [named[name] for name in built.formulas]
    return replace(
        built,
        flags=np.array([entry.doubtful for entry in ordered], dtype=np.uint8),
        flag_names=("conflicting_sources",),
        extras={"volume": np.array([entry.volume for entry in ordered])},
        uncertainty=Uncertainty(
            None,
            stated=np.where(built.is_element, 0.0, _SIGMA),
            measured=np.ones(len(built), dtype=bool),
            thermal=np.zeros(len(built)),
        ),
    )


class _Entry(NamedTuple):
    """A phase: formula, CAS number, eV/atom, Å³/atom (nan where unknown), whether doubtful."""

    formula: Formula
    cas: str
    energy: float
    volume: float = np.nan
    doubtful: bool = False


def _digest() -> str:
    together = hashlib.sha256()
    for name in _FILES:
        together.update((folder() / name).read_bytes())
    return together.hexdigest()


def _elements(states: Iterable[ElementState]) -> Iterator[_Entry]:
    """The elements, whose energy is zero, as the handbook's solids or as the gas."""
    rows = {Formula.parse(row["formula"]).elements: row for row in read_handbook("solids.csv")}
    for state in states:
        row = rows.get((state.symbol,), {})
        density = row.get("density_g_cm3") if state.symbol != "P" else None  # that of white
        formula = Formula.parse(row.get("formula") or _gas_of(state.symbol))
        cas = row.get("cas", "") if state.symbol != "P" else ""
        yield _Entry(formula, cas, 0.0, _volume(formula, density))


def _gas_of(symbol: str) -> str:
    """The formula of an element that the handbook has no solid of."""
    return f"{symbol}2" if f"{symbol}2" in GASES and symbol not in _LIQUIDS else symbol


def _free_energies(solids: Sequence[_Solid], temperature: float) -> Floats:
    """[H(T) - H(298.15 K)] - T S(T), eV/atom: by heat capacity if measured, else by the model."""
    numbers, amounts = pack_compositions([solid.formula for solid in solids])
    entropies = np.array([solid.entropy for solid in solids])
    found, _ = solid_heat().free_energies(numbers, amounts, entropies, 0 * entropies, temperature)
    heats = heat_capacities()
    for place, solid in enumerate(solids):
        if heat := heats.get((solid.name, "solid")):
            enthalpy, entropy = heating(heat, temperature)
            per_atom = _PER_JOULE / float(solid.formula.atoms)
            change = (enthalpy - temperature * entropy) * per_atom
            found[place] = change - temperature * solid.entropy
    return found


@cache
def _solids() -> tuple[_Solid, ...]:
    """Solid compounds with an enthalpy."""
    pure = {state.symbol: -state.energy / ROOM for state in element_states(_STANDARD)}
    rows = read_handbook("solids.csv")
    return tuple(
        _solid(row, pure)
        for row in rows
        if row["enthalpy_kJ_mol"] and len(Formula.parse(row["formula"]).elements) > 1
    )


def _solid(row: HandbookRow, pure: Mapping[str, float]) -> _Solid:
    formula = Formula.parse(row["formula"])
    atoms, phosphorus = float(formula.atoms), float(formula["P"])
    per_atom = 1000.0 * _PER_JOULE / atoms
    enthalpy = (float(row["enthalpy_kJ_mol"]) - _RED_PHOSPHORUS[0] * phosphorus) * per_atom
    if row["gibbs_kJ_mol"]:  # what cells show, and more often measured as such than the entropy
        gibbs = (float(row["gibbs_kJ_mol"]) - _RED_PHOSPHORUS[1] * phosphorus) * per_atom
        elements = sum(pure[symbol] * float(n) for symbol, n in formula.amounts) / atoms
        entropy = (enthalpy - gibbs) / ROOM + elements
    else:
        entropy = float(row["entropy_J_mol_K"] or "nan") * per_atom / 1000.0
    return _Solid(
        name=row["formula"],
        formula=formula,
        cas=row["cas"],
        enthalpy=enthalpy,
        entropy=entropy,
        volume=_volume(formula, row["density_g_cm3"]),
        doubtful="sources_differ" in row["flags"].split(),
    )


def _volume(formula: Formula, density: str | None) -> float:
    """Å³/atom from g/cm³."""
    if not density:
        return np.nan
    return float(formula.mass) * _CUBIC_ANGSTROM / (float(density) * float(formula.atoms))
