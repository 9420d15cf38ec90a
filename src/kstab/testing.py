"""What authors of plugins test with: a small table, results from it, and a check of the contract.

Nothing here reads a file. The energies are made up, so that everything can be worked out by
hand; they are no data.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kstab import plugins
from kstab.analyses.interface import contact
from kstab.analyses.interface.contact import InterfaceRequest
from kstab.analyses.interface.result import InterfaceResult
from kstab.analyses.window import stability
from kstab.analyses.window.result import WindowResult
from kstab.analyses.window.stability import WindowRequest
from kstab.base.late import loaded
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import ion
from kstab.errors import PluginError
from kstab.offers import AnalysisOffer, Command, Page
from kstab.phases.table import PhaseTable

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_UNKNOWN: Final = float("nan")

# Formation energy (eV/atom), volume (Å³/atom), smallest and largest band gap (eV).
_PHASES: Final = {
    "K": (0.0, 74.0, 0.0, 0.0),
    "K2S": (-1.2, 33.0, 2.0, 2.5),
    "K3Sb": (-0.45, 44.0, 0.4, 0.8),
    "K3SbS4": (-0.95, 28.0, 2.0, 2.2),
    "S": (0.0, 26.0, 2.5, 2.5),
    "Sb": (0.0, 30.0, 0.0, 0.0),
    "Sb2S3": (-0.4, 24.0, 1.3, 1.3),
    "SbS": (0.05, _UNKNOWN, _UNKNOWN, _UNKNOWN),
}


def small_table() -> PhaseTable:
    """Return a table of eight phases of K, Sb and S, one of them above the hull.

    Seven have a volume and band gaps; SbS, which is not stable, has neither.

    >>> list(small_table().formulas)
    ['K', 'K2S', 'K3Sb', 'K3SbS4', 'S', 'Sb', 'Sb2S3', 'SbS']
    """
    rows = [(Formula.parse(formula), "", known[0]) for formula, known in _PHASES.items()]
    table = PhaseTable.build("a small table for tests", rows, scheme="none")
    _, volume, lowest, highest = np.array([_PHASES[formula] for formula in table.formulas]).T
    quality = np.where(np.isnan(volume), "", "A")
    extras = {
        "volume": volume,
        "volume_quality": quality,
        "band_gap": lowest,
        "band_gap_min": lowest,
        "band_gap_max": highest,
    }
    return replace(table, extras=extras)


def sample_window(formula: str = "K3SbS4") -> WindowResult:
    """Return the window of a phase against K, from :func:`small_table`.

    Args:
        formula: A composition of K, Sb and S.

    Raises:
        FormulaError: The formula cannot be read.
        ElementError: It has other elements than these.

    >>> result = sample_window()
    >>> round(result.reduction_limit, 3), round(result.oxidation_limit, 3)
    (1.36, 2.2)
    >>> result.reduction_step.reaction
    'K3SbS4 + 5 K → 4 K2S + Sb'
    """
    return stability.solve(WindowRequest(Formula.parse(formula), ion("K")), small_table())


def sample_contact(a: str = "K", b: str = "K3SbS4") -> InterfaceResult:
    """Return what forms where two phases meet, from :func:`small_table`.

    Args:
        a: A composition of K, Sb and S; with ``K`` it is a contact with the metal.
        b: Another one.

    Raises:
        FormulaError: One of the formulas cannot be read.
        ElementError: One of them has other elements than these.

    >>> sample_contact().minimum_total.reaction
    '8 K + K3SbS4 → 4 K2S + K3Sb'
    """
    request = InterfaceRequest(Formula.parse(a), Formula.parse(b), ion("K"))
    return contact.solve(request, small_table())


def formulas(elements: Sequence[str] = ("K", "Sb", "S")) -> "SearchStrategy[str]":
    """Return a hypothesis strategy of formulas with one to twelve atoms of each element.

    Args:
        elements: Symbols to draw from; each formula has at least one of them.
    """
    from hypothesis import strategies as st

    amounts = st.dictionaries(st.sampled_from(elements), st.integers(1, 12), min_size=1)
    return amounts.map(
        lambda found: "".join(f"{e}{found[e] if found[e] > 1 else ''}" for e in sorted(found))
    )


def check_plugin(module: Any, results: Iterable[Any] = ()) -> None:
    """Check that a plugin keeps the contract; return if it does.

    It is registered, every hook is called, every command is made, what an analysis names is
    imported, and every assessment runs with the defaults of its options on
    :func:`sample_window` and :func:`sample_contact`. Installed plugins take no part.

    Args:
        module: The module, or the object, that has the hooks.
        results: Results of its analyses, which are assessed, written in every format, and
            drawn where their analysis has a figure.

    Raises:
        AssertionError: It does not; the message says what is wrong.

    >>> check_plugin(object())
    Traceback (most recent call last):
    ...
    AssertionError: The plugin cannot be used: LookupError: it implements no hook; mark its \
functions with kstab.hooks.hookimpl.
    """
    try:
        host = plugins.host_of(module)
    except PluginError as error:
        raise AssertionError(f"The plugin cannot be used: {error.cause}.") from error
    own_results = list(results)
    _check_offers(host)
    for result in own_results:
        _check_result(host, result)
    for result in (sample_window(), sample_contact(), *own_results):
        for found in host.assess(result, small_table()):
            said = f"{found.name} fails on a sample {result.kind}: {found.headline}"
            _hold(not found.failed, said)


def _check_offers(host: plugins.Host) -> None:
    """Look at what the last plugin offers."""
    own = host.plugins[-1]
    for option in [o for a, owner in host.assessments.values() if owner == own for o in a.options]:
        _hold(bool(option.help.strip()), f"The option {option.name} has no help")
    for command in [found for found, owner in host.commands.values() if owner == own]:
        _check_command(command)
    for analysis in [found for found, owner in host.analyses.values() if owner == own]:
        _check_analysis(analysis)


def _check_analysis(analysis: AnalysisOffer) -> None:
    for field in ("result", "page", "table", "figure", "request", "solve"):
        with _working(f"The {field} of {analysis.name} cannot be imported"):
            loaded(getattr(analysis, field))
    there = analysis.schema is None or Path(analysis.schema).is_file()
    _hold(there, f"The schema of {analysis.name} is no file")


def _check_result(host: plugins.Host, result: Any) -> None:
    """Write a result in all formats that take it, and draw it if it can be drawn."""
    _hold(result.kind in host.analyses, f"No analysis is called {result.kind}")
    for name, (writer, _) in host.writers.items():
        if not writer.kinds or result.kind in writer.kinds:
            with _working(f"{result.kind} gives no {name}"):
                host.write(name, result, Page())
    if draw := loaded(host.analyses[result.kind][0].figure):
        with _working(f"{result.kind} gives no figure"):
            draw(result)


def _check_command(command: Command) -> None:
    import click

    with _working(f"The command {command.name} cannot be made"):
        made = command.make()
    wrong = f"The command {command.name} makes {type(made).__name__} and not a click command"
    _hold(isinstance(made, click.Command), wrong)


@contextmanager
def _working(otherwise: str) -> Iterator[None]:
    """Go on only if nothing fails meanwhile."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"{otherwise}: {plugins.described(error)}.") from error


def _hold(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(f"{message.rstrip('.')}.")
