"""Fixtures shared by all tests: the data, oracles, and processes of their own."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import hypothesis
import numpy as np
import pytest

import kstab
from kstab.chemistry.composition import Formula
from kstab.engine.equilibrium import Floats, Problem
from kstab.phases.table import PhaseTable

ROOT = Path(__file__).parents[1]

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile(
    "kstab", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("kstab")


@pytest.fixture(scope="session", autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what is stored on this computer out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSTAB_DATA_HOME", str(tmp_path_factory.mktemp("data") / "home"))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """Import a script of the checkout that is no module of the package."""

    def load(path: str) -> ModuleType:
        specification = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def table() -> PhaseTable:
    """The embedded data, scheme legacy."""
    return kstab.phase_table(scheme="legacy", temperature="none")


@pytest.fixture(scope="session")
def potassium_phases(table: PhaseTable) -> list[str]:
    """Formulas of all compounds of potassium in the embedded data that take part."""
    low, _ = table.masks
    rows = np.setdiff1d(np.flatnonzero(low & np.uint64(1 << 19)), list(table.removed))
    return [table.formulas[row] for row in rows.tolist() if table.formulas[row] != "K"]


@pytest.fixture(scope="session")
def build() -> Callable[[Mapping[str, float]], PhaseTable]:
    """Make a table from formulas and formation energies (eV/atom)."""

    def make(phases: Mapping[str, float]) -> PhaseTable:
        rows = [(Formula.parse(formula), "", energy) for formula, energy in phases.items()]
        return PhaseTable.build("made up", rows, scheme="none")

    return make


@pytest.fixture(scope="session")
def highs() -> Callable[..., float]:
    """Solve the linear programme at one potential with HiGHS; return the energy."""
    from scipy.optimize import linprog

    def solve(problem: Problem, composition: Floats, potential: float = 0.0) -> float:
        cost = problem.energies - potential * problem.ions
        answer = linprog(cost, A_eq=problem.closed, b_eq=composition, method="highs-ds")
        assert answer.status == 0, answer.message
        return float(answer.fun)

    return solve


@pytest.fixture(scope="session")
def random_systems(table: PhaseTable) -> Callable[[int, int, int], list[str]]:
    """Draw formulas of phases that take part, with a number of elements and a seed."""

    def draw(elements: int, count: int, seed: int) -> list[str]:
        sizes = np.count_nonzero(table.numbers, axis=1)
        rows = np.setdiff1d(np.flatnonzero(sizes == elements), list(table.removed))
        chosen = np.random.default_rng(seed).choice(rows, size=count, replace=False)
        return [table.formulas[row] for row in chosen.tolist()]

    return draw


@pytest.fixture(scope="session")
def random_pairs(table: PhaseTable) -> Callable[..., list[tuple[str, str]]]:
    """Draw pairs of phases that take part, with a number of elements beside the ion between them.

    The first holds the ion, the second does in every other pair; neither is its metal.
    """
    from kstab.chemistry.elements import ATOMIC_NUMBER

    low, high = table.masks
    takes_part = np.isin(np.arange(len(table)), list(table.removed), invert=True)

    def draw(closed: int, count: int, seed: int, ion: str = "K") -> list[tuple[str, str]]:
        rng = np.random.default_rng(seed)
        bit = np.uint64(1 << ATOMIC_NUMBER[ion])
        rest = low & ~bit
        sizes = np.bitwise_count(rest) + np.bitwise_count(high)
        with_any = takes_part & (sizes > 0)
        with_ion = with_any & (low & bit > 0)
        firsts = np.flatnonzero(with_ion & (2 * sizes >= closed) & (sizes <= closed))
        pairs: list[tuple[str, str]] = []
        while len(pairs) < count:
            a = int(rng.choice(firsts))
            union = np.bitwise_count(rest | rest[a]) + np.bitwise_count(high | high[a])
            seconds = np.flatnonzero((union == closed) & (with_ion if len(pairs) % 2 else with_any))
            seconds = seconds[seconds != a]
            if len(seconds):
                pairs.append((table.formulas[a], table.formulas[int(rng.choice(seconds))]))
        return pairs

    return draw


@pytest.fixture(scope="session")
def run_python() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run code in a fresh interpreter, with warnings as errors."""

    def run(
        *arguments: str, seconds: float = 300.0, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-W", "error", *arguments],
            capture_output=True,
            timeout=seconds,
            check=check,
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        )

    return run
