"""Identifiers of phases: one for each, in the files that are read and in what is stored."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from kstab.phases.table import reduced
from kstab.sources.importing.records import Candidate, Slot, refused
from kstab.sources.store import StoredPhase

_SAME: Final = 1e-9


def identified(slots: Iterable[Slot], stored: Iterable[StoredPhase] = ()) -> list[Slot]:
    """Return phases with identifiers of their own; one that is there twice is kept once.

    Args:
        slots: What was read.
        stored: Phases that are there already. One of the same identifier and composition may be
            replaced; one of another composition keeps its identifier.
    """
    taken = {phase.identifier: phase for phase in stored}
    first: dict[str, Candidate] = {}
    return [_one(slot, taken, first) if isinstance(slot, Candidate) else slot for slot in slots]


def _one(
    candidate: Candidate, taken: Mapping[str, StoredPhase], first: dict[str, Candidate]
) -> Slot:
    """A phase, unless what is stored or what came first has its identifier."""
    name = identifier(candidate)
    there = taken.get(name)
    if there and there.formula != reduced(candidate.formula).text:
        place = f", from {there.origin}" if there.origin else ""
        return refused(candidate, f"its identifier {name} is that of {there.formula}{place}")
    twin = first.setdefault(name, candidate)
    if twin is candidate:
        return candidate
    same = twin.formula.key == candidate.formula.key
    if same and abs(twin.energy - candidate.energy) < _SAME:
        return None
    return refused(candidate, f"its identifier {name} is that of {twin.origin}")


def identifier(candidate: Candidate) -> str:
    """Return the identifier of a phase: as given, else one that formula and energy make.

    >>> from kstab.chemistry.composition import Formula
    >>> from kstab.sources.importing.records import Location
    >>> one = Candidate(Location("a.csv"), Formula.parse("K4S2"), -1.2, "formation")
    >>> identifier(one)
    'K2S-769ee4'
    """
    if candidate.identifier:
        return candidate.identifier
    text = reduced(candidate.formula).text
    digest = hashlib.sha256(f"{text} {candidate.energy:.9f}".encode()).hexdigest()
    return f"{text}-{digest[:6]}"
