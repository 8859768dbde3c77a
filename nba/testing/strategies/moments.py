"""Moments and days that are told by how far they are from the moment of the decision.

`days_since(x) >= 30` has its boundary thirty days before `as_of`, wherever that is. What stands here is worked out when
the moment of a customer is known.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import TypeAlias

DAY = 86_400_000_000
"""Microseconds in a day."""


@dataclass(frozen=True)
class Moment:
    """The moment of a decision, in UTC, and the time zone in which the customer's days begin and end."""

    as_of: datetime
    zone: tzinfo = UTC

    @cached_property
    def today(self) -> date:
        """The customer's calendar day."""
        try:
            return self.as_of.astimezone(self.zone).date()
        except OverflowError:  # the first or last day of the calendar, moved by its zone
            return self.as_of.date()


@dataclass(frozen=True)
class Ago:
    """So many microseconds before the moment; negative for what is to come."""

    microseconds: int

    def instant(self, moment: Moment) -> datetime:
        """The instant, within the calendar."""
        try:
            return moment.as_of - timedelta(microseconds=self.microseconds)
        except OverflowError:
            return _end(self.microseconds)

    def day(self, moment: Moment) -> date:
        """The customer's day at that instant."""
        return Moment(self.instant(moment), moment.zone).today


@dataclass(frozen=True)
class DayAgo:
    """A calendar day: so many months and then days before the customer's day; as an instant, its midnight."""

    days: int
    months: int = 0
    microseconds: int = 0
    """After that midnight."""

    def day(self, moment: Moment) -> date:
        """The day, within the calendar."""
        try:
            return _months_before(moment.today, self.months) - timedelta(days=self.days)
        except (OverflowError, ValueError):
            return _end(self.months or self.days).date()

    def instant(self, moment: Moment) -> datetime:
        """The midnight at its start where the customer is, and some microseconds."""
        midnight = datetime.combine(self.day(moment), time(), moment.zone)
        try:
            return midnight.astimezone(UTC) + timedelta(microseconds=self.microseconds)
        except OverflowError:
            return _end(self.days)


Relative: TypeAlias = Ago | DayAgo
Due: TypeAlias = Callable[[Moment], str]
"""A text of a day or instant, worked out for a moment."""


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _end(back: int) -> datetime:
    """The end of the calendar on the side of the past (for what is positive) or the future."""
    return datetime.min.replace(tzinfo=UTC) if back > 0 else datetime.max.replace(tzinfo=UTC)
