"""Results in words: the sentences that terminal and notebook reports share."""

from kstab.analyses.results import Host, NearMiss, Step, WindowResult
from kstab.composition import Formula
from kstab.ions import ion
from kstab.units import MEV_PER_EV


def couple(result: WindowResult) -> str:
    """Return the redox couple a result's voltages are counted against, as K⁺/K."""
    return ion(result.ion).couple


def verdict(result: WindowResult) -> str:
    """Return the verdict in one word or two, for a heading."""
    return {"stable": "Stable", "metastable": "Metastable", "not_in_data": "Not in the data"}[
        result.verdict
    ]


def explanation(result: WindowResult) -> str:
    """Return the answer in full sentences.

    >>> import kstab
    >>> print(explanation(kstab.window("K3SbS4", scheme="legacy")))
    K3SbS4 is stable between 1.647 and 2.067 V vs K⁺/K, a window of 0.420 V.
    """
    if Formula.parse(result.formula).elements == (result.ion,):
        return (
            f"{result.formula} is the metal the voltage is counted from: it is in equilibrium "
            f"at 0 V and dissolves above."
        )
    return {"stable": _stable, "metastable": _metastable, "not_in_data": _not_in_data}[
        result.verdict
    ](result)


def _stable(result: WindowResult) -> str:
    if result.window_kind == "none":
        return f"{result.formula} is on the hull, but over a range of less than 0.1 mV: no window."
    return f"{result.formula} is stable {_range(result)}."


def _metastable(result: WindowResult) -> str:
    height = MEV_PER_EV * (result.energy_above_hull or 0.0)
    first = (
        f"{result.formula} lies {height:.3g} meV/atom above the hull, so strictly it has no window."
    )
    if result.window_kind == "none":
        return f"{first} Nor would it have one with that energy set to zero."
    convention = "With that energy set to zero, by the convention of the literature"
    return f"{first} {convention}: {_range(result)}."


def _not_in_data(result: WindowResult) -> str:
    codes = {notice.code for notice in result.warnings}
    first = (
        f"{result.formula} is not in the data: kstab does not know whether such a phase is stable."
    )
    if "left_out" in codes:
        first = f"{result.formula} was left out on request, and is treated as an unknown phase."
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
    against = f"V vs {couple(result)}"
    low, high = result.reduction_limit or 0.0, result.oxidation_limit
    touching = low == 0.0
    if high is None:
        start = (
            f"from 0 {against} (in contact with {result.ion} metal)"
            if touching
            else (f"above {low:.3f} {against}")
        )
        return f"{start} and never oxidises by giving off {result.ion}"
    if touching:
        return f"from 0 V (in contact with {result.ion} metal) to {high:.3f} {against}"
    width = round(high, 3) - round(low, 3)  # what the two numbers on show differ by
    return f"between {low:.3f} and {high:.3f} {against}, a window of {width:.3f} V"


def host(host: Host, result: WindowResult) -> str:
    """Return what there is to say about the closest phase in the data."""
    if host.window_kind == "none":
        window = "without a window"
    else:
        high = "never oxidised" if host.oxidation_limit is None else f"{host.oxidation_limit:.3f} V"
        own = (
            "own window" if host.window_kind == "own" else "window with its energy above hull at 0"
        )
        window = f"{own} {host.reduction_limit or 0.0:.3f} to {high}"
    return (
        f"Closest phase in the data: {host.formula}, {host.verdict}, {window}. "
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


def limit(step: Step | None, value: float | None, *, oxidation: bool) -> tuple[str, str]:
    """Return a limit and the reaction at it, both in words."""
    if step is None or value is None:
        return (
            ("never", "gives off no ions at any voltage") if oxidation else ("0 V", "no reaction")
        )
    released = f" (releases {' and '.join(step.gases)})" if step.gases else ""
    return f"{value:.3f} V", f"{step.reaction}{released}"


def schemes(result: WindowResult) -> str:
    """Return the limits in the other correction schemes; empty where not compared.

    >>> from kstab import window
    >>> schemes(window("K3SbS4", scheme="legacy", compare=False))
    ''
    """
    found = []
    for other in result.by_scheme:
        if other.window_kind == "none" or other.reduction_limit is None:
            limits = "no window"
        else:
            high = other.oxidation_limit
            to = "never oxidised" if high is None else f"{high:.3f} V"
            limits = f"{other.reduction_limit:.3f} to {to}"
        height = MEV_PER_EV * (other.energy_above_hull or 0.0)
        above = f" ({height:.1f} meV/atom above the hull)" if height else ""
        found.append(f"{other.scheme} {limits}{above}")
    return f"In other schemes: {'; '.join(found)}." if found else ""


def edges(step: Step) -> str:
    """Return the voltage range of a step.

    >>> from kstab import window
    >>> edges(window("KF", scheme="legacy").steps[-1])
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
