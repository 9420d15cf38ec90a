"""pymatgen as an oracle: its hull and element profile on hundreds of real systems."""

import warnings

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import PhaseDiagram
from pymatgen.core import Composition, Element

import kstab
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES

# Systems of each size (2 to 6 elements); pymatgen takes 10 ms for the small, 0.2 s for the large.
COUNTS = {2: 40, 3: 70, 4: 70, 5: 45, 6: 25}
FEW = {2: 20, 3: 20, 4: 12, 5: 6, 6: 3}
"""Of these, as many in every run."""
FROM_POTASSIUM = 0.4


@pytest.fixture(scope="module")
def entries_of(table):
    """Entries of a chemical system, each system made once."""
    made = {}

    def of(elements):
        key = tuple(sorted(elements))
        if key not in made:
            made[key] = kstab.entries_from_table(table, key)
        return made[key]

    return of


def draw(table, size: int) -> list[tuple[str, str]]:
    """Phases of a number of elements with a working ion, K in a good part of them."""
    rng = np.random.default_rng(20240 + size)
    sizes = np.count_nonzero(table.numbers, axis=1)
    there = np.setdiff1d(np.flatnonzero(sizes == size), list(table.removed))
    rows = rng.permutation(there).tolist()
    chosen: list[tuple[str, str]] = []
    wanted = round(FROM_POTASSIUM * COUNTS[size])
    for row in rows:
        elements = table.elements_of(row)
        ions = [symbol for symbol in elements if symbol in CHARGES]
        if not ions or (len(chosen) < wanted and "K" not in ions):
            continue
        chosen.append((table.formulas[row], "K" if "K" in ions else ions[0]))
        if len(chosen) == COUNTS[size]:
            return chosen
    raise AssertionError("too few phases")


def keys(formulas) -> frozenset:
    return frozenset(Formula.parse(formula).key for formula in formulas)


def pymatgen_profile(diagram: PhaseDiagram, formula: str, ion: str) -> list[tuple]:
    """Potentials at which the products change, from 0 down, with ion change and products."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        profile = diagram.get_element_profile(Element(ion), Composition(formula))
    metal = diagram.el_refs[Element(ion)].energy_per_atom
    return [
        (
            step["chempot"] - metal,
            step["evolution"],
            keys(
                product.formula.replace(" ", "")
                for product in step["reaction"].products
                if product.elements != [Element(ion)]
            ),
        )
        for step in profile
    ]


@pytest.mark.parametrize(
    ("size", "count"),
    [*FEW.items(), *(pytest.param(*each, marks=pytest.mark.slow) for each in COUNTS.items())],
)
def test_profiles_hulls_and_flags(table, entries_of, size, count):
    """Same voltages to 1e-6 V, same products, same hull, for every drawn system."""
    rng = np.random.default_rng(size)
    for formula, ion in draw(table, size)[:count]:
        elements = Formula.parse(formula).elements
        diagram = PhaseDiagram(entries_of(elements))
        check_profile(diagram, formula, ion)
        check_hull(table, diagram, elements, rng)


@pytest.mark.parametrize("scheme", ["kstab", "legacy", "mp2020"])
@pytest.mark.parametrize("temperature", [None, "none"])
def test_stored_heights_are_those_of_the_energies(scheme, temperature):
    """Of ten drawn systems, and of three with dilute solutions and with gases."""
    table = kstab.phase_table(scheme=scheme, temperature=temperature)
    assert table.above_hull is not None
    rng = np.random.default_rng(41)
    drawn = [Formula.parse(f).elements for size in (2, 3) for f, _ in draw(table, size)[:5]]
    for elements in [*drawn, ("Mg", "B", "H"), ("Mg", "Cl"), ("K", "C", "O")]:
        diagram = PhaseDiagram(kstab.entries_from_table(table, elements))
        check_hull(table, diagram, elements, rng)


def test_enough_systems_are_compared():
    assert sum(COUNTS.values()) >= 200


def check_profile(diagram, formula, ion):
    theirs = pymatgen_profile(diagram, formula, ion)
    ours = kstab.window(formula, ion=ion, scheme="legacy", temperature="none", near_misses=False)
    label = f"{formula} against {ion}"
    assert len(ours.steps) == len(theirs), label
    for step, (potential, change, products) in zip(ours.steps, theirs, strict=True):
        assert step.voltage_low == pytest.approx(-potential / ours.ion_charge, abs=1e-6), label
        assert step.ion_change == pytest.approx(change, abs=1e-6), label
        assert keys(product.formula for product in step.products) == products, label


def check_hull(table, diagram, elements, rng):
    rows = table.rows_within(elements)
    stable = keys(entry.composition.formula.replace(" ", "") for entry in diagram.stable_entries)
    on_hull = keys(table.formulas[row] for row in rows if table.above_hull[row] <= 1e-6)
    assert on_hull == stable, elements
    heights = {Formula.parse(table.formulas[row]).key: table.above_hull[row] for row in rows}
    some = rng.choice(len(diagram.all_entries), min(12, len(diagram.all_entries)), replace=False)
    for entry in (diagram.all_entries[i] for i in some):
        (key,) = keys([entry.composition.formula.replace(" ", "")])
        assert heights[key] == pytest.approx(diagram.get_e_above_hull(entry), abs=1e-8)


@pytest.mark.parametrize("formula", ["K3SbS4", "K2Fe4O7", "Li10GeP2S12", "MgO", "K3OI", "KAl11O17"])
def test_round_trip_through_entries(table, formula):
    """Table to entries to window: the limits, steps and near misses stay."""
    entries = kstab.entries_from_table(table, Formula.parse(formula).elements)
    own = kstab.window(formula, phases=entries, temperature="none")
    plain = kstab.window(formula, scheme="legacy", temperature="none")
    assert own.scheme == "as-given"
    assert (own.verdict, own.window_kind) == (plain.verdict, plain.window_kind)
    assert own.reduction_limit == pytest.approx(plain.reduction_limit, abs=1e-9)
    assert own.oxidation_limit == pytest.approx(plain.oxidation_limit, abs=1e-9)
    assert own.energy_above_hull == pytest.approx(plain.energy_above_hull, abs=1e-9)
    assert [keys(p.formula for p in step.products) for step in own.steps] == [
        keys(p.formula for p in step.products) for step in plain.steps
    ]
    assert [miss.formula for miss in own.near_misses] == [m.formula for m in plain.near_misses]


def test_entries_and_a_table_of_which_nothing_is_said_go_together(table, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("formula,formation_energy (eV/atom)\nK2S,-1.32\n", encoding="utf-8")
    entries = kstab.entries_from_table(table, ["K", "S"])
    both = kstab.phase_table(entries, entries=[path], temperature="none")
    assert both.phase(both.find(Formula.parse("K2S"))).formation_energy == -1.32
    assert both.scheme.name == "as-given"


@pytest.mark.parametrize("formula", ["K3SbS4", "Li7La3Zr2O12", "K2Mn(Fe(CN)6)", "MgO"])
def test_a_composition_is_accepted(formula):
    plain = kstab.window(formula, scheme="legacy", temperature="none")
    ours = kstab.window(Composition(formula), scheme="legacy", temperature="none")
    assert (ours.verdict, ours.material_id) == (plain.verdict, plain.material_id)
    assert (ours.reduction_limit, ours.oxidation_limit) == (
        plain.reduction_limit,
        plain.oxidation_limit,
    )


def test_a_fractional_composition_is_accepted():
    ours = kstab.window(
        Composition("K3SbS4").fractional_composition, scheme="legacy", temperature="none"
    )
    assert ours.oxidation_limit == pytest.approx(2.066882, abs=1e-6)
    assert ours.steps[0].ion_change == pytest.approx(1.0, abs=1e-9)


def test_phases_are_handed_back_to_pymatgen(table):
    entries = kstab.entries_from_table(table, ["K", "Sb", "S"])
    diagram = PhaseDiagram(entries)
    stable = {entry.composition.reduced_formula for entry in diagram.stable_entries}
    listed = kstab.system("K-Sb-S", threshold=0, scheme="legacy", temperature="none").phases
    assert stable == {Composition(phase.formula).reduced_formula for phase in listed}
    ids = {entry.entry_id for entry in entries}
    assert {phase.material_id for phase in listed if phase.material_id} <= ids
