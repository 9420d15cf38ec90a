"""How far the energies of a table may be off, row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kstab.chemistry.roles import Floats, Integers

if TYPE_CHECKING:  # needed only where bars are asked for
    from kstab.phases.error_model import ErrorModel


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Errors of the energies of a table with N rows.

    A row has the error that its correction scheme leaves in a phase of its kind, unless one is
    stated for it; what entropy and heat capacity add comes on top.

    Attributes:
        model: Returns the errors of the correction scheme; None where they are not known.
        stated: Error stated for a row, eV/atom, in place of what the scheme leaves over; nan for
            none; shape (N,).
        measured: Whether a row has a measured energy, which shares no error of the scheme;
            shape (N,).
        thermal: What entropy and heat capacity add, eV/atom; shape (N,).
    """

    model: "Callable[[], ErrorModel] | None"
    stated: Floats
    measured: NDArray[np.bool_]
    thermal: Floats

    @classmethod
    def of_scheme(cls, model: "Callable[[], ErrorModel] | None", rows: int) -> "Uncertainty":
        """Return that of computed enthalpies, none of them with an error of its own."""
        return cls(model, np.full(rows, np.nan), np.zeros(rows, dtype=bool), np.zeros(rows))

    def with_thermal(self, thermal: Floats, measured: Integers, sigma: Floats) -> "Uncertainty":
        """Return that of Gibbs energies.

        Args:
            thermal: What entropy and heat capacity add, eV/atom; shape (N,).
            measured: Rows whose energy is measured; shape (m,).
            sigma: Their errors, eV/atom; shape (m,).
        """
        stated, known, added = self.stated.copy(), self.measured.copy(), np.array(thermal)
        stated[measured], known[measured], added[measured] = sigma, True, 0.0
        return replace(self, stated=stated, measured=known, thermal=added)

    def take(self, rows: Integers) -> "Uncertainty":
        """Return that of some of the rows."""
        return replace(
            self, stated=self.stated[rows], measured=self.measured[rows], thermal=self.thermal[rows]
        )

    def describe(
        self, rows: Sequence[int], numbers: NDArray[np.uint8], amounts: NDArray[np.number]
    ) -> tuple[Floats, Floats]:
        """Return what the errors of some rows depend on.

        Args:
            rows: The rows.
            numbers: Atomic numbers of their elements, padded with 0; shape (n, k).
            amounts: Atoms of each of them per formula unit; shape (n, k).

        Returns:
            Features of the scheme per atom, shape (n, p), and the error of each phase alone,
            eV/atom, shape (n,).

        Raises:
            ValueError: The errors of the scheme are not known.
        """
        if self.model is None:
            raise ValueError("the errors of the scheme are not known")
        per_atom, own = self.model().describe(numbers, amounts)
        index = np.asarray(rows, dtype=np.int64)
        stated = self.stated[index]
        own = np.where(np.isnan(stated), own, stated)
        shared = np.where(self.measured[index, None], 0.0, per_atom)
        return shared, np.hypot(own, self.thermal[index])


def stacked(parts: Sequence[tuple[Uncertainty | None, int]]) -> Uncertainty | None:
    """Return the uncertainty of the rows of several tables, one after the other.

    Rows of a table of which nothing is known have the errors of a phase of their kind in the
    scheme of the first that has any; None where none has.

    Args:
        parts: Of each table its uncertainty, and its number of rows.

    >>> stacked([(None, 3)]) is None
    True
    """
    if not any(known for known, _ in parts):
        return None
    model = next((known.model for known, _ in parts if known and known.model), None)
    found = [known or Uncertainty.of_scheme(model, rows) for known, rows in parts]
    return Uncertainty(
        model,
        *(
            np.concatenate([getattr(each, name) for each in found])
            for name in ("stated", "measured", "thermal")
        ),
    )
