"""What real decisions have shown: made-up customers, and every example that the solver found on the way.

Something that one of them shows can be; only what none shows is left to the solver.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from nba.decision import Decision
from nba.errors import InputError
from nba.explanation.showing import plain
from nba.language import tree
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.language.values import FAILED
from nba.proof.analysing.sampling import Sampler
from nba.proof.shrink import without_faults
from nba.proof.trying import Bench, screened
from nba.proof.witness import Witness
from nba.ruleset.model import Ruleset
from nba.screening import Screened

SAMPLES = 300
STARTS, CLIMB, PATIENCE = 3, 400, 150
"""From so many examples that nearly show something, so many small changes each."""
MORE = 1600
"""So many more are made up where the solver cannot tell, as with features of plugins."""


@dataclass(frozen=True)
class Seen:
    """One decision that was made."""

    example: Witness
    profile: Mapping[str, Any]
    """The profile as it was read: before what the house assumes."""
    env: Environment
    screened: tuple[Screened, ...]
    first: Screened | None
    undecided: int
    """How many proposals were undecided."""


def scenes_of(env: Environment, ruleset: Ruleset, each: str | None) -> Iterator[Environment]:
    """The environment; for an action with `for_each`, once with each of its items in sight."""
    if each is None:
        yield env
        return
    of = ruleset.actions[each].for_each
    assert of is not None
    items = compile_node(of.over)(env)
    for item in items if isinstance(items, tuple) else ():
        env.items[of.item] = item
        yield env


@dataclass
class Shown:
    """Where a condition is true, and where it is false: a bit for each scene."""

    true: int = 0
    false: int = 0
    failed: int = 0
    seen: int = 0
    scenes: int = 0

    @property
    def unknown(self) -> int:
        """Where it is neither."""
        return ((1 << self.scenes) - 1) & ~(self.true | self.false)


class Evidence:
    """The decisions that were made on one set of rules."""

    def __init__(self, ruleset: Ruleset, bench: Bench, samples: int = SAMPLES) -> None:
        self.ruleset, self.bench = ruleset, bench
        self.seen: list[Seen] = []
        self._shown: dict[tuple[int, str | None], tuple[tree.Node, Callable[[Environment], Any], Shown]] = {}
        self._sampler, self._more = iter(Sampler(ruleset)), MORE
        for example in itertools.islice(self._sampler, samples):
            without_faults(example, lambda of: self.add(of) is not None)  # what cannot be made to fit is no evidence

    def search(self, shows: Callable[[Decision], bool]) -> Seen | None:
        """One more made-up customer who shows something; the tries of all searches together are limited."""
        for example in itertools.islice(self._sampler, min(self._more, MORE // 4)):
            self._more -= 1
            found = without_faults(example, lambda of: shows(self.bench.decide(of)))
            if found is not None:
                return self.add(found)
        return None

    def nearest(self, cost: Callable[[Seen], float]) -> list[Seen]:
        """A few of what was seen that cost the least."""
        return heapq.nsmallest(STARTS, self.seen, key=cost)

    def climb(self, starts: Iterable[Seen], cost: Callable[[Seen], float]) -> Seen | None:
        """An example that costs nothing, found by small changes of one that costs little; parts come from others."""
        rng = Random(len(self.seen))
        for start in starts:
            found = self._climb(start, cost, rng)
            if found is not None:
                self.seen.append(found)
                return found
        return None

    def _climb(self, start: Seen, cost: Callable[[Seen], float], rng: Random) -> Seen | None:
        best, left = start, cost(start)
        pool = [of.example for of in self.seen[:SAMPLES]]
        since = 0
        for _ in range(CLIMB if pool else 0):
            if left == 0 or since > PATIENCE:
                break
            since += 1
            made = _mixed(best.example, rng.choice(pool), rng)
            try:
                one = self._see(made, self.bench.decide(made))
            except InputError:  # parts that do not fit together
                continue
            price = cost(one)
            since = 0 if price < left else since
            if price <= left:
                best, left = one, price
        return best if left == 0 else None

    def add(self, example: Witness, decision: Decision | None = None) -> Seen:
        """Decide on an example and keep what it shows."""
        self.seen.append(self._see(example, decision or self.bench.decide(example)))
        return self.seen[-1]

    def of(self, decision: Decision) -> Seen:
        """What a decision shows, not kept."""
        trace = decision._trace
        example = Witness(plain(trace.profile), plain(trace.env.context), trace.as_of)
        return self._see(example, decision)

    def _see(self, example: Witness, decision: Decision) -> Seen:
        trace = decision._trace
        chosen = trace.arbitration.chosen
        first = chosen[0].screened if chosen else None
        undecided = sum(of.action is not None for of in trace.proposed.doubts)
        return Seen(example, trace.profile, trace.environment(), tuple(screened(decision)), first, undecided)

    def shown(self, condition: tree.Node, each: str | None = None) -> Shown:
        """Where a condition is true and false, in all that was seen."""
        key = (id(condition), each)
        if key not in self._shown:
            self._shown[key] = condition, compile_node(condition), Shown()
        _, compute, found = self._shown[key]
        for one in self.seen[found.seen :]:
            for env in scenes_of(one.env, self.ruleset, each):
                value, bit = compute(env), 1 << found.scenes
                found.true |= bit if value is True else 0
                found.false |= bit if value is False else 0
                found.failed |= bit if value is FAILED else 0
                found.scenes += 1
        found.seen = len(self.seen)
        return found

    def differ(self, one: tree.Node, other: tree.Node, each: str | None = None) -> bool:
        """Whether something that was seen tells two conditions apart."""
        first, second = compile_node(one), compile_node(other)
        return any(
            first(env) != second(env) for of in reversed(self.seen) for env in scenes_of(of.env, self.ruleset, each)
        )


def _mixed(one: Witness, other: Witness, rng: Random) -> Witness:
    """An example with one part as another has it, or without it."""
    in_context = rng.random() < 0.15
    data, from_ = (dict(one.context), other.context) if in_context else (dict(one.profile), other.profile)
    keys = sorted({*data, *from_})
    if not keys:
        return one
    key = rng.choice(keys)
    inner = data.get(key), from_.get(key)
    if rng.random() < 0.7 and isinstance(inner[0], dict) and isinstance(inner[1], dict):
        field = rng.choice(sorted({*inner[0], *inner[1]}) or [""])
        data[key] = {**inner[0], field: None if rng.random() < 0.15 else inner[1].get(field)}
    elif key in from_ and rng.random() < 0.85:
        data[key] = from_[key]
    else:
        data.pop(key, None)
    return replace(one, context=data) if in_context else replace(one, profile=data)
