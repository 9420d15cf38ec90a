"""Traps other tools fell into, one named test each.

Item 14 concerns correction schemes, which kstab does not have yet.
"""

import json
import re
from fractions import Fraction

import numpy as np
import pytest
from pymatgen.entries.computed_entries import ComputedEntry

import kstab
from kstab.chemistry.composition import Formula
from kstab.chemistry.reaction import balance

ELEMENTS = {"K": -1.0, "Sb": -4.0, "S": -4.5}  # total energies, eV/atom; any will do


def entry(formula: str, formation: float, name: str = "") -> ComputedEntry:
    """An entry whose energy is that of its elements plus a formation energy per atom."""
    amounts = dict(Formula.parse(formula).amounts)
    energy = sum(n * (ELEMENTS[symbol] + formation) for symbol, n in amounts.items())
    made = ComputedEntry({k: float(n) for k, n in amounts.items()}, energy, entry_id=name)
    made.name = name
    return made


def test_trap_01_no_ion_exchange_is_not_stability(build):
    """30 meV/atom above a K2S-Sb2S5 tie line the mixture exchanges no ions, yet K3SbS4 is gone."""
    tie_line = (9 * -1.2 + 7 * -0.8) / 16
    phases = {"K": 0.0, "Sb": 0.0, "S": 0.0, "K2S": -1.2, "Sb2S5": -0.8, "K3SbS4": tie_line + 0.03}
    result = kstab.window("K3SbS4", phases=build(phases))
    assert (result.verdict, result.window_kind) == ("metastable", "hull_shifted")
    assert result.energy_above_hull == pytest.approx(0.03, abs=1e-9)
    still = [step for step in result.steps if step.ion_change == 0]
    assert [{p.formula for p in step.products} for step in still] == [{"K2S", "Sb2S5"}]
    assert still[0].decomposition_energy_low == pytest.approx(-0.03, abs=1e-9)


def test_trap_01_a_phase_just_below_the_tie_line_has_its_own_window(build):
    tie_line = (9 * -1.2 + 7 * -0.8) / 16
    phases = {"K": 0.0, "Sb": 0.0, "S": 0.0, "K2S": -1.2, "Sb2S5": -0.8, "K3SbS4": tie_line - 0.03}
    result = kstab.window("K3SbS4", phases=build(phases))
    assert (result.verdict, result.window_kind) == ("stable", "own")
    assert [p.formula for p in result.oxidation_step.products] != ["K3SbS4"]


def test_trap_02_a_phase_exactly_on_a_tie_line_is_stable(build):
    tie_line = (9 * -1.2 + 7 * -0.8) / 16
    phases = {"K": 0.0, "Sb": 0.0, "S": 0.0, "K2S": -1.2, "Sb2S5": -0.8, "K3SbS4": tie_line}
    table = build(phases)
    result = kstab.window("K3SbS4", phases=table)
    assert (result.verdict, result.energy_above_hull) == ("stable", 0.0)
    stable = kstab.system("K-Sb-S", phases=table, threshold=0.0).phases
    assert {phase.formula for phase in stable} == set(phases)


@pytest.mark.parametrize("formula", ["K3SbS4", "K2S", "KSb2", "Cs2KLaF6", "KY2F7"])
def test_trap_02_real_phases_on_the_hull_are_listed(formula):
    elements = Formula.parse(formula).elements
    stable = kstab.system(elements, threshold=0.0, scheme="legacy", temperature="none").phases
    assert formula in {phase.formula for phase in stable}


def test_trap_03_voltages_do_not_depend_on_the_reference_of_the_energies(table):
    """Shifting every element's raw energy leaves formation energies, and so V, alone."""
    entries = kstab.entries_from_table(table, ["K", "Sb", "S"])
    shifts = {"K": -1.1, "Sb": 37.25, "S": -4.13}
    shifted = [
        ComputedEntry(e.composition, e.energy + sum(shifts[el.symbol] * n for el, n in items))
        for e, items in ((e, e.composition.items()) for e in entries)
    ]
    plain = kstab.window("K3SbS4", scheme="legacy", temperature="none")
    result = kstab.window("K3SbS4", phases=shifted, temperature="none")
    assert result.reduction_limit == pytest.approx(plain.reduction_limit, abs=1e-9)
    assert result.oxidation_limit == pytest.approx(plain.oxidation_limit, abs=1e-9)
    assert result.reduction_limit > 0


def test_trap_03_the_metal_of_the_changed_energies_is_the_reference(table):
    """Energies in another reference give the same window, or a refusal, never other voltages."""
    elements = ("K", "Sb", "S")
    rows = table.rows_within(elements)
    energies = table.energies.copy()
    energies[rows] += np.array([0.1, 0.3, -0.2]) @ table.fractions(rows, elements)
    try:
        result = kstab.window("K3SbS4", phases=table.with_energies(energies, "shifted"))
    except kstab.KstabError:
        return
    assert result.reduction_limit == pytest.approx(1.647102, abs=1e-6)
    assert result.oxidation_limit == pytest.approx(2.066882, abs=1e-6)


@pytest.mark.parametrize(
    ("formula", "ion", "charge"), [("MgO", "Mg", 2), ("CaO", "Ca", 2), ("ZnO", "Zn", 2)]
)
def test_trap_03_the_charge_number_divides_the_voltage(table, formula, ion, charge):
    """AO gives off A at mu = E_f per formula unit: V = -E_f / z, not -E_f."""
    formation = float(table.energies[table.find(Formula.parse(formula))]) * 2
    peroxide = Formula.parse(f"{ion}O2")
    exclude = [peroxide] if table.find(peroxide) is not None else []
    result = kstab.window(formula, ion=ion, scheme="legacy", temperature="none", exclude=exclude)
    assert result.oxidation_limit == pytest.approx(-formation / charge, abs=1e-9)


def test_trap_03_al2o3_against_aluminium_divides_by_three(table):
    formation = float(table.energies[table.find(Formula.parse("Al2O3"))]) * 5
    result = kstab.window("Al2O3", ion="Al", scheme="legacy", temperature="none")
    assert result.oxidation_limit == pytest.approx(-formation / 2 / 3, abs=1e-9)


def test_trap_04_the_first_step_on_either_side_is_the_limit():
    """K3SbS4 takes up K at 1.641 V as well, and gives more off at 2.385 V."""
    result = kstab.window("K3SbS4", scheme="legacy", temperature="none")
    uptake = [step.voltage_high for step in result.steps if step.ion_change > 0]
    release = [step.voltage_low for step in result.steps if step.ion_change < 0]
    assert result.reduction_limit == max(uptake) == pytest.approx(1.647, abs=0.002)
    assert result.oxidation_limit == min(release) == pytest.approx(2.067, abs=0.002)
    assert len(uptake) > 1
    assert len(release) > 1


@pytest.mark.parametrize("view", [(1.0, 1.5), (0.0, 0.2), (1.7, 1.9), (2.5, 3.0), (4.5, 5.0)])
def test_trap_04_a_view_of_part_of_the_staircase_keeps_limits_and_their_steps(view):
    """A range is a view: what reduction and oxidation form first does not depend on it."""
    whole = kstab.window("K3SbS4", scheme="legacy", temperature="none")
    part = whole.within(*view)
    assert (part.reduction_limit, part.oxidation_limit) == (
        whole.reduction_limit,
        whole.oxidation_limit,
    )
    assert part.reduction_step == whole.reduction_step
    assert part.oxidation_step == whole.oxidation_step


def test_trap_04_the_report_of_a_view_names_the_same_limits(run_python):
    """Beyond the view, K3SbS4 still oxidises at 2.067 V."""
    code = (
        "-m",
        "kstab",
        "window",
        "K3SbS4",
        "--voltage",
        "1.0:1.5",
        "--scheme",
        "legacy",
        "--temperature",
        "none",
    )
    text = run_python(*code).stdout.decode()
    assert "K2S3 + 3 K3SbS3" in text
    assert "2.067" in text
    assert "never" not in text


@pytest.mark.parametrize("name", ["NCO", "my phase", "K2S", ""])
def test_trap_08_entry_names_are_not_formulas(name):
    entries = [
        entry("K", 0.0),
        entry("Sb", 0.0),
        entry("S", 0.0),
        entry("K2S", -1.2, "NCO"),
        entry("K3SbS4", -1.1, name),
    ]
    result = kstab.window("K3SbS4", phases=entries)
    assert (result.verdict, result.material_id) == ("stable", name)
    assert {p.formula for s in result.steps for p in s.products} <= {"K3SbS4", "K2S", "Sb", "S"}


def test_trap_09_coefficients_are_clean_in_every_reaction(random_systems):
    """No 1e15, no 1e-16, no long decimals: whole numbers, or four digits where they are large."""
    formulas = [f for n in (3, 4, 5, 6) for f in random_systems(n, 60, seed=n)]
    for formula in formulas:
        result = kstab.window(
            formula, ion=ion_of(formula), scheme="legacy", temperature="none", near_misses=False
        )
        for step in result.steps:
            coefficients = re.findall(r"(?:^|→ |\+ )([^A-Z(]+) ", step.reaction)
            for coefficient in coefficients:
                assert re.fullmatch(r"\d{1,5}|\d+\.\d+", coefficient), step.reaction
                assert len(coefficient.replace(".", "").lstrip("0")) <= 5, step.reaction
                assert float(coefficient) > 1e-6, step.reaction


def ion_of(formula: str) -> str:
    """The first working ion in a formula, else K."""
    present = Formula.parse(formula).elements
    return next((ion for ion in ("K", "Li", "Na", "Mg", "Ca") if ion in present), "K")


def test_trap_09_amounts_of_products_are_those_of_the_reaction(random_systems):
    for formula in random_systems(4, 60, seed=9):
        for step in kstab.window(formula, ion=ion_of(formula), near_misses=False).steps:
            exact = balance((formula,), tuple(p.formula for p in step.products), step.ion)
            assert step.ion_change == pytest.approx(
                exact.ion_change / exact.formula_units, abs=1e-9
            )
            for product, (_, amount) in zip(step.products, exact.products, strict=True):
                assert product.amount == pytest.approx(
                    float(amount / exact.formula_units), abs=1e-9
                )
                assert isinstance(amount, Fraction)
                assert amount > 0


def test_trap_10_duplicate_ids_do_not_make_phases_stable(table):
    entries = kstab.entries_from_table(table, ["K", "Sb", "S"])
    for each in entries:
        each.entry_id = "mp-1"
    own = kstab.system("K-Sb-S", phases=entries, temperature="none", threshold=10.0)
    plain = kstab.system("K-Sb-S", scheme="legacy", temperature="none", threshold=10.0)
    heights = {phase.formula: phase.energy_above_hull for phase in own.phases}
    assert heights == pytest.approx(
        {phase.formula: phase.energy_above_hull for phase in plain.phases}, abs=1e-8
    )
    assert sum(height > 1e-6 for height in heights.values()) > 5


def test_trap_10_a_duplicated_entry_changes_nothing(table):
    entries = kstab.entries_from_table(table, ["K", "Sb", "S"])
    once = kstab.window("K3SbS4", phases=entries)
    twice = kstab.window("K3SbS4", phases=entries * 2)
    assert (once.reduction_limit, once.oxidation_limit) == (
        twice.reduction_limit,
        twice.oxidation_limit,
    )
    assert [s.reaction for s in once.steps] == [s.reaction for s in twice.steps]


@pytest.mark.parametrize(
    "formula",
    [
        "K2NaLiMgAlSiPSO9",
        "KLiNaMgCaAlSiPSO12Cl",
        "KNaMgCaAlSiTiFePSO12F",
        "KLiNaRbCsMgCaSrBaAlSiPSO16ClF",
    ],
)
def test_trap_11_nine_elements_and_more_finish(monkeypatch, formula):
    """Counted in pivots: other tools' hulls grow by a factor of 150 per element here."""
    from kstab.engine.equilibrium import Tableau

    pivots = []
    plain = Tableau.pivot
    monkeypatch.setattr(
        Tableau,
        "pivot",
        lambda self, row, column: (pivots.append(column), plain(self, row, column)),
    )
    result = kstab.window(
        formula, ion="K", scheme="legacy", temperature="none", near_misses=False, compare=False
    )
    assert result.verdict == "not_in_data"
    assert len(Formula.parse(formula).elements) >= 9
    assert 0 < len(pivots) < 250


def test_trap_12_misspelt_options_are_refused_with_a_suggestion(run_python):
    done = run_python("-m", "kstab", "window", "K3SbS4", "--schem", "legacy", check=False)
    assert done.returncode == 2
    assert b"--scheme" in done.stderr
    assert done.stdout == b""


def test_trap_12_misspelt_keywords_are_refused():
    with pytest.raises(TypeError, match="schem"):
        kstab.window("K3SbS4", schem="legacy")


@pytest.mark.parametrize(
    ("formula", "ion", "couple"),
    [
        ("K3SbS4", "K", "K⁺/K"),
        ("Li3PS4", "Li", "Li⁺/Li"),
        ("Na3PS4", "Na", "Na⁺/Na"),
        ("MgO", "Mg", "Mg²⁺/Mg"),
    ],
)
def test_trap_13_the_couple_is_that_of_the_ion(formula, ion, couple):
    from kstab.chemistry.ions import ion as working_ion

    result = kstab.window(formula, scheme="legacy", temperature="none")
    assert result.ion == ion
    assert working_ion(result.ion).couple == couple
    taken = [s for s in result.steps if s.ion_change < 0]
    assert all(s.reaction.split(" → ")[1].endswith(ion) for s in taken)


@pytest.mark.parametrize("formula", ["Na3PS4", "MgO"])
def test_trap_13_reports_name_the_couple_of_the_ion(run_python, formula):
    text = run_python("-m", "kstab", "window", formula).stdout.decode()
    assert "Li⁺/Li" not in text
    assert "K⁺/K" not in text
    assert ("Na⁺/Na" if formula == "Na3PS4" else "Mg²⁺/Mg") in text


SNAPSHOT = """
import kstab, sys
names = ["K3SbS4", "Li10GeP2S12", "KFeO2", "K2.9SbS3.9Cl0.1", "KBH4", "K2Mn[Fe(CN)6]"]
results = [kstab.window(name, scheme="legacy", temperature="none") for name in names]
results.append(kstab.system("K-Sb-S", scheme="legacy", temperature="none"))
results.append(kstab.window("K3SbS4", scheme="legacy", temperature="none", exclude=["S8O", "KS3"]))
sys.stdout.buffer.write(repr(results).encode())
"""


def test_trap_15_same_bytes_under_any_hash_seed(run_python):
    outputs = {run_python("-c", SNAPSHOT, PYTHONHASHSEED=s).stdout for s in ("0", "1", "4242")}
    assert len(outputs) == 1
    assert b"KSbS2" in outputs.pop()


def test_trap_15_same_json_under_any_hash_seed(run_python):
    code = "import json, kstab; print(json.dumps(kstab.window('K3SbS4').to_dict()))"
    outputs = {run_python("-c", code, PYTHONHASHSEED=seed).stdout for seed in ("0", "7")}
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["formula"] == "K3SbS4"


@pytest.mark.parametrize("seed", range(5))
def test_trap_15_same_result_in_any_order_of_the_entries(table, seed):
    entries = kstab.entries_from_table(table, ["K", "Fe", "S", "O"])
    order = np.random.default_rng(seed).permutation(len(entries))
    expected = kstab.window("KFeO2", phases=entries)
    assert kstab.window("KFeO2", phases=[entries[i] for i in order]) == expected


@pytest.mark.parametrize("formula", ["K2Ti6O13", "KSb5S8", "KFe2S3", "KIn(MoO4)2"])
def test_trap_01_a_near_miss_that_takes_over_leaves_no_window(table, formula):
    """The mixture that replaces the phase exchanges no ions either; its limits are others."""
    result = kstab.window(formula, ion="K", scheme="legacy", temperature="none")
    assert not all(miss.keeps_window for miss in result.near_misses)
    for miss in result.near_misses:
        energies = table.energies.copy()
        energies[table.find(kstab.Formula.parse(miss.formula))] -= miss.lowered_by
        lowered = kstab.window(formula, ion="K", phases=table.with_energies(energies, "lowered"))
        assert miss.keeps_window is (lowered.verdict == "stable")
        if miss.keeps_window:
            assert miss.reduction_limit == pytest.approx(lowered.reduction_limit, abs=1e-9)
        else:
            assert (miss.reduction_limit, miss.oxidation_limit) == (None, None)


def test_trap_05_the_fraction_counts_atoms_and_the_others_are_named():
    """6 K + K3SbS4: 6 of 14 atoms, 6 of 7 formula units, 39 % of the mass are potassium."""
    kink = kstab.interface("K", "K3SbS4", scheme="legacy", temperature="none").minimum_total
    assert kink.reaction == "6 K + K3SbS4 → 4 K2S + KSb"
    mass = 6 * 39.0983
    shares = kink.x_atomic, kink.x_molar, kink.x_mass
    assert shares == pytest.approx((6 / 14, 6 / 7, mass / (mass + 367.31)), abs=1e-4)
    kinks = [
        k.x_molar
        for k in kstab.interface("LiCoO2", "Li6PS5Cl", scheme="legacy", temperature="none").kinks
    ]
    assert any(x == pytest.approx(0.742, abs=0.001) for x in kinks)


@pytest.mark.parametrize("voltage", [None, 2.0, (1.0, 3.0)])
@pytest.mark.parametrize(
    ("a", "b"), [("K3SbS4", "KFeO2"), ("KCrO2", "K3PS4"), ("KAl11O17", "S"), ("KSb2", "K2S")]
)
def test_trap_05_swapping_the_reactants_flips_the_fraction(a, b, voltage):
    """x belongs to the first reactant as typed; energies and products stay, to the last bit."""
    forth, back = (
        kstab.interface(*pair, ion="K", voltage=voltage, scheme="legacy", temperature="none")
        for pair in ((a, b), (b, a))
    )
    assert (forth.a, forth.b) == (back.b, back.a)
    for at in {kink.voltage for kink in forth.kinks}:
        pairs = zip(forth.kinks_at(at), reversed(back.kinks_at(at)), strict=True)
        for kink, other in pairs:
            assert kink.x_atomic == 1 - other.x_atomic
            assert (kink.energy_per_atom, kink.products) == (other.energy_per_atom, other.products)
    assert forth.minimum_total.x_atomic == 1 - back.minimum_total.x_atomic
    assert forth.self_energy_a == back.self_energy_b


def test_trap_05_the_first_reactant_stands_first_in_the_reaction():
    for a, b in (("K3SbS4", "KFeO2"), ("KFeO2", "K3SbS4")):
        kinks = kstab.interface(a, b, scheme="legacy", temperature="none").kinks
        assert [kinks[0].reaction, kinks[-1].reaction] == [f"{b} → {b}", f"{a} → {a}"]
        for kink in kinks[1:-1]:
            left = kink.reaction.split(" → ")[0]
            assert left.index(a) < left.index(b)


def test_trap_06_own_decomposition_is_no_interface_energy():
    """Li6PS5Cl gives off 83 meV/atom on its own, beside Li2S or alone: nothing reacts there."""
    result = kstab.interface("Li6PS5Cl", "Li2S", scheme="legacy", temperature="none")
    assert result.self_energy_a == pytest.approx(-0.0831, abs=0.001)
    assert result.minimum_total.energy_per_atom == pytest.approx(-0.0831, abs=0.001)
    assert result.minimum_mutual.mutual_energy_per_atom == pytest.approx(0.0, abs=1e-9)
    assert result.verdict == "self_decomposition"


def test_trap_06_both_own_decompositions_are_taken_off_by_their_closed_atoms():
    """At 5 V per non-Li atom; atomic fractions alone as weights would be 41 meV/atom off."""
    result = kstab.interface("LiCoO2", "Li3PS4", voltage=5.0, scheme="legacy", temperature="none")
    kink = result.minimum_mutual
    x, own_a, own_b = kink.x_atomic, result.self_energy_a, result.self_energy_b
    closed_a, closed_b = x * 3 / 4, (1 - x) * 5 / 8
    own = (closed_a * own_a + closed_b * own_b) / (closed_a + closed_b)
    assert kink.mutual_energy_per_non_ion_atom == pytest.approx(
        kink.energy_per_non_ion_atom - own, abs=1e-9
    )
    assert own - (x * own_a + (1 - x) * own_b) == pytest.approx(0.041, abs=0.001)
    assert (result.kinks[0].mutual_energy_per_atom, result.kinks[-1].mutual_energy_per_atom) == (
        0.0,
        0.0,
    )


def test_trap_06_total_and_mutual_have_minima_of_their_own():
    result = kstab.interface("LiCoO2", "Li3PS4", voltage=5.0, scheme="legacy", temperature="none")
    assert result.minimum_total.x_atomic == pytest.approx(0.424, abs=0.001)
    assert result.minimum_mutual.x_atomic == pytest.approx(0.708, abs=0.001)


SAME = [
    ("K3SbS4", "K3SbS4", None),
    ("K3SbS4", "K6Sb2S8", None),
    ("K3SbS4", "K3SbS4", 2.0),
    ("K3SbS4", "K3SbS4", (1.0, 3.0)),
    ("K", "K", None),
    ("K", "K", 0.0),
    ("Fe", "Fe", None),
    ("K2S", "S", 2.0),
    ("K2S", "K2S3", (0.0, 3.0)),
    ("K2O", "K4O2", None),
    ("K2.92Sb0.92W0.08S4", "K2.92Sb0.92W0.08S4", 1.0),
]


@pytest.mark.parametrize(("a", "b", "voltage"), SAME)
def test_trap_07_the_same_composition_twice_is_answered(a, b, voltage):
    """Nothing mixes, so nothing is mutual; where only the ion differs the electrode supplies it."""
    result = kstab.interface(a, b, voltage=voltage, scheme="legacy", temperature="none")
    assert result.verdict == "same_composition"
    assert result.reservoir is None
    for at in {kink.voltage for kink in result.kinks}:
        assert [kink.x_atomic for kink in result.kinks_at(at)] == [0.0, 1.0]
    assert all(kink.mutual_energy_per_atom == 0.0 for kink in result.kinks)
    assert all(" → " in kink.reaction for kink in result.kinks)


def test_trap_07_closed_they_differ_again():
    """K2S and S are one composition only where an electrode supplies the potassium."""
    result = kstab.interface("K2S", "S", scheme="legacy", temperature="none")
    assert result.verdict == "reacts"
    assert len(result.kinks) > 2


@pytest.mark.parametrize(("a", "b"), [("K", "K2S"), ("Li", "Na"), ("K", "KC8"), ("KCl", "K2S")])
def test_trap_07_two_phases_that_do_not_react(a, b):
    result = kstab.interface(a, b, scheme="legacy", temperature="none")
    assert result.verdict == "no_reaction"
    assert {kink.energy_per_atom for kink in result.kinks} == {0.0}


def test_trap_07_one_inside_the_tie_line_of_the_other(build):
    """KS2 lies between S and K2S: one kink where they meet, none where it meets one of them."""
    table = build({"K": 0.0, "S": 0.0, "K2S": -1.2, "KS2": -0.7})
    result = kstab.interface("S", "K2S", phases=table)
    (kink,) = result.kinks[1:-1]
    assert kink.reaction == "3 S + K2S → 2 KS2"
    assert kink.energy_per_atom == pytest.approx((6 * -0.7 - 3 * -1.2) / 6, abs=1e-12)
    inside = kstab.interface("KS2", "K2S", phases=table)
    assert (inside.verdict, len(inside.kinks)) == ("no_reaction", 2)


def test_trap_15_interfaces_in_any_order_of_the_entries(table):
    entries = kstab.entries_from_table(table, ["K", "Cr", "O", "Sb", "S"])
    expected = kstab.interface("KCrO2", "K3SbS4", voltage=(2.0, 3.5), phases=entries)
    order = np.random.default_rng(3).permutation(len(entries)).tolist()
    shuffled = [entries[i] for i in order]
    assert expected == kstab.interface("KCrO2", "K3SbS4", voltage=(2.0, 3.5), phases=shuffled)
