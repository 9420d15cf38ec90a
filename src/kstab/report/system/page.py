"""The page of a chemical system, and its phases as a table of plain cells."""

from collections.abc import Iterator
from typing import Any

from kstab.analyses.system.result import SystemPhase, SystemResult
from kstab.base.units import MEV_PER_EV
from kstab.report import page as pages
from kstab.report.window import words


def page(result: SystemResult, _: bool = False) -> pages.Blocks:
    """Return the page of the phases of a chemical system; it has no details."""
    return (
        pages.Title("-".join(result.elements)),
        pages.BLANK,
        pages.Answer(_summary(result)),
        *pages.conditions(result.provenance),
        pages.BLANK,
        _phases(result),
        *pages.warnings(result.warnings),
        *pages.foot(result.provenance),
    )


def _summary(result: SystemResult) -> str:
    stable = sum(phase.energy_above_hull == 0 for phase in result.phases)
    limit = f"{MEV_PER_EV * result.threshold:g} meV/atom"
    nearly = len(result.phases) - stable
    summary = (
        f"{stable} stable phase{'s' * (stable != 1)}, {nearly} more within {limit} of the hull"
    )
    if result.not_shown:
        summary += f"; {result.not_shown} further up are not shown"
    return f"{summary}."


def _phases(result: SystemResult) -> pages.Table:
    uncertain = any(_identifier(phase).endswith("?") for phase in result.phases)
    return pages.Table(
        columns=(
            pages.Column("phase", breaks="anywhere"),
            pages.Column("id", breaks="never", least=pages.WIDE),
            pages.Column("space\ngroup", right=True, least=pages.WIDE),
            pages.Column("above hull\nmeV/atom", right=True),
            pages.Column("formation\neV/atom", right=True, least=pages.WIDE),
            pages.Column("decomposes to", breaks="anywhere", stretches=True, least=pages.WIDE),
        ),
        rows=tuple(pages.Row(_cells(phase)) for phase in result.phases),
        caption="id?: not matched by energy, so it may be that of another structure."
        if uncertain
        else "",
        short_caption="",
    )


def _cells(phase: SystemPhase) -> tuple[pages.Cell, ...]:
    height = pages.Cell("stable", "good")
    if phase.energy_above_hull:
        height = pages.Cell(f"{MEV_PER_EV * phase.energy_above_hull:.1f}")
    return pages.cells(
        phase.formula,
        pages.Cell(_identifier(phase), "faint"),
        str(phase.space_group or ""),
        height,
        words.decimals(phase.formation_energy),
        pages.sum_of(words.mixture(phase.decomposes_to)),
    )


def _identifier(phase: SystemPhase) -> str:
    doubt = "?" if phase.material_id and "uncertain_id" in phase.flags else ""
    return f"{phase.material_id}{doubt}"


def table(result: SystemResult) -> Iterator[list[Any]]:
    """Yield the phases as rows of plain cells, the names of columns first."""
    names = (
        "formula", "material_id", "space_group", "formation_energy", "energy_above_hull",
    )  # fmt: skip
    yield [*names, "decomposes_to", "flags", "scheme"]
    for phase in result.phases:
        own = [getattr(phase, name) for name in names]
        yield [*own, words.mixture(phase.decomposes_to), " ".join(phase.flags), result.scheme]
