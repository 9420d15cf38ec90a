"""Gaseous and liquid compounds, against the NIST-JANAF tables and boiling points."""

from math import log

import pytest

from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import GASES, Conditions
from kstab.sources.element_states import element_states
from kstab.sources.forms import forms, read_handbook
from kstab.sources.molecules import molecules

KJ_PER_EV = 96.48533212


def found(formula, temperature=298.15, gas=None):
    key = Formula.parse(formula).key
    given = Conditions.read(temperature, gas)
    return next(each for each in molecules(given) if each.formula.key == key)


def formation(formula, temperature):
    """Gibbs energy of formation, kJ per mol of a formula."""
    parsed = Formula.parse(formula)
    pure = {state.symbol: state.energy for state in element_states(Conditions(temperature))}
    elements = sum(pure[symbol] * float(amount) for symbol, amount in parsed.amounts)
    return (found(formula, temperature).energy * float(parsed.atoms) - elements) * KJ_PER_EV


# M. W. Chase, NIST-JANAF Thermochemical Tables, 4th ed. 1998: dfG, kJ/mol, as recalled.
@pytest.mark.parametrize(
    ("formula", "temperature", "gibbs"),
    [
        ("H2O", 500, -219.051), ("H2O", 1000, -192.590), ("H2O", 1200, -181.425),
        ("CO2", 298.15, -394.389), ("CO2", 500, -394.939), ("CO2", 1000, -395.886),
        ("CO2", 1200, -396.098), ("CO", 298.15, -137.163), ("CO", 500, -155.414),
        ("CO", 1000, -200.275), ("NH3", 298.15, -16.367), ("NH3", 500, 4.800),
        ("NH3", 1000, 61.910), ("HCl", 298.15, -95.300), ("HCl", 1000, -100.799),
        ("CH4", 500, -32.741), ("CH4", 1000, 19.492),
    ],
)  # fmt: skip
def test_gibbs_energies_of_formation(formula, temperature, gibbs):
    assert formation(formula, temperature) == pytest.approx(gibbs, abs=0.35)


def test_water_is_ice_liquid_or_vapour():
    """-237.1 kJ/mol liquid and -228.6 as a gas; both meet at 373 K."""
    assert formation("H2O", 298.15) == pytest.approx(-237.1, abs=0.1)
    kinds = [found("H2O", t).form for t in (272.0, 274.5, 371.0, 375.0)]
    assert kinds == ["solid", "liquid", "liquid", "gas"]
    vapour = found("H2O", gas="H2O=0.0317")  # saturated at 298.15 K: 3.17 kPa
    assert vapour.energy == pytest.approx(found("H2O").energy, abs=2e-4)
    assert found("H2O", gas="H2O=0.02").form == "gas"


# Normal boiling points, K (CRC Handbook).
@pytest.mark.parametrize(
    ("formula", "point", "tolerance"),
    [
        ("NH3", 239.8, 2), ("SO2", 263.1, 2), ("HF", 292.7, 4), ("SO3", 318, 5), ("CS2", 319.4, 5),
        ("PCl3", 349, 5), ("SiCl4", 330.8, 5), ("TiCl4", 409.6, 10), ("POCl3", 378.6, 5),
        ("SnCl4", 387.3, 15), ("HNO3", 356, 10), ("CCl4", 349.9, 5), ("H2O2", 423.4, 10),
    ],
)  # fmt: skip
def test_boiling_points(formula, point, tolerance):
    assert found(formula, point - tolerance).form == "liquid"
    assert found(formula, point + tolerance).form == "gas"


def test_pressure_counts_per_molecule():
    shift = 8.617333e-5 * 400 * log(4e-4) / 3
    change = found("CO2", 400, "CO2=4e-4").energy - found("CO2", 400).energy
    assert change == pytest.approx(shift, rel=1e-6)


def test_nitrogen_dioxide_and_its_dimer_are_one_composition():
    """2 NO2 -> N2O4: the dimer boils at 294 K and falls apart above."""
    names = {each.name for each in forms() if each.formula.key == Formula.parse("NO2").key}
    assert names == {"NO2", "N2O4"}
    assert found("NO2", 280).energy <= found("NO2", 280, "NO2=1,N2O4=1").energy
    assert (
        len([m for m in molecules(Conditions()) if m.formula.key == Formula.parse("NO2").key]) == 1
    )


def test_phosphorus_counts_from_red():
    """PCl3: dfH -319.7 kJ/mol of the liquid from white phosphorus, 17.6 less from red."""
    row = next(
        r for r in read_handbook("forms.csv") if r["formula"] == "PCl3" and r["form"] == "liquid"
    )
    assert float(row["enthalpy_kJ_mol"]) == pytest.approx(-319.7 + 17.6)


def test_every_molecule_has_a_row_in_the_embedded_table(table):
    missing = [m.formula.text for m in molecules(Conditions()) if table.find(m.formula) is None]
    assert missing == []


def test_every_gas_can_be_given_a_pressure():
    for name in GASES:
        assert Conditions.read(gas=f"{name}=0.5").pressure(name) == 0.5
