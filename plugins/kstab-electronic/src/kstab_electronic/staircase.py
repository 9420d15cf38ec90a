"""Which products conduct, at which voltages."""

from collections.abc import Iterable
from typing import Final

from kstab.findings import Finding
from kstab_electronic import measuring
from kstab_electronic.cases import Contact, Rung
from kstab_electronic.gaps import Gap, weakest
from kstab_electronic.sources import CALCULATED, MEASURED

SHOWN: Final = 6
"""Phases in a headline; the numbers have them all."""

_DOUBT: Final = "Which phases form, and at which voltage, rests on energies alone."


def finding(contact: Contact) -> Finding:
    """Return at which voltages of the staircase products conduct."""
    rungs = [rung for rung in contact.rungs if rung.reacts]
    formula = contact.electrolytes[0]
    parts = {part.formula: part for rung in rungs for part in rung.layer.parts}
    unknown = [part.formula for part in parts.values() if part.gap.known_class is None]
    notes = (_DOUBT, *([f"No gap is known of {', '.join(unknown)}."] if unknown else []))
    runs = _runs(rungs)
    if not runs:
        known = " known to be" if unknown else ""
        return Finding(
            "unknown" if unknown else "none_conducting",
            weakest("medium", *(part.gap.confidence for part in parts.values())),
            f"No product of {formula} is{known} leaky or metallic at any voltage of the staircase.",
            notes=notes,
            references=(CALCULATED,),
        )
    texts = [f"{gap.formula} ({gap.words}) {span(low, high)}" for gap, low, high in runs[:SHOWN]]
    if len(runs) > SHOWN:
        texts.append(f"and {len(runs) - SHOWN} more")
    return Finding(
        "conducting_products",
        weakest("medium", *(gap.confidence for gap, _, _ in runs)),
        f"Products of {formula} that are leaky or metallic: {'; '.join(texts)}.",
        (
            *(each for gap, low, high in runs for each in measuring.of_steps(low, high, gap)),
            *(
                each
                for rung in rungs
                for each in measuring.shares(rung.layer.conducting, span(rung.low, rung.high))
            ),
        ),
        notes,
        (CALCULATED, *([MEASURED] if any(gap.measured for gap, _, _ in runs) else [])),
    )


def span(low: float, high: float | None) -> str:
    """Return a range of voltages for people.

    >>> [span(*ends) for ends in ((0.0, 0.67), (0.67, 0.74), (0.741, 0.743), (4.07, None))]
    ['up to 0.67 V', '0.67 to 0.74 V', 'at 0.74 V', 'above 4.07 V']
    """
    if high is None:
        return f"above {low:.2f} V"
    if f"{low:.2f}" == f"{high:.2f}":
        return f"at {low:.2f} V"
    return f"up to {high:.2f} V" if low == 0.0 else f"{low:.2f} to {high:.2f} V"


def _runs(rungs: Iterable[Rung]) -> list[tuple[Gap, float, float | None]]:
    """Each conducting phase with the voltages between which it forms, steps that meet as one."""
    found: list[tuple[Gap, float, float | None]] = []
    for rung in rungs:
        for part in rung.layer.conducting:
            low = rung.low
            before = next((run for run in found if run[0] == part.gap and run[2] == low), None)
            if before is None:
                found.append((part.gap, low, rung.high))
            else:
                found[found.index(before)] = (part.gap, before[1], rung.high)
    return found
