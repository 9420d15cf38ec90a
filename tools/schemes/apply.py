"""Energies of a phase table under a scheme, from the stored parameters alone."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kstab.chemistry import roles
from kstab.chemistry.roles import Floats, Integers
from kstab.phases.corrections import fitted, shift_names
from kstab.phases.error_classes import class_names, classify
from kstab.phases.error_model import ErrorModel
from kstab.phases.table import PhaseTable

from . import mp2020, store

SCHEMES: Final = ("mp2020", "kstab")
_CHUNK: Final = 8192


class Parameters(NamedTuple):
    """The stored scheme ``kstab``.

    Attributes:
        names: Names of the features; shape (p,).
        values: eV per ion, atom or electron in each role; shape (p,).
        sigma: Their standard deviations, eV; shape (p,).
        correlation: As in :class:`kstab.phases.error_model.ErrorModel`.
        leftover: Error that remains in each phase, by its class, eV/atom.
    """

    names: tuple[str, ...]
    values: Floats
    sigma: Floats
    correlation: NDArray[np.int16]
    leftover: Floats

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Pairs of metal and anion that have a feature of their own."""
        own = self.names[len(roles.feature_names()) :]
        return tuple((name.split("-")[0], name.split("-")[1]) for name in own)

    @property
    def errors(self) -> ErrorModel:
        """How far the energies may be off."""
        return ErrorModel(self.pairs, self.sigma, self.correlation, self.leftover)


def parameters() -> Parameters:
    """Read the stored parameters of scheme ``kstab``."""
    path = store.FOLDER / "kstab.csv"
    values = store.column(path, "feature", "parameter")
    sigma = np.array(list(store.column(path, "feature", "sigma").values()))
    leftover = store.column(store.FOLDER / "leftover.csv", "class", "sigma")
    return Parameters(
        names=tuple(values),
        values=np.array(list(values.values())),
        sigma=sigma,
        correlation=np.load(store.FOLDER / "kstab_correlation.npy"),
        leftover=np.array([leftover[name] for name in class_names()]),
    )


def energies(scheme: str, table: PhaseTable) -> Floats:
    """Return the formation energies of all rows under one scheme.

    One table has one rule. So ``mp2020`` is the shifted energies of all rows, those
    that are known included; :func:`mp2020_known` has the others, for systems in which
    all phases are known.

    Args:
        scheme: One of :data:`SCHEMES`.
        table: Phases with their energies as published.

    Returns:
        eV/atom, rounded to 6 decimals; elements exactly as in the table; shape (N,).
    """
    if scheme == "kstab":
        return np.round(table.energies + corrections(table), 6)
    if scheme == "mp2020":
        return mp2020_shifted(table)
    raise ValueError(f"no scheme {scheme!r}, only {', '.join(SCHEMES)}")


def corrections(table: PhaseTable) -> Floats:
    """Return what scheme ``kstab`` adds to the published energies, eV/atom; shape (N,)."""
    found = parameters()
    out = np.zeros(len(table))
    for first in range(0, len(table), _CHUNK):
        rows = slice(first, first + _CHUNK)
        out[rows] = fitted(table.numbers[rows], table.amounts[rows], found.pairs, found.values)
    return out


def mp2020_known(table: PhaseTable) -> Floats:
    """Return the energies of scheme ``mp2020`` that are known; nan elsewhere; shape (N,)."""
    return np.round(mp2020.known(table), 6)


def mp2020_shifts() -> Floats:
    """Return the stored shifts of scheme ``mp2020``, eV per atom corrected."""
    shifts = store.column(store.FOLDER / "mp2020.csv", "feature", "shift")
    return np.array([shifts[name] for name in shift_names()])


def mp2020_shifted(table: PhaseTable) -> Floats:
    """Return the energies of scheme ``mp2020`` estimated by shifts, for all rows; shape (N,)."""
    shifts = store.column(store.FOLDER / "mp2020.csv", "feature", "shift")
    return np.round(mp2020.shifted(table, shifts), 6)


def error_classes(table: PhaseTable) -> Integers:
    """Return the error class of all rows, as positions in ``class_names()``; shape (N,)."""
    amounts = np.asarray(table.amounts, dtype=float)
    per_atom = roles.features(table.numbers, amounts) / amounts.sum(axis=1, keepdims=True)
    return classify(per_atom, np.count_nonzero(table.numbers, axis=1))
