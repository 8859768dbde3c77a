"""Confidential facts are shown to their own department; others hear what is said in public, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import nba
from nba import Decision

AS_OF = "2026-11-22T09:00:00Z"
ACTIONS = ("billing.plan", "billing.remind", "billing.settle", "sales.card", "sales.gift", "sales.offer")

HOUSE = """
    house: acme
    timezone: Europe/Helsinki
    laws:
      - id: the_vulnerable_are_left_alone
        given: billing.vulnerable
        never: {tier: growth}
        because: vulnerable people are not sold to
        public_because: we take care first
      - {id: help_first, given: billing.vulnerable, always: {tag: plan}, because: the vulnerable get a plan}
"""

BILLING = """
    pack: billing
    profile: {section: billing, schema: billing.schema.json}
    signals:
      vulnerable: {when: billing.hardship == "ill" or days_since(billing.fell_ill) < 90, because: they are not well}
      overdue: {when: billing.open > 100, because: much is open}
      watch: {when: billing.open > 0, confidential: true, because: we look at them}
    actions:
      plan: {title: Offer a plan, tier: recovery, tags: [plan], channels: [phone], payload: {rate: billing.rate}}
      remind: {title: Remind them, tier: care, propensity: "billing.risk"}
      settle:
        title: Settle a debt
        tier: care
        for_each: d in billing.debts
        key: d.id
        value: d.amount
    rules:
      - id: plan_for_the_ill
        when: billing.vulnerable
        propose: plan
        because: illness comes first
        public_because: they asked us
      - {id: remind_all, when: billing.overdue, propose: remind, because: much is open}
      - {id: settle_each, when: d.amount > 0, propose: settle, because: it is a debt}
      - {id: hush, when: 'billing.hardship != "none"', block: {tier: growth}, because: hardship}
      - id: tell_sales
        when: billing.vulnerable
        notify: {department: sales, message: "Leave {id} alone for now."}
        because: the customer is ill
"""

SCHEMA = {
    "type": "object",
    "properties": {
        "hardship": {"enum": ["none", "ill", "poor"], "confidential": True},
        "fell_ill": {"type": "string", "format": "date-time", "confidential": True},
        "risk": {"type": "number", "confidential": True},
        "rate": {"type": "number", "confidential": True},
        "open": {"type": "number"},
        "debts": {
            "type": "array",
            "confidential": True,
            "items": {"properties": {"id": {"type": "string"}, "amount": {"type": "number"}}},
        },
    },
}

SALES = """
    pack: sales
    actions:
      offer: {title: Offer something, tier: growth, channels: [email], propensity: "0.5"}
      gift: {title: Send a gift, tier: care, exclusive: treat}
      card: {title: Send a card, tier: care, value: "default(value, 1)"}
    rules:
      - {id: offer_all, when: value > 1 and billing.overdue is not missing, propose: offer, because: they are worth it}
      - {id: nice, when: billing.watch and value > 0, propose: gift, because: they are watched}
      - {id: cards, when: name is not missing, propose: card, because: it is their day}
      - {id: heavy, when: billing.watch, weigh: {select: {action: sales.card}, by: 2}, because: they are watched}
      - {id: no_card, when: 'billing.hardship == "poor" and lifecycle_stage == "new"', block: card, because: poor}
"""

MIRA: dict[str, Any] = {
    "id": "C-7",
    "name": "Mira",
    "value": 3,
    "lifecycle_stage": "old",
    "billing": {
        "hardship": "ill",
        "fell_ill": "2026-11-01T09:00:00Z",
        "risk": 0.765432,
        "rate": 12.34,
        "open": 500,
        "debts": [{"id": "D-99", "amount": 31337}],
    },
}


@pytest.fixture
def acme(load: Callable[..., nba.Orchestrator]) -> nba.Orchestrator:
    files = {"house.yaml": HOUSE, "billing.yaml": BILLING, "sales.yaml": SALES}
    return load({**files, "billing.schema.json": json.dumps(SCHEMA)})


@pytest.fixture
def decide(acme: nba.Orchestrator) -> Callable[..., Decision]:
    def decide_with(limit: int | None = None, **billing: Any) -> Decision:
        return acme.decide({**MIRA, "billing": {**MIRA["billing"], **billing}}, as_of=AS_OF, limit=limit)

    return decide_with


def shown_to(decision: Decision, name: str) -> str:
    """All that a department can get to see of a decision."""
    views = [decision.for_department(name), decision.matrix(name)]
    whys = [decision.why_not(id, name) for id in ACTIONS]
    return "\n".join(f"{view}\n{json.dumps(view.to_dict(), indent=1)}" for view in [*views, *whys])


def test_others_see_that_something_blocks_and_what_is_said_in_public(decide: Callable[..., Decision]) -> None:
    [offer] = [of for of in decide().for_department("sales").mine if of.name == "sales.offer"]
    assert [(of.department, of.because, of.confidential) for of in offer.blocked_by] == [
        ("billing", "it is for a reason that billing keeps to itself", True),
        ("acme", "we take care first", True),
    ]
    for reason in offer.blocked_by:
        assert (reason.id, reason.source, reason.truth, reason.until, reason.observed) == ("", "", None, None, None)
        assert (reason.missing, reason.meta) == ((), {})
    assert offer.until is None


def test_its_own_department_and_the_house_see_all_of_it(decide: Callable[..., Decision]) -> None:
    decision = decide()
    [held] = decision.for_department("billing").held_back
    assert [(of.id, of.because) for of in held.by] == [("billing.hush", "hardship")]
    assert "billing.hardship is ill" in str(decision.for_department("billing"))
    assert decision.why_not("sales.offer", "billing") == decision.why_not("sales.offer")
    assert "billing.hardship is ill" in str(decision.why_not("sales.offer", "house"))
    assert decision.matrix("acme") == decision.matrix("house") == decision.matrix()


@pytest.mark.parametrize("billing", [{}, {"hardship": "poor", "fell_ill": None}, {"hardship": None}])
def test_no_confidential_value_text_or_name_reaches_another_department(
    decide: Callable[..., Decision], billing: dict[str, Any]
) -> None:
    text = shown_to(decide(**billing), "sales")
    for secret in (
        "ill\\b",
        "poor",
        "hardship",
        "fell_ill",
        "0\\.765432",
        "12\\.34",
        "D-99",
        "31337",
        "risk",
        "watched",
    ):
        assert re.search(secret, text) is None, secret
    for secret in ("days_since", "billing.hush", "the_vulnerable", "plan_for", "billing.yaml:18"):
        assert secret not in text, secret


def test_what_others_see_does_not_change_with_what_they_may_not_see(decide: Callable[..., Decision]) -> None:
    seen = {
        shown_to(decide(**billing), "sales")
        for billing in (
            {},
            {"hardship": "poor"},
            {"hardship": None},
            {"fell_ill": "2026-10-20T09:00:00Z", "risk": 0.5, "rate": None},
            {"debts": [{"id": "D-1", "amount": 100000}]},
        )
    }
    assert len(seen) == 1


def test_that_others_rules_are_in_doubt_for_want_of_a_confidential_field_is_not_told(
    decide: Callable[..., Decision],
) -> None:
    unknown, known = (decide(hardship=hardship, fell_ill="2020-01-01T00:00:00Z") for hardship in (None, "poor"))
    assert unknown.why_not("billing.plan").outcome == "undecided"
    assert known.why_not("billing.plan").outcome == "not_proposed"
    proposed = [[row.action for row in of.matrix("sales").rows] for of in (unknown, known)]
    assert proposed[0] == proposed[1]
    assert "billing.plan" in [row.action for row in unknown.matrix().rows]
    assert unknown.why_not("billing.plan", "sales") == known.why_not("billing.plan", "sales")
    assert "(whether that is so is not told here)" in str(known.why_not("billing.plan", "sales"))


def test_a_rule_of_ones_own_that_waits_for_a_field_of_others_says_whose_it_is(acme: nba.Orchestrator) -> None:
    decision = acme.decide({"id": "C-7", "billing": {"open": None}}, as_of=AS_OF)
    found = {(of.rule, of.missing) for of in decision.for_department("sales").undecided}
    assert ("sales.nice", ("a field of billing", "value")) in found
    assert ("sales.heavy", ("a field of billing",)) in found
    assert "a field of billing and value would decide" in str(decision.for_department("sales"))
    assert ("sales.nice", ("billing.open", "value")) in {(of.rule, of.missing) for of in decision.undecided}


def test_a_score_with_a_confidential_factor_or_weight_is_not_shown_to_others(decide: Callable[..., Decision]) -> None:
    decision = decide()
    assert decision.why_not("billing.remind", "sales").fates[0].score is None
    assert decision.why_not("sales.card", "sales").fates[0].score is None
    assert decision.why_not("sales.offer", "sales").fates[0].score is not None
    chosen = {of.action: of.score for of in decision.for_department("sales").chosen}
    assert chosen == {
        "billing.plan": 1.0,
        "billing.settle": None,
        "sales.card": None,
        "sales.gift": 1.0,
        "billing.remind": None,
    }
    [card] = [row for row in decide(1).matrix("sales").rows if row.action == "sales.card"]
    assert card.decided_by[0].because.endswith("tier recovery comes before tier care")
    [card] = [row for row in decide(2).matrix("sales").rows if row.action == "sales.card"]
    assert [(of.kind, of.id) for of in card.decided_by] == [("order", "billing.settle[…]")]


def test_a_payload_is_shown_to_others_without_its_confidential_parts(decide: Callable[..., Decision]) -> None:
    for name, payload in (("sales", {}), ("billing", {"rate": 12.34}), ("house", {"rate": 12.34})):
        [plan] = [of for of in decide().for_department(name).chosen if of.action == "billing.plan"]
        assert plan.payload == payload


def test_items_with_a_confidential_key_are_not_named_to_others_nor_to_be_guessed(
    decide: Callable[..., Decision],
) -> None:
    decision = decide(debts=[{"id": "D-99", "amount": 5}, {"id": "D-98", "amount": 0}, {"id": "D-97"}])
    assert [of.name for of in decision.why_not("billing.settle").fates] == [
        "billing.settle[D-99]",
        "billing.settle[D-97]",
        "billing.settle[D-98]",
    ]
    assert [(of.name, of.key) for of in decision.why_not("billing.settle", "sales").fates] == [
        ("billing.settle[…]", None)
    ]
    for asked in ("billing.settle[D-99]", "billing.settle[D-1]"):
        with pytest.raises(ValueError, match=r"the items of `billing\.settle` are confidential to billing"):
            decision.why_not(asked, "sales")


def test_a_task_tells_what_its_author_chose_to_say(decide: Callable[..., Decision]) -> None:
    [task] = decide().for_department("sales").tasks
    assert (task.message, task.rule) == ("Leave C-7 alone for now.", "")
    assert task.because == "it is for a reason that billing keeps to itself"
    assert decide().tasks[0].because == "the customer is ill"


def test_a_law_that_is_not_met_is_told_without_its_reason_to_who_may_not_see_it(
    load: Callable[..., nba.Orchestrator],
) -> None:
    law = "{id: help_ill, given: billing.ill, always: {tier: recovery}, because: they are ill, task: {department: %s}}"
    files = {
        "billing.yaml": "pack: billing\nprofile: {section: billing, schema: b.json}\n",
        "sales.yaml": "pack: sales\nactions: {help: {tier: recovery}}\n",
        "b.json": '{"properties": {"ill": {"type": "boolean", "confidential": true}}}',
    }
    for department, message in (
        ("sales", "a law of the house is not met; a person decides what to do"),
        ("billing", "they are ill: the law help_ill is not met; a person decides what to do"),
    ):
        house = f"house: acme\nlaws: [{law % department}]\n"
        decision = load({**files, "house.yaml": house}).decide({"billing": {"ill": True}}, as_of=AS_OF)
        [task] = decision.for_department(department).tasks
        assert task.message == message
        assert ("they are ill" in task.because) == (department == "billing")


def test_what_a_plugin_makes_of_confidential_fields_is_confidential(
    load: Callable[..., nba.Orchestrator], plugin: Callable[..., object]
) -> None:
    @nba.feature(reads=["billing"], returns=float)
    def risk(billing: Any) -> float:
        return 0.987 if billing and billing["ill"] else 0.1

    @nba.gate(reads=["billing.ill"])
    def health(offered: nba.Offered, channel: str | None, ill: bool | None) -> nba.Block | None:
        return nba.Block("the customer is ill") if ill else None

    files = {
        "billing.yaml": "pack: billing\nprofile: {section: billing, schema: b.json}\n",
        "sales.yaml": """
            pack: sales
            actions: {offer: {tier: growth, value: risk.risk}, card: {tier: growth}}
            rules:
              - {id: offer_it, when: risk.risk > 0, propose: [offer, card], because: who knows}
        """,
        "b.json": '{"properties": {"ill": {"type": "boolean", "confidential": true}, "open": {"type": "number"}}}',
        "house.yaml": "house: acme\n",
    }
    rules = load(files, plugins={"risk": plugin(nba_features=[risk], nba_gates=[health])})
    decision = rules.decide({"billing": {"ill": True}}, as_of=AS_OF)
    view = decision.for_department("sales")
    assert [[of.because for of in fate.blocked_by] for fate in view.mine] == [
        ["it is for a reason that billing keeps to itself"]
    ] * 2
    assert "0.987" not in f"{view}{view.to_dict()}"
    assert "the customer is ill" in decision.explain()


def test_what_is_not_known_of_a_score_is_told_to_others_by_its_owner_alone(
    load: Callable[..., nba.Orchestrator],
) -> None:
    files = {
        "house.yaml": "house: acme\n",
        "b.json": '{"properties": {"risk": {"type": "number", "confidential": true}}}',
        "billing.yaml": "pack: billing\nprofile: {section: billing, schema: b.json}\n",
        "sales.yaml": """
            pack: sales
            actions: {offer: {tier: growth, propensity: billing.risk, value: value}}
            rules: [{id: offer_it, when: name is not missing, propose: offer, because: it fits}]
        """,
    }
    rules = load(files)
    for billing in ({"risk": 0.123}, {"risk": None}, {"risk": -7.25}):
        decision = rules.decide({"name": "Mira", "billing": billing}, as_of=AS_OF)
        [undecided] = decision.for_department("sales").undecided
        assert undecided.missing == ("a field of billing", "value")
        [fate] = decision.why_not("sales.offer", "sales").fates
        assert (fate.outcome, fate.missing, fate.note) == ("undecided", ("a field of billing", "value"), "")
        [row] = decision.matrix("sales").rows[1:]
        assert [of.id for of in row.decided_by] == ["a field of billing", "value"]


def test_that_a_score_went_wrong_is_not_told_where_it_would_tell_that_a_confidential_rule_holds(
    load: Callable[..., nba.Orchestrator],
) -> None:
    files = {
        "house.yaml": "house: acme\n",
        "b.json": '{"properties": {"ill": {"type": "boolean", "confidential": true}}}',
        "billing.yaml": """
            pack: billing
            profile: {section: billing, schema: b.json}
            actions: {rest: {tier: care, value: value}}
            rules: [{id: rest_if_ill, when: billing.ill, propose: rest, because: ill}]
        """,
        "sales.yaml": "pack: sales\n",
    }
    rules = load(files)
    seen = {}
    for ill in (True, None):
        decision = rules.decide({"value": -3, "billing": {"ill": ill}}, as_of=AS_OF)
        assert decision.why_not("billing.rest").outcome == "undecided"
        seen[ill] = str(decision.why_not("billing.rest", "sales"))
    assert seen[True] == seen[None]
    assert "at least 0" in str(
        rules.decide({"value": -3, "billing": {"ill": True}}, as_of=AS_OF).why_not("billing.rest")
    )


def test_when_a_confidential_reason_lifts_is_told_to_its_owner_alone(load: Callable[..., nba.Orchestrator]) -> None:
    files = {
        "house.yaml": "house: acme\n",
        "b.json": '{"properties": {"fell_ill": {"type": "string", "format": "date-time", "confidential": true}}}',
        "billing.yaml": """
            pack: billing
            profile: {section: billing, schema: b.json}
            rules: [{id: hush, when: days_since(billing.fell_ill) < 90, block: {tier: growth}, because: ill}]
        """,
        "sales.yaml": """
            pack: sales
            actions: {offer: {tier: growth}}
            rules: [{id: offer_it, when: true, propose: offer, because: it fits}]
        """,
    }
    decision = load(files).decide({"billing": {"fell_ill": "2026-11-01T09:00:00Z"}}, as_of=AS_OF)
    for name, until in (("sales", None), ("billing", "2027-01-30T09:00:00Z"), ("house", "2027-01-30T09:00:00Z")):
        assert decision.why_not("sales.offer", name).fates[0].until == until
        [row] = [row for row in decision.matrix(name).rows if row.action]
        assert row.until == until
