"""The fast way to read good data: what the strict reader gives for it, and an exception for all else.

Whoever gets the exception asks the strict reader, which looks once more, and tells of every fault. Each record's
reader is written out, a few lines a field, by the type of the field.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from nba.language import types
from nba.language.values import FAILED, LARGEST_INTEGER, Value
from nba.schema.scalars import scalar_reader
from nba.writing import write

Read: TypeAlias = Callable[[Any], Value]

# When a value is taken as it is; any other goes to the reader of its type.
_NUMBER: Final = "type(v) is int and LEAST <= v <= MOST or type(v) is float and 0.0 < v < INFINITY"
_INTEGER: Final = "type(v) is int and LEAST <= v <= MOST"
_TEXT: Final = "type(v) is str and v.isascii()"
_BOOLEAN: Final = "v is True or v is False"
_NAMES: Final = {"LEAST": -LARGEST_INTEGER, "MOST": LARGEST_INTEGER, "INFINITY": math.inf}


class NotPlain(Exception):
    """The data has to be looked at by the strict reader."""


class PlainReaders:
    """Makes the readers of types; a record that is met twice has one."""

    def __init__(self, *, forbid: bool) -> None:
        self._forbid = forbid
        self._records: dict[types.Record, Read] = {}

    def of(self, kind: types.Type) -> Read:
        """The reader of a type. It raises, whatever that may be, on what it is not made for."""
        match kind:
            case types.Record():
                if kind not in self._records:
                    self._records[kind] = self._record(kind)
                return self._records[kind]
            case types.ListOf(item):
                return _list_of(self.of(item))
            case types.MapOf(value):
                return _map_of(self.of(value))
        return scalar_reader(kind) or _opaque

    def _record(self, record: types.Record) -> Read:
        names: dict[str, Any] = {**_NAMES, "as_dict": _as_dict, "NotPlain": NotPlain}
        lines = ["data = raw if type(raw) is dict else as_dict(raw)"]
        if self._forbid:
            names["known"] = frozenset(record.fields).union(*(field.aliases for field in record.fields.values()))
            lines += ["if not known.issuperset(data): raise NotPlain"]
        lines += ["get, out = data.get, {}"]
        by_order = sorted(
            record.fields.items(), key=lambda pair: scalar_reader(pair[1].type) is None
        )  # as if read strictly
        for place, (name, field) in enumerate(by_order):
            names[f"name_{place}"], names[f"read_{place}"] = name, self.of(field.type)
            lines += [f"v = get(name_{place})"]
            for turn, alias in enumerate(field.aliases):
                names[f"name_{place}_{turn}"] = alias
                lines += [f"if v is None: v = get(name_{place}_{turn})"]
            good = _taken_as_it_is(field.type)
            if good:
                lines += [f"if v is not None: out[name_{place}] = v if {good} else read_{place}(v)"]
            else:
                lines += [
                    "if v is not None:",
                    f"    v = read_{place}(v)",
                    f"    if v is not None: out[name_{place}] = v",
                ]
        if record.checks:
            names["checks"] = record.checks
            lines += ["for check in checks:", "    for refused in check(out): raise NotPlain"]
        return write("read(raw)", [*lines, "return out"], names)


def _taken_as_it_is(kind: types.Type) -> str | None:
    match kind:
        case types.Number(integer=True):
            return _INTEGER
        case types.Number():
            return _NUMBER
        case types.String():
            return _TEXT
        case types.Boolean():
            return _BOOLEAN
    return None


def _list_of(inner: Read) -> Read:
    def read(raw: Any) -> Value:
        if type(raw) is not list and type(raw) is not tuple:
            raise NotPlain
        return tuple([None if item is None else inner(item) for item in raw])

    return read


def _map_of(inner: Read) -> Read:
    def read(raw: Any) -> Value:
        if type(raw) is not dict:
            raise NotPlain
        out: dict[str, Value] = {}
        for key, value in raw.items():
            if type(key) is not str or not key.isascii():
                raise NotPlain
            taken = None if value is None else inner(value)
            if taken is not None:
                out[key] = taken
        return out

    return read


def _as_dict(raw: Any) -> dict[str, Any]:
    """The fields of a pydantic model, to be looked at only."""
    if not isinstance(raw, BaseModel):
        raise NotPlain
    fields: dict[str, Any] = raw.__dict__
    return {**raw.__pydantic_extra__, **fields} if raw.__pydantic_extra__ else fields


def _opaque(raw: Any) -> Value:
    """What no rule can look into is carried as it is."""
    if raw is FAILED:
        raise NotPlain
    return raw  # type: ignore[no-any-return]  # it may be anything
