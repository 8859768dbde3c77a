"""The parts of a decision, as its JSON shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias, TypeVar, overload

from nba.language.moments import write_instant
from nba.language.values import FAILED, Truth, Value

T = TypeVar("T")

Key: TypeAlias = str | int | None
Outcome: TypeAlias = Literal["action", "nothing_proposed", "all_blocked", "error"]


@dataclass(frozen=True)
class BlockReason:
    """One reason why a candidate is blocked: on one channel, or on all when `channel` is None."""

    kind: str
    """`guard`, `law`, `gate`, or `fault`."""
    id: str
    department: str
    channel: str | None
    truth: Truth
    """Whether it is known to hold; None: it is in doubt, and doubt blocks."""
    because: str
    until: str | None
    """When it would lift if nothing else changed, as an ISO 8601 instant; None when that is not known."""
    source: str


class Later(Sequence[T]):
    """A tuple that is made when it is first looked at.

    >>> later = Later(lambda: (1, 2))
    >>> later == (1, 2), len(later), later[0], later
    (True, 2, 1, (1, 2))
    """

    def __init__(self, make: Callable[[], tuple[T, ...]]) -> None:
        self._make = make

    @cached_property
    def made(self) -> tuple[T, ...]:
        """The tuple."""
        return self._make()

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        return self.made[place]

    def __len__(self) -> int:
        return len(self.made)

    def __eq__(self, other: object) -> bool:
        return self.made == (other.made if isinstance(other, Later) else other)

    def __hash__(self) -> int:
        return hash(self.made)

    def __repr__(self) -> str:
        return repr(self.made)

    def __reduce__(self) -> tuple[type[tuple[T, ...]], tuple[tuple[T, ...]]]:
        return tuple, (self.made,)  # it goes to another process as the tuple


@dataclass(frozen=True)
class ActionResult:
    """A chosen action."""

    rank: int
    action: str
    key: Key
    department: str
    tier: str
    score: float
    channel: str | None
    payload: Mapping[str, Value]
    proposed_by: tuple[str, ...]
    because: tuple[str, ...]
    refused: Sequence[BlockReason] = ()
    """The reasons against its other channels."""
    title: str = ""


@dataclass(frozen=True)
class Task:
    """Something asked of a colleague or a department as part of a decision."""

    department: str
    rule: str
    message: str
    because: str = ""


@dataclass(frozen=True)
class BlockedAction:
    """A candidate with no channel left, and all that blocks it."""

    action: str
    key: Key
    department: str
    tier: str
    by: tuple[BlockReason, ...]
    title: str = ""


@dataclass(frozen=True)
class OutrankedAction:
    """A candidate that nothing blocks, and the chosen one that stands before it."""

    action: str
    key: Key
    by: str
    why: str
    """`exclusive` (one of a group), `at_most` (items of one action), or `limit`."""
    department: str = ""
    tier: str = ""
    score: float = 0.0
    title: str = ""


@dataclass(frozen=True)
class Undecided:
    """A rule that would act but for missing data, with the fields that would decide it."""

    rule: str
    action: str | None
    missing: tuple[str, ...]
    key: Key = None


@dataclass(frozen=True)
class UnmetLaw:
    """An `always` law that this decision does not meet."""

    law: str
    because: str
    source: str = ""


@dataclass(frozen=True)
class ShadowEffect:
    """What a shadow rule would have done."""

    rule: str
    effect: str
    actions: tuple[str, ...]
    truth: Truth
    key: Key = None


@dataclass(frozen=True)
class DecisionError:
    """A fault that was contained, and made the decision more careful."""

    origin: str
    message: str


@dataclass(frozen=True)
class DecisionRecord:
    """A decision as data: what `to_dict` gives and `nba decide --format json` prints."""

    format: int
    decision_id: str
    profile_id: str | None
    as_of: str
    rules_hash: str
    matcher: str
    outcome: Outcome
    actions: tuple[ActionResult, ...]
    tasks: tuple[Task, ...]
    blocked: tuple[BlockedAction, ...]
    outranked: tuple[OutrankedAction, ...]
    undecided: tuple[Undecided, ...]
    signals: Mapping[str, Value]
    unknown: tuple[str, ...]
    laws_unmet: tuple[UnmetLaw, ...]
    shadow: tuple[ShadowEffect, ...]
    errors: tuple[DecisionError, ...] = field(default=())


def as_json(value: Any, *, indent: int | None = None) -> str:
    """The JSON text of the parts of a decision."""
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def told_apart(value: Any) -> Any:
    """What `json.dumps` cannot write, so that different inputs have different texts."""
    return {"": "failed"} if value is FAILED else _plain(value)  # to the id, what has failed is not missing


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is FAILED:
        return None
    if is_dataclass(value):
        return vars(value)
    if isinstance(value, Later):
        return value.made
    raise TypeError(f"no JSON for {type(value).__name__}")
