"""``kstab data diff``: what differs between two sources of energies."""

from pathlib import Path

import click

from kstab.cli import options
from kstab.cli.group import host
from kstab.cli.output import deliver

EPILOG = """\b
Examples:
  kstab data diff mp-2019 mp --chemsys K-Sb-S
  kstab data diff mp-2019 experimental --chemsys K-S --format json
"""


@click.command(epilog=EPILOG)
@click.argument("first", type=options.Offered(lambda host: host.sources), metavar="FIRST")
@click.argument("second", type=options.Offered(lambda host: host.sources), metavar="SECOND")
@click.option(
    "--chemsys", required=True, metavar="A-B-...", help="Elements such as K-Sb-S, or a formula."
)
@options.ion
@options.details
@options.form
@options.output
@click.pass_context
def diff(
    context: click.Context,
    first: str,
    second: str,
    chemsys: str,
    ion: str | None,
    details: bool,
    form: str | None,
    output: Path | None,
) -> None:
    """Show what differs from the source FIRST to the source SECOND.

    Phases that only one has, formation energies, what is on the hull, and which windows
    move and why. If both have energies in one correction scheme, that one is compared.
    """
    from kstab.analyses.difference import comparison as difference
    from kstab.chemistry.composition import chemical_system
    from kstab.chemistry.ions import default_ion
    from kstab.chemistry.ions import ion as ion_of
    from kstab.sources.asked import ENTHALPIES
    from kstab.sources.question import Question

    elements = chemical_system(chemsys)
    working = ion_of(ion) if ion else default_ion(elements)
    needed = tuple(sorted({*elements, working.symbol}))
    sources = host(context).phase_sources()
    shared = [name for name in sources[first].schemes if name in sources[second].schemes][:1]
    # What the sources hold, without entropies that are estimated for both.
    free = any(sources[name].free_energies for name in (first, second))
    temperature = None if free else ENTHALPIES
    tables = (
        Question(source=name, scheme=shared, temperature=temperature)
        .within(needed, sources=sources)
        .table()
        for name in (first, second)
    )
    found = difference.solve(elements, working, *tables)
    deliver(found, form, output, details=details)
