"""Files and names of strangers: nothing in them runs, fills the memory or reaches a terminal."""

import ast
import csv
import gzip
import io
import json
import os
import re

import pytest
from monty.serialization import dumpfn
from pymatgen.entries.computed_entries import ComputedEntry

import kstab
from command import run
from kstab.base.safe_text import cell, printable, uncell
from kstab.chemistry.composition import Formula
from kstab.errors import DataError, KstabError, RequestError
from kstab.findings import Assessed
from kstab.phases.table import PhaseTable
from kstab.report.tables import of_assessments, to_csv
from kstab.sources import own
from kstab.sources.importing import bounded, runs
from kstab.sources.importing.reading import read_file, read_files
from kstab.sources.importing.records import References
from kstab.sources.store import Store
from vasp_run import K2S, vasprun

EVIL = "\x1b[31mred\x1b[0m\x07\x9b2J\u202egnp[bold]x[/bold][/]<b>&"
"""Colours, a bell, clearing the screen, text backwards, markup of rich and of HTML."""

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KSTAB_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path):
    def make(text: str | bytes, name: str = "mine.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return make


def rejected(path) -> str:
    (found,) = read_files([path], "mine").rejected
    return found.reason


# ---------------------------------------------------------------- nothing runs


FORBIDDEN = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}
CALLS = {"eval", "exec", "MontyDecoder", "loadfn", "process_decoded", "from_dict"}


def dangerous(node: ast.AST) -> bool:
    """Whether code imports what unpickles, or calls what evaluates or decodes classes."""
    if isinstance(node, ast.Import):
        return bool(FORBIDDEN & {alias.name.split(".")[0] for alias in node.names})
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] in FORBIDDEN
    if not isinstance(node, ast.Call):
        return False
    pickled = [key.value for key in node.keywords if key.arg == "allow_pickle"]
    called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
    return called in CALLS or any(getattr(value, "value", True) for value in pickled)


@pytest.mark.parametrize("folder", ["src", "plugins", "examples", "tools"])
def test_no_pickle_and_no_evaluation_anywhere(root, folder):
    found = [
        f"{path}, line {node.lineno}"
        for path in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if "tests" not in path.parts and dangerous(node)
    ]
    assert found == []


def entry(**changes) -> dict:
    return ComputedEntry("K2S", -10.5).as_dict() | changes


@pytest.fixture
def marker(tmp_path, monkeypatch):
    """A module that leaves a file behind when it is imported or its class made."""
    (tmp_path / "trap_module.py").write_text(
        "import pathlib, os\n"
        "pathlib.Path(os.environ['TRAP']).touch()\n"
        "class Trap:\n    @classmethod\n    def from_dict(cls, d): return cls()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    return tmp_path / "sprung"


ELEMENTS = References("elements", "as-given", {"K": -1.1, "S": -4.0})
TRAP = {"@module": "trap_module", "@class": "Trap"}


@pytest.mark.parametrize(
    "item",
    [
        TRAP,
        entry(**TRAP),
        entry(**{"@module": "os", "@class": "system"}),
        entry(parameters=TRAP),
        entry(parameters={"run_type": TRAP, "hubbards": TRAP, "potcar_spec": [TRAP]}),
        entry(data={"oxide_type": TRAP, "oxidation_states": TRAP}),
        entry(energy_adjustments=[TRAP | {"value": 1.0, "name": TRAP}], correction=1.0),
        entry(composition=TRAP),
        entry(structure=TRAP),
        entry(
            structure={
                "lattice": {"matrix": [[5, 0, 0], [0, 5, 0], [0, 0, 5]]} | TRAP,
                "sites": [{"species": [{"element": "K", "occu": 1}], "abc": [0, 0, 0],
                           "properties": TRAP}],
            }
        ),
        entry(entry_id=TRAP),
    ],
)  # fmt: skip
def test_classes_that_json_names_are_not_imported(write, marker, item):
    path = write(json.dumps([item, entry()]), "entries.json")
    found = read_files([path], "mine", scheme="as-given", references=ELEMENTS)
    assert found.phases or found.rejected
    assert not marker.exists()


def test_only_two_classes_are_read(write):
    path = write(json.dumps([entry(**TRAP)]), "entries.json")
    assert rejected(path) == (
        "it is a trap_module.Trap; only ComputedEntry and ComputedStructureEntry of pymatgen are "
        "read"
    )


@pytest.mark.parametrize(
    "item",
    [
        3, None, [], {}, entry(energy="-10"), entry(energy=True), entry(energy=None),
        entry(energy=1e999), entry(composition={"K": -2, "S": 1}), entry(composition={"K": "x"}),
        entry(composition={"Xx": 1}), entry(composition={}), entry(composition=[1]),
        entry(composition={"K": 1e400}), entry(composition="K" * 10_000), entry(correction="a"),
        entry(energy_adjustments=3), entry(energy_adjustments=[{"value": "1"}]),
        entry(energy_adjustments=[{"value": 5.0}], correction=1.0),
        entry(parameters={"hubbards": {"K": "high"}}), entry(structure=[]),
        entry(structure={"lattice": {"matrix": []}, "sites": [{}]}),
        entry(structure={"lattice": {"matrix": [[0] * 3] * 3}, "sites": [
            {"species": [{"element": "K", "occu": 1}], "abc": [0, 0, 0]}]}),
        entry(structure={"lattice": {}, "sites": [{}] * 10_001}),
    ],
)  # fmt: skip
def test_damaged_entries_are_set_aside_one_by_one(write, item):
    path = write(json.dumps([item, entry()]), "entries.json")
    found = read_files([path], "mine", scheme="as-given", references=ELEMENTS)
    assert len(found.rejected) == 1
    assert found.rejected[0].origin.place == "entry 1"
    assert [phase.formula for phase in found.phases] == ["K2S"]


# ---------------------------------------------------------------- XML

SECRET = "the secret"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE modeling [<!ENTITY x SYSTEM "file://{secret}">]>',
        '<!DOCTYPE modeling [<!ENTITY % x SYSTEM "file://{secret}"> %x;]>',
        '<!DOCTYPE modeling SYSTEM "file://{secret}">',
        '<!DOCTYPE modeling [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY x "&c;&c;&c;&c;&c;&c;&c;&c;">]>',
        "<!DOCTYPE modeling>",
    ],
)
def test_a_document_type_is_refused_before_anything_of_it_is_read(write, tmp_path, doctype):
    secret = write(SECRET, "secret.txt")
    prolog = '<?xml version="1.0"?>' + doctype.replace("{secret}", str(secret))
    text = vasprun(K2S, -10.5, prolog=prolog).replace("vasp </i>", "&x;</i>", 1)
    reason = rejected(write(text, "vasprun.xml"))
    assert "document type" in reason
    assert SECRET not in reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_document_type_is_found_in_every_encoding(write, encoding):
    prolog = '<!DOCTYPE modeling [<!ENTITY x "y">]>'
    text = vasprun(K2S, -10.5, prolog=prolog)
    assert "document type" in rejected(write(text.encode(encoding), "vasprun.xml"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no vasprun.xml"),
        ("no xml", "no XML"),
        ("<html></html>", "no vasprun.xml"),
        ("<modeling>", "is the run complete?"),
        ("<modeling/>", "is the run complete?"),
        ('<?xml version="1.0" encoding="x-unknown"?><modeling/>', "no XML"),
        ("<modeling>" + "<a>" * 100_000, "is the run complete?"),
    ],
)
def test_what_is_no_run_is_refused(write, text, reason):
    assert reason in rejected(write(text, "vasprun.xml"))


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize(("name", "limit"), [("mine.csv", "TABLE"), ("entries.json", "ENTRIES")])
def test_files_are_read_up_to_a_limit(write, monkeypatch, name, limit):
    monkeypatch.setattr(bounded, limit, bounded.MEGABYTE)
    with pytest.raises(DataError, match="more than 1 MB"):
        read_file(write("x" * (bounded.MEGABYTE + 1), name))


def test_phases_are_counted_up_to_a_limit(write, monkeypatch):
    monkeypatch.setattr(bounded, "PHASES", 3)
    with pytest.raises(DataError, match="more than 3 phases"):
        read_file(write("formula,formation_energy (eV/atom)\n" + "K2S,-1\n" * 4))


def test_entries_are_counted_up_to_a_limit(write, monkeypatch):
    monkeypatch.setattr(bounded, "PHASES", 3)
    path = write(json.dumps([entry(), [], [], []]), "entries.json")
    with pytest.raises(DataError, match="more than 3 phases"):
        read_files([path], "mine")


def test_values_of_json_are_counted_before_any_is_made(write, monkeypatch):
    monkeypatch.setattr(bounded, "VALUES", 1000)
    monkeypatch.setattr(json, "loads", None)
    with pytest.raises(DataError, match="more than 1,000 values"):
        read_file(write("[[]" + ",[]" * 500 + "]", "entries.json"))


def test_lines_are_counted_up_to_a_limit_also_empty_ones(write, monkeypatch):
    monkeypatch.setattr(bounded, "LINES", 100)
    head = "formula,formation_energy (eV/atom)\nK2S,-1\n"
    assert read_file(write(head + "\n" * 98)).phases
    with pytest.raises(DataError, match="more than 100 lines"):
        read_file(write(head + "\n" * 99))


@pytest.mark.parametrize("row", ["," * 1000, ',"\n"' * 1000])
def test_cells_of_a_row_are_counted_up_to_a_limit(write, row):
    head = "formula,formation_energy (eV/atom)\nK2S,-1\n"
    with pytest.raises(DataError, match="more than 1,000 cells"):
        read_file(write(head + row + "\n"))
    assert len(read_files([write(head + "," * 998 + "x\n")], "mine").rejected) == 1


def test_reasons_are_kept_up_to_a_limit_and_the_others_counted(write, monkeypatch):
    monkeypatch.setattr(bounded, "REJECTIONS", 3)
    text = "formula,formation_energy (eV/atom)\n" + "Xx,1\n" * 4 + "K2S,-1\n" + "K,-0.5\n" * 3
    path = write(text)
    found = read_files([path], "mine")
    assert [each.origin.place for each in found.rejected] == ["line 2", "line 3", "line 4"]
    assert (found.unlisted, found.refused, len(found.phases)) == (4, 7, 1)


def test_it_is_said_that_not_all_reasons_are_kept(write, tmp_path):
    many = write("formula,formation_energy (eV/atom)\nK2S,-1\n" + "Xx,1\n" * 10_007)
    done = run("data", "import", str(many), "--name", "mine", "--rejects", str(tmp_path / "r.csv"))
    assert "1 new, 10007 rejected" in done.stdout
    assert "r.csv has the first 10,000." in done.stderr


@pytest.mark.parametrize("name", ["mine.csv.gz", "entries.json.gz"])
def test_a_small_archive_that_expands_without_end_is_refused(write, monkeypatch, name):
    monkeypatch.setattr(bounded, "TABLE", 8 * bounded.MEGABYTE)
    monkeypatch.setattr(bounded, "ENTRIES", 8 * bounded.MEGABYTE)
    bomb = gzip.compress(bytes(256 * bounded.MEGABYTE), compresslevel=1)
    assert len(bomb) < 2 * bounded.MEGABYTE
    read: list[int] = []

    def counted(path, limit, original=bounded.pieces):
        for piece in original(path, limit):
            read.append(len(piece))
            yield piece

    monkeypatch.setattr(bounded, "pieces", counted)
    with pytest.raises(DataError, match="more than 8 MB"):
        read_file(write(bomb, name))
    assert sum(read) <= 8 * bounded.MEGABYTE


def test_a_run_that_expands_without_end_is_refused(write, monkeypatch, tmp_path):
    monkeypatch.setattr(bounded, "RUN", 2 * bounded.MEGABYTE)
    text = "<modeling>" + " " * 64 * bounded.MEGABYTE
    path = write(gzip.compress(text.encode(), compresslevel=1), "vasprun.xml.gz")
    assert "more than 2 MB" in rejected(path)


@pytest.mark.parametrize("name", ["mine.csv.gz", "entries.json.gz"])
@pytest.mark.parametrize("cut", [20, -4])
def test_damaged_archives_are_refused(write, name, cut):
    whole = gzip.compress(b"formula,formation_energy (eV/atom)\n" * 100)
    with pytest.raises(DataError, match="cannot be read"):
        read_file(write(whole[:cut], name))


def test_pipes_and_devices_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "mine.csv")
    with pytest.raises(DataError, match="no file"):
        read_file(tmp_path / "mine.csv")


def test_links_in_folders_are_not_followed(tmp_path):
    (tmp_path / "runs" / "a").mkdir(parents=True)
    (tmp_path / "runs" / "a" / "loop").symlink_to(tmp_path / "runs")
    run = tmp_path / "runs" / "a" / "vasprun.xml"
    run.write_text("")
    (tmp_path / "elsewhere.xml").write_text("")
    (tmp_path / "runs" / "vasprun.xml").symlink_to(tmp_path / "elsewhere.xml")
    assert runs.within(tmp_path / "runs") == [run]


def test_long_cells_and_nested_brackets_are_set_aside(write):
    head = "formula,formation_energy (eV/atom)\n"
    assert "longer than" in rejected(write(f"{head}{'K' * 10_000},-1\n"))
    assert rejected(write(f"{head}{'(' * 99}K{')9' * 99},-1\n"))
    with pytest.raises(DataError, match="no CSV"):
        read_file(write(f"{head}{'K' * 200_000},-1\n"))
    assert rejected(write(f"{head}K\x00S,-1\n"))


# ---------------------------------------------------------------- names

PATHS = ["../mine", "/etc/passwd", "mine/../../x", "C:\\mine", ".", "..", "", "mine\x00", "Mine",
         "a b", "~", "$HOME", "mine.csv", "-x", "a" * 61, EVIL]  # fmt: skip


@pytest.mark.parametrize("name", PATHS)
def test_names_of_data_sets_are_no_paths(name):
    with pytest.raises(RequestError) as caught:
        own.check_name(name)
    assert not CONTROL.search(str(caught.value))


@pytest.mark.parametrize("scheme", ["", "../x", "a b", EVIL, "x" * 41, "=1"])
def test_names_of_schemes_are_plain_words(scheme):
    with pytest.raises(RequestError):
        own.check_scheme(scheme)


def test_names_on_the_command_line_are_checked(write, home, tmp_path):
    path = str(write("formula,formation_energy (eV/atom)\nK2S,-1\n"))
    for name in ("../mine", EVIL):
        done = run("data", "import", path, "--name", name)
        assert (done.returncode, done.stdout) == (2, "")
        assert not CONTROL.search(done.stderr)
    for command in ("info", "remove", "verify"):
        done = run("data", command, EVIL)
        assert done.returncode == 2
        assert not CONTROL.search(done.stdout + done.stderr)
    assert not home.exists()


def test_identifiers_are_never_used_as_files(write, home):
    """The store is one file, whatever its phases are called."""
    head = "id,formula,formation_energy (eV/atom)\n"
    path = write(f"{head}../../escaped,K2S,-1\n/tmp/escaped,KS,-0.5\n")
    assert run("data", "import", str(path), "--name", "mine").returncode == 0
    made = {each.name.partition("-")[0] for each in home.iterdir()}
    assert made == {"phases.sqlite"}
    assert not list(home.parent.parent.glob("escaped"))


def test_text_cannot_leave_its_place_in_a_query(write):
    head = "id,formula,formation_energy (eV/atom)\n"
    path = write(f'{head}"\'); DROP TABLE phase; --",K2S,-1\n')
    assert run("data", "import", str(path), "--name", "mine").returncode == 0
    (phase,) = Store().phases(own.of_name("mine"))
    assert phase.identifier == "'); DROP TABLE phase; --"


# ---------------------------------------------------------------- terminals, HTML, spreadsheets


@pytest.fixture
def table() -> PhaseTable:
    """A table in whose names and identifiers there is everything that should not be there."""
    phases = {"K": 0.0, "S": 0.0, "K2S": -1.2, "KS": -0.9, "K2S3": -0.85}
    rows = [(Formula.parse(f), f"=1+1{EVIL}{f}", e) for f, e in phases.items()]
    return PhaseTable.build(f"mine{EVIL}", rows, scheme=f"s{EVIL}", version=EVIL)


def results(table):
    yield kstab.window("K2S", phases=table)
    yield kstab.window("K3S2", phases=table)
    yield kstab.system("K-S", phases=table, threshold=9)
    yield kstab.interface("K", "KS", phases=table)


def test_nothing_of_it_is_in_any_output(table, capsys):
    from kstab.base.late import loaded
    from kstab.builtin import kstab_writers
    from kstab.offers import Page

    for result in results(table):
        for writer in kstab_writers():
            if hasattr(result, "assessments") or writer.name != "csv-assessments":
                for page in (Page(), Page(width=200), Page(details=True)):
                    assert not CONTROL.search(loaded(writer.write)(result, page)), writer.name
        html = result._repr_html_()
        assert not CONTROL.search(html)
        assert "<b>&" not in html
        assert "&lt;b&gt;&amp;" in html
        assert not CONTROL.search(str(result.to_dict()))


@pytest.mark.parametrize("name", [EVIL, r"$\frac$", "$x", r"a$\bad{$b"])
def test_figures_take_names_as_they_are(tmp_path, name):
    phases = {"K": 0.0, "S": 0.0, "K2S": -1.2, "KS": -0.9}
    rows = [(Formula.parse(f), name, e) for f, e in phases.items()]
    table = PhaseTable.build(f"mine{name}", rows, scheme=name)
    for result in (kstab.window("K2S", phases=table), kstab.interface("K", "KS", phases=table)):
        result.plot(tmp_path / "figure.svg")
        drawn = (tmp_path / "figure.svg").read_text("utf-8")
        assert not CONTROL.search(drawn)
        assert "<b>" not in drawn


def test_markup_is_printed_and_not_obeyed(table):
    from kstab.report import terminal

    text = terminal.text(kstab.system("K-S", phases=table, threshold=9).page(), width=400)
    assert "[bold]x[/bold][/]" in text


def test_own_files_reach_the_terminal_clean(write, home):
    name = "m[red]\x1b[31m.csv"
    head = "id,formula,formation_energy (eV/atom)\n"
    path = write(f"{head}{EVIL},K2S,-1.2\n{EVIL}2,{EVIL},-1\n", name)
    commands = [
        ("data", "import", str(path), "--name", "mine"),
        ("data", "list"),
        ("data", "list", "--format", "json"),
        ("data", "info", "mine", "--audit"),
        ("data", "info", "mine", "--format", "json"),
        ("data", "verify"),
        ("window", "K2S", "--source", "mine"),
        ("window", "K2S", "--source", "mine", "--format", "json"),
        ("phases", "K-S", "--source", "mine", "--format", "csv"),
        ("data", "import", str(path) + EVIL, "--name", "mine"),
        ("data", "remove", "mine"),
    ]
    for command in commands:
        done = run(*command)
        assert not CONTROL.search(done.stdout), command
        assert not CONTROL.search(done.stderr), command


def test_a_store_that_a_stranger_wrote_is_printed_clean(home):
    from kstab.sources.store import Dataset, StoredPhase

    dataset = Dataset("mine", EVIL, "fetched", EVIL, "formation", about={EVIL: EVIL})
    Store().add(dataset, [StoredPhase(EVIL, "K2S", -1.2, origin=EVIL, audit=(EVIL, f"{EVIL}: 1"))])
    for command in (("list",), ("info", "mine", "--audit"), ("info", "mine", "--format", "json")):
        done = run("data", *command)
        assert done.returncode == 0
        assert not CONTROL.search(done.stdout), command


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", " =1",
            "＝1+1", "-2+3+cmd|'x'!A0"]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_execute_is_neutralised(text):
    assert cell(text).startswith("'")
    assert uncell(cell(text)) == printable(text)


@pytest.mark.parametrize("number", ["-1.5", "+1", "1e-5", "-.5", "-1.5E+10", -1.5, 3, 0.0])
def test_numbers_stay_numbers(number):
    assert cell(number) == number


@pytest.mark.parametrize("text", FORMULAS)
def test_every_csv_that_kstab_writes_is_neutralised(text, write, tmp_path, home):
    rows = [(Formula.parse(f), f"{text}{f}", e) for f, e in
            {"K": 0.0, "S": 0.0, "K2S": -1.2, "KS": -0.9}.items()]  # fmt: skip
    table = PhaseTable.build("mine", rows, scheme=text, version=text)
    finding = Assessed(text, text, text, False, "good", "low", text)
    window = kstab.window("K2S", phases=table)
    written = [to_csv(result.rows(), result.provenance) for result in results(table)]
    from dataclasses import replace

    said = replace(window, assessments=(finding,))
    written.append(to_csv(said.rows(), said.provenance))
    written.append(to_csv(of_assessments(said.assessments)))
    quoted = text.replace('"', '""')
    path = write(f'id,formula,formation_energy (eV/atom)\n"{quoted}",K2S,-1.2\n"{quoted}",KS,-1\n')
    report, copy = tmp_path / "rejects.csv", tmp_path / "copy.csv"
    run("data", "import", str(path), "--name", "mine", "--rejects", str(report))
    run("data", "export", "mine", str(copy))
    written += [report.read_text("utf-8"), copy.read_text("utf-8")]
    cells = [each for one in written for row in csv.reader(io.StringIO(one)) for each in row]
    assert len(cells) > 100
    for each in cells:
        assert not each.lstrip().startswith(tuple("=+-@\t\r＝")) or float(each) is not None, each


def test_errors_are_printed_clean(tmp_path):
    for arguments in (
        ("window", EVIL), ("window", "K2S", "--scheme", EVIL), ("window", "K2S", "--exclude", EVIL),
        ("phases", EVIL), ("data", "export", EVIL), ("data", "import", EVIL, "--name", "mine"),
        ("window", "K2S", "--output", str(tmp_path / f"no{EVIL[:9]}where" / "x.json")),
    ):  # fmt: skip
        done = run(*arguments)
        assert done.returncode in (2, 3, 4), arguments
        assert not CONTROL.search(done.stderr), arguments


def test_errors_of_reading_are_kstabs_own(write):
    """Random bytes are refused as files, never with an error of Python."""
    import random

    random.seed(6)
    for name in ("a.csv", "a.json", "vasprun.xml", "a.csv.gz", "a.json.gz", "vasprun.xml.gz"):
        for _ in range(30):
            raw = random.randbytes(random.randrange(300))
            path = write((b"\x1f\x8b" if "gz" in name else b"") + raw, name)
            with pytest.raises(KstabError):
                read_file(path)


def test_pymatgens_own_files_with_an_evil_name_are_clean(tmp_path, write):
    items = [ComputedEntry("K2S", -10.5, entry_id=EVIL)]
    dumpfn(items, str(tmp_path / "entries.json"))
    options = {"scheme": "as-given", "references": ELEMENTS}
    (phase,) = read_file(tmp_path / "entries.json", **options).phases
    assert not CONTROL.search(phase.identifier)
