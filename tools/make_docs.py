"""Regenerate every page, transcript and picture of the documentation that is made by a program.

    python tools/make_docs.py [--check]

Writes ``docs/commands.md``, ``docs/generated/`` and ``docs/images/``. What is
printed there is what the commands print and what the examples in
``docs/examples/`` print; ``--check`` writes nothing and fails if a file is not
what it would be now.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

import kstab
from doc_pictures import plot_picture, terminal_picture
from doc_tables import (
    HEADER,
    anodes_table,
    cathodes_table,
    columns_table,
    halides_table,
    interfaces_table,
    literature_table,
    markdown,
)
from free_energy_tables import free_energies
from json_tables import key_tables
from kstab.builtin import kstab_analyses
from kstab.cli import cli
from kstab.plugins import DISABLE
from kstab.report.terminal import renderable
from literature_windows import literature_windows
from module_map import LAYERS, Module, architecture_picture, ordered, read_modules

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"

# A plot holds matplotlib's version and its glyph outlines, so it may differ between
# versions that draw the same: it is made with the rest but never compared.
NOT_COMPARED: Final = frozenset(
    {"images/k3sbs4.svg", "images/k-k3sbs4.svg", "images/k3sbs4-kcro2-map.svg"}
)

SHOWN: Final = {
    "window-k3sbs4": "kstab window K3SbS4",
    "window-samples": "kstab window K3SbS4 --samples 200",
    "window-range": "kstab window K3SbS4 --voltage 1.5:2.2",
    "window-exclude": "kstab window K3SbS4 --exclude K3SbS3",
    "window-li10gep2s12": "kstab window Li10GeP2S12",
    "window-doped": "kstab window K2.92Sb0.92W0.08S4",
    "window-minor": "kstab window K0.99Fe0.99Ti0.01O2",
    "window-molecular": "kstab window KB3H8·NH3B3H7",
    "window-mgo": "kstab window MgO",
    "window-al2o3": "kstab window Al2O3 --ion K",
    "window-k2s": "kstab window K2S --scheme legacy,kstab",
    "window-plot": "kstab window K3SbS4 --plot window.svg --format csv --output window.csv",
    "interface-k-k3sbs4": "kstab interface K K3SbS4",
    "interface-k3sbs4-kcro2": "kstab interface K3SbS4 KCrO2",
    "interface-voltage": "kstab interface K3SbS4 KCrO2 --voltage 3.5",
    "interface-own": "kstab interface K3SbS4 KCrO2 --voltage 1",
    "interface-range": "kstab interface K3SbS4 KCrO2 --voltage 2.0:3.5",
    "interface-charged": ("kstab interface K3SbS4 KCrO2 --charged K0.5CrO2 --charged-voltage 2.7"),
    "interface-hull-mixture": "kstab interface K3SbS4 K0.5CrO2",
    "interface-hull-energy": "kstab interface LiCoO2 Li6PS5Cl --hull-energy b",
    "interface-licoo2-5v": "kstab interface LiCoO2 Li3PS4 --voltage 5",
    "interface-kal11o17": "kstab interface K KAl11O17",
    "interface-kc8": "kstab interface KC8 K3SbS4",
    "interface-same": "kstab interface K3SbS4 K6Sb2S8",
    "interface-sulfur": "kstab interface S Al2O3",
    "interface-plot": (
        "kstab interface K3SbS4 KCrO2 --voltage 2.0:3.5 --plot map.svg --output map.csv"
    ),
    "window-gas": "kstab window KAl11O17 --temperature 100C --gas O2=0.21",
    "window-measured": "kstab window K2SO4 --source experimental",
    "window-ehull": "kstab window K3SbS5 --ehull 25meV",
    "interface-gas": "kstab interface K3SbS4 O2 --gas O2=0.21",
    "phases-k-sb-s": "kstab phases K-Sb-S",
    "plugin-wide": "kstab window K2S --plugin-file wide.py --wide-least 1.5",
    "plugin-numbers": (
        "kstab window K2S --plugin-file wide.py --no-plugins --format csv-assessments"
    ),
    "plugin-forms": "kstab interface K K3SbS4 --plugin-file forms.py --format csv-assessments",
    "plugin-depends": "kstab window KFeO2 --no-plugins --plugin-file depends.py",
    "plugin-careless": (
        "kstab interface K K2S --no-plugins --plugin-file careless.py --format csv-assessments"
    ),
    "plugin-listed": "kstab plugins --no-plugins --plugin-file wide.py",
    "data-verify": "kstab data verify",
    "data-diff": "kstab data diff mp-2019 experimental --chemsys Fe-O --ion Li",
}
"""Commands whose output pages show, by the name of the file in ``docs/generated``."""

SESSIONS: Final = {
    "result-kept": ("kstab phases K-S --output phases.json", "kstab show phases.json"),
    "own-table": (
        "kstab data import oxides.csv --name oxides",
        "kstab window KO2 --source oxides",
    ),
    "own-entries": (
        "kstab data import entries.json --name runs",
        "kstab data info runs --audit",
    ),
    "own-kept": (
        "kstab data import oxides.csv --name oxides --rejects rejected.csv",
        "kstab data import oxides.csv --name oxides",
        "kstab data list",
        "kstab data verify oxides",
        "kstab data export oxides copy.csv",
        "kstab data remove oxides",
    ),
}
"""Commands that pages show one after the other, of which the later see what the earlier stored."""

FAILING: Final = {
    "error-usage": ("kstab window K3SbS4 --excude KS3", 2),
    "error-formula": ("kstab window k3sbs4", 3),
    "error-phase": ("kstab window K3SbS4 --exclude K2S4", 3),
    "error-cathode": ("kstab interface K3SbS4 KCrO2 --voltage cathode", 2),
    "error-metal": ("kstab interface K K3SbS4 --voltage 1", 2),
    "error-data": ("kstab window XeF2", 4),
    "error-service": ("kstab data fetch --chemsys K-Sb-S", 5),
    "data-fetch-many": ("kstab data fetch --ion K --elements 3", 2),
    "error-mixed": ("kstab window K2S --source experimental,mp-2019", 2),
    "error-plugin": ("kstab window K2S --plugin-file misspelt.py", 6),
    "error-plugin-listed": (
        "kstab plugins --no-plugins --plugin-file wide.py --plugin-file misspelt.py",
        6,
    ),
}
"""Commands that pages show failing, with the exit code each must have."""

# Written by other scripts or by hand, and left alone here.
NOT_MADE_HERE: Final = frozenset(
    f"generated/{name}.md"
    for name in ("benchmarks", "scheme_errors", "final_test", "entropy_errors", "second_test")
)

Files = dict[str, str]
"""Text of each file, by its path in ``docs``."""


def main() -> int:
    """Make everything, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    files = build()
    stale = [name for name, text in files.items() if not _same(name, text)]
    if check:
        stale = [name for name in stale if name not in NOT_COMPARED] + _orphans(files)
        print(f"stale: {', '.join(stale)}" if stale else "the documentation is up to date")
        return bool(stale)
    for name in stale:
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(files[name], encoding="utf-8", newline="\n")
        print(f"wrote docs/{name}")
    return 0


def _orphans(files: Files) -> list[str]:
    """Files that nothing makes any more."""
    there = {
        path.relative_to(DOCS).as_posix()
        for folder in ("generated", "images")
        for path in (DOCS / folder).iterdir()
    }
    return sorted(there - set(files) - NOT_MADE_HERE)


def _same(name: str, text: str) -> bool:
    path = DOCS / name
    return path.exists() and path.read_bytes() == text.encode()


def build() -> Files:
    """Return everything that is made by a program."""
    return {
        "commands.md": commands_page(),
        **transcripts(),
        **sessions(),
        **example_outputs(),
        **tables(),
        **pictures(),
        **architecture(),
    }


def tables() -> Files:
    """Return the tables that pages include."""
    return {
        "generated/columns.md": columns_table(),
        "generated/literature.md": literature_table(),
        "generated/literature_windows.md": literature_windows(),
        "generated/free_energies.md": free_energies(),
        "generated/halides.md": halides_table(),
        "generated/interfaces.md": interfaces_table(),
        "generated/anodes.md": anodes_table(),
        "generated/cathodes.md": cathodes_table(),
        **{f"generated/json_{offer.name}.md": key_tables(offer.name) for offer in kstab_analyses()},
    }


def pictures() -> Files:
    """Return what terminals show, and figures."""
    window = kstab.window("K3SbS4")
    contact = kstab.interface("K", "K3SbS4")
    ranged = kstab.interface("K3SbS4", "KCrO2", voltage=(2.0, 3.5))
    return {
        "images/window.svg": terminal_picture("kstab window K3SbS4", renderable(window.page())),
        "images/interface.svg": terminal_picture(
            "kstab interface K K3SbS4", renderable(contact.page())
        ),
        "images/k3sbs4.svg": plot_picture(window),
        "images/k-k3sbs4.svg": plot_picture(contact),
        "images/k3sbs4-kcro2-map.svg": plot_picture(ranged),
    }


def architecture() -> Files:
    """Return the modules in words and drawn."""
    modules = read_modules()
    return {
        "generated/modules.md": modules_list(modules),
        "images/architecture.svg": architecture_picture(modules),
    }


# Commands and examples.


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a folder of its own, with the files that commands on the pages name."""
    with tempfile.TemporaryDirectory() as name:
        for examples in ("plugins", "own"):
            for file in (DOCS / "examples" / examples).rglob("*"):
                if file.is_file():
                    shutil.copy(file, name)
        yield Path(name)


def run(arguments: Iterable[str], expected: int = 0, folder: Path | None = None) -> str:
    """Run a program as in a pipe 80 columns wide; return what it says on both streams.

    Args:
        arguments: Those of Python.
        expected: Exit code that it must have.
        folder: Where; None for a folder of its own. What it stores is stored there.

    Raises:
        RuntimeError: It ends with another exit code than expected.
    """
    if folder is None:
        with workplace() as folder:
            return run(arguments, expected, folder)
    hidden = {"FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
    environment |= {"KSTAB_DATA_HOME": "store"}
    environment["MP_API_KEY"] = "no-key"  # refused before anybody is asked
    environment[DISABLE] = "all"  # pages show kstab alone, whatever is installed here
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != expected:
        raise RuntimeError(f"{arguments} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def run_kstab(line: str, expected: int = 0, folder: Path | None = None) -> str:
    """Run a line that begins with ``kstab``."""
    return run(["-m", *shlex.split(line)], expected, folder)


def transcripts() -> Files:
    """Return the commands pages show, each with what it prints."""
    lines = {name: (line, 0) for name, line in SHOWN.items()} | FAILING
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outputs = pool.map(lambda item: run_kstab(*item), lines.values())
        return {
            f"generated/{name}.txt": f"$ {line}\n{output}"
            for (name, (line, _)), output in zip(lines.items(), outputs, strict=True)
        }


def sessions() -> Files:
    """Return the commands pages show one after the other, each with what it prints."""
    return {f"generated/{name}.txt": _session(lines) for name, lines in SESSIONS.items()}


def _session(lines: Iterable[str]) -> str:
    with workplace() as folder:
        return "\n".join(f"$ {line}\n{run_kstab(line, folder=folder)}" for line in lines)


def example_outputs() -> Files:
    """Return what the scripts in ``docs/examples`` print."""
    scripts = sorted((DOCS / "examples").glob("*.py"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outputs = pool.map(lambda script: run([str(script)]), scripts)
        return {
            f"generated/example-{script.stem}.txt": output
            for script, output in zip(scripts, outputs, strict=True)
        }


def commands_page() -> str:
    """Return the reference of all commands, each with its ``--help``."""
    top = cli.make_context("kstab", ["--no-plugins"], resilient_parsing=True)
    names = list(_command_names(cli, top))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        helps = pool.map(lambda name: run_kstab(f"{name} --help"), names)
        sections = [
            f"{'#' * min(len(name.split()) + 1, 3)} {name}\n\n```text\n{text}```\n"
            for name, text in zip(names, helps, strict=True)
        ]
    intro = (
        "What `--help` prints, for every command. [Errors and exit codes](errors.md) has the "
        "exit codes;\n[the tutorial](tutorial.md) shows the commands at work.\n"
    )
    return "\n".join([f"{HEADER}# Commands\n", intro, *sections])


def _command_names(command: click.Command, context: click.Context) -> Iterator[str]:
    yield context.command_path
    if isinstance(command, click.Group):
        for name in sorted(command.list_commands(context)):
            part = command.get_command(context, name)
            if part:
                yield from _command_names(part, click.Context(part, context, name))


# The modules in words.


def modules_list(modules: tuple[Module, ...]) -> str:
    """Return what each module is for, and what it imports, by layer."""
    parts = [HEADER.rstrip()]
    for place, layer in enumerate(LAYERS):
        parts.append(f"### {layer.name}: {layer.about}")
        parts += [_module_entry(module) for module in ordered(modules, place)]
    return "\n\n".join(parts) + "\n"


def _module_entry(module: Module) -> str:
    paragraphs = module.doc.split("\n\n")
    # A second paragraph says why; one that leads to a formula or an example stays behind.
    kept = [" ".join(p.split()) for p in paragraphs[:2] if not p.endswith(":") and ">>>" not in p]
    name = f"kstab.{module.name}" if module.name else "kstab"
    imports = ", ".join(f"`{other}`" for other in module.imports) or "nothing of kstab"
    return f"**`{name}`.** {markdown(' '.join(kept))} *Imports {imports}.*"


if __name__ == "__main__":
    sys.exit(main())
