"""``kstab pbr``: the ratios of candidate layers, each beside its reaction with the metal."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import click
from kstab import api
from kstab.composition import Formula
from kstab.context import Context
from kstab.errors import RequestError
from kstab.ions import CHARGES, default_ion
from kstab.sources.columns import SCHEMES
from kstab.units import MEV_PER_EV

from kstab_pilling_bedworth.ratio import Ranged, ratio
from kstab_pilling_bedworth.volumes import sources

EPILOG = """\b
Examples:
  kstab pbr KHCO3 K2S K2S5 K2S2O7
  kstab pbr --ion Li Li2O LiF Li3N --format json
"""
FOOT = (
    "PBR: volume per {ion} atom against that in the metal; under 1 porous, 1 to 2 protective,\n"
    "above 2 spalling; ? where its range spans a threshold. E: reaction with {ion} ± one standard\n"
    "deviation, with any amount of {ion} per atom of the layer, and the lowest per atom of both."
)


@dataclass(frozen=True)
class Layer:
    """A candidate layer.

    Attributes:
        formula: Its formula, as typed.
        measured: Ratio of measured densities; None where one is unknown.
        calculated: Ratio of PBE volumes; None where one is unknown.
        verdict: By the measured ratio, else by the calculated one; ``no_ratio`` where it holds
            no metal, ``unknown`` where a volume is.
        clear: Whether the whole range of that ratio means the same.
        reaction: What it does in any amount of the metal.
        energy_per_atom: eV per atom of the layer then.
        energy_per_atom_sigma: Its standard deviation; None where unknown.
        lowest_reaction: The reaction of the lowest energy per atom of both.
        lowest_energy_per_atom: That energy, eV per atom of both.
        lowest_energy_per_atom_sigma: Its standard deviation; None where unknown.
    """

    formula: str
    measured: Ranged | None
    calculated: Ranged | None
    verdict: str
    clear: bool | None
    reaction: str
    energy_per_atom: float | None
    energy_per_atom_sigma: float | None
    lowest_reaction: str
    lowest_energy_per_atom: float
    lowest_energy_per_atom_sigma: float | None


def layers(formulas: Iterable[str], ion: str, scheme: str | None = None) -> list[Layer]:
    """Return the ratio of each layer on the ion's metal, and its reaction with it.

    Raises:
        FormulaError: A formula cannot be read.
        ElementError: The data has no energy for one of the elements.
        RequestError: A layer is the metal itself.

    >>> layer = layers(["KHCO3"], "K", "legacy")[0]
    >>> round(layer.measured.value, 2), round(1000 * layer.lowest_energy_per_atom)
    (1.02, -248)
    """
    context = Context(api.phase_table(scheme=scheme), ion, {}, 298.15)
    return [_layer(Formula.parse(text), ion, context) for text in formulas]


def _layer(formula: Formula, ion: str, context: Context) -> Layer:
    if formula.elements == (ion,):
        raise RequestError(f"{formula} is the metal itself.", "Name a layer on it, or another ion.")
    found = {kind: ratio(formula, ion, source) for kind, source in sources(context).items()}
    chosen = found["measured"] or found["calculated"]
    contact = api.interface(ion, formula, ion=ion, phases=context.table, compare=False)
    reservoir, lowest = contact.reservoir, contact.minimum_total
    return Layer(
        formula=formula.text,
        measured=found["measured"],
        calculated=found["calculated"],
        verdict=chosen.verdict if chosen else "unknown" if formula[ion] else "no_ratio",
        clear=chosen.clear if chosen else None,
        reaction=reservoir.reaction if reservoir else "",
        energy_per_atom=reservoir.energy_per_atom if reservoir else None,
        energy_per_atom_sigma=reservoir.energy_per_atom_sigma if reservoir else None,
        lowest_reaction=lowest.reaction,
        lowest_energy_per_atom=lowest.energy_per_atom,
        lowest_energy_per_atom_sigma=lowest.energy_per_atom_sigma,
    )


@click.command(epilog=EPILOG)
@click.argument("formulas", nargs=-1, required=True, metavar="FORMULA...")
@click.option(
    "--ion",
    type=click.Choice(list(CHARGES)),
    help="Working ion. Default: the one the formulas suggest together.",
)
@click.option("--scheme", type=click.Choice(SCHEMES), help="Correction scheme of the energies.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="terminal or json.",
)
def pbr(formulas: tuple[str, ...], ion: str | None, scheme: str | None, form: str) -> None:
    """Print the Pilling-Bedworth ratio of candidate layers on the working ion's metal.

    Measured over measured and calculated over calculated, each beside the energy of the layer's
    own reaction with the metal.
    """
    symbol = ion or default_ion(e for f in formulas for e in Formula.parse(f).elements).symbol
    found = layers(formulas, symbol, scheme)
    click.echo(_json(found, symbol) if form == "json" else _terminal(found, symbol))


def _json(found: Iterable[Layer], ion: str) -> str:
    document = {"kind": "pbr", "ion": ion, "layers": [_plain(asdict(layer)) for layer in found]}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Plain values with 10 significant digits, as in kstab's own JSON."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return float(f"{value:.10g}") + 0.0 if isinstance(value, float) else value


def _terminal(found: Iterable[Layer], ion: str) -> str:
    head = ("layer", "PBR meas.", "PBR calc.", "verdict", f"E, any {ion}", "E, lowest")
    units = ("", "", "", "", "eV/atom", "meV/atom")
    rows = [head, units, *map(_cells, found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", FOOT.format(ion=ion)])


def _cells(layer: Layer) -> tuple[str, ...]:
    quality = layer.calculated.source[-1] if layer.calculated else ""
    return (
        layer.formula,
        _number(layer.measured),
        f"{_number(layer.calculated)} {quality}".strip(),
        layer.verdict.replace("_", " ") + ("?" if layer.clear is False else ""),
        _energy(layer.energy_per_atom, layer.energy_per_atom_sigma, 1.0, 2),
        _energy(layer.lowest_energy_per_atom, layer.lowest_energy_per_atom_sigma, MEV_PER_EV, 0),
    )


def _number(found: Ranged | None) -> str:
    return f"{found.value:.2f} ({found.low:.2f}-{found.high:.2f})" if found else "-"


def _energy(value: float | None, sigma: float | None, scale: float, digits: int) -> str:
    if value is None:
        return "-"
    text = f"{value * scale + 0.0:.{digits}f}"
    return text if sigma is None else f"{text} ± {sigma * scale:.{digits}f}"
