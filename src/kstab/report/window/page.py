"""The page of a window, and its steps as a table of plain cells."""

from collections.abc import Iterator
from typing import Any

from kstab.analyses.window.result import Step, WindowResult
from kstab.phases.notices import FLAGS, Notice
from kstab.report import findings
from kstab.report import page as pages
from kstab.report.tables import verdicts
from kstab.report.window import words
from kstab.report.window.drawing import WindowAxis


def page(result: WindowResult, details: bool = False) -> pages.Blocks:
    """Return the page of a window; with all that plugins say, or their headlines."""
    return (
        _title(result),
        pages.BLANK,
        pages.Answer(words.explanation(result)),
        *pages.conditions(result.provenance),
        *([pages.Paragraph(words.host(result.host, result))] if result.host else []),
        *((pages.BLANK, WindowAxis(result)) if result.window_kind != "none" else ()),
        pages.BLANK,
        pages.facts(_limits(result)),
        *([pages.Paragraph(words.schemes(result))] if words.schemes(result) else []),
        pages.BLANK,
        _staircase(result),
        *pages.section("Robustness", words.robustness(result)),
        *pages.section(
            "Near misses", (words.near_miss(m, result) for m in result.near_misses or ())
        ),
        *findings.blocks(result.assessments, details=details),
        *pages.warnings(_worth_a_warning(result)),
        *pages.foot(result.provenance, findings.owners(result.assessments)),
    )


def _worth_a_warning(result: WindowResult) -> tuple[Notice, ...]:
    """The notices of the result and of its host; an uncertain id is said beside the id."""
    notices = list(result.warnings)
    if result.host:
        whose = f"{result.host.formula}, the closest phase"
        # What concerns both alike, such as the temperature, is said once.
        own = [n for n in result.host.warnings if n not in result.warnings or n.code in FLAGS]
        notices += [Notice(n.code, f"{whose}: {n.message}") for n in own]
    return tuple(notice for notice in notices if notice.code != "uncertain_id")


def _title(result: WindowResult) -> pages.Title:
    tone: pages.Tone = "good" if result.verdict == "stable" else "doubtful"
    uncertain = any(notice.code == "uncertain_id" for notice in result.warnings)
    doubt = " (id uncertain)" if result.material_id and uncertain else ""
    return pages.Title(result.formula, words.verdict(result), tone, f"{result.material_id}{doubt}")


def _limits(result: WindowResult) -> Iterator[tuple[str, str | pages.Cell]]:
    if result.window_kind != "none":
        for name, value, reaction in words.limits(result):
            yield name, value
            yield "", pages.sum_of(reaction)
    lowest = result.steps[0] if result.steps else None
    if lowest and lowest.voltage_low == 0.0 and lowest.ion_change > 0:
        yield f"Against {result.ion} metal", pages.sum_of(lowest.reaction)


def _staircase(result: WindowResult) -> pages.Table:
    bars = any(step.voltage_low_sigma is not None for step in result.steps)
    # In a mixture the size of a step says whether the host or a dopant takes it.
    shares = result.verdict == "not_in_data" and any(step.ion_share for step in result.steps)
    columns = (
        pages.Column(words.versus(result.ion), breaks="never"),
        pages.number("±", pages.WIDE),
        pages.number(f"Δ{result.ion}", pages.WIDE),
        pages.Column("equilibrium", breaks="anywhere", stretches=True),
        pages.number("eV/atom", pages.WIDE),
        pages.number("mAh/g", pages.WIDE),
        pages.number("share", pages.WIDE),
    )
    rows = tuple(pages.Row(_cells(step), strong=not step.ion_change) for step in result.steps)
    table = pages.Table(columns, rows, _caption(result, bars=bars, shares=shares), short_caption="")
    return table.only((True, bars, True, True, True, True, shares))


def _cells(step: Step) -> tuple[pages.Cell, ...]:
    products = words.mixture(step.products) or "nothing"
    notes = [*(f"{gas} gas" for gas in step.gases), *(["minor"] if step.minor else [])]
    if notes:
        products += f" ({', '.join(notes)})"
    return pages.cells(
        words.edges(step),
        words.bar(step.voltage_low_sigma),
        f"{step.ion_change:+.4g}" if step.ion_change else "0",
        pages.sum_of(products),
        words.decimals(step.decomposition_energy_low),
        f"{step.capacity_mAh_g:.0f}",
        f"{step.ion_share or 0:.0%}",
    )


def _caption(result: WindowResult, *, bars: bool, shares: bool) -> str:
    caption = "±: standard deviation of the lower edge. " if bars else ""
    caption += (
        f"Per formula unit; Δ{result.ion}: taken up (+) or given off (-). eV/atom: decomposition "
        "energy at the lower edge. mAh/g: since the start."
    )
    if shares:
        caption += f" share: {result.ion} exchanged in this step alone, relative to the content."
    return caption


def table(result: WindowResult) -> Iterator[list[Any]]:
    """Yield the staircase as rows of plain cells, a row a step, the names of columns first."""
    of_result = ("formula", "ion", "scheme", "verdict", "window_kind", "energy_above_hull")
    shared = {name: getattr(result, name) for name in of_result} | {
        "reduction_limit": result.reduction_limit,
        "reduction_limit_sigma": getattr(result.reduction_uncertainty, "sigma", None),
        "oxidation_limit": result.oxidation_limit,
        "oxidation_limit_sigma": getattr(result.oxidation_uncertainty, "sigma", None),
    }
    names = (
        "voltage_low", "voltage_low_sigma", "voltage_high", "ion_change",
        "decomposition_energy_low", "decomposition_energy_high", "capacity_mAh_g", "ion_share",
        "minor", "reaction",
    )  # fmt: skip
    yield [*shared, *names, "products", "gases", "assessments"]
    said = verdicts(result.assessments)
    for step in result.steps:
        own = [getattr(step, name) for name in names]
        lists = [words.mixture(step.products), " ".join(step.gases), said]
        yield [*shared.values(), *own, *lists]
