"""Days and instants as whole numbers, and the calendar as linear arithmetic over them.

Days are ordinals as `date.toordinal` counts them; instants are microseconds since the year 1 began in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import z3

from nba.proof.bits import Bit, Term, at_most, both, choose, either, is_constant, less

MICROSECOND = timedelta(microseconds=1)
DAY, HOUR = 86_400_000_000, 3_600_000_000
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()
LAST_INSTANT = LAST_DAY * DAY - 1
_STARTS = (31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335)
"""The place of the first day of February and each month after it, in a leap year."""


def of_instant(moment: datetime) -> int:
    """The number of an instant.

    >>> of_instant(datetime(1, 1, 2, tzinfo=UTC)) == DAY
    True
    """
    return (moment - _EPOCH) // MICROSECOND


def to_instant(number: int) -> datetime:
    """The instant of a number."""
    return _EPOCH + timedelta(microseconds=number)


@dataclass(frozen=True)
class Day:
    """A calendar day in parts: its year, its month, and its place in the month and in a leap year, from 0."""

    year: Term
    month: Term
    day: Term
    place: Term


def parts(ordinal: Term, fresh: Any, axioms: list[Any]) -> Day:
    """The parts of a day, exactly; what defines them is added to the axioms.

    >>> found = parts(date(2024, 2, 29).toordinal(), None, [])
    >>> found.year, found.month, found.day, found.place
    (2024, 2, 28, 59)
    """
    if is_constant(ordinal):
        day = date.fromordinal(int(ordinal))
        return Day(day.year, day.month, day.day - 1, day.replace(year=2024).timetuple().tm_yday - 1)
    q400, q100, q4, q1, left = (fresh(name) for name in ("q400", "q100", "q4", "q1", "left"))
    leap = both(q1 == 3, either(q4 != 24, q100 == 3))
    axioms += [
        ordinal - 1 == 146097 * q400 + 36524 * q100 + 1461 * q4 + 365 * q1 + left,
        q400 >= 0,
        q400 <= 24,
        q100 >= 0,
        q100 <= 3,
        q4 >= 0,
        q4 <= 24,
        q1 >= 0,
        q1 <= 3,
        left >= 0,
        left <= 365,
        z3.Implies(left == 365, leap),
    ]
    place = z3.If(either(leap, left < 59), left, left + 1)
    month: Term = 1
    start: Term = 0
    for number, first in enumerate(_STARTS, start=2):
        month, start = choose(place >= first, number, month), choose(place >= first, first, start)
    return Day(400 * q400 + 100 * q100 + 4 * q4 + q1 + 1, month, place - start, place)


def years_between(day: Day, today: Day) -> Term:
    """Complete years from a day to today."""
    return today.year - day.year - choose(less(today.place, day.place), 1, 0)


def months_between(day: Day, today: Day) -> Term:
    """Complete months from a day to today."""
    months = (today.year - day.year) * 12 + today.month - day.month
    return months - choose(less(today.day, day.day), 1, 0)


def is_day_of(ordinal: Term, instant: Term) -> Bit:
    """That a day is the day of an instant in UTC."""
    return both(at_most((ordinal - 1) * DAY, instant), less(instant, ordinal * DAY))
