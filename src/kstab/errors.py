"""The errors kstab raises on purpose.

Each is a dataclass that carries what went wrong as fields, says in its text
what to do next, survives pickling, and owns the exit code of the command line.
``docs/errors.md`` lists the codes; a test holds the two together.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(eq=False)
class KstabError(Exception):
    """Base of every error kstab raises on purpose; never raised itself."""

    exit_code: ClassVar[int] = 1

    @property
    def problem(self) -> str:
        """What went wrong, one sentence."""
        raise NotImplementedError

    @property
    def advice(self) -> str:
        """What to do next, one or more sentences; may be empty."""
        return ""

    def __str__(self) -> str:
        return f"{self.problem} {self.advice}".rstrip()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, field.name) for field in fields(self))


@dataclass(eq=False)
class RequestError(KstabError):
    """A request that is well formed but cannot be meant: an option or an argument is off.

    Attributes:
        reason: What is wrong with the request.
        remedy: What to write instead.
    """

    exit_code: ClassVar[int] = 2
    reason: str
    remedy: str = ""

    @property
    def problem(self) -> str:
        return self.reason

    @property
    def advice(self) -> str:
        return self.remedy


@dataclass(eq=False)
class FormulaError(KstabError):
    """A text that is not a chemical formula.

    Attributes:
        text: The text as it was given.
        reason: Why it cannot be read.
        suggestions: Formulas that may have been meant, the likeliest first.
    """

    exit_code: ClassVar[int] = 3
    text: str
    reason: str
    suggestions: tuple[str, ...] = ()

    @property
    def problem(self) -> str:
        return f"Cannot read {self.text!r} as a chemical formula: {self.reason}."

    @property
    def advice(self) -> str:
        if self.suggestions:
            return f"Did you mean {' or '.join(self.suggestions)}?"
        return "Write it like K3SbS4, K2.9SbS3.9Cl0.1 or K2Mn[Fe(CN)6]."


@dataclass(eq=False)
class PhaseError(KstabError):
    """A phase that was named but is not in the data set.

    Attributes:
        formula: The phase as it was named.
        dataset: Name of the data set that was searched.
        suggestions: Phases of the data set that may have been meant.
    """

    exit_code: ClassVar[int] = 3
    formula: str
    dataset: str
    suggestions: tuple[str, ...] = ()

    @property
    def problem(self) -> str:
        return f"There is no phase {self.formula} in {self.dataset}."

    @property
    def advice(self) -> str:
        if self.suggestions:
            return f"Did you mean {' or '.join(self.suggestions)}?"
        return "`kstab phases` with a chemical system (K-Sb-S) lists what is there."


@dataclass(eq=False)
class ElementError(KstabError):
    """An element the data set has no reference energy for, or that was taken away.

    Attributes:
        symbols: The elements concerned.
        dataset: Name of the data set.
        reason: Why they cannot be used.
    """

    exit_code: ClassVar[int] = 4
    symbols: tuple[str, ...]
    dataset: str
    reason: str = "has no energy for"

    @property
    def problem(self) -> str:
        return f"The data set {self.dataset} {self.reason} {', '.join(self.symbols)}."

    @property
    def advice(self) -> str:
        return (
            "Every energy is counted from the elements, so a phase can only be judged "
            "where all its elements are in the data."
        )


@dataclass(eq=False)
class DataError(KstabError):
    """A file that cannot be read or written, or that does not hold what it should.

    Attributes:
        path: The file.
        reason: What is wrong with it.
        remedy: What to do next.
    """

    exit_code: ClassVar[int] = 4
    path: str
    reason: str
    remedy: str = ""

    @property
    def problem(self) -> str:
        return f"{self.path}: {self.reason}."

    @property
    def advice(self) -> str:
        return self.remedy


@dataclass(eq=False)
class ServiceError(KstabError):
    """A service on the network that does not answer, or not with what it should.

    Attributes:
        service: Its address, without anything secret.
        reason: What went wrong.
        remedy: What to do next.
        status: Status code of its answer; None where there was none, or it was no error.
    """

    exit_code: ClassVar[int] = 5
    service: str
    reason: str
    remedy: str = ""
    status: int | None = None

    @property
    def problem(self) -> str:
        code = f" (status {self.status})" if self.status else ""
        return f"{self.service} {self.reason}{code}."

    @property
    def advice(self) -> str:
        return self.remedy


@dataclass(eq=False)
class PluginError(KstabError):
    """A plugin that cannot be loaded, or that offers what it must not.

    Attributes:
        name: Its name.
        distribution: The distribution it is from, or its file.
        version: Version of the distribution; empty for a file.
        cause: What went wrong.
    """

    exit_code: ClassVar[int] = 6
    name: str
    distribution: str
    version: str
    cause: str

    @property
    def problem(self) -> str:
        owner = f"{self.distribution} {self.version}".rstrip()
        return f"The plugin {self.name} of {owner} cannot be used: {self.cause}."

    @property
    def advice(self) -> str:
        if not self.version:  # a file
            return "Correct the file, or leave it out."
        return (
            f"KSTAB_DISABLE_PLUGINS={self.name} goes on without it, --no-plugins without any of "
            "the installed ones."
        )
