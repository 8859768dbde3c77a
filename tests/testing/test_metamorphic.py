"""What may change in a question without changing the answer, or only in one direction."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

import nba
from nba.testing import (
    assert_forgetting_never_unblocks,
    assert_guard_only_blocks,
    assert_order_does_not_matter,
    assert_scores_stay_in_their_tier,
    forgetting,
    raised_score,
    shuffled,
    with_guard,
)
from nba.testing.loosening import Loosening
from nba.testing.metamorphic import ForgettingCheck
from nba.testing.strategies import Customer
from tests.testing.conftest import FILES
from tests.testing.test_invariants import case_in, failure_of, run_one

AS_OF = "2026-01-01T09:00:00Z"


def plugin_with(function: Callable[..., Any], reads: list[str], returns: Any) -> dict[str, Any]:
    feature = nba.feature(reads=reads, returns=returns)(function)

    def nba_features() -> list[Any]:
        return [feature]

    return {"extra": SimpleNamespace(nba_features=nba.hookimpl(nba_features))}


def test_shuffling_keeps_what_there_is_and_the_order_that_means_something() -> None:
    profile = {"a": [{"x": number} for number in range(9)], "preferred_channels": ["sms", "email"]}
    other = shuffled(profile, Random(3))
    assert other["a"] != profile["a"]
    assert sorted(of["x"] for of in other["a"]) == list(range(9))
    assert other["preferred_channels"] == ["sms", "email"]


def test_forgetting_drops_each_path_once_and_leaves_the_rest() -> None:
    profile = {"a": 1, "b": {"c": 2, "d": [{"e": 3}, None]}}
    assert [path for path, _ in forgetting(profile)] == ["a", "b", "b.c", "b.d", "b.d[0]", "b.d[0].e"]
    assert dict(forgetting(profile))["b.d[0].e"] == {"a": 1, "b": {"c": 2, "d": [{}, None]}}
    assert profile == {"a": 1, "b": {"c": 2, "d": [{"e": 3}, None]}}


def test_one_more_guard_blocks_and_is_named(shop: nba.Orchestrator) -> None:
    guarded = with_guard(shop, when="shop.spent is missing", block={"tier": "care"}, except_={"tag": "gift"})
    customer = {"shop": {"orders": [{"status": "open"}]}}
    assert shop.decide(customer, as_of=AS_OF).offers() == ("shop.call",)
    [blocked] = [of for of in guarded.decide(customer, as_of=AS_OF).blocked if of.action == "shop.call"]
    assert [by.id for by in blocked.by] == ["one_more_guard"]
    assert_guard_only_blocks(shop, when="shop.spent is missing", block={"tier": "care"}, examples=30)


def test_a_guard_that_would_unblock_is_told(shop: nba.Orchestrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nba.testing.metamorphic.with_guard", lambda orchestrator, **said: shop)
    blocked = with_guard(shop, block={"tier": "care"})
    told = failure_of(lambda: assert_guard_only_blocks(blocked, block={"tier": "care"}))
    assert told.startswith("one more guard unblocks nothing: this does not hold\n  with one more guard, nothing blocks")


def test_a_raised_score_multiplies_and_stays_in_its_tier(shop: nba.Orchestrator) -> None:
    customer = {
        "shop": {"spent": 200, "mood": "calm"},
        "consents": {"marketing": {"granted": True, "channels": {"email": True}}},
    }
    [before] = shop.decide(customer, as_of=AS_OF).actions
    [after] = raised_score(shop, "shop.upgrade", 100).decide(customer, as_of=AS_OF).actions
    assert after.score == 100 * before.score
    assert_scores_stay_in_their_tier(shop, examples=30)
    with pytest.raises(ValueError, match=r"no action `shop\.upgrad`: did you mean `shop\.upgrade`"):
        raised_score(shop, "shop.upgrad")


def test_a_feature_that_goes_by_the_order_of_records_is_found(load: Callable[..., nba.Orchestrator]) -> None:
    def first_total(orders: Any) -> float | None:
        return orders[0].get("total") if orders and orders[0] else None

    pack = FILES["pack.yaml"].replace("when: shop.spent > 100 or value is missing", "when: extra.first_total > 1")
    plugins = plugin_with(first_total, ["shop.orders"], float)
    told = failure_of(lambda: assert_order_does_not_matter(load({**FILES, "pack.yaml": pack}, plugins=plugins)))
    assert told.startswith("the order of records does not matter: this does not hold\n")
    assert "in another order: " in told
    assert "'orders': [" not in case_in(told)  # YAML, as a case


def test_forgetting_tells_which_rules_say_in_words_that_not_knowing_unblocks(shop: nba.Orchestrator) -> None:
    consents = {"marketing": {"granted": True, "channels": {"email": True}}}
    check = ForgettingCheck(shop, Loosening(shop.ruleset))
    known = {"value": 1, "shop": {"mood": "calm", "spent": 1}, "consents": consents}
    assert check(Customer(known, {}, AS_OF), Random(0)) is None
    assert set(map(str, check.loosened)) == {"shop.upgrade says `value is missing`, which unblocks shop.upgrade"}
    found = assert_forgetting_never_unblocks(shop, examples=50)
    assert str(found).startswith(f"{found.decisions} times a field was forgotten, and nothing was unblocked")


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("- {id: r, when: true, propose: a, because: b}\n"
         "  - {id: g, when: value > 5, block: a, on_unknown: allow, because: b}", "on_unknown: allow"),
        ("- {id: r, when: 'default(value, 1) < 5', propose: a, because: b}", "default(value, 1)"),
        ("- {id: r, when: not p.rich, propose: a, because: b}", "value is missing"),
        ("- {id: r, when: value < 5, propose: a, because: b}", "assume:"),
    ],
)  # fmt: skip
def test_each_way_to_say_so_is_known(load: Callable[..., nba.Orchestrator], rules: str, words: str) -> None:
    house = "house: h\nassume: [{path: value, missing_means: 1, because: b}]\n" if words == "assume:" else "house: h\n"
    rich = "signals: {rich: {when: not (value is missing) and value > 5, because: b}}"
    pack = f"pack: p\n{rich}\nactions: {{a: {{tier: care}}}}\nrules:\n  {rules}\n"
    orchestrator = load({"house.yaml": house, "pack.yaml": pack})
    check = ForgettingCheck(orchestrator, Loosening(orchestrator.ruleset))
    assert check(Customer({"value": 10}, {}, AS_OF), Random(0)) is None
    assert words in " ".join(map(str, check.loosened))


def test_what_no_rule_says_is_a_failure(load: Callable[..., nba.Orchestrator], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Loosening, "words", lambda self, node, path: iter(()))
    pack = "pack: p\nactions: {a: {tier: care}}\nrules: [{id: r, when: value is missing, propose: a, because: b}]\n"
    rules = load({"house.yaml": "house: h\n", "pack.yaml": pack})
    told = failure_of(lambda: assert_forgetting_never_unblocks(rules))
    assert "not knowing `value` unblocks p.a, and no rule says so" in told
    assert not run_one(case_in(told), rules)
