"""The page of the plugins there are, and what each adds."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kstab.report.page import Lines
from kstab.report.sheet import Sheet

if TYPE_CHECKING:
    from kstab.plugins import Plugin

    Offers = Mapping[str, Mapping[str, tuple[Any, Plugin]]]


def listed(plugins: "tuple[Plugin, ...]", offers: "Offers") -> Sheet:
    """Return the plugins as a sheet.

    Args:
        plugins: The plugins, kstab first.
        offers: What they add, by what it is called and by its name, each with its plugin.
    """
    document: dict[str, Any] = {"plugins": [asdict(plugin) for plugin in plugins]}
    for kind, found in offers.items():
        document[kind] = [
            {"name": offer.name, "plugin": plugin.name, "summary": offer.summary}
            for offer, plugin in found.values()
        ]
    return Sheet(
        kind="plugins",
        blocks=(Lines(tuple(_lines(plugins, offers))),),
        document=document,
        cells=tuple(_rows(offers)),
    )


def _lines(plugins: "tuple[Plugin, ...]", offers: "Offers") -> Iterator[str]:
    for plugin in plugins:
        owner = f"{_short(plugin.distribution)} {plugin.version}".rstrip()
        yield f"{plugin.name}  {owner}  {plugin.state}"
        if plugin.cause:
            yield f"  {plugin.cause}"
        for kind, found in offers.items():
            singular = {"analyses": "analysis"}.get(kind, kind.removesuffix("s"))
            for offer, owned in found.values():
                if owned == plugin:
                    yield f"  {singular} {offer.name}  {offer.summary}".rstrip()
    if len(plugins) == 1:
        yield "No other plugins are installed."


def _short(distribution: str) -> str:
    """A distribution, or the name of a file without its folder."""
    return Path(distribution).name if distribution.endswith(".py") else distribution


def _rows(offers: "Offers") -> Iterator[tuple[str, ...]]:
    yield ("plugin", "distribution", "version", "adds", "name", "summary")
    for kind, found in offers.items():
        for offer, plugin in found.values():
            owner = plugin.name, plugin.distribution, plugin.version
            yield (*owner, kind, offer.name, offer.summary)
