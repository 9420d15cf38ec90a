"""Energies of any table in kstab's own correction schemes, which go by the composition."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from kstab.phases.scheme import Scheme
from kstab.sources.columns import SCHEMES

if TYPE_CHECKING:
    from kstab.phases.table import PhaseTable


def can_be_in(name: str, schemes: Iterable[str]) -> bool:
    """Whether energies that come in some schemes can be had in another one.

    >>> can_be_in("kstab", ["mp2020"]), can_be_in("kstab", ["pbe"]), can_be_in("pbe", ["pbe"])
    (True, False, True)
    """
    there, own = set(schemes), set(map(str, SCHEMES))
    return name in there or (name in own and bool(there & own))


def in_scheme(table: "PhaseTable", scheme: Scheme) -> "PhaseTable":
    """Return a table in another correction scheme; unchanged where one of both is not kstab's own.

    What a scheme adds to the energies as published follows from the composition, so the
    difference of two schemes does.
    """
    if table.scheme not in SCHEMES or scheme not in SCHEMES:
        return table
    from kstab.phases.uncertainty import Uncertainty
    from kstab.sources import embedded

    added = embedded.added(scheme, table.numbers, table.amounts)
    errors = Uncertainty.of_scheme(embedded.error_model, len(table)) if scheme.fitted else None
    if table.scheme == scheme:
        return replace(table, corrections=added, uncertainty=errors)
    energies = table.energies + added
    energies -= embedded.added(table.scheme, table.numbers, table.amounts)
    change = f"{table.name} from {table.scheme} to {scheme} by composition"
    return table.derived(
        change,
        energies=energies,
        origin=replace(table.origin, scheme=scheme),
        corrections=added,
        uncertainty=errors,
    )
