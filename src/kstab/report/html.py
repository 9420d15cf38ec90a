"""Results in a notebook: the short form, with the staircase as a table."""

from collections.abc import Iterable
from html import escape

from kstab.analyses.results import SystemResult, WindowResult
from kstab.notices import CAVEAT, Notice
from kstab.provenance import Provenance
from kstab.report import assessments, serialise, words
from kstab.units import MEV_PER_EV


def window(result: WindowResult) -> str:
    """Return a window as HTML.

    >>> import kstab
    >>> "<td>K2S3" in window(kstab.window("K3SbS4"))
    False
    >>> "1.647 – 2.067" in window(kstab.window("K3SbS4", scheme="legacy"))
    True
    """
    rows = (
        (
            words.edges(step),
            words.bar(step.voltage_low_sigma),
            f"{step.ion_change:+.4g}" if step.ion_change else "0",
            serialise.mixture(step.products),
            words.decimals(step.decomposition_energy_low),
            f"{step.capacity_mAh_g:.0f}",
        )
        for step in result.steps
    )
    head = (
        f"V vs {words.couple(result)}",
        "±",
        f"Δ{result.ion}",
        "equilibrium",
        "eV/atom",
        "mAh/g",
    )
    title = f"<p><b>{escape(result.formula)}: {escape(words.verdict(result))}.</b> "
    return (
        f"{title}{escape(words.explanation(result))}</p>"
        f"{table(head, rows)}{assessments.html(result.assessments)}"
        f"{foot(result.warnings, result.provenance, assessments.owners(result.assessments))}"
    )


def system(result: SystemResult) -> str:
    """Return the phases of a chemical system as HTML."""
    rows = (
        (
            phase.formula,
            phase.material_id,
            f"{MEV_PER_EV * phase.energy_above_hull:.1f}",
            words.decimals(phase.formation_energy),
            serialise.mixture(phase.decomposes_to),
        )
        for phase in result.phases
    )
    head = ("phase", "id", "meV/atom above hull", "formation eV/atom", "decomposes to")
    return (
        f"<p><b>{escape('-'.join(result.elements))}</b></p>"
        f"{table(head, rows)}{foot(result.warnings, result.provenance)}"
    )


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return an HTML table; all cells are text."""
    header = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"


def foot(notices: Iterable[Notice], provenance: Provenance, owners: Iterable[str] = ()) -> str:
    """Return warnings, the line every report carries, and the origin, with that of plugins."""
    items = "".join(f"<li>{escape(notice.message)}</li>" for notice in notices)
    origin = escape(f"{CAVEAT} {', '.join((provenance.origin, *owners))}.")
    return f"{f'<ul>{items}</ul>' if items else ''}<p><i>{origin}</i></p>"
