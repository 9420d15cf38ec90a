"""Compile ``constraints.txt``, or compare it with what the project asks for.

    python tools/compile_constraints.py [--check | --upgrade]

Runs ``uv pip compile`` over every pyproject.toml of the workspace with all extras.
Versions already in the file are kept unless ``--upgrade`` is given, so a check fails
only when the project's own requirements changed.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"


def main() -> int:
    """Compile, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="compare instead of writing")
    choice.add_argument("--upgrade", action="store_true", help="take the newest versions")
    arguments = parser.parse_args()
    compiled = compile_constraints(upgrade=arguments.upgrade)
    if arguments.check:
        fresh = CONSTRAINTS.exists() and CONSTRAINTS.read_text(encoding="utf-8") == compiled
        print("constraints.txt is up to date" if fresh else "constraints.txt is stale")
        return not fresh
    CONSTRAINTS.write_text(compiled, encoding="utf-8", newline="\n")
    return 0


def compile_constraints(*, upgrade: bool) -> str:
    """Return the pinned versions of everything the project may need, on every platform."""
    projects = ["pyproject.toml", *sorted(map(_relative, ROOT.glob("plugins/*/pyproject.toml")))]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "constraints.txt"
        if CONSTRAINTS.exists() and not upgrade:
            output.write_bytes(CONSTRAINTS.read_bytes())
        # Without annotations and header: they name paths and commands of this machine. Nor
        # kstab itself, which pip would refuse as a path in a file of constraints.
        command = [
            "uv", "pip", "compile", "--quiet", "--universal", "--all-extras", "--no-header",
            "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
            "--no-emit-package", "kstab",
            "--python-version", "3.11", "--output-file", str(output), *projects,
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return output.read_text(encoding="utf-8")


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main())
