"""Measured formation enthalpies of solids that the phase table holds too."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

import numpy as np

import kstab
from kstab.chemistry.composition import Formula
from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.chemistry.roles import METALS, Electrons, Floats, Integers, features, pairs_in
from kstab.phases.error_classes import CLASSES, classify
from kstab.phases.table import PhaseTable, pack_compositions

from . import store

EXPERIMENT = store.PHASE_DATA / "experiment"
FURTHER: Final = ("alloys.csv", "further.csv")
KJ_PER_EV: Final = 96.48533212
WHITE_TO_RED: Final = 17.6 / KJ_PER_EV
"""eV per P: the handbook counts from white phosphorus, the phase table from the stable form."""

BAR: Final = 0.01
"""Standard uncertainty of a measured value for which none is stated, eV/atom."""
DISAGREEMENT: Final = 0.1
"""Two sources that differ by more, eV/atom, are both left out."""
TEST_COMPOUNDS: Final = 62
TEST_VOLTAGES: Final = 10
VOLTAGE_METALS: Final = ("Li", "Na", "K")
SECOND_TEST_SHARE: Final = 7
"""The second final test takes about one in so many of the solids with a measured free energy."""

Key = tuple[tuple[str, int | Fraction], ...]


@dataclass(frozen=True, eq=False)
class Solids:
    """Measured solids, one entry each; energies in eV/atom.

    Attributes:
        formulas: Their formulas in the phase table.
        rows: Their rows there.
        amounts: Atoms per formula unit by atomic number; shape (n, 119).
        features: Features per atom, as :func:`pairs` and the roles name them.
        published: Formation energy as published by the Materials Project.
        measured: Formation enthalpy at 298 K.
        bar: Standard uncertainty of the measurement.
        label: Error class, a position in :func:`kstab.phases.error_classes.class_names`.
    """

    formulas: tuple[str, ...]
    rows: Integers
    amounts: Floats
    features: Floats
    published: Floats
    measured: Floats
    bar: Floats
    label: Integers

    def __len__(self) -> int:
        return len(self.formulas)

    @property
    def atoms(self) -> Floats:
        """Atoms per formula unit."""
        total: Floats = self.amounts.sum(axis=1)
        return total

    def take(self, index: Integers) -> "Solids":
        """Return some of the solids."""
        arrays = {k: v[index] for k, v in vars(self).items() if k != "formulas"}
        return replace(self, formulas=tuple(self.formulas[i] for i in index), **arrays)

    def joined(self, others: "Solids") -> "Solids":
        """Return these solids and others after them."""
        mine, theirs = vars(self), vars(others)
        arrays = {k: np.concatenate([mine[k], theirs[k]]) for k in mine if k != "formulas"}
        return replace(self, formulas=self.formulas + others.formulas, **arrays)

    def hold(self, element: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which solids hold an element."""
        held: np.ndarray[tuple[int], np.dtype[np.bool_]]
        held = self.amounts[:, ATOMIC_NUMBER[element]] > 0
        return held


class Value(NamedTuple):
    """Measured formation enthalpy of a solid by source, eV/atom; None where it has none.

    Attributes:
        formula: Its formula in the phase table.
        row: Its row there.
        handbook: From the handbook tables.
        listed: From the list that MP2020 was fitted to.
        bar: Standard uncertainty.
    """

    formula: str
    row: int
    handbook: float | None
    listed: float | None
    bar: float

    @property
    def enthalpy(self) -> float:
        """The mean of the sources."""
        given = [value for value in (self.handbook, self.listed) if value is not None]
        return sum(given) / len(given)

    @property
    def disagreement(self) -> float:
        """How far the sources are apart."""
        if self.handbook is None or self.listed is None:
            return 0.0
        return abs(self.handbook - self.listed)


@cache
def published() -> PhaseTable:
    """Return the phase table with the energies as published."""
    return kstab.phase_table(scheme="legacy", temperature="none")


@cache
def values() -> tuple[Value, ...]:
    """Return all measured compounds of the phase table, by formula."""
    listed = {
        Formula.parse(row["formula"]).key: row for row in store.rows(EXPERIMENT / "mp2020_fit.csv")
    }
    found = [
        _value(Formula.parse(row["formula"]), row, listed)
        for row in store.rows(EXPERIMENT / "solids.csv")
        if row["enthalpy_kJ_mol"]
    ]
    return tuple(sorted(value for value in found if value is not None))


def _value(
    formula: Formula, solid: dict[str, str], listed: Mapping[Key, dict[str, str]]
) -> Value | None:
    """Enthalpies per atom; None for elements and what the table does not hold."""
    row = published().find(formula) if len(formula.elements) > 1 else None
    if row is None:
        return None
    atoms = float(formula.atoms)
    sources = solid["sources"].split()
    handbook = float(solid["enthalpy_kJ_mol"]) / KJ_PER_EV / atoms
    if "white_phosphorus" in solid["flags"].split():
        handbook += WHITE_TO_RED * float(formula["P"]) / atoms
    other, bar = _listed(listed[formula.key]) if "mp2020" in sources else (None, BAR)
    crc = handbook if "crc" in sources else None
    value = Value(published().formulas[row], row, crc, other, bar)
    return value._replace(bar=max(bar, value.disagreement / 2))


def _listed(row: dict[str, str]) -> tuple[float, float]:
    """Enthalpy and its standard uncertainty, eV/atom."""
    atoms = float(Formula.parse(row["formula"]).atoms)
    bar = float(row["uncertainty_eV"]) / atoms if row["uncertainty_eV"] else BAR
    return float(row["formation_energy_eV"]) / atoms, bar


@cache
def further() -> tuple[Value, ...]:
    """Return compounds of ``alloys.csv`` and ``further.csv``, by formula.

    They take part in fits, and in no table of errors but their own. A voltage counts from
    the phase with less of the metal, or from the elements.
    """
    taken = {Formula.parse(value.formula).key for value in values()}
    heats: dict[str, float] = {"": 0.0}
    found = []
    for row in (row for name in FURTHER for row in store.rows(EXPERIMENT / name)):
        formula = Formula.parse(row["formula"])
        heats[row["formula"]] = heat = _heat(formula, row, heats)
        place = published().find(formula)
        if formula.key not in taken and place is not None:
            text, bar = published().formulas[place], float(row["uncertainty_eV"])
            found.append(Value(text, place, heat / float(formula.atoms), None, bar))
    return tuple(sorted(found))


def _heat(formula: Formula, row: Mapping[str, str], heats: Mapping[str, float]) -> float:
    """Enthalpy of formation, eV per formula unit."""
    if row["enthalpy_kJ_mol"]:
        return float(row["enthalpy_kJ_mol"]) / KJ_PER_EV
    metal = next(e for e in formula.elements if e in VOLTAGE_METALS)
    rest = next(e for e in formula.elements if e != metal)
    lower = Formula.parse(row["lower"]) if row["lower"] else Formula.of({rest: 1})
    units = float(formula[rest]) / float(lower[rest])
    taken = float(formula[metal]) - units * float(lower[metal])
    return units * heats[row["lower"]] - taken * float(row["voltage_V"])


@cache
def pairs() -> tuple[tuple[str, str], ...]:
    """Return the pairs of metal and anion that some measured solid holds."""
    measured = [Formula.parse(value.formula) for value in (*values(), *further())]
    numbers, amounts = pack_compositions(measured)
    return tuple(sorted(pairs_in(Electrons.deal(numbers, amounts))))


def gather(chosen: Sequence[Value]) -> Solids:
    """Return solids as arrays."""
    formulas = [Formula.parse(value.formula) for value in chosen]
    numbers, amounts = pack_compositions(formulas)
    dense = np.zeros((len(chosen), 119))
    np.put_along_axis(dense, numbers.astype(np.int64), amounts, axis=1)
    dense[:, 0] = 0.0  # padding
    per_atom = features(numbers, amounts, pairs()) / dense.sum(axis=1, keepdims=True)
    rows = np.array([value.row for value in chosen])
    return Solids(
        formulas=tuple(value.formula for value in chosen),
        rows=rows,
        amounts=dense,
        features=per_atom,
        published=published().energies[rows],
        measured=np.array([value.enthalpy for value in chosen]),
        bar=np.array([value.bar for value in chosen]),
        label=classify(per_atom, np.count_nonzero(dense, axis=1)),
    )


def listed(solids: Solids) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which solids are among those that MP2020 was fitted to."""
    keys = {Formula.parse(row["formula"]).key for row in store.rows(EXPERIMENT / "mp2020_fit.csv")}
    return np.array([Formula.parse(formula).key in keys for formula in solids.formulas])


# ---------------------------------------------------------------- final test


def is_voltage(formula: str) -> bool:
    """Whether a compound is a binary of Li, Na or K, with a voltage against the metal."""
    elements = Formula.parse(formula).elements
    return len(elements) == 2 and sum(e in VOLTAGE_METALS for e in elements) == 1


@cache
def final_test() -> tuple[str, ...]:
    """Return the formulas of the final test, drawn by the sha256 of their names.

    No value has a part in the choice.
    """
    drawn = sorted((value.formula for value in values()), key=_draw)
    voltages = [formula for formula in drawn if is_voltage(formula)]
    others = [formula for formula in drawn if not is_voltage(formula)]
    return tuple(sorted([*voltages[:TEST_VOLTAGES], *others[:TEST_COMPOUNDS]]))


def _draw(formula: str) -> str:
    return hashlib.sha256(f"kstab final test {formula}".encode()).hexdigest()


def final_test_table() -> bytes:
    """Return ``final_test_set.csv``."""
    uses = [(f, "compound and voltage" if is_voltage(f) else "compound") for f in final_test()]
    return store.table(("formula", "use"), uses)


@cache
def second_test() -> tuple[str, ...]:
    """Return the formulas of the second final test: solids with measured entropy and energies.

    Each is in or out by the sha256 of its own name, so that values added later to the tables
    move none of the others; none is in the first test.
    """
    free = {
        Formula.parse(row["formula"]).key
        for row in store.rows(EXPERIMENT / "solids.csv")
        if row["gibbs_kJ_mol"] and row["entropy_J_mol_K"]
    }
    open_ = {value.formula for value in values()} - set(final_test())
    known = [formula for formula in open_ if Formula.parse(formula).key in free]
    return tuple(sorted(formula for formula in known if _drawn_second(formula)))


def _drawn_second(formula: str) -> bool:
    digest = hashlib.sha256(f"kstab second final test {formula}".encode()).hexdigest()
    return int(digest, 16) % SECOND_TEST_SHARE == 0


def second_test_table() -> bytes:
    """Return ``second_test_set.csv``."""
    return store.table(("formula",), [(formula,) for formula in second_test()])


# ---------------------------------------------------------------- screen


class Dropped(NamedTuple):
    """A measured solid that takes no part in the fit, and why."""

    formula: str
    reason: str


@cache
def training() -> tuple[Solids, tuple[Dropped, ...]]:
    """Return the solids open to fitting and design, screened; and what the screen dropped."""
    tests = {*final_test(), *second_test()}
    open_ = [value for value in values() if value.formula not in tests]
    agreed = [value for value in open_ if value.disagreement <= DISAGREEMENT]
    dropped = [
        Dropped(v.formula, f"sources differ by {v.disagreement:.3f} eV/atom")
        for v in open_
        if v.disagreement > DISAGREEMENT
    ]
    solids = gather(agreed)
    off, low, high = _plausible(solids)
    inside = (off >= low) & (off <= high)
    dropped += [
        Dropped(
            solids.formulas[i],
            f"measured − published {off[i]:+.3f} eV/atom, "
            f"its kind of phase {low[i]:+.3f} to {high[i]:+.3f}",
        )
        for i in np.flatnonzero(~inside)
    ]
    return solids.take(np.flatnonzero(inside)), tuple(dropped)


@cache
def evidence() -> Solids:
    """Return what :func:`further` has, screened like the solids of :func:`training`."""
    solids = gather(further())
    off, low, high = _plausible(solids)
    return solids.take(np.flatnonzero((off >= low) & (off <= high)))


def _plausible(solids: Solids) -> tuple[Floats, Floats, Floats]:
    """Measured less published energies, and the bounds of what is plausible.

    Five robust standard deviations from the median of the kind of phase, at least
    0.35 eV/atom. The spread of a kind is drawn to that of all with the weight of four
    solids. The fit has no part in this.
    """
    off = solids.measured - solids.published
    kind = solids.label % (len(CLASSES) + 1)
    overall = _spread(off)
    middle, reach = np.zeros(len(off)), np.zeros(len(off))
    for k in np.unique(kind):
        here = kind == k
        spread = (_spread(off[here]) * here.sum() + overall * 4) / (here.sum() + 4)
        middle[here], reach[here] = np.median(off[here]), max(5 * spread, 0.35)
    return off, middle - reach, middle + reach


def _spread(numbers: Floats) -> float:
    """Robust standard deviation: the median distance from the median, scaled."""
    return float(1.4826 * np.median(np.abs(numbers - np.median(numbers))))


def metal_of(solids: Solids) -> list[str]:
    """Return the one metal of each solid; empty for none or several."""
    numbers = {ATOMIC_NUMBER[m]: m for m in METALS}
    held = [
        [numbers[z] for z in np.flatnonzero(row).tolist() if z in numbers] for row in solids.amounts
    ]
    return [metals[0] if len(metals) == 1 else "" for metals in held]
