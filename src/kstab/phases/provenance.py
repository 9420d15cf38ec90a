"""Where a result comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from kstab.base.written import Written
from kstab.chemistry.conditions import GasPressure
from kstab.phases.scheme import MEASURED
from kstab.phases.table import PhaseTable
from kstab.version import __version__


@dataclass(frozen=True, eq=False, slots=True)
class Provenance(Written):
    """Where a result comes from: everything needed to reproduce it.

    Attributes:
        kstab_version: Version of kstab.
        dataset: Name of the data set.
        dataset_version: Its version.
        dataset_sha256: Digest of its canonical table; empty for own entries.
        scheme: Correction scheme of the energies.
        changes: What was done to the data set, in words.
        temperature: K; None for enthalpies.
        gases: Partial pressures given; other gases are at 1 bar.
        energies: What the energies are: ``Gibbs energies`` at the temperature, or ``enthalpies``,
            without entropy and pressure.
    """

    kstab_version: str
    dataset: str
    dataset_version: str
    dataset_sha256: str
    scheme: str
    changes: tuple[str, ...]
    temperature: float | None = None
    gases: tuple[GasPressure, ...] = ()
    energies: Literal["Gibbs energies", "enthalpies"] = "enthalpies"

    added: ClassVar[Mapping[str, Any]] = {
        "energies": lambda known: (
            "Gibbs energies"
            if known["temperature"] or known["scheme"] == MEASURED.name
            else "enthalpies"
        )
    }

    @property
    def conditions(self) -> str:
        """What the energies are, with temperature and pressures, in words.

        >>> import kstab
        >>> kstab.window("K2O", gas="O2=0.21", compare=False).provenance.conditions
        'Gibbs energies at 298.15 K, O2 at 0.21 bar, other gases at 1 bar'
        >>> kstab.window("K2O", temperature="none", compare=False).provenance.conditions
        'enthalpies, without entropy and pressure'
        """
        if self.temperature is None:  # in version 0.1 measured Gibbs energies had none
            without = ", without entropy and pressure" if self.energies == "enthalpies" else ""
            return f"{self.energies}{without}"
        given = [f"{gas.gas} at {gas.pressure:g} bar" for gas in self.gases]
        others = "other gases at 1 bar" if given else "gases at 1 bar"
        return ", ".join([f"{self.energies} at {self.temperature:g} K", *given, others])

    @property
    def data(self) -> str:
        """The data set with its version, or each of several."""
        names, versions = self.dataset.split(" + "), self.dataset_version.split(" + ")
        if len(names) != len(versions):
            return f"{self.dataset} {self.dataset_version}".rstrip()
        pairs = zip(names, versions, strict=True)
        return " + ".join(f"{name} {version}".rstrip() for name, version in pairs)

    @property
    def origin(self) -> str:
        """Data set, scheme, conditions and changes in a few words, for figures and notebooks."""
        return ", ".join([self.data, f"scheme {self.scheme}", self.conditions, *self.changes])


def provenance(table: PhaseTable) -> Provenance:
    """Return the origin of every result computed from a table."""
    return Provenance(
        kstab_version=__version__,
        dataset=table.origin.name,
        dataset_version=table.origin.version,
        dataset_sha256=table.origin.digest,
        scheme=table.scheme.name,
        changes=table.changes,
        temperature=table.conditions.temperature if table.conditions else None,
        gases=table.conditions.gases if table.conditions else (),
        energies="Gibbs energies" if table.conditions else "enthalpies",
    )
