"""Tables that hold the default energies against measured Gibbs energies.

``tools/make_docs.py`` writes them into ``docs/generated/free_energies.md``.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

import kstab
from doc_tables import HEADER, table
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES
from kstab.chemistry.roles import Floats
from kstab.phases.bars import bars_of

OXIDES: Final = {
    "K": ("KO2", "K2O2", "K2O"),
    "Na": ("NaO2", "Na2O2", "Na2O"),
    "Li": ("Li2O2", "Li2O"),
}
"""Oxides of a metal in the order in which they form as the voltage falls from that of oxygen."""

GASES: Final = ("CO2", "H2O", "O2", "N2")
SOLIDS: Final = ("MgO", "CaO", "ZnO", "Al2O3", "SiO2", "Na2O", "NaCl", "K2SO4", "Li", "Fe")
SIGN: Final = 1e-3
"""Energy, eV/atom, beyond which a reaction goes somewhere."""


class Decomposition(NamedTuple):
    """A solid that gives off gases, all together at 1 bar.

    Attributes:
        solid: What decomposes.
        products: What of, per formula unit of it.
        gas: Partial pressures, as ``--gas`` has them.
        observed: Lowest and highest temperature, K, of those measured.
        note: Where that is from, and what else was seen.
    """

    solid: str
    products: dict[str, float]
    gas: str
    observed: tuple[int, int]
    note: str


BOTH: Final = "H2O=0.5,CO2=0.5"
DECOMPOSITIONS: Final = (
    Decomposition(
        "K4C2H6O9", {"K2CO3": 2, "H2O": 3}, "H2O=1", (373, 423), "where it dries; recalled"
    ),
    Decomposition("KHCO3", {"K2CO3": 0.5, "H2O": 0.5, "CO2": 0.5}, BOTH, (373, 473), "recalled"),
    Decomposition("NaHCO3", {"Na2CO3": 0.5, "H2O": 0.5, "CO2": 0.5}, BOTH, (373, 390), "recalled"),
    Decomposition("Mg(OH)2", {"MgO": 1, "H2O": 1}, "H2O=1", (541, 541), "recalled"),
    Decomposition("Ca(OH)2", {"CaO": 1, "H2O": 1}, "H2O=1", (785, 785), "recalled"),
    Decomposition("MgCO3", {"MgO": 1, "CO2": 1}, "CO2=1", (623, 675), "recalled"),
    Decomposition(
        "CaCO3", {"CaO": 1, "CO2": 1}, "CO2=1", (1171, 1171), "10.1039/JR9620000464, recalled"
    ),
    Decomposition("Li2CO3", {"Li2O": 1, "CO2": 1}, "CO2=1", (1583, 1583), "molten; recalled"),
)
GRID: Final = tuple(range(320, 1960, 80))
"""Temperatures, K, between which energies are drawn as straight lines."""


class Temperature(NamedTuple):
    """Where a reaction energy is zero, K; infinite where it is not within :data:`GRID`.

    Attributes:
        middle: By the energies as they are.
        early: With all of them a standard deviation lower; so soon may it be.
        late: With all of them a standard deviation higher.
    """

    middle: float
    early: float
    late: float


def temperature(
    each: Decomposition, *, scheme: str | None = None, source: str | None = None
) -> Temperature | None:
    """Return where a solid decomposes, or nothing if an energy is missing.

    Args:
        each: The solid and its products.
        scheme: Which energies, as :func:`kstab.phase_table` has it.
        source: Likewise.
    """
    energies, sigmas = [], []
    for kelvin in GRID:
        phases = kstab.phase_table(temperature=kelvin, gas=each.gas, scheme=scheme, source=source)
        total: dict[int, float] = {}
        for name, units in ({each.solid: -1.0} | each.products).items():
            formula = Formula.parse(name)
            row = phases.find(formula)
            if row is None:
                return None
            total[row] = units * float(formula.atoms)
        energies.append(sum(weight * float(phases.energies[row]) for row, weight in total.items()))
        sigmas.append(bars_of(phases).sigmas([total])[0] or 0.0)
    values, errors = np.array(energies), np.array(sigmas)
    return Temperature(*(_zero(values + k * errors) for k in (0, -1, 1)))


def _zero(energies: Floats) -> float:
    """The temperature at which falling energies are zero."""
    return float(np.interp(0.0, -energies, GRID, left=-np.inf, right=np.inf))


def decompositions_table() -> str:
    """Return the temperatures at which solids decompose, and how far a bar moves them."""
    rows = []
    for each in DECOMPOSITIONS:
        found = (
            temperature(each, source="experimental"),
            temperature(each),
            temperature(each, scheme="legacy"),
        )
        seen = " to ".join(str(kelvin) for kelvin in dict.fromkeys(each.observed))
        rows.append((each.solid, *map(_with_bracket, found), f"{seen} ({each.note})"))
    head = ("solid", "measured energies, K", "kstab, K", "legacy, K", "observed, K")
    return table(head, rows)


def _with_bracket(found: Temperature | None) -> str:
    if found is None:
        return "–"
    middle, early, late = map(_kelvin, found)
    return middle if found.early == found.late else f"{middle} ({early} to {late})"


def _kelvin(value: float) -> str:
    if np.isinf(value):
        return f"< {GRID[0]}" if value < 0 else f"> {GRID[-1]}"
    return f"{value:.0f}"


class Binary(NamedTuple):
    """The voltage of a metal against an element, from the compound they make.

    Attributes:
        formula: The compound.
        metal: The metal.
        measured: V, from the measured Gibbs energy of formation.
        computed: V, by scheme.
        sigma: Its standard deviation in scheme ``kstab``, V.
    """

    formula: str
    metal: str
    measured: float
    computed: dict[str, float]
    sigma: float


def binaries() -> list[Binary]:
    """Return all binaries of the working ions with a measured Gibbs energy of formation."""
    measured = kstab.phase_table(source="experimental")
    tables = {name: kstab.phase_table(scheme=name) for name in ("kstab", "legacy", "mp2020")}
    found = []
    for row, name in enumerate(measured.formulas):
        formula = Formula.parse(name)
        metals = [symbol for symbol in formula.elements if symbol in CHARGES]
        known = tables["kstab"].find(formula)
        if len(formula.elements) != 2 or len(metals) != 1 or known is None:
            continue
        per_charge = -formula.atoms / (float(formula[metals[0]]) * CHARGES[metals[0]])
        computed = {name: per_charge * float(t.energies[known]) for name, t in tables.items()}
        (sigma,) = bars_of(tables["kstab"]).sigmas([{known: per_charge}])
        volts = per_charge * float(measured.energies[row])
        found.append(Binary(name, metals[0], volts, computed, sigma or 0.0))
    return found


def binaries_table() -> str:
    """Return the voltages by metal, with the mean errors and what the bars hold."""
    groups: dict[str, list[Binary]] = {}
    for each in binaries():
        groups.setdefault("all", []).append(each)
        groups.setdefault(each.metal, []).append(each)
    rows = []
    for name, group in groups.items():
        errors = (_errors(group, scheme) for scheme in group[0].computed)
        rows.append((name, str(len(group)), *errors, _held(group)))
    return table(("metal", "binaries", "kstab", "legacy", "mp2020", "inside 1σ / 2σ"), rows)


def _errors(group: list[Binary], scheme: str) -> str:
    errors = np.array([each.computed[scheme] - each.measured for each in group])
    return f"{np.abs(errors).mean():.3f} / {errors.mean():+.3f} / {np.abs(errors).max():.2f}"


def _held(group: list[Binary]) -> str:
    errors = np.array([abs(each.computed["kstab"] - each.measured) / each.sigma for each in group])
    return f"{(errors <= 1).mean():.0%} / {(errors <= 2).mean():.0%}"


def oxides_table() -> str:
    """Return the steps of oxygen with a metal, as computed and as measured."""
    return table(
        ("metal", "computed, V", "measured, V", "forms first, as observed"),
        [
            (metal, _steps(metal, ""), _steps(metal, "experimental"), " > ".join(oxides))
            for metal, oxides in OXIDES.items()
        ],
    )


def _steps(metal: str, source: str) -> str:
    result = kstab.window("O2", ion=metal, source=source or None, compare=False)
    parts = []
    for step, above in pairwise(result.steps):
        names = " + ".join(product.formula for product in step.products)
        sigma = above.voltage_low_sigma  # an edge has one bar, told where the step above begins
        bar = "" if sigma is None else f" ± {sigma:.2f}"
        parts.append(f"{names} {above.voltage_low:.2f}{bar}")
    return ", ".join(reversed(parts))


class Contact(NamedTuple):
    """A solid in a gas.

    Attributes:
        solid: The solid.
        gas: The gas.
        measured: Lowest energy, eV/atom, from measured Gibbs energies.
        computed: The same in scheme ``kstab``.
        sigma: Its standard deviation.
        missing: Products in scheme ``kstab`` of which no Gibbs energy was measured.
    """

    solid: str
    gas: str
    measured: float
    computed: float
    sigma: float
    missing: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether the sign is that of the measured energy, or undecided within two sigma."""
        same = (self.measured < -SIGN) == (self.computed < -SIGN)
        return same or abs(self.computed - self.measured) <= 2.0 * self.sigma


def contacts() -> Iterator[Contact]:
    """Yield the contacts of :data:`SOLIDS` with :data:`GASES` at 298.15 K and 1 bar."""
    table = kstab.phase_table(source="experimental")
    for solid in SOLIDS:
        for gas in GASES:
            known, ours = (
                kstab.interface(solid, gas, source=source, compare=False).minimum_total
                for source in ("experimental", None)
            )
            sigma = ours.energy_per_atom_sigma or 0.0
            missing = tuple(
                product.formula
                for product in ours.products
                if table.find(Formula.parse(product.formula)) is None
            )
            yield Contact(solid, gas, known.energy_per_atom, ours.energy_per_atom, sigma, missing)


def contacts_table() -> str:
    """Return the contacts in meV/atom, a row a solid: computed with bar, and measured."""
    found = {(each.solid, each.gas): each for each in contacts()}
    rows = [[solid, *(_cell(found[solid, gas]) for gas in GASES)] for solid in SOLIDS]
    return table(("solid", *GASES), rows)


def _cell(contact: Contact) -> str:
    ours = f"{1000 * contact.computed:.0f} ± {1000 * contact.sigma:.0f}"
    if contact.missing:
        return f"{ours} (no {', '.join(contact.missing)})"
    doubt = "" if contact.agree else " **!**"
    return f"{ours} ({1000 * contact.measured:.0f}){doubt}"


def free_energies() -> str:
    """Return all tables, as ``docs/generated/free_energies.md`` has them."""
    return "\n".join(
        [
            HEADER.strip(),
            "",
            "**Voltages of binaries from Gibbs energies, mean / signed mean / largest error, V**",
            "",
            binaries_table(),
            "**Oxygen with a metal, V**",
            "",
            oxides_table(),
            "**Solids in gases at 298.15 K and 1 bar, meV/atom: computed (measured)**",
            "",
            contacts_table(),
            "**Decomposition with gases at 1 bar together, K; in brackets one standard deviation**",
            "",
            decompositions_table(),
        ]
    )


if __name__ == "__main__":
    print(free_energies())
