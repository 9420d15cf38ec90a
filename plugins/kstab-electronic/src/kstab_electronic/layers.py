"""What an interphase is made of: its solid phases, their volumes and their gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Final, Protocol

from kstab.analyses.results import Product, gases
from kstab.composition import Formula
from kstab.findings import Confidence
from kstab_electronic.decision import InterphaseClass, Row, decide
from kstab_electronic.gaps import Gap, GapClass, gap_of, weakest

if TYPE_CHECKING:
    from kstab.context import Context

_QUALITY: Final[Mapping[str, Confidence]] = {"A": "high", "B": "high", "C": "medium", "D": "low"}
"""How sure a volume is: of the same structure, a near one, another polymorph, only the formula."""

_ESTIMATED: Final[Confidence] = "medium"


class Formed(Protocol):
    """A product of any analysis."""

    @property
    def formula(self) -> str:
        """Its formula."""

    @property
    def amount(self) -> float:
        """Formula units of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A solid phase of an interphase.

    Attributes:
        gap: Its band gap.
        volume: Å³, for the amount that forms; None where unknown.
        volume_confidence: How sure the volume is.
        fraction: Part of the volume of all solids; None where a volume is unknown.
    """

    gap: Gap
    volume: float | None
    volume_confidence: Confidence
    fraction: float | None

    @property
    def formula(self) -> str:
        """Formula of the phase."""
        return self.gap.formula

    @property
    def conducts(self) -> bool:
        """Whether it is leaky or metallic."""
        return self.gap.known_class in ("metallic", "leaky")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the decision table says of a layer.

    Attributes:
        interphase: Class of interphase; None where volumes are unknown.
        confidence: How sure it is, never more than the least sure gap or volume.
        row: The row that decided; None as before.
    """

    interphase: InterphaseClass | None
    confidence: Confidence
    row: Row | None


@dataclass(frozen=True, slots=True)
class Layer:
    """The solids that form together.

    Attributes:
        parts: Its phases; gases and the electrode's metal are no part of it.
    """

    parts: tuple[Part, ...]

    @property
    def fractions(self) -> dict[GapClass, float] | None:
        """Volume fraction of each class of gap; None where a volume is unknown."""
        found: dict[GapClass, float] = {}
        for part in self.parts:
            if part.fraction is None:
                return None
            found[part.gap.counts_as] = found.get(part.gap.counts_as, 0.0) + part.fraction
        return found or None

    @property
    def conducting(self) -> tuple[Part, ...]:
        """The leaky and metallic phases."""
        return tuple(part for part in self.parts if part.conducts)

    @property
    def conducting_fraction(self) -> float | None:
        """Volume fraction of the leaky and metallic phases together; None where unknown."""
        fractions = self.fractions
        if fractions is None:
            return None
        return fractions.get("metallic", 0.0) + fractions.get("leaky", 0.0)

    @property
    def metal_fraction(self) -> float:
        """Volume fraction of the metallic phases; 0 where unknown."""
        return (self.fractions or {}).get("metallic", 0.0)

    @property
    def metal_confidence(self) -> Confidence:
        """How sure it is that the metallic phases are so."""
        metals = (part for part in self.parts if part.gap.known_class == "metallic")
        return weakest(*(part.gap.confidence for part in metals))

    @property
    def volume(self) -> float | None:
        """Volume of all parts, Å³; None where one is unknown."""
        volumes = [part.volume for part in self.parts if part.volume is not None]
        return sum(volumes) if volumes and len(volumes) == len(self.parts) else None

    def verdict(self, metal_elsewhere: bool = False) -> Verdict:
        """Return what the decision table says, no surer than the least sure input."""
        fractions = self.fractions
        if fractions is None:
            return Verdict(None, "none", None)
        interphase, confidence, row = decide(fractions, metal_elsewhere)
        inputs = (each for p in self.parts for each in (p.gap.confidence, p.volume_confidence))
        return Verdict(interphase, weakest(confidence, *inputs), row)


class Layers:
    """Makes layers of products; each phase is looked up once.

    Args:
        context: Where volumes and gaps are from.
        metal: Symbol of the electrode's metal, which is no part of an interphase; or None.
    """

    def __init__(self, context: "Context", metal: str | None) -> None:
        self._context, self._metal = context, metal
        self._known: dict[str, tuple[Gap, float | None, Confidence]] = {}

    def __call__(self, products: Iterable[Formed]) -> Layer:
        """Return the layer of some products."""
        solids = [(each.formula, each.amount) for each in products if self._counts(each)]
        known = [self._phase(formula) for formula, _ in solids]
        volumes = [
            None if volume is None else volume * amount
            for (_, volume, _), (_, amount) in zip(known, solids, strict=True)
        ]
        sizes = [volume for volume in volumes if volume is not None]
        total = sum(sizes) if len(sizes) == len(volumes) else None
        return Layer(
            tuple(
                Part(gap, volume, sure, volume / total if volume and total else None)
                for (gap, _, sure), volume in zip(known, volumes, strict=True)
            )
        )

    def gap(self, formula: str) -> Gap:
        """Return the gap of a phase."""
        return self._phase(formula)[0]

    def _counts(self, product: Formed) -> bool:
        if product.formula == self._metal:
            return False
        return not gases((Product(product.formula, product.amount, ""),))

    def _phase(self, formula: str) -> tuple[Gap, float | None, Confidence]:
        if formula not in self._known:
            self._known[formula] = (gap_of(formula, self._context), *self._volume(formula))
        return self._known[formula]

    def _volume(self, formula: str) -> tuple[float | None, Confidence]:
        """Volume per formula unit, Å³, and how sure it is."""
        facts = self._context.phase(formula)
        if facts is not None and facts.volume is not None:
            return facts.volume, _QUALITY.get(facts.volume_quality, "low")
        table = self._context.table
        row, estimates = table.find(Formula.parse(formula)), table.extras.get("volume_estimated")
        if row is None or estimates is None or isnan(float(estimates[row])):
            return None, "none"
        return float(estimates[row]) * Formula.parse(table.formulas[row]).atoms, _ESTIMATED


def describe(part: Part) -> str:
    """Return a phase with its share and class, as ``30 % K3Sb (leaky, 0.39 eV)``."""
    share = ""
    if part.fraction is not None:
        share = f"{100 * part.fraction:.0f} % " if part.fraction >= 0.005 else "<1 % "
    if part.gap.text is None:
        return f"{share}{part.formula} (gap unknown)"
    return f"{share}{part.formula} ({part.gap.words}, {part.gap.text})"
