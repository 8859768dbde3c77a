"""What a decision costs, told in a way that does not depend on the machine or on who else is busy on it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

STEPS = 1_000
_ROUNDS = 15
_LEAST = 2_000_000
"""Nanoseconds that a measurement takes at least, so that the clock's own steps do not count."""


def cost(function: Callable[[], object]) -> float:
    """How much CPU a call takes, in thousands of steps of a plain loop in Python.

    Both are timed in turn, many times, on the clock of the process: what slows one down slows down the other. The
    median of the rounds is told, so that a round that was interrupted does not count.

    >>> 0 < cost(lambda: sum(range(100))) < 10
    True
    """
    calls, loops = _enough(function), _enough(_loop)
    ratios = [(_timed(function, calls) / calls) / (_timed(_loop, loops) / loops) for _ in range(_ROUNDS)]
    return statistics.median(ratios)


def _enough(function: Callable[[], object]) -> int:
    """How many calls take long enough to be timed."""
    count = 1
    while _timed(function, count) < _LEAST:
        count *= 2
    return count


def _timed(function: Callable[[], object], count: int) -> int:
    start = time.process_time_ns()
    for _ in range(count):
        function()
    return max(time.process_time_ns() - start, 1)


def _loop() -> int:
    """A thousand plain steps: a look-up, a comparison, an addition."""
    known = {"a": 1}
    total = 0
    for number in range(STEPS):
        if known["a"] < number:
            total += number
    return total
