"""Screening: many windows at once are the windows one by one."""

import numpy as np
import pytest

import kstab
from kstab.analyses.window import stability
from kstab.analyses.window.limits import Limits
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import ion
from kstab.engine.equilibrium import Tableau
from kstab.errors import ElementError, FormulaError, RequestError
from kstab.phases.table import PhaseTable

OTHERS = [  # not in the data, doped, molecular anions, no ion, the metal itself, repeated
    "K2.92Sb0.92W0.08S4",
    "K2.9SbS3.9Cl0.1",
    "K1.67Mg0.67Al10.33O17",
    "KB3H8",
    "KB3H8·NH3B3H7",
    "KCN",
    "KSCN",
    "K2Mn[Fe(CN)6]",
    "KNH2",
    "KBH4",
    "Al2O3",
    "K",
    "K3SbS4",
    "K6Sb2S8",
    "K3SbS4",
    "S",
    "Li7La3Zr2O12",
]


@pytest.fixture(scope="module")
def batch(potassium_phases):
    return kstab.windows(potassium_phases, ion="K", scheme="legacy", temperature="none")


def test_all_potassium_phases_are_there(batch, potassium_phases):
    assert len(batch) == len(potassium_phases) == 5919
    assert batch.formulas == tuple(potassium_phases)
    for column in (batch.energies_above_hull, batch.reduction_limits, batch.oxidation_limits):
        assert column.shape == (5919,)
    assert np.isfinite(batch.energies_above_hull).all()


def test_columns_are_the_fields_of_the_results(batch):
    for i, result in enumerate(batch):
        check_columns(batch, i, result)


def check_columns(batch, i, result):
    height = np.nan if result.energy_above_hull is None else result.energy_above_hull
    assert batch.energies_above_hull[i] == pytest.approx(height, abs=1e-14, nan_ok=True)
    assert equal(batch.reduction_limits[i], result.reduction_limit, np.nan)
    never = np.nan if result.window_kind == "none" else np.inf
    assert equal(batch.oxidation_limits[i], result.oxidation_limit, never), result.formula


def equal(column: float, value: float | None, absent: float) -> bool:
    return bool(np.array_equal(column, absent if value is None else value, equal_nan=True))


def test_results_are_those_of_single_windows(batch):
    for i in np.random.default_rng(6).choice(len(batch), 500, replace=False).tolist():
        single = kstab.window(
            batch.formulas[i],
            ion="K",
            scheme="legacy",
            temperature="none",
            near_misses=False,
            compare=False,
        )
        assert batch[i] == single


def test_energies_above_hull_are_those_of_the_table(batch, table):
    """Computed in an open system here, in a closed one when the table was built."""
    rows = [table.find(Formula.parse(formula)) for formula in batch.formulas]
    stored = table.above_hull[rows]
    np.testing.assert_allclose(batch.energies_above_hull, stored, rtol=0, atol=1e-8)


def test_every_phase_on_the_hull_is_called_stable(batch, table):
    rows = [table.find(Formula.parse(formula)) for formula in batch.formulas]
    stable = [result.verdict == "stable" for result in batch]
    np.testing.assert_array_equal(stable, table.above_hull[rows] <= 1e-6)
    assert sum(stable) > 2000


@pytest.mark.parametrize("near_misses", [False, True])
def test_other_compositions(near_misses):
    together = kstab.windows(
        OTHERS, ion=None, scheme="legacy", temperature="none", near_misses=near_misses
    )
    for i, formula in enumerate(OTHERS):
        single = kstab.window(
            formula, scheme="legacy", temperature="none", near_misses=near_misses, compare=False
        )
        assert together[i] == single
        check_columns(together, i, single)


def test_a_broken_molecular_anion_has_no_limits():
    batch = kstab.windows(["KB3H8", "K3SbS4"], scheme="legacy", temperature="none")
    assert batch[0].window_kind == "none"
    assert np.isnan([batch.reduction_limits[0], batch.oxidation_limits[0]]).all()
    assert np.isfinite([batch.reduction_limits[1], batch.oxidation_limits[1]]).all()


def test_own_phases_and_exclusions_go_through(table):
    entries = kstab.entries_from_table(table, ["K", "Sb", "S"])
    names = ["K3SbS4", "KSbS2", "K3SbS3"]
    for arguments in ({"phases": entries}, {"exclude": ["KS3"], "scheme": "legacy"}):
        together = kstab.windows(names, **arguments)
        for i, name in enumerate(names):
            assert together[i] == kstab.window(name, near_misses=False, compare=False, **arguments)


@pytest.mark.parametrize("other", ["K4S2", "K2S"])
def test_the_lowest_polymorph_is_the_phase(other):
    """Whatever its name in the table, and after a change that swaps the order of the two."""
    rows = [("K", 0.0), ("S", 0.0), ("K2S", -1.2), (other, -1.1), ("KS", -0.8)]
    table = PhaseTable.build(
        "made up", [(Formula.parse(f), str(i), e) for i, (f, e) in enumerate(rows)], scheme="none"
    )
    energies = table.energies.copy()
    energies[table.material_ids.index("3")] = -1.3
    changed = table.with_energies(energies, "the other polymorph lowered")
    for phases, lowest in ((table, "2"), (changed, "3")):
        for name in ("K2S", "K4S2"):
            single = kstab.window(name, phases=phases, near_misses=False)
            assert (single.verdict, single.material_id) == ("stable", lowest)
            assert kstab.windows([name], phases=phases)[0] == single


def test_slices_and_ends(batch):
    assert batch[-1] == batch[len(batch) - 1]
    assert batch[5:7] == [batch[5], batch[6]]
    with pytest.raises(IndexError):
        batch[len(batch)]


def test_nothing_asked_nothing_given():
    batch = kstab.windows([], scheme="legacy", temperature="none")
    assert len(batch) == 0
    assert list(batch) == []
    assert batch.oxidation_limits.shape == (0,)


@pytest.mark.parametrize(
    ("bad", "error"), [("KAr", ElementError), ("KNaS", RequestError), ("KXx", FormulaError)]
)
def test_errors_are_those_of_single_windows(bad, error):
    with pytest.raises(error) as together:
        kstab.windows(["K3SbS4", bad], scheme="legacy", temperature="none")
    with pytest.raises(error) as alone:
        kstab.window(bad, scheme="legacy", temperature="none")
    assert str(together.value) == str(alone.value)


def test_a_batch_makes_no_single_tableau(monkeypatch, potassium_phases):
    """All pivots happen in lockstep: that is what makes screening quick."""

    def never(self, *arguments):
        raise AssertionError("a tableau of its own")

    monkeypatch.setattr(Tableau, "__init__", never)
    batch = kstab.windows(potassium_phases[:300], ion="K", scheme="legacy", temperature="none")
    assert len(batch) == 300


@pytest.mark.parametrize("formula", ["Li3PS4", "K3SbS4", "KFeO2", "Li10GeP2S12", "KAl11O17"])
def test_near_misses_are_the_windows_with_each_phase_lowered(table, formula):
    """Recomputed the long way: another table, all phases, one window each."""
    plain = kstab.window(formula, scheme="legacy", temperature="none")
    rows = table.rows_within(Formula.parse(formula).elements)
    heights = table.above_hull[rows]
    near = rows[(heights > 1e-6) & (heights <= 0.025)].tolist()
    found = {miss.formula: miss for miss in plain.near_misses}
    assert set(found) <= {table.formulas[row] for row in near}
    for row in near:
        if table.formulas[row] == formula:
            continue
        energies = table.energies.copy()
        energies[row] -= 0.025
        lowered = kstab.window(formula, phases=table.with_energies(energies, "lowered"))
        moved = [
            abs(after - before)
            for before, after in (
                (plain.reduction_limit, lowered.reduction_limit),
                (plain.oxidation_limit, lowered.oxidation_limit),
            )
            if before is not None and after is not None
        ]
        if lowered.verdict == plain.verdict:
            assert (table.formulas[row] in found) is (max(moved) >= 0.01)
        if table.formulas[row] in found and found[table.formulas[row]].keeps_window:
            miss = found[table.formulas[row]]
            assert miss.reduction_limit == pytest.approx(lowered.reduction_limit, abs=1e-9)
            assert miss.oxidation_limit == pytest.approx(lowered.oxidation_limit, abs=1e-9)


def test_limits_alone_are_those_of_the_window(random_systems, table):
    formulas = [f for n in (2, 3, 4, 5) for f in random_systems(n, 40, 77)] + [
        "KB3H8", "K2.9SbS3.9Cl0.1", "K", "KSCN", "K2Mn[Fe(CN)6]", "Al2O3",
    ]  # fmt: skip
    for formula in formulas:
        window = kstab.window(
            formula, ion="K", scheme="legacy", temperature="none", near_misses=False
        )
        limits = stability.limits(Formula.parse(formula), ion("K"), table)
        assert limits == Limits.part_of(window), formula
