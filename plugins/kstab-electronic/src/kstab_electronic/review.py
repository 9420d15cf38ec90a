"""What a review of potassium electrolytes says of some products, and of these alone."""

from collections.abc import Iterable
from typing import Final

from kstab.composition import Formula

REVIEW: Final = "doi:10.1038/s43246-024-00568-3"

_SAYINGS: Final = {
    "P": "phosphides of potassium may conduct worse than its compounds with antimony",
    "Sb": "compounds of potassium and antimony may conduct better than phosphides",
    "Si": "compounds of potassium and silicon form only hot or under pressure",
}


def notes(products: Iterable[str]) -> tuple[str, ...]:
    """Return what the review says of products, one sentence a compound it speaks of.

    >>> notes(["K2S", "KSb"])
    ('KSb: compounds of potassium and antimony may conduct better than phosphides (review).',)
    """
    formulas = [Formula.parse(product) for product in products]
    sulfide = any({"K", "S"} == set(formula.elements) for formula in formulas)
    found = []
    for formula in formulas:
        others = set(formula.elements) - {"K"}
        if len(formula.elements) != 2 or len(others) != 1 or not others <= _SAYINGS.keys():
            continue
        text = _SAYINGS[others.pop()]
        if sulfide and formula.key == Formula.parse("K3P").key:
            text = "in a matrix of sulfide it may be encased"
        found.append(f"{formula}: {text} (review).")
    return tuple(dict.fromkeys(found))
