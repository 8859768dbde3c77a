"""The constants that generated expressions compare with, and that generated data lies on and around.

Both draw from the same few, so that a comparison is often met exactly, missed by one, or missed by a rounding.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from random import Random

AS_OF = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

_ORDINARY = (0, 1, 2, 3, 10, 0.5, 1.5, 30, 100, -1)
_EXTREME = (
    0.1,
    0.2,
    0.30000000000000004,
    -0.0,
    1e-7,
    5e-324,
    2.2250738585072014e-308,
    1e16,
    1e22,
    2**53,
    2**53 - 1,
    -(2**53),
    1e308,
    -1.7976931348623157e308,
)
# In code points the last but one comes before the last; in UTF-16 it is the other way round.
TEXTS = ("gold", "Gold", "", "a b", "é", "e\u0301", 'say "x"', "back\\slash", "{name}", "\uffee", "\U0001f600")
ZONES = ("Europe/Helsinki", "UTC", "America/Los_Angeles", "Pacific/Apia", "Asia/Kathmandu")
_DAYS = (0, 1, -1, 7, -7, 30, -30, -90, -365, -6574)  # the last: eighteen years
_FAR_DATES = (date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31))
_FAR_INSTANTS = (
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # the clocks of Europe change
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)


def number(rng: Random) -> int | float:
    """A number as rules and customers have it, and sometimes one at the edge of what a double can carry."""
    return rng.choice(_ORDINARY if rng.random() < 0.8 else _EXTREME)


def number_nearby(rng: Random) -> int | float:
    """A literal, or a number next to one."""
    base = number(rng)
    near = rng.randrange(5)
    if near == 0 and abs(base) < 2**53:
        return base + rng.choice((1, -1))
    if near == 1:
        found = math.nextafter(base, rng.choice((math.inf, -math.inf)))
        return found if math.isfinite(found) else base
    return float(base) if near == 2 else base


def integer_nearby(rng: Random) -> int:
    """A whole number on or next to a literal."""
    base = int(rng.choice(_ORDINARY)) + rng.choice((0, 0, 1, -1))
    return base if rng.random() < 0.95 else rng.choice((2**53, -(2**53)))


def text(rng: Random) -> str:
    """A text: few of them, so that two are often equal."""
    return rng.choice(TEXTS[:4]) if rng.random() < 0.6 else rng.choice(TEXTS)


def day(rng: Random) -> date:
    """A day near `AS_OF`, or at an end of the calendar."""
    if rng.random() < 0.06:
        return rng.choice(_FAR_DATES)
    return AS_OF.date() + timedelta(days=rng.choice(_DAYS))


def day_nearby(rng: Random) -> date:
    """A day on or next to one of the literals."""
    base = day(rng)
    return base + timedelta(days=rng.choice((0, 0, 1, -1))) if 1 < base.year < 9999 else base


def instant(rng: Random) -> datetime:
    """An instant whole days or hours from `AS_OF`, or at an end of the calendar."""
    if rng.random() < 0.06:
        return rng.choice(_FAR_INSTANTS)
    return AS_OF + timedelta(days=rng.choice(_DAYS), hours=rng.choice((0, 0, 1, -12)))


def instant_nearby(rng: Random) -> datetime:
    """An instant on a literal, or a microsecond beside it."""
    base = instant(rng)
    return base + timedelta(microseconds=rng.choice((0, 0, 1, -1))) if 1 < base.year < 9999 else base
