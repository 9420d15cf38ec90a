"""What ``kstab space-charge`` needs before, and prints and writes after, the estimate."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from kstab import Formula
from kstab.context import Context
from kstab.findings import Measurement
from kstab.plugin_tools import ROOM, Conditions, Sheet, default_ion, plain
from kstab.report.page import (
    BLANK,
    Answer,
    Block,
    Bullets,
    Cell,
    Column,
    Paragraph,
    Row,
    Table,
    cells,
)
from kstab_space_charge import words
from kstab_space_charge.assessment import measurements
from kstab_space_charge.estimate import Estimate
from kstab_space_charge.of_phase import Case
from kstab_space_charge.validity import confidence

SCHEMA_VERSION = "1.0"
"""Version of the JSON output; the first number changes when a key changes its meaning."""

ROOMY: Final = 56
"""Columns from which the table has room for where its numbers are from."""


def context(
    formula: str, ion: str | None, temperature: str | None, options: Mapping[str, Any]
) -> Context:
    """Return what the estimate takes the phase from: the embedded data.

    Raises:
        FormulaError: The formula cannot be read.
        RequestError: The ion or the temperature has no meaning.
    """
    from kstab import phase_table

    symbol = ion or default_ion(Formula.parse(formula).elements).symbol
    kelvin = Conditions.read(temperature).temperature if temperature else ROOM
    return Context(phase_table(), symbol, options, kelvin)


def sheet(found: Case, layer: Estimate) -> Sheet:
    """Return an estimate as a page, and as a document whose numbers keep 10 digits."""
    document = {
        "kind": "space_charge",
        "schema_version": SCHEMA_VERSION,
        "formula": found.formula,
        "ion": found.ion,
        "effect": words.effect(found.inputs),
        "confidence": confidence(layer.doubts),
        **asdict(layer),
        "sources": asdict(found.sources),
        "notes": words.notes(found, layer),
        "references": words.REFERENCES[found.inputs.model],
    }
    blocks, draw = tuple(_blocks(found, layer)), partial(_drawn, found, layer)
    return Sheet("space_charge", blocks, plain(document), figure=draw)


def _drawn(found: Case, layer: Estimate) -> Any:
    from kstab_space_charge.figure import potential  # only where asked for

    return potential(found, layer)


def _blocks(found: Case, layer: Estimate) -> Iterator[Block]:
    yield Paragraph(f"Space charge in {found.formula}, mobile {found.ion}, estimated")
    sure = f"{words.effect(found.inputs)}, confidence {confidence(layer.doubts)}"
    yield from (BLANK, Answer(f"{words.headline(found.formula, layer)} ({sure})"))
    yield from (BLANK, _table(found, layer))
    yield from (BLANK, Paragraph("Keep in mind"), Bullets(tuple(words.notes(found, layer))))
    sources = (f"From {each}" for each in words.REFERENCES[found.inputs.model])
    yield from (BLANK, Bullets(tuple(sources)))


def _table(found: Case, layer: Estimate) -> Table:
    columns = (
        Column("quantity"),
        Column("value", right=True, breaks="never"),
        Column("unit", breaks="never"),
        Column("from", least=ROOMY),
    )
    return Table(columns, tuple(Row(_cells(row)) for row in measurements(found, layer)))


def _cells(row: Measurement) -> tuple[Cell, ...]:
    value = row.value if isinstance(row.value, str) else words.number(row.value or 0.0)
    return cells(row.quantity, value, row.unit, row.source)
