"""The hooks of kstab: what a plugin can add.

A plugin is a module, or an object, with functions marked by :data:`hookimpl`. It is
found through an entry point of the group ``kstab``, or named with ``--plugin-file``.
Importing this module costs pluggy and nothing of the analyses; a plugin should keep
it that way and import what it needs when it runs.
"""

from collections.abc import Iterable
from typing import Final

import pluggy

from kstab.findings import Confidence, Finding, Measurement
from kstab.offers import (
    Analysis,
    AnalysisOffer,
    Assessment,
    Command,
    Kind,
    Option,
    Page,
    PhaseSource,
    SourceRequest,
    Writer,
)

__all__ = [
    "GROUP",
    "Analysis",
    "AnalysisOffer",
    "Assessment",
    "Command",
    "Confidence",
    "Finding",
    "Kind",
    "Measurement",
    "Option",
    "Page",
    "PhaseSource",
    "SourceRequest",
    "Writer",
    "hookimpl",
    "kstab_analyses",
    "kstab_assessments",
    "kstab_commands",
    "kstab_phase_sources",
    "kstab_writers",
]

GROUP: Final = "kstab"
"""Group of the entry points that plugins are found by."""

hookimpl = pluggy.HookimplMarker(GROUP)
"""Marks a function of a plugin as the implementation of the hook of its name."""

_hookspec = pluggy.HookspecMarker(GROUP)


@_hookspec
def kstab_analyses() -> Iterable[AnalysisOffer]:
    """Return analyses, which kstab shows, writes, cites and assesses like its own.

    A whole plugin, in one file::

        from dataclasses import dataclass

        from kstab import Result
        from kstab.hooks import AnalysisOffer, hookimpl

        @dataclass(frozen=True, eq=False)
        class Count(Result):
            kind = "count"
            offered = f"{__name__}:COUNT"
            formula: str
            atoms: float

        def solve(formula, table):
            from kstab import Formula
            return Count(formula, Formula.parse(formula).atoms)

        def page(result, details=False):
            from kstab.report.page import Answer
            return (Answer(f"{result.formula} has {result.atoms:g} atoms."),)

        def table(result):
            return (("formula", "atoms"), (result.formula, result.atoms))

        COUNT = AnalysisOffer("count", Count, page, table, solve=solve)

        @hookimpl
        def kstab_analyses():
            return [COUNT]
    """
    raise NotImplementedError


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

        def load(request):
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

        from kstab.hooks import Writer, hookimpl

        def write(result, page):
            return f"{result.kind} in scheme {result.scheme}" + chr(10)

        @hookimpl
        def kstab_writers():
            return [Writer("brief", write, "One line.", suffixes=(".brief",))]
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
