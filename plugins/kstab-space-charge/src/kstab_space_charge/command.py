"""``kstab space-charge``: the estimate for one phase, without an interface."""

from pathlib import Path
from typing import Any

import click

from kstab.plugin_tools import CHARGES, plain_if_needed
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
@click.option(
    "--format",
    "form",
    type=click.Choice(("terminal", "json")),
    default="terminal",
    show_default=True,
)
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the potential against depth into a .png, .svg or .pdf file.",
)
def space_charge(
    formula: str, temperature: str | None, ion: str | None, form: str, plot: Path | None,
    **given: Any,
) -> None:  # fmt: skip
    """Estimate the space charge in FORMULA at a contact with an assumed potential step."""
    from kstab_space_charge import output
    from kstab_space_charge.estimate import estimate
    from kstab_space_charge.of_phase import case

    options = {name.replace("_", "-"): value for name, value in given.items()}
    found = case(formula, output.context(formula, ion, temperature, options))
    layer = estimate(found.inputs)
    if plot is not None:
        from kstab.plugin_tools import save
        from kstab_space_charge.figure import potential

        save(potential(found, layer), plot)
    text = output.as_json(found, layer) if form == "json" else output.as_text(found, layer)
    click.echo(plain_if_needed(text), nl=False)
    if plot is not None:
        click.echo(f"Wrote {plot}", err=True)
