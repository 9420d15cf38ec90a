"""Reactions between measured solids, the test of a scheme that hulls ask for."""

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.chemistry.roles import GROUPS, METALS, STATES, Floats, Integers

from .measured import VOLTAGE_METALS, Solids, metal_of

EXCHANGES: Final = 1000
"""So many exchange reactions are drawn from those that can be formed."""
_ONE_STATE: Final = {*GROUPS["alkali"], *GROUPS["alkaline earth"], *GROUPS["rare earth"],
                     "Al", "Zn", "Cd", "Ga"}  # fmt: skip
_REDUCERS: Final = ("Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Al")
_NON_METALS: Final = ("O", "S", "Se", "Te", "F", "Cl", "Br", "I", "N", "H", "P")
Partners = tuple[tuple[int, float], ...]


class Reaction(NamedTuple):
    """A reaction; elements, whose energy is zero, are not listed.

    Attributes:
        solids: Which solids take part.
        weights: Atoms of each per atom of the reactants, those of reactants negative.
        metals: Metals that a fit should not have seen to predict it.
    """

    solids: Integers
    weights: Floats
    metals: tuple[str, ...]


def _reaction(
    solids: Solids, index: list[int], units: list[float], metals: tuple[str, ...], atoms: float
) -> Reaction:
    """A reaction from formula units, per so many atoms."""
    weights = np.array(units) * solids.atoms[index] / atoms
    return Reaction(np.array(index), weights, metals)


def exchanges(solids: Solids) -> list[Reaction]:
    """Return reactions AX + BY -> AY + BX between solids of one metal each.

    A keeps its charge, and so does B: nothing changes but the partners.
    """
    per_atom = dict.fromkeys(METALS, 1.0)
    per_charge = {metal: float(STATES[metal][0]) for metal in METALS if metal in _ONE_STATE}
    found = [
        *_exchanges(solids, per_atom, same_charge=True),
        *_exchanges(solids, per_charge, same_charge=False),
    ]
    return sorted(found, key=lambda reaction: _draw(solids, reaction))[:EXCHANGES]


def _draw(solids: Solids, reaction: Reaction) -> str:
    text = " ".join(solids.formulas[i] for i in reaction.solids)
    return hashlib.sha256(text.encode()).hexdigest()


def _exchanges(
    solids: Solids, charge: dict[str, float], *, same_charge: bool
) -> Iterator[Reaction]:
    by_metal = _partners(solids, charge)
    for a, b in itertools.combinations(sorted(by_metal), 2):
        if not same_charge and charge[a] == charge[b]:
            continue
        for x, y in itertools.combinations(sorted(set(by_metal[a]) & set(by_metal[b])), 2):
            index = [by_metal[a][x], by_metal[b][y], by_metal[a][y], by_metal[b][x]]
            metals, signs = (a, b, a, b), (-1, -1, 1, 1)
            units = [
                sign * _per_metal(solids, solid, metal, charge)
                for sign, solid, metal in zip(signs, index, metals, strict=True)
            ]
            atoms = -float(units[:2] @ solids.atoms[index[:2]])
            yield _reaction(solids, index, units, (a, b), atoms)


def _per_metal(solids: Solids, solid: int, metal: str, charge: dict[str, float]) -> float:
    """Formula units per unit charge of a metal."""
    return float(1 / (solids.amounts[solid, ATOMIC_NUMBER[metal]] * charge[metal]))


def _partners(solids: Solids, charge: dict[str, float]) -> dict[str, dict[Partners, int]]:
    """Solids of each metal, by what they hold beside it per unit charge."""
    found: dict[str, dict[Partners, int]] = defaultdict(dict)
    for solid, metal in enumerate(metal_of(solids)):
        if metal in charge:
            per = solids.amounts[solid] * _per_metal(solids, solid, metal, charge)
            others = [z for z in np.flatnonzero(per).tolist() if z != ATOMIC_NUMBER[metal]]
            found[metal][tuple((z, round(float(per[z]), 5)) for z in others)] = solid
    return found


def reductions(solids: Solids) -> list[Reaction]:
    """Return what contact with a metal does: compound + A -> binaries of A + elements.

    Each non-metal ends in the measured binary that holds most A, nitrogen and phosphorus
    as elements where none was measured; the other metals end as elements.
    """
    return [
        reaction
        for metal in _REDUCERS
        for binaries in [_richest_binaries(solids, metal)]
        for solid in range(len(solids))
        if solid not in binaries.values()
        for reaction in _reduction(solids, solid, metal, binaries)
    ]


def _richest_binaries(solids: Solids, metal: str) -> dict[int, int]:
    """For each non-metal, by atomic number, the binary that holds most of a metal."""
    binary = (np.count_nonzero(solids.amounts, axis=1) == 2) & solids.hold(metal)
    found = {}
    for other in _NON_METALS:
        here = np.flatnonzero(binary & solids.hold(other)).tolist()
        z = ATOMIC_NUMBER[other]
        ratio = {i: float(solids.amounts[i, ATOMIC_NUMBER[metal]] / solids.amounts[i, z])
                 for i in here}  # fmt: skip
        if here:
            found[z] = max(here, key=lambda i: (ratio[i], solids.formulas[i]))
    return found


def _reduction(
    solids: Solids, solid: int, metal: str, binaries: dict[int, int]
) -> Iterator[Reaction]:
    """The reduction of one solid, if its products were measured and it takes up the metal."""
    amounts = solids.amounts[solid]
    inside = [z for x in _NON_METALS if amounts[z := ATOMIC_NUMBER[x]] > 0]
    needed = set(inside) - {ATOMIC_NUMBER["N"], ATOMIC_NUMBER["P"]}
    bound = [z for z in inside if z in binaries]
    products = [binaries[z] for z in bound]
    units = [float(amounts[z] / solids.amounts[binaries[z], z]) for z in bound]
    column = solids.amounts[:, ATOMIC_NUMBER[metal]]
    taken = float(units @ column[products] if products else 0.0) - float(column[solid])
    if inside and needed <= set(binaries) and taken > 0:
        atoms = float(solids.atoms[solid]) + taken
        yield _reaction(solids, [solid, *products], [-1.0, *units], (metal,), atoms)


def series(solids: Solids) -> list[Reaction]:
    """Return comproportionations: two solids, or a solid and an element, make a third.

    FeO + Fe2O3 -> Fe3O4, Li2O + O -> Li2O2, K2O + CrO3 -> K2CrO4. Per atom of product.
    """
    systems: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for solid, amounts in enumerate(solids.amounts):
        systems[tuple(np.flatnonzero(amounts).tolist())].append(solid)
    found = []
    for system, members in systems.items():
        pool = [i for other, inside in systems.items() if set(other) <= set(system) for i in inside]
        for solid in members:
            others = [i for i in pool if i != solid]
            found += list(_from_two(solids, solid, others))
            if len(system) == 2:
                found += list(_from_element(solids, solid, others, system))
    return found


def _from_two(solids: Solids, solid: int, others: list[int]) -> Iterator[Reaction]:
    target = solids.amounts[solid]
    for pair in itertools.combinations(others, 2):
        matrix = solids.amounts[list(pair)].T
        units = np.linalg.lstsq(matrix, target)[0]
        if (units > 1e-6).all() and np.abs(matrix @ units - target).max() < 1e-8:
            index, amounts = [solid, *pair], [1.0, *(-units).tolist()]
            yield _reaction(solids, index, amounts, (), float(solids.atoms[solid]))


def _from_element(
    solids: Solids, solid: int, others: list[int], system: tuple[int, ...]
) -> Iterator[Reaction]:
    target = solids.amounts[solid]
    for other, (added, kept) in itertools.product(others, (system, system[::-1])):
        units = float(target[kept] / solids.amounts[other, kept])
        if units * solids.amounts[other, added] < target[added] - 1e-9:
            yield _reaction(solids, [solid, other], [1.0, -units], (), float(solids.atoms[solid]))


def voltages(solids: Solids, working: Sequence[str] = VOLTAGE_METALS) -> list[Reaction]:
    """Return binaries of some metals from the elements; energies are -V per charge."""
    found = []
    for solid, amounts in enumerate(solids.amounts):
        present = set(np.flatnonzero(amounts).tolist())
        metals = [m for m in working if ATOMIC_NUMBER[m] in present]
        if len(present) == 2 and len(metals) == 1:
            charge = float(amounts[ATOMIC_NUMBER[metals[0]]]) * STATES[metals[0]][0]
            found.append(_reaction(solids, [solid], [1.0], (metals[0],), charge))
    return found
