"""Interfaces in words: the sentences that terminal, notebook and figures share."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_DOWN, Decimal
from typing import Final, TypeAlias

from kstab.analyses.interface.result import (
    ERROR_BAR,
    InterfaceResult,
    Kink,
    Reactant,
    Region,
    RegionProduct,
    Reservoir,
)
from kstab.base.units import KILOJOULE_PER_EV, MEV_PER_EV
from kstab.chemistry.composition import Formula
from kstab.phases.notices import Notice
from kstab.phases.products import Product
from kstab.report.window.words import versus
from kstab.report.window.words import with_bar as volts

Names: TypeAlias = tuple[str, ...]

_NOTICEABLE: Final = 5e-4  # eV, what shows in whole meV
_MEANINGFUL: Final = 10.0  # eV per electron; more says that hardly an electron is exchanged


def verdict(result: InterfaceResult) -> str:
    """Return the verdict in a few words, for a heading."""
    return {
        "reacts": "Reacts",
        "cannot_be_told_from_stable": "Cannot be told from stable",
        "self_decomposition": "Decomposes on its own",
        "no_reaction": "No reaction",
        "same_composition": "Same composition",
    }[result.verdict]


def condition(result: InterfaceResult) -> str:
    """Return under what condition the two meet, for a heading."""
    if result.mode == "closed":
        return "closed: nothing exchanged with an electrode"
    if result.mode == "metal_contact":
        sides = (result.reactant_a, result.reactant_b)
        state = next((each.state for each in sides if each.formula == result.ion), "")
        forms = {"gas": f"{result.ion} vapour", "liquid": f"liquid {result.ion}"}
        return f"contact with {forms.get(state, f'{result.ion} metal')}"
    return f"open to {result.ion} at {voltages(result)}"


def voltages(result: InterfaceResult) -> str:
    """Return the voltage or the range, with its reference."""
    if result.voltage_range:
        low, high = result.voltage_range
        return f"{low:.3f} to {high:.3f} {versus(result.ion)}"
    return f"{result.voltage or 0.0:.3f} {versus(result.ion)}"


def explanation(result: InterfaceResult) -> str:
    """Return the answer in full sentences.

    >>> import kstab
    >>> print(explanation(kstab.interface("K", "K3SbS4", scheme="legacy", temperature="none")))
    K reacts with K3SbS4: -460 meV/atom, down to K2S + KSb; in excess K to K2S + K3Sb.
    """
    a, b = result.a, result.b
    if result.verdict == "same_composition":
        if Formula.parse(a).key != Formula.parse(b).key:
            return f"{a} and {b} differ in {result.ion} only: at one voltage they become the same."
        return f"{a} and {b} are the same composition: there is nothing to react."
    if result.verdict == "no_reaction":
        return f"{a} and {b} do not react: no mixture is lower in energy than the two side by side."
    total = result.minimum_total
    energy = f"{with_bar(total.headline_energy, total.headline_sigma)} {unit(result)}"
    names = formed(total)
    if result.verdict == "cannot_be_told_from_stable":
        per_atom = _within_error(total.energy_per_atom, total.energy_per_atom_sigma)
        return (
            f"{a} with {b}: {per_atom}: cannot be told from stable. If they react, then down to "
            f"{names}{_excess(result)}."
        )
    mutual = result.minimum_mutual
    if result.verdict == "self_decomposition":
        per_atom = _within_error(mutual.mutual_energy_per_atom, mutual.mutual_energy_per_atom_sigma)
        adds = per_atom if has_contact(result) else "nothing"
        worse = a if result.self_energy_a < result.self_energy_b else b
        return (
            f"{a} with {b}: {energy}, down to {names}, but that is what {worse} does on its own; "
            f"the contact itself adds {adds}{_excess(result)}."
        )
    if not has_own(result):
        return f"{a} reacts with {b}: {energy}, down to {names}{_excess(result)}."
    contact = with_bar(mutual.mutual_headline_energy, mutual.mutual_headline_sigma)
    return (
        f"{a} reacts with {b}: {contact} {unit(result)} by the contact itself (mutual), down to "
        f"{formed(mutual)}{_at(mutual, result)}. {_most(result)} {energy}, down to {names}"
        f"{_at(result.minimum_total, result)}{_excess(result)}."
    )


def _within_error(energy: float, sigma: float | None) -> str:
    """An energy per atom that does not exceed its error, and that error."""
    if sigma is None:
        bar = f"{MEV_PER_EV * ERROR_BAR:.0f} meV/atom"
        return f"{meV(energy)} meV/atom, within the error of ±{bar}"
    return f"{with_bar(energy, sigma)} meV/atom, less than two standard deviations"


def _most(result: InterfaceResult) -> str:
    """What the lowest total energy is: that of a reactant alone, or of both together."""
    x = result.minimum_total.x_atomic
    if 0.0 < x < 1.0:
        return "With what they do on their own (total):"
    return f"{result.a if x else result.b} alone releases more (total):"


def _at(kink: Kink, result: InterfaceResult) -> str:
    return f", worst at {kink.voltage or 0.0:.3f} V" if result.voltage_range else ""


def _excess(result: InterfaceResult) -> str:
    """What an excess of metal makes of it."""
    if not result.reservoir:
        return ""
    return f"; in excess {result.ion} to {formed(result.reservoir) or 'nothing else'}"


def metal_contact(result: InterfaceResult) -> str:
    """Return why a contact with metal has two answers."""
    metal = result.ion
    return (
        f"The kinks are for a given amount of {metal}, and the lowest energy per atom need not be "
        f"where the reaction stops: with any amount of {metal} (a reservoir at 0 V) it goes on "
        "until no product takes up more."
    )


_ANIONS: Final = frozenset({"H", "N", "O", "F", "S", "Cl", "Se", "Br", "Te", "I"})


def schemes(result: InterfaceResult) -> str:
    """Return the answers of the other correction schemes; empty where not compared."""
    if result.verdict == "same_composition":
        return ""
    found = []
    for other in result.by_scheme:
        reacts = other.energy_per_atom < -_NOTICEABLE
        energy = "" if has_any(result) else f" {meV(other.energy_per_atom)} meV/atom,"
        down = f"{energy} down to {' + '.join(other.products)}" if reacts else " no reaction"
        found.append(f"{other.scheme}{down}")
    return f"In other schemes: {'; '.join(found)}." if found else ""


def anodes(result: InterfaceResult) -> Iterator[str]:
    """Yield at which voltage a reactant sits that is an alloy or an intercalation anode.

    >>> import kstab
    >>> print(*anodes(kstab.interface("K3Bi", "K3SbS4", scheme="legacy", temperature="none")))
    As an anode, K3Bi sits between 0.000 and 0.386 V vs K⁺/K.
    """
    for reactant in (result.reactant_a, result.reactant_b):
        elements = set(Formula.parse(reactant.formula).elements)
        if result.ion not in elements or len(elements) == 1 or elements & _ANIONS:
            continue
        low, high = reactant.reduction_limit, reactant.oxidation_limit
        if low is None or high is None:
            in_data = reactant.energy_above_hull is not None
            why = "it is above the hull" if in_data else "it is not in the data"
            yield f"As an anode, {reactant.formula} has no voltage of its own: {why}."
        else:
            lower = volts(low, reactant.reduction_uncertainty)
            upper = volts(high, reactant.oxidation_uncertainty)
            where = f"between {lower} and {upper} {versus(result.ion)}"
            yield f"As an anode, {reactant.formula} sits {where}."


def meV(energy: float) -> str:  # noqa: N802 - the unit is spelt so
    """Return an energy, eV, in whole meV, and zero without a sign.

    >>> meV(-0.46048), meV(-1e-9)
    ('-460', '0')
    """
    return f"{round(MEV_PER_EV * energy) + 0:d}"


def robustness(result: InterfaceResult) -> Iterator[str]:
    """Yield what became of the contact in samples of the energies; nothing without any."""
    found = result.robustness
    if found is None:
        return
    yield (
        f"All energies of {found.phases} phases drawn within their errors, {found.samples} "
        f"samples: the contact itself (mutual) releases energy in {found.reacting:.0%} of them, "
        f"the products are the same in {found.same_products:.0%}."
    )
    for name, spread in (("Lowest total", found.total), ("Lowest mutual", found.mutual)):
        lowest, low, middle, high, highest = map(meV, spread.percentiles)
        yield (
            f"{name} {low} to {high} meV/atom in 68% and {lowest} to {highest} in 95%, median "
            f"{middle}."
        )


def with_bar(energy: float, sigma: float | None) -> str:
    """Return an energy, eV, in whole meV, with its standard deviation if it is known.

    >>> with_bar(-0.5976, 0.0535), with_bar(-0.4605, None)
    ('-598 ± 54', '-460')
    """
    return meV(energy) if sigma is None else f"{meV(energy)} ± {MEV_PER_EV * sigma:.0f}"


def unit(result: InterfaceResult) -> str:
    """Return what the headline energies are per."""
    return f"meV per non-{result.ion} atom" if result.mode == "open" else "meV/atom"


def names_of(products: Iterable[Product | RegionProduct]) -> Names:
    """Return the formulas of products."""
    return tuple(product.formula for product in products)


def formed(of: Kink | Region | Reservoir) -> str:
    """Return the names of the products of a kink, a region or a contact with metal."""
    return " + ".join(names_of(of.products))


def shares(kink: Kink) -> str:
    """Return the products of a kink with their parts of the volume, where known."""
    return " + ".join(
        product.formula + _percent(product.volume_fraction) for product in kink.products
    )


def _percent(share: float | None) -> str:
    if share is None:
        return ""
    return f" {100 * share:.0f}%" if share >= 0.005 else " <1%"


def lacks_volumes(kinks: Iterable[Kink]) -> bool:
    """Whether the volume of a phase that forms is unknown."""
    return any(
        product.volume_fraction is None and not kink.gases
        for kink in kinks
        for product in kink.products
    )


def doubtful(result: InterfaceResult) -> str:
    """Return what there is to doubt about the phases the answer rests on; may be empty."""
    kinks = (result.minimum_total, result.minimum_mutual)
    names = dict.fromkeys(
        product.formula
        for kink in kinks
        for product in kink.products
        if {"over_corrected_sulfur", "conflicting_sources", "dilute_supercell"} & {*product.flags}
    )
    if not names or not has_any(result):
        return ""
    return f"The answer rests on {', '.join(names)}, whose energy is doubtful: see the warnings."


def fraction(x: float) -> str:
    """Return a fraction with three places.

    Fractions of formula units are ratios of small numbers, which often lie half-way between
    two shown ones: the last bit of a float must not decide which.

    >>> fraction(7 / 16), fraction(7 / 16 - 1e-16)
    ('0.437', '0.437')
    """
    return str(Decimal(f"{x:.10f}").quantize(Decimal("0.001"), ROUND_HALF_DOWN))


def minimum(kink: Kink, result: InterfaceResult, *, mutual: bool) -> str:
    """Return where an energy is lowest, in all normalisations."""
    energy = kink.mutual_headline_energy if mutual else kink.headline_energy
    per_atom = kink.mutual_energy_per_atom if mutual else kink.energy_per_atom
    per_electron = kink.mutual_energy_per_electron if mutual else kink.energy_per_electron
    per_reaction = kink.mutual_energy_per_reaction if mutual else kink.energy_per_reaction
    sigma = kink.mutual_headline_sigma if mutual else kink.headline_sigma
    bar = kink.mutual_energy_per_atom_sigma if mutual else kink.energy_per_atom_sigma
    parts = [f"{with_bar(energy, sigma)} {unit(result)}"]
    if result.mode == "open":
        parts.append(f"{with_bar(per_atom, bar)} meV/atom")
    parts[-1] += _spread(result, mutual=mutual)
    if per_electron is not None and abs(per_electron) < _MEANINGFUL:
        parts.append(f"{per_electron:.3f} eV per electron")
    parts.append(
        f"{per_reaction:.2f} eV ({KILOJOULE_PER_EV * per_reaction:.0f} kJ/mol) per reaction"
    )
    at = f"at x = {fraction(kink.x_atomic)}"
    if result.voltage_range:
        at += f" and {kink.voltage or 0.0:.3f} V"
    share = None if mutual else kink.correction_share
    part = (share or 0.0) * per_atom
    correction = f"; correction {meV(part)} meV/atom" if abs(part) > _NOTICEABLE else ""
    return f"{', '.join(parts)}; {at}{correction}"


def _spread(result: InterfaceResult, *, mutual: bool) -> str:
    """The energy per atom in the other schemes, as `` (-460 legacy, -474 mp2020)``."""
    found = [
        f"{meV(other.mutual_energy_per_atom if mutual else other.energy_per_atom)} {other.scheme}"
        for other in result.by_scheme
    ]
    return f" ({', '.join(found)})" if found else ""


def source(reactant: Reactant) -> str:
    """Return whose energy a reactant takes, and what it is if no solid."""
    names = {"phase": "its own", "hull": "the hull's", "average_voltage": "mean voltage"}
    state = f", {reactant.state}" if reactant.state else ""
    return f"{names[reactant.energy_source]}{state}"


def stability(reactant: Reactant) -> str:
    """Return how far above the hull a reactant is, meV/atom."""
    height = reactant.energy_above_hull
    if height is None:
        return "not in data"
    return f"{MEV_PER_EV * height:.1f}" if height else "stable"


def potential(reactant: Reactant, result: InterfaceResult) -> str:
    """Return the voltages at which a reactant can sit.

    An alloy or an intercalation anode sits between the voltages at which it takes up and
    gives off ions; so does, over a wider range, an electrolyte.
    """
    if result.ion is None:
        return ""
    if Formula.parse(reactant.formula).elements == (result.ion,):
        return "0 (the metal)"
    low, high = reactant.reduction_limit, reactant.oxidation_limit
    if low is None:
        return "no window"
    lower = volts(low, reactant.reduction_uncertainty)
    if high is None:
        return f"above {lower}"
    return f"{lower} – {volts(high, reactant.oxidation_uncertainty)}"


def cathode(result: InterfaceResult) -> str:
    """Return where the range of voltages is from."""
    found = result.cathode
    if found is None:
        return ""
    average = "" if found.average_voltage is None else f", mean {found.average_voltage:g} V"
    charged = f" to {found.charged}" if found.charged else ""
    note = f" {found.note}" if found.note else ""
    return (
        f"Range of {found.name} ({found.discharged}{charged}{average}) from doi:{found.doi}.{note}"
    )


def has_own(result: InterfaceResult) -> bool:
    """Whether a reactant decomposes on its own, so that total and mutual differ."""
    return min(result.self_energy_a, result.self_energy_b) < -_NOTICEABLE


def has_contact(result: InterfaceResult) -> bool:
    """Whether the contact itself releases energy."""
    return result.minimum_mutual.mutual_headline_energy < -_NOTICEABLE


def has_reservoir(result: InterfaceResult) -> bool:
    """Whether there is contact with metal in which something happens."""
    return result.reservoir is not None and result.reservoir.energy_per_atom < -_NOTICEABLE


def all_warnings(result: InterfaceResult) -> tuple[Notice, ...]:
    """Return the warnings of the result, and what is new in those of the charged cathode."""
    charged = result.charged.warnings if result.charged else ()
    said = {"equilibrium_oxidation"} & {notice.code for notice in result.warnings}
    new = (notice for notice in charged if notice.code not in said)
    return tuple(dict.fromkeys((*result.warnings, *new)))


def has_any(result: InterfaceResult) -> bool:
    """Whether there is any energy to show."""
    return has_own(result) or has_contact(result)


def own(result: InterfaceResult) -> str:
    """Return each reactant's own decomposition."""
    worst = " at worst" if result.voltage_range else ""
    return (
        f"{result.a} {meV(result.self_energy_a)}, {result.b} {meV(result.self_energy_b)} "
        f"{unit(result)}{worst}"
    )


def reservoir(found: Reservoir) -> str:
    """Return the energy of the contact with any amount of metal."""
    energy = with_bar(found.energy_per_atom, found.energy_per_atom_sigma)
    parts = [f"{energy} meV per atom of {found.reactant}"]
    per_electron = found.energy_per_electron
    if per_electron is not None and abs(per_electron) < _MEANINGFUL:
        parts.append(f"{per_electron:.3f} eV per electron")
    return f"{', '.join(parts)}; at 0 V"


def charged_heading(result: InterfaceResult, charged: InterfaceResult) -> str:
    """Return which cathode is charged now, and whose energy it takes."""
    new = charged.reactant_a if charged.a != result.a else charged.reactant_b
    old = result.a if charged.a != result.a else result.b
    how = {
        "average_voltage": "its framework whole (topotactic, energy from the mean charging "
        "voltage)",
        "hull": "as the equilibrium mixture of its composition (no stored energy counted)",
        "phase": "as a phase of the data",
    }
    return f"{old} charged to {new.formula}, {how[new.energy_source]}"


def areas(result: InterfaceResult) -> dict[Names, float]:
    """Return the part of the map on which each set of products forms, the largest first."""
    low, high = result.voltage_range or (0.0, 1.0)
    found: dict[Names, float] = {}
    for region in result.regions or ():
        area = (region.x_high - region.x_low) * (region.voltage_high - region.voltage_low)
        names = names_of(region.products)
        found[names] = found.get(names, 0.0) + area / (high - low)
    return dict(sorted(found.items(), key=lambda item: (-round(item[1], 9), item[0])))


def lowest_mutual(result: InterfaceResult) -> dict[Names, float]:
    """Return the lowest mutual energy, eV, at which each set of products forms."""
    found: dict[Names, float] = {}
    for region in result.regions or ():
        names = names_of(region.products)
        energy = region.lowest_mutual_energy_per_non_ion_atom
        found[names] = min(found.get(names, 0.0), energy)
    return found
