"""The electrode that an interface exchanges ions with: voltages, or those of a known cathode."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kstab.analyses.contact import InterfaceRequest
from kstab.analyses.interface_results import Cathode
from kstab.composition import Formula
from kstab.errors import RequestError
from kstab.ions import ion


def voltage_range(voltage: Any) -> tuple[float, float]:
    """Return the two ends of a voltage or of a range of voltages, V.

    Raises:
        RequestError: It is neither.

    >>> voltage_range(3), voltage_range((2, 3.5))
    ((3.0, 3.0), (2.0, 3.5))
    """
    try:
        low, high = map(float, voltage if hasattr(voltage, "__len__") else (voltage, voltage))
    except (TypeError, ValueError):
        raise RequestError(
            f"{voltage!r} is not a voltage or a range of voltages.",
            "Give V, (low, high) or 'cathode'.",
        ) from None
    return low, high


def over_range_of_cathode(
    request: InterfaceRequest, cathodes: Sequence[Cathode]
) -> InterfaceRequest:
    """Return a request over the voltages of the one of its phases that is a known cathode.

    Its charged composition and mean voltage are looked at too, unless others are asked for.

    Args:
        request: The request.
        cathodes: The cathodes that are known; those without a range of voltages do not count.

    Raises:
        RequestError: Neither phase is known, both are, or the range is against another ion.
    """
    found = _cathode_of(request, [each for each in cathodes if each.voltage_low is not None])
    if request.ion and request.ion.symbol != found.ion:
        raise RequestError(
            f"The range of {found.name} in the table of cathodes is against {found.ion}, not "
            f"{request.ion.symbol}.",
            "Give the range, such as 2.0:3.5.",
        )
    ranged = replace(
        request,
        ion=request.ion or ion(found.ion),
        voltage=(found.voltage_low or 0.0, found.voltage_high or 0.0),
        cathode=found,
    )
    if request.charged or not found.charged or _is_of(request, found.charged):
        return ranged
    average = request.charged_voltage or found.average_voltage
    return replace(ranged, charged=Formula.parse(found.charged), charged_voltage=average)


def _cathode_of(request: InterfaceRequest, cathodes: Sequence[Cathode]) -> Cathode:
    """The one cathode that is one of the two phases, charged or discharged."""
    found = [
        cathode
        for cathode in cathodes
        if _is_of(request, cathode.discharged)
        or (cathode.charged and _is_of(request, cathode.charged))
    ]
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


def _is_of(request: InterfaceRequest, formula: str) -> bool:
    """Whether a composition is that of one of the two phases."""
    return Formula.parse(formula).key in (request.a.key, request.b.key)
