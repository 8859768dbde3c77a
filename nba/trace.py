"""What a decision keeps of how it was made: each step's result, for whoever asks why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from nba.arbitration import Arbitration
from nba.language.meaning import Environment
from nba.language.values import Value
from nba.matching import Match
from nba.proposing import Proposed
from nba.results import DecisionError
from nba.ruleset.model import Duty, Notice, Ruleset
from nba.screening import Screened


@dataclass(frozen=True)
class Trace:
    """The inputs and results of the steps of one decision. Nothing of the caller's is in it."""

    ruleset: Ruleset
    matcher: str
    profile: Mapping[str, Value]
    """As it was read: before the house's assumptions."""
    as_of: datetime
    limit: int | None
    env: Environment
    match: Match
    proposed: Proposed
    screened: tuple[Screened, ...]
    arbitration: Arbitration
    notices: tuple[Notice, ...]
    duties_unmet: tuple[Duty, ...]
    errors: tuple[DecisionError, ...]
    stand_ins: Mapping[str, Value] = field(default_factory=dict)

    def environment(self, item: str | None = None, value: Value = None) -> Environment:
        """A copy of the environment to evaluate in, with an item bound: threads may ask at once."""
        return replace(self.env, items={} if item is None else {item: value})
