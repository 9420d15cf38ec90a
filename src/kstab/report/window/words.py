"""Results in words: the sentences that terminal and notebook reports share."""

from collections.abc import Iterator, Sequence
from typing import Final

from kstab.analyses.window.result import (
    TELLING,
    HostPhase,
    NearMiss,
    SchemeWindow,
    Spread,
    Step,
    Uncertainty,
    WindowResult,
)
from kstab.base.units import MEV_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import ion
from kstab.phases.products import Product

_SHOWN: Final = 0.005  # voltage, V, below which two decimals show nothing
_OFTEN: Final = 0.05  # part of the samples from which something is worth a line
_WIDEST: Final = 1.0  # standard deviation, V, beyond which its size says nothing more


def versus(symbol: str | None) -> str:
    """Return the unit of voltages and the redox couple of a working ion.

    >>> versus("K")
    'V vs K⁺/K'
    """
    return f"V vs {ion(symbol or '').couple}"


def verdict(result: WindowResult) -> str:
    """Return the verdict in a few words, for a heading."""
    return {
        "stable": "Stable",
        "cannot_be_told_from_stable": "Cannot be told from stable",
        "metastable": "Metastable",
        "not_in_data": "Not in the data",
    }[result.verdict]


def explanation(result: WindowResult) -> str:
    """Return the answer in full sentences.

    >>> import kstab
    >>> print(explanation(kstab.window("K3SbS4", scheme="legacy", temperature="none")))
    K3SbS4 is stable between 1.647 and 2.067 V vs K⁺/K, a window of 0.420 V.
    """
    if Formula.parse(result.formula).elements == (result.ion,):
        return (
            f"{result.formula} is the metal the voltage is counted from: it is in equilibrium "
            f"at 0 V and dissolves above."
        )
    sentences = {"stable": _stable, "not_in_data": _not_in_data}
    return sentences.get(result.verdict, _metastable)(result)


def _stable(result: WindowResult) -> str:
    if result.window_kind == "none":
        return f"{result.formula} is on the hull, but over a range of less than 0.1 mV: no window."
    return f"{result.formula} is stable {_range(result)}.{_barely(result)}"


def _barely(result: WindowResult) -> str:
    """Whether a stable phase may be metastable, within the error."""
    depth, sigma = result.energy_below_hull, result.energy_below_hull_sigma
    if depth is None or sigma is None or depth > TELLING * sigma:
        return ""
    return (
        f" It lies {MEV_PER_EV * depth:.0f} ± {MEV_PER_EV * sigma:.0f} meV/atom below the hull of "
        "all other phases: within the error it may be metastable."
    )


def _metastable(result: WindowResult) -> str:
    so = (
        "less than two standard deviations: it cannot be told from stable"
        if result.verdict == "cannot_be_told_from_stable"
        else "so strictly it has no window"
    )
    first = f"{result.formula} lies {_height(result)} meV/atom above the hull, {so}."
    if result.window_kind == "none":
        return f"{first} With that energy set to zero it would have no window either."
    convention = "With that energy set to zero, by the convention of the literature"
    return f"{first} {convention}: {_range(result)}."


def _height(result: WindowResult) -> str:
    height = MEV_PER_EV * (result.energy_above_hull or 0.0)
    sigma = result.energy_above_hull_sigma
    return f"{height:.3g}" if sigma is None else f"{height:.0f} ± {MEV_PER_EV * sigma:.0f}"


def _not_in_data(result: WindowResult) -> str:
    codes = {notice.code for notice in result.warnings}
    first = (
        f"{result.formula} is not in the data: kstab does not know whether such a phase is stable."
    )
    if "left_out" in codes:
        first = f"{result.formula} was left out, and is treated as an unknown phase."
    if "broken_anion" in codes:
        return (
            f"{first} The equilibrium mixture of its composition breaks up a molecular ion, so no "
            "window is shown."
        )
    if result.window_kind == "none":
        resting = next((s.voltage_low for s in result.steps if s.ion_change < 0), None)
        but = "" if resting is None else f" but {resting:.3f} V"
        return (
            f"{first} The equilibrium mixture of its composition exchanges {result.ion} at every "
            f"voltage{but}, so there is no window to show."
        )
    names = " + ".join(
        product.formula for step in result.steps if not step.ion_change for product in step.products
    )
    mixture = f" ({names})" if names else ""
    return (
        f"{first} The equilibrium mixture of its composition{mixture} would be unchanged "
        f"{_range(result)}."
    )


def _range(result: WindowResult) -> str:
    against = versus(result.ion)
    low, high = result.reduction_limit or 0.0, result.oxidation_limit
    lower = with_bar(low, result.reduction_uncertainty)
    touching = low == 0.0
    if high is None:
        metal = f"from 0 {against} (in contact with {result.ion} metal)"
        start = metal if touching else f"above {lower} {against}"
        return f"{start} and never oxidises by giving off {result.ion}"
    upper = with_bar(high, result.oxidation_uncertainty)
    if touching:
        return f"from 0 V (in contact with {result.ion} metal) to {upper} {against}"
    digits = 3 if result.width_sigma is None else 2
    width = round(high, digits) - round(low, digits)  # what the two numbers on show differ by
    bar = "" if result.width_sigma is None else f" ± {result.width_sigma:.2f}"
    return f"between {lower} and {upper} {against}, a window of {width:.{digits}f}{bar} V"


def with_bar(voltage: float, uncertainty: Uncertainty | None) -> str:
    """Return a voltage with its standard deviation, if it has one.

    >>> with_bar(1.8327, Uncertainty(0.4285, 0.1)), with_bar(1.647, None)
    ('1.83 ± 0.43', '1.647')
    """
    if uncertainty is None or uncertainty.sigma is None:
        return f"{voltage:.3f}"
    return f"{voltage:.2f} ± {uncertainty.sigma:.2f}"


def host(host: HostPhase, result: WindowResult) -> str:
    """Return what there is to say about the closest phase in the data."""
    if host.window_kind == "none":
        window = "without a window"
    else:
        low = with_bar(host.reduction_limit or 0.0, host.reduction_uncertainty)
        limit, uncertainty = host.oxidation_limit, host.oxidation_uncertainty
        high = "never oxidised" if limit is None else f"{with_bar(limit, uncertainty)} V"
        own = (
            "own window" if host.window_kind == "own" else "window with its energy above hull at 0"
        )
        window = f"{own} {low} to {high}"
    state = host.verdict.replace("_", " ")
    return (
        f"Closest phase in the data: {host.formula}, {state}, {window}. "
        f"{result.formula} differs from it in {host.distance:.1%} of the atoms."
    )


def near_miss(miss: NearMiss, result: WindowResult) -> str:
    """Return what a phase slightly above the hull would change."""
    height = f"{miss.formula} is {MEV_PER_EV * miss.energy_above_hull:.2g} meV/atom above the hull"
    if_lower = f"{height}; {MEV_PER_EV * miss.lowered_by:.0f} meV/atom lower, it would"
    if not miss.keeps_window:
        return f"{if_lower} close the window."
    limits = (
        ("reduction", _volts(result.reduction_limit), _volts(miss.reduction_limit)),
        ("oxidation", _volts(result.oxidation_limit), _volts(miss.oxidation_limit)),
    )
    moves = [f"{name} {before} → {after}" for name, before, after in limits if before != after]
    return f"{if_lower} move {', '.join(moves)}."


def _volts(limit: float | None) -> str:
    return "never" if limit is None else f"{limit:.3f} V"


def limits(result: WindowResult) -> Iterator[tuple[str, str, str]]:
    """Yield each limit: its name, its value with error bar and spread, and the reaction at it."""
    for name, step, value, uncertainty, never in (
        ("Reduction limit", result.reduction_step, result.reduction_limit,
         result.reduction_uncertainty, ("0 V", "no reaction")),
        ("Oxidation limit", result.oxidation_step, result.oxidation_limit,
         result.oxidation_uncertainty, ("never", "gives off no ions at any voltage")),
    ):  # fmt: skip
        others = _spread(name, result)
        if step is None or value is None:
            yield name, f"{never[0]}{others}", never[1]
            continue
        released = f" (releases {' and '.join(step.gases)})" if step.gases else ""
        yield (
            name,
            f"{with_bar(value, uncertainty)} V{others}{_correction(value, uncertainty)}",
            f"{step.reaction}{released}",
        )


def _spread(name: str, result: WindowResult) -> str:
    """The limit in the other schemes, as `` (1.65 legacy, 1.64 mp2020)``."""
    lower = [result.reduction_limit, *(other.reduction_limit for other in result.by_scheme)]
    if name.startswith("Reduction") and not any(lower) and None not in lower:
        return ""  # 0 V in all of them
    found = [f"{_other(name, other)} {other.scheme}" for other in result.by_scheme]
    return f" ({', '.join(found)})" if found else ""


def _other(name: str, other: SchemeWindow) -> str:
    oxidation = name.startswith("Oxidation")
    value = other.oxidation_limit if oxidation else other.reduction_limit
    if other.window_kind == "none":
        return "no window"
    return "never" if value is None else f"{value:.2f}"


def _correction(value: float, uncertainty: Uncertainty | None) -> str:
    if uncertainty is None or not uncertainty.correction_share:
        return ""
    correction = uncertainty.correction_share * value
    return f"; correction {correction:+.2f} V" if abs(correction) >= _SHOWN else ""


def schemes(result: WindowResult) -> str:
    """Return in which other correction schemes the phase is above the hull; may be empty.

    >>> from kstab import window
    >>> schemes(window("K3SbS4", scheme="legacy", temperature="none", compare=False))
    ''
    """
    found = [
        f"{MEV_PER_EV * other.energy_above_hull:.1f} meV/atom in scheme {other.scheme}"
        for other in result.by_scheme
        if other.energy_above_hull
    ]
    return f"Above the hull by {', '.join(found)}." if found else ""


def robustness(result: WindowResult) -> Iterator[str]:
    """Yield what became of the window in samples of the energies; nothing without any."""
    found = result.robustness
    if found is None:
        return
    stable = "" if found.stable is None else f": on the hull in {found.stable:.0%} of them"
    yield (
        f"All energies of {found.phases} phases drawn within their errors, {found.samples} "
        f"samples{stable}."
    )
    limits = (
        ("Reduction limit", found.reduction, result.reduction_limit),
        ("Oxidation limit", found.oxidation, result.oxidation_limit),
    )
    if result.reduction_limit == 0.0 or found.against_metal >= _OFTEN:
        yield f"Unchanged in contact with {result.ion} metal in {found.against_metal:.0%} of them."
    for name, spread, value in limits:
        if spread.percentiles and value != 0.0:
            yield f"{name} {_percentiles(spread, found.samples)}"


def _percentiles(spread: Spread, samples: int) -> str:
    lowest, low, middle, high, highest = spread.percentiles
    having = "" if spread.samples == samples else f" of the {spread.samples} samples that have one"
    same = spread.same_products
    products = "" if same is None else f"; the same products in {same:.0%}"
    return (
        f"{low:.2f} to {high:.2f} V in 68%{having} and {lowest:.2f} to {highest:.2f} V in 95%, "
        f"median {middle:.2f} V{products}."
    )


def bar(sigma: float | None) -> str:
    """Return a standard deviation, V, for a table; empty where there is none.

    >>> bar(0.4285), bar(1.7), bar(None)
    ('0.43', '>1', '')
    """
    if sigma is None:
        return ""
    return f">{_WIDEST:.0f}" if sigma > _WIDEST else f"{sigma:.2f}"


def edges(step: Step) -> str:
    """Return the voltage range of a step.

    >>> from kstab import window
    >>> edges(window("KF", scheme="legacy", temperature="none").steps[-1])
    'above 6.622'
    """
    if step.voltage_high is None:
        return f"above {step.voltage_low:.3f}"
    return f"{step.voltage_low:.3f} – {step.voltage_high:.3f}"


def decimals(energy: float) -> str:
    """Return an energy with three decimals, and zero without a sign.

    >>> decimals(-1e-6), decimals(-0.9005)
    ('0.000', '-0.900')
    """
    return f"{round(energy, 3) + 0.0:.3f}"


def mixture(products: Sequence[Product]) -> str:
    """Write products with their amounts, as in ``4 K2S + K3Sb``.

    >>> mixture((Product("K2S", 4.0, ""), Product("K3Sb", 1.0, "")))
    '4 K2S + K3Sb'
    """
    return " + ".join(
        product.formula
        if abs(product.amount - 1) < 1e-9
        else f"{product.amount:.4g} {product.formula}"
        for product in products
    )
