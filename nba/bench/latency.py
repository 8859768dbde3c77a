"""The time that each call of one thing takes, and what is told of many."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Latency:
    """Seconds by the wall clock that a call takes: of so many calls, the mean and some percentiles."""

    calls: int
    mean: float
    median: float
    p90: float
    p99: float
    slowest: float

    @property
    def a_second(self) -> float:
        """How many of them are made in a second, one after the other."""
        return 1 / self.mean if self.mean else math.inf

    def to_dict(self) -> dict[str, float]:
        """As plain values, in microseconds.

        >>> Latency(1, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6).to_dict()["p50_us"]
        2.0
        """
        values = {"mean_us": self.mean, "p50_us": self.median, "p90_us": self.p90, "p99_us": self.p99}
        return {"calls": self.calls} | {
            name: round(of * 1e6, 2) for name, of in {**values, "max_us": self.slowest}.items()
        }


def latency(prepare: Callable[[T], U], call: Callable[[U], Any], given: Sequence[T], seconds: float) -> Latency:
    """Call with one after the other, again and again, until the time is up; at least once with each of the first ten.

    Each is prepared anew before the clock starts. What a first call makes for all that follow is not counted: there
    is one before.
    """
    call(prepare(given[0]))
    times: list[float] = []
    end = perf_counter() + seconds
    for one in itertools.cycle(given):
        prepared = prepare(one)
        before = perf_counter()
        call(prepared)
        after = perf_counter()
        times.append(after - before)
        if after >= end and len(times) >= min(10, len(given)):
            break
    return summary(times)


def summary(times: Sequence[float]) -> Latency:
    """What is told of many times.

    >>> summary([1.0, 2.0, 3.0, 4.0, 10.0]).median
    3.0
    """
    found = sorted(times)

    def rank(share: float) -> float:
        return found[max(0, math.ceil(share * len(found)) - 1)]

    return Latency(len(found), math.fsum(found) / len(found), rank(0.5), rank(0.9), rank(0.99), found[-1])
