"""The analysis itself: a question and a table of phases give a frozen result."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import kstab
from kstab import Result
from kstab.findings import Assessed
from kstab.plugin_tools import Notice, Provenance, Step


@dataclass(frozen=True)
class GasReleaseRequest:
    """What is asked.

    Attributes:
        formula: The phase.
        ion: Symbol of the working ion; None for the one that a window takes.
    """

    formula: str
    ion: str | None = None


@dataclass(frozen=True, eq=False)
class GasRelease(Result):
    """Which gases a phase gives off when it is oxidised, and from which voltages on.

    Attributes:
        formula: The phase, as typed.
        ion: Symbol of the working ion.
        scheme: Correction scheme of the energies.
        steps: The steps of its staircase that give a gas and take up no ion, upward; the last
            has no end.
        warnings: What to keep in mind.
        provenance: Where all this comes from.
        assessments: What plugins say of it; empty where they were not asked.
    """

    kind: ClassVar[Literal["gas-release"]] = "gas-release"
    offered: ClassVar = "kstab_example_analysis:GAS_RELEASE"
    written_too: ClassVar = ("voltage",)

    formula: str
    ion: str
    scheme: str
    steps: tuple[Step, ...]
    warnings: tuple[Notice, ...]
    provenance: Provenance
    assessments: tuple[Assessed, ...] = ()

    @cached_property
    def voltage(self) -> float | None:
        """Lowest voltage with a gas, V against the ion's metal; None where none ever comes off."""
        return self.steps[0].voltage_low if self.steps else None


def solve(request: GasReleaseRequest, table: kstab.PhaseTable) -> GasRelease:
    """Return what gases a phase gives off.

    Raises:
        FormulaError: The formula cannot be read.
        ElementError: The table has no energy for one of the elements.
    """
    window = kstab.window(request.formula, ion=request.ion, phases=table, compare=False)
    steps = tuple(step for step in window.steps if step.gases and step.ion_change <= 0)
    return GasRelease(
        window.formula, window.ion, window.scheme, steps, window.warnings, window.provenance
    )
