"""``kstab data import``, ``list``, ``info`` and ``remove``: the phases on this computer."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kstab.base.safe_text import cell, printable
from kstab.cli import options
from kstab.cli.group import host
from kstab.cli.output import check_targets, deliver, say
from kstab.errors import RequestError
from kstab.phases.scheme import AS_GIVEN

if TYPE_CHECKING:
    from kstab.offers import PhaseSource
    from kstab.sources.importing.reading import Imported
    from kstab.sources.own import StoreChanges

_SHOWN: Final = 20  # of what was rejected

IMPORT_EPILOG = """\b
Examples:
  kstab data import paper.csv --name paper
  kstab data import entries.json.gz --name li-fe-p-o
  kstab data import runs/ --name my-runs --rejects rejected.csv

Exit codes: 0 something was stored or was there already, 4 nothing was, or, with
--strict, something was rejected.
"""


@click.command("import", epilog=IMPORT_EPILOG)
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option("--name", required=True, help="Name of the data set, as --source takes it.")
@click.option(
    "--scheme",
    metavar="SCHEME",
    help="Correction scheme. mp2020 corrects raw energies; of any other the energies must be "
    "already.  [default: mp2020 for runs and entries, as-given for tables]",
)
@click.option(
    "--energies",
    type=click.Choice(["formation", "total"]),
    help="What the energies of a table are counted from, where its header says just energy.",
)
@click.option(
    "--references",
    metavar="NAME",
    help="Count total energies from the elements of a stored data set, such as mp, and store "
    "formation energies.  [default: the elements among the phases]",
)
@click.option("--strict", is_flag=True, help="Store nothing if anything is rejected.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Write what was rejected, with the reasons, to a file.",
)
@click.option("--dry-run", is_flag=True, help="Read and check everything, store nothing.")
@click.pass_context
def import_(
    context: click.Context,
    files: tuple[Path, ...],
    name: str,
    scheme: str | None,
    energies: Any,
    references: str | None,
    strict: bool,
    rejects: Path | None,
    dry_run: bool,
) -> None:
    """Read own phases from FILE and store them as a data set.

    FILE is a CSV table, a JSON list of pymatgen's ComputedEntry or ComputedStructureEntry, a
    vasprun.xml, each of them also in .gz, or a folder of vasprun.xml. What is wrong is rejected
    one by one; the rest is stored.
    """
    from kstab.sources import own
    from kstab.sources.importing import reading
    from kstab.sources.store import Store

    check_targets(rejects, inputs=files)
    sources, before = host(context).sources, own.of_name(name)
    own.check_name(name, () if before else sources)
    if scheme is not None:
        own.check_scheme(scheme)
    phases = Store().phases(before) if before else []
    with _progress(files) as bar:
        found = reading.read_files(
            files, name, scheme=scheme, energies=energies,
            stored=(before, phases) if before else None,
            references=own.references_of(references) if references else None,
            seen=lambda: bar.update(1),
        )  # fmt: skip
    if rejects is not None:
        rows = ([r.origin.file, r.origin.place, r.formula, r.reason] for r in found.rejected)
        write_csv(rejects, [["file", "place", "formula", "reason"], *rows])
        say(f"Wrote {rejects}", err=True)
    _tell_rejected(found, rejects)
    if not found.phases or (strict and found.rejected):
        raise reading.nothing_stored(found, strict=strict)
    changes = own.difference(phases, found.phases)
    if not dry_run:
        own.keep(found, changes)
    _summarise(found, changes, dry_run=dry_run)


def _progress(files: Sequence[Path]) -> Any:
    """A bar on standard error while folders of runs are read; nothing where nobody looks."""
    from kstab.sources.importing import runs

    stream = sys.stderr
    hidden = not stream.isatty() or not any(path.is_dir() for path in files)
    total = 0 if hidden else sum(len(runs.within(f)) if f.is_dir() else 1 for f in files)
    return click.progressbar(length=total, label="Reading runs", file=stream, hidden=hidden)


def _tell_rejected(found: "Imported", written: Path | None) -> None:
    for each in found.rejected[:_SHOWN]:
        say(f"Rejected {each}", err=True)
    more = found.refused - _SHOWN
    if more > 0:
        them = f"the first {len(found.rejected):,}" if found.unlisted else "them all"
        say(f"and {more} more; {written or '--rejects FILE.csv'} has {them}.", err=True)


def as_csv(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as CSV whose cells no spreadsheet executes."""
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def write_csv(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    """Write rows into a file, as :func:`as_csv` has them."""
    from kstab.base.files import write_atomically

    write_atomically(path, lambda place: place.write_bytes(as_csv(rows).encode()))


def _summarise(found: "Imported", changes: "StoreChanges", *, dry_run: bool) -> None:
    dataset = found.dataset
    counts = {
        "new": len(changes.new),
        "replaced": len(changes.replaced),
        "unchanged": changes.unchanged,
        "there twice": found.repeated,
        "rejected": found.refused,
    }
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    say(f"{dataset.name}: {said} ({dataset.energies} energies, scheme {dataset.scheme})")
    if dry_run:
        say("Nothing was stored (--dry-run).")
    elif not changes.phases:
        say("Nothing changed: all of it was there already.")
    if found.dataset.scheme == AS_GIVEN.name and dataset.energies == "formation" and changes.new:
        say(
            "The energies are taken as they are. If you know their correction scheme, say it with "
            "--scheme, so that they can be compared with other data."
        )


@click.command("list")
@options.form
@options.output
@click.pass_context
def list_(context: click.Context, form: str | None, output: Path | None) -> None:
    """List all sources of phases: embedded, measured, stored here, and those of plugins."""
    from kstab.report.sheets.holdings import listed
    from kstab.sources import holdings

    deliver(listed(holdings.every(_of_plugins(context))), form, output)


@click.command()
@click.argument("name")
@click.option("--audit", is_flag=True, help="Say of each phase where it is from and what was done.")
@options.form
@options.output
@click.pass_context
def info(
    context: click.Context, name: str, audit: bool, form: str | None, output: Path | None
) -> None:
    """Say what is known of the source NAME.

    The format json has the audit of all phases.
    """
    from kstab.report.sheets.holdings import described
    from kstab.sources import holdings

    known = _of_plugins(context)
    found = holdings.named(name, known)
    if not found:
        raise _unknown(name, {row.name for row in holdings.every(known)})
    deliver(described(found, audit=audit), form, output)


@click.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the stored data set NAME. There is no way back but importing or fetching it again."""
    from kstab.sources import holdings, own
    from kstab.sources.store import Store

    store = Store()
    there = store.datasets(name)
    if not there:
        if name in own.BUILT_IN:
            raise RequestError(f"{name} is a part of kstab and cannot be removed.")
        raise _unknown(name, {each.name for each in store.datasets()})
    count = sum(store.count(each) for each in there)
    store.remove(name)
    say(f"Removed {name}: {holdings.counted(count, 'phase')}.")


def _of_plugins(context: click.Context) -> "list[PhaseSource]":
    found = host(context).sources.values()
    return [source for source, plugin in found if plugin.state != "built in"]


def _unknown(name: str, known: Iterable[str]) -> RequestError:
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(known), 1)
    hint = f"Did you mean {close[0]}? " if close else ""
    return RequestError(
        f"There is no data set {name[:80]!r}.", f"{hint}`kstab data list` names what there is."
    )


def export(name: str, file: Path) -> None:
    """Write a stored data set as CSV that can be imported again.

    Raises:
        RequestError: There is no such data set in the store, or the file is no .csv.
    """
    from kstab.sources import holdings

    if file.suffix.lower() != ".csv":
        raise RequestError(f"{printable(file.name)} names no format.", "End it in .csv.")
    found = [row for row in holdings.every() if row.dataset and row.name == name]
    if not found:
        raise _unknown(name, {row.name for row in holdings.every() if row.dataset})
    write_csv(file, holdings.rows(found[0]))  # of several that were fetched, the latest


def verify(name: str | None) -> None:
    """Check the store and its data sets, or one of them; print what is right.

    Raises:
        DataError: The file or a data set is damaged.
        RequestError: There is no such data set in the store.
    """
    from kstab.sources import holdings

    for line in holdings.verify(name):
        say(line)
    if name is not None and not any(row.dataset for row in holdings.named(name)):
        raise _unknown(name, {row.name for row in holdings.every()})
