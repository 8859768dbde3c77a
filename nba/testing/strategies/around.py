"""The values that a place may have: on what rules compare it with, next to that on both sides, and plain ones.

Values are as JSON carries them, the simplest first, as that is what a failing example shrinks to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from nba.language import types
from nba.language.moments import write_instant
from nba.language.values import LARGEST_INTEGER
from nba.testing.strategies.moments import DAY, Ago, DayAgo, Moment, Relative

Entry: TypeAlias = Any
"""A value, or a `Due` one that is worked out for the moment of the decision."""

ZONES = (
    "Europe/Helsinki",
    "UTC",
    "America/Los_Angeles",
    "Asia/Kathmandu",  # three quarters of an hour
    "Pacific/Kiritimati",  # the first to have a new day
    "Pacific/Pago_Pago",  # the last
    "Australia/Lord_Howe",  # half an hour of summer time
    "Antarctica/Troll",  # two hours of it
    "America/St_Johns",
)
_PLAIN_DAYS: tuple[Relative, ...] = (DayAgo(0), DayAgo(1), DayAgo(-1), DayAgo(40), DayAgo(-40), DayAgo(0, 12 * 40))
_PLAIN_INSTANTS: tuple[Relative, ...] = (Ago(0), Ago(DAY // 24), Ago(-DAY // 24), Ago(10 * DAY), Ago(-10 * DAY))


@dataclass(frozen=True)
class Due:
    """The text of a day or instant that is told by how far it is from the moment of the decision."""

    of: Relative
    is_date: bool

    def __call__(self, moment: Moment) -> str:
        """Its text, for a moment."""
        return self.of.day(moment).isoformat() if self.is_date else write_instant(self.of.instant(moment))


def values_of(kind: types.Type, compared: Iterable[Any] = (), sizes: Iterable[int] = ()) -> tuple[Entry, ...]:
    """The values of a scalar type around what a place is compared with, each once, the simplest first.

    >>> values_of(types.NUMBER, [3])
    (0, 1, 2, 3, 4, 3.0000000000000004, 2.9999999999999996)
    >>> values_of(types.STRING, ["gold"])
    ('', 'a', 'golc', 'gold', 'Gold', 'gold ', 'gold~')
    """
    compared = list(compared)
    match kind:
        case types.Boolean():
            return (False, True)
        case types.Number(integer=integer):
            return _numbers(
                [of for of in compared if isinstance(of, int | float) and not isinstance(of, bool)], integer=integer
            )
        case types.Enum(values=values):
            return values
        case types.String():
            texts = [of for of in compared if isinstance(of, str)] + ["a" * size for size in sizes]
            return _each_once(sorted({"", "a", *_texts(texts)}, key=lambda of: (len(of), of.swapcase())))
        case types.Date():
            return _days(compared)
        case types.Instant():
            return _instants(compared)
    return ()


def _numbers(compared: list[float], *, integer: bool) -> tuple[Entry, ...]:
    found: dict[float, None] = {}
    for of in (0, 1, *compared):
        whole = isinstance(of, int) or (of.is_integer() and abs(of) < LARGEST_INTEGER)
        of = int(of) if whole else of
        if whole:
            found |= dict.fromkeys((of, of - 1, of + 1) if of not in (0, 1) or of in compared else (of,))
        if not whole and integer:
            found |= dict.fromkeys((math.floor(of), math.ceil(of)))
        if not integer and of in compared:
            found |= dict.fromkeys((of, math.nextafter(of, math.inf), math.nextafter(of, -math.inf)))
    fit = [of for of in found if math.isfinite(of) and (not isinstance(of, int) or abs(of) <= LARGEST_INTEGER)]
    return tuple(sorted(fit, key=lambda of: (not isinstance(of, int), abs(of) if isinstance(of, int) else 0, of < 0)))


def _texts(compared: Iterable[str]) -> Iterator[str]:
    """Each text, what comes just before and after it, one that starts with it, and it in other letters."""
    for of in compared:
        yield from (of, f"{of} ", f"{of}~", of.swapcase() if len(of) < 2 else of[0].swapcase() + of[1:])
        if of:
            yield of[:-1] + chr(max(ord(of[-1]) - 1, 32)) if of[-1].isascii() else of[:-1]


def _days(compared: list[Any]) -> tuple[Entry, ...]:
    found: dict[Entry, None] = {}
    for of in compared:
        match of:
            case DayAgo():
                found |= {Due(replace(of, days=of.days + more), True): None for more in (0, 1, -1)}
            case Ago():
                found |= {
                    Due(replace(of, microseconds=of.microseconds + more * DAY), True): None for more in (0, 1, -1)
                }
            case date() if not isinstance(of, datetime):
                found |= {text: None for more in (0, 1, -1) if (text := _day_text(of, more))}
    return (*found, *(Due(of, True) for of in _PLAIN_DAYS))


def _instants(compared: list[Any]) -> tuple[Entry, ...]:
    found: dict[Entry, None] = {}
    for of in compared:
        match of:
            case DayAgo():
                found |= {
                    Due(replace(of, days=of.days + more, microseconds=offset), False): None
                    for more in (0, 1, -1)
                    for offset in (0, 1, -1)
                }
            case Ago():
                found |= {Due(Ago(of.microseconds + more), False): None for more in (0, 1, -1, DAY, -DAY)}
            case datetime():
                found |= {text: None for more in (0, 1, -1) if (text := _instant_text(of, more))}
    return (*found, *(Due(of, False) for of in _PLAIN_INSTANTS))


def _day_text(day: date, more: int) -> str | None:
    try:
        return (day + timedelta(days=more)).isoformat()
    except OverflowError:
        return None


def _instant_text(of: datetime, more: int) -> str | None:
    try:
        return write_instant(of.astimezone(UTC) + timedelta(microseconds=more))
    except OverflowError:
        return None


def _each_once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))
