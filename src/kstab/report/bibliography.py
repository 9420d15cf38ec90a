r"""BibTeX: the entries that kstab ships, and those that a reference names.

Imported when something is cited, since it needs pybtex.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.input.bibtex import Parser
from pybtex.database.output.bibtex import Writer
from pybtex.exceptions import PybtexError

from kstab.base.safe_text import printable
from kstab.errors import DataError
from kstab.sources import embedded

_COMMAND: Final = re.compile(r"\\+(?=[A-Za-z]{2})|\^\^+")  # does more than set an accent

_KEY: Final = 40  # characters


class _LatexWriter(Writer):  # type: ignore[misc]
    """Writes what is LaTeX already; pybtex's own would escape it once more."""

    def _encode(self, text: str) -> str:
        return text


@cache
def shipped() -> Mapping[str, Entry]:
    """Return the entries of kstab's own file by their keys.

    Raises:
        DataError: The file cannot be read.
    """
    path = embedded.folder().parent / "references.bib"
    try:
        return _entries(path.read_text(encoding="utf-8"))
    except (OSError, PybtexError) as error:
        raise DataError(
            str(path), f"it cannot be read ({error})", "Install kstab again."
        ) from error


def named(reference: str) -> Mapping[str, Entry]:
    """Return the entries that a reference names, by their keys.

    Args:
        reference: A key of kstab's own file, a DOI with ``doi:`` before it, BibTeX, or words,
            which name an entry if they have its first author, volume, page and year.

    >>> list(named("doi:10.1063/1.4812323")), list(named("Jain, APL Mater. 1, 011002 (2013)"))
    (['jain2013'], ['jain2013'])
    >>> list(named("@book{mine, title = {All of it}}")), list(named("A letter"))
    (['mine'], ['A_letter'])
    """
    known = [key for key, entry in shipped().items() if _is(reference, key, entry)]
    if known:
        return {key: shipped()[key] for key in known[:1]}
    try:
        return _entries(printable(reference)) or _made(reference)
    except PybtexError:
        return _made(reference)


def entry(kind: str, author: str, **fields: str) -> Entry:
    """Return an entry whose author is a group."""
    return Entry(kind, fields=fields, persons={"author": [Person(f"{{{author}}}")]})


def written(entries: Mapping[str, Entry]) -> str:
    r"""Return entries as BibTeX, without what TeX would execute.

    >>> print(written({"a": entry("misc", "Bell", title=r"\input{/home}")}), end="")
    @misc{a,
        author = "{Bell}",
        title = "input{/home}"
    }
    """
    text: str = _LatexWriter().to_string(BibliographyData(entries))
    return _COMMAND.sub("", text)


def _entries(text: str) -> dict[str, Entry]:
    return dict(Parser().parse_string(text).entries)


def _is(reference: str, key: str, known: Entry) -> bool:
    """Whether a reference names an entry: by key, DOI, or where it was published."""
    fields: Mapping[str, Any] = known.fields
    doi = reference.removeprefix("doi:").lower()
    if reference == key or doi == fields.get("doi", "").lower():
        return True
    pages, _, _ = fields.get("pages", "").partition("-")
    place = {fields.get("volume", ""), pages, fields.get("year", "")}
    authors = known.persons.get("author", [])
    names = {name for author in authors[:1] for name in author.last_names}
    return bool(names) and names | place <= set(re.findall(r"\w+", reference))


def _made(reference: str) -> dict[str, Entry]:
    """An entry with all that a reference says of itself."""
    field = "doi" if reference.startswith("doi:") else "note"
    value = re.sub(r"[{}\\]", "", printable(reference.removeprefix("doi:")))
    key = re.sub(r"[^A-Za-z0-9]+", "_", value).strip("_")[:_KEY]
    return {key: Entry("misc", fields={field: value})}
