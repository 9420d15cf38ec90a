"""The plugin inside kstab: its own analyses, sources, formats and commands, by the public hooks."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

from kstab.base.late import loaded
from kstab.hooks import AnalysisOffer, Command, PhaseSource, Writer, hookimpl


def _command(name: str, summary: str) -> Command:
    """A command whose module is imported when it is asked for."""
    return Command(name, partial(loaded, f"kstab.cli.{name}:{name}"), summary)


def _schema(name: str) -> str:
    return str(Path(__file__).parent / "schemas" / f"{name}.schema.json")


WINDOW: Final = AnalysisOffer(
    name="window",
    result="kstab.analyses.window.result:WindowResult",
    page="kstab.report.window.page:page",
    table="kstab.report.window.page:table",
    figure="kstab.report.window.figure:draw",
    citations=("zhu2015", "richards2016"),
    summary="The electrochemical stability window of a phase.",
    request="kstab.analyses.window.stability:WindowRequest",
    solve="kstab.analyses.window.stability:solve",
    command=_command("window", "Show the electrochemical stability window of a phase."),
    schema=_schema("window"),
)
INTERFACE: Final = AnalysisOffer(
    name="interface",
    result="kstab.analyses.interface.result:InterfaceResult",
    page="kstab.report.interface.page:page",
    table="kstab.report.interface.page:table",
    figure="kstab.report.interface.figure:draw",
    citations=("richards2016", "zhu2016"),
    summary="What forms where two phases meet.",
    request="kstab.analyses.interface.contact:InterfaceRequest",
    solve="kstab.analyses.interface.contact:solve",
    command=_command("interface", "Show what forms where two phases meet."),
    schema=_schema("interface"),
)
SYSTEM: Final = AnalysisOffer(
    name="system",
    result="kstab.analyses.system.result:SystemResult",
    page="kstab.report.system.page:page",
    table="kstab.report.system.page:table",
    summary="The phases of a chemical system.",
    request="kstab.analyses.system.inventory:SystemRequest",
    solve="kstab.analyses.system.inventory:solve",
    command=_command("phases", "List the phases of a chemical system."),
    schema=_schema("system"),
)
DIFFERENCE: Final = AnalysisOffer(
    name="difference",
    result="kstab.analyses.difference.result:DifferenceResult",
    page="kstab.report.difference.page:page",
    summary="What two data sets say differently of a chemical system.",
    schema=_schema("difference"),
)


@hookimpl
def kstab_analyses() -> Iterable[AnalysisOffer]:
    """Return the analyses of kstab, those with commands in the order of its help."""
    return WINDOW, INTERFACE, SYSTEM, DIFFERENCE


@hookimpl
def kstab_phase_sources() -> Iterable[PhaseSource]:
    """Return the embedded data set, the measured energies and the own data sets."""
    from kstab.sources import own
    from kstab.sources.catalogue import SOURCES

    return (*SOURCES, *own.sources())


@hookimpl
def kstab_writers() -> Iterable[Writer]:
    """Return the formats; the terminal's, the first, is the default."""
    return (
        _writer("terminal", "terminal:write", "Text for people; the default.", ".txt"),
        _writer("json", "tables:write_json", "Everything there is, for programs.", ".json"),
        _writer("csv", "tables:write_csv", "A row for each step, kink or phase.", ".csv"),
        Writer(
            "csv-assessments",
            "kstab.report.tables:write_assessments",
            "A row for each number that a plugin found.",
            (),
        ),
        _writer("html", "html:write", "A page for a browser.", ".html"),
        _writer("markdown", "markdown:write", "Text with tables, for notes.", ".md"),
        _writer("latex", "latex:write", "A document with tables, for papers.", ".tex"),
    )


def _writer(name: str, place: str, summary: str, suffix: str) -> Writer:
    """A format of all results, written by a function of the reports."""
    return Writer(name, f"kstab.report.{place}", summary, (), (suffix,))


@hookimpl
def kstab_commands() -> Iterable[Command]:
    """Return the commands that belong to no analysis; none is imported by that."""
    return (
        _command("data", "Show, check and export data sets; import and remove your own."),
        _command("show", "Print, write and draw a stored result."),
        _command("cite", "Print BibTeX for what a result used."),
        _command("plugins", "List the plugins and what they add."),
        _command("completion", "Print the script that completes commands in a shell."),
    )
