"""Measure what error bars and samples cost, in one process.

    python benchmarks/error_bars.py [--samples N]

For windows of systems of growing size: the time of a window without error bars (scheme
legacy), with them (scheme kstab), with the other schemes beside it, and what drawing all
energies adds. Best of several runs; processor time, which a busy machine disturbs less.
Prints Markdown.
"""

import argparse
import time
from collections.abc import Callable

import kstab

FORMULAS = ("KCl", "K3SbS4", "K3PS4", "KTi2(PO4)3", "K2FeSi2O6", "KVPO4F", "LiFePO4")
REPEATS = 7


def best_ms(action: Callable[[], object]) -> float:
    """Return the shortest processor time of several runs, ms."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        action()
        times.append(1000 * (time.process_time() - start))
    return min(times)


def row(formula: str, samples: int) -> list[str]:
    """Return one line of the table."""

    def window(scheme: str = "kstab", samples: int = 0, *, compare: bool = False) -> object:
        return kstab.window(
            formula, scheme=scheme, compare=compare, near_misses=False, samples=samples
        )

    found = kstab.window(formula, samples=samples, compare=False).robustness
    assert found is not None
    plain, bars, compared = (
        best_ms(lambda: window("legacy")),
        best_ms(window),
        best_ms(lambda: window(compare=True)),
    )
    drawn = best_ms(lambda: window(samples=samples)) - bars
    return [formula, str(found.phases), *(f"{ms:.1f}" for ms in (plain, bars, compared, drawn))]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--samples", type=int, default=200, metavar="N", help="default 200")
    samples = parser.parse_args().samples
    head = ["window", "phases that compete", "no bars, ms", "bars, ms", "and schemes, ms",
            f"{samples} samples add, ms"]  # fmt: skip
    print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for formula in FORMULAS:
        print(f"| {' | '.join(row(formula, samples))} |", flush=True)


if __name__ == "__main__":
    main()
