"""What the tables of ``chemicals`` say of entropies and heat capacities, in order of preference."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from freeze_experiment import CLOSES, FOLDER, KELVIN, _read, element_entropies
from kstab.base.units import GAS_CONSTANT, KILOJOULE_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import COLDEST, HOTTEST, ROOM, HeatCapacity, heating
from kstab.errors import FormulaError
from kstab.phases.solid_heat import debye_heat_capacity, debye_ratio

CALORIE: Final = 4.184
WHITE_TO_RED: Final = 17.6
"""kJ/mol of P by which white phosphorus lies above red (Wagman et al. 1982)."""
BREAK: Final = 800.0
"""Temperature, K, at which a fitted heat capacity changes from one piece to the next."""
LEAST, MOST = 4.0, 80.0
"""Heat capacities, J/(mol K) of atoms, between which all true ones lie."""
DEVIATES: Final = 0.1
"""Perry's equations that differ by more from the CRC Handbook at 298 K are left out."""
PERRY_FORMS: Final = ("", "α", "β", "γ", "rhombic", "monoclinic", "graphite")
"""Forms of solids that follow each other as they are heated, as the handbook marks them."""

FormName = Literal["solid", "liquid", "gas"]
Pieces = tuple[HeatCapacity, ...]
Coefficients = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Form:
    """A form of a substance.

    Attributes:
        formula: Formula of the molecule, or of the solid.
        form: Solid, liquid or gas.
        enthalpy: Of formation at 298.15 K, kJ/mol, phosphorus counted from red.
        entropy: At 298.15 K, J/(mol K).
        source: Where the two are from.
        pieces: Its heat capacity.
        heat_source: Where that is from.
        low: Where it begins to be stable, K, if the heat capacity says nothing of it below.
        high: Where it ends to be, K, likewise.
    """

    formula: str
    form: FormName
    enthalpy: float
    entropy: float
    source: str
    pieces: Pieces
    heat_source: str
    low: float | None = None
    high: float | None = None

    def gibbs(self, temperature: float) -> float:
        """Return H(T) - T S(T), kJ/mol."""
        enthalpy, entropy = heating(self.pieces, temperature)
        return self.enthalpy + (enthalpy - temperature * (self.entropy + entropy)) / 1000.0


def joined(form: Form, other: Form, temperature: float, heat: float) -> Form:
    """Return a form with the enthalpy and entropy at which another one turns into it.

    Args:
        form: What counts is its heat capacity.
        other: What turns into it.
        temperature: At which it does, K.
        heat: What that takes up, kJ/mol.
    """
    (h, s), (h_other, s_other) = (heating(each.pieces, temperature) for each in (form, other))
    enthalpy = other.enthalpy + heat + (h_other - h) / 1000.0
    entropy = other.entropy + 1000.0 * heat / temperature + s_other - s
    return replace(form, enthalpy=enthalpy, entropy=entropy)


class Tables:
    """The tables of ``chemicals``, and the files made from them before."""

    def __init__(self) -> None:
        import chemicals

        folder = Path(chemicals.__file__).parent
        heat = folder / "Heat Capacity"
        crc = _read(heat / "CRC Standard Thermodynamic Properties of Chemical Substances.tsv")
        self.crc = {row["CAS"]: row for row in crc}
        self.entropies = element_entropies(crc)
        self.janaf = {row["CAS"]: row for row in _read(folder / "Reactions/JANAF_1998.tsv")}
        self.vaporization = _by_cas(folder / "Phase Change/CRC Handbook Heat of Vaporization.tsv")
        self.constants = _by_cas(folder / "Misc/Physical Constants of Inorganic Compounds.csv")
        webbook = _read(folder / "Misc/webbook_constants.tsv")
        self.webbook = {row["CAS"]: row for row in webbook}  # without the hyphens
        self.points = {
            form: json.loads((heat / f"JANAF_1998_{short}_Cp.json").read_text("utf-8"))
            for form, short in (("solid", "solid"), ("liquid", "liq"), ("gas", "gas"))
        }
        shomate = (heat / "webbook_shomate_coefficients.json").read_text("utf-8")
        self.shomate: dict[str, list[Any]] = json.loads(shomate)
        self.perry = _perry(_read(heat / "Perrys Table 2-151.tsv"))
        self.solids = _rows("solids.csv")
        self.changes = {row["formula"]: row for row in _rows("phase_changes.csv")}

    def heat(self, cas: str, form: FormName, formula: str) -> tuple[Pieces, str]:
        """Return a heat capacity and where it is from; nothing where none is known."""
        found, points = self._webbook(cas, form), self.points[form].get(cas)
        if points and form == "gas":  # they begin below 298 K
            return fitted(*points), "JANAF"
        if plausible(found, formula):
            return found, "WebBook"
        if points:
            return straight(*points), "JANAF"
        constant = self.crc.get(cas, {}).get(f"Cp{form[0]}")
        found = self.perry.get((form, Formula.parse(formula).key), ())
        if found and not (constant and abs(found[0].at(ROOM) / float(constant) - 1.0) > DEVIATES):
            return found, "Perry"
        return (constant_heat(float(constant)), "CRC") if constant else ((), "")

    def _webbook(self, cas: str, form: FormName) -> Pieces:
        shomate = self.shomate.get(cas, [None] * 3)[("solid", "liquid", "gas").index(form)]
        if not shomate:
            return ()
        pieces = [HeatCapacity(low, high, tuple(c)) for low, high, *c in shomate]
        if form == "gas":  # no phase change lies below, so that the first is continued
            pieces[0] = replace(pieces[0], low=COLDEST)
        return tuple(piece for piece in pieces if piece.low < HOTTEST)

    def standard(self, cas: str, form: FormName, formula: str) -> tuple[float, float, str] | None:
        """Return enthalpy, kJ/mol, entropy, J/(mol K), and source; None if one is unknown.

        The handbook's entropy counts only where its Gibbs energy shows that it belongs to the
        enthalpy: some of its cells hold the heat capacity instead.
        """
        row, key = self.crc.get(cas, {}), form[0]
        enthalpy, entropy = self.enthalpy(cas, form, formula), row.get(f"S0{key}")
        if enthalpy is not None and entropy and self._closes(row, key, formula):
            return enthalpy, float(entropy), "CRC"
        row = self.janaf.get(cas, {})
        if row.get(f"Hf{key}") and row.get(f"S0{key}"):
            above = WHITE_TO_RED * float(Formula.parse(formula)["P"])
            return float(row[f"Hf{key}"]) / 1000.0 + above, float(row[f"S0{key}"]), "JANAF"
        return None

    def enthalpy(self, cas: str, form: FormName, formula: str) -> float | None:
        """Return the handbook's enthalpy of formation, kJ/mol."""
        found = self.crc.get(cas, {}).get(f"Hf{form[0]}")
        above = WHITE_TO_RED * float(Formula.parse(formula)["P"])
        return float(found) / 1000.0 + above if found else None

    def _closes(self, row: dict[str, str], key: str, formula: str) -> bool:
        parsed, enthalpy = Formula.parse(formula), float(row[f"Hf{key}"])
        if not row[f"Gf{key}"]:
            return parsed.atoms == 1 or enthalpy == 0.0
        pure = sum(self.entropies[symbol] * float(n) for symbol, n in parsed.amounts)
        change = float(row[f"S0{key}"]) - pure
        error = float(row[f"Gf{key}"]) - enthalpy + KELVIN * change
        return abs(error) <= 1000.0 * CLOSES * float(parsed.atoms)

    def boiling(self, cas: str) -> tuple[float, float]:
        """Return the boiling point, K, and the heat of vaporization there, kJ/mol; 0 if unknown."""
        row, constants = self.vaporization.get(cas, {}), self.constants.get(cas, {})
        boiling = row.get("Tb") or constants.get("Tb") or 0.0
        return float(boiling), float(row.get("HvapTb") or 0.0) / 1000.0


def plausible(pieces: Pieces, formula: str) -> bool:
    """Whether a heat capacity is one throughout: some equations were copied with a slip."""
    atoms = float(Formula.parse(formula).atoms)
    ends = [p.at(min(end, HOTTEST)) / atoms for p in pieces for end in (p.low, p.high)]
    return bool(ends) and min(ends) > LEAST and max(ends) < MOST


def _by_cas(path: Path) -> dict[str, dict[str, str]]:
    return {row["CAS"]: row for row in _read(path)}


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _perry(rows: list[dict[str, str]]) -> dict[tuple[str, Any], Pieces]:
    """Heat capacities by form and formula, for the CAS numbers of that table are those of ions."""
    found: dict[tuple[str, Any], list[HeatCapacity]] = {}
    names = ("Constant Term", "+*T term", "*T^2 term", "/T^2 term")
    for row in rows:
        form = {"c": "solid", "l": "liquid"}.get(row["main phase"].strip())
        if form is None or row["subphase"].strip() not in PERRY_FORMS:
            continue
        try:
            key = Formula.parse(row["Formula"].replace(" ", "")).key
            low, high = float(row["Tmin"]), float(row["Tmax"])
            a, b, c, e = (float(row[name] or 0.0) * CALORIE for name in names)
        except (FormulaError, ValueError):
            continue
        digits = _six_digits((a, b, c, 0.0, e))
        if form == "liquid" or high >= BREAK or b:
            found.setdefault((form, key), []).append(HeatCapacity(low, high, digits))
    return {place: tuple(sorted(pieces, key=lambda p: p.low)) for place, pieces in found.items()}


def _six_digits(values: Iterable[float]) -> Coefficients:
    a, b, c, d, e = (float(f"{value:.6g}") for value in values)
    return a, b, c, d, e


def constant_heat(capacity: float) -> Pieces:
    """Return a heat capacity, J/(mol K), that is the same at all temperatures."""
    return (HeatCapacity(ROOM, ROOM, (capacity, 0.0, 0.0, 0.0, 0.0)),)


def fitted(temperatures: Sequence[float], capacities: Sequence[float]) -> Pieces:
    """Fit the equation to a table of heat capacities of a gas, from 200 to 800 K and beyond."""
    t, cp = np.array(temperatures), np.array(capacities)
    inside = (t >= COLDEST) & (t <= HOTTEST)
    t, cp = t[inside], cp[inside]
    middle = [BREAK] if t[0] < BREAK - 200.0 and t[-1] > BREAK + 200.0 else []
    ends = [float(t[0]), *middle, float(t[-1])]
    return tuple(
        HeatCapacity(low, high, _least_squares(t, cp, (t >= low) & (t <= high)))
        for low, high in pairwise(ends)
    )


def straight(temperatures: Sequence[float], capacities: Sequence[float]) -> Pieces:
    """Return a table of heat capacities as straight lines, which follow its peaks and steps."""
    pieces = []
    for (low, first), (high, last) in pairwise(zip(temperatures, capacities, strict=True)):
        if COLDEST <= low < high <= HOTTEST:
            slope = (last - first) / (high - low)
            line = _six_digits((first - slope * low, slope, 0.0, 0.0, 0.0))
            pieces.append(HeatCapacity(low, high, line))
    return tuple(pieces)


def _least_squares(t: Any, cp: Any, here: Any) -> Coefficients:
    """Coefficients of as many terms as there are points to carry them, in six digits."""
    terms = np.stack([np.ones(len(t)), t, t**2, t**3, t**-2.0], axis=1)[here]
    chosen = [0, 1, 4, 2, 3][: max(1, len(set(t[here])) // 2)]
    scale = np.abs(terms[:, chosen]).max(axis=0)
    coefficients = np.zeros(5)
    coefficients[chosen] = np.linalg.lstsq(terms[:, chosen] / scale, cp[here])[0] / scale
    return _six_digits(coefficients)


def debye_pieces(entropy: float) -> Pieces:
    """Return the heat capacity of an atom, by Debye's theory, from its entropy at 298.15 K."""
    temperatures = np.array([*range(int(COLDEST), 800, 25), *range(800, int(HOTTEST) + 1, 100)])
    theta = ROOM * debye_ratio(entropy / (1000.0 * KILOJOULE_PER_EV))
    capacities = debye_heat_capacity(theta / temperatures) * GAS_CONSTANT
    return fitted(temperatures.tolist(), capacities.tolist())
