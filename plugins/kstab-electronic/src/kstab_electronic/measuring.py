"""The numbers behind the findings, each with its unit and its source."""

from collections.abc import Iterable, Iterator
from typing import Final

from kstab.findings import Measurement
from kstab_electronic.decision import LIMITS, band_of
from kstab_electronic.gaps import CALCULATED, MEASURED, Gap
from kstab_electronic.layers import Layer, Part

_VOLUMES: Final = "volumes of the products"


def of_layer(layer: Layer) -> tuple[Measurement, ...]:
    """Return gaps, classes and volume fractions of the phases, and of those that conduct."""
    return (*(each for part in layer.parts for each in _of_part(part)), *_conducting(layer))


def of_gap(gap: Gap) -> Iterator[Measurement]:
    """Yield the gap of a phase, measured and calculated, and its class."""
    if gap.measured is not None:
        yield Measurement("band gap", gap.measured, "eV", subject=gap.formula, source=MEASURED)
    if gap.calculated is not None:
        yield Measurement(
            "band gap", gap.calculated, "eV", gap.low, gap.high, gap.formula, CALCULATED
        )
    elif gap.measured is None:
        yield Measurement("band gap", None, "eV", subject=gap.formula, source=gap.source)
    yield Measurement("class of gap", gap.known_class, subject=gap.formula, source=gap.source)


def of_steps(low: float, high: float | None, gap: Gap) -> Iterator[Measurement]:
    """Yield between which voltages a phase forms, and its class."""
    yield Measurement("class of gap", gap.known_class, subject=gap.formula, source=gap.source)
    yield Measurement("forms from", low, "V", subject=gap.formula, source="staircase")
    if high is not None:
        yield Measurement("forms up to", high, "V", subject=gap.formula, source="staircase")


def shares(parts: Iterable[Part], where: str) -> Iterator[Measurement]:
    """Yield the volume fractions of phases at some voltages, where they are known."""
    for part in parts:
        if part.fraction is not None:
            yield Measurement("volume fraction", part.fraction, subject=part.formula, source=where)


def _of_part(part: Part) -> Iterator[Measurement]:
    yield from of_gap(part.gap)
    yield Measurement(
        "volume fraction", part.fraction, subject=part.formula, source=part.volume_source
    )


def _conducting(layer: Layer) -> Iterator[Measurement]:
    fraction, ends = layer.conducting_fraction, layer.conducting_range
    quantity = "volume fraction of leaky and metallic phases"
    if fraction is None or ends is None:
        yield Measurement(quantity, None, source=_VOLUMES)
        return
    yield Measurement(quantity, fraction, "", *ends, source=_VOLUMES)
    yield Measurement("percolation band", band_of(fraction), source=LIMITS)
