"""The table of cathodes: figures that can be right, and what is made of them."""

import re
from dataclasses import replace

import pytest

import kstab
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import ion
from kstab.errors import DataError, RequestError
from kstab.sources import cathodes, embedded

TABLE = cathodes.load()


@pytest.mark.parametrize("cathode", TABLE, ids=lambda cathode: cathode.name)
def test_a_cathode_has_figures_that_can_be_right(cathode):
    symbol = ion(cathode.ion).symbol
    assert re.fullmatch(r"10\.\d{4,5}/\S+", cathode.doi)
    assert cathode.title
    assert Formula.parse(cathode.discharged)[symbol] > 0
    if cathode.charged:
        assert Formula.parse(cathode.charged)[symbol] < Formula.parse(cathode.discharged)[symbol]
    assert (cathode.voltage_low is None) == (cathode.voltage_high is None)
    if cathode.voltage_low is not None:
        assert 0 <= cathode.voltage_low < cathode.voltage_high <= 5.5
    assert cathode.voltage_low is not None or cathode.average_voltage is not None
    assert not cathode.average_voltage or 0 < cathode.average_voltage < 5.5


def test_no_cathode_is_there_twice():
    assert len({Formula.parse(cathode.discharged).key for cathode in TABLE}) == len(TABLE)


def test_range_and_charged_composition_come_from_the_table():
    result = kstab.interface(
        "K3PS4", "KVPO4F", voltage="cathode", scheme="legacy", temperature="none"
    )
    assert result.voltage_range == (2.5, 5.0)
    assert result.cathode.doi == "10.1149/1945-7111/aba54e"
    assert (result.charged.b, result.charged.voltage_range) == ("VPO4F", (2.5, 5.0))


def test_what_was_given_goes_before_the_table():
    result = kstab.interface("KVPO4F", "K3PS4", voltage="cathode", charged="K0.5VPO4F")
    assert result.charged.a == "K0.5VPO4F"


def test_the_charged_formula_finds_the_cathode_too():
    result = kstab.interface("VPO4F", "K3PS4", voltage="cathode")
    assert (result.cathode.name, result.charged) == ("KVPO4F", None)


def test_a_cathode_without_a_range_is_refused_with_those_that_have_one():
    with pytest.raises(RequestError, match="KVPO4F"):
        kstab.interface("K2Ni2TeO6", "K3PS4", voltage="cathode")


def test_the_average_voltage_of_the_table_gives_the_charged_cathode_its_energy(monkeypatch):
    made_up = replace(TABLE[0], discharged="KCrO2", charged="K0.5CrO2", average_voltage=2.7)
    monkeypatch.setattr(cathodes, "load", lambda: (made_up,))
    charged = kstab.interface("KCrO2", "K3SbS4", voltage="cathode").charged
    assert charged.reactant_a.energy_source == "average_voltage"


@pytest.mark.parametrize("text", [None, "name,ion\nx,K\n", "\xff"])
def test_a_missing_or_damaged_table_is_a_data_error(tmp_path, monkeypatch, text):
    (tmp_path / "mp-2019").mkdir()
    if text is not None:
        (tmp_path / "cathodes.csv").write_text(text, encoding="latin-1")
    monkeypatch.setattr(embedded, "folder", lambda: tmp_path / "mp-2019")
    cathodes.load.cache_clear()
    with pytest.raises(DataError, match=r"cathodes\.csv"):
        cathodes.load()
    cathodes.load.cache_clear()
