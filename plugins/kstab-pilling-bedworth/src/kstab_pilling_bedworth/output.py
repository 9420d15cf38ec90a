"""What ``kstab pbr`` prints and writes."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from kstab import PhaseTable
from kstab.plugin_tools import MEV_PER_EV, Sheet, plain, provenance
from kstab.report.page import BLANK, Block, Column, Paragraph, Row, Table, cells, foot

from kstab_pilling_bedworth import words
from kstab_pilling_bedworth.layers import Layer, Reaction
from kstab_pilling_bedworth.ratio import POROUS_BELOW, SPALLING_ABOVE, Ranged

SCHEMA_VERSION: Final = "1.0"
"""Version of the JSON output; the first number changes when a key changes its meaning."""

NONE_FOUND: Final = "none found"
WIDEST: Final = 80
LEGEND: Final = (
    "PBR: volume per {ion} atom against that in the metal; under 1 porous, 1 to 2 protective, "
    "above 2 spalling; ? where in doubt; A to D: quality of the PBE volume.",
    "E: energy of the layer's own reaction with {ion}: with any amount of {ion}, per atom of the "
    "layer; and the lowest, per atom of both. ±: one standard deviation of E; of a calculated "
    "PBR, 68 % of measured compounds are within; of a measured one, assumed.",
)


def sheet(found: Sequence[Layer], ion: str, table: PhaseTable) -> Sheet:
    """Return layers as a page, and as a document whose numbers keep 10 digits."""
    document = {
        "kind": "pbr",
        "schema_version": SCHEMA_VERSION,
        "ion": ion,
        "thresholds": {"porous_below": POROUS_BELOW, "spalling_above": SPALLING_ABOVE},
        "layers": [_layer(layer) for layer in found],
        "references": [words.PILLING, words.DUNN],
        "provenance": asdict(provenance(table)),
    }
    return Sheet("pbr", tuple(_blocks(found, ion, table)), plain(document), widest=WIDEST)


def _layer(layer: Layer) -> dict[str, Any]:
    ratios = {"measured": layer.measured, "calculated": layer.calculated}
    return {
        **asdict(layer),
        **{name: one._asdict() if one else None for name, one in ratios.items()},
        "reaction_found": layer.any_amount is not None or layer.lowest is not None,
    }


def _blocks(found: Sequence[Layer], ion: str, table: PhaseTable) -> Iterator[Block]:
    names = (
        "layer", "PBR measured", "PBR calculated", "verdict", f"E, any {ion}\neV/atom",
        "E, lowest\nmeV/atom",
    )  # fmt: skip
    rows = tuple(Row(cells(*_cells(layer))) for layer in found)
    yield Table(tuple(map(Column, names)), rows, style="bare")
    yield BLANK
    notes = [Paragraph(note) for layer in found for note in _notes(layer)]
    yield from (*notes, *([BLANK] if notes else []))
    yield from (Paragraph(text.format(ion=ion)) for text in LEGEND)
    yield from foot(provenance(table))


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
