"""Computed dilute solutions take no part, whatever the energies are, unless they are asked for."""

import json

import pytest

import kstab
from command import run
from kstab.chemistry.composition import Formula
from kstab.phases.dilute import is_dilute
from kstab.phases.table import PhaseTable

CONDITIONS = [{}, {"temperature": "none"}, {"gas": "H2=0.5"}, {"temperature": 400}]
"""Stored energies, stored enthalpies, and two for which all is computed."""


def formed(result) -> set[str]:
    """Formulas of all products of a window or an interface."""
    places = result.steps if hasattr(result, "steps") else result.kinks
    return {product.formula for place in places for product in place.products}


def dilute(result) -> set[str]:
    return {formula for formula in formed(result) if is_dilute(Formula.parse(formula))}


@pytest.fixture
def by_hand() -> PhaseTable:
    """Mg149S at -10 meV/atom takes up all magnesium, unless it is left out."""
    energies = {"Mg": 0.0, "S": 0.0, "MgS": -1.7, "Mg149S": -0.05}
    rows = [(Formula.parse(formula), "", energy) for formula, energy in energies.items()]
    return PhaseTable.build("by hand", rows, scheme="none")


@pytest.mark.parametrize("conditions", CONDITIONS)
@pytest.mark.parametrize("scheme", ["kstab", "legacy"])
def test_no_dilute_solution_forms(scheme, conditions):
    window = kstab.window("Mg(BH4)2", ion="Mg", scheme=scheme, **conditions)
    contact = kstab.interface("Mg", "MgCl2", scheme=scheme, **conditions)
    for result in (window, contact):
        assert dilute(result) == set()
        assert "dilute_supercell" not in {notice.code for notice in result.warnings}


@pytest.mark.parametrize("conditions", CONDITIONS)
@pytest.mark.parametrize("keep", [False, True])
def test_they_compete_on_request_alone(conditions, keep):
    table = kstab.phase_table(keep_dilute=keep, **conditions)
    rows = table.rows_within(["Mg", "H", "Cl"], all_phases=False).tolist()
    competing = {table.formulas[row] for row in rows}
    assert {"Mg", "MgCl2", "H2"} <= competing
    assert ({"Mg149H", "Mg149Cl"} <= competing) is keep


def test_they_form_on_request():
    which = {"scheme": "legacy", "temperature": "none", "keep_dilute": True}
    window = kstab.window("Mg(BH4)2", ion="Mg", **which)
    assert dilute(window) == {"Mg149H"}
    assert "dilute_supercell" in {notice.code for notice in window.warnings}
    assert dilute(kstab.interface("Mg", "MgCl2", **which)) == {"Mg149Cl"}


def test_the_command_line_lets_them_in():
    arguments = ("window", "Mg(BH4)2", "--ion", "Mg", "--temperature", "none", "--no-plugins")
    assert "Mg149H" not in run(*arguments).stdout
    assert "Mg149H" in run(*arguments, "--keep-dilute").stdout


def test_one_that_is_asked_for_says_why_it_is_left_out():
    result = kstab.window("Mg149S", ion="Mg")
    (why,) = (notice.message for notice in result.warnings if notice.code == "left_out")
    assert "is a computed dilute solution, which takes part with --keep-dilute alone" in why
    assert result.verdict == "not_in_data"
    assert str(result).startswith("Mg149S was left out, and is treated as an unknown phase.")
    assert "on request" not in run("window", "Mg149S", "--ion", "Mg", "--no-plugins").stdout
    there = kstab.window("Mg149S", ion="Mg", keep_dilute=True)
    assert there.energy_above_hull is not None
    assert "left_out" not in {notice.code for notice in there.warnings}


def test_one_that_the_user_left_out_is_not_there_to_be_let_in():
    which = {"scheme": "legacy", "temperature": "none", "keep_dilute": True}
    assert dilute(kstab.window("Mg(BH4)2", ion="Mg", exclude="Mg149H", **which)) == set()


def test_a_table_of_ones_own_is_treated_alike(by_hand):
    contact = kstab.interface("Mg", "MgS", phases=by_hand)
    assert (contact.verdict, contact.reservoir.products[0].formula) == ("no_reaction", "MgS")
    contact = kstab.interface("Mg", "MgS", phases=by_hand, keep_dilute=True)
    assert [product.formula for product in contact.reservoir.products] == ["Mg149S"]


def test_entries_of_ones_own_are_treated_alike(by_hand):
    entries = kstab.entries_from_table(by_hand, ["Mg", "S"])
    for temperature in (None, "none"):
        which = {"phases": entries, "temperature": temperature}
        assert dilute(kstab.interface("Mg", "MgS", **which)) == set()
    kept = kstab.interface("Mg", "MgS", phases=entries, temperature="none", keep_dilute=True)
    assert [product.formula for product in kept.reservoir.products] == ["Mg149S"]


def test_what_was_taken_out_of_a_table_stays_out():
    """A table is taken as it is: it says itself which of its phases take part."""
    table = kstab.phase_table(scheme="legacy", temperature="none")
    for keep in (False, True):
        window = kstab.window("Mg(BH4)2", ion="Mg", phases=table, keep_dilute=keep)
        assert dilute(window) == set()


def test_screening_and_systems_leave_them_out_too():
    batch = kstab.windows(["Mg(BH4)2", "Mg149S"], ion="Mg")
    assert dilute(batch[0]) == set()
    assert batch[1].verdict == "not_in_data"
    listed = {phase.formula for phase in kstab.system("Mg-S", threshold=9).phases}
    assert "Mg149S" not in listed
    kept = kstab.system("Mg-S", threshold=9, keep_dilute=True).phases
    assert {phase.formula for phase in kept} == listed | {"Mg149S"}


def test_documents_have_none():
    document = json.loads(run("interface", "Mg", "MgCl2", "--format", "json").stdout)
    assert "Mg149" not in json.dumps(document)
