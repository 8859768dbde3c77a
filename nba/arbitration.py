"""Arbitration: the total order of what is left, and the choice.

The order is lexicographic: tier, then score (highest first), then action id, then item key. So no score lifts an action
over one of a higher tier, and equal scores never leave the choice to chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from nba.screening import Screened

Why: TypeAlias = Literal["exclusive", "at_most", "limit"]


@dataclass(frozen=True)
class Chosen:
    """A chosen candidate: its rank, counted from 1, and the best of its channels."""

    rank: int
    screened: Screened
    channel: str | None


@dataclass(frozen=True)
class Outranked:
    """A candidate that nothing blocks, and the chosen one that stands before it."""

    screened: Screened
    by: Screened
    why: Why


@dataclass(frozen=True)
class Arbitration:
    """Everything that nothing blocks: chosen, or outranked, in order."""

    chosen: tuple[Chosen, ...]
    outranked: tuple[Outranked, ...]


def precedence(screened: Screened) -> tuple[Any, ...]:
    """The sort key of a candidate: smaller comes first."""
    candidate = screened.candidate
    return candidate.action.rank, -candidate.score.total, candidate.action.id, str(candidate.key or ""), candidate.name


def arbitrate(screened: Iterable[Screened], limit: int | None, preferred: tuple[str, ...]) -> Arbitration:
    """Choose, in order, what is not blocked: one of a group, `at_most` of an action's items, `limit` in all."""
    chosen: list[Chosen] = []
    outranked: list[Outranked] = []
    groups: dict[str, Screened] = {}
    siblings: dict[str, list[Screened]] = {}
    for one in sorted((of for of in screened if not of.blocked), key=precedence):
        action = one.candidate.action
        before = _before(one, chosen, groups, siblings, limit)
        if before is not None:
            outranked.append(Outranked(one, *before))
            continue
        chosen.append(Chosen(len(chosen) + 1, one, best_channel(one.channels, preferred)))
        siblings.setdefault(action.id, []).append(one)
        if action.exclusive is not None:
            groups[action.exclusive] = one
    return Arbitration(tuple(chosen), tuple(outranked))


def _before(
    one: Screened,
    chosen: list[Chosen],
    groups: dict[str, Screened],
    siblings: dict[str, list[Screened]],
    limit: int | None,
) -> tuple[Screened, Why] | None:
    """What stands before a candidate so that it is not chosen, and why."""
    action = one.candidate.action
    if action.exclusive is not None and action.exclusive in groups:
        return groups[action.exclusive], "exclusive"
    taken = siblings.get(action.id, [])
    if action.at_most is not None and len(taken) >= action.at_most:
        return taken[-1], "at_most"
    if limit is not None and len(chosen) >= limit:
        return chosen[-1].screened, "limit"
    return None


def best_channel(channels: tuple[str | None, ...], preferred: tuple[str, ...]) -> str | None:
    """The first of the customer's preferred channels that is left, else the first of the action's.

    >>> best_channel(("phone", "email"), ("email",))
    'email'
    """
    return next((channel for channel in preferred if channel in channels), channels[0])
