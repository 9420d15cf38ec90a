"""What an interface result should be doubted for, each doubt one notice."""

from collections.abc import Iterator

from kstab.analyses import condition_doubts
from kstab.analyses.interface.pair import Pair
from kstab.analyses.interface.reactants import Side, hull_mixture
from kstab.analyses.interface.result import InterfaceResult, Kink, Reactant
from kstab.analyses.window import doubts
from kstab.base.units import MEV_PER_EV
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES, Ion
from kstab.phases.notices import Notice, flag_notices
from kstab.phases.products import phases_of
from kstab.phases.table import ON_HULL, PhaseTable


def notices(
    result: InterfaceResult, pair: Pair, ion: Ion | None, table: PhaseTable
) -> tuple[Notice, ...]:
    """Return everything there is to doubt about a result, the gravest first.

    Args:
        result: The result so far.
        pair: Its reactants.
        ion: The working ion, if there is one.
        table: Where the energies come from.
    """
    sides = ((pair.a, result.reactant_a), (pair.b, result.reactant_b))
    decisive = (result.minimum_total, result.minimum_mutual)
    found = [
        notice
        for side, reactant in sides
        for notice in (
            *doubts.of_formula(side.formula, side.row, table),
            *_energy_source(reactant),
            *_topotactic(side, reactant, table),
            *_metastable(reactant),
            *_metal_as_phase(side, ion),
            *_broken(side, result.minimum_total),
        )
    ]
    found += condition_doubts.of_interface(result, table)
    found += _equilibrium_oxidation(result, ion)
    own = [(s.formula.text, phases_of(table)[s.row].flags) for s, _ in sides if s.row is not None]
    formed = [(p.formula, p.flags) for kink in decisive for p in kink.products]
    if result.reservoir:
        formed += [(p.formula, p.flags) for p in result.reservoir.products]
    found += flag_notices(own, "{}", but="uncertain_id")
    # The id of a product does not move an energy.
    found += flag_notices(formed, "The answer depends on {}", but="uncertain_id")
    return tuple(dict.fromkeys(found))


def _energy_source(reactant: Reactant) -> Iterator[Notice]:
    formula = reactant.formula
    if reactant.energy_source == "hull" and reactant.energy_above_hull != 0.0:
        if reactant.energy_above_hull is None:
            why = f"{formula} is not in the data: its energy is that of the hull's mixture"
        else:
            why = f"The energy of {formula} is the hull's, as asked for"
        yield Notice(
            "hull_energy",
            f"{why}. What the real phase stores beyond that is not counted, neither in the total "
            "nor as its own decomposition.",
        )


def _topotactic(side: Side, reactant: Reactant, table: PhaseTable) -> Iterator[Notice]:
    """What to know of an energy that follows from a mean charging voltage."""
    if side.source != "average_voltage":
        return
    formula = reactant.formula
    yield Notice(
        "topotactic_energy",
        f"The energy of {formula} follows from the mean charging voltage: the framework stays "
        "whole (topotactic). What it turns into is still full equilibrium.",
    )
    if side.row is not None:
        beyond = MEV_PER_EV * (reactant.energy - float(table.energies[side.row]))
        yield Notice(
            "phase_set_aside",
            f"{formula} is in the data too; by the mean charging voltage it lies {beyond:+.0f} "
            "meV/atom from there.",
        )
    hull, _ = hull_mixture(side.formula, table)
    height = MEV_PER_EV * (reactant.energy - hull / side.formula.atoms)
    if height < -MEV_PER_EV * ON_HULL:
        yield Notice(
            "below_hull",
            f"By that voltage {formula} would lie {-height:.0f} meV/atom below the hull, lower "
            "than anything it could turn into. The voltage is too low for this data set.",
        )


def _metastable(reactant: Reactant) -> Iterator[Notice]:
    height = reactant.energy_above_hull or 0.0
    if reactant.energy_source == "phase" and height > ON_HULL:
        yield Notice(
            "metastable_reactant",
            f"{reactant.formula} lies {MEV_PER_EV * height:.1f} meV/atom above the hull. That is "
            "part of the total and of its own decomposition, not of the mutual energy.",
        )


def _metal_as_phase(side: Side, ion: Ion | None) -> Iterator[Notice]:
    """A metal that could be the working ion, but is not."""
    symbol = side.formula.elements[0]
    if len(side.formula.elements) == 1 and symbol in CHARGES and ion and symbol != ion.symbol:
        yield Notice(
            "metal_as_phase",
            f"{symbol} is a phase like any other here, since the working ion is {ion.symbol}; "
            f"--ion {symbol} makes it the electrode.",
        )


def _broken(side: Side, kink: Kink) -> Iterator[Notice]:
    broken = doubts.broken_ion(side.formula, kink.products)
    if broken and doubts.may_break(side.formula):
        yield Notice(
            "broken_anion",
            f"The equilibrium breaks up the molecular ions of {side.formula} ({broken}), which in "
            "practice stay whole.",
        )


def _equilibrium_oxidation(result: InterfaceResult, ion: Ion | None) -> Iterator[Notice]:
    """A cathode gives off ions without falling apart, which equilibrium does not know."""
    highest = result.voltage_range[1] if result.voltage_range else result.voltage
    if ion is None or highest is None:
        return
    found = (
        f"{reactant.formula} above {reactant.oxidation_limit:.3f} V"
        for reactant in (result.reactant_a, result.reactant_b)
        if reactant.oxidation_limit is not None
        and reactant.oxidation_limit < highest
        and Formula.parse(reactant.formula)[ion.symbol]
    )
    concerned = list(dict.fromkeys(found))
    if concerned:
        yield Notice(
            "equilibrium_oxidation",
            f"Equilibrium has {' and '.join(concerned)} decompose and give off {ion.symbol}, which "
            "is the energy on their own. A cathode whose framework stays whole (topotactic "
            f"charging) gives off {ion.symbol} without that.",
        )
