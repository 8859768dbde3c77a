"""What was seen of a condition: truths part by part, with the values that decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import nba
from nba.explanation.conditions import Observation, sentences

Observe = Callable[..., Observation]

PACK = """
    pack: p
    settings:
      days: {{type: integer, default: 3}}
    signals:
      inner: {{when: value > 1, because: it is worth much}}
      outer: {{when: p.inner and name is not missing, because: both hold}}
      twice: {{when: p.outer and p.outer and p.inner, because: again}}
      worth: {{value: sum(e.value for e in events)}}
      late:
        when:
          not: {{any: [p.outer, 'value == 7']}}
    actions:
      a: {{tier: growth}}
    rules:
      - {{id: go, when: true, propose: a, because: go}}
      - id: guard
        when: |-
          {condition}
        block: {{tier: growth}}
        because: it waits
"""


@pytest.fixture
def observe(load: Callable[..., nba.Orchestrator]) -> Observe:
    """What was seen of a guard's condition that held, or was in doubt."""

    def observe_guard(condition: str, profile: dict[str, Any], **options: Any) -> Observation:
        decision = load(PACK.format(condition=condition)).decide(profile, as_of="2026-11-22T09:00:00Z", **options)
        observed = decision.why_not("p.a").fates[0].blocked_by[0].observed
        assert observed is not None
        return observed

    return observe_guard


def test_a_field_is_shown_with_its_value(observe: Observe) -> None:
    seen = observe('name == "Anna"', {"name": "Anna"})
    assert seen == Observation('name == "Anna"', True, (("name", "Anna"),))
    assert sentences(seen) == ["name is Anna"]


def test_elapsed_time_is_shown_beside_the_instant(observe: Observe) -> None:
    profile = {"consents": {"a": {"at": "2026-11-19T12:30:00Z"}}}
    seen = observe('days_since(consents["a"].at) < settings.days', profile)
    assert seen.values == (
        ('consents["a"].at', "2026-11-19T12:30:00Z"),
        ('days_since(consents["a"].at)', "2.85417"),
        ("settings.days", "3"),
    )


def test_and_or_not_keep_their_shape_and_tell_what_decides(observe: Observe) -> None:
    seen = observe('value > 1 and (name == "Bo" or not name == "Cy")', {"value": 2, "name": "Anna"})
    assert (seen.kind, [part.kind for part in seen.parts]) == ("all", ["leaf", "any"])
    assert [part.truth for part in seen.parts[1].parts] == [False, True]
    assert sentences(seen) == ["value is 2", '`name == "Cy"` does not hold: name is Anna']


def test_only_what_is_in_doubt_is_told_of_a_doubt(observe: Observe) -> None:
    seen = observe('value > 1 and name == "Anna"', {"value": 2})
    assert seen.truth is None
    assert sentences(seen) == ['`name == "Anna"` is not known to hold: name is not known']


def test_signals_are_followed_to_the_fields_they_are_made_from(observe: Observe) -> None:
    seen = observe("p.outer", {"value": 2, "name": "Anna"})
    assert (seen.kind, seen.because, seen.values) == ("signal", "both hold", (("p.outer", "true"),))
    assert seen.parts[0].parts[0].because == "it is worth much"
    assert sentences(seen) == ["both hold", "it is worth much", "value is 2, name is Anna"]


def test_a_signal_is_followed_once(observe: Observe) -> None:
    seen = observe("p.twice", {"value": 2, "name": "Anna"})
    first, second, third = seen.parts[0].parts
    assert (first.kind, second.kind, third.kind) == ("signal", "leaf", "leaf")
    assert sentences(seen)[0] == "again"


def test_a_value_signal_is_shown_with_what_it_is_made_from(observe: Observe) -> None:
    seen = observe("p.worth > 3", {"events": [{"value": 2}, {"value": 3}]})
    assert seen.values == (("p.worth", "5"),)
    assert seen.parts[0].parts[0].values == (("events[#1].value", "2"), ("events[#2].value", "3"))


def test_a_signal_that_is_stood_in_for_is_not_followed(observe: Observe) -> None:
    seen = observe("p.outer", {}, signals={"p.outer": True})
    assert seen == Observation("p.outer", True, (("p.outer", "true"),))
    assert sentences(seen) == ["p.outer is true"]


def test_a_negated_group_is_told_by_what_does_not_hold(observe: Observe) -> None:
    seen = observe("p.late", {"value": 1, "name": "Anna"})
    assert sentences(seen) == ["`value > 1` does not hold: value is 1", "`value == 7` does not hold"]


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ('any(i.channel == "x" for i in interactions)', [("interactions[K2].channel", "x")]),
        (
            'not any(i.channel == "z" for i in interactions)',
            [("interactions[K1].channel", "y"), ("interactions[K2].channel", "x")],
        ),
        (
            'all(i.channel != "z" for i in interactions)',
            [("interactions[K1].channel", "y"), ("interactions[K2].channel", "x")],
        ),
        ('not all(i.channel == "x" for i in interactions)', [("interactions[K1].channel", "y")]),
        ('count(i for i in interactions if i.channel == "x") == 1', [("interactions[K2].channel", "x")]),
        (
            "max(i.at for i in interactions) > instant('2026-01-01T00:00:00Z')",
            [("interactions[K1].at", "2026-02-02T00:00:00Z")],
        ),
        ("len(interactions) == 2", [("interactions", "2 items")]),
        ('count(i for i in interactions if i.channel == "q") == 0', [("interactions", "2 items")]),
    ],
)
def test_of_a_list_the_items_that_decide_are_shown_by_their_id(
    observe: Observe, condition: str, values: list[tuple[str, str]]
) -> None:
    interactions = [
        {"id": "K2", "channel": "x", "at": "2026-01-02T00:00:00Z"},
        {"id": "K1", "channel": "y", "at": "2026-02-02T00:00:00Z"},
    ]
    seen = observe(condition.replace("'", '"'), {"interactions": interactions})
    leaf = seen.parts[0] if seen.kind == "not" else seen
    assert list(leaf.values) == values


def test_of_a_long_list_five_items_are_shown_and_how_many_there_are(observe: Observe) -> None:
    seen = observe("all(e.value > 1 for e in events)", {"events": [{"value": 2}] * 40})
    assert len(seen.values) == 6
    assert seen.values[0] == ("events", "40 items")


def test_nothing_in_a_list_is_told_from_no_list(observe: Observe) -> None:
    assert observe("all(e.value > 1 for e in events)", {"events": []}).values == (("events", "empty"),)
    assert observe("all(e.value > 1 for e in events)", {}).values == (("events", "not known"),)


def test_long_and_invisible_values_are_cut_and_escaped(observe: Observe) -> None:
    assert observe('name != ""', {"name": "x" * 500}).values == (("name", "x" * 39 + "…"),)
    assert observe('name != "a"', {"name": "a\nb\x1b[31m"}).values == (("name", '"a\\nb\\u001b[31m"'),)
    assert observe('name != "a"', {"name": ""}).values == (("name", '""'),)


def test_a_fault_is_told_from_what_is_missing(observe: Observe) -> None:
    seen = observe("value > 1", {"value": "much"}, on_invalid="unknown")
    assert seen.values == (("value", "not known, as it failed"),)


def test_maps_are_shown_by_the_key_that_was_looked_up(observe: Observe) -> None:
    seen = observe(
        'propensities["p.a"] > 0.1 and context.stock[name] > 0',
        {"propensities": {"p.a": 0.5}, "name": "Anna"},
        context={"stock": {"Anna": 2}},
    )
    assert seen.parts[0].values == (('propensities["p.a"]', "0.5"),)
    assert seen.parts[1].values == (("context.stock[Anna]", "2"), ("name", "Anna"))


def test_a_chain_of_many_signals_is_told_in_time(load: Callable[..., nba.Orchestrator]) -> None:
    signals = "\n".join(f"  s{n}: {{when: p.s{n - 1} and not not p.s{n - 1}}}" for n in range(1, 60))
    rules = f"""
pack: p
signals:
  s0: {{when: value > 1}}
{signals}
actions: {{a: {{tier: care}}}}
rules:
  - {{id: go, when: true, propose: a, because: go}}
  - {{id: hold, when: p.s59, block: {{tier: care}}, because: so}}
"""
    orchestrator = load(rules)
    for profile in {"value": 2}, {}:
        decision = orchestrator.decide(profile, as_of="2026-11-22T09:00:00Z")
        assert "p.hold" in decision.explain()
        assert decision.unknown == (() if profile else ("value",))


def test_a_signal_that_is_a_number_is_told_as_a_value_and_not_as_a_condition(load):
    rules = load(
        """
        pack: p
        signals: {days: {value: days_since(birth_date)}}
        actions: {a: {tier: care}}
        rules: [{id: r, when: p.days > 3, propose: a, because: it is time}]
        """
    )
    told = rules.decide({"birth_date": "2026-01-01", "timezone": "UTC"}, as_of="2026-01-11T00:00:00Z").explain()
    assert "p.days is 10" in told
    assert "hold" not in told
