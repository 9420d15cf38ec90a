"""What each element does in a phase, from the composition alone.

Corrections of computed energies depend on what an element is in a phase: sulfur
is a sulfide in K2S, partly elemental in K2S5, the centre of an oxoanion in K2SO4.
Here electrons are dealt out in a fixed order: the most electronegative element
takes first, up to its usual charge, from everything less electronegative. Givers
come in stages, and within a stage everybody gives in proportion to what is left:

1. metals at their lowest common oxidation state, with H, B, Si, Ge, P, As, Sb;
2. carbon;
3. Te, Se, S, N, the centres of oxoanions;
4. metals and P, As, Sb up to their highest common oxidation state;
5. I, Br, Cl, against the hardest anions alone.

What ionic metals have left then goes to the metals and metalloids of alloys, Sb to Zn.

What an element does not receive at its full charge is not an anion: sulfur is
then polysulfide, molecular or oxidised. All amounts are extensive and piecewise
linear in the composition, but for two rules of the computed data: elements have
no role, and metals computed with a Hubbard U have one where oxygen or fluorine is
present.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kstab.chemistry.elements import ALKALI_METALS, ATOMIC_NUMBER

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STATES: Final[dict[str, tuple[int, int, int]]] = {
    **dict.fromkeys(ALKALI_METALS, (1, 1, 1)),
    **dict.fromkeys("Be Mg Ca Sr Ba Zn Cd".split(), (2, 2, 2)),
    **dict.fromkeys("Al Ga Sc Y La Nd Pm Gd Dy Ho Er Tm Lu Ac".split(), (3, 3, 3)),
    "Sm": (2, 3, 3), "Eu": (2, 3, 3), "Yb": (2, 3, 3), "Ce": (3, 4, 3), "In": (1, 3, 3),
    "Tl": (1, 3, 3), "Pr": (3, 4, 3), "Tb": (3, 4, 3), "Sn": (2, 4, 4), "Pb": (2, 4, 2),
    "Bi": (3, 5, 3), "Hg": (1, 2, 2), "Ti": (2, 4, 4), "Zr": (2, 4, 4), "Hf": (4, 4, 4),
    "V": (2, 5, 5), "Nb": (2, 5, 5), "Ta": (4, 5, 5), "Cr": (2, 6, 3), "Mo": (4, 6, 6),
    "W": (4, 6, 6), "Mn": (2, 7, 2), "Tc": (4, 7, 4), "Re": (3, 7, 5), "Fe": (2, 6, 3),
    "Co": (2, 4, 3), "Ni": (2, 4, 2), "Cu": (1, 3, 1), "Au": (1, 3, 3), "Ru": (3, 8, 4),
    "Os": (3, 8, 4), "Rh": (3, 4, 3), "Ir": (3, 6, 4), "Pd": (2, 4, 2), "Pt": (2, 4, 4),
    "Th": (4, 4, 4), "Pa": (4, 5, 5), "U": (3, 6, 4), "Np": (3, 7, 4), "Pu": (3, 6, 3),
    "Ag": (1, 3, 1),
}  # fmt: skip
"""Oxidation states of metals: lowest common; highest common; highest against soft anions.

Greenwood and Earnshaw, Chemistry of the Elements, 2nd edition, 1997. Soft anions
(S, Se, Te, P, As, Sb, H ...) reduce Cu(II), Ce(IV), Bi(V) ...
"""

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "alkali": ALKALI_METALS,
    "alkaline earth": tuple("Be Mg Ca Sr Ba".split()),
    "rare earth": tuple("Sc Y La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Ac".split()),
    "light p metal": tuple("Zn Cd Al Ga In Sn".split()),
    "heavy p metal": tuple("Hg Tl Pb Bi".split()),
    "early d metal": tuple("Ti Zr Hf V Nb Ta Mo W".split()),
    "3d metal": tuple("Cr Mn Fe Co Ni Cu".split()),
    "noble metal": tuple("Tc Re Ru Os Rh Ir Pd Pt Ag Au".split()),
    "actinide": tuple("Th Pa U Np Pu".split()),
}
"""Metals by how they bond; zinc and cadmium have no open d shell."""

METALS: Final = tuple(metal for members in GROUPS.values() for metal in members)
U_METALS: Final = tuple("V Cr Mn Fe Co Ni Mo W".split())
"""Metals that the Materials Project computes with a Hubbard U in oxides and fluorides."""

ALLOYS: Final = {
    "Sb": 3, "Bi": 3, "Si": 4, "Ge": 4, "Sn": 4, "Pb": 4, "Tl": 5, "In": 5, "Ga": 5, "Al": 5,
    "Hg": 2, "Cd": 2, "Zn": 2,
}  # fmt: skip
"""Elements that make alloys with ionic metals, taking what no anion took: Na3Sb, Li7Sn2, NaTl."""

TAKERS: Final = {
    "F": 1, "O": 2, "Cl": 1, "N": 3, "Br": 1, "I": 1, "S": 2, "Se": 2, "Te": 2, "C": 4, "H": 1,
    "As": 3, "P": 3, **ALLOYS,
}  # fmt: skip
"""Elements that take electrons, in the order in which they do, and the charge they take up to."""

_HARD = ("F", "O", "Cl", "N", "Br")
_ALLOYING = ("C", "H", "As", "P", *ALLOYS)  # they make no oxoanion-like groups with others
_CENTRES = {"H": (1, 1), "B": (3, 3), "Si": (4, 4), "Ge": (4, 4), "P": (3, 5), "As": (3, 5),
            "Sb": (3, 5)}  # fmt: skip
_LATER_CENTRES = {"C": 4, "Te": 6, "Se": 6, "S": 6, "N": 5}
_HALOGENS = {"I": 7, "Br": 7, "Cl": 7}
_HIGHEST = {
    **{e: STATES[e][0] for e in ALLOYS if e in STATES},
    **{e: high for e, (_, high) in _CENTRES.items()},
    **_LATER_CENTRES,
    **_HALOGENS,
}
_P_BLOCK = ("B", "Si", "Ge", "P", "As", "Sb", "C", "N", "S", "Se", "Te", "Cl", "Br", "I")


def _of(*groups: str) -> tuple[str, ...]:
    return tuple(metal for group in groups for metal in GROUPS[group])


_IONIC = _of("alkali", "alkaline earth", "rare earth")
_P_METALS = _of("light p metal", "heavy p metal")
_AZIDE_METALS = (*_IONIC, *_P_METALS, "Ag", "Cu")
_D_METALS = _of("early d metal", "noble metal", "actinide")


class Role(NamedTuple):
    """Electrons that some elements take from others, counted in ions.

    Attributes:
        takers: Who takes them.
        givers: Who gives them; empty for everybody.
        electrons: Electrons that make one ion.
    """

    takers: tuple[str, ...]
    givers: tuple[str, ...]
    electrons: float


_ANIONS = {
    "sulfide": ("S", 2), "selenide": ("Se", 2), "telluride": ("Te", 2), "fluoride": ("F", 1),
    "chloride": ("Cl", 1), "bromide": ("Br", 1), "iodide": ("I", 1),
}  # fmt: skip
_BONDED = {
    "sulfide": ("S",), "selenide, telluride": ("Se", "Te"), "fluoride": ("F",),
    "chloride": ("Cl",), "bromide": ("Br",), "iodide": ("I",),
}  # fmt: skip
_PARTNERS = {
    "p metal": _P_METALS, "d metal": _D_METALS, "3d metal": GROUPS["3d metal"],
    "metalloid": _P_BLOCK,
}  # fmt: skip
_OXOANIONS = {
    "silicate, germanate": (("Si", "Ge"), 4), "borate": (("B",), 3), "phosphate": (("P",), 5),
    "arsenate, antimonate": (("As", "Sb"), 5), "carbonate": (("C",), 4),
    "nitrate, nitrite": (("N",), 5), "sulfate, sulfite": (("S",), 6),
    "selenate, tellurate": (("Se", "Te"), 6), "halogenate": (("Cl", "Br", "I"), 7),
}  # fmt: skip

OXOANIONS: Final = tuple(_OXOANIONS)
"""Names of the roles counted in oxoanions, of three or four oxygen atoms each."""

ROLES: Final[dict[str, Role]] = {
    "oxide": Role(("O",), METALS, 2),
    "oxide, p metal": Role(("O",), _P_METALS, 2),
    "oxide, d metal": Role(("O",), tuple("Ti Zr Hf Nb Ta".split()), 2),
    "oxide, late d metal": Role(("O",), ("Cu", *_of("noble metal", "actinide")), 2),
    **{name: Role(("O",), centre, n) for name, (centre, n) in _OXOANIONS.items()},
    "hydroxide": Role(("O",), ("H",), 1),
    **{name: Role((taker,), (), n) for name, (taker, n) in _ANIONS.items()},
    **{
        f"{name}, {partner}": Role(takers, givers, TAKERS[takers[0]])
        for name, takers in _BONDED.items()
        for partner, givers in _PARTNERS.items()
    },
    "nitride": Role(("N",), (*METALS, "B", "Si", "Ge", "P"), 3),
    "cyanide": Role(("N",), ("C",), 3),
    "amide, ammonium": Role(("N",), ("H",), 1),
    "hydride": Role(("H",), METALS, 1),
    "borohydride": Role(("H",), ("B",), 0.75),  # BH4-: three of its hydrogens take from boron
    "phosphide, arsenide": Role(("P", "As"), (), 3),
    "antimonide, bismuthide": Role(("Sb", "Bi"), (), 3),
    "alloy of Si to Pb": Role(("Si", "Ge", "Sn", "Pb"), (), 1),
    "alloy of Al to Tl": Role(("Tl", "In", "Ga", "Al"), (), 1),
    "alloy of Zn to Hg": Role(("Hg", "Cd", "Zn"), (), 1),
    "alloy, alkali": Role(tuple(ALLOYS), GROUPS["alkali"], 1),
    "hydrogen fluoride": Role(("F",), ("H",), 1),
    "hydrosulfide": Role(("S",), ("H",), 1),
    "hydrogen halide": Role(("Cl", "Br", "I"), ("H",), 1),
}
"""Roles by name. A bonded one (``chloride, p metal``) comes on top of its anion (``chloride``)."""

EXCESS: Final = {
    "fluorine not fluoride": "F",
    "sulfur not sulfide": "S",
    "chlorine not chloride": "Cl",
    "nitrogen not nitride": "N",
}
"""Atoms beyond the anions that the electrons received could make: polysulfide, N2, Cl2."""

OXIDISED: Final = {"oxidised sulfur": "S", "oxidised chlorine": "Cl", "oxidised nitrogen": "N"}
"""Those of them that gave electrons away, two or more an atom: sulfate, chlorate, nitrate."""


def _lookup(values: Mapping[str, float]) -> Floats:
    out = np.zeros(128)
    for symbol, value in values.items():
        out[ATOMIC_NUMBER[symbol]] = value
    return out


def _metals_facing(taker: str) -> Iterable[str]:
    """Metals that make ions with a taker; others make alloys, which stay as computed."""
    facing = {**dict.fromkeys(ALLOYS, _IONIC), "C": (), "P": (*_IONIC, *_P_METALS)}
    facing["As"] = facing["P"]
    return facing.get(taker, METALS)


def _centres_facing(taker: str) -> list[str]:
    """Light givers of the first stage."""
    if taker in _ALLOYING:
        return ["B"] if taker == "H" else []
    order = list(TAKERS)
    return [e for e in _CENTRES if e not in order or order.index(e) > order.index(taker)]


def _stages(taker: str) -> list[Floats]:
    """Electrons an atom of each element gives a taker, up to and with each stage."""
    later = list(TAKERS)[list(TAKERS).index(taker) + 1 :]
    limit = 1 if taker in _HARD else 2
    metals = [m for m in _metals_facing(taker) if m != taker]
    low: dict[str, float] = {m: min(STATES[m][0], STATES[m][limit]) for m in metals}
    high: dict[str, float] = {m: STATES[m][limit] for m in metals}
    low |= {e: _CENTRES[e][0] for e in _centres_facing(taker)}
    high |= {e: _CENTRES[e][1] for e in _centres_facing(taker)}
    centres = {
        e: n
        for e, n in _LATER_CENTRES.items()
        if taker not in _ALLOYING and e in later and (taker, e) != ("S", "Se")
    }
    carbon = {e: n for e, n in centres.items() if e == "C"}
    halogens = {e: n for e, n in _HALOGENS.items() if taker in _HARD and e in later}
    steps = (low, low | carbon, low | centres, high | centres, high | centres | halogens)
    return [_lookup(step) for step in steps]


_STAGES = {taker: _stages(taker) for taker in TAKERS}


@dataclass(frozen=True, eq=False)
class Electrons:
    """Who gave how many electrons to whom, per formula unit.

    Attributes:
        numbers: Atomic numbers of each phase's elements, padded with 0; shape (n, k).
        amounts: Atoms of each of them per formula unit; shape (n, k).
        spent: Electrons each of them gave away, to whomever; shape (n, k).
        gifts: For each taker the phases that hold it, and what it got from each element.
    """

    numbers: Integers
    amounts: Floats
    spent: Floats
    gifts: Mapping[str, tuple[Integers, Floats]]

    @classmethod
    def deal(cls, numbers: ArrayLike, amounts: ArrayLike) -> "Electrons":
        """Deal out the electrons of compositions given as in the attributes."""
        z = np.asarray(numbers, dtype=np.int64)
        atoms = np.where(z > 0, np.asarray(amounts, dtype=float), 0.0)
        spent = np.zeros(z.shape)
        gifts = {}
        for taker in TAKERS:
            rows = np.flatnonzero((z == ATOMIC_NUMBER[taker]).any(axis=1))
            if len(rows):
                gifts[taker] = rows, _gift(taker, z[rows], atoms[rows], spent[rows])
                spent[rows] += gifts[taker][1]
        return cls(z, atoms, spent, gifts)

    def flow(self, takers: Iterable[str], givers: Iterable[str] = ()) -> Floats:
        """Electrons that takers got from givers, from everybody if none are named; shape (n,)."""
        named = _lookup(dict.fromkeys(givers, 1.0))
        share = named if named.any() else np.ones(128)
        out = np.zeros(len(self.numbers))
        for rows, gift in (self.gifts[taker] for taker in takers if taker in self.gifts):
            out[rows] += (gift * share[self.numbers[rows]]).sum(axis=1)
        return out

    def atoms(self, element: str) -> Floats:
        """Atoms of an element; shape (n,)."""
        return self._total(element, self.amounts)

    def gave(self, element: str) -> Floats:
        """Electrons that an element gave away, to whomever; shape (n,)."""
        return self._total(element, self.spent)

    def gave_to_anions(self, element: str) -> Floats:
        """Electrons that an element gave away, alloys not counted; shape (n,)."""
        return self._total(element, self._to_anions)

    @cached_property
    def _to_anions(self) -> Floats:
        kept = self.spent.copy()
        for rows, gift in (self.gifts[taker] for taker in ALLOYS if taker in self.gifts):
            kept[rows] -= gift
        return kept

    def _total(self, element: str, values: Floats) -> Floats:
        total: Floats = np.where(self.numbers == ATOMIC_NUMBER[element], values, 0.0).sum(axis=1)
        return total


def _gift(taker: str, z: Integers, atoms: Floats, spent: Floats) -> Floats:
    """Electrons a taker gets from each element of each phase, stage after stage."""
    own = z == ATOMIC_NUMBER[taker]
    free = (atoms * own).sum(axis=1)
    if taker in _HIGHEST:  # atoms that gave their electrons away take none
        free = np.maximum(free - (spent * own).sum(axis=1) / _HIGHEST[taker], 0.0)
    want = free * TAKERS[taker]
    gift = np.zeros(z.shape)
    for stage in _STAGES[taker]:
        left = np.maximum(atoms * stage[z] - spent - gift, 0.0)
        total = left.sum(axis=1)
        take = np.minimum(want, total)
        gift += left * np.divide(take, total, out=np.zeros(len(z)), where=total > 0)[:, None]
        want = want - take
    return gift


def feature_names(pairs: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """Return the names of the features, in the order of :func:`features`.

    Args:
        pairs: Pairs of metal and taker that have a feature of their own.
    """
    return (
        "peroxide",
        "superoxide",
        "oxide, alkali",
        *ROLES,
        *EXCESS,
        *OXIDISED,
        "azide",
        *(f"{metal} with U" for metal in U_METALS),
        *(f"{metal} with U, fluoride" for metal in U_METALS),
        *(f"electrons of {name}" for name in (*GROUPS, *METALS)),
        *(f"{metal}-{taker}" for metal, taker in pairs),
    )


def features(
    numbers: ArrayLike, amounts: ArrayLike, pairs: Sequence[tuple[str, str]] = ()
) -> Floats:
    """Return what is corrected in compositions: ions, atoms or electrons in each role.

    Args:
        numbers: Atomic numbers of each phase's elements, padded with 0; shape (n, k).
        amounts: Atoms of each of them per formula unit; shape (n, k).
        pairs: Pairs of metal and taker that have a feature of their own.

    Returns:
        Amounts per formula unit, named by :func:`feature_names`; shape (n, features).
        An element has none.
    """
    electrons = Electrons.deal(numbers, amounts)
    ions = [electrons.flow(r.takers, r.givers) / r.electrons for r in ROLES.values()]
    bonds = [electrons.flow((taker,), (metal,)) for metal, taker in pairs]
    columns = [
        *_peroxides(electrons),
        _alkali_oxide(electrons),
        *ions,
        *_excess(electrons),
        *_metals(electrons),
        *bonds,
    ]
    compound = np.count_nonzero(electrons.numbers, axis=1) > 1
    matrix: Floats = np.stack(columns, axis=1) * compound[:, None]
    matrix[np.abs(matrix) < 1e-12] = 0.0
    return matrix


def _ratio(part: Floats, whole: Floats) -> Floats:
    """One over the other, 0 where there is nothing."""
    ratio: Floats = np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
    return ratio


def _excess(electrons: Electrons) -> list[Floats]:
    """Atoms beyond the anions: molecular ones, oxidised ones, and those of azide ions.

    An azide ion, with one electron from a metal, has 8/3 atoms beyond nitride; at most
    three times as many count an electron, since N2 and nitrogen of ammonium are no azide.
    """
    beyond = {
        e: np.maximum(electrons.atoms(e) - electrons.flow((e,)) / TAKERS[e], 0.0)
        for e in EXCESS.values()
    }
    oxidised = {e: np.minimum(beyond[e], electrons.gave(e) / 2) for e in OXIDISED.values()}
    ionic = electrons.flow(("N",), _AZIDE_METALS)
    azide = np.minimum(beyond["N"] - oxidised["N"], 8 * ionic)
    free = {e: atoms - oxidised.get(e, 0.0) for e, atoms in beyond.items()}
    free["N"] = free["N"] - azide
    return [*free.values(), *oxidised.values(), azide]


def _alkali_oxide(electrons: Electrons) -> Floats:
    """Oxide ions of alkali metals alone: all in Li2O, none where others give half of them.

    Neither the oxygen of Li2CO3 nor that of Li2O2 counts.
    """
    received = electrons.flow("O")
    share = _ratio(electrons.flow("O", GROUPS["alkali"]), received)
    charge = _ratio(received, electrons.atoms("O"))
    alone = np.clip(2 * share - 1, 0.0, 1.0) * np.clip(charge - 1, 0.0, 1.0)
    ions: Floats = alone * received / 2
    return ions


def _peroxides(electrons: Electrons) -> tuple[Floats, Floats]:
    """Oxygen atoms in peroxide and in superoxide ions.

    Told by the mean charge of oxygen (1 in a peroxide, 1/2 in a superoxide) where only
    ionic metals give electrons; fading out as others come to give half of them.
    """
    oxygen, received = electrons.atoms("O"), electrons.flow("O")
    ionic = np.clip(2 * _ratio(electrons.flow("O", _IONIC), received) - 1, 0.0, 1.0)
    charge = _ratio(received, oxygen)
    super_ = np.clip((1.0 - charge) / 0.5, 0.0, 1.0)
    peroxide = np.where(charge >= 1.0, 2.0 - charge, 1.0 - super_)
    return peroxide * ionic * oxygen, super_ * ionic * oxygen


def _metals(electrons: Electrons) -> list[Floats]:
    """Atoms of metals computed with a U, and electrons given by the others and their groups."""
    oxygen, fluorine = electrons.atoms("O"), electrons.atoms("F")
    hubbard = oxygen + fluorine > 0
    fluoride = _ratio(fluorine, fluorine + oxygen)
    with_u = {m: np.where(hubbard, electrons.atoms(m), 0.0) for m in U_METALS}
    given = {m: electrons.gave_to_anions(m) for m in METALS}
    given |= {m: np.where(hubbard, 0.0, given[m]) for m in U_METALS}
    groups = [np.sum([given[m] for m in members], axis=0) for members in GROUPS.values()]
    fluorides = [amount * fluoride for amount in with_u.values()]
    return [*with_u.values(), *fluorides, *groups, *given.values()]


def pairs_in(electrons: Electrons) -> set[tuple[str, str]]:
    """Return the pairs of metal and taker between which electrons passed in some phase."""
    found = set()
    for taker, (rows, gift) in electrons.gifts.items():
        givers = set(electrons.numbers[rows][gift > 0].tolist())
        found |= {(metal, taker) for metal in METALS if ATOMIC_NUMBER[metal] in givers}
    return found
