"""7. A fault makes the decision more careful, never less: it only shrinks the set of what is unblocked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

import nba
from nba.language.values import FAILED
from nba.testing.generation.customers import KEYS, Case, with_keys
from nba.testing.generation.questions import Check, Question, decide, houses, unblocked
from nba.testing.generation.rule_sets import RuleSet

GUARANTEE = settings.get_profile("guarantees")
RUBBISH: tuple[Any, ...] = ("?", 7.25, True, object(), float("nan"), {"a": 1}, ["?"], b"?", "\ud800", 10**30)


def features_that_fail_unblock_nothing(rules: RuleSet, rng: Random) -> Check:
    return _unblocks_nothing(rules, rules.load(features_fail=False))


def gates_that_fail_unblock_nothing(rules: RuleSet, rng: Random) -> Check:
    return _unblocks_nothing(rules, rules.load(gates_fail=False))


def _unblocks_nothing(rules: RuleSet, working: nba.Orchestrator) -> Check:
    def check(one: Case) -> str | None:
        opened = unblocked(decide(rules, one)) - unblocked(decide(working, one))
        return f"a fault unblocks {sorted(opened, key=str)}" if opened else None

    return check


def faults_are_reported_and_hold_back_promotion(rules: RuleSet, rng: Random) -> Check:
    def check(one: Case) -> str | None:
        decision = decide(rules, one)
        trace = decision._trace
        origins = {of.origin for of in decision.errors}
        features = {of.id for of in trace.ruleset.facts if hasattr(of, "plugin")}
        for id in features:
            if trace.env.facts[id] is FAILED and id not in origins:
                return f"{id} has failed, and no error says so"
        for doubt in trace.proposed.doubts:
            if not doubt.failed or doubt.action is None:
                continue
            rank = trace.ruleset.actions[doubt.action].rank
            for of in trace.screened:
                action = of.candidate.action
                if action.promotional and action.rank > rank and not of.blocked:
                    return f"{doubt.action} could not be judged, and {of.candidate.name} below it goes ahead"
        return None

    return check


def data_that_does_not_fit_unblocks_nothing(rules: RuleSet, rng: Random) -> Check:
    """With `on_invalid="unknown"`: not even through `is missing`, `default`, or what the house assumes."""

    def check(one: Case) -> str | None:
        profile = with_keys(one.profile)
        more = unblocked(decide(rules, replace(one, profile=profile)))
        for attempt in range(4):
            broken = _broken(profile, Random(attempt))
            decision = rules.orchestrator.decide(
                broken, context=one.context, as_of=one.as_of, limit=None, on_invalid="unknown"
            )
            opened = unblocked(decision) - more
            if opened:
                return f"data that does not fit unblocks {sorted(opened, key=str)}: {broken}"
        return None

    return check


def _broken(value: Any, rng: Random) -> Any:
    """The profile with rubbish in some places that were filled."""
    if isinstance(value, dict):
        return {name: of if name in KEYS else _spoilt(of, rng) for name, of in value.items()}
    return tuple(_spoilt(of, rng) for of in value) if isinstance(value, tuple) else value


def _spoilt(value: Any, rng: Random) -> Any:
    return Invalid() if rng.random() < 0.12 else _broken(value, rng)


class Invalid:
    """What fits no type at all."""

    def __repr__(self) -> str:
        return "<invalid>"


@given(houses())
@GUARANTEE
def test_a_feature_that_fails_unblocks_nothing(question: Question) -> None:
    question.hold(features_that_fail_unblock_nothing)


@given(houses())
@GUARANTEE
def test_a_gate_that_fails_unblocks_nothing(question: Question) -> None:
    question.hold(gates_that_fail_unblock_nothing)


@given(houses())
@GUARANTEE
def test_every_fault_is_reported_and_holds_back_the_promotion_below_it(question: Question) -> None:
    question.hold(faults_are_reported_and_hold_back_promotion)


@given(houses())
@GUARANTEE
def test_data_that_does_not_fit_unblocks_nothing(question: Question) -> None:
    question.hold(data_that_does_not_fit_unblocks_nothing)


@pytest.mark.parametrize("rubbish", RUBBISH, ids=lambda of: type(of).__name__)
def test_a_guard_whose_field_holds_rubbish_blocks(rubbish: Any, tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text("house: one\n")
    (tmp_path / "sales.yaml").write_text(
        "pack: sales\nactions: {up: {tier: growth}}\nrules:\n"
        "  - {id: offer, when: true, propose: up, because: it fits}\n"
        "  - id: adults\n    for: {tier: growth}\n    because: it is the law\n"
        "    require: birth_date is missing or years_since(birth_date) >= 18\n"
    )
    rules, as_of = nba.load(tmp_path), "2026-11-22T09:00:00Z"
    assert rules.decide({"birth_date": None}, as_of=as_of).outcome == "action"
    with pytest.raises(nba.ProfileError):
        rules.decide({"birth_date": rubbish}, as_of=as_of)
    decision = rules.decide({"birth_date": rubbish}, as_of=as_of, on_invalid="unknown")
    assert decision.outcome == "all_blocked"
    assert [of.origin for of in decision.errors] == ["profile"]


def test_a_pack_that_does_not_load_stops_the_load(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("pack: good\n")
    (tmp_path / "bad.yaml").write_text("pack: bad\nrules: [{id: guard, when: nonsense(, block: {tier: growth}}]\n")
    with pytest.raises(nba.RulesError):
        nba.load(tmp_path)
