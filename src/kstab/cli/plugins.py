"""``kstab plugins``: which plugins there are, and what they add."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kstab.cli import options
from kstab.cli.group import loaded
from kstab.cli.output import deliver

if TYPE_CHECKING:
    from kstab.plugins import Host, Plugin


@click.command()
@options.form_of(loaded)
@options.output
@click.pass_context
def plugins(context: click.Context, form: str | None, output: Path | None) -> None:
    """List kstab and its plugins, and what each adds."""
    from kstab.report.sheets.plugins import listed

    found = loaded(context)
    deliver(listed(found.plugins, _offers(found)), form, output, plugins=found)
    found.check()


def _offers(found: "Host") -> "dict[str, dict[str, tuple[Any, Plugin]]]":
    """What plugins add, by what it is called; kstab's own analyses go without saying."""
    foreign = {n: pair for n, pair in found.analyses.items() if not pair[1].own}
    return ({"analyses": foreign} if foreign else {}) | {
        "assessments": {**found.assessments},
        "commands": {**found.commands},
        "sources": {**found.sources},
        "formats": {**found.writers},
    }
