"""The shapes of a profile's schema, filled with what the rules are interested in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from nba.language import types
from nba.schema.reading import reader
from nba.testing.strategies.around import ZONES, values_of
from nba.testing.strategies.interest import Interest
from nba.testing.strategies.places import EACH, VALUE, Place
from nba.testing.strategies.shapes import Identity, Items, Making, Maybe, Nothing, Record, Scalar, Shape
from nba.testing.strategies.wishes import ABSENT, Wish

_SLOTS, _INNER_SLOTS = 3, 2
"""Items of a list, and of a list within a list, that are drawn each on its own."""
_RARE = 12  # a place that no rule reads: so many times more often absent than not


@dataclass(frozen=True)
class Schema:
    """The shapes of a profile or context: one for its own fields, and one for each section."""

    own: Record
    sections: Mapping[str, Maybe]
    mend: Mender
    shapes: Mapping[Place, Shape]
    """Of each place that a path leads to."""
    tables: Mapping[Place, tuple[Any, ...]]
    """The values of each scalar place."""

    @property
    def widths(self) -> list[int]:
        """How many bytes each of them takes."""
        return [self.own.width, *(of.width for of in self.sections.values())]

    def make(self, data: list[bytes], making: Making, wish: Wish | None) -> dict[str, Any]:
        """The profile of some bytes; what is wild in it is still to be drawn."""
        out = self.own.make(data[0], 0, making, wish)
        for (name, shape), of in zip(self.sections.items(), data[1:], strict=True):
            if of[0]:
                value = shape.make(of, 0, making, wish.parts.get(name) if wish is not None else None)
                if value is not ABSENT:
                    out[name] = value
        return out


def schema_of(record: types.Record, root: str, interest: Interest, *, interesting: bool = True) -> Schema:
    """The shapes of a record. Without `interesting`, by its types alone, as if there were no rules."""
    shaper = _Shaper(record, interest, interesting=interesting)
    fields = {name: of.type for name, of in record.fields.items()}
    own = {name: shaper.field(of, (root, name), 1) for name, of in fields.items() if not _is_record(of)}
    sections = {
        name: Maybe(shaper.record(of, (root, name), 1), rare=shaper.rare((root, name)))
        for name, of in fields.items()
        if isinstance(of, types.Record)
    }
    whole: dict[Place, Shape] = {(root, name): of for name, of in sections.items()}
    shapes = {**shaper.shapes, **whole}
    return Schema(Record(own), sections, Mender(record), shapes, shaper.tables)


def _is_record(kind: types.Type) -> bool:
    return isinstance(kind, types.Record)


class _Shaper:
    def __init__(self, record: types.Record, interest: Interest, *, interesting: bool) -> None:
        self.interest, self.interesting = interest, interesting
        self.read, self.checked = reader(record), _mender(record, {}) is not None
        self.shapes: dict[Place, Shape] = {}
        self.tables: dict[Place, tuple[Any, ...]] = {}

    def rare(self, place: Place) -> bool:
        """Whether no rule reads a place, nor anything that it is in as a whole."""
        return self.interesting and place not in self.interest.reads and not self.within(place)

    def within(self, place: Place) -> bool:
        """Whether a plugin reads what a place is in as a whole."""
        return any(place[:end] in self.interest.wholes for end in range(2, len(place)))

    def record(self, kind: types.Record, place: Place, depth: int) -> Record:
        return Record({name: self.field(of.type, (*place, name), depth) for name, of in kind.fields.items()})

    def field(self, kind: types.Type, place: Place, depth: int) -> Shape:
        self.shapes[place] = found = self._field(kind, place, depth)
        return found

    def _field(self, kind: types.Type, place: Place, depth: int) -> Shape:
        if not types.is_scalar(kind):
            return self.nested(kind, place, depth)
        values = self.values(kind, place)
        if place in self.interest.identities and values and isinstance(kind, types.String | types.Number):
            return Identity(kind, values)
        spare = _RARE * (len(values) + 1) if self.rare(place) else max(len(values) // 8, 1)
        return Scalar(kind, (ABSENT, *values, *[ABSENT] * spare), wild=not self.rare(place))

    def values(self, kind: types.Type, place: Place) -> tuple[Any, ...]:
        """The values of a scalar place that the schema accepts."""
        compared: Collection[Any] = self.interest.values.get(place, ()) if self.interesting else ()
        sizes = self.interest.sizes.get(place, ()) if self.interesting else ()
        if self.interesting and self.within(place):  # a plugin may count how many there are
            compared = (*compared, "b", "c", 2, 5)
        found = ZONES if place == ("profile", "timezone") else values_of(kind, compared, sizes)
        if self.checked:
            found = tuple(of for of in found if callable(of) or not self.read(_nested(place[1:], of)).faults)
        self.tables[place] = found
        return found

    def nested(self, kind: types.Type, place: Place, depth: int) -> Shape:
        match kind:
            case types.Record():
                return Maybe(self.record(kind, place, depth + 1), rare=self.rare(place))
            case types.MapOf(value=value):
                keys = self.interest.keys.get(place, ()) if self.interesting else ()
                entries = {key: self.entry(value, (*place, VALUE), depth + 1) for key in (*keys, "other")}
                return Maybe(Record(entries), rare=self.rare(place))
            case types.ListOf(item=item):
                slots = _SLOTS if depth < 3 else _INNER_SLOTS
                sizes = [of for of in self.interest.sizes.get(place, ()) if of > slots]
                return Items(self.item(item, (*place, EACH), depth + 2), slots, sizes, rare=self.rare(place))
        return Nothing()

    def entry(self, kind: types.Type, place: Place, depth: int) -> Shape:
        if not types.is_scalar(kind):
            return self.nested(kind, place, depth)
        values = self.values(kind, place)
        return Scalar(kind, (ABSENT, *values, ABSENT), wild=True)

    def item(self, kind: types.Type, place: Place, depth: int) -> Shape:
        if isinstance(kind, types.Record):
            return self.record(kind, place, depth)
        if not types.is_scalar(kind):
            return self.nested(kind, place, depth)
        values = self.values(kind, place)
        if place in self.interest.identities and isinstance(kind, types.String | types.Number):
            return Identity(kind, values)
        return Scalar(kind, values or (ABSENT,), wild=True)


def _nested(place: Place, value: Any) -> Any:
    """The least data that has a value at a place."""
    for step in reversed(place):
        value = [value] if step is EACH else {"key" if step is VALUE else step: value}
    return value


class Mender:
    """Leaves out of a profile what the checks of its records refuse, so that it fits."""

    def __init__(self, record: types.Record) -> None:
        self._mend = _mender(record, {})
        self._read = reader(record)

    def __call__(self, value: dict[str, Any]) -> dict[str, Any]:
        """The value without what is refused."""
        if self._mend is None or not self._read(value).faults:  # reading it once is faster than mending it
            return value
        mended: dict[str, Any] = self._mend(value)
        return mended


_Mend = Callable[[Any], Any]


def _mender(kind: types.Type, known: dict[types.Record, _Mend | None]) -> _Mend | None:
    """What mends a value of a type; None when nothing in it is checked."""
    match kind:
        case types.Record():
            if kind not in known:
                known[kind] = _record_mender(kind, known)
            return known[kind]
        case types.ListOf(item=item) if (inner := _mender(item, known)) is not None:
            return lambda items: None if items is None else [inner(of) for of in items]
        case types.MapOf(value=value) if (below := _mender(value, known)) is not None:
            return lambda entries: None if entries is None else {key: below(of) for key, of in entries.items()}
    return None


def _record_mender(record: types.Record, known: dict[types.Record, _Mend | None]) -> _Mend | None:
    menders = {name: of for name, field in record.fields.items() if (of := _mender(field.type, known)) is not None}
    if not menders and not record.checks:
        return None
    read = reader(types.Record(record.name, record.fields))

    def mend(value: Any) -> Any:
        if value is None:
            return None
        value = {name: menders[name](of) if name in menders else of for name, of in value.items()}
        while record.checks:
            plain = read(value).value
            refused = {place for check in record.checks for place, _ in check(plain)}
            if not refused:
                return value
            if () in refused:
                return {}
            for place in refused:
                value = _without(value, place)
        return value

    return mend


def _without(value: Any, place: tuple[str | int, ...]) -> Any:
    """The value without what stands at a place: a field is gone, an item null."""
    part, below = place[0], place[1:]
    if isinstance(value, list):
        return [(_without(of, below) if below else None) if n == part else of for n, of in enumerate(value)]
    if part not in value:
        return value
    if below:
        return {**value, part: _without(value[part], below)}
    return {name: of for name, of in value.items() if name != part}
