"""Corrections of computed formation energies, fitted to measured ones.

A scheme adds to the published energy of a phase, per atom::

    energy = published + sum of feature × parameter

The features are what :mod:`kstab.chemistry.roles` finds in the composition, per atom; scheme
``kstab`` has them all, scheme ``mp2020`` those of Wang et al.,
doi:10.1038/s41598-021-94550-5. Parameters are stored in ``phase_data/schemes`` and
define the scheme; ``tools/fit_schemes.py`` makes them.
"""

from .apply import (
    SCHEMES,
    corrections,
    energies,
    error_classes,
    mp2020_known,
    mp2020_shifted,
    mp2020_shifts,
    parameters,
)

__all__ = [
    "SCHEMES",
    "corrections",
    "energies",
    "error_classes",
    "mp2020_known",
    "mp2020_shifted",
    "mp2020_shifts",
    "parameters",
]
