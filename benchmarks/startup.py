"""Measure how long the command takes as a whole process, beside importing numpy alone.

    python benchmarks/startup.py [--pairs N]

``kstab window K3SbS4`` and ``import numpy`` run by turns, so that a busy machine disturbs both
alike; the ratio is the median of those of the pairs. Prints Markdown.
"""

import argparse
import subprocess
import sys
import time
from statistics import median

NUMPY = ("-c", "import numpy")
WINDOW = ("-m", "kstab", "window", "K3SbS4")


def milliseconds(*arguments: str) -> float:
    """Return how long Python takes with some arguments, from start to exit, ms."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Run the pairs after one that warms the caches; print both medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=15)
    count = parser.parse_args().pairs
    _, *pairs = [(milliseconds(*NUMPY), milliseconds(*WINDOW)) for _ in range(count + 1)]
    numpy, window = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(b / a for a, b in pairs)
    print("| import numpy, ms | kstab window K3SbS4, ms | ratio |")
    print("|---|---|---|")
    print(f"| {numpy:.0f} | {window:.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
