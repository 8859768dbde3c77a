"""The functions of the language: few, pure and total.

A function is called only with values that are there; a missing or failed argument makes the result missing or failed.
A function that has no answer for its arguments gives missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any, TypeAlias

from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, ListOf, MapOf, Type
from nba.language.values import FAILED

_MICROSECOND = timedelta(microseconds=1)
_DAY, _HOUR = 86_400_000_000, 3_600_000_000  # in microseconds


@dataclass(frozen=True)
class Clock:
    """The instant that a decision is made for, and the customer's time zone when it is known."""

    as_of: datetime
    zone: tzinfo | None = None

    @cached_property
    def today(self) -> date | None:
        """The calendar day of `as_of` where the customer is; None without a time zone."""
        return self.day(self.as_of)

    def day(self, moment: date) -> date | None:
        """The calendar day of an instant where the customer is; a date is its own day. None without a time zone."""
        if not isinstance(moment, datetime):
            return moment
        try:
            return moment.astimezone(self.zone).date() if self.zone else None
        except OverflowError:  # a zone can push the first or last representable day off the calendar
            return None


Meaning: TypeAlias = Callable[..., Any]
"""Called with the clock and the arguments."""


@dataclass(frozen=True)
class Function:
    """A function of the language. Each entry of `parameters` is the tuple of types that the argument may have."""

    name: str
    parameters: tuple[tuple[type | Type, ...], ...]
    result: Type | None
    """None: the type of the first argument."""
    meaning: Meaning
    signature: str
    doc: str
    variadic: bool = False
    """Takes two arguments or more, all of the first parameter's types."""
    alike: bool = False
    """All arguments have the same type."""
    reads_clock: bool = False


def _elapsed(start: datetime, end: datetime, unit: int) -> float:
    """Exact integer microseconds divided once, so that every engine gets the same double."""
    return ((end - start) // _MICROSECOND) / unit


def _days_between(clock: Clock, start: date, end: date) -> float | int:
    if isinstance(start, datetime) and isinstance(end, datetime):
        return _elapsed(start, end, _DAY)
    return (end - start).days


def _days_since(clock: Clock, moment: date) -> float | int | None:
    if isinstance(moment, datetime):
        return _elapsed(moment, clock.as_of, _DAY)
    today = clock.today
    return None if today is None else (today - moment).days


def _days_until(clock: Clock, moment: date) -> float | int | None:
    since = _days_since(clock, moment)
    return None if since is None else 0 - since


def _hours_since(clock: Clock, moment: datetime) -> float:
    return _elapsed(moment, clock.as_of, _HOUR)


def _months_since(clock: Clock, moment: date) -> int | None:
    today, day = clock.today, clock.day(moment)
    if today is None or day is None:
        return None
    return (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)


def _years_since(clock: Clock, moment: date) -> int | None:
    today, day = clock.today, clock.day(moment)
    if today is None or day is None:
        return None
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def _len(clock: Clock, value: Any) -> Any:
    """A map with an entry that failed may or may not have it; a list has its failed items."""
    return FAILED if isinstance(value, dict) and FAILED in value.values() else len(value)


_NUMBER = (NUMBER,)
_MOMENT = (DATE, INSTANT)
_ORDERED = (NUMBER, DATE, INSTANT)

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function(
            "days_since",
            (_MOMENT,),
            NUMBER,
            _days_since,
            "days_since(moment)",
            "Days from the moment to `as_of`: elapsed days with fractions for an instant, calendar days in the "
            "customer's time zone for a date. Negative when the moment is yet to come.",
            reads_clock=True,
        ),
        Function(
            "days_until",
            (_MOMENT,),
            NUMBER,
            _days_until,
            "days_until(moment)",
            "The negative of `days_since`: days from `as_of` to the moment.",
            reads_clock=True,
        ),
        Function(
            "hours_since",
            ((INSTANT,),),
            NUMBER,
            _hours_since,
            "hours_since(instant)",
            "Elapsed hours, with fractions, from the instant to `as_of`.",
            reads_clock=True,
        ),
        Function(
            "months_since",
            (_MOMENT,),
            NUMBER,
            _months_since,
            "months_since(moment)",
            "Complete calendar months from the moment's day to today, in the customer's time zone.",
            reads_clock=True,
        ),
        Function(
            "years_since",
            (_MOMENT,),
            NUMBER,
            _years_since,
            "years_since(moment)",
            "Complete calendar years from the moment's day to today, in the customer's time zone: an age.",
            reads_clock=True,
        ),
        Function(
            "days_between",
            (_MOMENT, _MOMENT),
            NUMBER,
            _days_between,
            "days_between(start, end)",
            "Days from start to end: calendar days for two dates, elapsed days with fractions for two instants.",
            alike=True,
        ),
        Function(
            "starts_with",
            ((STRING,), (STRING,)),
            BOOLEAN,
            lambda clock, text, start: text.startswith(start),
            "starts_with(text, start)",
            "Whether the text begins with the other text, code point by code point.",
        ),
        Function(
            "ends_with",
            ((STRING,), (STRING,)),
            BOOLEAN,
            lambda clock, text, end: text.endswith(end),
            "ends_with(text, end)",
            "Whether the text ends with the other text, code point by code point.",
        ),
        Function(
            "len",
            ((STRING, ListOf, MapOf),),
            NUMBER,
            _len,
            "len(value)",
            "The number of code points of a text, items of a list, or entries of a map.",
        ),
        Function("abs", (_NUMBER,), NUMBER, lambda clock, x: abs(x), "abs(number)", "The number without its sign."),
        Function(
            "min",
            (_ORDERED,),
            None,
            lambda clock, *values: min(values),
            "min(a, b, ...)",
            "The least of two or more numbers, dates or instants.",
            variadic=True,
            alike=True,
        ),
        Function(
            "max",
            (_ORDERED,),
            None,
            lambda clock, *values: max(values),
            "max(a, b, ...)",
            "The greatest of two or more numbers, dates or instants.",
            variadic=True,
            alike=True,
        ),
        Function(
            "clamp",
            (_NUMBER, _NUMBER, _NUMBER),
            NUMBER,
            lambda clock, x, low, high: max(low, min(x, high)),
            "clamp(number, low, high)",
            "The number, but at most `high` and then at least `low`.",
        ),
    )
}
SPECIAL_FORMS: dict[str, str] = {
    "date": 'date("2026-12-31")',
    "instant": 'instant("2026-12-31T09:00:00Z")',
    "default": "default(value, fallback)",
}
"""Functions whose arguments the checker reads itself, with their signatures."""
