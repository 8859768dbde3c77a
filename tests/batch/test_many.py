"""`decide_many`: lazily, in order, and whatever happens to one profile does not happen to the others."""

from __future__ import annotations

import functools
import multiprocessing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import nba
from nba.batch.many import FailedProfile
from nba.results import DecisionRecord

AS_OF = "2026-11-22T09:00:00Z"
DEALER = nba.shipped("car-dealer")
UPSET = {"service": {"cases": [{"id": "K1", "status": "open", "severity": "high"}]}}


@pytest.fixture(scope="module")
def dealer() -> nba.Orchestrator:
    return nba.load(DEALER)


def customers(count: int) -> list[dict[str, Any]]:
    return [{"id": f"C-{of}", **(UPSET if of % 3 else {})} for of in range(count)]


def test_each_profile_gets_the_decision_that_it_gets_alone_in_order(dealer: nba.Orchestrator) -> None:
    people = customers(20)
    found = list(dealer.decide_many(people, as_of=AS_OF, limit=None))
    alone = [dealer.decide(of, as_of=AS_OF, limit=None) for of in people]
    assert [of.to_json() for of in found] == [of.to_json() for of in alone]  # type: ignore[union-attr]


def test_profiles_are_read_as_decisions_are_taken(dealer: nba.Orchestrator) -> None:
    taken = []

    def endless() -> Iterator[dict[str, Any]]:
        while True:
            taken.append(1)
            yield {}

    found = dealer.decide_many(endless(), as_of=AS_OF)
    assert not taken
    next(found)
    next(found)
    assert len(taken) == 2


def test_a_profile_that_fails_is_told_by_its_index_and_does_not_stop_the_rest(dealer: nba.Orchestrator) -> None:
    found = list(dealer.decide_many([{}, {"id": 7}, {}, 3], as_of=AS_OF))
    assert [isinstance(of, FailedProfile) for of in found] == [False, True, False, True]
    failed = found[1]
    assert isinstance(failed, FailedProfile)
    assert failed.index == 1
    assert isinstance(failed.error, nba.ProfileError)
    assert str(failed).startswith("profile 1: the profile has 1 invalid field")


def test_asked_to_raise_it_raises_the_error_with_the_index_in_a_note(dealer: nba.Orchestrator) -> None:
    found = dealer.decide_many([{}, {"id": 7}], as_of=AS_OF, on_error="raise")
    next(found)
    with pytest.raises(nba.ProfileError) as caught:
        next(found)
    assert caught.value.__notes__ == ["this is profile 1, counted from 0"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"as_of": "yesterday"}, "as_of should be"),
        ({"limit": 0}, "limit should be"),
        ({"on_error": "ignore"}, "on_error should be"),
        ({"chunk": 0}, "chunk should be"),
        ({"processes": -1}, "processes should be"),
        ({"profiles": "C-1"}, "profiles should be"),
        ({"on_invalid": "skip"}, "on_invalid should be"),
    ],
)
def test_wrong_arguments_are_refused_at_once(dealer: nba.Orchestrator, wrong: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"profiles": [], "as_of": AS_OF, **wrong}
    with pytest.raises(ValueError, match=message):
        dealer.decide_many(arguments.pop("profiles"), **arguments)


def test_a_wrong_context_is_refused_at_once(dealer: nba.Orchestrator) -> None:
    with pytest.raises(nba.ContextError):
        dealer.decide_many([], as_of=AS_OF, context={"channel": 1})


fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="processes cannot be forked on this system"
)


@fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # other tests may have left threads behind
def test_processes_give_the_same_decisions_as_data_in_the_same_order(dealer: nba.Orchestrator) -> None:
    people: list[Any] = [*customers(50), {"id": 7}]
    found = list(dealer.decide_many(people, as_of=AS_OF, processes=2, chunk=7))
    assert [of for of in found[:50] if not isinstance(of, DecisionRecord)] == []
    assert found[:50] == [dealer.decide(of, as_of=AS_OF).record() for of in people[:50]]
    assert isinstance(found[50], FailedProfile)
    assert found[50].index == 50


@fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_processes_tell_why_a_channel_is_refused(load: Callable[..., nba.Orchestrator]) -> None:
    orchestrator = load("""
        pack: sales
        actions: {offer: {title: Offer, tier: growth, channels: [email, phone]}}
        rules:
          - {id: offer, when: true, propose: offer, because: so it is}
          - {id: quiet, when: true, block: {action: offer, channel: phone}, because: not by phone}
    """)
    [found] = orchestrator.decide_many([{"id": "C-1"}], as_of=AS_OF, processes=2)
    assert isinstance(found, DecisionRecord)
    assert [of.because for of in found.actions[0].refused] == ["not by phone"]
    assert found == orchestrator.decide({"id": "C-1"}, as_of=AS_OF).record()


@fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_processes_never_read_far_ahead(dealer: nba.Orchestrator) -> None:
    taken = []

    def endless() -> Iterator[dict[str, Any]]:
        while True:
            taken.append(1)
            yield {}

    found = dealer.decide_many(endless(), as_of=AS_OF, processes=2, chunk=5)
    next(found)
    assert len(taken) <= 2 * 2 * 5
    found.close()  # type: ignore[attr-defined]  # a generator


def test_workers_started_anew_load_the_rules_themselves(dealer: nba.Orchestrator) -> None:
    loader: Callable[[], nba.Orchestrator] = functools.partial(nba.load, str(DEALER))
    found = list(dealer.decide_many(customers(6), as_of=AS_OF, processes=2, chunk=3, loader=loader))
    assert found == [dealer.decide(of, as_of=AS_OF).record() for of in customers(6)]


def test_workers_with_other_rules_are_found_out_by_the_hash(dealer: nba.Orchestrator, tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text("house: another\ntimezone: UTC\n")
    loader: Callable[[], nba.Orchestrator] = functools.partial(nba.load, str(tmp_path))
    with pytest.raises(nba.EngineError, match="the hashes differ"):
        list(dealer.decide_many([{}], as_of=AS_OF, processes=2, loader=loader))
