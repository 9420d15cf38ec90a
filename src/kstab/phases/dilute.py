"""Computed dilute solutions: cells of nearly one element, which are no compounds.

A cell of 149 magnesium atoms and one sulfur atom serves to compute a solution. As a phase of
its own it would dissolve most of the metal it meets, so it takes no part unless asked for.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from kstab.chemistry.composition import Formula
from kstab.engine.equilibrium import Integers
from kstab.phases.table import ON_HULL, PhaseTable

DILUTE: Final = 0.98
"""Part of the atoms from which one element makes a compound a dilute solution."""


def is_dilute(formula: Formula) -> bool:
    """Whether a compound consists almost of one element.

    >>> [is_dilute(Formula.parse(f)) for f in ("Mg149S", "NaSi68", "LaB6", "Mg")]
    [True, True, False, False]
    """
    most = max(float(amount) for _, amount in formula.amounts)
    return len(formula.elements) > 1 and most >= DILUTE * formula.atoms


def dilute_rows(table: PhaseTable) -> Integers:
    """Return the rows of computed dilute solutions, rising."""
    amounts = np.asarray(table.amounts, dtype=float)
    nearly = amounts.max(axis=1, initial=0.0) >= DILUTE * amounts.sum(axis=1)
    return np.flatnonzero(nearly & ~table.is_element)


def without_dilute(table: PhaseTable) -> PhaseTable:
    """Return a table in which computed dilute solutions take no part.

    A table that knows which phases are on its hull knows it without them if none of them is there.
    """
    heights, candidates = table.above_hull, table.candidates
    if heights is not None and len(rows := np.flatnonzero(np.isnan(heights))):
        return replace(table, removed=table.removed.union(rows.tolist()))
    rows = dilute_rows(table)
    if not len(rows):
        return table
    removed = table.removed.union(rows.tolist())
    if candidates is not None and not np.isin(rows, candidates).any():
        return replace(table, removed=removed)
    return table.derived(removed=removed)


def with_dilute(table: PhaseTable) -> PhaseTable:
    """Return a table in which computed dilute solutions compete like all other phases.

    Those that were removed from it stay away.
    """
    heights, candidates = table.above_hull, table.candidates
    if heights is None and candidates is None:
        return table
    # More phases can push others off the hull, and bring none onto it.
    on_hull = candidates if heights is None else np.flatnonzero(heights <= ON_HULL)
    there = np.union1d(on_hull, dilute_rows(table))
    return table.derived(candidates=np.setdiff1d(there, list(table.removed)))
