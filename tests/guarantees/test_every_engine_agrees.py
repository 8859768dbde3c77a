"""8. Every engine agrees: each gives the decision that the reference evaluator gives on the same input."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from nba.matching import available
from nba.testing.engines import reference
from nba.testing.generation.customers import Case
from nba.testing.generation.questions import Check, Question, decide, houses
from nba.testing.generation.rule_sets import RuleSet

GUARANTEE = settings.get_profile("guarantees")
ENGINES = available()


def agreeing(engine: str) -> Any:
    def claim(rules: RuleSet, rng: Random) -> Check:
        definition = reference(rules.orchestrator.ruleset, engine)
        other = rules.load(matcher=engine)

        def check(one: Case) -> str | None:
            expected, found = decide(definition, one, 3).to_json(indent=1), decide(other, one, 3).to_json(indent=1)
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
