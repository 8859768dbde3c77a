"""A shop whose rules let most things through, so that there is something to find."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import nba

HOUSE = """
    house: small
    timezone: UTC
    tiers: [recovery, care, growth]
    consent: {growth: marketing}
    profile: profile.json
    laws:
      - {id: calm_first, given: shop.upset, never: {tier: growth}, because: first things first}
      - {id: upset_is_heard, given: shop.upset, always: {tier: recovery}, because: we listen}
      - {id: no_gifts_in_talks, given: context.direction is not missing, never: {tag: gift}, because: shh}
"""
PROFILE = """{"type": "object", "properties": {"shop": {"type": "object", "properties": {
    "mood": {"type": "string", "enum": ["calm", "upset"]},
    "spent": {"type": "number"},
    "orders": {"type": "array", "items": {"type": "object", "properties": {
        "id": {"type": "string"},
        "status": {"type": "string", "enum": ["open", "done"]},
        "total": {"type": "number"}}}}}}}}
"""
PACK = """
    pack: shop
    signals:
      upset: {when: shop.mood == "upset", because: they said so}
    actions:
      sorry: {tier: recovery, channels: [phone]}
      call: {tier: care, channels: [phone]}
      upgrade: {tier: growth, channels: [email, phone], tags: [gift], propensity: 'default(propensities["up"], 0.5)'}
    rules:
      - {id: sorry, when: shop.upset and shop.spent > 10, propose: sorry, because: they matter}
      - {id: call, when: any(o.status == "open" for o in shop.orders), propose: call, because: it waits}
      - {id: upgrade, when: shop.spent > 100 or value is missing, propose: upgrade, because: a good one}
      - {id: not_twice, when: shop.spent > 5000, block: {action: shop.upgrade}, on_unknown: allow, because: enough}
"""
FILES = {"house.yaml": HOUSE, "pack.yaml": PACK, "profile.json": PROFILE}


@pytest.fixture
def shop(load: Callable[..., nba.Orchestrator]) -> nba.Orchestrator:
    """The shop's rules."""
    return load(FILES)
