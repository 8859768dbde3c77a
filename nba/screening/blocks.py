"""What screening finds: the reasons that block a candidate, and the channels that are left to it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from nba.proposing import Candidate
from nba.ruleset.model import Statement


class Blocked(NamedTuple):
    """One reason against a candidate, on one channel or (None) on all."""

    kind: Literal["guard", "law", "gate", "fault"]
    id: str
    department: str
    because: str
    channel: str | None = None
    truth: bool | None = True
    until: datetime | None = None
    source: str = ""
    rule: Statement | None = None
    """The rule or law whose condition blocks, for explanations."""


class Screened(NamedTuple):
    """A candidate with all that speaks against it."""

    candidate: Candidate
    blocks: tuple[Blocked, ...]
    channels: tuple[str | None, ...]
    """The channels that nothing blocks, in the action's order; `(None,)` for an action without channels."""

    @property
    def blocked(self) -> bool:
        """Whether no channel is left."""
        return not self.channels
