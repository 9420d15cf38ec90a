"""Temperature and gases: the conditions of an equilibrium."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, log
from typing import Any, Final

from kstab.base.units import GAS_CONSTANT
from kstab.base.written import Positive, Written
from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.errors import RequestError

ROOM: Final = 298.15
"""Temperature of standard thermochemistry, K."""

ZERO_CELSIUS: Final = 273.15
COLDEST: Final = 200.0
HOTTEST: Final = 2000.0
"""Range of temperatures, K, that the heat capacities cover."""

LOWEST_PRESSURE: Final = 1e-50
HIGHEST_PRESSURE: Final = 1000.0
"""Range of pressures, bar; further up no gas is anywhere near ideal."""

GASES: Final = tuple(
    """
    As2 As4 AsCl3 AsF3 AsH3 B2F4 B2H6 B5H9 BBr3 BCl3 BF3 Bi Br2 BrF3 BrF5 C2H2 C2N2 CCl4 CF4 CH4
    CO CO2 COCl2 COS CS2 Ca Cd Cl2 Cl2O ClF ClF3 ClO2 CrO2Cl2 Cs Cs2 Eu F2 GeBr4 GeCl4 GeH4 H2
    H2O H2O2 H2S H2SO4 H2Se HBr HCN HCl HF HI HNO3 Hg I2 IF5 K K2 Li Li2 Mg MoF6 N2 N2F4 N2O
    N2O3 N2O4 N2O5 NH3 NO NO2 NOCl NOF Na Na2 Ni(CO)4 O2 OF2 P2 P4 PBr3 PCl3 PF5 PH3 POCl3
    Rb Rb2 S S2 S2Cl2 S3 S4 S5 S6 S7 S8 SCl2 SF4 SF6 SO2 SO2Cl2 SO2F2 SO3 SOCl2 SOF2 Sb Sb2 SbH3
    Se Se2 SiBr4 SiCl4 SiF4 SiH4 SnCl4 SnH4 Sr Te Te2 TiCl4 Tl UF6 VCl4 VOCl3 WF6 Yb Zn""".split()
)
"""Gases whose pressure can be given: molecules of the elements, and compounds."""


@dataclass(frozen=True, eq=False, slots=True)
class GasPressure(Written):
    """A gas with its partial pressure.

    Attributes:
        gas: Its formula, one of :data:`GASES`.
        pressure: Its partial pressure, bar.
    """

    gas: str
    pressure: Positive


@dataclass(frozen=True, slots=True)
class ElementState:
    """What an element is under conditions.

    Attributes:
        symbol: The element.
        form: What it is: ``solid``, ``liquid``, or a gas such as ``O2 gas``.
        energy: Free energy [H(T) - H(298.15 K)] - T S(T), eV per atom, where H(298.15 K) is that
            of the element as it is at 298.15 K and 1 bar.
    """

    symbol: str
    form: str
    energy: float


@dataclass(frozen=True, slots=True)
class Conditions:
    """Temperature and partial pressures.

    Attributes:
        temperature: K.
        gases: Gases with a pressure of their own, by name; the others are at 1 bar.

    >>> given = Conditions.read("25C", "O2=0.21, H2=1e-6")
    >>> given.temperature, given.pressure("O2"), given.pressure("N2")
    (298.15, 0.21, 1.0)
    """

    temperature: float = ROOM
    gases: tuple[GasPressure, ...] = ()

    @classmethod
    def read(cls, temperature: Any = None, gas: Any = None) -> "Conditions":
        """Read a temperature and pressures.

        Args:
            temperature: K, as a number or a text, or a text such as ``25C``; None for 298.15 K.
            gas: Pressures in bar, as ``"O2=0.21,H2=1e-6"``, several such texts, or a mapping.

        Raises:
            RequestError: One of them cannot be read, or is outside what the tables cover.
        """
        kelvin = ROOM if temperature is None else _kelvin(temperature)
        pressures = dict(_pressures({} if gas is None else gas))
        return cls(kelvin, tuple(GasPressure(*item) for item in sorted(pressures.items())))

    def pressure(self, gas: str) -> float:
        """Return the pressure of a gas, bar."""
        return next((given.pressure for given in self.gases if given.gas == gas), 1.0)


def _kelvin(given: Any) -> float:
    text = str(given).strip()
    celsius = text[-1:] in ("C", "c")
    try:
        value = float(text.rstrip("KkCc°")) + (ZERO_CELSIUS if celsius else 0.0)
    except ValueError:
        raise RequestError(
            f"{given!r} is not a temperature.", "Write kelvin, such as 400, or 100C."
        ) from None
    if not COLDEST <= value <= HOTTEST:
        raise RequestError(
            f"{value:g} K is outside the tables of heat capacities.",
            f"Give a temperature between {COLDEST:g} and {HOTTEST:g} K.",
        )
    return round(value, 6)


def _pressures(given: Any) -> Iterable[tuple[str, float]]:
    """Gases and pressures, checked, in the order they were given."""
    if isinstance(given, Mapping):
        pairs = [(str(name), str(value)) for name, value in given.items()]
    else:
        texts = [given] if isinstance(given, str) or not isinstance(given, Iterable) else given
        parts = [part.strip() for text in texts for part in str(text).split(",") if part.strip()]
        pairs = [
            (name.strip(), value) for name, _, value in (part.partition("=") for part in parts)
        ]
    seen: set[str] = set()
    for name, value in pairs:
        if name not in GASES:
            raise RequestError(
                f"{name!r} is not a gas whose pressure can be given.",
                f"Choose among {', '.join(GASES)}, as in O2=0.21,H2=1e-6.",
            )
        if name in seen:
            raise RequestError(f"The pressure of {name} is given twice.", "Give it once.")
        element = _element(name)
        other = next((each for each in seen if element and _element(each) == element), None)
        if other:
            raise RequestError(
                f"{name} and {other} are one vapour, whose pressure is given twice.",
                "Give that of one of them; the other follows.",
            )
        seen.add(name)
        yield name, _bar(name, value)


def _element(gas: str) -> str:
    """The element that a gas is a vapour of; empty for a compound."""
    symbol = gas.rstrip("0123456789")
    return symbol if symbol in ATOMIC_NUMBER else ""


def _bar(name: str, text: str) -> float:
    try:
        pressure = float(text)
    except ValueError:
        raise RequestError(
            f"{name}={text} gives {name} no pressure.", f"Write bar, as in {name}=0.21."
        ) from None
    if not LOWEST_PRESSURE <= pressure <= HIGHEST_PRESSURE:
        raise RequestError(
            f"{pressure:g} bar of {name} is not a pressure at which an ideal gas says anything.",
            f"Give a pressure between {LOWEST_PRESSURE:g} and {HIGHEST_PRESSURE:g} bar.",
        )
    return pressure


@dataclass(frozen=True, slots=True)
class HeatCapacity:
    """A piece of Cp = a + b T + c T² + d T³ + e/T², J/(mol K), the Shomate equation.

    Attributes:
        low: Where it begins, K.
        high: Where it ends, K.
        coefficients: a, b, c, d and e.
    """

    low: float
    high: float
    coefficients: tuple[float, float, float, float, float]

    def at(self, temperature: float) -> float:
        """Return Cp at a temperature, J/(mol K)."""
        a, b, c, d, e = self.coefficients
        return a + temperature * (b + temperature * (c + temperature * d)) + e / temperature**2

    def enthalpy(self, start: float, end: float) -> float:
        """Return the integral of Cp from one temperature to another, J/mol."""
        a, b, c, d, e = self.coefficients
        low, high = (t * (a + t * (b / 2 + t * (c / 3 + t * d / 4))) - e / t for t in (start, end))
        return high - low

    def entropy(self, start: float, end: float) -> float:
        """Return the integral of Cp/T, J/(mol K)."""
        a, b, c, d, e = self.coefficients
        low, high = (
            a * log(t) + t * (b + t * (c / 2 + t * d / 3)) - e / (2 * t * t) for t in (start, end)
        )
        return high - low


def heating(pieces: Iterable[HeatCapacity], temperature: float) -> tuple[float, float]:
    """Return how enthalpy (J/mol) and entropy (J/(mol K)) change from 298.15 K on.

    Between two pieces and beyond the last one the heat capacity stays what it is at the end of the
    piece below; before the first it is what it is at its beginning.

    Args:
        pieces: The heat capacity, piece by piece.
        temperature: K.

    >>> helium = [HeatCapacity(298.0, 6000.0, (20.0, 0, 0, 0, 0))]
    >>> tuple(round(value, 3) for value in heating(helium, 596.3))
    (5963.0, 13.863)
    """
    low, high = sorted((ROOM, temperature))
    enthalpy = entropy = 0.0
    for piece in _without_gaps(sorted(pieces, key=lambda piece: piece.low)):
        start, end = max(low, piece.low), min(high, piece.high)
        if start < end:
            enthalpy += piece.enthalpy(start, end)
            entropy += piece.entropy(start, end)
    sign = 1.0 if temperature >= ROOM else -1.0
    return sign * enthalpy, sign * entropy


def _without_gaps(ordered: list[HeatCapacity]) -> Iterator[HeatCapacity]:
    """Pieces, and constants where there is none, from 0 K to infinity."""
    end, level = 0.0, ordered[0].at(ordered[0].low)
    for piece in ordered:
        yield HeatCapacity(end, piece.low, (level, 0.0, 0.0, 0.0, 0.0))
        yield piece
        end, level = piece.high, piece.at(piece.high)
    yield HeatCapacity(end, inf, (level, 0.0, 0.0, 0.0, 0.0))


def mixing(temperature: float, pressure: float) -> float:
    """Return RT ln p, kJ per mol of an ideal gas at a pressure in bar."""
    return GAS_CONSTANT * temperature * log(pressure) / 1000.0
