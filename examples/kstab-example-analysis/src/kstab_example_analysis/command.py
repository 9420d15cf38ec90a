"""``kstab gas-release``: read the question, deliver the result."""

from pathlib import Path

import click

import kstab
from kstab.plugin_tools import (
    assessed,
    check_targets,
    deliver,
    details_option,
    form_option,
    host,
    ion_option,
    output_option,
    plot_option,
    which_phases,
)
from kstab_example_analysis.analysis import GasReleaseRequest, solve


@click.command(name="gas-release")
@click.argument("formula")
@ion_option
@which_phases("formula")
@details_option
@form_option
@output_option
@plot_option
@click.pass_context
def gas_release(
    context: click.Context,
    formula: str,
    ion: str | None,
    question: kstab.Question,
    details: bool,
    form: str | None,
    output: Path | None,
    plot: tuple[Path, ...],
) -> None:
    """Show from which voltage on FORMULA gives off a gas when it is oxidised.

    The entropy of a gas is a good part of why it comes off: ask with the temperature that matters.
    """
    check_targets(output, plot, question.entries)
    elements = {*kstab.Formula.parse(formula).elements, ion or "K"}
    table = kstab.phase_table(question=question, elements=elements, plugins=host(context))
    result = assessed(solve(GasReleaseRequest(formula, ion), table), table)
    deliver(result, form, output, plot, details=details)
