"""What is measured of rules: every kind of part, by its name; and that bad arguments are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import nba
from nba.bench import Columns, measure

AS_OF = "2026-11-22T09:00:00Z"
DEALER = nba.shipped("car-dealer")


def test_the_parts_have_the_names_that_authors_gave_them() -> None:
    dealer = nba.load(DEALER)
    found = measure(dealer, [{"id": "C-1"}], as_of=AS_OF, seconds=0.01)
    names = {kind: {of.name for of in found.parts if of.kind == kind} for kind in ("signal", "rule", "law")}
    assert names["signal"] == {of.id for of in dealer.ruleset.facts}
    assert names["rule"] | names["law"] == {of.id for of in dealer.ruleset.statements}


def test_a_slow_feature_of_a_plugin_comes_first(
    load: Callable[..., nba.Orchestrator], plugin: Callable[..., object]
) -> None:
    @nba.feature(reads=["value"], returns=float)
    def slow(value: float | None) -> float:
        return float(sum(of for of in range(20_000)))

    module = plugin(nba_features=[slow])
    rules = """
        pack: p
        actions: {a: {title: A, tier: growth}}
        rules:
          - {id: r, when: lab.slow > 1, propose: a, because: it is}
          - {id: s, when: value > 1, propose: a, because: it is}
    """
    orchestrator = load(rules, plugins={"lab": module})
    found = measure(orchestrator, [{"value": 2.0}], as_of=AS_OF, seconds=0.01)
    assert (found.parts[0].kind, found.parts[0].name) == ("feature", "lab.slow")
    assert found.parts[0].seconds > 10 * found.parts[1].seconds


def test_rules_about_items_are_measured_on_all_items(load: Callable[..., nba.Orchestrator]) -> None:
    rules = """
        pack: p
        actions: {a: {title: A, tier: growth, for_each: c in preferred_channels, key: c}}
        rules:
          - {id: r, when: c == "email", propose: a, because: it is}
          - {id: s, status: shadow, when: c == "phone", propose: a, because: it is}
    """
    orchestrator = load(rules)
    found = measure(orchestrator, [{"preferred_channels": ["email"] * 500}, {}], as_of=AS_OF, seconds=0.01)
    (rule,) = [of for of in found.parts if of.name == "p.r"]
    assert rule.seconds > 1e-6


@pytest.mark.parametrize("wrong", [{"profiles": []}, {"seconds": 0}, {"seconds": float("nan")}, {"limit": 0}])
def test_bad_arguments_are_told(wrong: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"profiles": [{"id": "C-1"}], "as_of": AS_OF, "seconds": 0.01} | wrong
    with pytest.raises(ValueError, match=r"profiles|seconds|limit"):
        measure(nba.load(nba.shipped("house")), **arguments)


def test_a_profile_that_does_not_fit_is_told() -> None:
    with pytest.raises(nba.ProfileError, match="id"):
        measure(nba.load(DEALER), [{"id": "C-1"}, {"id": 7}], as_of=AS_OF, seconds=0.01)


def test_what_was_not_measured_says_why() -> None:
    assert Columns(because="no table").to_dict() == {"not_measured": "no table"}
    found = Columns(rows=10, on_columns=9, a_second=1234.56).to_dict()
    assert found == {"rows": 10, "on_columns": 9, "decisions_a_second": 1235}
