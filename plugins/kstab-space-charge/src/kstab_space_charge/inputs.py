"""What a space charge depends on, and which values of that have a meaning."""

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from kstab.errors import RequestError
from kstab_space_charge.constants import PER_CUBIC_CENTIMETRE, VACUUM_PERMITTIVITY
from kstab_space_charge.models_numeric import reduced_step

Model = Literal["site-limited", "mott-schottky", "gouy-chapman"]
MODELS: Final = cast("tuple[Model, ...]", get_args(Model))
"""The models; the first is the default."""

FILLING: Final = 0.5
"""Filling of the site-limited model where none is given: neither ions nor sites are short."""

FEWEST: Final = 1e-6
"""Smallest part of the sites that is filled, or free: less is lost in rounding."""

SMALLEST: Final = 1e-3
"""Smallest reduced step: far from the contact, less is lost in rounding."""

LARGEST: Final = 500.0
"""Largest reduced step: exp(u) must stay a number."""

HIGHEST: Final = 10.0
"""Highest step, V: no cell has more."""

DENSEST: Final = 1.0 / 0.2e-7**3
"""Ions per cm³ at 0.2 nm from each other; Li2O, dense with them, holds 8e22."""

_RANGES: Final = (
    ("relative permittivity", "permittivity", 1.0, 1e6, ""),
    ("site density", "site_density", 1e6, DENSEST, " cm⁻³"),
    ("temperature", "temperature", 1.0, 1e4, " K"),
    ("conductivity", "conductivity", 1e-30, 1e6, " S/cm"),
)


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
        return reduced_step(self.temperature, self.charge_number, self.step)

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


def check(inputs: Inputs) -> None:
    """Refuse inputs without a meaning.

    Raises:
        RequestError: One of them is outside of its range; the text says which.
    """
    if inputs.model not in MODELS:
        raise RequestError(
            f"There is no model {inputs.model!r}.", f"Choose one of {', '.join(MODELS)}."
        )
    for name, attribute, low, high, unit in _RANGES:
        value = getattr(inputs, attribute)
        if value is not None and not low <= value <= high:
            raise RequestError(
                f"A {name} of {value:g}{unit} has no meaning.",
                f"Give one between {low:.3g} and {high:.3g}{unit}.",
            )
    _check_filling(inputs)
    _check_step(inputs)


def _check_filling(inputs: Inputs) -> None:
    full = inputs.filling == 1.0 and inputs.model != MODELS[0]
    if full or FEWEST <= inputs.filling <= 1.0 - FEWEST:
        return
    why = " leaves no free site to move to" if inputs.filling == 1.0 else " has no meaning here"
    raise RequestError(
        f"A filling of {inputs.filling:g}{why}.",
        f"Give the part of the sites that is filled, between {FEWEST:g} and 1 - {FEWEST:g}; "
        "for fewer ions, give their density as that of the sites to a dilute model.",
    )


def _check_step(inputs: Inputs) -> None:
    size = abs(inputs.reduced)
    if SMALLEST <= size <= LARGEST and abs(inputs.step) <= HIGHEST:
        return
    if size < SMALLEST:
        why = "is too small to tell from none"
    elif abs(inputs.step) > HIGHEST:
        why = "is more than any cell has"
    else:
        why = "is not one that the models can take"
    raise RequestError(
        f"A potential step of {inputs.step:g} V at {inputs.temperature:g} K {why}.",
        "Give the potential of the contact against the bulk, V, such as 0.3.",
    )
