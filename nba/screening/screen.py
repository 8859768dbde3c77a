"""Each candidate against all guards, laws and gates: every reason, on every channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nba.language.meaning import Environment
from nba.language.values import FAILED, Value
from nba.matching import Match
from nba.matching.native import places
from nba.proposing import Candidate, Doubt
from nba.results import DecisionError
from nba.ruleset.by_condition import ByCondition
from nba.ruleset.model import Guard, Ruleset
from nba.screening.blocks import Blocked, Screened
from nba.screening.gates import gates_of, plugin_gate


class Screen:
    """Screens the candidates of a ruleset: made once, used by every decision."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.guards = sorted(ruleset.guards, key=lambda guard: (guard.kind, guard.rule.id))
        """In the order in which their reasons are listed."""
        self._by_condition = ByCondition(self.guards)
        self.against = dict.fromkeys(ruleset.actions, 0)
        """By action: the guards that may block it, as bits by place."""
        for place, guard in enumerate(self.guards):
            for id in guard.pairs:
                self.against[id] |= 1 << place
        self._reads = ruleset.layer.reads
        self._ranks = {id: action.rank for id, action in ruleset.actions.items()}
        brought = [plugin_gate(gate) for gate in ruleset.gates]
        self._gates = {id: gates_of(ruleset, action, brought) for id, action in ruleset.actions.items()}

    def screen(
        self,
        candidates: Iterable[Candidate],
        doubts: Iterable[Doubt],
        match: Match,
        features: Sequence[Value],
        env: Environment,
        errors: list[DecisionError],
    ) -> list[Screened]:
        """The candidates with all that blocks them."""
        true = _bits(self._by_condition.places(match.true))
        doubting = self._by_condition.places(match.unknown)
        acting = true | _bits(place for place in doubting if self._doubts(place, features))
        faults = [doubt for doubt in doubts if doubt.failed and doubt.action is not None]
        return [self.one(candidate, acting, true, faults, env, errors) for candidate in candidates]

    def _doubts(self, place: int, features: Sequence[Value]) -> bool:
        """Whether a guard acts in doubt. It may opt out of that, but not of a fault."""
        guard = self.guards[place]
        return not guard.lenient or any(features[number] is FAILED for number in self._reads[guard.condition])

    def one(
        self,
        candidate: Candidate,
        acting: int,
        true: int,
        faults: Sequence[Doubt],
        env: Environment,
        errors: list[DecisionError],
    ) -> Screened:
        """A candidate with all that blocks it: the guards that act (as bits; on what is true, or in doubt), the faults
        above it, and gates.
        """
        action = candidate.action
        pairs, gates, against = action.pairs, self._gates[action.id], acting & self.against[action.id]
        if not (against or faults or gates):
            return Screened(candidate, (), pairs)
        blocks: list[Blocked] = []
        for place in places(against):
            guard, is_true = self.guards[place], bool(true >> place & 1)
            channels = guard.pairs[action.id]
            if len(channels) == len(pairs):
                blocks.append(_of_guard(guard, None, is_true))
            else:
                blocks += [_of_guard(guard, channel, is_true) for channel in channels]
        if action.promotional:
            waits = [_fault(doubt) for doubt in faults if doubt.action and self._ranks[doubt.action] < action.rank]
            blocks += dict.fromkeys(waits)  # one reason a rule, however many of its items failed
        for gate in gates:
            found = [block for channel in pairs if (block := gate(candidate, channel, env, errors)) is not None]
            if found:
                blocks += dict.fromkeys(found)  # a reason that holds on every channel alike is one reason
        if not blocks:
            return Screened(candidate, (), pairs)
        closed = {block.channel for block in blocks}
        left = () if None in closed else tuple(channel for channel in pairs if channel not in closed)
        return Screened(candidate, tuple(blocks), left)


def _bits(found: Iterable[int]) -> int:
    return sum(1 << place for place in found)


def _of_guard(guard: Guard, channel: str | None, is_true: bool) -> Blocked:
    rule = guard.rule
    return Blocked(
        guard.kind, rule.id, rule.department, rule.because, channel, is_true or None, None, rule.source, rule
    )


def _fault(doubt: Doubt) -> Blocked:
    because = f"{doubt.action} could not be judged, so what ranks below it waits"
    return Blocked("fault", doubt.rule.id, doubt.rule.department, because, None, None, None, doubt.rule.source)
