"""``kstab phases``: what is stable in a chemical system, and what nearly so."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kstab.base.units import MEV_PER_EV
from kstab.cli import options
from kstab.cli.group import host
from kstab.cli.output import check_targets, deliver

if TYPE_CHECKING:
    from kstab.sources.question import Question

EPILOG = """\b
Examples:
  kstab phases K-Sb-S
  kstab phases K3SbS4 --near 0
  kstab phases K-P-O --near 100 --format csv --output phases.csv
"""


@click.command(epilog=EPILOG)
@click.argument("system")
@click.option(
    "--near",
    type=click.FloatRange(min=0, max=1e6),
    default=50.0,
    show_default=True,
    metavar="MEV",
    help="List phases up to this far above the hull, meV/atom.",
)
@options.which_phases()
@options.form
@options.output
@click.pass_context
def phases(
    context: click.Context,
    system: str,
    near: float,
    question: "Question",
    form: str | None,
    output: Path | None,
) -> None:
    """List the phases of SYSTEM that are stable, or nearly so.

    SYSTEM is a list of elements such as K-Sb-S, or a formula that names them. These are
    the phases a powder pattern should be searched for.
    """
    from kstab import api

    check_targets(output, inputs=question.entries)
    result = api.system(
        system, question=question, threshold=near / MEV_PER_EV, plugins=host(context)
    )
    deliver(result, form, output)
