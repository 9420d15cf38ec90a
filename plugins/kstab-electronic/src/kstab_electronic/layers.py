"""What an interphase is made of: its solid phases, their volumes and their gaps."""

from collections.abc import Iterable, Mapping
from math import isnan
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from kstab import Formula
from kstab.findings import Confidence
from kstab.plugin_tools import Product
from kstab_electronic.decision import LIKELY_ISOLATED, InterphaseClass, decide
from kstab_electronic.gaps import CLASSES, CONDUCTING, Gap, GapClass, gap_of, weakest

if TYPE_CHECKING:
    from kstab.context import Context, PhaseFacts

_QUALITY: Final[Mapping[str, tuple[Confidence, str]]] = {
    "A": ("high", "volume of the same structure"),
    "B": ("high", "volume of a structure near to it"),
    "C": ("medium", "volume of another polymorph"),
    "D": ("low", "volume of a structure of the same formula"),
}
"""How sure a volume is and what it is of, by the letter in the data."""

_ESTIMATED: Final[tuple[Confidence, str]] = ("medium", "estimated volume")
_UNKNOWN: Final[tuple[Confidence, str]] = ("none", "no volume is known")


_MOSTLY: Final = 0.9
"""Part of the atoms of a phase from which it is the electrode's metal with a trace of others."""

_DILUTE: Final = "almost all of it is the electrode's metal, so it may be metallic"


class Formed(Protocol):
    """A product of any analysis."""

    @property
    def formula(self) -> str:
        """Its formula."""

    @property
    def amount(self) -> float:
        """Formula units of it."""


class Part(NamedTuple):
    """A solid phase of an interphase.

    Attributes:
        gap: Its band gap.
        volume: Å³, for the amount that forms; None where unknown.
        volume_confidence: How sure the volume is.
        volume_source: What the volume is of.
        fraction: Part of the volume of all solids; None where that is unknown.
    """

    gap: Gap
    volume: float | None
    volume_confidence: Confidence
    volume_source: str
    fraction: float | None

    @property
    def formula(self) -> str:
        """Formula of the phase."""
        return self.gap.formula


class Layer(NamedTuple):
    """The solids that form together.

    Attributes:
        parts: Its phases; gases and the electrode's metal are no part of it.
    """

    parts: tuple[Part, ...]

    @property
    def fractions(self) -> dict[GapClass, float] | None:
        """Volume fraction of each class of gap; None where that takes an unknown volume.

        Where no phase conducts, or every one does, volumes matter little: all of it then
        counts as the class nearest to the limit, the least sure of those present.
        """
        found: dict[GapClass, float] = {}
        for part in self.parts:
            if part.fraction is None:
                return self._of_one_kind
            found[part.gap.counts_as] = found.get(part.gap.counts_as, 0.0) + part.fraction
        return found or None

    @property
    def _of_one_kind(self) -> dict[GapClass, float] | None:
        present = [name for name in CLASSES if any(p.gap.known_class == name for p in self.parts)]
        if not present or any(part.gap.known_class is None for part in self.parts):
            return None
        conducts = [name in CONDUCTING for name in present]
        if any(conducts) and not all(conducts):
            return None
        return {present[-1 if all(conducts) else 0]: 1.0}

    @property
    def conducting(self) -> tuple[Part, ...]:
        """The leaky and metallic phases."""
        return tuple(part for part in self.parts if part.gap.conducts)

    @property
    def conducting_fraction(self) -> float | None:
        """Volume fraction of the leaky and metallic phases together; None where unknown."""
        fractions = self.fractions
        if fractions is None:
            return None
        return fractions.get("metallic", 0.0) + fractions.get("leaky", 0.0)

    @property
    def conducting_range(self) -> tuple[float, float] | None:
        """The same without, and with, all phases whose gap may be on either side of 1 eV."""
        phi = self.conducting_fraction
        if phi is None:
            return None
        shares = [(p.gap.conducts, p.fraction or 0.0) for p in self.parts if p.gap.doubtful]
        less = sum(share for conducts, share in shares if conducts)
        more = sum(share for conducts, share in shares if not conducts)
        return max(phi - less, 0.0), min(phi + more, 1.0)

    @property
    def missing(self) -> str:
        """What is not known of it, as ``the volume of GeS2 and the gap of Sb``."""
        volumes = [part.formula for part in self.parts if part.fraction is None and not part.volume]
        gaps = [part.formula for part in self.parts if part.gap.known_class is None]
        named = (("volume", volumes), ("gap", gaps))
        return " and ".join(f"the {what} of {', '.join(whose)}" for what, whose in named if whose)

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

    def verdict(self, metal_elsewhere: bool = False) -> tuple[InterphaseClass | None, Confidence]:
        """Return the class of the decision table, and how sure it is: as the least sure input.

        The class is None where volumes that matter are unknown, or where phases whose gaps are
        unknown would percolate: nobody knows then that they block.
        """
        fractions = self.fractions
        if fractions is None:
            return None, "none"
        interphase, confidence, _ = decide(fractions, metal_elsewhere)
        unknown = sum(p.fraction or 0.0 for p in self.parts if p.gap.known_class is None)
        if interphase == "III" and unknown >= LIKELY_ISOLATED:
            return None, "none"
        gaps = (part.gap.confidence for part in self.parts)
        volumes = (part.volume_confidence for part in self.parts)
        if len(fractions) == 1:  # whatever the volumes are
            return interphase, weakest(confidence, *gaps)
        return interphase, weakest(confidence, *gaps, *volumes)


class Layers:
    """Makes layers of products; each phase is looked up once.

    Args:
        context: Where volumes and gaps are from.
        metal: Symbol of the electrode's metal, which is no part of an interphase; or None.
    """

    def __init__(self, context: "Context", metal: str | None) -> None:
        self._context, self._metal = context, metal
        self._known: dict[str, tuple[Gap, float | None, Confidence, str]] = {}

    def __call__(self, products: Iterable[Formed]) -> Layer:
        """Return the layer of some products."""
        solids = [(each.formula, each.amount) for each in products if self._counts(each)]
        known = [self._phase(formula) for formula, _ in solids]
        volumes = [
            None if volume is None else volume * amount
            for (_, volume, _, _), (_, amount) in zip(known, solids, strict=True)
        ]
        sizes = [volume for volume in volumes if volume is not None]
        total = sum(sizes) if len(sizes) == len(volumes) else None
        shares = [volume / total if volume and total else None for volume in volumes]
        if len(solids) == 1:
            shares = [1.0]
        return Layer(
            tuple(
                Part(gap, volume, sure, source, share)
                for (gap, _, sure, source), volume, share in zip(
                    known, volumes, shares, strict=True
                )
            )
        )

    def gap(self, formula: str) -> Gap:
        """Return the gap of a phase."""
        return self._phase(formula)[0]

    def _counts(self, product: Formed) -> bool:
        if product.formula == self._metal:
            return False
        return not Product(product.formula, product.amount, "").gas

    def _phase(self, formula: str) -> tuple[Gap, float | None, Confidence, str]:
        if formula not in self._known:
            facts = self._context.phase(formula)
            volume, (sure, source) = self._volume(formula, facts)
            gap = gap_of(formula, facts)
            if self._is_dilute(formula):
                gap = gap._replace(confidence="low", remark=_DILUTE)
            self._known[formula] = gap, volume, sure, source
        return self._known[formula]

    def _is_dilute(self, formula: str) -> bool:
        """Whether almost all of a compound is the electrode's metal, as of Mg149S."""
        parsed = Formula.parse(formula)
        share = float(parsed[self._metal]) / parsed.atoms if self._metal else 0.0
        return _MOSTLY < share < 1.0

    def _volume(
        self, formula: str, facts: "PhaseFacts | None"
    ) -> tuple[float | None, tuple[Confidence, str]]:
        """Volume per formula unit, Å³, how sure it is, and what it is of."""
        if facts is not None and facts.volume is not None:
            return facts.volume, _QUALITY.get(facts.volume_quality, _QUALITY["D"])
        table = self._context.table
        row, estimates = table.find(Formula.parse(formula)), table.extras.get("volume_estimated")
        if row is None or estimates is None or isnan(float(estimates[row])):
            return None, _UNKNOWN
        return float(estimates[row]) * Formula.parse(table.formulas[row]).atoms, _ESTIMATED


def describe(part: Part) -> str:
    """Return a phase with its share and class, as ``30 % K3Sb (leaky, 0.39 eV)``."""
    share = ""
    if part.fraction is not None:
        share = f"{100 * part.fraction:.0f} % " if part.fraction >= 0.005 else "<1 % "
    if part.gap.text is None:
        return f"{share}{part.formula} (gap unknown)"
    return f"{share}{part.formula} ({part.gap.words}, {part.gap.text})"
