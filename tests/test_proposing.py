"""Candidates and their scores, as the proposer finds them: what is kept for whoever asks why."""

from __future__ import annotations

import pytest

AS_OF = "2026-11-22T09:00:00Z"
PACK = """
    pack: p
    actions:
      a: {tier: recovery, propensity: 0.5, context_weight: 2, value: value, lever: 3}
      b: {tier: care}
      each: {tier: care, for_each: e in events, key: e.name, value: e.value}
    rules:
      - {id: z, when: true, propose: a, because: z}
      - {id: y, when: name == "x", propose: [a, b], because: y}
      - {id: e, when: e.channel == "web", propose: each, because: e}
      - {id: w1, when: true, weigh: {select: a, by: 4}, because: w}
      - {id: w2, when: name == "x", weigh: {select: {tier: [recovery, care]}, by: 5}, because: w}
    """


@pytest.fixture
def propose(load):
    rules = load(PACK)
    return lambda profile=None, **options: (
        rules.decide(profile or {}, as_of=AS_OF, limit=None, **options)._trace.proposed
    )


def test_a_score_keeps_its_factors_and_weights(propose):
    (a, _) = propose({"value": 10, "name": "x"}).candidates
    assert dict(a.score.factors) == {"propensity": 0.5, "context_weight": 2, "value": 10, "lever": 3}
    assert a.score.weights == (("p.w1", 4), ("p.w2", 5))
    assert a.score.total == 0.5 * ((2 * 4) * 5) * 10 * 3


def test_a_candidate_keeps_the_rules_that_proposed_it_by_id(propose):
    assert [[rule.id for rule in of.proposed_by] for of in propose({"value": 1, "name": "x"}).candidates] == [
        ["p.y", "p.z"],
        ["p.y"],
    ]


def test_each_doubt_names_the_rule_the_action_and_the_item(propose):
    doubts = propose({"events": [{"name": "one", "value": 1}, {"name": "two", "channel": "web"}]}).doubts
    assert sorted((of.rule.id, of.action, of.key, of.failed) for of in doubts if of.action) == [
        ("p.e", "p.each", "one", False),  # its channel is not known
        ("p.e", "p.each", "two", False),  # its value is not known, so there is no score
        ("p.y", "p.a", None, False),
        ("p.y", "p.b", None, False),
        ("p.z", "p.a", None, False),
    ]
    assert [of.rule.id for of in doubts if of.action is None] == ["p.w2"]


def test_a_list_that_has_failed_is_a_failed_doubt(propose):
    doubts = propose({"value": 1, "name": "q", "events": 5}, on_invalid="unknown").doubts
    assert [(of.rule.id, of.action, of.failed) for of in doubts] == [("p.e", "p.each", True)]


def test_an_action_that_is_forced_without_a_score_does_not_disappear(load):
    decision = load(PACK).decide({"name": "q", "events": []}, as_of=AS_OF, proposed=["p.a"], limit=None)
    assert ("p.z", "p.a") in {(of.rule, of.action) for of in decision.undecided}
    pack = "pack: p\nactions: {a: {tier: care, value: value}}\n"
    decision = load(pack).decide({}, as_of=AS_OF, proposed=["p.a"])
    assert [(of.origin, of.message) for of in decision.errors] == [
        ("p.a", "was to be proposed whatever the rules say, and has no score: `value` is not known")
    ]
