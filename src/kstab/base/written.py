"""Values that results are made of: what they write, and when two of them are equal.

Numbers keep 10 significant digits, more than any of them is good for and few enough that
rounding in the last place never shows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self, TypeVar

from kstab.base.safe_text import printable

_Value = TypeVar("_Value", bound="Written")


@dataclass(frozen=True)
class Bounds:
    """Between what a number lies, or the number of items; told in ``Annotated``.

    Attributes:
        low: Lowest value; None where there is none.
        high: Highest value; None where there is none.
        above: Whether the value is more than the lowest one.

    >>> Bounds(0, 1).hold(0.5), str(Bounds(0, above=True))
    (True, 'more than 0')
    """

    low: float | None = None
    high: float | None = None
    above: bool = False

    def hold(self, value: Any) -> bool:
        """Whether a number, or the length of a tuple, is within them; None always is."""
        size = len(value) if isinstance(value, tuple) else value
        if size is None:
            return True
        if self.low is not None and (size < self.low or (self.above and size == self.low)):
            return False
        return self.high is None or size <= self.high

    def __str__(self) -> str:
        least = "more than" if self.above else "at least"
        parts = [f"{least} {self.low:g}"] if self.low is not None else []
        return " and ".join(parts + ([f"at most {self.high:g}"] if self.high is not None else []))


NotNegative = Annotated[float, Bounds(0)]
Positive = Annotated[float, Bounds(0, above=True)]
Share = Annotated[float, Bounds(0, 1)]
Count = Annotated[int, Bounds(0)]


class Written:
    """Base of every frozen value in a result; its fields are the keys of the JSON output.

    Two values of one class are equal when their fields are written alike, so that one that
    was read back is equal to the one that was written. Make each a
    ``@dataclass(frozen=True, eq=False)``.

    Attributes:
        written_too: Names of what is written after the fields though it follows from them:
            each a ``functools.cached_property``, so that a value that was read keeps what was
            written.
        not_written: Fields that repeat what the result as a whole says, each with the key of
            the result that says it, or a function of the keys before.
        added: Fields that documents of the first minor version lack, each with what it is there, or
            a function of the fields before.
    """

    __slots__ = ()

    __match_args__: ClassVar[tuple[str, ...]]  # names of the fields, which dataclasses set
    written_too: ClassVar[tuple[str, ...]] = ()
    not_written: ClassVar[Mapping[str, str | Callable[[Mapping[str, Any]], Any]]] = {}
    added: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def part_of(cls, whole: Any, **others: Any) -> Self:
        """Return the value with what another one calls the same, and with other fields."""
        names = (name for name in cls.__match_args__ if hasattr(whole, name))
        return cls(**{name: getattr(whole, name) for name in names} | others)

    def to_dict(self) -> dict[str, Any]:
        """Return nested dictionaries, lists, strings, numbers, booleans and None."""
        names = (*self.__match_args__, *self.written_too)
        return {name: plain(getattr(self, name)) for name in names if name not in self.not_written}

    def as_written(self) -> Self:
        """Return the value as it would be read back from what it writes."""
        names = (*self.__match_args__, *self.written_too)
        return restored(
            type(self),
            {name: _map(getattr(self, name), tuple, Written.as_written) for name in names},
        )

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return type(other) is type(self) and _fields(self) == _fields(other)

    def __hash__(self) -> int:
        return hash((type(self), _fields(self)))


def plain(value: Any) -> Any:
    r"""Return a value, or a mapping or a sequence of values, as JSON has it.

    >>> plain((1 / 3, "K2S\n", None))
    [0.3333333333, 'K2S ', None]
    """
    return _map(value, list, lambda inner: inner.to_dict())


def restored(kind: type[_Value], members: Mapping[str, Any]) -> _Value:
    """Return a value of what it wrote: its fields, and what is written too."""
    value = kind(**{name: members[name] for name in kind.__match_args__})
    for name in kind.written_too:
        vars(value)[name] = members[name]
    return value


def _fields(value: Any) -> tuple[Any, ...]:
    members = (getattr(value, name) for name in value.__match_args__)
    return tuple(_map(member, tuple, lambda inner: inner) for member in members)


def _map(value: Any, sequence: Callable[[Any], Any], nested: Callable[[Any], Any]) -> Any:
    """A value with its numbers and texts as they are written."""
    if isinstance(value, float):
        return float(f"{value:.10g}") + 0.0
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple | list):
        return sequence(_map(item, sequence, nested) for item in value)
    if isinstance(value, Mapping):
        return {name: _map(item, sequence, nested) for name, item in value.items()}
    return nested(value) if isinstance(value, Written) else value
