"""Generated customers as Arrow tables: each type of the schema in one of the ways that tables have for it."""

from __future__ import annotations

from random import Random
from typing import Any

import pyarrow as pa

from nba.language import types
from nba.testing.generation.data import as_json

_TEXTS = (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()))


def arrow_type(kind: types.Type, values: list[Any], rng: Random) -> pa.DataType:
    """A type that can hold the values."""
    match kind:
        case types.Boolean():
            return pa.bool_()
        case types.Number(integer=True):
            return rng.choice((pa.int64(), pa.int64(), pa.float64()))
        case types.Number():
            return pa.float64()
        case types.String() | types.Enum():
            return rng.choice(_TEXTS)
        case types.Date():
            return rng.choice((pa.date32(), pa.date32(), pa.string()))
        case types.Instant():
            return rng.choice((pa.timestamp("us", "UTC"), pa.timestamp("us", "UTC"), pa.string()))
        case types.ListOf(item=item):
            items = [of for value in values if value is not None for of in value]
            return rng.choice((pa.list_, pa.large_list))(arrow_type(item, items, rng))
        case types.MapOf(value=inner):
            there = [value for value in values if value is not None]
            found = arrow_type(inner, [of for value in there for of in value.values()], rng)
            keys = sorted({key for value in there for key in value})
            if rng.random() < 0.5 and keys:
                return pa.struct([(key, found) for key in keys])
            return pa.map_(pa.string(), found)
        case types.Record(fields=fields):
            there = [value for value in values if value is not None]
            return pa.struct(
                [(name, arrow_type(of.type, [value.get(name) for value in there], rng)) for name, of in fields.items()]
            )
    raise TypeError(kind)


def written(value: Any, kind: types.Type, as_: pa.DataType) -> Any:
    """A value as PyArrow takes it for a type."""
    if value is None:
        return None
    if isinstance(kind, types.Date | types.Instant):
        return as_json(value) if pa.types.is_string(as_) else value
    if isinstance(kind, types.ListOf):
        return [written(of, kind.item, as_.value_type) for of in value]
    if isinstance(kind, types.MapOf):
        if pa.types.is_map(as_):
            return [(key, written(of, kind.value, as_.item_type)) for key, of in value.items()]
        return {key: written(of, kind.value, as_.field(key).type) for key, of in value.items()}
    if isinstance(kind, types.Record):
        return {name: written(value.get(name), of.type, as_.field(name).type) for name, of in kind.fields.items()}
    return value


def table_of(profiles: list[dict[str, Any]], record: types.Record, rng: Random) -> pa.Table:
    """Profiles as a table."""
    whole = arrow_type(record, profiles, rng)
    arrays, fields = [], []
    for name, field in record.fields.items():
        as_ = whole.field(name).type
        arrays.append(pa.array([written(of.get(name), field.type, as_) for of in profiles], as_))
        fields.append(pa.field(name, as_))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
