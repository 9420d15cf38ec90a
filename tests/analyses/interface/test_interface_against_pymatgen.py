"""pymatgen as an oracle for interfaces: its interfacial reactivity on real pairs.

Its x counts atoms, those of the open ion included, as ``x_atomic`` does; its energies
are per atom where closed and per non-ion atom where open.
"""

import warnings
from itertools import pairwise

import numpy as np
import pytest
from pymatgen.analysis.interface_reactions import (
    GrandPotentialInterfacialReactivity,
    InterfacialReactivity,
)
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PhaseDiagram
from pymatgen.core import Composition, Element

import kstab
from kstab.chemistry.composition import Formula

# Pairs of each number of elements beside the ion, each compared closed and open.
COUNTS = {("K", 2): 30, ("K", 3): 32, ("K", 4): 20, ("Li", 2): 12, ("Li", 3): 12, ("Li", 4): 12,
          ("Na", 2): 12, ("Na", 3): 12, ("Na", 4): 12}  # fmt: skip


def hull_taken(a, b, ion) -> str | None:
    """For which sides pymatgen answers another question; None for neither.

    A phase whose formation energy is not negative is not among the entries it looks the energy up
    in, so it puts the energy of the hull in its place, with a warning. What the phase itself stores
    beyond the hull is lost.
    """
    plain = interface(a, b, ion, None)
    sides = {"a": (a, plain.reactant_a), "b": (b, plain.reactant_b)}
    costly = [
        side
        for side, (formula, reactant) in sides.items()
        if len(Formula.parse(formula).elements) > 1 and reactant.energy >= 0
    ]
    return {0: None, 1: "".join(costly), 2: "both"}[len(costly)]


@pytest.fixture(scope="module")
def entries_of(table):
    """Entries of a chemical system and their phase diagram, each made once."""
    made = {}

    def of(*formulas):
        key = tuple(sorted({e for formula in formulas for e in Formula.parse(formula).elements}))
        if key not in made:
            entries = kstab.entries_from_table(table, key)
            made[key] = entries, PhaseDiagram(entries)
        return made[key]

    return of


@pytest.fixture(scope="module")
def pymatgen_kinks(entries_of):
    """Fractions and energies of pymatgen's kinks, its duplicates merged."""

    def kinks(a, b, ion, voltage, *, hull=False, own=True):
        entries, diagram = entries_of(a, b, ion)
        pair = Composition(a), Composition(b)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if voltage is None:
                found = InterfacialReactivity(*pair, diagram, use_hull_energy=hull)
            else:
                potential = diagram.el_refs[Element(ion)].energy_per_atom - voltage
                grand = GrandPotentialPhaseDiagram(entries, {Element(ion): potential})
                found = GrandPotentialInterfacialReactivity(
                    *pair, grand, diagram, include_no_mixing_energy=own, use_hull_energy=hull
                )
            points = sorted((float(x), float(e)) for _, x, e, _, _ in found.get_kinks())
        kept = [later for first, later in pairwise(points) if later[0] - first[0] > 1e-7]
        return np.array([points[0], *kept])

    return kinks


def our_kinks(result, mutual=False):
    return np.array(
        [
            (kink.x_atomic, kink.mutual_headline_energy if mutual else kink.headline_energy)
            for kink in result.kinks
        ]
    )


def interface(a, b, ion, voltage, **options):
    return kstab.interface(
        a, b, ion=ion, voltage=voltage, scheme="legacy", temperature="none", **options
    )


def same(ours, theirs) -> bool:
    """Same kinks, energies to 1e-6 eV; other kinks are never tolerated."""
    assert len(ours) == len(theirs)
    np.testing.assert_allclose(ours[:, 0], theirs[:, 0], rtol=0, atol=1e-7)
    return bool(np.abs(ours[:, 1] - theirs[:, 1]).max() < 1e-6)


@pytest.fixture(scope="module")
def drawn(random_pairs):
    """The pairs of an ion and a size, each with a voltage of its own."""

    def draw(ion, size):
        rng = np.random.default_rng(size)
        pairs = random_pairs(size, COUNTS[ion, size], 4000 + size, ion=ion)
        return [(a, b, round(rng.uniform(0, 5), 3)) for a, b in pairs]

    return draw


@pytest.mark.parametrize(("ion", "size"), COUNTS)
def test_kinks_and_energies_of_real_pairs(drawn, pymatgen_kinks, ion, size):
    for a, b, at in drawn(ion, size):
        for voltage in (None, at):
            theirs = pymatgen_kinks(a, b, ion, voltage)
            agrees = same(our_kinks(interface(a, b, ion, voltage)), theirs)
            assert agrees is (hull_taken(a, b, ion) is None), (a, b, voltage)


@pytest.mark.parametrize(("ion", "size"), COUNTS)
def test_mutual_energies_of_real_pairs(drawn, pymatgen_kinks, ion, size):
    """What pymatgen gives by default where open: each side's own decomposition taken off."""
    for a, b, voltage in drawn(ion, size)[::2]:
        theirs = pymatgen_kinks(a, b, ion, voltage, own=False)
        assert same(our_kinks(interface(a, b, ion, voltage), mutual=True), theirs), (a, b)


@pytest.mark.parametrize(("ion", "size"), COUNTS)
def test_hull_energies_of_real_pairs(drawn, pymatgen_kinks, ion, size):
    """With the hull's energy on both sides nothing is left to differ, in any pair."""
    for a, b, at in drawn(ion, size)[::2]:
        for voltage in (None, at):
            theirs = pymatgen_kinks(a, b, ion, voltage, hull=True)
            ours = interface(a, b, ion, voltage, hull_energy="both")
            assert same(our_kinks(ours), theirs), (a, b, voltage)


@pytest.mark.parametrize(("ion", "size"), COUNTS)
def test_pymatgen_took_the_hull_for_a_phase_above_its_elements(drawn, pymatgen_kinks, ion, size):
    """That is the reason: with the hull's energy on those sides, and no others, both agree."""
    for a, b, at in drawn(ion, size):
        sides = hull_taken(a, b, ion)
        for voltage in (None, at) if sides else ():
            ours = our_kinks(interface(a, b, ion, voltage, hull_energy=sides))
            assert same(ours, pymatgen_kinks(a, b, ion, voltage)), (a, b, voltage)


def test_enough_pairs_are_compared(drawn):
    pairs = {(a, b, ion) for ion, size in COUNTS for a, b, _ in drawn(ion, size)}
    taken = [pair for pair in pairs if hull_taken(*pair)]
    assert len(pairs) >= 150  # each closed and open
    assert 10 < len(taken) < 0.25 * len(pairs)


NAMED = [
    ("K3SbS4", "KFeO2", "K", None),
    ("K3SbS4", "KFeO2", "K", 2.0),
    ("LiCoO2", "Li3PS4", "Li", None),
    ("LiCoO2", "Li3PS4", "Li", 5.0),
    ("K", "K3SbS4", "K", None),
    ("K3PS4", "K", "K", None),
    ("K", "S", "K", None),
    ("K2PaF7", "HfSb2", "K", None),
    ("KFeO2", "Fe2O3", "K", 1.5),
    ("K2S", "S", "K", 1.0),
    ("K2S", "K2S3", "K", 1.0),
    ("K2O", "K4O2", "K", None),
    ("K3SbS4", "K3SbS4", "K", 2.0),
    ("K", "K", "K", None),
    ("K2.92Sb0.92W0.08S4", "K2S", "K", None),
]


@pytest.mark.parametrize(("a", "b", "ion", "voltage"), NAMED)
def test_kinks_and_energies_of_special_pairs(pymatgen_kinks, a, b, ion, voltage):
    theirs = pymatgen_kinks(a, b, ion, voltage)
    assert same(our_kinks(interface(a, b, ion, voltage)), theirs)


FAILURES = {
    # pair, ion, voltage: what pymatgen raises, since the metal holds nothing that is not the ion
    ("K", "K3SbS4", "K", 0.0): ZeroDivisionError,
    ("K3PS4", "K", "K", 0.0): ZeroDivisionError,
    ("Li", "Li3PS4", "Li", 0.0): ZeroDivisionError,
    ("K", "K", "K", 0.0): ValueError,
}


@pytest.mark.parametrize(("case", "error"), FAILURES.items())
def test_pymatgen_has_no_answer_for_the_metal_in_an_open_system(pymatgen_kinks, case, error):
    a, b, ion, voltage = case
    with pytest.raises(error):
        pymatgen_kinks(a, b, ion, voltage)
    result = interface(a, b, ion, voltage)
    assert result.mode == "metal_contact"
    assert (result.reservoir is None) == (a == b)
