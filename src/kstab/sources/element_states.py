"""What the elements are at a temperature, and their free energies, from measured tables.

A gas at pressure p is [H(T) - H(298.15 K) - T S(T) + RT ln p] per molecule, as in Reuter and
Scheffler (10.1103/PhysRevB.65.035406); a vapour of several molecules is their equilibrium
mixture. ``docs/temperature.md`` says where the figures are from and what is left out.
"""

from collections.abc import Iterable
from functools import cache
from math import exp, log
from typing import Final

from kstab.base.units import GAS_CONSTANT, KILOJOULE_PER_EV
from kstab.chemistry.conditions import Conditions, ElementState
from kstab.sources.forms import Form, forms

_BOLTZMANN: Final = GAS_CONSTANT / (1000.0 * KILOJOULE_PER_EV)  # eV/K
_CLOSE: Final = 1e-12  # eV, of a free energy that is searched for


def element_states(conditions: Conditions) -> tuple[ElementState, ...]:
    """Return what each element is under conditions, and its free energy.

    Args:
        conditions: Temperature and pressures. A gas without a pressure of its own is at 1 bar,
            all molecules of a vapour together.

    Returns:
        The most stable form of every element, in alphabetical order, with its free energy
        [H(T) - H(298.15 K)] - T S(T), where H(298.15 K) is that of the element as it is at
        298.15 K and 1 bar, phosphorus being red.

    Raises:
        DataError: A table is missing or damaged.

    >>> oxygen = next(s for s in element_states(Conditions()) if s.symbol == "O")
    >>> oxygen.form, round(oxygen.energy, 3)  # -T S/2
    ('O2 gas', -0.317)
    """
    return tuple(_state(symbol, conditions) for symbol in sorted(_by_element()))


def _state(symbol: str, conditions: Conditions) -> ElementState:
    """The most stable form of an element."""
    temperature = conditions.temperature
    known = [each for each in _by_element()[symbol] if each.low <= temperature <= each.high]
    found = [
        (each.gibbs(temperature) / each.atoms, each.form) for each in known if each.form != "gas"
    ]
    gases = [each for each in known if each.form == "gas"]
    if gases:
        found.append(_vapour(gases, conditions))
    energy, form = min(found)
    return ElementState(symbol, form, energy)


def _vapour(gases: Iterable[Form], conditions: Conditions) -> tuple[float, str]:
    """Free energy of a vapour, eV/atom, and its most abundant molecule."""
    thermal = _BOLTZMANN * conditions.temperature
    energies = {gas: gas.gibbs(conditions.temperature) for gas in gases}
    given = {each.gas: each.pressure for each in conditions.gases}
    fixed = [
        (energy + thermal * log(given[gas.name])) / gas.atoms
        for gas, energy in energies.items()
        if gas.name in given
    ]
    level = min(fixed) if fixed else _at_one_bar(energies, thermal)
    pressures = {gas.name: gas.atoms * level - energy for gas, energy in energies.items()}
    name = max(pressures, key=lambda name: (pressures[name], name))
    if fixed:
        name = next(gas.name for gas in energies if gas.name in given)
    return level, f"{name} gas"


def _at_one_bar(energies: dict[Form, float], thermal: float) -> float:
    """Free energy per atom at which the partial pressures of all molecules add up to 1 bar.

    Args:
        energies: Free energy of each molecule at 1 bar, eV.
        thermal: kT, eV.
    """
    high = min(energy / gas.atoms for gas, energy in energies.items())
    low = high - thermal * log(len(energies))
    while high - low > _CLOSE:
        middle = (low + high) / 2.0
        total = sum(exp((gas.atoms * middle - e) / thermal) for gas, e in energies.items())
        low, high = (low, middle) if total > 1.0 else (middle, high)
    return high


@cache
def _by_element() -> dict[str, tuple[Form, ...]]:
    found: dict[str, tuple[Form, ...]] = {}
    for each in forms():
        if len(each.formula.elements) == 1:
            symbol = each.formula.elements[0]
            found[symbol] = (*found.get(symbol, ()), each)
    return found
