"""All that is measured of a set of rules on some profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nba.bench.columns import Columns, columns
from nba.bench.latency import Latency, latency
from nba.bench.parts import Part, parts
from nba.decision import Decision
from nba.errors import ProfileError
from nba.intake import Intake
from nba.orchestrator import Orchestrator

_ENVIRONMENTS = 50
"""Customers on whom the parts are measured."""


@dataclass(frozen=True)
class Measured:
    """What was measured."""

    profiles: int
    outcomes: Mapping[str, int]
    """How many of the profiles had which outcome: time is for nothing where all of them are blocked."""
    decide: Latency
    """`decide`, and a look at the action."""
    reading: Latency
    """The part of it that reads and checks the profile."""
    explain: Latency
    """`explain()` of a decision that is there."""
    to_json: Latency
    """`to_json()` of a decision that is there."""
    columns: Columns
    parts: tuple[Part, ...]
    """Features, signals, expressions, rules and laws, the most expensive first."""

    def to_dict(self) -> dict[str, Any]:
        """As plain values; times in microseconds."""
        return {
            "profiles": self.profiles,
            "outcomes": dict(self.outcomes),
            "latency": {
                "decide": self.decide.to_dict(),
                "reading": self.reading.to_dict(),
                "explain": self.explain.to_dict(),
                "to_json": self.to_json.to_dict(),
            },
            "throughput": {
                "rows": {"decisions_a_second": round(self.decide.a_second)},
                "columns": self.columns.to_dict(),
            },
            "parts": [part.to_dict() for part in self.parts],
        }


def measure(
    orchestrator: Orchestrator,
    profiles: Sequence[Mapping[str, Any]],
    *,
    as_of: datetime | str,
    context: object = None,
    limit: int | None = 1,
    seconds: float = 5.0,
) -> Measured:
    """Decide for the profiles, again and again, in one thread; each profile is decided on at least once.

    Args:
        orchestrator: the rules.
        profiles: the customers. They are decided on in their order, so mix them as they come in life.
        as_of: the instant to decide for.
        context: the state of the enterprise.
        limit: at most so many actions; None for all.
        seconds: how long it all may take, about; more where the profiles are many or a decision takes long.

    Raises:
        ValueError: there are no profiles, `seconds` is not above 0, or what `decide` raises.
        ProfileError: a profile does not fit.
    """
    if not profiles:
        raise ValueError("there are no profiles to decide on")
    if not 0 < seconds < float("inf"):
        raise ValueError("seconds should be a number above 0")

    def decide(profile: Mapping[str, Any]) -> Decision:
        decision = orchestrator.decide(profile, as_of=as_of, context=context, limit=limit)
        decision.action  # noqa: B018 - what is looked at late is computed late, and belongs to deciding
        return decision

    first = [decide(profile) for profile in profiles[:_ENVIRONMENTS]]
    outcomes = Counter(of.outcome for of in first)
    outcomes.update(decide(profile).outcome for profile in profiles[_ENVIRONMENTS:])
    intake = Intake(orchestrator.ruleset.profile, ProfileError, "ignore")
    return Measured(
        profiles=len(profiles),
        outcomes=dict(sorted(outcomes.items())),
        decide=latency(_as_it_is, decide, profiles, 0.4 * seconds),
        reading=latency(_as_it_is, lambda profile: intake.take(profile, "raise", []), profiles, 0.1 * seconds),
        explain=latency(decide, Decision.explain, profiles, 0.1 * seconds),
        to_json=latency(decide, Decision.to_json, profiles, 0.1 * seconds),
        columns=columns(orchestrator, profiles, as_of, context, limit, 0.1 * seconds),
        parts=tuple(parts(orchestrator.ruleset, [of._trace.environment() for of in first], 0.2 * seconds)),
    )


def _as_it_is(profile: Mapping[str, Any]) -> Mapping[str, Any]:
    return profile
