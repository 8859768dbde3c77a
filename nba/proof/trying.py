"""Decisions made for real: what the solver finds is believed when a decision shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from nba.decision import Decision
from nba.matching import matcher_factory
from nba.orchestrator import Orchestrator
from nba.proof.witness import Witness
from nba.ruleset.model import Guard, Pairs, Ruleset
from nba.screening import Screened


class Bench:
    """The rules, ready to decide with some of their guards and laws, and with other settings."""

    def __init__(self, ruleset: Ruleset, guards: Callable[[Guard], bool] = lambda guard: True) -> None:
        self._ruleset = replace(ruleset, guards=tuple(of for of in ruleset.guards if guards(of)), observers=())
        self._made: dict[object, Orchestrator] = {}

    def decide(self, found: Witness, matcher: str = "native") -> Decision:
        """The decision with all that nothing blocks."""
        key = (matcher, tuple(sorted(found.settings.items())))
        if key not in self._made:
            ruleset = self._ruleset
            if found.settings:
                ruleset = replace(ruleset, settings={**ruleset.settings, **found.settings})
            self._made[key] = Orchestrator(ruleset, matcher, matcher_factory(matcher), "ignore")
        return self._made[key].decide(found.profile, context=found.context, as_of=found.as_of, limit=None)


def screened(decision: Decision) -> Iterable[Screened]:
    """The candidates with what blocks them."""
    return decision._trace.screened  # the channels that are left are in no public view


def left_open(decision: Decision, pairs: Pairs) -> list[Screened]:
    """The candidates that something of the pairs is left of."""
    return [of for of in screened(decision) if set(of.channels) & set(pairs.get(of.candidate.action.id, ()))]


def stopped_by(of: Screened, channels: Iterable[str | None]) -> dict[str, list[tuple[str, str]]]:
    """What blocks a candidate, by channel, as (kind, id)."""
    return {
        str(channel): [(block.kind, block.id) for block in of.blocks if block.channel in (None, channel)]
        for channel in channels
    }
