"""Freeze the phase changes of elements.

    python tools/freeze_elements.py [--check]

Needs the package ``chemicals``. Writes ``phase_changes.csv`` (melting and boiling points and heats
of fusion of the elements, CRC Handbook) into ``phase_data/experiment``. The same input gives the
same bytes; ``--check`` writes nothing and fails if they differ from what is there.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from freeze_experiment import FOLDER, _read, _same, _table, number
from kstab.chemistry.composition import Formula
from kstab.chemistry.conditions import HOTTEST

# Their heats of fusion or melting points in the tables are those of another form than the one
# formation energies count from, or they sublime at 1 bar.
UNSUITABLE = frozenset({"P", "As", "C"})


def main() -> int:
    """Freeze, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    files = freeze()
    stale = [name for name, text in files.items() if not _same(FOLDER / name, text)]
    if check:
        print(f"differs: {', '.join(stale)}" if stale else "the elements are as their source")
        return bool(stale)
    for name in stale:
        (FOLDER / name).write_text(files[name], encoding="utf-8", newline="\n")
        print(f"wrote {name}, {files[name].count(chr(10)) - 1} rows")
    return 0


def freeze() -> dict[str, str]:
    """Return the files made from the tables: name and text."""
    import chemicals

    folder = Path(chemicals.__file__).parent
    columns = "formula cas melting_K fusion_kJ_mol boiling_K".split()
    return {"phase_changes.csv": _table(columns, phase_changes(folder))}


def phase_changes(folder: Path) -> Iterator[list[str]]:
    """Yield what is known of the melting and boiling of each element that is solid at 298 K."""
    physical = folder / "Misc/Physical Constants of Inorganic Compounds.csv"
    constants = {row["CAS"]: row for row in _read(physical)}
    fusion = {
        row["CAS"]: float(row["Hfus"]) / 1000
        for row in _read(folder / "Phase Change/CRC Handbook Heat of Fusion.tsv")
        if row["Hfus"]
    }
    with (FOLDER / "solids.csv").open(encoding="utf-8", newline="") as stream:
        solids = list(csv.DictReader(stream))
    for solid in solids:
        formula, cas = Formula.parse(solid["formula"]), solid["cas"]
        found = constants.get(cas, {})
        if len(formula.elements) > 1 or formula.text in UNSUITABLE or not found.get("Tm"):
            continue
        melting, boiling = float(found["Tm"]), found["Tb"]
        if cas in fusion and melting <= HOTTEST:
            cells = (melting, fusion[cas], float(boiling) if boiling else None)
            yield [formula.text, cas, *map(number, cells)]


if __name__ == "__main__":
    sys.exit(main())
