"""All tables of held-out errors, in the order of the documentation."""

from .alloys import alloy_voltages, further_errors
from .contest import contest
from .evaluate import Evaluation, markdown, shift_residuals
from .limits import MeasuredLimits
from .measured import evidence, final_test, second_test, training


def report() -> str:
    """Return all tables, as ``docs/generated/scheme_errors.md`` has them."""
    solids, dropped = training()
    e = Evaluation(solids, evidence())
    intro = (
        f"{len(solids)} measured solids are open to fitting and design; {len(final_test())} and "
        f"{len(second_test())} more are kept for two final tests. {len(dropped)} were dropped as "
        f"implausible. {len(e.further)} further compounds take part in fits, and count in one "
        "table. Errors are mean / median / 90th percentile of the absolute values.\n"
    )
    tables = [
        e.formation(), e.left_out_metals(), e.left_out_anions(), e.exchange(), e.anchoring(),
        e.reduction(), e.comproportionation(), e.voltage(), e.each_voltage(), e.covered(),
        further_errors(e), alloy_voltages(e), contest(e), *MeasuredLimits(e).report(),
        shift_residuals(),
    ]  # fmt: skip
    lost = markdown("Dropped", ["solid", "why"], dropped)
    return "\n".join([intro, *tables, lost])
