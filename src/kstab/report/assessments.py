"""What plugins found, as text and as HTML: the verdicts at a glance, then what they rest on.

Findings are shown beside each other and never added up: what they say as a whole is no surer
than the least sure of them.
"""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from kstab.findings import Assessed, Measurement

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

_SURENESS: Final = ("low", "medium", "high")
_BEYOND: Final = (
    "No finding knows how fast anything happens, in which arrangement phases form, or what "
    "pores, stresses, defects and grain boundaries do."
)


def owners(found: Sequence[Assessed]) -> list[str]:
    """Return the plugins behind findings with their versions, each once.

    >>> owners([Assessed("a", "kstab-a", "1.0", False, "porous", "low", "It has pores.")] * 2)
    ['kstab-a 1.0']
    """
    named = (
        PurePath(one.plugin).name if one.plugin.endswith(".py") else one.plugin for one in found
    )
    each = (f"{name} {one.plugin_version}".rstrip() for name, one in zip(named, found, strict=True))
    return list(dict.fromkeys(each))


def together(found: Sequence[Assessed]) -> str:
    """Return how sure findings are as a whole, and what none of them knows; empty for none.

    >>> sure = Assessed("a", "kstab-a", "1.0", False, "porous", "high", "It has pores.")
    >>> vague = Assessed("b", "kstab-b", "1.0", False, "leaky", "low", "It leaks.")
    >>> together([sure, vague]).split(".")[0]
    'As a whole they are no surer than the least sure: low (b)'
    """
    graded = [one for one in found if one.confidence in _SURENESS]
    if not graded:
        return ""
    least = min((one.confidence for one in graded), key=_SURENESS.index)
    names = ", ".join(dict.fromkeys(one.name for one in graded if one.confidence == least))
    if len(graded) == 1:
        return _BEYOND
    return f"As a whole they are no surer than the least sure: {least} ({names}). {_BEYOND}"


def terminal(found: Sequence[Assessed], *, details: bool) -> "Iterator[RenderableType]":
    """Yield what plugins say for rich; nothing where they say nothing.

    Args:
        found: What they say.
        details: Whether to show measurements, notes and references, not the headlines alone.
    """
    from rich.padding import Padding
    from rich.text import Text

    from kstab.report.parts import bullet

    if not found:
        return
    yield ""
    yield Text("Assessments", style="bold")
    yield _verdicts(found)
    yield ""
    for one in found:
        text = Text.assemble((one.name, "bold red" if one.failed else "bold"), "  ", one.headline)
        yield text
        shown = details or one.failed
        if shown and one.measurements:
            yield Padding(_measurements(one.measurements), (0, 0, 0, 2))
        for note in _notes(one) if shown else ():
            yield Padding(bullet(note), (0, 0, 0, 2))
    if together(found):
        yield ""
        yield Text(together(found))
    if not details and any(one.measurements or one.notes for one in found if not one.failed):
        yield Text("Numbers, notes and references: --details, or --format json.", style="dim")


def html(found: Sequence[Assessed]) -> str:
    """Return what plugins say as HTML, numbers and notes folded away; empty for nothing."""
    items = "".join(
        f"<li><b>{escape(one.name)}</b>: {escape(one.headline)} "
        f"({escape(_plain(one.verdict))}, confidence {one.confidence}){_folded(one)}</li>"
        for one in found
    )
    whole = f"<p>{escape(together(found))}</p>" if together(found) else ""
    return f"<ul>{items}</ul>{whole}" if items else ""


def _folded(one: Assessed) -> str:
    """Measurements, notes and references, shown when clicked on."""
    numbers = "".join(
        f"<tr><td>{escape(each.subject)}</td><td>{escape(each.quantity)}</td>"
        f"<td>{escape(_value(each))}</td></tr>"
        for each in one.measurements
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in _notes(one))
    if not numbers and not notes:
        return ""
    inside = f"<table>{numbers}</table><ul>{notes}</ul>"
    return f"<details><summary>numbers, notes</summary>{inside}</details>"


def _notes(one: Assessed) -> list[str]:
    """Notes, and the references as one more."""
    return [*one.notes, *(["From " + ", ".join(one.references)] if one.references else [])]


def _verdicts(found: Sequence[Assessed]) -> "Table":
    """The verdicts at a glance: a row each, under the name of the assessment once."""
    from rich.text import Text

    from kstab.report.parts import plain_table

    table = plain_table()
    for name in ("assessment", "verdict", "confidence"):
        table.add_column(name, overflow="fold")
    before = ""
    for one in found:
        name = "" if one.name == before else one.name
        table.add_row(Text(name), Text(_plain(one.verdict)), one.confidence)
        before = one.name
    return table


def _plain(verdict: str) -> str:
    return verdict.replace("_", " ")


def _measurements(measured: tuple[Measurement, ...]) -> "Table":
    from rich.text import Text

    from kstab.report.parts import plain_table

    table = plain_table()
    table.show_header = False
    for _ in range(3):
        table.add_column(overflow="fold")
    for each in measured:
        table.add_row(Text(each.subject), Text(each.quantity), Text(_value(each)))
    return table


def _value(measured: Measurement) -> str:
    """A number with its range, its unit and its source."""
    if measured.value is None:
        text = "unknown"
    elif isinstance(measured.value, str):
        text = measured.value
    else:
        text = f"{measured.value:.4g}"
    if measured.low is not None and measured.high is not None:
        text += f" ({measured.low:.4g} to {measured.high:.4g})"
    unit = f" {measured.unit}" if measured.unit and measured.value is not None else ""
    return f"{text}{unit}" + (f", {measured.source}" if measured.source else "")
