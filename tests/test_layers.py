"""How the package hangs together: layers, laziness, errors, frozen results."""

import ast
import dataclasses
import graphlib
import inspect
import pickle
import pkgutil
import re
import tomllib
from collections.abc import Iterator

import pytest

import kstab
from kstab import errors
from kstab.analyses.interface import contact, pair, reactants, voltage_map
from kstab.analyses.interface import result as interface_results
from kstab.analyses.system import inventory
from kstab.analyses.window import result as results
from kstab.analyses.window import stability
from kstab.base import late
from kstab.chemistry.ions import Ion
from kstab.chemistry.reaction import Reaction
from kstab.phases.notices import Notice
from kstab.phases.provenance import Provenance

FOREIGN = {
    "pymatgen", "scipy", "sympy", "pandas", "matplotlib", "mp_api", "chemicals", "monty", "rich",
    "click", "pluggy",
}  # fmt: skip
FILE_CALLS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "load",
    "savez", "savetxt", "loadtxt", "fromfile", "tofile", "memmap", "urlopen",
}  # fmt: skip


@pytest.fixture(scope="module")
def trees(root) -> dict[str, ast.Module]:
    """Dotted name below kstab to syntax tree."""
    package = root / "src" / "kstab"
    found = {}
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = ast.parse(path.read_text("utf-8"))
    return found


def module_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements that run on import, those for type checkers left out."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting += node.orelse
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        else:
            yield node
            waiting += [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)]


def imported(nodes) -> Iterator[str]:
    """Full dotted names that import statements name."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(name: str, modules) -> str | None:
    """The module of kstab that an imported name is or lies in, if any."""
    parts = name.split(".")
    if parts[0] != "kstab":
        return None
    for end in range(len(parts), 1, -1):
        if ".".join(parts[1:end]) in modules:
            return ".".join(parts[1:end])
    return "__init__"


def test_imports_have_no_cycle(trees):
    graph = {
        name: {own(target, trees) for target in imported(module_level(tree))} - {None, name}
        for name, tree in trees.items()
    }
    assert list(graphlib.TopologicalSorter(graph).static_order())


def core(root) -> set[str]:
    """Modules and packages from the analyses down."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    below = layers[layers.index("analyses") :]
    return {name.strip() for layer in below for name in layer.split(":")}


def test_core_layers_open_no_file_and_import_nothing_heavy(root, trees):
    concerned = {n: t for n, t in trees.items() if n.split(".")[0] in core(root)}
    assert {name.split(".")[0] for name in concerned} == core(root)
    del concerned["base.files"]  # which is there to write files
    for name, tree in concerned.items():
        calls = {
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        }
        assert not calls & FILE_CALLS, name
        assert not {t.split(".")[0] for t in imported(ast.walk(tree))} & FOREIGN, name


def test_nothing_is_opened_while_a_window_is_computed(run_python):
    """Seen from outside: once everything is imported, an analysis touches no file."""
    run_python(
        "-c",
        "import sys, kstab\n"
        "table = kstab.phase_table()\n"
        "kstab.window('K3SbS4'), kstab.system('K-Sb-S'), kstab.interface('K', 'K3SbS4')\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(args) if event == 'open' else None)\n"
        "kstab.window('K2FeO2', ion='K'), kstab.windows(['KFeO2', 'Na3PS4'])\n"
        "kstab.window('KFeO2', exclude=['K2FeO4'])\n"
        "kstab.interface('K3SbS4', 'KFeO2', voltage=(1, 2))\n"
        "assert not opened, opened\n",
    )


def test_no_module_shares_a_name_with_a_public_function():
    """Beside kstab/window.py the second kstab.window() would call the module."""
    modules = {info.name for info in pkgutil.iter_modules(kstab.__path__)}
    assert not modules & set(kstab.__all__)


USES = {
    "cite": "kstab.cite(kstab.window('K2S', compare=False))",
    "InterfaceResult": "kstab.InterfaceResult.kind",
    "interface": "kstab.interface('K', 'K3SbS4')",
    "Formula": "kstab.Formula.parse('K3SbS4')",
    "KstabError": "kstab.KstabError.exit_code",
    "PhaseTable": "kstab.PhaseTable.build",
    "Result": "kstab.Result.to_json",
    "Question": "kstab.Question(scheme='legacy')",
    "SystemResult": "kstab.SystemResult.kind",
    "WindowResult": "kstab.WindowResult.kind",
    "__version__": "kstab.__version__.split('.')",
    "entries_from_table": "kstab.entries_from_table(kstab.phase_table(), ['K', 'S'])[0].energy",
    "read": "kstab.read.__name__",
    "phase_table": "len(kstab.phase_table())",
    "system": "kstab.system('K-Sb-S')",
    "window": "kstab.window('K3SbS4')",
    "windows": "len(kstab.windows(['K3SbS4', 'KFeO2']))",
}


@pytest.mark.parametrize("name", kstab.__all__)
def test_each_public_name_works_twice_in_a_fresh_process(run_python, name):
    # pymatgen itself warns on import in some versions; that is not kstab's to judge.
    run_python("-W", "default", "-c", f"import kstab\nassert {USES[name]} == {USES[name]}")


def test_all_names_are_listed():
    assert dir(kstab) == sorted(kstab.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        kstab.no_such_name  # noqa: B018


HEAVY = "pymatgen scipy sympy pandas matplotlib mp_api chemicals".split()


def test_what_is_named_by_a_text_is_there(trees):
    texts = {
        node.value
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"kstab[\w.]*:\w+", node.value)
    }
    assert len(texts) > 20
    for text in sorted(texts):
        assert late.loaded(text) is not None, text


@pytest.mark.parametrize(
    "code",
    [
        "import kstab",
        "import kstab; kstab.window('K3SbS4')",
        "import kstab; kstab.windows(['K3SbS4', 'KFeO2'])",
        "import kstab; kstab.system('K-Sb-S')",
        "import kstab; kstab.interface('K3SbS4', 'KCrO2', voltage=(2, 3))",
    ],
)
def test_nothing_heavy_is_loaded(run_python, code):
    done = run_python("-c", f"{code}; import sys; print(*sys.modules)")
    loaded = {name.split(".")[0] for name in done.stdout.decode().split()}
    assert not loaded & {*HEAVY, "rich", "click", "pluggy"}


def test_import_kstab_loads_no_numpy(run_python):
    done = run_python("-c", "import kstab, sys; print('numpy' in sys.modules)")
    assert done.stdout.split() == [b"False"]


MOST_MODULES = {"kstab": 78, "in all": 400}
"""What ``kstab window K3SbS4`` may import; a little more than it does, on every Python.

Raise a number only for modules that this command needs each time, in the change that adds them;
what it needs at times is imported where it is needed.
"""


@pytest.fixture(scope="module")
def imported_by_a_window(run_python):
    """Names of the modules that the command imports, without plugins."""
    command = ("-X", "importtime", "-m", "kstab", "--no-plugins", "window", "K3SbS4")
    lines = run_python(*command).stderr.decode().splitlines()
    names = {line.rsplit("|", 1)[-1].strip() for line in lines if line.startswith("import time:")}
    return names - {"imported package"}


def test_the_command_loads_nothing_heavy(imported_by_a_window):
    loaded = {name.split(".")[0] for name in imported_by_a_window}
    assert "kstab" in loaded
    assert not loaded & set(HEAVY)


def test_the_command_loads_few_modules(imported_by_a_window):
    own = {name for name in imported_by_a_window if name.split(".")[0] == "kstab"}
    assert len(own) <= MOST_MODULES["kstab"]
    assert len(imported_by_a_window) <= MOST_MODULES["in all"]


# ---------------------------------------------------------------- errors

ERRORS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.KstabError) and kind is not errors.KstabError
]
EXIT_CODES = {
    "RequestError": 2,
    "FormulaError": 3,
    "PhaseError": 3,
    "ElementError": 4,
    "DataError": 4,
    "ServiceError": 5,
    "PluginError": 6,
}


def example(kind: type) -> errors.KstabError:
    """An error of a kind, every field filled in."""
    several = ("K3SbS4", "KSb")
    return kind(*(several if "tuple" in str(f.type) else "text" for f in dataclasses.fields(kind)))


def test_the_errors_are_known():
    assert {kind.__name__: kind.exit_code for kind in ERRORS} == EXIT_CODES


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_survive_pickling_with_their_fields(kind):
    error = example(kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert dataclasses.asdict(again) == dataclasses.asdict(error)
    assert str(again) == str(error)
    assert again.exit_code == error.exit_code


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_say_what_is_wrong_and_what_to_do(kind):
    error = example(kind)
    assert error.problem
    assert error.advice
    assert str(error) == f"{error.problem} {error.advice}"


def test_errors_are_caught_by_their_base():
    with pytest.raises(kstab.KstabError):
        kstab.window("no formula")


# ---------------------------------------------------------------- results


def dataclasses_of(*modules) -> list[type]:
    return [
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, dataclasses.is_dataclass)
        if kind.__module__.startswith("kstab.") and not issubclass(kind, Exception)
    ]


ANALYSES = (results, stability, inventory, interface_results, contact, pair, reactants, voltage_map)
FROZEN = {*dataclasses_of(*ANALYSES), Notice, Provenance, Reaction, Ion}


@pytest.mark.parametrize("kind", sorted(FROZEN, key=lambda kind: kind.__name__))
def test_results_are_frozen(kind):
    assert kind.__dataclass_params__.frozen


@pytest.mark.parametrize("formula", ["K3SbS4", "K2Fe4O7", "K2.9SbS3.9Cl0.1", "KB3H8", "K"])
def test_results_are_values(formula):
    """Equal, hashable, picklable, and free of arrays: what caches and processes need."""
    result = kstab.window(formula)
    assert result == kstab.window(formula)
    assert hash(result) == hash(kstab.window(formula))
    assert pickle.loads(pickle.dumps(result)) == result
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.formula = "KCl"
    assert plain(dataclasses.asdict(result))


def test_systems_are_values():
    result = kstab.system("K-Sb-S")
    assert result == kstab.system(["S", "Sb", "K"])
    assert hash(result) == hash(kstab.system("S-Sb-K"))
    assert pickle.loads(pickle.dumps(result)) == result
    assert plain(dataclasses.asdict(result))


@pytest.mark.parametrize(
    ("a", "b", "options"),
    [
        ("K", "K3SbS4", {}),
        ("K3SbS4", "KFeO2", {"voltage": 3.0}),
        ("K3SbS4", "KCrO2", {"voltage": (2.0, 3.5), "charged": "K0.5CrO2"}),
    ],
)
def test_interfaces_are_values(a, b, options):
    result = kstab.interface(a, b, **options)
    assert result == kstab.interface(a, b, **options)
    assert hash(result) == hash(kstab.interface(a, b, **options))
    assert pickle.loads(pickle.dumps(result)) == result
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.a = "KCl"
    assert plain(dataclasses.asdict(result))


def plain(value) -> bool:
    """Whether a value holds nothing but the plain types, exactly those."""
    if isinstance(value, dict):
        return all(map(plain, value.values()))
    if isinstance(value, tuple):
        return all(map(plain, value))
    return type(value) in (str, int, float, bool, type(None))


def test_elements_given_as_a_generator():
    """An iterable that can be read once is read once."""
    assert kstab.system(symbol for symbol in ("K", "S")) == kstab.system("K-S")
