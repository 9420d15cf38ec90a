"""The electrode that an interface exchanges ions with: voltages, or those of a known cathode."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from kstab.analyses.interface.contact import InterfaceRequest
from kstab.analyses.interface.result import Cathode
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import ion
from kstab.errors import RequestError


def at_voltage(
    request: InterfaceRequest, voltage: Any, cathodes: Callable[[], Sequence[Cathode]]
) -> InterfaceRequest:
    """Return a request at a voltage, over a range, or over that of a known cathode.

    Args:
        request: The request.
        voltage: V, two of them, or ``"cathode"``; None for no electrode.
        cathodes: Returns the known cathodes; called if they are needed.

    Raises:
        RequestError: The voltage cannot be read, or which cathode is meant is not clear.
    """
    if voltage is None:
        return request
    if isinstance(voltage, str) and voltage.lower() == "cathode":
        return _of_cathode(request, [each for each in cathodes() if each.voltage_low is not None])
    return replace(request, voltage=voltage_range(voltage))


def voltage_range(voltage: Any) -> tuple[float, float]:
    """Return the two ends of a voltage or of a range of voltages, V.

    Raises:
        RequestError: It is neither.
    """
    try:
        low, high = map(float, voltage if hasattr(voltage, "__len__") else (voltage, voltage))
    except (TypeError, ValueError):
        raise RequestError(
            f"{voltage!r} is not a voltage or a range of voltages.",
            "Give V, (low, high) or 'cathode'.",
        ) from None
    return low, high


def _of_cathode(request: InterfaceRequest, cathodes: Sequence[Cathode]) -> InterfaceRequest:
    """The request over the range of its cathode; charged too, unless that is said otherwise."""
    found = _one_in(request, cathodes)
    if request.ion and request.ion.symbol != found.ion:
        raise RequestError(
            f"The range of {found.name} in the table of cathodes is against {found.ion}, not "
            f"{request.ion.symbol}.",
            "Give the range, such as 2.0:3.5.",
        )
    ends = (found.voltage_low or 0.0, found.voltage_high or 0.0)
    request = replace(request, ion=request.ion or ion(found.ion), voltage=ends, cathode=found)
    if request.charged or not found.charged or _has(request, found.charged):
        return request
    mean = request.charged_voltage or found.average_voltage
    return replace(request, charged=Formula.parse(found.charged), charged_voltage=mean)


def _one_in(request: InterfaceRequest, cathodes: Sequence[Cathode]) -> Cathode:
    """The cathode that one of the phases is, charged or discharged."""
    found = [c for c in cathodes if _has(request, c.discharged) or _has(request, c.charged)]
    if not found:
        raise RequestError(
            f"Neither {request.a} nor {request.b} is in the table of cathodes with a range of "
            "voltages.",
            "Give the range, such as 2.0:3.5; `kstab data cathodes` shows the table "
            f"({', '.join(cathode.discharged for cathode in cathodes)}).",
        )
    if len(found) > 1:
        raise RequestError(
            f"Both {request.a} and {request.b} are in the table of cathodes.",
            "Give the range, such as 2.0:3.5.",
        )
    return found[0]


def _has(request: InterfaceRequest, formula: str) -> bool:
    """Whether one of the phases has a composition; none has one that is not known."""
    return bool(formula) and Formula.parse(formula).key in (request.a.key, request.b.key)
