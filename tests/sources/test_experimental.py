"""Measured Gibbs energies as a source, against figures worked out by hand from the tables."""

import csv
import hashlib

import pytest

import kstab
from command import run
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import Conditions
from kstab.errors import RequestError
from kstab.sources import element_states, experimental

F = 96.48533212  # kC/mol
RED_PHOSPHORUS = -12.1  # kJ/mol, from white


@pytest.fixture(scope="module")
def csv_rows(root):
    with (root / "phase_data/experiment/solids.csv").open(encoding="utf-8") as stream:
        return {row["formula"]: row for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def gibbs(csv_rows):
    """Handbook figures of solids, and of CO2: -393.5 - 298.15 (213.8 - 5.7 - 205.2) / 1000."""
    solids = {f: float(r["gibbs_kJ_mol"]) for f, r in csv_rows.items() if r["gibbs_kJ_mol"]}
    return solids | {"CO2": -394.365}


def window(formula, **options):
    return kstab.window(formula, source="experimental", **options)


def codes(result):
    return [notice.code for notice in result.warnings]


@pytest.mark.parametrize(
    ("formula", "volts"), [("K2S", 1.886), ("KF", 5.57), ("KCl", 4.23), ("KBr", 3.95), ("KI", 3.37)]
)
def test_voltages_of_cells(formula, volts):
    """-dG/F of K + X -> KX, from dG of 364.0 / 2, 537.8, 408.5, 380.7 and 324.9 kJ/mol."""
    result = window(formula)
    assert (result.verdict, result.scheme) == ("stable", "measured")
    assert result.oxidation_limit == pytest.approx(volts, abs=0.005)


def test_potassium_carbonate(gibbs):
    """2 K2CO3 -> 4 K + 2 CO2 + O2, from the elements down: (2 x 1063.5 - 2 x 394.4) / 4 F."""
    assert gibbs["K2CO3"] == -1063.5
    result = window("K2CO3")
    assert result.oxidation_limit == pytest.approx((2 * 1063.5 - 2 * 394.365) / (4 * F), abs=1e-5)
    assert result.oxidation_step.reaction == "2 K2CO3 → 2 CO2 + O2 + 4 K"
    assert result.oxidation_step.gases == ("CO2", "O2")


def test_potassium_nitrate(gibbs):
    """2 KNO3 + 2 K -> 2 KNO2 + K2O2 below, 2 KNO3 -> 2 K + N2 + 3 O2 above."""
    result = window("KNO3")
    below = gibbs["KNO3"] - gibbs["KNO2"] - gibbs["K2O2"] / 2
    assert result.reduction_limit == pytest.approx(below / F, abs=1e-9)
    assert result.oxidation_limit == pytest.approx(394.9 / F, abs=1e-9)


def test_aluminium_phosphate_counts_from_red_phosphorus(gibbs):
    """3 AlPO4 + 5 Al -> 4 Al2O3 + 3 P, three electrons for each aluminium."""
    released = 4 * gibbs["Al2O3"] + 3 * RED_PHOSPHORUS - 3 * gibbs["AlPO4"]
    result = window("AlPO4")
    assert result.reduction_step.reaction == "3 AlPO4 + 5 Al → 4 Al2O3 + 3 P"
    assert result.reduction_limit == pytest.approx(-released / (15 * F), abs=1e-9)


# NIST-JANAF Thermochemical Tables, 4th ed. 1998, as recalled: dfG of the crystal, kJ/mol.
@pytest.mark.parametrize(
    ("formula", "temperature", "expected"),
    [
        ("KCl", 298.15, -408.8), ("KCl", 500, -389.2), ("NaCl", 1000, -318.8),
        ("MgO", 1000, -492.95), ("Al2O3", 1000, -1361.4),
    ],
)  # fmt: skip
def test_free_energies_at_a_temperature(formula, temperature, expected):
    table = experimental.load(Conditions(temperature))
    row = table.find(Formula.parse(formula))
    found = table.energies[row] * float(Formula.parse(formula).atoms) * F
    assert found == pytest.approx(expected, abs=1.5)


def decomposes(solid, *products):
    """The temperature, K, from which a solid and its products, gases at 1 bar, change places."""
    for temperature in range(300, 1800, 10):
        table = experimental.load(Conditions(temperature))
        energy = {}
        for text in (solid, *products):
            formula = Formula.parse(text)
            energy[text] = table.energies[table.find(formula)] * float(formula.atoms)
        if sum(energy[text] for text in products) < energy[solid]:
            return temperature
    return None


@pytest.mark.parametrize(
    ("solid", "products", "measured"),
    [
        ("CaCO3", ("CaO", "CO2"), 1171), ("Ca(OH)2", ("CaO", "H2O"), 785),
        ("Mg(OH)2", ("MgO", "H2O"), 541), ("Li2CO3", ("Li2O", "CO2"), 1583),
    ],
)  # fmt: skip
def test_decomposition_at_one_bar(solid, products, measured):
    """Handbook temperatures, as recalled; docs/temperature.md names their sources."""
    assert decomposes(solid, *products) == pytest.approx(measured, abs=25)


def test_interfaces_too(gibbs):
    """PbCl2 + 2 K -> 2 KCl + Pb; no alloy of lead is measured."""
    result = kstab.interface("K", "PbCl2", source="experimental")
    assert result.reservoir.reaction == "PbCl2 + 2 K → 2 KCl + Pb"
    released = 2 * gibbs["KCl"] - gibbs["PbCl2"]
    assert result.reservoir.energy_per_electron == pytest.approx(released / (2 * F), abs=1e-9)
    assert result.by_scheme == ()


def test_what_is_not_measured_is_named():
    result = window("K2S")
    assert codes(result) == ["missing_measured"]
    message = result.warnings[0].message
    assert "4 of the 7 phases of K-S" in message
    assert message.split("left out: ")[1].startswith("KS, KS3, K2S3, K2S5.")
    absent = window("K3SbS4")
    assert absent.verdict == "not_in_data"
    own = [n.message for n in absent.warnings if n.code == "missing_measured"]
    assert own[0].startswith("No Gibbs energy of formation of K3SbS4 is in experimental")
    assert len(own) == 2
    assert codes(window("KCl", near_misses=False)) == ["releases_gas"]
    without = window("K2S", exclude="K2S")
    assert codes(without)[0] == "left_out"
    assert "4 of the 7 phases of K-S" in without.warnings[1].message
    batch = kstab.windows(["K2S"], source="experimental")
    assert codes(batch[0]) == ["missing_measured"]
    assert codes(kstab.system("K-S", source="experimental")) == ["missing_measured"]


def test_only_the_embedded_data_have_other_schemes():
    assert window("KCl").by_scheme == ()
    assert len(kstab.window("KCl", source="mp-2019").by_scheme) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"source": "experimental", "scheme": "kstab"},
        {"source": "literature"},
        {"source": "experimental", "phases": experimental.load(), "scheme": "legacy"},
        {"source": "mp-2019", "phases": experimental.load()},
    ],
)
def test_what_does_not_go_together_is_refused(options):
    with pytest.raises(RequestError) as caught:
        kstab.window("KCl", **options)
    assert caught.value.advice


def test_provenance(root):
    folder = root / "phase_data/experiment"
    names = ("solids.csv", "forms.csv", "heat_capacity.csv")
    together = b"".join((folder / name).read_bytes() for name in names)
    origin = window("KCl").provenance
    assert (origin.dataset, origin.scheme) == ("experimental", "measured")
    assert origin.dataset_sha256 == hashlib.sha256(together).hexdigest()
    assert (origin.temperature, origin.energies) == (298.15, "Gibbs energies")


def test_the_table_is_whole(csv_rows, gibbs):
    table = experimental.load()
    compounds = [f for f in gibbs if len(Formula.parse(f).elements) > 1]
    missing = [f for f in compounds if table.find(Formula.parse(f)) is None]
    assert missing == []
    elements = [name for name in table.formulas if len(Formula.parse(name).elements) == 1]
    assert len(elements) == len(set(elements))
    assert {"Br", "Hg", "P", "Sn", "O2", "H2", "N2", "Cl2", "F2"} <= set(elements)
    assert all(table.energies[table.find(Formula.parse(name))] == 0 for name in elements)


def test_densities_become_volumes():
    """KCl: 74.551 g/mol / 1.988 g/cm3 is 62.27 Å3 a formula unit."""
    table = experimental.load()
    row = table.find(Formula.parse("KCl"))
    assert 2 * table.extras["volume"][row] == pytest.approx(62.27, abs=0.01)
    assert table.material_ids[row] == "7447-40-7"


def test_sulfur_trioxide_is_the_solid_the_liquid_or_the_gas():
    """-374.2 kJ/mol as a solid at 298.15 K; at 400 K it is a gas."""
    cold, hot = experimental.load(), experimental.load(Conditions(400.0))
    (row,) = cold.polymorphs(Formula.parse("SO3"))
    assert cold.energies[row] * 4 * F == pytest.approx(-374.2, abs=0.05)
    (row,) = hot.polymorphs(Formula.parse("SO3"))
    constant = -395.7 + 400 * (395.7 - 371.1) / 298.15  # with constant enthalpy and entropy
    assert hot.energies[row] * 4 * F == pytest.approx(constant, abs=1.0)


def test_the_command_line():
    assert run("window", "KCl", "--source", "experimental").returncode == 0
    refused = run("window", "KCl", "--source", "experimental", "--scheme", "kstab")
    assert refused.returncode == 2


def test_how_far_enthalpies_of_solids_with_free_gases_are_from_free_energies(csv_rows):
    """The figures in docs/temperature.md: 23 binaries of Li, Na and K."""
    shift = {
        s.symbol: s.energy * F
        for s in element_states.element_states(Conditions())
        if s.form.endswith("gas")
    }
    with_gas, without = [], []
    for name, row in csv_rows.items():
        formula = Formula.parse(name)
        metal = [symbol for symbol in formula.elements if symbol in ("Li", "Na", "K")]
        if len(formula.elements) != 2 or len(metal) != 1 or not row["gibbs_kJ_mol"]:
            continue
        enthalpy, true = float(row["enthalpy_kJ_mol"]), float(row["gibbs_kJ_mol"])
        gas = sum(float(n) * shift.get(symbol, 0.0) for symbol, n in formula.amounts)
        charge = F * float(formula[metal[0]])
        with_gas.append(abs(enthalpy - gas - true) / charge)
        without.append(abs(enthalpy - true) / charge)
    for errors, mean, median, largest in (
        (with_gas, 0.065, 0.042, 0.201),
        (without, 0.239, 0.236, 0.747),
    ):
        errors.sort()
        assert len(errors) == 23
        assert sum(errors) / 23 == pytest.approx(mean, abs=5e-4)
        assert errors[11] == pytest.approx(median, abs=5e-4)
        assert errors[-1] == pytest.approx(largest, abs=5e-4)


@pytest.mark.parametrize(
    "gas", ["S2=1e-3", "K=1e-3", "H2O=0.5", "H2O=1e-3", "O2=0.2", "NO2=0.1", "Br2=0.01"]
)
def test_pressures_on_gibbs_energies_do_what_conditions_do(gas):
    """What a source of Gibbs energies at 1 bar gets is what measured ones have at the pressure."""
    from kstab.sources.free_energies import at_pressures

    conditions = Conditions.read(gas=gas)
    ours, there = at_pressures(experimental.load(), conditions), experimental.load(conditions)
    assert ours.energies == pytest.approx(there.energies, abs=1e-9)
    water = there.find(Formula.parse("H2O"))
    assert ours.fluids[water] == there.fluids[water] == ("gas" if gas == "H2O=1e-3" else "liquid")
