"""Where in a profile or context something is, and what may be there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nba.language import types
from nba.proof.bits import Bit
from nba.proof.values import Scalar

Part: TypeAlias = Any  # str | int | AnyKey
Location: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True)
class AnyKey:
    """The place of an entry whose key is not a literal."""

    number: int


@dataclass(frozen=True)
class Leaf:
    """Something that a profile may have: where, of which type, and the terms that say whether and what."""

    location: Location
    type: types.Type
    known: Bit
    term: Any = None
    key: Scalar | None = None


@dataclass
class Demand:
    """How many places each list needs; found while encoding, for the next time."""

    slots: dict[Location, int] = field(default_factory=dict)
    rests: frozenset[Location] = frozenset()


def pattern_of(location: Location) -> Location:
    """A place with any item of each list.

    >>> pattern_of(("profile", "cases", 2, "parts"))
    ('profile', 'cases', '[]', 'parts')
    """
    return tuple("[]" if isinstance(part, int) else part for part in location)


def shown(location: Location) -> str:
    """A place in words.

    >>> shown(("profile", "cases", 2, "parts"))
    'cases[2].parts'
    """
    out = ""
    for part in location[1:] if location[0] == "profile" else location:
        out += f"[{part}]" if isinstance(part, int) else "[]" if part == "[]" else f".{part}" if out else str(part)
    return out


def places_above(location: Location) -> list[Location]:
    """The places that must be there for one to be, the nearest first, up to the item of a list."""
    found: list[Location] = []
    while len(location) > 2 and not isinstance(location[-1], int):
        location = location[:-1]
        found.append(location)
    return found
