"""Columns from plain Python values, and plain Python values from columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from nba.batch.columns import ALL, MISSING, Column, Lists, Records, Scalars, Texts
from nba.language import types

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


def days_of(day: date) -> int:
    """A day as the days since 1970."""
    return day.toordinal() - _EPOCH_DAY


def micros_of(moment: datetime) -> int:
    """An instant as the microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


def constant(value: Any) -> Column:
    """The column of one value for all rows; None is missing.

    >>> constant("gold").words
    ('gold',)
    """
    return column_of([value])


def column_of(values: Sequence[Any]) -> Column:
    """The column of plain values of one type, None for missing: scalars, records and maps as dicts, lists as tuples.

    >>> column_of([1, None, 2.5]).values.tolist()
    [1.0, 0.0, 2.5]
    """
    some = next((value for value in values if value is not None), None)
    if some is None:
        return MISSING
    known = np.array([value is not None for value in values])
    known = ALL if known.all() else known
    if isinstance(some, bool):
        return Scalars(np.array([value is True for value in values]), known)
    if isinstance(some, int | float):
        numbers = np.array([0.0 if value is None else value for value in values], dtype=np.float64)
        return Scalars(numbers, known, all(value is None or isinstance(value, int) for value in values))
    if isinstance(some, str):
        places: dict[str, int] = {}
        codes = [places.setdefault(value, len(places)) if value is not None else 0 for value in values]
        return Texts(np.array(codes, dtype=np.int64), tuple(places), known)
    if isinstance(some, datetime):
        return Scalars(np.array([0 if of is None else micros_of(of) for of in values], dtype=np.int64), known)
    if isinstance(some, date):
        return Scalars(np.array([0 if of is None else days_of(of) for of in values], dtype=np.int64), known)
    if isinstance(some, Mapping):
        names = dict.fromkeys(name for value in values if value is not None for name in value)
        fields = {name: column_of([None if of is None else of.get(name) for of in values]) for name in names}
        return Records(fields, known)
    lengths = [0 if value is None else len(value) for value in values]
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    return Lists(starts, column_of([item for value in values if value is not None for item in value]), known)


def plain(column: Column, kind: types.Type, rows: Sequence[int]) -> list[Any]:
    """The values of some rows as the strict reader gives them: missing fields absent, lists as tuples.

    >>> plain(column_of([1, None, 2.5]), types.NUMBER, [0, 1])
    [1.0, None]
    """
    if len(column.known) == 1:
        if not column.known[0]:
            return [None] * len(rows)
        known = [True] * len(rows)
    else:
        known = column.known[rows].tolist()
    if isinstance(column, Records):
        kinds = {name: field.type for name, field in kind.fields.items()} if isinstance(kind, types.Record) else {}
        if isinstance(kind, types.MapOf):
            kinds = dict.fromkeys(column.fields, kind.value)
        fields = {name: plain(column.get(name), of, rows) for name, of in kinds.items() if name in column.fields}
        return [
            {name: of[place] for name, of in fields.items() if of[place] is not None} if there else None
            for place, there in enumerate(known)
        ]
    if isinstance(column, Lists):
        assert isinstance(kind, types.ListOf)
        starts = column.starts.tolist()
        one = len(starts) == 2
        spans = [(starts[0], starts[1]) if one else (starts[row], starts[row + 1]) for row in rows]
        items = plain(column.items, kind.item, [place for start, end in spans for place in range(start, end)])
        found, place = [], 0
        for (start, end), there in zip(spans, known, strict=True):
            found.append(tuple(items[place : place + end - start]) if there else None)
            place += end - start
        return found
    array = column.codes if isinstance(column, Texts) else column.values
    values: list[Any] = (array[rows] if len(array) > 1 else np.repeat(array, len(rows))).tolist()
    return [_scalar(value, column, kind) if there else None for value, there in zip(values, known, strict=True)]


def _scalar(value: Any, column: Scalars | Texts, kind: types.Type) -> Any:
    if isinstance(column, Texts):
        return column.words[value]
    match kind:
        case types.Number():
            return int(value) if column.whole else float(value)
        case types.Date():
            return date.fromordinal(value + _EPOCH_DAY)
        case types.Instant():
            return EPOCH + timedelta(microseconds=value)
    return bool(value)
