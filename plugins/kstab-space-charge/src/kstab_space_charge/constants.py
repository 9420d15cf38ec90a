"""Constants of nature in SI units, and the units people use."""

from typing import Final

ELEMENTARY_CHARGE: Final = 1.602176634e-19
"""C, exact in the SI."""

BOLTZMANN: Final = 1.380649e-23
"""J/K, exact in the SI."""

VACUUM_PERMITTIVITY: Final = 8.8541878128e-12
"""F/m (CODATA 2018)."""

PER_CUBIC_CENTIMETRE: Final = 1e6
"""1 cm⁻³ in m⁻³."""

PER_CUBIC_ANGSTROM: Final = 1e30
"""1 Å⁻³ in m⁻³."""

SIEMENS_PER_CENTIMETRE: Final = 100.0
"""1 S/cm in S/m."""

NANOMETRE: Final = 1e-9
"""1 nm in m."""

MICRO_PER_SQUARE_CENTIMETRE: Final = 0.01
"""1 µC/cm² in C/m², 1 µF/cm² in F/m²."""

OHM_SQUARE_CENTIMETRE: Final = 1e-4
"""1 Ω cm² in Ω m²."""
