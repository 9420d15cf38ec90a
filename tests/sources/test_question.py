"""Which phases compete: one question, from Python and from the command line."""

import dataclasses
import json
from pathlib import Path

import pytest

import kstab
from command import run
from kstab import Question
from kstab.cli import options
from kstab.errors import PhaseError, RequestError
from kstab.sources.question import WhichPhases

LEGACY = {"scheme": "legacy", "exclude": ["KS3"]}
ASKED = (
    lambda **which: kstab.window("K3SbS4", **which),
    lambda **which: kstab.windows(["K3SbS4", "K2S"], **which)[1],
    lambda **which: kstab.interface("K", "K3SbS4", **which),
    lambda **which: kstab.system("K-Sb-S", **which),
    lambda **which: kstab.phase_table(**which).changes,
)


def document(*arguments):
    return json.loads(run(*arguments, "--no-plugins", "--format", "json").stdout)


def schemes(answer) -> list[str]:
    return [each["scheme"] for each in answer["by_scheme"]]


@pytest.fixture
def own(tmp_path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("formula,formation_energy (eV/atom)\nK2S,-1.32\n", encoding="utf-8")
    return path


# ---------------------------------------------------------------- one value


@pytest.mark.parametrize("ask", ASKED)
def test_a_question_is_its_keywords(ask):
    assert ask(question=Question(**LEGACY)) == ask(**LEGACY)


@pytest.mark.parametrize("ask", ASKED)
def test_a_question_and_keywords_exclude_each_other(ask):
    with pytest.raises(RequestError, match="by a question and by exclude"):
        ask(question=Question(), exclude=["KS3"])
    ask(question=Question(), exclude=[], source=None, phases=None)


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("name", ["sceme", "systems", "sources"])
def test_a_keyword_that_there_is_not_is_named(ask, name):
    with pytest.raises(TypeError, match=name):
        ask(**{name: ("K",)})


def test_what_is_no_question_is_refused():
    with pytest.raises(RequestError, match="no question"):
        kstab.window("K3SbS4", question="legacy")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"source": "a, b"}, {"source": ["a", "b", "a"]}),
        ({"scheme": "kstab,legacy"}, {"scheme": ("kstab", "legacy")}),
        ({"exclude": "KS3, S8O"}, {"exclude": iter(["KS3", "S8O"])}),
        ({"entries": "mine.csv"}, {"entries": [Path("mine.csv")]}),
        ({"polymorphs": {"K2S": "mp-1022"}}, {"polymorphs": [("K2S", "mp-1022")]}),
        ({"gas": "O2=0.21,H2=0.5"}, {"gas": {"O2": 0.21, "H2": 0.5}}),
        ({"temperature": "100C"}, {"temperature": 373.15}),
        ({"temperature": " None "}, {"temperature": "none"}),
    ],
)
def test_questions_are_the_same_however_they_are_written(one, other):
    assert Question(**one) == Question(**other)
    assert hash(Question(**one)) == hash(Question(**one))


def test_a_question_is_frozen_and_read_once():
    question = Question(exclude=(name for name in ["KS3"]), gas=iter(["O2=0.21"]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        question.scheme = ("legacy",)
    assert dataclasses.replace(question) == question != question.within(("K",))
    assert [t.changes for t in question.others()] == [question.table().changes] * 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"temperature": "warm"}, "not a temperature"),
        ({"gas": "Xe=1"}, "not a gas"),
        ({"temperature": "none", "gas": "O2=0.21"}, "Enthalpies know no pressure"),
        ({"phases": "K2S"}, "not a table"),
        ({"heights": [("K2S", 0.1), ("K2S", 0.2)]}, "--ehull names K2S twice"),
    ],
)
def test_a_question_is_judged_where_it_is_made(wrong, said):
    with pytest.raises(RequestError, match=said):
        Question(**wrong)


@pytest.mark.parametrize(
    "which",
    [
        {"heights": {"K3SbS4": float("nan")}},
        {"heights": {"K3SbS4": float("inf")}},
        {"heights": {"K3SbS4": "25meV"}},
        {"heights": "K3SbS4"},
        {"polymorphs": "K2S=mp-1022"},
        {"polymorphs": ["ab"]},
        {"polymorphs": 1},
        {"source": 1},
        {"source": b"x"},
        {"scheme": ["kstab", None]},
        {"exclude": 1},
        {"phases": 1},
        {"entries": ""},
        {"entries": [1]},
        {"mix_schemes": "no"},
        {"entry_scheme": 1},
        {"entry_error": -0.01},
        {"entry_error": float("nan")},
        {"entry_error": "10meV"},
        {"keep_dilute": 1},
    ],
)
def test_a_value_of_another_kind_is_refused_where_it_is_made(which):
    with pytest.raises(RequestError) as caught:
        Question(**which)
    assert str(next(iter(which.values()))) in str(caught.value) or "height" in str(caught.value)
    assert caught.value.advice.startswith("Give ")


def test_a_question_is_made_of_what_it_shows():
    asked = Question(source="experimental", heights={"K2S": 0.01}, entries="a.csv", gas="O2=0.2")
    names = {"Question": Question, "PosixPath": Path, "WindowsPath": Path}
    assert eval(repr(asked), names) == asked
    assert hash(asked.within(("K",), sources={})) == hash(asked.within(("K",), sources={}))


def test_fields_keywords_and_options_are_the_same():
    fields = [field.name for field in dataclasses.fields(Question) if field.init]
    assert set(fields) == WhichPhases.__annotations__.keys()
    assert fields[0] == "phases"
    assert options._QUESTION.keys() == set(fields[1:])


# ---------------------------------------------------------------- in other schemes

COMPARED = (
    (("--phase", "K2S=mp-1022"), {"polymorphs": {"K2S": "mp-1022"}}),
    (("--exclude", "KS3"), {"exclude": ["KS3"]}),
    (("--mix-schemes",), {"mix_schemes": True}),
    (("--keep-dilute",), {"keep_dilute": True}),
    (("--ehull", "K2S=25meV"), {"heights": {"K2S": 0.025}}),
    (("--temperature", "400"), {"temperature": 400}),
    (("--temperature", "none"), {"temperature": "none"}),
)


@pytest.mark.parametrize(("arguments", "which"), COMPARED)
@pytest.mark.parametrize(
    ("scheme", "others"), [("kstab,legacy", ["legacy"]), ("legacy", ["kstab", "mp2020"])]
)
def test_the_same_question_is_asked_in_other_schemes(arguments, which, scheme, others):
    answer = document("window", "K3SbS4", "--scheme", scheme, *arguments)
    assert schemes(answer) == others
    result = kstab.window("K3SbS4", scheme=scheme, **which)
    assert [each.scheme for each in result.by_scheme] == others
    for each in result.by_scheme:
        alone = kstab.window("K3SbS4", scheme=each.scheme, **which)
        assert (each.reduction_limit, each.oxidation_limit) == (
            alone.reduction_limit,
            alone.oxidation_limit,
        )


@pytest.mark.parametrize(("arguments", "which"), COMPARED)
def test_interfaces_are_compared_too(arguments, which):
    answer = document("interface", "K", "K3SbS4", "--scheme", "kstab,legacy", *arguments)
    assert schemes(answer) == ["legacy"]
    result = kstab.interface("K", "K3SbS4", scheme=["kstab", "legacy"], **which)
    (there,) = result.by_scheme
    alone = kstab.interface("K", "K3SbS4", scheme="legacy", **which)
    assert there.energy_per_atom == alone.minimum_total.energy_per_atom


def test_mixed_sources_are_compared():
    which = {"source": "experimental,mp-2019", "mix_schemes": True}
    found = kstab.window("K2S", **which)
    assert found.scheme == "measured + kstab"
    assert [each.scheme for each in found.by_scheme] == ["measured + legacy", "measured + mp2020"]
    (other,) = kstab.window("K2S", scheme="kstab,legacy", **which).by_scheme
    assert other == found.by_scheme[0]


@pytest.mark.parametrize(
    "ask",
    [
        lambda **which: kstab.phase_table(elements=["K", "S"], **which),
        lambda **which: kstab.system("K-S", **which),
        lambda **which: list(kstab.windows(["K2S"], **which)),
    ],
)
def test_what_compares_nothing_takes_one_scheme(ask):
    with pytest.raises(RequestError, match="Several schemes are named, kstab, legacy, but"):
        ask(scheme="kstab,legacy")


def test_a_polymorph_that_is_not_there_is_refused():
    with pytest.raises(PhaseError, match="K2S=mp-1022"):
        kstab.window("K3SbS4", polymorphs={"K2S": "mp-1"})


@pytest.mark.parametrize("command", [("window", "K2S"), ("interface", "K", "K2S")])
def test_a_file_that_is_tried_is_compared(command, own):
    """Its phases are of one scheme, and go into each of the others by their composition."""
    tried = (*command, "--entry", str(own), "--entry-scheme", "legacy")
    assert schemes(document(*tried)) == ["legacy", "mp2020"]
    assert schemes(document(*tried, "--scheme", "legacy,kstab")) == ["kstab"]
    assert schemes(document(*command, "--entry", str(own), "--mix-schemes")) == ["legacy", "mp2020"]


def test_a_file_that_is_tried_is_in_each_scheme_as_it_is_there_alone(own):
    which = {"entries": own, "entry_scheme": "legacy"}
    for each in kstab.window("K2S", **which).by_scheme:
        alone = kstab.window("K2S", scheme=each.scheme, compare=False, **which)
        brought = f"mine.csv from legacy to {each.scheme} by composition"
        changes = ["with K2S of mine.csv", *([brought] if each.scheme != "legacy" else [])]
        assert alone.provenance.changes == tuple(changes)
        assert (each.reduction_limit, each.oxidation_limit) == (
            alone.reduction_limit,
            alone.oxidation_limit,
        )


@pytest.mark.parametrize("command", [("window", "K3SbS4"), ("interface", "K", "K3SbS4")])
def test_a_table_is_of_one_scheme_and_is_not_compared(command):
    ask = getattr(kstab, command[0])
    assert ask(*command[1:], phases=kstab.phase_table()).by_scheme == ()
    with pytest.raises(RequestError, match="one alone"):
        Question(scheme="kstab,legacy", phases=kstab.phase_table())


# ---------------------------------------------------------------- what only one of the two had


def test_python_has_what_the_command_line_has(own):
    which = {"entries": own, "entry_scheme": "kstab", "heights": {"K3SbS5": 0.025}}
    needed = ["K", "Sb", "S"]
    table = kstab.phase_table(elements=needed, **which)
    assert kstab.window("K3SbS5", compare=False, **which) == kstab.window("K3SbS5", phases=table)
    assert kstab.system(needed, **which) == kstab.system(needed, phases=table)
    assert kstab.windows(["K3SbS5"], **which)[0].energy_above_hull == pytest.approx(0.025)
    contact = kstab.interface("K", "K3SbS5", compare=False, **which)
    assert contact == kstab.interface("K", "K3SbS5", phases=table)


def test_a_file_is_tried_in_a_chemical_system(own):
    """Elements are those of the system, not of the default ion alone."""
    answer = document("phases", "K-Sb-S", "--entry", str(own), "--mix-schemes")
    assert "with K2S of mine.csv" in answer["provenance"]["changes"]
    assert {"K2S", "K3SbS4"} <= {phase["formula"] for phase in answer["phases"]}


def test_a_system_has_no_phase_that_is_the_one_asked_for():
    names = run("phases", "--help").stdout
    assert "--entry" in names
    assert "--phase " not in names
    assert "--ehull" not in names


@pytest.mark.parametrize(
    ("option", "value"), [("--phase", "K2S=mp-1022"), ("--ehull", "K2S=25meV")]
)
def test_a_formula_is_named_once(option, value):
    done = run("window", "K3SbS4", option, value, option, value)
    assert done.returncode == 2
    assert f"{option} names K2S twice" in done.stderr
