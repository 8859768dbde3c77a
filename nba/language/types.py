"""The types that profile fields, signals and expressions have.

Every type has room for *missing*: whether a value is there is a matter of meaning, not of type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias


@dataclass(frozen=True)
class Boolean:
    """True or false; not a number."""

    def __str__(self) -> str:
        return "true or false"


@dataclass(frozen=True)
class Number:
    """An integer or a double; `integer` is what a schema says, and does not matter to comparisons."""

    integer: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return "number"


@dataclass(frozen=True)
class String:
    """Text, compared by code point."""

    def __str__(self) -> str:
        return "text"


@dataclass(frozen=True)
class Enum:
    """One of a few texts. `ordered` allows `<`, by position in `values`.

    >>> str(Enum(("low", "high")))
    'one of "low", "high"'
    """

    values: tuple[str, ...]
    ordered: bool = False

    def __str__(self) -> str:
        shown = ", ".join(f'"{value}"' for value in self.values[:6])
        return f"one of {shown}" + (", ..." if len(self.values) > 6 else "")


@dataclass(frozen=True)
class Date:
    """A calendar day."""

    def __str__(self) -> str:
        return "date"


@dataclass(frozen=True)
class Instant:
    """A moment in time; its values are in UTC."""

    def __str__(self) -> str:
        return "instant"


@dataclass(frozen=True)
class ListOf:
    """A list of values of one type."""

    item: Type

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True)
class MapOf:
    """A map from texts to values of one type: `propensities["sales.gold"]`."""

    value: Type

    def __str__(self) -> str:
        return f"map to {self.value}"


@dataclass(frozen=True)
class Opaque:
    """A field whose type rules cannot read (a union, bytes, a recursive model). It is carried, not looked into."""

    why: str = "its type is not one that rules can read"

    def __str__(self) -> str:
        return "value that rules cannot read"


@dataclass(frozen=True)
class Field:
    """A field of a record: its type, the names it goes by in data (its own is always one), and what it means.

    A `confidential` field, with all that is in it, is shown to the department that it belongs to, and to no other.
    """

    type: Type
    aliases: tuple[str, ...] = ()
    description: str = ""
    confidential: bool = False


Check: TypeAlias = Callable[[Mapping[str, object]], "Iterable[tuple[tuple[str | int, ...], str]]"]
"""What must hold of a record beyond the types of its fields: from the plain value to (path below the record, wanted).
What is missing or failed is none of its business."""


@dataclass(frozen=True, eq=False)
class Record:
    """A record with named, typed fields. Two records are the same type only if they are the same object."""

    name: str
    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    checks: tuple[Check, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.name


Type: TypeAlias = Boolean | Number | String | Enum | Date | Instant | ListOf | MapOf | Opaque | Record

BOOLEAN, NUMBER, STRING, DATE, INSTANT = Boolean(), Number(), String(), Date(), Instant()


_SCALARS = (Boolean, Number, String, Enum, Date, Instant)


def is_scalar(kind: Type) -> bool:
    """Whether a value of the type is one thing: not a list, map, record or opaque value."""
    return isinstance(kind, _SCALARS)
