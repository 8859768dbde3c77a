"""What was decided, as data: the chosen actions, and what became of everyone else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from nba.arbitration import Chosen
from nba.explanation.missing import missing_fields
from nba.explanation.sight import Sight
from nba.explanation.undecided import undecided
from nba.explanation.until import Lifts
from nba.facts import frozen
from nba.language.meaning import Environment, evaluate
from nba.language.moments import write_instant
from nba.language.texts import Template
from nba.language.values import FAILED, Value
from nba.results import (
    ActionResult,
    BlockedAction,
    BlockReason,
    DecisionError,
    DecisionRecord,
    Later,
    Outcome,
    OutrankedAction,
    ShadowEffect,
    Task,
    Undecided,
    UnmetLaw,
    told_apart,
)
from nba.ruleset.model import Action, Duty, Notice
from nba.screening import Blocked, Screened
from nba.trace import Trace

FORMAT = 1


class Decided:
    """The parts of a decision. Immutable; what is not asked for is not computed.

    Every candidate is in exactly one of `actions`, `blocked` and `outranked`, and every rule that would have proposed
    but for missing data is in `undecided`.
    """

    def __init__(self, trace: Trace, chosen: tuple[Chosen, ...]) -> None:
        self._trace = trace
        self._chosen = chosen
        self._actions: tuple[ActionResult, ...] | None = None
        self._reasons: dict[tuple[object, ...], BlockReason] = {}

    @property
    def outcome(self) -> Outcome:
        """`action`; or why there is none: `nothing_proposed`, `all_blocked`, or `error` (only faults)."""
        trace = self._trace
        if self._chosen:
            return "action"
        if trace.screened:
            return "all_blocked"
        return "error" if trace.errors else "nothing_proposed"

    @property
    def action(self) -> ActionResult | None:
        """The next best action, or None."""
        return self.actions[0] if self.actions else None

    @property
    def actions(self) -> tuple[ActionResult, ...]:
        """The chosen actions, best first."""
        if self._actions is None:  # a cached property would take longer than the rest of it
            self._actions = tuple([self._result(chosen) for chosen in self._chosen])
        return self._actions

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """What colleagues are asked to do, by department and rule."""
        env = self._trace.environment()
        asked: list[Notice | Duty] = [*self._trace.notices, *self._trace.duties_unmet]
        tasks = [Task(of.department, of.rule.id, of.message.render(env), of.rule.because) for of in asked]
        return tuple(sorted(tasks, key=lambda task: (task.department, task.rule, task.message)))

    @cached_property
    def blocked(self) -> tuple[BlockedAction, ...]:
        """The candidates that have no channel left, each with all that blocks it."""
        return tuple(
            BlockedAction(
                of.candidate.action.id,
                of.candidate.key,
                of.candidate.action.department,
                of.candidate.action.tier,
                tuple(self._reason(block) for block in of.blocks),
                of.candidate.action.title,
            )
            for of in sorted(self._trace.screened, key=_by_name)
            if of.blocked
        )

    @cached_property
    def outranked(self) -> tuple[OutrankedAction, ...]:
        """The candidates that nothing blocks and that were not chosen, in order, each with what stands before it."""
        return tuple(
            OutrankedAction(
                candidate.action.id,
                candidate.key,
                of.by.candidate.name,
                of.why,
                candidate.action.department,
                candidate.action.tier,
                candidate.score.total,
                candidate.action.title,
            )
            for of in self._trace.arbitration.outranked
            for candidate in [of.screened.candidate]
        )

    @cached_property
    def undecided(self) -> tuple[Undecided, ...]:
        """The rules that would act but for missing data, with the fields that would decide them."""
        return undecided(self._trace, Sight(self._trace.ruleset))

    @cached_property
    def signals(self) -> Mapping[str, Value]:
        """The signals and features by id; None is missing, unknown or failed."""
        facts = self._trace.env.facts
        return {id: None if facts[id] is FAILED else facts[id] for id in sorted(facts)}

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The fields that are missing and left something undecided or in doubt."""
        found = {path for of in self.undecided for path in of.missing}
        for screened in self._trace.screened:
            for block in screened.blocks:
                if block.rule is not None and block.truth is None:
                    found.update(missing_fields(self._trace, block.rule.condition))
        return tuple(sorted(found))

    @cached_property
    def laws_unmet(self) -> tuple[UnmetLaw, ...]:
        """The `always` laws that this decision does not meet; each has a task."""
        return tuple(UnmetLaw(of.rule.id, of.rule.because, of.rule.source) for of in self._trace.duties_unmet)

    @cached_property
    def shadow(self) -> tuple[ShadowEffect, ...]:
        """What shadow rules and actions would have done; they change nothing."""
        found = [
            ShadowEffect(of.rule.id, of.effect, of.actions, of.truth, of.key) for of in self._trace.proposed.shadows
        ]
        return tuple(sorted(set(found), key=lambda of: (of.rule, of.effect, of.actions, repr(of.key), repr(of.truth))))

    @cached_property
    def errors(self) -> tuple[DecisionError, ...]:
        """The faults that were contained."""
        return tuple(sorted(set(self._trace.errors), key=lambda of: (of.origin, of.message)))

    @cached_property
    def decision_id(self) -> str:
        """A SHA-256 in hex over rules, profile, context, `as_of` and limit: equal inputs have equal ids."""
        trace = self._trace
        whole = [trace.ruleset.hash, trace.profile, trace.env.context, trace.as_of, trace.limit, trace.stand_ins]
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True, default=told_apart)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def profile_id(self) -> str | None:
        """The customer's identifier, when the profile has one."""
        found = self._trace.profile.get("id")
        return found if isinstance(found, str) else None

    @property
    def profile(self) -> Mapping[str, Value]:
        """The profile as it was read, for tests and audits: all of it, read-only, whatever became of the caller's."""
        view: Mapping[str, Value] = frozen(self._trace.profile)
        return view

    @property
    def as_of(self) -> datetime:
        """The instant that the decision is made for, in UTC."""
        return self._trace.as_of

    def record(self) -> DecisionRecord:
        """The whole decision as data."""
        return DecisionRecord(
            format=FORMAT,
            decision_id=self.decision_id,
            profile_id=self.profile_id,
            as_of=write_instant(self._trace.as_of),
            rules_hash=self._trace.ruleset.hash,
            matcher=self._trace.matcher,
            outcome=self.outcome,
            actions=self.actions,
            tasks=self.tasks,
            blocked=self.blocked,
            outranked=self.outranked,
            undecided=self.undecided,
            signals=self.signals,
            unknown=self.unknown,
            laws_unmet=self.laws_unmet,
            shadow=self.shadow,
            errors=self.errors,
        )

    @cached_property
    def _lifts(self) -> Lifts:
        return Lifts(self._trace)

    def _result(self, chosen: Chosen) -> ActionResult:
        candidate, blocks, _ = chosen.screened
        action, rules = candidate.action, candidate.proposed_by
        return ActionResult(
            chosen.rank,
            action.id,
            candidate.key,
            action.department,
            action.tier,
            candidate.score.total,
            chosen.channel,
            self._payload(action, candidate.item) if action.payload else {},
            tuple([rule.id for rule in rules]),
            tuple(dict.fromkeys([rule.because for rule in rules])),
            self._refused(blocks) if blocks else (),
            action.title,
        )

    def _payload(self, action: Action, item: Value) -> Mapping[str, Value]:
        env = self._environment(action, item)
        values: dict[str, Value] = {}
        for name, of in action.payload:
            value = of.render(env) if isinstance(of, Template) else evaluate(of, env)
            values[name] = None if value is FAILED else value
        return values

    def _environment(self, action: Action, item: Value) -> Environment:
        return self._trace.environment(action.for_each.item if action.for_each else None, item)

    def _refused(self, blocks: tuple[Blocked, ...]) -> Sequence[BlockReason]:
        """The reasons against the other channels: when they would lift takes longer to find than the action."""
        return Later(lambda: tuple(map(self._reason, blocks))) if blocks else ()

    def _reason(self, block: Blocked) -> BlockReason:
        if block.rule is None:
            return self._made(block)
        key = block.id, block.kind, block.channel, block.truth  # the same rule blocks many alike
        if key not in self._reasons:
            self._reasons[key] = self._made(block)
        return self._reasons[key]

    def _made(self, block: Blocked) -> BlockReason:
        until = block.until
        if until is None and block.rule is not None and block.truth is True:
            until = self._lifts.at(block.rule.condition)
        return BlockReason(
            block.kind,
            block.id,
            block.department,
            block.channel,
            block.truth,
            block.because,
            None if until is None else write_instant(until),
            block.source,
        )


def _by_name(screened: Screened) -> tuple[str, str]:
    return screened.candidate.action.id, str(screened.candidate.key or "")
