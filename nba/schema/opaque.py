"""Opaque values are not kept: a decision never holds on to the caller's objects. Whether they are there is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nba.language.types import ListOf, MapOf, Opaque, Record, Type
from nba.language.values import FAILED

Cover = Callable[[Any], Any]


def cover(kind: Type) -> Cover | None:
    """A function that puts True in the place of each opaque value; None when there can be none.

    >>> from nba.language.types import STRING, Field
    >>> covered = cover(Record("customer", {"id": Field(STRING), "photo": Field(Opaque("bytes"))}))
    >>> covered({"id": "C-1", "photo": b"..."})
    {'id': 'C-1', 'photo': True}
    """
    if isinstance(kind, Opaque):
        return _inside(lambda value: True)
    if isinstance(kind, Record):
        fields = {name: of for name, field in kind.fields.items() if (of := cover(field.type)) is not None}
        return _inside(lambda record: _fields(record, fields)) if fields else None
    if isinstance(kind, ListOf):
        item = cover(kind.item)
        return _inside(lambda items: tuple(None if of is None else item(of) for of in items)) if item else None
    if isinstance(kind, MapOf):
        entry = cover(kind.value)
        return _inside(lambda entries: {key: entry(of) for key, of in entries.items()}) if entry else None
    return None


def _inside(change: Cover) -> Cover:
    return lambda value: value if value is None or value is FAILED else change(value)


def _fields(record: dict[str, Any], fields: dict[str, Cover]) -> dict[str, Any]:
    return {name: fields[name](of) if name in fields else of for name, of in record.items()}
