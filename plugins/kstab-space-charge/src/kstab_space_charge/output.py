"""What ``kstab space-charge`` needs before, and prints after, the estimate."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

import kstab
from kstab import Formula
from kstab.context import Context
from kstab.plugin_tools import ROOM, Conditions, bullet, default_ion, plain_table
from kstab_space_charge import words
from kstab_space_charge.assessment import measurements
from kstab_space_charge.estimate import Estimate
from kstab_space_charge.of_phase import Case
from kstab_space_charge.validity import confidence

SCHEMA_VERSION = "1.0"
"""Version of the JSON output; the first number changes when a key changes its meaning."""


NARROWEST: Final = 36
"""Columns below which the table says nothing any more."""

NARROW: Final = 56
"""Columns below which the table has no room for where its numbers are from."""


def context(
    formula: str, ion: str | None, temperature: str | None, options: Mapping[str, Any]
) -> Context:
    """Return what the estimate takes the phase from: the embedded data.

    Raises:
        FormulaError: The formula cannot be read.
        RequestError: The ion or the temperature has no meaning.
    """
    symbol = ion or default_ion(Formula.parse(formula).elements).symbol
    kelvin = Conditions.read(temperature).temperature if temperature else ROOM
    return Context(kstab.phase_table(), symbol, options, kelvin)


def as_json(found: Case, layer: Estimate) -> str:
    """Return an estimate as JSON text; numbers keep 10 digits."""
    document = {
        "kind": "space_charge",
        "schema_version": SCHEMA_VERSION,
        "formula": found.formula,
        "ion": found.ion,
        "effect": words.effect(found.inputs),
        "confidence": confidence(layer.doubts),
        **{name: _plain(value) for name, value in asdict(layer).items()},
        "sources": asdict(found.sources),
        "notes": list(words.notes(found, layer)),
        "references": list(words.REFERENCES[found.inputs.model]),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def as_text(found: Case, layer: Estimate) -> str:
    """Return an estimate as text, as wide as the terminal; 80 columns elsewhere."""
    console = Console(highlight=False)
    console.width = max(console.width, NARROWEST)
    with console.capture() as capture:
        console.print(Group(*_parts(found, layer, console.width)))
    return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


def _parts(found: Case, layer: Estimate, columns: int) -> Iterator[RenderableType]:
    yield Text(f"Space charge in {found.formula}, mobile {found.ion}, estimated")
    yield ""
    sure = f"{words.effect(found.inputs)}, confidence {confidence(layer.doubts)}"
    yield Text(f"{words.headline(found.formula, layer)} ({sure})")
    yield ""
    yield _table(found, layer, columns)
    yield ""
    yield Text("Keep in mind")
    yield from (bullet(note) for note in words.notes(found, layer))
    yield ""
    yield from (bullet(f"From {each}") for each in words.REFERENCES[found.inputs.model])


def _table(found: Case, layer: Estimate, columns: int) -> Table:
    table = plain_table()
    table.add_column("quantity")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    if columns >= NARROW:
        table.add_column("from")
    for row in measurements(found, layer):
        value = row.value if isinstance(row.value, str) else words.number(row.value or 0.0)
        cells = (row.quantity, value, row.unit, row.source)
        table.add_row(*cells[: len(table.columns)])
    return table
