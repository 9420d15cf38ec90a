"""``kstab data diff``: what differs between two sources of energies."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kstab.cli import options
from kstab.cli.group import host
from kstab.cli.output import deliver

if TYPE_CHECKING:
    from kstab.phases import PhaseTable
    from kstab.plugins import Host

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
    from kstab.analyses import difference
    from kstab.composition import chemical_system
    from kstab.ions import default_ion
    from kstab.ions import ion as ion_of

    elements = chemical_system(chemsys)
    working = ion_of(ion) if ion else default_ion(elements)
    tables = _tables(first, second, tuple(sorted({*elements, working.symbol})), host(context))
    found = difference.solve(elements, working, *tables)
    deliver(found, form, output, details=details)


def _tables(
    first: str, second: str, elements: tuple[str, ...], plugins: "Host"
) -> "tuple[PhaseTable, PhaseTable]":
    """The phases of both sources, in the first scheme that both have."""
    from kstab.sources.question import Question

    sources = plugins.phase_sources()
    others = sources[second].schemes
    shared = [name for name in sources[first].schemes if name in others][:1]
    both = (
        Question(source=name, scheme=shared).within(elements, sources=sources).table()
        for name in (first, second)
    )
    return next(both), next(both)
