"""What became of each action, and why, as data: the parts that every explanation is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from nba.explanation.conditions import Observation
from nba.language.values import Truth
from nba.proposing import Key

Outcome: TypeAlias = Literal["chosen", "outranked", "blocked", "undecided", "not_proposed"]


@dataclass(frozen=True)
class RuleView:
    """A rule or law, and what was seen of its condition."""

    id: str
    department: str
    because: str
    source: str
    truth: Truth
    status: Literal["live", "shadow", "inactive"] = "live"
    note: str = ""
    """Of an inactive rule, why it is."""
    missing: tuple[str, ...] = ()
    """The fields that would decide the condition."""
    observed: Observation | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    confidential: bool = False
    """Whether it is kept from the one who asks: then nothing is told but whose it is, and `because` is for everyone."""


@dataclass(frozen=True)
class Reason:
    """One reason why a candidate is blocked: on one channel, or on all when `channel` is None."""

    kind: str
    """`guard`, `law`, `gate`, or `fault`."""
    id: str
    department: str
    channel: str | None
    truth: Truth
    because: str
    until: str | None
    source: str
    missing: tuple[str, ...] = ()
    observed: Observation | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    confidential: bool = False
    """Whether it is kept from the one who asks: then nothing is told but whose it is, and `because` is for everyone."""


@dataclass(frozen=True)
class ScoreView:
    """A score with all that it was multiplied from; a factor that the action does not have counts as 1."""

    total: float
    factors: tuple[tuple[str, float], ...]
    weights: tuple[tuple[str, float], ...]
    """By the id of the rule."""


@dataclass(frozen=True)
class Rival:
    """The chosen action that stands before an outranked one."""

    name: str
    title: str
    department: str
    tier: str
    score: ScoreView | None
    """None when it is kept from the one who asks."""
    why: str
    """`exclusive` (one of a group), `at_most` (items of one action), or `limit`."""
    order: str
    """What puts it first: `tier`, `score`, or `name`; `order`, when a score is kept from the one who asks."""
    detail: str
    """Both in words."""


@dataclass(frozen=True)
class Fate:
    """What became of an action, or of one item of an action with `for_each`."""

    name: str
    action: str
    key: Key
    title: str
    department: str
    tier: str
    outcome: Outcome
    rank: int | None = None
    channel: str | None = None
    score: ScoreView | None = None
    proposed_by: tuple[RuleView, ...] = ()
    blocked_by: tuple[Reason, ...] = ()
    """Of a candidate with channels left, the reasons against the others."""
    until: str | None = None
    """The earliest instant at which nothing that blocks it now would, if nothing but time went by."""
    outranked_by: Rival | None = None
    rules: tuple[RuleView, ...] = ()
    """Of an action that is no candidate, the rules that could propose it."""
    missing: tuple[str, ...] = ()
    """Of an undecided action, the fields that would decide it."""
    note: str = ""
    source: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


class Waiting(NamedTuple):
    """No more of a blocked candidate than what it is and what blocks it."""

    name: str
    title: str
    department: str
    tier: str
    blocked_by: tuple[Reason, ...]
