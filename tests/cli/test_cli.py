"""The command line as a user meets it: answers, refusals, exit codes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from command import drawn_twice, process, run


@pytest.mark.parametrize("how", [run, process])
def test_window_prints_a_report(how):
    done = how("window", "K3SbS4")
    assert done.returncode == 0
    assert "K3SbS4 is stable between 1.81 ± 0.26 and 2.43 ± 0.11 V vs K⁺/K" in done.stdout
    assert "2.43 ± 0.11 V (2.00 legacy, 2.00 mp2020)" in done.stdout
    assert "kinetics and mechanics are not included" in done.stdout
    assert "scheme kstab" in done.stdout
    assert done.stderr == ""


def test_a_piped_report_has_no_colour_and_fits_80_columns():
    lines = run("window", "K2.92Sb0.92W0.08S4").stdout.splitlines()
    assert not any("\x1b" in line for line in lines)
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("columns", ["30", "50", "66", "200"])
def test_the_products_survive_any_width(columns):
    output = run("window", "K3SbS4", env={"COLUMNS": columns}).stdout
    assert "K5Sb4" in output
    assert max(map(len, output.splitlines())) <= int(columns)


def test_no_color_is_respected_on_a_forced_terminal():
    coloured = run("window", "K3SbS4", env={"FORCE_COLOR": "1"}).stdout
    plain = run("window", "K3SbS4", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    assert "\x1b[" in coloured
    assert "\x1b[3" not in plain.replace("\x1b[3m", "")  # italics are no colour


def test_an_ascii_terminal_gets_look_alikes():
    done = process("window", "K3SbS4", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "K3SbS4 + 8 K -> 4 K2S + K3Sb" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["window"], 2, "Missing argument 'FORMULA'"),
        (["window", "K3SbS4", "--schem", "legacy"], 2, "--scheme"),
        (["window", "K3SbS4", "--scheme", "best"], 2, "one of: kstab, legacy, mp2020"),
        (["window", "K3SbS4", "--scheme", "kstab,best"], 2, "one of: kstab, legacy, mp2020"),
        (["window", "K3SbS4", "--samples", "1"], 2, "makes no statistics"),
        (["window", "K3SbS4", "--scheme", "legacy", "--samples", "9"], 2, "no known errors"),
        (["interface", "K3SbS4", "KCrO2", "--voltage", "2:3", "--samples", "9"], 2, "one voltage"),
        (["windw", "K3SbS4"], 2, "window"),
        (["window", "K3SbS4", "--ion", "Fe"], 2, "'K'"),
        (["window", "K3SbS4", "--voltage", "-1:2"], 2, "below 0 V"),
        (["window", "K3SbS4", "--voltage", "5:0"], 2, "range like 0:5"),
        (["window", "K3SbS4", "--voltage", "low"], 2, "range like 0:5"),
        (["window", "(K0.5Na0.5)3SbS4"], 2, "--ion Na or --ion K"),
        (["window", "K3SbS4", "--plot", "window.doc"], 2, ".png, .svg, .pdf"),
        (["window", "K3SbS4", "--output", "window.xlsx"], 2, ".txt, .json, .csv"),
        (["window", "K3SbS4", "--output", "w.svg", "--plot", "w.svg"], 2, "both"),
        (["phases", "K-Sb-S", "--near", "-5"], 2, "--near"),
        (["window", "k3sbs4"], 3, "Did you mean K3SbS4"),
        (["window", "K2S04"], 3, "Did you mean K2SO4"),
        (["window", "K3SbS4 KFeO2"], 3, "several formulas"),
        (["window", "PO4³⁻"], 3, "charge"),
        (["window", ""], 3, "empty"),
        (["window", "K3SbS4", "--exclude", "KS7"], 3, "no phase KS7"),
        (["window", "K3SbS4", "--exclude", "K3SB"], 3, "Did you mean K3Sb"),
        (["phases", "K-Xx-S"], 3, "'Xx' is not an element"),
        (["phases", "k-sb-s"], 3, "Did you mean K-Sb-S"),
        (["window", "KAr"], 4, "no energy for Ar"),
        (["phases", "K-Ar"], 4, "no energy for Ar"),
        (["window", "K3SbS4", "--exclude", "S"], 4, "cannot do without S"),
        (["window", "K3SbS4", "--output", "no/such/folder/w.json"], 4, "cannot be written"),
        (["window", "K3SbS4", "--plot", "no/such/folder/w.png"], 4, "cannot be written"),
        (["data", "export", "table.txt"], 2, ".csv or .parquet"),
    ],
)  # fmt: skip
def test_a_mistake_is_explained(arguments, code, message):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_json_goes_to_a_pipe_or_a_file(tmp_path):
    printed = run("window", "K3SbS4", "--format", "json").stdout
    target = tmp_path / "window.json"
    assert run("window", "K3SbS4", "--output", str(target)).returncode == 0
    assert target.read_text("utf-8") == printed
    assert json.loads(printed)["verdict"] == "stable"


def test_a_failed_write_leaves_the_old_file(tmp_path):
    target = tmp_path / "window.json"
    target.write_text("precious")
    tmp_path.chmod(0o500)
    try:
        done = run("window", "K3SbS4", "--output", str(target))
    finally:
        tmp_path.chmod(0o700)
    if os.geteuid() != 0:  # root writes anywhere
        assert done.returncode == 4
        assert target.read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["window.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("form", ["terminal", "json"])
def test_a_full_disk_is_exit_code_4(form):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kstab", "window", "K3SbS4", "--format", form],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=300,
        )  # fmt: skip
    assert done.returncode == 4
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_reader_that_leaves_early_gets_no_complaint():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "kstab", "window", "K3SbS4"],
        stdout=writer, stderr=subprocess.PIPE, text=True, timeout=300,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_an_interruption_is_exit_code_130():
    # Reading a pipe that never speaks keeps the process busy at a known place.
    wait = "lambda *_, **__: (os.write(1, b'here'), os.read(0, 1))"
    code = f"import os, kstab.cli as c; c.cli.main = {wait}; c.main()"
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as waiting:
        assert waiting.stdout.read(4) == b"here"
        waiting.send_signal(signal.SIGINT)
        errors = waiting.stderr.read().decode()
    assert waiting.returncode == 130
    assert "Traceback" not in errors


def test_version_names_everything_a_result_depends_on():
    lines = run("--version").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["kstab", "data", "pymatgen"]


@pytest.mark.parametrize("command", [[], ["window"], ["phases"]])
def test_help_has_examples(command):
    done = run(*command, "--help")
    assert done.returncode == 0
    assert "Examples:" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_completes_options(shell):
    script = run("completion", shell).stdout
    assert "_KSTAB_COMPLETE" in script
    words = {"_KSTAB_COMPLETE": "bash_complete", "COMP_WORDS": "kstab window --sch"}
    done = run(env={**words, "COMP_CWORD": "2"})
    assert "--scheme" in done.stdout


def test_a_voltage_range_narrows_the_steps_but_not_the_limits():
    window = json.loads(run("window", "K3SbS4", "--voltage", "0:1", "--format", "json").stdout)
    assert round(window["oxidation_limit"], 3) == 2.430
    assert [step["voltage_low"] < 1 for step in window["steps"]] == [True] * 5


def test_excluding_a_phase_moves_the_limit_and_is_named():
    options = (
        "--scheme",
        "legacy",
        "--temperature",
        "none",
        "--exclude",
        "KS3, S8O",
        "--format",
        "json",
    )
    window = json.loads(run("window", "K3SbS4", *options).stdout)
    assert window["provenance"]["changes"] == ["without KS3", "without S8O"]
    assert window["oxidation_limit"] > 2.067


def test_data_verify_and_export(tmp_path):
    assert "as shipped" in run("data", "verify").stdout
    table = tmp_path / "phases.csv"
    assert run("data", "export", str(table)).returncode == 0
    assert table.read_bytes().count(b"\n") == 95_592


def test_parquet_export_matches_the_csv(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    target = tmp_path / "phases.parquet"
    assert run("data", "export", str(target)).returncode == 0
    table = parquet.read_table(target)
    assert table.num_rows == 95_591
    row = table["formula"].to_pylist().index("K3SbS4")
    assert table["formation_energy"][row].as_py() == -1.220533


def test_the_same_plot_is_the_same_file(tmp_path):
    first, second = drawn_twice(tmp_path, "window", "K3PS4")
    assert first == second
    assert min(map(len, first)) > 5000


HEAVY = ("pymatgen", "scipy", "sympy", "pandas", "matplotlib", "mp_api", "chemicals", "pyarrow")


def test_a_window_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['kstab', 'window', 'K3SbS4']\n"
        "from kstab.cli import main\n"
        "try: main()\n"
        f"finally: print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stderr.strip() == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    assert run("window", "K3PS4", "--output", str(link)).returncode == 0
    assert link.is_symlink()
    assert json.loads(real.read_text("utf-8"))["formula"] == "K3PS4"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a device")
def test_a_device_stays_a_device():
    assert run("window", "K3PS4", "--output", "/dev/null").returncode == 0
    assert Path("/dev/null").is_char_device()
