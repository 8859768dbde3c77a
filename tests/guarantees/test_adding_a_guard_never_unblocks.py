"""3. With more guards or laws the set of unblocked candidates can only shrink, and no pack removes another's guard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

import nba
from nba.testing.generation.customers import Case
from nba.testing.generation.questions import Check, Question, decide, houses, name, unblocked
from nba.testing.generation.rule_sets import RuleSet, law
from nba.testing.generation.writing import PackWriter

GUARANTEE = settings.get_profile("guarantees")


def with_a_guard(rules: RuleSet, rng: Random) -> RuleSet:
    """The rules with one more guard, in a pack of its own."""
    assert rules.world is not None
    guard = PackWriter("warden", rules.world, rng).guard()
    return replace(
        rules, packs={**rules.packs, "warden.yaml": {"pack": "warden", "rules": [{"id": "one_more", **guard}]}}
    )


def with_a_law(rules: RuleSet, rng: Random) -> RuleSet:
    """The rules with one more `never` law."""
    assert rules.world is not None
    one_more = law(rng, rules.world, PackWriter("warden", rules.world, rng), 99, never=True)
    return replace(rules, house={**rules.house, "laws": [*rules.house["laws"], one_more]})


def a_guard_only_blocks(rules: RuleSet, rng: Random) -> Check:
    return _only_blocks(rules, with_a_guard(rules, rng))


def a_law_only_blocks(rules: RuleSet, rng: Random) -> Check:
    return _only_blocks(rules, with_a_law(rules, rng))


def _only_blocks(rules: RuleSet, guarded: RuleSet) -> Check:
    def check(one: Case) -> str | None:
        opened = unblocked(decide(guarded, one)) - unblocked(decide(rules, one))
        return f"with one guard more, this is unblocked: {sorted(opened, key=str)}" if opened else None

    return check


def a_pack_frees_nothing(rules: RuleSet, rng: Random) -> Check:
    """What is blocked is not unblocked, and what blocks it goes on doing so, when a whole other pack joins."""
    assert rules.world is not None
    known = rules.world
    world = replace(known, facts=dict(known.facts), settings=dict(known.settings), actions=dict(known.actions))
    writer = PackWriter("guest", world, rng)
    guest = {"pack": "guest", "department": "desk", "settings": writer.settings(), "signals": writer.signals()}
    guest |= {"actions": writer.actions(), "rules": [of for of in writer.rules() if _minds_its_own(of)]}
    joined = replace(rules, packs={**rules.packs, "guest.yaml": guest})

    def check(one: Case) -> str | None:
        before, after = decide(rules, one), decide(joined, one)
        free = {candidate for candidate, _ in unblocked(after)}
        blockers = {name(of): {by.id for by in of.by} for of in after.blocked}
        for of in before.blocked:
            if name(of) in free:
                return f"a pack that joined frees {name(of)}"
            gone = {by.id for by in of.by} - blockers.get(name(of), {by.id for by in of.by})
            if gone:
                return f"a pack that joined removed {gone} from {name(of)}"
        return None

    return check


def _minds_its_own(rule: dict[str, Any]) -> bool:
    proposed = rule.get("propose", [])
    return all(
        id.startswith("guest.") or "." not in id for id in ([proposed] if isinstance(proposed, str) else proposed)
    )


@given(houses())
@GUARANTEE
def test_one_more_guard_unblocks_nothing(question: Question) -> None:
    question.hold(a_guard_only_blocks)


@given(houses())
@GUARANTEE
def test_one_more_law_unblocks_nothing(question: Question) -> None:
    question.hold(a_law_only_blocks)


@given(houses())
@GUARANTEE
def test_a_pack_that_joins_frees_nothing_that_was_blocked(question: Question) -> None:
    question.hold(a_pack_frees_nothing)


@pytest.mark.parametrize("key", ["laws", "disable", "consent", "assume", "tiers", "departments", "promotional"])
def test_a_pack_cannot_say_what_only_the_house_says(key: str, tmp_path: Path) -> None:
    (tmp_path / "sales.yaml").write_text(f"pack: sales\n{key}: []\n")
    with pytest.raises(nba.RulesError, match=key):
        nba.load(tmp_path)


def test_a_pack_cannot_declare_a_rule_of_another_pack_anew(tmp_path: Path) -> None:
    rule = "- {id: hold, when: true, block: {tier: growth}, because: first things first}"
    (tmp_path / "service.yaml").write_text(f"pack: service\nrules:\n  {rule}\n")
    (tmp_path / "other.yaml").write_text(
        "pack: service\nrules:\n  - {id: hold, when: false, block: {tier: growth}, because: no}\n"
    )
    with pytest.raises(nba.RulesError, match="already declared"):
        nba.load(tmp_path)


def test_only_the_house_takes_a_guard_out_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "sales.yaml").write_text(
        "pack: sales\nactions: {up: {tier: growth}}\nrules:\n"
        "  - {id: offer, when: true, propose: up, because: it fits}\n"
        "  - {id: hold, when: true, block: {tier: growth}, because: not now}\n"
    )
    (tmp_path / "house.yaml").write_text("house: one\n")
    as_of = "2026-11-22T09:00:00Z"
    assert nba.load(tmp_path).decide({}, as_of=as_of).outcome == "all_blocked"
    (tmp_path / "house.yaml").write_text("house: one\ndisable: [{rule: sales.hold}]\n")
    with pytest.raises(nba.RulesError, match="because"):
        nba.load(tmp_path)
    (tmp_path / "house.yaml").write_text("house: one\ndisable: [{rule: sales.hold, because: we know better}]\n")
    assert nba.load(tmp_path).decide({}, as_of=as_of).outcome == "action"
