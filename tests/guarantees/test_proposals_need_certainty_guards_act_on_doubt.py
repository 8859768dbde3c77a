"""2. A rule proposes, weighs and notifies only on true; a guard or `never` law blocks on true or unknown.

Unknown never unblocks anything, except through `is missing` and `default(...)`.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings

from nba.decision import Decision
from nba.language.meaning import evaluate
from nba.language.values import FAILED
from nba.ruleset.model import Guard
from nba.testing.generation.customers import KEYS, Case, with_keys
from nba.testing.generation.data import forget
from nba.testing.generation.questions import Check, Question, decide, houses, unblocked
from nba.testing.generation.rule_sets import RuleSet
from nba.testing.generation.writing import Style

GUARANTEE = settings.get_profile("guarantees")


def forgetting_never_unblocks(rules: RuleSet, rng: Random) -> Check:
    def check(one: Case) -> str | None:
        profile = with_keys(one.profile)
        more = unblocked(decide(rules, replace(one, profile=profile)))
        for attempt in range(4):
            less_known = forget(profile, Random(attempt), keep=KEYS)
            less = unblocked(decide(rules, replace(one, profile=less_known)))
            if not less <= more:
                return f"not knowing unblocks {sorted(less - more, key=str)}: {less_known}"
        return None

    return check


def truth_of(decision: Decision, condition: Any) -> Any:
    """What the reference evaluator makes of a condition that is not about an item."""
    return evaluate(condition, decision._trace.environment())


def guards_act_on_doubt(rules: RuleSet, rng: Random) -> Check:
    ruleset = rules.orchestrator.ruleset

    def check(one: Case) -> str | None:
        decision = decide(rules, one)
        left = {(of.candidate.action.id, channel) for of in decision._trace.screened for channel in of.channels}
        for guard in ruleset.guards:
            truth = truth_of(decision, guard.rule.condition)
            if truth is True or truth is FAILED or (truth is None and not guard.lenient):
                open_ = left & {(id, channel) for id, channels in guard.pairs.items() for channel in channels}
                if open_:
                    return f"{guard.rule.id} is {truth} and leaves {sorted(open_, key=str)}"
        return None

    return check


def only_what_is_certain_acts(rules: RuleSet, rng: Random) -> Check:
    ruleset = rules.orchestrator.ruleset
    conditions = {of.id: of.condition for of in ruleset.statements}

    def check(one: Case) -> str | None:
        decision = decide(rules, one)
        trace = decision._trace
        for of in trace.screened:
            each = of.candidate.action.for_each
            env = trace.environment(each.item if each else None, of.candidate.item)
            for rule in of.candidate.proposed_by:
                if evaluate(rule.condition, env) is not True:
                    return f"{rule.id} proposes {of.candidate.name} though it does not hold"
            for id, _ in of.candidate.score.weights:
                if truth_of(decision, conditions[id]) is not True:
                    return f"{id} weighs {of.candidate.name} though it does not hold"
        for task in decision.tasks:
            if truth_of(decision, conditions[task.rule]) is not True:
                return f"{task.rule} asks for something though it does not hold"
        return None

    return check


def a_lenient_guard_lets_pass_what_is_only_missing(rules: RuleSet, rng: Random) -> Check:
    ruleset = rules.orchestrator.ruleset
    lenient: dict[str, Guard] = {of.rule.id: of for of in ruleset.guards if of.lenient}

    def check(one: Case) -> str | None:
        decision = decide(rules, one)
        if any(value is FAILED for value in decision._trace.env.facts.values()):
            return None  # a lenient guard does not pass over a fault
        for of in decision._trace.screened:
            for block in of.blocks:
                if block.id in lenient and truth_of(decision, lenient[block.id].rule.condition) is not True:
                    return f"{block.id} says `on_unknown: allow` and blocks {of.candidate.name} in doubt"
        return None

    return check


@given(houses(Style(monotone=True)))
@GUARANTEE
def test_forgetting_a_field_never_unblocks_an_action(question: Question) -> None:
    question.hold(forgetting_never_unblocks)


@given(houses())
@GUARANTEE
def test_what_a_guard_selects_is_blocked_when_it_is_true_or_in_doubt(question: Question) -> None:
    question.hold(guards_act_on_doubt)


@given(houses())
@GUARANTEE
def test_rules_propose_weigh_and_notify_only_on_true(question: Question) -> None:
    question.hold(only_what_is_certain_acts)


@given(houses())
@GUARANTEE
def test_a_guard_that_opts_out_of_doubt_blocks_only_when_it_is_true(question: Question) -> None:
    question.hold(a_lenient_guard_lets_pass_what_is_only_missing)
