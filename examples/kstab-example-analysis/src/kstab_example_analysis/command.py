"""``kstab gas-release``: read the question, deliver the result."""

from pathlib import Path
from typing import Any

import click

import kstab
from kstab.cli import options
from kstab.cli.group import assessed, host
from kstab.cli.output import deliver
from kstab.conditions import ROOM
from kstab_example_analysis.analysis import GasReleaseRequest, solve


@click.command(name="gas-release")
@click.argument("formula")
@options.ion
@options.source
@options.scheme
@options.temperature
@options.gas
@options.details
@options.form
@options.output
@options.plot
@click.pass_context
def gas_release(
    context: click.Context, formula: str, ion: str | None, temperature: str | None,
    details: bool, form: str | None, output: Path | None, plot: tuple[Path, ...], **phases: Any,
) -> None:  # fmt: skip
    """Show from which voltage on FORMULA gives off a gas when it is oxidised.

    Without a temperature at 298.15 K: the entropy of a gas is a good part of why it comes off.
    """
    table = kstab.phase_table(
        elements={*kstab.Formula.parse(formula).elements, ion or "K"},
        temperature=temperature or ROOM,
        plugins=host(context),
        **phases,
    )
    result = assessed(solve(GasReleaseRequest(formula, ion), table), table)
    deliver(result, form, output, plot, details=details)
