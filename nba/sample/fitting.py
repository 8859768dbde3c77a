"""A story's facts put into the shape of a schema: what the schema has and no more, and valid for certain.

A field that the story does not tell of, or tells in another type, gets a likely value; what the schema refuses is
drawn again, and in the end left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias

from nba.language.moments import write_instant
from nba.language.types import Boolean, Date, Enum, Instant, ListOf, MapOf, Number, Record, String, Type
from nba.sample.dice import Dice
from nba.sample.values import likely, missing
from nba.schema.reading import reader

_Shape: TypeAlias = Callable[[Any, Dice], Any]
_Path: TypeAlias = tuple[str | int, ...]
_UNTOLD = object()
_TRIES = 8
_PART = re.compile(r'([^.\[\]"]+)|\[([0-9]+)\]|\["((?:[^"\\]|\\.)*)"\]')


class Fitter:
    """Puts facts into the shape of one record, compiled once.

    >>> from nba.language.types import STRING, Enum, Field
    >>> pet = Record("pet", {"name": Field(STRING), "kind": Field(Enum(("cat", "dog")))})
    >>> sorted(Fitter(pet, datetime(2026, 1, 1))({"name": "Rex", "owner": "Anna"}, Dice(1)))
    ['kind', 'name']
    """

    def __init__(self, record: Record, as_of: datetime) -> None:
        self._record, self._as_of = record, as_of
        self._records: dict[Record, _Shape] = {}
        self._shape = self._of(record, "")
        self._read = reader(record)

    def __call__(self, told: Mapping[str, Any], dice: Dice) -> dict[str, Any]:
        """A record of plain values that JSON can carry, and that the strict reader takes."""
        found: dict[str, Any] = self._shape(told, dice)
        for again in range(1, _TRIES + 1):
            unfit = self._unfit(found)
            if not unfit:
                return found
            for path in unfit:
                self._mend(found, path, dice, again)
        gone = {path[:1] for path in self._unfit(found)}
        return {} if () in gone else {name: value for name, value in found.items() if (name,) not in gone}

    def _unfit(self, found: dict[str, Any]) -> list[_Path]:
        """The places that do not fit; what is below one of them goes with it."""
        paths = {_parts(fault.path) for fault in self._read(found).faults}
        return sorted((of for of in paths if not any(of[:end] in paths for end in range(len(of)))), key=str)

    def _of(self, kind: Type, name: str) -> _Shape:
        match kind:
            case Record():
                return self._record_of(kind, name)
            case ListOf():
                item = self._of(kind.item, name)
                return self._told(list, kind, name, lambda told, dice: _there([item(of, dice) for of in told]))
            case MapOf():
                value = self._of(kind.value, name)
                return self._told(
                    dict, kind, name, lambda told, dice: {key: value(of, dice) for key, of in told.items()}
                )
            case Enum():
                values = frozenset(kind.values)
                shape = self._told(str, kind, name)
                return lambda told, dice: shape(_UNTOLD if type(told) is str and told not in values else told, dice)
            case Instant():
                return self._told(datetime, kind, name, lambda told, dice: write_instant(told))
            case Date():
                return self._told(date, kind, name, lambda told, dice: told.isoformat())
            case Boolean():
                return self._told(bool, kind, name)
            case Number():
                return self._told(float, kind, name, also=int)
            case String():
                return self._told(str, kind, name)
        return lambda told, dice: None  # opaque: nobody can tell what would fit

    def _told(
        self, wanted: type, kind: Type, name: str, shape: _Shape | None = None, *, also: type | None = None
    ) -> _Shape:
        """What the story tells, where it is of the type; else a likely value. What nobody knows is missing."""

        def of(told: Any, dice: Dice) -> Any:
            if told is None:
                return None
            found = type(told)
            if found is wanted or found is also:
                return told if shape is None else shape(told, dice)
            return self._likely(kind, name, dice)

        return of

    def _record_of(self, kind: Record, name: str) -> _Shape:
        if kind not in self._records:
            fields = [(own, self._of(field.type, own)) for own, field in kind.fields.items()]

            def shape(told: Any, dice: Dice) -> Any:
                found, get = {}, told.get
                for own, fit in fields:
                    value = fit(get(own, _UNTOLD), dice)
                    if value is not None:
                        found[own] = value
                return found

            self._records[kind] = self._told(dict, kind, name, shape)
        return self._records[kind]

    def _likely(self, kind: Type, name: str, dice: Dice) -> Any:
        return None if missing(name, dice) else likely(kind, name, dice, self._as_of)

    def _mend(self, found: dict[str, Any], path: _Path, dice: Dice, again: int) -> None:
        """Draw again what stands at a path; in the last rounds, leave it out."""
        if not path:
            return
        kind: Type = self._record
        value: Any = found
        for part in path[:-1]:
            kind, value = _below(kind, part), value[part]
        last = path[-1]
        if again > _TRIES - 2:
            value[last] = None
        else:
            value[last] = likely(_below(kind, last), str(last), dice, self._as_of, again=again)


def _there(items: list[Any]) -> list[Any]:
    return [of for of in items if of is not None]


def _below(kind: Type, part: str | int) -> Type:
    match kind:
        case Record():
            return kind.fields[str(part)].type
        case ListOf():
            return kind.item
        case MapOf():
            return kind.value
    raise AssertionError("a fault is at a place that the schema has")


def _parts(path: str) -> _Path:
    return tuple(int(of[2]) if of[2] is not None else of[1] or of[3] for of in _PART.finditer(path))
