"""Phases from pymatgen entries, and what is refused there."""

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import PDEntry
from pymatgen.core import Composition
from pymatgen.entries.computed_entries import ComputedEntry, ConstantEnergyAdjustment

import kstab
from kstab.chemistry.composition import Formula
from kstab.errors import ElementError, FormulaError, PhaseError, RequestError
from kstab.sources.entries import table_from_entries

ENERGIES = {"K": -1.0, "S8": -32.0, "K2S": -9.6}  # eV per formula unit; K2S: -1.2 eV/atom


def entries(**more: float) -> list[ComputedEntry]:
    return [ComputedEntry(formula, energy) for formula, energy in (ENERGIES | more).items()]


def test_formation_energies_are_counted_from_the_elements():
    table = table_from_entries(entries())
    assert list(table.formulas) == ["K", "K2S", "S"]
    assert table.energies.tolist() == pytest.approx([0.0, -1.2, 0.0], abs=1e-12)


def test_the_lowest_entry_of_an_element_is_its_reference():
    table = table_from_entries([*entries(), ComputedEntry("K2", -1.5), ComputedEntry("S", -3.0)])
    assert table.energies[table.find(Formula.parse("K2S"))] == pytest.approx(-1.2, abs=1e-12)
    assert sorted(table.energies[table.polymorphs(Formula.parse("K"))]) == pytest.approx([0, 0.25])


def test_energy_adjustments_count():
    adjusted = ComputedEntry("K2S", -9.3, energy_adjustments=[ConstantEnergyAdjustment(-0.3)])
    table = table_from_entries([*entries()[:2], adjusted])
    assert table.phase(1).formation_energy == pytest.approx(-1.2, abs=1e-12)


def test_other_kinds_of_entry_are_taken():
    made = [PDEntry(Composition(formula), energy) for formula, energy in ENERGIES.items()]
    assert kstab.window("K2S", phases=made, temperature="none").verdict == "stable"


def test_cells_of_any_size_are_reduced():
    table = table_from_entries([*entries()[:2], ComputedEntry("K16S8", 8 * -9.6)])
    assert list(table.formulas) == ["K", "K2S", "S"]


def test_a_generator_of_entries_is_taken():
    assert kstab.window("K2S", phases=iter(entries()), temperature="none").verdict == "stable"


def test_results_name_where_the_energies_come_from():
    provenance = kstab.window("K2S", phases=entries(), temperature="none").provenance
    assert (provenance.dataset, provenance.scheme) == ("own entries", "as-given")
    assert provenance.dataset_sha256 == ""


def test_own_entries_batch_is_own_entries_single():
    made = entries(KS=-6.1, K2S3=-18.2)
    for name, result in zip(
        ("K2S", "KS", "K2S3"),
        kstab.windows(["K2S", "KS", "K2S3"], phases=made, temperature="none"),
        strict=True,
    ):
        assert result == kstab.window(name, phases=made, temperature="none", near_misses=False)


def test_missing_elements_are_named():
    with pytest.raises(ElementError) as caught:
        kstab.window("K2S", phases=[ComputedEntry("K2S", -9.6), ComputedEntry("K", -1)])
    assert caught.value.symbols == ("S",)


@pytest.mark.parametrize("energy", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_energies_that_are_none_are_refused(energy):
    with pytest.raises(RequestError, match="energy"):
        table_from_entries([*entries(), ComputedEntry("KS", energy)])


def test_no_entries_are_refused():
    with pytest.raises(RequestError, match="no entries"):
        kstab.window("K2S", phases=[])


@pytest.mark.parametrize("what", [3, "K2S", None, {"K": 1}])
def test_what_is_no_entry_is_refused(what):
    with pytest.raises(FormulaError, match="no entry"):
        table_from_entries([what])


def test_a_scheme_and_own_phases_exclude_each_other():
    with pytest.raises(RequestError, match="legacy"):
        kstab.window("K2S", phases=entries(), scheme="legacy")


@pytest.mark.parametrize("phase", ["KS3", "S8O", "K4Fe2O5"])
def test_exclusions(phase):
    table = kstab.phase_table(exclude=[phase])
    assert table.changes == (f"without {phase}",)
    assert table.find(Formula.parse(phase)) is None
    assert table.above_hull is None
    listed = kstab.system(Formula.parse(phase).elements, phases=table, threshold=9).phases
    assert phase not in {p.formula for p in listed}


def test_an_exclusion_changes_the_window():
    result = kstab.window("K3SbS4", scheme="legacy", temperature="none", exclude=["KS3"])
    assert result.oxidation_limit > 2.067
    assert result.provenance.changes == ("without KS3",)
    assert "KS3" not in {p.formula for step in result.steps for p in step.products}


def test_excluding_the_phase_itself_leaves_its_mixture():
    result = kstab.window("K3SbS4", scheme="legacy", temperature="none", exclude=["K3SbS4"])
    assert (result.verdict, result.energy_above_hull) == ("not_in_data", None)


def test_an_exclusion_that_is_not_there_is_refused():
    with pytest.raises(PhaseError, match="K7SbS9"):
        kstab.window("K3SbS4", exclude=["K7SbS9"])


def test_changed_energies_are_named_and_use_all_phases(table):
    raised = table.energies.copy()
    raised[table.find(Formula.parse("KS3"))] += 0.5
    changed = table.with_energies(raised, "KS3 raised by 0.5 eV/atom")
    result = kstab.window("K3SbS4", phases=changed)
    assert result.provenance.changes == ("KS3 raised by 0.5 eV/atom",)
    without = kstab.window("K3SbS4", exclude=["KS3"], scheme="legacy", temperature="none")
    assert result.oxidation_limit == pytest.approx(without.oxidation_limit, abs=1e-9)
    assert np.array_equal(
        table.energies, kstab.phase_table(scheme="legacy", temperature="none").energies
    )


@pytest.mark.parametrize("elements", [["K", "Sb", "S"], ("Li", "O"), ["Fe"]])
def test_entries_keep_energies_and_ids(table, elements):
    made = kstab.entries_from_table(table, elements)
    rows = table.rows_within(elements).tolist()
    assert len(made) == len(rows)
    for entry, row in zip(made, rows, strict=True):
        assert entry.energy_per_atom == pytest.approx(table.energies[row], abs=1e-12)
        assert (entry.entry_id or "") == table.material_ids[row]
        assert Formula.of(entry.composition).key == Formula.parse(table.formulas[row]).key
