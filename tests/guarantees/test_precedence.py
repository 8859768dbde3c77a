"""1. No candidate is ranked above one of a higher tier: no score, weight or plugin lifts growth over recovery."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nba
from nba.decision import Decision
from nba.testing.generation.customers import Case
from nba.testing.generation.questions import Check, Question, decide, houses, name
from nba.testing.generation.rule_sets import RuleSet

GUARANTEE = settings.get_profile("guarantees")
TIERS = ("obligation", "recovery", "care", "retention", "adoption", "growth")


def order(decision: Decision, tiers: list[str]) -> list[tuple[int, float, str, str]]:
    """The documented total order, as keys of the chosen actions."""
    return [(tiers.index(of.tier), -of.score, of.action, str(of.key or "")) for of in decision.actions]


def ranked_in_order(rules: RuleSet, rng: Random) -> Check:
    tiers = rules.house["tiers"]

    def check(one: Case) -> str | None:
        decision = decide(rules, one)
        keys = order(decision, tiers)
        if keys != sorted(keys):
            return f"chosen out of order: {keys}"
        places = {name(of): key for of, key in zip(decision.actions, keys, strict=True)}
        for of in decision.outranked:
            key = (tiers.index(of.tier), -of.score, of.action, str(of.key or ""))
            if not places[of.by] < key:
                return f"{name(of)} is outranked by {of.by}, which does not stand before it"
        return None

    return check


def not_lifted_by_a_weight(rules: RuleSet, rng: Random) -> Check:
    """The choice among the tiers above does not change when a tier's scores are multiplied without end."""
    tier = rng.choice(rules.house["tiers"][1:])
    above = rules.house["tiers"][: rules.house["tiers"].index(tier)]
    lift = {"id": "lift", "when": True, "weigh": {"select": {"tier": tier}, "by": "1e300"}, "because": "we want it"}
    lifted = replace(rules, packs={**rules.packs, "lifter.yaml": {"pack": "lifter", "rules": [lift]}})

    def check(one: Case) -> str | None:
        before, after = ([name(of) for of in decide(some, one).actions if of.tier in above] for some in (rules, lifted))
        return None if before == after else f"a weight on {tier} changed {before} above it to {after}"

    return check


def a_limit_takes_the_first(rules: RuleSet, rng: Random) -> Check:
    def check(one: Case) -> str | None:
        whole = [name(of) for of in decide(rules, one).actions]
        for limit in (1, 2, 3):
            part = [name(of) for of in decide(rules, one, limit).actions]
            if part != whole[:limit]:
                return f"of {whole} the first {limit} are said to be {part}"
        return None

    return check


@given(houses())
@GUARANTEE
def test_what_is_chosen_is_ordered_by_tier_then_score_then_action_and_key(question: Question) -> None:
    question.hold(ranked_in_order)


@given(houses())
@GUARANTEE
def test_no_weight_lifts_a_tier_over_a_higher_one(question: Question) -> None:
    question.hold(not_lifted_by_a_weight)


@given(houses())
@GUARANTEE
def test_a_limit_takes_the_first_of_the_same_order(question: Question) -> None:
    question.hold(a_limit_takes_the_first)


@pytest.mark.parametrize("tiers", [("growth", "recovery"), ("care", "growth", "recovery"), ("recovery",), ("growth",)])
def test_a_house_with_growth_above_recovery_or_without_one_of_them_does_not_load(
    tiers: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "house.yaml").write_text(f"house: mad\ntiers: [{', '.join(tiers)}]\n")
    with pytest.raises(nba.RulesError, match=r"recovery|growth"):
        nba.load(tmp_path)


def test_a_house_loads_just_when_recovery_stands_above_growth(tmp_path: Path) -> None:
    for tiers in permutations(("recovery", "care", "growth")):
        (tmp_path / "house.yaml").write_text(f"house: some\ntiers: [{', '.join(tiers)}]\npromotional: [growth]\n")
        try:
            nba.load(tmp_path)
            loads = True
        except nba.RulesError:
            loads = False
        assert loads is (tiers.index("recovery") < tiers.index("growth")), tiers


@given(allowed=st.sets(st.sampled_from(TIERS), min_size=1), tier=st.sampled_from(TIERS))
@settings(GUARANTEE, max_examples=25)
def test_a_department_uses_only_the_tiers_that_the_house_gives_it(allowed: set[str], tier: str) -> None:
    house = {"house": "strict", "departments": {"sales": {"tiers": sorted(allowed)}}}
    action = {"up": {"tier": tier}}
    rules = RuleSet({**house, "profile": "profile.json"}, {"sales.yaml": {"pack": "sales", "actions": action}})
    if tier in allowed:
        assert rules.load().ruleset.actions["sales.up"].tier == tier
    else:
        with pytest.raises(nba.RulesError, match="may not use tier"):
            rules.load()
