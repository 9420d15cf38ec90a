"""Energies above the hull, of phases and of whole tables."""

import numpy as np

from kstab.engine.equilibrium import Floats, Integers, Problem
from kstab.engine.lockstep import sweep_potentials
from kstab.phases.table import ON_HULL, PhaseTable

_FEW = 16  # systems up to which scanning for each is quicker than sorting all phases by system


def hull_energies(table: PhaseTable, rows: Integers) -> Floats:
    """Return the hull's energy, eV/atom, at the composition of each row; shape (len(rows),).

    All phases of the table compete, the row itself included, so that the energy
    above the hull, ``table.energies[rows]`` less this, is never negative.

    >>> from kstab.chemistry.composition import Formula
    >>> energies = {"K": 0, "S": 0, "K2S": -1.2, "KS": -0.8}
    >>> phases = [(Formula.parse(name), "", energy) for name, energy in energies.items()]
    >>> table = PhaseTable.build("demo", phases, scheme="none")
    >>> row = table.find(Formula.parse("KS"))
    >>> hull_energies(table, np.array([row])).round(6).tolist()
    [-0.9]
    """
    places: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(rows.tolist()):
        places.setdefault(table.elements_of(row), []).append(place)
    problems: list[Problem] = []
    compositions: list[Floats] = []
    if len(places) <= _FEW:
        systems = [table.select(elements) for elements in places]
    else:
        systems = table.select_many([(elements, None) for elements in places])
    for system, members in zip(systems, places.values(), strict=True):
        fractions = table.fractions(rows[members], system.closed)
        problems += [system.problem] * len(members)
        compositions += list(fractions.T)
    profiles = sweep_potentials(problems, compositions)
    energies = np.empty(len(rows))
    order = np.array([place for members in places.values() for place in members], dtype=np.int64)
    # Nothing is open, so a problem has one segment and its energy is the hull's.
    energies[order[profiles.owners]] = profiles.energies
    return energies


def heights_above_hull(table: PhaseTable, rows: Integers) -> Floats:
    """Return energies above hull, eV/atom, of some rows; zero for phases on the hull.

    As stored with the table, or computed where the table was changed.
    """
    if table.above_hull is not None:
        heights: Floats = table.above_hull[rows]
    else:
        heights = table.energies[rows] - hull_energies(table, rows)
    return np.where(heights <= ON_HULL, 0.0, heights)
