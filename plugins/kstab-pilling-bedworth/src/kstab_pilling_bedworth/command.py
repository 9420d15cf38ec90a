"""``kstab pbr``: the ratios of candidate layers, each beside its reaction with the metal."""

from pathlib import Path

import click
from kstab import Formula, phase_table
from kstab.plugin_tools import (
    CHARGES,
    default_ion,
    deliver,
    form_option,
    output_option,
    scheme_option,
    source_option,
)

from kstab_pilling_bedworth.layers import layers
from kstab_pilling_bedworth.output import sheet

EPILOG = """\b
Examples:
  kstab pbr KHCO3 K2S K2S5 K2S2O7
  kstab pbr --ion Li Li2O LiF Li3N --format json
"""


@click.command(epilog=EPILOG)
@click.argument("formulas", nargs=-1, required=True, metavar="FORMULA...")
@click.option(
    "--ion",
    type=click.Choice(list(CHARGES)),
    help="Working ion. Default: the one the formulas suggest together.",
)
@source_option
@scheme_option
@form_option
@output_option
def pbr(
    formulas: tuple[str, ...],
    ion: str | None,
    source: tuple[str, ...],
    scheme: str | None,
    form: str | None,
    output: Path | None,
) -> None:
    """Print the Pilling-Bedworth ratio of candidate layers on the working ion's metal.

    Measured over measured and calculated over calculated, each beside the energy of the layer's
    own reaction with the metal.
    """
    symbol = ion or default_ion(e for f in formulas for e in Formula.parse(f).elements).symbol
    table = phase_table(source=source, scheme=scheme)
    deliver(sheet(layers(formulas, symbol, table), symbol, table), form, output)
