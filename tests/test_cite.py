"""BibTeX for what a result used."""

import json
import re

import bibtexparser
import pytest

import kstab
from command import run
from kstab.errors import RequestError
from kstab.scheme import scheme_named
from kstab.sources import references
from kstab.sources.choice import built_in


def keys(text: str) -> list[str]:
    return re.findall(r"^@\w+\{(\w+),", text, re.MULTILINE)


def test_the_file_is_bibtex_with_a_doi_for_every_article():
    for key, entry in references._entries().items():
        (read,) = bibtexparser.loads(entry).entries
        assert read["ID"] == key
        assert {"author", "title"} <= read.keys()
        if read["ENTRYTYPE"] == "article":
            assert re.fullmatch(r"10\.\d{4,5}/\S+", read["doi"])
            assert {"journal", "year"} <= read.keys()


def test_every_source_scheme_and_analysis_has_its_entries():
    known = references._entries()
    for table in (references._OF_DATASET, references._OF_ANALYSIS):
        for wanted in table.values():
            assert set(wanted) <= known.keys()
    for source in built_in().values():
        for scheme in map(scheme_named, source.schemes):
            assert set(scheme.references) <= known.keys()


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
    assert text.count("s43246-024-00568-3") == 1  # the key has underscores
    assert text.count("10.1063/1.4812323") == 1
    assert "note = {A book by nobody, 1923}" in text
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
    assert run("cite", "-", input=path.read_text("utf-8")).stdout == done.stdout
    assert done.stdout.startswith("% kstab 0.1.0, data mp-2019 1.0.0, scheme kstab\n")
    assert run("cite", "no.json").returncode == 2
    for text in ("", "[]", "{", "[" * 200_000, json.dumps({"kind": "window"})):
        path.write_text(text, encoding="utf-8")
        done = run("cite", str(path))
        assert done.returncode in (2, 4)
        assert "Traceback" not in done.stderr
