"""The embedded data: checksums and sums as literals, and the builder that makes it."""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

import kstab
from kstab.chemistry.composition import Formula
from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.errors import DataError, ElementError, RequestError
from kstab.sources import embedded
from kstab.sources.columns import COLUMNS, FLAG_NAMES

# Data changes only on purpose: change these with it, and VERSION in sources/embedded.py.
TEXT_SHA256 = "8bb07e67f992b99b422ec5ad02a4bbf147e5972740eeace1bb8aee4a0193a440"
NPZ_SHA256 = "f81edf45225644d43dd3db6476997450e0657c4a2ae8349f02b51b1d44d7842f"
ROWS = 95_591
SUMS = {  # eV/atom, eV, cubic angstrom per atom
    "formation_energy": -128460.125248,
    "formation_energy_alternative": -18152.059488,
    "formation_energy_mp2020": -25683.51538,
    "decomposition_energy_bartel2020": 5133.606905,
    "band_gap": 97335.7602,
    "band_gap_min": 95734.3442,
    "band_gap_max": 99472.6245,
    "volume": 995871.1764,
    "volume_estimated": 888126.4052,
    "dielectric_electronic": 20840.408,
    "dielectric_total": 63858.3771,
}
KNOWN = {"decomposition_energy_bartel2020": 85_014, "formation_energy_mp2020": 22_436}
ATOMS = {"K": 12960, "Li": 28737, "O": 455775, "S": 39834, "Sb": 9544, "H": 71165, "Pu": 632}


@pytest.fixture(scope="module")
def folder(root):
    return root / "phase_data" / "mp-2019"


@pytest.fixture(scope="module")
def text(folder) -> bytes:
    return gzip.decompress((folder / "phases.csv.gz").read_bytes())


@pytest.fixture(scope="module")
def builder(script):
    return script("tools/build_phase_data.py")


def test_checksum_of_the_canonical_table(text):
    assert hashlib.sha256(text).hexdigest() == TEXT_SHA256


def test_checksum_of_the_fast_form(folder):
    assert hashlib.sha256((folder / "phases.npz").read_bytes()).hexdigest() == NPZ_SHA256


def test_the_table_carries_its_digest(table):
    assert table.origin.digest == TEXT_SHA256
    assert kstab.window("K3SbS4").provenance.dataset_sha256 == TEXT_SHA256


def test_data_package_says_the_same(folder):
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert package["kstab"]["sha256"] == {
        "phases.csv (uncompressed)": TEXT_SHA256,
        "phases.npz": NPZ_SHA256,
    }
    assert package["kstab"]["rows"] == ROWS
    assert package["kstab"]["column_sums"] == SUMS
    assert package["version"] == embedded.VERSION
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    (resource,) = package["resources"]
    assert [f["name"] for f in resource["schema"]["fields"]] == [c.name for c in COLUMNS]
    assert all(f["description"] for f in resource["schema"]["fields"])


@pytest.mark.parametrize(("name", "total"), SUMS.items())
def test_column_sums(table, name, total):
    assert round(float(np.nansum(table.extras[name])), 6) == total


@pytest.mark.parametrize(("name", "count"), KNOWN.items())
def test_known_values(table, name, count):
    assert np.count_nonzero(~np.isnan(table.extras[name])) == count


def test_rows_elements_and_atoms(table):
    assert len(table) == ROWS
    assert len(table.elements()) == 84
    totals = np.bincount(table.numbers.ravel(), weights=table.amounts.ravel())
    assert {symbol: totals[ATOMIC_NUMBER[symbol]] for symbol in ATOMS} == ATOMS


def test_phases_on_the_hull(table):
    """With dilute solutions 35,521: 63 of them, and 11 phases fewer of others."""
    on_hull = table.above_hull <= 1e-6
    pure = np.count_nonzero(table.numbers, axis=1) == 1
    assert on_hull.sum() == 35_521 - 63 + 11
    assert (on_hull & pure).sum() == pure.sum() == 84
    assert (on_hull & ~pure).sum() == 35_385


@pytest.mark.parametrize("scheme", ["kstab", "legacy", "mp2020"])
@pytest.mark.parametrize("temperature", [None, "none"])
def test_dilute_solutions_have_no_place_on_the_hull(scheme, temperature):
    table = kstab.phase_table(scheme=scheme, temperature=temperature)
    without = set(np.flatnonzero(np.isnan(table.above_hull)).tolist())
    assert without == set(table.removed)
    assert len(without) == 69
    assert {"Mg149H", "Mg149S", "NaSi68"} <= {table.formulas[row] for row in without}


def test_flagged_rows(table):
    bits = {name: 1 << bit for bit, name in enumerate(FLAG_NAMES)}
    flagged = {name: np.count_nonzero(table.flags & bit) for name, bit in bits.items()}
    assert flagged == {"conflicting_sources": 595, "uncertain_id": 6870}


def test_a_flag_reaches_the_user(table):
    row = int(np.flatnonzero((table.flags & 1) & (table.masks[0] >> np.uint64(19) & 1 == 1))[0])
    formula = table.formulas[row]
    codes = {notice.code for notice in kstab.window(formula, ion="K").warnings}
    assert "conflicting_sources" in codes


def test_conflicting_rows_differ_by_more_than_50_mev(table):
    difference = np.abs(
        table.extras["formation_energy_alternative"] - table.extras["formation_energy"]
    )
    np.testing.assert_array_equal(difference > 0.05, (table.flags & 1).astype(bool))


def test_compositions_are_unique(table):
    assert len({Formula.parse(formula).key for formula in table.formulas}) == ROWS


def test_compositions_are_those_of_the_formulas(table):
    for row in np.random.default_rng(4).choice(ROWS, 500, replace=False).tolist():
        formula = Formula.parse(table.formulas[row])
        fractions = table.fractions(np.array([row]), formula.elements)[:, 0]
        amounts = [float(amount) / formula.atoms for _, amount in formula.amounts]
        np.testing.assert_allclose(fractions, amounts, rtol=0, atol=1e-15)
        assert table.elements_of(row) == formula.elements


def test_elements_are_references(table):
    pure = np.flatnonzero(np.count_nonzero(table.numbers, axis=1) == 1)
    assert (table.energies[pure] == 0).all()


def test_the_text_table_can_be_written_again_byte_for_byte(text):
    lines = io.StringIO()
    for cells in embedded.cells():
        lines.write(",".join(cells) + "\n")
    assert lines.getvalue().encode() == text


@pytest.mark.slow
def test_the_fast_form_is_what_the_text_gives(root):
    done = subprocess.run(
        [sys.executable, "tools/build_phase_data.py", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# ---------------------------------------------------------------- what the builder refuses


def small(formulas: str = "K K2S S", **cells: str) -> bytes:
    """A canonical table of a few phases; ``cells`` fill the row of K2S."""
    header = [column.name for column in COLUMNS]
    rows = [",".join(header)]
    for formula in formulas.split():
        row = dict.fromkeys(header, "") | {
            "formula": formula,
            "formation_energy": "-1.2" if formula == "K2S" else "0.0",
        }
        rows.append(",".join((row | (cells if formula == "K2S" else {})).values()))
    return ("\n".join(rows) + "\n").encode()


def test_a_small_table_builds(builder):
    files = builder.build(small())
    assert set(files) == {"phases.npz", "datapackage.json"}
    with np.load(io.BytesIO(files["phases.npz"])) as arrays:
        assert arrays["formation_energy"].tolist() == [0.0, -1.2, 0.0]
        assert arrays["energy_above_hull"].tolist() == [0.0, 0.0, 0.0]
    assert files == builder.build(small())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (small().replace(b"formation_energy,", b"energy,", 1), "header"),
        (small().replace(b"\nS,", b"\nS,,"), "cells"),
        (small("K K2S S K2S"), "order"),
        (small("K K2S K4S2 S"), "twice"),
        (small("K2S K S"), "order"),
        (small("K K2S"), "no reference"),
        (small("K K1.5S K2S S"), "whole"),
        (small(formation_energy="-7.5"), "out of range"),
        (small(formation_energy="1e9"), "shortest form|out of range"),
        (small(formation_energy="-1.20"), "shortest form"),
        (small(formation_energy="inf"), "out of range"),
        (small(formation_energy="low"), "could not convert"),
        (small(formation_energy=""), "formation_energy"),
        (small(band_gap="-0.1"), "out of range"),
        (small(space_group="231"), "out of range"),
        (small(space_group="300"), "space_group"),
        (small(id_match="guessed"), "guessed"),
        (small(volume_quality="E"), "E"),
    ],
)
def test_the_builder_refuses(builder, text, reason):
    with pytest.raises(builder.CheckError, match=reason):
        builder.build(text)


@pytest.mark.parametrize("formula", ["K2s", "Kx2", "KAa"])
def test_the_builder_refuses_what_is_no_formula(builder, formula):
    with pytest.raises((builder.CheckError, kstab.KstabError)):
        builder.build(small(f"K {formula} S"))


# ---------------------------------------------------------------- damaged and missing files


@pytest.fixture
def copy(tmp_path, folder, monkeypatch):
    """A copy of the data that may be damaged, in the place of the real one."""
    place = tmp_path / "mp-2019"
    place.mkdir()
    shutil.copy(folder / "phases.npz", place)
    monkeypatch.setattr(embedded, "folder", lambda: place)
    return place / "phases.npz"


def test_the_copy_itself_is_sound(copy):
    assert embedded.read_arrays("formation_energy")["formation_energy"].shape == (ROWS,)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"PK"),
        lambda path: path.write_bytes(b"not an archive at all"),
        lambda path: path.write_bytes(path.read_bytes()[: 1 << 20]),
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"formation_energy", b"x" * 16)),
        lambda path: path.write_bytes(path.read_bytes()[:200] + b"\x55" * (path.stat().st_size)),
        lambda path: path.write_bytes(overwritten(path.read_bytes())),
    ],
    ids=[
        "missing",
        "empty",
        "two bytes",
        "text",
        "cut short",
        "without its end",
        "array renamed",
        "overwritten",
        "bits flipped",
    ],
)
def test_damage_is_named(copy, damage):
    damage(copy)
    with pytest.raises(DataError) as caught:
        embedded.read_arrays("formation_energy", "ends", "numbers", "amounts")
    assert caught.value.path == str(copy)
    assert caught.value.exit_code == 4
    assert "nstall kstab again" in str(caught.value)


def overwritten(data: bytes) -> bytes:
    """The same file with a stretch in the middle of its first large arrays flipped."""
    damaged = bytearray(data)
    for place in range(1 << 20, len(data) - (1 << 16), 1 << 18):
        damaged[place] ^= 0xFF
    return bytes(damaged)


def test_a_missing_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "NAME", "mp-1999")
    with pytest.raises(DataError, match="missing"):
        embedded.folder()


def test_an_array_that_is_not_there():
    with pytest.raises(DataError, match="no_such_array"):
        embedded.read_arrays("no_such_array")


def test_an_unknown_scheme():
    with pytest.raises(RequestError, match="legacy"):
        kstab.window("K3SbS4", scheme="mp2025")


def test_elements_cannot_be_excluded():
    with pytest.raises(ElementError, match="without"):
        kstab.window("K3SbS4", exclude=["S"])


def test_extra_columns_behave_as_a_mapping(table):
    columns = {c.name for c in COLUMNS if c.kind != "text"}
    assert set(table.extras) == columns | {"entropy", "entropy_sigma"}
    assert len(table.extras) == len(list(table.extras))
    assert set(table.extras["volume_quality"].tolist()) == {"", "A", "B", "C", "D"}
    with pytest.raises(KeyError):
        table.extras["formula"]
