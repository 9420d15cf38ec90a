"""Phases from runs of VASP, through pymatgen."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from kstab.base.safe_text import printable
from kstab.chemistry.composition import Formula
from kstab.errors import DataError, FormulaError
from kstab.sources.importing import bounded
from kstab.sources.importing.records import (
    MOST_SITES,
    Candidate,
    CrystalCell,
    Location,
    Records,
    Rejected,
    Run,
)

if TYPE_CHECKING:
    from pymatgen.io.vasp.outputs import Vasprun

NAMES: Final = ("vasprun.xml", "vasprun.xml.gz")
"""What runs are called in a folder; others there are not looked at."""

_MOST: Final = 10_000  # runs in a folder
_MATERIALS_PROJECT_CUTOFF: Final = 520.0  # eV


def within(folder: Path) -> list[Path]:
    """Return the runs in a folder and the folders in it, sorted; links are not followed.

    Raises:
        DataError: There is none, there are too many, or a folder cannot be read.
    """
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        raise DataError(str(error.filename), f"it cannot be read ({error.strerror})") from error

    for place, folders, files in os.walk(folder, onerror=unreadable):
        folders.sort()
        runs = (Path(place, name) for name in NAMES if name in files)
        found += [run for run in runs if not run.is_symlink()]
        if len(found) > _MOST:
            raise DataError(str(folder), f"it holds more than {_MOST} runs", "Import parts of it.")
    if not found:
        raise DataError(str(folder), f"there is no {' or '.join(NAMES)} in it", "Name the files.")
    return found


def read_run(path: Path, shown: str) -> Records:
    """Yield the phase of a run.

    Args:
        path: Its ``vasprun.xml``, compressed with gzip or not.
        shown: What messages call it.
    """
    origin = Location(shown)
    try:
        with tempfile.TemporaryDirectory(prefix="kstab-") as folder:
            plain = Path(folder) / "vasprun.xml"
            with plain.open("wb") as stream:
                for piece in bounded.pieces(path, bounded.RUN):
                    stream.write(piece)
            check(plain)
            yield _phase(_vasprun(plain), origin)
    except DataError as error:
        yield Rejected(origin, "", f"{error.reason}")
    except (ValueError, FormulaError) as error:
        yield Rejected(origin, "", printable(str(error)[:300]))


def check(path: Path) -> None:
    """Go on only if XML begins as a run does, and defines no entities.

    What follows the first element can define none, so that no more needs to be read.

    Raises:
        ValueError: It is no XML, no run, or has a document type.
    """
    parser = expat.ParserCreate()
    elements: list[str] = []

    def refuse(*_: object) -> None:
        raise ValueError("it has a document type (DTD), which no run has and which is not read")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _: elements.append(name)
    try:
        with path.open("rb") as stream:
            while not elements and (piece := stream.read(4096)):
                parser.Parse(piece)
    except (expat.ExpatError, LookupError) as error:  # the latter of an unknown encoding
        raise ValueError(f"it is no XML ({error})") from error
    if elements[:1] != ["modeling"]:
        raise ValueError("it is no vasprun.xml")


def _vasprun(path: Path) -> "Vasprun":
    """The run as pymatgen reads it; what it fails with is one kind of error."""
    from pymatgen.io.vasp.outputs import Vasprun

    with warnings.catch_warnings(action="ignore"):  # each of its doubts is a refusal below
        try:
            return Vasprun(str(path), parse_dos=False, parse_eigen=True, parse_potcar_file=False)
        except Exception as error:  # it has no error of its own for a damaged file
            reason = str(error).replace(str(path), "it").partition("\n")[0]
            raise ValueError(
                f"pymatgen cannot read it ({type(error).__name__}: {reason}); is the run complete?"
            ) from error


def _phase(run: "Vasprun", origin: Location) -> Candidate:
    """The phase of a run; a ValueError if its energy is not that of a phase at rest."""
    with warnings.catch_warnings(action="ignore"):
        try:
            _check_finished(run)
            energy = float(run.final_energy)
            structure: Any = run.final_structure
            if len(structure) > MOST_SITES:
                raise ValueError(f"it has {len(structure)} sites, more than {MOST_SITES}")
            described, gap = _run(run, structure), _gap(run)
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(
                f"something in it is missing ({type(error).__name__}: {error})"
            ) from error
    formula = Formula.of({str(e): n for e, n in structure.composition.get_el_amt_dict().items()})
    volume = float(structure.volume) / len(structure)
    return Candidate(
        origin,
        formula,
        energy / formula.atoms,
        "total",
        correction=0.0,
        extras={"volume": volume} | ({} if gap is None else {"band_gap": gap}),
        audit=tuple(_remarks(run, described)),
        run=described,
    )


def _check_finished(run: "Vasprun") -> None:
    parameters: Any = run.parameters
    if parameters.get("IBRION") == 0 and parameters.get("NSW", 0) > 1:
        raise ValueError("it is molecular dynamics, whose energy is that of no phase at rest")
    if not run.ionic_steps:
        raise ValueError("it has no energies")
    if not run.converged_electronic:
        raise ValueError("its electrons did not converge (NELM reached)")
    if not run.converged_ionic:
        raise ValueError("its relaxation did not converge (NSW reached)")


def _run(run: "Vasprun", structure: Any) -> Run:
    return Run(
        run_type=printable(str(run.run_type)),
        hubbards={str(name): float(value) for name, value in run.hubbards.items()},
        potcars=tuple(printable(str(title)) for title in run.potcar_symbols),
        cell=CrystalCell(
            tuple(tuple(map(float, row)) for row in structure.lattice.matrix),
            tuple(str(site.specie.symbol) for site in structure),
            tuple(tuple(map(float, row)) for row in structure.frac_coords),
        ),
    )


def _gap(run: "Vasprun") -> float | None:
    """Band gap, eV; None where the run has no bands."""
    try:
        gap = float(run.eigenvalue_band_properties[0])
    except Exception:  # a run without bands has an energy all the same
        return None
    return gap if 0.0 <= gap < 50.0 else None


def _remarks(run: "Vasprun", described: Run) -> Iterator[str]:
    yield f"VASP {printable(str(run.vasp_version).strip())}, {described.run_type}"
    yield f"POTCARs {', '.join(described.potcars)}"
    cutoff = run.parameters.get("ENMAX") or run.incar.get("ENCUT")
    if cutoff and abs(float(cutoff) - _MATERIALS_PROJECT_CUTOFF) > 1.0:
        yield (
            f"cutoff {float(cutoff):g} eV, where the Materials Project has "
            f"{_MATERIALS_PROJECT_CUTOFF:g} eV"
        )
