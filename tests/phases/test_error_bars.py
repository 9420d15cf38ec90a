"""Error bars: sums of phase energies, their shared and their own errors, and samples of them."""

import json

import numpy as np
import pytest

import kstab
from command import run
from kstab.analyses.interface.reactants import hull_mixture
from kstab.chemistry.composition import Formula
from kstab.errors import RequestError
from kstab.phases.bars import add, bars_of
from kstab.phases.error_model import SCALE, ErrorModel

TABLE = kstab.phase_table(scheme="kstab")
STEP = 1e-6  # eV/atom, of numerical derivatives


def row_of(formula: str, table=TABLE) -> int:
    row = table.find(Formula.parse(formula))
    assert row is not None
    return row


def system_of(*formulas: str) -> kstab.PhaseTable:
    """A small table of all phases on the hull of some elements, its error model kept."""
    from dataclasses import replace

    elements = {e for formula in formulas for e in Formula.parse(formula).elements}
    rows = TABLE.rows_within(elements, all_phases=False)
    rows = np.union1d(rows, [TABLE.find(Formula.parse(f)) or 0 for f in formulas])
    chosen = [
        (Formula.parse(TABLE.formulas[row]), str(row), float(TABLE.energies[row]))
        for row in rows.tolist()
        if set(TABLE.elements_of(row)) <= elements
    ]
    small = kstab.PhaseTable.build("small", chosen, scheme="kstab")
    original = np.array([int(name) for name in small.material_ids])
    return replace(
        small,
        uncertainty=TABLE.uncertainty.take(original),
        corrections=TABLE.corrections[original],
    )


def covariance(table) -> np.ndarray:
    """Of the energies of all phases, from the model alone."""
    model, rows = table.uncertainty.model(), range(len(table))
    per_atom, leftover = table.uncertainty.describe(rows, table.numbers, table.amounts)
    used = np.flatnonzero(per_atom.any(axis=0))
    shared = per_atom[:, used] @ model.covariance(used) @ per_atom[:, used].T
    return shared + np.diag(leftover**2)


def derivatives(table, quantity) -> np.ndarray:
    """How a quantity changes with the energy of each phase, by differences."""
    from dataclasses import replace

    slopes = np.zeros(len(table))
    for row in range(len(table)):
        if len(table.elements_of(row)) > 1:
            ends = []
            for sign in (1, -1):
                energies = table.energies.copy()
                energies[row] += sign * STEP
                ends.append(quantity(replace(table, energies=energies, above_hull=None)))
            slopes[row] = (ends[0] - ends[1]) / (2 * STEP)
    return slopes


def error_of(table, quantity) -> tuple[float, float]:
    """Standard deviation of a quantity, and what of it is correction, by differences."""
    slopes = derivatives(table, quantity)
    return float(np.sqrt(slopes @ covariance(table) @ slopes)), float(slopes @ table.corrections)


@pytest.mark.parametrize(
    ("formula", "ion"),
    [("K3SbS4", "K"), ("K3PS4", "K"), ("KAl11O17", "K"), ("K2S", "K"), ("MgSO4", "Mg"),
     ("KAlCl4", "K"), ("LiAlO2", "Al"), ("Sb2S3", "K"), ("Na3PS4", "Na")],
)  # fmt: skip
def test_bars_of_limits_by_differences(formula, ion):
    table = system_of(formula, ion)
    result = kstab.window(formula, ion=ion, phases=table, near_misses=False)
    for name in ("reduction", "oxidation"):
        limit = getattr(result, f"{name}_limit")
        uncertainty = getattr(result, f"{name}_uncertainty")
        assert (uncertainty is None) == (not limit)
        if not limit:
            continue

        def quantity(changed, name=name):
            again = kstab.window(formula, ion=ion, phases=changed, near_misses=False)
            return getattr(again, f"{name}_limit")

        sigma, correction = error_of(table, quantity)
        assert uncertainty.sigma == pytest.approx(sigma, rel=1e-5)
        assert uncertainty.correction_share * limit == pytest.approx(correction, abs=1e-6)


def test_bars_of_the_width_and_of_the_steps_by_differences():
    table = system_of("K3SbS4")
    result = kstab.window("K3SbS4", phases=table, near_misses=False)

    def width(changed):
        return kstab.window("K3SbS4", phases=changed, near_misses=False).width

    assert result.width_sigma == pytest.approx(error_of(table, width)[0], rel=1e-5)
    for k, step in enumerate(result.steps):
        if not k:
            assert step.voltage_low_sigma is None
            continue

        def edge(changed, k=k):
            steps = kstab.window("K3SbS4", phases=changed, near_misses=False).steps
            return steps[k].voltage_low

        assert step.voltage_low_sigma == pytest.approx(error_of(table, edge)[0], rel=1e-4)


def test_bar_of_the_energy_above_hull_by_differences():
    table = system_of("Li10GeP2S12")

    def height(changed):
        return kstab.window("Li10GeP2S12", phases=changed, near_misses=False).energy_above_hull

    result = kstab.window("Li10GeP2S12", phases=table, near_misses=False)
    assert result.energy_above_hull_sigma == pytest.approx(error_of(table, height)[0], rel=1e-5)


@pytest.mark.parametrize(
    ("a", "b", "options"),
    [
        ("K", "K3SbS4", {}),
        ("K3SbS4", "KCrO2", {}),
        ("K3SbS4", "KCrO2", {"voltage": 2.5}),
        ("Li3PS4", "LiCoO2", {"hull_energy": "both"}),
        ("K2.9SbS3.9Cl0.1", "KCrO2", {}),
    ],
)
def test_bars_of_interfaces_by_differences(a, b, options):
    table = system_of(a, b)
    result = kstab.interface(a, b, phases=table, **options)
    for kink in ("minimum_total", "minimum_mutual"):
        name = "energy_per_atom" if kink == "minimum_total" else "mutual_energy_per_atom"

        def quantity(changed, kink=kink, name=name):
            return getattr(getattr(kstab.interface(a, b, phases=changed, **options), kink), name)

        sigma, correction = error_of(table, quantity)
        found = getattr(result, kink)
        assert getattr(found, f"{name}_sigma") == pytest.approx(sigma, rel=1e-4)
        if kink == "minimum_total":
            share = found.correction_share * found.energy_per_atom
            assert share == pytest.approx(correction, abs=1e-6)


def test_bar_of_excess_metal_by_differences():
    table = system_of("K", "K3SbS4")

    def quantity(changed):
        return kstab.interface("K", "K3SbS4", phases=changed).reservoir.energy_per_atom

    found = kstab.interface("K", "K3SbS4", phases=table).reservoir
    assert found.energy_per_atom_sigma == pytest.approx(error_of(table, quantity)[0], rel=1e-5)


def test_the_error_of_a_charged_cathode_is_that_of_the_discharged_one():
    """E(K0.5CrO2) = E(KCrO2) + 0.5 V, so both sides of the contact shift with KCrO2 alike."""
    table = system_of("K3SbS4", "KCrO2")
    options = {"charged": "K0.5CrO2", "charged_voltage": 2.7}

    def quantity(changed):
        charged = kstab.interface("K3SbS4", "KCrO2", phases=changed, **options).charged
        return charged.minimum_total.energy_per_atom

    found = kstab.interface("K3SbS4", "KCrO2", phases=table, **options).charged.minimum_total
    assert found.energy_per_atom_sigma == pytest.approx(error_of(table, quantity)[0], rel=1e-4)


def test_what_phases_share_cancels_by_hand():
    """Two parameters, sulfide and alkali, known to 0.1 and 0.2 eV, with a correlation of one half.

    Per atom K2S has 1/3 sulfide and 2/3 electrons, KSbS2 1/2 and 1/4 electrons. In
    K2S + Sb2S3 -> 2 KSbS2 all of it cancels and what is left over adds up in quadrature.
    """
    model = ErrorModel(
        pairs=(),
        sigma=np.array([0.1, 0.2]),
        correlation=np.array([SCALE // 2], dtype=np.int16),
        leftover=np.zeros(0),
    )
    half = (SCALE // 2) / SCALE
    assert model.covariance(np.array([0, 1])) == pytest.approx(
        np.array([[0.01, half * 0.02], [half * 0.02, 0.04]])
    )
    k2s, sb2s3, ksbs2 = np.array([[1 / 3, 2 / 3], [3 / 5, 0], [2 / 4, 1 / 4]])
    reaction = 8 * ksbs2 - 3 * k2s - 5 * sb2s3
    assert reaction == pytest.approx(0)
    assert model.common(reaction[None, :])[0, 0] == pytest.approx(0)
    alone = model.common(k2s[None, :])[0, 0]
    assert alone == pytest.approx(0.01 / 9 + 0.04 * 4 / 9 + 2 * half * 0.02 * 2 / 9)


def test_sulfide_errors_cancel_in_an_exchange_of_the_data():
    bars = bars_of(TABLE)
    rows = {f: row_of(f) for f in ("K2S", "Sb2S3", "KSbS2")}
    reaction = add((8.0, {rows["KSbS2"]: 1.0}), (-3.0, {rows["K2S"]: 1.0}),
                   (-5.0, {rows["Sb2S3"]: 1.0}))  # fmt: skip
    _, leftover = bars.errors(list(reaction))
    own = float(np.sqrt(((np.array(list(reaction.values())) * leftover) ** 2).sum()))
    (sigma,) = bars.sigmas([reaction])
    assert sigma == pytest.approx(own, rel=0.05)
    apart = bars.sigmas([{row: weight} for row, weight in reaction.items()])
    shared = sum(each**2 for each in apart) - own**2
    assert sigma**2 - own**2 < 0.05 * shared


def test_elements_are_exact_and_other_schemes_have_no_bars():
    assert bars_of(TABLE).sigmas([{row_of("S"): 1.0}, {}]) == [0.0, 0.0]
    legacy = kstab.window("K3SbS4", scheme="legacy", temperature="none")
    assert legacy.reduction_uncertainty.sigma is None
    assert legacy.reduction_uncertainty.correction_share == 0.0
    assert all(step.voltage_low_sigma is None for step in legacy.steps)
    assert kstab.interface("K", "K3SbS4", scheme="legacy", temperature="none").error_bar == 0.05


def test_own_entries_have_neither_bars_nor_corrections():
    entries = kstab.entries_from_table(TABLE, ["K", "Sb", "S"])
    result = kstab.window("K3SbS4", phases=entries)
    assert result.reduction_uncertainty == type(result.reduction_uncertainty)(None, None)


@pytest.fixture
def tried(tmp_path):
    """Keywords with a file of phases to try, below those of the data."""
    path = tmp_path / "mine.csv"
    path.write_text("formula,formation_energy (eV/atom)\nKCl,-2.3\nK2S,-1.6\n", encoding="utf-8")
    return {"entries": path, "entry_scheme": "kstab", "compare": False}


@pytest.mark.parametrize("temperature", [None, "none", 400])
@pytest.mark.parametrize("error", [0.01, 0.1, 0.4])
def test_the_error_of_what_is_tried_adds_up_in_quadrature(tried, temperature, error):
    """KCl has one K and two atoms; S + 2 K is K2S, all of its energy per atom."""
    tried |= {"temperature": temperature}

    def bars(**stated):
        limit = kstab.window("KCl", **tried, **stated).oxidation_uncertainty.sigma
        whole = kstab.interface("K", "S", **tried, **stated).minimum_total
        assert [product.formula for product in whole.products] == ["K2S"]
        return np.array([limit, whole.energy_per_atom_sigma])

    exact, stated, left_over = bars(entry_error=0.0), bars(entry_error=error), bars()
    assert np.sqrt(stated**2 - exact**2) == pytest.approx(error * np.array([2.0, 1.0]), rel=1e-6)
    assert (left_over > exact).all()
    assert exact.all()  # what the parameters of the scheme leave stays


def test_what_entropy_adds_to_what_is_tried_is_added_in_quadrature(tried):
    table = kstab.phase_table(
        elements=["K", "Cl"], **{name: tried[name] for name in ("entries", "entry_scheme")}
    )
    rows = table.polymorphs(Formula.parse("KCl"))
    (mine,) = (row for row in rows if not table.material_ids[row].startswith("mp-"))
    warm, plain = (
        kstab.window("KCl", temperature=temperature, **tried).oxidation_uncertainty.sigma
        for temperature in (298.15, "none")
    )
    thermal = table.uncertainty.thermal[mine]
    assert thermal > 0
    assert warm**2 - plain**2 == pytest.approx((2 * thermal) ** 2, rel=1e-5)


def test_the_error_of_what_is_tried_on_the_command_line(tried):
    arguments = ("window", "KCl", "--entry", str(tried["entries"]), "--entry-scheme", "kstab")
    document = json.loads(
        run(*arguments, "--entry-error", "10meV", "--no-plugins", "--format", "json").stdout
    )
    told = kstab.window("KCl", entry_error=0.01, **tried).oxidation_uncertainty.sigma
    assert document["oxidation_uncertainty"]["sigma"] == pytest.approx(told, abs=1e-9)
    for wrong in ("-10meV", "10", "nan eV", "10 kJ"):
        done = run(*arguments, "--entry-error", wrong)
        assert (done.returncode, done.stdout) == (2, "")


def test_a_scheme_without_bars_has_none_for_what_is_tried(tried):
    tried |= {"entry_scheme": "legacy", "scheme": "legacy"}
    assert kstab.window("KCl", **tried).oxidation_uncertainty.sigma is None
    with pytest.raises(RequestError, match="mp-2019 has no error bars"):
        kstab.window("KCl", **tried | {"entry_error": 0.1})
    with pytest.raises(RequestError, match="but there are none"):
        kstab.window("KCl", entry_error=0.1)


@pytest.mark.parametrize(
    "which",
    [
        {"heights": {"K2S": 0.025}},
        {"source": "experimental,mp-2019", "mix_schemes": True},
        {"temperature": "none"},
        {"gas": "O2=0.21"},
        {"temperature": 600},
        {"keep_dilute": True},
    ],
)
def test_what_is_supposed_has_bars_too(which):
    result = kstab.window("K3SbS4", compare=False, **which)
    assert result.oxidation_uncertainty.sigma > 0
    assert result.width_sigma > 0
    assert kstab.interface("K", "K3SbS4", **which).minimum_total.energy_per_atom_sigma > 0


def test_changed_energies_lose_their_bars_and_left_out_phases_do_not():
    changed = TABLE.with_energies(TABLE.energies, "again")
    assert changed.uncertainty is None
    assert changed.corrections is None
    without = kstab.window("K3SbS4", exclude=["K3SbS3"])
    assert without.reduction_uncertainty.sigma > 0


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("K3SbS4", "stable"),
        ("Li10GeP2S12", "cannot_be_told_from_stable"),
        ("KClO4", "metastable"),  # measured too: 182 meV/atom above KCl and oxygen
        ("K2.92Sb0.92W0.08S4", "not_in_data"),
    ],
)
def test_verdicts_use_the_bar(formula, verdict):
    result = kstab.window(formula)
    assert result.verdict == verdict
    height, sigma = result.energy_above_hull, result.energy_above_hull_sigma
    if verdict == "cannot_be_told_from_stable":
        assert 0 < height <= 2 * sigma
    if verdict == "metastable":
        assert height > 2 * sigma > 0


def test_depth_below_the_hull_by_differences():
    table = system_of("K3SbS4")

    def depth(changed):
        return kstab.window("K3SbS4", phases=changed).energy_below_hull

    result = kstab.window("K3SbS4", phases=table)
    formula = Formula.parse("K3SbS4")
    closed, _ = hull_mixture(formula, table.without(formula))  # eV per formula unit
    below = closed / 8 - table.energies[row_of("K3SbS4", table)]
    assert result.energy_below_hull == pytest.approx(below, abs=1e-9)
    assert result.energy_below_hull_sigma == pytest.approx(error_of(table, depth)[0], rel=1e-4)


@pytest.mark.parametrize(
    ("a", "b", "options"),
    [
        ("K2CrO4", "K2.9Sb0.9W0.1S4", {}),  # at the hull by five standard deviations
        ("KCrO2", "K3PS4", {"hull_energy": "both"}),
        ("KCrO2", "K3PS4", {"hull_energy": "both", "voltage": 2.0}),
    ],
)
def test_samples_of_sides_at_the_hull_have_no_decomposition_of_their_own(a, b, options):
    found = kstab.interface(a, b, samples=40, compare=False, **options).robustness
    if "voltage" in options:  # the hull of the closed composition decomposes at a voltage
        assert found.total.percentiles[0] <= found.mutual.percentiles[0]
    else:
        assert found.total.percentiles == pytest.approx(found.mutual.percentiles, abs=1e-9)


def test_samples_in_which_nothing_reacts_are_the_same_nothing():
    found = kstab.interface("K", "KCl", samples=20)
    assert found.error_bar is None
    assert found.robustness.same_products == 1.0
    assert kstab.window("KMnO4", samples=20).robustness.oxidation.same_products is None


def test_samples_say_how_often_a_phase_touches_the_metal():
    """KCl always does; KCrO2 is stable against K as computed, but only just."""
    assert kstab.window("KCl", samples=20).robustness.against_metal == 1.0
    assert 0.3 < kstab.window("KCrO2", samples=100).robustness.against_metal < 0.99


@pytest.mark.parametrize("options", [{}, {"exclude": ["K2S"]}, {"gas": "O2=1"}])
def test_the_metal_itself_has_nothing_to_sample(options):
    assert kstab.window("K", samples=20, **options).robustness is None


def test_a_batch_has_the_same_bars_and_verdicts():
    formulas = ["K3SbS4", "Li10GeP2S12", "Li6PS5Cl", "K2.92Sb0.92W0.08S4", "KCl", "Al2O3"]
    batch = kstab.windows(formulas)
    alone = [kstab.window(f, near_misses=False, compare=False) for f in formulas]
    assert [result.to_dict() for result in batch] == [result.to_dict() for result in alone]
    assert batch.verdicts == tuple(result.verdict for result in alone)


def test_samples_of_one_reaction_spread_as_its_bar_says():
    """KCl can only become K and Cl2, so its limit is normal with the standard deviation stated."""
    result = kstab.window("KCl", samples=4000)
    spread, limit = result.robustness.oxidation, result.oxidation_limit
    sigma = result.oxidation_uncertainty.sigma
    wanted = limit + sigma * np.array([-1.96, -0.994, 0, 0.994, 1.96])
    assert spread.percentiles == pytest.approx(wanted, abs=0.08 * sigma)
    assert spread.same_products == 1.0
    assert result.robustness.stable == 1.0
    assert result.robustness.reduction.percentiles == (0.0,) * 5


def test_samples_of_a_reaction_energy_spread_as_its_bar_says():
    """K + KCl do nothing; K + S make K2S whatever happens to the polysulfides in between."""
    result = kstab.interface("K", "S", samples=2000)
    found = result.minimum_total
    low, high = result.robustness.total.percentiles[1::2]
    assert (high - low) / 2 == pytest.approx(found.energy_per_atom_sigma, rel=0.1)
    assert result.robustness.reacting == 1.0
    idle = kstab.interface("K", "KCl", samples=50).robustness
    assert (idle.reacting, idle.total.percentiles) == (0.0, (0.0,) * 5)


def test_samples_are_the_same_for_a_seed_whatever_the_hash_seed(run_python):
    code = (
        "import kstab, json;"
        "w = kstab.window('K3SbS4', samples=50, seed=3, compare=False).to_dict()['robustness'];"
        "i = kstab.interface('K3SbS4', 'K2S', samples=20, compare=False).to_dict()['robustness'];"
        "print(json.dumps([w, i]))"
    )
    runs = [run_python("-c", code, PYTHONHASHSEED=seed).stdout for seed in ("0", "7")]
    assert runs[0] == runs[1]
    assert json.loads(runs[0])[0]["seed"] == 3
    other = kstab.window("K3SbS4", samples=50, seed=4, compare=False).robustness
    assert list(other.reduction.percentiles) != json.loads(runs[0])[0]["reduction"]["percentiles"]


def test_samples_mirror_with_the_reactants():
    one, other = (
        kstab.interface(*pair, samples=20, compare=False).robustness
        for pair in (("K3SbS4", "KCrO2"), ("KCrO2", "K3SbS4"))
    )
    assert one == other


def test_phases_far_from_their_known_energy_are_flagged():
    """39 potassium phases on the hull of mp2020, KOH among them; none in the other schemes."""
    table = kstab.phase_table(scheme="mp2020", temperature="none")
    far = [row for row in range(len(table)) if "far_from_known" in table.phase(row).flags]
    known, column = "formation_energy_mp2020", table.extras
    off = np.abs(table.energies - column[known])
    elements = np.count_nonzero(table.numbers, axis=1)
    assert far == np.flatnonzero((off > 0.05) & (elements > 1)).tolist()
    assert row_of("KHO", table) in far
    assert "far_from_known" not in TABLE.flag_names
    codes = {notice.code for notice in kstab.window("KOH", scheme="mp2020").warnings}
    assert "far_from_known" in codes


@pytest.mark.parametrize("gas", [None, "CO2=4e-4,H2O=0.03"])
@pytest.mark.parametrize("temperature", [None, 400, "none"])
def test_the_correction_is_what_parts_a_scheme_from_the_published_one(temperature, gas):
    """Of every phase, molecules among them: heat and pressure change both schemes alike."""
    which = {"temperature": temperature, "gas": None if temperature == "none" else gas}
    kstab_, legacy = (kstab.phase_table(scheme=name, **which) for name in ("kstab", "legacy"))
    assert kstab_.corrections == pytest.approx(kstab_.energies - legacy.energies, abs=2.1e-6)
    assert kstab_.corrections[row_of("CO2", kstab_)] > 0.1
