"""How good each scheme is, on solids it was not fitted to: the tables of the documentation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

import numpy as np

from kstab.chemistry.roles import Floats, Integers
from kstab.phases.corrections import shift_names

from . import mp2020, store
from .fit import Fit, Prior, prior
from .heldout import HeldOut, anion_groups, errors_of
from .measured import Solids, published
from .reactions import Reaction, exchanges, reductions, series, voltages

METALS: Final = tuple("K Na Li Rb Cs Mg Ca Ba Zn Al".split())
"""Metals with a line of their own where each is left out."""
MP2020_WIDTH: Final = 1.0
"""Prior width of the refitted shifts, eV: wide, since each is measured often."""

ANCHORED: Final = {
    "one of four": (3,),
    "two of one anion": (0, 3),
    "two of one metal": (0, 2),
    "the products": (2, 3),
}
"""Solids of an exchange AX + BY -> AY + BX that are held out while the others are measured."""


def statistics(errors: Floats) -> str:
    """Mean, median and 90th percentile of the absolute errors."""
    size = np.abs(errors)
    return f"{size.mean():.3f} / {np.median(size):.3f} / {np.percentile(size, 90):.3f}"


def coverage(errors: Floats, sigma: Floats) -> str:
    """Shares inside one and two standard deviations, and the median of these."""
    z = np.abs(errors) / sigma
    return f"{(z < 1).mean():.2f} / {(z < 2).mean():.2f} / {np.median(sigma):.3f}"


def markdown(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table with a title."""
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    rule = "| --- " + "| ---: " * (len(head) - 1) + "|"
    return "\n".join([f"**{title}**", "", f"| {' | '.join(head)} |", rule, *lines, ""])


@dataclass(frozen=True)
class Evaluation:
    """All schemes on the solids open to fitting and design; energies in eV/atom.

    Attributes:
        solids: These solids.
        further: Compounds that fits see too, whose errors have a table of their own.
    """

    solids: Solids
    further: Solids

    @cached_property
    def kstab(self) -> HeldOut:
        """Fits of scheme ``kstab``."""
        return HeldOut(self.solids, prior(), self.further)

    @cached_property
    def refitted(self) -> HeldOut:
        """Fits of the form of scheme ``mp2020``: it was itself fitted to most of the solids."""
        features = mp2020.features(published())[self.solids.rows]
        width = np.full(features.shape[1], MP2020_WIDTH)
        return HeldOut(replace(self.solids, features=features), Prior(0 * width, width))

    @cached_property
    def mp2020(self) -> tuple[Floats, Floats]:
        """Known energies of scheme ``mp2020``, nan where unknown, and shifted ones."""
        return mp2020_energies(self.solids)

    @staticmethod
    def mp2020_of(solids: Solids) -> Floats:
        """Energies of scheme ``mp2020``: known where they are."""
        known, shifted = mp2020_energies(solids)
        return np.where(np.isfinite(known), known, shifted)

    @cached_property
    def by_fold(self) -> tuple[Floats, Floats]:
        """Energies of solids by ten-fold fits of ``kstab``, and their standard deviations."""
        energies, sigmas = self.kstab.by_part(self.kstab.fold)
        return energies[: len(self.solids)], sigmas[: len(self.solids)]

    @cached_property
    def columns(self) -> dict[str, Floats]:
        """Energies of the solids by each scheme that has one number a solid."""
        return {
            "legacy": self.solids.published,
            "mp2020": self.mp2020_of(self.solids),
            "mp2020 refitted": self.refitted.by_part(self.refitted.fold)[0],
            "kstab": self.by_fold[0],
        }

    @cached_property
    def anions(self) -> tuple[list[str], Integers]:
        """Names of the anion groups, and the group of each solid, further ones last."""
        groups = anion_groups(self.kstab.all)
        names = list(dict.fromkeys(groups))
        return names, np.array([names.index(group) for group in groups])

    def solid_errors(self, scheme: str) -> Floats:
        """Errors of one of the columns."""
        return self.columns[scheme] - self.solids.measured

    def reaction_errors(self, reactions: list[Reaction]) -> dict[str, Floats]:
        """Errors of reactions by column; ``mp2020`` is known or shifted as a whole."""
        errors = {
            name: errors_of(reactions, energies, self.solids.measured)
            for name, energies in self.columns.items()
        }
        known, shifted = (errors_of(reactions, e, self.solids.measured) for e in self.mp2020)
        return errors | {"mp2020": np.where(np.isfinite(known), known, shifted)}

    @cached_property
    def exchanges(self) -> list[Reaction]:
        """Exchange reactions."""
        return exchanges(self.solids)

    @cached_property
    def reductions(self) -> list[Reaction]:
        """Reductions by a metal."""
        return reductions(self.solids)

    @cached_property
    def series(self) -> list[Reaction]:
        """Phases from their neighbours."""
        return series(self.solids)

    @cached_property
    def voltages(self) -> list[Reaction]:
        """Binaries of an alkali metal from the elements."""
        return voltages(self.solids)

    def no_metals(self, reaction: Reaction) -> Fit:
        """The fit that saw none of the metals of a reaction."""
        return self.kstab.without_metals(reaction.metals)

    def no_product(self, reaction: Reaction) -> Fit:
        """The fit that did not see the first solid of a reaction."""
        return self.kstab.without_folds_of(reaction.solids[:1])

    def no_anions(self, reaction: Reaction) -> Fit:
        """The fit that saw no solid with an anion of a reaction."""
        group = self.anions[1]
        return self.kstab.without(np.isin(group, group[reaction.solids]))

    # ------------------------------------------------------------ tables

    def formation(self) -> str:
        """Formation energies, ten-fold and with a metal left out."""
        chosen = {"all": np.ones(len(self.solids), dtype=bool)}
        chosen |= {f"of {metal}": self.solids.hold(metal) for metal in ("K", "Na", "Li")}
        rows = [
            [name, mask.sum(), *(statistics(self.solid_errors(s)[mask]) for s in self.columns)]
            for name, mask in chosen.items()
        ]
        title = "Formation energies, eV/atom; refitted and kstab by ten-fold fits"
        return markdown(title, ["solids", "number", *self.columns], rows)

    def left_out_metals(self) -> str:
        """Formation energies by fits that saw no solid of the same metal."""
        index, energies, _ = self.kstab.by_metal()
        rows = [self._left_out("each metal", index, energies)]
        for metal in METALS:
            here = np.flatnonzero(self.solids.hold(metal))
            fitted = self.kstab.without_metals((metal,)).energies(self.solids)[here]
            rows.append(self._left_out(metal, here, fitted))
        title = "Formation energies, eV/atom, by fits without the metal"
        return markdown(title, ["left out", "number", "legacy", "mp2020", "kstab"], rows)

    def left_out_anions(self) -> str:
        """Formation energies by fits that saw no solid of the same anion."""
        names, group = self.anions
        count = len(self.solids)
        energies = self.kstab.by_part(group)[0][:count]
        rows = [self._left_out("each anion", np.arange(count), energies)]
        for place, name in enumerate(names):
            here = np.flatnonzero(group[:count] == place)
            if not len(here):
                continue
            rows.append(self._left_out(name, here, energies[here]))
        title = "Formation energies, eV/atom, by fits without the anion"
        return markdown(title, ["left out", "number", "legacy", "mp2020", "kstab"], rows)

    def _left_out(self, name: str, here: Integers, energies: Floats) -> list[object]:
        others = [statistics(self.solid_errors(s)[here]) for s in ("legacy", "mp2020")]
        return [name, len(here), *others, statistics(energies - self.solids.measured[here])]

    def exchange(self) -> str:
        """Exchange reactions."""
        reactions = self.exchanges
        errors = self.reaction_errors(reactions)
        errors["kstab without both metals"] = self.kstab.errors(reactions, self.no_metals)
        errors["kstab without both anions"] = self.kstab.errors(reactions, self.no_anions)
        with_k = np.array(["K" in reaction.metals for reaction in reactions])
        rows = [[name, statistics(e), statistics(e[with_k])] for name, e in errors.items()]
        title = f"Exchange reactions AX + BY → AY + BX, {len(reactions)}, eV per atom"
        return markdown(title, ["scheme", "all", "with K"], rows)

    def anchoring(self) -> str:
        """Reactions in which the solids that were measured keep their measured energy."""
        chosen = {name: (self.exchanges, places) for name, places in ANCHORED.items()}
        chosen["a phase among its neighbours"] = (self.series, (0,))
        rows = []
        for name, (reactions, places) in chosen.items():
            parts = [
                replace_solids(r, np.array(places), self.kstab, self.solids) for r in reactions
            ]
            mixed, fitted = np.array(parts).T
            rows.append([name, statistics(mixed), statistics(fitted)])
        title = "Reactions with some solids held out, eV per atom"
        return markdown(title, ["held out", "the others as measured", "all fitted"], rows)

    def reduction(self) -> str:
        """Reduction by a metal."""
        reactions = self.reductions
        errors = self.reaction_errors(reactions)
        errors["kstab without the metal"] = self.kstab.errors(reactions, self.no_metals)
        return self._family(
            f"Reduction by Li, Na, K, Rb, Cs, Mg, Ca, Al, {len(reactions)}, eV per atom", errors
        )

    def comproportionation(self) -> str:
        """Series of phases, and ternaries from binaries."""
        reactions = self.series
        errors = self.reaction_errors(reactions)
        errors["kstab without the product"] = self.kstab.errors(reactions, self.no_product)
        return self._family(f"Phases from their neighbours, {len(reactions)}, eV per atom", errors)

    @staticmethod
    def _family(title: str, errors: dict[str, Floats]) -> str:
        rows = [[name, statistics(e)] for name, e in errors.items()]
        return markdown(title, ["scheme", "errors"], rows)

    def voltage(self) -> str:
        """Voltages of binary compounds against their metal."""
        reactions = self.voltages
        errors = self.reaction_errors(reactions)
        errors["mp2020 refitted without the metal"] = self.refitted.errors(
            reactions, lambda r: self.refitted.without_metals(r.metals)
        )
        errors["kstab without the metal"] = self.kstab.errors(reactions, self.no_metals)
        with_k = np.array(["K" in reaction.metals for reaction in reactions])
        rows = [[name, statistics(e), statistics(e[with_k])] for name, e in errors.items()]
        title = f"Voltages of binaries of Li, Na, K against metal and element, {len(reactions)}, V"
        return markdown(title, ["scheme", "all", "of K"], rows)

    def each_voltage(self) -> str:
        """Every voltage by name."""
        reactions = self.voltages
        index = np.array([reaction.solids[0] for reaction in reactions])
        weight = np.array([reaction.weights[0] for reaction in reactions])
        columns = [-weight * e[index] for e in (self.solids.measured, *self.columns.values())]
        columns.append(weight * self.by_fold[1][index])
        rows = [
            [self.solids.formulas[i], *(f"{v:.2f}" for v in values)]
            for i, *values in zip(index, *columns, strict=True)
        ]
        head = ["compound", "measured ΔH", *self.columns, "σ"]
        return markdown("Voltages, V; refitted and kstab by ten-fold fits", head, rows)

    def covered(self) -> str:
        """How often the error is inside its bar."""
        measured = self.solids.measured
        index, energies, sigmas = self.kstab.by_metal()
        rows = [
            ["formation energies, ten-fold", coverage(self.by_fold[0] - measured, self.by_fold[1])],
            ["formation energies, metal left out", coverage(energies - measured[index], sigmas)],
        ]
        families = {
            "exchange reactions, metals left out": (self.exchanges, self.no_metals),
            "reductions, metal left out": (self.reductions, self.no_metals),
            "voltages, metal left out": (self.voltages, self.no_metals),
            "phases from their neighbours, product left out": (self.series, self.no_product),
        }
        for name, (reactions, choose) in families.items():
            errors = self.kstab.errors(reactions, choose)
            rows.append([name, coverage(errors, self.kstab.sigmas(reactions, choose))])
        head = ["quantity", "inside 1σ / inside 2σ / median σ"]
        return markdown("Coverage of the bars of scheme kstab", head, rows)


def mp2020_energies(solids: Solids) -> tuple[Floats, Floats]:
    """Return the known energies of scheme ``mp2020``, nan where unknown, and the shifted ones."""
    known, shifted = _mp2020_table()
    return known[solids.rows], shifted[solids.rows]


@cache
def _mp2020_table() -> tuple[Floats, Floats]:
    table = published()
    shifts = dict(zip(shift_names(), mp2020.fit_shifts(table), strict=True))
    return mp2020.known(table), mp2020.shifted(table, shifts)


def replace_solids(
    reaction: Reaction, places: Integers, held: HeldOut, solids: Solids
) -> tuple[float, float]:
    """Errors with some solids predicted and the others measured, and with all predicted."""
    part = solids.take(reaction.solids)
    off = held.without_folds_of(reaction.solids[places]).energies(part) - part.measured
    return float(reaction.weights[places] @ off[places]), float(reaction.weights @ off)


def shift_residuals() -> str:
    """Return how well the shifts of scheme ``mp2020`` reproduce what is known of it."""
    shifts = store.column(store.FOLDER / "mp2020.csv", "feature", "shift")
    rows = [
        [r.phases, r.known, f"{r.median:.1f}", f"{r.p90:.1f}", f"{r.largest:.0f}", r.flagged]
        for r in mp2020.residuals(published(), shifts)
    ]
    head = ["phases", "known", "median", "90th percentile", "largest", "above 50"]
    return markdown("Shifted less known energies of scheme mp2020, meV/atom", head, rows)
