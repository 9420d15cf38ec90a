"""Gibbs energies from enthalpies: by hand, and what becomes of errors and of joined tables."""

import numpy as np
import pytest

from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import Conditions, ElementState
from kstab.phases.error_model import ErrorModel
from kstab.phases.free_energies import Molecule, Thermal, at_conditions
from kstab.phases.joining import with_phases
from kstab.phases.scheme import Scheme
from kstab.phases.table import PhaseTable
from kstab.phases.uncertainty import Uncertainty, stacked

ENERGIES = {"C": 0.0, "CO2": -1.4, "K": 0.0, "K2CO3": -1.9, "O2": 0.0}
ELEMENTS = [
    ElementState("C", "solid", -0.018),
    ElementState("K", "solid", -0.2),
    ElementState("O", "O2 gas", -0.317),
]


MEASURED_LIKE = Scheme("fitted")


def table(scheme=MEASURED_LIKE, **changed):
    rows = [(Formula.parse(name), "", e) for name, e in (ENERGIES | changed).items()]
    return PhaseTable.build("demo", rows, scheme=scheme)


def model():
    """Errors of 0.1 eV in one shared parameter, 0.03 eV/atom left over."""

    class Simple(ErrorModel):
        def describe(self, numbers, amounts):
            return np.ones((len(numbers), 1)), np.full(len(numbers), 0.03)

    return Simple((), np.array([0.1]), np.empty(0, dtype=np.int16), np.zeros(1))


def free(table, *molecules):
    added, sigma = np.full(len(table), -0.15), np.full(len(table), 0.01)
    heat = Thermal(ELEMENTS, molecules, added, sigma, table.scheme == MEASURED_LIKE)
    return at_conditions(table, Conditions(), heat)


def energy(table, name):
    return table.phase(table.find(Formula.parse(name))).formation_energy


def fluids(table):
    return {table.formulas[row]: form for row, form in table.fluids.items()}


def test_a_solid_by_hand():
    expected = -1.9 - 0.15 - (2 * -0.2 - 0.018 + 3 * -0.317) / 6
    assert energy(free(table()), "K2CO3") == pytest.approx(expected)


def test_elements_stay_at_zero_and_their_higher_forms_where_they_are():
    both = [(Formula.parse(n), i, e) for n, i, e in [("K", "a", 0.0), ("K", "b", 0.1)]]
    found = free(PhaseTable.build("demo", both, scheme="pbe"))
    assert found.energies.tolist() == [0.0, 0.1]


def test_a_molecule_has_its_measured_energy_whatever_was_computed():
    carbon_dioxide = Molecule(Formula.parse("CO2"), "gas", -1.6, -1.36, 0.003)
    for computed in (-1.4, -3.0):
        found = free(table(CO2=computed), carbon_dioxide)
        expected = -1.6 - (-0.018 + 2 * -0.317) / 3
        assert energy(found, "CO2") == pytest.approx(expected)
        assert fluids(found) == {"CO2": "gas", "O2": "gas"}
    ice = free(table(), Molecule(Formula.parse("CO2"), "solid", -1.6, -1.36))
    assert fluids(ice) == {"O2": "gas"}


def test_a_molecule_of_another_scheme_keeps_its_own_enthalpy():
    """One rule a hull: only what heat and pressure change is measured."""
    carbon_dioxide = Molecule(Formula.parse("CO2"), "gas", -1.6, -1.36, 0.003)
    found = free(table("legacy", CO2=-1.78), carbon_dioxide)
    expected = -1.78 + (-1.6 - -1.36) - (-0.018 + 2 * -0.317) / 3
    assert energy(found, "CO2") == pytest.approx(expected)


def test_molecules_that_a_table_lacks_change_nothing():
    found = free(table(), Molecule(Formula.parse("SO2"), "gas", -9.0, -8.8))
    assert found.energies.tolist() == free(table()).energies.tolist()


def test_errors_of_heat_come_on_top_and_measured_ones_share_nothing():
    known = table()
    known = known.derived(uncertainty=Uncertainty.of_scheme(model, len(known)))
    found = free(known, Molecule(Formula.parse("CO2"), "gas", -1.6, -1.36, 0.003))
    rows = [found.find(Formula.parse(name)) for name in ("K2CO3", "CO2")]
    shared, own = found.uncertainty.describe(rows, found.numbers[rows], found.amounts[rows])
    assert own == pytest.approx([np.hypot(0.03, 0.01), 0.003])
    assert shared[:, 0].tolist() == [1.0, 0.0]


def test_phases_that_join_have_errors_of_their_kind_and_keep_what_is_stated():
    known = table()
    known = known.derived(uncertainty=Uncertainty.of_scheme(model, len(known)))
    known = free(known, Molecule(Formula.parse("CO2"), "gas", -1.6, -1.36, 0.003))
    own = PhaseTable.build("mine", [(Formula.parse("K4CO4"), "x", -1.5)], scheme=MEASURED_LIKE)
    own = own.derived(origin=known.origin)
    both = with_phases(known, own)
    row = both.find(Formula.parse("K4CO4"))
    _, sigma = both.uncertainty.describe([row], both.numbers[[row]], both.amounts[[row]])
    assert sigma == pytest.approx([0.03])
    assert fluids(both) == {"CO2": "gas", "O2": "gas"}
    gas = both.find(Formula.parse("CO2"))
    _, sigma = both.uncertainty.describe([gas], both.numbers[[gas]], both.amounts[[gas]])
    assert sigma == pytest.approx([0.003])


def test_nothing_is_known_of_errors_where_no_table_has_any():
    assert stacked([(None, 2), (None, 1)]) is None
    both = stacked([(None, 2), (Uncertainty.of_scheme(model, 1), 1)])
    assert len(both.thermal) == 3
    assert np.isnan(both.stated).all()
