"""Compounds that are gases or molecular liquids, as they are measured.

A table of computed energies has them as molecules in a crystal at 0 K. Their true free energy is
that of the most stable form: -[dfH + H(T) - H(298.15 K) - T S(T) + RT ln p] of the gas at its
partial pressure, or that of the liquid or of ice.
"""

from functools import cache
from math import log
from typing import Final

from kstab.base.units import GAS_CONSTANT, KILOJOULE_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import Conditions
from kstab.phases.free_energies import Molecule
from kstab.sources.forms import Form, forms

_KNOWN: Final = 1.0
"""Standard uncertainty of a measured enthalpy of a molecule, kJ/mol, where none is stated."""


def molecules(conditions: Conditions) -> tuple[Molecule, ...]:
    """Return the molecular compounds, one a composition, in the order of their formulas.

    Args:
        conditions: Temperature, and the partial pressures of the gases, 1 bar where none is
            given.

    Raises:
        DataError: A table is missing or damaged.

    >>> water = next(m for m in molecules(Conditions()) if m.formula == Formula.parse("H2O"))
    >>> water.form, round(3 * water.energy, 3)
    ('liquid', -3.178)
    >>> dry = molecules(Conditions.read(gas="H2O=1e-3"))
    >>> next(m.form for m in dry if m.formula == Formula.parse("H2O"))
    'gas'
    """
    temperature = conditions.temperature
    there = (
        [each for each in known if each.low <= temperature <= each.high]
        for known in _by_composition().values()
    )
    return tuple(
        min((_molecule(each, conditions) for each in known), key=lambda found: found.energy)
        for known in there
        if known
    )


def enthalpies() -> tuple[tuple[Formula, float], ...]:
    """Return enthalpies of formation, eV/atom, of molecular compounds as they are at 298.15 K.

    >>> round(3 * dict(enthalpies())[Formula.parse("H2O")], 3)  # the liquid
    -2.962
    """
    stable: dict[object, str] = {m.formula.key: m.form for m in molecules(Conditions())}
    return tuple(
        (each.formula, _enthalpy(each))
        for key, known in _by_composition().items()
        for each in known
        if each.form == stable.get(key)
    )


def _molecule(each: Form, conditions: Conditions) -> Molecule:
    energy = each.gibbs(conditions.temperature)
    if each.form == "gas":
        kelvin = GAS_CONSTANT / (1000.0 * KILOJOULE_PER_EV)
        energy += kelvin * conditions.temperature * log(conditions.pressure(each.name))
    crystal = min(map(_enthalpy, _by_composition()[each.formula.key]))
    sigma = _KNOWN / (KILOJOULE_PER_EV * each.atoms)
    return Molecule(each.formula, each.form, energy / each.atoms, crystal, sigma)


def _enthalpy(each: Form) -> float:
    """Of formation at 298.15 K, eV/atom."""
    return each.enthalpy / (KILOJOULE_PER_EV * each.atoms)


@cache
def _by_composition() -> dict[object, tuple[Form, ...]]:
    """Forms by what is in them: NO2 and N2O4 are forms of one composition."""
    found: dict[object, tuple[Form, ...]] = {}
    for each in forms():
        if len(each.formula.elements) > 1:
            found[each.formula.key] = (*found.get(each.formula.key, ()), each)
    return found
