"""Entropies and heat capacities of solids: the stored fit, and those of the embedded table."""

from functools import cache
from typing import Final

from kstab.phases.solid_heat import Scales, SolidHeat, Volumes
from kstab.sources.embedded import read_arrays

FIT: Final = "solid-heat.npz"
THERMAL: Final = "thermal.npz"
"""Entropies of the phases of the embedded table: ``entropy`` and ``entropy_sigma``, and
``formation_entropy``, from which those of the elements are taken; eV/(K atom)."""


@cache
def solid_heat() -> SolidHeat:
    """Return the fit of entropies and heat capacities of solids.

    Raises:
        DataError: The file is missing or damaged.

    >>> numbers, amounts = [[17, 19]], [[1, 1]]  # KCl, measured: 82.6 J/(mol K)
    >>> entropies, sigmas = solid_heat().entropies(numbers, amounts, [31.4])
    >>> bool(abs(2 * 96485.33 * entropies[0] - 82.6) < 2.0)
    True
    """
    arrays = read_arrays(
        "numbers", "amounts", "volumes", "measured", "scales", "capacity", "capacity_sigma",
        "volume", "volume_offset", "volume_sigma", file=FIT,
    )  # fmt: skip
    fraction, given, taken = arrays["volume"]
    volume = Volumes(
        offset=arrays["volume_offset"].item(),
        fraction=fraction,
        given=given,
        taken=taken,
        sigma=arrays["volume_sigma"].item(),
    )
    return SolidHeat(
        numbers=arrays["numbers"],
        amounts=arrays["amounts"],
        volumes=arrays["volumes"],
        measured=arrays["measured"],
        scales=Scales(*arrays["scales"].tolist()),
        volume=volume,
        capacity=arrays["capacity"],
        capacity_sigma=arrays["capacity_sigma"].item(),
    )
