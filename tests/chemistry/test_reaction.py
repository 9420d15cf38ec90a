"""Balanced reactions: exact, clean, refused where they cannot be."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kstab.chemistry.composition import Formula
from kstab.chemistry.reaction import balance


@pytest.mark.parametrize(
    ("reactant", "products", "ion", "text"),
    [
        ("K3SbS4", ("K2S", "K3Sb"), "K", "K3SbS4 + 8 K → 4 K2S + K3Sb"),
        ("K3SbS4", ("K2S3", "K3SbS3"), "K", "3 K3SbS4 + 2 K → K2S3 + 3 K3SbS3"),
        ("K3SbS4", ("S", "Sb2S3"), "K", "2 K3SbS4 → 5 S + Sb2S3 + 6 K"),
        ("K3SbS4", ("K3SbS4",), "K", "K3SbS4 → K3SbS4"),
        ("MgO", ("O2",), "Mg", "2 MgO → O2 + 2 Mg"),
        ("K2Fe4O7", ("Fe2O3", "KFeO2"), "K", "K2Fe4O7 → Fe2O3 + 2 KFeO2"),
        ("K", (), "K", "K → K"),
        ("K2.9SbS3.9Cl0.1", ("K2S", "K3Sb", "KCl"), "K",
         "10 K2.9SbS3.9Cl0.1 + 80 K → 39 K2S + 10 K3Sb + KCl"),
    ],
)  # fmt: skip
def test_written_reactions(reactant, products, ion, text):
    assert str(balance((reactant,), products, ion)) == text


def test_large_multiples_are_shown_for_one_formula_unit():
    reaction = balance(("GePbS3",), ("K2S", "K3Ge17", "K5Pb24"), "K")
    assert reaction.reactants == (("GePbS3", 1),)
    assert reaction.products[1] == ("K3Ge17", Fraction(1, 17))
    assert str(reaction) == "GePbS3 + 6.385 K → 3 K2S + 0.05882 K3Ge17 + 0.04167 K5Pb24"


def test_coefficients_are_exact_fractions():
    reaction = balance(("K3SbS4",), ("KS3", "KSbS2"), "K")
    assert (reaction.formula_units, reaction.ion_change) == (3, -4)
    assert all(isinstance(amount, Fraction) for _, amount in reaction.products)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 99), min_size=3, max_size=3), st.integers(0, 99))
def test_whatever_is_mixed_is_found_again(amounts, ions):
    """Products in any amounts make up a reactant; balancing it gives the amounts back."""
    products = ("K2S", "Sb2S3", "KFeO2")
    parts = [Formula.parse(product) for product in products]
    total = {
        symbol: sum(n * part[symbol] for n, part in zip(amounts, parts, strict=True))
        for symbol in ("K", "Sb", "S", "Fe", "O")
    }
    total["K"] += ions
    reaction = balance((Formula.of(total).text,), products, "K")
    found = [amount / reaction.formula_units for _, amount in reaction.products]
    assert found == amounts
    assert reaction.ion_change / reaction.formula_units == -ions


@pytest.mark.parametrize(
    "products",
    [
        ("K2S", "K2S3", "S"),  # in more than one way
        ("K2S",),  # no antimony
        ("K2S", "Sb2O3"),  # oxygen from nowhere
        ("KSbS2",),  # sulfur left over
    ],
)
def test_what_cannot_be_balanced_is_refused(products):
    with pytest.raises(ValueError, match="balanced"):
        balance(("K3SbS4",), products, "K")
