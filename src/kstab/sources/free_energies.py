"""Gibbs energies of any table of enthalpies: what heat and entropy add, from measured tables."""

from dataclasses import replace

import numpy as np

from kstab.chemistry.conditions import ROOM, Conditions
from kstab.engine.equilibrium import Integers
from kstab.errors import RequestError
from kstab.phases import free_energies
from kstab.phases.free_energies import Thermal
from kstab.phases.table import ON_HULL, PhaseTable
from kstab.sources.columns import NAME
from kstab.sources.element_states import element_states
from kstab.sources.heat import solid_heat
from kstab.sources.molecules import molecules


def at_conditions(table: PhaseTable, conditions: Conditions) -> PhaseTable:
    """Return a table with the Gibbs energies under conditions.

    Args:
        table: Enthalpies of formation at 298.15 K, or energies that serve as such.
        conditions: Temperature and pressures.

    Raises:
        RequestError: The table is at other conditions already.
        DataError: A measured table is missing or damaged.
    """
    if table.conditions == conditions:
        return table
    if table.conditions:
        raise RequestError(
            f"{table.name} is at {table.conditions.temperature:g} K already.",
            "Give temperature and gases once.",
        )
    if table.room and conditions == Conditions():
        return table.room()
    return computed(table, conditions)


def at_pressures(table: PhaseTable, conditions: Conditions) -> PhaseTable:
    """Return a table of Gibbs energies, of gases at 1 bar, with the gases at their pressures.

    Args:
        table: Gibbs energies of formation at the temperature.
        conditions: Temperature and pressures.
    """
    plain, nothing = Conditions(conditions.temperature), np.zeros(len(table))
    elements = [
        replace(there, energy=there.energy - at_one_bar.energy)
        for there, at_one_bar in zip(element_states(conditions), element_states(plain), strict=True)
    ]
    fluids = [
        replace(there, crystal=at_one_bar.energy)
        for there, at_one_bar in zip(molecules(conditions), molecules(plain), strict=True)
    ]
    return free_energies.at_conditions(
        table, conditions, Thermal(elements, fluids, nothing, nothing)
    )


def computed(table: PhaseTable, conditions: Conditions) -> PhaseTable:
    """Return what :func:`at_conditions` does, nothing of it known beforehand."""
    return free_energies.at_conditions(
        table, conditions, _thermal(table, conditions), _candidates(table, conditions)
    )


def _thermal(table: PhaseTable, conditions: Conditions) -> Thermal:
    """What heat and entropy add to the energies of a table."""
    heat, extras = solid_heat(), table.extras
    if "entropy" in extras:
        entropies, sigmas = extras["entropy"], extras["entropy_sigma"]
    else:
        volumes = extras["volume"] if "volume" in extras else np.full(len(table), np.nan)
        entropies, sigmas = heat.entropies(table.numbers, table.amounts, volumes)
    solids, sigma = heat.free_energies(
        table.numbers, table.amounts, entropies, sigmas, conditions.temperature
    )
    replaces = table.name == NAME and table.scheme.fitted
    return Thermal(element_states(conditions), molecules(conditions), solids, sigma, replaces)


def _candidates(table: PhaseTable, conditions: Conditions) -> Integers | None:
    """Rows that all phases on the hull are among, where that is known at 298.15 K and 1 bar.

    Less pressure lowers elements, which pushes compounds off the hull and brings none onto it, and
    lowers molecules, which are added here.
    """
    if table.room is None or conditions.temperature != ROOM:
        return None
    if any(gas.pressure > 1.0 for gas in conditions.gases):
        return None
    room = table.room()
    if room.above_hull is None:
        return None
    fluids = [table.polymorphs(each.formula) for each in molecules(conditions)]
    return np.union1d(np.flatnonzero(room.above_hull <= ON_HULL), np.concatenate(fluids))
