"""The frozen result of looking at a chemical system."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from kstab.analyses.result import Result
from kstab.base.written import Bounds, Count, NotNegative, Written
from kstab.phases.notices import Notice
from kstab.phases.products import Product
from kstab.phases.provenance import Provenance


@dataclass(frozen=True, eq=False, slots=True)
class SystemPhase(Written):
    """A phase of a chemical system.

    Attributes:
        formula: Formula of the phase.
        material_id: Its identifier; may be empty.
        space_group: Space group number of the structure; None where unknown.
        formation_energy: eV/atom.
        energy_above_hull: eV/atom; 0 for a stable phase.
        decomposes_to: What it decomposes into; empty for a stable phase.
        flags: What is doubtful about it, keys of :data:`kstab.phases.notices.FLAGS`.
    """

    formula: str
    material_id: str
    space_group: Annotated[int, Bounds(1, 230)] | None
    formation_energy: float
    energy_above_hull: NotNegative
    decomposes_to: tuple[Product, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SystemResult(Result):
    """The phases of a chemical system: what is stable and what nearly so.

    Attributes:
        elements: Symbols of the system.
        scheme: Correction scheme of the energies.
        threshold: Energy above hull up to which phases are listed, eV/atom.
        phases: The phases, the most stable first, then by formula.
        not_shown: Number of phases of the system further above the hull.
        warnings: What to keep in mind.
        provenance: Where all this comes from.
    """

    kind: ClassVar[Literal["system"]] = "system"
    offered: ClassVar = "kstab.builtin:SYSTEM"

    elements: Annotated[tuple[str, ...], Bounds(1)]
    scheme: str
    threshold: NotNegative
    phases: tuple[SystemPhase, ...]
    not_shown: Count
    warnings: tuple[Notice, ...]
    provenance: Provenance
