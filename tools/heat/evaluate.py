"""How good entropies and free energies of solids are, on solids that the fit did not see."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import ROOM
from kstab.chemistry.roles import Floats, Integers
from kstab.phases.solid_heat import SolidHeat, describe
from schemes.evaluate import ANCHORED, markdown
from schemes.heldout import FOLDS
from schemes.measured import Key, Value, gather
from schemes.measured import values as enthalpies
from schemes.reactions import Reaction, exchanges, series

from .fit import TEMPERATURES, fit, fit_volumes, free_energies
from .measured import Entropies, training, values
from .store import element_entropies

MEV: Final = 1000.0
Mask = NDArray[np.bool_]

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "of K, Na, Li": ("K", "Na", "Li"), "of K": ("K",), "of Na": ("Na",), "of Li": ("Li",),
    "with O": ("O",), "with S, Se, Te": ("S", "Se", "Te"), "with F": ("F",),
    "with Cl, Br, I": ("Cl", "Br", "I"), "with H": ("H",), "with N, P, As, Sb": ("N", "P", "As",
    "Sb"), "with Ce to Lu, Th, U": tuple("Ce Pr Nd Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Th U".split()),
    "with V to Ni": ("V", "Cr", "Mn", "Fe", "Co", "Ni"),
}  # fmt: skip
"""Solids with a line of their own, by the elements of which they hold one."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Estimates by fits that did not see the solids.

    Attributes:
        solids: The solids open to fitting and design.
    """

    solids: Entropies

    @cached_property
    def fold(self) -> Integers:
        """The fold of each solid, by the sha256 of its formula as in ``schemes.heldout``."""
        digests = [hashlib.sha256(f"fold {f.text}".encode()) for f in self.solids.formulas]
        return np.array([int(digest.hexdigest(), 16) % FOLDS for digest in digests])

    @cached_property
    def whole(self) -> SolidHeat:
        """The fit to all of them."""
        return fit(self.solids, fit_volumes())

    def without(self, left_out: Mask, *, scales: bool = False) -> SolidHeat:
        """Return the fit to the other solids, with the scales of all unless they are fitted too."""
        seen = self.solids.take(np.flatnonzero(~left_out))
        return fit(seen, self.whole.volume, None if scales else self.whole.scales)

    @cached_property
    def by_fold(self) -> list[tuple[Integers, SolidHeat]]:
        """Each fold's solids, and the fit that saw none of them, scales and all."""
        folds = [self.fold == fold for fold in range(FOLDS)]
        return [(np.flatnonzero(here), self.without(here, scales=True)) for here in folds]

    @cached_property
    def entropies(self) -> tuple[Floats, Floats]:
        """Entropies by ten-fold fits, and their standard deviations, eV/(K atom)."""
        found, sigmas = np.empty(len(self.solids)), np.empty(len(self.solids))
        for index, model in self.by_fold:
            part = self.solids.take(index)
            found[index], sigmas[index] = _estimate(model, part)
        return found, sigmas

    def without_folds_of(self, index: Integers) -> tuple[Floats, Floats]:
        """Estimates of all solids by the fit that saw none of the folds of some; eV/(K atom)."""
        left_out = np.isin(self.fold, self.fold[index])
        key = np.packbits(left_out).tobytes()
        if key not in self._estimates:
            self._estimates[key] = _estimate(self.without(left_out), self.solids)
        return self._estimates[key]

    @cached_property
    def _estimates(self) -> dict[bytes, tuple[Floats, Floats]]:
        return {}

    def free_energies(self, temperature: float) -> tuple[Floats, Floats, Floats, Floats]:
        """Errors of free energies at a temperature and their bars, eV/atom.

        Of solids whose heat capacity was measured there: with the measured entropy, and with the
        estimated one; by ten-fold fits.
        """
        rows = []
        for index, model in self.by_fold:
            true = free_energies(self.solids, temperature)[index]
            part, true = self.solids.take(index[np.isfinite(true)]), true[np.isfinite(true)]
            own = part.entropies, np.zeros(len(part))
            columns = []
            for entropies, sigmas in (own, _estimate(model, part)):
                g, bars = model.free_energies(
                    part.numbers, part.amounts, entropies, sigmas, temperature
                )
                columns += [g - true, bars]
            rows.append(columns)
        known, known_bars, both, both_bars = (np.concatenate(c) for c in zip(*rows, strict=True))
        return known, known_bars, both, both_bars


def _estimate(model: SolidHeat, solids: Entropies) -> tuple[Floats, Floats]:
    return model.entropies(solids.numbers, solids.amounts, solids.volumes)


def report() -> str:
    """Return all tables, as ``docs/generated/entropy_errors.md`` has them."""
    held = HeldOut(training())
    intro = (
        f"{len(held.solids)} measured solid compounds are open to fitting and design. Errors are "
        "mean / median / 90th percentile of the absolute values, in meV per atom.\n"
    )
    return "\n".join([intro, entropies(held), heats(held), reactions(held)])


def entropies(held: HeldOut) -> str:
    """T·S at 298.15 K."""
    solids, unit = held.solids, ROOM * MEV
    estimated, sigmas = held.entropies
    off = unit * (estimated - solids.entropies)
    formation = unit * (solids.entropies - _pure(solids))
    alone = unit * (_size_alone(held) - solids.entropies)
    handbook = np.array([values()[f.key].handbook is not None for f in solids.formulas])
    chosen = {"all": np.full(len(solids), True), "in the CRC Handbook": handbook}
    chosen |= {name: solids.hold(*symbols) for name, symbols in KINDS.items()}
    rows = [
        [name, here.sum(), statistics(formation[here]), statistics(alone[here]),
         statistics(off[here]), coverage(off[here], unit * sigmas[here])]
        for name, here in chosen.items()
    ]  # fmt: skip
    head = [
        "solids", "number", "T·ΔS of formation itself", "from volume and mass alone",
        "estimate", "inside 1σ / inside 2σ / median σ",
    ]  # fmt: skip
    return markdown("T·S at 298.15 K by ten-fold fits, meV/atom", head, rows)


def _pure(solids: Entropies) -> Floats:
    """Entropies of the elements that solids are made of, eV/(K atom)."""
    total = solids.amounts.sum(axis=1)
    pure: Floats = (element_entropies()[solids.numbers] * solids.amounts).sum(axis=1) / total
    return pure


def _size_alone(held: HeldOut) -> Floats:
    """Entropies linear in the logarithms of volume and mass, by ten-fold fits."""
    whole, found = held.whole, np.empty(len(held.solids))
    size = describe(whole.numbers, whole.amounts, whole.volumes).size
    matrix = np.hstack([np.ones((len(size), 1)), size])
    for fold in range(FOLDS):
        here = held.fold == fold
        weights = np.linalg.lstsq(matrix[~here], held.solids.entropies[~here])[0]
        found[here] = matrix[here] @ weights
    return found


def heats(held: HeldOut) -> str:
    """Free energies at other temperatures."""
    rows = []
    for temperature in TEMPERATURES:
        known, known_bars, both, both_bars = (MEV * c for c in held.free_energies(temperature))
        rows.append(
            [f"{temperature:.0f}", len(known), statistics(known), coverage(known, known_bars),
             statistics(both), coverage(both, both_bars)]
        )  # fmt: skip
    head = [
        "K", "solids", "measured entropy", "1σ / 2σ / median σ", "estimated entropy",
        "1σ / 2σ / median σ",
    ]  # fmt: skip
    title = "[H(T) − H(298.15 K)] − T·S(T) of solids by ten-fold fits, meV/atom"
    return markdown(title, head, rows)


def reactions(held: HeldOut) -> str:
    """T·ΔS of reactions in which some solids are estimated and the others measured."""
    place = {formula.key: i for i, formula in enumerate(held.solids.formulas)}
    chosen = [value for value in enthalpies() if _key(value) in place]
    solids = gather(chosen)
    rows_of = np.array([place[_key(value)] for value in chosen])
    families = {name: (exchanges(solids), places) for name, places in ANCHORED.items()}
    families["a phase among its neighbours"] = (series(solids), (0,))
    rows = []
    for name, (found, places) in families.items():
        parts = [_anchored(held, r, rows_of[r.solids], np.array(places)) for r in found]
        mixed, estimated, left_out, bars = np.array(parts).T
        errors = map(statistics, (mixed, estimated, left_out))
        rows.append([name, len(parts), *errors, coverage(estimated, bars)])
    head = [
        "held out", "reactions", "the others as measured", "all estimated", "all left out",
        "all estimated: 1σ / 2σ / median σ",
    ]  # fmt: skip
    return markdown("T·ΔS of reactions at 298.15 K, meV per atom", head, rows)


def _key(value: Value) -> Key:
    return Formula.parse(value.formula).key


def _anchored(
    held: HeldOut, reaction: Reaction, index: Integers, places: Integers
) -> tuple[float, float, float, float]:
    """Errors of a reaction: others measured, all estimated, none; and the bar of the second."""
    entropies, sigmas = held.without_folds_of(index[places])
    true, weights = held.solids.entropies, reaction.weights
    off = ROOM * MEV * (entropies - true)[index]
    own = ROOM * MEV * (true - _pure(held.solids))[index]
    bar = ROOM * MEV * float(np.sqrt(weights**2 @ sigmas[index] ** 2))
    return float(weights[places] @ off[places]), float(weights @ off), float(weights @ own), bar


def statistics(errors: Iterable[float]) -> str:
    """Mean, median and 90th percentile of the absolute errors."""
    size = np.abs(np.fromiter(errors, float))
    return f"{size.mean():.1f} / {np.median(size):.1f} / {np.percentile(size, 90):.1f}"


def coverage(errors: Floats, sigma: Floats) -> str:
    """Shares inside one and two standard deviations, and the median of these."""
    z = np.abs(errors) / sigma
    return f"{(z < 1).mean():.2f} / {(z < 2).mean():.2f} / {np.median(sigma):.1f}"
