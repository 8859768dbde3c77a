"""Many profiles, one after the other: `decide_many`.

Profiles are read as they are decided, never far ahead; decisions come in the order of the profiles; one that fails is
told by its place and does not stop the rest.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Literal, TypeAlias, cast, get_args

from nba.batch.progress import tracked
from nba.decision import Decision
from nba.errors import EngineError, InputError
from nba.intake import OnInvalid
from nba.orchestrator import Orchestrator
from nba.results import DecisionRecord

OnError: TypeAlias = Literal["report", "raise"]
Loader: TypeAlias = Callable[[], Orchestrator]
_AHEAD = 2  # chunks that each worker may have waiting


@dataclass(frozen=True)
class FailedProfile:
    """A profile that could not be decided: its place, counted from 0, and why."""

    index: int
    error: Exception

    def __str__(self) -> str:
        return f"profile {self.index}: {self.error}"


One: TypeAlias = Decision | DecisionRecord | FailedProfile


@dataclass(frozen=True)
class _Asked:
    """What is the same for every profile."""

    as_of: datetime | str
    context: object
    limit: int | None
    on_invalid: OnInvalid

    def decide(self, orchestrator: Orchestrator, profile: object) -> Decision:
        return orchestrator.decide(
            profile, as_of=self.as_of, context=self.context, limit=self.limit, on_invalid=self.on_invalid
        )


def decide_many(
    orchestrator: Orchestrator,
    profiles: Iterable[object],
    *,
    as_of: datetime | str,
    context: object = None,
    limit: int | None = 1,
    on_invalid: OnInvalid = "raise",
    on_error: OnError = "report",
    chunk: int = 64,
    processes: int | None = None,
    loader: Loader | None = None,
    progress: bool = False,
) -> Iterator[One]:
    """See `Orchestrator.decide_many`."""
    if on_error not in get_args(OnError):
        raise ValueError(f'on_error should be "report" or "raise", not {str(on_error)[:40]!r}')
    check_profiles(profiles)
    check_whole("chunk", chunk)
    check_whole("processes", 1 if processes is None else processes)
    asked = _Asked(as_of, context, limit, on_invalid)
    orchestrator.check_asked(as_of=as_of, context=context, limit=limit, on_invalid=on_invalid)
    found: Iterator[One]
    if processes is None or processes == 1:
        found = (_one(orchestrator, asked, index, profile) for index, profile in enumerate(profiles))
    else:
        found = _shared(orchestrator, asked, profiles, chunk, processes, loader)
    if on_error == "raise":
        found = _raising(found)
    return tracked(found, profiles) if progress else found


def check_profiles(profiles: object) -> None:
    """Raise a ValueError for what is not a number of profiles."""
    if isinstance(profiles, str | bytes) or not isinstance(profiles, Iterable):
        raise ValueError(f"profiles should be an iterable of profiles, not {type(profiles).__name__}")


def check_whole(name: str, number: object) -> None:
    """Raise a ValueError for what is not a whole number, at least 1."""
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError(f"{name} should be a whole number, at least 1")


def _one(orchestrator: Orchestrator, asked: _Asked, index: int, profile: object) -> Decision | FailedProfile:
    try:
        return asked.decide(orchestrator, profile)
    except (InputError, EngineError) as error:
        return FailedProfile(index, error)


def _raising(found: Iterator[One]) -> Iterator[One]:
    for one in found:
        if isinstance(one, FailedProfile):
            one.error.add_note(f"this is profile {one.index}, counted from 0")
            raise one.error
        yield one


# By several workers

_worker: tuple[Orchestrator | None, _Asked] | None = None  # of a worker's own process: set once, when it starts


def _shared(
    orchestrator: Orchestrator,
    asked: _Asked,
    profiles: Iterable[object],
    chunk: int,
    workers: int,
    loader: Loader | None,
) -> Iterator[One]:
    executor, work = _executor(orchestrator, asked, workers, loader)

    def run() -> Iterator[One]:
        waiting: deque[Future[list[One]]] = deque()
        source, index = iter(profiles), 0
        with executor:
            try:
                while True:
                    while len(waiting) < workers * _AHEAD and (some := list(islice(source, chunk))):
                        waiting.append(executor.submit(work, index, some))
                        index += len(some)
                    if not waiting:
                        return
                    yield from waiting.popleft().result()
            except BrokenProcessPool:
                raise EngineError(
                    "a worker process ended before its work was done (killed, or out of memory); decide with fewer "
                    "processes, or with none"
                ) from None
            finally:  # whoever stops listening does not wait for what was still to come
                executor.shutdown(wait=False, cancel_futures=True)

    return run()


def _executor(
    orchestrator: Orchestrator, asked: _Asked, workers: int, loader: Loader | None
) -> tuple[Executor, Callable[[int, list[object]], list[One]]]:
    if not getattr(sys, "_is_gil_enabled", lambda: True)():  # threads decide side by side, and share everything
        return ThreadPoolExecutor(workers), cast(Any, partial(_chunk, orchestrator, asked))
    if loader is not None:
        context, start = multiprocessing.get_context("spawn"), partial(_start_anew, loader, orchestrator.ruleset.hash)
    elif "fork" in multiprocessing.get_all_start_methods():
        context, start = multiprocessing.get_context("fork"), partial(_start, orchestrator)  # type: ignore[assignment]  # kin
    else:
        raise ValueError(
            "processes cannot be forked here, so say how each loads the rules: "
            'loader=functools.partial(nba.load, "rules")'
        )
    return ProcessPoolExecutor(workers, mp_context=context, initializer=start, initargs=(asked,)), _in_worker


def _start(orchestrator: Orchestrator | None, asked: _Asked) -> None:
    global _worker
    _worker = orchestrator, asked


def _start_anew(loader: Loader, hash: str, asked: _Asked) -> None:
    orchestrator = loader()
    # Other rules are told by `_in_worker`: what a start raises is not passed on.
    _start(orchestrator if orchestrator.ruleset.hash == hash else None, asked)


def _in_worker(index: int, profiles: list[object]) -> list[One]:
    assert _worker is not None
    orchestrator, asked = _worker
    if orchestrator is None:
        raise EngineError("the loader does not load the rules that are to decide: the hashes differ")
    return [of.record() if isinstance(of, Decision) else of for of in _chunk(orchestrator, asked, index, profiles)]


def _chunk(orchestrator: Orchestrator, asked: _Asked, index: int, profiles: list[object]) -> list[Any]:
    return [_one(orchestrator, asked, place, profile) for place, profile in enumerate(profiles, index)]
