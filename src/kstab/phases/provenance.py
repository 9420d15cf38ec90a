"""Where a result comes from."""

from dataclasses import dataclass

from kstab.base.written import Written
from kstab.chemistry.conditions import GasPressure
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
        temperature: K, where a temperature or a gas was given; else None.
        gases: Partial pressures given; other gases are at 1 bar.
    """

    kstab_version: str
    dataset: str
    dataset_version: str
    dataset_sha256: str
    scheme: str
    changes: tuple[str, ...]
    temperature: float | None = None
    gases: tuple[GasPressure, ...] = ()

    @property
    def conditions(self) -> str:
        """Temperature and pressures in words; empty where none were given.

        >>> import kstab
        >>> kstab.window("K2O", gas="O2=0.21", compare=False).provenance.conditions
        '298.15 K, O2 at 0.21 bar, other gases at 1 bar'
        """
        if self.temperature is None:
            return ""
        given = [f"{gas.gas} at {gas.pressure:g} bar" for gas in self.gases]
        others = "other gases at 1 bar" if given else "gases at 1 bar"
        return ", ".join([f"{self.temperature:g} K", *given, others])

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
        at = [self.conditions] if self.conditions else []
        return ", ".join([self.data, f"scheme {self.scheme}", *at, *self.changes])


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
    )
