"""4. Every candidate ends as chosen, outranked or blocked by all that block it; and what is undecided says why.

What there should be is found here from the rules, one by one, with the reference evaluator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import given, settings

from nba.decision import Decision
from nba.language.meaning import evaluate
from nba.language.values import FAILED
from nba.ruleset.model import Proposal, Ruleset
from nba.testing.generation.customers import Case
from nba.testing.generation.questions import Check, Question, decide, houses, name
from nba.testing.generation.rule_sets import RuleSet

GUARANTEE = settings.get_profile("guarantees")


def proposals(ruleset: Ruleset, decision: Decision) -> Iterator[tuple[Proposal, str | int | None, Any]]:
    """Each rule that could propose something, with the item's key and the truth of its condition."""
    for proposal in ruleset.proposals:
        yield proposal, None, evaluate(proposal.rule.condition, decision._trace.environment())
    for id, rules in ruleset.items.items():
        each = ruleset.actions[id].for_each
        assert each is not None
        records = evaluate(each.over, decision._trace.environment())
        if records is None or records is FAILED:
            for proposal in rules.proposals:
                yield proposal, None, None
            continue
        environments = [decision._trace.environment(each.item, record) for record in records]
        keys = [evaluate(each.key, env) for env in environments]
        for key, env in zip(keys, environments, strict=True):
            if key is not None and key is not FAILED and keys.count(key) == 1:
                for proposal in rules.proposals:
                    yield proposal, key, evaluate(proposal.rule.condition, env)


def every_proposal_ends_somewhere(rules: RuleSet, rng: Random) -> Check:
    ruleset = rules.orchestrator.ruleset

    def check(one: Case) -> str | None:
        decision = decide(rules, one, limit=2)
        ends = {name(of) for of in (*decision.actions, *decision.blocked, *decision.outranked)}
        undecided = {(of.rule, of.action, of.key): of.missing for of in decision.undecided}
        failing = {of.origin for of in decision.errors}
        proposed: dict[str, set[str]] = {}
        for proposal, key, truth in proposals(ruleset, decision):
            candidate = proposal.action if key is None else f"{proposal.action}[{key}]"
            missing = undecided.get((proposal.rule.id, proposal.action, key))
            if truth is True and candidate in ends:
                proposed.setdefault(candidate, set()).add(proposal.rule.id)
            elif truth is not False and missing is None:
                return f"{proposal.rule.id} is {truth} for {candidate}, which is nowhere"
            elif truth is not False and not missing and not failing:
                return f"{proposal.rule.id} is undecided, and nothing says which field would decide it"
        if ends != set(proposed):
            return f"these are proposed by nothing: {ends - set(proposed)}"
        for of in decision.actions:
            if set(of.proposed_by) != proposed[name(of)]:
                return f"{name(of)} is proposed by {proposed[name(of)]}, not {of.proposed_by}"
        return None

    return check


def every_candidate_ends_once(rules: RuleSet, rng: Random) -> Check:
    def check(one: Case) -> str | None:
        decision = decide(rules, one, limit=2)
        parts = (decision.actions, decision.blocked, decision.outranked)
        ends = Counter(name(of) for part in parts for of in part)
        candidates = Counter(of.candidate.name for of in decision._trace.screened)
        if ends != candidates:
            return f"candidates {candidates}, and what became of them {ends}"
        chosen = {name(of) for of in decision.actions}
        for of in decision.outranked:
            if of.by not in chosen:
                return f"{name(of)} is outranked by {of.by}, which is not chosen"
        return None if len(chosen) <= 2 else f"more than the limit: {chosen}"

    return check


def every_reason_is_given(rules: RuleSet, rng: Random) -> Check:
    ruleset = rules.orchestrator.ruleset

    def check(one: Case) -> str | None:
        decision = decide(rules, one, limit=None)
        truths = {of.rule.id: evaluate(of.rule.condition, decision._trace.environment()) for of in ruleset.guards}
        given = {name(of): of.refused for of in decision.actions} | {name(of): of.by for of in decision.blocked}
        for of in decision._trace.screened:
            reasons = given.get(of.candidate.name)
            if reasons is None:
                continue  # outranked
            named = {(by.id, by.truth) for by in reasons}
            for guard in ruleset.guards:
                truth = truths[guard.rule.id]
                acts = truth is True or truth is FAILED or (truth is None and not guard.lenient)
                says = (guard.rule.id, True if truth is True else None)
                if acts and guard.pairs.get(of.candidate.action.id) and says not in named:
                    return f"{guard.rule.id} ({truth}) speaks against {of.candidate.name}, and is not named: {named}"
            for by in reasons:
                if not by.because or not by.source or (by.kind in ("guard", "law") and ":" not in by.source):
                    return f"{by} does not say why and where"
            closed = {by.channel for by in reasons}
            pairs = set(of.candidate.action.pairs)
            if None not in closed and (closed == pairs) != of.blocked:
                return f"{of.candidate.name} has {pairs}, and {closed} are closed"
        return None

    return check


@given(houses())
@GUARANTEE
def test_every_rule_that_proposes_is_found_again_or_says_which_field_it_waits_for(question: Question) -> None:
    question.hold(every_proposal_ends_somewhere)


@given(houses())
@GUARANTEE
def test_every_candidate_is_chosen_outranked_or_blocked_and_only_one_of_them(question: Question) -> None:
    question.hold(every_candidate_ends_once)


@given(houses())
@GUARANTEE
def test_a_blocked_candidate_names_all_that_blocks_it(question: Question) -> None:
    question.hold(every_reason_is_given)
