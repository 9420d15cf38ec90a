"""The sources of phases inside kstab. Naming them reads nothing."""

from typing import TYPE_CHECKING, Final

from kstab.chemistry.conditions import Conditions
from kstab.offers import PhaseSource, SourceRequest
from kstab.phases.scheme import MEASURED
from kstab.sources import materials_project
from kstab.sources.columns import EXPERIMENTAL, NAME, SCHEMES

if TYPE_CHECKING:
    from kstab.phases.table import PhaseTable


def _embedded(request: SourceRequest) -> "PhaseTable":
    from kstab.sources import embedded

    name = request.scheme or SCHEMES[0].name
    # What is asked for most often is known beforehand.
    return embedded.at_room(name) if request.conditions == Conditions() else embedded.load(name)


def _measured(request: SourceRequest) -> "PhaseTable":
    """The measured phases, which know what the computed ones have in addition."""
    from kstab.sources import experimental

    return experimental.beside_computed(request.conditions)


SOURCES: Final = (
    PhaseSource(
        NAME,
        _embedded,
        "Computed energies of 95,591 phases, embedded.",
        tuple(map(str, SCHEMES)),
        references=("jain2013", "bartel2020", "dunn2020"),
    ),
    PhaseSource(
        EXPERIMENTAL,
        _measured,
        "Measured enthalpies and entropies of formation, from handbooks.",
        (MEASURED.name,),
        references=("bell_chemicals",),
    ),
    *materials_project.sources(),
)
"""The first is the default."""
