"""The hooks of kstab: what a plugin can add, and the typed values it returns.

A plugin is a module, or an object, with functions marked by :data:`hookimpl`. It is
found through an entry point of the group ``kstab``, or named with ``--plugin-file``.
Importing this module costs pluggy and nothing of the analyses; a plugin should keep
it that way and import what it needs when it runs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import pluggy

from kstab.findings import Confidence, Finding, Measurement

if TYPE_CHECKING:
    import click

    from kstab.context import Context
    from kstab.phases import PhaseTable

__all__ = [
    "GROUP",
    "Assessment",
    "Command",
    "Confidence",
    "Finding",
    "Measurement",
    "Option",
    "PhaseSource",
    "Writer",
    "hookimpl",
    "kstab_assessments",
    "kstab_commands",
    "kstab_phase_sources",
    "kstab_writers",
]

GROUP: Final = "kstab"
"""Group of the entry points that plugins are found by."""

Analysis = Literal["window", "interface"]

hookimpl = pluggy.HookimplMarker(GROUP)
"""Marks a function of a plugin as the implementation of the hook of its name."""

_hookspec = pluggy.HookspecMarker(GROUP)


@dataclass(frozen=True)
class Option:
    """An option that an assessment adds to the commands of its analyses.

    On the command line it is ``--<assessment>-<name>``, in Python
    ``options={"<assessment>": {"<name>": value}}``.

    Attributes:
        name: Its name, lower-case words joined by hyphens.
        type: What it is read as: ``float``, ``int``, ``str`` or ``bool``.
        default: Its value where it is not given.
        help: What it means, one sentence.
        choices: What it can be; empty for anything.
        metavar: What stands for its value in the help.
    """

    name: str
    type: Callable[[Any], Any] = float
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] = ()
    metavar: str = ""


@dataclass(frozen=True)
class Assessment:
    """Something to say about a finished result.

    Attributes:
        name: Its name, unique among all plugins: lower-case words joined by hyphens.
        analyses: The analyses whose results it reads.
        assess: Returns findings from a result and its context; nothing where it has
            nothing to say. It must not change either.
        summary: What it does, one sentence.
        options: Options it adds.
    """

    name: str
    analyses: tuple[Analysis, ...]
    assess: "Callable[[Any, Context], Iterable[Finding]]"
    summary: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class PhaseSource:
    """A source of phases, chosen with ``--source``.

    Attributes:
        name: Its name, unique among all sources.
        load: Returns the phases; called when the source is chosen.
        summary: What it holds, one sentence.
    """

    name: str
    load: "Callable[[], PhaseTable]"
    summary: str = ""


@dataclass(frozen=True)
class Writer:
    """A format of windows and interfaces, chosen with ``--format``.

    Attributes:
        name: Its name, unique among all formats.
        write: Returns a result as text.
        summary: What it is for, one sentence.
    """

    name: str
    write: Callable[[Any], str]
    summary: str = ""


@dataclass(frozen=True)
class Command:
    """A command of its own, ``kstab <name>``.

    Attributes:
        name: Its name.
        make: Returns the click command; called when the command is asked for.
        summary: What it does, one sentence.
    """

    name: str
    make: "Callable[[], click.Command]"
    summary: str = ""


@_hookspec
def kstab_assessments() -> Iterable[Assessment]:
    """Return assessments, which read a finished window or interface and return findings.

    A whole plugin, in one file::

        from kstab.hooks import Assessment, Finding, Option, hookimpl

        def assess(result, context):
            if result.oxidation_limit is None:
                return
            enough = result.oxidation_limit >= context.options["limit"]
            yield Finding(
                verdict="high_voltage" if enough else "low_voltage",
                confidence="medium",
                headline=f"{result.formula} oxidises at {result.oxidation_limit:.2f} V.",
            )

        @hookimpl
        def kstab_assessments():
            return [Assessment("high-voltage", ("window",), assess, options=(
                Option("limit", float, 4.0, "Voltage it must reach, V."),
            ))]
    """
    raise NotImplementedError


@_hookspec
def kstab_phase_sources() -> Iterable[PhaseSource]:
    """Return sources of phases, which ``--source`` chooses among.

    A whole plugin, in one file::

        from kstab.hooks import PhaseSource, hookimpl

        def load():
            from kstab import Formula, PhaseTable

            energies = {"K": 0.0, "S": 0.0, "K2S": -1.32}  # eV/atom
            phases = [(Formula.parse(name), "", energy) for name, energy in energies.items()]
            return PhaseTable.build("my-data", phases, scheme="mine")

        @hookimpl
        def kstab_phase_sources():
            return [PhaseSource("my-data", load, "Our own calculations.")]
    """
    raise NotImplementedError


@_hookspec
def kstab_writers() -> Iterable[Writer]:
    """Return formats, which ``--format`` chooses among.

    A whole plugin, in one file::

        import os
        from kstab.hooks import Writer, hookimpl

        def write(result):
            return f"{result.kind} in scheme {result.scheme}" + os.linesep

        @hookimpl
        def kstab_writers():
            return [Writer("brief", write, "One line.")]
    """
    raise NotImplementedError


@_hookspec
def kstab_commands() -> Iterable[Command]:
    """Return commands of their own.

    A whole plugin, in one file::

        import click
        from kstab.hooks import Command, hookimpl

        def make():
            @click.command()
            @click.argument("formula")
            def atoms(formula):
                "Count the atoms of FORMULA."
                from kstab import Formula
                click.echo(f"{Formula.parse(formula).atoms:g}")
            return atoms

        @hookimpl
        def kstab_commands():
            return [Command("atoms", make, "Count atoms.")]
    """
    raise NotImplementedError
