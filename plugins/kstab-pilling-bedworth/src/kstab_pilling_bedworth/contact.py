"""Reactions with the metal, as windows and interfaces report them."""

from typing import TYPE_CHECKING, Final, NamedTuple

from kstab import Formula, WindowResult
from kstab.context import Context
from kstab.plugin_tools import TELLING, Product, Step

from kstab_pilling_bedworth.ratio import Part, has_ratio, solid

if TYPE_CHECKING:  # a window does without them
    from kstab import InterfaceResult
    from kstab.plugin_tools import Kink

NOTHING: Final = 1e-6
"""Energy, eV/atom, below which nothing reacts, as in kstab's interfaces."""

ERROR_BAR: Final = 0.05
"""Error of an energy without error bars of its own, eV/atom, as in kstab's interfaces."""


class Contact(NamedTuple):
    """A reaction with the metal.

    Attributes:
        phase: The phase that reacts.
        name: What it is called in measurements.
        ion: Symbol of the metal.
        in_data: Whether the phase is in the data; else its equilibrium stands for it.
        products: What forms.
        reactants: What it forms from, the metal included.
        energy: Reaction energy, eV per atom.
        sigma: Its standard deviation; None where unknown.
        told: Whether the energy can be told from zero; also where nothing reacts.
        per: What the atoms are of.
    """

    phase: str
    name: str
    ion: str
    in_data: bool
    products: tuple[Product, ...]
    reactants: tuple[Part, ...]
    energy: float
    sigma: float | None
    told: bool
    per: str

    @property
    def parts(self) -> list[Part]:
        """The products that are no gases."""
        return solid(self.products)

    @property
    def layer(self) -> list[Part]:
        """The products that have a ratio."""
        return [(formula, amount) for formula, amount in self.parts if has_ratio(formula, self.ion)]

    @property
    def reacts(self) -> bool:
        """Whether energy is released."""
        return self.energy < -NOTHING


def told(energy: float, sigma: float | None) -> bool:
    """Return whether an energy, eV/atom, can be told from zero; also where nothing reacts.

    >>> told(-0.1, 0.04), told(-0.1, 0.06), told(-0.04, None), told(0.0, 0.0)
    (True, False, False, True)
    """
    if energy >= -NOTHING:
        return True
    return abs(energy) > (ERROR_BAR if sigma is None else TELLING * sigma)


def at_zero_volts(result: WindowResult, context: Context) -> Contact | None:
    """Return what the first step makes against the metal; None where steps begin elsewhere."""
    if not result.steps or result.steps[0].voltage_low != 0.0:
        return None
    step = result.steps[0]
    return _with_any_amount(
        step.reactant,
        step.ion,
        in_data=result.verdict != "not_in_data",
        products=step.products,
        taken_up=step.ion_change,
        energies=(step.decomposition_energy_low, _sigma(step, context)),
    )


def _sigma(step: Step, context: Context) -> float | None:
    """Standard deviation of the energy of a step at 0 V, eV per atom of the phase.

    As an interface gives it; the metal's own is zero. None for a phase that is not in the data.
    """
    phase = Formula.parse(step.reactant)
    if context.phase(step.reactant) is None:
        return None
    weights = {
        product.formula: product.amount * Formula.parse(product.formula).atoms / phase.atoms
        for product in step.products
    }
    weights[step.reactant] = weights.get(step.reactant, 0.0) - 1.0
    return context.sigma(weights)


def at_reservoir(result: "InterfaceResult") -> Contact | None:
    """Return the contact with any amount of the metal; None where neither side is the metal."""
    found = result.reservoir
    if found is None:
        return None
    sides = (result.reactant_a, result.reactant_b)
    return _with_any_amount(
        found.reactant,
        found.ion,
        in_data=all(side.energy_above_hull is not None for side in sides),
        products=found.products,
        taken_up=found.ion_change,
        energies=(found.energy_per_atom, found.energy_per_atom_sigma),
    )


def _with_any_amount(
    phase: str,
    ion: str,
    *,
    in_data: bool,
    products: tuple[Product, ...],
    taken_up: float,
    energies: tuple[float, float | None],
) -> Contact:
    """A phase in any amount of the metal; a phase that gives ions off plates the metal."""
    plated = (Product(ion, -taken_up, ""),) if taken_up < 0 else ()
    used = ((Formula.parse(ion), taken_up),) if taken_up > 0 else ()
    return Contact(
        phase=phase,
        name=f"{phase} in any amount of {ion}",
        ion=ion,
        in_data=in_data,
        products=(*products, *plated),
        reactants=((Formula.parse(phase), 1.0), *used),
        energy=energies[0],
        sigma=energies[1],
        told=told(*energies),
        per=phase,
    )


def at_minimum(result: "InterfaceResult", contact: Contact) -> Contact | None:
    """Return the mixing ratio of the lowest energy per atom of both; None if nothing reacts."""
    kink = result.minimum_total
    if kink.energy_per_atom >= -NOTHING:
        return None
    return Contact(
        phase=contact.phase,
        name=f"{kink.reaction} (lowest energy)",
        ion=contact.ion,
        in_data=contact.in_data,
        products=kink.products,
        reactants=reactants(kink),
        energy=kink.energy_per_atom,
        sigma=kink.energy_per_atom_sigma,
        told=told(kink.energy_per_atom, kink.energy_per_atom_sigma),
        per="both",
    )


def reactants(kink: "Kink") -> tuple[Part, ...]:
    """Return what reacts at a kink, per formula unit of both together."""
    shares = ((kink.a, kink.x_molar), (kink.b, 1.0 - kink.x_molar))
    return tuple((Formula.parse(name), share) for name, share in shares if share > 0.0)
