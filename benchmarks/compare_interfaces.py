"""Compare interfaces of kstab and pymatgen in one run: time, ratio, peak memory.

    python benchmarks/compare_interfaces.py [--limit SECONDS] [--json FILE]

As in ``compare_pymatgen.py``, every measurement has a process of its own and pymatgen
gets the same phases as entries made beforehand. Its time is that of ``PhaseDiagram``
and ``InterfacialReactivity.get_kinks``. kstab is measured twice: its engine alone
(selecting the phases and following the mixture), and all of ``kstab.interface``, the
table being loaded. Prints Markdown.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from compare_pymatgen import (
    ION,
    against,
    in_process,
    measure_entries,
    median_ms,
    peak_mb,
    peak_of_children,
    read_entries,
    whole_process,
)

PAIRS = {  # number of elements: two phases of the data
    3: "K K3SbS4",
    4: "KSbO3 K3SbS4",
    5: "KFeO2 K3SbS4",
    6: "KFePO4 K3SbS4",
    7: "KFeNi(PO4)2 K3SbS4",
    8: "KMg3GaSi3(HO6)2 K3SbS4",
    9: "KMg2AlFeSi3(HO6)2 K3SbS4",
}
MAP = "K3SbS4 KCrO2"
VOLTAGES = (2.0, 3.5)
COMMAND = ["-m", "kstab", "interface", "K", "K3SbS4"]


def ends_of(pair: str, open_element: str | None) -> tuple[Any, Any, Any]:
    """The system of a pair, and what its two phases are made of."""
    import numpy as np

    import kstab

    table = kstab.phase_table(scheme="legacy", temperature="none")
    phases = [kstab.Formula.parse(formula) for formula in pair.split()]
    system = table.select({e for phase in phases for e in phase.elements}, open_element)
    amounts = [np.array([float(phase[e]) for e in system.closed]) for phase in phases]
    first, second = (amount / amount.sum() for amount in amounts)
    return system, first, second


def measure_engine(pair: str, _: str) -> dict[str, float]:
    """The mixing profile of a pair: selecting the phases and following the mixture."""
    from kstab.engine.equilibrium import sweep_mixing

    def profile() -> Any:
        system, first, second = ends_of(pair, None)
        return sweep_mixing(system.problem, first, second)

    profile()  # loads the table
    return {"ms": median_ms(profile), "kinks": len(profile().fractions)}


def measure_kstab(pair: str, _: str) -> dict[str, float]:
    """All of an interface: kinks, products, own windows, warnings."""
    import kstab

    a, b = pair.split()

    def interface() -> Any:
        return kstab.interface(a, b, ion=ION, scheme="legacy", temperature="none", compare=False)

    interface()
    return {"ms": median_ms(interface), "kinks": len(interface().kinks)}


def measure_pymatgen(pair: str, path: str) -> dict[str, float]:
    """The kinks of the same pair among the same phases."""
    from pymatgen.analysis.interface_reactions import InterfacialReactivity
    from pymatgen.analysis.phase_diagram import PhaseDiagram
    from pymatgen.core import Composition

    entries = read_entries(path)
    compositions = [Composition(formula) for formula in pair.split()]

    def kinks() -> list[float]:
        found = InterfacialReactivity(*compositions, PhaseDiagram(entries)).get_kinks()
        return sorted({round(float(kink[1]), 6) for kink in found})  # duplicates merged

    counted: list[int] = []
    ms = median_ms(lambda: counted.append(len(kinks())), most=20)
    return {"ms": ms, "kinks": counted[-1]}


def measure_plane(pair: str, _: str) -> dict[str, float]:
    """The rectangles of a pair over a range of voltages."""
    from kstab.engine.plane import sweep_plane

    high, low = (-voltage for voltage in VOLTAGES)

    def plane() -> Any:
        system, first, second = ends_of(pair, ION)
        return sweep_plane(system.problem, first, second, high, low)

    plane()
    return {"ms": median_ms(plane), "rectangles": len(plane())}


def measure_map(pair: str, _: str) -> dict[str, float]:
    """All of an interface over the same range: regions, kinks, worst points."""
    import kstab

    a, b = pair.split()

    def interface() -> Any:
        return kstab.interface(
            a, b, voltage=VOLTAGES, scheme="legacy", temperature="none", compare=False
        )

    interface()
    return {"ms": median_ms(interface), "regions": len(interface().regions)}


def measure_command(_: str, __: str) -> dict[str, float]:
    """The whole command, ten times; nothing else is started from here."""
    seconds = statistics.median(whole_process(COMMAND) for _ in range(10))
    return {"s": seconds, "mb": peak_of_children()}


MEASURES = {
    measure.__name__.removeprefix("measure_"): measure
    for measure in (
        measure_entries,
        measure_engine,
        measure_kstab,
        measure_pymatgen,
        measure_plane,
        measure_map,
        measure_command,
    )
}


def measured(measure: str, pair: str = "", path: str = "", limit: float = 600) -> Any:
    """Measure in a fresh process of this script."""
    return in_process(measure, pair, path, limit, script=__file__)


def profiles_table(limit: float, results: dict[str, Any]) -> None:
    """Print a row of mixing profiles for each number of elements."""
    print(
        "| elements | phases | kinks | engine, ms | `kstab.interface`, ms | pymatgen, ms "
        "| ratio to the engine | to the whole | kstab, MB | pymatgen, MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for elements, pair in PAIRS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "entries.json")
            phases = measured("entries", pair, path)["phases"]
            engine, ours = measured("engine", pair), measured("kstab", pair)
            theirs = measured("pymatgen", pair, path, limit)
        results[pair] = {"phases": phases, "engine": engine, "kstab": ours, "pymatgen": theirs}
        kinks = {found["kinks"] for found in (engine, ours, theirs) if found}
        if len(kinks) > 1:
            print(f"\n**{pair}: different numbers of kinks, {sorted(kinks)}**\n")
        _, to_engine, _ = against(engine, theirs, limit)
        time_taken, to_whole, memory = against(ours, theirs, limit)
        print(
            f"| {elements} | {phases} | {ours['kinks']} | {engine['ms']:.2f} | {ours['ms']:.2f} "
            f"| {time_taken} | {to_engine} | {to_whole} | {ours['mb']:.0f} | {memory} |",
            flush=True,
        )


def rest_table(results: dict[str, Any]) -> None:
    """Print what the map over a range takes, and the command."""
    plane, whole, command = measured("plane", MAP), measured("map", MAP), measured("command")
    name = "{} | {}, {:g}-{:g} V".format(*MAP.split(), *VOLTAGES).replace("|", "\\|")
    rows = {
        f"{name}: engine, {plane['rectangles']} rectangles, ms": plane["ms"],
        f"{name}: `kstab.interface`, {whole['regions']} regions, ms": whole["ms"],
        "`kstab interface K K3SbS4`, whole process, s": command["s"],
        "its peak memory, MB": command["mb"],
    }
    results["kstab alone"] = rows
    print("\n| kstab alone | |\n|---|---|")
    for label, value in rows.items():
        print(f"| {label} | {value:.3g} |")


def main() -> None:
    """Measure everything and print the tables; or one thing, for the parent process."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--limit", type=float, default=60, help="time for pymatgen on a pair, s")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        name, pair, path = arguments.measure
        figures = MEASURES[name](pair, path)
        print(json.dumps({"mb": peak_mb()} | figures))
        return
    results: dict[str, Any] = {}
    profiles_table(arguments.limit, results)
    rest_table(results)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
