"""The account of one decision: what became of each action, and why, as far as one may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

from nba.arbitration import Chosen, Outranked
from nba.explanation.conditions import Observation
from nba.explanation.decided import Decided
from nba.explanation.fates import Fate, Reason, Rival, RuleView, ScoreView, Waiting
from nba.explanation.showing import Place
from nba.explanation.sight import HIDDEN_KEY, Sight, own_reason
from nba.explanation.until import Lifts
from nba.explanation.watching import Watcher
from nba.language.meaning import evaluate
from nba.language.moments import write_instant
from nba.language.values import FAILED, Value
from nba.proposing import Candidate, Key
from nba.ruleset.model import Action, Statement
from nba.schema.zones import zone
from nba.screening import Blocked, Screened
from nba.trace import Trace


class Account:
    """Finds the fates of one decision's actions, as far as one may see them. Made for one question, and not kept."""

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

    def waiting(self) -> list[Waiting]:
        """The blocked candidates, by name."""
        return [
            Waiting(self.sight.name(of.candidate), action.title, action.department, action.tier, self._reasons(of))
            for of in sorted((of for of in self.trace.screened if of.blocked), key=_by_name)
            for action in [of.candidate.action]
        ]

    def fate(self, screened: Screened) -> Fate:
        """What became of a candidate."""
        candidate, action = screened.candidate, screened.candidate.action
        chosen = self._chosen.get(candidate.name)
        outranked = self._outranked.get(candidate.name) if chosen is None else None
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
            outranked_by=self._rival(outranked) if outranked else None,
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

    def _rival(self, outranked: Outranked) -> Rival:
        first, second = outranked.by.candidate, outranked.screened.candidate
        name, action, score = self.sight.name(first), first.action, self._score(first)
        order, detail = self._order(first, second)[0], self.detail(outranked)
        return Rival(name, action.title, action.department, action.tier, score, outranked.why, order, detail)

    def detail(self, outranked: Outranked) -> str:
        """Why an outranked candidate comes after another, in words."""
        _, told = self._order(outranked.by.candidate, outranked.screened.candidate)
        return f"{_cause(outranked, self.trace.limit)} {told}"

    def _order(self, first: Candidate, second: Candidate) -> tuple[str, str]:
        """What puts one candidate before another, and that in words."""
        action = first.action
        if action.rank != second.action.rank:
            return "tier", f"tier {action.tier} comes before tier {second.action.tier}"
        if not (self.sight.sees_score(action.id) and self.sight.sees_score(second.action.id)):
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
