"""How thick an interphase grows whose electronic conductivity is known."""

from math import sqrt
from typing import TYPE_CHECKING, Final

from kstab.findings import Finding, Measurement
from kstab_electronic.sources import GROWTH

if TYPE_CHECKING:
    from kstab_electronic.cases import Contact

FARADAY: Final = 96485.33212
"""C/mol (CODATA 2018, exact)."""

YEAR: Final = 365.25 * 86400.0
"""s"""

CM_TO_UM: Final = 1e4

CUBIC_ANGSTROM: Final = 0.602214076
"""cm³/mol of one Å³ per formula unit."""

_LAW: Final = (
    "Parabolic law: dense layer, electrons alone are slow, voltage and composition as given; "
    "cracks, contact loss and slow ions are left out."
)
_GIVEN: Final = "The conductivity is what was given; nothing here is known of it."


def thickness(
    conductivity: float, drop: float, volume_per_electron: float, seconds: float = YEAR
) -> float:
    """Return the thickness, µm, of an interphase that grows as fast as electrons pass it.

    ``x² = 2 σ_e ΔV (V_m / nF) t``: the parabolic law of a layer across which the voltage
    falls evenly and in which only electrons are slow. Such growth was seen on Li10GeP2S12:
    Wenzel et al. 2016, doi:10.1021/acs.chemmater.6b00610.

    Args:
        conductivity: Electronic conductivity σ_e of the interphase, S/cm.
        drop: Voltage ΔV across it, V.
        volume_per_electron: Volume of the interphase per electron, V_m/n, cm³/mol.
        seconds: Time, s; a year by default.

    >>> round(thickness(1e-12, 1.0, 40.0), 1), round(thickness(1e-9, 1.0, 40.0))
    (1.6, 51)
    """
    return CM_TO_UM * sqrt(2.0 * conductivity * drop * volume_per_electron / FARADAY * seconds)


def finding(contact: "Contact", conductivity: float, drop: float) -> Finding:
    """Return how thick the interphase of a contact grows in a year.

    Args:
        contact: Where it forms.
        conductivity: Electronic conductivity of the interphase, S/cm.
        drop: Voltage across it, V.
    """
    volume, electrons = contact.layer.volume, contact.electrons
    if not contact.reacts or electrons is None or volume is None:
        why = "a volume is unknown" if electrons else "no electrons are counted here"
        why = why if contact.reacts else "nothing reacts"
        headline = f"{contact.title}: how thick a layer grows cannot be told, for {why}."
        return Finding("growth_unknown", "none", headline)
    per_electron = volume * CUBIC_ANGSTROM / electrons
    grown = thickness(conductivity, drop, per_electron)
    return Finding(
        "growth",
        "low",
        f"{contact.title}: with an electronic conductivity of {conductivity:g} S/cm and "
        f"{drop:g} V across it, the interphase would be {float(f'{grown:.2g}'):g} µm thick after "
        "a year.",
        (
            Measurement("volume per electron", per_electron, "cm³/mol", source="products"),
            Measurement(
                "thickness after a year",
                grown,
                "µm",
                source=f"σ_e = {conductivity:g} S/cm, {drop:g} V",
            ),
        ),
        (_LAW, _GIVEN),
        (GROWTH,),
    )
