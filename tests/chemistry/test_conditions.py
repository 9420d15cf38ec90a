"""Temperature and gases: free energies of the elements, and what they do to results."""

import subprocess
import sys
from dataclasses import replace
from math import log

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram

import kstab
from command import run
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import GASES, Conditions, GasPressure, HeatCapacity, heating
from kstab.errors import RequestError
from kstab.phases.hull import heights_above_hull
from kstab.sources import element_states
from kstab.sources.forms import read_handbook

KJ_PER_EV = 96.48533212


def energies(conditions: Conditions) -> dict[str, float]:
    states = element_states.element_states(conditions)
    return {state.symbol: state.energy for state in states}


def codes(result) -> set[str]:
    return {notice.code for notice in result.warnings}


# ---------------------------------------------------------------- windows


KT = 8.617333e-5 * 298.15  # eV


def test_pressure_of_hydrogen():
    """6 KBH4 -> 9 H2 + K(BH)6 + 5 K: an electron takes 9/5 of an H2."""
    plain = kstab.window("KBH4", scheme="legacy", compare=False, temperature="none")
    one_bar = kstab.window("KBH4", scheme="legacy", compare=False)
    little = kstab.window("KBH4", scheme="legacy", compare=False, gas="H2=1e-3")
    assert plain.oxidation_limit == pytest.approx(2.38, abs=0.005)
    assert one_bar.oxidation_step.reaction == "6 KBH4 → 9 H2 + K(BH)6 + 5 K"
    change = little.oxidation_limit - one_bar.oxidation_limit
    assert change == pytest.approx(KT * log(1e-3) * 9 / 5, rel=1e-3)
    assert little.provenance.temperature == 298.15
    assert little.provenance.gases == (GasPressure("H2", 1e-3),)


def test_oxygen_at_one_bar_and_in_air():
    """4 KAl11O17 -> 22 Al2O3 + O2 + 4 K: an electron takes a quarter of an O2.

    O2 alone takes 0.317 / 2 = 0.159 V, potassium (64.7 J/(mol K)) 0.200 V more, and the
    solids give back what they lose: 11/2 x 50.9 - S(KAl11O17).
    """
    plain = kstab.window("KAl11O17", scheme="legacy", compare=False, temperature="none")
    pure = kstab.window("KAl11O17", scheme="legacy", compare=False)
    air = kstab.window("KAl11O17", scheme="legacy", compare=False, gas={"O2": 0.21})
    assert plain.oxidation_limit == pytest.approx(3.80, abs=0.005)
    table = kstab.phase_table(scheme="legacy")
    entropies = table.extras["entropy"]
    row, alumina = (table.find(Formula.parse(f)) for f in ("KAl11O17", "Al2O3"))
    solids = 298.15 * float(29 * entropies[row] - 5.5 * 5 * entropies[alumina])
    potassium, oxygen = energies(Conditions())["K"], energies(Conditions())["O"]
    fall = pure.oxidation_limit - plain.oxidation_limit
    assert fall == pytest.approx(potassium + oxygen / 2 + solids, abs=1e-4)
    change = air.oxidation_limit - pure.oxidation_limit
    assert change == pytest.approx(KT * log(0.21) / 4, rel=1e-3)
    assert air.reduction_limit == pytest.approx(pure.reduction_limit, abs=1e-5)


def test_voltages_are_against_the_metal_as_it_is():
    """At 400 K potassium and sulfur are liquid: K2S -> S + 2 K."""
    given = {"scheme": "kstab", "compare": False, "exclude": "KS3,K2S5,K2S3,KS"}
    plain = kstab.window("K2S", temperature="none", **given)
    hot = kstab.window("K2S", temperature="400", **given)
    table = kstab.phase_table(scheme="kstab", temperature="400")
    row = table.find(Formula.parse("K2S"))
    assert plain.oxidation_step.reaction == hot.oxidation_step.reaction == "K2S → S + 2 K"
    assert hot.oxidation_limit == pytest.approx(-3 * table.energies[row] / 2)
    assert "K is liquid at 400 K" in " ".join(n.message for n in hot.warnings)
    assert "liquid_reference" not in codes(plain)


def test_vapours_are_said():
    result = kstab.window("K2S", scheme="kstab", compare=False, temperature=1000, gas="S2=1e-3")
    assert {"vapour", "liquid_reference"} <= codes(result)
    said = next(notice.message for notice in result.warnings if notice.code == "vapour")
    assert said.startswith("At 1000 K S is a vapour, with 0.001 bar of S2")
    above = kstab.window("K2S", compare=False, temperature=1100).warnings
    assert any("voltages are against K gas" in notice.message for notice in above)
    air = kstab.window("K2O", compare=False, temperature=1000)
    assert "vapour" not in codes(air)


def test_the_oxidation_of_an_oxide_releases_oxygen():
    result = kstab.window("KAl11O17", scheme="legacy", compare=False, temperature="none")
    messages = [n.message for n in result.warnings if n.code == "releases_gas"]
    assert len(messages) == 1
    assert messages[0].startswith("Oxidation above 3.803 V releases O2")
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
def test_the_same_as_free_energies_in_a_list_of_entries(formula):
    """Another way to the same: pymatgen entries of the Gibbs energies of all phases.

    Plain ones, which do not say what their energies are and are taken as they are.
    """
    table = kstab.phase_table(scheme="legacy", temperature=298.15)
    entries = [PDEntry(e.composition, e.energy) for e in kstab.entries_from_table(table, formula)]
    own = kstab.window(formula, phases=entries, near_misses=False, temperature="none")
    ours = kstab.window(formula, scheme="legacy", compare=False)
    assert own.verdict == ours.verdict
    assert own.energy_above_hull == pytest.approx(ours.energy_above_hull, abs=1e-9)
    if own.reduction_limit is not None:
        assert own.reduction_limit == pytest.approx(ours.reduction_limit, abs=1e-9)
        assert own.oxidation_limit == pytest.approx(ours.oxidation_limit, abs=1e-9)
    wanted = Formula.parse(formula).key
    entry = min(
        (e for e in entries if Formula.of(e.composition).key == wanted), key=lambda e: e.energy
    )
    height = PhaseDiagram(entries).get_e_above_hull(entry)
    assert height == pytest.approx(ours.energy_above_hull, abs=1e-8)


def test_what_competed_before_is_enough(random_systems):
    """The short list of phases gives the answers that all phases give."""
    quick = kstab.phase_table(scheme="legacy", gas="O2=1e-5,Cl2=1e-8,CO2=4e-4")
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


def test_contact_with_a_gas_takes_its_pressure():
    """What a reaction with n O2 releases changes by n kT ln p."""
    one_bar = kstab.interface("Sb", "O2", scheme="legacy", compare=False)
    air = kstab.interface("Sb", "O2", scheme="legacy", compare=False, gas="O2=0.21")
    assert one_bar.minimum_total.reaction == air.minimum_total.reaction
    oxygen = sum(
        amount
        for term in one_bar.minimum_total.reaction.split(" → ")[0].split(" + ")
        if term.endswith("O2")
        for amount in [int(term.split()[0]) if " " in term else 1]
    )
    change = air.minimum_total.energy_per_reaction - one_bar.minimum_total.energy_per_reaction
    assert change == pytest.approx(-oxygen * KT * log(0.21), rel=1e-3)
    assert air.provenance.gases == (GasPressure("O2", 0.21),)


def test_other_schemes_of_an_interface_are_at_the_same_conditions():
    result = kstab.interface("K3SbS4", "O2", scheme="legacy", gas="O2=0.21")
    for other in result.by_scheme:
        alone = kstab.interface("K3SbS4", "O2", scheme=other.scheme, gas="O2=0.21", compare=False)
        assert other.energy_per_atom == alone.minimum_total.energy_per_atom


# ---------------------------------------------------------------- heat capacities


def test_heat_capacities_stay_what_they_are_beyond_their_pieces():
    """10 J/(mol K) up to 400 K, then T/20 from 500 K on: 10 in between, 50 above 1000 K."""
    pieces = [
        HeatCapacity(500.0, 1000.0, (0.0, 0.05, 0.0, 0.0, 0.0)),
        HeatCapacity(300.0, 400.0, (10.0, 0.0, 0.0, 0.0, 0.0)),
    ]
    assert heating(pieces, 500.0)[0] == pytest.approx(10 * 201.85)
    enthalpy, entropy = heating(pieces, 1100.0)
    assert enthalpy == pytest.approx(10 * 201.85 + 0.025 * (1000**2 - 500**2) + 50 * 100)
    assert entropy == pytest.approx(10 * log(500 / 298.15) + 0.05 * 500 + 50 * log(1.1))
    assert heating(pieces, 200.0) == pytest.approx((-981.5, 10 * log(200 / 298.15)))


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


def test_an_unknown_gas_is_told_the_known_ones():
    with pytest.raises(RequestError) as caught:
        Conditions.read(gas="H2O(g)=1")
    assert "CO2, COCl2" in caught.value.advice


def test_the_gases_are_those_of_the_table():
    """The names stand in the code, below what may read a file."""
    known = {row["formula"] for row in read_handbook("forms.csv") if row["form"] == "gas"}
    assert tuple(sorted(known)) == GASES


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


@pytest.mark.parametrize("tool", ["freeze_elements", "freeze_heat"])
def test_the_files_are_as_the_tool_makes_them(root, tool):
    pytest.importorskip("chemicals")
    command = [sys.executable, str(root / f"tools/{tool}.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_notebook_says_so_too():
    result = kstab.window("KCl", gas="Cl2=0.5", compare=False)
    assert "298.15 K, Cl2 at 0.5 bar, other gases at 1 bar" in result._repr_html_()
    assert result.to_dict()["provenance"]["gases"] == [{"gas": "Cl2", "pressure": 0.5}]
