"""The strict reader: one walk, led by the schema, from any input to plain values.

A `Record` is compiled into nested closures once. The value has only what the schema declares and the data has: a `dict`
for a record or map (a missing field is absent), a `tuple` for a list, and plain scalars (instants in UTC). Rules never
see the caller's object. What does not fit is a `Fault` and left out, but never so that a decision gets less careful: an
item of a list that does not fit is a null (all its fields missing), and what should be a list is missing, not empty.
To go on with what does fit, read with `invalid=FAILED`: then what does not fit is not missing, but failed, so that no
`is missing`, `default(...)` or `assume:` takes it for what the caller did not send.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

from pydantic import BaseModel

from nba.errors import Fault, did_you_mean
from nba.language import types
from nba.language.values import FAILED, Failed, Value
from nba.schema.paths import Path, render
from nba.schema.scalars import Misfit, kind_of, scalar_reader, text

Extra: TypeAlias = Literal["ignore", "forbid"]
_Walk: TypeAlias = Callable[[object, Path, list[Fault]], Value]

_NOTED = Fault("", "", "")
"""Stands among faults for a value that was given as failed: whoever found that has told."""

# What has attributes but is no record.
_NOT_RECORDS = (str, bytes, bytearray, int, float, complex, Decimal, date, time, timedelta, list, Set, enum.Enum, type)


@dataclass(frozen=True)
class Reading:
    """What was read, and every place that did not fit."""

    value: dict[str, Value]
    faults: tuple[Fault, ...] = ()
    failed: bool = field(default=False, compare=False)
    """Whether something in the value has failed: with `invalid=FAILED`, what does not fit or was given as failed."""


def read(record: types.Record, data: object, *, extra: Extra = "ignore", invalid: Failed | None = None) -> Reading:
    """Read data by a record: a mapping, a pydantic instance, or an object with attributes.

    Absent and null are missing; a field that the schema does not have is ignored, or a fault with `extra="forbid"`.
    Never raises: whatever is wrong with the data is in `faults`, and missing in the value, or `invalid` when given.

    >>> customer = types.Record("customer", {"age": types.Field(types.NUMBER), "vip": types.Field(types.BOOLEAN)})
    >>> reading = read(customer, {"age": 41, "vip": "yes"})
    >>> reading.value
    {'age': 41}
    >>> print(*reading.faults)
    vip: found text, wanted true or false (not 1, not "yes")
    """
    return reader(record, extra=extra, invalid=invalid)(data)


@lru_cache(maxsize=64)
def reader(
    record: types.Record, *, extra: Extra = "ignore", invalid: Failed | None = None
) -> Callable[[object], Reading]:
    """The reader of a record, compiled once; `read` is this and a call."""
    walk = _Compiler(extra, invalid).record(record)
    nothing = {} if invalid is None else dict.fromkeys(record.fields, invalid)

    def read_data(data: object) -> Reading:
        faults: list[Fault] = []
        try:
            value = walk(data, None, faults)
        except Exception as error:  # data is the caller's objects: their methods may raise anything
            faults.append(_fault(error, None))
            value = None
        failed = bool(faults) and invalid is not None
        found = tuple(fault for fault in faults if fault is not _NOTED)
        return Reading(value if isinstance(value, dict) else dict(nothing), found, failed)

    return read_data


class _Compiler:
    """Turns types into walks; a record that is met twice is compiled once."""

    def __init__(self, extra: Extra, invalid: Failed | None) -> None:
        self.extra = extra
        self.invalid = invalid
        self.records: dict[types.Record, _Walk] = {}

    def walk(self, kind: types.Type) -> _Walk:
        match kind:
            case types.Record():
                return self.record(kind)
            case types.ListOf(item):
                return self.list_of(self.walk(item), kind)
            case types.MapOf(value):
                return self.map_of(self.walk(value), kind)
        scalar = scalar_reader(kind)
        if scalar is None:
            return _opaque
        return lambda raw, path, faults: scalar(raw)

    def record(self, record: types.Record) -> _Walk:
        if record not in self.records:
            self.records[record] = self._record(record)
        return self.records[record]

    def _record(self, record: types.Record) -> _Walk:
        readers = {name: scalar_reader(field.type) for name, field in record.fields.items()}
        scalars = [(name, scalar) for name, scalar in readers.items() if scalar is not None]
        nested = [(name, self.walk(record.fields[name].type)) for name, scalar in readers.items() if scalar is None]
        aliases = {name: field.aliases for name, field in record.fields.items() if field.aliases}
        known = frozenset(record.fields) | {alias for names in aliases.values() for alias in names}
        forbid = self.extra == "forbid"
        unfit = self.unfit

        def walk(raw: object, path: Path, faults: list[Fault]) -> Value:
            data = raw if type(raw) is dict else self.as_dict(raw, known, record, path, faults)
            if forbid:
                faults.extend(_strangers(raw, data, known, path))
            if aliases:
                data = _under_own_names(data, aliases)
            get = data.get
            out: dict[str, Value] = {}
            for name, scalar in scalars:
                value = get(name)
                if value is not None:
                    try:
                        out[name] = scalar(value)
                    except Exception as error:  # a Misfit, or whatever a hostile object raises
                        if unfit(error, value, (path, name), faults) is not None:
                            out[name] = FAILED
            for name, inner in nested:
                value = get(name)
                if value is not None:
                    try:
                        walked = inner(value, (path, name), faults)
                    except Exception as error:  # the same
                        walked = unfit(error, value, (path, name), faults)
                    if walked is not None:
                        out[name] = walked
            return self.checked(record, out, path, faults) if record.checks else out

        return walk

    def list_of(self, inner: _Walk, kind: types.ListOf) -> _Walk:
        wanted = f"a {kind}"

        def walk(raw: object, path: Path, faults: list[Fault]) -> Value:
            items: Iterable[object]
            unordered = False
            if isinstance(raw, list):
                items = list.__iter__(raw)
            elif isinstance(raw, tuple):
                items = tuple.__iter__(raw)
            elif isinstance(raw, Set):
                items, unordered = raw, True
            else:
                raise Misfit(kind_of(raw), wanted)
            out: list[Value] = []
            for index, item in enumerate(items):
                walked = None
                if item is not None:
                    part = "*" if unordered else index
                    try:
                        walked = inner(item, (path, part), faults)
                    except Exception as error:  # the same
                        walked = self.unfit(error, item, (path, part), faults)
                out.append(walked)
            # The order of a set differs between processes; a decision must not.
            return tuple(sorted(out, key=repr)) if unordered else tuple(out)

        return walk

    def map_of(self, inner: _Walk, kind: types.MapOf) -> _Walk:
        wanted = f"a {kind}"

        def walk(raw: object, path: Path, faults: list[Fault]) -> Value:
            if not isinstance(raw, Mapping):
                raise Misfit(kind_of(raw), wanted)
            out: dict[str, Value] = {}
            for key, value in raw.items():
                if value is None:
                    continue
                try:
                    name = text(key)
                except Misfit as misfit:
                    faults.append(Fault(render(path), f"{misfit.found} as a key", "texts as keys"))
                    continue
                try:
                    walked = inner(value, (path, name), faults)
                except Exception as error:  # the same
                    walked = self.unfit(error, value, (path, name), faults)
                if walked is not None:
                    out[name] = walked
            return out

        return walk

    def as_dict(
        self, raw: object, names: Iterable[str], record: types.Record, path: Path, faults: list[Fault]
    ) -> dict[str, object]:
        """The named fields of a mapping or object. What one of its methods raises is a fault of that field."""
        if isinstance(raw, BaseModel):
            return {**(raw.__pydantic_extra__ or {}), **raw.__dict__}
        named_tuple = isinstance(raw, tuple) and hasattr(raw, "_fields")
        if isinstance(raw, _NOT_RECORDS) or (isinstance(raw, tuple) and not named_tuple):
            raise Misfit(kind_of(raw), f"a record ({record})")
        out: dict[str, object] = {}
        absent = object()
        for name in sorted(names):  # sorted, so that faults come in the same order in every process
            try:
                value = raw.get(name, absent) if isinstance(raw, Mapping) else getattr(raw, name, absent)
            except Exception as error:  # a lazy attribute of an app's object may raise anything
                value = self.unfit(error, None, (path, name), faults)
            if value is not absent:
                out[name] = value
        if not out and record.fields and not isinstance(raw, Mapping):
            raise Misfit(kind_of(raw), f"a record ({record}), or an object with its fields as attributes")
        return out

    def checked(self, record: types.Record, value: dict[str, Value], path: Path, faults: list[Fault]) -> Value:
        """The value without what the record's checks refuse."""
        refused: dict[tuple[str | int, ...], str] = {}
        for check in record.checks:
            for below, wanted in check(value):
                refused.setdefault(below, wanted)
        out: Value = value
        for below, wanted in refused.items():
            place: Path = path
            for part in below:
                place = (place, part)
            faults.append(Fault(render(place), f"{_kind_at(value, below)} that is not allowed", wanted))
            out = _without(out, below, self.invalid)
        return out

    def unfit(self, error: Exception, raw: object, path: Path, faults: list[Fault]) -> Failed | None:
        """Note what does not fit, and give what stands in its place; what has failed was noted where it did."""
        faults.append(_NOTED if raw is FAILED and self.invalid is not None else _fault(error, path))
        return self.invalid


def _opaque(raw: object, path: Path, faults: list[Fault]) -> Value:
    """What no rule can look into is carried as it is."""
    if raw is FAILED:
        raise Misfit("a value that has failed", "any value")
    return raw  # type: ignore[return-value]  # it may be anything


def _under_own_names(data: dict[str, object], aliases: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    out = data.copy()
    for name, others in aliases.items():
        for other in others:
            if out.get(name) is not None:
                break
            out[name] = data.get(other)
    return out


def _strangers(raw: object, data: dict[str, object], known: frozenset[str], path: Path) -> list[Fault]:
    """The faults of fields that the schema does not have."""
    faults = []
    for key in raw if isinstance(raw, Mapping) else data:
        if not isinstance(key, str):
            faults.append(Fault(render(path), f"{kind_of(key)} as a field's name", "texts as names"))
        elif key not in known:
            near = did_you_mean(key, known)
            wanted = "no such field, as the schema has none" + (f" ({near})" if near else "")
            faults.append(Fault(render((path, str.__str__(key))), "a field", wanted))
    return faults


def _kind_at(value: object, path: tuple[str | int, ...]) -> str:
    for part in path:
        value = value[part]  # type: ignore[index]  # a check names places that the value has
    return kind_of(value)


def _without(value: Value, path: tuple[str | int, ...], invalid: Failed | None) -> Value:
    """The value with `invalid` at the path: an item of a list becomes a null or failed, a field missing or failed."""
    if not path or not isinstance(value, tuple | Mapping):
        return invalid
    part, below = path[0], path[1:]
    if isinstance(value, tuple):
        return tuple(_without(item, below, invalid) if index == part else item for index, item in enumerate(value))
    kept = {name: _without(inner, below, invalid) if name == part else inner for name, inner in value.items()}
    return {name: inner for name, inner in kept.items() if inner is not None}


def _fault(error: Exception, path: Path) -> Fault:
    if isinstance(error, Misfit):
        return Fault(render(path), error.found, error.wanted)
    return Fault(render(path), f"an object that raised {type(error).__name__}", "a value that can be read")
