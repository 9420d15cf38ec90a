"""Measured solids: the files, figures known by hand, and the tool that froze them."""

import csv
import subprocess
import sys
from collections import Counter

import pytest

from kstab.chemistry.composition import Formula
from kstab.chemistry.elements import ATOMIC_NUMBER

KJ_PER_EV = 96.48533212
KELVIN = 298.15
SOLIDS = (
    "formula name cas enthalpy_kJ_mol gibbs_kJ_mol entropy_J_mol_K density_g_cm3 sources flags"
).split()
NUMBERS = [name for name in SOLIDS if "_" in name]
FLAGS = {
    "formula_corrected": 19,
    "formula_unconfirmed": 67,
    "other_form": 1,
    "sources_differ": 1,
    "white_phosphorus": 16,
}
REASONS = {
    "organic or molecular": 396,
    "acid": 13,
    "the name gives no formula": 13,
    "hydrate or hydrochloride": 8,
    "the name says": 3,
    "Gibbs energy is": 2,
    "carbonyl: molecular": 2,
    "less stable than Carbon (graphite)": 1,
    "liquid at 298 K": 1,
}


@pytest.fixture(scope="module")
def read(root):
    def rows(name: str) -> list[dict[str, str]]:
        with (root / "phase_data/experiment" / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream, strict=True))

    return rows


@pytest.fixture(scope="module")
def solids(read):
    return {row["formula"]: row for row in read("solids.csv")}


@pytest.fixture(scope="module")
def listed(read):
    """Formation energy in the MP2020 list, eV/atom, by composition."""
    rows = [(Formula.parse(r["formula"]), r) for r in read("mp2020_fit.csv")]
    return {f.key: float(r["formation_energy_eV"]) / f.atoms for f, r in rows}


@pytest.fixture(scope="module")
def tool(root, script):
    sys.path.insert(0, str(root / "tools"))
    try:
        return script("tools/freeze_experiment.py")
    finally:
        sys.path.pop(0)


@pytest.mark.parametrize(
    ("name", "columns", "count"),
    [
        ("solids.csv", SOLIDS, 803),
        ("mp2020_fit.csv", ["formula", "formation_energy_eV", "uncertainty_eV"], 241),
    ],
)
def test_files_are_sorted_unique_and_of_real_elements(read, name, columns, count):
    rows = read(name)
    assert len(rows) == count
    assert all(list(row) == columns for row in rows)
    texts = [row["formula"] for row in rows]
    assert texts == sorted(texts)
    formulas = [Formula.parse(text) for text in texts]
    assert len({formula.key for formula in formulas}) == count
    assert {s for formula in formulas for s in formula.elements} <= set(ATOMIC_NUMBER)
    assert all(amount.denominator == 1 for formula in formulas for _, amount in formula.amounts)


@pytest.mark.parametrize("name", ["solids.csv", "mp2020_fit.csv"])
def test_numbers_are_in_their_shortest_form(read, name):
    for row in read(name):
        for column, cell in row.items():
            if cell and "_" in column:
                assert f"{float(cell):.10g}" == cell, row


def test_every_cas_number_has_its_check_digit(read, tool):
    assert tool.cas_valid("7447-40-7")
    assert not tool.cas_valid("7447-40-8")
    assert not tool.cas_valid("7447-40")
    rows = [*read("solids.csv"), *read("dropped.csv")]
    assert all(tool.cas_valid(row["cas"]) for row in rows if row["cas"])
    numbers = [row["cas"] for row in read("solids.csv") if row["cas"]]
    assert len(numbers) == len(set(numbers))


def test_sources_and_flags(solids, listed):
    assert Counter(row["sources"] for row in solids.values()) == {
        "crc": 565,
        "mp2020": 116,
        "crc mp2020": 122,
    }
    assert Counter(flag for row in solids.values() for flag in row["flags"].split()) == FLAGS
    for formula, row in solids.items():
        assert row["enthalpy_kJ_mol"]
        assert bool(row["cas"]) == bool(row["name"]) == ("crc" in row["sources"])
        assert (Formula.parse(formula).key in listed) == ("mp2020" in row["sources"])
        phosphorus = Formula.parse(formula)["P"] > 0 and "crc" in row["sources"]
        assert phosphorus == ("white_phosphorus" in row["flags"])


def test_dropped_rows_have_their_reasons_and_are_not_kept(read, solids):
    rows = read("dropped.csv")
    assert len(rows) == sum(REASONS.values())
    for reason, count in REASONS.items():
        starts = [row for row in rows if row["reason"].startswith(reason)]
        assert len(starts) == count, reason
    assert not {r["cas"] for r in rows if r["cas"]} & {r["cas"] for r in solids.values()}


@pytest.mark.parametrize(
    ("formula", "enthalpy", "gibbs", "entropy"),
    [
        ("K2S", -380.7, -364.0, 105.0),
        ("KCl", -436.5, -408.5, 82.6),
        ("Li2O", -597.9, -561.2, 37.6),
        ("NaCl", -411.2, -384.1, 72.1),
        ("Al2O3", -1675.7, -1582.3, 50.9),
        ("KBH4", -227.4, -160.3, 106.3),
        ("Ti3O5", -2459.4, -2317.4, 129.3),
    ],
)
def test_values_known_by_hand(solids, formula, enthalpy, gibbs, entropy):
    cells = [solids[formula][column] for column in NUMBERS[:3]]
    assert list(map(float, cells)) == [enthalpy, gibbs, entropy]


@pytest.mark.parametrize(
    ("formula", "voltage"),
    [("K2S", 1.886), ("KF", 5.57), ("KCl", 4.23), ("KBr", 3.95), ("KI", 3.37)],
)
def test_cell_voltages_from_gibbs_energies(solids, formula, voltage):
    energy = float(solids[formula]["gibbs_kJ_mol"]) / KJ_PER_EV
    assert -energy / float(Formula.parse(formula)["K"]) == pytest.approx(voltage, abs=0.005)


def test_sources_agree(solids, listed):
    apart = {}
    for formula, row in solids.items():
        if row["sources"] == "crc mp2020":
            parsed = Formula.parse(formula)
            here = float(row["enthalpy_kJ_mol"]) / KJ_PER_EV / parsed.atoms
            apart[formula] = abs(here - listed[parsed.key])
    far = {formula for formula, gap in apart.items() if gap > 0.1}
    assert far == {"SrS"} == {f for f, row in solids.items() if "sources_differ" in row["flags"]}
    assert sorted(apart.values())[len(apart) // 2] < 0.002


def test_enthalpy_entropy_and_gibbs_energy_belong_together(solids):
    """Elements' entropies, hand-entered here where the reference is no solid, close every row."""
    entropy = {"H": 65.35, "N": 95.8, "O": 102.6, "F": 101.4, "Cl": 111.55, "Br": 76.1, "Hg": 75.9}
    entropy |= {"Sn": 51.5, "I": 58.05}
    for formula, row in solids.items():
        if row["entropy_J_mol_K"]:
            entropy.setdefault(formula, float(row["entropy_J_mol_K"]))
    checked = 0
    for text, row in solids.items():
        formula = Formula.parse(text)
        if row["gibbs_kJ_mol"] and row["entropy_J_mol_K"]:
            pure = sum(entropy[symbol] * float(n) for symbol, n in formula.amounts)
            change = float(row["entropy_J_mol_K"]) - pure
            expected = float(row["enthalpy_kJ_mol"]) - KELVIN * change / 1000
            gap = abs(float(row["gibbs_kJ_mol"]) - expected) / formula.atoms
            assert gap < 1.1, (text, gap)
            checked += 1
    assert checked > 480


def test_elements_are_their_own_reference(solids):
    elements = {f: row for f, row in solids.items() if len(Formula.parse(f).elements) == 1}
    assert len(elements) == 89
    other = {f for f, row in elements.items() if row["enthalpy_kJ_mol"] != "0"}
    assert other == {"Sn"} == {f for f, row in elements.items() if row["flags"] == "other_form"}
    assert all(row["gibbs_kJ_mol"] == "0" for f, row in elements.items() if f != "Sn")
    assert elements["P"]["name"] == "Phosphorus (white)"


def test_densities_are_those_of_solids(solids):
    values = [float(row["density_g_cm3"]) for row in solids.values() if row["density_g_cm3"]]
    assert min(values) > 0.5
    assert max(values) < 23
    assert float(solids["K2S"]["density_g_cm3"]) == pytest.approx(1.74)
    assert float(solids["Fe3O4"]["density_g_cm3"]) == pytest.approx(5.17)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("Potassium sulfide", "K2S"),
        ("Potassium hydrogen carbonate", "KCHO3"),
        ("Titanium(III,IV) oxide", "Ti3O5"),
        ("Mercury(I) chloride", "Hg2Cl2"),
        ("Ammonium sulfate", "H8N2SO4"),
        ("Nitrogen pentoxide", "N2O5"),
        ("Silicon dioxide (α-quartz)", "SiO2"),
        ("Silicon nitride [Si3N4]", "Si3N4"),
        ("Tantalum hydride (Ta2H)", "Ta2H"),
        ("Iodine", "I2"),
        ("Calcium carbide", "CaC2"),
        ("Bismuth oxychloride", "BiOCl"),
    ],
)
def test_what_names_mean(tool, name, formula):
    assert tool.from_name(name).amounts == Formula.parse(formula).amounts


@pytest.mark.parametrize(
    "name", ["Iron oxide", "Indium(IV) telluride", "Boric acid", "Potassium acetate", "Aniline"]
)
def test_names_that_leave_the_formula_open(tool, name):
    assert tool.from_name(name) is None


def test_the_files_are_as_the_tool_makes_them(root):
    pytest.importorskip("chemicals")
    command = [sys.executable, str(root / "tools/freeze_experiment.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
