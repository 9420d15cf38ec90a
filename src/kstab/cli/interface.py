"""``kstab interface``: what forms where two phases meet."""

from pathlib import Path
from typing import Any

import click

from kstab.cli import options
from kstab.cli.group import given_options, host
from kstab.cli.output import check_targets, deliver

EPILOG = """\b
Examples:
  kstab interface K K3SbS4
  kstab interface K3SbS4 KCrO2
  kstab interface K3SbS4 KCrO2 --voltage 2.0:3.5 --plot map.svg
  kstab interface K3SbS4 KCrO2 --charged K0.5CrO2 --charged-voltage 2.7
  kstab interface K3SbS4 KFeO2 --format json --output interface.json
"""


@click.command(epilog=EPILOG)
@click.argument("a")
@click.argument("b")
@options.ion
@click.option(
    "--voltage",
    type=options.CONTACT_VOLTAGE,
    metavar="V|V1:V2|cathode",
    help="Exchange the ion with an electrode at this voltage, or over a range such as 2.0:3.5; "
    "'cathode' takes range, charged composition and mean voltage from `kstab data cathodes`.",
)
@click.option(
    "--charged",
    metavar="FORMULA",
    help="Charged composition of the cathode, looked at too, such as K0.5CrO2 for KCrO2.",
)
@click.option(
    "--charged-voltage",
    type=float,
    metavar="V",
    help="Mean voltage of charging, which gives the charged cathode its stored energy.",
)
@click.option(
    "--hull-energy",
    type=click.Choice(["a", "b", "both"]),
    help="Take the hull's energy for the first, the second or both, even if they are in the data.",
)
@options.which_phases("a", "b", "charged")
@options.samples
@options.seed
@options.details
@options.form
@options.output
@options.plot
@click.pass_context
def interface(
    context: click.Context,
    /,
    details: bool,
    form: str | None,
    output: Path | None,
    plot: tuple[Path, ...],
    **asked: Any,
) -> None:
    """Show what forms where phase A meets phase B, and how much energy that releases.

    If A or B is the working ion's metal: the contact with a given and with any amount of
    it. With --voltage the ion is exchanged with an electrode. x is the fraction of A.
    """
    from kstab import api

    check_targets(output, plot, asked["question"].entries)
    result = api.interface(**asked, plugins=host(context), options=given_options())
    deliver(result, form, output, plot, details=details)
