"""Dates and instants from text: ISO 8601, strict, nothing guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})"
)


def read_date(text: str) -> date | None:
    """The calendar day of a text such as `2026-12-31`, or None when it is not one.

    >>> read_date("2026-12-31"), read_date("31.12.2026"), read_date("2026-02-30")
    (datetime.date(2026, 12, 31), None, None)
    """
    if len(text) != 10 or text[4] != "-" or text[7] != "-":  # else Python takes more forms than this one
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_instant(text: str) -> datetime | None:
    """The instant, in UTC, of a text such as `2026-12-31T09:00:00+02:00`; None when it is not one or has no offset.

    >>> read_instant("2026-12-31T09:00:00+02:00"), read_instant("2026-12-31T09:00:00")
    (datetime.datetime(2026, 12, 31, 7, 0, tzinfo=datetime.timezone.utc), None)
    """
    if len(text) > 40 or not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # overflow: the first or last day of the calendar, moved by its offset
        return None


def write_instant(moment: datetime) -> str:
    """The text of an instant in UTC, as decisions print it.

    >>> write_instant(datetime(2026, 12, 31, 7, 0, tzinfo=UTC))
    '2026-12-31T07:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
