"""Compare kstab with pymatgen on the same systems, in one run: time, ratio, peak memory.

    python benchmarks/compare_pymatgen.py [--limit SECONDS] [--json FILE]

Every measurement has a process of its own, started from this small one, since a process
inherits its parent's peak memory. pymatgen gets the same phases with the same
energies, as entries made beforehand; its time is that of ``PhaseDiagram`` and
``get_element_profile``, without reading or making entries. kstab's is that of
``kstab.window`` without near misses, the table being loaded. Prints Markdown.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ION = "K"
SYSTEMS = {  # number of elements: a phase of the data; from 9 a composition made up
    3: "K3SbS4",
    4: "KFePO4",
    5: "KFeNi(PO4)2",
    6: "KMg3GaSi3(HO6)2",
    7: "KMg2AlFeSi3(HO6)2",
    8: "KPH12PtC2N2(ClO2)2",
    9: "KLiFeMnSiPO4SF",
    10: "KLiMgFeMnSiPO4SF",
    11: "KLiMgAlFeMnSiPO4SF",
    12: "KNaLiMgAlFeMnSiPO4SF",
}
COMMAND = ["-m", "kstab", "window", "K3SbS4"]
KIBIBYTE = 1 if sys.platform == "darwin" else 1024
"""Bytes in the unit of ru_maxrss, which differs between systems."""


def median_ms(action: Callable[[], object], budget: float = 1.0, most: int = 200) -> float:
    """Median time of an action, ms: repeated for a budget of seconds, at least once."""
    times: list[float] = []
    while not times or (sum(times) < budget and len(times) < most):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def peak_mb() -> float:
    """Peak memory of this process, MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIBIBYTE / 1e6


def measure_entries(formulas: str, path: str) -> dict[str, float]:
    """Write amounts and energies of all phases of a composition's system to a file.

    Several compositions, such as those of a pair, are separated by spaces.
    """
    import kstab

    elements = {ION, *(e for f in formulas.split() for e in kstab.Formula.parse(f).elements)}
    entries = kstab.entries_from_table(
        kstab.phase_table(scheme="legacy", temperature="none"), sorted(elements)
    )
    rows = [
        ({element.symbol: n for element, n in entry.composition.items()}, entry.energy)
        for entry in entries
    ]
    Path(path).write_text(json.dumps(rows))
    return {"phases": len(rows)}


def read_entries(path: str) -> list[Any]:
    """Return what :func:`measure_entries` wrote as pymatgen entries, its warnings silenced."""
    import warnings

    from pymatgen.entries.computed_entries import ComputedEntry

    warnings.simplefilter("ignore")
    return [
        ComputedEntry(amounts, energy) for amounts, energy in json.loads(Path(path).read_text())
    ]


def measure_kstab(formula: str, _: str) -> dict[str, float]:
    """The window of one composition."""
    import kstab

    def window() -> object:
        return kstab.window(
            formula, ion=ION, scheme="legacy", temperature="none", near_misses=False, compare=False
        )

    window()  # loads the table
    return {"ms": median_ms(window), "steps": len(window().steps)}


def measure_pymatgen(formula: str, path: str) -> dict[str, float]:
    """The element profile of the same composition among the same phases."""
    from pymatgen.analysis.phase_diagram import PhaseDiagram
    from pymatgen.core import Composition, Element

    entries = read_entries(path)

    def profile() -> Any:
        return PhaseDiagram(entries).get_element_profile(Element(ION), Composition(formula))

    steps: list[int] = []
    ms = median_ms(lambda: steps.append(len(profile())), most=20)
    return {"ms": ms, "steps": steps[-1]}


def measure_start(_: str, __: str) -> dict[str, float]:
    """Loading the table in a fresh process, and selecting from it."""
    from kstab.sources import embedded

    start = time.perf_counter()
    table = embedded.load("legacy")
    table.select(("K", "Sb", "S"), "K")
    first = 1000 * (time.perf_counter() - start)
    return {"first": first, "select": median_ms(lambda: table.select(("K", "Sb", "S"), "K"))}


def measure_batch(_: str, __: str) -> dict[str, float]:
    """The windows of all potassium phases."""
    import kstab

    table = kstab.phase_table(scheme="legacy", temperature="none")
    low, _high = table.masks
    formulas = [
        formula
        for formula, mask in zip(table.formulas, low.tolist(), strict=True)
        if mask >> 19 & 1 and formula != "K"
    ]
    start = time.perf_counter()
    batch = kstab.windows(formulas, ion=ION, scheme="legacy", temperature="none")
    return {"s": time.perf_counter() - start, "phases": len(batch)}


def measure_command(_: str, __: str) -> dict[str, float]:
    """The whole command, ten times; nothing else is started from here."""
    seconds = statistics.median(whole_process() for _ in range(10))
    return {"s": seconds, "mb": peak_of_children()}


MEASURES = {
    measure.__name__.removeprefix("measure_"): measure
    for measure in (
        measure_entries,
        measure_kstab,
        measure_pymatgen,
        measure_start,
        measure_batch,
        measure_command,
    )
}


def in_process(
    measure: str, formula: str = "", path: str = "", limit: float = 600, script: str = __file__
) -> Any:
    """Measure with a script in a fresh process; None if it takes longer than the limit, s."""
    command = [sys.executable, script, "--measure", measure, formula, path]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout)


def whole_process(command: Sequence[str] = COMMAND) -> float:
    """Time of a command from start to end, s."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def peak_of_children() -> float:
    """Peak memory of the largest process started so far, MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIBIBYTE / 1e6


def systems_table(limit: float, results: dict[str, Any]) -> None:
    """Print a row for each number of elements."""
    print("| elements | phases | kstab, ms | pymatgen, ms | ratio | kstab, MB | pymatgen, MB |")
    print("|---|---|---|---|---|---|---|")
    for elements, formula in SYSTEMS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "entries.json"
            phases = in_process("entries", formula, str(path))["phases"]
            ours = in_process("kstab", formula)
            theirs = in_process("pymatgen", formula, str(path), limit)
        results[formula] = {"phases": phases, "kstab": ours, "pymatgen": theirs}
        if theirs and ours["steps"] != theirs["steps"]:
            print(f"\n**{formula}: {ours['steps']} steps, not {theirs['steps']}**\n")
        time_taken, ratio, memory = against(ours, theirs, limit)
        print(
            f"| {elements} | {phases} | {ours['ms']:.2f} | {time_taken} | {ratio} "
            f"| {ours['mb']:.0f} | {memory} |",
            flush=True,
        )


def against(
    ours: dict[str, float], theirs: dict[str, float] | None, limit: float
) -> tuple[str, str, str]:
    """Return the cells of pymatgen's time, the ratio and its memory."""
    if theirs is None:
        return f"> stopped after {limit:g} s", f"> {1000 * limit / ours['ms']:,.0f}", "–"
    ratio = theirs["ms"] / ours["ms"]
    return f"{theirs['ms']:,.1f}", f"{ratio:,.0f}", f"{theirs['mb']:.0f}"


def rest_table(results: dict[str, Any]) -> None:
    """Print what kstab takes beside a single window."""
    starts = [in_process("start") for _ in range(5)]
    batches = [in_process("batch") for _ in range(3)]
    batch = min(batches, key=lambda b: b["s"])
    command = in_process("command")
    rows = {
        "table loaded and first system selected, ms": statistics.median(s["first"] for s in starts),
        "selecting a system (K-Sb-S), ms": statistics.median(s["select"] for s in starts),
        "`kstab window K3SbS4`, whole process, s": command["s"],
        "its peak memory, MB": command["mb"],
        f"all {batch['phases']:,} K phases, `kstab.windows`, s": batch["s"],
        "its peak memory, MB ": batch["mb"],
    }
    results["kstab alone"] = rows
    print("\n| kstab alone | |\n|---|---|")
    for name, value in rows.items():
        print(f"| {name.strip()} | {value:.3g} |")


def main() -> None:
    """Measure everything and print the tables; or one thing, for the parent process."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--limit", type=float, default=60, help="time for pymatgen on a system, s")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        name, formula, path = arguments.measure
        figures = MEASURES[name](formula, path)
        print(json.dumps({"mb": peak_mb()} | figures))
        return
    results: dict[str, Any] = {}
    systems_table(arguments.limit, results)
    rest_table(results)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
