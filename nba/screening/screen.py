"""Each candidate against all guards, laws and gates: every reason, on every channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nba.language.meaning import Environment
from nba.language.values import FAILED, Value
from nba.matching import Match
from nba.proposing import Candidate, Doubt
from nba.results import DecisionError
from nba.ruleset.model import Guard, Ruleset
from nba.screening.blocks import Blocked, Screened
from nba.screening.gates import all_gates


class Screen:
    """Screens the candidates of a ruleset: made once, used by every decision."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._guards = sorted(ruleset.guards, key=lambda guard: (guard.kind, guard.rule.id))
        self._reads = ruleset.layer.reads
        self._gates = all_gates(ruleset)

    def screen(
        self,
        candidates: Iterable[Candidate],
        doubts: Iterable[Doubt],
        match: Match,
        features: Sequence[Value],
        env: Environment,
        errors: list[DecisionError],
        ranks: dict[str, int],
    ) -> list[Screened]:
        """The candidates with all that blocks them."""
        acting = [
            (guard, guard.condition in match.true) for guard in self._guards if self._acts(guard, match, features)
        ]
        faults = [doubt for doubt in doubts if doubt.failed and doubt.action is not None]
        return [self._one(candidate, acting, faults, ranks, env, errors) for candidate in candidates]

    def _acts(self, guard: Guard, match: Match, features: Sequence[Value]) -> bool:
        if guard.condition in match.true:
            return True
        if guard.condition not in match.unknown:
            return False
        # Doubt blocks. A guard may opt out of doubt, but not of a fault.
        return not guard.lenient or any(features[number] is FAILED for number in self._reads[guard.condition])

    def _one(
        self,
        candidate: Candidate,
        acting: list[tuple[Guard, bool]],
        faults: list[Doubt],
        ranks: dict[str, int],
        env: Environment,
        errors: list[DecisionError],
    ) -> Screened:
        action = candidate.action
        blocks: list[Blocked] = []
        for guard, is_true in acting:
            channels = guard.pairs.get(action.id, ())
            whole = len(channels) == len(action.pairs)
            blocks += [
                Blocked(
                    guard.kind,
                    guard.rule.id,
                    guard.rule.department,
                    guard.rule.because,
                    None if whole else channel,
                    is_true or None,
                    None,
                    guard.rule.source,
                    guard.rule,
                )
                for channel in (channels[:1] if whole else channels)
            ]
        if action.promotional:
            waits = [_fault(doubt) for doubt in faults if doubt.action and ranks[doubt.action] < action.rank]
            blocks += dict.fromkeys(waits)  # one reason a rule, however many of its items failed
        for gate in self._gates:
            found = [gate(candidate, channel, env, errors) for channel in action.pairs]
            # A reason that holds on every channel alike is one reason.
            blocks += list(dict.fromkeys(block for block in found if block is not None))
        closed = {block.channel for block in blocks}
        left = () if None in closed else tuple(channel for channel in action.pairs if channel not in closed)
        return Screened(candidate, tuple(blocks), left)


def _fault(doubt: Doubt) -> Blocked:
    because = f"{doubt.action} could not be judged, so what ranks below it waits"
    return Blocked("fault", doubt.rule.id, doubt.rule.department, because, None, None, None, doubt.rule.source)
