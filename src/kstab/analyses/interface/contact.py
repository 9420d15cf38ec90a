"""Where two phases meet: closed, open to the working ion, or against its metal.

Energies follow Richards et al. (10.1021/acs.chemmater.5b04082) and Zhu, He and Mo
(10.1039/C5TA08574H); ``docs/interface.md`` explains total, own and mutual energies.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np

from kstab.analyses.interface import doubts as interface_doubts
from kstab.analyses.interface import voltage_map
from kstab.analyses.interface.pair import SAME_ENERGY, Kinks, Pair, Volts, with_volumes
from kstab.analyses.interface.reactants import (
    Condition,
    Side,
    charged_side,
    hull_mixture,
    multiple_of,
    side_of,
    without_ion,
)
from kstab.analyses.interface.result import (
    ERROR_BAR,
    NOTHING,
    Cathode,
    InterfaceResult,
    InterfaceRobustness,
    InterfaceVerdict,
    Kink,
    Mode,
    Reactant,
    Region,
    Reservoir,
    SchemeInterface,
)
from kstab.analyses.window import stability
from kstab.analyses.window.limits import Limits
from kstab.analyses.window.result import TELLING, Step
from kstab.analyses.window.stability import WindowRequest
from kstab.analyses.window.staircase import rounded
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES, Ion, default_ion
from kstab.chemistry.ions import ion as ion_of
from kstab.engine.equilibrium import TOLERANCE, sweep_mixing
from kstab.engine.plane import sweep_plane
from kstab.errors import RequestError
from kstab.phases.bars import EnergySum, add, bars_of
from kstab.phases.hull import heights_above_hull
from kstab.phases.provenance import provenance
from kstab.phases.table import PhaseTable

HullSides = Literal["a", "b", "both"]

HIGHEST_VOLTAGE: Final = 10.0
"""Voltage, V, beyond which there is no electrode."""


@dataclass(frozen=True)
class InterfaceRequest:
    """What is asked: what forms between which phases, and under what condition.

    Attributes:
        a: The first phase.
        b: The second phase.
        ion: The working ion; None for the one the compositions suggest.
        voltage: Lower and upper voltage against the ion's metal, V; None for a contact
            that exchanges nothing with an electrode.
        charged: The charged composition of the one that is a cathode; None for none.
        charged_voltage: Mean voltage of charging it, V; None to take the hull's energy.
        hull_energy: Which reactants take the hull's energy even if they are in the data.
        cathode: Where the voltages are from; None where they were given.
        samples: Number of samples of the energies within their errors; 0 for none.
        seed: Seed of these samples.

    Raises:
        RequestError: The reactants that take the hull's energy are none of these.
    """

    a: Formula
    b: Formula
    ion: Ion | None = None
    voltage: tuple[float, float] | None = None
    charged: Formula | None = None
    charged_voltage: float | None = None
    hull_energy: HullSides | None = None
    cathode: Cathode | None = None
    samples: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.hull_energy not in (None, *get_args(HullSides)):
            raise RequestError(
                f"{self.hull_energy!r} is not one of the two phases.", "Write 'a', 'b' or 'both'."
            )


@dataclass(frozen=True)
class _Case:
    """A request with all that is needed to solve it."""

    request: InterfaceRequest
    pair: Pair
    condition: Condition
    table: PhaseTable


def solve(request: InterfaceRequest, table: PhaseTable) -> InterfaceResult:
    """Return what forms where two phases meet.

    Raises:
        ElementError: The table has no energy for one of the elements.
        RequestError: The working ion is not clear; the voltage is below 0 V, or not that
            of a metal that is a reactant; or the charged composition is not that of one
            of the phases with fewer ions.
    """
    ion = _working_ion(request)
    condition = Condition(_mode(request, ion), ion)
    a, b = (
        side_of(formula, condition, table, hull=request.hull_energy in (name, "both"))
        for name, formula in (("a", request.a), ("b", request.b))
    )
    pair = Pair(a, b, condition.open_ion)
    result = _result(_Case(request, pair, condition, table))
    if request.charged is None:
        return result
    pair = _charged(request, request.charged, pair, condition, table)
    alone = replace(request, a=pair.a.formula, b=pair.b.formula, cathode=None)
    return replace(result, charged=_result(_Case(alone, pair, condition, table)))


def by_scheme(
    request: InterfaceRequest, tables: Iterable[PhaseTable]
) -> tuple[SchemeInterface, ...]:
    """Return the minima of an interface in other correction schemes."""
    alone = replace(request, charged=None, charged_voltage=None, samples=0)
    return tuple(
        SchemeInterface(
            scheme=result.scheme,
            verdict=result.verdict,
            energy_per_atom=result.minimum_total.energy_per_atom,
            mutual_energy_per_atom=result.minimum_mutual.mutual_energy_per_atom,
            products=tuple(product.formula for product in result.minimum_total.products),
        )
        for result in (solve(alone, table) for table in tables)
    )


def _working_ion(request: InterfaceRequest) -> Ion | None:
    """The ion that was named, or is clear, or need not be: a closed contact exchanges none."""
    if request.ion:
        return request.ion
    metals = [
        formula.elements[0]
        for formula in (request.a, request.b)
        if len(formula.elements) == 1 and formula.elements[0] in CHARGES
    ]
    elements = {*request.a.elements, *request.b.elements}
    exchanged = request.voltage is not None or request.charged is not None
    found = None
    try:
        found = default_ion(elements)
    except RequestError:
        if len(metals) != 1 and exchanged:
            raise
    if found and found.symbol in elements:
        return found
    # The ion is only a guess: a metal that is a reactant is a better one, none the best.
    if len(metals) == 1:
        return ion_of(metals[0])
    return found if exchanged else None


def _mode(request: InterfaceRequest, ion: Ion | None) -> Mode:
    mean = request.charged_voltage
    if mean is not None and request.charged is None:
        raise RequestError(
            "A mean charging voltage says nothing without the charged composition.",
            "Give that too, as K0.5CrO2 for KCrO2.",
        )
    if mean is not None and not 0 < mean <= HIGHEST_VOLTAGE:
        raise RequestError(
            f"{mean:g} V is not the mean voltage of a cathode.",
            f"Give a voltage above 0 and up to {HIGHEST_VOLTAGE:g} V.",
        )
    if request.voltage:
        low, high = request.voltage
        if not 0 <= low <= high <= HIGHEST_VOLTAGE:
            asked = f"{low:g}" if low == high or low != low else f"{low:g}:{high:g}"
            raise RequestError(
                f"{asked} is not a range of voltages from 0 V upward to {HIGHEST_VOLTAGE:g} V.",
                "Write one like 2.0:3.5.",
            )
    if ion is None or (ion.symbol,) not in (request.a.elements, request.b.elements):
        return "open" if request.voltage else "closed"
    if request.voltage not in (None, (0.0, 0.0)):
        raise RequestError(
            f"{ion.symbol} metal holds the contact at 0 V, so no other voltage can be applied.",
            "Leave the voltage out.",
        )
    return "metal_contact"


def _charged(
    request: InterfaceRequest, charged: Formula, pair: Pair, condition: Condition, table: PhaseTable
) -> Pair:
    """The pair with its cathode charged."""
    ion = condition.ion
    if ion is None:
        raise RequestError("A charged composition needs a working ion.", "Give one with --ion.")
    fitting = [
        (name, side)
        for name, side in (("a", pair.a), ("b", pair.b))
        if multiple_of(charged, side.formula, ion) is not None
    ]
    if len(fitting) != 1:
        which = "both" if fitting else "neither"
        raise RequestError(
            f"{charged} is {which} {request.a} {'and' if fitting else 'nor'} {request.b} with less "
            f"{ion.symbol}.",
            "Give the charged composition of one of the two, as K0.5CrO2 for KCrO2.",
        )
    ((name, side),) = fitting
    if request.charged_voltage is None:
        new = side_of(charged, condition, table, hull=request.hull_energy in (name, "both"))
    else:
        new = charged_side(charged, side, ion, request.charged_voltage, condition, table)
    return Pair(new, pair.b, pair.ion) if name == "a" else Pair(pair.a, new, pair.ion)


def _result(case: _Case) -> InterfaceResult:
    request, pair, table, ion = case.request, case.pair, case.table, case.condition.ion
    kinks, regions = _answer(case)
    total = _lowest(kinks, pair, lambda kink: kink.headline_energy)
    mutual = _lowest(kinks, pair, lambda kink: kink.mutual_headline_energy)
    low, high = kinks[0].voltage, kinks[-1].voltage
    bars = _error_bars(kinks, pair)
    verdict = _verdict(case, kinks, bars)
    result = InterfaceResult(
        a=request.a.text,
        b=request.b.text,
        ion=ion.symbol if ion else None,
        scheme=table.scheme.name,
        mode=case.condition.mode,
        verdict=verdict,
        error_bar=bars[0] if total.energy_per_atom < -NOTHING else None,
        mutual_error_bar=bars[1] if mutual.mutual_energy_per_atom < -NOTHING else None,
        voltage=low if low == high else None,
        voltage_range=None if low is None or high is None or low == high else (low, high),
        reactant_a=_reactant(pair.a, case),
        reactant_b=_reactant(pair.b, case),
        kinks=kinks,
        minimum_total=total,
        minimum_mutual=mutual,
        self_energy_a=min(kink.headline_energy for kink in kinks if kink.x_atomic == 1.0),
        self_energy_b=min(kink.headline_energy for kink in kinks if kink.x_atomic == 0.0),
        reservoir=_reservoir(case) if verdict != "same_composition" else None,
        regions=regions,
        charged=None,
        cathode=request.cathode,
        warnings=(),
        provenance=provenance(table),
        robustness=_robustness(case, kinks) if request.samples else None,
    )
    return replace(result, warnings=interface_doubts.notices(result, pair, ion, table))


def _answer(case: _Case) -> tuple[tuple[Kink, ...], tuple[Region, ...] | None]:
    """The kinks; over a range of voltages also the regions."""
    pair, request = case.pair, case.request
    elements = {*pair.a.formula.elements, *pair.b.formula.elements}
    system = case.table.select(elements, pair.ion.symbol if pair.ion else None)
    bars_of(case.table).prefetch(system.rows.tolist())
    make = Kinks(pair, system, case.table)
    first, second = pair.compositions(system)
    if pair.ion is None or request.voltage is None:
        return make(sweep_mixing(system.problem, first, second)), None
    volts = Volts(pair.ion, request.voltage)
    high, low = volts.potentials
    regions, potentials = None, {high}
    if high - low > TOLERANCE:
        plane = sweep_plane(system.problem, first, second, high, low)
        survey = voltage_map.survey(pair, plane)
        regions = voltage_map.regions(pair, volts, survey, system, case.table)
        potentials |= {low, *survey.worst_potentials()}
    mixtures = [
        make(sweep_mixing(system.problem, first, second, potential), potential, volts(potential))
        for potential in sorted(potentials, reverse=True)
    ]
    return tuple(kink for kinks in mixtures for kink in kinks), regions


def _robustness(case: _Case, kinks: tuple[Kink, ...]) -> InterfaceRobustness:
    from kstab.analyses.interface.samples import interface_robustness  # only where asked for

    request, pair = case.request, case.pair
    potential = 0.0
    if pair.ion and request.voltage:
        volts = Volts(pair.ion, request.voltage)
        potential, last = volts.potentials
        if potential != last:
            raise RequestError(
                "Samples are drawn at one voltage, not over a range.", "Give one voltage, as 2.5."
            )
    lowest = _lowest(kinks, pair, lambda kink: kink.energy_per_atom)
    return interface_robustness(pair, potential, lowest, case.table, request.samples, request.seed)


def _lowest(kinks: tuple[Kink, ...], pair: Pair, energy: Callable[[Kink], float]) -> Kink:
    """The kink of the lowest energy; of equal ones the same, however the pair was typed."""

    def rank(kink: Kink) -> tuple[float, float, float]:
        share = kink.x_atomic if pair.mirrored else 1.0 - kink.x_atomic
        return round(energy(kink), SAME_ENERGY), kink.voltage or 0.0, share

    return min(kinks, key=rank)


def _verdict(case: _Case, kinks: tuple[Kink, ...], bars: tuple[float, float]) -> InterfaceVerdict:
    """The verdict; the error bars are per atom, so energies per atom decide in every mode."""
    total = min(kink.energy_per_atom for kink in kinks)
    mutual = min(kink.mutual_energy_per_atom for kink in kinks)
    if _same_composition(case):
        return "same_composition"
    if total > -NOTHING:
        return "no_reaction"
    if total >= -bars[0]:
        return "cannot_be_told_from_stable"
    return "reacts" if mutual < -bars[1] else "self_decomposition"


def _error_bars(kinks: tuple[Kink, ...], pair: Pair) -> tuple[float, float]:
    """What the lowest total and the lowest mutual energy per atom must exceed, eV."""
    total = _lowest(kinks, pair, lambda kink: kink.energy_per_atom).energy_per_atom_sigma
    lowest = _lowest(kinks, pair, lambda kink: kink.mutual_energy_per_atom)
    mutual = lowest.mutual_energy_per_atom_sigma
    bars = (ERROR_BAR if sigma is None else TELLING * sigma for sigma in (total, mutual))
    return next(bars), next(bars)


def _same_composition(case: _Case) -> bool:
    """Whether the two differ in nothing, or in nothing but what the electrode supplies."""
    a, b = case.pair.a.formula, case.pair.b.formula
    if case.pair.ion is None:
        return a.key == b.key
    rest_a, rest_b = (without_ion(formula, case.pair.ion) for formula in (a, b))
    return bool(rest_a and rest_b and rest_a.key == rest_b.key)


def _reactant(side: Side, case: _Case) -> Reactant:
    table = case.table
    height = None
    if side.row is not None:
        height = float(heights_above_hull(table, np.array([side.row]))[0])
    ion = case.condition.ion
    return Reactant.part_of(
        stability.limits(side.formula, ion, table) if ion else Limits(),
        formula=side.formula.text,
        material_id="" if side.row is None else table.material_ids[side.row],
        energy_source=side.source,
        energy=side.energy * side.units / side.formula.atoms,
        energy_above_hull=height,
        state="" if side.row is None else table.fluids.get(side.row, ""),
    )


def _reservoir(case: _Case) -> Reservoir | None:
    """Contact of the other side with more metal than it can take up: its step at 0 V."""
    ion = case.condition.ion
    if case.condition.mode != "metal_contact" or ion is None:
        return None
    other = case.pair.b if case.pair.a.metal_electrons else case.pair.a
    request = WindowRequest(other.formula, ion, near_misses=False)
    step = stability.solve(request, case.table).steps[0]
    electrons = step.ion_change * ion.charge
    energy = (step.decomposition_energy_low + _stored(other, case.table)) * other.formula.atoms
    (sigma,) = bars_of(case.table).sigmas([_reservoir_sum(step, other, case.table)])
    return Reservoir(
        products=with_volumes(step.products, case.table),
        ion_change=step.ion_change,
        energy_per_atom=rounded(energy / other.formula.atoms),
        energy_per_atom_sigma=sigma,
        energy_per_electron=rounded(energy / electrons) if electrons > 0 else None,
        reactant=other.formula.text,
        ion=ion.symbol,
    )


def _reservoir_sum(step: Step, side: Side, table: PhaseTable) -> EnergySum:
    """The energy of a step at 0 V, eV per atom of the phase, as a sum; the metal's own is zero."""
    formed = {}
    for product in step.products:
        formula = Formula.parse(product.formula)
        row = table.find(formula)
        if row is not None:
            formed[row] = product.amount * formula.atoms / side.formula.atoms
    return add((1.0, formed), (-side.units / side.formula.atoms, side.sum))


def _stored(side: Side, table: PhaseTable) -> float:
    """By how much the energy a window counts from is above the one used, eV/atom."""
    if side.source == "phase" or (side.source == "hull" and side.row is None):
        return 0.0
    if side.row is None:
        reference = hull_mixture(side.formula, table)[0] / side.formula.atoms
    else:
        reference = float(table.energies[side.row])
    return reference - side.energy * side.units / side.formula.atoms
