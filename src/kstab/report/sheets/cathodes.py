"""The page of the cathodes that kstab knows."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields

from kstab.analyses.interface.result import Cathode
from kstab.report.page import Lines
from kstab.report.sheet import Sheet


def listed(cathodes: Sequence[Cathode]) -> Sheet:
    """Return the cathodes as a sheet, two lines each."""
    names = [field.name for field in fields(Cathode)]
    rows = [astuple(cathode) for cathode in cathodes]
    return Sheet(
        kind="cathodes",
        blocks=(Lines(tuple(line for cathode in cathodes for line in _lines(cathode))),),
        document={"cathodes": [dict(zip(names, row, strict=True)) for row in rows]},
        cells=[names, *rows],
    )


def _lines(cathode: Cathode) -> Iterator[str]:
    charged = f" to {cathode.charged}" if cathode.charged else ""
    figures = []
    if cathode.voltage_low:
        figures.append(f"{cathode.voltage_low:g} to {cathode.voltage_high:g} V")
    if cathode.average_voltage:
        figures.append(f"mean {cathode.average_voltage:g} V")
    yield f"{cathode.discharged}{charged}: {', '.join(figures)}. doi:{cathode.doi}"
    yield f"  {cathode.note}"
