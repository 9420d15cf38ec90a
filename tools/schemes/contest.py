"""Which scheme is best on reactions and voltages, and whether that is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kstab.chemistry.ions import CHARGES
from kstab.chemistry.roles import Floats, Integers

from .evaluate import Evaluation, markdown, statistics
from .heldout import Choice, Mask
from .measured import VOLTAGE_METALS, Solids, listed
from .reactions import Reaction, voltages

VOLTAGE_SAMPLE: Final = (*CHARGES, "Sr", "Ba")
"""Metals whose binaries have a voltage: the working ions, and two more that were measured."""
RIVALS: Final = ("legacy", "mp2020")
DRAWS: Final = 2000
SEED: Final = 20


@dataclass(frozen=True, eq=False)
class Family:
    """Reactions of one kind.

    Attributes:
        name: What they are, with the unit of their errors.
        reactions: The reactions.
        errors: Errors by scheme, those of ``kstab`` held out.
    """

    name: str
    reactions: list[Reaction]
    errors: dict[str, Floats]

    def take(self, chosen: Mask, name: str) -> "Family":
        """Return some of the reactions."""
        reactions = [r for r, inside in zip(self.reactions, chosen, strict=True) if inside]
        return Family(name, reactions, {k: e[chosen] for k, e in self.errors.items()})


def contest(e: Evaluation) -> str:
    """Return the table of all families, in parts by what ``mp2020`` was fitted to."""
    inside, counts = listed(e.solids), bootstrap(e.solids)
    kinds = families(e)
    found = [part for family in kinds for part in parts(family, inside)] + by_metal(kinds[-1])
    rows = [_row(part, counts) for part in found if part.reactions]
    head = [
        "errors", "number", "legacy", "mp2020", "kstab held out",
        *(f"kstab − {rival}, 95 %" for rival in RIVALS),
    ]  # fmt: skip
    return markdown("The contest", head, rows)


def families(e: Evaluation) -> list[Family]:
    """Return reactions and voltages with the errors of each scheme.

    Fits of ``kstab`` saw none of the metals of a reaction, and not the product of one
    that makes a phase of its neighbours.
    """
    return [
        _family(e, "exchanges, eV/atom", e.exchanges, e.no_metals),
        _family(e, "reductions, eV/atom", e.reductions, e.no_metals),
        _family(e, "phases from neighbours, eV/atom", e.series, e.no_product),
        _family(e, "voltages of binaries, V", voltages(e.solids, VOLTAGE_SAMPLE), e.no_metals),
    ]


def by_metal(volts: Family) -> list[Family]:
    """Return the voltages against Li, Na and K, and those against the other metals."""
    alkali = np.array([r.metals[0] in VOLTAGE_METALS for r in volts.reactions])
    return [
        volts.take(alkali, "– of Li, Na, K"),
        volts.take(~alkali, "– of other metals"),
    ]


def _family(e: Evaluation, name: str, reactions: list[Reaction], choose: Choice) -> Family:
    errors = e.reaction_errors(reactions)
    kept = {rival: errors[rival] for rival in RIVALS}
    return Family(name, reactions, kept | {"kstab": e.kstab.errors(reactions, choose)})


def parts(family: Family, inside: Mask) -> list[Family]:
    """Return a family, and its reactions with no, some and only solids of the list."""
    share = np.array([inside[r.solids].mean() for r in family.reactions])
    chosen = {"none": share == 0, "some": (share > 0) & (share < 1), "all": share == 1}
    return [family, *(family.take(c, f"– {name} listed") for name, c in chosen.items())]


def _row(family: Family, counts: Floats) -> list[object]:
    errors, clusters = family.errors, [reaction.solids for reaction in family.reactions]
    versus = [difference(clusters, errors["kstab"], errors[rival], counts) for rival in RIVALS]
    figures = [statistics(error) for error in errors.values()]
    return [family.name, len(clusters), *figures, *versus]


def bootstrap(solids: Solids) -> Floats:
    """Return how often each solid is drawn in each sample of as many; shape (DRAWS, n)."""
    count = len(solids)
    drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), DRAWS)
    return drawn.astype(np.float64)


def interval(
    clusters: Sequence[Integers], ours: Floats, theirs: Floats, counts: Floats
) -> tuple[float, float, float]:
    """Return the difference of mean absolute errors, and its 95 % interval.

    What is compared shares solids, so solids are drawn, not reactions: a reaction counts
    as often as the product of the numbers of times its solids were drawn.

    Args:
        clusters: Solids of each reaction.
        ours: Errors of one scheme; shape (reactions,).
        theirs: Errors of the other; shape (reactions,).
        counts: From :func:`bootstrap`.
    """
    off = np.abs(ours) - np.abs(theirs)
    weights = np.stack([counts[:, solids].prod(axis=1) for solids in clusters], axis=1)
    total = weights.sum(axis=1)
    means = (weights @ off)[total > 0] / total[total > 0]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(off.mean()), float(low), float(high)


def difference(clusters: Sequence[Integers], ours: Floats, theirs: Floats, counts: Floats) -> str:
    """Return :func:`interval` in words: better or worse, or a tie if chance may have it so."""
    mean, low, high = interval(clusters, ours, theirs, counts)
    word = "better" if high < 0 else "worse" if low > 0 else "tie"
    return f"{mean:+.3f} ({low:+.3f} to {high:+.3f}) {word}"
