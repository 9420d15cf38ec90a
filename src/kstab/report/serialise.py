"""Results as plain values: what JSON, CSV and programs get.

Numbers keep 10 significant digits, more than any of them is good for and few
enough that rounding in the last place never shows.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kstab.analyses.results import SystemResult, Uncertainty, WindowResult
from kstab.findings import Assessed
from kstab.notices import CAVEAT
from kstab.products import Product
from kstab.provenance import Provenance
from kstab.safe_text import cell, printable

if TYPE_CHECKING:  # a window does without it
    from kstab.analyses.interface_results import InterfaceResult

SCHEMA_VERSION: Final = "1.0"
"""Version of the JSON output; the first number changes when a key changes its meaning."""

Result: TypeAlias = "WindowResult | SystemResult | InterfaceResult"
"""What an analysis gives back."""


def to_dict(result: Result) -> dict[str, Any]:
    """Return a result as nested dictionaries, lists, strings, numbers, booleans and None.

    >>> import kstab
    >>> d = to_dict(kstab.window("K3PS4", scheme="legacy"))
    >>> d["kind"], d["verdict"], round(d["reduction_limit"], 3)
    ('window', 'stable', 0.966)
    """
    head = {"kind": result.kind, "schema_version": SCHEMA_VERSION}
    return head | _members(result) | {"caveat": CAVEAT}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.10g}") + 0.0
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "kind"):  # a result inside another is a whole document
        return to_dict(value)
    return _members(value) if hasattr(value, "__dataclass_fields__") else value


def _members(value: Any) -> dict[str, Any]:
    hidden = getattr(value, "not_written", ())
    names = [field.name for field in fields(value) if field.name not in hidden]
    shown = (*names, *getattr(value, "written_too", ()))
    return {name: _plain(getattr(value, name)) for name in shown}


def to_json(result: Result) -> str:
    """Return a result as JSON text; the same result always gives the same text."""
    return json.dumps(to_dict(result), indent=2, ensure_ascii=False) + "\n"


def to_csv(result: Result) -> str:
    """Return a result as CSV.

    One row a step of a window, a phase of a system, a kink of an interface or, over a
    range of voltages, a region of it.
    """
    if result.kind == "window":
        rows = _window_rows(result)
    elif result.kind == "system":
        rows = _system_rows(result)
    else:
        rows = _region_rows(result) if result.regions else _kink_rows(result)
    return _csv(_with_origin(rows, result.provenance))


def _with_origin(rows: Iterator[list[Any]], provenance: Provenance) -> Iterator[list[Any]]:
    """The rows with what they rest on, in the same last columns for all results."""
    yield [*next(rows), "dataset", "dataset_version", "conditions", "changes"]
    origin = [
        provenance.dataset,
        provenance.dataset_version,
        provenance.conditions,
        "; ".join(provenance.changes),
    ]
    for row in rows:
        yield [*row, *origin]


def assessments_to_csv(result: "WindowResult | InterfaceResult") -> str:
    """Return what plugins say of a result as CSV, one row a measurement.

    A finding without measurements has a row as well, without a quantity.

    >>> import kstab
    >>> assessments_to_csv(kstab.window("K3PS4")).split(",")[:3]
    ['assessment', 'plugin', 'plugin_version']
    """
    return _csv(_assessment_rows(result))


def _csv(rows: Iterable[list[Any]]) -> str:
    text = io.StringIO()
    safe = ([cell(value) for value in row] for row in rows)
    csv.writer(text, lineterminator="\n").writerows(safe)
    return text.getvalue()


def _assessment_rows(result: "WindowResult | InterfaceResult") -> Iterator[list[Any]]:
    of_finding = ("plugin", "plugin_version", "verdict", "confidence", "headline")
    names = ("subject", "quantity", "value", "unit", "low", "high", "source")
    yield ["assessment", *of_finding, *names]
    for finding in result.assessments:
        head = [finding.name, *(getattr(finding, name) for name in of_finding)]
        for each in finding.measurements or (None,):
            yield [_cell(value) for value in (*head, *(getattr(each, n, None) for n in names))]


def _verdicts(assessments: Sequence[Assessed]) -> str:
    """What plugins say, in one cell; the columns are the same whichever are installed.

    >>> _verdicts([Assessed("a", "kstab-a", "1", False, "porous", "low", "It has pores.")])
    'a: porous (low)'
    """
    return "; ".join(f"{each.name}: {each.verdict} ({each.confidence})" for each in assessments)


def _window_rows(result: WindowResult) -> Iterator[list[Any]]:
    shared = {
        "formula": result.formula,
        "ion": result.ion,
        "scheme": result.scheme,
        "verdict": result.verdict,
        "window_kind": result.window_kind,
        "energy_above_hull": result.energy_above_hull,
        "reduction_limit": result.reduction_limit,
        "reduction_limit_sigma": _sigma(result.reduction_uncertainty),
        "oxidation_limit": result.oxidation_limit,
        "oxidation_limit_sigma": _sigma(result.oxidation_uncertainty),
    }
    names = (
        "voltage_low", "voltage_low_sigma", "voltage_high", "ion_change",
        "decomposition_energy_low", "decomposition_energy_high", "capacity_mAh_g", "ion_share",
        "minor", "reaction",
    )  # fmt: skip
    yield [*shared, *names, "products", "gases", "assessments"]
    said = _verdicts(result.assessments)
    for step in result.steps:
        own = [getattr(step, name) for name in names]
        lists = [mixture(step.products), " ".join(step.gases), said]
        yield [_cell(value) for value in (*shared.values(), *own, *lists)]


def _sigma(uncertainty: Uncertainty | None) -> float | None:
    return uncertainty.sigma if uncertainty else None


def _system_rows(result: SystemResult) -> Iterator[list[Any]]:
    names = (
        "formula", "material_id", "space_group", "formation_energy", "energy_above_hull",
    )  # fmt: skip
    yield [*names, "decomposes_to", "flags", "scheme"]
    for phase in result.phases:
        own = [getattr(phase, name) for name in names]
        lists = [mixture(phase.decomposes_to), " ".join(phase.flags), result.scheme]
        yield [_cell(value) for value in (*own, *lists)]


def _kink_rows(result: "InterfaceResult") -> Iterator[list[Any]]:
    names = (
        "x_atomic", "x_molar", "x_mass", "voltage", "energy_per_atom", "energy_per_atom_sigma",
        "mutual_energy_per_atom", "mutual_energy_per_atom_sigma",
        "energy_per_non_ion_atom", "mutual_energy_per_non_ion_atom", "energy_per_electron",
        "mutual_energy_per_electron", "energy_per_reaction", "mutual_energy_per_reaction",
        "ion_change", "reaction",
    )  # fmt: skip
    yield [*_SIDES, *names, "products", "gases", "assessments"]
    for contact in _contacts(result):
        for kink in contact.kinks:
            own = [getattr(kink, name) for name in names]
            said = _verdicts(contact.assessments)
            lists = [mixture(kink.products), " ".join(kink.gases), said]
            yield [_cell(value) for value in (*_sides(contact), *own, *lists)]


def _region_rows(result: "InterfaceResult") -> Iterator[list[Any]]:
    names = (
        "x_low", "x_high", "voltage_low", "voltage_high", "lowest_energy_per_non_ion_atom",
        "lowest_mutual_energy_per_non_ion_atom",
    )  # fmt: skip
    yield [*_SIDES, *names, "products", "assessments"]
    for contact in _contacts(result):
        for region in contact.regions or ():
            own = [getattr(region, name) for name in names]
            formed = " + ".join(product.formula for product in region.products)
            lists = [formed, _verdicts(contact.assessments)]
            yield [_cell(value) for value in (*_sides(contact), *own, *lists)]


_SIDES: Final = ("a", "b", "ion", "scheme", "mode", "verdict")


def _sides(result: "InterfaceResult") -> list[Any]:
    return [getattr(result, name) for name in _SIDES]


def _contacts(result: "InterfaceResult") -> "list[InterfaceResult]":
    """The result, and that of the charged cathode."""
    return [result, *([result.charged] if result.charged else [])]


def _cell(value: Any) -> Any:
    return "" if value is None else _plain(value)


def mixture(products: Sequence[Product]) -> str:
    """Write products with their amounts, as in ``4 K2S + K3Sb``.

    >>> mixture((Product("K2S", 4.0, ""), Product("K3Sb", 1.0, "")))
    '4 K2S + K3Sb'
    """
    return " + ".join(
        product.formula
        if abs(product.amount - 1) < 1e-9
        else f"{product.amount:.4g} {product.formula}"
        for product in products
    )
