"""The fewest steps that still fail: what is left out is tried in halves, then one by one, then within each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from nba.testing.generation.shrinking import shrink

Step: TypeAlias = tuple[str, Mapping[str, Any]]
"""The name of a step and what it is given, as plain data."""
MOST = 1000
"""So many attempts at most."""


def fewest(steps: list[Step], fails: Callable[[list[Step]], bool]) -> list[Step]:
    """The steps without those, and without the parts of what they are given, that the failure does not need.

    >>> steps = [("wait", {}), ("add", {"record": {"id": 1, "status": "open"}}), ("wait", {})]
    >>> fewest(steps, lambda few: any("status" in given.get("record", {}) for _, given in few))
    [('add', {'record': {'status': 'open'}})]
    """
    return shrink(steps, _less, fails, MOST)


def _less(steps: list[Step]) -> Iterator[list[Step]]:
    size = len(steps) // 2
    while size:  # the last first: what came before it is more often needed
        for start in range(len(steps) - size, -1, -size):
            yield steps[:start] + steps[start + size :]
        size //= 2
    if len(steps) == 1:
        yield []
    for number, (name, given) in enumerate(steps):
        for less in _smaller(given):
            yield [*steps[:number], (name, less), *steps[number + 1 :]]


def _smaller(value: Any, depth: int = 0) -> Iterator[Any]:
    """Plain data with one entry of a mapping less; what a step is given stays, and is made smaller itself."""
    if isinstance(value, Mapping):
        for name in value if depth else ():
            yield {other: of for other, of in value.items() if other != name}
        for name, of in value.items():
            for less in _smaller(of, depth + 1):
                yield {**value, name: less}
    elif isinstance(value, list | tuple):
        for index, of in enumerate(value):
            for less in _smaller(of, depth + 1):
                yield [*value[:index], less, *value[index + 1 :]]
