"""What an analysis says of generated rule sets is so, for every customer that is tried."""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random
from typing import Any

import pytest

import nba
from nba.language.meaning import evaluate
from nba.proof import Analysis, analyse
from nba.proof.analysing.conditions import operands, without, written
from nba.proof.analysing.findings import KINDS
from nba.testing.generation.customers import Case, case
from nba.testing.generation.data import as_json
from nba.testing.generation.rule_sets import CONTEXTS, PROFILES, RuleSet, rule_set
from nba.testing.generation.writing import Style

pytestmark = pytest.mark.slow

SETS = int(os.environ.get("NBA_ANALYSED", "3"))
CUSTOMERS = int(os.environ.get("NBA_ANALYSED_CUSTOMERS", "150"))
NEVER = [of for of in KINDS if of != "flips-on-missing"]


def decided(orchestrator: nba.Orchestrator, of: Case) -> nba.Decision:
    profile, context = as_json(of.profile), as_json(of.context)
    return orchestrator.decide(profile, context=context, as_of=of.as_of, limit=None)


def outcome(decision: nba.Decision) -> Any:
    """What was decided, whoever proposed it or said so as well."""
    chosen = [(of.action, of.key, of.channel, of.score) for of in decision.actions]
    return chosen, sorted((of.action, str(of.key)) for of in decision.blocked)


def without_rule(rules: RuleSet, id: str) -> RuleSet:
    """The rule set without one rule."""
    pack, _, name = id.partition(".")
    changed = {file: dict(of) for file, of in rules.packs.items()}
    file = f"{pack}.yaml"
    changed[file]["rules"] = [of for of in changed[file]["rules"] if of["id"] != name]
    return replace(rules, packs=changed)


@pytest.mark.parametrize("seed", range(SETS))
def test_no_sample_contradicts_what_is_said_to_never_be(seed: int) -> None:
    rng = Random(f"analyse {seed}")
    rules = rule_set(rng, Style(packs=(1, 2)))
    orchestrator = rules.load(features_fail=False, gates_fail=False)
    analysis = analyse(orchestrator, findings=NEVER, time_limit=2.0, samples=60)
    customers = [case(rng, PROFILES, CONTEXTS) for _ in range(CUSTOMERS)]
    decisions = [decided(orchestrator, of) for of in customers]
    for decision in decisions:
        check_never(analysis, decision)
        check_idle(analysis, decision)
    # A rule that changes nothing can go.
    for issue in [*analysis.of("subsumed-rule"), *analysis.of("unreachable-rule")]:
        is_rule = any(of.id == issue.subject and of.kind == "rule" for of in orchestrator.ruleset.statements)
        if not is_rule or issue.subject.count(".") > 1 or (issue.severity == "warning" and "in doubt" in issue.message):
            continue
        if "only where its condition is not known" in issue.message:
            continue
        try:
            less = without_rule(rules, issue.subject).load(features_fail=False, gates_fail=False)
        except nba.RulesError:  # something refers to it
            continue
        for of, decision in zip(customers, decisions, strict=True):
            assert outcome(decided(less, of)) == outcome(decision), (issue, rules.text())


def check_never(analysis: Analysis, decision: nba.Decision) -> None:
    """That a decision shows nothing of what the analysis says is never so."""
    trace = decision._trace
    statements = {of.id: of for of in trace.ruleset.statements}
    chosen = {of.action for of in decision.actions}
    for issue in analysis.issues:
        match issue.kind:
            case "unreachable-rule" | "law-never-applies" if issue.subject in statements:
                items = {id for id, rules in trace.ruleset.items.items() for of in rules.proposals}
                proposed = {of.id for one in trace.screened for of in one.candidate.proposed_by}
                assert issue.subject not in proposed, issue
                if not items and issue.reasons:
                    assert evaluate(statements[issue.subject].condition, trace.environment()) is not True, issue
            case "unreachable-rule" if issue.subject in decision.signals:
                assert decision.signals[issue.subject] is not True, issue
            case "gap":
                for reason in issue.reasons:
                    signal, _, value = reason.text.replace("`", "").partition(" is ")
                    held = decision.signals[signal]
                    shown = str(held).lower() if isinstance(held, bool) else f'"{held}"'
                    assert shown != value or trace.screened, issue
            case "always-blocked":
                assert issue.subject not in chosen, issue
            case "never-wins":
                assert not decision.actions or decision.actions[0].action != issue.subject, issue


def check_idle(analysis: Analysis, decision: nba.Decision) -> None:
    """That the first idle part of each rule makes no difference to its condition."""
    trace = decision._trace
    statements = {of.id: of for of in trace.ruleset.statements}
    items = {of.rule.id for rules in trace.ruleset.items.values() for of in rules.proposals}
    seen: set[str] = set()
    for issue in analysis.of("idle-condition"):
        if issue.subject in seen or issue.subject not in statements or issue.subject in items:
            continue
        seen.add(issue.subject)
        condition = statements[issue.subject].condition
        parts = [of.part for of in operands(condition) if issue.message.startswith(f"`{written(of.part)}` makes")]
        if len(parts) == 1:
            less = without(condition, parts[0])
            assert evaluate(condition, trace.environment()) == evaluate(less, trace.environment()), issue
