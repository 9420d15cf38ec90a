"""Phases from lists of pymatgen entries, as JSON.

Such files name Python classes that a decoder would import and run. Here nothing of the kind
happens: the numbers are read one by one, and only two classes of entries are known.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from math import fsum, isclose, isfinite
from pathlib import Path
from typing import Any, Final

from kstab.base.safe_text import printable
from kstab.chemistry.composition import Formula
from kstab.errors import DataError, FormulaError
from kstab.sources.entries import CONDITIONS
from kstab.sources.importing import bounded
from kstab.sources.importing.records import (
    MOST_SITES,
    Candidate,
    CrystalCell,
    Location,
    Records,
    Rejected,
    Run,
)

_CLASSES: Final = ("ComputedEntry", "ComputedStructureEntry")
_MODULES: Final = ("pymatgen.entries.computed_entries", "pymatgen.core.entries")
_LONGEST: Final = 200  # characters of a name
_LISTS: Final = "It must hold a list of ComputedEntry or ComputedStructureEntry, as pymatgen's dumpfn writes it."  # noqa: E501


def read_entries(path: Path) -> Records:
    """Yield the phases of a list of entries.

    Args:
        path: The file, compressed with gzip or not.

    Raises:
        DataError: The file cannot be read, or holds no list of entries.
    """
    raw = bounded.content(path, bounded.ENTRIES)
    bounded.check_values(path, raw)
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DataError(path.name, f"it is no JSON ({printable(str(error)[:80])})", _LISTS
                        ) from error  # fmt: skip
    del raw
    for number, item in enumerate(_items(document, path.name), start=1):
        origin = Location(path.name, f"entry {number}")
        try:
            yield _entry(item, origin)
        except FormulaError as error:
            yield Rejected(origin, "", f"its composition cannot be read: {error.reason}")
        except (TypeError, ValueError, OverflowError) as error:
            yield Rejected(origin, _name(item), printable(str(error)))


def _items(document: Any, file: str) -> list[Any]:
    """The entries of a document: a list, a list below ``entries``, or a single one."""
    if isinstance(document, Mapping):
        inside = document.get("entries")
        document = inside if isinstance(inside, list) else [document]
    if not isinstance(document, list):
        raise DataError(file, "it holds no list", _LISTS)
    if not any(isinstance(item, Mapping) and "@class" in item for item in document):
        raise DataError(file, "it holds no entries", _LISTS)
    return document


def _entry(item: Any, origin: Location) -> Candidate:
    """The phase of an entry; a FormulaError or ValueError where it is not what it should be."""
    _check_class(item)
    cell = _cell(item["structure"]) if item.get("structure") is not None else None
    formula = _formula(item, cell)
    energy = _number(item.get("energy"), "energy")
    adjustments = _adjustments(item)
    correction = fsum(value for _, value in adjustments)
    parameters, data = _mapping(item, "parameters"), _mapping(item, "data")
    if data.get(CONDITIONS):
        raise ValueError(
            "it is a Gibbs energy that kstab made; make entries with temperature='none'"
        )
    run = Run(
        run_type=_text(parameters.get("run_type")),
        hubbards=_numbers(parameters.get("hubbards"), "hubbards") or {},
        potcars=_potcars(parameters),
        oxide_type=_text(data.get("oxide_type")),
        sulfide_type=_text(data.get("sulfide_type")),
        oxidation_states=_numbers(data.get("oxidation_states"), "oxidation_states"),
        cell=cell,
        adjustments=tuple(name for name, _ in adjustments),
    )
    return Candidate(
        origin,
        formula,
        (energy + correction) / formula.atoms,
        "total",
        _text(item.get("entry_id")),
        correction / formula.atoms,
        {"volume": _volume(cell)} if cell else {},
        run=run,
    )


def _check_class(item: Any) -> None:
    if not isinstance(item, Mapping):
        raise ValueError("it is no entry")
    kind, module = item.get("@class"), item.get("@module")
    if kind not in _CLASSES or module not in _MODULES:
        named = printable(f"{module}.{kind}"[:100])
        raise ValueError(f"it is a {named}; only {' and '.join(_CLASSES)} of pymatgen are read")


def _formula(item: Mapping[str, Any], cell: CrystalCell | None) -> Formula:
    """The composition that is stated, which must be that of the structure if there is one."""
    stated = item.get("composition")
    of_cell = Formula.of(dict(Counter(cell.species))) if cell else None
    if stated is None and of_cell:
        return of_cell
    if not isinstance(stated, str | Mapping):
        raise ValueError("it states no composition")
    formula = Formula.of(stated)
    if of_cell and of_cell.key != formula.key:
        raise ValueError(f"its composition is {formula.text}, but its structure is {of_cell.text}")
    return formula


def _adjustments(item: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Names and values, eV, of the corrections that an entry carries."""
    listed = item.get("energy_adjustments") or []
    stated = _number(item.get("correction", 0.0) or 0.0, "correction")
    if not isinstance(listed, list):
        raise ValueError("its energy_adjustments are no list")
    found = [(_text(each.get("name")) or "correction", _value(each)) for each in listed
             if isinstance(each, Mapping)]  # fmt: skip
    if not found:
        return [("correction", stated)] if stated else []
    if "correction" in item and not isclose(
        fsum(value for _, value in found), stated, rel_tol=1e-6, abs_tol=1e-4
    ):
        raise ValueError(f"its correction of {stated:g} eV is not the sum of its adjustments")
    return found


def _value(adjustment: Mapping[str, Any]) -> float:
    """What an adjustment adds, eV, as pymatgen's three kinds of adjustments have it."""
    if "value" in adjustment:
        return _number(adjustment["value"], "adjustment")
    atoms = _number(adjustment.get("n_atoms"), "adjustment")
    if "adj_per_atom" in adjustment:
        return _number(adjustment["adj_per_atom"], "adjustment") * atoms
    per_degree = _number(adjustment.get("adj_per_deg"), "adjustment")
    return per_degree * _number(adjustment.get("temp"), "adjustment") * atoms


def _cell(structure: Any) -> CrystalCell:
    """A structure, from its lattice and sites alone."""
    if not isinstance(structure, Mapping):
        raise ValueError("its structure is none")
    lattice, sites = structure.get("lattice"), structure.get("sites")
    if not isinstance(lattice, Mapping) or not isinstance(sites, list) or not sites:
        raise ValueError("its structure has no lattice or no sites")
    if len(sites) > MOST_SITES:
        raise ValueError(f"its structure has {len(sites)} sites, more than {MOST_SITES}")
    cell = CrystalCell(
        tuple(_vector(row) for row in _three(lattice.get("matrix"))),
        tuple(map(_species, sites)),
        tuple(_vector(site.get("abc")) for site in sites),
    )
    if not 1.0 < _volume(cell) < 1000.0:
        raise ValueError(f"its structure has {_volume(cell):g} Å³ per atom, which no solid has")
    return cell


def _species(site: Any) -> str:
    listed = site.get("species") if isinstance(site, Mapping) else None
    only = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
    if not isinstance(only, Mapping) or _number(only.get("occu", 1), "occupation") != 1:
        raise ValueError("its structure is disordered, so it was not calculated as it is")
    return _text(only.get("element"))


def _volume(cell: CrystalCell) -> float:
    """Volume per atom, Å³."""
    a, b, c = cell.lattice
    return abs(
        a[0] * (b[1] * c[2] - b[2] * c[1])
        - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
    ) / len(cell.species)


def _potcars(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    spec = parameters.get("potcar_spec")
    if isinstance(spec, list) and spec:
        return _texts(each.get("titel") for each in spec if isinstance(each, Mapping))
    symbols = parameters.get("potcar_symbols")
    return _texts(symbols) if isinstance(symbols, list) else ()


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(text for text in map(_text, values) if text)


def _text(value: Any) -> str:
    """A name; numbers are taken as names too, anything else is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return printable(str(value)[:_LONGEST]).strip()


def _mapping(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = item.get(key)
    return value if isinstance(value, Mapping) else {}


def _numbers(value: Any, what: str) -> dict[str, float] | None:
    if not isinstance(value, Mapping):
        return None
    return {_text(name): _number(number, what) for name, number in value.items()}


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"its {what} is {printable(repr(value)[:40])} and no number")
    return float(value)


def _three(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("its structure has a vector that has not three numbers")
    return value


def _vector(value: Any) -> tuple[float, ...]:
    return tuple(_number(number, "structure") for number in _three(value))


def _name(item: Any) -> str:
    """A formula for a message, if the entry has one that can be read."""
    try:
        return Formula.of(item["composition"]).text
    except (TypeError, KeyError, FormulaError):
        return ""
