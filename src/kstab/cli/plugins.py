"""``kstab plugins``: which plugins there are, and what they add."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from kstab.cli.group import loaded

if TYPE_CHECKING:
    from kstab.plugins import Host, Plugin

_PLURAL: Final = {"analysis": "analyses"}


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
    """List kstab and its plugins, and what each adds."""
    found = loaded(context)
    if form == "json":
        import json
        from dataclasses import asdict

        listed = {"plugins": [asdict(plugin) for plugin in found.plugins]}
        for kind, offers in _offers(found).items():
            listed[_PLURAL.get(kind, f"{kind}s")] = [
                {"name": offer.name, "plugin": plugin.name, "summary": offer.summary}
                for offer, plugin in offers.values()
            ]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        _print(found)
    found.check()


def _print(found: "Host") -> None:
    for plugin in found.plugins:
        owner = f"{_short(plugin.distribution)} {plugin.version}".rstrip()
        click.echo(f"{plugin.name}  {owner}  {plugin.state}")
        if plugin.cause:
            click.echo(f"  {plugin.cause}")
        for kind, offers in _offers(found).items():
            for offer, owned in offers.values():
                if owned == plugin:
                    click.echo(f"  {kind} {offer.name}  {offer.summary}".rstrip())
    if len(found.plugins) == 1:
        click.echo("No other plugins are installed.")


def _offers(found: "Host") -> dict[str, dict[str, tuple[Any, "Plugin"]]]:
    """What plugins add, by what it is called; kstab's own analyses go without saying."""
    foreign = {n: pair for n, pair in found.analyses.items() if pair[1].state != "built in"}
    return ({"analysis": foreign} if foreign else {}) | {
        "assessment": {**found.assessments},
        "command": {**found.commands},
        "source": {**found.sources},
        "format": {**found.writers},
    }


def _short(distribution: str) -> str:
    """A distribution, or the name of a file without its folder."""
    return Path(distribution).name if distribution.endswith(".py") else distribution
