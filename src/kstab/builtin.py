"""The plugin inside kstab: its own sources, formats and commands, through the public hooks."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Final

from kstab.hooks import Command, PhaseSource, Writer, hookimpl

if TYPE_CHECKING:
    import click

_COMMANDS: Final = {
    "window": "Show the electrochemical stability window of a phase.",
    "interface": "Show what forms where two phases meet.",
    "phases": "List the phases of a chemical system.",
    "data": "Show, check and export data sets; import and remove your own.",
    "show": "Print, write and draw a stored result.",
    "cite": "Print BibTeX for what a result used.",
    "plugins": "List the plugins and what they add.",
    "completion": "Print the script that completes commands in a shell.",
}


@hookimpl
def kstab_phase_sources() -> Iterable[PhaseSource]:
    """Return the embedded data set, the measured energies and the own data sets."""
    from kstab.sources import own
    from kstab.sources.catalogue import SOURCES

    return (*SOURCES, *own.sources())


@hookimpl
def kstab_writers() -> Iterable[Writer]:
    """Return the terminal, JSON and CSV."""
    from kstab.report.writers import WRITERS

    return WRITERS


@hookimpl
def kstab_commands() -> Iterable[Command]:
    """Return the commands of kstab, in the order of its help; none is imported by that."""
    return [Command(name, _maker(name), summary) for name, summary in _COMMANDS.items()]


def _maker(name: str) -> "Callable[[], click.Command]":
    def make() -> "click.Command":
        command: click.Command = getattr(import_module(f"kstab.cli.{name}"), name)
        return command

    return make
