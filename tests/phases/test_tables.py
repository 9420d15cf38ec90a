"""Tables made of other tables: joined, tried at a height, with one polymorph of several."""

import csv
import io
import json

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition

import kstab
from command import run
from kstab.chemistry.composition import Formula
from kstab.errors import PhaseError, RequestError
from kstab.phases.joining import as_polymorph, at_heights, joined, with_phases
from kstab.phases.table import PhaseTable
from kstab.report.tables import to_csv
from kstab.sources import embedded


def table(name="mine", scheme="pbe", **energies) -> PhaseTable:
    """A table of formation energies, eV/atom."""
    rows = [(Formula.parse(formula), f"{name}-1", energy) for formula, energy in energies.items()]
    return PhaseTable.build(name, rows, scheme=scheme)


ELEMENTS = {"K": 0.0, "S": 0.0}


def test_the_first_table_precedes_by_composition():
    mine = table("mine", **ELEMENTS, K2S=-1.3)
    theirs = table("theirs", **ELEMENTS, K2S=-1.2, K2S2=-1.1)
    both = joined([mine, theirs])
    assert (
        kstab.window("K2S", phases=both).oxidation_limit
        == kstab.window("K2S", phases=table(**ELEMENTS, K2S=-1.3, K2S2=-1.1)).oxidation_limit
    )
    assert len(both.polymorphs(Formula.parse("K2S"))) == 1
    assert both.scheme.name == "pbe"
    other = joined([theirs, mine])
    assert other.phase(other.find(Formula.parse("K2S"))).formation_energy == -1.2


@pytest.mark.parametrize("swap", [False, True])
def test_mixing_schemes_is_refused_unless_asked_for_and_then_said(swap):
    pair = [table("a", "pbe", **ELEMENTS, K2S=-1.2), table("b", "scan", **ELEMENTS, K2S2=-1.0)]
    pair = pair[::-1] if swap else pair
    with pytest.raises(RequestError, match="--mix-schemes"):
        joined(pair)
    mixed = joined(pair, mixed=True)
    result = kstab.window("K2S", phases=mixed)
    assert set(result.scheme.split(" + ")) == {"pbe", "scan"}
    assert any("schemes mixed" in change for change in result.provenance.changes)


def test_a_join_with_nothing_new_changes_no_window():
    """The embedded table joined with its own K-Sb-S part gives the same windows."""
    whole = embedded.load("legacy")
    part = whole.rows_within(["K", "Sb", "S"])
    names = [(Formula.parse(whole.formulas[r]), "x", float(whole.energies[r])) for r in part]
    again = PhaseTable.build("again", names, scheme="legacy")
    both = joined([again, whole], ["K", "Sb", "S"])
    alone = kstab.window("K3SbS4", phases=whole)
    there = kstab.window("K3SbS4", phases=both)
    assert [s.reaction for s in there.steps] == [s.reaction for s in alone.steps]
    assert there.reduction_limit == pytest.approx(alone.reduction_limit, abs=1e-12)


def test_further_columns_are_joined_and_flags_kept():
    whole = embedded.load("legacy")
    both = joined([table("mine", "legacy", K=0.0, Sb=0.0, K3Sb=-0.5), whole], ["K", "Sb", "S", "N"])
    mine, theirs = both.find(Formula.parse("K3Sb")), both.find(Formula.parse("KN2"))
    assert np.isnan(both.extras["volume"][mine])
    row = whole.find(Formula.parse("KN2"))
    assert set(both.phase(theirs).flags) == set(whole.phase(row).flags)
    assert "conflicting_sources" in both.phase(theirs).flags
    row = whole.find(Formula.parse("K3SbS4"))
    there = both.find(Formula.parse("K3SbS4"))
    for name in ("volume", "volume_quality", "band_gap", "space_group"):
        assert both.extras[name][there] == whole.extras[name][row]
    assert set(both.extras) == set(whole.extras)


def test_order_of_joining_equal_schemes_gives_the_same_phases():
    a, b = table("a", **ELEMENTS, K2S=-1.2), table("b", **ELEMENTS, K2S2=-1.0)
    one, two = joined([a, b]), joined([b, a])
    assert one.formulas == two.formulas
    assert one.energies.tolist() == two.energies.tolist()


def test_phases_beside_others_stay_beside_them():
    base = table("base", **ELEMENTS, K2S=-1.2)
    more = with_phases(base, table("tried", K2S=-1.3))
    assert sorted(more.energies[more.polymorphs(Formula.parse("K2S"))]) == [-1.3, -1.2]
    assert more.changes == ("with K2S of tried",)
    with pytest.raises(RequestError, match="--mix-schemes"):
        with_phases(base, table("tried", "scan", K2S=-1.3))


@pytest.mark.parametrize("height", [-0.02, 0.0, 0.025, 0.3])
def test_a_height_is_that_of_pymatgen(height):
    whole = embedded.load("legacy")
    formula = Formula.parse("K3SbS4")
    tried = at_heights(whole, [(formula, height)], ["K", "Sb", "S"])
    row = tried.find(formula)
    rows = whole.rows_within(["K", "Sb", "S"])
    others = [
        PDEntry(
            Composition(whole.formulas[r]),
            whole.energies[r] * Composition(whole.formulas[r]).num_atoms,
        )
        for r in rows
        if whole.formulas[r] != "K3SbS4"
    ]
    composition = Composition("K3SbS4")
    hull = PhaseDiagram(others).get_hull_energy_per_atom(composition)
    assert float(tried.energies[row]) == pytest.approx(hull + height, abs=1e-6)


def test_elements_have_no_height():
    with pytest.raises(RequestError, match="element"):
        at_heights(table(**ELEMENTS), [(Formula.parse("K"), 0.1)])


def test_heights_do_not_depend_on_their_order_or_on_each_other():
    whole, elements = embedded.load("legacy"), ["K", "Sb", "S"]
    pair = [(Formula.parse("K3SbS4"), 0.025), (Formula.parse("KSbS2"), -0.1)]
    one, two = at_heights(whole, pair, elements), at_heights(whole, pair[::-1], elements)
    assert one.energies.tolist() == two.energies.tolist()
    alone = at_heights(whole.without(Formula.parse("KSbS2")), pair[:1], elements)
    row, there = one.find(pair[0][0]), alone.find(pair[0][0])
    assert one.energies[row] == pytest.approx(alone.energies[there], abs=1e-12)
    with pytest.raises(RequestError, match="Two heights"):
        at_heights(whole, [pair[0], (Formula.parse("K6Sb2S8"), 0.0)])


def test_a_height_counts_after_phases_are_left_out():
    found = kstab.phase_table(
        elements=["K", "Sb", "S"], heights={"K3SbS4": 0.025}, exclude=["K2S", "KSbS2"]
    )
    row = found.find(Formula.parse("K3SbS4"))
    others = found.without(Formula.parse("K3SbS4"))
    same = at_heights(others, [(Formula.parse("K3SbS4"), 0.025)], ["K", "Sb", "S"])
    assert found.energies[row] == pytest.approx(same.energies[row], abs=1e-12)


@pytest.fixture
def own(tmp_path):
    """A file with K2O, 43 meV/atom above the one of the data."""
    path = tmp_path / "own.csv"
    whole = kstab.phase_table(elements=["K", "O"], temperature="none")
    energy = whole.phase(whole.find(Formula.parse("K2O"))).formation_energy + 0.043
    path.write_text(f"formula,formation_energy (eV/atom)\nK2O,{energy}\n", encoding="utf-8")
    return path


def apart(path, **conditions):
    """How far K2O of a file is above that of the data, eV/atom."""
    tried = kstab.phase_table(entries=[path], elements=["K", "O"], mix_schemes=True, **conditions)
    rows = tried.polymorphs(Formula.parse("K2O"))
    mine, theirs = sorted(rows, key=lambda row: tried.material_ids[row].startswith("mp-"))
    return tried.energies[mine] - tried.energies[theirs]


def test_phases_that_are_tried_are_at_the_same_temperature(own):
    """Oxygen and potassium change both alike; the entropy of the solids is all that may differ."""
    assert apart(own, temperature="none") == pytest.approx(0.043, abs=1e-9)
    entropies = {t: (apart(own, temperature=t) - 0.043) / t for t in (298.15, 600, 800)}
    assert apart(own) == apart(own, temperature=298.15)
    assert abs(entropies[298.15]) < 2 * 3e-4  # eV/(K atom), twice the entropy of K2O
    for temperature in entropies:
        with_gas = apart(own, temperature=temperature, gas="O2=1e-6")
        # Gibbs energies at 298.15 K and 1 bar are stored, with six digits.
        assert with_gas == pytest.approx(apart(own, temperature=temperature), abs=1e-6)


def test_phases_at_another_temperature_are_not_tried():
    hot = kstab.phase_table(temperature=800)
    with pytest.raises(RequestError, match="another temperature"):
        with_phases(hot, table(scheme="kstab", K2O=-1.0), ["K", "O"])


def test_every_kind_of_report_names_version_and_changes(tmp_path):
    mixed = joined(
        [table("a", "pbe", **ELEMENTS, K2S=-1.2), table("b", "scan", **ELEMENTS, KS=-1.0)],
        mixed=True,
    )
    said = "correction schemes mixed: a in pbe, b in scan"
    window = kstab.window("K2S", phases=mixed)
    contact = kstab.interface("K", "K2S2", phases=mixed)
    for result in (window, contact):
        assert said in result._repr_html_()
        assert said in result.provenance.origin
        for row in csv.DictReader(io.StringIO(to_csv(result.rows(), result.provenance))):
            assert (row["dataset"], row["changes"]) == ("a + b", said)
        figure = tmp_path / "figure.svg"
        result.plot(figure)
        assert figure.stat().st_size > 1000
    system = kstab.system("K-S", phases=mixed)
    assert said in system._repr_html_()
    assert said in to_csv(system.rows(), system.provenance)
    assert "mp-2019 1.1.0" in kstab.window("K2S", compare=False).provenance.origin


def test_one_polymorph_stands_for_all():
    rows = [("K", "", 0.0), ("S", "", 0.0), ("K2S", "low", -1.3), ("K2S", "high", -1.2)]
    both = PhaseTable.build("two", [(Formula.parse(f), i, e) for f, i, e in rows], scheme="pbe")
    assert kstab.window("K2S", phases=both).oxidation_limit == pytest.approx(1.95)
    high = as_polymorph(both, Formula.parse("K2S"), "high")
    assert kstab.window("K2S", phases=high).oxidation_limit == pytest.approx(1.8)
    with pytest.raises(PhaseError, match="K2S=low or K2S=high"):
        as_polymorph(both, Formula.parse("K2S"), "middle")


# ---------------------------------------------------------------- command line


def document(*arguments):
    return json.loads(run(*arguments, "--no-plugins", "--format", "json").stdout)


def test_a_height_on_the_command_line():
    there = document("window", "K3SbS5", "--ehull", "25meV")
    assert there["energy_above_hull"] == pytest.approx(0.025, abs=1e-9)
    for other in there["by_scheme"]:
        assert other["energy_above_hull"] == pytest.approx(0.025, abs=1e-9)
    assert [other["scheme"] for other in there["by_scheme"]] == ["legacy", "mp2020"]
    contact = document("interface", "K", "K3SbS5", "--ehull", "K3SbS5=0.025 eV")
    assert "K3SbS5 at 25 meV/atom" in contact["provenance"]["changes"][0]
    done = run("interface", "K", "K3SbS5", "--ehull", "25meV")
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("height", ["25", "meV", "25 kJ", "K2S=", "1.2.3eV", "nan eV"])
def test_a_height_needs_its_unit(height):
    assert run("window", "K2S", "--ehull", height).returncode == 2


def test_a_polymorph_on_the_command_line():
    there = document("window", "K2S", "--phase", "K2S=mp-1022")
    assert there["provenance"]["changes"] == ["K2S as mp-1022"]
    done = run("window", "K2S", "--phase", "K2S=mp-1")
    assert (done.returncode, done.stdout) == (3, "")
    assert "Did you mean K2S=mp-1022" in done.stderr
    assert run("window", "K2S", "--phase", "K2S").returncode == 2


def test_several_sources_on_the_command_line():
    arguments = ("window", "K2S", "--source", "experimental,mp-2019")
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--mix-schemes" in done.stderr
    there = document(*arguments, "--mix-schemes")
    assert there["provenance"]["dataset"] == "experimental + mp-2019"
    assert there["provenance"]["changes"] == [
        "correction schemes mixed: experimental in measured, mp-2019 in kstab"
    ]
    assert run("window", "K2S", "--source", "mp-2019,nowhere").returncode == 2


# ---------------------------------------------------------------- files that are tried


def test_a_file_is_tried_and_not_stored(tmp_path):
    """K2S at -1.32 eV/atom is 3.96 eV per formula unit, 1.98 V for each of its two K."""
    path = tmp_path / "mine.csv"
    path.write_text("formula,formation_energy (eV/atom)\nK2S,-1.32\n", encoding="utf-8")
    arguments = ("window", "K2S", "--entry", str(path), "--temperature", "none")
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--mix-schemes" in done.stderr
    there = document(*arguments, "--mix-schemes", "--exclude", "KS,K2S3,K2S5,KS3")
    assert there["oxidation_limit"] == pytest.approx(1.98)
    assert there["provenance"]["changes"][:2] == [
        "with K2S of mine.csv",
        "correction schemes mixed: as-given into kstab",
    ]
    assert "mine" not in run("data", "list").stdout
    said = document(*arguments, "--entry-scheme", "mp2020", "--scheme", "mp2020")
    assert said["scheme"] == "mp2020"
    assert said["provenance"]["changes"] == ["with K2S of mine.csv"]


def test_a_file_that_is_wrong_in_part_is_not_tried(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("formula,formation_energy (eV/atom)\nK2S,-1.3\nK2X,-1\n", encoding="utf-8")
    done = run("window", "K2S", "--entry", str(path), "--mix-schemes")
    assert (done.returncode, done.stdout) == (4, "")
    assert "line 3" in done.stderr


@pytest.mark.parametrize("link", [False, True])
def test_nothing_is_written_over_what_is_read(tmp_path, link):
    path = tmp_path / "mine.csv"
    text = "formula,formation_energy (eV/atom)\nK2S,-1.32\nK02,-1\n"
    path.write_text(text, encoding="utf-8")
    target = tmp_path / "link.csv" if link else path
    if link:
        target.symlink_to(path)
    for arguments in (
        ("window", "K2S", "--entry", str(path), "--mix-schemes", "--output", str(target)),
        ("data", "import", str(path), "--name", "never", "--rejects", str(target)),
    ):
        done = run(*arguments)
        assert done.returncode == 2
        assert "would be overwritten" in done.stderr
    assert path.read_text("utf-8") == text


def test_polymorphs_are_one_near_miss():
    rows = [("K", 0.0), ("S", 0.0), ("K2S", -1.2), ("KS", -0.885), ("KS", -0.880)]
    phases = [(Formula.parse(f), f"{f}-{i}", e) for i, (f, e) in enumerate(rows)]
    misses = kstab.window("K2S", phases=PhaseTable.build("p", phases, scheme="s")).near_misses
    assert [miss.material_id for miss in misses] == ["KS-3"]


def test_each_of_many_formulas_has_its_own_working_ion(tmp_path):
    """SiO2 is asked against K, though another formula has Na."""
    path = tmp_path / "mine.csv"
    text = "formula,formation_energy (eV/atom)\nSiO2,-3.0\nNaCl,-2.1\nK2O,-1.2\n"
    path.write_text(text, encoding="utf-8")
    assert run("data", "import", str(path), "--name", "several").returncode == 0
    batch = kstab.windows(["SiO2", "NaCl"], source="several")
    assert [each.ion for each in batch] == ["K", "Na"]
    assert run("data", "remove", "several").returncode == 0


def test_own_data_joins_the_embedded_data(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("formula,formation_energy (eV/atom)\nK3SbS5,-2.0\n", encoding="utf-8")
    made = run("data", "import", str(path), "--name", "joins", "--scheme", "mp2020")
    assert made.returncode == 0
    there = document("window", "K3SbS5", "--source", "joins,mp-2019")
    assert there["verdict"] == "stable"
    assert there["scheme"] == "kstab"
    assert [other["scheme"] for other in there["by_scheme"]] == ["legacy", "mp2020"]
    assert there["provenance"]["dataset"] == "joins + mp-2019"
    assert "joins from mp2020 to kstab by composition" in there["provenance"]["changes"]
    assert kstab.window("K3SbS5", source=["joins", "mp-2019"]).verdict == "stable"
    assert run("data", "remove", "joins").returncode == 0


def test_own_sources_alone_come_in_the_scheme_they_are_in(tmp_path):
    """Nothing is brought into a scheme that none of the sources comes in."""
    env = {"KSTAB_DATA_HOME": str(tmp_path / "store")}
    rows = {"a": "KCl,-2.25", "b": "K2O,-1.2"}
    for name, row in rows.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(f"formula,formation_energy (eV/atom)\n{row}\n")
        done = run("data", "import", str(path), "--name", name, "--scheme", "mp2020", env=env)
        assert done.returncode == 0, done.stderr
    for command in (("window", "KCl"), ("interface", "KCl", "K2O"), ("phases", "K-Cl-O")):
        done = run("--no-plugins", *command, "--source", "a,b", "--format", "json", env=env)
        assert done.returncode == 0, done.stderr
        document = json.loads(done.stdout)
        assert document["provenance"]["scheme"] == "mp2020"
        assert document.get("by_scheme", []) == []


def test_entries_beside_a_table_are_at_its_conditions(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("formula,formation_energy (eV/atom)\nK3SbS5,-0.95\n")
    for which in ({"temperature": "none"}, {"temperature": 600}, {}):
        table = kstab.phase_table(scheme="kstab", **which)
        found = kstab.window("K3SbS5", phases=table, entries=path, entry_scheme="kstab")
        alone = kstab.window(
            "K3SbS5", scheme="kstab", entries=path, entry_scheme="kstab", compare=False, **which
        )
        assert found.energy_above_hull == alone.energy_above_hull
        assert found.provenance.temperature == alone.provenance.temperature


def test_errors_of_heat_count_for_phases_that_come_without_bars(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("formula,formation_energy (eV/atom)\nK3SbS5,-0.95\n")
    bars = [
        kstab.window("K3SbS5", entries=path, temperature=2000, compare=False, **which)
        for which in ({"entry_scheme": "kstab"}, {"mix_schemes": True})
    ]
    first, second = (each.energy_above_hull_sigma for each in bars)
    assert first == pytest.approx(second)
    assert first > 0.08


def test_an_own_energy_of_a_gas_is_kept(tmp_path):
    path = tmp_path / "gas.csv"
    path.write_text("formula,formation_energy (eV/atom)\nCO2,-0.5\n")
    table = kstab.phase_table(elements=["C", "O"], entries=path, entry_scheme="kstab")
    energies = [table.energies[row] for row in table.polymorphs(Formula.parse("CO2"))]
    assert len(energies) == 2
    assert max(energies) - min(energies) > 0.7  # the measured one is 0.9 eV/atom lower
