"""Freeze measured thermochemistry of inorganic solids from the CRC tables.

    python tools/freeze_experiment.py [--check]

Needs the package ``chemicals`` (its CRC tables and CAS identifiers). Reads them and
``phase_data/experiment/mp2020_fit.csv``, keeps the solids whose name, CAS number and
formula agree, and writes ``solids.csv`` and ``dropped.csv`` beside it. The rules are in
``phase_data/README.md``; no figure is changed by hand. The same input gives the same
bytes; ``--check`` writes nothing and fails if they differ from what is there.
"""

import argparse
import csv
import io
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from compound_names import DIATOMIC, ELEMENTS, bare, canonical, from_name
from kstab.chemistry.composition import Formula

FOLDER = Path(__file__).parents[1] / "phase_data" / "experiment"
KJ_PER_EV = 96.48533212
KELVIN = 298.15
CLOSES = 1.5  # kJ/mol of atoms: rounding reaches 1.1, a wrong formula starts at several
AGREES = 0.1  # eV/atom between the two sources
COLUMNS = (
    "formula name cas enthalpy_kJ_mol gibbs_kJ_mol entropy_J_mol_K density_g_cm3 sources flags"
).split()
UNSUITABLE = {  # of the compounds MP2020 was fitted to; the rest of them are crystals of ions
    "Cr(CO)6": "carbonyl: molecular",
    "Mo(CO)6": "carbonyl: molecular",
    "VOCl3": "liquid at 298 K",
}
ORGANIC = re.compile(
    "acid|yl|[aei]n[e]?$|one$|ose$|amide|ol$|itrile|benz|cyst|hyde|camphor|dione", re.I
)

Row = dict[str, str]


class DropError(Exception):
    """A row that a rule leaves out; the text says which."""


@dataclass(frozen=True)
class Solid:
    """What was measured on one solid: kJ/mol, J/(mol K), g/cm³, per formula unit."""

    formula: Formula
    name: str
    cas: str
    enthalpy: float
    gibbs: float | None
    entropy: float | None
    density: float | None
    sources: str
    flags: tuple[str, ...]

    def cells(self) -> list[str]:
        """Return the row of the table."""
        numbers = (self.enthalpy, self.gibbs, self.entropy, self.density)
        texts = map(number, numbers)
        return [self.formula.text, self.name, self.cas, *texts, self.sources, " ".join(self.flags)]


@dataclass(frozen=True)
class Tables:
    """The tables of ``chemicals`` that are read, and its look-up by CAS number."""

    thermochemistry: list[Row]
    densities: dict[tuple[str, str], float]
    entropies: dict[str, float]
    known: Callable[[str], Any]


def main() -> int:
    """Freeze, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    files = freeze(load())
    stale = [name for name, text in files.items() if not _same(FOLDER / name, text)]
    if check:
        print(f"differs: {', '.join(stale)}" if stale else "measured values are as their source")
        return bool(stale)
    for name in stale:
        (FOLDER / name).write_text(files[name], encoding="utf-8", newline="\n")
        print(f"wrote {name}, {files[name].count(chr(10)) - 1} rows")
    return 0


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes() == text.encode()


def load() -> Tables:
    """Read the tables; imported here so that the rules can be tested without the package."""
    import chemicals
    from chemicals import identifiers

    folder = Path(chemicals.__file__).parent
    crc = "CRC Standard Thermodynamic Properties of Chemical Substances.tsv"
    thermochemistry = _read(folder / "Heat Capacity" / crc)
    solid = {
        row["CAS"] for row in _read(folder / "Density/CRC Solid Inorganic Constant Densities.tsv")
    }
    densities = {  # by name as well: one CAS number may stand for several forms
        (row["CAS"], row["Chemical"]): float(row["rho"]) / 1000
        for row in _read(folder / "Misc/Physical Constants of Inorganic Compounds.csv")
        if row["CAS"] in solid and row["rho"]
    }
    search = identifiers.pubchem_db.search_CAS
    return Tables(thermochemistry, densities, element_entropies(thermochemistry), search)


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def element_entropies(rows: Iterable[Row]) -> dict[str, float]:
    """Return the entropy of each element's reference state, J/(K mol of atoms).

    A form that is not the reference (gray tin) tells it through its own Gibbs energy.
    """
    found: dict[str, tuple[float, float]] = {}
    for row in rows:
        symbol = ELEMENTS.get(bare(row["Chemical"]))
        state = next((s for s in "slg" if row[f"Hf{s}"] and row[f"S0{s}"]), "")
        if symbol and state:
            enthalpy, gibbs = float(row[f"Hf{state}"]), float(row[f"Gf{state}"] or 0)
            entropy = float(row[f"S0{state}"]) - (enthalpy - gibbs) / KELVIN
            per_atom = entropy / (2 if symbol in DIATOMIC else 1)
            found[symbol] = min(found.get(symbol, (9e9, 0.0)), (abs(enthalpy), per_atom))
    return {symbol: entropy for symbol, (_, entropy) in found.items()}


def freeze(tables: Tables) -> dict[str, str]:
    """Return the files made from the tables: name and text."""
    kept: dict[Any, Solid] = {}
    dropped: list[tuple[str, str, str, str]] = []
    for row in tables.thermochemistry:
        if row["Hfs"]:
            try:
                add(kept, dropped, measured(row, tables))
            except DropError as error:
                raw = getattr(tables.known(row["CAS"]) or None, "formula", "")
                dropped.append((raw, row["Chemical"], row["CAS"], str(error)))
    with (FOLDER / "mp2020_fit.csv").open(encoding="utf-8", newline="") as stream:
        merge(kept, dropped, csv.DictReader(stream))
    solids = sorted(solid.cells() for solid in kept.values())
    dropped.sort(key=lambda cells: (cells[3], cells[1], cells[0]))
    return {
        "solids.csv": _table(COLUMNS, solids),
        "dropped.csv": _table([*COLUMNS[:3], "reason"], dropped),
    }


def _table(header: list[str], rows: Iterable[Iterable[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def measured(row: Row, tables: Tables) -> Solid:
    """Turn a row of the CRC table into a solid whose formula is beyond doubt, or drop it."""
    name, cas = row["Chemical"], row["CAS"]
    if not cas_valid(cas):
        raise DropError("CAS number with a wrong check digit")
    formula, flag = settle(name, tables.known(cas))
    values = [float(row[key]) / scale if row[key] else None for key, scale in _CRC]
    enthalpy, gibbs, entropy = values[0] or 0.0, values[1], values[2]
    if enthalpy == 0 and len(formula.elements) == 1:
        gibbs = 0.0  # by definition; the table leaves it empty
    density = tables.densities.get((cas, name))
    solid = Solid(formula, name, cas, enthalpy, gibbs, entropy, density, "crc", ())
    if abs(error := closure(solid, tables.entropies)) > CLOSES * formula.atoms:
        raise DropError(f"Gibbs energy is {error:+.0f} kJ/mol off what enthalpy and entropy give")
    other = len(formula.elements) == 1 and enthalpy != 0
    marks = (flag, "other_form" * other, "white_phosphorus" * ("P" in formula.elements))
    return replace(solid, flags=tuple(filter(None, marks)))


_CRC = (("Hfs", 1000), ("Gfs", 1000), ("S0s", 1))


def closure(solid: Solid, elements: dict[str, float]) -> float:
    """Return G - (H - T S), kJ/mol: not zero where the formula or a figure is wrong."""
    if solid.gibbs is None or solid.entropy is None:
        return 0.0
    pure = sum(elements[symbol] * float(amount) for symbol, amount in solid.formula.amounts)
    return solid.gibbs - solid.enthalpy + KELVIN * (solid.entropy - pure) / 1000


def settle(name: str, known: Any) -> tuple[Formula, str]:
    """Return the formula that the name means and the identifiers confirm, and a flag."""
    listed = canonical(re.sub(r"[+-]\d*$", "", known.formula)) if known else None
    formula = from_name(name)
    if formula is None:
        raise DropError(nameless(name, listed))
    if listed is None:
        return formula, "formula_unconfirmed"
    if formula == listed:
        return formula, ""
    if confirmed(formula, listed, known):
        return formula, "formula_corrected"
    raise DropError(f"the name says {formula}, the identifiers {listed}")


def nameless(name: str, listed: Formula | None) -> str:
    """Say why a name without a formula is left out: what it is, as far as one can tell."""
    if re.search("hydrate|hydrochloride", name.lower()):
        return "hydrate or hydrochloride"
    if re.search(r"\bacid\b", name.lower()) and listed and not listed["C"]:
        return "acid"
    if listed is None:
        return "organic or molecular" if ORGANIC.search(name) else "the name gives no formula"
    nonmetals = set(listed.elements) <= {"C", "H", "N", "O", "S", *DIATOMIC}
    if (listed["C"] and (listed["H"] or nonmetals)) or "carbonyl" in name:
        return "organic or molecular"
    return "the name gives no formula"


def confirmed(formula: Formula, listed: Formula, known: Any) -> bool:
    """Whether the identifiers, though different, stand for what the name says.

    They are made from connection tables, which add or lose hydrogen around metals, write
    molecules for crystals, and reduce some oxides to a pair of atoms; their synonyms
    then still hold the formula.
    """
    if formula.key == listed.key or _without_hydrogen(formula) == _without_hydrogen(listed):
        return True
    texts = [known.common_name, known.iupac_name, *known.synonyms]
    written = [part for text in texts if text for part in (text, *re.findall(r"\((\w+)\)", text))]
    return any(canonical(part) == formula for part in written if re.search("[A-Z]", part))


def _without_hydrogen(formula: Formula) -> dict[str, Any]:
    return {symbol: amount for symbol, amount in formula.amounts if symbol != "H"}


def cas_valid(cas: str) -> bool:
    """Whether the check digit of a CAS number is right."""
    if not re.fullmatch(r"\d{2,7}-\d\d-\d", cas):
        return False
    digits = [int(digit) for digit in reversed(cas.replace("-", ""))]
    return sum(place * digit for place, digit in enumerate(digits)) % 10 == digits[0]


def add(kept: dict[Any, Solid], dropped: list[tuple[str, str, str, str]], solid: Solid) -> None:
    """Keep the most stable form of each composition."""
    other = kept.setdefault(solid.formula.key, solid)
    if other is solid:
        return
    worse, better = (solid, other) if lies_above(solid, other) else (other, solid)
    kept[solid.formula.key] = better
    reason = f"less stable than {better.name}"
    dropped.append((worse.formula.text, worse.name, worse.cas, reason))


def lies_above(one: Solid, other: Solid) -> bool:
    """Whether one form is less stable than the other: by Gibbs energy where both have it."""
    if one.gibbs is None or other.gibbs is None:
        return one.enthalpy / one.formula.atoms >= other.enthalpy / other.formula.atoms
    return one.gibbs / one.formula.atoms >= other.gibbs / other.formula.atoms


def merge(
    kept: dict[Any, Solid], dropped: list[tuple[str, str, str, str]], rows: Iterable[Row]
) -> None:
    """Add the compounds of MP2020; the CRC figure stays where there is one."""
    for row in rows:
        if row["formula"] in UNSUITABLE:
            dropped.append((row["formula"], "", "", UNSUITABLE[row["formula"]]))
            continue
        formula, energy = Formula.parse(row["formula"]), float(row["formation_energy_eV"])
        enthalpy = round(energy * KJ_PER_EV, 3)
        formula = Formula.of(dict(formula.amounts))
        fresh = Solid(formula, "", "", enthalpy, None, None, None, "mp2020", ())
        solid = kept.setdefault(formula.key, fresh)
        if solid is not fresh:
            gap = enthalpy / formula.atoms - solid.enthalpy / solid.formula.atoms
            flag = ("sources_differ",) if abs(gap) > AGREES * KJ_PER_EV else ()
            kept[formula.key] = replace(solid, sources="crc mp2020", flags=solid.flags + flag)


def number(value: float | None) -> str:
    """Write a number in its shortest form; nothing where there is none."""
    return "" if value is None else f"{value:.10g}"


if __name__ == "__main__":
    sys.exit(main())
