"""Profiles that do not fit the schema: one that does, with one thing wrong in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from nba.language import types
from nba.language.values import LARGEST_INTEGER
from nba.testing.strategies.places import EACH, VALUE, Place

_WHOLES: tuple[Any, ...] = ([], "text", 1, True, None)  # what is no profile


def wrongs(record: types.Record) -> list[tuple[Place, Any]]:
    """Places with a value each that the schema refuses there, the plainest first; no place: the whole.

    >>> customer = types.Record("customer", {"age": types.Field(types.NUMBER)})
    >>> wrongs(customer)[:2]
    [((), []), ((), 'text')]
    """
    whole: list[tuple[Place, Any]] = [((), of) for of in _WHOLES]
    return [*whole, *(found for found in _below(record, ()) if found[0])]


def _below(kind: types.Type, place: Place) -> Iterator[tuple[Place, Any]]:
    for value in _wrong(kind):
        yield place, value
    match kind:
        case types.Record(fields=fields):
            for name, field in fields.items():
                yield from _below(field.type, (*place, name))
        case types.ListOf(item=item):
            yield from _below(item, (*place, EACH))
        case types.MapOf(value=value):
            yield from _below(value, (*place, VALUE))


def _wrong(kind: types.Type) -> tuple[Any, ...]:
    match kind:
        case types.Boolean():
            return (1, "yes")
        case types.Number(integer=integer):
            return ("1", True, math.inf, math.nan, LARGEST_INTEGER + 1, *((0.5,) if integer else ()))
        case types.Enum(values=values):
            return ("".join(values) + "?", 1)
        case types.String():
            return (1, "\ud800")
        case types.Date():
            return ("2026-02-30", 20260101, "2026-01-01T00:00:00Z")
        case types.Instant():
            return ("2026-01-01T00:00:00", "2026-01-01", 1767225600)
        case types.Record():
            return ("text", [])
        case types.ListOf():
            return ("text", {})
        case types.MapOf():
            return ("text", [])
    return ()


def broken(profile: dict[str, Any], place: Place, value: Any) -> Any:
    """The profile with a value at a place; what leads there is made where it is missing."""
    return _put(deepcopy(profile), place, value)


def _put(data: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    step, below = place[0], place[1:]
    if step is EACH:
        items = data if isinstance(data, list) else []
        return [*items[:-1], _put(items[-1] if items else None, below, value)]
    record = data if isinstance(data, dict) else {}
    name = next(iter(record), "key") if step is VALUE else step
    return {**record, name: _put(record.get(name), below, value)}
