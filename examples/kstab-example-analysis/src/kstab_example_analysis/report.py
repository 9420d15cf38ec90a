"""What there is to see of a result: a page, a table of plain cells, a figure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kstab.plugin_tools import Step, finding_blocks, finding_owners
from kstab.report.page import (
    Answer,
    Blocks,
    Column,
    Row,
    Table,
    Title,
    cells,
    conditions,
    foot,
    sum_of,
    warnings,
)
from kstab_example_analysis.analysis import GasRelease

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def page(result: GasRelease, details: bool = False) -> Blocks:
    """Return the page of a result."""
    columns = Column("from\nV", right=True), Column("gases"), Column("reaction", stretches=True)
    rows = tuple(
        Row(cells(f"{step.voltage_low:.2f}", ", ".join(step.gases), sum_of(step.reaction)))
        for step in result.steps
    )
    return (
        Title(
            result.formula, "gives off gas" if rows else "no gas", "doubtful" if rows else "good"
        ),
        Answer(_answer(result)),
        *conditions(result.provenance),
        *([Table(columns, rows)] if rows else []),
        *warnings(result.warnings),
        *finding_blocks(result.assessments, details=details),
        *foot(result.provenance, finding_owners(result.assessments)),
    )


def _answer(result: GasRelease) -> str:
    if not result.steps:
        return f"{result.formula} gives off no gas at any voltage."
    gases = " and ".join(result.steps[0].gases)
    return (
        f"{result.formula} can give off {gases} from {result.voltage:.2f} V against {result.ion} "
        "on; how far above that it does is a matter of kinetics."
    )


def table(result: GasRelease) -> Iterator[list[Any]]:
    """Yield the steps as rows of plain cells, the names of columns first."""
    yield ["formula", "ion", "voltage_low", "gases", "molecules", "reaction", "scheme"]
    for step in result.steps:
        own = [step.voltage_low, " ".join(step.gases), molecules(step), step.reaction]
        yield [result.formula, result.ion, *own, result.scheme]


def molecules(step: Step) -> float:
    """Return the molecules of gas for each formula unit of the phase."""
    return sum(product.amount for product in step.products if product.formula in step.gases)


def figure(result: GasRelease) -> "Figure":
    """Return a figure of the gas against the voltage."""
    from matplotlib.figure import Figure

    edges = [step.voltage_low for step in result.steps] or [0.0]
    made = Figure(figsize=(6.0, 3.4))
    axes = made.add_subplot()
    axes.stairs([molecules(step) for step in result.steps] or [0.0], [*edges, edges[-1] + 1.0])
    axes.set(xlabel=f"voltage against {result.ion} (V)", ylabel="gas (molecules per formula unit)")
    axes.set_title(f"{result.formula}, {result.provenance.origin}", fontsize=8)
    return made
