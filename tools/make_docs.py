"""Regenerate every page, transcript and picture of the documentation that is made by a program.

    python tools/make_docs.py [--check]

Writes ``docs/commands.md``, ``docs/generated/`` and ``docs/images/``. What is
printed there is what the commands print and what the examples in
``docs/examples/`` print; ``--check`` writes nothing and fails if a file is not
what it would be now.
"""

import argparse
import inspect
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

import kstab
from kstab.analyses import results
from kstab.cli import cli
from kstab.notices import Notice, Provenance
from kstab.report import terminal
from kstab.sources.columns import COLUMNS, Column
from module_map import LAYERS, Module, architecture_picture, ordered, read_modules

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
SOURCE: Final = ROOT / "src" / "kstab"
HEADER: Final = "<!-- Made by tools/make_docs.py; do not edit. -->\n\n"

# The plot holds matplotlib's version and its glyph outlines, so it may differ between
# versions that draw the same: it is made with the rest but never compared.
NOT_COMPARED: Final = frozenset({"images/k3sbs4.svg"})

SHOWN: Final = {
    "window-k3sbs4": "kstab window K3SbS4",
    "window-range": "kstab window K3SbS4 --voltage 1.5:2.2",
    "window-exclude": "kstab window K3SbS4 --exclude KS3,S8O",
    "window-li10gep2s12": "kstab window Li10GeP2S12",
    "window-doped": "kstab window K2.92Sb0.92W0.08S4",
    "window-minor": "kstab window K0.99Fe0.99Ti0.01O2",
    "window-molecular": "kstab window KB3H8·NH3B3H7",
    "window-mgo": "kstab window MgO",
    "window-al2o3": "kstab window Al2O3 --ion K",
    "window-k2s": "kstab window K2S",
    "window-plot": "kstab window K3SbS4 --plot window.svg --format csv --output window.csv",
    "phases-k-sb-s": "kstab phases K-Sb-S",
    "data-verify": "kstab data verify",
}
"""Commands whose output pages show, by the name of the file in ``docs/generated``."""

FAILING: Final = {
    "error-usage": ("kstab window K3SbS4 --excude KS3", 2),
    "error-formula": ("kstab window k3sbs4", 3),
    "error-phase": ("kstab window K3SbS4 --exclude K2S4", 3),
    "error-data": ("kstab window XeF2", 4),
}
"""Commands that pages show failing, with the exit code each must have."""

# Written by other scripts or by hand, and left alone here.
NOT_MADE_HERE: Final = frozenset({"generated/benchmarks.md"})

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
    modules = read_modules()
    return {
        "commands.md": commands_page(),
        **transcripts(),
        **example_outputs(),
        "generated/columns.md": columns_table(),
        "generated/literature.md": literature_table(),
        "generated/halides.md": halides_table(),
        "generated/json_window.md": key_tables("window"),
        "generated/json_system.md": key_tables("system"),
        "generated/modules.md": modules_list(modules),
        "images/window.svg": terminal_picture(),
        "images/k3sbs4.svg": plot_picture(),
        "images/architecture.svg": architecture_picture(modules),
    }


# Commands and examples.


def run(arguments: Iterable[str], expected: int = 0) -> str:
    """Run a program as in a pipe 80 columns wide; return what it says on both streams.

    Raises:
        RuntimeError: It ends with another exit code than expected.
    """
    hidden = {"FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
    with tempfile.TemporaryDirectory() as folder:
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


def run_kstab(line: str, expected: int = 0) -> str:
    """Run a line that begins with ``kstab``."""
    return run(["-m", *shlex.split(line)], expected)


def transcripts() -> Files:
    """Return the commands pages show, each with what it prints."""
    lines = {name: (line, 0) for name, line in SHOWN.items()} | FAILING
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outputs = pool.map(lambda item: run_kstab(*item), lines.values())
        return {
            f"generated/{name}.txt": f"$ {line}\n{output}"
            for (name, (line, _)), output in zip(lines.items(), outputs, strict=True)
        }


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
    names = list(_command_names(cli, "kstab"))
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


def _command_names(command: click.Command, name: str) -> Iterator[str]:
    yield name
    if isinstance(command, click.Group):
        for part in sorted(command.commands):
            yield from _command_names(command.commands[part], f"{name} {part}")


# Tables.


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


LITERATURE: Final = {
    "Li3PS4": "1.71 to 2.31",
    "Li10GeP2S12": "1.71 to 2.14",
    "Li7La3Zr2O12": "0.05 to 2.91",
    "Li3PO4": "0.69 to 4.21",
    "Li2PO2N": "0.68 to 2.63",
    "LiF": "oxidation 6.34",
    "K3SbS4": "",
    "K3PS4": "",
    "K2CdO2": "",
    "K3OI": "",
    "KAl11O17": "",
    "K2Fe4O7": "",
}
"""Windows, V, of Zhu, He and Mo (10.1021/acsami.5b07517, 10.1039/C5TA08574H), if published."""

HALIDES: Final = {"KF": 5.57, "KCl": 4.23, "KBr": 3.95, "KI": 3.37}
"""Voltage, V, that follows from the standard Gibbs energy of formation at 298 K (CRC)."""


def literature_table() -> str:
    """Return computed windows beside published ones."""
    rows = []
    for formula, published in LITERATURE.items():
        found = kstab.window(formula, scheme="legacy", near_misses=False)
        low, high = found.reduction_limit, found.oxidation_limit
        limits = f"{low:.3f} to {high:.3f}"
        height = f"{1000 * (found.energy_above_hull or 0.0):.1f}"
        rows.append((formula, height, limits, published or "–"))
    head = ("phase", "meV/atom above hull", "kstab, scheme legacy / V", "literature / V")
    return HEADER + table(head, rows)


def halides_table() -> str:
    """Return oxidation limits of the potassium halides beside those from experiment."""
    batch = kstab.windows(HALIDES, scheme="legacy")
    rows = (
        (formula, f"{limit:.3f}", f"{measured:.2f}", f"{limit - measured:+.2f}")
        for (formula, measured), limit in zip(HALIDES.items(), batch.oxidation_limits, strict=True)
    )
    head = ("phase", "kstab, scheme legacy / V", "from experiment / V", "difference / V")
    return HEADER + table(head, rows)


def columns_table() -> str:
    """Return the columns of the embedded data set."""
    rows = ((f"`{c.name}`", _kind(c), c.unit or "–", c.description) for c in COLUMNS)
    return HEADER + table(("column", "kind", "unit", "meaning"), rows)


def _kind(column: Column) -> str:
    if column.kind == "category":
        return ", ".join(f"`{name}`" for name in column.categories)
    if column.kind == "text":
        return "text"
    return f"{column.kind}, {column.minimum:g} to {column.maximum:g}"


CLASSES: Final[Mapping[str, type]] = {
    "window": results.WindowResult,
    "system": results.SystemResult,
    "steps[]": results.Step,
    "product": results.Product,
    "near_misses[]": results.NearMiss,
    "step": results.Step,
    "host": results.Host,
    "phases[]": results.SystemPhase,
    "warnings[]": Notice,
    "provenance": Provenance,
}
"""Class behind each object of the JSON; its docstring speaks where the schema does not."""

FIXED_KEYS: Final = {
    "kind": "What the document is.",
    "schema_version": "Version of the format; the first number changes with the meaning of a key.",
    "caveat": "The line that every report carries.",
}


def key_tables(name: str) -> str:
    """Return the keys of one kind of JSON document, one table an object."""
    path = SOURCE / "schemas" / f"{name}.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    objects = {"": schema} | dict(_objects(schema)) | schema.get("$defs", {})
    parts = [HEADER.rstrip()]
    for label, found in objects.items():
        parts.append(f"### {'The document' if not label else f'`{label}`'}")
        about = _attributes(CLASSES[label or name])
        parts.append(
            table(
                ("key", "type", "meaning"),
                (
                    (f"`{key}`", _type(value), _meaning(key, value, about))
                    for key, value in found["properties"].items()
                ),
            ).rstrip()
        )
    return "\n\n".join(parts) + "\n"


def _objects(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects inside a document, by the key that holds them."""
    for key, value in schema["properties"].items():
        items = value.get("items")
        if "properties" in value:
            yield key, value
        elif isinstance(items, dict) and "properties" in items:
            yield f"{key}[]", items


def _type(value: Mapping[str, Any]) -> str:
    if "const" in value:
        return f'`"{value["const"]}"`'
    if "enum" in value:
        return ", ".join(f'`"{choice}"`' for choice in value["enum"])
    if "$ref" in value:
        return f"`{value['$ref'].rsplit('/', 1)[-1]}`"
    if "oneOf" in value:
        return " or ".join(map(_type, value["oneOf"]))
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return " or ".join(_array(value) if kind == "array" else kind for kind in kinds)


def _array(value: Mapping[str, Any]) -> str:
    if "prefixItems" in value:
        return f"array of {len(value['prefixItems'])} numbers"
    return f"array of {_type(value['items'])}"


def _meaning(key: str, value: Mapping[str, Any], about: Mapping[str, str]) -> str:
    text: str = value.get("description") or about.get(key) or FIXED_KEYS[key]
    return _markdown(text)


def _attributes(kind: type) -> dict[str, str]:
    """What the docstring of a class says about each of its attributes."""
    _, _, text = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    entries = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", text, flags=re.MULTILINE)
    return {name: " ".join(meaning.split()) for name, meaning in entries}


def _markdown(text: str) -> str:
    """Turn the reStructuredText of a docstring into Markdown."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)
    return text.replace("``", "`")


# Pictures of results.


SVG_FORMAT: Final = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{
  font-family: "DejaVu Sans", Verdana, Arial, sans-serif;
  font-size: 16px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""
"""Rich's own format without the fonts it would fetch from the network."""


def terminal_picture() -> str:
    """Return what ``kstab window K3SbS4`` looks like in a terminal."""
    console = Console(
        record=True,
        width=80,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        legacy_windows=False,
        highlight=False,
    )
    console.print(terminal.window(kstab.window("K3SbS4", scheme="legacy")))
    picture = console.export_svg(
        title="kstab window K3SbS4", code_format=SVG_FORMAT, unique_id="kstab"
    )
    return "".join(f"{line.strip()}\n" for line in picture.splitlines() if line.strip())


def plot_picture() -> str:
    """Return the plot of the staircase of K3SbS4."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "k3sbs4.svg"
        kstab.window("K3SbS4", scheme="legacy").plot(path)
        lines = path.read_text(encoding="utf-8").splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


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
    return f"**`{name}`.** {_markdown(' '.join(kept))} *Imports {imports}.*"


if __name__ == "__main__":
    sys.exit(main())
