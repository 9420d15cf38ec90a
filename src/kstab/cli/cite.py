"""``kstab cite``: BibTeX for what a result used."""

from pathlib import Path
from typing import IO

import click

from kstab.cli import options
from kstab.cli.group import loaded


@click.command()
@options.result
@click.pass_context
def cite(context: click.Context, result: IO[bytes]) -> None:
    """Print BibTeX for what RESULT used: kstab, its data, method and plugins.

    RESULT is a file that was written with --format json, or - for standard input:

    \b
      kstab window K3SbS4 --format json | kstab cite -
    """  # noqa: D301 - click wants the control character itself
    from kstab.reading import document
    from kstab.report import references

    name = Path(getattr(result, "name", "-")).name
    found, offered = document(result, name), loaded(context)
    analyses = (offer for offer, _ in offered.analyses.values())
    sources = offered.phase_sources().values()
    click.echo(references.cite(found, sources=sources, analyses=analyses), nl=False)
