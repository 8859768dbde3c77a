"""The total order of what is left, and the choice: tier, then score, then names."""

from __future__ import annotations

import itertools
import random

import pytest

from nba.arbitration import arbitrate, best_channel, precedence
from nba.proposing import Candidate, Score
from nba.ruleset.model import Action
from nba.screening import Blocked, Screened


def screened(id, rank=0, score=1.0, key=None, *, blocked=False, **options):
    action = Action(id, "p", "p", id, f"tier{rank}", rank, promotional=False, **options)
    blocks = (Blocked("guard", "g", "p", "b"),) if blocked else ()
    candidate = Candidate(action, key, None, Score(score, {}), ())
    return Screened(candidate, blocks, () if blocked else action.pairs)


def names(found):
    return [of.screened.candidate.name for of in found]


def test_the_tier_comes_first_then_the_score_then_the_action_then_the_key():
    order = [
        screened("b", 0, 0.0),
        screened("a", 1, 1e308),
        screened("a", 1, 2.0),
        screened("b", 1, 2.0, "1"),
        screened("b", 1, 2.0, "10"),
        screened("b", 1, 2.0, "2"),
        screened("c", 1, 2.0),
        screened("a", 2, 9.0),
    ]
    for seed in range(50):
        shuffled = random.Random(seed).sample(order, len(order))
        assert [of.screened for of in arbitrate(shuffled, None, ()).chosen] == order


def test_no_two_candidates_are_equal_in_the_order():
    many = [
        screened(id, rank, score, key)
        for id in "ab"
        for rank in (0, 1)
        for score in (0.0, 1.0)
        for key in (None, "1", "a")
    ]
    assert len({precedence(of) for of in many}) == len(many)


@pytest.mark.parametrize("limit", [None, 1, 2, 5])
def test_everything_that_nothing_blocks_is_chosen_or_outranked_by_what_is_chosen(limit):
    many = [
        screened("a", 0, 3, "1", at_most=1),
        screened("a", 0, 2, "2", at_most=1),
        screened("b", 0, 9, exclusive="g"),
        screened("c", 1, 5, exclusive="g"),
        screened("d", 1, 4),
        screened("e", 0, 99, blocked=True),
    ]
    for order in itertools.islice(itertools.permutations(many), 100):
        found = arbitrate(order, limit, ())
        assert len(found.chosen) + len(found.outranked) == 5
        assert [of.rank for of in found.chosen] == list(range(1, len(found.chosen) + 1))
        chosen = [of.screened for of in found.chosen]
        for of in found.outranked:
            assert of.by in chosen
            assert precedence(of.by) < precedence(of.screened)
        assert names(found.chosen) == ["b", "a[1]", "d"][:limit]


def test_why_something_is_outranked():
    found = arbitrate(
        [
            screened("a", 0, 3, "1", at_most=1),
            screened("a", 0, 2, "2", at_most=1),
            screened("b", 0, 1, exclusive="g"),
            screened("c", 1, exclusive="g"),
            screened("d", 2),
        ],
        2,
        (),
    )
    assert [(of.screened.candidate.name, of.by.candidate.name, of.why) for of in found.outranked] == [
        ("a[2]", "a[1]", "at_most"),
        ("c", "b", "exclusive"),
        ("d", "b", "limit"),
    ]


@pytest.mark.parametrize(
    ("channels", "preferred", "best"),
    [
        (("a", "b"), (), "a"),
        (("a", "b"), ("b", "a"), "b"),
        (("a", "b"), ("x", "b"), "b"),
        (("a",), ("x",), "a"),
        ((None,), ("a",), None),
        (("a", "b"), ("b", "b"), "b"),
    ],
)
def test_the_customers_preference_goes_before_the_actions_order(channels, preferred, best):
    assert best_channel(channels, preferred) == best
