"""``kstab space-charge``: the estimate for one phase, without an interface."""

from pathlib import Path
from typing import Any

import click

from kstab.plugin_tools import (
    CHARGES,
    check_targets,
    deliver,
    form_option,
    output_option,
    plot_option,
)
from kstab_space_charge import MODELS

EPILOG = """\b
Examples:
  kstab space-charge K3SbS4 --step 0.3
  kstab space-charge K3SbS4 --step 0.3 --conductivity 1e-5 --plot profile.png
  kstab space-charge K3SbS4 --step 0.1 --site-density 1e20 --model mott-schottky
"""


@click.command(name="space-charge", epilog=EPILOG)
@click.argument("formula")
@click.option(
    "--step",
    type=float,
    required=True,
    metavar="V",
    help="Potential of the contact against the bulk, V; positive where it drives the mobile "
    "ions out.",
)
@click.option(
    "--filling",
    type=float,
    help="Part of the sites that is filled in the bulk, 0 to 1.  [default: 0.5; with a dilute "
    "model 1: all ions are mobile]",
)
@click.option("--permittivity", type=float, help="Relative permittivity.  [default: of the phase]")
@click.option(
    "--site-density",
    type=float,
    metavar="CM-3",
    help="Sites of the mobile ion.  [default: ions per volume of the phase]",
)
@click.option("--conductivity", type=float, metavar="S/CM", help="Ionic conductivity of the bulk.")
@click.option(
    "--temperature", metavar="K", help="Temperature, such as 300 or 100C.  [default: 298.15]"
)
@click.option(
    "--ion", type=click.Choice(list(CHARGES)), help="Mobile ion.  [default: as in window]"
)
@click.option("--model", type=click.Choice(MODELS), default=MODELS[0], show_default=True)
@form_option
@output_option
@plot_option
def space_charge(
    formula: str,
    temperature: str | None,
    ion: str | None,
    form: str | None,
    output: Path | None,
    plot: tuple[Path, ...],
    **given: Any,
) -> None:
    """Estimate the space charge in FORMULA at a contact with an assumed potential step."""
    from kstab_space_charge.estimate import estimate
    from kstab_space_charge.of_phase import case
    from kstab_space_charge.output import context, sheet

    check_targets(output, plot)
    options = {name.replace("_", "-"): value for name, value in given.items()}
    found = case(formula, context(formula, ion, temperature, options))
    deliver(sheet(found, estimate(found.inputs)), form, output, plot)
