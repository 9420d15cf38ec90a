"""Where two phases meet: closed, open to the working ion, or against its metal.

Energies follow Richards et al. (10.1021/acs.chemmater.5b04082) and Zhu, He and Mo
(10.1039/C5TA08574H); ``docs/interface.md`` explains total, own and mutual energies.
"""

from dataclasses import dataclass, replace
from math import inf
from typing import Final, Literal, NamedTuple

import numpy as np

from kstab.analyses import interface_doubts, stability, voltage_map
from kstab.analyses.interface_results import (
    ERROR_BAR,
    Cathode,
    EnergySource,
    InterfaceResult,
    InterfaceVerdict,
    Kink,
    Mode,
    Reactant,
    Region,
    Reservoir,
)
from kstab.analyses.pair import Kinks, Pair, Side, rounded, with_volumes
from kstab.analyses.results import WindowResult
from kstab.analyses.stability import WindowRequest, provenance
from kstab.composition import Formula
from kstab.equilibrium import sweep_mixing, sweep_potential
from kstab.errors import RequestError
from kstab.hull import heights_above_hull
from kstab.ions import CHARGES, Ion, default_ion
from kstab.ions import ion as ion_of
from kstab.phases import PhaseTable
from kstab.plane import sweep_plane

HullSides = Literal["a", "b", "both"]

NOTHING: Final = 1e-6
"""Energy, eV/atom, below which nothing reacts."""

_SAME_ENERGY: Final = 9
"""Decimals, eV, to which two energies must differ to be told apart."""


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
    """

    a: Formula
    b: Formula
    ion: Ion | None = None
    voltage: tuple[float, float] | None = None
    charged: Formula | None = None
    charged_voltage: float | None = None
    hull_energy: HullSides | None = None
    cathode: Cathode | None = None


@dataclass(frozen=True)
class _Case:
    """A request with all that is needed to solve it."""

    request: InterfaceRequest
    pair: Pair
    ion: Ion | None
    mode: Mode
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
    mode = _mode(request, ion)
    sides = {
        name: _side(formula, mode, ion, request.hull_energy in (name, "both"), table)
        for name, formula in (("a", request.a), ("b", request.b))
    }
    exchanged = ion if mode == "open" else None
    case = _Case(request, Pair(sides["a"], sides["b"], exchanged), ion, mode, table)
    result = _result(case)
    if request.charged is None:
        return result
    if ion is None:
        raise RequestError("A charged composition needs a working ion.", "Give one with --ion.")
    name, charged = _charged(request, ion, sides, mode, table)
    others = sides | {name: charged}
    cased = _Case(
        replace(request, **{name: request.charged}, charged=None, charged_voltage=None),
        Pair(others["a"], others["b"], exchanged), ion, mode, table,
    )  # fmt: skip
    return replace(result, charged=_result(cased))


def _working_ion(request: InterfaceRequest) -> Ion | None:
    """The ion that was named, or is clear, or need not be: a closed contact exchanges none."""
    if request.ion:
        return request.ion
    metals = [
        formula.elements[0]
        for formula in (request.a, request.b)
        if len(formula.elements) == 1 and formula.elements[0] in CHARGES
    ]
    try:
        return default_ion({*request.a.elements, *request.b.elements})
    except RequestError:
        if len(metals) == 1:
            return ion_of(metals[0])
        if request.voltage is None and request.charged is None:
            return None
        raise


def _mode(request: InterfaceRequest, ion: Ion | None) -> Mode:
    if request.charged_voltage is not None and request.charged is None:
        raise RequestError(
            "A mean charging voltage says nothing without the charged composition.",
            "Give --charged too.",
        )
    if request.voltage:
        low, high = request.voltage
        if not 0 <= low <= high < inf:
            raise RequestError(
                f"{low:g}:{high:g} is not a range of voltages from 0 V upward.",
                "Write one like 2.0:3.5.",
            )
    metal = ion and (ion.symbol,) in (request.a.elements, request.b.elements)
    if not metal:
        return "open" if request.voltage else "closed"
    if request.voltage not in (None, (0.0, 0.0)):
        raise RequestError(
            f"{ion.symbol if ion else ''} metal holds the contact at 0 V, so no other voltage can "
            "be applied.",
            "Leave the voltage out.",
        )
    return "metal_contact"


def _side(formula: Formula, mode: Mode, ion: Ion | None, hull: bool, table: PhaseTable) -> Side:
    row = table.find(formula)
    source: EnergySource = "hull" if hull or row is None else "phase"
    if row is None or hull:
        energy = _hull_energy(formula, table)
    else:
        energy = float(table.energies[row]) * formula.atoms
    return _in_units(formula, row, source, energy, mode, ion)


def _in_units(
    formula: Formula, row: int | None, source: EnergySource, energy: float, mode: Mode,
    ion: Ion | None,
) -> Side:  # fmt: skip
    """The side, its energy given in eV per formula unit."""
    ions = float(formula[ion.symbol]) if ion and mode == "open" else 0.0
    units = sum(
        float(amount) for symbol, amount in formula.amounts if not ions or symbol != ion.symbol
    )
    is_metal = mode == "metal_contact" and ion and formula.elements == (ion.symbol,)
    return Side(
        formula=formula,
        row=row,
        source=source,
        units=units,
        energy=energy / units,
        ions=ions / units,
        electrons=float(ion.charge) if ion and is_metal else 0.0,
    )


def _hull_energy(formula: Formula, table: PhaseTable) -> float:
    """Energy of the closed equilibrium at a composition, eV per formula unit."""
    system = table.select(formula.elements)
    composition = np.array([float(formula[symbol]) for symbol in system.closed]) / formula.atoms
    return sweep_potential(system.problem, composition).energies[0] * formula.atoms


def _charged(
    request: InterfaceRequest, ion: Ion, sides: dict[str, Side], mode: Mode, table: PhaseTable
) -> tuple[str, Side]:
    """Which reactant is the cathode, and what takes its place when charged."""
    charged = request.charged
    assert charged is not None
    found = _discharged(charged, ion, sides)
    if found is None:
        raise RequestError(
            f"{charged} is neither {request.a} nor {request.b} with less {ion.symbol}.",
            "Give the charged composition of one of the two, as K0.5CrO2 for KCrO2.",
        )
    name, multiple = found
    if request.charged_voltage is None:
        return name, _side(charged, mode, ion, request.hull_energy in (name, "both"), table)
    # E(A(1-x)M) = E(AM) + x z V, the metal's own energy being zero.
    discharged = sides[name]
    given_off = multiple * float(discharged.formula[ion.symbol]) - float(charged[ion.symbol])
    energy = multiple * discharged.energy * discharged.units
    energy += given_off * ion.charge * request.charged_voltage
    row = table.find(charged)
    return name, _in_units(charged, row, "average_voltage", energy, mode, ion)


def _discharged(charged: Formula, ion: Ion, sides: dict[str, Side]) -> tuple[str, float] | None:
    """The reactant that becomes the charged composition by losing ions, and how much of it."""
    rest = _without(charged, ion)
    for name, side in sides.items():
        other = _without(side.formula, ion)
        if rest and other and rest.key == other.key:
            multiple = rest.atoms / other.atoms
            if multiple * side.formula[ion.symbol] > charged[ion.symbol]:
                return name, multiple
    return None


def _without(formula: Formula, ion: Ion) -> Formula | None:
    """What a formula holds beside the ion."""
    rest = {symbol: amount for symbol, amount in formula.amounts if symbol != ion.symbol}
    return Formula.of(rest) if rest else None


class _Answer(NamedTuple):
    """What the engine had to say of a pair."""

    kinks: tuple[Kink, ...]
    regions: tuple[Region, ...] | None = None


def _result(case: _Case) -> InterfaceResult:
    request, pair, table = case.request, case.pair, case.table
    kinks, regions = _answer(case)
    total = _lowest(kinks, pair, mutual=False)
    mutual = _lowest(kinks, pair, mutual=True)
    voltages = (kinks[0].voltage, kinks[-1].voltage)
    ranged = voltages[0] is not None and voltages[0] != voltages[1]
    verdict = _verdict(case, total, mutual)
    result = InterfaceResult(
        a=request.a.text,
        b=request.b.text,
        ion=case.ion.symbol if case.ion else None,
        scheme=table.scheme,
        mode=case.mode,
        verdict=verdict,
        error_bar=ERROR_BAR,
        voltage=None if ranged else voltages[0],
        voltage_range=voltages if ranged else None,
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
    )
    return replace(result, warnings=interface_doubts.notices(result, pair, case.ion, table))


def _answer(case: _Case) -> _Answer:
    pair, request = case.pair, case.request
    elements = {*pair.a.formula.elements, *pair.b.formula.elements}
    system = case.table.select(elements, pair.ion.symbol if pair.ion else None)
    make = Kinks(pair, system, case.table)
    first, second = pair.compositions(system)
    if pair.ion is None or request.voltage is None:
        return _Answer(make(sweep_mixing(system.problem, first, second)))
    high, low = (0.0 - pair.ion.charge * voltage for voltage in request.voltage)
    regions, potentials = None, {high}
    if low < high:
        plane = sweep_plane(system.problem, first, second, high, low)
        survey = voltage_map.survey(pair, plane)
        regions = voltage_map.regions(pair, survey, system, case.table)
        potentials |= {low, *survey.worst_potentials()}
    mixtures = [
        make(sweep_mixing(system.problem, first, second, potential), potential)
        for potential in sorted(potentials, reverse=True)
    ]
    return _Answer(tuple(kink for kinks in mixtures for kink in kinks), regions)


def _lowest(kinks: tuple[Kink, ...], pair: Pair, *, mutual: bool) -> Kink:
    """The kink of the lowest energy; of equal ones the same, however the pair was typed."""

    def rank(kink: Kink) -> tuple[float, float, float]:
        energy = kink.mutual_headline_energy if mutual else kink.headline_energy
        share = kink.x_atomic if pair.mirrored else 1.0 - kink.x_atomic
        return round(energy, _SAME_ENERGY), kink.voltage or 0.0, share

    return min(kinks, key=rank)


def _verdict(case: _Case, total: Kink, mutual: Kink) -> InterfaceVerdict:
    if _same_composition(case):
        return "same_composition"
    if total.energy_per_atom > -NOTHING:
        return "no_reaction"
    if total.energy_per_atom >= -ERROR_BAR:
        return "cannot_be_told_from_stable"
    return "reacts" if mutual.energy_per_atom < -ERROR_BAR else "self_decomposition"


def _same_composition(case: _Case) -> bool:
    """Whether the two differ in nothing, or in nothing but what the electrode supplies."""
    a, b = case.pair.a.formula, case.pair.b.formula
    if case.pair.ion is None:
        return a.key == b.key
    rest_a, rest_b = (_without(formula, case.pair.ion) for formula in (a, b))
    return bool(rest_a and rest_b and rest_a.key == rest_b.key)


def _reactant(side: Side, case: _Case) -> Reactant:
    table = case.table
    height = None
    if side.row is not None:
        height = float(heights_above_hull(table, np.array([side.row]))[0])
    window = _window(side.formula, case) if case.ion else None
    return Reactant(
        formula=side.formula.text,
        material_id="" if side.row is None else table.material_ids[side.row],
        energy_source=side.source,
        energy=side.energy * side.units / side.formula.atoms,
        energy_above_hull=height,
        reduction_limit=window.reduction_limit if window else None,
        oxidation_limit=window.oxidation_limit if window else None,
    )


def _window(formula: Formula, case: _Case) -> WindowResult:
    return stability.solve(WindowRequest(formula, case.ion, near_misses=False), case.table)


def _reservoir(case: _Case) -> Reservoir | None:
    """Contact of the other side with more metal than it can take up: its step at 0 V."""
    if case.mode != "metal_contact" or case.ion is None:
        return None
    other = case.pair.b if case.pair.a.electrons else case.pair.a
    step = _window(other.formula, case).steps[0]
    electrons = step.ion_change * case.ion.charge
    energy = (step.decomposition_energy_low + _stored(other, case.table)) * other.formula.atoms
    return Reservoir(
        products=with_volumes(step.products, case.table),
        ion_change=step.ion_change,
        energy_per_atom=rounded(energy / other.formula.atoms),
        energy_per_electron=rounded(energy / electrons) if electrons else None,
        reactant=other.formula.text,
        ion=case.ion.symbol,
    )


def _stored(side: Side, table: PhaseTable) -> float:
    """By how much the energy a window counts from is above the one used, eV/atom."""
    if side.source == "phase" or (side.source == "hull" and side.row is None):
        return 0.0
    if side.row is None:
        reference = _hull_energy(side.formula, table) / side.formula.atoms
    else:
        reference = float(table.energies[side.row])
    return reference - side.energy * side.units / side.formula.atoms
