"""The smallest profile that still shows something: every field goes that does not matter, and values get plain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from nba.errors import InputError
from nba.proof.witness import Witness

Holds = Callable[[Witness], bool]
_ATTEMPTS = 2000
_DAYS = (0, -1, -2, -10, -31, -100, -366, -3660, -11000, 1, 2, 10, 31, 100, 366, 3660)
"""Days from the moment of the decision that are plain."""
_NUMBERS = (0, 1, 2, 5, 10, 100, 1000)


def shrink(found: Witness, holds: Holds) -> Witness:
    """A witness of which no part can be left out, or be plainer, so that it still holds."""
    left = [_ATTEMPTS]

    def still(of: Witness) -> bool:
        left[0] -= 1
        return left[0] > 0 and _holds(of, holds)

    changed = True
    while changed and left[0] > 0:
        changed = False
        for smaller in _smaller(found):
            if still(smaller):
                found, changed = smaller, True
                break
    return found


def without_faults(found: Witness, holds: Holds) -> Witness | None:
    """The witness without what the profile's schema refuses, if it holds then."""
    for _ in range(6):
        try:
            return found if holds(found) else None
        except InputError as error:
            paths = [_parts(fault.path) for fault in error.faults]
            name = "profile" if error.subject == "profile" else "context"
            data = getattr(found, name)
            for path in paths:
                data = dropped(data, path)
            if data == getattr(found, name):
                return None
            found = replace(found, **{name: data})
    return None


def _holds(found: Witness, holds: Holds) -> bool:
    try:
        return holds(found)
    except InputError:
        return False


def _smaller(found: Witness) -> Iterator[Witness]:
    """The witness with one part less, or one value plainer: large parts first."""
    for name in ("profile", "context"):
        for data in _less(getattr(found, name)):
            yield replace(found, **{name: data})
    for moment in _plain_moments(found.as_of):
        yield replace(found, as_of=moment)
    for name in ("profile", "context"):
        for data in _simpler(getattr(found, name), found.as_of):
            yield replace(found, **{name: data})


def _less(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key in value:
            yield {other: of for other, of in value.items() if other != key}
        for key, of in value.items():
            for less in _less(of):
                yield {**value, key: less}
    elif isinstance(value, list):
        for number in range(len(value)):
            yield [*value[:number], *value[number + 1 :]]
        for number, of in enumerate(value):
            for less in _less(of):
                yield [*value[:number], less, *value[number + 1 :]]


def _simpler(value: Any, now: datetime) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, of in value.items():
            for simple in _simpler(of, now):
                yield {**value, key: simple}
    elif isinstance(value, list):
        for number, of in enumerate(value):
            for simple in _simpler(of, now):
                yield [*value[:number], simple, *value[number + 1 :]]
    else:
        yield from _plainer(value, now)


def _plainer(value: Any, now: datetime) -> Iterator[Any]:
    """Plainer values of the same type, the plainest first; none for one that is plain."""
    plain: list[Any] = []
    if isinstance(value, datetime | date):
        today = now if isinstance(value, datetime) else now.date()
        plain = [moved for days in _DAYS if (moved := _moved(today, days)) is not None]
    elif isinstance(value, str):
        plain = ["A"] if value == "" or not value.isprintable() or value.isspace() else []
    elif isinstance(value, int | float) and not isinstance(value, bool):
        plain = list(_NUMBERS)
        if isinstance(value, float):
            plain += [round(value), round(value, 1), round(value, 2), round(value, 3)]
    for of in plain:
        if of == value:
            return
        yield of


def _moved(day: Any, days: int) -> Any:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _plain_moments(moment: datetime) -> Iterator[datetime]:
    for of in (
        moment.replace(hour=12, minute=0, second=0, microsecond=0),
        moment.replace(minute=0, second=0, microsecond=0),
        moment.replace(second=0, microsecond=0),
        moment.replace(microsecond=0),
    ):
        if of == moment:
            return
        yield of


def _parts(path: str) -> tuple[str | int, ...]:
    """The parts of a path as faults write it: `service.cases[0].open`."""
    parts: list[str | int] = []
    for piece in path.replace("]", "").replace("[", ".").split("."):
        parts.append(int(piece) if piece.isdigit() else piece.strip('"'))
    return tuple(parts)


def dropped(value: Any, path: tuple[str | int, ...]) -> Any:
    """The value without what is at a path: a field is gone, an item of a list becomes a null."""
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        inner = dropped(value[part], rest) if rest else None
        return [*value[:part], inner, *value[part + 1 :]]
    if isinstance(value, dict):
        key = part if part in value else str(part)
        if key in value:
            if rest:
                return {**value, key: dropped(value[key], rest)}
            return {other: of for other, of in value.items() if other != key}
    return value
