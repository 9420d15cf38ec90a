"""BibTeX for what a result used."""

import json
import re

import bibtexparser
import pytest

import kstab
from command import run
from kstab.builtin import kstab_analyses
from kstab.errors import RequestError
from kstab.offers import PhaseSource
from kstab.phases.scheme import scheme_named
from kstab.report import bibliography, references
from kstab.sources.catalogue import SOURCES
from kstab.sources.question import built_in

EXAMPLES = {"10.1000/1"}
"""DOIs that are no paper's."""


def keys(text: str) -> list[str]:
    return re.findall(r"^@\w+\{(\w+),", text, re.MULTILINE)


DOI = re.compile(r"\b10\.\d{4,5}/[^\s\"'`,;\]}>]+")
COMPLETE = {"author", "title", "journal", "year", "volume", "pages"}


def lacking(root) -> dict[str, set[str]]:
    """What the comments in the file say that its entries lack."""
    text = (root / "phase_data" / "references.bib").read_text("utf-8")
    found = re.findall(r"^% lacks: (.+)\n@\w+\{(\w+),", text, re.MULTILINE)
    return {key: set(fields.split(", ")) for fields, key in found}


def dois(root) -> set[str]:
    """All DOIs that sources, plugins, tools, data and pages name."""
    folders = ("src", "plugins", "tools", "phase_data", "docs", "benchmarks")
    paths = [path for folder in folders for path in (root / folder).rglob("*")]
    texts = [
        path.read_text("utf-8")
        for path in paths
        if path.suffix in {".py", ".md", ".csv", ".json"} and "_build" not in path.parts
    ]
    return {ended(doi) for text in texts for doi in DOI.findall(text) if "%28" not in doi}


def ended(doi: str) -> str:
    """A DOI without what of the sentence around it follows."""
    while doi.count(")") > doi.count("("):
        doi = doi[: doi.rindex(")")]
    return doi.rstrip(".:")


def test_every_entry_says_all_of_where_it_was_published(root):
    for key, entry in bibliography.shipped().items():
        (read,) = bibtexparser.loads(bibliography.written({key: entry})).entries
        assert read["ID"] == key
        if read["ENTRYTYPE"] == "article":
            assert read.keys() >= COMPLETE - lacking(root).get(key, set()), key
            assert not read.keys() & lacking(root).get(key, set()), key


def test_what_entries_lack_does_not_spread(root):
    """Fewer is welcome; another one is not."""
    assert sorted(lacking(root)) == [
        "ga_li2018", "kesterite2019", "li2024", "p2_layered2024", "saha2024", "stolyarova2020",
        "xu2025",
    ]  # fmt: skip


def test_every_doi_of_the_project_has_an_entry(root):
    known = {entry.fields.get("doi", "").lower() for entry in bibliography.shipped().values()}
    assert len(known) > 30
    missing = {doi for doi in dois(root) if doi.lower() not in known}
    assert missing <= EXAMPLES


def test_every_source_scheme_and_analysis_has_its_entries():
    known = bibliography.shipped().keys()
    schemes = {scheme for source in built_in().values() for scheme in source.schemes}
    assert all(set(scheme_named(name).references) <= known for name in schemes)
    assert all(set(offer.citations) <= known for offer in kstab_analyses())
    assert all(set(source.references) <= known for source in SOURCES)
    assert all(source.references for source in SOURCES)


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("Scher and Zallen, Critical density in percolation processes, J. Chem. Phys. 53, 3759 "
         "(1970)", "scher1970"),
        ("Lorenz and Ziff, J. Chem. Phys. 114, 3659 (2001)", "lorenz2001"),
        ("N. B. Pilling and R. E. Bedworth, J. Inst. Met. 29, 529-591 (1923)", "pilling1923"),
        ("Schottky, Naturwissenschaften 26, 843 (1938)", "schottky1938"),
        ("Chapman, Philosophical Magazine 25, 475 (1913)", "chapman1913"),
        ("doi:10.1016/0079-6786(95)00004-e", "maier1995"),
        ("bartel2020", "bartel2020"),
    ],
)  # fmt: skip
def test_a_reference_names_its_entry(reference, key):
    assert list(bibliography.named(reference)) == [key]


def test_words_that_name_another_paper_are_a_note():
    (entry,) = bibliography.named("Ziff, J. Chem. Phys. 114, 3659 (2001)").values()
    assert entry.fields["note"].startswith("Ziff")


def test_a_plugin_can_bring_its_own_entry():
    mine = "@book{jain2013, author = {Ohm, G.}, title = {Die Kette \\input{x} \\write18}}"
    document = kstab.window("K2S", compare=False).to_dict()
    document["assessments"] = [{"references": [mine, "@article{broken"]}]
    text = kstab.cite(document)
    assert {"jain2013", "jain2013_", "articlebroken"} <= set(keys(text))
    assert "\\input" not in text
    assert "\\write" not in text
    assert len(bibtexparser.loads(text).entries) == len(keys(text))


def test_a_source_says_what_to_cite():
    document = kstab.window("K2S", compare=False).to_dict()
    document["provenance"]["dataset"] = "mine"
    mine = PhaseSource("mine", load=id, references=("doi:10.1000/1",))
    text = kstab.cite(document, sources=[mine])
    assert 'doi = "10.1000/1"' in text
    assert "knows no reference" not in text


@pytest.mark.parametrize(
    ("options", "there", "absent"),
    [
        ({}, {"kstab", "jain2013", "bell_chemicals", "zhu2015"}, {"wang2021", "zhu2016"}),
        ({"scheme": "mp2020"}, {"jain2013", "wang2021"}, {"bell_chemicals"}),
        ({"source": "experimental"}, {"bell_chemicals"}, {"jain2013"}),
    ],
)
def test_a_result_names_what_it_used(options, there, absent):
    found = set(keys(kstab.cite(kstab.window("K2S", compare=False, **options))))
    assert there <= found
    assert not absent & found


def test_what_plugins_name_is_there_once():
    document = kstab.interface("K", "K2S", compare=False).to_dict()
    named = ["doi:10.1038/s43246-024-00568-3", "doi:10.1063/1.4812323", "A book {by} nobody, 1923"]
    document["assessments"] = [{"references": named}, {"references": named}]
    text = references.cite(document)
    assert text.count("s43246-024-00568-3") == 1
    assert text.count("10.1063/1.4812323") == 1
    assert 'note = "A book by nobody, 1923"' in text
    assert len(bibtexparser.loads(text).entries) == len(keys(text))


def test_own_phases_have_no_reference():
    result = kstab.window("K2S", phases=kstab.phase_table(elements=["K", "S"], heights={"K2S": 0}))
    assert "jain2013" in keys(kstab.cite(result))
    document = result.to_dict()
    document["provenance"]["dataset"] = "mine"
    assert "knows no reference of the data set mine" in kstab.cite(document)


def test_live_data_name_their_database():
    document = kstab.window("K2S", compare=False).to_dict()
    document["provenance"] |= {"dataset": "mp-gnome", "dataset_version": "2025.9.25 GGA_GGA+U"}
    text = kstab.cite(document)
    assert {"jain2013", "merchant2023", "mp_gnome_database"} <= set(keys(text))
    assert "database version 2025.9.25 GGA_GGA+U" in text


def test_a_document_of_a_stranger_cannot_write_entries_or_move_the_cursor():
    document = kstab.window("K2S", compare=False).to_dict()
    document["provenance"]["dataset"] = "a\x1b[2J\n@misc{evil, title={x}}"
    document["provenance"]["changes"] = ["b\n@misc{worse,}"]
    text = kstab.cite(document)
    assert "\x1b" not in text
    assert not {"evil", "worse"} & set(keys(text))
    with pytest.raises(RequestError):
        kstab.cite({**document, "provenance": {**document["provenance"], "changes": 3}})
    assert keys(kstab.cite({**document, "kind": ["x"]}))[0] == "kstab"


@pytest.mark.parametrize("wrong", [{}, {"kind": "window"}, 1, "text", {"kind": 1, "provenance": 2}])
def test_what_is_no_result_is_refused(wrong):
    with pytest.raises(RequestError):
        kstab.cite(wrong)


def test_the_command(tmp_path):
    path = tmp_path / "result.json"
    assert run("window", "K2S", "--output", str(path)).returncode == 0
    done = run("cite", str(path))
    assert keys(done.stdout)[0] == "kstab"
    assert run("cite", "-", typed=path.read_text("utf-8")).stdout == done.stdout
    assert done.stdout.startswith("% kstab 0.2.0, data mp-2019 1.1.0, scheme kstab\n")
    assert run("cite", "no.json").returncode == 2
    for text in ("", "[]", "{", "[" * 200_000, json.dumps({"kind": "window"})):
        path.write_text(text, encoding="utf-8")
        done = run("cite", str(path))
        assert done.returncode in (2, 4)
        assert "Traceback" not in done.stderr
