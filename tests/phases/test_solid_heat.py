"""Entropies of solids: the pieces against theory, the whole against measured values."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

from kstab.chemistry.composition import Formula
from kstab.phases.solid_heat import (
    BOLTZMANN,
    debye_heat_capacity,
    debye_ratio,
    describe,
    heated,
)
from kstab.phases.table import pack_compositions
from kstab.sources.embedded import read_arrays
from kstab.sources.heat import THERMAL, solid_heat

JOULE = 96485.33212  # J/mol in 1 eV


def entropy(text, volume=np.nan):
    """J/(mol K) of a formula, and its standard deviation."""
    formula = Formula.parse(text)
    found = solid_heat().entropies(*pack_compositions([formula]), [volume])
    return tuple(float(part[0]) * JOULE * float(formula.atoms) for part in found)


# Debye's functions: Cv/3R at theta/T (handbook of F. Hund, tabulated e.g. in
# N. W. Ashcroft and N. D. Mermin, Solid State Physics, table 23.3).
@pytest.mark.parametrize(
    ("ratio", "capacity"), [(0.1, 0.9995), (1.0, 0.952), (2.0, 0.825), (4.0, 0.503), (10.0, 0.0758)]
)
def test_debye_heat_capacity(ratio, capacity):
    assert debye_heat_capacity([ratio])[0] / 3 == pytest.approx(capacity, abs=1e-3)


def test_debye_entropy_at_low_and_high_temperature():
    """4 pi^4/5 (T/theta)^3 k far below, 3 k (4/3 - ln(theta/T)) far above."""
    low = 4 * np.pi**4 / 5 / 30**3 * BOLTZMANN
    high = 3 * (4 / 3 - np.log(0.05)) * BOLTZMANN
    assert debye_ratio([low])[0] == pytest.approx(30, rel=1e-3)
    assert debye_ratio([high])[0] == pytest.approx(0.05, rel=1e-3)


def test_a_constant_heat_capacity_by_hand():
    """T - T0 - T ln(T/T0) at 600 K: 301.85 - 600 x 0.69932 = -117.74 K."""
    assert heated(600.0)[0] == pytest.approx(-117.74, abs=0.01)
    assert heated(298.15) == (0.0, 0.0)


def test_a_rising_heat_capacity_by_quadrature():
    for end in (250.0, 900.0, 1500.0):
        t = np.linspace(298.15, end, 200_001)
        capacity = (np.minimum(t, 1200.0) - 298.15) / 1000.0
        value = np.trapezoid(capacity, t) - end * np.trapezoid(capacity / t, t)
        assert heated(end)[1] == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize(
    ("formula", "volume", "measured"),
    [("KCl", 31.1, 82.6), ("NaCl", 22.4, 72.1), ("K2CO3", 16.6, 155.5), ("Al2O3", 8.5, 50.9)],
)
def test_measured_solids_keep_what_was_measured(formula, volume, measured):
    found, sigma = entropy(formula, volume)
    assert found == pytest.approx(measured, rel=0.04)
    assert sigma < 0.5 * float(Formula.parse(formula).atoms)  # J/(mol K)


# R. A. Robie and B. S. Hemingway, U.S. Geological Survey Bulletin 2131 (1995), and for the two
# cathodes, adiabatic calorimetry; J/(mol K), as recalled. None of them is in the fit.
MINERALS = {
    "NaAlSi3O8": 207.4, "KAlSi3O8": 214.2, "KAlSiO4": 133.3, "NaAlSiO4": 124.4,
    "CaAl2Si2O8": 199.3, "LiAlSi2O6": 129.3, "NaAlSi2O6": 133.5, "CaMgSi2O6": 142.7,
    "CaSiO3": 81.7, "Ca2SiO4": 127.6, "Mg3Al2Si3O12": 266.3, "Ca3Al2Si3O12": 260.1,
    "Al2SiO5": 83.8, "CaTiO3": 93.6, "FeTiO3": 108.9, "CaMg(CO3)2": 155.2, "CuFeS2": 124.9,
    "Fe2SiO4": 151.0, "MgFe2O4": 121.8, "CaWO4": 126.4, "MgCr2O4": 106.0,
    "KAl3Si3O10(OH)2": 306.4, "Mg3Si4O10(OH)2": 260.8, "Al2Si2O5(OH)4": 203.7, "AlO(OH)": 35.3,
    "Al(OH)3": 68.4, "LiFePO4": 130.95, "LiCoO2": 52.45, "BaTiO3": 107.9,
}  # fmt: skip


def test_minerals_that_the_fit_has_not_seen(table):
    """T S at 298.15 K is off by 4.8 meV/atom in the mean of 29."""
    arrays = read_arrays("entropy", "entropy_sigma", file=THERMAL)
    rows = [table.find(Formula.parse(formula)) for formula in MINERALS]
    atoms = [float(Formula.parse(formula).atoms) for formula in MINERALS]
    measured = np.array(list(MINERALS.values())) / JOULE / np.array(atoms)
    off = np.abs(arrays["entropy"][rows] - measured)
    assert 298.15 * off.mean() < 0.006
    assert (off < 2 * arrays["entropy_sigma"][rows]).all()


def test_what_was_not_measured_is_less_sure():
    known, unknown = entropy("KCl", 31.1)[1] / 2, entropy("K3SbS4")[1] / 8
    assert unknown > 3 * known


def test_a_missing_volume_is_estimated():
    numbers, amounts = pack_compositions([Formula.parse("KCl"), Formula.parse("K3SbS4")])
    volumes = solid_heat().volume.estimate(numbers, amounts)
    assert volumes == pytest.approx([32.5, 30.8], rel=0.15)  # as in the embedded table
    unsure, sure = entropy("K3SbS4"), entropy("K3SbS4", float(volumes[1]))
    assert unsure[0] == pytest.approx(sure[0])
    assert unsure[1] > sure[1]


def test_polymorphs_order_by_volume():
    """The looser of two forms has the larger entropy."""
    assert entropy("KSbS2", 24.0)[0] > entropy("KSbS2", 22.0)[0]


def test_free_energies_at_room_temperature_and_their_slope():
    numbers, amounts = pack_compositions([Formula.parse("KCl")])
    given = np.array([82.6 / 2 / JOULE]), np.array([1e-5])
    heat = solid_heat()
    at_room, sigma = heat.free_energies(numbers, amounts, *given, 298.15)
    assert at_room[0] == pytest.approx(-298.15 * given[0][0], abs=2e-6)
    assert sigma[0] == pytest.approx(298.15e-5, rel=0.01)
    near = [heat.free_energies(numbers, amounts, *given, t)[0][0] for t in (298.0, 298.3)]
    assert (near[0] - near[1]) / 0.3 == pytest.approx(given[0][0], rel=0.01)


# H - H(298) and S of KCl(cr), kJ/mol and J/(mol K): NIST-JANAF, 4th ed., read in its heat capacity.
@pytest.mark.parametrize("temperature", [400.0, 700.0, 1000.0])
def test_free_energies_against_the_heat_capacity_of_a_salt(temperature):
    from kstab.chemistry.conditions import heating
    from kstab.sources.forms import heat_capacities

    enthalpy, change = heating(heat_capacities()["KCl", "solid"], temperature)
    measured = (enthalpy - temperature * (82.6 + change)) / JOULE / 2
    numbers, amounts = pack_compositions([Formula.parse("KCl")])
    given = np.array([82.6 / 2 / JOULE]), np.zeros(1)
    found, sigma = solid_heat().free_energies(numbers, amounts, *given, temperature)
    assert abs(found[0] - measured) < 2 * sigma[0]
    assert sigma[0] < 0.012


def test_description_does_not_depend_on_the_order_or_size_of_the_formula():
    one = describe([[19, 17, 0]], [[1, 1, 0]], [31.0])
    other = describe([[17, 19]], [[2, 2]], [31.0])
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_it_can_be_sent_to_another_process():
    again = pickle.loads(pickle.dumps(solid_heat()))
    numbers, amounts = pack_compositions([Formula.parse("KCl")])
    one, other = (heat.entropies(numbers, amounts, [31.0]) for heat in (solid_heat(), again))
    np.testing.assert_array_equal(one, other)


def test_entropies_of_the_embedded_table(table):
    arrays = read_arrays("entropy", "entropy_sigma", "formation_entropy", file=THERMAL)
    assert {len(column) for column in arrays.values()} == {len(table)}
    elements = np.asarray(table.is_element)
    assert not arrays["entropy_sigma"][elements].any()
    assert not arrays["formation_entropy"][elements].any()
    assert (arrays["entropy_sigma"][~elements] > 0).all()
    compounds = arrays["entropy"][~elements]
    assert 0 < compounds.min() < compounds.max() < 9 * BOLTZMANN
    row = table.find(Formula.parse("KCl"))
    # dS of K + Cl2/2 -> KCl: 82.6 - 64.7 - 223.1/2 = -93.65 J/(mol K).
    assert float(arrays["formation_entropy"][row]) * 2 * JOULE == pytest.approx(-93.65, abs=2.0)


def test_the_final_tests_are_kept_out(root):
    """No solid of either test is among those that the stored fit saw."""
    seen = {
        tuple(sorted((z, n / row[1].sum()) for z, n in zip(*row, strict=True) if z))
        for row in zip(solid_heat().numbers.tolist(), solid_heat().amounts, strict=True)
    }
    for name in ("final_test_set.csv", "second_test_set.csv"):
        lines = (root / "phase_data/schemes" / name).read_text("utf-8").splitlines()[1:]
        formulas = [Formula.parse(line.split(",")[0]) for line in lines]
        numbers, amounts = pack_compositions(formulas)
        for z, n in zip(numbers.tolist(), amounts, strict=True):
            assert (
                tuple(sorted((a, b / n.sum()) for a, b in zip(z, n, strict=True) if a)) not in seen
            )


@pytest.mark.slow
def test_the_fit_gives_what_is_stored(root):
    command = [sys.executable, str(root / "tools/fit_entropies.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
