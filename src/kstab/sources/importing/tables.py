"""Phases from a CSV table."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kstab.base.safe_text import printable, uncell
from kstab.chemistry.composition import Formula
from kstab.chemistry.formula_text import other_readings
from kstab.errors import DataError, FormulaError
from kstab.sources.importing import bounded, headers
from kstab.sources.importing.records import Candidate, Energies, Location, Records, Rejected

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_MINUS: Final = str.maketrans("−–", "--")  # as papers print it
_DELIMITERS: Final = ",;\t"


def read_table(path: Path, energies: Energies | None = None) -> Records:
    """Yield the phases of a table; lines that begin with # are comments.

    Args:
        path: The file, compressed with gzip or not.
        energies: What energies are counted from where the header says just ``energy``.

    Raises:
        DataError: The file cannot be read, is no text, or its header is not understood.
    """
    lines = _lines(path)
    _, names = next(lines, (0, None))
    if names is None:
        raise DataError(path.name, "it is empty", headers.ACCEPTED)
    columns = headers.read_headers(names, energies, path.name)
    for line, cells in lines:
        yield _row(cells, columns, len(names), Location(path.name, f"line {line}"))


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that holds anything, the header first."""
    raw = bounded.content(path, bounded.TABLE)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(path.name, f"it is no text in UTF-8 ({error})", "Save it as CSV UTF-8."
                        ) from error  # fmt: skip
    first = next(filter(_told, io.StringIO(text)), "")
    delimiter = max(_DELIMITERS, key=first.count)
    lines = _Lines(text, delimiter, path.name)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for cells in reader:
            lines.cells = 0
            if _told("".join(cells)):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise DataError(path.name, f"line {reader.line_num} is no CSV ({error})") from error


@dataclass
class _Lines:
    """The lines of a table, of which no row can have more cells than a limit."""

    text: str
    delimiter: str
    file: str
    cells: int = 0  # at most, of a row so far; a quoted one goes over several lines

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(io.StringIO(self.text, newline=""), start=1):
            self.cells += line.count(self.delimiter)
            if number > bounded.LINES:
                reason = f"it holds more than {bounded.LINES:,} lines"
                raise DataError(self.file, reason, "Split it.")
            if self.cells >= bounded.CELLS:
                reason = f"line {number} has more than {bounded.CELLS:,} cells"
                remedy = "Check the quotes, or leave out columns that are not read."
                raise DataError(self.file, reason, remedy)
            yield line


def _told(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _row(
    cells: Sequence[str], columns: headers.Columns, width: int, origin: Location
) -> Candidate | Rejected:
    """The phase of a line."""
    named = cells[columns.formula] if columns.formula < len(cells) else ""
    try:
        if len(cells) != width:
            raise ValueError(f"it has {len(cells)} cells where the header has {width}")
        formula = Formula.parse(named)
        energy = _number(cells[columns.energy], "energy")
        extras = _extras(cells, columns, formula)
    except (ValueError, FormulaError) as error:
        reason = _why(error) if isinstance(error, FormulaError) else str(error)
        return Rejected(origin, printable(named[:60]), reason)
    identifier = "" if columns.identifier is None else uncell(cells[columns.identifier])
    return Candidate(
        origin,
        formula,
        energy * columns.unit.factor / _atoms(columns.unit, formula),
        columns.energies,
        printable(identifier),
        extras=extras,
        audit=(_taken(energy, columns),),
    )


def _why(error: FormulaError) -> str:
    meant = error.suggestions or other_readings(error.text)[:1]
    return f"{error.reason}; did you mean {meant[0]}?" if meant else error.reason


def _taken(energy: float, columns: headers.Columns) -> str:
    as_written = " as written" if columns.unit.per == "formula unit" else ""
    return f"{columns.energies} energy read as {energy:g} {columns.unit.name}{as_written}"


def _extras(cells: Sequence[str], columns: headers.Columns, formula: Formula) -> dict[str, float]:
    """Volume per atom and band gap, where they are given."""
    found = {}
    if columns.volume and cells[columns.volume[0]]:
        place, unit = columns.volume
        volume = _number(cells[place], "volume") * unit.factor / _atoms(unit, formula)
        if not 1.0 < volume < 1000.0:
            raise ValueError(f"the volume is {volume:g} Å³/atom, which no solid has")
        found["volume"] = volume
    if columns.band_gap is not None and cells[columns.band_gap]:
        gap = _number(cells[columns.band_gap], "band gap")
        if not 0.0 <= gap < 50.0:
            raise ValueError(f"the band gap is {gap:g} eV, which no solid has")
        found["band_gap"] = gap
    return found


def _atoms(unit: headers.Unit, formula: Formula) -> float:
    return formula.atoms if unit.per == "formula unit" else 1.0


def _number(text: str, what: str) -> float:
    plain = text.translate(_MINUS)
    if not text:
        raise ValueError(f"the {what} is missing")
    if not _NUMBER.fullmatch(plain):
        hint = "; write a decimal point" if re.fullmatch(r"-?\d+,\d+", plain) else ""
        raise ValueError(f"the {what} {printable(text[:40])!r} is not a number{hint}")
    return float(plain)
