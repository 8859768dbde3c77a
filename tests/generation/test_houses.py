"""Rule sets that are generated load, and what fails of them is shown at its smallest."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings

from nba.testing.generation import AS_DRAWN, Check, Question, RuleSet, Style, decide, houses, packs


@settings(phases=AS_DRAWN, max_examples=3, deadline=None, database=None)
@given(houses(Style(packs=(2, 3))), packs())
def test_houses_have_some_packs_and_packs_are_alone(house: Question, pack: Question) -> None:
    assert 2 <= len(house.rules.packs) <= 3
    assert len(pack.rules.packs) == 1
    for question in (house, pack):
        assert all(decide(question.rules, one) for one in question.cases)


def test_a_claim_that_does_not_hold_is_shown_with_the_rules_and_the_customer_that_matter() -> None:
    def nothing_is_proposed(rules: RuleSet, rng: Random) -> Check:
        return lambda one: "something is" if decide(rules, one).actions else None

    alone = Style(packs=(1, 1))
    question = next(of for seed in range(20) if _proposes(of := Question(seed, alone)))
    with pytest.raises(AssertionError, match="smallest: something is") as raised:
        question.hold(nothing_is_proposed)
    smallest = str(raised.value).partition("smallest:")[2]
    assert smallest.count('"when"') == smallest.count('"propose"') == 1
    assert '"block"' not in smallest
    assert len(smallest) < 900 < len(question.rules.text())


def _proposes(question: Question) -> bool:
    return any(decide(question.rules, one).actions for one in question.cases)
