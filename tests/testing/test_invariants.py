"""Invariants on generated customers: what they find, and how they tell of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

import nba
from nba.authoring import run_cases
from nba.decision import Decision
from nba.testing import assert_engines_agree, assert_invariant, assert_laws, implies, invariant
from nba.testing.stating import stated
from tests.testing.conftest import FILES, HOUSE


def failure_of(call: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as caught:
        call()
    return str(caught.value)


def case_in(told: str) -> str:
    return dedent(told.partition("\ncase")[2].partition("\n")[2])


def token_in(told: str) -> str:
    found = re.search(r"again: NBA_AGAIN=(\S+) python -m pytest (.+)", told)
    assert found is not None, told
    assert found[2].strip("'") == os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
    return found[1]


def test_an_invariant_that_holds_says_nothing(shop: nba.Orchestrator) -> None:
    assert_invariant(shop, given="shop.upset", never={"tier": "growth"}, examples=30)
    asked = {"all": ["shop.upset", "shop.spent > 10", "context.channel is missing", "context.direction is missing"]}
    assert_invariant(shop, given=asked, always={"action": "shop.sorry"}, examples=30)


def test_a_failure_tells_the_simplest_customer_as_a_case_that_fails(shop: nba.Orchestrator, tmp_path: Path) -> None:
    told = failure_of(lambda: assert_invariant(shop, given="shop.spent > 50", never={"tier": "care"}))
    assert told.startswith("never {tier: care} given shop.spent > 50: this does not hold\n")
    assert re.search(r"nothing blocks shop.call on phone, while `shop.spent > 50` (holds|is in doubt)\n", told)
    text = case_in(told)
    [case] = yaml.safe_load(text)["cases"]
    assert set(case["given"]["profile"]) == {"shop"}
    assert case["given"]["profile"]["shop"].get("orders") == [{"status": "open"}]
    assert case["expect"] == {"blocked": {"shop.call": []}}
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    [result] = run_cases(tmp_path / "case.yaml", shop).results
    assert [of.what for of in result.mismatches] == ["blocked"]


def test_in_doubt_about_given_nothing_may_be_unblocked_either(shop: nba.Orchestrator) -> None:
    never = stated(shop.ruleset, "shop.spent > 50", {"tier": "care"}, None, "", "no calls")
    decision = shop.decide({"shop": {"orders": [{"status": "open"}]}}, as_of="2026-01-01T09:00:00Z", limit=None)
    assert never.binds(decision)
    assert never.broken(decision) == "nothing blocks shop.call on phone, while `shop.spent > 50` is in doubt"
    always = stated(shop.ruleset, "shop.spent > 50", None, {"tier": "growth"}, "", None)
    assert not always.binds(decision)


def test_the_command_of_a_failure_looks_at_that_customer_alone(
    shop: nba.Orchestrator, load: Callable[..., nba.Orchestrator], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asserted(rules: nba.Orchestrator) -> None:
        assert_invariant(rules, given="shop.spent > 50", never={"tier": "care"}, name="nobody is called")

    monkeypatch.setenv("NBA_AGAIN", token_in(failure_of(lambda: asserted(shop))))
    monkeypatch.setattr("nba.testing.examining.given", lambda *of: pytest.fail("nothing is generated"))
    assert failure_of(lambda: asserted(shop)).startswith("nobody is called: this does not hold")
    assert_invariant(shop, given="shop.spent > 50", never={"tier": "recovery"})  # something else of the same test
    mended = FILES["pack.yaml"].replace("when: any(o.status", "when: false and any(o.status")
    asserted(load({**FILES, "pack.yaml": mended}))
    monkeypatch.setenv("NBA_AGAIN", os.environ["NBA_AGAIN"][:30])
    with pytest.raises(ValueError, match="NBA_AGAIN is cut off"):
        asserted(shop)


def test_a_failure_is_kept_where_it_is_told_to(shop: nba.Orchestrator, tmp_path: Path) -> None:
    told = failure_of(lambda: assert_invariant(shop, never="shop.call", name="no calls!", save=tmp_path / "kept"))
    [kept] = (tmp_path / "kept").iterdir()
    assert kept.name.startswith("no-calls-")
    assert f"case, saved as {kept}:" in told
    assert not run_cases(kept, shop).passed


def test_an_invariant_that_asks_for_nothing_was_not_tested(shop: nba.Orchestrator) -> None:
    given = "shop.spent > 50 and shop.spent < 40"
    told = failure_of(lambda: assert_invariant(shop, given=given, always={"tier": "care"}, examples=20))
    assert "this was not tested, as `given` held for none of 20 customers" in told


def test_an_error_points_at_the_word(shop: nba.Orchestrator) -> None:
    with pytest.raises(nba.RulesError) as caught:
        assert_invariant(shop, given="shop.upst", never={"tier": "growth"})
    assert "--> <invariant>:2:9" in str(caught.value)
    assert "did you mean `shop.upset`" in str(caught.value)
    with pytest.raises(nba.RulesError, match="there is no tier `grwth`"):
        assert_invariant(shop, never={"tier": "grwth"})
    with pytest.raises(ValueError, match="just one of never= and always="):
        assert_invariant(shop, given="shop.upset")


def test_a_predicate_is_a_test_of_every_decision(shop: nba.Orchestrator) -> None:
    @invariant(examples=500)
    def test_nobody_is_called(decision: Decision) -> bool:
        return not decision.offers(tier="care")

    told = failure_of(lambda: test_nobody_is_called(shop))
    assert told.startswith("nobody is called: this does not hold\n  it is False of this decision: shop.call")
    assert "# this is what is decided now: write into `expect:` what should be" in told
    assert yaml.safe_load(case_in(told))["cases"][0]["expect"]["action"] == "shop.call"


def test_a_predicate_may_assert_and_what_it_says_is_told(shop: nba.Orchestrator) -> None:
    @invariant
    def test_calm(decision: Decision) -> None:
        assert not decision.offers(tier="care"), "we call"

    assert "\n  we call" in failure_of(lambda: test_calm(shop))
    assert (test_calm.__name__, test_calm.predicate(shop.decide({}, as_of="2026-01-01T09:00:00Z"))) == (
        "test_calm",
        None,
    )


def test_a_predicate_that_raises_something_else_is_not_hidden(shop: nba.Orchestrator) -> None:
    @invariant
    def test_broken(decision: Decision) -> None:
        raise KeyError("what")

    with pytest.raises(KeyError, match="what"):
        test_broken(shop)


def test_implies_asks_nothing_of_what_is_unknown() -> None:
    assert [implies(premise, False) for premise in (True, None, False)] == [False, True, True]


def test_laws_tell_what_nothing_else_stops_and_which_do_not_hold(shop: nba.Orchestrator) -> None:
    told = failure_of(lambda: assert_laws(shop, examples=300))
    assert told.startswith("upset_is_heard: this does not hold\n  `shop.sorry` should be possible, while `shop.upset`")
    assert yaml.safe_load(case_in(told))["cases"][0]["expect"] == {"laws_unmet": []}
    report = assert_laws(shop, laws=["calm_first", "no_gifts_in_talks"], examples=60)
    [calm, talks] = report.results
    assert calm.bound > 20
    assert calm.alone == ("shop.upgrade",)
    assert "nothing else stops shop.upgrade" in str(report)
    assert run_one(calm.cases[0], shop)
    assert talks.kind == "never"


def run_one(text: str, orchestrator: nba.Orchestrator) -> bool:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.yaml"
        file.write_text(text, encoding="utf-8")
        return run_cases(file, orchestrator).passed


def test_what_only_a_law_stops_may_be_a_failure(shop: nba.Orchestrator) -> None:
    told = failure_of(lambda: assert_laws(shop, laws=["calm_first"], alone="fail", examples=300))
    assert told.startswith("calm_first: nothing else stops shop.upgrade\ncases:\n")
    with pytest.raises(ValueError, match="there is no law `calm_frst`: did you mean `calm_first`"):
        assert_laws(shop, laws=["calm_frst"])


def test_a_law_that_asks_for_nothing_is_marked(load: Callable[..., nba.Orchestrator]) -> None:
    given = "shop.spent > 50 and shop.spent < 40 and shop.spent is not missing"
    house = HOUSE.replace("given: shop.upset, always", f"given: {given}, always")
    report = assert_laws(load({**FILES, "house.yaml": house}), laws=["upset_is_heard"], examples=10)
    assert str(report).startswith("--   upset_is_heard: always, asked of 0 of 10 customers")


def test_engines_that_agree_are_named_and_one_that_differs_is_told(
    shop: nba.Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert assert_engines_agree(shop, matchers=["native"], examples=20) == ("native",)

    class Never:
        """An engine for which nothing holds."""

        def __init__(self, layer: object) -> None:
            pass

        def match(self, features: object) -> object:
            from nba.matching import Match

            return Match(set(), set())

    monkeypatch.setattr("nba.testing.engines.matcher_factory", lambda name: Never)
    told = failure_of(lambda: assert_engines_agree(shop, matchers=["never"]))
    assert told.startswith("every engine agrees: this does not hold\n  ")
    assert ", by never: " in told
    assert ", by definition: " in told
    assert run_one(case_in(told), shop)  # as it should be decided
