"""The models: worked numbers, limits of the expressions, and the code made from them."""

import importlib.util
import inspect
import math
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import quad, solve_ivp
from scipy.special import erfi as scipy_erfi

from kstab_space_charge import MODELS, constants, estimate, models_numeric, quadrature
from kstab_space_charge import models_symbolic as models
from kstab_space_charge.inputs import Inputs
from kstab_space_charge.special import erfi

HERE = Path(__file__).parents[1]
E, K = constants.ELEMENTARY_CHARGE, constants.BOLTZMANN
EPS, KELVIN = 10 * constants.VACUUM_PERMITTIVITY, 300.0


def layer(step, model, density=1e20, filling=1.0, conductivity=1e-4):
    return estimate.estimate(Inputs(step, 10.0, density, filling, 1, KELVIN, conductivity, model))


@pytest.fixture(scope="module")
def generate():
    place = HERE / "tools" / "generate.py"
    specification = importlib.util.spec_from_file_location("generate", place)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def expression(name):
    return next(m.expression for m in (*models.ALL, models.RESISTIVITY) if m.name == name)


# --- worked numbers, 300 K, relative permittivity 10 ---


def test_gouy_chapman():
    assert layer(0.1, "gouy-chapman").width == pytest.approx(0.267, rel=5e-3)
    assert layer(0.1, "gouy-chapman").charge == pytest.approx(5.8, rel=5e-3)
    assert layer(0.5, "gouy-chapman").charge == pytest.approx(1.36e4, rel=5e-3)


@pytest.mark.parametrize(
    ("step", "width", "capacitance", "resistance"),
    [
        (0.1, 1.051, 8.422, 0.007886),
        (0.3, 1.821, 4.862, 9.033),
        (0.5, 2.351, 3.766, 1.568e4),
        (1.0, 3.325, 2.663, 2.743e12),
    ],
)
def test_mott_schottky(step, width, capacitance, resistance):
    found = layer(step, "mott-schottky")
    assert found.width == pytest.approx(width, rel=5e-3)
    assert found.capacitance == pytest.approx(capacitance, rel=5e-3)
    # The worked numbers are of the whole layer, not of what it adds to the bulk.
    bulk = found.width * 1e-7 / 1e-4  # Ω cm²
    assert found.resistance + bulk == pytest.approx(resistance, rel=5e-3)


@pytest.mark.parametrize(
    ("step", "charge", "capacitance"),
    [(0.05, 5.477, 96.80), (0.3, 19.36, 36.64), (1.0, 36.98, 19.18)],
)
def test_site_limited(step, charge, capacitance):
    found = layer(step, "site-limited", 1e22, 0.5)
    assert found.charge == pytest.approx(charge, rel=5e-3)
    assert found.capacitance == pytest.approx(capacitance, rel=5e-3)


# --- limits of the expressions ---

x, u, t0 = models.depth, models.reduced, sp.Symbol("t_0", positive=True)
ENERGY = expression("site_limited_energy").subs(models.filling, t0)


def test_depletion_is_mott_schottky():
    # Q² = 2εNkT G, and of Mott-Schottky with the charge e N t₀ of the empty layer 2εNkT t₀ u.
    assert sp.limit(ENERGY / (t0 * u), u, sp.oo) == 1
    width, charge = (expression(f"mott_schottky_{name}") for name in ("width", "charge"))
    squared = charge.subs(models.layer_width, width) ** 2
    squared = squared.subs(models.site_density, models.site_density * t0)
    step = models.temperature * models.k * u / (models.charge_number * models.e)
    limit = 2 * models.permittivity * models.site_density * models.k * models.temperature * t0 * u
    positive = sp.Symbol("p", positive=True)
    ratio = (squared.subs(sp.Abs(models.step), step) / limit).subs(u, positive)
    assert sp.simplify(ratio) == 1


def test_saturation_fills_the_free_sites():
    # Charge density -e N (1 - t₀): an empty layer seen from the vacancies.
    assert sp.limit((ENERGY / (-u)).subs(t0, sp.Rational(1, 3)), u, -sp.oo) == sp.Rational(2, 3)
    filling = expression("site_limited_filling").subs(models.filling, sp.Rational(1, 3))
    assert sp.limit(filling, u, -sp.oo) == 1
    assert sp.limit(filling, u, sp.oo) == 0


def test_small_step_is_screened():
    assert sp.simplify(sp.series(ENERGY, u, 0, 3).removeO() - t0 * (1 - t0) * u**2 / 2) == 0
    small = layer(1e-4, "site-limited", 1e22, 0.3)
    length = models_numeric.site_limited_screening_length(EPS, KELVIN, 1, 1e28, 0.3)
    assert small.width * 1e-9 == pytest.approx(length, rel=2e-3)


def test_small_steps_are_alike_in_all_models():
    # c = N t₀(1 - t₀)/2 carriers of either sign screen as far as the ions on N sites.
    carriers = models.site_density * t0 * (1 - t0) / 2
    length = expression("gouy_chapman_length").subs(models.concentration, carriers)
    screened = expression("site_limited_screening_length").subs(models.filling, t0)
    assert sp.simplify(length**2 / screened**2) == 1
    few = layer(0.01, "site-limited", 1e22, 0.5)
    dilute = layer(0.01, "gouy-chapman", 1e22 / 8, 1.0)
    assert few.width == pytest.approx(dilute.width, rel=1e-2)


def test_few_ions_on_many_sites_are_mott_schottky():
    # For t₀ to 0 the exact charge is that of Mott-Schottky times √(1 - 1/u).
    size = E / (K * KELVIN)
    exact, simple = layer(1.0, "site-limited", 1e22, 1e-4), layer(1.0, "mott-schottky", 1e18)
    assert exact.charge == pytest.approx(simple.charge * math.sqrt(1 - 1 / size), rel=1e-3)
    assert exact.resistance == pytest.approx(simple.resistance, rel=0.02)
    assert (
        layer(0.1, "mott-schottky").charge
        > 1.1 * layer(0.1, "site-limited", 1e24 / 10, 1e-3).charge
    )


def test_sharp_edge_is_a_fifth_off():
    step = 3.0 * K * KELVIN / E
    exact, simple = layer(step, "site-limited", 1e22, 1e-4), layer(step, "mott-schottky", 1e18)
    by_hand = math.sqrt(3.0 / (3.0 - 1.0 + math.exp(-3.0)))  # 1.2098
    assert simple.charge / exact.charge == pytest.approx(by_hand, rel=1e-3)


@pytest.mark.parametrize(("step", "filling"), [(0.3, 0.5), (0.05, 0.2)])
def test_integrals_of_the_page_are_those_of_the_code(step, filling):
    reduced = E * step / (K * KELVIN)
    names = {"G": ENERGY.subs(t0, filling), "rho": models.RESISTIVITY.expression}
    names["rho"] = names["rho"].subs(models.filling, filling)
    first = sp.Symbol("u_0", real=True)
    depth, resistance = (
        form.expression.replace(
            lambda part: isinstance(part, sp.core.function.AppliedUndef),
            lambda part: names[part.func.__name__].subs(u, part.args[0]),
        ).subs({models.length_scale: 1, models.conductivity: 1, first: reduced})
        for form in models.INTEGRALS
    )
    assert quadrature.resistance_integral(reduced, filling) == pytest.approx(
        float(resistance.evalf(8)), rel=1e-6
    )
    falls = np.array([0.0, math.log(2.0)])
    (half,) = quadrature.depths(reduced, filling, falls)[1:]
    assert half == pytest.approx(float(depth.subs(u, reduced / 2).evalf(8)), rel=1e-6)


def test_capacitance_is_the_slope_of_the_charge():
    factor = sp.Symbol("a", positive=True)
    slope = sp.diff(sp.sqrt(2 * factor * ENERGY), u)
    filling = expression("site_limited_filling").subs(models.filling, t0)
    stated = factor * (t0 - filling) / sp.sqrt(2 * factor * ENERGY)
    assert sp.simplify(slope - stated) == 0
    length, size = models.screening_length, models.magnitude
    gouy = expression("gouy_chapman_charge"), expression("gouy_chapman_capacitance")
    values = {models.permittivity: EPS, models.temperature: KELVIN, models.concentration: 1e26}
    values |= {models.k: K, models.e: E, models.charge_number: 1}
    values[length] = expression("gouy_chapman_length").subs(values)
    slope = sp.diff(gouy[0], size) * E / (K * KELVIN)
    for value in (0.5, 3.0):
        both = [each.subs(values).subs(size, value).evalf() for each in (slope, gouy[1])]
        assert both[0] == pytest.approx(both[1], rel=1e-12)


def test_gouy_chapman_solves_its_equation():
    # φ'' = (2cze/ε) sinh(zeφ/kT), that is u'' = sinh(u)/λ².
    profile = 4 * sp.atanh(models.theta * sp.exp(-x / models.screening_length))
    rest = sp.diff(profile, x, 2) - sp.sinh(profile) / models.screening_length**2
    values = {models.theta: 0.7, x: 0.4, models.screening_length: 1.3}
    assert abs(rest.subs(values).evalf()) < 1e-12


def test_gouy_chapman_resistance_in_theta():
    size = models.magnitude
    theta = sp.tanh(size / 4).rewrite(sp.exp)
    stated = expression("gouy_chapman_resistance") * models.conductivity / models.screening_length
    assert sp.simplify(4 * theta / (1 - theta) - stated) == 0


def test_mott_schottky_resistance_is_the_integral():
    for size in (0.1, 3.9, 38.7):
        integral, _ = quad(lambda s, size=size: math.exp(size * s * s), 0.0, 1.0, epsrel=1e-12)
        found = models_numeric.mott_schottky_layer_resistance(1.0, size, 1.0)
        assert found == pytest.approx(integral, rel=1e-10)
        beyond = models_numeric.mott_schottky_resistance(1.0, size, 1.0)
        assert beyond == pytest.approx(integral - 1.0, rel=1e-9)


def test_activation_is_the_slope_of_the_resistivity():
    beta = sp.Symbol("beta", positive=True)
    z_step = models.charge_number * models.step
    log = sp.log(models.RESISTIVITY.expression).subs(u, beta * z_step)
    filling = expression("site_limited_filling").subs(u, beta * z_step)
    stated = expression("site_limited_activation").subs(models.surface_filling, filling)
    assert sp.simplify(sp.diff(log, beta) - stated) == 0


def test_resistivity_is_that_of_hopping():
    t = expression("site_limited_filling")
    hop = models.filling * (1 - models.filling) / (t * (1 - t))
    assert sp.simplify(hop - models.RESISTIVITY.expression) == 0


# --- the code made from the expressions ---


def test_code_is_what_the_tool_writes(generate):
    written = (HERE / "src/kstab_space_charge/models_numeric.py").read_text(encoding="utf-8")
    assert generate.same_code(generate.numeric(), written)


def test_page_holds_the_formulas(generate):
    if not generate.PAGE.exists():
        pytest.skip("not in a checkout")
    page = generate.PAGE.read_text(encoding="utf-8")
    assert generate.formulas() in page


VALUES = {
    "permittivity": 9e-11, "temperature": 300.0, "charge_number": 1.0, "concentration": 1e26,
    "site_density": 1e28, "conductivity": 1e-2, "step": 0.31, "magnitude": 11.7, "reduced": 11.7,
    "filling": 0.35, "depth": 3e-10, "screening_length": 2.7e-10, "layer_width": 1.8e-9,
    "length_scale": 1e-10, "surface_charge": 0.2, "surface_filling": 0.01, "energy": 5.1,
    "layer_capacitance": 0.4, "theta": 0.6,
}  # fmt: skip


@pytest.mark.parametrize("model", models.ALL, ids=lambda model: model.name)
def test_numbers_are_those_of_sympy(model):
    names = [models.NAMES[symbol] for symbol in model.arguments]
    function = getattr(models_numeric, model.name)
    assert list(inspect.signature(function).parameters) == names
    values = {s: sp.Float(VALUES[models.NAMES[s]], 30) for s in model.arguments}
    exact = model.expression.subs(values).subs(
        {models.e: sp.Float(E, 30), models.k: sp.Float(K, 30)}
    )
    given = [np.array([VALUES[n]]) if s == model.over else VALUES[n]
             for s, n in zip(model.arguments, names, strict=True)]  # fmt: skip
    assert float(np.squeeze(function(*given))) == pytest.approx(float(exact.evalf(30)), rel=1e-13)


def test_erfi():
    for value in (1e-8, 0.3, 1.0, -2.0, 6.0, 25.0):
        assert erfi(value) == pytest.approx(scipy_erfi(value), rel=1e-13)
    with pytest.raises(OverflowError):
        erfi(40.0)


# --- quadrature ---


def test_rule():
    points, weights = np.polynomial.legendre.leggauss(16)
    order = np.argsort(quadrature.POINTS)
    assert np.allclose(quadrature.POINTS[order], points, rtol=0, atol=1e-15)
    assert np.allclose(quadrature.WEIGHTS[order], weights, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("reduced", "filling"), [(11.6, 0.5), (-11.6, 0.2), (4.0, 0.95), (38.7, 0.5)]
)
def test_site_limited_resistance(reduced, filling):
    def integrand(value):
        t = filling * math.exp(-value) / (1 - filling + filling * math.exp(-value))
        energy = math.log(1 - filling + filling * math.exp(-value)) + filling * value
        return (filling * (1 - filling) / (t * (1 - t)) - 1) / math.sqrt(energy)

    size, sign = abs(reduced), math.copysign(1.0, reduced)
    expected, _ = quad(lambda v: integrand(sign * v), 1e-4, size, epsrel=1e-11, limit=500)
    assert quadrature.resistance_integral(reduced, filling) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("step", "filling"), [(0.3, 0.5), (-0.2, 0.3)])
def test_profile_solves_poisson(step, filling):
    """The profile against an integration of Poisson's equation from the contact on."""
    inputs = Inputs(step, 10.0, 1e22, filling, 1, KELVIN)
    depths, volts = estimate.profile(inputs)
    assert volts[0] == step
    thermal = K * KELVIN / E

    def slope(_, state):
        t = filling / (filling + (1 - filling) * math.exp(state[0] / thermal))
        return [state[1], E * 1e28 * (filling - t) / EPS]

    field = -math.copysign(estimate.estimate(inputs).charge * 0.01 / EPS, step)
    chosen = depths <= depths[np.argmax(abs(volts) < abs(step) / 20)]
    ends = (0.0, depths[chosen][-1] * 1e-9)
    solved = solve_ivp(slope, ends, [step, field], t_eval=depths[chosen] * 1e-9,
                       rtol=1e-11, atol=1e-13)  # fmt: skip
    assert np.allclose(solved.y[0], volts[chosen], rtol=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_profiles_fall(model):
    for step in (0.1, -0.1):
        inputs = Inputs(step, 10.0, 1e21, 0.5, 1, KELVIN, None, model)
        depths, volts = estimate.profile(inputs)
        assert (np.diff(depths) > 0.0).all()
        assert volts[0] == pytest.approx(step)
        assert (np.diff(np.abs(volts)) <= 0.0).all()
        assert abs(volts[-1]) < 1e-3 * abs(step)
