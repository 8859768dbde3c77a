"""From bytes to profiles: each place of a schema has a byte of its own, and 0 means that nothing is there.

Hypothesis draws one string of bytes a section, always of the same length. So a profile is drawn fast, and one that
fails shrinks to the fewest fields: each byte that can be 0 becomes 0, whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from nba.language import types
from nba.testing.strategies.moments import Moment
from nba.testing.strategies.wishes import ABSENT, Wish

NULL, WILD = 250, 249
"""Bytes from which on a value is null, and one that means any value of the type."""


@dataclass(frozen=True)
class Wild:
    """Stands in a profile for a value that is drawn later, from all of its type."""

    kind: types.Type


@dataclass
class Making:
    """A profile that is being made."""

    moment: Moment
    wild: list[tuple[Any, Any, types.Type]] = field(default_factory=list)
    """The record or list, the name or index in it, and the type of what is to be drawn."""
    item: int = 0
    """The number of the list item that is being made."""

    def put(self, container: Any, name: Any, value: Any) -> Any:
        """The value to put into a container; what is wild is noted for later."""
        if type(value) is Wild:
            self.wild.append((container, name, value.kind))
            return None
        return value


class Shape(Protocol):
    """Makes the values of one place from `width` bytes, from the place `at` on."""

    width: int

    def make(self, data: bytes, at: int, making: Making, wish: Wish | None) -> Any:
        """The value, None for null, ABSENT, or Wild."""
        ...


class Nothing:
    """What rules cannot look into is never there."""

    width = 0

    def make(self, data: bytes, at: int, making: Making, wish: Wish | None) -> Any:
        """Nothing."""
        return ABSENT


class Scalar:
    """One of the values of a table, whose first is the simplest."""

    def __init__(self, kind: types.Type, table: Sequence[Any], *, wild: bool) -> None:
        self.kind, self.table, self.wild = kind, tuple(table), wild
        self.width = 1 if len(self.table) < WILD // 2 else 2

    def make(self, data: bytes, at: int, making: Making, wish: Wish | None) -> Any:
        """A value."""
        chosen, table = data[at], self.table
        if chosen >= NULL:
            return None
        if chosen == WILD and self.wild:
            return Wild(self.kind)
        if self.width == 2 and chosen:
            chosen = chosen << 8 | data[at + 1]
        wished = wish is not None and wish.values and chosen >= len(table)
        value = wish.values[chosen % len(wish.values)] if wished else table[chosen % len(table)]  # type: ignore[union-attr]  # `wished` says so
        return value(making.moment) if callable(value) else value


class Identity:
    """What tells items apart: mostly something of its own for each, at times one of some values."""

    width = 1

    def __init__(self, kind: types.Type, table: Sequence[Any]) -> None:
        self.numbers, self.table = isinstance(kind, types.Number), tuple(table)

    def make(self, data: bytes, at: int, making: Making, wish: Wish | None) -> Any:
        """An identifier."""
        chosen = data[at]
        if chosen == 0 or chosen >= NULL:
            return ABSENT if chosen == 0 else None
        if wish is not None and wish.values and chosen >= 16:
            return wish.values[chosen % len(wish.values)]
        if chosen % 8 == 0:
            return self.table[chosen // 8 % len(self.table)]
        return making.item if self.numbers else f"K{making.item}"


class Record:
    """The fields of a record, one after the other."""

    def __init__(self, parts: Mapping[str, Shape]) -> None:
        self.parts: list[tuple[str, Shape, int]] = []
        self.width = 0
        for name, shape in parts.items():
            if shape.width:
                self.parts.append((name, shape, self.width))
                self.width += shape.width

    def make(self, data: bytes, at: int, making: Making, wish: Wish | None) -> dict[str, Any]:
        """A record, which may be empty."""
        out: dict[str, Any] = {}
        wishes = wish.parts if wish is not None else {}
        for name, shape, start in self.parts:
            if data[at + start]:
                value = shape.make(data, at + start, making, wishes.get(name) if wishes else None)
                if value is not ABSENT:
                    out[name] = making.put(out, name, value)
        return out


class Maybe:
    """A record or map that may be missing as a whole. `rare`: it mostly is, as no rule reads it."""

    def __init__(self, record: Record, *, rare: bool) -> None:
        self.record, self.rare = record, rare
        self.width = 1 + record.width

    def make(self, data: bytes, at: int, making: Making, wish: Wish | None) -> Any:
        """A record, None or ABSENT."""
        chosen = data[at]
        if chosen == 0 or chosen >= NULL:
            return ABSENT if chosen == 0 else None
        if wish is not None and wish.values and chosen >= 32:
            return wish.values[0]
        wished = wish is not None and wish.parts
        if not wished and (chosen % 16 if self.rare else chosen % 8 == 0):
            return ABSENT
        return self.record.make(data, at + 1, making, wish)


class Items:
    """A list: of `slots` items that are each there or not, and perhaps more copies of the last.

    Each slot tells for itself whether it is there, so that any item can go while the others stay.
    """

    def __init__(self, item: Shape, slots: int, sizes: Sequence[int], *, rare: bool) -> None:
        self.item, self.slots = item, slots
        self.width = 1 + slots * (1 + item.width)
        there = [slots] * max(6, len(sizes))
        self.table = (ABSENT, *[ABSENT] * (len(there) * 12 if rare else 0), *there, *sizes, ABSENT)

    def make(self, data: bytes, at: int, making: Making, wish: Wish | None) -> Any:
        """A list, None or ABSENT."""
        chosen = data[at]
        if chosen == 0 or chosen >= NULL:
            return ABSENT if chosen == 0 else None
        size: Any = self.table[chosen % len(self.table)]
        wished = wish if chosen >= 32 else None
        if wished is not None:
            if wished.values:
                return wished.values[0]
            size = self.slots if wished.size is None else wished.size
        if size is ABSENT:
            return ABSENT
        out: list[Any] = []
        for slot in range(self.slots):
            self._add(slot, data, at + 1 + slot * (1 + self.item.width), making, wished, out)
        if wished is not None and wished.size is not None:
            del out[wished.size :]
        if out and size > self.slots and not isinstance(out[-1], Wild):
            out += [out[-1]] * (size - len(out))
        return out

    def _add(self, slot: int, data: bytes, at: int, making: Making, wish: Wish | None, out: list[Any]) -> None:
        chosen = data[at]
        if chosen >= NULL:
            out.append(None)
            return
        wanted = wish.item(slot) if wish is not None and chosen >= 16 else None
        if wanted is None and chosen % 4 <= slot % 3:
            return
        outer, making.item = making.item, making.item * 10 + len(out) + 1
        if wanted is None and wish is not None:
            wanted = wish.every
        value = self.item.make(data, at + 1, making, wanted)
        making.item = outer
        if value is not ABSENT:
            out.append(making.put(out, len(out), value))
