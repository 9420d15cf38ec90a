"""What the correction schemes add to a published energy, from the composition alone."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from kstab.chemistry.roles import TAKERS, U_METALS, Electrons, Floats, feature_names, features

SHIFTED: Final = ("O", "S", "F", "Cl", "Br", "I", "N", "Se", "Te", "Sb", "Si", "H")
"""Elements that Wang et al. correct where they are the anion."""


def fitted(
    numbers: ArrayLike, amounts: ArrayLike, pairs: tuple[tuple[str, str], ...], parameters: Floats
) -> Floats:
    """Return the corrections of the fitted scheme, eV/atom; shape (n,).

    Args:
        numbers: Atomic numbers of each phase's elements, padded with 0; shape (n, k).
        amounts: Atoms of each of them per formula unit; shape (n, k).
        pairs: Pairs of metal and taker that have a parameter of their own.
        parameters: eV per ion, atom or electron, in the order of
            :func:`kstab.chemistry.roles.feature_names`; shape (p,).

    >>> parameters = np.zeros(len(feature_names()))
    >>> parameters[feature_names().index("chloride")] = 0.2
    >>> fitted([[17, 19]], [[1, 1]], (), parameters)
    array([0.1])
    """
    per_atom: Floats = features(numbers, amounts, pairs) @ parameters / _atoms(amounts)
    return per_atom


def shift_names() -> tuple[str, ...]:
    """Return the names of the shifts, in the order of :func:`shift_features`.

    >>> shift_names()[:2], shift_names()[-1]
    (('O', 'S'), 'W fluoride')
    """
    metals = [f"{metal} {anion}" for anion in ("oxide", "fluoride") for metal in U_METALS]
    return (*SHIFTED, "peroxide", "superoxide", *metals)


def shift_features(numbers: ArrayLike, amounts: ArrayLike) -> Floats:
    """Return what the corrections of 2020 count: anions, and metals computed with a U.

    After Wang et al., doi:10.1038/s41598-021-94550-5.

    Args:
        numbers: Atomic numbers of each phase's elements, padded with 0; shape (n, k).
        amounts: Atoms of each of them per formula unit; shape (n, k).

    Returns:
        Atoms per atom of the phase, named by :func:`shift_names`; shape (n, shifts).
        An element has none.

    >>> dict(zip(shift_names(), shift_features([[8, 11]], [[1, 2]])[0].round(2).tolist()))["O"]
    0.33
    """
    electrons = Electrons.deal(numbers, amounts)
    columns = dict(zip(feature_names(), features(numbers, amounts).T, strict=True))
    peroxides = [columns["peroxide"], columns["superoxide"]]
    anions = [_anion(electrons, element) for element in SHIFTED]
    anions[0] = anions[0] - sum(peroxides)  # oxygen
    fluorides = [columns[f"{metal} with U, fluoride"] for metal in U_METALS]
    oxides = [columns[f"{metal} with U"] - f for metal, f in zip(U_METALS, fluorides, strict=True)]
    matrix = np.stack([*anions, *peroxides, *oxides, *fluorides], axis=1)
    matrix[np.count_nonzero(electrons.numbers, axis=1) == 1] = 0.0
    per_atom: Floats = matrix / _atoms(amounts)[:, None]
    return per_atom


def _atoms(amounts: ArrayLike) -> Floats:
    total: Floats = np.asarray(amounts, dtype=float).sum(axis=1)
    return total


def _anion(electrons: Electrons, element: str) -> Floats:
    """Atoms of an element where it gives nothing away and, silicon apart, takes something."""
    keeps = electrons.gave(element) <= 1e-9
    ion = element in TAKERS and element != "Si"
    takes = electrons.flow((element,)) > 0 if ion else keeps
    anion: Floats = np.where(keeps & takes, electrons.atoms(element), 0.0)
    return anion
