"""What a result rests on, as BibTeX."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kstab.analyses.result import Result
from kstab.base.safe_text import printable
from kstab.builtin import kstab_analyses
from kstab.errors import RequestError
from kstab.offers import AnalysisOffer, PhaseSource
from kstab.phases.scheme import scheme_named
from kstab.report.bibliography import entry, named, written
from kstab.sources.catalogue import SOURCES
from kstab.sources.materials_project import NAME, WITH_GNOME
from kstab.version import __version__

_KSTAB: Final = entry(
    "misc",
    "The kstab developers",
    title="kstab: thermodynamic stability windows and interface reactions of solid electrolytes",
    version=__version__,
)


def cite(
    result: Any,
    *,
    sources: Iterable[PhaseSource] = (),
    analyses: Iterable[AnalysisOffer] = (),
) -> str:
    """Return BibTeX of what a result used: kstab, its data, scheme, method and plugins.

    Args:
        result: A window, an interface or a system, or what its JSON holds.
        sources: Sources of phases beside kstab's own, whose ``references`` are meant where a
            data set of the result bears their name.
        analyses: Analyses beside kstab's own, whose ``citations`` are meant for their results.

    Raises:
        RequestError: It is something else.

    >>> import kstab
    >>> text = cite(kstab.window("K2S", scheme="mp2020", compare=False))
    >>> [line.split("{")[1].strip(",") for line in text.splitlines() if line.startswith("@")]
    ['kstab', 'jain2013', 'bartel2020', 'dunn2020', 'wang2021', 'zhu2015', 'richards2016']
    """
    if not isinstance(result, Mapping | Result):
        raise RequestError(
            f"{type(result).__name__} is no result.", "Give what kstab.window returns."
        )
    document = result.to_dict() if isinstance(result, Result) else result
    try:
        provenance, kind = document["provenance"], str(document["kind"])
        datasets = _text(provenance["dataset"]).split(" + ")
        versions = _text(provenance["dataset_version"]).split(" + ")
        scheme = scheme_named(_text(provenance["scheme"]))
        changes = [_text(change) for change in provenance["changes"]]
        found = [str(each) for one in document.get("assessments", ()) for each in one["references"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise RequestError(
            "It is no result of kstab.", "Write one with --format json --output result.json."
        ) from error
    of_data = {source.name: source.references for source in (*sources, *SOURCES)}
    of_kind = {offer.name: offer.citations for offer in (*analyses, *kstab_analyses())}
    references = [
        *(each for name in datasets for each in of_data.get(name, ())),
        *scheme.references,
        *of_kind.get(kind, ()),
    ]
    versioned = list(zip(datasets, versions, strict=False))
    head = (
        f"% kstab {__version__}, data {', '.join(map(' '.join, versioned))}, "
        f"scheme {', '.join(map(str, scheme.mixed or (scheme,)))}"
    )
    unknown = [name for name in datasets if not of_data.get(name)]
    notes = [f"% kstab knows no reference of the data set {name}." for name in unknown]
    notes += [f"% kstab knows no analysis {_text(kind)}, and not what to cite for it."] * (
        kind not in of_kind
    )
    notes += [f"% changed: {change}" for change in changes]
    entries = _distinct(
        {"kstab": _KSTAB},
        *map(named, references),
        *(_database(*each) for each in versioned if each[0] in (NAME, WITH_GNOME)),
        *map(named, found),
    )
    return "\n".join([head, *notes, "", written(entries)])


def _distinct(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """All entries, each once; of different ones with one key the later get a longer key."""
    entries: dict[str, Any] = {}
    for part in parts:
        for name, each in part.items():
            key = name
            while entries.setdefault(key, each) != each:
                key += "_"
    return entries


def _database(name: str, version: str) -> dict[str, Any]:
    """The entry of a database as it was when it was asked."""
    title = f"The Materials Project, database version {version}"
    address = "https://materialsproject.org"
    database = entry("misc", "The Materials Project", title=title, howpublished=address)
    return {f"{name.replace('-', '_')}_database": database}


def _text(value: Any) -> str:
    """A text from a document, without what a terminal or BibTeX would obey."""
    return re.sub(r"[{}\\\\@%]", "", printable(str(value)))
