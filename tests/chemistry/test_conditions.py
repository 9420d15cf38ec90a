"""Temperature and gases: free energies of the elements, and what they do to results."""

import subprocess
import sys
from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram

import kstab
from command import run
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import Conditions, GasPressure, heating
from kstab.errors import RequestError
from kstab.phases.hull import heights_above_hull
from kstab.sources import element_states
from kstab.sources.element_states import read_handbook

R = 8.31446261815324  # J/(mol K)
KJ_PER_EV = 96.48533212


def energies(conditions: Conditions, *, measured: bool = False) -> dict[str, float]:
    states = element_states.element_states(conditions, measured=measured)
    return {state.symbol: state.energy for state in states}


def pieces(gas: str):
    rows = [row for row in read_handbook("gas_heat_capacity.csv") if row["formula"] == gas]
    return [
        element_states.HeatCapacity(
            float(row["from_K"]), float(row["to_K"]), tuple(float(row[name]) for name in "abcde")
        )
        for row in rows
    ]


def codes(result) -> set[str]:
    return {notice.code for notice in result.warnings}


# ---------------------------------------------------------------- the elements


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
    h, s = heating(pieces(gas), temperature)
    standard = next(
        float(r["entropy_J_mol_K"]) for r in read_handbook("gases.csv") if r["formula"] == gas
    )
    assert h / 1000 == pytest.approx(enthalpy, abs=0.01)
    assert standard + s == pytest.approx(entropy, abs=0.1)


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

    h, s = heating(pieces(gas), temperature)
    assert h == pytest.approx(enthalpy(temperature) - enthalpy(298.15), rel=0.015)
    assert s == pytest.approx(entropy(temperature) - entropy(298.15), rel=0.015)


def test_the_usual_corrections_at_room_temperature():
    """-T S / 2: 298.15 K x 205.2 J/(mol K) / 2 is 0.317 eV for O, with 130.7 0.202 eV for H."""
    found = energies(Conditions())
    assert found["O"] == pytest.approx(-0.317, abs=5e-4)
    assert found["H"] == pytest.approx(-0.202, abs=5e-4)
    assert set(found) == {"O", "H", "N", "Cl", "F"}


def test_pressure_adds_kt_ln_p():
    given = Conditions.read(500, "O2=0.21")
    shift = 8.617333e-5 * 500 * log(0.21) / 2
    assert energies(given)["O"] - energies(Conditions.read(500))["O"] == pytest.approx(shift)
    assert energies(given)["H"] == energies(Conditions.read(500))["H"]
    assert energies(given, measured=True)["O"] == pytest.approx(shift)


def test_melting_and_vapour():
    found = energies(Conditions.read(400))
    assert found["K"] == pytest.approx(2.335 * (1 - 400 / 336.65) / KJ_PER_EV)
    assert found["I"] == pytest.approx(15.52 / 2 * (1 - 400 / 386.85) / KJ_PER_EV)
    assert "Li" not in found
    # S2: dH 128.6 and dG 79.7 kJ/mol at 298.15 K, so dS 164.01 J/(mol K).
    vapour = energies(Conditions.read(1000, "S2=1e-3"))["S"]
    by_hand = (128.6 - 1000 * 0.16401 + 0.001 * R * 1000 * log(1e-3)) / 2
    assert vapour == pytest.approx(by_hand / KJ_PER_EV, abs=1e-4)
    assert energies(Conditions.read(600))["S"] == pytest.approx(
        1.721 * (1 - 600 / 388.36) / KJ_PER_EV
    )


# ---------------------------------------------------------------- windows


def test_hydrogen_at_one_bar():
    """2 KBH4 -> 2 BH3 + H2 + 2 K."""
    before = kstab.window("KBH4", scheme="legacy", compare=False)
    after = kstab.window("KBH4", scheme="legacy", compare=False, gas="H2=1")
    assert before.oxidation_limit == pytest.approx(2.38, abs=0.005)
    assert after.oxidation_limit == pytest.approx(1.67, abs=0.005)
    assert after.provenance.temperature == 298.15
    assert after.provenance.gases == (GasPressure("H2", 1.0),)


def test_oxygen_at_one_bar_and_in_air():
    """4 KAl11O17 -> 22 Al2O3 + O2 + 4 K: an electron takes a quarter of an O2."""
    plain = kstab.window("KAl11O17", scheme="legacy", compare=False)
    pure = kstab.window("KAl11O17", scheme="legacy", compare=False, temperature=298.15)
    air = kstab.window("KAl11O17", scheme="legacy", compare=False, gas={"O2": 0.21})
    assert plain.oxidation_limit == pytest.approx(3.80, abs=0.005)
    assert pure.oxidation_limit == pytest.approx(3.64, abs=0.005)
    assert plain.oxidation_limit - pure.oxidation_limit == pytest.approx(0.317 / 2, abs=5e-4)
    assert air.oxidation_limit - pure.oxidation_limit == pytest.approx(
        8.617333e-5 * 298.15 * log(0.21) / 4
    )
    assert air.reduction_limit == pytest.approx(plain.reduction_limit)
    assert "solid_entropy" in codes(pure)
    assert "solid_entropy" not in codes(plain)


def test_voltages_are_against_the_metal_as_it_is():
    """At 400 K potassium and sulfur are liquid: K2S -> S + 2 K."""
    cold = kstab.window("K2S", scheme="kstab", compare=False, exclude="KS3,K2S5,K2S3,KS")
    hot = kstab.window(
        "K2S", scheme="kstab", compare=False, exclude="KS3,K2S5,K2S3,KS", temperature="400"
    )
    potassium = 2.335 * (1 - 400 / 336.65) / KJ_PER_EV
    sulfur = 1.721 * (1 - 400 / 388.36) / KJ_PER_EV
    assert cold.oxidation_step.reaction == hot.oxidation_step.reaction == "K2S → S + 2 K"
    assert hot.oxidation_limit - cold.oxidation_limit == pytest.approx(potassium + sulfur / 2)
    assert "K is liquid at 400 K" in " ".join(n.message for n in hot.warnings)
    assert "liquid_reference" not in codes(cold)


def test_sulfur_vapour_is_said():
    result = kstab.window("K2S", scheme="kstab", compare=False, temperature=1000, gas="S2=1e-3")
    assert {"sulfur_vapour", "liquid_reference"} <= codes(result)


def test_boiling_is_said():
    result = kstab.window("K2S", scheme="kstab", compare=False, temperature=1100)
    assert any(n.code == "above_boiling_point" and "K boils" in n.message for n in result.warnings)


def test_the_oxidation_of_an_oxide_releases_oxygen():
    result = kstab.window("KAl11O17", scheme="legacy", compare=False)
    messages = [n.message for n in result.warnings if n.code == "releases_gas"]
    assert messages == ["Oxidation above 3.803 V releases O2."]
    assert "releases_gas" not in codes(kstab.window("K3SbS4", scheme="legacy", compare=False))


def test_other_schemes_and_batches_are_at_the_same_conditions():
    given = {"temperature": 500, "gas": "O2=0.21,H2=1e-6"}
    result = kstab.window("KAl11O17", scheme="legacy", **given)
    for other in result.by_scheme:
        alone = kstab.window("KAl11O17", scheme=other.scheme, compare=False, **given)
        assert (other.reduction_limit, other.oxidation_limit) == (
            alone.reduction_limit,
            alone.oxidation_limit,
        )
    batch = kstab.windows(["KAl11O17", "K2CO3"], scheme="legacy", near_misses=True, **given)
    assert batch[0] == replace(result, by_scheme=())
    assert batch.oxidation_limits[0] == pytest.approx(result.oxidation_limit, abs=1e-12)


def test_near_misses_and_hosts_feel_the_gas():
    mixture = kstab.window("K0.99Al11O17", scheme="legacy", compare=False, gas="O2=0.21")
    host = kstab.window(mixture.host.formula, scheme="legacy", compare=False, gas="O2=0.21")
    assert mixture.host.oxidation_limit == host.oxidation_limit
    assert host.near_misses


# ---------------------------------------------------------------- against other ways


@pytest.mark.parametrize("formula", ["KAl11O17", "KBH4", "K2CO3", "KNO3", "KClO4", "K2SO4"])
def test_the_same_as_lowering_the_gases_in_a_list_of_entries(formula, table):
    """Another way to the same: pymatgen entries whose gases carry their free energy."""
    shift = energies(Conditions())
    entries = kstab.entries_from_table(table, formula)
    lowered = []
    for entry in entries:
        symbol = entry.composition.chemical_system
        free = entry.energy + shift.get(symbol, 0.0) * entry.composition.num_atoms
        lowered.append(PDEntry(entry.composition, free))
    own = kstab.window(formula, phases=lowered, near_misses=False)
    ours = kstab.window(formula, scheme="legacy", temperature=298.15, compare=False)
    assert own.verdict == ours.verdict
    assert own.energy_above_hull == pytest.approx(ours.energy_above_hull, abs=1e-9)
    if own.reduction_limit is not None:
        assert own.reduction_limit == pytest.approx(ours.reduction_limit, abs=1e-9)
        assert own.oxidation_limit == pytest.approx(ours.oxidation_limit, abs=1e-9)
    wanted = Formula.parse(formula).key
    entry = min(
        (e for e in lowered if Formula.of(e.composition).key == wanted), key=lambda e: e.energy
    )
    height = PhaseDiagram(lowered).get_e_above_hull(entry)
    assert height == pytest.approx(ours.energy_above_hull, abs=1e-8)


def test_what_competed_before_is_enough(table, random_systems):
    """The short list of phases gives the answers that all phases give."""
    given = Conditions.read(700, "O2=1e-5,Cl2=1e-8")
    quick = table.at(given, element_states.element_states(given, measured=False))
    slow = replace(quick, candidates=None)
    assert quick.candidates is not None
    for formula in random_systems(3, 25, 5) + random_systems(4, 25, 6):
        elements = Formula.parse(formula).elements
        rows = quick.rows_within(elements)
        np.testing.assert_allclose(
            heights_above_hull(quick, rows), heights_above_hull(slow, rows), atol=1e-12
        )


def test_leaving_phases_out_under_conditions():
    both = kstab.phase_table(scheme="legacy", temperature=500, exclude="KS3")
    after = kstab.phase_table(scheme="legacy", temperature=500).without(Formula.parse("KS3"))
    assert both.candidates is after.candidates is None
    assert kstab.window("K2S", phases=both) == kstab.window("K2S", phases=after)


# ---------------------------------------------------------------- interfaces


def test_contact_with_a_gas_takes_its_free_energy():
    """What a reaction with n O2 releases changes by 2 n mu."""
    plain = kstab.interface("Sb", "O2", scheme="legacy", compare=False)
    air = kstab.interface("Sb", "O2", scheme="legacy", compare=False, gas="O2=0.21")
    assert plain.minimum_total.reaction == air.minimum_total.reaction
    oxygen = sum(
        amount
        for term in plain.minimum_total.reaction.split(" → ")[0].split(" + ")
        if term.endswith("O2")
        for amount in [int(term.split()[0]) if " " in term else 1]
    )
    mu = -0.317 + 8.617333e-5 * 298.15 * log(0.21) / 2
    change = air.minimum_total.energy_per_reaction - plain.minimum_total.energy_per_reaction
    assert change == pytest.approx(-2 * oxygen * mu, rel=1e-3)
    assert air.minimum_total.energy_per_atom > plain.minimum_total.energy_per_atom
    assert air.provenance.gases == (GasPressure("O2", 0.21),)


def test_other_schemes_of_an_interface_are_at_the_same_conditions():
    result = kstab.interface("K3SbS4", "O2", scheme="legacy", gas="O2=0.21")
    for other in result.by_scheme:
        alone = kstab.interface("K3SbS4", "O2", scheme=other.scheme, gas="O2=0.21", compare=False)
        assert other.energy_per_atom == alone.minimum_total.energy_per_atom


# ---------------------------------------------------------------- requests


@pytest.mark.parametrize(
    ("given", "kelvin"),
    [(400, 400), ("400", 400), ("400 K", 400), ("25C", 298.15), ("-40 °C", 233.15)],
)
def test_temperatures_are_read(given, kelvin):
    assert Conditions.read(given).temperature == kelvin


@pytest.mark.parametrize(
    "given", [["O2=0.21", "H2=1e-6"], "O2=0.21, H2=1e-6", {"H2": 1e-6, "O2": 0.21}]
)
def test_gases_are_read(given):
    expected = (GasPressure("H2", 1e-6), GasPressure("O2", 0.21))
    assert Conditions.read(gas=given) == Conditions(298.15, expected)


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": "hot"}, {"temperature": 199}, {"temperature": 2001}, {"temperature": "nan"},
        {"gas": "O3=1"}, {"gas": "O2"}, {"gas": "O2=x"}, {"gas": "O2=0"}, {"gas": "O2=-1"},
        {"gas": "O2=1e4"}, {"gas": "O2=nan"}, {"gas": "O2=1,O2=2"}, {"gas": {"Ar": 1.0}},
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(options):
    with pytest.raises(RequestError) as caught:
        kstab.window("KCl", **options)
    assert caught.value.advice


def test_conditions_are_given_once():
    table = kstab.phase_table(temperature=400)
    again = kstab.window("KCl", phases=table, temperature=400)
    assert again == kstab.window("KCl", phases=table)
    for other in ({"temperature": 500}, {"gas": "Cl2=0.5"}, {"temperature": "none"}):
        with pytest.raises(RequestError, match="400 K"):
            kstab.window("KCl", phases=table, **other)


# ---------------------------------------------------------------- reports


def test_reports_say_temperature_and_pressures():
    arguments = ("--temperature", "400", "--gas", "O2=0.21", "--gas", "H2=1e-6")
    for command in (("window", "KAl11O17"), ("interface", "K", "KAl11O17"), ("phases", "K-O")):
        text = run(*command, *arguments).stdout
        said = "Gibbs energies at 400 K, H2 at 1e-06 bar, O2 at 0.21 bar, other gases at 1 bar"
        assert said in " ".join(text.split())
    assert "(releases O2)" in " ".join(run("window", "KAl11O17").stdout.split())


def test_the_files_are_as_the_tool_makes_them(root):
    pytest.importorskip("chemicals")
    command = [sys.executable, str(root / "tools/freeze_elements.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_notebook_says_so_too():
    result = kstab.window("KCl", gas="Cl2=0.5", compare=False)
    assert "298.15 K, Cl2 at 0.5 bar, other gases at 1 bar" in result._repr_html_()
    assert result.to_dict()["provenance"]["gases"] == [{"gas": "Cl2", "pressure": 0.5}]
