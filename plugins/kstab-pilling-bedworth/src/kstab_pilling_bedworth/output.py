"""What ``kstab pbr`` prints."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from textwrap import wrap
from typing import Any, Final

from kstab import PhaseTable
from kstab.plugin_tools import MEV_PER_EV, foot, provenance

from kstab_pilling_bedworth import words
from kstab_pilling_bedworth.layers import Layer, Reaction
from kstab_pilling_bedworth.ratio import POROUS_BELOW, SPALLING_ABOVE, Ranged

SCHEMA_VERSION: Final = "1.0"
"""Version of the JSON output; the first number changes when a key changes its meaning."""

NONE_FOUND: Final = "none found"
LEGEND: Final = (
    "PBR: volume per {ion} atom against that in the metal; under 1 porous, 1 to 2 protective, "
    "above 2 spalling; ? where in doubt; A to D: quality of the PBE volume.",
    "E: energy of the layer's own reaction with {ion}: with any amount of {ion}, per atom of the "
    "layer; and the lowest, per atom of both. ±: one standard deviation of E; of a calculated "
    "PBR, 68 % of measured compounds are within; of a measured one, assumed.",
)


def as_json(found: Sequence[Layer], ion: str, table: PhaseTable) -> str:
    """Return layers as JSON text; numbers keep 10 digits."""
    document = {
        "kind": "pbr",
        "schema_version": SCHEMA_VERSION,
        "ion": ion,
        "thresholds": {"porous_below": POROUS_BELOW, "spalling_above": SPALLING_ABOVE},
        "layers": [_layer(layer) for layer in found],
        "references": [words.PILLING, words.DUNN],
        "provenance": asdict(provenance(table)),
    }
    return json.dumps(_plain(document), indent=2, ensure_ascii=False) + "\n"


def _layer(layer: Layer) -> dict[str, Any]:
    ratios = {"measured": layer.measured, "calculated": layer.calculated}
    return {
        **asdict(layer),
        **{name: one._asdict() if one else None for name, one in ratios.items()},
        "reaction_found": layer.any_amount is not None or layer.lowest is not None,
    }


def _plain(value: Any) -> Any:
    """Plain values with 10 significant digits, as in kstab's own JSON."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return float(f"{value:.10g}") + 0.0 if isinstance(value, float) else value


def as_text(found: Sequence[Layer], ion: str, table: PhaseTable, width: int) -> str:
    """Return layers as text: a table, or blocks of lines where a table is too wide."""
    head = ("layer", "PBR measured", "PBR calculated", "verdict", f"E, any {ion}", "E, lowest")
    units = ("", "", "", "", "eV/atom", "meV/atom")
    rows = [_cells(layer) for layer in found]
    lines = _table([head, units, *rows])
    if max(map(len, lines)) > width:
        lines = [line for row in rows for line in _block(row, head, units)]
    notes = [note for layer in found for note in _notes(layer)]
    words_below = [*notes, *([""] if notes else []), *(text.format(ion=ion) for text in LEGEND)]
    words_below += ["", *map(str, foot(provenance(table)))]
    lines += ["", *(line for text in words_below for line in wrap(text, width) or [""])]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _block(row: Sequence[str], head: Sequence[str], units: Sequence[str]) -> Iterator[str]:
    """One layer, a number on each line."""
    yield row[0]
    longest = max(map(len, head))
    for name, cell, unit in list(zip(head, row, units, strict=True))[1:]:
        shown = cell if cell in (NONE_FOUND, "-") else f"{cell} {unit}".rstrip()
        yield f"  {name.ljust(longest)}  {shown}"


def _notes(layer: Layer) -> Iterator[str]:
    for note in layer.notes:
        yield note if note.startswith(layer.formula) else f"{layer.formula}: {note}"


def _cells(layer: Layer) -> tuple[str, ...]:
    quality = layer.calculated.quality if layer.calculated else ""
    return (
        layer.formula,
        _ratio(layer.measured),
        f"{_ratio(layer.calculated)} {quality}".rstrip(),
        layer.verdict.replace("_", " ") + "?" * (layer.confidence == "low"),
        _energy(layer.any_amount, 1.0, 2),
        _energy(layer.lowest, MEV_PER_EV, 0),
    )


def _ratio(found: Ranged | None) -> str:
    return f"{found.value:.2f} ± {found.high - found.value:.2f}" if found else "-"


def _energy(found: Reaction | None, scale: float, digits: int) -> str:
    if found is None:
        return NONE_FOUND
    text = f"{found.energy_per_atom * scale + 0.0:.{digits}f}"
    sigma = found.energy_per_atom_sigma
    return text if sigma is None else f"{text} ± {sigma * scale:.{digits}f}"
