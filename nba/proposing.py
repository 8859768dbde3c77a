"""From the conditions that hold to candidates with scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from nba.language import tree
from nba.language.compiled import Compiled, compile_node
from nba.language.functions import Clock
from nba.language.meaning import Environment
from nba.language.values import FAILED, Failed, Value
from nba.matching import Match, Matcher, MatcherFactory
from nba.results import DecisionError
from nba.ruleset.by_condition import ByCondition
from nba.ruleset.model import Action, ItemRules, Proposal, Ruleset, Shadow, Statement, Weight

Key: TypeAlias = str | int | None


class Score(NamedTuple):
    """A score with all its factors: `propensity * (context_weight * weights...) * value * lever`."""

    total: float
    factors: Mapping[str, float]
    weights: tuple[tuple[str, float], ...] = ()
    """By rule id, in order."""


class Candidate(NamedTuple):
    """An action that at least one rule proposed; for an action with `for_each`, one of its items."""

    action: Action
    key: Key
    item: Value
    score: Score
    proposed_by: tuple[Statement, ...]

    @property
    def name(self) -> str:
        """The action's id, with the item's key: `logistics.new_date[O-17]`."""
        return self.action.id if self.key is None else f"{self.action.id}[{self.key}]"


class Doubt(NamedTuple):
    """A rule that would act but for missing data. `node` is what is unknown; `item` the value of the action's item."""

    rule: Statement
    action: str | None
    key: Key
    node: Any
    item: Value = None
    failed: bool = False
    """What is unknown has failed, so that the tiers below have to wait."""


@dataclass(frozen=True)
class ShadowResult:
    """What a shadow rule or action would have done; the truth None is in doubt."""

    rule: Statement
    effect: str
    actions: tuple[str, ...]
    key: Key
    truth: bool | None


@dataclass
class Proposed:
    """What the rules propose, and what they would have proposed but for missing data."""

    candidates: list[Candidate] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    shadows: list[ShadowResult] = field(default_factory=list)


class Proposer:
    """Finds and scores the candidates of a ruleset: made once, used by every decision."""

    def __init__(self, ruleset: Ruleset, make: MatcherFactory) -> None:
        self._ruleset = ruleset
        self.scorers = {id: Scorer(action, ruleset.weights) for id, action in ruleset.actions.items()}
        self._weighs = {weight.rule.id: weight.actions for weight in ruleset.weights}
        self._proposals, self._weights = ByCondition(ruleset.proposals), ByCondition(ruleset.weights)
        self._by = {weight.rule.id: compile_node(weight.by) for weight in ruleset.weights}
        self.items = {id: ItemMatcher(ruleset.actions[id], rules, make) for id, rules in ruleset.items.items()}

    def propose(
        self,
        match: Match,
        features: Sequence[Value],
        env: Environment,
        forced: Iterable[str],
        errors: list[DecisionError],
    ) -> Proposed:
        """The candidates. `forced` actions are proposed whatever the rules say, for tests of one pack alone."""
        found = Proposed()
        by_action: dict[str, list[Statement]] = {id: [] for id in forced}
        for proposal in self._proposals.of(match.true):
            by_action.setdefault(proposal.action, []).append(proposal.rule)
        reads, failed = self._ruleset.layer.reads, _failed(features)
        for proposal in self._proposals.of(match.unknown):
            rule, fault = proposal.rule, not failed.isdisjoint(reads[proposal.condition])
            found.doubts.append(Doubt(rule, proposal.action, None, rule.condition, None, fault))
        weights = self._acting(match, env, found, errors)
        weighed = set[str]().union(*map(self._weighs.__getitem__, weights))
        for id, rules in by_action.items():
            action, settled = self._ruleset.actions[id], None if id in weighed else self.scorers[id].settled
            if settled is None:
                self._score(action, None, None, rules, weights, env, found, errors)
            else:
                in_order = _by_id(rules) if len(rules) > 1 else tuple(rules)
                found.candidates.append(Candidate(action, None, None, settled, in_order))
        for item_matcher in self.items.values():
            for key, item, rules in item_matcher.match(env, found, errors):
                env.items[item_matcher.each.item] = item
                self._score(item_matcher.action, key, item, rules, weights, env, found, errors)
        found.shadows += _shadows(self._ruleset.shadows, match, None)
        return found

    def _acting(
        self, match: Match, env: Environment, found: Proposed, errors: list[DecisionError]
    ) -> Mapping[str, float]:
        """The weights that act, by rule id. One in doubt, or whose factor is missing or none, does not act and says so.

        It never takes a proposal away: else not to know its condition would bring the proposal back.
        """
        acting: dict[str, float] = {}
        for weight in self._weights.of(match.unknown):
            found.doubts.append(Doubt(weight.rule, None, None, weight.rule.condition))
        for weight in self._weights.of(match.true):
            value = self._by[weight.rule.id](env)
            if is_factor(value):
                acting[weight.rule.id] = float(value)
            elif value is None or value is FAILED:
                found.doubts.append(Doubt(weight.rule, None, None, weight.by))
            else:
                errors.append(DecisionError(weight.rule.id, f"its weight is {value}; a weight is at least 0"))
        return acting

    def _score(
        self,
        action: Action,
        key: Key,
        item: Value,
        rules: list[Statement],
        weights: Mapping[str, float],
        env: Environment,
        found: Proposed,
        errors: list[DecisionError],
    ) -> None:
        score = self.scorers[action.id].score(weights, env)
        if isinstance(score, Score):
            found.candidates.append(Candidate(action, key, item, score, _by_id(rules)))
            return
        if score.error:
            errors.append(DecisionError(action.id if key is None else f"{action.id}[{key}]", score.error))
        elif not rules:  # no rule to be undecided
            told = f"was to be proposed whatever the rules say, and has no score: `{score.node.text}` is not known"
            errors.append(DecisionError(action.id, told))
        found.doubts += [Doubt(rule, action.id, key, score.node, item, score.failed) for rule in rules]


def _by_id(rules: list[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.id))


@dataclass(frozen=True)
class NoScore:
    """Why there is no score: a factor that is missing, failed, or no factor."""

    node: Any
    failed: bool
    error: str | None = None


class Scorer:
    """Computes the score of one action: `((P * ((C * w1) * w2 ...)) * V) * L`, weights in the order of rule ids.

    Propensity, context, value and lever are the usual factors of next-best-action arbitration.
    """

    def __init__(self, action: Action, weights: Iterable[Weight]) -> None:
        self._factors = [(name, node, compile_node(node)) for name, node in action.score.factors.items()]
        self._weights = sorted(of.rule.id for of in weights if action.id in of.actions)
        compiled = {name: compute for name, _, compute in self._factors}
        self._parts = [
            (name == "context_weight", compiled.get(name))
            for name in vars(action.score)
            if name in compiled or (name == "context_weight" and self._weights)
        ]
        self.settled = self._settled()
        """The score, when it is the same for everyone on whom no weight acts; else None."""

    def _settled(self) -> Score | None:
        if not all(isinstance(node, tree.Constant) for _, node, _ in self._factors):
            return None
        score = self.score({}, Environment({}, {}, Clock(datetime.min.replace(tzinfo=UTC))))
        return None if isinstance(score, NoScore) else score

    def score(self, acting: Mapping[str, float], env: Environment) -> Score | NoScore:
        """The score in the environment, or why there is none."""
        factors: dict[str, float] = {}
        for name, node, compute in self._factors:
            value = compute(env)
            if not is_factor(value):
                return _no_score(name, node, value)
            factors[name] = float(value)
        context = factors.get("context_weight", 1.0)
        weights = tuple((id, acting[id]) for id in self._weights if id in acting)
        for _, weight in weights:
            context *= weight
        total = factors.get("propensity", 1.0) * context * factors.get("value", 1.0) * factors.get("lever", 1.0)
        if not math.isfinite(total):
            return NoScore(None, True, "its score is too large to be a number")
        return Score(total, factors, weights)

    def total(self, acting: Mapping[str, float], env: Environment) -> float | None:
        """The total of the score alone, for who has many to compare; None when there is no score."""
        total = 1.0
        for is_context, compute in self._parts:
            value = 1.0 if compute is None else compute(env)
            if value is None or value is FAILED or not value >= 0:
                return None
            factor = float(value)
            if is_context and acting:
                for id in self._weights:
                    factor *= acting.get(id, 1.0)
            total *= factor  # to multiply by 1.0 changes nothing, so that factors which are not given may be left out
        return total if math.isfinite(total) else None


def is_factor(value: Any) -> bool:
    """Whether a value can be a factor of a score: a number that is at least 0."""
    return value is not None and value is not FAILED and value >= 0


def _no_score(name: str, node: Any, value: Any) -> NoScore:
    if value is None or value is FAILED:
        return NoScore(node, value is FAILED)
    return NoScore(node, True, f"{name} is {value}; a factor of a score is at least 0")


class ItemMatcher:
    """Matches the rules about each item of one action."""

    def __init__(self, action: Action, rules: ItemRules, make: MatcherFactory) -> None:
        assert action.for_each is not None
        self.action, self.each, self.rules = action, action.for_each, rules
        self._over, self._key = compile_node(self.each.over), compile_node(self.each.key)
        self._features: list[Compiled] = [compile_node(node) for node in rules.layer.features]
        self._matcher: Matcher = make(rules.layer)

    def match(
        self, env: Environment, found: Proposed, errors: list[DecisionError]
    ) -> list[tuple[Key, Value, list[Statement]]]:
        """The items that a rule proposes, with their keys, by key."""
        values = self._over(env)
        if values is None or values is FAILED:
            doubt: Callable[[Proposal], Doubt] = lambda of: Doubt(  # noqa: E731 - one use, two fields
                of.rule, self.action.id, None, self.each.over, None, values is FAILED
            )
            found.doubts += map(doubt, self.rules.proposals)
            return []
        proposed = []
        keyed = self._by_key(values, env)
        unread = any(key is FAILED for key, _ in keyed)
        for read, items in keyed:
            key = None if read is FAILED else read
            fault = self._fault(key, items, unread)
            if fault is not None:
                errors.append(fault)
            for item in items:
                rules = self._item(key, item, env, found)
                if fault is not None:
                    found.doubts += [Doubt(rule, self.action.id, key, self.each.key, item, True) for rule in rules]
                elif rules:
                    proposed.append((key, item, rules))
        return proposed

    def _by_key(self, values: Sequence[Value], env: Environment) -> list[tuple[Key | Failed, list[Value]]]:
        keyed: dict[Key | Failed, list[Value]] = {}
        for item in values:
            env.items[self.each.item] = item
            keyed.setdefault(self._key(env), []).append(item)
        return sorted(keyed.items(), key=lambda pair: "" if pair[0] is FAILED else str(pair[0] or ""))

    def _fault(self, key: Key, items: list[Value], unread: bool) -> DecisionError | None:
        """What is wrong with a key: the items cannot be told from others, so that none of them is proposed."""
        if unread:  # a key that could not be read may be any other's
            return DecisionError(self.action.id, f"a key `{self.each.key.text}` could not be read: no item is proposed")
        if key is None:
            told = f"items without a key `{self.each.key.text}`: {len(items)}; none is proposed"
            return DecisionError(self.action.id, told)
        if len(items) > 1:
            return DecisionError(f"{self.action.id}[{key}]", f"items with this key: {len(items)}; none is proposed")
        return None

    def _item(self, key: Key, item: Value, env: Environment, found: Proposed) -> list[Statement]:
        """The rules that propose the item."""
        env.items[self.each.item] = item
        features = [compute(env) for compute in self._features]
        match, reads, failed = self._matcher.match(features), self.rules.layer.reads, _failed(features)
        rules = []
        for proposal in self.rules.proposals:
            if proposal.condition in match.true:
                rules.append(proposal.rule)
            elif proposal.condition in match.unknown:
                rule, fault = proposal.rule, not failed.isdisjoint(reads[proposal.condition])
                found.doubts.append(Doubt(rule, self.action.id, key, rule.condition, item, fault))
        found.shadows += _shadows(self.rules.shadows, match, key)
        return rules


def _shadows(shadows: Iterable[Shadow], match: Match, key: Key) -> list[ShadowResult]:
    return [
        ShadowResult(of.rule, of.effect, of.actions, key, True if of.condition in match.true else None)
        for of in shadows
        if of.condition in match.true or of.condition in match.unknown
    ]


def _failed(features: Sequence[Value]) -> AbstractSet[int]:
    """The numbers of the features that have failed."""
    return {number for number, value in enumerate(features) if value is FAILED}
