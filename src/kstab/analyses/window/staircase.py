"""From the engine's profile, per closed atom, to steps per formula unit as typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np

from kstab.analyses.window.result import Step
from kstab.base import units
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import Ion
from kstab.engine.equilibrium import Floats, Profile
from kstab.engine.lockstep import Profiles
from kstab.phases.products import Mixtures, Product
from kstab.phases.table import PhaseTable, System

SAME_IONS: Final = 1e-9
"""Difference in ions per closed atom below which nothing was exchanged."""

NO_HEIGHT: Final = 1e-9
"""Energy above hull, eV/atom, below which it is rounding."""

NARROWEST: Final = 1e-4
"""Width, V, below which there is no window."""

MINOR_SHARE: Final = 0.02
"""Part of the ion content below which a step is minor."""


@dataclass(frozen=True)
class Target:
    """The phase in question.

    Attributes:
        formula: Its formula, as typed.
        ion: The working ion.
        row: Its row in the table; None where it is not in the data.
        closed_atoms: Atoms per formula unit that are not the ion's.
        ions: Ions per formula unit.
        energy: Formation energy, eV per formula unit; None where not in the data.
        atoms: Atoms per formula unit.
        mass: Molar mass, g/mol.
    """

    formula: Formula
    ion: Ion
    row: int | None
    closed_atoms: float
    ions: float
    energy: float | None
    atoms: float
    mass: float


def hull_energy(profile: Profile, target: Target) -> float:
    """Return the energy of the closed equilibrium, eV per formula unit.

    It is the maximum of phi(mu) + mu n over mu <= 0, taken at a breakpoint.
    """
    count = target.closed_atoms
    return count * closed_energy(profile, target.ions / count if count else 0.0)


def closed_energy(profile: Profile, ions: float) -> float:
    """Return the energy of the closed equilibrium, eV per closed atom.

    Args:
        profile: The engine's answer for the composition.
        ions: Ions per closed atom.
    """
    return max(
        energy - potential * (held - ions)
        for segment, (energy, held) in enumerate(zip(profile.energies, profile.ions, strict=True))
        for potential in profile.potentials[segment : segment + 2]
        if potential > -inf
    )


def above_hull(height: float, target: Target) -> float:
    """Return a height, eV per formula unit, as energy above hull, eV/atom.

    Rounding, below the last digit of any table, is not height.
    """
    per_atom = height / target.atoms
    return 0.0 if per_atom < NO_HEIGHT else per_atom


def height(profile: Profile, target: Target) -> float | None:
    """Return the energy above hull, eV/atom; None where the phase is not in the data."""
    if target.energy is None:
        return None
    return above_hull(target.energy - hull_energy(profile, target), target)


def window_segment(profile: Profile, target: Target) -> int | None:
    """Return the segment that exchanges no ions, if it is wide enough to be a window."""
    for segment, ions in enumerate(profile.ions):
        if abs(ions * target.closed_atoms - target.ions) <= SAME_IONS * max(target.closed_atoms, 1):
            width = profile.potentials[segment] - profile.potentials[segment + 1]
            wide = width / target.ion.charge >= NARROWEST
            return segment if wide and target.closed_atoms else None
    return None


def limits(profile: Profile, segment: int | None, ion: Ion) -> tuple[float | None, float | None]:
    """Return reduction and oxidation limit, V: the edges of the window's segment."""
    if segment is None:
        return None, None
    high, low = profile.potentials[segment : segment + 2]
    return ion.voltage(high), None if low == -inf else ion.voltage(low)


def summary(profiles: Profiles, targets: Sequence[Target]) -> tuple[Floats, Floats, Floats]:
    """Return energy above hull, reduction and oxidation limit of many targets at once.

    The same numbers as :func:`hull_energy`, :func:`window_segment` and :func:`limits`
    give one by one. Unknown energies and absent limits are nan, a limit that does not
    exist is inf.
    """
    order, starts = profiles.owners, profiles.starts
    if not len(order):
        return np.empty(0), np.empty(0), np.empty(0)
    rows_each = np.diff(np.append(starts, len(profiles.high)))
    closed, ions, charge = np.repeat(
        np.array([(t.closed_atoms, t.ions, t.ion.charge) for t in targets])[order].T,
        rows_each,
        axis=1,
    )
    change = closed * profiles.ions - ions
    bottom = np.where(np.isfinite(profiles.low), profiles.low, profiles.high)
    hull = closed * profiles.energies - np.minimum(profiles.high * change, bottom * change)
    height = np.full(len(order), np.nan)
    height[order] = np.maximum.reduceat(hull, starts)
    for i, target in enumerate(targets):
        energy = np.nan if target.energy is None else target.energy
        height[i] = above_hull(energy - float(height[i]), target)
    still = np.abs(change) <= SAME_IONS * np.maximum(closed, 1)
    reduction, oxidation = np.full((2, len(order)), np.nan)
    reduction[order] = np.minimum.reduceat(np.where(still, -profiles.high / charge, np.inf), starts)
    oxidation[order] = np.maximum.reduceat(np.where(still, -profiles.low / charge, -np.inf), starts)
    wide = (oxidation - reduction >= NARROWEST) & [target.closed_atoms > 0 for target in targets]
    return height, np.where(wide, reduction + 0.0, np.nan), np.where(wide, oxidation, np.nan)


def steps(
    profile: Profile,
    target: Target,
    system: System,
    table: PhaseTable,
    sigmas: Sequence[float | None],
) -> tuple[Step, ...]:
    """Return the staircase from 0 V upward.

    Decomposition energies count from the phase, or from the hull where it is not in the data.

    Args:
        profile: The engine's answer for the phase's composition.
        target: The phase.
        system: The phases that competed.
        table: Where they come from.
        sigmas: Standard deviation of the voltage between each two segments, V.
    """
    energy = hull_energy(profile, target) if target.energy is None else target.energy
    changes = [round(ions * target.closed_atoms - target.ions, 12) + 0.0 for ions in profile.ions]
    shares = _shares(changes, target.ions)
    voltages = [target.ion.voltage(potential) for potential in profile.potentials[:-1]]
    tied = {segment: (basis, amounts) for segment, basis, amounts in profile.ties}
    make = Mixtures(table, system.rows.tolist(), target.closed_atoms)
    staircase = []
    for k, (change, share) in enumerate(zip(changes, shares, strict=True)):
        high, low = profile.potentials[k], profile.potentials[k + 1]
        released = target.closed_atoms * profile.energies[k] - energy
        products = make(profile.bases[k], profile.amounts[k])
        other = make(*tied[k]) if k in tied else ()
        staircase.append(
            Step(
                voltage_low=voltages[k],
                voltage_low_sigma=sigmas[k - 1] if k else None,
                voltage_high=None if low == -inf else voltages[k + 1],
                ion_change=change,
                products=products,
                decomposition_energy_low=rounded((released - change * high) / target.atoms),
                decomposition_energy_high=(
                    None if low == -inf else rounded((released - change * low) / target.atoms)
                ),
                capacity_mAh_g=units.capacity(target.ion.charge * abs(change), target.mass),
                ion_share=share,
                minor=share is not None and 0 < share < MINOR_SHARE,
                tied_products=other if _differ(other, products) else (),
                reactant=target.formula.text,
                ion=target.ion.symbol,
            )
        )
    return tuple(staircase)


def beside(steps: Sequence[Step]) -> tuple[Step | None, Step | None]:
    """Return the last step that takes up ions and the first that gives some off."""
    reduction = next((step for step in reversed(steps) if step.ion_change > 0), None)
    return reduction, next((step for step in steps if step.ion_change < 0), None)


def rounded(energy: float) -> float:
    """Return an energy, eV, without rounding noise and without a sign of zero."""
    return round(energy, 12) + 0.0


def _differ(first: Sequence[Product], second: Sequence[Product]) -> bool:
    """Whether two sets of products are more than the same phases under two identifiers."""
    return [product.formula for product in first] != [product.formula for product in second]


def _shares(changes: Sequence[float], ions: float) -> list[float | None]:
    """Part of the ion content each step exchanges beyond its neighbour nearer the window."""
    if not ions:
        return [None] * len(changes)
    # Changes fall from 0 V upward; past either end nothing more happens than nothing.
    above = [*(max(change, 0.0) for change in changes[1:]), 0.0]
    below = [0.0, *(min(change, 0.0) for change in changes[:-1])]
    return [
        abs(change - (a if change > 0 else b)) / ions if change else 0.0
        for change, a, b in zip(changes, above, below, strict=True)
    ]
