"""One small company for all explanations: people who help, and people who sell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import nba
from nba import Decision

AS_OF = "2026-11-22T09:00:00Z"

HOUSE = """
    house: acme
    timezone: Europe/Helsinki
    consent: {growth: marketing}
    laws:
      - id: grown_ups
        given: not years_since(birth_date) >= 18
        never: {tier: growth}
        because: nothing is sold to children
      - {id: help_first, given: value < 0, always: {tier: recovery}, because: help comes first}
"""

CARE = """
    pack: care
    settings:
      quiet_days: {type: integer, default: 14}
    signals:
      trouble:
        when: any(e.name == "fault" and days_since(e.at) < settings.quiet_days for e in events)
        because: a fault is fresh
      owed: {when: care.trouble or lifecycle_stage == "hurt", because: we owe them help}
    actions:
      help: {title: Help them, tier: recovery, exclusive: contact, value: 2, meta: {owner: Eve}}
      sorry: {title: Say sorry, tier: recovery, exclusive: contact}
    rules:
      - {id: help_them, when: care.owed, propose: [help, sorry], because: they need help, meta: {approved_by: Ann}}
      - {id: urgent, when: care.trouble, weigh: {select: {action: care.help}, by: 3}, because: it is fresh}
      - {id: hold_growth, when: care.owed, block: {tier: growth}, because: help comes before offers}
      - id: tell_sales
        when: care.owed
        notify: {department: sales, message: "Wait with {name}."}
        because: they would call
"""

SALES = """
    pack: sales
    actions:
      offer:
        title: Offer something
        tier: growth
        channels: [email, phone]
        for_each: e in events
        key: e.name
        at_most: 1
        propensity: default(propensities["sales.offer"], 0.1)
        value: e.value
      letter: {title: Write a letter, tier: growth, channels: [email], valid: {from: 2027-01-01}}
      ghost: {tier: care, status: shadow}
      never: {tier: care}
    rules:
      - {id: offer_it, when: e.value > 1 and hours_since(e.at) < 480, propose: offer, because: it fits}
      - {id: write, when: name is not missing, propose: letter, because: we have news}
      - {id: no_phone, when: locale == "fi-FI", block: {channel: phone}, because: no calls in Finland}
      - {id: ghostly, when: name is not missing, propose: ghost, because: it might work}
      - {id: waiting, with: [zork], when: true, propose: never, because: it depends}
      - {id: drafted, status: draft, when: true, propose: never, because: not yet}
"""

ANNA: dict[str, Any] = {
    "id": "C-1",
    "name": "Anna",
    "locale": "fi-FI",
    "birth_date": "2000-01-01",
    "lifecycle_stage": "active",
    "value": 3,
    "consents": {"marketing": {"granted": True, "channels": {"email": True, "phone": True}}},
    "events": [
        {"name": "a", "value": 3, "at": "2026-11-21T09:00:00Z"},
        {"name": "b", "value": 5, "at": "2026-11-21T09:00:00Z"},
        {"name": "c", "value": 5, "at": "2026-10-01T09:00:00Z"},
        {"name": "d", "at": "2026-11-21T09:00:00Z"},
    ],
}
FAULT = {"name": "fault", "at": "2026-11-20T09:00:00Z", "value": 0}

Decide = Callable[..., Decision]


@pytest.fixture
def acme(load: Callable[..., nba.Orchestrator]) -> nba.Orchestrator:
    return load({"house.yaml": HOUSE, "care.yaml": CARE, "sales.yaml": SALES})


@pytest.fixture
def decide(acme: nba.Orchestrator) -> Decide:
    """The decision for Anna, with what differs; None takes a field away."""

    def decide_with(limit: int | None = 1, options: dict[str, Any] | None = None, **other: Any) -> Decision:
        profile = {name: value for name, value in {**ANNA, **other}.items() if value is not None}
        return acme.decide(profile, as_of=AS_OF, limit=limit, **(options or {}))

    return decide_with


@pytest.fixture
def in_trouble(decide: Decide) -> Decision:
    """The decision for Anna, two days after a fault."""
    return decide(events=[*ANNA["events"], FAULT])
