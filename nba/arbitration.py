"""Arbitration: the total order of what is left, and the choice.

The order is lexicographic: tier, then score (highest first), then action id, then item key. So no score lifts an action
over one of a higher tier, and equal scores never leave the choice to chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from nba.language.meaning import Environment
from nba.proposing import Key
from nba.ruleset.model import Action
from nba.screening import Screened

Why: TypeAlias = Literal["exclusive", "at_most", "limit"]


class Chosen(NamedTuple):
    """A chosen candidate: its rank, counted from 1, and the best of its channels."""

    rank: int
    screened: Screened
    channel: str | None


class Outranked(NamedTuple):
    """A candidate that nothing blocks, and the chosen one that stands before it."""

    screened: Screened
    by: Screened
    why: Why


@dataclass(frozen=True)
class Arbitration:
    """Everything that nothing blocks: chosen, or outranked, in order."""

    chosen: tuple[Chosen, ...]
    outranked: tuple[Outranked, ...]


def precedence_with(action: Action, total: float, key: Key) -> tuple[int, float, str, str, str]:
    """The sort key of a candidate with this total score: smaller comes first."""
    if key is None:
        return action.rank, -total, action.id, "", action.id
    return action.rank, -total, action.id, str(key or ""), f"{action.id}[{key}]"


def precedence(screened: Screened) -> tuple[int, float, str, str, str]:
    """The sort key of a screened candidate."""
    action, key, _, score, _ = screened.candidate
    return precedence_with(action, score.total, key)


def arbitrate(screened: Iterable[Screened], limit: int | None, preferred: tuple[str, ...]) -> Arbitration:
    """Choose, in order, what is not blocked: one of a group, `at_most` of an action's items, `limit` in all."""
    choice = Choice(limit, preferred)
    outranked: list[Outranked] = []
    for one in sorted((of for of in screened if of.channels), key=precedence):
        before = choice.take(one)
        if before is not None:
            outranked.append(Outranked(one, *before))
    return Arbitration(tuple(choice.chosen), tuple(outranked))


class Choice:
    """What is chosen so far, of candidates that are met in the order of precedence."""

    def __init__(self, limit: int | None, preferred: tuple[str, ...]) -> None:
        self.chosen: list[Chosen] = []
        self._limit, self._preferred = limit, preferred
        self._groups: dict[str, Screened] = {}
        self._siblings: dict[str, list[Screened]] = {}

    @property
    def is_full(self) -> bool:
        """Whether there are as many as were asked for."""
        return self._limit is not None and len(self.chosen) >= self._limit

    def take(self, one: Screened) -> tuple[Screened, Why] | None:
        """Choose a candidate that nothing blocks; or what stands before it, and why."""
        action = one.candidate.action
        if action.exclusive is not None and action.exclusive in self._groups:
            return self._groups[action.exclusive], "exclusive"
        if action.at_most is not None:
            taken = self._siblings.get(action.id, [])
            if len(taken) >= action.at_most:
                return taken[-1], "at_most"
        if self.is_full:
            return self.chosen[-1].screened, "limit"
        self.chosen.append(Chosen(len(self.chosen) + 1, one, best_channel(one.channels, self._preferred)))
        if action.at_most is not None:
            self._siblings.setdefault(action.id, []).append(one)
        if action.exclusive is not None:
            self._groups[action.exclusive] = one
        return None


def best_channel(channels: tuple[str | None, ...], preferred: tuple[str, ...]) -> str | None:
    """The first of the customer's preferred channels that is left, else the first of the action's.

    >>> best_channel(("phone", "email"), ("email",))
    'email'
    """
    return next((channel for channel in preferred if channel in channels), channels[0])


def preferred_channels(env: Environment) -> tuple[str, ...]:
    """The channels that the customer prefers, best first."""
    channels = env.profile.get("preferred_channels")
    return tuple(of for of in channels if isinstance(of, str)) if isinstance(channels, tuple) else ()
