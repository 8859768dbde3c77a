"""What the solver sees of a rule set is what real decisions say of it, for one customer after the other."""

from __future__ import annotations

import os

import pytest

from nba.testing.generation.questions import Question
from tests.proof.agreement import disagreement

SEEDS = range(int(os.environ.get("NBA_PROOF_SEEDS", "6")))
CUSTOMERS = int(os.environ.get("NBA_PROOF_CUSTOMERS", "6"))


@pytest.mark.parametrize("seed", SEEDS)
def test_conditions_and_candidates_are_what_is_decided(seed: int) -> None:
    question = Question(seed, customers=CUSTOMERS)
    assert disagreement(question.rules.orchestrator, question.cases) is None


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_lists_that_are_longer_than_their_slots_can_be_what_is_decided(seed: int) -> None:
    question = Question(seed, customers=CUSTOMERS)
    assert disagreement(question.rules.orchestrator, question.cases, slots=1) is None
