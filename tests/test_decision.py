"""What a caller gets back from a decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import nba
from nba import Decision
from nba.results import OutrankedAction, Task, Undecided, UnmetLaw

AS_OF = "2026-11-22T09:00:00Z"

RULES = {
    "house.yaml": """
        house: acme
        timezone: UTC
        laws:
          - {id: help_first, given: value < 0, always: {tier: recovery}, because: help comes first}
    """,
    "pack.yaml": """
        pack: p
        signals:
          rich: {when: value > 100, because: they have plenty}
        actions:
          help: {tier: recovery}
          call:
            title: Call them
            tier: care
            channels: [phone, email]
            propensity: default(propensities["p.call"], 0.5)
            value: value
            payload: {worth: value, text: "Hello {name}", missing: timezone}
          offer: {tier: growth, for_each: e in events, key: e.name, value: e.value, at_most: 1}
        rules:
          - {id: call_them, when: value > 1, propose: call, because: they are worth it}
          - {id: call_friends, when: locale == "fi-FI", propose: call, because: they are near}
          - {id: offer_all, when: e.value > 0, propose: offer, because: it fits}
          - {id: no_phone, when: 'name == "Bo"', block: {channel: phone}, because: he is deaf}
          - {id: hold, when: p.rich, block: {tier: growth}, because: they have enough}
          - {id: tell, when: p.rich, notify: {department: p, message: "Greet {name}"}, because: they are dear}
    """,
}
Decide = Callable[..., Decision]


@pytest.fixture
def decide(load: Callable[..., nba.Orchestrator]) -> Decide:
    orchestrator = load(RULES)

    def decide_for(limit: int | None = 1, as_of: str = AS_OF, context: Any = None, **profile: Any) -> Decision:
        return orchestrator.decide(profile, as_of=as_of, limit=limit, context=context)

    return decide_for


def test_the_best_action_is_given_with_channel_payload_and_reasons(decide: Decide) -> None:
    decision = decide(value=10, name="Bo", locale="fi-FI")
    action = decision.action
    assert action is not None
    assert decision.outcome == "action"
    assert (action.action, action.key, action.title, action.tier, action.score) == (
        "p.call",
        None,
        "Call them",
        "care",
        5,
    )
    assert action.channel == "email"
    assert [reason.id for reason in action.refused] == ["p.no_phone"]
    assert action.payload == {"worth": 10, "text": "Hello Bo", "missing": None}
    assert action.proposed_by == ("p.call_friends", "p.call_them")
    assert action.because == ("they are near", "they are worth it")


def test_every_candidate_is_chosen_outranked_or_blocked(decide: Decide) -> None:
    events = [{"name": "x", "value": 3}, {"name": "y", "value": 4}]
    free = decide(value=10, events=events, limit=None)
    assert [(of.action, of.key) for of in free.actions] == [("p.call", None), ("p.offer", "y")]
    assert free.outranked == (OutrankedAction("p.offer", "x", "p.offer[y]", "at_most", "p", "growth", 3.0, "Offer"),)
    held = decide(value=1000, events=events, limit=None)
    assert [(of.action, of.key, [reason.id for reason in of.by]) for of in held.blocked] == [
        ("p.offer", "x", ["p.hold"]),
        ("p.offer", "y", ["p.hold"]),
    ]
    assert held.tasks == (Task("p", "p.tell", "Greet –", "they are dear"),)


def test_without_an_action_the_outcome_says_why(decide: Decide) -> None:
    assert decide(value=0, locale="sv-SE", events=[]).outcome == "nothing_proposed"
    only_offers = decide(value=1000, locale="sv-SE", propensities={"p.call": -1}, events=[{"name": "x", "value": 1}])
    assert only_offers.outcome == "all_blocked"
    assert decide(value=2, locale="sv-SE", propensities={"p.call": -1}, events=[]).outcome == "error"
    assert decide(value=0, locale="sv-SE", events=[]).action is None


def test_undecided_rules_name_the_fields_that_would_decide_them(decide: Decide) -> None:
    decision = decide(events=[{"name": "x"}])
    assert decision.undecided == (
        Undecided("help_first", None, ("value",)),
        Undecided("p.call_friends", "p.call", ("locale",)),
        Undecided("p.call_them", "p.call", ("value",)),
        Undecided("p.offer_all", "p.offer", ("events[].value",), "x"),
        Undecided("p.tell", None, ("value",)),
    )
    assert decision.unknown == ("events[].value", "locale", "value")


def test_an_always_law_that_is_not_met_says_so_and_asks_a_person(decide: Decide) -> None:
    decision = decide(value=-1)
    assert decision.laws_unmet == (UnmetLaw("help_first", "help comes first", "house.yaml:5"),)
    assert [task.rule for task in decision.tasks] == ["help_first"]


def test_equal_inputs_have_equal_ids_and_others_do_not(decide: Decide) -> None:
    first = decide(value=10, name="Bo")
    others = [
        decide(value=11, name="Bo"),
        decide(value=10),
        decide(value=10, name="Bo", limit=2),
        decide(value=10, name="Bo", as_of="2026-11-22T09:00:01Z"),
        decide(value=10, name="Bo", context={"channel": "phone"}),
    ]
    assert len({of.decision_id for of in [first, *others]}) == 6
    assert first.decision_id == decide(value=10, name="Bo").decision_id


def test_json_and_dict_say_the_same(decide: Decide) -> None:
    decision = decide(id="C-1", value=1000, birth_date="2000-01-01", events=[{"name": "x", "value": 3}])
    data = decision.to_dict()
    assert json.loads(decision.to_json()) == json.loads(decision.to_json(indent=2)) == data
    assert (data["format"], data["profile_id"], data["as_of"]) == (1, "C-1", AS_OF)
    assert data["signals"] == {"p.rich": True}
    assert data["decision_id"] == decision.decision_id


def test_a_decision_does_not_change_with_what_it_was_made_from(load: Callable[..., nba.Orchestrator]) -> None:
    profile = {"value": 10, "events": [{"name": "x", "value": 3}]}
    decision = load(RULES).decide(profile, as_of=AS_OF, limit=None)
    before = load(RULES).decide(profile, as_of=AS_OF, limit=None)
    said = before.explain(), before.to_json(), before.to_case()
    profile["value"] = 99999
    profile["events"].clear()
    assert (decision.explain(), decision.to_json(), decision.to_case()) == said


def test_it_shows_itself_in_a_line(decide: Decide) -> None:
    assert repr(decide(value=10)) == "<Decision action: p.call>"
    assert repr(decide()) == "<Decision nothing_proposed>"


def test_the_instant_is_given_in_utc(decide: Decide) -> None:
    assert decide(as_of="2026-11-22T11:00:00+02:00").as_of.isoformat() == "2026-11-22T09:00:00+00:00"
    assert decide(id="C-1").profile_id == "C-1"
    assert decide().profile_id is None


def test_what_an_observer_raises_is_in_the_errors_and_changes_nothing_else(
    load: Callable[..., nba.Orchestrator], plugin: Callable[..., object]
) -> None:
    def nba_decided(decision: Decision) -> None:
        raise RuntimeError("no log")

    watched = load(RULES, plugins={"log": plugin(nba_decided=nba_decided)})
    decision = watched.decide({"value": 10}, as_of=AS_OF)
    assert [error.origin for error in decision.errors] == ["log"]
    assert "no log" in decision.explain()
    assert decision.outcome == "action"


def test_gates_of_plugins_are_asked_once_and_at_once_whoever_looks_on(
    load: Callable[..., nba.Orchestrator], plugin: Callable[..., object]
) -> None:
    asked: list[tuple[str, str | None]] = []

    @nba.gate(reads=["value"])
    def late(offered: nba.Offered, channel: str | None, value: object) -> nba.Block | None:
        asked.append((offered.action, channel))
        return None

    def nba_gates() -> list[object]:
        return [late]

    def nba_decided(decision: Decision) -> None:
        decision.explain()

    watched = load(RULES, plugins={"log": plugin(nba_gates=nba_gates, nba_decided=nba_decided)})
    decision = watched.decide({"value": 10, "events": [{"name": "x", "value": 3}]}, as_of=AS_OF)
    wanted = [("p.call", "email"), ("p.call", "phone"), ("p.offer", None)]
    assert sorted(asked, key=str) == wanted
    decision.to_json()
    assert len(asked) == len(wanted)


def test_what_nobody_asks_for_is_not_looked_for(decide: Decide) -> None:
    decision = decide(value=10, name="Bo", events=[{"name": "x", "value": 3}])
    assert decision.action is not None
    assert "arbitration" not in vars(decision._trace)
    assert decision._chosen == decision._trace.arbitration.chosen
    assert [of.action for of in decision.outranked] == ["p.offer"]
