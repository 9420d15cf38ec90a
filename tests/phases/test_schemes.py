"""Correction schemes: what is stored, and what it says of phases people have measured."""

import csv
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import kstab
from kstab.chemistry.composition import Formula
from kstab.chemistry.elements import ATOMIC_NUMBER
from kstab.phases.scheme import LEGACY, MP2020, Scheme, mixed, scheme_named


@pytest.fixture(scope="session")
def tools(root):
    """The package of the schemes and its command, from the checkout."""
    sys.path.insert(0, str(root / "tools"))
    import fit_schemes
    import schemes
    from schemes import evaluate, measured, store

    return SimpleNamespace(
        command=fit_schemes, schemes=schemes, evaluate=evaluate, measured=measured, store=store
    )


@pytest.fixture(scope="session")
def corrected(tools, table):
    """The embedded table in scheme kstab, from the stored parameters."""
    return table.with_energies(tools.schemes.energies("kstab", table), "corrected", "kstab")


@pytest.fixture(scope="session")
def measured(root):
    """Measured formation enthalpies, eV per formula unit."""
    with (root / "phase_data" / "experiment" / "solids.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["enthalpy_kJ_mol"]]
    return {row["formula"]: float(row["enthalpy_kJ_mol"]) / 96.48533212 for row in rows}


@pytest.mark.parametrize("scheme", ["kstab", "mp2020"])
def test_elements_keep_their_energies(tools, table, scheme):
    energies = tools.schemes.energies(scheme, table)
    pure = np.count_nonzero(table.numbers, axis=1) == 1
    assert (energies[pure] == np.round(table.energies[pure], 6)).all()
    assert np.isfinite(energies).all()
    assert (energies == np.round(energies, 6)).all()


def test_known_and_shifted_energies_are_kept_apart(tools, table):
    known, shifted = tools.schemes.mp2020_known(table), tools.schemes.mp2020_shifted(table)
    assert (tools.schemes.energies("mp2020", table) == shifted).all()
    assert np.isnan(known).sum() > len(table) / 2
    off = np.abs(shifted - known)[np.isfinite(known)]
    assert np.median(off) < 0.004
    assert np.percentile(off, 90) < 0.03


def test_a_scheme_has_a_name(tools, table):
    with pytest.raises(ValueError, match="no scheme"):
        tools.schemes.energies("mp2030", table)


@pytest.mark.slow
def test_stored_parameters_reproduce_the_fit(tools):
    stale = [n for n, data in tools.command.files().items() if not tools.command.same(n, data)]
    assert stale == []


@pytest.mark.slow
def test_widths_of_the_priors_stay_where_they_are(tools):
    """One more step of the estimate moves none by more than a fifth."""
    from schemes import fit, widths

    solids = tools.measured.training()[0].joined(tools.measured.evidence())
    found = widths.widths(solids, steps=1)
    assert found.keys() == fit.WIDTHS.keys()
    assert found == pytest.approx(fit.WIDTHS, rel=0.2)


def test_stored_covariance_is_one(tools):
    found = tools.schemes.parameters()
    covariance = found.errors.covariance(np.arange(len(found.names)))
    assert np.array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0
    assert np.sqrt(np.diag(covariance)) == pytest.approx(found.sigma)
    assert len(found.names) == len(found.values) == len(covariance)


def test_the_final_test_is_large_and_apart(tools):
    final = tools.measured.final_test()
    rows = tools.store.rows(tools.store.FOLDER / "final_test_set.csv")
    assert tuple(row["formula"] for row in rows) == final
    assert sum("voltage" in row["use"] for row in rows) == 10
    assert len(final) >= 70
    assert not set(final) & set(tools.measured.training()[0].formulas)


def test_further_compounds_are_of_neither_test(tools):
    """Nothing that is fitted to, from whatever table, is a solid of a final test."""
    held = {Formula.parse(f).key for f in (*tools.measured.final_test(),
                                           *tools.measured.second_test())}  # fmt: skip
    fitted = tools.measured.training()[0].joined(tools.measured.evidence())
    assert not held & {Formula.parse(formula).key for formula in fitted.formulas}


def test_voltages_of_alloys_add_up(tools):
    """Bi/LiBi at 0.828 V, LiBi/Li3Bi at 0.810 V: 2.448 eV for Li3Bi of four atoms."""
    found = {value.formula: value.enthalpy for value in tools.measured.further()}
    assert found["Li3Bi"] == pytest.approx(-(0.828 + 2 * 0.810) / 4)


def test_corrections_by_composition_are_those_of_the_table(tools, table, corrected):
    """What is shipped for compositions gives the energies that are shipped for phases."""
    from kstab.sources import embedded

    rows = slice(0, 3000)
    for name in ("kstab", "mp2020"):
        scheme = scheme_named(name)
        added = embedded.added(scheme, table.numbers[rows], table.amounts[rows])
        expected = embedded.load(name).energies[rows] - table.energies[rows]
        assert added == pytest.approx(expected, abs=2e-6)


def test_its_values_change_nothing(tools, monkeypatch):
    """Fit, screen and split are the same whatever was measured on the final test."""
    changed = tuple(
        v._replace(handbook=-9.0, listed=None) if v.formula in set(tools.measured.final_test())
        else v
        for v in tools.measured.values()
    )  # fmt: skip
    before = tools.measured.training.__wrapped__()
    monkeypatch.setattr(tools.measured, "values", lambda: changed)
    after = tools.measured.training.__wrapped__()
    assert before[0].formulas == after[0].formulas
    assert (before[0].measured == after[0].measured).all()
    assert (before[0].features == after[0].features).all()
    assert before[1] == after[1]


@pytest.mark.parametrize("oxide", ["Al2O3", "KAl11O17", "KTi2(PO4)3", "K3SbS4"])
def test_sulfur_lies_beside_oxides_and_thioantimonate(corrected, oxide):
    """The cell with KAl11O17 ran for 1000 cycles; as published all four react."""
    lowest = kstab.interface("S", oxide, ion="K", phases=corrected).minimum_total
    assert lowest is None or lowest.energy_per_atom > -0.030


def test_the_last_step_of_potassium_sulfur(corrected):
    """From sulfur to KS3, 2.43 V by the enthalpy of KS3 in the NBS tables.

    Of that entropy takes 0.09 V as in K2S, of which both are measured (1.97 and 1.89 V): most of it
    is that of potassium metal. No cell has more than 2.5 V.
    """
    steps = kstab.window("K2S", ion="K", phases=corrected, near_misses=False).steps
    assert steps[-1].voltage_low == pytest.approx(2.43, abs=0.15)
    last = kstab.window("K2S", ion="K", compare=False).steps[-1]
    assert last.voltage_low <= 2.5
    assert last.voltage_low == pytest.approx(2.43 - 0.09, abs=0.15)


@pytest.mark.parametrize("formula", ["KBr", "KI", "KCl", "KF", "K2S", "Li2S"])
def test_voltages_of_binaries(tools, corrected, measured, formula):
    """Voltage against metal and element from enthalpies, within its own bar of what is measured."""
    composition = Formula.parse(formula)
    ions = float(composition["K"] + composition["Li"])
    row = corrected.find(composition)
    voltage = -corrected.energies[row] * float(composition.atoms) / ions
    assert voltage == pytest.approx(-measured[formula] / ions, abs=bar(tools, formula) / ions)


def bar(tools, formula: str) -> float:
    """Standard deviation of a formation energy, eV per formula unit, from what is stored."""
    from kstab.phases.table import pack_compositions

    errors = tools.schemes.parameters().errors
    numbers, atoms = pack_compositions([Formula.parse(formula)])
    per_atom, leftover = errors.describe(numbers, atoms)
    variance = errors.common(per_atom)[0, 0] + leftover[0] ** 2
    return float(np.sqrt(variance) * atoms.sum())


def test_reactions_between_solids_balance(tools):
    """Atoms are kept but for those of elements, which are not listed."""
    from schemes import reactions

    solids = tools.measured.training()[0]
    fractions = solids.amounts / solids.atoms[:, None]
    for reaction in reactions.exchanges(solids):
        assert np.abs(reaction.weights @ fractions[reaction.solids]).max() < 1e-5
        assert -reaction.weights[:2].sum() == pytest.approx(1)
    non_metals = [ATOMIC_NUMBER[e] for e in ("O", "S", "Cl", "F", "Br", "I")]
    for reaction in reactions.reductions(solids)[:500]:
        change = reaction.weights @ fractions[reaction.solids]
        assert np.abs(change[non_metals]).max() < 1e-9


def test_a_name_gives_a_scheme_with_all_that_is_known_of_it():
    assert scheme_named("legacy") == LEGACY
    assert scheme_named("pbe") == Scheme("pbe")
    assert scheme_named(MP2020) is MP2020


def test_what_holds_for_one_scheme_does_not_hold_for_a_mixture():
    both = mixed([LEGACY, MP2020, LEGACY])
    assert (both.name, both.sulfur_as_sulfide) == ("legacy + mp2020", False)
    assert both.references == MP2020.references
    assert scheme_named("legacy + mp2020") == both
    assert mixed([LEGACY, LEGACY]) is LEGACY


def test_a_table_knows_its_scheme_by_name_and_by_value(table):
    assert table.scheme is LEGACY
    energies = table.energies
    assert table.with_energies(energies, "as before", "mp2020").scheme is MP2020
    assert table.with_energies(energies, "as before").scheme is LEGACY
