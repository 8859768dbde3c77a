"""The strict reader for columns: from Arrow arrays to columns of the profile's types, and the rows that do not fit.

A row with a value that does not fit is not looked at further here: `decide` says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nba.batch.columns import (
    MISSING,
    NONE,
    Array,
    Bools,
    Column,
    Fields,
    Lists,
    NotCarried,
    Records,
    Scalars,
    Texts,
    choose,
    rows_in,
)
from nba.batch.constants import plain
from nba.batch.single import Taken, encoded, is_text, known_of, take_single, unfit
from nba.language import types
from nba.schema.pydantic_checks import SingleCheck
from nba.schema.reading import Extra

_MOST_KEYS = 500


class Source(Protocol):
    """Where a column comes from when it is not an Arrow array."""

    def take(self, kind: types.Type, extra: Extra) -> Taken:
        """Take it in by a type."""
        ...


def take(source: pa.Array | Source, kind: types.Type, extra: Extra = "ignore") -> Taken:
    """Take in an array by a type.

    >>> taken = take(pa.array([[1.0], [], None]), types.ListOf(types.NUMBER))
    >>> taken.make().lengths.tolist()
    [1, 0, 0]
    """
    if not isinstance(source, pa.Array):
        return source.take(kind, extra)
    if pa.types.is_null(source.type):
        return Taken(lambda: MISSING, NONE)
    match kind:
        case types.Record():
            return _record(source, kind, extra)
        case types.MapOf():
            return _map(source, kind, extra)
        case types.ListOf():
            return _list(source, kind, extra)
        case types.Opaque():
            known = known_of(source)
            return Taken(lambda: Scalars(np.ones(1, dtype=np.bool_), known), NONE)
    return take_single(source, kind)


def entries(array: pa.Array) -> dict[str, pa.Array] | None:
    """The columns of a struct or map by name; None for anything else."""
    if pa.types.is_struct(array.type):
        names = [array.type.field(place).name for place in range(array.type.num_fields)]
        return dict(zip(names, array.flatten(), strict=True))
    if not pa.types.is_map(array.type) or not is_text(array.type.key_type):
        return None
    pair = pa.struct([pa.field("key", array.type.key_type, nullable=False), ("value", array.type.item_type)])
    listed = array.cast(pa.list_(pair))
    pairs, starts = listed.flatten(), _starts(listed)
    parents = np.repeat(np.arange(len(array)), np.diff(starts))
    keys = encoded(pairs.field("key"))
    if len(keys.words) > _MOST_KEYS:
        raise NotCarried(f"a map with more than {_MOST_KEYS} different keys")
    values, found = pairs.field("value"), {}
    for place, word in enumerate(keys.words):
        rows = np.flatnonzero(keys.codes == place)
        where = np.full(len(array), -1, dtype=np.int64)
        where[parents[rows]] = rows  # of a key that is there twice, the last one counts
        found[word] = values.take(pa.array(where, mask=where < 0))
    return found


def _record(array: pa.Array, kind: types.Record, extra: Extra) -> Taken:
    found = entries(array)
    return unfit(array) if found is None else record(found, known_of(array), kind, extra)


def record(found: Mapping[str, pa.Array | Source], known: Bools, kind: types.Record, extra: Extra) -> Taken:
    """Take in a record from the sources of its fields."""
    makers: dict[str, Callable[[], Column]] = {}
    bad = NONE
    for name, field in kind.fields.items():
        taken = [take(found[of], field.type, extra) for of in (name, *field.aliases) if of in found]
        for one in taken:
            bad = bad | one.bad if one.bad is not NONE else bad
        if taken:
            makers[name] = _first([one.make for one in taken])
    if extra == "forbid":
        names = set(kind.fields) | {alias for field in kind.fields.values() for alias in field.aliases}
        bad = bad | known if set(found) - names else bad
    fields = Fields(makers)
    column = Records(fields, known)
    for check in kind.checks:
        refused = _refused_field(check, fields) if isinstance(check, SingleCheck) else _refused(check, column, kind)
        bad = bad | refused if refused is not NONE else bad
    return Taken(lambda: column, bad)


def _first(makers: Sequence[Callable[[], Column]]) -> Callable[[], Column]:
    """The column that is the first of several which is there."""

    def make() -> Column:
        column = makers[0]()
        for other in makers[1:]:
            column = choose(column.known, column, other())
        return column

    return make


def _refused_field(check: SingleCheck, fields: Mapping[str, Column]) -> Bools:
    """Where a check of one field does not hold."""
    column = fields.get(check.name)
    if isinstance(column, Texts):
        return ~column.each(check.holds, np.bool_) & column.known
    if not isinstance(column, Scalars) or column.known is NONE:
        return NONE
    if check.compares is not None:
        compare, bound = check.compares
        holds: Bools = compare(column.values, bound)
        return NONE if holds.all() else ~holds & column.known
    different, places = np.unique(column.values, return_inverse=True)
    held = np.array([check.holds(value) for value in different.tolist()], dtype=np.bool_)
    return ~held[places] & column.known


def _refused(check: types.Check, column: Records, kind: types.Record) -> Bools:
    """Where a check of a whole record, which is a function of ours or of a model's own, refuses something."""
    records = plain(column, kind, range(rows_in(column)))
    return np.array([of is not None and any(True for _ in check(of)) for of in records], dtype=np.bool_)


def _map(array: pa.Array, kind: types.MapOf, extra: Extra) -> Taken:
    found = entries(array)
    if found is None:
        return unfit(array)
    bad, makers = NONE, {}
    for name, of in found.items():
        taken = take(of, kind.value, extra)
        bad = bad | taken.bad if taken.bad is not NONE else bad
        makers[name] = taken.make
    column = Records(Fields(makers), known_of(array))
    return Taken(lambda: column, bad)


def _starts(array: pa.Array) -> Array:
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def _list(array: pa.Array, kind: types.ListOf, extra: Extra) -> Taken:
    shape = array.type
    if not (pa.types.is_list(shape) or pa.types.is_large_list(shape) or pa.types.is_fixed_size_list(shape)):
        return unfit(array)
    starts, known, items = _starts(array), known_of(array), take(array.flatten(), kind.item, extra)
    column = cache(lambda: Lists(starts, items.make(), known))
    if items.bad is NONE:
        return Taken(column, NONE)
    return Taken(column, lists_with(starts, items.bad))


def lists_with(starts: Array, items: Bools) -> Bools:
    """The rows that have an item of some."""
    places = np.concatenate(([0], np.cumsum(np.broadcast_to(items, int(starts[-1])))))
    found: Bools = places[starts[1:]] > places[starts[:-1]]
    return found
