"""What a space charge amounts to: one function from the inputs to all numbers and doubts."""

from dataclasses import dataclass, replace
from math import log
from typing import Final, NamedTuple

import numpy as np

from kstab_space_charge import models_numeric as models
from kstab_space_charge.constants import (
    MICRO_PER_SQUARE_CENTIMETRE,
    NANOMETRE,
    OHM_SQUARE_CENTIMETRE,
    SIEMENS_PER_CENTIMETRE,
)
from kstab_space_charge.inputs import LARGEST, MODELS, Inputs, check
from kstab_space_charge.quadrature import depths, resistance_integral
from kstab_space_charge.validity import SPACING, Doubt, doubts

FALL: Final = log(1e4)
"""Profiles are taken at u₀/u between 1 and 10⁴, evenly in its logarithm."""

POINTS: Final = 401
"""Points of a profile."""


@dataclass(frozen=True)
class Estimate:
    """What a space charge amounts to.

    Attributes:
        inputs: What it was estimated from.
        reduced: Reduced step u.
        width: Width of the layer, nm: the screening length (Gouy-Chapman), the depleted layer
            (Mott-Schottky), or the plate capacitor of the same capacitance (site-limited).
        charge: Magnitude of the charge, µC/cm².
        capacitance: Differential capacitance, µF/cm².
        equivalent: Thickness of bulk with the resistance that the layer adds, nm; negative
            where it conducts better, None where the model has none.
        resistance: What the layer adds, Ω cm²; None without a conductivity.
        activation: Change of the activation energy, eV; None where the model has none.
        doubts: Where it does not hold.
    """

    inputs: Inputs
    reduced: float
    width: float
    charge: float
    capacitance: float
    equivalent: float | None
    resistance: float | None
    activation: float | None
    doubts: tuple[Doubt, ...]


class _Numbers(NamedTuple):
    """The numbers of one model in SI units; ``excess`` is the excess resistance times σ, m."""

    width: float
    charge: float
    capacitance: float
    excess: float | None
    activation: float | None


def estimate(inputs: Inputs) -> Estimate:
    """Return what a space charge amounts to.

    Raises:
        RequestError: An input is outside of what has a meaning.

    >>> layer = estimate(Inputs(0.3, 10.0, 1e20, 1.0, model="mott-schottky", temperature=300.0))
    >>> round(layer.width, 3), round(layer.capacitance, 3)
    (1.821, 4.862)
    """
    check(inputs)
    found = _NUMBERS[inputs.model](inputs)
    resistance = None
    if found.excess is not None and inputs.conductivity is not None:
        conductivity = inputs.conductivity * SIEMENS_PER_CENTIMETRE
        resistance = found.excess / conductivity / OHM_SQUARE_CENTIMETRE
    return Estimate(
        inputs=inputs,
        reduced=inputs.reduced,
        width=found.width / NANOMETRE,
        charge=found.charge / MICRO_PER_SQUARE_CENTIMETRE,
        capacitance=found.capacitance / MICRO_PER_SQUARE_CENTIMETRE,
        equivalent=None if found.excess is None else found.excess / NANOMETRE,
        resistance=resistance,
        activation=found.activation,
        doubts=doubts(inputs, found.width / NANOMETRE),
    )


def profile(inputs: Inputs) -> tuple[models.Floats, models.Floats]:
    """Return depths, nm, and the potential there, V.

    Raises:
        RequestError: As in :func:`estimate`.
    """
    check(inputs)
    sign, least = np.sign(inputs.step), 1.2 * SPACING[1] * NANOMETRE
    if inputs.model == MODELS[0]:
        falls = np.linspace(0.0, FALL, POINTS)
        along = depths(inputs.reduced, inputs.filling, falls) * _length_scale(inputs)
        return along / NANOMETRE, inputs.step * np.exp(-falls)
    if inputs.model == "mott-schottky":
        width = _mott_schottky(inputs).width
        along = np.linspace(0.0, max(1.5 * width, least), POINTS)
        return along / NANOMETRE, sign * models.mott_schottky_potential(inputs.step, along, width)
    length = _gouy_chapman(inputs).width
    along = np.linspace(0.0, max(8.0 * length, least), POINTS)
    theta = models.gouy_chapman_theta(abs(inputs.reduced))
    drop = models.gouy_chapman_potential(
        inputs.temperature, inputs.charge_number, along, length, min(theta, 1.0 - 1e-16)
    )
    return along / NANOMETRE, sign * drop


def spread(inputs: Inputs, low: float = 0.3, high: float = 0.5) -> float | None:
    """Return by what factor the excess resistance grows between two steps of the same sign.

    None where there is none, or where the layer conducts better than the bulk.
    """
    sign = 1.0 if inputs.step > 0.0 else -1.0
    return _ratio(replace(inputs, step=sign * high), replace(inputs, step=sign * low))


def of_filling(inputs: Inputs, filling: float) -> float | None:
    """Return the excess resistance with another filling over that with the one given.

    None where there is none, or where either layer conducts better than the bulk.
    """
    return _ratio(replace(inputs, filling=filling), inputs)


def _ratio(one: Inputs, other: Inputs) -> float | None:
    first, second = _excess(one), _excess(other)
    return first / second if first and second and first > 0.0 and second > 0.0 else None


def _excess(inputs: Inputs) -> float | None:
    return _NUMBERS[inputs.model](inputs).excess if abs(inputs.reduced) <= LARGEST else None


def _gouy_chapman(inputs: Inputs) -> _Numbers:
    epsilon, size = inputs.absolute_permittivity, abs(inputs.reduced)
    length = models.gouy_chapman_length(
        epsilon, inputs.temperature, inputs.charge_number, inputs.ions
    )
    sign = 1.0 if inputs.step > 0.0 else -1.0
    return _Numbers(
        width=length,
        charge=models.gouy_chapman_charge(epsilon, inputs.temperature, inputs.ions, size),
        capacitance=models.gouy_chapman_capacitance(epsilon, size, length),
        excess=models.gouy_chapman_resistance(1.0, size, length) if inputs.step > 0.0 else None,
        activation=sign * models.gouy_chapman_activation(inputs.charge_number, inputs.step),
    )


def _mott_schottky(inputs: Inputs) -> _Numbers:
    epsilon, size = inputs.absolute_permittivity, abs(inputs.reduced)
    width = models.mott_schottky_width(epsilon, inputs.charge_number, inputs.ions, inputs.step)
    depleted = inputs.step > 0.0
    return _Numbers(
        width=width,
        charge=models.mott_schottky_charge(inputs.charge_number, inputs.ions, width),
        capacitance=models.mott_schottky_capacitance(epsilon, width),
        excess=models.mott_schottky_resistance(1.0, size, width) if depleted else None,
        activation=(
            models.mott_schottky_activation(inputs.charge_number, inputs.step) if depleted else None
        ),
    )


def _site_limited(inputs: Inputs) -> _Numbers:
    epsilon, u, filling = inputs.absolute_permittivity, inputs.reduced, inputs.filling
    energy = models.site_limited_energy(u, filling)
    charge = models.site_limited_charge(epsilon, inputs.temperature, inputs.sites, energy)
    at_contact = models.site_limited_filling(u, filling)
    capacitance = models.site_limited_capacitance(
        epsilon, inputs.charge_number, inputs.sites, filling, charge, at_contact
    )
    return _Numbers(
        width=models.site_limited_width(epsilon, capacitance),
        charge=charge,
        capacitance=capacitance,
        excess=_length_scale(inputs) * resistance_integral(u, filling),
        activation=models.site_limited_activation(inputs.charge_number, inputs.step, at_contact),
    )


_NUMBERS: Final = {
    "site-limited": _site_limited,
    "mott-schottky": _mott_schottky,
    "gouy-chapman": _gouy_chapman,
}


def _length_scale(inputs: Inputs) -> float:
    return models.site_limited_length_scale(
        inputs.absolute_permittivity, inputs.temperature, inputs.charge_number, inputs.sites
    )
