"""Who takes part, and why who is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nba.errors import EngineError
from tests.benchmarks.contestants import Contestant, Decide, DecideDurable, Generated, Match, MatchDurable
from tests.benchmarks.rivals import (
    Cedar,
    Cel,
    CelCpp,
    Clips,
    DurableByHand,
    JsonLogic,
    RegoCpp,
    Regorus,
    RuleEngine,
    ZenArray,
    ZenTable,
)
from tests.benchmarks.seeded import Workload

CONTESTANTS: tuple[type[Contestant], ...] = (
    Generated,
    Decide,
    Match,
    ZenArray,
    ZenTable,
    JsonLogic,
    Cel,
    CelCpp,
    DecideDurable,
    MatchDurable,
    DurableByHand,
    Clips,
    Cedar,
    Regorus,
    RuleEngine,
    RegoCpp,
)


@dataclass(frozen=True)
class Absent:
    """An engine that is not run, and why."""

    name: str
    because: str


def enter(kinds: Iterable[type[Contestant]], work: Workload) -> Iterator[Contestant | Absent]:
    """The engines with the rules read; in place of those that cannot be run, why."""
    for kind in kinds:
        if len(work.rules) > kind.most:
            yield Absent(kind.name, f"not beyond {kind.most:,} rules: {kind.because}")
            continue
        try:
            kind.release()
            yield kind(work)
        except (ImportError, EngineError) as error:
            yield Absent(
                kind.name, f"not installed here: {kind.distribution}" if isinstance(error, ImportError) else str(error)
            )
