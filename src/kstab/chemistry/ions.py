"""Working ions: which metal the voltage is counted against, and its charge."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kstab.chemistry.elements import ALKALI_METALS
from kstab.errors import RequestError

CHARGES: Final = {
    "K": 1, "Li": 1, "Na": 1, "Rb": 1, "Cs": 1, "Mg": 2, "Ca": 2, "Zn": 2, "Al": 3,
}  # fmt: skip
"""Charge number z of every working ion."""

_MULTIVALENT: Final = tuple(symbol for symbol, charge in CHARGES.items() if charge > 1)
_DEFAULT: Final = "K"


@dataclass(frozen=True)
class Ion:
    """A working ion A with charge number z.

    Attributes:
        symbol: Element symbol of the metal A.
        charge: Charge number z, so that V = -(mu_A - mu_A of the metal) / z.

    >>> Ion("Mg", 2).couple
    'Mg²⁺/Mg'
    """

    symbol: str
    charge: int

    @property
    def couple(self) -> str:
        """The redox couple voltages are counted against, as axes print it."""
        superscript = {1: "⁺", 2: "²⁺", 3: "³⁺"}[self.charge]
        return f"{self.symbol}{superscript}/{self.symbol}"

    def voltage(self, potential: float) -> float:
        """Return the voltage, V, of a chemical potential, eV against the ion's metal.

        >>> Ion("Mg", 2).voltage(-3.0)
        1.5
        """
        return 0.0 - potential / self.charge


def ion(symbol: str) -> Ion:
    """Return the working ion with this element symbol.

    Raises:
        RequestError: The element is not a working ion kstab knows.

    >>> ion("K")
    Ion(symbol='K', charge=1)
    """
    if symbol not in CHARGES:
        raise RequestError(
            f"{symbol!r} is not a working ion.", f"Choose one of {', '.join(CHARGES)}."
        )
    return Ion(symbol, CHARGES[symbol])


def default_ion(elements: Iterable[str]) -> Ion:
    """Return the working ion a composition suggests.

    The single alkali metal present; else the single one of Mg, Ca, Zn and Al;
    else K.

    Raises:
        RequestError: Two alkali metals are present, so that either may be meant.

    >>> default_ion(["Li", "La", "Zr", "O"]).symbol
    'Li'
    >>> default_ion(["Si", "O"]).symbol
    'K'
    """
    present = set(elements)
    alkali = [symbol for symbol in ALKALI_METALS if symbol in present]
    if len(alkali) > 1:
        options = " or ".join(f"--ion {symbol}" for symbol in alkali)
        raise RequestError(
            f"Any of {', '.join(alkali)} may be the working ion.",
            f"Say which: {options} (in Python: ion={alkali[0]!r}).",
        )
    multivalent = [symbol for symbol in _MULTIVALENT if symbol in present]
    if alkali:
        return ion(alkali[0])
    return ion(multivalent[0] if len(multivalent) == 1 else _DEFAULT)
