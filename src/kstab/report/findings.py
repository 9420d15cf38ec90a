"""What plugins found: the verdicts at a glance, then what they rest on.

Findings are shown beside each other and never added up: what they say as a whole is no surer
than the least sure of them.
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Final

from kstab.findings import Assessed, Measurement
from kstab.report import page as pages

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


def blocks(found: Sequence[Assessed], *, details: bool) -> Iterator[pages.Block]:
    """Yield what plugins say; nothing where they say nothing.

    Args:
        found: What they say.
        details: Whether to show measurements, notes and references, not the headlines alone.
    """
    if not found:
        return
    yield from (pages.BLANK, pages.Section("Assessments"), _verdicts(found), pages.BLANK)
    for one in found:
        inside = tuple(_inside(one))
        yield pages.Item(one.name, one.headline, one.failed, inside, is_open=details or one.failed)
    if together(found):
        yield from (pages.BLANK, pages.Paragraph(together(found)))
    if not details and any(one.measurements or one.notes for one in found if not one.failed):
        yield pages.Hint("Numbers, notes and references: --details, or --format json.")


def _verdicts(found: Sequence[Assessed]) -> pages.Table:
    """The verdicts at a glance: a row each, under the name of the assessment once."""
    before = [None, *(one.name for one in found)]
    rows = tuple(
        pages.Row(
            pages.cells("" if one.name == last else one.name, _plain(one.verdict), one.confidence)
        )
        for one, last in zip(found, before, strict=False)
    )
    names = "assessment", "verdict", "confidence"
    return pages.Table(tuple(pages.Column(name, breaks="anywhere") for name in names), rows)


def _plain(verdict: str) -> str:
    return verdict.replace("_", " ")


def _inside(one: Assessed) -> Iterator[pages.Block]:
    """Measurements and notes, with the references as one more."""
    if one.measurements:
        rows = (pages.cells(each.subject, each.quantity, _value(each)) for each in one.measurements)
        yield pages.Table((pages.Column("", breaks="anywhere"),) * 3, tuple(map(pages.Row, rows)))
    references = ["From " + ", ".join(one.references)] if one.references else []
    if one.notes or references:
        yield pages.Bullets((*one.notes, *references))


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
