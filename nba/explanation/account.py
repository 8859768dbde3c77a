"""What became of each action, and why, as data: the parts that every explanation is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias

from nba.arbitration import Chosen, Outranked
from nba.explanation.conditions import Observation
from nba.explanation.decided import Decided
from nba.explanation.showing import Place
from nba.explanation.sight import HIDDEN_KEY, Sight, own_reason
from nba.explanation.until import Lifts
from nba.explanation.watching import Watcher
from nba.language.meaning import evaluate
from nba.language.moments import write_instant
from nba.language.values import FAILED, Truth, Value
from nba.proposing import Candidate, Key
from nba.ruleset.model import Action, Statement
from nba.schema.zones import zone
from nba.screening import Blocked, Screened
from nba.trace import Trace

Outcome: TypeAlias = Literal["chosen", "outranked", "blocked", "undecided", "not_proposed"]


@dataclass(frozen=True)
class RuleView:
    """A rule or law, and what was seen of its condition."""

    id: str
    department: str
    because: str
    source: str
    truth: Truth
    status: Literal["live", "shadow", "inactive"] = "live"
    note: str = ""
    """Of an inactive rule, why it is."""
    missing: tuple[str, ...] = ()
    """The fields that would decide the condition."""
    observed: Observation | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    confidential: bool = False
    """Whether it is kept from the one who asks: then nothing is told but whose it is, and `because` is for everyone."""


@dataclass(frozen=True)
class Reason:
    """One reason why a candidate is blocked: on one channel, or on all when `channel` is None."""

    kind: str
    """`guard`, `law`, `gate`, or `fault`."""
    id: str
    department: str
    channel: str | None
    truth: Truth
    because: str
    until: str | None
    source: str
    missing: tuple[str, ...] = ()
    observed: Observation | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    confidential: bool = False
    """Whether it is kept from the one who asks: then nothing is told but whose it is, and `because` is for everyone."""


@dataclass(frozen=True)
class ScoreView:
    """A score with all that it was multiplied from; a factor that the action does not have counts as 1."""

    total: float
    factors: tuple[tuple[str, float], ...]
    weights: tuple[tuple[str, float], ...]
    """By the id of the rule."""


@dataclass(frozen=True)
class Rival:
    """The chosen action that stands before an outranked one."""

    name: str
    title: str
    department: str
    tier: str
    score: ScoreView | None
    """None when it is kept from the one who asks."""
    why: str
    """`exclusive` (one of a group), `at_most` (items of one action), or `limit`."""
    order: str
    """What puts it first: `tier`, `score`, or `name`; `order`, when a score is kept from the one who asks."""
    detail: str
    """Both in words."""


@dataclass(frozen=True)
class Fate:
    """What became of an action, or of one item of an action with `for_each`."""

    name: str
    action: str
    key: Key
    title: str
    department: str
    tier: str
    outcome: Outcome
    rank: int | None = None
    channel: str | None = None
    score: ScoreView | None = None
    proposed_by: tuple[RuleView, ...] = ()
    blocked_by: tuple[Reason, ...] = ()
    """Of a candidate with channels left, the reasons against the others."""
    until: str | None = None
    """The earliest instant at which nothing that blocks it now would, if nothing but time went by."""
    outranked_by: Rival | None = None
    rules: tuple[RuleView, ...] = ()
    """Of an action that is no candidate, the rules that could propose it."""
    missing: tuple[str, ...] = ()
    """Of an undecided action, the fields that would decide it."""
    note: str = ""
    source: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


class Account:
    """Finds the fates of one decision's actions, as far as one may see them. Used by many threads at once."""

    def __init__(self, decided: Decided, trace: Trace, lifts: Lifts, sight: Sight | None = None) -> None:
        self.decided, self.trace = decided, trace
        self.sight = sight or Sight(trace.ruleset)
        self.place = Place(zone(trace.ruleset.house.timezone))
        self._lifts, self._watcher = lifts, trace.steps.once(Watcher)
        self._seen: dict[int, Observation] = {}
        self._rules_reasons: dict[tuple[object, ...], Reason] = {}

    @cached_property
    def screened(self) -> dict[str, Screened]:
        """All candidates, by name."""
        return {of.candidate.name: of for of in sorted(self.trace.screened, key=_by_name)}

    @cached_property
    def _chosen(self) -> dict[str, Chosen]:
        return {of.screened.candidate.name: of for of in self.trace.arbitration.chosen}

    @cached_property
    def _outranked(self) -> dict[str, Outranked]:
        return {of.screened.candidate.name: of for of in self.trace.arbitration.outranked}

    def fates(self) -> tuple[Fate, ...]:
        """The fates of all candidates: the chosen by rank, the outranked in order, the blocked by name."""
        return tuple(map(self.fate, self.in_order()))

    def in_order(self) -> list[Screened]:
        """All candidates: the chosen by rank, the outranked in order, the blocked by name."""
        blocked = (name for name, of in self.screened.items() if of.blocked)
        return [self.screened[name] for name in (*self._chosen, *self._outranked, *blocked)]

    def held_back(self) -> Iterator[Fate]:
        """Of the blocked candidates, by name, no more than what they are and what blocks them."""
        for screened in sorted((of for of in self.trace.screened if of.blocked), key=_by_name):
            candidate, action = screened.candidate, screened.candidate.action
            name, key, reasons = self.sight.name(candidate), self.sight.key(candidate), self._reasons(screened)
            department, tier = action.department, action.tier
            yield Fate(name, action.id, key, action.title, department, tier, "blocked", blocked_by=reasons)

    def fate(self, screened: Screened) -> Fate:
        """What became of a candidate."""
        candidate, action = screened.candidate, screened.candidate.action
        chosen, outranked = self._chosen.get(candidate.name), self._outranked.get(candidate.name)
        return Fate(
            self.sight.name(candidate),
            action.id,
            self.sight.key(candidate),
            action.title,
            action.department,
            action.tier,
            "blocked" if screened.blocked else "chosen" if chosen else "outranked",
            rank=chosen.rank if chosen else None,
            channel=chosen.channel if chosen else None,
            score=self._score(candidate),
            proposed_by=tuple(self.rule(of, candidate) for of in candidate.proposed_by),
            blocked_by=self._reasons(screened),
            until=self._until(screened) if screened.blocked else None,
            outranked_by=self.rival(outranked) if outranked else None,
            note="" if candidate.proposed_by else "the caller proposed it",
            source=action.source,
            meta=action.meta,
        )

    def reason(self, block: Blocked, action: Action) -> Reason:
        """A reason against a candidate, with what was seen."""
        if block.rule is None:
            return self._reason(block, action)
        key = block.kind, block.id, block.channel, block.truth  # the same rule blocks many alike
        if key not in self._rules_reasons:
            self._rules_reasons[key] = self._reason(block, action)
        return self._rules_reasons[key]

    def _reason(self, block: Blocked, action: Action) -> Reason:
        rule, owners = block.rule, self.sight.of_block(block, action)
        if not self.sight.sees(owners):
            because = (
                block.because if block.kind == "fault" else self.sight.because(rule) if rule else own_reason(owners)
            )
            return Reason(block.kind, "", block.department, block.channel, None, because, None, "", confidential=True)
        until = self._lift(block)
        return Reason(
            block.kind,
            block.id,
            block.department,
            block.channel,
            block.truth,
            block.because,
            None if until is None else write_instant(until),
            block.source,
            self.sight.missing(self.trace, rule.condition) if rule is not None and block.truth is None else (),
            self.observed(rule) if rule is not None else None,
            rule.meta if rule is not None else {},
        )

    def rule(self, statement: Statement, candidate: Candidate | None = None) -> RuleView:
        """A rule with what was seen of its condition; of a candidate's rule, for its item."""
        if candidate is None:
            return self.rule_about(statement)
        return self.rule_about(statement, candidate.action, candidate.key, candidate.item)

    def rule_about(
        self, statement: Statement, action: Action | None = None, key: Key = None, item: Value = None
    ) -> RuleView:
        """A rule with what was seen of its condition for an item of an action."""
        if not self.sight.sees_rule(statement.id):
            because = self.sight.because(statement)
            return RuleView("", statement.department, because, "", None, confidential=True)
        each = action.for_each if action is not None else None
        if action is None or each is None:
            observed = self.observed(statement)
        else:
            label = key if self.sight.sees_key(action.id) else HIDDEN_KEY
            labels = {each.item: f"{each.over.text}[{label}]"}
            observed = self._watcher.observe(self.trace, statement.condition, {each.item: item}, labels)
        missing = self.sight.missing(self.trace, statement.condition, action, item) if observed.truth is None else ()
        return RuleView(
            statement.id,
            statement.department,
            statement.because,
            statement.source,
            observed.truth,
            missing=missing,
            observed=observed,
            meta=statement.meta,
        )

    def observed(self, statement: Statement) -> Observation:
        """What was seen of a condition that reads no item."""
        condition = statement.condition
        if id(condition) not in self._seen:  # it stays where it is; its hash would take longer
            self._seen[id(condition)] = self._watcher.observe(self.trace, condition)
        return self._seen[id(condition)]

    def items(self, action: Action) -> Iterator[tuple[Key, Value]] | None:
        """The items of an action that have a key, with their keys, by key; None when its list is not known."""
        each = action.for_each
        if each is None:
            return iter([])
        env = self.trace.environment()
        values = evaluate(each.over, env)
        if values is None or values is FAILED:
            return None
        found: dict[Key, Value] = {}
        for value in values:
            env.items[each.item] = value
            key = evaluate(each.key, env)
            if key is not None and key is not FAILED:
                found.setdefault(key, value)
        return iter(sorted(found.items(), key=lambda pair: str(pair[0])))

    def _reasons(self, screened: Screened) -> tuple[Reason, ...]:
        """The reasons against a candidate; of those that are kept from the one who asks, no more than are different."""
        found: list[Reason] = []
        for block in screened.blocks:
            reason = self.reason(block, screened.candidate.action)
            if not reason.confidential or reason not in found:
                found.append(reason)
        return tuple(found)

    def _score(self, candidate: Candidate) -> ScoreView | None:
        if not self.sight.sees_score(candidate.action.id):
            return None
        score = candidate.score
        return ScoreView(score.total, tuple(score.factors.items()), score.weights)

    def rival(self, outranked: Outranked) -> Rival:
        """What stands before an outranked candidate, and why."""
        candidate, mine = outranked.by.candidate, outranked.screened.candidate
        order, told = self._order(candidate, mine)
        detail = f"{_cause(outranked, self.trace.limit)} {told}"
        name, action, score = self.sight.name(candidate), candidate.action, self._score(candidate)
        return Rival(name, action.title, action.department, action.tier, score, outranked.why, order, detail)

    def _order(self, first: Candidate, second: Candidate) -> tuple[str, str]:
        """What puts one candidate before another, and that in words."""
        action, scores = first.action, [self._score(first), self._score(second)]
        if action.rank != second.action.rank:
            return "tier", f"tier {action.tier} comes before tier {second.action.tier}"
        if None in scores:
            return "order", f"in tier {action.tier} {self.sight.name(first)} comes first"
        if first.score.total != second.score.total:
            return "score", f"in tier {action.tier} the score {first.score.total:g} beats {second.score.total:g}"
        return "name", f"with equal tier and score, {self.sight.name(first)} comes first by its name"

    def _until(self, screened: Screened) -> str | None:
        if not all(self.sight.sees(self.sight.of_block(of, screened.candidate.action)) for of in screened.blocks):
            return None
        ends = [self._free_from(screened.blocks, channel) for channel in screened.candidate.action.pairs]
        known = [end for end in ends if end is not None]
        return write_instant(min(known)) if known else None

    def _free_from(self, blocks: Iterable[Blocked], channel: str | None) -> datetime | None:
        """When the last of what blocks a channel lifts, or None when that is not known of all of it."""
        untils = [self._lift(block) for block in blocks if block.channel in (None, channel)]
        known = [until for until in untils if until is not None]
        return max(known) if known and len(known) == len(untils) else None

    def _lift(self, block: Blocked) -> datetime | None:
        if block.until is None and block.rule is not None and block.truth is True:
            return self._lifts.at(block.rule.condition)
        return block.until


def _by_name(screened: Screened) -> tuple[str, str]:
    return screened.candidate.action.id, str(screened.candidate.key or "")


def _cause(outranked: Outranked, limit: int | None) -> str:
    action = outranked.screened.candidate.action
    if outranked.why == "exclusive":
        return f"only one action of the group `{action.exclusive}` is chosen, and"
    if outranked.why == "at_most":
        return f"at most {action.at_most} of `{action.id}` {'is' if action.at_most == 1 else 'are'} chosen, and"
    return f"at most {limit} {'action was' if limit == 1 else 'actions were'} asked for, and"
