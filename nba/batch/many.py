"""Many profiles, one after the other: `decide_many`.

Profiles are read as they are decided, never far ahead; decisions come in the order of the profiles; one that fails is
told by its place and does not stop the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Literal, TypeAlias, get_args

from nba.batch.progress import tracked
from nba.batch.workers import can_fork, check_whole, is_free_threaded, shared
from nba.decision import Decision
from nba.errors import EngineError, InputError
from nba.intake import OnInvalid
from nba.orchestrator import Orchestrator
from nba.results import DecisionRecord

OnError: TypeAlias = Literal["report", "raise"]
Loader: TypeAlias = Callable[[], Orchestrator]


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


def _shared(
    orchestrator: Orchestrator,
    asked: _Asked,
    profiles: Iterable[object],
    chunk: int,
    processes: int,
    loader: Loader | None,
) -> Iterator[One]:
    if loader is None and not can_fork():
        raise ValueError(
            "processes cannot be forked here, so say how each loads the rules: "
            'loader=functools.partial(nba.load, "rules")'
        )
    anew = None if loader is None else partial(_started_anew, loader, orchestrator.ruleset.hash, asked)
    work = partial(_chunk if is_free_threaded() else _recorded, orchestrator, asked)
    return (one for some in shared(work, _numbered(profiles, chunk), processes, anew=anew) for one in some)


def _numbered(profiles: Iterable[object], chunk: int) -> Iterator[tuple[int, list[object]]]:
    """The profiles in chunks, each with the place of its first."""
    source, index = iter(profiles), 0
    while some := list(islice(source, chunk)):
        yield index, some
        index += len(some)


def _started_anew(loader: Loader, hash: str, asked: _Asked) -> Callable[[tuple[int, list[object]]], list[One]]:
    orchestrator = loader()
    # Other rules are told by the work: what a start raises is not passed on.
    return partial(_recorded, orchestrator if orchestrator.ruleset.hash == hash else None, asked)


def _recorded(orchestrator: Orchestrator | None, asked: _Asked, numbered: tuple[int, list[object]]) -> list[One]:
    """Decisions as data, which leaves the process that makes them."""
    if orchestrator is None:
        raise EngineError("the loader does not load the rules that are to decide: the hashes differ")
    return [of.record() if isinstance(of, Decision) else of for of in _chunk(orchestrator, asked, numbered)]


def _chunk(orchestrator: Orchestrator, asked: _Asked, numbered: tuple[int, list[object]]) -> list[One]:
    index, profiles = numbered
    return [_one(orchestrator, asked, place, profile) for place, profile in enumerate(profiles, index)]
