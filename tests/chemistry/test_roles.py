"""Roles of elements, worked by hand from oxidation states."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kstab.chemistry.composition import Formula
from kstab.chemistry.roles import METALS, STATES, Electrons, feature_names, features, pairs_in
from kstab.phases.error_classes import class_names, classify
from kstab.phases.table import pack_compositions

PAIRS = (("K", "S"), ("Fe", "O"))


def roles(text: str) -> dict[str, float]:
    """Features of a formula that are not zero."""
    values = features(*pack_compositions([Formula.parse(text)]), PAIRS)[0]
    return {n: v for n, v in zip(feature_names(PAIRS), values.tolist(), strict=True) if v}


def ions(text: str) -> dict[str, float]:
    """Those that count ions and atoms, not the electrons of metals."""
    return {n: v for n, v in roles(text).items() if not n.startswith("electrons") and "-" not in n}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("K2S", {"sulfide": 1}),
        ("K2S5", {"sulfide": 1, "sulfur not sulfide": 4}),
        ("KS3", {"sulfide": 1 / 2, "sulfur not sulfide": 5 / 2}),
        ("K2SO4", {"oxide": 1, "sulfate, sulfite": 1, "oxidised sulfur": 1}),
        # four of the twelve electrons that two S(VI) would give
        ("K2S2O3", {"oxide": 1, "sulfate, sulfite": 4 / 6, "oxidised sulfur": 2}),
        ("S8O", {"sulfate, sulfite": 2 / 6, "oxidised sulfur": 1, "sulfur not sulfide": 7}),
        ("K2O", {"oxide": 1, "oxide, alkali": 1}),
        ("K2CO3", {"oxide": 1, "carbonate": 1}),
        ("Li5FeO4", {"oxide": 4, "oxide, alkali": 1, "Fe with U": 1}),  # 5 of 8 electrons
        ("Li2O2", {"oxide": 1, "peroxide": 2}),
        ("KO2", {"oxide": 1 / 2, "superoxide": 2}),
        ("H2O2", {"hydroxide": 2}),  # a molecule, not an ion
        ("KNO3", {"oxide": 1 / 2, "nitrate, nitrite": 1, "oxidised nitrogen": 1}),
        ("KClO4", {"oxide": 1 / 2, "halogenate": 1, "oxidised chlorine": 1}),
        ("KN3", {"nitride": 1 / 3, "azide": 8 / 3}),
        ("Ba(N3)2", {"nitride": 2 / 3, "azide": 16 / 3}),
        ("N2O", {"nitrate, nitrite": 2 / 5, "oxidised nitrogen": 1, "nitrogen not nitride": 1}),
        ("KHS", {"sulfide": 1, "hydrosulfide": 1}),
        ("KHF2", {"fluoride": 2, "hydrogen fluoride": 1}),
        ("NH4Cl", {"chloride": 1, "hydrogen halide": 1, "amide, ammonium": 3}),
        ("KHCO3", {"oxide": 1 / 2, "hydroxide": 1, "carbonate": 1}),
        ("KOH", {"oxide": 1 / 2, "hydroxide": 1}),
        ("KBH4", {"hydride": 1, "borohydride": 4}),
        ("K3PO4", {"oxide": 3 / 2, "phosphate": 1}),
        ("KCN", {"cyanide": 2 / 3, "nitride": 1 / 3}),
        ("NaNH2", {"nitride": 1 / 3, "amide, ammonium": 2}),
        ("K3SbS4", {"sulfide": 4, "sulfide, metalloid": 5 / 2}),  # Sb(V)
        # Cl takes first, from six electrons of Li and three of P(III) in proportion
        (
            "Li6PS5Cl",
            {
                "chloride": 1,
                "chloride, metalloid": 1 / 3,
                "sulfide": 5,
                "sulfide, metalloid": 14 / 6,
            },
        ),
        ("FeS", {"sulfide": 1, "sulfide, 3d metal": 1}),
        # Fe gives three electrons to sulfur at most
        ("FeS2", {"sulfide": 3 / 2, "sulfide, 3d metal": 3 / 2, "sulfur not sulfide": 1 / 2}),
        ("KFeO2", {"oxide": 2, "Fe with U": 1}),
        (
            "FeF3",
            {"fluoride": 3, "fluoride, 3d metal": 3, "Fe with U": 1, "Fe with U, fluoride": 1},
        ),
        ("Al2O3", {"oxide": 3, "oxide, p metal": 3}),
        ("TiO2", {"oxide": 2, "oxide, d metal": 2}),
        ("KBr", {"bromide": 1}),
        ("K2Se", {"selenide": 1}),
        ("K3Sb", {"antimonide, bismuthide": 1, "alloy, alkali": 3}),
        ("Li7Sn2", {"alloy of Si to Pb": 7, "alloy, alkali": 7}),
        ("NaTl", {"alloy of Al to Tl": 1, "alloy, alkali": 1}),
        ("Mg2Si", {"alloy of Si to Pb": 4}),
        ("Li2SnO3", {"oxide": 3, "oxide, p metal": 2}),  # no alloy where an anion takes all
        ("GaSb", {}),  # an alloy, as computed
        ("KC8", {}),
        ("SiC", {}),
    ],
)
def test_ions_worked_by_hand(formula, expected):
    assert ions(formula) == pytest.approx(expected)


@pytest.mark.parametrize("element", ["K", "S", "O2", "Fe", "H2", "Sb"])
def test_elements_have_no_role(element):
    assert roles(element) == {}


def test_electrons_of_metals_are_counted_by_metal_and_group():
    found = roles("K3SbS4")
    assert found["electrons of K"] == found["electrons of alkali"] == found["K-S"] == 3
    assert "electrons of Sb" not in found


def test_metals_with_u_have_no_electrons_of_their_own():
    assert "electrons of Fe" not in roles("KFeO2")
    assert roles("KFeO2")["Fe-O"] == 3
    assert roles("FeS")["electrons of Fe"] == 2


def test_pairs_are_those_that_exchange_electrons():
    formulas = [Formula.parse(text) for text in ("K2S", "KC8", "Al2O3")]
    assert pairs_in(Electrons.deal(*pack_compositions(formulas))) == {("K", "S"), ("Al", "O")}


def test_electrons_are_kept():
    """What is received was given, by nobody more than he has."""
    electrons = Electrons.deal(*pack_compositions([Formula.parse("KFe2(PO4)(SO4)Cl3")]))
    given = sum(electrons.gave(e)[0] for e in ("K", "Fe", "P", "S", "Cl"))
    assert given == pytest.approx(electrons.flow(("O", "Cl", "S"))[0])
    assert electrons.gave("K")[0] == 1
    assert electrons.gave("Fe")[0] <= 2 * STATES["Fe"][1]


ELEMENTS = st.sampled_from(["K", "Li", "Fe", "Sb", "P", "S", "O", "Cl", "H", "N", "C", "Al"])
COMPOSITIONS = st.dictionaries(ELEMENTS, st.integers(1, 12), min_size=2, max_size=6)


@settings(max_examples=60, deadline=None)
@given(COMPOSITIONS, st.integers(2, 7))
def test_features_scale_with_the_formula_unit(amounts, factor):
    one = Formula.of(amounts)
    many = Formula.of({element: n * factor for element, n in amounts.items()})
    values = features(*pack_compositions([one, many]), PAIRS)
    np.testing.assert_allclose(values[1], factor * values[0], atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(COMPOSITIONS)
def test_order_and_padding_do_not_matter(amounts):
    numbers, atoms = pack_compositions([Formula.of(amounts)])
    padded = np.pad(numbers[:, ::-1], ((0, 0), (2, 3))), np.pad(atoms[:, ::-1], ((0, 0), (2, 3)))
    np.testing.assert_allclose(features(*padded, PAIRS), features(numbers, atoms, PAIRS))


@settings(max_examples=60, deadline=None)
@given(COMPOSITIONS, ELEMENTS)
def test_features_are_continuous_in_elements_present(amounts, element):
    """A little more of an element that is there changes every role a little."""
    numbers, atoms = pack_compositions([Formula.of({element: 1, **amounts})])
    more = atoms + 1e-7 * (numbers > 0)
    change = features(numbers, more, PAIRS) - features(numbers, atoms, PAIRS)
    assert np.abs(change).max() < 1e-4


def test_a_trace_of_another_metal_leaves_a_peroxide():
    assert roles("K2Zn0.001O2")["peroxide"] == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("KCl", "chloride; alkali"),
        ("FeCl3", "chloride, d metal"),
        ("K2S5", "polysulfide; alkali"),
        ("K2SO4", "oxidised sulfur; alkali; 3 or more elements"),
        ("KFeO2", "oxide or fluoride with U; 3 or more elements"),
        ("MgCl2", "chloride; alkaline earth"),
        ("KN3", "azide; alkali"),
        ("LiSn", "alloy; alkali"),
        ("GaSb", "no correction"),
    ],
)
def test_error_classes(formula, expected):
    numbers, atoms = pack_compositions([Formula.parse(formula)])
    per_atom = features(numbers, atoms) / atoms.sum()
    label = classify(per_atom, np.count_nonzero(numbers, axis=1))
    assert class_names()[label[0]] == expected


def test_every_metal_has_states_in_order():
    assert set(METALS) == set(STATES)
    assert all(low <= max(high, soft) for low, high, soft in STATES.values())
