"""Energies of measured solids by fits that did not see them."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kstab.chemistry.roles import METALS, Floats
from kstab.phases.error_classes import CLASSES, UNCORRECTED

from .fit import Fit, Prior, fit
from .measured import Solids
from .reactions import Reaction

FOLDS: Final = 10
Mask = NDArray[np.bool_]
Choice = Callable[[Reaction], Fit]


class HeldOut:
    """Fits of one scheme to some of the solids, each made once."""

    def __init__(self, solids: Solids, prior: Prior, further: Solids | None = None) -> None:
        """Take the solids whose errors count, further ones to fit to, and the priors."""
        self.solids = solids
        self.all = solids.joined(further) if further else solids
        self.fold = folds(self.all)
        self._prior = prior
        self._fits: dict[bytes, Fit] = {}

    def without(self, left_out: Mask) -> Fit:
        """Return the fit to the others of all solids."""
        key = np.packbits(left_out).tobytes()
        if key not in self._fits:
            seen = self.all.take(np.flatnonzero(~left_out))
            self._fits[key] = fit(seen, self._prior, start=self.of_all)
        return self._fits[key]

    @cached_property
    def of_all(self) -> Fit:
        """The fit to all solids: where the others start."""
        return fit(self.all, self._prior)

    def without_metals(self, metals: tuple[str, ...]) -> Fit:
        """Return the fit that saw no solid with any of these metals."""
        return self.without(np.any([self.all.hold(metal) for metal in metals], axis=0))

    def without_folds_of(self, index: NDArray[np.int64]) -> Fit:
        """Return the fit that saw none of the folds in which some solids are."""
        return self.without(np.isin(self.fold, self.fold[index]))

    def by_part(self, parts: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Energies of all solids and their standard deviations, eV/atom.

        Each part is predicted by a fit to the others.
        """
        energies, sigmas = np.empty(len(self.all)), np.empty(len(self.all))
        for part in np.unique(parts):
            here = parts == part
            seen, unseen = self.without(here), self.all.take(np.flatnonzero(here))
            energies[here], sigmas[here] = seen.energies(unseen), seen.sigmas(unseen)
        return energies, sigmas

    def by_metal(self) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Each metal's solids by a fit that saw none of them: positions, energies, sigmas."""
        parts = []
        for metal in METALS:
            here = np.flatnonzero(self.solids.hold(metal))
            if len(here):
                seen, unseen = self.without_metals((metal,)), self.solids.take(here)
                parts.append((here, seen.energies(unseen), seen.sigmas(unseen)))
        index, energies, sigmas = (np.concatenate(part) for part in zip(*parts, strict=True))
        return index, energies, sigmas

    def errors(self, reactions: list[Reaction], choose: Choice) -> Floats:
        """Errors of reactions, each by a fit of its own; eV in their unit."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # linear algebra runs side by side
            fits = list(pool.map(choose, reactions))
        errors = []
        for reaction, chosen in zip(reactions, fits, strict=True):
            part = self.solids.take(reaction.solids)
            errors.append(reaction.weights @ (chosen.energies(part) - part.measured))
        return np.array(errors)

    def sigmas(self, reactions: list[Reaction], choose: Choice) -> Floats:
        """Standard deviations of reactions, each by a fit of its own; eV in their unit."""
        return np.array([choose(r).sigma(r.weights, self.solids.take(r.solids)) for r in reactions])


def folds(solids: Solids) -> NDArray[np.int64]:
    """Return the fold of each solid, by the sha256 of its formula."""
    digests = [hashlib.sha256(f"fold {formula}".encode()) for formula in solids.formulas]
    return np.array([int(digest.hexdigest(), 16) % FOLDS for digest in digests])


def anion_groups(solids: Solids) -> list[str]:
    """Return what each solid is by its anion: its kind without the metal."""
    kinds = [kind.split(",")[0].split(" or ")[0] for kind in (*CLASSES, UNCORRECTED)]
    return [kinds[label % len(kinds)] for label in solids.label]


def errors_of(reactions: list[Reaction], energies: Floats, measured: Floats) -> Floats:
    """Return the errors of reactions from energies of the solids, eV in their unit."""
    return np.array([r.weights @ (energies - measured)[r.solids] for r in reactions])
