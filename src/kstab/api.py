"""The functions behind ``import kstab``: from what people type to a finished result."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from kstab.analyses import inventory, stability
from kstab.analyses.inventory import SystemRequest
from kstab.analyses.results import SystemResult, WindowResult
from kstab.analyses.stability import WindowBatch, WindowRequest
from kstab.composition import Formula, chemical_system
from kstab.conditions import Conditions
from kstab.errors import DataError, FormulaError, PhaseError, RequestError
from kstab.formula_text import other_readings
from kstab.ions import default_ion
from kstab.ions import ion as ion_of
from kstab.phases import PhaseTable
from kstab.safe_text import printable
from kstab.sources.choice import Choice, built_in
from kstab.tables import as_polymorph, at_heights, with_phases

if TYPE_CHECKING:  # a window does without them
    from kstab.analyses.contact import HullSides, InterfaceRequest
    from kstab.analyses.interface_results import InterfaceResult
    from kstab.plugins import Host


def phase_table(
    phases: PhaseTable | Iterable[Any] | None = None,
    *,
    scheme: str | None = None,
    exclude: Iterable[Any] = (),
    source: str | Iterable[str] | None = None,
    mix_schemes: bool = False,
    elements: Iterable[str] = (),
    entries: Iterable[str | Path] = (),
    entry_scheme: str | None = None,
    polymorphs: Mapping[Any, str] | None = None,
    heights: Mapping[Any, float] | None = None,
    temperature: float | str | None = None,
    gas: Any = None,
    plugins: "Host | bool" = False,
) -> PhaseTable:
    """Return the phases that compete: embedded, measured, or one's own.

    Args:
        phases: A table, or pymatgen entries (``ComputedEntry`` and alike) that include
            one of each element; None for the embedded data set.
        scheme: Correction scheme of the embedded data set; None for the default.
        exclude: Phases to leave out, as a list of formulas or a text with commas.
        source: ``"mp-2019"``, computed energies; ``"experimental"``, measured Gibbs energies
            of formation; a source of one's own or of a plugin. Several, as a list or a text with
            commas, in order of precedence. None for the first.
        mix_schemes: Whether energies of different correction schemes may be compared.
        elements: Those that phases are needed of; empty for all.
        entries: Files with phases to try beside the others, as ``kstab data import`` reads them.
        entry_scheme: Correction scheme that they are in; None for the one that such files have
            where nothing is said.
        polymorphs: Which phase of a composition to take, by formula, as its identifier.
        heights: Energies above the hull of all others, eV/atom, by formula: what would be, if.
        temperature: K, or a text such as ``"100C"``: the elements take their free energies at
            it. None for 298.15 K, or, without a gas either, for energies as they are.
        gas: Partial pressures, bar, as ``"O2=0.21,H2=1e-6"`` or a mapping; other gases are at
            1 bar.
        plugins: Plugins that may have the source; True for the installed ones.

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
    needed = tuple(sorted(elements))
    asked = _choice(phases, scheme, source, temperature, gas, _host(plugins), needed, mix_schemes)
    table = asked.table()
    for file in entries:
        added = asked.at_conditions(_of_file(file, entry_scheme, asked.names))
        table = with_phases(table, added, needed, mixed=mix_schemes)
    table = _without(table, exclude)
    for formula, identifier in (polymorphs or {}).items():
        table = as_polymorph(table, _read(formula, table), identifier)
    if heights:
        tried = [(_read(formula, table), height) for formula, height in heights.items()]
        table = at_heights(table, tried, needed)
    return table


def _of_file(file: str | Path, scheme: str | None, sources: Iterable[str]) -> PhaseTable:
    """The phases of a file, which is read and not stored.

    Total energies of elements that the file lacks are those of the first source that has any.
    """
    from kstab.sources import own
    from kstab.sources.importing.reading import read_file
    from kstab.sources.stored import table_of

    references = None
    for name in sources:
        with suppress(RequestError):
            references = references or own.references_of(name)
    found = read_file(Path(file), scheme=scheme, references=references)
    if found.rejected:
        reasons = "; ".join(map(str, found.rejected[:3]))
        raise DataError(
            printable(Path(file).name),
            f"not all of it can be used ({reasons})",
            "Correct it; `kstab data import --dry-run` lists all that is wrong.",
        )
    return table_of(found.dataset, found.phases)


def _choice(
    phases: Any,
    scheme: str | Iterable[str] | None,
    source: str | Iterable[str] | None,
    temperature: float | str | None,
    gas: Any,
    host: "Host | None",
    elements: tuple[str, ...] = (),
    mixed: bool = False,
) -> Choice:
    """What people ask for, read."""
    if isinstance(phases, str):
        raise RequestError(
            f"{phases!r} is a text, not a table of phases.",
            "Give a PhaseTable, or a list of pymatgen entries read from a file.",
        )
    given = temperature is not None or gas is not None
    return Choice(
        phases=phases,
        schemes=_names(scheme),
        names=_names(source),
        mixed=mixed,
        conditions=Conditions.read(temperature, gas) if given else None,
        elements=elements,
        sources=host.phase_sources() if host else built_in(),
    )


def _names(given: str | Iterable[str] | None) -> tuple[str, ...]:
    """Names in a text with commas, or in a list; each once."""
    names = given.split(",") if isinstance(given, str) else list(given or ())
    return tuple(dict.fromkeys(name.strip() for name in names))


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


def _parsed(source: Any) -> Any:
    """The formula; what cannot be read as it came, for the complaint that has suggestions."""
    try:
        return Formula.of(source)
    except FormulaError:
        return source


def elements_needed(ion: str | None, formulas: Iterable[Any]) -> tuple[str, ...]:
    """Return the elements that phases are needed of: those of formulas and the working ion.

    What cannot be read as a formula names none.

    >>> elements_needed(None, ["Sb2S3"])
    ('K', 'S', 'Sb')
    """
    found = {ion} if ion else set()
    read = map(_parsed, formulas)
    found.update(*(formula.elements for formula in read if isinstance(formula, Formula)))
    with suppress(RequestError):  # two alkali metals: both are in the formulas
        found.add(default_ion(found).symbol)
    return tuple(sorted(found))


def _without(table: PhaseTable, exclude: Iterable[Any]) -> PhaseTable:
    """The table less the phases to leave out."""
    if isinstance(exclude, str):
        exclude = exclude.split(",")
    excluded = [_read(formula, table) for formula in exclude]
    try:
        return table.without(*excluded) if excluded else table
    except PhaseError as error:
        meant = tuple(_in_data(error.formula, table)[:3])
        raise PhaseError(error.formula, error.dataset, meant) from None


def window(
    formula: Any,
    *,
    ion: str | None = None,
    phases: PhaseTable | Iterable[Any] | None = None,
    scheme: str | Iterable[str] | None = None,
    exclude: Iterable[Any] = (),
    near_misses: bool = True,
    compare: bool = True,
    samples: int = 0,
    seed: int = 0,
    source: str | Iterable[str] | None = None,
    temperature: float | str | None = None,
    gas: Any = None,
    plugins: "Host | bool" = False,
    options: Mapping[str, Any] | None = None,
) -> WindowResult:
    """Return the electrochemical stability window of a phase.

    Args:
        formula: A formula, as text or as a pymatgen ``Composition``.
        ion: Working ion (K, Li, Na, Rb, Cs, Mg, Ca, Zn, Al); None for the one the
            formula suggests.
        phases: What competes, see :func:`phase_table`; None for the embedded data set.
        scheme: Correction scheme; None for the default. Of several, as a list or a text with
            commas, the first is used and the others are compared with.
        exclude: Phases to leave out, as formulas.
        near_misses: Whether to look for phases slightly above the hull that matter.
        compare: Whether to give the limits in other schemes of the embedded data too.
        samples: Number of samples with all energies drawn within their errors, which show
            how robust the window is; 0 for none.
        seed: Seed of the samples.
        source: One source or several, see :func:`phase_table`.
        temperature: K, or a text such as ``"100C"``, see :func:`phase_table`.
        gas: Partial pressures, bar, as ``"O2=0.21"``, see :func:`phase_table`.
        plugins: Plugins whose assessments the result shall have; True for the installed ones.
        options: Options of assessments, as ``{"name of the assessment": {"option": value}}``.

    Raises:
        FormulaError: The formula cannot be read.
        RequestError: The ion or the scheme is unknown, or the ion is not clear.
        ElementError: The data has no energy for one of the elements.
        PhaseError: A phase to leave out is not in the data.

    >>> result = window("K3SbS4", scheme="legacy")
    >>> result.verdict, round(result.reduction_limit, 3), round(result.oxidation_limit, 3)
    ('stable', 1.647, 2.067)
    """
    exclude = exclude if isinstance(exclude, str) else tuple(exclude)
    host = _host(plugins, options)
    formula = _parsed(formula)
    needed = elements_needed(ion, [formula])
    asked = _choice(phases, scheme, source, temperature, gas, host, needed)
    asked = replace(asked, systems=(needed,))
    table = _without(asked.table(), exclude)
    request = replace(_request(formula, ion, near_misses, table), samples=samples, seed=seed)
    result = stability.solve(request, table)
    tables = [_without(other, exclude) for other in asked.others()] if compare else []
    if tables:
        result = replace(result, by_scheme=stability.by_scheme(request, tables))
    if host:  # they see the other schemes too
        result = replace(result, assessments=host.assess(result, table, options))
    return result


def windows(
    formulas: Iterable[Any],
    *,
    ion: str | None = None,
    phases: PhaseTable | Iterable[Any] | None = None,
    scheme: str | None = None,
    exclude: Iterable[Any] = (),
    near_misses: bool = False,
    source: str | Iterable[str] | None = None,
    temperature: float | str | None = None,
    gas: Any = None,
    plugins: "Host | bool" = False,
) -> WindowBatch:
    """Return the windows of many phases at once; arguments and errors as :func:`window`.

    The batch has the limits of all phases as columns, and each result on demand.

    >>> batch = windows(["K3SbS4", "K3PS4"], scheme="legacy")
    >>> batch.oxidation_limits.round(2).tolist(), batch[1].verdict
    ([2.07, 2.4], 'stable')
    """
    if isinstance(formulas, str):
        raise RequestError(
            f"{formulas!r} is one text, not a list of formulas.", f"Write [{formulas!r}]."
        )
    formulas = [_parsed(formula) for formula in formulas]
    systems = tuple(dict.fromkeys(elements_needed(ion, [formula]) for formula in formulas))
    needed = tuple(sorted({symbol for system in systems for symbol in system}))
    asked = _choice(phases, scheme, source, temperature, gas, _host(plugins), needed)
    asked = replace(asked, systems=systems)
    table = _without(asked.table(), exclude)
    requests = [_request(formula, ion, near_misses, table) for formula in formulas]
    return stability.solve_many(requests, table)


def interface(
    a: Any,
    b: Any,
    *,
    ion: str | None = None,
    voltage: float | tuple[float, float] | Literal["cathode"] | None = None,
    charged: Any = None,
    charged_voltage: float | None = None,
    hull_energy: "HullSides | None" = None,
    phases: PhaseTable | Iterable[Any] | None = None,
    scheme: str | Iterable[str] | None = None,
    exclude: Iterable[Any] = (),
    compare: bool = True,
    samples: int = 0,
    seed: int = 0,
    source: str | Iterable[str] | None = None,
    temperature: float | str | None = None,
    gas: Any = None,
    plugins: "Host | bool" = False,
    options: Mapping[str, Any] | None = None,
) -> "InterfaceResult":
    """Return what forms where two phases meet, and how much energy that releases.

    Args:
        a: The first phase, as text or as a pymatgen ``Composition``; ``x`` is its fraction.
        b: The second phase.
        ion: Working ion; None for the one the formulas suggest.
        voltage: V against the ion's metal, one or a range: the ion is exchanged with an
            electrode at that voltage. ``"cathode"`` takes range, charged composition and mean
            voltage from the table of cathodes. None for a contact without an electrode.
        charged: Charged composition of the one that is a cathode, to look at too.
        charged_voltage: Mean voltage of charging it, V, which gives it its stored energy.
        hull_energy: Which phases take the hull's energy even if they are in the data:
            ``"a"``, ``"b"`` or ``"both"``.
        phases: What competes, see :func:`phase_table`; None for the embedded data set.
        scheme: Correction scheme; None for the default. Of several, as a list or a text with
            commas, the first is used and the others are compared with.
        exclude: Phases to leave out, as formulas.
        compare: Whether to give the minima in other schemes of the embedded data too.
        samples: Number of samples with all energies drawn within their errors, which show
            how robust the answer is; 0 for none. Not over a range of voltages.
        seed: Seed of the samples.
        source: One source or several, see :func:`phase_table`.
        temperature: K, or a text such as ``"100C"``, see :func:`phase_table`.
        gas: Partial pressures, bar, as ``"O2=0.21"``, see :func:`phase_table`.
        plugins: Plugins whose assessments the result shall have; True for the installed ones.
        options: Options of assessments, as ``{"name of the assessment": {"option": value}}``.

    Raises:
        FormulaError: A formula cannot be read.
        RequestError: The ion, the voltage or an option is unknown or not clear.
        ElementError: The data has no energy for one of the elements.
        PhaseError: A phase to leave out is not in the data.

    >>> result = interface("K", "K3SbS4", scheme="legacy")
    >>> result.minimum_total.reaction, round(result.minimum_total.energy_per_atom, 3)
    ('6 K + K3SbS4 → 4 K2S + KSb', -0.46)
    >>> result.reservoir.reaction
    'K3SbS4 + 8 K → 4 K2S + K3Sb'
    """
    from kstab.analyses import contact
    from kstab.analyses.contact import HullSides, InterfaceRequest

    exclude = exclude if isinstance(exclude, str) else tuple(exclude)
    host = _host(plugins, options)
    a, b, charged = map(_parsed, (a, b, charged))
    needed = elements_needed(ion, (a, b, charged))
    asked = _choice(phases, scheme, source, temperature, gas, host, needed)
    asked = replace(asked, systems=(needed,))
    table = _without(asked.table(), exclude)
    if hull_energy not in (None, *get_args(HullSides)):
        raise RequestError(
            f"{hull_energy!r} is not one of the two phases.", "Write 'a', 'b' or 'both'."
        )
    request = InterfaceRequest(
        a=_read(a, table),
        b=_read(b, table),
        ion=ion_of(ion) if ion else None,
        charged=None if charged is None else _read(charged, table),
        charged_voltage=None if charged_voltage is None else _range(charged_voltage)[0],
        hull_energy=hull_energy,
        samples=samples,
        seed=seed,
    )
    if isinstance(voltage, str) and voltage.lower() == "cathode":
        request = _as_cathode(request)
    elif voltage is not None:
        request = replace(request, voltage=_range(voltage))
    result = contact.solve(request, table)
    tables = [_without(other, exclude) for other in asked.others()] if compare else []
    if tables:
        result = replace(result, by_scheme=contact.by_scheme(request, tables))
    if host:  # they see the other schemes too
        result = replace(result, assessments=host.assess(result, table, options))
    return result


def _range(voltage: Any) -> tuple[float, float]:
    """The two ends of a voltage or of a range of voltages."""
    try:
        low, high = map(float, voltage if hasattr(voltage, "__len__") else (voltage, voltage))
    except (TypeError, ValueError):
        raise RequestError(
            f"{voltage!r} is not a voltage or a range of voltages.",
            "Give V, (low, high) or 'cathode'.",
        ) from None
    return low, high


def _as_cathode(request: "InterfaceRequest") -> "InterfaceRequest":
    """The request with what the table of cathodes says of the one that is a cathode."""
    from kstab.sources import cathodes

    both = cathodes.find(request.a, request.b)
    if not both:
        raise RequestError(
            f"Neither {request.a} nor {request.b} is in the table of cathodes with a range of "
            "voltages.",
            "Give the range, such as 2.0:3.5; `kstab data cathodes` shows the table "
            f"({', '.join(cathodes.with_range())}).",
        )
    if len(both) > 1:
        raise RequestError(
            f"Both {request.a} and {request.b} are in the table of cathodes.",
            "Give the range, such as 2.0:3.5.",
        )
    found = both[0]
    if request.ion and request.ion.symbol != found.ion:
        raise RequestError(
            f"The range of {found.name} in the table of cathodes is against {found.ion}, not "
            f"{request.ion.symbol}.",
            "Give the range, such as 2.0:3.5.",
        )
    charged, average = request.charged, request.charged_voltage
    is_charged = found.charged and Formula.parse(found.charged).key in (
        request.a.key,
        request.b.key,
    )
    if charged is None and found.charged and not is_charged:
        charged, average = Formula.parse(found.charged), average or found.average_voltage
    return replace(
        request,
        ion=request.ion or ion_of(found.ion),
        voltage=(found.voltage_low or 0.0, found.voltage_high or 0.0),
        charged=charged,
        charged_voltage=average,
        cathode=found,
    )


def system(
    elements: Any,
    *,
    threshold: float = inventory.NEARLY,
    phases: PhaseTable | Iterable[Any] | None = None,
    scheme: str | None = None,
    exclude: Iterable[Any] = (),
    source: str | Iterable[str] | None = None,
    temperature: float | str | None = None,
    gas: Any = None,
    plugins: "Host | bool" = False,
) -> SystemResult:
    """Return the phases of a chemical system: what is stable and what nearly so.

    Args:
        elements: ``"K-Sb-S"``, a formula that names the elements, or a list of symbols.
        threshold: Energy above hull up to which phases are listed, eV/atom.
        phases: What competes, see :func:`phase_table`; None for the embedded data set.
        scheme: Correction scheme; None for the default.
        exclude: Phases to leave out, as formulas.
        source: One source or several, see :func:`phase_table`.
        temperature: K, or a text such as ``"100C"``, see :func:`phase_table`.
        gas: Partial pressures, bar, as ``"O2=0.21"``, see :func:`phase_table`.
        plugins: Plugins that may have the source; True for the installed ones.

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
    asked = _choice(
        phases, scheme, source, temperature, gas, _host(plugins), tuple(sorted(symbols))
    )
    return inventory.solve(SystemRequest(symbols, threshold), _without(asked.table(), exclude))


def _request(formula: Any, ion: str | None, near_misses: bool, table: PhaseTable) -> WindowRequest:
    return WindowRequest(_read(formula, table), ion_of(ion) if ion else None, near_misses)


def _read(source: Any, table: PhaseTable) -> Formula:
    """Read a formula; if that fails, suggest what is in the data before anything else."""
    try:
        return Formula.of(source)
    except FormulaError as error:
        # A word without numbers that spells no known phase is no formula misspelt.
        guesses = other_readings(error.text) if re.search(r"\d", error.text) else ()
        suggestions = tuple(_in_data(error.text, table) or guesses)[:3]
        raise FormulaError(error.text, error.reason, suggestions) from None


def _in_data(text: str, table: PhaseTable) -> list[str]:
    """Other readings of a text that are phases of the table, the likeliest first."""
    known = set(table.elements())
    readings = [Formula.parse(reading) for reading in other_readings(text)]
    possible = [reading for reading in readings if known.issuperset(reading.elements)]
    return [reading.text for reading in possible if table.find(reading) is not None]
