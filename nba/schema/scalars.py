"""Strict reading of one value: what is taken as text, number, date and so on, and what is not.

Each reader returns the plain value or raises `Misfit`. Nothing is guessed: no numbers in
texts, no `yes`, no integers as instants. `None` is not for them: it is missing, wherever it stands.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Set
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from uuid import UUID

from pydantic import AnyUrl

from nba.errors import nearest
from nba.language import types
from nba.language.moments import read_date, read_instant
from nba.language.values import FAILED, LARGEST_INTEGER, Scalar

Reader = Callable[[object], Scalar]

BOOLEAN_WANTED = 'true or false (not 1, not "yes")'
NUMBER_WANTED = "a number"
INTEGER_WANTED = "a whole number"
TEXT_WANTED = "text"
DATE_WANTED = "an ISO 8601 date such as 2026-12-31"
INSTANT_WANTED = "an instant with a UTC offset such as 2026-12-31T09:00:00Z"


class Misfit(Exception):
    """A value is not what was wanted. `found` says what kind of thing it is, never what it is."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(found, wanted)
        self.found = found
        self.wanted = wanted


def kind_of(raw: object) -> str:
    """What kind of thing a value is, in the words of faults.

    >>> kind_of("0451"), kind_of(True), kind_of(None)
    ('text', 'true or false', 'nothing')
    """
    if raw is None:
        return "nothing"
    for kinds, words in _KINDS:
        if isinstance(raw, kinds):
            return words
    name = type(raw).__name__
    return f"an object of type {name}" if name.isidentifier() and len(name) <= 60 else "an object"


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    ((int, float, Decimal), "a number"),
    (datetime, "an instant"),
    (date, "a date"),
    ((bytes, bytearray), "bytes"),
    (Mapping, "a record"),
    ((list, tuple), "a list"),
    (Set, "a set"),
)


def boolean(raw: object) -> bool:
    """True or false, and nothing that other languages take for it."""
    if raw is True or raw is False:
        return raw
    raise Misfit(kind_of(raw), BOOLEAN_WANTED)


def number(raw: object) -> int | float:
    """A finite number. -0.0 becomes 0.0; an integer beyond ±2^53 is refused, as doubles skip integers there.

    >>> number(-0.0), number(Decimal("12.50"))
    (0.0, 12.5)
    """
    kind = type(raw)
    if kind is float:
        if isfinite(raw):  # type: ignore[arg-type]  # mypy does not narrow by `type(raw)` held in a variable
            return raw + 0.0  # type: ignore[operator]  # the same
    elif kind is int:
        if -LARGEST_INTEGER <= raw <= LARGEST_INTEGER:  # type: ignore[operator]  # the same
            return raw  # type: ignore[return-value]  # the same
    elif isinstance(raw, bool):
        raise Misfit(kind_of(raw), NUMBER_WANTED)
    # The conversions of the built-in types, as a subclass may have its own.
    elif isinstance(raw, int):
        return number(int.__int__(raw))
    elif isinstance(raw, float):
        return number(float.__float__(raw))
    elif isinstance(raw, Decimal):
        return _from_decimal(raw)
    else:
        raise Misfit(kind_of(raw), NUMBER_WANTED)
    if kind is int:
        raise Misfit("an integer beyond ±2^53", "a number (an identifier this long should be text)")
    raise Misfit("a number that is not finite", "a finite number")


def _from_decimal(raw: Decimal) -> int | float:
    if raw.is_finite() and abs(raw) > LARGEST_INTEGER and raw == raw.to_integral_value():
        raise Misfit("an integer beyond ±2^53", "a number (an identifier this long should be text)")
    return number(float("nan") if raw.is_snan() else float(raw))


def integer(raw: object) -> int:
    """A whole number; 3.0 is one, as JSON has it.

    >>> integer(3.0)
    3
    """
    try:
        value = number(raw)
    except Misfit as misfit:
        wanted = INTEGER_WANTED if misfit.wanted == NUMBER_WANTED else misfit.wanted
        raise Misfit(misfit.found, wanted) from None
    if type(value) is float:
        if not value.is_integer():
            raise Misfit("a number with a fraction", INTEGER_WANTED)
        value = number(int(value))
    return value  # type: ignore[return-value]  # an int by now: `number` gives ints for ints


def text(raw: object) -> str:
    """Text without lone surrogates. A member of an enum of texts is its value; a UUID or URL is how it is written."""
    if type(raw) is not str:
        raw = _plain_text(raw)
    if not raw.isascii():
        try:
            raw.encode()
        except UnicodeEncodeError:
            raise Misfit("text with a lone surrogate", "text that is valid Unicode") from None
    return raw


def _plain_text(raw: object) -> str:
    if isinstance(raw, enum.Enum) and raw is not FAILED:
        raw = raw.value
    if isinstance(raw, str):
        return str.__str__(raw)
    if isinstance(raw, UUID | AnyUrl):
        return str(raw)
    raise Misfit(kind_of(raw), TEXT_WANTED)


def calendar_date(raw: object) -> date:
    """A date; an instant is not one, as it is two dates, depending on where one stands."""
    if isinstance(raw, str):
        day = read_date(str.__str__(raw))
        if day is not None:
            return day
    elif isinstance(raw, date) and not isinstance(raw, datetime):
        return raw if type(raw) is date else date(raw.year, raw.month, raw.day)
    raise Misfit(kind_of(raw), DATE_WANTED)


def instant(raw: object) -> datetime:
    """An instant, in UTC.

    >>> instant("2026-12-31T09:00:00+02:00").isoformat()
    '2026-12-31T07:00:00+00:00'
    """
    if isinstance(raw, str):
        moment = read_instant(str.__str__(raw))
        if moment is None:
            raise Misfit("text", INSTANT_WANTED)
        return moment
    if not isinstance(raw, datetime):
        raise Misfit(kind_of(raw), INSTANT_WANTED)
    if raw.tzinfo is UTC and type(raw) is datetime:
        return raw
    try:
        if raw.utcoffset() is None:
            raise Misfit("an instant without a UTC offset", INSTANT_WANTED)
        moved = raw.astimezone(UTC)
    except OverflowError:
        raise Misfit("an instant outside of the years 1 to 9999 in UTC", INSTANT_WANTED) from None
    if type(moved) is datetime:
        return moved
    return datetime.combine(date(moved.year, moved.month, moved.day), moved.time(), UTC)


def one_of(kind: types.Enum) -> Callable[[object], str]:
    """The reader of an enum's values."""
    values = frozenset(kind.values)

    def read(raw: object) -> str:
        value = raw if type(raw) is str else _plain_text(raw)
        if value in values:
            return value
        # The one place where a value is shown: people who mend an enum need the word, and it is no personal data.
        shown = "".join(c if c.isprintable() else "�" for c in value[:20])
        near = nearest(value[:40], kind.values)
        wanted = str(kind) + (f' (did you mean "{near}"?)' if near else "")
        raise Misfit(f'the text "{shown}{"…" if len(value) > 20 else ""}"', wanted)

    return read


def scalar_reader(kind: types.Type) -> Reader | None:
    """The reader of a type of single values; None for lists, maps, records and what rules cannot read."""
    match kind:
        case types.Boolean():
            return boolean
        case types.Number(integer=True):
            return integer
        case types.Number():
            return number
        case types.String():
            return text
        case types.Date():
            return calendar_date
        case types.Instant():
            return instant
        case types.Enum():
            return one_of(kind)
        case _:
            return None
