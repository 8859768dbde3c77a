"""A ruleset of durable_rules holds nothing between two messages, whatever is raised in between."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import nba
from nba.errors import EngineError
from nba.language.types import NUMBER
from nba.matching import matcher_factory
from nba.matching.engines import why_no_durable
from nba.matching.native import NativeMatcher
from tests.matching.layers import layer_of, truths
from tests.matching.raw import ask, create, said

pytestmark = pytest.mark.skipif(why_no_durable() is not None, reason=str(why_no_durable()))

CALLS = ("assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact")
PACK = """
    pack: shop
    actions:
      greet: {title: Say hello, tier: growth}
      thank: {title: Say thank you, tier: care}
    rules:
      - {id: hello, when: value > 1, propose: greet, because: a good customer}
      - {id: thanks, when: value > 2, propose: thank, because: a very good customer}
      - {id: hold, when: value > 3, block: {action: thank}, because: too good}
"""
AS_OF = "2026-11-22T09:00:00Z"


class Interruption(BaseException):
    """What no code expects: a signal handler's, a debugger's, the end of the process."""


def broken_once(monkeypatch: pytest.MonkeyPatch, call: str, *, after: bool, error: BaseException) -> None:
    """Make the next such call of the library raise, before or after it has done its work."""
    import durable_rules_engine as engine

    works = getattr(engine, call)

    def breaks(*arguments: Any) -> Any:
        monkeypatch.setattr(engine, call, works)
        if after:
            works(*arguments)
        raise error

    monkeypatch.setattr(engine, call, breaks)


def test_the_library_keeps_what_an_interrupted_call_leaves() -> None:
    import durable_rules_engine as engine

    handle = create([{"a": 1}, {"b": 1}])
    engine.assert_fact(handle, '{"sid":"0","id":"anna","a":1}')  # and nobody comes back for its matches
    assert ask(handle, {"b": 1}) == [0, 1], "it knows whose match is whose"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", ["library", MemoryError, KeyboardInterrupt, Interruption])
def test_a_decision_that_is_interrupted_leaves_nothing_behind(
    kind: Any, call: str, after: bool, monkeypatch: pytest.MonkeyPatch, load: Callable[..., nba.Orchestrator]
) -> None:
    import durable_rules_engine as engine

    orchestrator, expected = load(PACK, matcher="durable"), load(PACK)
    error = (engine.error if kind == "library" else kind)("Could not go on, error code: 303")
    broken_once(monkeypatch, call, after=after, error=error)
    with pytest.raises(EngineError if kind == "library" else kind):
        orchestrator.decide({"value": 4}, as_of=AS_OF)
    for value in (0, 2, 3, 4, None):
        decided = [of.decide({"value": value}, as_of=AS_OF, limit=None).to_dict() for of in (orchestrator, expected)]
        assert decided[0] | {"matcher": ""} == decided[1] | {"matcher": ""}


def test_a_status_that_should_not_be_is_an_error_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    import durable_rules_engine as engine

    layer = layer_of(["a == 1", "a > 1"], {"a": NUMBER})
    matcher = matcher_factory("durable")(layer)
    works = engine.assert_fact
    for status in (2, 3):
        monkeypatch.setattr(engine, "assert_fact", lambda *given, status=status: (status, works(*given)[1]))
        with pytest.raises(EngineError, match=f"answered {status}"):
            truths(matcher, layer, a=1)
        monkeypatch.setattr(engine, "assert_fact", works)
        assert truths(matcher, layer, a=2) == [False, True]


def test_conditions_that_the_library_refuses_stop_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    import durable_rules_engine as engine

    layer = layer_of(["a == 1"], {"a": NUMBER})
    broken_once(monkeypatch, "create_ruleset", after=False, error=engine.error("error code: 106"))
    with pytest.raises(EngineError, match="does not take these conditions: error code: 106"):
        matcher_factory("durable")(layer)


def test_a_decision_within_a_decision_is_another_one() -> None:
    """A signal handler or a finalizer may decide while a decision is under way in the same thread."""
    from nba.matching.durable import ruleset

    layer = layer_of(["a == 1", "a > 1", "a > 2"], {"a": NUMBER})
    matcher = matcher_factory("durable")(layer)
    works, inner = ruleset._Copy.ask, []

    def ask(self: Any, *given: Any) -> None:
        ruleset._Copy.ask = works
        inner.append(truths(matcher, layer, a=3))
        works(self, *given)

    ruleset._Copy.ask = ask
    try:
        assert truths(matcher, layer, a=1) == [True, False, False]
    finally:
        ruleset._Copy.ask = works
    assert inner == [[False, True, True]]


@pytest.fixture
def handles(monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[int]]:
    """The rulesets that are made and deleted from now on."""
    import durable_rules_engine as engine

    gc.collect()  # what other tests have left
    made: list[int] = []
    deleted: list[int] = []
    create, delete = engine.create_ruleset, engine.delete_ruleset
    monkeypatch.setattr(engine, "create_ruleset", lambda *given: made.append(create(*given)) or made[-1])
    monkeypatch.setattr(engine, "delete_ruleset", lambda handle: deleted.append(handle) or delete(handle))
    return made, deleted


def test_rulesets_are_given_back_with_the_matcher(handles: tuple[list[int], list[int]]) -> None:
    made, deleted = handles
    layer = layer_of((f"a > {n}" for n in range(200)), {"a": NUMBER})
    matcher = matcher_factory("durable")(layer)
    truths(matcher, layer, a=100)
    gone = weakref.ref(matcher)
    assert len(made) == 8  # two questions, 200 rules, at most 60 a ruleset
    assert not deleted
    del matcher
    gc.collect()
    assert gone() is None
    assert sorted(deleted) == sorted(made)


def test_rulesets_are_given_back_with_the_rules_that_are_loaded(
    handles: tuple[list[int], list[int]], load: Callable[..., nba.Orchestrator]
) -> None:
    made, deleted = handles
    for _ in range(3):
        decision = load(PACK, matcher="durable").decide({"value": 4}, as_of=AS_OF)
        assert decision.explain()
    del decision
    gc.collect()
    assert len(made) >= 3
    assert sorted(deleted) == sorted(made)


def test_four_threads_get_what_one_gets() -> None:
    careless = """
        import sys, threading
        sys.setswitchinterval(1e-6)
        handle = create([{"$gt": {f"a{n}": 0}} for n in range(20)])
        wrong = []
        def work(me): wrong.extend(1 for _ in range(2000) if ask(handle, {f"a{me}": 1}) != [me])
        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(len(wrong) > 0)
    """
    assert said(careless) == "True", "threads may share a session"

    ours = """
        import sys, threading
        from random import Random
        from nba.language.types import NUMBER
        from nba.matching import matcher_factory
        from nba.matching.native import NativeMatcher
        from tests.matching.layers import features_of, layer_of
        layer = layer_of([f"a{n % 9} > {n} and a{n % 7} < 50" for n in range(100)], {f"a{n}": NUMBER for n in range(9)})
        rng = Random(1)
        def someone(): return {f"a{n}": rng.randrange(99) for n in range(9) if rng.random() < 0.9}
        asked = [features_of(layer, someone()) for _ in range(50)]
        native, durable = NativeMatcher(layer), matcher_factory("durable")(layer)
        expected = [native.match(of) for of in asked]
        sys.setswitchinterval(1e-6)
        wrong, done = [], []
        def work(me):
            rng = Random(me)
            for _ in range(3000):
                n = rng.randrange(50)
                if durable.match(asked[n]) != expected[n]: wrong.append(n)
            done.append(me)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(len(wrong), sorted(done))
    """
    assert said(ours) == "0 [0, 1, 2, 3]"


def test_it_starts_no_thread() -> None:
    before = set(threading.enumerate())
    layer = layer_of(["a == 1"], {"a": NUMBER})
    matcher = matcher_factory("durable")(layer)
    assert truths(matcher, layer, a=1) == truths(NativeMatcher(layer), layer, a=1) == [True]
    assert set(threading.enumerate()) == before
