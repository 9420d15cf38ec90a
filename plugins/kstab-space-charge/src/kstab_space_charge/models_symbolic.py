"""The three models of a space charge as symbolic expressions, all in SI units.

Numbers (``models_numeric.py``, written by ``tools/generate.py``), the limits that tests
take, and the formulas of the documentation come from here and from nowhere else. No
report imports this module, because sympy takes long to import.

The reduced step u = z e φ₀/(kT) is positive where the mobile ion is driven out. The dilute
models (Gouy-Chapman, Mott-Schottky) take the magnitudes of u and φ₀.
"""

from dataclasses import dataclass
from typing import Final

from sympy import (
    Abs,
    Expr,
    Function,
    Integral,
    Max,
    Symbol,
    atanh,
    cosh,
    erfi,
    exp,
    latex,
    log,
    pi,
    sinh,
    sqrt,
    tanh,
)

# No assumption but those needed: of positive symbols sympy would split every square root.
e = Symbol("e")
k = Symbol("k")
permittivity = Symbol("varepsilon")
temperature = Symbol("T")
charge_number = Symbol("z")
concentration = Symbol("c")
site_density = Symbol("N")
conductivity = Symbol("sigma")
step = Symbol("varphi_0", real=True)
magnitude = Symbol("u", nonnegative=True)  # of the reduced step, for the dilute models
reduced = Symbol("u", real=True)
filling = Symbol("t_0", real=True)
depth = Symbol("x")
screening_length = Symbol("lambda")
layer_width = Symbol("l")
length_scale = Symbol("L")
surface_charge = Symbol("Q")
surface_filling = Symbol("t_s", real=True)
energy = Symbol("G")
layer_capacitance = Symbol("C")
theta = Symbol("theta")

NAMES: Final = {
    e: "ELEMENTARY_CHARGE",
    k: "BOLTZMANN",
    permittivity: "permittivity",
    temperature: "temperature",
    charge_number: "charge_number",
    concentration: "concentration",
    site_density: "site_density",
    conductivity: "conductivity",
    step: "step",
    magnitude: "magnitude",
    reduced: "reduced",
    filling: "filling",
    depth: "depth",
    screening_length: "screening_length",
    layer_width: "layer_width",
    length_scale: "length_scale",
    surface_charge: "surface_charge",
    surface_filling: "surface_filling",
    energy: "energy",
    layer_capacitance: "layer_capacitance",
    theta: "theta",
}
"""What each symbol is called as an argument of a function."""

_THERMAL: Final = k * temperature
_ION: Final = charge_number * e


@dataclass(frozen=True)
class Model:
    """One quantity of one model.

    Attributes:
        name: Name of the function with its numbers.
        symbol: What stands left of the equals sign, as LaTeX.
        expression: What stands right of it.
        meaning: What it is, with its unit, as the docstring of the function.
        over: Symbol that the function takes an array of; None for plain numbers.
    """

    name: str
    symbol: str
    expression: Expr
    meaning: str
    over: Symbol | None = None

    @property
    def arguments(self) -> tuple[Symbol, ...]:
        """What its function takes, in the order of :data:`NAMES`."""
        return tuple(s for s in NAMES if s in self.expression.free_symbols and s not in (e, k))

    @property
    def latex(self) -> str:
        """The formula as LaTeX."""
        return f"{self.symbol} = {latex(self.expression, ln_notation=True)}"


REDUCED: Final = Model(
    "reduced_step", "u", _ION * step / _THERMAL, "Potential step in units of kT/(ze)."
)

GOUY_CHAPMAN: Final = (
    Model(
        "gouy_chapman_length",
        r"\lambda",
        sqrt(permittivity * _THERMAL / (2 * _ION**2 * concentration)),
        "Screening length, m.",
    ),
    Model(
        "gouy_chapman_theta",
        r"\theta",
        tanh(magnitude / 4),
        "Value of tanh(u/4) at the contact.",
    ),
    Model(
        "gouy_chapman_potential",
        r"\varphi(x)",
        4 * _THERMAL / _ION * atanh(theta * exp(-depth / screening_length)),
        "Magnitude of the potential, V, at depths in m.",
        over=depth,
    ),
    Model(
        "gouy_chapman_charge",
        r"Q",
        sqrt(8 * permittivity * _THERMAL * concentration) * sinh(magnitude / 2),
        "Magnitude of the charge, C/m².",
    ),
    Model(
        "gouy_chapman_capacitance",
        r"C",
        permittivity / screening_length * cosh(magnitude / 2),
        "Differential capacitance, F/m².",
    ),
    # 4θ/(1 - θ) written so that θ = 1 - 1e-8 costs no digits; a test holds the two equal.
    Model(
        "gouy_chapman_resistance",
        r"\Delta R = \frac{\lambda}{\sigma} \frac{4 \theta}{1 - \theta}",
        screening_length / conductivity * 2 * (exp(magnitude / 2) - 1),
        "Resistance beyond that of the bulk, Ω m², where the ion is depleted.",
    ),
    Model(
        "gouy_chapman_crowd",
        r"c_s",
        concentration * exp(magnitude),
        "Density of the carriers that are drawn to the contact, m⁻³.",
    ),
    Model(
        "gouy_chapman_activation",
        r"|\Delta E_a|",
        charge_number * Abs(step) / 2,
        "Change of the activation energy, eV.",
    ),
)
"""Two mobile carriers of opposite charge, both dilute."""

MOTT_SCHOTTKY: Final = (
    Model(
        "mott_schottky_width",
        r"l",
        sqrt(2 * permittivity * Abs(step) / (_ION * site_density)),
        "Width of the depleted layer, m.",
    ),
    Model(
        "mott_schottky_potential",
        r"\varphi(x)",
        Abs(step) * Max(0, 1 - depth / layer_width) ** 2,
        "Magnitude of the potential, V, at depths in m.",
        over=depth,
    ),
    Model(
        "mott_schottky_charge",
        r"Q",
        _ION * site_density * layer_width,
        "Magnitude of the charge, C/m².",
    ),
    Model(
        "mott_schottky_capacitance",
        r"C",
        permittivity / layer_width,
        "Differential capacitance, F/m².",
    ),
    Model(
        "mott_schottky_layer_resistance",
        r"R",
        layer_width / conductivity * sqrt(pi / (4 * magnitude)) * erfi(sqrt(magnitude)),
        "Resistance of the depleted layer, Ω m².",
    ),
    Model(
        "mott_schottky_resistance",
        r"\Delta R = R - \frac{l}{\sigma}",
        layer_width / conductivity * (sqrt(pi / (4 * magnitude)) * erfi(sqrt(magnitude)) - 1),
        "Resistance of the depleted layer beyond that of the bulk, Ω m².",
    ),
    Model(
        "mott_schottky_activation",
        r"\Delta E_a",
        charge_number * Abs(step),
        "Change of the activation energy, eV.",
    ),
)
"""One dilute mobile carrier, driven out from a fixed background of opposite charge."""

_LEAVING: Final = 1 + filling * (exp(-reduced) - 1)

SITE_LIMITED: Final = (
    Model(
        "site_limited_filling",
        r"t_s",
        filling * exp(-reduced) / _LEAVING,
        "Part of the sites that is filled where the reduced potential is u.",
    ),
    Model(
        "site_limited_energy",
        r"G",
        log(_LEAVING) + filling * reduced,
        "Energy of the field, in units of NkT.",
    ),
    Model(
        "site_limited_charge",
        r"Q",
        sqrt(2 * permittivity * site_density * _THERMAL * energy),
        "Magnitude of the charge, C/m².",
    ),
    Model(
        "site_limited_capacitance",
        r"C",
        _ION * site_density * Abs(surface_filling - filling) * permittivity / surface_charge,
        "Differential capacitance, F/m².",
    ),
    Model(
        "site_limited_width",
        r"w",
        permittivity / layer_capacitance,
        "Width of a plate capacitor of the same capacitance, m.",
    ),
    Model(
        "site_limited_screening_length",
        r"\lambda_s",
        sqrt(permittivity * _THERMAL / (_ION**2 * site_density * filling * (1 - filling))),
        "Screening length of a small step, m.",
    ),
    Model(
        "site_limited_length_scale",
        r"L",
        sqrt(permittivity * _THERMAL / (2 * _ION**2 * site_density)),
        "Length that depths and the resistance are counted in, m.",
    ),
    Model(
        "site_limited_activation",
        r"\Delta E_a",
        charge_number * step * (1 - 2 * surface_filling),
        "Change of the activation energy at the contact, eV.",
    ),
)
"""One mobile ion on a limited number of sites."""

RESISTIVITY: Final = Model(
    "site_limited_resistivity",
    r"\rho(u)",
    ((1 - filling) * exp(reduced / 2) + filling * exp(-reduced / 2)) ** 2,
    "Resistivity in units of that of the bulk, t₀(1 - t₀)/(t(1 - t)).",
)
"""What the site-limited model takes the resistance from."""

_ENERGY: Final = SITE_LIMITED[1].expression

INTEGRANDS: Final = (
    Model(
        "site_limited_depth_integrand",
        r"f(u)",
        Abs(reduced) / sqrt(_ENERGY),
        "Depth for each unit of ln u, in units of L.",
        over=reduced,
    ),
    Model(
        "site_limited_resistance_integrand",
        r"g(u)",
        (RESISTIVITY.expression - 1) / sqrt(_ENERGY),
        "Resistance beyond that of the bulk for each unit of u, in units of L/σ.",
        over=reduced,
    ),
)
"""What the site-limited model integrates numerically."""

_v = Symbol("v", real=True)
_first = Symbol("u_0", real=True)

INTEGRALS: Final = (
    Model(
        "depth",
        "x(u)",
        length_scale * Integral(1 / sqrt(Function("G")(_v)), (_v, reduced, _first)),
        "Depth at which the reduced potential has fallen from u₀ at the contact to u, m.",
    ),
    Model(
        "site_limited_resistance",
        r"\Delta R",
        length_scale
        / conductivity
        * Integral((Function("rho")(_v) - 1) / sqrt(Function("G")(_v)), (_v, 0, _first)),
        "Resistance beyond that of the bulk, Ω m².",
    ),
)
"""What is integrated, for u₀ > 0; for u₀ < 0 the limits change places."""

ALL: Final = (REDUCED, *GOUY_CHAPMAN, *MOTT_SCHOTTKY, *SITE_LIMITED, *INTEGRANDS)
"""Everything that has a function with its numbers."""
