"""The store as it is used wrongly, or damaged: nothing is lost, and what is wrong is said."""

import sqlite3
from contextlib import closing

import pytest

import kstab
from command import run
from kstab.errors import DataError
from kstab.sources.store import Dataset, Store, StoredPhase

TABLE = "formula,formation_energy (eV/atom)\nK2S,-1.2\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An own store with one data set."""
    folder = tmp_path / "home"
    monkeypatch.setenv("KSTAB_DATA_HOME", str(folder))
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert run("data", "import", str(path), "--name", "mine", "--scheme", "mp2020").returncode == 0
    return folder


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE dataset SET about = '{'",
        "UPDATE phase SET extras = '{'",
        "UPDATE phase SET audit = '3'",
        "UPDATE phase SET energy = 'abc'",
    ],
)
def test_a_damaged_row_is_said_and_hurts_nothing_else(home, damage):
    with closing(sqlite3.connect(home / "phases.sqlite")) as connection, connection:
        connection.execute(damage)
    done = run("data", "verify")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert run("window", "K2S", "--no-plugins").returncode == 0
    mine = run("window", "K2S", "--source", "mine")
    assert mine.returncode in (2, 4)
    assert "Traceback" not in mine.stderr


def test_a_damaged_file_is_to_be_moved_away(home):
    path = home / "phases.sqlite"
    path.write_bytes(b"no database" + path.read_bytes()[11:])
    with pytest.raises(DataError, match="move it away"):
        Store(home).datasets()
    assert kstab.window("K2S").verdict == "stable"


def test_a_table_does_not_take_the_scheme_of_what_is_there(home, tmp_path):
    path = tmp_path / "more.csv"
    path.write_text(TABLE.replace("-1.2", "-1.1"), encoding="utf-8")
    done = run("data", "import", str(path), "--name", "mine")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Add --scheme mp2020 if they are in it" in done.stderr
    assert run("data", "import", str(path), "--name", "mine", "--scheme", "mp2020").returncode == 0


@pytest.mark.parametrize("header", ["volume (nm3/atom)", "band_gap (meV)", "volume", "band_gap"])
def test_a_column_whose_unit_is_unknown_is_not_dropped(home, tmp_path, header):
    path = tmp_path / "units.csv"
    path.write_text(f"formula,formation_energy (eV/atom),{header}\nK2S,-1.2,9\n", encoding="utf-8")
    done = run("data", "import", str(path), "--name", "units")
    assert done.returncode == 4
    assert f"the unit of {header!r} is not understood" in done.stderr


def test_total_energies_called_formation_energies_are_refused(home, tmp_path):
    path = tmp_path / "totals.csv"
    text = "formula,formation_energy (eV/atom)\nK2S,-3.8\nK,-1.1\nS,-4.1\n"
    path.write_text(text, encoding="utf-8")
    done = run("data", "import", str(path), "--name", "totals")
    assert done.returncode == 4
    assert "these are total energies" in done.stderr
    assert "totals" not in run("data", "list").stdout


def test_what_is_stored_is_what_comes_back(tmp_path):
    store, dataset = Store(tmp_path), Dataset("a", "1", "imported", "s", "formation")
    phase = StoredPhase("x", "K2S", -1.2, -0.1, {"volume": 33.0}, "a.csv, line 2", ("said",))
    store.add(dataset, [phase], ["K-S"])
    assert store.phases(dataset) == store.phases(dataset, ["K", "S"]) == [phase]
    assert store.phases(dataset, ["K"]) == []
    assert store.covered(dataset) == {"K-S"}
    assert store.check() == []
