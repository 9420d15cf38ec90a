"""Build the fast form of the embedded data set from its canonical text table.

    python tools/build_phase_data.py [--check]

Reads ``phase_data/mp-2019/phases.csv.gz``, checks every cell, computes each
phase's energy above the hull from the table's own energies, and writes
``phases.npz`` and ``datapackage.json`` beside it. The same input gives the same
bytes; ``--check`` writes nothing and fails if they differ from what is there.
"""

import argparse
import csv
import gzip
import hashlib
import io
import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kstab.base.texts import Texts
from kstab.chemistry.composition import Formula
from kstab.chemistry.elements import SYMBOLS
from kstab.phases.dilute import dilute_rows
from kstab.phases.hull import hull_energies
from kstab.phases.origin import DataSet, Origin
from kstab.phases.scheme import LEGACY
from kstab.phases.table import PhaseTable, element_masks, pack_compositions
from kstab.sources.columns import COLUMNS, CONFLICT, FLAG_NAMES, NAME, VERSION, DataColumn

FOLDER = Path(__file__).parents[1] / "phase_data" / NAME
Arrays = dict[str, NDArray[Any]]


class CheckError(Exception):
    """A cell of the canonical table that cannot be right."""


def main() -> int:
    """Build, then write or compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    files = build(gzip.decompress((FOLDER / "phases.csv.gz").read_bytes()))
    stale = [name for name, data in files.items() if not _same(FOLDER / name, data)]
    if check:
        print(f"differs: {', '.join(stale)}" if stale else "phase_data is as its table says")
        return bool(stale)
    for name in stale:
        (FOLDER / name).write_bytes(files[name])
        print(f"wrote {name}, {len(files[name]):,} bytes")
    return 0


def _same(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


def build(text: bytes) -> dict[str, bytes]:
    """Return the files made from the canonical text: name and bytes."""
    digest = hashlib.sha256(text).hexdigest()
    columns = read_columns(text.decode())
    arrays: Arrays = {}
    for column in COLUMNS:
        arrays |= encode(column, columns[column.name])
    formulas = [Formula.parse(name) for name in columns["formula"]]
    check_formulas(columns["formula"], formulas)
    arrays |= composition_arrays(formulas)
    arrays["flags"] = flags(columns, arrays)
    arrays["energy_above_hull"] = above_hull(columns["formula"], arrays, digest)
    arrays["digest"] = np.frombuffer(digest.encode(), dtype=np.uint8)
    fast = npz(arrays)
    package = datapackage(
        arrays, {"phases.csv.gz": digest, "phases.npz": hashlib.sha256(fast).hexdigest()}
    )
    return {"phases.npz": fast, "datapackage.json": package}


def read_columns(text: str) -> dict[str, list[str]]:
    """Split the text into columns; the header must be the one expected."""
    rows = csv.reader(io.StringIO(text), strict=True)
    header = next(rows)
    expected = [column.name for column in COLUMNS]
    if header != expected:
        raise CheckError(f"the header is {header}, not {expected}")
    body = list(rows)
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise CheckError(f"line {number} has {len(row)} cells, not {len(header)}")
    return dict(zip(header, map(list, zip(*body, strict=True)), strict=True))


def encode(column: DataColumn, cells: list[str]) -> Arrays:
    """Turn one column's cells into arrays, checking type and range."""
    if column.kind == "text":
        block, ends = Texts.pack(cells).arrays
        return {f"{column.name}.block": block, f"{column.name}.ends": ends}
    try:
        return {column.name: _numbers(column, cells)}
    except (ValueError, KeyError) as error:
        raise CheckError(f"column {column.name}: {error}") from error


def _numbers(column: DataColumn, cells: list[str]) -> NDArray[Any]:
    if column.kind == "category":
        codes = {name: code for code, name in enumerate(("", *column.categories))}
        return np.array([codes[cell] for cell in cells], dtype=np.uint8)
    numbers = [float(cell or "nan") for cell in cells]
    values = np.array(numbers)
    known = values[[bool(cell) for cell in cells]]
    if column.required and len(known) < len(values):
        raise CheckError(f"column {column.name}: a value is missing")
    if known.size and not (column.minimum <= known.min() and known.max() <= column.maximum):
        raise CheckError(f"column {column.name}: {known.min()} to {known.max()} is out of range")
    shortest = str if column.kind == "number" else "{:.0f}".format
    if any(cell and shortest(n) != cell for cell, n in zip(cells, numbers, strict=True)):
        raise CheckError(f"column {column.name}: a number is not in its shortest form")
    return values if column.kind == "number" else np.nan_to_num(values).astype(np.uint8)


def check_formulas(texts: list[str], formulas: list[Formula]) -> None:
    """Check order, uniqueness as compositions, whole amounts, and the elements' own rows."""
    if texts != sorted(texts):
        raise CheckError("the rows are not in order of their formulas")
    if len({formula.key for formula in formulas}) != len(formulas):
        raise CheckError("a composition occurs twice")
    for formula in formulas:
        if any(amount.denominator != 1 for _, amount in formula.amounts):
            raise CheckError(f"{formula} has amounts that are not whole")
    present = {symbol for formula in formulas for symbol in formula.elements}
    pure = {formula.elements[0] for formula in formulas if len(formula.elements) == 1}
    if present != pure:
        raise CheckError(f"no reference for {sorted(present - pure)}")


def composition_arrays(formulas: list[Formula]) -> Arrays:
    """Return the compositions as padded atomic numbers and amounts, and the element masks."""
    numbers, amounts = pack_compositions(formulas)
    masks = element_masks(numbers)
    return {"numbers": numbers, "amounts": amounts.astype(np.uint16), "masks": masks}


def flags(columns: dict[str, list[str]], arrays: Arrays) -> NDArray[np.uint8]:
    """Return the bit field of doubts about each row, in the order of FLAG_NAMES."""
    difference = np.abs(arrays["formation_energy_alternative"] - arrays["formation_energy"])
    doubts = {
        "conflicting_sources": difference > CONFLICT,
        "uncertain_id": np.array(
            [match in ("", "lowest_ehull_2018") for match in columns["id_match"]]
        ),
    }
    bits = [doubts[name].astype(np.uint8) << bit for bit, name in enumerate(FLAG_NAMES)]
    field: NDArray[np.uint8] = np.bitwise_or.reduce(bits)
    return field


def above_hull(formulas: list[str], arrays: Arrays, digest: str) -> NDArray[np.float64]:
    """Return each phase's energy above the hull of the whole table, eV/atom."""
    table = PhaseTable(
        origin=Origin((DataSet(NAME, VERSION, digest),), LEGACY),
        formulas=formulas,
        material_ids=formulas,
        energies=arrays["formation_energy"],
        above_hull=None,
        numbers=arrays["numbers"],
        amounts=arrays["amounts"],
        masks=arrays["masks"],
        flags=arrays["flags"],
    )
    return heights(table)


def heights(table: PhaseTable) -> NDArray[np.float64]:
    """Return energies above the hull of a whole table, eV/atom; nan for dilute solutions.

    These are above the hull of all others, among which they are not.
    """
    dilute = dilute_rows(table)
    rows = np.setdiff1d(np.arange(len(table)), dilute)
    others = replace(table, above_hull=None, removed=frozenset(dilute.tolist()))
    found = np.full(len(table), np.nan)
    # Nine decimals: well above rounding, well below the table's six, the same everywhere.
    height = np.round(table.energies[rows] - hull_energies(others, rows), 9)
    found[rows] = np.maximum(height, 0.0)
    return found


def npz(arrays: Arrays) -> bytes:
    """Write an uncompressed npz whose bytes depend on the arrays alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")
            member.create_system = 3  # the same on every platform
            data = io.BytesIO()
            np.lib.format.write_array(data, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(member, data.getvalue())
    return buffer.getvalue()


def datapackage(arrays: Arrays, digests: dict[str, str]) -> bytes:
    """Return the Frictionless description of the data set, with its checksums."""
    types = {"text": "string", "category": "string", "integer": "integer", "number": "number"}
    fields = [
        {
            "name": column.name,
            "type": types[column.kind],
            "description": column.description,
            **({"unit": column.unit} if column.unit else {}),
            **({"constraints": constraints} if (constraints := _constraints(column)) else {}),
        }
        for column in COLUMNS
    ]
    totals = np.bincount(arrays["numbers"].ravel(), weights=arrays["amounts"].ravel())
    package = {
        "profile": "tabular-data-package",
        "name": NAME,
        "version": VERSION,
        "title": "Formation energies and properties of 95,591 inorganic compositions",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "sources": [{"title": title, "path": f"https://doi.org/{doi}"} for title, doi in SOURCES],
        "resources": [
            {
                "name": "phases",
                "path": "phases.csv.gz",
                "format": "csv",
                "compression": "gz",
                "encoding": "utf-8",
                "schema": {"fields": fields, "primaryKey": "formula", "missingValues": [""]},
            }
        ],
        "kstab": {
            "sha256": {
                "phases.csv (uncompressed)": digests["phases.csv.gz"],
                "phases.npz": digests["phases.npz"],
            },
            "rows": len(arrays["numbers"]),
            "on_hull": int(np.count_nonzero(arrays["energy_above_hull"] <= 1e-6)),
            "flagged": {
                name: int(np.count_nonzero(arrays["flags"] >> bit & 1))
                for bit, name in enumerate(FLAG_NAMES)
            },
            "column_sums": {
                column.name: round(float(np.nansum(arrays[column.name])), 6)
                for column in COLUMNS
                if column.kind == "number"
            },
            "atoms": {SYMBOLS[z - 1]: int(totals[z]) for z in np.flatnonzero(totals).tolist()},
        },
    }
    return (json.dumps(package, indent=2, ensure_ascii=False) + "\n").encode()


def _constraints(column: DataColumn) -> dict[str, Any]:
    if column.kind == "text":
        return {"required": True, "unique": True} if column.required else {}
    if column.kind == "category":
        return {"enum": list(column.categories)}
    required = {"required": True} if column.required else {}
    return required | {"minimum": column.minimum, "maximum": column.maximum}


SOURCES = (
    ("Materials Project (Jain et al. 2013)", "10.1063/1.4812323"),
    ("Formation and decomposition energies (Bartel et al. 2020)", "10.1038/s41524-020-00362-y"),
    ("Matbench (Dunn et al. 2020)", "10.1038/s41524-020-00406-3"),
    ("MP2020 corrections (Wang et al. 2021)", "10.1038/s41598-021-94550-5"),
    ("OQMD volumes (Kirklin et al. 2015)", "10.1038/npjcompumats.2015.10"),
    ("Dielectric tensors (Petousis et al. 2017)", "10.1038/sdata.2016.134"),
    ("Dielectric tensors (Petretto et al. 2018)", "10.1038/sdata.2018.65"),
)

if __name__ == "__main__":
    sys.exit(main())
