"""What a result rests on, as BibTeX."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from kstab.errors import DataError, RequestError
from kstab.safe_text import printable
from kstab.scheme import scheme_named
from kstab.sources import embedded
from kstab.sources.columns import EXPERIMENTAL, NAME
from kstab.version import __version__

_OF_DATASET: Final = {
    NAME: ("jain2013", "bartel2020", "dunn2020"),
    "mp": ("jain2013", "wang2021"),
    "mp-gnome": ("jain2013", "wang2021", "merchant2023"),
    EXPERIMENTAL: ("bell_chemicals",),
}
_OF_ANALYSIS: Final = {
    "window": ("zhu2015", "richards2016"),
    "interface": ("richards2016", "zhu2016"),
    "system": (),
}
_KSTAB: Final = f"""@misc{{kstab,
  author = {{{{The kstab developers}}}},
  title = {{kstab: thermodynamic stability windows and interface reactions of solid electrolytes}},
  version = {{{__version__}}}
}}"""


_DATABASE: Final = """@misc{{{0}_database,
  author = {{{{The Materials Project}}}},
  title = {{The Materials Project, database version {1}}},
  howpublished = {{https://materialsproject.org}}
}}"""


def cite(result: Any) -> str:
    """Return BibTeX of what a result used: kstab, its data, scheme, method and plugins.

    Args:
        result: A window, an interface or a system, or what its JSON holds.

    Raises:
        RequestError: It is something else.

    >>> import kstab
    >>> text = cite(kstab.window("K2S", scheme="mp2020", compare=False))
    >>> [line.split("{")[1].strip(",") for line in text.splitlines() if line.startswith("@")]
    ['kstab', 'jain2013', 'bartel2020', 'dunn2020', 'wang2021', 'zhu2015', 'richards2016']
    """
    document = result if isinstance(result, Mapping) else _document(result)
    try:
        provenance, kind = document["provenance"], str(document["kind"])
        datasets = _text(provenance["dataset"]).split(" + ")
        versions = _text(provenance["dataset_version"]).split(" + ")
        scheme = scheme_named(_text(provenance["scheme"]))
        changes = [_text(change) for change in provenance["changes"]]
        found = [
            _text(each) for one in document.get("assessments", ()) for each in one["references"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise RequestError(
            "It is no result of kstab.", "Write one with --format json --output result.json."
        ) from error
    keys = [
        *(key for name in datasets for key in _OF_DATASET.get(name, ())),
        *scheme.references,
        *_OF_ANALYSIS.get(kind, ()),
    ]
    named = [f"{name} {version}" for name, version in zip(datasets, versions, strict=False)]
    schemes = map(str, scheme.mixed or (scheme,))
    head = f"% kstab {__version__}, data {', '.join(named)}, scheme {', '.join(schemes)}"
    unknown = [name for name in datasets if name not in _OF_DATASET]
    notes = [f"% kstab knows no reference of the data set {name}." for name in unknown]
    notes += [f"% changed: {change}" for change in changes]
    live = [pair for pair in zip(datasets, versions, strict=False) if pair[0] in ("mp", "mp-gnome")]
    known = _entries()
    return "\n\n".join([
        "\n".join([head, *notes]),
        _KSTAB,
        *(known[key] for key in dict.fromkeys(keys)),
        *(_DATABASE.format(name.replace("-", "_"), version) for name, version in live),
        *_of_plugins(found, known.values()),
    ]) + "\n"  # fmt: skip


def _text(value: Any) -> str:
    """A text from a document, without what a terminal or BibTeX would obey."""
    return re.sub(r"[{}\\\\@%]", "", printable(str(value)))


def _document(result: Any) -> dict[str, Any]:
    try:
        document: dict[str, Any] = result.to_dict()
    except AttributeError as error:
        raise RequestError(
            f"{type(result).__name__} is no result.", "Give what kstab.window returns."
        ) from error
    return document


@cache
def _entries() -> dict[str, str]:
    """The entries of the file by their keys."""
    path = embedded.folder().parent / "references.bib"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(
            str(path), f"it cannot be read ({error})", "Install kstab again."
        ) from error
    entries = re.findall(r"^@\w+\{(\w+),.*?^\}", text, re.MULTILINE | re.DOTALL)
    bodies = re.findall(r"^@.*?^\}", text, re.MULTILINE | re.DOTALL)
    return dict(zip(entries, bodies, strict=True))


def _of_plugins(references: Iterable[str], known: Iterable[str]) -> list[str]:
    """Entries for what plugins name, less what is there already."""
    there = " ".join(known).lower()
    entries = []
    for reference in dict.fromkeys(references):
        doi = reference.removeprefix("doi:")
        if doi.lower() in there:
            continue
        key = re.sub(r"[^A-Za-z0-9]+", "_", doi).strip("_")[:40]
        field = "doi" if reference.startswith("doi:") else "note"
        value = re.sub(r"[{}\\]", "", doi)
        entries.append(f"@misc{{{key},\n  {field} = {{{value}}}\n}}")
    return entries
