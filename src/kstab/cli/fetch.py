"""``kstab data fetch``: chemical systems of the Materials Project into the store."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kstab.cli import options
from kstab.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kstab.sources.mp_fetch import Fetched

EPILOG = """\b
Examples:
  kstab data fetch --chemsys K-Sb-S
  kstab data fetch --formula K3SbS4 --formula KCrO2
  kstab data fetch --ion K --elements 3 --yes

Needs `python -m pip install "kstab[mp]"`, and your key in MP_API_KEY.
"""


@click.command(epilog=EPILOG)
@click.option(
    "--chemsys", multiple=True, metavar="A-B-...", help="Elements such as K-Sb-S; may be repeated."
)
@click.option(
    "--formula", multiple=True, metavar="FORMULA", help="Take its elements; may be repeated."
)
@options.ion
@click.option(
    "--elements",
    type=click.IntRange(1, 6),
    metavar="N",
    help="With --ion: all systems of the ion with up to N elements that the embedded data has.",
)
@click.option(
    "--with-gnome",
    is_flag=True,
    help="Take what GNoME added too, which must not be used commercially (CC BY-NC 4.0); it is "
    "kept apart, as the source mp-gnome.",
)
@click.option("--yes", is_flag=True, help="Do not stop to say how much --elements means.")
def fetch(
    chemsys: tuple[str, ...],
    formula: tuple[str, ...],
    ion: str | None,
    elements: int | None,
    with_gnome: bool,
    yes: bool,
) -> None:
    """Fetch chemical systems of the Materials Project, with all systems inside them.

    What is stored already is not fetched again; a run that was interrupted goes on where
    it stopped. `--source mp` then works without a network.
    """
    from kstab.sources import mp_fetch

    systems = _systems(chemsys, formula)
    if (ion is None) != (elements is None):
        raise RequestError("--ion and --elements belong together.", "Write --ion K --elements 3.")
    if ion and elements:
        systems |= _of_ion(ion, elements)
    if not systems:
        raise RequestError(
            "Nothing to fetch is named.",
            "Give --chemsys K-Sb-S, --formula K3SbS4, or --ion K --elements 3.",
        )
    if elements and not yes:
        requests = sum(1 for _ in mp_fetch.batches(sorted(systems)))
        raise RequestError(
            f"These are {len(systems):,} chemical systems, in at least {2 * requests} requests.",
            "Add --yes to fetch them.",
        )
    with _bar() as progress:
        found = mp_fetch.fetch(systems, gnome=with_gnome, progress=progress)
    _say(found)


def _systems(chemsys: tuple[str, ...], formulas: tuple[str, ...]) -> set[str]:
    from kstab.chemistry.composition import Formula, chemical_system
    from kstab.sources.materials_project import systems_of

    named = [chemical_system(each) for each in chemsys]
    named += [Formula.parse(each).elements for each in formulas]
    return {system for symbols in named for system in systems_of(symbols)}


def _of_ion(ion: str, most: int) -> set[str]:
    """All systems inside those with the ion that the embedded data has phases of."""
    import numpy as np

    from kstab.chemistry.elements import ATOMIC_NUMBER, SYMBOLS
    from kstab.sources import embedded
    from kstab.sources.store import subsystems

    numbers = embedded.load().numbers
    with_ion = (numbers == ATOMIC_NUMBER[ion]).any(axis=1)
    few = np.count_nonzero(numbers, axis=1) <= most
    found = {ion}
    for row in np.unique(numbers[with_ion & few], axis=0).tolist():
        found.update(subsystems(SYMBOLS[number - 1] for number in row if number))
    return found


@contextmanager
def _bar() -> "Iterator[Callable[[int, int], None] | None]":
    """A progress bar on standard error, if that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Chemical systems", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say(found: "Fetched") -> None:
    source = f"{found.dataset.name} {found.dataset.version}"
    if not found.systems:
        click.echo(f"{source}: all {found.stored:,} chemical systems were stored already.")
        return
    before = f"; {found.stored:,} were stored already" if found.stored else ""
    click.echo(
        f"{source}: fetched {found.systems:,} chemical systems with {found.phases:,} phases"
        f"{before}."
    )
    if found.left_out:
        click.echo(
            f"Left out for their licence, CC BY-NC 4.0 or not stated: {found.left_out:,}. "
            "--with-gnome takes them."
        )
    click.echo(
        "Please cite the Materials Project (doi:10.1063/1.4812323) and this version of its "
        "database."
    )
