"""Work that several processes share, in the order of what is to be done, with few things in the works at once.

On a free-threaded Python, threads do it instead. On any other they share one lock, and are no faster than one.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any, TypeAlias, TypeVar

from nba.errors import EngineError

T = TypeVar("T")
R = TypeVar("R")
Make: TypeAlias = Callable[[], Callable[[Any], Any]]
"""Makes what a worker does with each thing that it is given."""

AHEAD = 2  # things that each worker may have waiting

_work: Callable[[Any], Any] | None = None  # of a worker's own process: set once, when it starts


def is_free_threaded() -> bool:
    """Whether threads work side by side on this Python."""
    return not getattr(sys, "_is_gil_enabled", lambda: True)()


def can_fork() -> bool:
    """Whether processes can be made that have all that this one has."""
    return "fork" in multiprocessing.get_all_start_methods()


def check_whole(name: str, number: object) -> None:
    """Raise a ValueError for what is not a whole number, at least 1."""
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError(f"{name} should be a whole number, at least 1")


def shared(
    work: Callable[[T], R],
    source: Iterable[T],
    processes: int | None,
    *,
    anew: Make | None = None,
    forked: Callable[[], object] = bool,
) -> Iterator[R]:
    """What work makes of each, in order. With one process or None it is this one.

    Workers are forked, so that only what is worked on and what is made of it is pickled, and of a list only the latter;
    or started anew, each to make its work by a function that can be pickled. A worker that is forked first lets go, by
    `forked`, of what is not its own.

    Raises:
        EngineError: a worker ended before its work was done.
        ValueError: it is no number of processes, or they cannot be forked here and it is not said how to start them.

    >>> list(shared(str, [1, 2], None))
    ['1', '2']
    """
    processes = 1 if processes is None else processes
    check_whole("processes", processes)
    if processes == 1:
        return map(work, source)
    if is_free_threaded():
        return _in_order(ThreadPoolExecutor(processes), work, source, processes)
    if anew is None and not can_fork():
        raise ValueError("processes cannot be forked on this system")
    if anew is None and isinstance(source, list):
        return shared(partial(_at, work, source), iter(range(len(source))), processes, forked=forked)
    context: Any = multiprocessing.get_context("fork" if anew is None else "spawn")
    arguments = (lambda: work, forked) if anew is None else (anew, bool)
    executor = ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=arguments)
    return _in_order(executor, _in_worker, source, processes)


def _in_order(executor: Executor, work: Callable[[Any], Any], source: Iterable[Any], workers: int) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    things = iter(source)
    with executor:
        try:
            executor.submit(bool)  # starts the workers before anything is read: what reads may start threads
            for one in things:
                waiting.append(executor.submit(work, one))
                if len(waiting) == workers * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise EngineError(
                "a worker process ended before its work was done (killed, or out of memory); decide with fewer "
                "processes, or with none"
            ) from None
        finally:  # whoever stops listening does not wait for what was still to come
            executor.shutdown(wait=False, cancel_futures=True)


def _at(work: Callable[[T], R], things: list[T], place: int) -> R:
    return work(things[place])


def _start(make: Make, let_go: Callable[[], object]) -> None:
    global _work
    let_go()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work = make()


def _end_with_parent() -> None:
    """Nobody else tells a worker that who started it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _in_worker(one: Any) -> Any:
    assert _work is not None
    return _work(one)
