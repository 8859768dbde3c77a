"""Confidential facts are shown to their own department; others see that something blocks, and never the value.

What a department gets to see is its view, its tasks, the matrix, and why each action was or was not chosen.
"""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

from hypothesis import given, settings

from nba.decision import Decision
from nba.reads import paths_of
from nba.testing.generation.customers import Case
from nba.testing.generation.questions import Check, Question, houses, name
from nba.testing.generation.rule_sets import RuleSet
from nba.testing.generation.writing import Style
from tests.generation.confidential import SENTINELS, SecretRules, changed, with_secrets, with_sentinels

GUARANTEE = settings.get_profile("guarantees")
seen: Counter[str] = Counter()


def decided(secret: SecretRules, one: Case, profile: dict[str, Any]) -> Decision:
    return secret.orchestrator.decide(profile, context=one.context, as_of=one.as_of, limit=2)


def shown(decision: Decision, department: str) -> str:
    """All that a department can get to see of a decision, as text and as data."""
    view = decision.for_department(department)
    whys = [decision.why_not(id, department) for id in decision._trace.ruleset.actions]
    parts = [view, decision.matrix(department), *whys]
    tasks = [task.message for task in decision.tasks if task.department == department]
    assert tasks == [task.message for task in view.tasks]
    return "\n".join([*tasks, *(f"{part}\n{json.dumps(part.to_dict(), ensure_ascii=False)}" for part in parts)])


def no_value_is_shown_to_others(rules: RuleSet, rng: Random) -> Check:
    secret = with_secrets(rules, rng)

    def check(one: Case) -> str | None:
        for department in secret.departments:
            decision = decided(secret, one, with_sentinels(one.profile, secret, department))
            text = shown(decision, department)
            found = SENTINELS.search(text)
            if found is not None:
                return f"{department} sees {text[max(0, found.start() - 300) : found.end() + 40]}"
            seen["sentinels"] += bool(SENTINELS.search(json.dumps(decision.explanation())))
        return None

    return check


def no_reason_is_shown_to_others(rules: RuleSet, rng: Random) -> Check:
    secret = with_secrets(rules, rng)
    ruleset, reads = secret.orchestrator.ruleset, secret.orchestrator.reads()
    facts = {of.id: reads[of.id] for of in ruleset.facts}
    for task in (*ruleset.notices, *ruleset.duties):  # what its message reads is no part of why it is given
        reads[task.rule.id] = tuple(paths_of([task.rule.condition], facts))

    def check(one: Case) -> str | None:
        decision = decided(secret, one, one.profile)
        whole = decision.explain()
        for department in secret.departments:
            hidden, text = secret.hidden_from(department), shown(decision, department)
            # Whatever is read beside a condition by a rule (a weight's factor) is no part of why it acts.
            conditions = {of.id for of in decision._trace.ruleset.statements}
            conditions -= {of.rule.id for of in decision._trace.ruleset.weights}
            for id in conditions:
                if hidden.intersection(reads[id]) and id.count(".") > 0:
                    if f"xbx{id}xbx" in text:
                        return f"{department} is told why {id} acts, which reads {sorted(hidden & set(reads[id]))}"
                    seen["reasons"] += f"xbx{id}xbx" in whole
            told = {path for path in hidden if f"`{path}`" in text or f'"{path}"' in text}
            if told:
                return f"{department} is told of {told}"
        return None

    return check


def outcome(decision: Decision) -> Any:
    """What was decided: not why, nor with which scores and payloads."""
    reasons = [(name(of), [(by.id, by.channel) for by in of.refused]) for of in decision.actions]
    return (
        [(name(of), of.channel, of.proposed_by) for of in decision.actions],
        reasons,
        [(name(of), [(by.id, by.channel) for by in of.by]) for of in decision.blocked],
        [(name(of), of.by, of.why) for of in decision.outranked],
        [(task.department, task.rule, task.message) for task in decision.tasks],
        [(of.rule, of.action, of.key) for of in decision.undecided],
        sorted(
            (
                of.candidate.name,
                [rule.id for rule in of.candidate.proposed_by],
                [(by.id, str(by.channel)) for by in of.blocks],
            )
            for of in decision._trace.screened
        ),
    )


def what_others_see_hangs_on_the_outcome_alone(rules: RuleSet, rng: Random) -> Check:
    secret = with_secrets(rules, rng)

    def check(one: Case) -> str | None:
        for department in secret.departments:
            first = decided(secret, one, one.profile)
            for attempt in range(3):
                other = changed(one.profile, secret, department, Random(f"{department} {attempt} {one.as_of}"))
                second = decided(secret, one, other)
                if other == one.profile or outcome(first) != outcome(second):
                    continue
                seen["changes"] += 1
                before, after = shown(first, department), shown(second, department)
                if before != after:
                    place = next(i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
                    return (
                        f"{department} sees {before[place - 200 : place + 200]} or {after[place - 200 : place + 200]}"
                    )
        return None

    return check


@given(houses(customers=2))
@GUARANTEE
def test_no_confidential_value_is_in_what_another_department_sees(question: Question) -> None:
    question.hold(no_value_is_shown_to_others)


@given(houses(customers=2))
@GUARANTEE
def test_no_reason_that_is_confidential_is_told_to_another_department(question: Question) -> None:
    question.hold(no_reason_is_shown_to_others)


@given(houses(customers=2))
@GUARANTEE
def test_confidential_values_that_change_no_outcome_change_nothing_that_others_see(question: Question) -> None:
    question.hold(what_others_see_hangs_on_the_outcome_alone)


def test_a_message_that_tells_its_own_department_of_it_is_no_reason() -> None:
    Question(264, customers=2).hold(no_reason_is_shown_to_others)


def test_that_a_confidential_value_made_something_fail_is_not_told() -> None:
    question = Question(194, Style(monotone=False, packs=(1, 4)), 2)  # a function raises on some values
    question.hold(what_others_see_hangs_on_the_outcome_alone)


def test_a_channel_that_a_confidential_value_closes_to_one_who_is_outranked_is_part_of_the_outcome() -> None:
    question = Question(1583, Style(monotone=False, packs=(1, 4)), 2)
    question.hold(what_others_see_hangs_on_the_outcome_alone)


def test_there_is_something_to_hide_in_what_is_generated() -> None:
    before = Counter(seen)
    for seed in range(6):
        question = Question(seed, customers=2)
        for claim in (
            no_value_is_shown_to_others,
            no_reason_is_shown_to_others,
            what_others_see_hangs_on_the_outcome_alone,
        ):
            question.hold(claim)
    found = seen - before
    assert min(found[what] for what in ("sentinels", "reasons", "changes")) >= 5, found
