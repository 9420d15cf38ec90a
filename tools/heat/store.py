"""What is stored of the fit, and the entropies of the embedded table."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import kstab
from kstab.chemistry.conditions import ROOM, Conditions
from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.phases.solid_heat import SolidHeat, spread_elements
from kstab.sources.element_states import element_states

from .measured import table_volumes

Arrays = dict[str, NDArray[Any]]


def fitted(model: SolidHeat) -> Arrays:
    """Return the arrays of :func:`kstab.sources.heat.solid_heat`."""
    volume = model.volume
    return {
        "numbers": model.numbers,
        "amounts": model.amounts,
        "volumes": model.volumes,
        "measured": model.measured,
        "scales": np.array(model.scales),
        "volume": np.stack([volume.fraction, volume.given, volume.taken]),
        "volume_offset": np.array(volume.offset),
        "volume_sigma": np.array(volume.sigma),
        "capacity": model.capacity,
        "capacity_sigma": np.array(model.capacity_sigma),
    }


def thermal(model: SolidHeat) -> Arrays:
    """Return the entropies of the phases of the embedded table, eV/(K atom).

    Those of elements are measured, and have no error; compounds that are gases or liquids have
    those of their crystals.
    """
    table = kstab.phase_table()
    entropies, sigmas = model.entropies(table.numbers, table.amounts, table_volumes())
    fractions = table.amounts / table.amounts.sum(axis=1, keepdims=True, dtype=float)
    pure = spread_elements(table.numbers.astype(np.int64), fractions) @ element_entropies()
    element = np.asarray(table.is_element)
    entropies = np.where(element, pure, entropies)
    return {
        "entropy": entropies.astype(np.float32),
        "entropy_sigma": np.where(element, 0.0, sigmas).astype(np.float32),
        "formation_entropy": (entropies - pure).astype(np.float32),
    }


def element_entropies() -> NDArray[np.float64]:
    """Return the entropies of the elements at 298.15 K by atomic number, eV/(K atom)."""
    entropies = np.zeros(128)
    for state in element_states(Conditions()):
        entropies[ATOMIC_NUMBER[state.symbol]] = -state.energy / ROOM
    return entropies
