"""What a space charge amounts to: one function from the inputs to all numbers and doubts."""

from dataclasses import dataclass, replace
from math import exp
from typing import Final, Literal, cast, get_args

import numpy as np

from kstab.errors import RequestError
from kstab_space_charge import models_numeric as models
from kstab_space_charge.constants import (
    MICRO_PER_SQUARE_CENTIMETRE,
    NANOMETRE,
    OHM_SQUARE_CENTIMETRE,
    PER_CUBIC_CENTIMETRE,
    SIEMENS_PER_CENTIMETRE,
    VACUUM_PERMITTIVITY,
)
from kstab_space_charge.quadrature import depths, resistance_integral

Model = Literal["site-limited", "mott-schottky", "gouy-chapman"]
MODELS: Final = cast("tuple[Model, ...]", get_args(Model))
"""The models; the first is the default."""

FILLING: Final = 0.5
"""Filling of the site-limited model where none is given: neither ions nor sites are short."""

LARGEST: Final = 500.0
"""Largest reduced step: exp(u) must stay a number. 12.8 V at 298 K."""

DILUTE: Final = 0.1
"""Step, V, up to which the dilute models hold."""

SPACING: Final = (0.3, 0.5)
"""Distance between sites of the mobile ion, nm: below it a layer is none."""

DEPLETED: Final = 0.4
"""Step, V, above which a layer is empty of ions, or full."""

CLOSEST: Final = 1.0 / (SPACING[0] * 1e-7) ** 3
"""Ions per cm³ at the smallest distance: no solid holds more."""

SMALLEST: Final = 1e-3
"""Smallest reduced step: far from the contact, less would be lost in rounding."""

FALLS: Final = np.linspace(0.0, np.log(1e4), 401)
"""Profiles are taken at u₀/u between 1 and 10⁴, evenly in its logarithm."""


@dataclass(frozen=True)
class Inputs:
    """What a space charge depends on.

    Attributes:
        step: Potential at the contact against the bulk, V; positive where it drives the
            mobile ions out, negative where it draws them in.
        permittivity: Relative permittivity of the phase.
        site_density: Sites of the mobile ion, cm⁻³.
        filling: Part of the sites that is filled in the bulk, above 0 and up to 1 for the dilute
            models, where it scales the site density, and below 1 for the site-limited one.
        charge_number: Charge number z of the ion.
        temperature: K.
        conductivity: Ionic conductivity of the bulk, S/cm; None where not known.
        model: Which model.
    """

    step: float
    permittivity: float
    site_density: float
    filling: float
    charge_number: int = 1
    temperature: float = 298.15
    conductivity: float | None = None
    model: Model = MODELS[0]

    @property
    def reduced(self) -> float:
        """Reduced step u = z e φ₀/(kT)."""
        return models.reduced_step(self.temperature, self.charge_number, self.step)

    @property
    def absolute_permittivity(self) -> float:
        """Permittivity, F/m."""
        return self.permittivity * VACUUM_PERMITTIVITY

    @property
    def sites(self) -> float:
        """Sites of the mobile ion, m⁻³."""
        return self.site_density * PER_CUBIC_CENTIMETRE

    @property
    def ions(self) -> float:
        """Mobile ions in the bulk, m⁻³."""
        return self.sites * self.filling


@dataclass(frozen=True)
class Doubt:
    """Why an estimate may not hold.

    Attributes:
        code: Stable name for programs: ``dilute_limit_exceeded``, ``unphysical``,
            ``not_a_depletion``, ``helmholtz_like``, ``fully_depleted`` or ``fully_filled``.
        message: The same for people, one sentence.
    """

    code: str
    message: str


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
        activation: Change of the activation energy, eV.
        doubts: Where it does not hold.
    """

    inputs: Inputs
    reduced: float
    width: float
    charge: float
    capacitance: float
    equivalent: float | None
    resistance: float | None
    activation: float
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class _Numbers:
    """The numbers of one model in SI units; ``excess`` is the excess resistance times σ, m."""

    width: float
    charge: float
    capacitance: float
    excess: float | None
    activation: float


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
        doubts=_doubts(inputs, found.width / NANOMETRE),
    )


def check(inputs: Inputs) -> None:
    """Refuse inputs without a meaning.

    Raises:
        RequestError: One of them is outside of its range; the text says which.
    """
    positive = {
        "relative permittivity": inputs.permittivity,
        "site density": inputs.site_density,
        "temperature": inputs.temperature,
        "conductivity": 1.0 if inputs.conductivity is None else inputs.conductivity,
    }
    for name, value in positive.items():
        if not 0.0 < value < float("inf"):
            raise RequestError(f"The {name} {value:g} is not a positive number.")
    if inputs.model not in MODELS:
        raise RequestError(
            f"There is no model {inputs.model!r}.", f"Choose one of {', '.join(MODELS)}."
        )
    full = inputs.filling == 1.0 and inputs.model != "site-limited"
    if not (0.0 < inputs.filling < 1.0 or full):
        raise RequestError(
            f"A filling of {inputs.filling:g} leaves nothing to move.",
            "Give the part of the sites that is filled, between 0 and 1.",
        )
    if not SMALLEST <= abs(inputs.reduced) <= LARGEST:
        raise RequestError(
            f"A potential step of {inputs.step:g} V at {inputs.temperature:g} K is "
            + ("no step." if abs(inputs.reduced) < 1.0 else "more than the models can take."),
            "Give the potential of the contact against the bulk, V, such as 0.3.",
        )


def profile(inputs: Inputs) -> tuple[models.Floats, models.Floats]:
    """Return depths, nm, and the potential there, V.

    Raises:
        RequestError: As in :func:`estimate`.
    """
    check(inputs)
    sign, least = np.sign(inputs.step), 1.2 * SPACING[1] * NANOMETRE
    if inputs.model == "site-limited":
        along = depths(inputs.reduced, inputs.filling, FALLS) * _length_scale(inputs)
        return along / NANOMETRE, inputs.step * np.exp(-FALLS)
    if inputs.model == "mott-schottky":
        width = _mott_schottky(inputs).width
        along = np.linspace(0.0, max(1.5 * width, least), len(FALLS))
        return along / NANOMETRE, sign * models.mott_schottky_potential(inputs.step, along, width)
    length = _gouy_chapman(inputs).width
    along = np.linspace(0.0, max(8.0 * length, least), len(FALLS))
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
    first, last = (
        _NUMBERS[inputs.model](replace(inputs, step=sign * step)).excess for step in (low, high)
    )
    return last / first if first and last and first > 0.0 and last > 0.0 else None


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
    excess = models.mott_schottky_resistance(1.0, size, width) if inputs.step > 0.0 else None
    return _Numbers(
        width=width,
        charge=models.mott_schottky_charge(inputs.charge_number, inputs.ions, width),
        capacitance=models.mott_schottky_capacitance(epsilon, width),
        excess=excess,
        activation=models.mott_schottky_activation(inputs.charge_number, inputs.step),
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


def _doubts(inputs: Inputs, width: float) -> tuple[Doubt, ...]:
    """Where the numbers do not hold; the width is in nm."""
    doubts = []
    if inputs.model != "site-limited" and abs(inputs.step) > DILUTE:
        doubts.append(_beyond_dilute(inputs))
    if inputs.model == "gouy-chapman":
        crowd = inputs.site_density * inputs.filling * exp(abs(inputs.reduced))
        if crowd > CLOSEST:
            doubts.append(_crowded(crowd))
    if inputs.model == "mott-schottky" and inputs.step < 0.0:
        doubts.append(_NO_DEPLETION)
    if width < SPACING[1]:
        doubts.append(_thin(width))
    if abs(inputs.step) > DEPLETED:
        what = "emptied of" if inputs.step > 0.0 else "filled up with"
        doubts.append(
            Doubt(
                "fully_depleted" if inputs.step > 0.0 else "fully_filled",
                f"Above about {DEPLETED:g} V the layer is {what} mobile ions, and what an empty or "
                "full layer conducts by, no model says.",
            )
        )
    return tuple(doubts)


_NO_DEPLETION: Final = Doubt(
    "not_a_depletion",
    "The model is of a layer that the mobile ions have left; a negative step draws them in.",
)


def _beyond_dilute(inputs: Inputs) -> Doubt:
    return Doubt(
        "dilute_limit_exceeded",
        f"The model is for dilute carriers and steps up to about {DILUTE:g} V; "
        f"this is {abs(inputs.step):g} V.",
    )


def _crowded(crowd: float) -> Doubt:
    return Doubt(
        "unphysical",
        f"At the contact the model packs {crowd:.1e} carriers into 1 cm³, more than one every "
        f"{SPACING[0]:g} nm: charge and capacitance are unphysical.",
    )


def _thin(width: float) -> Doubt:
    place = "below" if width < SPACING[0] else "within"
    return Doubt(
        "helmholtz_like",
        f"The width, {width:.2g} nm, is {place} the distance between sites ({SPACING[0]:g} to "
        f"{SPACING[1]:g} nm): Helmholtz-like, one plane of charge rather than a layer.",
    )
