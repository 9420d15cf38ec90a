"""The models in numbers, SI units: written by ``tools/generate.py``, not by hand."""

import math

import numpy as np
from numpy.typing import NDArray

from kstab_space_charge.constants import BOLTZMANN, ELEMENTARY_CHARGE
from kstab_space_charge.special import erfi

Floats = NDArray[np.float64]


def reduced_step(temperature: float, charge_number: float, step: float) -> float:
    """Potential step in units of kT/(ze)."""
    result: float = ELEMENTARY_CHARGE * charge_number * step / (BOLTZMANN * temperature)
    return result


def gouy_chapman_length(
    permittivity: float, temperature: float, charge_number: float, concentration: float
) -> float:
    """Screening length, m."""
    result: float = (
        (1 / 2)
        * math.sqrt(2)
        * math.sqrt(
            BOLTZMANN
            * permittivity
            * temperature
            / (ELEMENTARY_CHARGE**2 * charge_number**2 * concentration)
        )
    )
    return result


def gouy_chapman_theta(magnitude: float) -> float:
    """Value of tanh(u/4) at the contact."""
    result: float = math.tanh((1 / 4) * magnitude)
    return result


def gouy_chapman_potential(
    temperature: float, charge_number: float, depth: Floats, screening_length: float, theta: float
) -> Floats:
    """Magnitude of the potential, V, at depths in m."""
    result: Floats = (
        4
        * BOLTZMANN
        * temperature
        * np.arctanh(theta * np.exp(-depth / screening_length))
        / (ELEMENTARY_CHARGE * charge_number)
    )
    return result


def gouy_chapman_charge(
    permittivity: float, temperature: float, concentration: float, magnitude: float
) -> float:
    """Magnitude of the charge, C/m²."""
    result: float = (
        2
        * math.sqrt(2)
        * math.sqrt(BOLTZMANN * concentration * permittivity * temperature)
        * math.sinh((1 / 2) * magnitude)
    )
    return result


def gouy_chapman_capacitance(
    permittivity: float, magnitude: float, screening_length: float
) -> float:
    """Differential capacitance, F/m²."""
    result: float = permittivity * math.cosh((1 / 2) * magnitude) / screening_length
    return result


def gouy_chapman_resistance(
    conductivity: float, magnitude: float, screening_length: float
) -> float:
    """Resistance beyond that of the bulk, Ω m², where the ion is depleted."""
    result: float = 2 * screening_length * math.expm1((1 / 2) * magnitude) / conductivity
    return result


def gouy_chapman_crowd(concentration: float, magnitude: float) -> float:
    """Density of the carriers that are drawn to the contact, m⁻³."""
    result: float = concentration * math.exp(magnitude)
    return result


def gouy_chapman_activation(charge_number: float, step: float) -> float:
    """Change of the activation energy, eV."""
    result: float = (1 / 2) * charge_number * abs(step)
    return result


def mott_schottky_width(
    permittivity: float, charge_number: float, site_density: float, step: float
) -> float:
    """Width of the depleted layer, m."""
    result: float = (
        math.sqrt(2)
        * math.sqrt(permittivity / (ELEMENTARY_CHARGE * charge_number * site_density))
        * math.sqrt(abs(step))
    )
    return result


def mott_schottky_potential(step: float, depth: Floats, layer_width: float) -> Floats:
    """Magnitude of the potential, V, at depths in m."""
    result: Floats = abs(step) * np.maximum(0, -depth / layer_width + 1) ** 2
    return result


def mott_schottky_charge(charge_number: float, site_density: float, layer_width: float) -> float:
    """Magnitude of the charge, C/m²."""
    result: float = ELEMENTARY_CHARGE * charge_number * layer_width * site_density
    return result


def mott_schottky_capacitance(permittivity: float, layer_width: float) -> float:
    """Differential capacitance, F/m²."""
    result: float = permittivity / layer_width
    return result


def mott_schottky_layer_resistance(
    conductivity: float, magnitude: float, layer_width: float
) -> float:
    """Resistance of the depleted layer, Ω m²."""
    result: float = (
        (1 / 2)
        * math.sqrt(math.pi)
        * layer_width
        * erfi(math.sqrt(magnitude))
        / (conductivity * math.sqrt(magnitude))
    )
    return result


def mott_schottky_resistance(conductivity: float, magnitude: float, layer_width: float) -> float:
    """Resistance of the depleted layer beyond that of the bulk, Ω m²."""
    result: float = (
        layer_width
        * (-1 + (1 / 2) * math.sqrt(math.pi) * erfi(math.sqrt(magnitude)) / math.sqrt(magnitude))
        / conductivity
    )
    return result


def mott_schottky_activation(charge_number: float, step: float) -> float:
    """Change of the activation energy, eV."""
    result: float = charge_number * abs(step)
    return result


def site_limited_filling(reduced: float, filling: float) -> float:
    """Part of the sites that is filled where the reduced potential is u."""
    result: float = filling * math.exp(-reduced) / (filling * math.expm1(-reduced) + 1)
    return result


def site_limited_energy(reduced: float, filling: float) -> float:
    """Energy of the field, in units of NkT."""
    result: float = filling * reduced + math.log1p(filling * math.expm1(-reduced))
    return result


def site_limited_charge(
    permittivity: float, temperature: float, site_density: float, energy: float
) -> float:
    """Magnitude of the charge, C/m²."""
    result: float = math.sqrt(2) * math.sqrt(
        BOLTZMANN * energy * permittivity * site_density * temperature
    )
    return result


def site_limited_capacitance(
    permittivity: float,
    charge_number: float,
    site_density: float,
    filling: float,
    surface_charge: float,
    surface_filling: float,
) -> float:
    """Differential capacitance, F/m²."""
    result: float = (
        ELEMENTARY_CHARGE
        * charge_number
        * permittivity
        * site_density
        * abs(filling - surface_filling)
        / surface_charge
    )
    return result


def site_limited_width(permittivity: float, layer_capacitance: float) -> float:
    """Width of a plate capacitor of the same capacitance, m."""
    result: float = permittivity / layer_capacitance
    return result


def site_limited_screening_length(
    permittivity: float,
    temperature: float,
    charge_number: float,
    site_density: float,
    filling: float,
) -> float:
    """Screening length of a small step, m."""
    result: float = math.sqrt(
        BOLTZMANN
        * permittivity
        * temperature
        / (ELEMENTARY_CHARGE**2 * charge_number**2 * filling * site_density * (1 - filling))
    )
    return result


def site_limited_length_scale(
    permittivity: float, temperature: float, charge_number: float, site_density: float
) -> float:
    """Length that depths and the resistance are counted in, m."""
    result: float = (
        (1 / 2)
        * math.sqrt(2)
        * math.sqrt(
            BOLTZMANN
            * permittivity
            * temperature
            / (ELEMENTARY_CHARGE**2 * charge_number**2 * site_density)
        )
    )
    return result


def site_limited_activation(charge_number: float, step: float, surface_filling: float) -> float:
    """Change of the activation energy at the contact, eV."""
    result: float = charge_number * step * (1 - 2 * surface_filling)
    return result


def site_limited_depth_integrand(reduced: Floats, filling: float) -> Floats:
    """Depth for each unit of ln u, in units of L."""
    result: Floats = abs(reduced) / np.sqrt(
        filling * reduced + np.log1p(filling * np.expm1(-reduced))
    )
    return result


def site_limited_resistance_integrand(reduced: Floats, filling: float) -> Floats:
    """Resistance beyond that of the bulk for each unit of u, in units of L/σ."""
    result: Floats = (
        (filling * np.exp(-1 / 2 * reduced) + (1 - filling) * np.exp((1 / 2) * reduced)) ** 2 - 1
    ) / np.sqrt(filling * reduced + np.log1p(filling * np.expm1(-reduced)))
    return result
