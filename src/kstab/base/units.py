"""Physical constants and unit conversions, each in one place.

Energies are eV, voltages V, amounts mol or atoms as the name says. An energy
in eV per elementary charge is a voltage in V, so the two share their numbers.
"""

from typing import Final

FARADAY: Final = 96485.33212
"""Faraday constant, C/mol (CODATA 2018, exact in the 2019 SI)."""

COULOMB_PER_MAH: Final = 3.6
"""Coulombs in one milliampere hour."""

MEV_PER_EV: Final = 1000.0

KILOJOULE_PER_EV: Final = FARADAY / 1000.0
"""kJ/mol in 1 eV."""

GAS_CONSTANT: Final = 8.31446261815324
"""Molar gas constant, J/(mol K) (CODATA 2018, exact in the 2019 SI)."""


def capacity(electrons: float, mass: float) -> float:
    """Return the specific capacity, mAh/g, of ``electrons`` mol per ``mass`` g.

    Args:
        electrons: Moles of electrons exchanged.
        mass: Mass of the material that exchanges them, g.

    >>> round(capacity(1, 39.0983), 1)  # potassium metal
    685.5
    """
    return electrons * FARADAY / (COULOMB_PER_MAH * mass)
