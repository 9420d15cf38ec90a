"""The frozen results of an interface: field names are the keys of the JSON output.

``x`` is always the fraction of the first reactant as typed. Energies are eV and
negative where energy is released, voltages V against the working ion's metal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Literal

from kstab.analyses.result import Result
from kstab.analyses.window.result import Uncertainty
from kstab.base.written import Bounds, NotNegative, Share, Written
from kstab.chemistry.composition import Formula
from kstab.chemistry.reaction import Reaction, balance
from kstab.findings import Assessed
from kstab.phases.notices import Notice
from kstab.phases.products import Product, gases
from kstab.phases.provenance import Provenance

Mode = Literal["closed", "open", "metal_contact"]
EnergySource = Literal["phase", "hull", "average_voltage"]
InterfaceVerdict = Literal[
    "reacts", "cannot_be_told_from_stable", "self_decomposition", "no_reaction", "same_composition"
]

ERROR_BAR: Final = 0.05
"""Error of a reaction energy, eV/atom, in a scheme that has no error bars of its own."""

NOTHING: Final = 1e-6
"""Energy, eV/atom, below which nothing reacts."""


@dataclass(frozen=True, eq=False, slots=True)
class MixtureProduct(Product):
    """A phase that forms at a kink.

    Attributes:
        formula: Formula of the phase.
        amount: Formula units of it per formula unit of the reactants together.
        material_id: Identifier in the data set; may be empty.
        flags: What is doubtful about it, keys of :data:`kstab.phases.notices.FLAGS`.
        state: ``gas`` or ``liquid`` where the energies say so; empty for a solid.
        volume_fraction: Its part of the products' volume, 0 to 1; None where a volume is
            unknown.
    """

    volume_fraction: Share | None = None


def _open_ion(whole: Mapping[str, Any]) -> str | None:
    """The ion that a whole interface exchanges with an electrode; None if it does not."""
    ion: str | None = whole["ion"]
    return ion if whole["mode"] == "open" else None


def _beside_metal(whole: Mapping[str, Any]) -> str:
    """The reactant of a whole interface that is not the ion's metal."""
    a, b = str(whole["a"]), str(whole["b"])
    return b if Formula.parse(a).elements == (whole["ion"],) else a


@dataclass(frozen=True, eq=False)
class Kink(Written):
    """A mixing ratio at which the products change: the energy is straight in between.

    Attributes:
        x_atomic: Fraction of the first reactant, by atoms.
        x_molar: The same by formula units as typed.
        x_mass: The same by mass.
        voltage: V; None where no ion is exchanged with an electrode.
        energy_per_atom: Total reaction energy, eV per atom of both reactants.
        energy_per_atom_sigma: Its standard deviation; None in a scheme without error bars.
        mutual_energy_per_atom: The same without each reactant's own decomposition.
        mutual_energy_per_atom_sigma: Its standard deviation; None as before.
        correction_share: Part of the total energy that corrections add to the energies as
            published, may be negative; None for own entries, and where nothing reacts.
        energy_per_non_ion_atom: Total, eV per atom that is not the ion's; None where
            nothing is exchanged.
        mutual_energy_per_non_ion_atom: The same without each reactant's own decomposition.
        energy_per_electron: Total, eV per electron exchanged with the metal or the
            electrode; None where there is none.
        mutual_energy_per_electron: Mutual, eV per electron exchanged beyond what the reactants
            exchange on their own; None where there is none.
        ion_change: Ions taken up (> 0) from or given off (< 0) to the electrode, per formula
            unit of the reactants together; None where nothing is exchanged.
        products: What forms.
        a: First reactant, as typed.
        b: Second reactant, as typed.
        ion: Symbol of the open ion; None where nothing is exchanged.
    """

    x_atomic: Share
    x_molar: Share
    x_mass: Share
    voltage: NotNegative | None
    energy_per_atom: float
    energy_per_atom_sigma: NotNegative | None
    mutual_energy_per_atom: float
    mutual_energy_per_atom_sigma: NotNegative | None
    correction_share: float | None
    energy_per_non_ion_atom: float | None
    mutual_energy_per_non_ion_atom: float | None
    energy_per_electron: float | None
    mutual_energy_per_electron: float | None
    ion_change: float | None
    products: tuple[MixtureProduct, ...]
    a: str
    b: str
    ion: str | None

    written_too: ClassVar = (
        "reaction", "energy_per_reaction", "mutual_energy_per_reaction", "gases",
    )  # fmt: skip
    not_written: ClassVar = {"a": "a", "b": "b", "ion": _open_ion}

    @property
    def headline_energy(self) -> float:
        """Total energy in the normalisation of the mode: per non-ion atom where open."""
        open_energy = self.energy_per_non_ion_atom
        return self.energy_per_atom if open_energy is None else open_energy

    @property
    def mutual_headline_energy(self) -> float:
        """Mutual energy in the normalisation of the mode: per non-ion atom where open."""
        open_energy = self.mutual_energy_per_non_ion_atom
        return self.mutual_energy_per_atom if open_energy is None else open_energy

    @property
    def headline_sigma(self) -> float | None:
        """Standard deviation of :attr:`headline_energy`, eV; None where unknown."""
        return self._in_headline(self.energy_per_atom_sigma)

    @property
    def mutual_headline_sigma(self) -> float | None:
        """Standard deviation of :attr:`mutual_headline_energy`, eV; None where unknown."""
        return self._in_headline(self.mutual_energy_per_atom_sigma)

    def _in_headline(self, per_atom: float | None) -> float | None:
        """What is per atom in the normalisation of the mode."""
        if per_atom is None or self.energy_per_non_ion_atom is None or not self.ion:
            return per_atom
        shares = [(Formula.parse(name), share) for name, share in self._shares]
        atoms = sum(share * formula.atoms for formula, share in shares)
        ions = sum(share * float(formula[self.ion]) for formula, share in shares)
        return per_atom * atoms / (atoms - ions)

    @cached_property
    def reaction(self) -> str:
        """The balanced reaction, in the smallest whole coefficients where they are small."""
        return str(self._balanced)

    @cached_property
    def energy_per_reaction(self) -> float:
        """Total reaction energy, eV per reaction as written."""
        return self.energy_per_atom * self._atoms_per_reaction

    @cached_property
    def mutual_energy_per_reaction(self) -> float:
        """Mutual reaction energy, eV per reaction as written."""
        return self.mutual_energy_per_atom * self._atoms_per_reaction

    @cached_property
    def gases(self) -> tuple[str, ...]:
        """Products that are gases at 298 K and 1 bar."""
        return gases(self.products)

    @property
    def _shares(self) -> tuple[tuple[str, float], tuple[str, float]]:
        """Formula units of each reactant, of one together."""
        return (self.a, self.x_molar), (self.b, 1.0 - self.x_molar)

    @property
    def _balanced(self) -> Reaction:
        reactants = tuple((name, share) for name, share in self._shares if share > 0.0)
        try:
            names = tuple(product.formula for product in self.products)
            return balance(tuple(name for name, _ in reactants), names, self.ion)
        except ValueError:  # a trace element whose product is too little to be listed
            return Reaction(
                reactants=tuple((name, Fraction(share)) for name, share in reactants),
                ion=self.ion,
                ion_change=Fraction(self.ion_change or 0.0),
                products=tuple((p.formula, Fraction(p.amount)) for p in self.products),
            )

    @property
    def _atoms_per_reaction(self) -> float:
        atoms = sum(share * Formula.parse(name).atoms for name, share in self._shares)
        return atoms * float(self._balanced.formula_units)


@dataclass(frozen=True, eq=False, slots=True)
class Reactant(Written):
    """One side of an interface, and what is known of it.

    Attributes:
        formula: Its formula, as typed.
        material_id: Identifier of the phase; empty where it is not in the data.
        energy_source: Where its energy comes from: the ``phase`` itself, the ``hull`` at its
            composition, or the ``average_voltage`` of the cathode it is made from by charging.
        energy: The energy used, eV/atom from the elements.
        energy_above_hull: Of the phase, eV/atom; None where it is not in the data.
        reduction_limit: Lower edge of the voltages at which its equilibrium keeps its ions, V;
            None where there is none, or no working ion.
        oxidation_limit: Upper edge, V; None as before, or where it never gives off ions.
        reduction_uncertainty: How sure the lower edge is; None where it is 0 V.
        oxidation_uncertainty: How sure the upper edge is; None where there is none.
        state: ``gas`` or ``liquid`` where the energies say so; empty for a solid.
    """

    added: ClassVar[Mapping[str, Any]] = {"state": ""}

    formula: str
    material_id: str
    energy_source: EnergySource
    energy: float
    energy_above_hull: NotNegative | None
    reduction_limit: NotNegative | None
    oxidation_limit: NotNegative | None
    reduction_uncertainty: Uncertainty | None
    oxidation_uncertainty: Uncertainty | None
    state: str = ""


@dataclass(frozen=True, eq=False)
class Reservoir(Written):
    """What a phase turns into in contact with more metal than it can take up: 0 V.

    Attributes:
        products: What forms, per formula unit of the phase.
        ion_change: Ions taken up per formula unit of the phase.
        energy_per_atom: Reaction energy, eV per atom of the phase.
        energy_per_atom_sigma: Its standard deviation; None in a scheme without error bars.
        energy_per_electron: The same, eV per electron; None where no ion is taken up.
        reactant: The phase, as typed.
        ion: Symbol of the working ion.
    """

    products: tuple[MixtureProduct, ...]
    ion_change: float
    energy_per_atom: float
    energy_per_atom_sigma: NotNegative | None
    energy_per_electron: float | None
    reactant: str
    ion: str

    written_too: ClassVar = ("reaction",)
    not_written: ClassVar = {"reactant": _beside_metal, "ion": "ion"}

    @cached_property
    def reaction(self) -> str:
        """The balanced reaction."""
        names = tuple(product.formula for product in self.products)
        return str(balance((self.reactant,), names, self.ion))


@dataclass(frozen=True, eq=False, slots=True)
class RegionProduct(Written):
    """A phase that forms all over a region.

    Attributes:
        formula: Formula of the phase.
        material_id: Identifier in the data set; may be empty.
        flags: What is doubtful about it, keys of :data:`kstab.phases.notices.FLAGS`.
    """

    formula: str
    material_id: str
    flags: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Region(Written):
    """A rectangle of mixing ratio and voltage with the same products throughout.

    Attributes:
        x_low: Lower edge of the atomic fraction of the first reactant.
        x_high: Upper edge.
        voltage_low: Lower edge, V.
        voltage_high: Upper edge, V.
        products: What forms inside.
        lowest_energy_per_non_ion_atom: Lowest total energy in the region, at a corner, eV.
        lowest_mutual_energy_per_non_ion_atom: Lowest mutual energy in the region, eV.
    """

    x_low: Share
    x_high: Share
    voltage_low: NotNegative
    voltage_high: NotNegative
    products: tuple[RegionProduct, ...]
    lowest_energy_per_non_ion_atom: float
    lowest_mutual_energy_per_non_ion_atom: float


@dataclass(frozen=True, eq=False, slots=True)
class Cathode(Written):
    """A real cathode as the literature describes it.

    Attributes:
        name: What it is called.
        ion: Symbol of the working ion.
        discharged: Formula with the most ions.
        charged: Formula with the least ions reached in the cell; empty where not stated.
        voltage_low: Lower end of the practical range, V; None where not stated.
        voltage_high: Upper end, V; None where not stated.
        average_voltage: Mean voltage, V; None where not stated.
        doi: DOI of the paper it is from.
        title: Title of that paper.
        note: What to know about the figures.
    """

    name: str
    ion: str
    discharged: str
    charged: str
    voltage_low: float | None
    voltage_high: float | None
    average_voltage: float | None
    doi: str
    title: str
    note: str


@dataclass(frozen=True, eq=False, slots=True)
class SchemeInterface(Written):
    """The same interface with the energies of another correction scheme.

    Attributes:
        scheme: Name of that scheme.
        verdict: The verdict there.
        energy_per_atom: Lowest total energy, eV per atom of both reactants.
        mutual_energy_per_atom: Lowest mutual energy, eV per atom of both reactants.
        products: What forms at the lowest total energy, by formula.
    """

    scheme: str
    verdict: InterfaceVerdict
    energy_per_atom: float
    mutual_energy_per_atom: float
    products: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class EnergySpread(Written):
    """Where an energy lies when the energies of all phases are drawn within their errors.

    Attributes:
        percentiles: The 2.5, 16, 50, 84 and 97.5 percentiles, eV/atom.
    """

    percentiles: Annotated[tuple[float, ...], Bounds(0, 5)]


@dataclass(frozen=True, eq=False, slots=True)
class InterfaceRobustness(Written):
    """What becomes of an interface when all energies are drawn within their errors.

    Attributes:
        samples: Number of samples.
        seed: Seed they were drawn with.
        phases: Number of phases that competed, those slightly above the hull included.
        reacting: Part of the samples in which the contact itself (mutual) releases energy,
            0 to 1.
        same_products: Part of the samples in which the lowest total energy gives the same
            products, or still nothing reacts, 0 to 1.
        total: The lowest total energy.
        mutual: The lowest mutual energy.
    """

    samples: Annotated[int, Bounds(2)]
    seed: int
    phases: Annotated[int, Bounds(1)]
    reacting: Share
    same_products: Share
    total: EnergySpread
    mutual: EnergySpread


@dataclass(frozen=True, eq=False)
class InterfaceResult(Result):
    """What forms where two phases meet, and how much energy that releases.

    Attributes:
        a: First reactant, as typed.
        b: Second reactant, as typed.
        ion: Symbol of the working ion; None where no ion is exchanged and none is clear.
        scheme: Correction scheme of the energies.
        mode: ``closed``: nothing is exchanged; ``open``: the ion is, at a voltage or over a
            range; ``metal_contact``: one reactant is the ion's own metal.
        verdict: Whether they react, in one word.
        error_bar: Error of the lowest total energy per atom, eV, within which it cannot be
            told from zero: two standard deviations, or 0.05 in a scheme without error bars.
            None where no energy is released.
        mutual_error_bar: The same of the lowest mutual energy per atom.
        voltage: V; None where not open at one voltage.
        voltage_range: Lower and upper end, V; None where not open over a range.
        reactant_a: The first reactant in detail.
        reactant_b: The second reactant in detail.
        kinks: All mixing ratios at which the products change, rising, the pure reactants
            first and last. Over a range: at both of its ends and at the voltages of the
            two minima.
        minimum_total: The kink of the lowest total energy, per non-ion atom where open.
        minimum_mutual: The kink of the lowest mutual energy, likewise.
        self_energy_a: Energy of the first reactant's own decomposition, eV per atom of it,
            per non-ion atom where open; over a range the lowest.
        self_energy_b: The same of the second reactant.
        reservoir: Contact with any amount of the metal; None where no reactant is the metal.
        regions: Where the same products form; None where not over a range.
        charged: The same with the charged cathode; None where none was given.
        cathode: The cathode the range was taken from; None where none was.
        warnings: What to keep in mind.
        provenance: Where all this comes from.
        by_scheme: The minima in the other correction schemes; empty where not compared.
        robustness: The minima with the energies drawn within their errors; None where not
            asked for.
        assessments: What plugins say of it; empty where they were not asked.
    """

    kind: ClassVar[Literal["interface"]] = "interface"
    offered: ClassVar = "kstab.builtin:INTERFACE"

    a: str
    b: str
    ion: str | None
    scheme: str
    mode: Mode
    verdict: InterfaceVerdict
    error_bar: NotNegative | None
    mutual_error_bar: NotNegative | None
    voltage: NotNegative | None
    voltage_range: tuple[float, float] | None
    reactant_a: Reactant
    reactant_b: Reactant
    kinks: Annotated[tuple[Kink, ...], Bounds(2)]
    minimum_total: Kink
    minimum_mutual: Kink
    self_energy_a: float
    self_energy_b: float
    reservoir: Reservoir | None
    regions: tuple[Region, ...] | None
    charged: "InterfaceResult | None"
    cathode: Cathode | None
    warnings: tuple[Notice, ...]
    provenance: Provenance
    by_scheme: tuple[SchemeInterface, ...] = ()
    robustness: InterfaceRobustness | None = None
    assessments: tuple[Assessed, ...] = ()

    def kinks_at(self, voltage: float | None) -> tuple[Kink, ...]:
        """Return the kinks at one of the voltages the result holds kinks for."""
        return tuple(kink for kink in self.kinks if kink.voltage == voltage)
