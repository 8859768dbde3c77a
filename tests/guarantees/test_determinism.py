"""6. Same rules, profile, context, `as_of` and limit: the same decision, byte for byte, in any process and thread."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings

from nba.testing.generation.customers import Case
from nba.testing.generation.questions import Check, Question, decide, houses
from nba.testing.generation.rule_sets import RuleSet

GUARANTEE = settings.get_profile("guarantees")
ROOT = Path(__file__).parents[2]
SCRIPT = """
import hashlib, sys
from nba.testing.generation.questions import Question, decide
for seed in map(int, sys.argv[1:]):
    question = Question(seed)
    for one in question.cases:
        for said in (decide(question.rules, one).to_json(), decide(question.rules, one, 1).explain()):
            print(seed, hashlib.sha256(said.encode()).hexdigest())
"""


def twice_is_the_same(rules: RuleSet, rng: Random) -> Check:
    again = rules.load()

    def check(one: Case) -> str | None:
        texts = {decide(of, one, 2).to_json() for of in (rules.orchestrator, rules.orchestrator, again)}
        return None if len(texts) == 1 else "\n".join(sorted(texts))

    return check


def other_inputs_have_other_ids(rules: RuleSet, rng: Random) -> Check:
    def check(one: Case) -> str | None:
        ids = [decide(rules, one, limit).decision_id for limit in (1, 2, None)]
        ids.append(decide(rules, replace(one, as_of=one.as_of + timedelta(microseconds=1)), 1).decision_id)
        ids.append(decide(rules, replace(one, profile={**one.profile, "id": "C-2"}), 1).decision_id)
        ids.append(decide(rules, replace(one, context={**one.context, "load": 0.125}), 1).decision_id)
        return None if len(set(ids)) == len(ids) else f"different inputs, and the same id: {ids}"

    return check


def threads_do_not_matter(rules: RuleSet, rng: Random) -> Check:
    orchestrator = rules.orchestrator

    def check(one: Case) -> str | None:
        alone = decide(rules.load(), one, 2)
        expected = alone.to_json() + alone.explain()
        shared = decide(orchestrator, one, 2)

        def ask(number: int) -> str:
            decision = shared if number % 2 else decide(orchestrator, one, 2)
            return decision.to_json() + decision.explain()

        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(ask, range(16)))
        return None if found == {expected} else "threads differ"

    return check


@given(houses())
@GUARANTEE
def test_the_same_question_has_the_same_answer(question: Question) -> None:
    question.hold(twice_is_the_same)


@given(houses())
@GUARANTEE
def test_another_question_has_another_id(question: Question) -> None:
    question.hold(other_inputs_have_other_ids)


@given(houses(customers=2))
@settings(GUARANTEE, max_examples=10)
def test_threads_that_share_rules_and_decisions_get_the_same_answer(question: Question) -> None:
    question.hold(threads_do_not_matter)


def test_every_process_gives_the_same_answer_whatever_its_hash_seed() -> None:
    seeds = [str(seed) for seed in range(100, 112)]
    answers = set()
    for hash_seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *seeds],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": ("UTC", "Asia/Tokyo")[hash_seed == "1"]},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        answers.add(done.stdout)
    assert len(answers) == 1
    (answer,) = answers
    here = [
        f"{question.seed} {hashlib.sha256(said.encode()).hexdigest()}"
        for question in map(Question, map(int, seeds))
        for one in question.cases
        for said in (decide(question.rules, one).to_json(), decide(question.rules, one, 1).explain())
    ]
    assert answer.split("\n")[:-1] == here
    assert len(set(here)) > len(here) / 4, "the answers hardly differ from each other"
