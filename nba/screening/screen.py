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
        self._against = dict.fromkeys(ruleset.actions, 0)  # the guards that may block an action, as bits
        for place, guard in enumerate(self.guards):
            for id in guard.pairs:
                self._against[id] |= 1 << place
        self._reads = ruleset.layer.reads
        self._ranks = {id: action.rank for id, action in ruleset.actions.items()}
        brought = [plugin_gate(gate) for gate in ruleset.gates]
        self._gates = {id: gates_of(ruleset, action, brought) for id, action in ruleset.actions.items()}
        self.gated = frozenset(id for id, gates in self._gates.items() if gates)
        """The actions that gates look at."""

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
        acting = dict.fromkeys(self._by_condition.places(match.true), True)
        doubting = self._by_condition.places(match.unknown)
        acting |= dict.fromkeys((place for place in doubting if self._doubts(place, features)), False)
        bits = sum(1 << place for place in acting)
        faults = [doubt for doubt in doubts if doubt.failed and doubt.action is not None]
        screened = []
        for candidate in candidates:
            action = candidate.action
            against = bits & self._against[action.id]
            if against or faults or self._gates[action.id]:
                guards = [(self.guards[place], acting[place]) for place in places(against)]
                screened.append(self.one(candidate, guards, faults, env, errors))
            else:
                screened.append(Screened(candidate, (), action.pairs))
        return screened

    def _doubts(self, place: int, features: Sequence[Value]) -> bool:
        """Whether a guard acts in doubt. It may opt out of that, but not of a fault."""
        guard = self.guards[place]
        return not guard.lenient or any(features[number] is FAILED for number in self._reads[guard.condition])

    def one(
        self,
        candidate: Candidate,
        acting: Iterable[tuple[Guard, bool]],
        faults: Iterable[Doubt],
        env: Environment,
        errors: list[DecisionError],
    ) -> Screened:
        """A candidate with all that blocks it, of the guards that act (on what is true, or in doubt) and the faults."""
        action = candidate.action
        pairs = action.pairs
        blocks: list[Blocked] = []
        for guard, is_true in acting:
            channels = guard.pairs.get(action.id, ())
            if len(channels) == len(pairs):
                blocks.append(_of_guard(guard, None, is_true))
            else:
                blocks += [_of_guard(guard, channel, is_true) for channel in channels]
        if action.promotional:
            waits = [_fault(doubt) for doubt in faults if doubt.action and self._ranks[doubt.action] < action.rank]
            blocks += dict.fromkeys(waits)  # one reason a rule, however many of its items failed
        for gate in self._gates[action.id]:
            found = [block for channel in pairs if (block := gate(candidate, channel, env, errors)) is not None]
            if found:
                blocks += dict.fromkeys(found)  # a reason that holds on every channel alike is one reason
        if not blocks:
            return Screened(candidate, (), pairs)
        closed = {block.channel for block in blocks}
        left = () if None in closed else tuple(channel for channel in pairs if channel not in closed)
        return Screened(candidate, tuple(blocks), left)


def _of_guard(guard: Guard, channel: str | None, is_true: bool) -> Blocked:
    rule = guard.rule
    return Blocked(
        guard.kind, rule.id, rule.department, rule.because, channel, is_true or None, None, rule.source, rule
    )


def _fault(doubt: Doubt) -> Blocked:
    because = f"{doubt.action} could not be judged, so what ranks below it waits"
    return Blocked("fault", doubt.rule.id, doubt.rule.department, because, None, None, None, doubt.rule.source)
