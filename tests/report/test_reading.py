"""Results read back: equal, the same bytes, the same figures; or an error that says why."""

import copy
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kstab
from command import run
from kstab import reading
from kstab.analyses.difference import comparison as difference
from kstab.base.late import loaded
from kstab.chemistry.ions import ion
from kstab.errors import DataError, KstabError, RequestError
from kstab.findings import Assessed, Measurement
from kstab.offers import Page
from kstab.report import terminal

SYSTEM = ("K", "S", "Sb")
CHARGED = {"voltage": (2, 3.5), "charged": "K0.5CrO2"}


def sources_differ():
    tables = (kstab.phase_table(elements=SYSTEM, scheme=name) for name in ("kstab", "legacy"))
    return difference.solve(SYSTEM, ion("K"), *tables)


def assessed():
    ratio = Measurement("ratio", 1 / 3, "", 0.1, None, "K2S")
    found = Assessed("a", "b", "1", False, "porous", "low", "It has pores.", (ratio,), ("so",))
    return replace(kstab.window("K2S", compare=False), assessments=(found,))


MAKERS = {
    "window": lambda: kstab.window("K3SbS4"),
    "metal": lambda: kstab.window("K"),
    "doped": lambda: kstab.window("K2.9SbS3.9Cl0.1", samples=5).within(1, 2),
    "gas": lambda: kstab.window("KBH4", gas="H2=0.333333333333333"),
    "assessed": assessed,
    "system": lambda: kstab.system("K-Sb-S"),
    "metal contact": lambda: kstab.interface("K3SbS4", "K"),
    "closed": lambda: kstab.interface("K2S", "KCl", samples=5),
    "open": lambda: kstab.interface("K3SbS4", "KFeO2", voltage=3.0),
    "charged": lambda: kstab.interface("K3SbS4", "KCrO2", **CHARGED),
    "half-way fractions": lambda: kstab.interface("LiCoO2", "Li6PS5Cl", voltage=(2, 5)),
    "half-way places": lambda: kstab.interface("K3PS4", "KVPO4F", voltage=(3, 5)),
    "difference": sources_differ,
}


@pytest.fixture(scope="module", params=MAKERS)
def result(request):
    return MAKERS[request.param]()


def read(document):
    return reading.from_document(document, "it")


def test_a_result_read_back_is_the_one_written(result):
    again = read(json.loads(result.to_json()))
    assert again == result
    assert hash(again) == hash(result)
    assert again.to_json() == result.to_json()
    assert again == result.as_written()


@pytest.mark.parametrize("details", [False, True])
def test_the_page_is_that_of_the_result(result, details):
    again = read(result.to_dict())
    for width in (45, 80, 120):
        both = [terminal.text(each.page(details=details), width) for each in (result, again)]
        assert both[0] == both[1]
    assert again._repr_html_() == result._repr_html_()


def test_csv_is_that_of_the_result(result):
    again = read(result.to_dict())
    both = [loaded("kstab.report.tables:write_csv")(each, Page()) for each in (result, again)]
    assert both[0] == both[1]


def test_the_figure_is_that_of_the_result(result, tmp_path):
    again = read(result.to_dict())
    if loaded(result.offered).figure:
        for name, drawn in (("a.svg", result), ("b.svg", again)):
            drawn.plot(tmp_path / name)
        assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    else:
        with pytest.raises(RequestError, match="no figure"):
            again.plot(tmp_path / "a.svg")


def without_what_was_added(document):
    """A document as version 1.0 of the format had it."""
    if isinstance(document, list):
        return [without_what_was_added(each) for each in document]
    if not isinstance(document, dict):
        return document
    older = {key: without_what_was_added(each) for key, each in document.items()}
    if "kind" in older:
        older["schema_version"] = "1.0"
    if "material_id" in older and "amount" in older:  # a product
        del older["state"]
    if "dataset_sha256" in older:  # the provenance
        del older["energies"]
    return older


def test_a_document_of_the_first_version_is_read(result):
    """It is equal but for what it does not say."""
    document = result.to_dict()
    older = without_what_was_added(document)
    assert document["schema_version"] == "1.1"
    again = read(older)
    assert without_what_was_added(again.to_dict()) == older
    assert read(again.to_dict()) == again


def test_what_the_first_version_does_not_say_is_what_it_was():
    document = kstab.window("KBH4", ion="K", temperature=400, compare=False).to_dict()
    assert document["provenance"]["energies"] == "Gibbs energies"
    states = {p["state"] for step in document["steps"] for p in step["products"]}
    assert states == {"", "gas"}
    again = read(without_what_was_added(document))
    assert again.provenance.energies == "Gibbs energies"  # of the elements at least
    enthalpies = kstab.window("KBH4", ion="K", temperature="none", compare=False).to_dict()
    assert read(without_what_was_added(enthalpies)).provenance.energies == "enthalpies"
    measured = kstab.window("K2S", source="experimental").to_dict()
    measured["provenance"]["temperature"] = None  # as version 0.1 had them
    assert read(without_what_was_added(measured)).provenance.conditions == "Gibbs energies"
    assert {p.state for step in again.steps for p in step.products} == {""}


def test_what_another_version_lacks_is_no_excuse_for_what_it_does_not():
    older = without_what_was_added(kstab.window("K2S", compare=False).to_dict())
    del older["provenance"]["temperature"]
    with pytest.raises(DataError, match="provenance lacks 'temperature'"):
        read(older)


def test_another_value_is_another_result():
    result = kstab.window("K2S", compare=False)
    changed = result.to_dict()
    changed["steps"][1]["voltage_low"] += 1e-9
    assert read(changed) != result
    changed["steps"][1]["voltage_low"] -= 1e-9 + 1e-13
    assert read(changed) == result


WINDOW = kstab.window("K3SbS4", samples=3).to_dict()
CONTACT = kstab.interface(
    "K3SbS4", "KCrO2", scheme="legacy", temperature="none", **CHARGED
).to_dict()


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        (("steps", 1, "voltage_low"), "x", "steps[1].voltage_low is not a number"),
        (("steps", 1, "minor"), 1, "steps[1].minor is not true or false"),
        (("steps", 0, "voltage_low"), True, "steps[0].voltage_low is not a number"),
        (("steps", 0, "voltage_low"), float("inf"), "is no number that can be used"),
        (("steps", 0, "voltage_low"), 10**400, "is no number that can be used"),
        (("ion_charge",), 1.5, "ion_charge is not a whole number"),
        (("steps", 0, "products"), {}, "steps[0].products is no array"),
        (("voltage_range",), [1.0], "voltage_range has not 2 items"),
        (("steps", 0), 3, "steps[0] is no object"),
        (("steps", 0, "extra"), 3, "steps[0] has an unknown key 'extra'"),
        (("verdict",), "fine", "verdict is none of stable"),
        (("kind",), "system", "the document lacks 'elements'"),
        (("kind",), ["window"], "it is no result of kstab"),
        (("schema_version",), "2.0", "version 2.0 of the format"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(keys, value, said):
    changed = copy.deepcopy(WINDOW)
    place = changed
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    with pytest.raises(DataError) as caught:
        read(changed)
    assert said in caught.value.reason


def test_a_result_inside_another_must_be_of_its_kind():
    with pytest.raises(DataError, match="charged lacks 'a'"):
        read(CONTACT | {"charged": WINDOW})


def places(value, path=()):
    """Paths to everything inside a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from places(each, (*path, key))


ODD = st.sampled_from([
    None, True, -1, 0, 1, 3.7, 1e300, -1e-300, 10**400, float("nan"), "", "K", "\x1b[2J", "\ud800",
    [], {}, [1, 2], [[]], {"a": 1},
])  # fmt: skip


CHANGES = [(document, path) for document in (WINDOW, CONTACT) for path in places(document)]


@given(change=st.sampled_from(CHANGES), value=ODD, gone=st.booleans())
def test_any_change_gives_a_result_or_a_kstab_error(change, value, gone):
    changed, path = copy.deepcopy(change[0]), change[1]
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    if gone:
        del place[path[-1]]
    try:
        found = read(changed)
    except KstabError:
        return
    assert read(found.to_dict()) == found
    assert "\x1b" not in found.to_json()


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "[" * 200_000, "\xff", '{"kind": "window"}', '{"kind": NaN}', "{}"]
)
def test_what_is_no_result_is_refused(tmp_path, text):
    path = tmp_path / "result.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(DataError):
        kstab.read(path)


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="cannot be read"):
        kstab.read(tmp_path / "no.json")
    path = tmp_path / "result.json"
    path.write_text(json.dumps(WINDOW), encoding="utf-8")
    monkeypatch.setattr(reading, "LARGEST", 10)
    with pytest.raises(DataError, match="larger than"):
        kstab.read(path)


@pytest.mark.parametrize("command", [("window", "K3SbS4"), ("interface", "K", "S")])
def test_show_prints_what_the_command_printed(tmp_path, command):
    path = tmp_path / "result.json"
    assert run(*command, "--output", str(path)).returncode == 0
    text = path.read_text("utf-8")
    assert run("show", str(path)).stdout == run(*command).stdout
    assert run("show", "-", "--format", "json", typed=text).stdout == text


def test_show_draws_narrows_down_and_refuses(tmp_path):
    path, drawn = tmp_path / "window.json", tmp_path / "window.svg"
    path.write_text(json.dumps(WINDOW), encoding="utf-8")
    assert run("show", str(path), "--plot", str(drawn), "--voltage", "1:2").returncode == 0
    assert drawn.read_bytes()
    assert run("show", str(path), "--output", str(path)).returncode == 2
    path.write_text(json.dumps(WINDOW | {"steps": []}), encoding="utf-8")
    done = run("show", str(path), "--plot", str(drawn))
    assert (done.returncode, "contradict" in done.stderr) == (4, True)
