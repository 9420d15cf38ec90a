"""How thick an interphase grows whose electronic conductivity is known."""

from math import sqrt
from typing import Final

FARADAY: Final = 96485.33212
"""C/mol (CODATA 2018, exact)."""

YEAR: Final = 365.25 * 86400.0
"""s"""

CM_TO_UM: Final = 1e4


def thickness(
    conductivity: float, drop: float, volume_per_electron: float, seconds: float = YEAR
) -> float:
    """Return the thickness, µm, of an interphase that grows as fast as electrons pass it.

    ``x² = 2 σ_e ΔV (V_m / nF) t``: the parabolic law of a layer across which the voltage
    falls evenly and in which only electrons are slow.

    Args:
        conductivity: Electronic conductivity σ_e of the interphase, S/cm.
        drop: Voltage ΔV across it, V.
        volume_per_electron: Volume of the interphase per electron, V_m/n, cm³/mol.
        seconds: Time, s; a year by default.

    >>> round(thickness(1e-12, 1.0, 40.0), 1), round(thickness(1e-9, 1.0, 40.0))
    (1.6, 51)
    """
    return CM_TO_UM * sqrt(2.0 * conductivity * drop * volume_per_electron / FARADAY * seconds)
