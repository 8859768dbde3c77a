"""How engines are timed: in turns, in one process, by the processor's clock, after they were found to agree."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

LEAST = 0.01
"""Seconds that a round of one job lasts at least, so that the steps of the clock and cold caches hardly count."""


def side_by_side(jobs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median seconds of each job over rounds in which all take their turn, each round from another one on.

    Time is the process's on the processor, which other work on the machine changes little. The collector is off, and
    each job has run before.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    repeats = {name: _repeats(job) for name, job in jobs.items()}
    names = list(jobs)
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            start = turn % max(1, len(names))
            for name in names[start:] + names[:start]:
                job, count = jobs[name], repeats[name]
                before = time.process_time()
                for _ in range(count):
                    job()
                times[name].append((time.process_time() - before) / count)
            gc.collect()
    finally:
        if enabled:
            gc.enable()
    return {name: statistics.median(of) for name, of in times.items()}


def for_each(ask: Callable[[Any], object], prepared: Sequence[Any]) -> Callable[[], None]:
    """A job: to ask about each customer."""

    def job() -> None:
        for one in prepared:
            ask(one)

    return job


def _repeats(job: Callable[[], object]) -> int:
    job()
    before = time.process_time()
    job()
    return max(1, min(200, round(LEAST / max(1e-6, time.process_time() - before))))
