"""What a review of potassium electrolytes says of some products, and of these alone."""

from collections.abc import Iterable, Mapping
from typing import Final

from kstab import Formula
from kstab.findings import Finding
from kstab_electronic.sources import REVIEW

_MAY: Final[Mapping[str, tuple[str, str]]] = {
    "P": ("may conduct electrons worse than compounds of potassium and antimony",) * 2,
    "Sb": ("may conduct electrons better than phosphides of potassium",) * 2,
    "Si": ("forms only hot or under pressure", "form only hot or under pressure"),
}
"""What is said of compounds of potassium with an element: of one, of several."""

_ENCASED: Final = ("may be encased in the matrix of sulfide",) * 2

_QUOTED: Final = (
    "Quoted for these compounds alone; it says nothing of the amounts found here, and neither "
    "class nor confidence rests on it."
)


def sayings(products: Iterable[str]) -> tuple[str, ...]:
    """Return what the review says of products, one clause for those it says the same of.

    >>> sayings(["K2S", "KSb", "K3Sb"])
    ('KSb and K3Sb may conduct electrons better than phosphides of potassium',)
    >>> sayings(["KSi"])
    ('KSi forms only hot or under pressure',)
    """
    formulas = [Formula.parse(product) for product in dict.fromkeys(products)]
    sulfide = any({"K", "S"} == set(formula.elements) for formula in formulas)
    found: dict[tuple[str, str], list[str]] = {}
    for formula in formulas:
        others = set(formula.elements) - {"K"}
        if len(formula.elements) == 2 and len(others) == 1 and others <= _MAY.keys():
            encased = sulfide and formula.key == Formula.parse("K3P").key
            found.setdefault(_ENCASED if encased else _MAY[others.pop()], []).append(formula.text)
    return tuple(f"{_listed(names)} {said[len(names) > 1]}" for said, names in found.items())


def finding(products: Iterable[str], unsure: Iterable[str]) -> Finding | None:
    """Return what the review says of products as a finding; None where it says nothing.

    Args:
        products: Products at any voltage that matters, sulfides too.
        unsure: Phases that form only if their energy is lower than calculated.
    """
    certain, possible = list(products), list(unsure)
    said = sayings([*certain, *possible])
    if not said:
        return None
    maybe = [name for name in possible if name not in certain and sayings([name])]
    only = (f"{_listed(maybe)} only within 25 meV/atom of the hull.",) if maybe else ()
    return Finding(
        "quoted",
        "low",
        f"A review of potassium electrolytes says: {'; '.join(said)}.",
        notes=(_QUOTED, *only),
        references=(REVIEW,),
    )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
