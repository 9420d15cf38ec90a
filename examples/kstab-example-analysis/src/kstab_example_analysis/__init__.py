"""From which voltage on a phase gives off a gas: an example of an analysis in a kstab plugin."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kstab.hooks import AnalysisOffer, Command, hookimpl

if TYPE_CHECKING:
    import click


def _command() -> "click.Command":
    from kstab_example_analysis.command import gas_release

    return gas_release


# Texts instead of functions: a plugin should cost nothing until it runs.
GAS_RELEASE: Final = AnalysisOffer(
    name="gas-release",
    result="kstab_example_analysis.analysis:GasRelease",
    page="kstab_example_analysis.report:page",
    table="kstab_example_analysis.report:table",
    figure="kstab_example_analysis.report:figure",
    citations=("richards2016",),
    summary="From which voltage on a phase gives off a gas.",
    request="kstab_example_analysis.analysis:GasReleaseRequest",
    solve="kstab_example_analysis.analysis:solve",
    command=Command("gas-release", _command, "Show from which voltage on a phase gives off a gas."),
    schema=str(Path(__file__).with_name("gas-release.schema.json")),
)


@hookimpl
def kstab_analyses() -> Iterable[AnalysisOffer]:
    """Offer the analysis to kstab."""
    return [GAS_RELEASE]
