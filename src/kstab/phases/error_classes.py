"""How good the corrected energy of a phase is: kinds of phases with about equal errors."""

from typing import Final

import numpy as np

from kstab.chemistry.roles import GROUPS, OXOANIONS, U_METALS, Floats, Integers, feature_names

CLASSES: Final = {
    "azide": ("azide",),
    "oxidised nitrogen": ("nitrate, nitrite", "nitrogen not nitride", "cyanide"),
    "oxidised halogen": ("halogenate", "chlorine not chloride", "fluorine not fluoride"),
    "oxidised sulfur": ("sulfate, sulfite", "selenate, tellurate"),
    "carbonate": ("carbonate",),
    "phosphate, borate, silicate": OXOANIONS[:4],
    "hydroxide, amide, borohydride": (
        "hydroxide",
        "amide, ammonium",
        "borohydride",
        "hydrosulfide",
    ),
    "hydride": ("hydride",),
    "peroxide, superoxide": ("peroxide", "superoxide"),
    "polysulfide": ("sulfur not sulfide",),
    "oxide or fluoride with U": tuple(f"{metal} with U" for metal in U_METALS),
    "oxide, late d metal": ("oxide, late d metal",),
    "oxide, d metal": ("oxide, d metal",),
    "oxide": ("oxide",),
    "fluoride": ("fluoride",),
    "chloride, d metal": ("chloride, d metal", "chloride, 3d metal"),
    "chloride": ("chloride",),
    "bromide, d metal": ("bromide, d metal", "bromide, 3d metal"),
    "bromide": ("bromide",),
    "iodide, d metal": ("iodide, d metal", "iodide, 3d metal"),
    "iodide": ("iodide",),
    "nitride": ("nitride",),
    "sulfide, d metal": ("sulfide, d metal", "sulfide, 3d metal"),
    "sulfide": ("sulfide",),
    "selenide, telluride": ("selenide", "telluride"),
    "pnictide": ("phosphide, arsenide",),
    "alloy": (
        "antimonide, bismuthide",
        "alloy of Si to Pb",
        "alloy of Al to Tl",
        "alloy of Zn to Hg",
    ),
}
"""Kinds of phases whose corrected energies are about equally good, by the roles that tell them.

A phase is of the first kind of whose roles it has more than 2 %, per atom.
"""

UNCORRECTED: Final = "no correction"
_CLASS_SHARE = 0.02
_MOSTLY = ("", "; alkaline earth", "; alkali")

BLOCKS: Final = 2 * len(_MOSTLY)
"""The kinds come so many times among the classes: by number of elements and by metals."""


def class_names() -> tuple[str, ...]:
    """Return the error classes: each kind by metals and by number of elements.

    Errors are smallest where alkali metals give most electrons, and smaller in phases of
    three and more elements, where they average out.
    """
    return tuple(
        f"{kind}{metals}{elements}"
        for elements in ("", "; 3 or more elements")
        for metals in _MOSTLY
        for kind in (*CLASSES, UNCORRECTED)
    )


def classify(per_atom: Floats, elements: Integers) -> Integers:
    """Return the error class of phases, as a position in :func:`class_names`.

    Args:
        per_atom: Features per atom, the first columns as :func:`feature_names`; shape (n, f).
        elements: Number of elements of each phase; shape (n,).
    """
    column = {name: place for place, name in enumerate(feature_names())}
    kinds = len(CLASSES) + 1
    kind = np.full(len(per_atom), kinds - 1)
    for place, members in reversed(list(enumerate(CLASSES.values()))):
        share = np.abs(per_atom[:, [column[name] for name in members]]).sum(axis=1)
        kind[share > _CLASS_SHARE] = place
    given = {g: per_atom[:, column[f"electrons of {g}"]] for g in GROUPS}
    half = np.sum(list(given.values()), axis=0) / 2
    alkali = given["alkali"] + per_atom[:, column["alloy, alkali"]]
    earth = given["alkaline earth"]
    with_u = per_atom[:, [column[f"{metal} with U"] for metal in U_METALS]].any(axis=1)
    s_block = (alkali + earth > half) & ~with_u
    mostly = np.where(s_block, np.where(alkali >= earth, 2, 1), 0)
    label: Integers = kind + kinds * (mostly + len(_MOSTLY) * (np.asarray(elements) > 2))
    return label
