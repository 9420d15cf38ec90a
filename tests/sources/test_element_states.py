"""Elements at a temperature, against tables that the figures are not taken from."""

from math import exp, log

import pytest

from kstab.chemistry.conditions import Conditions, heating
from kstab.chemistry.elements import SYMBOLS
from kstab.sources.element_states import element_states
from kstab.sources.forms import forms

R = 8.31446261815324  # J/(mol K)
KJ_PER_EV = 96.48533212
K = R / 1000 / KJ_PER_EV  # eV/K


def states(temperature=298.15, gas=None):
    return {state.symbol: state for state in element_states(Conditions.read(temperature, gas))}


def form(name, kind):
    return next(each for each in forms() if (each.name, each.form) == (name, kind))


# M. W. Chase, NIST-JANAF Thermochemical Tables, 4th ed. 1998: S in J/(mol K), H - H(298) in kJ/mol.
@pytest.mark.parametrize(
    ("gas", "temperature", "entropy", "enthalpy"),
    [
        ("O2", 298.15, 205.147, 0.0),
        ("O2", 200, 193.485, -2.868),
        ("O2", 1000, 243.578, 22.703),
        ("H2", 200, 119.412, -2.774),
        ("H2", 1000, 166.216, 20.680),
        ("N2", 1000, 228.170, 21.463),
    ],
)
def test_gases_against_janaf(gas, temperature, entropy, enthalpy):
    h, s = heating(form(gas, "gas").heat, temperature)
    assert h / 1000 == pytest.approx(enthalpy, abs=0.01)
    assert form(gas, "gas").entropy + s == pytest.approx(entropy, abs=0.1)


# Fundamental vibrations, cm-1 (K. P. Huber and G. Herzberg, Constants of Diatomic Molecules, 1979).
@pytest.mark.parametrize(
    ("gas", "vibration"),
    [("O2", 1556.2), ("N2", 2329.9), ("Cl2", 554.4), ("F2", 893.9)],
)
@pytest.mark.parametrize("temperature", [250, 600, 1000])
def test_gases_against_a_rigid_rotor_with_one_oscillator(gas, vibration, temperature):
    theta = 1.438777 * vibration  # K

    def enthalpy(t: float) -> float:
        return 3.5 * R * t + R * theta / (exp(theta / t) - 1)

    def entropy(t: float) -> float:
        x = theta / t
        return 3.5 * R * log(t) + R * (x / (exp(x) - 1) - log(1 - exp(-x)))

    h, s = heating(form(gas, "gas").heat, temperature)
    assert h == pytest.approx(enthalpy(temperature) - enthalpy(298.15), rel=0.015)
    assert s == pytest.approx(entropy(temperature) - entropy(298.15), rel=0.015)


# Standard entropies, J/(K mol of atoms), of the stable form (CODATA Key Values, 1989).
@pytest.mark.parametrize(
    ("symbol", "entropy", "kind"),
    [
        ("O", 205.152 / 2, "O2 gas"), ("H", 130.680 / 2, "H2 gas"), ("N", 191.609 / 2, "N2 gas"),
        ("F", 202.791 / 2, "F2 gas"), ("Cl", 223.081 / 2, "Cl2 gas"), ("Br", 152.21 / 2, "liquid"),
        ("I", 116.14 / 2, "solid"), ("Hg", 75.90, "liquid"), ("K", 64.68, "solid"),
        ("Na", 51.30, "solid"), ("Li", 29.12, "solid"), ("S", 32.054, "solid"),
        ("Sn", 51.18, "solid"), ("C", 5.74, "solid"), ("Al", 28.30, "solid"),
    ],
)  # fmt: skip
def test_standard_entropies(symbol, entropy, kind):
    state = states()[symbol]
    assert state.form == kind
    assert -state.energy * KJ_PER_EV / 0.29815 == pytest.approx(entropy, abs=0.35)


def test_every_element_of_the_tables_has_a_state(table):
    needed = {SYMBOLS[z - 1] for z in set(table.numbers.ravel().tolist()) - {0}}
    assert needed <= set(states())


def test_phosphorus_counts_from_red():
    """S = 22.8 J/(mol K) (Wagman et al. 1982)."""
    assert states()["P"].energy == pytest.approx(-0.29815 * 22.8 / KJ_PER_EV)


# Melting and boiling points at 1 bar, K (CRC Handbook); red phosphorus and arsenic sublime.
@pytest.mark.parametrize(
    ("symbol", "point", "below", "above", "tolerance"),
    [
        ("K", 336.65, "solid", "liquid", 0.5), ("K", 1032, "liquid", "K gas", 15),
        ("Na", 1156, "liquid", "Na gas", 10), ("Rb", 961, "liquid", "Rb gas", 20),
        ("Cs", 944, "liquid", "Cs gas", 15), ("Li", 1615, "liquid", "Li gas", 15),
        ("Zn", 1180, "liquid", "Zn gas", 10), ("Cd", 1040, "liquid", "Cd gas", 15),
        ("Mg", 1363, "liquid", "Mg gas", 15), ("Hg", 630, "liquid", "Hg gas", 5),
        ("S", 388.36, "solid", "liquid", 0.5), ("S", 717.8, "liquid", "S8 gas", 5),
        ("Br", 332, "liquid", "Br2 gas", 3), ("I", 457.6, "liquid", "I2 gas", 10),
        ("P", 704, "solid", "P4 gas", 15), ("As", 887, "solid", "As4 gas", 20),
        ("Te", 1261, "liquid", "Te2 gas", 60), ("Al", 933.5, "solid", "liquid", 0.5),
    ],
)  # fmt: skip
def test_phase_changes(symbol, point, below, above, tolerance):
    assert states(point - tolerance)[symbol].form == below
    assert states(point + tolerance)[symbol].form == above


def test_pressure_adds_kt_ln_p():
    shift = K * 500 * log(0.21) / 2
    assert states(500, "O2=0.21")["O"].energy - states(500)["O"].energy == pytest.approx(shift)
    assert states(500, "O2=0.21")["H"] == states(500)["H"]


def test_a_vapour_is_the_mixture_of_its_molecules():
    """At 1 bar in total S2 to S8 add up; with a pressure of S2 that alone counts."""
    level = states(900)["S"].energy
    gases = [each for each in forms() if each.form == "gas" and each.formula.elements == ("S",)]
    pressures = [exp((each.atoms * level - each.gibbs(900)) / (K * 900)) for each in gases]
    assert sum(pressures) == pytest.approx(1.0, abs=1e-6)
    assert max(pressures) < 0.9
    given = states(1000, "S2=1e-3")["S"]
    two = form("S2", "gas").gibbs(1000) + K * 1000 * log(1e-3)
    assert (given.form, given.energy) == ("S2 gas", pytest.approx(two / 2))


def test_free_energies_fall_with_temperature_and_have_no_steps():
    """-S is their slope; a phase change bends them and does not break them."""
    for low, high in [(298.15, 300.0), (336.0, 337.5), (388.0, 389.0), (716.0, 720.0)]:
        before, after = states(low), states(high)
        for symbol, state in before.items():
            fall = (state.energy - after[symbol].energy) / (high - low)
            assert 0 < fall < 2.5e-3, (symbol, low)
