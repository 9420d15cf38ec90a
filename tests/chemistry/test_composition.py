"""Formulas as people write them: read, refused, or explained, never silently another compound."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Composition, Element

import kstab
from kstab.chemistry.composition import Formula, other_readings, write
from kstab.chemistry.elements import MASSES, SYMBOLS
from kstab.errors import FormulaError

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("K3SbS4", {"K": 3, "Sb": 1, "S": 4}),
        ("K₃SbS₄", {"K": 3, "Sb": 1, "S": 4}),
        ("K_3SbS_4", {"K": 3, "Sb": 1, "S": 4}),
        ("K_{3}SbS_{4}", {"K": 3, "Sb": 1, "S": 4}),
        ("K$_3$SbS$_{4}$", {"K": 3, "Sb": 1, "S": 4}),
        ("K3 Sb S4", {"K": 3, "Sb": 1, "S": 4}),
        (" K3SbS4\t", {"K": 3, "Sb": 1, "S": 4}),
        ("Ｋ３ＳｂＳ４", {"K": 3, "Sb": 1, "S": 4}),
        ("K2.92Sb0.92W0.08S4", {"K": "2.92", "Sb": "0.92", "W": "0.08", "S": 4}),
        ("K2.9SbS3.9Cl0.1", {"K": "2.9", "Sb": 1, "S": "3.9", "Cl": "0.1"}),
        ("K₂.₉SbS₃.₉Cl₀.₁", {"K": "2.9", "Sb": 1, "S": "3.9", "Cl": "0.1"}),
        ("K1.67Mg0.67Al10.33O17", {"K": "1.67", "Mg": "0.67", "Al": "10.33", "O": 17}),
        ("(K0.5Na0.5)3SbS4", {"K": "1.5", "Na": "1.5", "Sb": 1, "S": 4}),
        ("K2Mn[Fe(CN)6]", {"K": 2, "Mn": 1, "Fe": 1, "C": 6, "N": 6}),
        ("K2{Mn[Fe(CN)6]}", {"K": 2, "Mn": 1, "Fe": 1, "C": 6, "N": 6}),
        ("KB3H8·NH3B3H7", {"K": 1, "B": 6, "H": 18, "N": 1}),
        ("KB3H8•NH3B3H7", {"K": 1, "B": 6, "H": 18, "N": 1}),
        ("KB3H8*NH3B3H7", {"K": 1, "B": 6, "H": 18, "N": 1}),
        ("CaSO4·2H2O", {"Ca": 1, "S": 1, "O": 6, "H": 4}),
        ("CaSO4·0.5H2O", {"Ca": 1, "S": 1, "O": "4.5", "H": 1}),
        ("KFe(SO4)2", {"K": 1, "Fe": 1, "S": 2, "O": 8}),
        ("CH3COOK", {"C": 2, "H": 3, "O": 2, "K": 1}),
        ("K.5Na.5Cl", {"K": "0.5", "Na": "0.5", "Cl": 1}),
        ("Co", {"Co": 1}),
        ("CO", {"C": 1, "O": 1}),
    ],
)
def test_read(text, amounts):
    expected = {symbol: Fraction(amount) for symbol, amount in amounts.items()}
    assert dict(Formula.parse(text).amounts) == expected


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("k3sbs4", "K3SbS4"),
        ("K3sbS4", "K3SbS4"),
        ("kfeo2", "KFeO2"),
        ("Kfeo2", "KFeO2"),
        ("naCl", "NaCl"),
        ("lif", "LiF"),
        ("mgo", "MgO"),
        ("li7la3zr2o12", "Li7La3Zr2O12"),
        ("K2S04", "K2SO4"),
    ],
)
def test_slips_are_explained(text, suggestion):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    assert suggestion in caught.value.suggestions
    assert suggestion in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "()",
        "3",
        "K3SbS4 KFeO2",
        "K3SbS4, KFeO2",
        "CaSO4.2H2O",
        "K2S04",
        "K⁺",
        "SO₄²⁻",
        "K+",
        "Fe3+",
        "K3SbS4-x",
        "K1-xCrO2",
        "K3-2xSb",
        "KxCrO2",
        "K0SbS4",
        "K0.0Sb",
        "K(SbS4",
        "KSbS4)",
        "K(SbS4]",
        "K[]3",
        "Xx2O3",
        "D2O",
        "2-propanol",
        "K3SbS4;",
        "K/S",
        "K:S",
        "K1e5S",
        "K1.2.3S",
        "K.S",
        "mp-1234",
        "inf",
        "😀",
        "K½S",
        "\\ce{K3SbS4}",
        "К3SbS4",
        "<b>K</b>",
    ],
)
def test_refused(text):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("K⁺", "charge"),
        ("K3SbS4 KFeO2", "several formulas"),
        ("CaSO4.2H2O", "CaSO4·2H2O"),
        ("K1-xCrO2", "1-x"),
        ("K(SbS4", "missing"),
        ("KSbS4)", "closes nothing"),
        ("K0Sb", "zero"),
        ("K012Sb", "begins with a zero"),
        ("", "empty"),
    ],
)
def test_the_reason_is_named(text, word):
    with pytest.raises(FormulaError, match=word):
        Formula.parse(text)


@pytest.mark.parametrize("text", ["K3SbS4 K", "KFeO2 K", "K2S S", "K2S KS"])
def test_several_formulas_are_never_joined(text):
    """Joined, they would silently be a third compound: KFeO2 K is not K2FeO2."""
    with pytest.raises(FormulaError, match="several formulas"):
        Formula.parse(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("KSB", "KSb"), ("KSBS2", "KSbS2"), ("K3SBS4", "K3SbS4"), ("Al203", "Al2O3")],
)
def test_a_slip_that_is_a_formula_is_noticed(typed, meant):
    """KSB is potassium, sulfur, boron; somebody who types it means KSb."""
    assert meant in other_readings(typed)
    result = kstab.window(typed, ion="K", scheme="legacy", temperature="none")
    notice = next(notice for notice in result.warnings if notice.code == "other_reading")
    assert meant in notice.message


@pytest.mark.parametrize(("typed", "meant"), [("CO", "Co"), ("NI", "Ni"), ("SN", "Sn")])
def test_capitals_are_other_readings(typed, meant):
    assert meant in other_readings(typed)


def test_a_phase_in_the_data_needs_no_such_notice():
    for formula in ("K3SbS4", "KSb", "KFeO2"):
        codes = {
            notice.code
            for notice in kstab.window(formula, scheme="legacy", temperature="none").warnings
        }
        assert "other_reading" not in codes


@pytest.mark.parametrize(
    "amounts",
    [
        {"K": -1, "S": 2},
        {"K": float("nan"), "S": 1},
        {"K": float("inf"), "S": 1},
        {"K": "three", "S": 1},
        {"K": None, "S": 1},
        {"K": 10**400, "S": 1},
        {"K": 1e-9, "S": 1},
        {"Xx": 1},
        {"K": 0},
        {},
    ],
)
def test_unusable_amounts_are_refused(amounts):
    with pytest.raises(FormulaError):
        Formula.of(amounts)


@pytest.mark.parametrize("source", [None, 3, 3.5, ["K", "S"], b"K3SbS4", object()])
def test_what_is_no_composition_is_refused(source):
    with pytest.raises(FormulaError):
        Formula.of(source)


def test_mappings_and_compositions():
    formula = Formula.of({"K": 3, "Sb": 1, "S": 4})
    assert formula == Formula.parse("K3SbS4")
    assert Formula.of(Composition("K3SbS4")) == formula
    assert Formula.of({"K": 2.9, "Sb": 1, "S": 4})["K"] == Fraction(29, 10)
    assert Formula.of({"K": 3, "Sb": 1, "S": 4, "O": 0}) == formula
    assert Formula.of(formula) is formula


@pytest.mark.parametrize("length", [201, 10_000, 1_000_000])
@pytest.mark.parametrize("unit", ["K3SbS4", "9", "(", "k", "é", " "])
def test_very_long_input_is_refused(unit, length):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(unit * length)
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize(
    "text",
    [
        "co" * 60 + "q",
        "k" * 199 + "q",
        "ho" * 99 + "z",
        "(" * 200,
        "K" * 200,
        "9" * 200,
        "a1" * 100,
    ],
)
def test_hostile_input_ends(run_python, text):
    """Suggestions are searched for, and the search must not take for ever."""
    code = (
        "import sys\nfrom kstab.chemistry.composition import Formula\n"
        "from kstab.errors import KstabError\n"
        "try:\n    Formula.parse(sys.argv[1])\nexcept KstabError:\n    pass\n"
    )
    run_python("-c", code, text)


@pytest.mark.parametrize(
    "text", ["K3\x1b[31mSbS4", "\x1b]0;title\x07", "K3SbS4\x00", "K\x08S", "K\u202eS", "K\u200bS"]
)
def test_control_characters_are_refused_and_not_echoed(text):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("text", ["K3\nSb S4", "K3SbS4\n", "K3\u00a0Sb\tS4"])
def test_white_space_is_no_part_of_a_formula(text):
    assert Formula.parse(text).text == "K3SbS4"


amounts_of = st.dictionaries(
    st.sampled_from(SYMBOLS),
    st.one_of(
        st.integers(1, 60),
        st.decimals("0.01", "60", places=2).map(Fraction).filter(bool),
    ),
    min_size=1,
    max_size=8,
)


@SETTINGS
@given(amounts_of)
def test_written_formulas_read_back(amounts):
    text = write(amounts.items())
    read = Formula.parse(text)
    assert dict(read.amounts) == amounts
    assert read.text == text
    assert Formula.of(dict(read.amounts)) == read


@SETTINGS
@given(amounts_of, st.integers(2, 9))
def test_key_ignores_the_formula_unit(amounts, factor):
    formula = Formula.of(amounts)
    scaled = Formula.of({symbol: amount * factor for symbol, amount in amounts.items()})
    assert formula.key == scaled.key
    assert scaled.atoms == pytest.approx(factor * formula.atoms)
    assert scaled.mass == pytest.approx(factor * formula.mass)


@SETTINGS
@given(amounts_of)
def test_pymatgen_reads_the_same(amounts):
    text = write(amounts.items())
    theirs = Composition(text)
    ours = Formula.parse(text)
    assert set(ours.elements) == {element.symbol for element in theirs}
    for symbol, amount in ours.amounts:
        assert theirs[symbol] == pytest.approx(float(amount), rel=1e-9)


def read(text: str) -> Formula | FormulaError:
    """A formula, or the error instead: nothing else may come out."""
    try:
        return Formula.parse(text)
    except FormulaError as error:
        return error


@SETTINGS
@given(
    st.one_of(
        st.text(max_size=60),
        st.text("KkSsBbOoCcNnFfeEaAlLiI0123456789.()[]· ", max_size=30),
    )
)
def test_any_text_gives_a_formula_or_a_formula_error(text):
    answer = read(text)
    if isinstance(answer, Formula):
        assert Formula.parse(answer.text) == answer
        assert Formula.parse(write(answer.amounts)).key == answer.key
    else:
        assert str(answer).isprintable()
        assert all(Formula.parse(suggestion) for suggestion in answer.suggestions)


@pytest.mark.parametrize("formula", ["K3SbS4", "KFeO2", "Li10GeP2S12", "NaCl", "KSb", "K3PS4"])
def test_lower_case_is_refused_with_the_formula_meant(formula):
    answer = read(formula.lower())
    assert isinstance(answer, FormulaError)
    assert formula in answer.suggestions


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_masses_are_those_of_pymatgen(symbol):
    assert MASSES[symbol] == pytest.approx(float(Element(symbol).atomic_mass), rel=1e-9)


def test_all_118_elements():
    assert [Element(symbol).Z for symbol in SYMBOLS] == list(range(1, 119))


def test_mass_is_that_of_pymatgen():
    assert Formula.parse("K3SbS4").mass == pytest.approx(float(Composition("K3SbS4").weight))


@pytest.mark.parametrize("formula", ["K3SbS4", "K2.92Sb0.92W0.08S4"])
def test_formulas_are_frozen_values(formula):
    first, second = Formula.parse(formula), Formula.parse(formula)
    assert first == second
    assert hash(first) == hash(second)
    with pytest.raises(AttributeError):
        first.text = "K"
