"""Which engines there are, and what is said where one cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

import nba
from nba.matching import available, matcher_factory
from nba.matching.engines import ENGINES, why_no_durable

PACK = """
    pack: shop
    actions:
      greet: {title: Say hello, tier: growth}
    rules:
      - {id: hello, when: value > 1, propose: greet, because: a good customer}
"""


def test_native_is_always_there() -> None:
    assert tuple(available()) == ENGINES
    assert available()["native"] is None
    assert available()["durable"] == available()["crosscheck"] == why_no_durable()


@pytest.mark.parametrize("matcher", ["durable", "crosscheck"])
def test_on_python_3_13_the_error_says_why_and_how_to_go_on(matcher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 0, "final", 0))
    with pytest.raises(nba.EngineError) as caught:
        matcher_factory(matcher)
    said = str(caught.value)
    assert f"the matcher '{matcher}' cannot be used here" in said
    assert "PyEval_CallObject" in said
    assert "matcher='native'" in said
    assert "Python 3.11 or 3.12" in said
    assert available()["durable"] is not None
    assert available()["native"] is None


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="there it does not import even when it is installed")
@pytest.mark.parametrize("matcher", ["durable", "crosscheck"])
def test_where_it_is_not_installed_the_error_names_the_extra_and_the_compiler(
    matcher: str, monkeypatch: pytest.MonkeyPatch, load: Callable[..., nba.Orchestrator]
) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(nba.EngineError) as caught:
        load(PACK, matcher=matcher)
    said = str(caught.value)
    assert "pip install 'nba[durable]'" in said
    assert "C compiler" in said
    assert "matcher='native'" in said


def test_a_misspelt_engine_is_an_error_that_suggests_the_right_one(load: Callable[..., nba.Orchestrator]) -> None:
    with pytest.raises(nba.EngineError, match=r"there is no matcher 'nativ'.*did you mean `native`"):
        load(PACK, matcher="nativ")
    with pytest.raises(nba.EngineError, match="there are native, durable, crosscheck"):
        load(PACK, matcher="z3")


def test_native_needs_nothing_of_durable_rules(
    monkeypatch: pytest.MonkeyPatch, load: Callable[..., nba.Orchestrator]
) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    decision = load(PACK).decide({"value": 2}, as_of="2026-11-22T09:00:00Z")
    assert decision.action is not None
    assert decision.action.action == "shop.greet"
