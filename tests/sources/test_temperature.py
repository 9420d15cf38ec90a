"""Gibbs energies at 298.15 K, unless a temperature is named or enthalpies are asked for."""

import json
from dataclasses import replace

import numpy as np
import pytest

import kstab
from command import run
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import Conditions
from kstab.errors import DataError, RequestError
from kstab.offers import PhaseSource
from kstab.phases.table import PhaseTable
from kstab.sources import embedded, free_energies
from kstab.sources.question import Question

ASKED = {
    "window": lambda **which: kstab.window("K3SbS4", **which),
    "interface": lambda **which: kstab.interface("K", "K3SbS4", **which),
    "system": lambda **which: kstab.system("K-Sb-S", **which),
    "batch": lambda **which: kstab.windows(["K3SbS4", "K2CO3"], **which)[0],
}
COMMANDS = [("window", "K2CO3"), ("interface", "K", "K2CO3"), ("phases", "K-C-O")]
GIBBS = "Gibbs energies at 298.15 K"
ENTHALPIES = "enthalpies, without entropy and pressure"


def asked_of(**which):
    """Phases of potassium, carbon and oxygen."""
    return kstab.phase_table(elements=["K", "C", "O"], **which)


# ---------------------------------------------------------------- the default and the others


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_the_default_is_298_kelvin(ask):
    found = ask()
    assert found == ask(temperature=298.15) == ask(temperature="25C") == ask(temperature=None)
    enthalpies = ask(temperature="none")
    assert enthalpies.to_dict() != found.to_dict()
    gibbs = {"temperature": 298.15, "energies": "Gibbs energies"}
    assert enthalpies.provenance.to_dict() | gibbs == found.provenance.to_dict()


@pytest.mark.parametrize("scheme", ["kstab", "legacy", "mp2020"])
def test_oxygen_costs_a_carbonate_what_its_entropy_is(scheme):
    """K2CO3 from the elements: -282.8 J/(mol K), 0.146 eV/atom at 298.15 K (CODATA, recalled).

    155.5 of K2CO3 less 2 × 64.7 of K, 5.7 of graphite and 1.5 × 205.2 of O2, J/(mol K).
    """
    warm, plain = asked_of(scheme=scheme), asked_of(scheme=scheme, temperature="none")
    row = warm.find(Formula.parse("K2CO3"))
    assert tuple(warm.formulas) == tuple(plain.formulas)
    added = warm.energies[row] - plain.energies[row]
    assert added == pytest.approx(0.282_8 * 298.15 / 96.485 / 6, abs=0.02)
    elements = warm.is_element
    np.testing.assert_array_equal(warm.energies[elements], plain.energies[elements])


def test_enthalpies_are_those_of_the_data():
    for scheme in ("kstab", "legacy", "mp2020"):
        table = kstab.phase_table(scheme=scheme, temperature="none")
        np.testing.assert_array_equal(table.energies, embedded.load(scheme).energies)
        assert table.conditions is None
        assert (table.states, dict(table.fluids)) == ((), {})


def test_all_schemes_are_at_the_same_conditions():
    for temperature in (None, "none", 400):
        result = kstab.window("K2CO3", temperature=temperature)
        for other in result.by_scheme:
            alone = kstab.window("K2CO3", temperature=temperature, scheme=other.scheme)
            assert alone.oxidation_limit == other.oxidation_limit
            assert alone.reduction_limit == other.reduction_limit


def test_stored_gibbs_energies_are_those_computed():
    """To half of the last of the six digits that are stored."""
    table = embedded.load("kstab")
    computed = free_energies.computed(table, Conditions())
    np.testing.assert_allclose(table.room().energies, computed.energies, rtol=0, atol=6e-7)
    assert table.room().fluids == computed.fluids


# ---------------------------------------------------------------- what says which


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("arguments", "said", "keys"),
    [
        ((), GIBBS + ", gases at 1 bar", (298.15, [], "Gibbs energies")),
        (("--temperature", "none"), ENTHALPIES, (None, [], "enthalpies")),
        (
            ("--gas", "O2=0.21", "--temperature", "100C"),
            "Gibbs energies at 373.15 K, O2 at 0.21 bar, other gases at 1 bar",
            (373.15, [{"gas": "O2", "pressure": 0.21}], "Gibbs energies"),
        ),
    ],
)
def test_reports_and_documents_say_which(command, arguments, said, keys):
    done = run(*command, *arguments, "--no-plugins")
    assert done.returncode == 0, done.stderr
    assert said.lower() in " ".join(done.stdout.split()).lower()
    provenance = json.loads(run(*command, *arguments, "--format", "json").stdout)["provenance"]
    assert (provenance["temperature"], provenance["gases"], provenance["energies"]) == keys


def test_figures_and_notebooks_say_which():
    for temperature, said in ((None, GIBBS), ("none", ENTHALPIES)):
        result = kstab.window("K2S", temperature=temperature, compare=False)
        assert said in result.provenance.origin
        assert said.lower() in result._repr_html_().lower()


def test_products_say_what_is_a_gas():
    def of_carbon_dioxide(**which):
        steps = kstab.window("K2CO3", compare=False, **which).steps
        products = [product for step in steps for product in step.products]
        return {product.state for product in products if product.formula == "CO2"}, products

    states, products = of_carbon_dioxide()
    assert states == {"gas"}
    assert {p.state for p in products if p.formula == "K2CO3"} == {""}
    states, products = of_carbon_dioxide(temperature="none")
    assert {p.state for p in products} == {""}
    assert states in ({""}, set())


def test_products_say_which_elements_are_gases():
    """Nitrogen at 1 bar is what it is unless told otherwise."""

    def states(**which):
        steps = kstab.window("KClO4", compare=False, **which).steps
        return {p.formula: p.state for step in steps for p in step.products}

    assert states() == states(gas="N2=1")
    assert states()["O2"] == "gas"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("command", COMMANDS)
def test_enthalpies_have_no_pressure(command):
    done = run(*command, "--temperature", "none", "--gas", "O2=0.21")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Enthalpies know no pressure" in done.stderr


@pytest.fixture
def measured() -> PhaseSource:
    """A source of Gibbs energies."""
    phases = [(Formula.parse(f), "", e) for f, e in (("K", 0.0), ("O2", 0.0), ("K2O", -1.1))]
    table = PhaseTable.build("measured", phases, scheme="g")
    return PhaseSource("measured", lambda request: table, free_energies=True)


def test_gibbs_energies_are_no_enthalpies(measured):
    def ask(**which):
        sources = {"measured": measured}
        return Question(source="measured", **which).within(("K", "O"), sources=sources).table()

    row = ask().find(Formula.parse("K2O"))
    assert ask().energies[row] == -1.1
    with pytest.raises(RequestError, match="measured are Gibbs energies, and enthalpies are"):
        ask(temperature="none")


def test_a_table_of_gibbs_energies_has_no_enthalpies():
    table = asked_of()
    assert kstab.window("K2CO3", phases=table).provenance.temperature == 298.15
    with pytest.raises(RequestError, match=r"has Gibbs energies at 298\.15 K, and enthalpies are"):
        kstab.window("K2CO3", phases=table, temperature="none")


# ---------------------------------------------------------------- own phases


def test_a_table_is_taken_as_it_is(build):
    own = build({"K": 0, "O2": 0, "K2O": -1.2})
    result = kstab.window("K2O", phases=own)
    assert result.oxidation_limit == pytest.approx(1.8)
    assert result.provenance.energies == "enthalpies"
    assert kstab.window("K2O", phases=own, temperature="none") == result
    warm = kstab.window("K2O", phases=own, temperature=298.15)
    assert warm.oxidation_limit < 1.7
    assert warm.provenance.energies == "Gibbs energies"


def test_entries_are_enthalpies_that_get_entropy(build):
    own = build({"K": 0, "O2": 0, "K2O": -1.2})
    entries = kstab.entries_from_table(own, ["K", "O"])
    warm = kstab.window("K2O", phases=entries)
    assert warm.provenance.temperature == 298.15
    assert warm.oxidation_limit < 1.7
    plain = kstab.window("K2O", phases=entries, temperature="none")
    assert plain.oxidation_limit == pytest.approx(1.8)
    assert warm == kstab.window("K2O", phases=entries, temperature=298.15)


# ---------------------------------------------------------------- pressures


@pytest.mark.parametrize("gas", ["O2=0.21", "O2=1e-8,H2=1e-3", "Cl2=1e-4"])
@pytest.mark.parametrize("scheme", ["kstab", "legacy"])
def test_pressures_are_quick_and_right(scheme, gas, random_systems):
    """Known candidates spare the search among all phases, and lose none on the hull."""
    table = embedded.load(scheme)
    quick = kstab.phase_table(scheme=scheme, gas=gas)
    asked = Conditions.read(gas=gas)
    long = free_energies.computed(replace(table, room=None), asked)
    assert quick.candidates is not None
    assert len(quick.candidates) < len(long) / 2
    assert long.candidates is None
    np.testing.assert_array_equal(quick.energies, long.energies)
    formulas = ["KAl11O17", "K2CO3", "KBH4", "KNO3", "KClO4", "KHCO3", *random_systems(3, 10, 5)]
    for formula in formulas:
        which = {"ion": "K", "near_misses": False, "compare": False}
        given = kstab.window(formula, scheme=scheme, gas=gas, **which)
        whole = kstab.window(formula, phases=long, **which)
        assert given.to_dict() == whole.to_dict(), formula


def test_more_pressure_than_one_bar_asks_all_phases():
    """More oxygen raises its potential, so that phases come onto the hull."""
    assert kstab.phase_table(gas="O2=10").candidates is None
    assert kstab.phase_table(temperature=400, gas="O2=0.21").candidates is None


def test_entries_made_of_gibbs_energies_are_taken_for_such():
    table = kstab.phase_table()
    entries = kstab.entries_from_table(table, ["K", "Sb", "S"])
    own, embedded = (
        kstab.window("K3SbS4", compare=False, **which) for which in ({"phases": entries}, {})
    )
    assert own.reduction_limit == pytest.approx(embedded.reduction_limit, abs=1e-6)
    assert own.provenance.temperature == 298.15
    warm = kstab.phase_table(temperature=400, gas="O2=0.2")
    again = kstab.window("K2O", phases=kstab.entries_from_table(warm, ["K", "O"]))
    assert (again.provenance.temperature, again.provenance.gases[0].pressure) == (400, 0.2)
    with pytest.raises(RequestError, match="400 K"):
        kstab.window("K2O", phases=kstab.entries_from_table(warm, ["K", "O"]), temperature=500)
    mixed = [*entries, *kstab.entries_from_table(warm, ["K", "O"])]
    with pytest.raises(RequestError, match="Gibbs energies that kstab made"):
        kstab.window("K2O", phases=mixed)


def test_entries_made_of_gibbs_energies_are_not_imported(tmp_path):
    from monty.serialization import dumpfn

    from kstab.sources.importing.reading import read_file

    path = tmp_path / "entries.json"
    dumpfn(kstab.entries_from_table(kstab.phase_table(), ["K", "S"]), path)
    with pytest.raises(DataError, match="Gibbs energy that kstab made"):
        read_file(path)
