"""The plane of mixing fraction and potential: its rectangles, with HiGHS as oracle."""

from dataclasses import dataclass

import numpy as np
import pytest

from kstab.chemistry.composition import Formula
from kstab.engine.equilibrium import Problem, Tableau, sweep_mixing, sweep_potential
from kstab.engine.plane import Rectangle, sweep_plane


@dataclass(frozen=True)
class Plane:
    """A pair of compositions, a range of potentials, and the rectangles found there."""

    problem: Problem
    first: np.ndarray
    second: np.ndarray
    high: float
    low: float
    rectangles: tuple[Rectangle, ...]

    def composition(self, x: float) -> np.ndarray:
        return (1 - x) * self.first + x * self.second

    def points(self, count: int, seed: int) -> list[tuple[float, float]]:
        """Random points well inside the plane: fraction and potential."""
        rng = np.random.default_rng(seed)
        return list(zip(rng.uniform(0, 1, count), rng.uniform(self.low, self.high, count),
                        strict=True))  # fmt: skip

    def holding(self, x: float, potential: float, margin: float = 0.0) -> list[Rectangle]:
        """The rectangles around a point, edges included."""
        return [
            cell
            for cell in self.rectangles
            if cell.left - margin <= x <= cell.right + margin
            and cell.low - margin <= potential <= cell.high + margin
        ]


@pytest.fixture(scope="module")
def plane(table):
    """The plane of two real phases, with energies rounded to a step on request."""

    def of(first, second, ion="K", high=0.0, low=-6.0, step=None):
        a, b = Formula.parse(first), Formula.parse(second)
        rounding = step is not None
        system = table.select({*a.elements, *b.elements}, ion, all_phases=rounding)
        problem = system.problem
        if rounding:
            energies = np.round(problem.energies / step) * step
            problem = Problem(problem.closed, energies, problem.ions, problem.start)
        ends = [np.array([float(f[symbol]) for symbol in system.closed]) for f in (a, b)]
        one, other = (end / end.sum() for end in ends)
        return Plane(problem, one, other, high, low,
                     sweep_plane(problem, one, other, high, low))  # fmt: skip

    return of


@pytest.fixture
def pivots(monkeypatch):
    """Count the pivots of single tableaus."""
    counted = []
    plain = Tableau.pivot

    def pivot(self, row, entering):
        counted.append(entering)
        assert len(counted) < 20000, "it cycles"
        plain(self, row, entering)

    monkeypatch.setattr(Tableau, "pivot", pivot)
    return counted


def between(x: float, cell: Rectangle, ends: tuple[float, float]) -> float:
    """A value linear from the left to the right edge of a rectangle."""
    share = (x - cell.left) / (cell.right - cell.left)
    return (1 - share) * ends[0] + share * ends[1]


def grand_energy(cell: Rectangle, x: float, potential: float) -> float:
    energy, ions = between(x, cell, cell.energies), between(x, cell, cell.ions)
    return energy - potential * ions


def check_tiling(plane: Plane) -> None:
    """The areas add up to the plane's, and a random point lies in exactly one."""
    assert all(cell.left < cell.right and cell.low < cell.high for cell in plane.rectangles)
    areas = [(cell.right - cell.left) * (cell.high - cell.low) for cell in plane.rectangles]
    assert sum(areas) == pytest.approx(plane.high - plane.low, abs=1e-8)
    for x, potential in plane.points(40, seed=3):
        assert len(plane.holding(x, potential)) == 1


def check_contents(plane: Plane) -> None:
    """At both edges the amounts balance the elements and carry the energy and the ions."""
    for cell in plane.rectangles:
        columns = list(cell.basis)
        for x, amounts, energy, ions in zip(
            (cell.left, cell.right), cell.amounts, cell.energies, cell.ions, strict=True
        ):
            made = plane.problem.closed[:, columns] @ np.array(amounts)
            np.testing.assert_allclose(made, plane.composition(x), rtol=0, atol=1e-9)
            assert min(amounts) > -1e-8
            assert plane.problem.energies[columns] @ amounts == pytest.approx(energy, abs=1e-9)
            assert plane.problem.ions[columns] @ amounts == pytest.approx(ions, abs=1e-9)


def check_oracles(plane: Plane, highs, count: int) -> None:
    """Energies at random points are HiGHS's; energies and ions are those of a mixing sweep."""
    for place, (x, potential) in enumerate(plane.points(4 * count, seed=5)):
        (cell,) = plane.holding(x, potential)
        energy = grand_energy(cell, x, potential)
        if place < count:
            exact = highs(plane.problem, plane.composition(x), potential)
            assert energy == pytest.approx(exact, abs=1e-8)
        line = sweep_mixing(plane.problem, plane.first, plane.second, potential)
        assert energy == pytest.approx(np.interp(x, line.fractions, line.energies), abs=1e-8)
        ions = np.interp(x, line.fractions, line.ions)
        assert between(x, cell, cell.ions) == pytest.approx(ions, abs=1e-7)


def check_continuity(plane: Plane) -> None:
    """Rectangles that share a piece of an edge agree on the energy there."""
    for cell in plane.rectangles:
        x, potential = 0.5 * (cell.left + cell.right), 0.5 * (cell.low + cell.high)
        middles = [(cell.left, potential), (cell.right, potential),
                   (x, cell.low), (x, cell.high)]  # fmt: skip
        for point in middles:
            around = plane.holding(*point, margin=1e-9)
            outer = point[0] in (0.0, 1.0) or point[1] in (plane.low, plane.high)
            assert len(around) >= (1 if outer else 2)
            energies = [grand_energy(other, *point) for other in around]
            assert max(energies) - min(energies) < 1e-8


def check_plane(plane: Plane, highs, count: int = 3) -> None:
    check_tiling(plane)
    check_contents(plane)
    check_oracles(plane, highs, count)
    check_continuity(plane)


# ---------------------------------------------------------------- real pairs


@pytest.mark.parametrize("closed", range(2, 10))
def test_random_potassium_pairs(plane, random_pairs, highs, closed):
    for pair in random_pairs(closed, 8, seed=700 + closed):
        check_plane(plane(*pair), highs)


@pytest.mark.parametrize("ion", ["Li", "Na", "Mg"])
@pytest.mark.parametrize("closed", [3, 5])
def test_random_pairs_of_other_ions(plane, random_pairs, highs, ion, closed):
    for pair in random_pairs(closed, 4, seed=800 + closed, ion=ion):
        check_plane(plane(*pair, ion=ion, low=-10.0), highs)


@pytest.mark.parametrize("step", [0.1, 0.5])
@pytest.mark.parametrize("closed", [2, 3, 4, 5])
def test_energies_rounded_to_force_ties(plane, random_pairs, highs, closed, step):
    for pair in random_pairs(closed, 8, seed=900 + closed):
        check_plane(plane(*pair, step=step), highs)


@pytest.mark.parametrize(("high", "low"), [(-0.7, -1.2), (-2.0, -3.5), (-2.0, -2.001), (-8, -20)])
@pytest.mark.parametrize("closed", [3, 5])
def test_ranges_that_do_not_begin_at_the_metal(plane, random_pairs, highs, high, low, closed):
    for pair in random_pairs(closed, 5, seed=950 + closed):
        check_plane(plane(*pair, high=high, low=low), highs, count=2)


def test_k3sbs4_and_kcro2_between_2_and_3_5_volt(plane, highs):
    found = plane("K3SbS4", "KCrO2", high=-2.0, low=-3.5)
    check_plane(found, highs, count=20)
    assert len(found.rectangles) > 50


def test_a_part_of_a_plane_is_the_same_as_the_whole(plane):
    whole, part = plane("K3PS4", "KFeO2"), plane("K3PS4", "KFeO2", high=-1.9, low=-3.1)
    for point in part.points(60, seed=8):
        (one,), (other,) = part.holding(*point), whole.holding(*point)
        assert set(one.basis) == set(other.basis)
        assert grand_energy(one, *point) == pytest.approx(grand_energy(other, *point), abs=1e-9)


# ---------------------------------------------------------------- degenerate pairs

SAME_BESIDE_THE_ION = [("K2S", "S"), ("K2S", "K2S3"), ("K2O", "K4O2"), ("K3SbS4", "K3SbS4")]


@pytest.mark.parametrize(("first", "second"), SAME_BESIDE_THE_ION)
def test_equal_compositions_make_rows_over_all_fractions(plane, highs, first, second):
    found = plane(first, second)
    check_plane(found, highs)
    assert {(cell.left, cell.right) for cell in found.rectangles} == {(0.0, 1.0)}
    profile = sweep_potential(found.problem, found.first)
    edges = [cell.high for cell in found.rectangles]
    inside = [potential for potential in profile.potentials if potential > found.low]
    assert set(np.round(inside, 8)) <= set(np.round(edges, 8))


@pytest.mark.parametrize(
    ("first", "second"),
    [("KFeO2", "Fe2O3"), ("Fe2O3", "KFeO2"), ("K2Fe4O7", "Fe"), ("KSbS2", "Sb2S3"), ("K3Sb", "S")],
)
def test_collinear_and_elemental_pairs(plane, highs, first, second):
    check_plane(plane(first, second), highs, count=8)


def test_both_edges_are_the_profiles_of_the_reactants(plane):
    """At fraction 0 and 1 the potentials at which something changes are the reactants' own."""
    found = plane("K3SbS4", "KFeO2")
    for x, composition in ((0.0, found.first), (1.0, found.second)):
        profile = sweep_potential(found.problem, composition)
        edges = [cell.low for cell in found.rectangles if x in (cell.left, cell.right)]
        for potential in profile.potentials[1:-1]:
            if potential > found.low:
                assert min(abs(edge - potential) for edge in edges) < 1e-8
        for potential in (-0.1, -1.3, -2.2, -4.9):
            cell = next(c for c in found.holding(x, potential))
            energy = grand_energy(cell, x, potential)
            assert energy == pytest.approx(profile.grand_energy(potential), abs=1e-9)


def test_swapping_the_ends_mirrors_the_plane(plane, random_pairs):
    for first, second in random_pairs(4, 6, seed=77):
        forth, back = plane(first, second), plane(second, first)
        for x, potential in forth.points(20, seed=9):
            (one,), (other,) = forth.holding(x, potential), back.holding(1 - x, potential)
            assert set(one.basis) == set(other.basis)
            assert grand_energy(one, x, potential) == pytest.approx(
                grand_energy(other, 1 - x, potential), abs=1e-9
            )


# ---------------------------------------------------------------- made up


@pytest.fixture
def sulfur_and_phosphorus(build):
    """S at fraction 0 and P at fraction 1, which form PS, beside K2S, with K open.

    By hand, eV per formula unit: K2S -3.6, PS -1.0. S takes up K above mu = -1.8
    (-3.6 - 2 mu = 0), PS gives its S to K above mu = -1.3 (-3.6 - 2 mu = -1.0).
    """
    table = build({"K": 0.0, "S": 0.0, "P": 0.0, "K2S": -1.2, "PS": -0.5})
    system = table.select(["K", "S", "P"], "K")
    ends = {symbol: np.array([float(s == symbol) for s in system.closed]) for symbol in "SP"}
    rectangles = sweep_plane(system.problem, ends["S"], ends["P"], 0.0, -3.0)
    found = Plane(system.problem, ends["S"], ends["P"], 0.0, -3.0, rectangles)
    return found, [table.formulas[row] for row in system.rows.tolist()]


def test_a_plane_worked_by_hand(sulfur_and_phosphorus):
    found, names = sulfur_and_phosphorus
    seen = [
        (*(round(edge, 9) for edge in (c.left, c.right, c.high, c.low)),
         {names[column] for column in c.basis})
        for c in found.rectangles
    ]  # fmt: skip
    assert seen == [
        (0.0, 1.0, 0.0, -1.3, {"K2S", "P"}),
        (0.0, 0.5, -1.3, -1.8, {"K2S", "PS"}),
        (0.0, 0.5, -1.8, -3.0, {"S", "PS"}),
        (0.5, 1.0, -1.3, -3.0, {"PS", "P"}),
    ]


@pytest.mark.parametrize(
    ("x", "potential", "energy", "ions"),
    [
        (0.25, -1.0, 0.75 * (-3.6 + 2.0), 1.5),  # 0.75 K2S + 0.25 P
        (0.25, -1.5, 0.25 * -1.0 + 0.5 * (-3.6 + 3.0), 1.0),  # 0.25 PS + 0.5 K2S
        (0.25, -2.5, -0.25, 0.0),  # 0.25 PS + 0.5 S
        (0.75, -1.5, -0.25, 0.0),  # 0.25 PS + 0.5 P
    ],
)
def test_energies_worked_by_hand(sulfur_and_phosphorus, x, potential, energy, ions):
    found, _ = sulfur_and_phosphorus
    (cell,) = found.holding(x, potential)
    assert grand_energy(cell, x, potential) == pytest.approx(energy, abs=1e-12)
    assert between(x, cell, cell.ions) == pytest.approx(ions, abs=1e-12)


def test_without_compounds_there_is_one_rectangle(build):
    system = build({"K": 0.0, "S": 0.0, "P": 0.0}).select(["K", "S", "P"], "K")
    (only,) = sweep_plane(system.problem, *np.eye(2), 0.0, -4.0)
    assert (only.left, only.right, only.high, only.low) == (0.0, 1.0, 0.0, -4.0)
    assert (only.energies, only.ions) == ((0.0, 0.0), (0.0, 0.0))
    assert only.amounts == ((1.0, 0.0), (0.0, 1.0))


def test_a_tie_all_over_the_plane_is_tiled_once(build, highs):
    """Two polymorphs and a compound on the tie line of its neighbours, at every potential."""
    table = build(
        {"K": 0.0, "S": 0.0, "P": 0.0, "P4S3": -0.6, "P8S6": -0.6, "PS": -0.6 * 7 / 8,
         "K2S": -1.2, "K4S2": -1.2, "KP": -0.5}
    )  # fmt: skip
    system = table.select(["K", "S", "P"], "K")
    rectangles = sweep_plane(system.problem, *np.eye(2), 0.0, -4.0)
    check_plane(Plane(system.problem, *np.eye(2), 0.0, -4.0, rectangles), highs, count=20)


# ---------------------------------------------------------------- effort and determinism


def test_few_pivots_for_each_rectangle(plane, random_pairs, pivots):
    """A walk from basis to basis: about one pivot each, none wasted on solving anew."""
    spent, found = 0, 0
    for closed in (2, 4, 6, 8):
        for pair in random_pairs(closed, 5, seed=60 + closed):
            pivots.clear()
            rectangles = plane(*pair).rectangles
            assert len(pivots) <= 3 * len(rectangles) + 20 * closed
            spent, found = spent + len(pivots), found + len(rectangles)
    assert found > 500
    assert spent < 1.6 * found


def test_twelve_elements(plane, highs):
    found = plane("KNaLiMgAlFeMnSiPO4SF", "KTi2(PO4)3", high=-1.0, low=-4.0)
    assert len(found.first) >= 12
    check_plane(found, highs, count=6)


def test_the_same_plane_every_time(plane):
    once = plane("K3SbS4", "KFeO2")
    before = [column.copy() for column in (once.problem.closed, once.first, once.second)]
    again = sweep_plane(once.problem, once.first, once.second, once.high, once.low)
    assert again == once.rectangles
    for kept, now in zip(before, (once.problem.closed, once.first, once.second), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_rectangles_come_from_left_to_right_and_from_the_metal_down(plane):
    places = [(cell.left, -cell.high) for cell in plane("K3SbS4", "KCrO2").rectangles]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
