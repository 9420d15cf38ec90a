"""``kstab phases``: what is stable in a chemical system, and what nearly so."""

from pathlib import Path

import click

from kstab.cli import options
from kstab.cli.group import host
from kstab.cli.output import check_targets, deliver
from kstab.units import MEV_PER_EV

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
@options.source
@options.scheme
@options.mix_schemes
@options.entries
@options.entry_scheme
@options.temperature
@options.gas
@options.exclude
@options.form
@options.output
@click.pass_context
def phases(
    context: click.Context,
    system: str,
    near: float,
    source: tuple[str, ...],
    mix_schemes: bool,
    entries: tuple[Path, ...],
    entry_scheme: str | None,
    scheme: str | None,
    temperature: str | None,
    gas: tuple[str, ...],
    exclude: tuple[tuple[str, ...], ...],
    form: str | None,
    output: Path | None,
) -> None:
    """List the phases of SYSTEM that are stable, or nearly so.

    SYSTEM is a list of elements such as K-Sb-S, or a formula that names them. These are
    the phases a powder pattern should be searched for.
    """
    from kstab import api

    check_targets(output, inputs=entries)

    asked = options.own_phases(
        context,
        {
            "source": source,
            "scheme": scheme,
            "temperature": temperature,
            "gas": gas or None,
            "exclude": [name for names in exclude for name in names],
        },
        (),
        mix_schemes=mix_schemes,
        entries=entries,
        entry_scheme=entry_scheme,
    )
    result = api.system(system, threshold=near / MEV_PER_EV, plugins=host(context), **asked)
    deliver(result, form, output)
