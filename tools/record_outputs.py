"""Write what kstab prints, in every format and at many widths, into a folder.

    python tools/record_outputs.py FOLDER [--against OTHER]

Recorded before and after a change that is to leave the output alone, two folders must be the
same to the byte; ``--against`` compares and names the files that are not. Everything is made
in one process, so that all of it takes about a minute.
"""

import argparse
import contextlib
import filecmp
import io
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

WIDTHS: Final = (45, 60, 66, 80, 100, 120, 160, 200)

COMMANDS: Final = (
    "window K3SbS4",
    "window K3SbS4 --samples 20 --details",
    "window K3SbS4 --voltage 1.5:2.2",
    "window Li10GeP2S12",
    "window K2.92Sb0.92W0.08S4",
    "window K0.99Fe0.99Ti0.01O2",
    "window KB3H8·NH3B3H7",
    "window MgO",
    "window Al2O3 --ion K",
    "window K2SO4 --source experimental",
    "window KAl11O17 --temperature 100C --gas O2=0.21",
    "window K3SbS5 --ehull 25meV",
    "window K",
    "interface K K3SbS4",
    "interface K K3SbS4 --details --space-charge-step 0.3",
    "interface K3SbS4 KCrO2",
    "interface K3SbS4 KCrO2 --voltage 3.5",
    "interface K3SbS4 KCrO2 --voltage 2.0:3.5",
    "interface K3SbS4 KCrO2 --charged K0.5CrO2 --charged-voltage 2.7",
    "interface LiCoO2 Li6PS5Cl --hull-energy b",
    "interface KC8 K3SbS4",
    "interface K3SbS4 K6Sb2S8",
    "interface S Al2O3",
    "interface K3PS4 KVPO4F --voltage cathode",
    "phases K-Sb-S",
    "phases K3PS4 --near 0 --source experimental",
    "data diff mp-2019 experimental --chemsys Fe-O --ion Li",
    "data list",
    "data info mp-2019",
    "data cathodes",
    "plugins",
    "pbr K2S KHCO3",
    "space-charge --help",
)
"""Commands whose text is recorded at every width."""

ONCE: Final = (
    "--help",
    "window --help",
    "interface --help",
    "phases --help",
    "data --help",
    "data diff --help",
    "data list --help",
    "plugins --format json",
    "data list --format json",
    "data info mp-2019 --format json",
    "data diff mp-2019 experimental --chemsys Fe-O --ion Li --format json",
    "window k3sbs4",
    "window XeF2",
    "window K3SbS4 --excude KS3",
    "interface K K3SbS4 --voltage 1",
)
"""Commands that are recorded once, 80 columns wide."""

FORMATS: Final = ("json", "csv", "csv-assessments")
FIGURES: Final = ("svg", "png", "pdf")


def run(line: str, width: int = 80) -> str:
    """Return what a command prints on both streams, and its exit code."""
    from kstab import cli

    os.environ["COLUMNS"] = str(width)
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    sys.argv = ["kstab", *shlex.split(line)]
    code: object = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            cli.main()
        except SystemExit as leaving:
            code = leaving.code
    return f"{said.buffer.getvalue().decode()}exit {code}\n"


def outputs(scratch: Path) -> Iterator[tuple[str, bytes]]:
    """Yield a name and the bytes of everything that is recorded."""
    for line in COMMANDS:
        for width in WIDTHS:
            yield f"{line} @{width}", run(line, width).encode()
        if line.split()[0] in ("window", "interface", "phases"):
            yield from _files(line, scratch)
    for line in ONCE:
        yield line, run(line).encode()


def _files(line: str, scratch: Path) -> Iterator[tuple[str, bytes]]:
    """What a command writes in other formats, and its figures."""
    analysis = line.split()[0] != "phases"
    for form in FORMATS if analysis else FORMATS[:2]:
        yield f"{line} .{form}", run(f"{line} --format {form}").encode()
    for suffix in FIGURES if analysis else ():
        path = scratch / f"figure.{suffix}"
        run(f"{line} --plot {path}")
        yield f"{line} .{suffix}", path.read_bytes()


def record(folder: Path) -> None:
    """Write everything into a folder, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"NO_COLOR": "1", "KSTAB_DATA_HOME": scratch, "SOURCE_DATE_EPOCH": "0"}
        for name, content in outputs(Path(scratch)):
            safe = "".join(sign if sign.isalnum() or sign in "-.@=" else "_" for sign in name)
            (folder / safe).write_bytes(content.replace(scratch.encode(), b"SCRATCH"))


def main() -> int:
    """Record, and compare where that is asked for; the exit code says whether all is the same."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against", type=Path, metavar="OTHER")
    asked = parser.parse_args()
    record(asked.folder)
    if asked.against is None:
        return 0
    names = {path.name for folder in (asked.folder, asked.against) for path in folder.iterdir()}
    same, other, missing = filecmp.cmpfiles(asked.folder, asked.against, names, shallow=False)
    for name in sorted([*other, *missing]):
        print(f"differs: {name}")
    print(f"{len(same)} of {len(names)} are the same")
    return bool(other or missing)


if __name__ == "__main__":
    sys.exit(main())
