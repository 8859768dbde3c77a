"""8. Every engine agrees: each gives the decision that the reference evaluator gives on the same input."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

import nba
from nba.language.functions import Clock
from nba.language.meaning import Environment, evaluate
from nba.language.values import Value
from nba.matching import Match, available
from nba.ruleset.model import Layer
from nba.testing.generation.customers import Case
from nba.testing.generation.literals import AS_OF
from nba.testing.generation.questions import Check, Question, decide, houses
from nba.testing.generation.rule_sets import RuleSet

GUARANTEE = settings.get_profile("guarantees")
ENGINES = available()


class ReferenceMatcher:
    """The definition as an engine: each condition evaluated as it stands."""

    def __init__(self, layer: Layer) -> None:
        self._conditions = layer.conditions

    def match(self, features: Sequence[Value]) -> Match:
        env = Environment({}, {}, Clock(AS_OF), features=features)
        truths = [evaluate(condition, env) for condition in self._conditions]
        known = {number for number, truth in enumerate(truths) if truth is True}
        return Match(known, {n for n, truth in enumerate(truths) if truth is not True and truth is not False})


def agreeing(engine: str) -> Any:
    def claim(rules: RuleSet, rng: Random) -> Check:
        reference = nba.Orchestrator(rules.orchestrator.ruleset, engine, ReferenceMatcher, "ignore")
        other = rules.load(matcher=engine)

        def check(one: Case) -> str | None:
            expected, found = decide(reference, one, 3).to_json(indent=1), decide(other, one, 3).to_json(indent=1)
            return None if expected == found else f"{engine}: {found}\nreference: {expected}"

        return check

    return claim


@pytest.mark.parametrize("engine", ENGINES)
@given(question=houses())
@settings(GUARANTEE, max_examples=15)
def test_an_engine_decides_as_the_reference_does(engine: str, question: Question) -> None:
    if ENGINES[engine] is not None:
        pytest.skip(f"{engine}: {ENGINES[engine]}")
    question.hold(agreeing(engine))
