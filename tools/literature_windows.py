"""Windows of the literature and measured voltages beside those of every scheme.

Papers compute from enthalpies, so their windows are compared in that mode.

``tools/make_docs.py`` writes them into ``docs/generated/literature_windows.md``.
"""

from typing import Final

import numpy as np

import kstab
from doc_tables import HEADER, LITERATURE, table
from kstab.analyses.window.result import WindowResult
from kstab.chemistry.composition import Formula
from kstab.chemistry.ions import CHARGES
from kstab.chemistry.roles import features
from kstab.phases.table import pack_compositions
from kstab.sources import columns
from schemes import parameters, store
from schemes.hulls import SIDES, Edge, edges
from schemes.measured import EXPERIMENT, KJ_PER_EV

SCHEMES: Final = tuple(map(str, columns.SCHEMES))
DEPARTURE: Final = 0.15
"""A limit of scheme ``kstab`` this far, V, from the literature is accounted for."""
SHOWN: Final = 0.02
"""Corrections that move a limit by less, V, are not named."""
NAMED: Final = 3
"""So many corrections are named at most."""
BINARIES: Final = ("KF", "KCl", "KBr", "KI", "K2S", "Li2S")
CELLS: Final = {"KBi2": "1.07", "KC8": "–"}
"""Measured V against potassium: Bi and KBi2 together are a reference electrode."""


def literature_windows() -> str:
    """Return the tables."""
    parts = {
        "Windows from enthalpies, V; * with the energy above hull set to 0": windows(),
        f"Limits of scheme kstab more than {DEPARTURE} V from the literature": departures(),
        "Binaries from enthalpies beside measurement, V": binaries(),
        "Cells from Gibbs energies beside measurement, V": cells(),
    }
    return HEADER + "\n".join(f"**{title}**\n\n{text}" for title, text in parts.items())


def _window(formula: str, scheme: str, temperature: str | None = "none") -> WindowResult:
    """A window from enthalpies, as papers have them, unless another temperature is asked for."""
    return kstab.window(
        formula, scheme=scheme, temperature=temperature, compare=False, near_misses=False
    )


def _volts(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def windows() -> str:
    """Return the limits of each phase in each scheme."""
    rows = []
    for formula, published in LITERATURE.items():
        found = [_window(formula, scheme) for scheme in SCHEMES]
        limits = [
            f"{_volts(r.reduction_limit)} to {_volts(r.oxidation_limit)}"
            + (" *" if r.window_kind == "hull_shifted" else "")
            for r in found
        ]
        rows.append((formula, published or "–", *limits))
    return table(("phase", "literature / V", *(f"{s} / V" for s in SCHEMES)), rows)


def published_limits(text: str) -> dict[str, float]:
    """Return limits by side from a cell of the table of the literature.

    >>> published_limits("1.71 to 2.31"), published_limits("oxidation 6.34")
    ({'reduction': 1.71, 'oxidation': 2.31}, {'oxidation': 6.34})
    """
    numbers = [float(word) for word in text.split() if word[0].isdigit()]
    return dict(zip(SIDES[-len(numbers) :], numbers, strict=True)) if numbers else {}


def departures() -> str:
    """Return what moves the limits of scheme ``kstab`` away from the literature."""
    rows = []
    for formula, text in LITERATURE.items():
        result = _window(formula, "kstab")
        for side, published in published_limits(text).items():
            edge = edges(result)[side]
            off = edge.voltage - published
            if abs(off) <= DEPARTURE:
                continue
            moved = moves(edge, result.ion)
            largest = sorted(moved.items(), key=lambda item: -abs(item[1]))[:NAMED]
            words = ", ".join(f"{name} {v:+.2f}" for name, v in largest if abs(v) >= SHOWN)
            uncorrected = edge.voltage - sum(moved.values())
            rows.append(
                (formula, side, f"{published:.2f}", f"{uncorrected:.3f}", f"{edge.voltage:.3f}",
                 f"{off:+.2f}", words)
            )  # fmt: skip
    head = ("phase", "limit", "literature", "same reaction, legacy energies", "kstab",
            "departure", "largest corrections, V")  # fmt: skip
    return table(head, rows)


def moves(edge: Edge, ion: str) -> dict[str, float]:
    """Return by how much each correction of scheme ``kstab`` moves a limit, V."""
    if edge.below is None:
        return {}
    found = parameters()
    total = np.zeros(len(found.values))
    for sign, step in ((-1, edge.below), (1, edge.above)):
        numbers, amounts = pack_compositions([Formula.parse(p.formula) for p in step.products])
        units = [sign * product.amount for product in step.products]
        total += units @ features(numbers, amounts, found.pairs)
    volts = total * found.values / (edge.ions * CHARGES[ion])
    return dict(zip(found.names, volts.tolist(), strict=True))


def binaries() -> str:
    """Return voltages of binaries, to the elements and at the limit, beside measured ones."""
    measured = {row["formula"]: row for row in store.rows(EXPERIMENT / "solids.csv")}
    rows = []
    for formula in BINARIES:
        result = _window(formula, "legacy")
        ions = float(Formula.parse(formula)[result.ion]) * CHARGES[result.ion]
        row = measured[formula]
        known = [row["enthalpy_kJ_mol"], row["gibbs_kJ_mol"]]
        volts = [f"{-float(v) / KJ_PER_EV / ions:.3f}" if v else "–" for v in known]
        rows.append((formula, *volts, *(_both(formula, scheme, ions) for scheme in SCHEMES)))
    head = ("phase", "measured ΔH", "measured ΔG",
            *(f"{s}: to the elements / limit" for s in SCHEMES))  # fmt: skip
    return table(head, rows)


def _both(formula: str, scheme: str, ions: float) -> str:
    """Voltage to the elements, and the oxidation limit with what forms there."""
    phases = kstab.phase_table(scheme=scheme, temperature="none")
    composition = Formula.parse(formula)
    row = phases.find(composition)
    if row is None:
        raise LookupError(formula)
    elements = -float(phases.energies[row]) * float(composition.atoms) / ions
    edge = edges(_window(formula, scheme))["oxidation"]
    formed = " + ".join(sorted(edge.products("oxidation")))
    return f"{elements:.3f} / {edge.voltage:.3f} ({formed})"


def cells() -> str:
    """Return oxidation limits of alloys and graphite beside measured cells."""
    rows = []
    for formula, measured in CELLS.items():
        found = [edges(_window(formula, scheme, None))["oxidation"] for scheme in SCHEMES]
        limits = [f"{edge.voltage:.3f}" for edge in found]
        formed = " + ".join(sorted(found[-1].products("oxidation")))
        rows.append((formula, formed, measured, *limits))
    return table(("phase", "oxidises to", "measured", *SCHEMES), rows)
