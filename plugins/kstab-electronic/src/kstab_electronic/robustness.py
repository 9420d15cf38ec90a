"""What else may form: products left out, and near misses brought onto the hull."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from kstab import Formula
from kstab.plugin_tools import NEAR, Product

if TYPE_CHECKING:
    from kstab.context import Context


class Situation(NamedTuple):
    """What reacts, and at which voltage.

    Attributes:
        amounts: Atoms of each element that is not open, per formula unit.
        elements: Symbols of all elements that may take part, the open one included.
        ion: Symbol of the open ion; None where nothing is exchanged.
        voltage: V; meaningless without an ion.
        reactants: Formulas of what reacts, which are not varied.
    """

    amounts: Mapping[str, float]
    elements: tuple[str, ...]
    ion: str | None
    voltage: float
    reactants: tuple[str, ...]


class Variant(NamedTuple):
    """The products after one change.

    Attributes:
        formula: The phase that was left out or lowered.
        removed: Whether it was left out.
        energy_above_hull: Of the phase, eV/atom; 0 for one that was left out.
        products: What forms then.
    """

    formula: str
    removed: bool
    energy_above_hull: float
    products: tuple[Product, ...]

    @property
    def change(self) -> str:
        """What was done, in words."""
        if self.removed:
            return f"without {self.formula}"
        above = 1000.0 * self.energy_above_hull
        return f"with {self.formula} ({above:.0f} meV/atom above the hull) lower by {_BAND}"


_BAND: Final = f"{1000 * NEAR:.0f} meV/atom"


def variants(
    situation: Situation, products: Iterable[str], context: "Context"
) -> Iterator[Variant]:
    """Yield the products without each product in turn, and with each near miss in turn.

    A phase exactly on the hull changes nothing, so a near miss is lowered by the whole band of
    25 meV/atom, as in the core. Elements are never left out.
    """
    amounts = situation.amounts
    voltage = situation.voltage if situation.ion else None
    fixed = {Formula.parse(reactant).key for reactant in situation.reactants}
    for name in products:
        formula = Formula.parse(name)
        if len(formula.elements) > 1 and formula.key not in fixed:
            yield Variant(name, True, 0.0, context.products(amounts, voltage, without=[name]))
    for near in context.phases(situation.elements, NEAR):
        name, height = near.formula, near.energy_above_hull
        if height > 0.0 and Formula.parse(name).key not in fixed:
            lowered = context.products(amounts, voltage, lowered=(name, NEAR))
            yield Variant(name, False, height, lowered)
