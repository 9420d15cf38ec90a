"""Tables of the documentation whose figures kstab computes or carries.

``tools/make_docs.py`` writes them into ``docs/generated/``.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import kstab
from kstab.base.units import MEV_PER_EV
from kstab.report.interface.words import formed, with_bar
from kstab.report.window import words
from kstab.sources import cathodes
from kstab.sources.columns import COLUMNS, DataColumn

HEADER: Final = "<!-- Made by tools/make_docs.py; do not edit. -->\n\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def markdown(text: str) -> str:
    """Turn the reStructuredText of a docstring into Markdown."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)
    return text.replace("``", "`")


LITERATURE: Final = {
    "Li3PS4": "1.71 to 2.31",
    "Li10GeP2S12": "1.71 to 2.14",
    "Li7La3Zr2O12": "0.05 to 2.91",
    "Li3PO4": "0.69 to 4.21",
    "Li2PO2N": "0.68 to 2.63",
    "LiF": "oxidation 6.34",
    "K3SbS4": "",
    "K3PS4": "",
    "K2CdO2": "",
    "K3OI": "",
    "KAl11O17": "",
    "K2Fe4O7": "",
}
"""Windows, V, of Zhu, He and Mo (10.1021/acsami.5b07517, 10.1039/C5TA08574H), if published."""

HALIDES: Final = {"KF": 5.57, "KCl": 4.23, "KBr": 3.95, "KI": 3.37}
"""Voltage, V, that follows from the standard Gibbs energy of formation at 298 K (CRC)."""


def literature_table() -> str:
    """Return computed windows beside published ones."""
    rows = []
    for formula, published in LITERATURE.items():
        found = kstab.window(formula, scheme="legacy", temperature="none", near_misses=False)
        low, high = found.reduction_limit, found.oxidation_limit
        limits = f"{low:.3f} to {high:.3f}"
        height = f"{MEV_PER_EV * (found.energy_above_hull or 0.0):.1f}"
        rows.append((formula, height, limits, published or "–"))
    head = ("phase", "meV/atom above hull", "kstab, scheme legacy / V", "literature / V")
    return HEADER + table(head, rows)


def halides_table() -> str:
    """Return oxidation limits of the potassium halides beside those from experiment."""
    given: tuple[dict[str, Any], ...] = ({}, {"temperature": "none"}, {"scheme": "legacy"})
    columns = [kstab.windows(HALIDES, **each).oxidation_limits for each in given]
    rows = (
        (
            formula,
            f"{measured:.2f}",
            *(f"{limit:.2f} ({limit - measured:+.2f})" for limit in limits),
        )
        for (formula, measured), *limits in zip(HALIDES.items(), *columns, strict=True)
    )
    head = ("phase", "from experiment / V", "kstab / V", "from enthalpies / V", "legacy / V")
    return HEADER + table(head, rows)


def columns_table() -> str:
    """Return the columns of the embedded data set."""
    rows = ((f"`{c.name}`", _kind(c), c.unit or "–", c.description) for c in COLUMNS)
    return HEADER + table(("column", "kind", "unit", "meaning"), rows)


def _kind(column: DataColumn) -> str:
    if column.kind == "category":
        return ", ".join(f"`{name}`" for name in column.categories)
    if column.kind == "text":
        return "text"
    return f"{column.kind}, {column.minimum:g} to {column.maximum:g}"


INTERFACES: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("LiCoO2", "Li3PS4", {}),
    ("LiCoO2", "Li10GeP2S12", {}),
    ("LiCoO2", "Li10GeP2S12", {"hull_energy": "b"}),
    ("LiCoO2", "Li6PS5Cl", {}),
    ("LiCoO2", "Li6PS5Cl", {"hull_energy": "b"}),
    ("K", "K3PS4", {}),
    ("K", "K3SbS4", {}),
    ("K3SbS4", "KFeO2", {}),
    ("K3SbS4", "KCrO2", {}),
)
"""Closed contacts that were also worked out apart from kstab, with the options used."""


def interfaces_table() -> str:
    """Return the closed contacts that were checked."""
    rows = []
    for a, b, options in INTERFACES:
        result = kstab.interface(a, b, scheme="legacy", temperature="none", **options)
        lowest, mutual = result.minimum_total, result.minimum_mutual
        energies = (lowest.energy_per_atom, mutual.mutual_energy_per_atom)
        shares = (lowest.x_atomic, lowest.x_molar)
        rows.append(
            (
                f"{a} \\| {b}",
                f"hull for {b}" if options else "own",
                *(f"{MEV_PER_EV * energy:.1f}" for energy in energies),
                *(f"{share:.3f}" for share in shares),
                formed(lowest),
            )
        )
    head = (
        "contact", "energies", "total, meV/atom", "mutual, meV/atom", "x, atomic", "x, molar",
        "products",
    )  # fmt: skip
    return HEADER + table(head, rows)


ANODES: Final = ("KC8", "K3Sb", "K3Bi", "KSn", "KSi")


def anodes_table() -> str:
    """Return at which voltages alloys and intercalation anodes sit, and what K3SbS4 does."""
    rows = []
    for anode in ANODES:
        result = kstab.interface(anode, "K3SbS4")
        side, lowest = result.reactant_a, result.minimum_total
        low = words.with_bar(side.reduction_limit or 0.0, side.reduction_uncertainty)
        high = words.with_bar(side.oxidation_limit or 0.0, side.oxidation_uncertainty)
        energy = with_bar(lowest.energy_per_atom, lowest.energy_per_atom_sigma)
        rows.append((anode, f"{low} to {high}", energy, lowest.reaction))
    head = ("anode", "sits at, V vs K⁺/K", "with K3SbS4, meV/atom", "reaction at the minimum")
    return HEADER + table(head, rows)


def cathodes_table() -> str:
    """Return the table of cathodes."""
    rows = (
        (
            cathode.discharged,
            cathode.charged or "–",
            _volts(cathode.voltage_low, cathode.voltage_high),
            _volts(cathode.average_voltage),
            f"[{cathode.doi}](https://doi.org/{cathode.doi})",
            cathode.note or "–",
        )
        for cathode in cathodes.load()
    )
    head = ("discharged", "charged", "range / V", "mean / V", "DOI", "note")
    return HEADER + table(head, rows)


def _volts(*values: float | None) -> str:
    known = [f"{value:g}" for value in values if value is not None]
    return " to ".join(known) or "–"
