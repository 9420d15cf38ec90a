"""``kstab cite``: BibTeX for what a result used."""

import json
from pathlib import Path
from typing import IO

import click

from kstab.cli.group import loaded
from kstab.errors import DataError

_LARGEST = 100_000_000  # bytes; a result has thousands


@click.command()
@click.argument("result", type=click.File("rb"))
@click.pass_context
def cite(context: click.Context, result: IO[bytes]) -> None:
    """Print BibTeX for what RESULT used: kstab, its data, method and plugins.

    RESULT is a file that was written with --format json, or - for standard input:

    \b
      kstab window K3SbS4 --format json | kstab cite -
    """  # noqa: D301 - click wants the control character itself
    from kstab.sources import references

    name = Path(getattr(result, "name", "-")).name
    text = result.read(_LARGEST + 1)
    try:
        document = json.loads(text) if len(text) <= _LARGEST else None
    except (ValueError, RecursionError) as error:
        raise DataError(name, "it is no JSON", "Write it with --format json.") from error
    if not isinstance(document, dict):
        raise DataError(name, "it is no result of kstab", "Write it with --format json.")
    sources = loaded(context).phase_sources().values()
    click.echo(references.cite(document, sources=sources), nl=False)
