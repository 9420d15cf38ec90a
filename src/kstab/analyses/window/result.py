"""The frozen results of the analyses: what a report, a file or a plugin gets to see.

Field names are the keys of the JSON output, with the properties in ``written_too`` and
without the fields in ``not_written``, which repeat what the result as a whole says.
Voltages are V against the working ion's metal, energies eV, amounts per formula unit as
typed.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import Annotated, ClassVar, Final, Literal

from kstab.analyses.result import Result
from kstab.base.written import Bounds, Count, NotNegative, Share, Written
from kstab.chemistry.reaction import balance
from kstab.errors import RequestError
from kstab.findings import Assessed
from kstab.phases.notices import Notice
from kstab.phases.products import Product, gases
from kstab.phases.provenance import Provenance

Verdict = Literal["stable", "cannot_be_told_from_stable", "metastable", "not_in_data"]
TELLING: Final = 2.0
"""Standard deviations from which an energy can be told from zero."""

WindowKind = Literal["own", "hull_shifted", "hull_mixture", "none"]


@dataclass(frozen=True, eq=False, slots=True)
class Uncertainty(Written):
    """How sure a limit is, as far as energies go.

    Attributes:
        sigma: Standard deviation, V; None in a scheme without error bars.
        correction_share: Part of the limit that corrections add to the energies as
            published, may be negative; None for own entries, and for a limit of 0 V.
    """

    sigma: NotNegative | None
    correction_share: float | None


@dataclass(frozen=True, eq=False)
class Step(Written):
    """One step of the staircase: a voltage range with the same products throughout.

    Attributes:
        voltage_low: Lower edge, V.
        voltage_low_sigma: Its standard deviation, V; None at 0 V, and in a scheme without
            error bars.
        voltage_high: Upper edge, V; None where the step has no end.
        ion_change: Ions taken up (> 0) or given off (< 0) per formula unit as typed.
        products: What is in equilibrium there.
        decomposition_energy_low: Reaction energy at the lower edge, eV per atom of the
            phase, negative where decomposition releases energy.
        decomposition_energy_high: The same at the upper edge; None where there is none.
        capacity_mAh_g: Charge exchanged since the start, mAh per gram of the phase.
        ion_share: Part of the phase's ion content this step alone exchanges; None where
            the phase holds no ions.
        minor: Whether that is under 2 %.
        tied_products: Another set of products whose energy is the same within 1e-8 eV/atom;
            empty where there is none.
        reactant: The phase that reacts, as typed.
        ion: Symbol of the working ion.
    """

    voltage_low: NotNegative
    voltage_low_sigma: NotNegative | None
    voltage_high: NotNegative | None
    ion_change: float
    products: tuple[Product, ...]
    decomposition_energy_low: float
    decomposition_energy_high: float | None
    capacity_mAh_g: NotNegative  # noqa: N815 - the unit is spelt so
    ion_share: NotNegative | None
    minor: bool
    tied_products: tuple[Product, ...]
    reactant: str
    ion: str

    written_too: ClassVar = ("reaction", "gases")
    not_written: ClassVar = {"reactant": "formula", "ion": "ion"}

    @cached_property
    def reaction(self) -> str:
        """The balanced reaction, in the smallest whole coefficients where they are small."""
        return str(balance((self.reactant,), tuple(p.formula for p in self.products), self.ion))

    @cached_property
    def gases(self) -> tuple[str, ...]:
        """Products that are gases at 298 K and 1 bar."""
        return gases(self.products)


@dataclass(frozen=True, eq=False, slots=True)
class NearMiss(Written):
    """A phase slightly above the hull on which a limit depends.

    Attributes:
        formula: Formula of that phase.
        material_id: Its identifier.
        energy_above_hull: How far above the hull it is, eV/atom.
        lowered_by: By how much its energy was lowered to see what depends on it, eV/atom.
        reduction_limit: Reduction limit then, V; None where the phase in question would
            have no window any more.
        oxidation_limit: Oxidation limit then, V; None as above, or where there is none.
        keeps_window: Whether the phase in question would still have a window.
    """

    formula: str
    material_id: str
    energy_above_hull: NotNegative
    lowered_by: float
    reduction_limit: float | None
    oxidation_limit: float | None
    keeps_window: bool


@dataclass(frozen=True, eq=False, slots=True)
class HostPhase(Written):
    """The phase in the data that a doped composition is closest to, and its window.

    Attributes:
        formula: Formula of the host.
        material_id: Its identifier.
        distance: Part of the atoms by which the two compositions differ, 0 to 1.
        verdict: Whether the host is stable.
        energy_above_hull: eV/atom.
        window_kind: What kind of window the limits are.
        reduction_limit: V.
        oxidation_limit: V; None where it never oxidises by losing the ion.
        reduction_uncertainty: How sure the reduction limit is; None where it is 0 V.
        oxidation_uncertainty: How sure the oxidation limit is; None where there is none.
        warnings: What to keep in mind about that window.
    """

    formula: str
    material_id: str
    distance: Share
    verdict: Verdict
    energy_above_hull: float | None
    window_kind: WindowKind
    reduction_limit: float | None
    oxidation_limit: float | None
    reduction_uncertainty: Uncertainty | None
    oxidation_uncertainty: Uncertainty | None
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class SchemeWindow(Written):
    """The same window with the energies of another correction scheme.

    Attributes:
        scheme: Name of that scheme.
        window_kind: What kind of window the limits are there.
        energy_above_hull: eV/atom; None where the phase is not in the data.
        reduction_limit: V; None where there is no window.
        oxidation_limit: V; None where there is no window, or no upper end.
    """

    scheme: str
    window_kind: WindowKind
    energy_above_hull: NotNegative | None
    reduction_limit: NotNegative | None
    oxidation_limit: NotNegative | None


@dataclass(frozen=True, eq=False, slots=True)
class Spread(Written):
    """Where a limit lies when the energies are drawn within their errors.

    Attributes:
        percentiles: The 2.5, 16, 50, 84 and 97.5 percentiles, V, of the samples with a
            limit; empty where none has.
        samples: Number of samples that have this limit.
        same_products: Part of these in which it gives the same products, 0 to 1; None where
            there is no limit to compare with.
    """

    percentiles: Annotated[tuple[float, ...], Bounds(0, 5)]
    samples: Count
    same_products: Share | None


@dataclass(frozen=True, eq=False, slots=True)
class WindowRobustness(Written):
    """What becomes of a window when all energies are drawn within their errors.

    Attributes:
        samples: Number of samples.
        seed: Seed they were drawn with.
        phases: Number of phases that competed, those slightly above the hull included.
        stable: Part of the samples in which the phase is on the hull, 0 to 1; None where it
            is not in the data.
        against_metal: Part of the samples in which its window reaches down to 0 V, 0 to 1.
        reduction: The reduction limit.
        oxidation: The oxidation limit.
    """

    samples: Annotated[int, Bounds(2)]
    seed: int
    phases: Annotated[int, Bounds(1)]
    stable: Share | None
    against_metal: Share
    reduction: Spread
    oxidation: Spread


@dataclass(frozen=True, eq=False)
class WindowResult(Result):
    """The electrochemical stability window of a phase.

    Attributes:
        formula: The phase, as typed.
        ion: Symbol of the working ion.
        ion_charge: Its charge number z.
        scheme: Correction scheme of the energies.
        verdict: Whether the phase is stable, metastable, above the hull by no more than
            two standard deviations of that, or not in the data.
        window_kind: Whose window the limits are: the phase's own; its own with the energy
            above hull set to zero (``hull_shifted``); that of the equilibrium mixture of
            its composition (``hull_mixture``); or ``none``.
        material_id: Identifier of the phase; empty where it is not in the data.
        energy_above_hull: eV/atom; None where the phase is not in the data.
        energy_above_hull_sigma: Its standard deviation, eV/atom; None for a phase on the hull
            or not in the data, and in a scheme without error bars.
        energy_below_hull: How far a stable phase lies below the hull of all others, eV/atom;
            None for any other, for elements, and where near misses were not asked for.
        energy_below_hull_sigma: Its standard deviation, eV/atom; None as before, and in a
            scheme without error bars.
        reduction_limit: V; None with ``window_kind`` none.
        oxidation_limit: V; None with ``window_kind`` none, otherwise None means never.
        reduction_uncertainty: How sure the reduction limit is; None where it is 0 V.
        oxidation_uncertainty: How sure the oxidation limit is; None where there is none.
        width_sigma: Standard deviation of the window's width, V; None where one of the limits
            has none.
        reduction_step: The first step below the window, what reduction forms first; None
            where there is none.
        oxidation_step: The first step above the window, what oxidation forms first; None
            where there is none.
        steps: The staircase from 0 V upward.
        near_misses: Phases slightly above the hull that matter; None where not asked for.
        host: Closest phase of a composition that is not in the data; None where there is
            none, or where the composition is in the data.
        warnings: What to keep in mind.
        provenance: Where all this comes from.
        voltage_range: Range the steps were narrowed down to by :meth:`within`.
        by_scheme: The limits in the other correction schemes; empty where not compared.
        robustness: The limits with the energies drawn within their errors; None where not
            asked for.
        assessments: What plugins say of it; empty where they were not asked.
    """

    kind: ClassVar[Literal["window"]] = "window"
    offered: ClassVar = "kstab.builtin:WINDOW"
    written_too: ClassVar = ("width",)

    formula: str
    ion: str
    ion_charge: Annotated[int, Bounds(1, 3)]
    scheme: str
    verdict: Verdict
    window_kind: WindowKind
    material_id: str
    energy_above_hull: NotNegative | None
    energy_above_hull_sigma: NotNegative | None
    energy_below_hull: NotNegative | None
    energy_below_hull_sigma: NotNegative | None
    reduction_limit: NotNegative | None
    oxidation_limit: NotNegative | None
    reduction_uncertainty: Uncertainty | None
    oxidation_uncertainty: Uncertainty | None
    width_sigma: NotNegative | None
    reduction_step: Step | None
    oxidation_step: Step | None
    steps: tuple[Step, ...]
    near_misses: tuple[NearMiss, ...] | None
    host: HostPhase | None
    warnings: tuple[Notice, ...]
    provenance: Provenance
    voltage_range: tuple[float, float] | None = None
    by_scheme: tuple[SchemeWindow, ...] = ()
    robustness: WindowRobustness | None = None
    assessments: tuple[Assessed, ...] = ()

    @cached_property
    def width(self) -> float | None:
        """Width of the window, V; None where there is no window or no upper end."""
        if self.reduction_limit is None or self.oxidation_limit is None:
            return None
        return self.oxidation_limit - self.reduction_limit

    def within(self, low: float, high: float) -> "WindowResult":
        """Return the result with only the steps that reach into a voltage range.

        The limits, the steps at them, and the edges of steps stay what they are.

        Raises:
            RequestError: The range is reversed, or goes below the metal.
        """
        if not low <= high < inf:
            raise RequestError(f"{low:g}:{high:g} is not a range like 0:5.")
        if low < 0:
            raise RequestError(
                f"{low:g}:{high:g} goes below 0 V, where the metal itself would plate.",
                "Begin at 0.",
            )
        inside = tuple(
            step
            for step in self.steps
            if step.voltage_low <= high and (step.voltage_high is None or step.voltage_high >= low)
        )
        return replace(self, steps=inside, voltage_range=(low, high))
