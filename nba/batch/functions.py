"""The functions of the language for many rows at once, each with the same result as in `language/functions.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np

from nba.batch.columns import MISSING, Array, Bools, Column, Lists, NotCarried, Records, Scalars, Texts, both
from nba.batch.constants import EPOCH, days_of, micros_of
from nba.language.types import Instant, Type

if TYPE_CHECKING:
    from nba.batch.evaluate import Rows

_DAY, _HOUR = 86_400_000_000, 3_600_000_000  # in microseconds
_EXACT = 2**53


def call(name: str, arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows) -> Column:
    """A function of columns; missing where one of them is."""
    if any(not of.known.any() for of in arguments):  # also what is missing for all rows, and so has no type
        return MISSING
    known = reduce(both, (of.known for of in arguments))
    return _FUNCTIONS[name](arguments, kinds, rows, known)


def _elapsed(start: Array, end: Array, unit: int) -> Array:
    """Exact whole microseconds, divided once."""
    micros = end - start
    found = micros / unit
    far = np.abs(micros) > _EXACT  # a double does not hold these, and would be rounded twice
    if far.any():
        found[far] = [value / unit for value in micros[far].tolist()]
    return found


def _since(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools, unit: int) -> Scalars:
    of = _scalars(arguments[0])
    if isinstance(kinds[0], Instant):
        return Scalars(_elapsed(of.values, np.array([micros_of(rows.as_of)]), unit), known)
    today = rows.today
    return Scalars((today.values - of.values).astype(np.float64), both(known, today.known), whole=True)


def _until(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools) -> Scalars:
    since = _since(arguments, kinds, rows, known, _DAY)
    return Scalars(0.0 - since.values, since.known, since.whole)


def _between(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools) -> Scalars:
    start, end = map(_scalars, arguments)
    if isinstance(kinds[0], Instant):
        return Scalars(_elapsed(start.values, end.values, _DAY), known)
    return Scalars((end.values - start.values).astype(np.float64), known, whole=True)


def _calendar(days: Array) -> tuple[Array, Array]:
    """Days as whole months since 1970, and the day in the month, from 0."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    return months.astype(np.int64), (dates - months.astype("datetime64[D]")).astype(np.int64)


def _day(of: Scalars, kind: Type, rows: Rows, known: Bools) -> tuple[Array, Bools]:
    """The calendar days of moments where the customers are."""
    if not isinstance(kind, Instant):
        return of.values, known
    places, clocks, zoned = rows.clocks
    places, values, found = np.broadcast_arrays(places, of.values, both(known, zoned))
    pairs, back = np.unique(
        np.stack([np.where(found, places, 0), np.where(found, values, 0)]), axis=1, return_inverse=True
    )
    days = [clocks[place].day(EPOCH + timedelta(microseconds=value)) for place, value in pairs.T.tolist()]
    there = np.array([day is not None for day in days])
    back = back.reshape(-1)
    return np.array([0 if day is None else days_of(day) for day in days], dtype=np.int64)[back], found & there[back]


def _months(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools, unit: int) -> Scalars:
    """Complete months (or years) from the moment's day to today."""
    days, found = _day(_scalars(arguments[0]), kinds[0], rows, known)
    (months, day), (now, today) = _calendar(days), _calendar(rows.today.values)
    whole = now - months - (today < day) if unit == 1 else _years(now, today, months, day)
    return Scalars(whole.astype(np.float64), both(found, rows.today.known), whole=True)


def _years(now: Array, today: Array, months: Array, day: Array) -> Array:
    earlier = (now % 12 < months % 12) | ((now % 12 == months % 12) & (today < day))
    found: Array = now // 12 - months // 12 - earlier
    return found


def _affix(method: Callable[[str, str], bool]) -> _Kernel:
    def affix(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools) -> Scalars:
        text, part = arguments
        assert isinstance(text, Texts)
        assert isinstance(part, Texts)
        if len(part.words) == 1:
            word = part.words[0]
            return Scalars(text.each(lambda of: method(of, word), np.bool_), known)
        codes = np.broadcast_arrays(text.codes, part.codes)
        pairs, back = np.unique(np.stack(codes), axis=1, return_inverse=True)
        holds = np.array([method(text.words[a], part.words[b]) for a, b in pairs.T.tolist()])
        return Scalars(holds[back.reshape(-1)], known)

    return affix


def _len(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools) -> Scalars:
    of = arguments[0]
    if isinstance(of, Texts):
        return Scalars(of.each(len, np.float64), known, whole=True)
    if isinstance(of, Lists):
        return Scalars(of.lengths.astype(np.float64), known, whole=True)
    assert isinstance(of, Records)  # a map: how many of its entries are there
    there = [field.known.astype(np.float64) for field in of.fields.values()]
    return Scalars(sum(there, np.zeros(1)), known, whole=True)


def _extreme(pick: Callable[[Array, Array], Array]) -> _Kernel:
    def extreme(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools) -> Scalars:
        columns = list(map(_scalars, arguments))
        return Scalars(reduce(pick, (of.values for of in columns)), known, all(of.whole for of in columns))

    return extreme


def _clamp(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools) -> Scalars:
    of, low, high = map(_scalars, arguments)
    values = np.maximum(low.values, np.minimum(of.values, high.values))
    return Scalars(values, known, of.whole and low.whole and high.whole)


def _abs(arguments: Sequence[Column], kinds: Sequence[Type], rows: Rows, known: Bools) -> Scalars:
    of = _scalars(arguments[0])
    return Scalars(np.abs(of.values), known, of.whole)


def _scalars(column: Column) -> Scalars:
    if not isinstance(column, Scalars):
        raise NotCarried(f"a function of {type(column).__name__.lower()}")
    return column


_Kernel = Callable[[Sequence[Column], Sequence[Type], "Rows", Bools], Scalars]
_FUNCTIONS: Mapping[str, _Kernel] = {
    "days_since": partial(_since, unit=_DAY),
    "days_until": _until,
    "hours_since": partial(_since, unit=_HOUR),
    "months_since": partial(_months, unit=1),
    "years_since": partial(_months, unit=12),
    "days_between": _between,
    "starts_with": _affix(str.startswith),
    "ends_with": _affix(str.endswith),
    "len": _len,
    "abs": _abs,
    "min": _extreme(np.minimum),
    "max": _extreme(np.maximum),
    "clamp": _clamp,
}
