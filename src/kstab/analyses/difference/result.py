"""The frozen result of comparing two sources of energies."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from kstab.analyses.result import Result
from kstab.base.written import Bounds, Count, NotNegative, Written
from kstab.phases.provenance import Provenance

Change = Literal["only_first", "only_second", "energy", "hull", "window"]
"""What differs, see :class:`PhaseChange`."""


@dataclass(frozen=True, eq=False, slots=True)
class PhaseInSource(Written):
    """A phase as one source has it.

    Attributes:
        material_id: Identifier in the source; may be empty.
        formation_energy: eV/atom.
        energy_above_hull: eV/atom; 0 on the hull.
        reduction_limit: V; None where the phase is not on the hull or is an element.
        oxidation_limit: V; None as above, or where there is none.
    """

    material_id: str
    formation_energy: float
    energy_above_hull: NotNegative
    reduction_limit: NotNegative | None
    oxidation_limit: NotNegative | None

    @property
    def on_hull(self) -> bool:
        """Whether the phase is on the hull."""
        return self.energy_above_hull == 0


@dataclass(frozen=True, eq=False)
class PhaseChange(Written):
    """A phase that differs between two sources.

    Attributes:
        formula: Its formula.
        changes: What differs. ``only_first`` and ``only_second``: one source alone has the phase;
            ``energy``: its formation energy; ``hull``: whether it is on the hull; ``window``: its
            limits.
        first: The phase in the first source; None if it is not there.
        second: The phase in the second source.
        because: Where its window moves, the phases that set a limit and differ too.
    """

    formula: str
    changes: Annotated[tuple[Change, ...], Bounds(1)]
    first: PhaseInSource | None
    second: PhaseInSource | None
    because: tuple[str, ...]

    written_too: ClassVar = ("energy_change",)

    @cached_property
    def energy_change(self) -> float | None:
        """Formation energy in the second less that in the first, eV/atom."""
        if self.first is None or self.second is None:
            return None
        return self.second.formation_energy - self.first.formation_energy


@dataclass(frozen=True, eq=False)
class DifferenceResult(Result):
    """What differs between two sources in a chemical system.

    Attributes:
        elements: Symbols of the system.
        ion: Symbol of the working ion that windows are against.
        first: Where the first energies come from.
        second: Where the second ones do.
        phases: What differs, by formula.
        unchanged: How many phases are in both and do not differ.
    """

    kind: ClassVar[Literal["difference"]] = "difference"
    offered: ClassVar = "kstab.builtin:DIFFERENCE"

    elements: Annotated[tuple[str, ...], Bounds(1)]
    ion: str
    first: Provenance
    second: Provenance
    phases: tuple[PhaseChange, ...]
    unchanged: Count
