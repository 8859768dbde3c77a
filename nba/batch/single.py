"""Single values from Arrow arrays: what has its type already is taken as it is.

Anything else, such as a date in a text, is read by the reader that single values are read by, once for each different
value; so columns take what `decide` takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from nba.batch.columns import ALL, MISSING, NONE, Array, Bools, Column, Scalars, Texts, choose
from nba.batch.constants import column_of, days_of, micros_of
from nba.language import types
from nba.language.values import LARGEST_INTEGER
from nba.schema.scalars import scalar_reader

_FIRST_DAY, _LAST_DAY = days_of(date.min), days_of(date.max)
_FIRST, _LAST = micros_of(datetime.min.replace(tzinfo=UTC)), micros_of(datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True)
class Taken:
    """A column that was taken in: how to make it, and the rows in which something does not fit."""

    make: Callable[[], Column]
    bad: Bools


def take_single(array: pa.Array, kind: types.Type) -> Taken:
    """Take in an array of single values by their type.

    >>> taken = take_single(pa.array(["2000-02-29", "today", None]), types.DATE)
    >>> taken.bad.tolist(), taken.make().known.tolist()
    ([False, True, False], [True, False, False])
    """
    native = _NATIVE.get(type(kind))
    found = native(array, kind) if native is not None else None
    return found or by_value(array, kind)


def known_of(array: pa.Array) -> Bools:
    """Where an array is not null."""
    if array.null_count == 0:
        return ALL
    validity = array.buffers()[0]
    return _bits(validity, array.offset, len(array))


def _bits(buffer: pa.Buffer, offset: int, count: int) -> Bools:
    """A bitmap of Arrow as a mask."""
    some = np.frombuffer(buffer, dtype=np.uint8)[offset // 8 :]
    return np.unpackbits(some, count=offset % 8 + count, bitorder="little")[offset % 8 :].view(np.bool_)


def _raw(array: pa.Array, dtype: Any) -> Array:
    """The values of an array as they lie in memory; where it is null, anything."""
    found: Array = np.frombuffer(array.buffers()[1], dtype=dtype)[array.offset : array.offset + len(array)]
    return found


def unfit(array: pa.Array) -> Taken:
    """An array that fits nowhere but where it is null."""
    known = known_of(array)
    return Taken(lambda: MISSING, np.ones(len(array), dtype=np.bool_) if known is ALL else known)


def _boolean(array: pa.Array, kind: types.Type) -> Taken | None:
    if not pa.types.is_boolean(array.type):
        return None
    known = known_of(array)
    return Taken(lambda: Scalars(_bits(array.buffers()[1], array.offset, len(array)), known), NONE)


def _number(array: pa.Array, kind: types.Type) -> Taken | None:
    assert isinstance(kind, types.Number)
    whole = pa.types.is_integer(array.type)
    if not whole and not pa.types.is_floating(array.type):
        return None
    known, values = known_of(array), _raw(array, array.type.to_pandas_dtype())
    if whole:
        bad = (values > LARGEST_INTEGER) | (values < -LARGEST_INTEGER) if values.dtype.itemsize == 8 else NONE
        numbers = values.astype(np.float64)
    else:
        numbers = values + np.float64(0.0)
        bad = ~np.isfinite(numbers)
        if kind.integer:
            with np.errstate(invalid="ignore"):
                bad |= (numbers != np.floor(numbers)) | (np.abs(numbers) > LARGEST_INTEGER)
    if bad.any():
        numbers, bad, known = np.where(bad, 0.0, numbers), bad & known, known & ~bad
    else:
        bad = NONE
    column = Scalars(numbers, known, whole or kind.integer)
    return Taken(lambda: column, bad)


def _text(array: pa.Array, kind: types.Type) -> Taken | None:
    if not is_text(array.type):
        return None
    if isinstance(kind, types.String):
        return Taken(cache(lambda: encoded(array)), NONE)
    assert isinstance(kind, types.Enum)
    column = encoded(array)
    if set(column.words) <= set(kind.values):
        return Taken(lambda: column, NONE)
    strange = column.each(lambda word: word not in kind.values, np.bool_) & column.known
    fitting = Texts(column.codes, column.words, column.known & ~strange)
    return Taken(lambda: fitting, strange)


def is_text(kind: pa.DataType) -> bool:
    """Whether it is a type of texts, in a dictionary or not."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def encoded(array: pa.Array) -> Texts:
    """An array of texts as codes and words."""
    known = known_of(array)
    codes, words = _codes(array)
    return Texts(codes, tuple(words) or ("",), known)


def _codes(array: pa.Array) -> tuple[Array, list[Any]]:
    """Each value as its place among the different values; 0 where it is null."""
    if not pa.types.is_dictionary(array.type):
        if pa.types.is_string_view(array.type):
            array = array.cast(pa.large_string())
        array = array.dictionary_encode()
    codes = _raw(array.indices, array.indices.type.to_pandas_dtype())
    if array.indices.null_count:
        codes = np.where(known_of(array.indices), codes, 0)
    words = array.dictionary.to_pylist()
    if len(set(words)) != len(words) or None in words:  # a dictionary may say one thing twice, or null
        return _codes(array.dictionary_decode())
    size = np.uint8 if len(words) <= 256 else np.uint16 if len(words) <= 65536 else np.int64
    return codes.astype(size), words


def _date(array: pa.Array, kind: types.Type) -> Taken | None:
    if not pa.types.is_date(array.type):
        return None
    days = _raw(array.cast(pa.date32()), np.int32).astype(np.int64)
    return _within(days, known_of(array), _FIRST_DAY, _LAST_DAY)


def _instant(array: pa.Array, kind: types.Type) -> Taken | None:
    if not pa.types.is_timestamp(array.type) or array.type.tz is None:
        return None
    micros = _raw(array.cast(pa.timestamp("us", array.type.tz), safe=False), np.int64)
    return _within(micros, known_of(array), _FIRST, _LAST)


def _within(values: Array, known: Bools, first: int, last: int) -> Taken:
    bad = (values < first) | (values > last)
    if bad.any():
        column = Scalars(np.where(bad, 0, values), known & ~bad)
        return Taken(lambda: column, bad & known)
    column = Scalars(values, known)
    return Taken(lambda: column, NONE)


_NATIVE: Mapping[type[types.Type], Callable[[pa.Array, Any], Taken | None]] = {
    types.Boolean: _boolean,
    types.Number: _number,
    types.String: _text,
    types.Enum: _text,
    types.Date: _date,
    types.Instant: _instant,
}


def distinct(array: pa.Array) -> tuple[Array, list[Any]]:
    """Each value as its place among the different values, as plain data; of lists and records, all values."""
    if pa.types.is_nested(array.type):
        return np.arange(len(array)), array.to_pylist(maps_as_pydicts="lossy")
    return _codes(array)


def by_value(array: pa.Array, kind: types.Type) -> Taken:
    """Take in an array by reading each of its different values as single values are read."""
    reader = scalar_reader(kind)
    if reader is None or pa.types.is_nested(array.type):
        return unfit(array)
    codes, words = _codes(array)
    found, bad = [], []
    for word in words:
        try:
            found.append(None if word is None else reader(word))
            bad.append(False)
        except Exception:  # whatever does not fit; `decide` says what and why
            found.append(None)
            bad.append(True)
    return spread(column_of(found or [None]), np.array(bad or [False]), codes, known_of(array))


def spread(words: Column, bad: Bools, codes: Array, known: Bools) -> Taken:
    """A column from the column of its different values, and the places of each row's in it."""
    column = words.take(codes)
    column = choose(known, column, MISSING) if known is not ALL else column
    return Taken(lambda: column, (bad[codes] & known) if bad.any() else NONE)


def to_arrow(column: Scalars | Texts, kind: types.Type, count: int) -> pa.Array:
    """A column of single values as an Arrow array.

    >>> to_arrow(column_of([True, None]), types.BOOLEAN, 2).to_pylist()
    [True, None]
    """
    missing = None if column.known is ALL else ~np.broadcast_to(column.known, count)
    if isinstance(column, Texts):
        indices = pa.array(np.broadcast_to(column.codes, count).astype(np.int32), mask=missing)
        return pa.DictionaryArray.from_arrays(indices, pa.array(column.words, pa.string())).dictionary_decode()
    values = np.broadcast_to(column.values, count)
    match kind:
        case types.Date():
            return pa.array(values.astype(np.int32), mask=missing).cast(pa.date32())
        case types.Instant():
            return pa.array(values.astype(np.int64), mask=missing).cast(pa.timestamp("us", "UTC"))
        case types.Number():
            return pa.array(values.astype(np.int64 if column.whole else np.float64), mask=missing)
        case types.Boolean():
            return pa.array(values.astype(np.bool_), mask=missing)
    return pa.nulls(count)
