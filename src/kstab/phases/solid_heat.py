"""Entropies and free energies of solids, estimated from composition and volume.

The standard entropy of a solid is that of similar solids that were measured: a Gaussian process
whose kernel says what similar means (C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for
Machine Learning, 2006, chapter 2). At other temperatures Debye's theory follows from it (P. Debye,
10.1002/andp.19123441404), with the part of each element in what that leaves out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kstab.base.units import GAS_CONSTANT, KILOJOULE_PER_EV
from kstab.chemistry.conditions import ROOM
from kstab.chemistry.elements import ATOMIC_NUMBER, MASSES
from kstab.chemistry.roles import (
    GROUPS,
    Electrons,
    Floats,
    Integers,
    feature_names,
    features,
)

BOLTZMANN: Final = GAS_CONSTANT / (1000.0 * KILOJOULE_PER_EV)
"""Boltzmann constant, eV/K."""
STEADY: Final = 1200.0
"""Temperature, K, from which the heat capacity that Debye's theory leaves out stays as it is."""

_ELEMENTS: Final = 128  # places for atomic numbers, as elsewhere
_ROLES: Final = [
    place
    for place, name in enumerate(feature_names())
    if "with U" not in name and not name.startswith("electrons of")
]
_SIZES: Final = np.array([[2.75, 0.4], [3.4, 0.5]])
"""Mean and spread of ln(Å³/atom) and of the mean ln(u) of the measured solids, rounded."""
_SAME: Final = 1.0 - 1e-9  # product of the roots of fractions: one for the same composition
_BLOCK: Final = 4096  # rows that are estimated at once, for the memory


class Scales(NamedTuple):
    """What the kernel of the entropies is made of; amplitudes in k per atom.

    Attributes:
        size: Amplitude of what is linear in the logarithms of volume and mass.
        fraction: Of what is linear in the roots of the elements' fractions.
        role: Of what is linear in the roots of the roles, see :mod:`kstab.chemistry.roles`.
        near: Of what similar solids share beyond that.
        distance: How far apart they may be in the roots of the roles and of the fractions of the
            groups of metals.
        own: What a solid has alone.
        noise: The error of a measurement.
    """

    size: float
    fraction: float
    role: float
    near: float
    distance: float
    own: float
    noise: float


class Description(NamedTuple):
    """What the entropies of solids depend on, one row each; all without unit."""

    size: Floats
    fraction: Floats
    role: Floats
    group: Floats

    def take(self, index: Integers | slice) -> "Description":
        """Return the description of some of the solids."""
        return Description(*(column[index] for column in self))


def describe(numbers: ArrayLike, amounts: ArrayLike, volumes: ArrayLike) -> Description:
    """Return what the entropies of solids depend on.

    Args:
        numbers: Atomic numbers of each solid's elements, padded with 0; shape (n, k).
        amounts: Atoms of each of them per formula unit; shape (n, k).
        volumes: Å³/atom; shape (n,).
    """
    z, atoms = np.asarray(numbers, dtype=np.int64), np.asarray(amounts, dtype=float)
    total = atoms.sum(axis=1, keepdims=True)
    fractions = spread_elements(z, atoms / total)
    masses = fractions @ _log_masses()
    size = np.stack([np.log(np.asarray(volumes, dtype=float)), masses], axis=1)
    return Description(
        size=(size - _SIZES[:, 0]) / _SIZES[:, 1],
        fraction=np.sqrt(fractions),
        role=np.sqrt(features(z, atoms)[:, _ROLES] / total),
        group=np.sqrt(fractions @ _group_members()),
    )


def covariance(scales: Scales, one: Description, other: Description) -> Floats:
    """Return the prior covariance of entropies, k² per atom².

    Args:
        scales: Amplitudes and distances.
        one: n solids.
        other: m solids.

    Returns:
        Shape (n, m).
    """
    size, fraction, role, group = (a @ b.T for a, b in zip(one, other, strict=True))
    apart = _distance(one.role, other.role, role) + _distance(one.group, other.group, group)
    total: Floats = scales.size**2 * size + scales.fraction**2 * fraction + scales.role**2 * role
    total += scales.near**2 * np.exp(-apart / (2.0 * scales.distance**2))
    total[fraction > _SAME] += scales.own**2
    return total


def _distance(one: Floats, other: Floats, product: Floats) -> Floats:
    """Squared distances of rows."""
    squares: Floats = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2.0 * product
    return np.maximum(squares, 0.0)


@dataclass(frozen=True, eq=False)
class Volumes:
    """A model of the volume per atom of a compound from its composition.

    Its logarithm is linear in the fractions of the elements and in the electrons that each of them
    gives and takes.

    Attributes:
        offset: The logarithm where nothing else counts.
        fraction: What an atom adds, by atomic number; shape (128,).
        given: What an electron adds that it gives; shape (128,).
        taken: What an electron adds that it takes; shape (128,).
        sigma: Standard deviation of a volume, relative to it.
    """

    offset: float
    fraction: Floats
    given: Floats
    taken: Floats
    sigma: float

    def estimate(self, numbers: ArrayLike, amounts: ArrayLike) -> Floats:
        """Return volumes, Å³/atom, of compositions given as in :func:`describe`; shape (n,)."""
        columns = volume_features(numbers, amounts)
        weights = np.concatenate([self.fraction, self.given, self.taken])
        volumes: Floats = np.exp(self.offset + columns @ weights)
        return volumes


def volume_features(numbers: ArrayLike, amounts: ArrayLike) -> Floats:
    """Return fractions, and electrons given and taken per atom, by element; shape (n, 3 x 128)."""
    z, atoms = np.asarray(numbers, dtype=np.int64), np.asarray(amounts, dtype=float)
    total = atoms.sum(axis=1, keepdims=True)
    electrons = Electrons.deal(z, atoms)
    taken = np.zeros((len(z), _ELEMENTS))
    for taker, (rows, gift) in electrons.gifts.items():
        taken[rows, ATOMIC_NUMBER[taker]] = gift.sum(axis=1) / total[rows, 0]
    fractions, given = (spread_elements(z, part / total) for part in (atoms, electrons.spent))
    return np.hstack([fractions, given, taken])


@dataclass(frozen=True, eq=False)
class SolidHeat:
    """Entropies and heat capacities of solids, as fitted to measured ones.

    Attributes:
        numbers: Atomic numbers of each measured solid's elements, padded with 0; shape (m, k).
        amounts: Atoms of each of them per formula unit; shape (m, k).
        volumes: Å³/atom; shape (m,).
        measured: Their entropies at 298.15 K, eV/(K atom); shape (m,).
        scales: The kernel.
        volume: Volumes of solids of which none is known.
        capacity: What the heat capacity has beyond Debye's theory by atomic number: a constant,
            k per atom, and what it rises by from 298.15 K on, k per atom and 1000 K; shape
            (128, 2).
        capacity_sigma: Standard deviation of a heat capacity, k per atom.
    """

    numbers: NDArray[np.uint8]
    amounts: Floats
    volumes: Floats
    measured: Floats
    scales: Scales
    volume: Volumes
    capacity: Floats
    capacity_sigma: float

    def entropies(
        self, numbers: ArrayLike, amounts: ArrayLike, volumes: ArrayLike
    ) -> tuple[Floats, Floats]:
        """Return the standard entropies of solid compounds at 298.15 K, and how sure they are.

        Args:
            numbers: Atomic numbers of each solid's elements, padded with 0; shape (n, k).
            amounts: Atoms of each of them per formula unit; shape (n, k).
            volumes: Å³/atom, nan where unknown; shape (n,).

        Returns:
            Entropies and their standard deviations, eV/(K atom); shape (n,) each.
        """
        z, atoms = np.asarray(numbers), np.asarray(amounts, dtype=float)
        known = np.array(volumes, dtype=float)
        missing = ~np.isfinite(known)
        known[missing] = self.volume.estimate(z[missing], atoms[missing])
        means, sigmas = self._entropies(z, atoms, known)
        if missing.any():
            larger = known[missing] * (1.0 + self.volume.sigma)
            off, _ = self._entropies(z[missing], atoms[missing], larger)
            sigmas[missing] = np.hypot(sigmas[missing], off - means[missing])
        return means, sigmas

    def _entropies(
        self, numbers: Integers, amounts: Floats, volumes: Floats
    ) -> tuple[Floats, Floats]:
        """Posterior mean and standard deviation, eV/(K atom), block by block."""
        blocks = [
            self._posterior_of(describe(numbers[here], amounts[here], volumes[here]))
            for here in _blocks(len(numbers))
        ]
        means, sigmas = (np.concatenate(part) for part in zip(*blocks, strict=True))
        return means, sigmas

    def _posterior_of(self, solids: Description) -> tuple[Floats, Floats]:
        """Posterior mean and standard deviation, eV/(K atom)."""
        similar, lower, weights = self._posterior
        between = covariance(self.scales, solids, similar)
        means = self._mean + between @ weights
        explained = np.linalg.solve(lower, between.T)
        variance = _variance(self.scales, solids) - (explained**2).sum(axis=0)
        return BOLTZMANN * means, BOLTZMANN * np.sqrt(np.maximum(variance, 0.0))

    @property
    def _mean(self) -> float:
        return float(self.measured.mean()) / BOLTZMANN

    @cached_property
    def _posterior(self) -> tuple[Description, Floats, Floats]:
        """The measured solids, the Cholesky factor of their covariance, and their weights."""
        solids = describe(self.numbers, self.amounts, self.volumes)
        matrix = covariance(self.scales, solids, solids)
        matrix += self.scales.noise**2 * np.eye(len(matrix))
        off = self.measured / BOLTZMANN - self._mean
        lower, weights = np.linalg.cholesky(matrix), np.linalg.solve(matrix, off)
        return solids, np.asarray(lower, dtype=float), np.asarray(weights, dtype=float)

    def free_energies(
        self,
        numbers: ArrayLike,
        amounts: ArrayLike,
        entropies: ArrayLike,
        sigmas: ArrayLike,
        temperature: float,
    ) -> tuple[Floats, Floats]:
        """Return g = [H(T) - H(298.15 K)] - T S(T) of solids, and how sure that is.

        Args:
            numbers: Atomic numbers of each solid's elements, padded with 0; shape (n, k).
            amounts: Atoms of each of them per formula unit; shape (n, k).
            entropies: At 298.15 K, eV/(K atom); shape (n,).
            sigmas: Their standard deviations; shape (n,).
            temperature: K.

        Returns:
            Energies and their standard deviations, eV/atom; shape (n,) each. The latter hold the
            error of the entropy and, growing away from 298.15 K, that of the heat capacity.
        """
        level, slope = debye_free_energies(np.asarray(entropies, dtype=float), temperature)
        constant, rising = heated(temperature)
        weights = BOLTZMANN * (self.capacity @ np.array([constant, rising]))
        atoms = np.asarray(amounts)
        excess = np.einsum("ij,ij->i", weights[np.asarray(numbers)], atoms) / atoms.sum(axis=1)
        own = BOLTZMANN * self.capacity_sigma * constant
        return level + excess, np.hypot(slope * np.asarray(sigmas), own)


def debye_ratio(entropies: ArrayLike) -> Floats:
    """Return Debye temperature over temperature from the entropy at that temperature.

    Args:
        entropies: eV/(K atom).

    >>> float(debye_ratio(4.0 * BOLTZMANN).round(3))  # nearly exp(4/3 - 4/3)
    1.026
    """
    x, _, entropy, _ = _debye()
    found: Floats = np.interp(np.asarray(entropies) / (3.0 * BOLTZMANN), entropy[::-1], x[::-1])
    return found


def debye_heat_capacity(ratios: ArrayLike) -> Floats:
    """Return the heat capacity at constant volume by Debye's theory, k per atom.

    Args:
        ratios: Debye temperature over temperature.

    >>> debye_heat_capacity([0.01, 1.0]).round(2)
    array([3.  , 2.86])
    """
    x, _, _, capacity = _debye()
    found: Floats = 3.0 * np.interp(np.asarray(ratios, dtype=float), x, capacity)
    return found


def debye_free_energies(entropies: Floats, temperature: float) -> tuple[Floats, Floats]:
    """Return free energies by Debye's theory, and how they fall with the entropy.

    Args:
        entropies: At 298.15 K, eV/(K atom); shape (n,).
        temperature: K.

    Returns:
        [U(T) - U(298.15 K)] - T S(T), eV/atom, and the size of its slope, K; shape (n,) each.

    >>> level, slope = debye_free_energies(np.array([4.0 * BOLTZMANN]), 298.15)
    >>> float(level[0].round(4)), float(slope[0].round(1))  # -T S
    (-0.1028, 298.2)
    """
    x, energy, entropy, _ = _debye()
    there = x * ROOM / temperature
    change = temperature * np.interp(there, x, energy) - ROOM * energy
    level = 3.0 * BOLTZMANN * (change - temperature * np.interp(there, x, entropy))
    # On a grid of even steps no search is needed, which counts with a hundred thousand phases.
    grid = np.linspace(0.0, _LARGEST, _STEPS + 1)
    even = np.interp(grid, entropy[::-1], level[::-1])
    rise = np.diff(even)
    place = np.clip(entropies / (3.0 * BOLTZMANN * grid[1]), 0.0, _STEPS - 1e-9)
    index = place.astype(np.int32)
    slope = np.abs(rise) / (3.0 * BOLTZMANN * grid[1])
    return even[index] + (place - index) * rise[index], slope[index]


def heated(temperature: float) -> tuple[float, float]:
    """What a heat capacity adds to H(T) - H(298.15 K) - T [S(T) - S(298.15 K)].

    Of one that is constant, per its value, K; and of one that rises in proportion to
    T - 298.15 K up to 1200 K and then stays, per its rise over 1000 K, K.
    """
    constant = temperature - ROOM - temperature * np.log(temperature / ROOM)
    end = min(temperature, STEADY)
    log, step = np.log(end / ROOM), end - ROOM
    rising = step**2 / 2.0 - temperature * (step - ROOM * log)
    if temperature > STEADY:
        beyond = temperature - STEADY
        rising += step * (beyond - temperature * np.log(temperature / STEADY))
    return float(constant), float(rising / 1000.0)


_LOWEST: Final = 1e-3
_HIGHEST: Final = 60.0
_STEPS: Final = 4000
"""Debye temperature over temperature: the range that is tabulated, and how finely."""
_LARGEST: Final = 6.0
"""Entropy, 3k per atom, up to which free energies are tabulated; 3.5 is more than any measured."""


@cache
def _debye() -> tuple[Floats, Floats, Floats, Floats]:
    """Debye's functions of x = theta / T, rising: x, U/3kT, S/3k and Cv/3k of an atom."""
    x = np.geomspace(_LOWEST, _HIGHEST, _STEPS)
    cubes = x**3 / np.expm1(x)
    steps = np.diff(x) * (cubes[1:] + cubes[:-1]) / 2.0
    integral = _LOWEST**3 / 3.0 + np.concatenate([[0.0], np.cumsum(steps)])  # x² at first
    energy = 3.0 * integral / x**3
    entropy = 4.0 / 3.0 * energy - np.log(-np.expm1(-x))
    capacity = 4.0 * energy - 3.0 * x / np.expm1(x)
    return x, energy, entropy, capacity


def _variance(scales: Scales, solids: Description) -> Floats:
    """The diagonal of :func:`covariance` of some solids with themselves."""
    size, fraction, role, _ = ((column**2).sum(axis=1) for column in solids)
    linear = scales.size**2 * size + scales.fraction**2 * fraction + scales.role**2 * role
    diagonal: Floats = linear + scales.near**2 + scales.own**2
    return diagonal


def spread_elements(numbers: Integers, values: Floats) -> Floats:
    """Values of elements in columns by atomic number; shape (n, 128)."""
    out = np.zeros((len(numbers), _ELEMENTS))
    np.put_along_axis(out, numbers, values, axis=1)
    out[:, 0] = 0.0  # padding
    return out


@cache
def _log_masses() -> Floats:
    out = np.zeros(_ELEMENTS)
    for symbol, mass in MASSES.items():
        out[ATOMIC_NUMBER[symbol]] = np.log(mass)
    return out


@cache
def _group_members() -> Floats:
    """Which element belongs to which group of metals; shape (128, groups)."""
    out = np.zeros((_ELEMENTS, len(GROUPS)))
    for place, members in enumerate(GROUPS.values()):
        out[[ATOMIC_NUMBER[metal] for metal in members], place] = 1.0
    return out


def _blocks(rows: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, max(rows, 1), _BLOCK))
