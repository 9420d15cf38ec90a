"""The functions behind ``import kstab``: from what people type to a finished result."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from kstab.analyses.system import inventory
from kstab.analyses.system.inventory import SystemRequest
from kstab.analyses.system.result import SystemResult
from kstab.analyses.window import stability
from kstab.analyses.window.result import WindowResult
from kstab.analyses.window.stability import WindowBatch, WindowRequest
from kstab.chemistry.composition import chemical_system
from kstab.chemistry.ions import ion as ion_of
from kstab.errors import RequestError
from kstab.phases.table import PhaseTable
from kstab.phases.typed_formulas import elements_needed, formula_in, formula_or_typed
from kstab.sources.question import Question

if TYPE_CHECKING:  # a window does without them
    from typing import Unpack

    from kstab.analyses.interface.contact import HullSides
    from kstab.analyses.interface.result import InterfaceResult
    from kstab.offers import PhaseSource
    from kstab.plugins import Host
    from kstab.sources.question import Competing, WhichPhases

    Answer = TypeVar("Answer", WindowResult, InterfaceResult)


def phase_table(
    phases: PhaseTable | Iterable[Any] | None = None,
    *,
    question: Question | None = None,
    elements: Iterable[str] = (),
    plugins: "Host | bool" = False,
    **which: "Unpack[Competing]",
) -> PhaseTable:
    """Return the phases that compete: embedded, measured, or one's own.

    Args:
        phases: A table, or pymatgen entries (``ComputedEntry`` and alike) that include
            one of each element; None for those of the source.
        question: Which phases compete; or say it by the names of its fields.
        elements: Those that phases are needed of; empty for all.
        plugins: Plugins that may have the source; True for the installed ones.
        which: The fields of a :class:`kstab.Question`.

    Raises:
        RequestError: The scheme or the source is unknown, or they do not go together; a
            temperature or a gas is not in the tables.
        PhaseError: A phase to leave out, or a polymorph, is not there.
        DataError: A file cannot be read, or not all of it can be used.

    >>> phase_table(exclude=["KS3", "S8O"]).changes
    ('without KS3', 'without S8O')
    >>> phase_table(elements=["K", "S"], heights={"K2S2": 0.025}).changes
    ('KS at 25 meV/atom above the hull of the other phases',)
    """
    asked = Question.of(question, phases=phases, **which)
    needed = tuple(sorted(elements))
    return asked.within(needed, sources=_sources(_host(plugins))).alone()


def window(
    formula: Any,
    *,
    question: Question | None = None,
    ion: str | None = None,
    near_misses: bool = True,
    compare: bool = True,
    samples: int = 0,
    seed: int = 0,
    plugins: "Host | bool" = False,
    options: Mapping[str, Any] | None = None,
    **which: "Unpack[WhichPhases]",
) -> WindowResult:
    """Return the electrochemical stability window of a phase.

    Args:
        formula: A formula, as text or as a pymatgen ``Composition``.
        question: Which phases compete; or say it by the names of its fields.
        ion: Working ion (K, Li, Na, Rb, Cs, Mg, Ca, Zn, Al); None for the one the
            formula suggests.
        near_misses: Whether to look for phases slightly above the hull that matter.
        compare: Whether to give the limits in other schemes too.
        samples: Number of samples with all energies drawn within their errors, which show
            how robust the window is; 0 for none.
        seed: Seed of the samples.
        plugins: Plugins whose assessments the result shall have; True for the installed ones.
        options: Options of assessments, as ``{"name of the assessment": {"option": value}}``.
        which: The fields of a :class:`kstab.Question`.

    Raises:
        FormulaError: The formula cannot be read.
        RequestError: The ion or the scheme is unknown, or the ion is not clear.
        ElementError: The data has no energy for one of the elements.
        PhaseError: A phase to leave out is not in the data.

    >>> result = window("K3SbS4", scheme="legacy", temperature="none")
    >>> result.verdict, round(result.reduction_limit, 3), round(result.oxidation_limit, 3)
    ('stable', 1.647, 2.067)
    """
    host = _host(plugins, options)
    formula = formula_or_typed(formula)
    needed = elements_needed(ion, [formula])
    asked = Question.of(question, **which).within(needed, (needed,), _sources(host))
    table = asked.table()
    request = replace(_request(formula, ion, near_misses, table), samples=samples, seed=seed)
    result = stability.solve(request, table)
    if compare and (tables := asked.others()):
        result = replace(result, by_scheme=stability.by_scheme(request, tables))
    return _assessed(result, table, host, options)


def windows(
    formulas: Iterable[Any],
    *,
    question: Question | None = None,
    ion: str | None = None,
    near_misses: bool = False,
    plugins: "Host | bool" = False,
    **which: "Unpack[WhichPhases]",
) -> WindowBatch:
    """Return the windows of many phases at once; arguments and errors as :func:`window`.

    The batch has the limits of all phases as columns, and each result on demand. It compares no
    schemes.

    >>> batch = windows(["K3SbS4", "K3PS4"], scheme="legacy", temperature="none")
    >>> batch.oxidation_limits.round(2).tolist(), batch[1].verdict
    ([2.07, 2.4], 'stable')
    """
    if isinstance(formulas, str):
        raise RequestError(
            f"{formulas!r} is one text, not a list of formulas.", f"Write [{formulas!r}]."
        )
    formulas = [formula_or_typed(formula) for formula in formulas]
    systems = tuple(dict.fromkeys(elements_needed(ion, [formula]) for formula in formulas))
    needed = tuple(sorted({symbol for system in systems for symbol in system}))
    asked = Question.of(question, **which).within(needed, systems, _sources(_host(plugins)))
    table = asked.alone()
    requests = [_request(formula, ion, near_misses, table) for formula in formulas]
    return stability.solve_many(requests, table)


def interface(
    a: Any,
    b: Any,
    *,
    question: Question | None = None,
    ion: str | None = None,
    voltage: float | tuple[float, float] | Literal["cathode"] | None = None,
    charged: Any = None,
    charged_voltage: float | None = None,
    hull_energy: "HullSides | None" = None,
    compare: bool = True,
    samples: int = 0,
    seed: int = 0,
    plugins: "Host | bool" = False,
    options: Mapping[str, Any] | None = None,
    **which: "Unpack[WhichPhases]",
) -> "InterfaceResult":
    """Return what forms where two phases meet, and how much energy that releases.

    Args:
        a: The first phase, as text or as a pymatgen ``Composition``; ``x`` is its fraction.
        b: The second phase.
        question: Which phases compete; or say it by the names of its fields.
        ion: Working ion; None for the one the formulas suggest.
        voltage: V against the ion's metal, one or a range: the ion is exchanged with an
            electrode at that voltage. ``"cathode"`` takes range, charged composition and mean
            voltage from the table of cathodes. None for a contact without an electrode.
        charged: Charged composition of the one that is a cathode, to look at too.
        charged_voltage: Mean voltage of charging it, V, which gives it its stored energy.
        hull_energy: Which phases take the hull's energy even if they are in the data:
            ``"a"``, ``"b"`` or ``"both"``.
        compare: Whether to give the minima in other schemes too.
        samples: Number of samples with all energies drawn within their errors, which show
            how robust the answer is; 0 for none. Not over a range of voltages.
        seed: Seed of the samples.
        plugins: Plugins whose assessments the result shall have; True for the installed ones.
        options: Options of assessments, as ``{"name of the assessment": {"option": value}}``.
        which: The fields of a :class:`kstab.Question`.

    Raises:
        FormulaError: A formula cannot be read.
        RequestError: The ion, the voltage or an option is unknown or not clear.
        ElementError: The data has no energy for one of the elements.
        PhaseError: A phase to leave out is not in the data.

    >>> result = interface("K", "K3SbS4", scheme="legacy", temperature="none")
    >>> result.minimum_total.reaction, round(result.minimum_total.energy_per_atom, 3)
    ('6 K + K3SbS4 → 4 K2S + KSb', -0.46)
    >>> result.reservoir.reaction
    'K3SbS4 + 8 K → 4 K2S + K3Sb'
    """
    from kstab.analyses.interface import contact
    from kstab.analyses.interface.electrode import at_voltage, voltage_range
    from kstab.sources import cathodes

    host = _host(plugins, options)
    a, b, charged = map(formula_or_typed, (a, b, charged))
    needed = elements_needed(ion, (a, b, charged))
    asked = Question.of(question, **which).within(needed, (needed,), _sources(host))
    table = asked.table()
    request = contact.InterfaceRequest(
        a=formula_in(a, table),
        b=formula_in(b, table),
        ion=ion_of(ion) if ion else None,
        charged=None if charged is None else formula_in(charged, table),
        charged_voltage=None if charged_voltage is None else voltage_range(charged_voltage)[0],
        hull_energy=hull_energy,
        samples=samples,
        seed=seed,
    )
    request = at_voltage(request, voltage, cathodes.load)
    result = contact.solve(request, table)
    if compare and (tables := asked.others()):
        result = replace(result, by_scheme=contact.by_scheme(request, tables))
    return _assessed(result, table, host, options)


def system(
    elements: Any,
    *,
    question: Question | None = None,
    threshold: float = inventory.NEARLY,
    plugins: "Host | bool" = False,
    **which: "Unpack[WhichPhases]",
) -> SystemResult:
    """Return the phases of a chemical system: what is stable and what nearly so.

    Args:
        elements: ``"K-Sb-S"``, a formula that names the elements, or a list of symbols.
        question: Which phases compete; or say it by the names of its fields.
        threshold: Energy above hull up to which phases are listed, eV/atom.
        plugins: Plugins that may have the source; True for the installed ones.
        which: The fields of a :class:`kstab.Question`.

    Raises:
        FormulaError: The elements cannot be read.
        RequestError: The threshold is negative, or the scheme unknown.
        ElementError: The data has no energy for one of the elements.

    >>> [phase.formula for phase in system("K-Sb", threshold=0).phases]
    ['K', 'K3Sb', 'K5Sb4', 'KSb', 'KSb2', 'Sb']
    """
    if not threshold >= 0:
        raise RequestError(f"The energy above hull {threshold} is negative.", "Give 0 or more.")
    symbols = chemical_system(elements)
    asked = Question.of(question, **which)
    asked = asked.within(tuple(sorted(symbols)), sources=_sources(_host(plugins)))
    return inventory.solve(SystemRequest(symbols, threshold), asked.alone())


def _request(formula: Any, ion: str | None, near_misses: bool, table: PhaseTable) -> WindowRequest:
    return WindowRequest(formula_in(formula, table), ion_of(ion) if ion else None, near_misses)


def _host(plugins: "Host | bool", options: Mapping[str, Any] | None = None) -> "Host | None":
    """The plugins that are meant; None for none."""
    if not plugins:
        if options:
            raise RequestError("Options are for plugins, and none is asked.", "Add plugins=True.")
        return None
    from kstab.plugins import Host, load

    if plugins is True:
        return load()
    if not isinstance(plugins, Host):
        raise RequestError(
            f"{plugins!r} are no plugins.", "Give True, or what kstab.plugins.load returns."
        )
    return plugins


def _sources(host: "Host | None") -> "Mapping[str, PhaseSource] | None":
    return host.phase_sources() if host else None


def _assessed(
    result: "Answer", table: PhaseTable, host: "Host | None", options: Mapping[str, Any] | None
) -> "Answer":
    """The result with what plugins say of it; they see the other schemes too."""
    if host is None:
        return result
    return replace(result, assessments=host.assess(result, table, options))
