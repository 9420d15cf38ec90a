"""``kstab plugins``: which plugins there are, and what they add."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from kstab.cli.group import host


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="How to print them.",
)
@click.pass_context
def plugins(context: click.Context, form: Literal["terminal", "json"]) -> None:
    """List the plugins that are installed, and what they add."""
    found = host(context)
    if form == "json":
        listed = {
            "plugins": [asdict(plugin) for plugin in found.plugins],
            "assessments": [
                {"name": a.name, "plugin": p.name, "analyses": a.analyses, "summary": a.summary}
                for a, p in found.assessments.values()
            ],
            "commands": [
                {"name": c.name, "plugin": p.name, "summary": c.summary}
                for c, p in found.commands.values()
            ],
        }
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    if not found.plugins:
        click.echo("No plugins are installed.")
    for plugin in found.plugins:
        owner = f"{_short(plugin.distribution)} {plugin.version}".rstrip()
        click.echo(f"{plugin.name}  {owner}  {plugin.state}")
        for kind, offers in (("assessment", found.assessments), ("command", found.commands)):
            for offer, owned in offers.values():
                if owned.name == plugin.name:
                    click.echo(f"  {kind} {offer.name}  {offer.summary}".rstrip())


def _short(distribution: str) -> str:
    """A distribution, or the name of a file without its folder."""
    return Path(distribution).name if distribution.endswith(".py") else distribution
