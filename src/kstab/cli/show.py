"""``kstab show``: a stored result as when it was made."""

from pathlib import Path
from typing import IO

import click

from kstab.cli import options
from kstab.cli.group import host
from kstab.cli.output import check_targets, deliver
from kstab.errors import DataError, KstabError, RequestError

EPILOG = """\b
Examples:
  kstab window K3SbS4 --output result.json
  kstab show result.json
  kstab show result.json --plot window.svg
  kstab show result.json --voltage 0:3 --format csv
"""


@click.command(epilog=EPILOG)
@options.result
@options.voltage
@options.details
@options.form
@options.output
@options.plot
@click.pass_context
def show(
    context: click.Context,
    result: IO[bytes],
    voltage: tuple[float, float] | None,
    details: bool,
    form: str | None,
    output: Path | None,
    plot: tuple[Path, ...],
) -> None:
    """Print, write and draw RESULT as when it was made; nothing is computed.

    RESULT is a file that was written with --format json, or - for standard input.
    --voltage narrows the steps of a window.
    """
    from kstab import reading

    path = Path(getattr(result, "name", "-"))
    check_targets(output, plot, (path,))
    analyses = [offer for offer, _ in host(context).analyses.values()]
    found = reading.from_document(reading.document(result, path.name), path.name, analyses)
    if voltage:
        if not hasattr(found, "within"):
            raise RequestError(f"--voltage narrows down a window; this is of kind {found.kind}.")
        found = found.within(*voltage)
    try:
        deliver(found, form, output, plot, details=details)
    except (KstabError, click.ClickException, OSError):
        raise
    except Exception as error:  # each part is what it should be, but they do not fit together
        reason = "its parts contradict each other"
        raise DataError(path.name, reason, "Compute it again with --format json.") from error
