"""How a decision is made, step by step, and what each step found, for whoever asks why.

The steps are taken when they are asked for, on what the decision knows: nothing of the caller's is in it, and nothing
that it reads ever changes, so that it does not matter when that is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from nba.arbitration import Arbitration, arbitrate, preferred_channels
from nba.language.compiled import Compiled
from nba.language.meaning import Environment
from nba.language.values import Value
from nba.matching import Match
from nba.proposing import Proposed, Proposer
from nba.results import DecisionError
from nba.ruleset.model import Duty, Notice, Ruleset
from nba.screening import Screen, Screened

T = TypeVar("T")


@dataclass(frozen=True)
class Steps:
    """What takes the steps: made once for a ruleset, used by every decision."""

    ruleset: Ruleset
    matcher: str
    """The name of the rule engine."""
    features: Sequence[Compiled]
    match: Callable[[Sequence[Value]], Match]
    proposer: Proposer
    screen: Screen
    _made: dict[Callable[[Ruleset], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[[Ruleset], T]) -> T:
        """What depends on the rules alone, made when somebody first asks for it, and then kept."""
        if make not in self._made:
            self._made[make] = make(self.ruleset)
        found: T = self._made[make]
        return found


class Trace:
    """The inputs of one decision, and the results of its steps.

    Used by many threads at once: a step that two of them take has the same result twice.
    """

    def __init__(
        self,
        steps: Steps,
        env: Environment,
        profile: Mapping[str, Value],
        limit: int | None,
        faults: Sequence[DecisionError] = (),
        stand_ins: Mapping[str, Value] | None = None,
        forced: Sequence[str] = (),
    ) -> None:
        """`profile` is as it was read, before the house's assumptions; `faults` are those of the facts."""
        self.steps = steps
        self.env = env
        self.profile = profile
        self.limit = limit
        self.faults = faults
        self.stand_ins: Mapping[str, Value] = stand_ins or {}
        self.forced = forced

    @property
    def ruleset(self) -> Ruleset:
        """The rules."""
        return self.steps.ruleset

    @property
    def matcher(self) -> str:
        """The name of the rule engine."""
        return self.steps.matcher

    @property
    def as_of(self) -> datetime:
        """The instant that the decision is made for."""
        return self.env.clock.as_of

    @cached_property
    def features(self) -> Sequence[Any]:
        """The values of the features that conditions read."""
        env = self.environment()
        return [compute(env) for compute in self.steps.features]

    @cached_property
    def match(self) -> Match:
        """The conditions that hold, and those in doubt."""
        return self.steps.match(self.features)

    @property
    def proposed(self) -> Proposed:
        """What the rules propose."""
        return self._proposed[0]

    @property
    def screened(self) -> tuple[Screened, ...]:
        """All candidates, with what blocks them."""
        return self._screened[0]

    @cached_property
    def arbitration(self) -> Arbitration:
        """What is chosen, and what is outranked."""
        return arbitrate(self.screened, self.limit, preferred_channels(self.env))

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """The tasks that rules give."""
        return tuple(of for of in self.ruleset.notices if of.condition in self.match.true)

    @cached_property
    def duties_unmet(self) -> tuple[Duty, ...]:
        """The `always` laws that bind and that no unblocked candidate meets."""
        return tuple(of for of in self.ruleset.duties if self._is_unmet(of))

    @property
    def errors(self) -> tuple[DecisionError, ...]:
        """The faults that were contained."""
        return (*self.faults, *self._proposed[1], *self._screened[1])

    def with_faults(self, faults: Sequence[DecisionError]) -> Trace:
        """The same with more faults. What was found so far is not looked for again."""
        other = copy(self)
        other.faults = [*self.faults, *faults]
        return other

    def environment(self, item: str | None = None, value: Value = None) -> Environment:
        """A copy of the environment to evaluate in, with an item bound: threads may ask at once."""
        env = self.env
        bound = {} if item is None else {item: value}
        return Environment(env.profile, env.context, env.clock, env.settings, env.facts, bound)

    @cached_property
    def _proposed(self) -> tuple[Proposed, list[DecisionError]]:
        errors: list[DecisionError] = []
        return self.steps.proposer.propose(self.match, self.features, self.environment(), self.forced, errors), errors

    @cached_property
    def _screened(self) -> tuple[tuple[Screened, ...], list[DecisionError]]:
        found, errors, env = self.proposed, list[DecisionError](), self.environment()
        screened = self.steps.screen.screen(found.candidates, found.doubts, self.match, self.features, env, errors)
        return tuple(screened), errors

    def _is_unmet(self, duty: Duty) -> bool:
        if duty.condition not in self.match.true:
            return False
        return not any(set(duty.pairs.get(of.candidate.action.id, ())) & set(of.channels) for of in self.screened)
