"""Raw energies in one scheme: MP2020 through pymatgen, or as they are, with an audit of each.

MP2020: A. Wang et al., Sci. Rep. 11, 15496 (2021), DOI 10.1038/s41598-021-94550-5.
"""

import re
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kstab.base.safe_text import printable
from kstab.phases.scheme import AS_GIVEN, MP2020, Scheme
from kstab.sources.importing.records import Candidate, Rejected, Run, refused

if TYPE_CHECKING:
    from pymatgen.entries.computed_entries import ComputedEntry

_PBE: Final = {"PBE": "GGA", "PBE+U": "GGA+U"}
"""What pymatgen calls PBE where the run names it, which is what others leave to the POTCARs."""

_PBE_POTCARS: Final = ("PAW_PBE", "PBE")
_CARRIED: Final = "MP2020 "  # what the names of the corrections of MP2020 begin with


def in_scheme(candidate: Candidate, scheme: Scheme) -> Candidate | Rejected:
    """Return a phase with its energy in a scheme, and what was done in its audit.

    Args:
        candidate: As it was read. One of which no run is known is taken as it is.
        scheme: ``mp2020``: raw energies of runs are corrected anew; energies that carry its
            corrections and no structure, which would say of which kind its oxygen and sulfur
            are, keep them; those of which the run is not known must carry them. Any other:
            energies are taken with the corrections they carry.
    """
    if candidate.run is None:
        if scheme == AS_GIVEN:
            return candidate
        return replace(candidate, audit=(*candidate.audit, f"said to be in scheme {scheme}"))
    try:
        corrected = _mp2020 if scheme == MP2020 else _kept
        return corrected(candidate, candidate.run, scheme)
    except ValueError as error:
        return refused(candidate, printable(str(error)))


def _kept(candidate: Candidate, run: Run, scheme: Scheme) -> Candidate:
    """The phase with the corrections it carries; a ValueError where it has U and none for that."""
    if scheme == AS_GIVEN and not candidate.correction and any(run.hubbards.values()):
        names = ", ".join(symbol for symbol, value in run.hubbards.items() if value)
        raise ValueError(
            f"it was computed with U on {names} and carries no correction, so it cannot be "
            f"compared with elements computed without; correct it, as --scheme {MP2020} does"
        )
    return replace(candidate, audit=(*candidate.audit, _carried(candidate, run, "kept")))


def _carried(candidate: Candidate, run: Run, done: str) -> str:
    if not candidate.correction:
        return "carried no corrections"
    names = ", ".join(dict.fromkeys(run.adjustments))
    return f"carried {candidate.correction:+.4f} eV/atom ({names}), {done}"


def _mp2020(candidate: Candidate, run: Run, _: Scheme) -> Candidate:
    """The phase with MP2020 corrections alone; a ValueError if its run is none they are for."""
    served = bool(run.adjustments) and all(each.startswith(_CARRIED) for each in run.adjustments)
    if not run.run_type and served:
        return _kept(candidate, run, MP2020)
    if not run.run_type:
        raise ValueError(
            "it does not say how it was run (run_type, potcar_symbols, hubbards), which MP2020 "
            f"asks for; --scheme {AS_GIVEN} takes energies as they are"
        )
    run, audit = _checked(run)
    if run.cell is None and served:  # with a structure or without, it was corrected before
        line = _carried(candidate, run, "kept: no structure says how to correct it anew")
        return replace(candidate, audit=(*candidate.audit, *audit, line))
    raw = candidate.energy - (candidate.correction or 0.0)
    entry = _entry(candidate, run)
    adjustments, remarks = _adjustments(entry)
    atoms = candidate.formula.atoms
    added = sum(value for _, value in adjustments) / atoms
    lines = [f"{name}: {value / atoms:+.4f} eV/atom" for name, value in adjustments]
    return replace(
        candidate,
        energy=raw + added,
        correction=added,
        audit=(
            *candidate.audit,
            *audit,
            *([_carried(candidate, run, "replaced")] if candidate.correction else []),
            *(lines or ["MP2020 adds nothing"]),
            *remarks,
            *_guessed(candidate, run),
        ),
    )


def _guessed(candidate: Candidate, run: Run) -> list[str]:
    """What MP2020 takes for granted of sulfur, of which pymatgen itself says nothing."""
    symbols = candidate.formula.elements
    if "S" not in symbols or len(symbols) == 1 or run.cell or run.sulfide_type:
        return []
    return ["no structure or sulfide_type says what its sulfur is: guessed to be sulfide"]


def _checked(run: Run) -> tuple[Run, list[str]]:
    """The run as MP2020 knows it, and what was taken for what."""
    foreign = [title for title in run.potcars if title.split(" ")[0] not in _PBE_POTCARS]
    if foreign:
        raise ValueError(f"its pseudopotentials are not of PBE: {', '.join(foreign)}")
    known = _PBE.get(run.run_type, run.run_type)
    if known not in _PBE.values():
        raise ValueError(
            f"its run type {run.run_type} is none that MP2020 corrects ({', '.join(_PBE.values())})"
            f"; --scheme {AS_GIVEN} takes runs of one functional as they are"
        )
    if known == run.run_type:
        return run, []
    return replace(run, run_type=known), [f"{run.run_type} with PBE POTCARs taken as {known}"]


def _entry(candidate: Candidate, run: Run) -> "ComputedEntry":
    """A pymatgen entry, made of nothing but numbers and names."""
    from pymatgen.core import Lattice, Structure
    from pymatgen.entries.computed_entries import ComputedEntry, ComputedStructureEntry

    parameters: dict[str, Any] = {
        "run_type": run.run_type,
        "hubbards": dict(run.hubbards),
        "potcar_symbols": list(run.potcars),
    }
    data: dict[str, Any] = {
        name: value
        for name in ("oxide_type", "sulfide_type", "oxidation_states")
        if (value := getattr(run, name))
    }
    amounts = {symbol: float(amount) for symbol, amount in candidate.formula.amounts}
    if run.cell is None:
        return ComputedEntry(amounts, 0.0, parameters=parameters, data=data)
    structure = Structure(
        Lattice(run.cell.lattice), list(run.cell.species), list(run.cell.positions)
    )
    return ComputedStructureEntry(
        structure, 0.0, composition=amounts, parameters=parameters, data=data
    )


def _adjustments(entry: "ComputedEntry") -> tuple[list[tuple[str, float]], list[str]]:
    """Names and values, eV, of what MP2020 adds to an entry, and its doubts."""
    from pymatgen.entries.compatibility import CompatibilityError, MaterialsProject2020Compatibility

    with warnings.catch_warnings(record=True, action="always") as doubts:
        try:
            found = MaterialsProject2020Compatibility().get_adjustments(entry)
        except CompatibilityError as error:
            raise ValueError(f"MP2020 does not fit: {_short(error)}") from error
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(
                f"MP2020 asks for what is not stated ({type(error).__name__}: {_short(error)})"
            ) from error
    own = (
        doubt.message
        for doubt in doubts  # others are of what pymatgen itself uses
        if doubt.category is UserWarning and "uncertainties" not in Path(doubt.filename).parts
    )
    remarks = list(dict.fromkeys(map(_short, own)))
    return [(printable(each.name), float(each.value)) for each in found], remarks


def _short(error: object) -> str:
    """A message without the entry that pymatgen puts into some, and with its sets in order."""
    text = str(error).split(" for {")[0].replace("Entry None ", "").strip()
    ordered = re.sub(r"\{([^}]*)\}", lambda found: ", ".join(sorted(found[1].split(", "))), text)
    return printable(ordered.replace("'", "")[:240])


def functional_of(candidates: Iterable[Candidate]) -> str:
    """Return the functional of most phases, of two with as many the first; empty if unknown."""
    counts = Counter(name for name in map(_functional, candidates) if name)
    return max(counts, key=counts.__getitem__, default="")


def of_functional(candidate: Candidate, functional: str) -> Candidate | Rejected:
    """Return a phase, or refuse it where it was computed with another functional."""
    name = _functional(candidate)
    if not name or not functional or name == functional:
        return candidate
    return refused(
        candidate,
        f"it was computed with {name} and the others with {functional}; energies of two "
        "functionals cannot be compared",
    )


def _functional(candidate: Candidate) -> str:
    name = candidate.run.run_type if candidate.run else ""
    return _PBE.get(name, name).removesuffix("+U")
