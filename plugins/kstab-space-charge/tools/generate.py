"""Write what is made from the symbolic models: the numeric functions and the formulas in the docs.

    python tools/generate.py [--check]

Writes ``src/kstab_space_charge/models_numeric.py``, and the part of
``docs/plugin-space-charge.md`` between the two markers. ``--check`` writes nothing and
fails, naming the file, if either is not what it would be now. Needs sympy, kstab and ruff.
"""

import argparse
import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from sympy import Expr, Symbol
from sympy.codegen.rewriting import expm1_opt, log1p_opt, optimize
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pycode import PythonCodePrinter

HERE: Final = Path(__file__).parents[1]
# The models next to this file, not those of an installed plugin.
sys.path.insert(0, str(HERE / "src"))

from kstab_space_charge import models_symbolic as models  # noqa: E402

NUMERIC: Final = HERE / "src" / "kstab_space_charge" / "models_numeric.py"
PAGE: Final = HERE.parents[1] / "docs" / "plugin-space-charge.md"
BEGIN: Final = "<!-- formulas from models_symbolic.py: begin -->"
END: Final = "<!-- formulas: end -->"

HEADER: Final = '''\
"""The models in numbers, SI units: written by ``tools/generate.py``, not by hand."""

import math

import numpy as np
from numpy.typing import NDArray

from kstab_space_charge.constants import BOLTZMANN, ELEMENTARY_CHARGE
from kstab_space_charge.special import erfi

Floats = NDArray[np.float64]
'''


class _Scalar(PythonCodePrinter):  # type: ignore[misc]
    """Prints with ``math``, and with the erfi of this plugin."""

    def _print_erfi(self, expression: Expr) -> str:
        return f"erfi({self._print(expression.args[0])})"


class _Array(NumPyPrinter):  # type: ignore[misc]
    """Prints with numpy."""

    def _print_Max(self, expression: Expr) -> str:  # noqa: N802 - the name sympy calls
        first, second = (self._print(part) for part in expression.args)
        return f"numpy.maximum({first}, {second})"


def function(model: models.Model) -> str:
    """Return the source of the function of one quantity."""
    names = {symbol: Symbol(models.NAMES[symbol]) for symbol in models.NAMES}
    # log(1 + x) and exp(x) - 1 lose no digits at small x.
    exact = optimize(model.expression, (expm1_opt, log1p_opt)).xreplace(names)
    printer = (_Array if model.over else _Scalar)({"fully_qualified_modules": True})
    arguments = ", ".join(
        f"{models.NAMES[symbol]}: {'Floats' if symbol == model.over else 'float'}"
        for symbol in model.arguments
    )
    kind = "Floats" if model.over else "float"
    lines = (
        f"def {model.name}({arguments}) -> {kind}:",
        f'    """{model.meaning}"""',
        f"    result: {kind} = {printer.doprint(exact).replace('numpy.', 'np.')}",
        "    return result",
    )
    return "\n".join(lines) + "\n"


def numeric() -> str:
    """Return the source of ``models_numeric.py``, not yet laid out."""
    return "\n\n".join([HEADER, *map(function, models.ALL)])


def formulas() -> str:
    """Return the formulas of all models as Markdown."""
    parts = [
        _list("In all models", (models.REDUCED,)),
        _list("Gouy–Chapman", models.GOUY_CHAPMAN),
        _list("Mott–Schottky", models.MOTT_SCHOTTKY),
        _list(
            "Site-limited",
            (*models.SITE_LIMITED, models.RESISTIVITY, *models.INTEGRALS),
        ),
    ]
    return "\n".join(parts)


def _list(heading: str, quantities: tuple[models.Model, ...]) -> str:
    lines = [f"### {heading}", ""]
    for each in quantities:
        lines += [each.meaning, "", "$$", each.latex, "$$", ""]
    return "\n".join(lines)


def with_formulas(page: str) -> str:
    """Return a page with what is between its markers replaced."""
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    return between.sub(lambda _: f"{BEGIN}\n\n{formulas()}\n{END}", page)


def same_code(one: str, other: str) -> bool:
    """Whether two sources are the same but for their layout."""
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


def main() -> int:
    """Write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    source, page = numeric(), PAGE.read_text(encoding="utf-8")
    if check:
        same = {
            NUMERIC: same_code(source, NUMERIC.read_text(encoding="utf-8")),
            PAGE: with_formulas(page) == page,
        }
        stale = [path.name for path in same if not same[path]]
        if stale:
            print(f"{' and '.join(stale)} must be written anew: run tools/generate.py.")
        return bool(stale)
    NUMERIC.write_text(source, encoding="utf-8", newline="\n")
    subprocess.run(["ruff", "format", "--quiet", str(NUMERIC)], check=True)
    PAGE.write_text(with_formulas(page), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
