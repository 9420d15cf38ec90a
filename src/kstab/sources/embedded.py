"""The data set inside kstab, in its fast form: plain arrays in an uncompressed npz.

Built from the canonical text table by ``tools/build_phase_data.py``. Only the
arrays an equilibrium needs are read at the start; the rest when asked for.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kstab.base.texts import Texts
from kstab.chemistry.conditions import ROOM, Conditions
from kstab.errors import DataError, RequestError
from kstab.phases.origin import DataSet, Origin
from kstab.phases.scheme import KSTAB, Scheme
from kstab.phases.table import LateColumns, PhaseTable
from kstab.phases.uncertainty import Uncertainty
from kstab.sources.columns import COLUMNS, FAR_FROM_KNOWN, FLAG_NAMES, NAME, SCHEMES, VERSION

if TYPE_CHECKING:  # only error bars need it
    from kstab.phases.error_model import ErrorModel

THERMAL: Final = "thermal.npz"
"""The file with the entropies of all phases."""

_ENERGIES: Final = ("formation_energy", "energy_above_hull")

GIBBS: Final = (
    *_ENERGIES, "correction", "fluid_rows", "fluid_is_gas", "measured_rows", "measured_sigma"
)  # fmt: skip
"""Arrays of a file with Gibbs energies at 298.15 K and 1 bar."""

FORMS: Final = ("liquid", "gas")
"""What ``fluid_is_gas`` means."""

_HEAT: Final = ("entropy", "entropy_sigma")


def folder() -> Path:
    """Return the folder of the embedded data: in the wheel, or in the checkout.

    Raises:
        DataError: It is in neither place.
    """
    package = Path(__file__).parents[1]
    for place in (package / "phase_data", package.parents[1] / "phase_data"):
        if (place / NAME).is_dir():
            return place / NAME
    raise DataError(
        str(package / "phase_data"),
        "the embedded data set is missing",
        "Install kstab again; its wheel carries the data.",
    )


@cache
def load(name: str = SCHEMES[0].name) -> PhaseTable:
    """Return the embedded table of enthalpies in the correction scheme of a name.

    Raises:
        RequestError: There is no such scheme.
        DataError: The file is missing or damaged.

    >>> table = load()
    >>> len(table), table.name, table.scheme.name
    (95591, 'mp-2019', 'kstab')
    """
    scheme = _named(name)
    energies, heights = read_arrays(*_ENERGIES, file=_file(scheme)).values()
    published = energies if scheme.published else read_arrays(_ENERGIES[0])[_ENERGIES[0]]
    return _in(
        scheme,
        energies=energies,
        above_hull=heights,
        corrections=energies - published,
        uncertainty=_errors(scheme, len(energies)),
        room=partial(at_room, name),
    )


@cache
def at_room(name: str = SCHEMES[0].name) -> PhaseTable:
    """Return the embedded table of Gibbs energies at 298.15 K and 1 bar, made beforehand.

    Raises:
        RequestError, DataError: As :func:`load`.

    >>> at_room("legacy").conditions.temperature
    298.15
    """
    scheme = _named(name)
    arrays = read_arrays(*GIBBS, file=f"gibbs-{scheme}.npz")
    energies, heights, corrections, rows, is_gas, measured, sigma = arrays.values()
    known = _errors(scheme, len(energies))
    table = _in(
        scheme,
        energies=energies,
        above_hull=heights,
        corrections=corrections,
        uncertainty=known and known.with_thermal(ROOM * _further("entropy_sigma"), measured, sigma),
        fluids={row: FORMS[gas] for row, gas in zip(rows.tolist(), is_gas.tolist(), strict=True)},
    )
    return replace(table, origin=replace(table.origin, conditions=Conditions()))


def _named(name: str) -> Scheme:
    scheme = next((each for each in SCHEMES if each.name == name), None)
    if scheme is None:
        raise RequestError(
            f"{name!r} is not a correction scheme of {NAME}.",
            f"Choose one of: {', '.join(map(str, SCHEMES))}.",
        )
    return scheme


def _file(scheme: Scheme) -> str:
    return "phases.npz" if scheme.published else f"scheme-{scheme}.npz"


def _errors(scheme: Scheme, rows: int) -> Uncertainty | None:
    return Uncertainty.of_scheme(error_model, rows) if scheme.fitted else None


def _in(scheme: Scheme, **columns: Any) -> PhaseTable:
    """The table in a scheme, with the columns that depend on it."""
    phases = _phases()
    flags: NDArray[np.uint8] = phases["flags"]
    names: tuple[str, ...] = FLAG_NAMES
    if scheme.estimated:
        flags, names = flags.copy(), (*FLAG_NAMES, FAR_FROM_KNOWN)
        far = read_arrays(FAR_FROM_KNOWN, file=_file(scheme))[FAR_FROM_KNOWN]
        flags[far] |= 1 << len(FLAG_NAMES)
    return PhaseTable(
        origin=Origin((DataSet(NAME, VERSION, phases["digest"].tobytes().decode()),), scheme),
        formulas=Texts(phases["formula.block"].tobytes(), phases["formula.ends"]),
        material_ids=Texts(phases["material_id.block"].tobytes(), phases["material_id.ends"]),
        numbers=phases["numbers"],
        amounts=phases["amounts"],
        masks=phases["masks"],
        flags=flags,
        flag_names=names,
        extras=LateColumns(
            (*(each.name for each in COLUMNS if each.kind != "text"), *_HEAT), _further
        ),
        **columns,
    )


@cache
def _phases() -> dict[str, NDArray[Any]]:
    """What all schemes share."""
    return read_arrays(
        "numbers", "amounts", "masks", "flags", "digest",
        *(f"{name}.{part}" for name in ("formula", "material_id") for part in ("block", "ends")),
    )  # fmt: skip


@cache
def error_model() -> "ErrorModel":
    """The error bars of the scheme that was fitted to measurements."""
    from kstab.chemistry.elements import SYMBOLS
    from kstab.phases.error_model import ErrorModel

    names = ("pairs", "parameter_sigma", "parameter_correlation", "leftover")
    arrays = read_arrays(*names, file=_file(KSTAB))
    pairs = ((SYMBOLS[metal - 1], SYMBOLS[anion - 1]) for metal, anion in arrays["pairs"].tolist())
    return ErrorModel(tuple(pairs), *(arrays[name] for name in names[1:]))


def added(scheme: Scheme, numbers: ArrayLike, amounts: ArrayLike) -> NDArray[np.float64]:
    """Return what a scheme adds to published energies of compositions, eV/atom; shape (n,).

    With it an energy of one scheme is turned into one of another.

    Args:
        scheme: A scheme of the embedded table.
        numbers: Atomic numbers of each phase's elements, padded with 0; shape (n, k).
        amounts: Atoms of each of them per formula unit; shape (n, k).

    Raises:
        RequestError: The scheme is not one of them.

    >>> from kstab.phases.scheme import LEGACY
    >>> added(KSTAB, [[19, 35]], [[1, 1]]).round(1)
    array([-0.3])
    >>> added(LEGACY, [[19, 35]], [[1, 1]])
    array([0.])
    """
    from kstab.phases.corrections import fitted, shift_features

    if scheme not in SCHEMES:
        raise RequestError(
            f"{scheme.name!r} is not a correction scheme of {NAME}.",
            f"Choose one of: {', '.join(map(str, SCHEMES))}.",
        )
    if scheme.fitted:
        parameters = read_arrays("parameter", file=_file(scheme))["parameter"]
        return fitted(numbers, amounts, error_model().pairs, parameters)
    if scheme.estimated:
        shifts = read_arrays("shift", file=_file(scheme))["shift"]
        return shift_features(numbers, amounts) @ np.asarray(shifts, dtype=np.float64)
    return np.zeros(len(np.asarray(numbers)))


def _further(name: str) -> NDArray[Any]:
    """A column no equilibrium needs."""
    if name in _HEAT:
        return read_arrays(name, file=THERMAL)[name]
    column = read_arrays(name)[name]
    categories = next(each.categories for each in COLUMNS if each.name == name)
    return np.array(("", *categories))[column] if categories else column


def read_arrays(*names: str, file: str = "phases.npz") -> dict[str, NDArray[Any]]:
    """Read arrays of the fast form, or of another file of the data set, by name.

    Raises:
        DataError: The file is missing, damaged, or lacks one of them.
    """
    path = folder() / file
    try:
        # numpy leaves the file open if it is damaged and opened by name.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DataError(
            str(path),
            f"the embedded data cannot be read ({error})",
            "Install kstab again, or rebuild it with tools/build_phase_data.py.",
        ) from error


def cells() -> Iterator[list[str]]:
    """Yield the canonical table as text: a header, then one row of cells a phase."""
    yield [column.name for column in COLUMNS]
    columns = []
    for column in COLUMNS:
        if column.kind == "text":
            block, ends = read_arrays(f"{column.name}.block", f"{column.name}.ends").values()
            columns.append(list(Texts(block.tobytes(), ends.astype(np.int64))))
            continue
        values = read_arrays(column.name)[column.name].tolist()
        if column.kind == "category":
            columns.append([("", *column.categories)[code] for code in values])
        elif column.kind == "integer":
            columns.append([str(value) if value else "" for value in values])
        else:
            columns.append(["" if value != value else repr(value) for value in values])
    yield from map(list, zip(*columns, strict=True))
