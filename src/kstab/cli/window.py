"""``kstab window``: the electrochemical stability window of a phase."""

from pathlib import Path
from typing import Any

import click

from kstab.cli import options
from kstab.cli.group import given_options, host
from kstab.cli.output import check_targets, deliver

EPILOG = """\b
Examples:
  kstab window K3SbS4
  kstab window K2.92Sb0.92W0.08S4
  kstab window Al2O3 --ion K
  kstab window K3SbS4 --voltage 0:3 --plot window.svg
  kstab window K3SbS4 --samples 200
  kstab window K3SbS5 --ehull 25meV
  kstab window K3SbS4 --exclude KS3,S8O --format json --output window.json
"""


@click.command(epilog=EPILOG)
@click.argument("formula")
@options.ion
@options.voltage
@options.which_phases("formula")
@options.samples
@options.seed
@options.details
@options.form
@options.output
@options.plot
@click.pass_context
def window(
    context: click.Context,
    /,
    voltage: tuple[float, float] | None,
    details: bool,
    form: str | None,
    output: Path | None,
    plot: tuple[Path, ...],
    **asked: Any,
) -> None:
    """Show the electrochemical stability window of FORMULA.

    Between which voltages against the working ion's metal is the phase stable, what
    does it decompose into outside, and how sure is that?
    """
    from kstab import api

    check_targets(output, plot, asked["question"].entries)
    result = api.window(**asked, plugins=host(context), options=given_options())
    if voltage:
        result = result.within(*voltage)
    deliver(result, form, output, plot, details=details)
