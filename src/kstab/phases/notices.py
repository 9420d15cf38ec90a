"""What a result has to say about itself: warnings, origin, and the fixed caveat."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kstab.base.written import Written
from kstab.chemistry.composition import Formula

CAVEAT: Final = "Thermodynamic driving force only; kinetics and mechanics are not included."
"""The one line every report carries."""

FLAGS: Final = {
    "conflicting_sources": (
        "formation energies of two sources differ by more than 50 meV/atom; one of them is wrong"
    ),
    "uncertain_id": (
        "uncertain Materials Project id, not matched by energy or unknown; the energy is unaffected"
    ),
    "over_corrected_sulfur": (
        "polysulfide, molecular or oxidised sulfur; this scheme corrects it like sulfide, which "
        "makes such phases far too stable"
    ),
    "far_from_known": (
        "its known energy in this scheme differs by more than 50 meV/atom from the estimate used; "
        "one rule for all phases needs the estimate"
    ),
    "dilute_supercell": (
        "at least 98% of one element: a computed dilute solution, no compound; it takes part only "
        "because that was asked for"
    ),
}
"""What each doubt about a phase means."""


@dataclass(frozen=True, eq=False, slots=True)
class Notice(Written):
    """A warning that belongs to a result.

    Attributes:
        code: Stable name for programs to act on; ``docs/json.md`` lists them.
        message: The same for people, one or more sentences.
    """

    code: str
    message: str


def flag_notices(
    flagged: Iterable[tuple[str, tuple[str, ...]]], subject: str, but: str = ""
) -> Iterator[Notice]:
    """Yield one notice for each flag, with all the phases that carry it.

    Args:
        flagged: Formulas and their flags.
        subject: How the sentence begins, with ``{}`` for the formulas.
        but: A flag to leave out.

    >>> flags = ("conflicting_sources",)
    >>> next(flag_notices([("KN2", flags), ("KN2", flags)], "Beware of {}")).message[:17]
    'Beware of KN2: fo'
    """
    found: dict[str, dict[str, None]] = {}
    for formula, flags in flagged:
        for flag in flags:
            found.setdefault(flag, {})[formula] = None
    for flag in FLAGS:
        if flag in found and flag != but:
            yield Notice(flag, f"{subject.format(', '.join(found[flag]))}: {FLAGS[flag]}.")


# Highest common oxidation states (Greenwood and Earnshaw, Chemistry of the Elements,
# 2nd ed. 1997); what is not listed counts as 3, which is right for Tl and the f-block.
_HIGHEST_STATE: Final = {
    **dict.fromkeys("H Li Na K Rb Cs Ag".split(), 1),
    **dict.fromkeys("Be Mg Ca Sr Ba Zn Cd Hg Ni Pd Cu Pb".split(), 2),
    **dict.fromkeys("C Si Ge Sn Ti Zr Hf Th Ce Pt Os Ru U".split(), 4),
    **dict.fromkeys("P As Sb Bi V Nb Ta Pa Np Pu".split(), 5),
    **dict.fromkeys("Cr Mo W".split(), 6),
    **dict.fromkeys("Tc Re".split(), 7),
}  # fmt: skip
_ANIONS: Final = {"O": 2, "S": 2, "Se": 2, "Te": 2, "F": 1, "Cl": 1, "Br": 1, "I": 1, "N": 3}


def over_corrected_sulfur(formula: Formula) -> bool:
    """Whether a phase holds sulfur that is not sulfide, by its composition.

    It does if its anions ask for more electrons than its other elements can give at
    their highest common oxidation states: part of the sulfur is then polysulfide,
    molecular or oxidised, and the legacy scheme's full sulfide correction is wrong.
    Elemental sulfur itself is the reference and carries no correction.

    >>> [over_corrected_sulfur(Formula.parse(f)) for f in ("KS3", "FeS2", "S8O", "K2SO4")]
    [True, True, True, True]
    >>> [over_corrected_sulfur(Formula.parse(f)) for f in ("K3SbS4", "KYbS2", "KTlS2", "S")]
    [False, False, False, False]
    """
    if not formula["S"] or formula.elements == ("S",):
        return False
    asked = sum(float(n) * _ANIONS.get(symbol, 0) for symbol, n in formula.amounts)
    given = sum(
        float(n) * _HIGHEST_STATE.get(symbol, 3)
        for symbol, n in formula.amounts
        if symbol not in _ANIONS
    )
    return asked > given + 1e-9
