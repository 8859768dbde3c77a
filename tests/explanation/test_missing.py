"""Which missing fields leave a condition undecided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import nba

PACK = """
    pack: p
    signals:
      rich: {{when: value > 100}}
      calls: {{when: any(e.channel == "phone" for e in interactions)}}
      level:
        first_of:
          - {{when: value > 100, is: high}}
          - {{when: years_since(birth_date) > 60, is: old}}
          - {{is: low}}
    actions: {{a: {{tier: growth}}}}
    rules:
      - id: go
        when: |-
          {condition}
        propose: a
        because: go
"""


@pytest.mark.parametrize(
    ("condition", "profile", "missing"),
    [
        ('name == "Anna" and value > 1', {}, ("name", "value")),
        ('name == "Anna" and value > 1', {"name": "Anna"}, ("value",)),
        ('name == "Anna" or value > 1', {"value": 0}, ("name",)),
        ("p.rich", {}, ("value",)),
        ('p.level == "low"', {}, ("value",)),
        ('p.level == "low"', {"value": 1}, ("birth_date",)),
        ("any(e.value > 1 for e in events)", {}, ("events",)),
        ("any(e.value > 1 for e in events)", {"events": [{}, {"value": 0}]}, ("events[].value",)),
        ('count(e for e in events if e.name == "x") > 0', {"events": [{}]}, ("events[].name",)),
        ('propensities["x"] > 0.5', {}, ("propensities",)),
        ('propensities["x"] > 0.5', {"propensities": {}}, ('propensities["x"]',)),
        ('consents["m"].granted', {"consents": {"m": {}}}, ('consents["m"].granted',)),
        ("default(value, 1) > birth_of", {}, ("context.capacity",)),
        ("default(value, as_other) > 1", {}, ("context.capacity", "value")),
        ("10 / value > 1", {"value": 0}, ("10 / value",)),
        # The item of the signal's own list has the name of the item in sight.
        ('any(p.calls and e.name == "x" for e in events)', {"events": [{}]}, ("events[].name", "interactions")),
        (
            'any(p.calls and e.name == "x" for e in events)',
            {"events": [{}], "interactions": [{}]},
            ("events[].name", "interactions[].channel"),
        ),
    ],
)
def test_the_fields_that_would_decide_are_named(
    load: Callable[..., nba.Orchestrator], condition: str, profile: dict[str, Any], missing: tuple[str, ...]
) -> None:
    condition = condition.replace("birth_of", 'context.capacity["x"]').replace("as_other", 'context.capacity["x"]')
    decision = load(PACK.format(condition=condition)).decide(profile, as_of="2026-11-22T09:00:00Z")
    assert decision.undecided[0].missing == missing
    assert decision.unknown == missing


def test_without_any_time_zone_calendar_days_wait_for_one(load: Callable[..., nba.Orchestrator]) -> None:
    rules = {"house.yaml": "house: nowhere\n", "pack.yaml": PACK.format(condition="days_since(birth_date) > 1")}
    orchestrator = load(rules)
    assert orchestrator.decide({"birth_date": "2000-01-01"}, as_of="2026-11-22T09:00:00Z").unknown == ("timezone",)
    assert orchestrator.decide({}, as_of="2026-11-22T09:00:00Z").unknown == ("birth_date",)


def test_what_is_stood_in_for_as_unknown_is_named_itself(load: Callable[..., nba.Orchestrator]) -> None:
    orchestrator = load(PACK.format(condition="p.rich"))
    decision = orchestrator.decide({"value": 1000}, as_of="2026-11-22T09:00:00Z", signals={"p.rich": None})
    assert decision.unknown == ("p.rich",)


def test_a_plugin_s_value_is_decided_by_what_it_reads(
    load: Callable[..., nba.Orchestrator], plugin: Callable[..., object]
) -> None:
    @nba.feature(reads=["value", "name"], returns=bool)
    def big(value: float | None, name: str | None) -> bool | None:
        return None if value is None or value > 10 else False

    orchestrator = load(PACK.format(condition="size.big"), plugins={"size": plugin(nba_features=[big])})
    assert orchestrator.decide({"name": "Anna"}, as_of="2026-11-22T09:00:00Z").unknown == ("value",)
    assert orchestrator.decide({"name": "Anna", "value": 11}, as_of="2026-11-22T09:00:00Z").unknown == ("size.big",)
