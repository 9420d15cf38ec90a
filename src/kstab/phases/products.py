"""The products of an equilibrium: phases that form, how much of each, what is doubtful of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import nan
from operator import attrgetter
from typing import Any, ClassVar, Final, NamedTuple

from kstab.base.written import Positive, Written
from kstab.chemistry.composition import Formula
from kstab.phases.dilute import is_dilute
from kstab.phases.notices import over_corrected_sulfur
from kstab.phases.table import PhaseTable

SMALLEST_AMOUNT: Final = 1e-9
"""Amount, in atoms per closed atom of the phase, below which a product is not there."""

# Elements and small molecules that are gases at 298 K and 1 bar (CRC Handbook of
# Chemistry and Physics, 95th ed., section 4).
_GASES: Final = (
    "H2 N2 O2 F2 Cl2 CO CO2 COS NO N2O NO2 SO2 H2S H2Se H2Te NH3 PH3 AsH3 SbH3 CH4 C2H2 C2H4 "
    "C2H6 SiH4 GeH4 SnH4 B2H6 HF HCl HBr HI BF3 BCl3 CF4 C2F4 C2F6 COF2 COCl2 SiF4 GeF4 NF3 NOF "
    "NOCl PF3 PF5 AsF5 OF2 Cl2O ClO2 SF4 SF6 SOF2 SO2F2 SeF6 TeF6 ClF ClF3 ClF5 BrF IF7 WF6"
)


def common_name(formula: str) -> str:
    """Return the common name of a molecule, such as NH3 for H3N; else the formula.

    >>> common_name("H3N"), common_name("H2O")
    ('NH3', 'H2O')
    """
    return _gases().get(Formula.parse(formula).key, formula)


@cache
def _gases() -> dict[Any, str]:
    """Names of gases by composition, so that H3N is recognised as NH3."""
    return {Formula.parse(name).key: name for name in _GASES.split()}


@dataclass(frozen=True, eq=False, slots=True)
class Product(Written):
    """A phase that forms, and how much of it.

    Attributes:
        formula: Formula of the phase.
        amount: Formula units of it per formula unit of the phase that reacts.
        material_id: Identifier in the data set; may be empty.
        flags: What is doubtful about it, keys of :data:`kstab.phases.notices.FLAGS`.
        state: ``gas`` or ``liquid`` where the energies say so; empty for a solid, and for what is
            known by its name alone.
    """

    formula: str
    amount: Positive
    material_id: str
    flags: tuple[str, ...] = ()
    state: str = ""

    added: ClassVar[Mapping[str, Any]] = {"state": ""}

    @property
    def gas(self) -> str:
        """Its common name if it is a gas, at 298 K and 1 bar where no state is told; else empty.

        >>> Product("H3N", 1.0, "").gas, Product("K2S", 1.0, "").gas
        ('NH3', '')
        >>> Product("H2O", 1.0, "", state="gas").gas
        'H2O'
        """
        if self.state:
            return common_name(self.formula) if self.state == "gas" else ""
        return _gases().get(Formula.parse(self.formula).key, "")


def gases(products: Iterable[Product]) -> tuple[str, ...]:
    """Return the products that are gases, by their common names."""
    return tuple(name for product in products if (name := product.gas))


class Facts(NamedTuple):
    """What a product needs to know of a row of the table."""

    formula: str
    material_id: str
    flags: tuple[str, ...]
    atoms: float
    state: str


class KnownPhases:
    """Facts about a table's rows, looked up once each."""

    def __init__(self, table: PhaseTable) -> None:
        self._table = table
        self._known: dict[int, Facts] = {}
        self._volumes: dict[str, float] = {}

    def __getitem__(self, row: int) -> Facts:
        facts = self._known.get(row)
        if facts is None:
            phase = self._table.phase(row)
            formula = Formula.parse(phase.formula)
            flags = phase.flags
            if self._table.scheme.sulfur_as_sulfide and over_corrected_sulfur(formula):
                flags = (*flags, "over_corrected_sulfur")
            if is_dilute(formula):
                flags = (*flags, "dilute_supercell")
            state = self._table.fluids.get(row, "")
            facts = Facts(phase.formula, phase.material_id, flags, formula.atoms, state)
            self._known[row] = facts
        return facts

    def volume(self, formula: str) -> float:
        """Return the volume of a phase, Å³ per formula unit; nan where it is unknown."""
        volume = self._volumes.get(formula)
        if volume is None:
            phase = Formula.parse(formula)
            row, volumes = self._table.find(phase), self._table.extras.get("volume")
            volume = nan
            if row is not None and volumes is not None:
                volume = float(volumes[row]) * phase.atoms
            self._volumes[formula] = volume
        return volume


def formed(columns: Iterable[int], amounts: Iterable[float]) -> frozenset[int]:
    """Return the columns of a basis of which more than rounding forms."""
    both = zip(columns, amounts, strict=True)
    return frozenset(column for column, amount in both if amount > SMALLEST_AMOUNT)


class Mixtures:
    """Makes products, in order of their formulas, of the engine's columns and amounts.

    Args:
        table: Where the phases come from.
        rows: Row in the table of each column of the problem.
        scale: Units of the problem's composition per formula unit of what reacts.
    """

    def __init__(self, table: PhaseTable, rows: Sequence[int], scale: float) -> None:
        self._known, self._rows, self._scale = phases_of(table), rows, scale

    def __call__(self, columns: Sequence[int], amounts: Sequence[float]) -> tuple[Product, ...]:
        """Return the products of a basis: its columns and the atoms in each of them."""
        found = []
        for column, amount in zip(columns, amounts, strict=True):
            if amount > SMALLEST_AMOUNT:
                facts = self._known[self._rows[column]]
                formed = amount * self._scale / facts.atoms
                found.append(
                    Product(facts.formula, formed, facts.material_id, facts.flags, facts.state)
                )
        if len(found) > 1:
            found.sort(key=attrgetter("formula"))
        return tuple(found)


@lru_cache(maxsize=8)
def phases_of(table: PhaseTable) -> KnownPhases:
    """Return the facts of a table's phases, kept while the table is in use."""
    return KnownPhases(table)
