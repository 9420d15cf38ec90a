"""What a review of potassium electrolytes says of some products, and of these alone."""

from collections.abc import Iterable
from typing import Final

from kstab.composition import Formula

REVIEW: Final = "doi:10.1038/s43246-024-00568-3"

_SAYINGS: Final = {
    "P": "may conduct electrons worse than compounds of potassium and antimony",
    "Sb": "may conduct electrons better than phosphides of potassium",
    "Si": "compounds of potassium and silicon form only hot or under pressure",
}
_ENCASED: Final = "may be encased in the matrix of sulfide"


def notes(products: Iterable[str]) -> tuple[str, ...]:
    """Return what the review says of products, one sentence for those it says the same of.

    >>> notes(["K2S", "KSb", "K3Sb"])
    ('KSb, K3Sb: may conduct electrons better than phosphides of potassium (review).',)
    """
    formulas = [Formula.parse(product) for product in dict.fromkeys(products)]
    sulfide = any({"K", "S"} == set(formula.elements) for formula in formulas)
    found: dict[str, list[str]] = {}
    for formula in formulas:
        others = set(formula.elements) - {"K"}
        if len(formula.elements) == 2 and len(others) == 1 and others <= _SAYINGS.keys():
            encased = sulfide and formula.key == Formula.parse("K3P").key
            text = _ENCASED if encased else _SAYINGS[others.pop()]
            found.setdefault(text, []).append(formula.text)
    return tuple(f"{', '.join(names)}: {text} (review)." for text, names in found.items())
