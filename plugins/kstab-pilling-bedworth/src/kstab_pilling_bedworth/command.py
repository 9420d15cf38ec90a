"""``kstab pbr``: the ratios of candidate layers, each beside its reaction with the metal."""

import shutil

import click
import kstab
from kstab import Formula
from kstab.plugin_tools import (
    CHARGES,
    default_ion,
    plain_if_needed,
    scheme_option,
    source_option,
)

from kstab_pilling_bedworth import output
from kstab_pilling_bedworth.layers import layers

EPILOG = """\b
Examples:
  kstab pbr KHCO3 K2S K2S5 K2S2O7
  kstab pbr --ion Li Li2O LiF Li3N --format json
"""
NARROWEST, WIDEST = 20, 80


@click.command(epilog=EPILOG)
@click.argument("formulas", nargs=-1, required=True, metavar="FORMULA...")
@click.option(
    "--ion",
    type=click.Choice(list(CHARGES)),
    help="Working ion. Default: the one the formulas suggest together.",
)
@source_option
@scheme_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="terminal or json.",
)
def pbr(
    formulas: tuple[str, ...], ion: str | None, source: str, scheme: str | None, form: str
) -> None:
    """Print the Pilling-Bedworth ratio of candidate layers on the working ion's metal.

    Measured over measured and calculated over calculated, each beside the energy of the layer's
    own reaction with the metal.
    """
    symbol = ion or default_ion(e for f in formulas for e in Formula.parse(f).elements).symbol
    table = kstab.phase_table(source=source, scheme=scheme)
    found = layers(formulas, symbol, table)
    if form == "json":
        text = output.as_json(found, symbol, table)
    else:
        width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
        text = output.as_text(found, symbol, table, width)
    click.echo(plain_if_needed(text), nl=False)
