"""The smallest profile that still shows something: every field goes that does not matter, and values get plain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from nba.errors import InputError
from nba.proof.witness import Witness

Holds = Callable[[Witness], bool]
_ATTEMPTS = 2000


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
                data = _dropped(data, path)
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
    for moment in _plainer(found.as_of):
        yield replace(found, as_of=moment)
    for name in ("profile", "context"):
        for data in _simpler(getattr(found, name)):
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


def _simpler(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, of in value.items():
            for simple in _simpler(of):
                yield {**value, key: simple}
    elif isinstance(value, list):
        for number, of in enumerate(value):
            for simple in _simpler(of):
                yield [*value[:number], simple, *value[number + 1 :]]
    else:
        yield from _plainer(value)


def _plainer(value: Any) -> Iterator[Any]:
    """Plainer values of the same type, the plainest first; none for one that is plain."""
    if isinstance(value, datetime):
        plain = [
            value.replace(hour=12, minute=0, second=0, microsecond=0),
            value.replace(minute=0, second=0, microsecond=0),
            value.replace(second=0, microsecond=0),
            value.replace(microsecond=0),
        ]
        yield from plain[: plain.index(value)] if value in plain else plain
    elif isinstance(value, int | float) and not isinstance(value, bool):
        plain_numbers: list[int | float] = [0, 1, 2, 5, 10, 100, 1000]
        if value in plain_numbers:
            yield from plain_numbers[: plain_numbers.index(value)]
            return
        yield from plain_numbers
        if isinstance(value, float) and value != round(value, 3):
            yield from (of for of in (round(value), round(value, 1), round(value, 2), round(value, 3)) if of != value)


def _parts(path: str) -> tuple[str | int, ...]:
    """The parts of a path as faults write it: `service.cases[0].open`."""
    parts: list[str | int] = []
    for piece in path.replace("]", "").replace("[", ".").split("."):
        parts.append(int(piece) if piece.isdigit() else piece.strip('"'))
    return tuple(parts)


def _dropped(value: Any, path: tuple[str | int, ...]) -> Any:
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        inner = _dropped(value[part], rest) if rest else None
        return [*value[:part], inner, *value[part + 1 :]]
    if isinstance(value, dict):
        key = part if part in value else str(part)
        if key in value:
            if rest:
                return {**value, key: _dropped(value[key], rest)}
            return {other: of for other, of in value.items() if other != key}
    return value
