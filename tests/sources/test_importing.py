"""Own phases: read from tables, entries and runs, stored, listed, used and removed."""

import csv
import gzip
import json
import multiprocessing
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from monty.serialization import dumpfn
from pymatgen.analysis.phase_diagram import PhaseDiagram
from pymatgen.core import Lattice, Structure
from pymatgen.entries.compatibility import MaterialsProject2020Compatibility
from pymatgen.entries.computed_entries import (
    ComputedEntry,
    ComputedStructureEntry,
    ConstantEnergyAdjustment,
    ManualEnergyAdjustment,
)

import kstab
import storing
from command import run
from kstab.errors import DataError, RequestError
from kstab.offers import SourceRequest
from kstab.phases.scheme import MP2020
from kstab.sources import own, place
from kstab.sources.importing.reading import read_file, read_files
from kstab.sources.importing.records import References
from kstab.sources.store import Store
from kstab.sources.stored import table_of
from vasp_run import K2S, POTCARS, vasprun

EV = 96.48533212  # kJ/mol in 1 eV


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """A store of its own, which does not exist yet."""
    monkeypatch.setenv("KSTAB_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path):
    def make(text: str, name: str = "mine.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return make


def one(path, **options):
    """The single phase of a file."""
    (phase,) = read_file(path, **options).phases
    return phase


def reasons(path, **options) -> list[str]:
    return [str(each) for each in read_files([path], "mine", **options).rejected]


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("header", "value", "per_atom"),
    [
        ("formation_energy (eV/atom)", "-1.2", -1.2),
        ("formation_energy_per_atom_eV", "-1.2", -1.2),
        ("formation_energy_eV_per_atom", "-1.2", -1.2),
        ("Formation energy [eV / atom]", "-1.2", -1.2),
        ("formation energy (meV/atom)", "-1200", -1.2),
        ("formation_energy (eV/formula unit)", "-3.6", -1.2),  # three atoms in K2S
        ("formation_energy (eV/f.u.)", "-3.6", -1.2),
        ("formation enthalpy (kJ/mol)", str(-3.6 * EV), -1.2),
        ("formation_enthalpy (kJ/mol of atoms)", str(-1.2 * EV), -1.2),
        ("formation_energy (eV/atom)", "−1.2", -1.2),  # the minus of a paper
    ],
)
def test_units_are_those_of_the_header(write, header, value, per_atom):
    phase = one(write(f"formula,{header}\nK2S,{value}\n"))
    assert phase.energy == pytest.approx(per_atom, abs=1e-9)
    assert phase.formula == "K2S"


def test_energies_of_a_formula_unit_are_of_the_formula_as_written(write):
    phase = one(write("formula,formation_energy (eV/f.u.)\nK4S2,-7.2\n"))
    assert (phase.formula, phase.energy) == ("K2S", pytest.approx(-1.2))
    assert phase.audit == ("formation energy read as -7.2 eV/formula unit as written",)


def test_columns_in_any_order_with_id_volume_and_gap(write):
    path = write(
        "# from Table 2\nband_gap_eV;note;volume (Å³/formula unit);id;formation_energy_per_atom_eV;"
        "formula\n2.1;seen;96.6;a-1;-1.2;K2S\n;;;;-0.9;K2S3\n"
    )
    first, second = read_file(path).phases
    assert (first.identifier, first.energy, first.formula) == ("a-1", -1.2, "K2S")
    assert first.extras == {"volume": pytest.approx(32.2), "band_gap": 2.1}
    assert (second.formula, second.extras) == ("K2S3", {})
    assert first.origin == "mine.csv, line 3"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("formula,formation_energy", "states no unit"),
        ("formula,formation_energy_per_atom", "unit of 'formation_energy_per_atom'"),
        ("formula,formation_energy (eV)", "unit of"),
        ("formula,energy (eV/atom)", "does not say whether"),
        ("formula,E", "no column of energies"),
        ("name,formation_energy (eV/atom)", "no column 'formula'"),
        ("formula,formation_energy (eV/atom),total_energy (eV/atom)", "several columns"),
        ("formula,composition,formation_energy (eV/atom)", "several columns"),
        ("formula,id,material_id,formation_energy (eV/atom)", "several columns"),
    ],
)
def test_ambiguous_headers_are_refused_with_a_list_of_what_is_taken(write, header, reason):
    with pytest.raises(DataError, match=reason) as caught:
        read_file(write(f"{header}\n"))
    assert "formation_energy_per_atom_eV" in caught.value.advice


@pytest.mark.parametrize(
    "other",
    [
        "energy_above_hull (eV/atom)", "Energy above convex hull (meV/atom)", "energy_type",
        "decomposition_energy (eV/atom)", "formation_energy_uncertainty (eV/atom)",
    ],
)  # fmt: skip
def test_what_only_begins_as_an_energy_is_ignored(write, other):
    path = write(f"formula,{other},formation_energy (eV/atom)\nK2S,0.1,-1.2\n")
    assert one(path).energy == -1.2
    with pytest.raises(DataError, match="no column of energies"):
        read_file(write(f"formula,{other}\nK2S,0.1\n"))


def test_a_header_that_says_just_energy_needs_the_option(write):
    path = write("formula,energy (eV/atom)\nK,-1\nS,-4\nK2S,-3.2\n")
    assert read_file(path, energies="total").dataset.energies == "total"
    assert read_file(write("formula,energy (eV/atom)\nK2S,-1\n"), energies="formation").phases


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("K2Sx,-1", "'Sx'"),
        (",-1", "empty"),
        ("K2S,", "the energy is missing"),
        ("K2S,abc", "'abc' is not a number"),
        ("K2S,nan", "not a number"),
        ("K2S,1_0", "not a number"),
        ("K2S,-1.2(1)", "not a number"),
        ('K2S,"-1,2"', "decimal point"),
        ("K2S,-31.2", "cannot be: check the unit"),
        ("K2S,-1e400", "cannot be"),
        ("K,-0.5", "element"),
        ("K2S,-1,7", "3 cells"),
        ("K2S", "1 cells"),
    ],
)
def test_a_wrong_row_is_set_aside_with_its_line(write, row, reason):
    path = write(f"formula,formation_energy (eV/atom)\nK2S3,-0.9\n{row}\nKS,-0.8\n")
    found = read_files([path], "mine")
    assert [phase.formula for phase in found.phases] == ["K2S3", "KS"]
    (rejected,) = found.rejected
    assert str(rejected).startswith("mine.csv, line 3: ")
    assert reason in rejected.reason


def test_lines_are_counted_as_an_editor_counts_them(write):
    path = write('# a\n\nformula,note,formation_energy (eV/atom)\nK2S,"two\nlines",-1\nX,,-1\n')
    assert reasons(path)[0].startswith("mine.csv, line 6: X: ")


def test_text_that_is_no_utf8_and_empty_files_are_refused(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes("formula,formation_energy (eV/atom)\nK2S,-1,\xe9".encode("latin-1"))
    with pytest.raises(DataError, match="UTF-8"):
        read_file(path)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="empty"):
        read_file(path)


def test_an_excel_table_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("formula\tformation_energy (eV/atom)\r\nK2S\t-1.2\r\n", encoding="utf-8-sig")
    assert one(path).energy == -1.2


def test_polymorphs_live_side_by_side_and_repeated_rows_once(write):
    path = write("formula,formation_energy (eV/atom)\nK2S,-1.2\nK4S2,-1.2\nK2S,-1.1\n")
    found = read_files([path], "mine")
    assert [phase.energy for phase in found.phases] == [-1.2, -1.1]
    assert len({phase.identifier for phase in found.phases}) == 2
    assert found.repeated == 1


def test_an_identifier_that_names_two_phases_is_refused(write):
    path = write("id,formula,formation_energy (eV/atom)\na,K2S,-1.2\na,K2S,-1.1\n")
    assert reasons(path) == ["mine.csv, line 3: K2S: its identifier a is that of mine.csv, line 2"]


# ---------------------------------------------------------------- entries


def made(formula, energy, *, run_type="GGA", hubbards=None, potcars=None, **options):
    symbols = potcars or [f"PBE {POTCARS[str(e)].split()[1]}" for e in
                          ComputedEntry(formula, 0).composition]  # fmt: skip
    parameters = {"run_type": run_type, "hubbards": hubbards or {}, "potcar_symbols": symbols}
    return ComputedEntry(formula, energy, parameters=parameters, **options)


ENTRIES = {
    "K": -1.1, "S": -4.0, "O2": -9.8, "K2S": -10.5, "KS": -6.6, "K2O": -9.0, "K2SO4": -38.0,
    "K2S2O7": -55.0, "KO2": -14.0,
}  # fmt: skip


@pytest.fixture
def dumped(tmp_path):
    def dump(entries, name="entries.json") -> Path:
        dumpfn(entries, str(tmp_path / name))
        return tmp_path / name

    return dump


@pytest.mark.filterwarnings("ignore")
def test_formation_energies_and_hull_are_those_of_pymatgen(dumped):
    entries = [made(f, e, entry_id=f"mp-{i}") for i, (f, e) in enumerate(ENTRIES.items())]
    found = read_file(dumped(entries, "entries.json.gz"))
    table = table_of(found.dataset, found.phases)
    corrected = MaterialsProject2020Compatibility().process_entries(entries, inplace=False)
    diagram = PhaseDiagram(corrected)
    above = {
        phase.material_id: phase.energy_above_hull
        for phase in kstab.system("K-S-O", phases=table, threshold=9).phases
    }
    assert table.scheme == MP2020
    assert len(above) == len(corrected) == len(ENTRIES)
    for entry in corrected:
        row = table.material_ids.index(entry.entry_id)
        assert table.energies[row] == pytest.approx(
            diagram.get_form_energy_per_atom(entry), abs=1e-9
        )
        assert above[entry.entry_id] == pytest.approx(diagram.get_e_above_hull(entry), abs=1e-9)


def test_the_audit_says_what_was_added_and_why(dumped):
    entries = [made(f, e) for f, e in ENTRIES.items()]
    phases = {phase.formula: phase for phase in read_file(dumped(entries)).phases}
    # Wang et al. 2021: -0.503 eV for each S of a sulfide, -0.161 for each O of a superoxide.
    assert phases["K2S"].correction == pytest.approx(-0.503 / 3)
    assert phases["K2S"].energy == pytest.approx((-10.5 - 0.503) / 3)
    assert phases["K2S"].audit == (
        "MP2020 anion correction (S): -0.1677 eV/atom",
        "no structure or sulfide_type says what its sulfur is: guessed to be sulfide",
    )
    assert not any("sulfur" in line for line in phases["S"].audit)
    assert phases["KO2"].correction == pytest.approx(-0.161 * 2 / 3)
    assert phases["K"].audit == ("MP2020 adds nothing",)
    assert any("peroxide/superoxide corrections are not as reliable" in line
               for line in phases["K2O"].audit)  # fmt: skip


def test_corrections_that_are_carried_are_replaced_or_kept(dumped):
    carried = made("K2S", -10.5, energy_adjustments=[ConstantEnergyAdjustment(-0.6, name="mine")])
    path = dumped([made("K", -1.1), made("S", -4.0), carried])
    replaced = {phase.formula: phase for phase in read_file(path).phases}["K2S"]
    assert replaced.energy == pytest.approx((-10.5 - 0.503) / 3)
    assert "carried -0.2000 eV/atom (mine), replaced" in replaced.audit
    for scheme in ("as-given", "legacy"):
        found = read_file(path, scheme=scheme)
        kept = {phase.formula: phase for phase in found.phases}["K2S"]
        assert found.dataset.scheme == scheme
        assert kept.energy == pytest.approx((-10.5 - 0.6) / 3)
        assert "carried -0.2000 eV/atom (mine), kept" in kept.audit


def test_corrections_of_mp2020_are_kept_where_the_run_is_not_stated(dumped):
    adjusted = ComputedEntry(
        "K2S", -10.5,
        energy_adjustments=[ConstantEnergyAdjustment(-0.503, name="MP2020 anion correction (S)")],
    )  # fmt: skip
    path = dumped([made("K", -1.1), made("S", -4.0), adjusted, ComputedEntry("KS", -6.6)])
    found = read_files([path], "mine")
    assert found.phases[-1].energy == pytest.approx((-10.5 - 0.503) / 3)
    assert "does not say how it was run" in found.rejected[0].reason


def test_corrections_of_mp2020_are_kept_where_no_structure_tells_the_kind_of_oxygen(dumped):
    # Strontium superoxide as the Materials Project serves it: -0.161 eV for each O.
    served = ConstantEnergyAdjustment(-0.161 * 4, name="MP2020 anion correction (superoxide)")
    elements = [made("Sr", -1.7, potcars=["PBE Sr_sv"]), made("O2", -9.8)]
    potcars = ["PBE Sr_sv", "PBE O"]
    carried = made("SrO4", -27.0, potcars=potcars, energy_adjustments=[served])
    others = made("SrO2", -17.0, potcars=potcars, energy_adjustments=[
        ConstantEnergyAdjustment(-0.3, name="mine")])  # fmt: skip
    *_, kept, anew = read_file(dumped([*elements, carried, others])).phases
    assert kept.correction == pytest.approx(-0.1288)
    assert kept.energy == pytest.approx((-27.0 - 0.644) / 5)
    assert kept.audit == (
        "carried -0.1288 eV/atom (MP2020 anion correction (superoxide)), kept: no structure says "
        "how to correct it anew",
    )
    assert anew.correction == pytest.approx(-0.465 * 2 / 3)  # SrO2 is known as a peroxide
    foreign = made("SrO4", -27.0, potcars=["PAW Sr_sv", "PAW O"], energy_adjustments=[served])
    assert "not of PBE" in reasons(dumped([*elements, foreign]))[0]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (made("K2S", -10.5, run_type="R2SCAN"), "run type R2SCAN"),
        (made("K2S", -10.5, potcars=["PBE K_pv", "PBE S"]), "POTCAR"),
        (made("K2S", -10.5, potcars=["PAW K_sv", "PAW S"]), "not of PBE: PAW K_sv, PAW S"),
        (made("Fe2O3", -40.0), "U value of 0.0 on Fe, expected 5.3"),
        (made("Fe2O3", -40.0, run_type="GGA+U", hubbards={"Fe": 4.0}), "U value of 4.0 on Fe"),
        (made("K2Sb", -7.0), "no energy of the element Sb"),
        (made("K2S", -310.5), "not calculated in the same way"),
        (ComputedEntry("K2S", float("nan")), "no number"),
    ],
)
def test_what_cannot_be_compared_is_set_aside_with_the_reason(dumped, entry, reason):
    elements = [made("K", -1.1), made("S", -4.0), made("Fe", -8.0), made("O2", -9.8)]
    (rejected,) = read_files([dumped([*elements, entry])], "mine").rejected
    assert rejected.origin.place == "entry 5"
    assert reason in rejected.reason


def test_pbe_named_in_the_run_is_pbe_by_the_potcars(dumped):
    path = dumped([made("K", -1.1), made("S", -4.0), made("K2S", -10.5, run_type="PBE")])
    assert "PBE with PBE POTCARs taken as GGA" in read_file(path).phases[2].audit


def test_as_given_keeps_one_functional_and_no_bare_u(dumped):
    entries = [made("K", -1.1), made("S", -4.0), made("O2", -9.8), made("Fe", -8.0)]
    entries += [made("K2S", -10.5, run_type="R2SCAN")]
    entries += [made("Fe2O3", -40.0, run_type="GGA+U", hubbards={"Fe": 5.3})]
    first, second = reasons(dumped(entries), scheme="as-given")
    assert "computed with R2SCAN and the others with GGA" in first
    assert "U on Fe and carries no correction" in second


@pytest.mark.parametrize("scheme", ["as-given", "mine"])
def test_no_scheme_mixes_functionals(dumped, scheme):
    entries = [made("K", -1.1), made("S", -4.0), made("K2S", -10.5, run_type="R2SCAN")]
    (reason,) = reasons(dumped(entries), scheme=scheme)
    assert "computed with R2SCAN and the others with GGA" in reason


def test_a_later_import_keeps_the_functional(dumped):
    elements = [made("K", -1.1, run_type="R2SCAN"), made("S", -4.0, run_type="R2SCAN")]
    call = ("--name", "mine", "--scheme", "as-given")
    assert run("data", "import", str(dumped(elements)), *call).returncode == 0
    done = run("data", "import", str(dumped([made("K2S", -10.5)], "more.json")), *call)
    assert (done.returncode, "with GGA and the others with R2SCAN" in done.stderr) == (4, True)


def test_a_missing_element_rejects_the_rows_that_need_it(write):
    path = write("formula,total_energy (eV/atom)\nK,-1\nS,-4\nK2S,-3.2\nKSb,-3\nKCl,-3\n")
    assert [line.partition(";")[0] for line in reasons(path)] == [
        "mine.csv, line 5: KSb: this data set has no energy of the element Sb, which its own would "
        "be counted from",
        "mine.csv, line 6: KCl: this data set has no energy of the element Cl, which its own would "
        "be counted from",
    ]


def test_total_energies_counted_from_given_elements_are_formation_energies(write):
    path = write("formula,total_energy (eV/atom)\nK2S,-3.2\nKSb,-3\n")
    given = References("others 1", "as-given", {"K": -1.0, "S": -4.0})
    found = read_files([path], "mine", references=given)
    (phase,) = found.phases
    # -3.2 + 2/3 x 1.0 + 1/3 x 4.0
    assert (found.dataset.energies, phase.energy) == ("formation", pytest.approx(-1.2))
    assert phase.audit[-1] == "counted from elements of others 1, S -4.0000, K -1.0000 eV/atom"
    assert "others 1 has no energy of the element Sb" in found.rejected[0].reason
    with pytest.raises(RequestError, match="two schemes"):
        read_files([path], "mine", references=replace(given, scheme="mp2020"))


def test_structures_tell_the_kind_of_oxygen_and_the_volume(dumped):
    # Two oxygen atoms 1.49 Å apart are a peroxide: -0.465 eV each in MP2020.
    species, edge = ["Na", "Na", "O", "O"], 6.0
    places = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5 - 0.745 / edge], [0.5, 0, 0.5 + 0.745 / edge]]
    structure = Structure(Lattice.cubic(edge), species, places)
    parameters = {"run_type": "GGA", "potcar_symbols": ["PBE Na_pv", "PBE O"], "hubbards": {}}
    peroxide = ComputedStructureEntry(structure, -18.0, parameters=parameters)
    sodium = made("Na", -1.3, potcars=["PBE Na_pv"])
    phase = read_file(dumped([sodium, made("O2", -9.8), peroxide])).phases[2]
    assert phase.correction == pytest.approx(-0.465 / 2)
    assert phase.extras["volume"] == pytest.approx(54.0)


@pytest.mark.filterwarnings("ignore")
def test_pymatgens_own_round_trip_is_read(dumped):
    """Corrections as pymatgen writes them, computed by itself, sum to what it says."""
    entries = [made(f, e) for f, e in ENTRIES.items()]
    corrected = MaterialsProject2020Compatibility().process_entries(entries, inplace=False)
    found = read_file(dumped(corrected), scheme="as-given").phases
    for entry, phase in zip(corrected, found, strict=True):
        assert phase.energy == pytest.approx(entry.energy_per_atom, abs=1e-12)
    manual = ComputedEntry("K2S", -10.5, energy_adjustments=[ManualEnergyAdjustment(-0.3)])
    path = dumped([*corrected[:2], manual], "two.json")
    assert read_file(path, scheme="as-given").phases[2].correction == pytest.approx(-0.1)


@pytest.mark.parametrize("text", ["{", "3", '"K2S"', "[]", '[{"a": 1}]', "[" * 100_000])
def test_json_that_holds_no_entries_is_refused(write, text):
    with pytest.raises(DataError, match=r"JSON|list|entries"):
        read_file(write(text, "entries.json"))


# ---------------------------------------------------------------- runs

ELEMENTS = {"K": -1.1, "S": -4.0}


@pytest.fixture
def runs(tmp_path):
    """A folder of runs of K, S and K2S; what is given is the run of K2S."""

    def make(**options) -> Path:
        folder = tmp_path / "runs"
        for symbol, energy in ELEMENTS.items():
            (folder / symbol).mkdir(parents=True, exist_ok=True)
            text = vasprun([(symbol, (0.0, 0.0, 0.0))], energy, edge=3.5)
            (folder / symbol / "vasprun.xml").write_text(text)
        (folder / "deep" / "K2S").mkdir(parents=True, exist_ok=True)
        text = vasprun(K2S, -10.5, **options)
        with gzip.open(folder / "deep" / "K2S" / "vasprun.xml.gz", "wt") as stream:
            stream.write(text)
        (folder / "deep" / "incar.json").write_text("{}")
        return folder

    return make


def test_a_folder_of_runs_is_read_through_pymatgen(runs):
    found = read_file(runs())
    phases = {phase.formula: phase for phase in found.phases}
    assert (len(phases), found.rejected, found.dataset.scheme) == (3, (), "mp2020")
    assert phases["K2S"].energy == pytest.approx((-10.5 - 0.503) / 3)
    assert phases["K2S"].extras == {"volume": pytest.approx(72.0), "band_gap": pytest.approx(2.0)}
    assert phases["K2S"].origin == "runs/deep/K2S/vasprun.xml.gz"
    assert "POTCARs PAW_PBE K_sv 06Sep2000, PAW_PBE S 17Jan2003" in phases["K2S"].audit
    table = table_of(found.dataset, found.phases)
    # -11.003 + 2 x 1.1 + 4.0 = -4.803 eV for three atoms
    assert table.energies[list(table.formulas).index("K2S")] == pytest.approx(-4.803 / 3)


def test_a_single_run_needs_its_elements(runs):
    folder = runs()
    with pytest.raises(DataError, match="no energy of the element S, K"):
        read_file(folder / "deep" / "K2S" / "vasprun.xml.gz")
    path = folder / "deep" / "K2S" / "vasprun.xml.gz"
    phase = one(path, references=References("mp", "mp2020", ELEMENTS))
    assert phase.energy == pytest.approx(-4.803 / 3)  # as in the folder with its elements


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"electronic_steps": 60}, "electrons did not converge"),
        ({"nsw": 1 + 1, "ionic_steps": 2}, "relaxation did not converge"),
        ({"metagga": "R2SCAN"}, "run type R2SCAN"),
        ({"potcars": POTCARS | {"K": "PAW_PBE K_pv 17Jan2003"}}, "POTCAR"),
        ({"potcars": POTCARS | {"K": "PAW K_sv 17Jan2003"}}, "not of PBE"),
        ({"ionic_steps": 0}, "is the run complete?"),
        ({"gga": "PS"}, "run type PBEsol"),
    ],
)
def test_runs_that_cannot_be_compared_are_set_aside(runs, options, reason):
    (rejected,) = read_files([runs(**options)], "mine").rejected
    assert rejected.origin.file == "runs/deep/K2S/vasprun.xml.gz"
    assert reason in rejected.reason


def test_a_run_that_was_cut_off_is_set_aside(runs):
    folder = runs()
    path = folder / "K" / "vasprun.xml"
    path.write_text(path.read_text()[:2500])
    found = read_files([folder], "mine")
    assert "is the run complete?" in found.rejected[0].reason
    assert [phase.formula for phase in found.phases] == ["S"]  # K2S lacks its metal now


def test_a_low_cutoff_is_said(runs):
    phase = {p.formula: p for p in read_file(runs(cutoff=400.0)).phases}["K2S"]
    assert "cutoff 400 eV, where the Materials Project has 520 eV" in phase.audit


def test_u_is_read_and_corrected(runs, tmp_path):
    folder = runs()
    for name, energy, sites in (("O2", -9.8, [("O", (0, 0, 0)), ("O", (0, 0, 0.2))]),
                                ("Fe", -8.4, [("Fe", (0, 0, 0))])):  # fmt: skip
        (folder / name).mkdir()
        (folder / name / "vasprun.xml").write_text(vasprun(sites, energy))
    (folder / "FeO").mkdir()
    iron_oxide = [("Fe", (0.0, 0.0, 0.0)), ("O", (0.5, 0.5, 0.5))]
    text = vasprun(iron_oxide, -13.5, edge=4.3, hubbards={"Fe": 5.3})
    (folder / "FeO" / "vasprun.xml").write_text(text)
    phase = {p.formula: p for p in read_file(folder).phases}["FeO"]
    # Wang et al. 2021: -0.687 eV an oxide ion, -2.256 eV an iron with U
    assert phase.correction == pytest.approx((-0.687 - 2.256) / 2)


def test_a_folder_without_runs_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no vasprun\.xml"):
        read_file(tmp_path)


# ---------------------------------------------------------------- kinds and schemes


def test_formation_and_total_energies_are_kept_apart(write):
    a = write("formula,formation_energy (eV/atom)\nK2S,-1\n", "a.csv")
    b = write("formula,total_energy (eV/atom)\nK,-1\n", "b.csv")
    with pytest.raises(RequestError, match="one data set"):
        read_files([a, b], "mine")


def test_total_energies_of_a_table_cannot_join_corrected_runs(write, dumped):
    path = write("formula,total_energy (eV/atom)\nK,-1.1\nS,-4.0\n")
    entries = dumped([made("K2S", -10.5)])
    with pytest.raises(RequestError, match="cannot be corrected"):
        read_files([path, entries], "mine")
    assert read_files([path, entries], "mine", scheme="mp2020").rejected == ()


def test_the_default_scheme_of_kstab_is_no_scheme_of_total_energies(write):
    with pytest.raises(RequestError, match="kstab"):
        read_file(write("formula,total_energy (eV/atom)\nK,-1.1\n"), scheme="kstab")


# ---------------------------------------------------------------- the store

TABLE = "formula,formation_energy (eV/atom)\nK2S,-1.2\nK2S,-1.1\nKS,-0.9\n"


def test_import_list_use_export_remove(write, tmp_path):
    done = run("data", "import", str(write(TABLE)), "--name", "mine", "--scheme", "legacy")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "mine: 3 new (formation energies, scheme legacy)\n"
    listed = json.loads(run("data", "list", "--format", "json").stdout)["sources"]
    assert [(s["name"], s["kind"], s["phases"]) for s in listed] == [
        ("mp-2019", "embedded", 95591), ("experimental", "measured", 583), ("mine", "imported", 3),
        ("mp", "fetched", None), ("mp-gnome", "fetched", None),
    ]  # fmt: skip
    assert "mine" in run("data", "list").stdout
    window = json.loads(run("window", "K2S", "--source", "mine", "--format", "json").stdout)
    assert window["provenance"]["dataset"] == "mine"
    assert window["scheme"] == "legacy"
    info = run("data", "info", "mine", "--audit").stdout
    assert "2 compositions in 1 chemical system, 1 with polymorphs" in info
    assert "from mine.csv, line 2" in info
    copy = tmp_path / "copy.csv"
    assert run("data", "export", "mine", str(copy)).returncode == 0
    again = run("data", "import", str(copy), "--name", "mine", "--scheme", "legacy")
    assert "3 unchanged" in again.stdout
    assert "mine: 3 phases, sha256" in run("data", "verify", "mine").stdout
    assert "mine" not in run("data", "verify", "mp-2019").stdout
    assert run("data", "remove", "mine").stdout == "Removed mine: 3 phases.\n"
    assert "mine" not in run("data", "list").stdout
    gone = run("data", "remove", "mine")
    assert (gone.returncode, "no data set 'mine'" in gone.stderr) == (2, True)


def test_the_same_file_again_changes_nothing(write, home):
    path = str(write(TABLE))
    run("data", "import", path, "--name", "mine")
    before = Store().datasets("mine"), Store().phases(Store().datasets("mine")[0])
    again = run("data", "import", path, "--name", "mine")
    assert again.returncode == 0
    assert "mine: 3 unchanged" in again.stdout
    assert "Nothing changed" in again.stdout
    assert (Store().datasets("mine"), Store().phases(before[0][0])) == before


def test_an_identifier_again_replaces_its_phase(write):
    head = "id,formula,formation_energy (eV/atom)\n"
    run("data", "import", str(write(f"{head}a,K2S,-1.2\nb,KS,-0.9\n")), "--name", "mine")
    version = Store().datasets("mine")[0].version
    done = run("data", "import", str(write(f"{head}a,K2S,-1.3\nb,KS,-0.9\n")), "--name", "mine")
    assert "1 replaced, 1 unchanged" in done.stdout
    dataset = Store().datasets("mine")[0]
    assert [phase.energy for phase in Store().phases(dataset)] == [-1.3, -0.9]
    assert dataset.version != version


def test_an_identifier_of_another_composition_takes_nothing_away(write):
    head = "id,formula,total_energy (eV/atom)\n"
    one = write(f"{head}a,K,-1\nb,S,-4\nc,K2S,-3.2\n", "one.csv")
    run("data", "import", str(one), "--name", "mine")
    two = write(f"{head}a,KS,-3.4\n", "two.csv")
    done = run("data", "import", str(two), "--name", "mine")
    assert done.returncode == 4
    assert "two.csv, line 2: KS: its identifier a is that of K, from one.csv, line 2" in done.stderr
    (source,) = own.sources()
    table = source.load(SourceRequest(None, ("K", "S"), 298.15))
    assert sorted(table.material_ids) == ["a", "b", "c"]


def test_an_element_that_is_replaced_is_no_longer_counted_from(write):
    head = "id,formula,total_energy (eV/atom)\n"
    wrong = write(f"{head}a,K,-100\nb,S,-4\n", "one.csv")
    run("data", "import", str(wrong), "--name", "mine")
    right = write(f"{head}a,K,-1\nc,K2S,-3.2\n", "two.csv")
    done = run("data", "import", str(right), "--name", "mine")
    assert done.stdout.startswith("mine: 1 new, 1 replaced (")  # K2S at -1.2 eV/atom, not +65


def test_elements_that_are_stored_already_count(write):
    head = "formula,total_energy (eV/atom)\n"
    run("data", "import", str(write(f"{head}K,-1\nS,-4\n")), "--name", "mine")
    done = run("data", "import", str(write(f"{head}K2S,-3.2\n", "more.csv")), "--name", "mine")
    assert (done.returncode, done.stdout[:11]) == (0, "mine: 1 new")
    dataset = own.of_name("mine")
    assert dataset.about["files"] == "mine.csv, more.csv"
    (source,) = own.sources()
    table = source.load(SourceRequest(None, ("K", "S"), 298.15))
    assert table.phase(1).formation_energy == pytest.approx(-1.2)


def test_elements_of_a_stored_data_set_can_be_the_reference(write):
    head = "formula,total_energy (eV/atom)\n"
    run("data", "import", str(write(f"{head}K,-1\nS,-4\n")), "--name", "elements")
    path = str(write(f"{head}K2S,-3.2\n"))
    done = run("data", "import", path, "--name", "mine", "--references", "elements")
    assert done.stdout.startswith("mine: 1 new (formation energies, scheme as-given)\n")
    asked = ("--source", "mine", "--temperature", "none", "--format", "json")
    result = json.loads(run("window", "K2S", *asked).stdout)
    assert result["oxidation_limit"] == pytest.approx(1.8)  # 3 x 1.2 eV for two K
    for name in ("mine", "nothing", "mp-2019"):
        done = run("data", "import", path, "--name", "more", "--references", name)
        assert (done.returncode, "with total energies" in done.stderr) == (2, True)


def test_what_fails_half_way_changes_nothing(write):
    run("data", "import", str(write(TABLE)), "--name", "mine")
    dataset = own.of_name("mine")
    before = Store().phases(dataset)

    def fail(_):
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        Store().add(dataset, [replace(before[0], identifier="new")], version_of=fail)
    assert Store().phases(dataset) == before
    assert Store().check() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"scheme": "legacy"}, {"scheme": "other"}),
        ({"energies": "formation"}, {"energies": "total"}),
    ],
)
def test_of_two_imports_into_one_new_name_the_second_must_fit_the_first(write, first, second):
    head = "id,formula,energy (eV/atom)\n"
    path = write(f"{head}a,K,0\nb,S,0\nc,K2S,-1.2\n")
    kind = {"energies": "formation"}
    imported = [read_files([path], "mine", **kind | each) for each in (first, second)]
    changes = [own.difference([], each.phases) for each in imported]  # neither sees the other
    own.keep(imported[0], changes[0])
    before = Store().datasets("mine"), Store().phases(imported[0].dataset)
    with pytest.raises(DataError, match="what is stored was imported and has formation energies"):
        own.keep(imported[1], changes[1])
    assert (Store().datasets("mine"), Store().phases(imported[0].dataset)) == before


def test_of_two_imports_at_once_none_takes_an_identifier_of_the_other(write):
    head = "id,formula,formation_energy (eV/atom)\n"
    first, second = (read_file(write(f"{head}a,{row}\n")) for row in ("K2S,-1.2", "KS,-0.9"))
    own.keep(first, own.difference([], first.phases))
    with pytest.raises(DataError, match="identifier a of KS is that of K2S"):
        own.keep(second, own.difference([], second.phases))
    assert [phase.formula for phase in Store().phases(first.dataset)] == ["K2S"]


def test_processes_make_a_store_together(home):
    processes = multiprocessing.get_context("spawn")
    barrier = processes.Barrier(4)
    names = ["a", "b", "c", "d"]
    writers = [processes.Process(target=storing.store_one, args=(name, barrier)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    assert [dataset.name for dataset in Store().datasets()] == names
    assert Store().check() == []


def test_another_scheme_or_kind_needs_another_name(write):
    run("data", "import", str(write(TABLE)), "--name", "mine")
    done = run("data", "import", str(write(TABLE)), "--name", "mine", "--scheme", "legacy")
    assert (done.returncode, "scheme as-given, not in legacy" in done.stderr) == (2, True)
    totals = write("formula,total_energy (eV/atom)\nK,-1\n", "totals.csv")
    done = run("data", "import", str(totals), "--name", "mine")
    assert (done.returncode, "one data set" in done.stderr) == (2, True)


def test_rejected_rows_are_told_and_written_and_the_others_stored(write, tmp_path):
    path = write(TABLE + "Xx,-1\nK2S,?\n")
    report = tmp_path / "rejected.csv"
    done = run("data", "import", str(path), "--name", "mine", "--rejects", str(report))
    assert done.returncode == 0
    assert "3 new, 2 rejected" in done.stdout
    assert "Rejected mine.csv, line 5: Xx: 'Xx' is not an element symbol" in done.stderr
    rows = list(csv.reader(report.read_text().splitlines()))
    assert rows[0] == ["file", "place", "formula", "reason"]
    assert [row[:3] for row in rows[1:]] == [
        ["mine.csv", "line 5", "Xx"], ["mine.csv", "line 6", "K2S"]
    ]  # fmt: skip


def test_many_rejected_rows_are_counted(write):
    path = write(TABLE + "Xx,-1\n" * 25)
    assert "and 5 more; --rejects" in run("data", "import", str(path), "--name", "mine").stderr


@pytest.mark.parametrize(
    ("text", "options", "why"),
    [
        ("formula,formation_energy (eV/atom)\nXx,-1\n", (), "(1 rejected)"),
        (TABLE + "Xx,-1\n", ("--strict",), "1 of 4 were rejected"),
        ("formula,formation_energy (eV/atom)\n", (), "no phases in it"),
        ("formula,formation_energy\nK2S,-1\n", (), "states no unit"),
    ],
)
def test_where_nothing_is_stored_the_exit_code_is_4(write, home, text, options, why):
    done = run("data", "import", str(write(text)), "--name", "mine", *options)
    assert (done.returncode, why in done.stderr) == (4, True)
    assert not home.exists()


def test_of_several_files_one_that_cannot_be_read_is_set_aside(write, tmp_path):
    missing = tmp_path / "missing.csv"
    done = run("data", "import", str(write(TABLE)), str(missing), "--name", "mine")
    assert done.returncode == 0
    assert "Rejected missing.csv: there is no such file" in done.stderr


def test_a_dry_run_stores_nothing(write, home):
    done = run("data", "import", str(write(TABLE)), "--name", "mine", "--dry-run")
    assert (done.returncode, "Nothing was stored" in done.stdout) == (0, True)
    assert not home.exists()


def test_what_is_inside_kstab_cannot_be_removed_or_replaced(write):
    for name in ("mp-2019", "experimental", "mp"):
        done = run("data", "import", str(write(TABLE)), "--name", name)
        assert (done.returncode, "Choose another name" in done.stderr) == (2, True)
    done = run("data", "remove", "mp-2019")
    assert (done.returncode, "cannot be removed" in done.stderr) == (2, True)


def test_the_old_ways_to_export_and_verify_work(tmp_path):
    file = tmp_path / "phases.csv"
    assert run("data", "export", str(file)).returncode == 0
    assert len(file.read_text(encoding="utf-8").splitlines()) == 95592
    assert "phases.csv (uncompressed)" in run("data", "verify").stdout
    assert run("data", "export", "a", "b", "c").returncode == 2
    assert run("data", "export", "nothing", str(file)).returncode == 2
    assert run("data", "info", "experimentl").stderr.count("Did you mean experimental?") == 1


def test_a_changed_store_is_found_out(write, home):
    run("data", "import", str(write(TABLE)), "--name", "mine")
    import sqlite3

    with closing(sqlite3.connect(home / "phases.sqlite")) as connection, connection:
        connection.execute("UPDATE phase SET energy = -2 WHERE formula = 'KS'")
    connection.close()
    done = run("data", "verify")
    assert (done.returncode, "not those that were stored" in done.stderr) == (4, True)


def test_a_store_that_is_none_takes_no_window_away(home):
    home.mkdir()
    (home / "phases.sqlite").write_bytes(b"no database" * 100)
    assert own.sources() == ()
    assert run("window", "K2S").returncode == 0
    assert run("data", "verify").returncode == 4


def test_an_own_phase_competes_with_its_own_elements_alone(write):
    """A data set without elements has them at zero, also where one is there as a high form."""
    found = read_file(write("formula,formation_energy (eV/atom)\nK2S,-1.2\nS,0.05\n"))
    table = table_of(found.dataset, found.phases)
    assert list(zip(table.formulas, table.energies, strict=True)) == [
        ("K", 0.0), ("K2S", -1.2), ("S", 0.0), ("S", 0.05),
    ]  # fmt: skip
    # 3 x 1.2 eV for two K: 1.8 V
    assert kstab.window("K2S", phases=table).oxidation_limit == pytest.approx(1.8)


# ---------------------------------------------------------------- laziness


def loaded(code: str, names: tuple[str, ...]) -> str:
    """Which of some modules are imported by code."""
    script = f"{code}\nimport sys\nprint(*[name for name in {names!r} if name in sys.modules])"
    call = [sys.executable, "-c", script]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_sources_import_nothing_where_nothing_is_stored(home):
    names = ("sqlite3", "platformdirs", "pymatgen", "numpy", "csv")
    assert loaded("from kstab.sources import own\nassert own.sources() == ()", names) == ""


def test_a_window_and_a_table_load_no_pymatgen(write):
    run("data", "import", str(write(TABLE)), "--name", "mine")
    names = ("pymatgen", "monty", "pandas")
    code = "from kstab.sources import own\n(s,) = own.sources()\n"
    assert loaded(code, names) == ""
    code = (
        f"from kstab.sources.importing.reading import read_file\nread_file({str(write(TABLE))!r})"
    )
    assert loaded(code, names) == ""


def test_the_place_is_that_of_platformdirs(monkeypatch, tmp_path):
    from platformdirs import user_data_path

    monkeypatch.delenv("KSTAB_DATA_HOME")
    for folder in (str(tmp_path), "", "  "):
        monkeypatch.setenv("XDG_DATA_HOME", folder)
        assert place.home() == user_data_path("kstab", appauthor=False)
    monkeypatch.delenv("XDG_DATA_HOME")
    assert place.home() == user_data_path("kstab", appauthor=False)
