"""How schemes are compared: intervals, bars and hulls of measured solids, by hand-worked cases."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

import kstab


@pytest.fixture(scope="module")
def tools(root):
    """The modules that compare schemes, from the checkout."""
    sys.path.insert(0, str(root / "tools"))
    from schemes import contest, hulls, limits, measured, reactions

    return SimpleNamespace(
        contest=contest, hulls=hulls, limits=limits, measured=measured, reactions=reactions
    )


@pytest.fixture(scope="module")
def solids(tools):
    return tools.measured.training()[0]


@pytest.fixture(scope="module")
def every(tools):
    """All measured solids, those of the final tests too: here only sums are tested."""
    return tools.measured.gather(tools.measured.values())


@pytest.fixture(scope="module")
def hulls(tools, every):
    return tools.hulls.Hulls(every)


def test_interval_by_hand(tools):
    """Two reactions of one solid each: the samples hold the one, the other, or both."""
    clusters = [np.array([0]), np.array([1])]
    counts = np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    mean, low, high = tools.contest.interval(
        clusters, np.array([0.1, -0.2]), np.array([0.3, 0.1]), counts
    )
    assert mean == pytest.approx(-0.05)  # of -0.2 and +0.1
    assert low == pytest.approx(np.percentile([-0.2, 0.1, -0.05], 2.5))
    assert high == pytest.approx(np.percentile([-0.2, 0.1, -0.05], 97.5))


def test_a_reaction_counts_by_the_product_of_its_solids(tools):
    counts = np.array([[2.0, 3.0]])
    clusters = [np.array([0, 1]), np.array([0])]  # 6 times and twice
    _, low, high = tools.contest.interval(
        clusters, np.array([1.0, 0.0]), np.array([0.0, 0.0]), counts
    )
    assert low == high == pytest.approx(6 / 8)


@pytest.mark.parametrize(("ours", "word"), [(0.01, "better"), (0.09, "worse"), (0.05, "tie")])
def test_words_of_a_difference(tools, ours, word):
    clusters = [np.array([i]) for i in range(4)]
    counts = tools.contest.bootstrap([0] * 4)
    theirs = np.full(4, 0.05)
    assert tools.contest.difference(clusters, np.full(4, ours), theirs, counts).endswith(word)


def test_voltages_are_per_charge(tools, every):
    """MgO: -601.6 kJ/mol, two electrons, 3.12 V (handbook)."""
    volts = {
        every.formulas[r.solids[0]]: -float(r.weights @ every.measured[r.solids])
        for r in tools.reactions.voltages(every, ("Mg", "K"))
    }
    assert volts["MgO"] == pytest.approx(601.6 / 2 / 96.485, abs=0.01)
    assert volts["KCl"] == pytest.approx(436.5 / 96.485, abs=0.01)


def test_limits_on_a_measured_hull_by_hand(hulls, every):
    """Na2O, Na2O2, NaO2: each limit is a difference of formation enthalpies."""
    found = dict(zip(every.formulas, every.measured * every.atoms, strict=True))
    oxide, peroxide, superoxide = found["Na2O"], found["Na2O2"], found["NaO2"]
    windows = hulls.windows(["Na2O", "Na2O2", "NaO2"], "Na", every.measured)
    low = -(2 * oxide - peroxide) / 2  # 2 Na2O -> Na2O2 + 2 Na
    high = -(peroxide - superoxide)  # Na2O2 -> NaO2 + Na
    assert windows[0]["reduction"].voltage == 0
    assert windows[0]["oxidation"].voltage == pytest.approx(low)
    assert windows[1]["reduction"].voltage == pytest.approx(low)
    assert windows[1]["oxidation"].voltage == pytest.approx(high)
    assert windows[2]["oxidation"].voltage == pytest.approx(-superoxide)


def test_weights_give_the_limit_back(hulls, every):
    formulas = hulls.targets("Na")
    assert len(formulas) > 20
    for window in hulls.windows(formulas, "Na", every.measured):
        for edge in window.values():
            if edge.below:
                limit = float(hulls.weights(edge, "Na") @ every.measured)
                assert limit == pytest.approx(edge.voltage, abs=1e-9)


def test_a_closed_window_is_where_ions_begin_to_leave(hulls, every):
    """Na2O2 raised above the line from Na2O to NaO2: both limits are that of Na2O -> NaO2."""
    energies = every.measured.copy()
    energies[every.formulas.index("Na2O2")] += 0.5
    oxide, superoxide = (
        float((energies * every.atoms)[every.formulas.index(f)]) for f in ("Na2O", "NaO2")
    )
    limits = hulls.voltages(["Na2O2"], "Na", energies)[:, 0]
    assert limits == pytest.approx(-(2 * oxide - superoxide) / 3)  # 2 Na2O -> NaO2 + 3 Na


def test_measured_hulls_take_the_windows_of_kstab(hulls, every):
    result = kstab.window("NaAlCl4", ion="Na", phases=hulls.table, near_misses=False)
    edges = hulls.windows(["NaAlCl4"], "Na", every.measured)[0]
    assert edges["reduction"].voltage == result.reduction_limit
    assert edges["oxidation"].voltage == result.oxidation_limit


def test_bars_and_their_score_by_hand(tools):
    limit = tools.limits.Limit(
        formula="", ion="K", side="oxidation", measured=2.5, charge=1.0, solids=np.array([0]),
        schemes={"kstab": 2.0}, same={}, sigma=0.2, samples=np.linspace(1.0, 3.0, 201),
    )  # fmt: skip
    low, high = tools.limits.linear([limit], 0.95)
    assert (low[0], high[0]) == pytest.approx((1.6, 2.4))
    # 0.8 wide, 0.1 outside: 0.8 + 2 / 0.05 * 0.1
    assert tools.limits.quality([limit], low, high, 0.95) == "0.00 / 0.40 / 0.40 / 4.80"
    low, high = tools.limits.drawn([limit], 0.68)
    assert (low[0], high[0]) == pytest.approx((1.32, 2.68))


def test_drawn_energies_have_the_spread_the_fit_states(tools, solids):
    from schemes.evaluate import Evaluation

    fit = Evaluation(solids, tools.measured.evidence()).kstab.without_metals(("K",))
    held = solids.take(np.flatnonzero(solids.hold("K")))
    spread = np.std(list(tools.limits.draw(fit, held)), axis=0)
    assert np.median(spread / fit.sigmas(held)) == pytest.approx(1, abs=0.1)


@pytest.fixture(scope="module")
def literature(root):
    """The tool that makes the table of windows of the literature."""
    sys.path.insert(0, str(root / "tools"))
    import literature_windows

    return literature_windows


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("1.71 to 2.31", {"reduction": 1.71, "oxidation": 2.31}),
        ("oxidation 6.34", {"oxidation": 6.34}),
        ("", {}),
    ],
)
def test_limits_of_the_literature_are_read(literature, text, limits):
    assert literature.published_limits(text) == limits


@pytest.mark.parametrize("formula", ["KCl", "KI"])
def test_corrections_of_a_limit_add_up(tools, literature, formula):
    """Of a binary that oxidises to its element they are the change of its energy."""
    window = kstab.window(formula, scheme="kstab", compare=False, near_misses=False)
    edge = tools.hulls.edges(window)["oxidation"]
    tables = [kstab.phase_table(scheme=scheme) for scheme in ("legacy", "kstab")]
    row = tables[0].find(kstab.chemistry.composition.Formula.parse(formula))
    legacy, corrected = (2 * float(table.energies[row]) for table in tables)
    moved = literature.moves(edge, "K")
    assert sum(moved.values()) == pytest.approx(legacy - corrected, abs=1e-4)


def test_measured_voltages_of_binaries_by_hand(literature):
    """K2S: -380.7 and -364.0 kJ/mol (handbook), two electrons."""
    line = next(row for row in literature.binaries().splitlines() if row.startswith("| K2S "))
    assert "| 1.973 | 1.886 |" in line
