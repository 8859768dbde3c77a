"""Customers that are drawn for a rule set: they fit, they lie on the boundaries, and what fails shrinks."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import nba
from nba.language.moments import read_instant
from nba.testing.strategies import (
    Customer,
    contexts,
    customers,
    decisions,
    invalid_profiles,
    moments,
    profiles,
)
from tests.pages import ROOT

RULE_SETS = ("car-dealer", "company", "insurance", "internal-help-desk", "onboarding")
THOROUGH = bool(os.environ.get("NBA_EVERY_RULE"))
"""Whether to take minutes, and ask of the rules of all rule sets what is otherwise asked of one."""


@cache
def loaded(name: str) -> nba.Orchestrator:
    return nba.load(ROOT / "rulesets" / name)


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Values of a strategy: the same ones each time."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found


def smallest(name: str, holds: Callable[[nba.Orchestrator, Customer], Any]) -> Customer:
    orchestrator = loaded(name)
    chosen = settings(database=None, max_examples=3000, derandomize=True, deadline=None)
    return find(customers(orchestrator), lambda of: bool(holds(orchestrator, of)), settings=chosen)


def rules(folder: Path, fields: dict[str, Any], *conditions: str, more: str = "") -> nba.Orchestrator:
    """A house with one section `it`, and a rule for each condition."""
    schema = {"type": "object", "properties": {"it": {"type": "object", "properties": fields}}}
    (folder / "profile.json").write_text(json.dumps(schema), encoding="utf-8")
    house = "house: small\nprofile: profile.json\ntimezone: Europe/Helsinki\n"
    (folder / "house.yaml").write_text(house, encoding="utf-8")
    written = [{"id": f"r{n}", "when": of, "propose": "act", "because": "so"} for n, of in enumerate(conditions)]
    text = f"pack: desk\n{more}actions: {{act: {{title: Act, tier: care}}}}\nrules: {json.dumps(written)}\n"
    (folder / "desk.yaml").write_text(text, encoding="utf-8")
    return nba.load(folder)


def values(orchestrator: nba.Orchestrator, *path: str, count: int = 250) -> list[Any]:
    """What stands at a path of drawn profiles, where something does."""
    found = []
    for data in drawn(profiles(orchestrator), count):
        for name in path:
            data = data.get(name) if isinstance(data, dict) else None
        if data is not None:
            found.append(data)
    return found


NUMBER, TEXT = {"type": "number"}, {"type": "string"}


@pytest.mark.parametrize("name", RULE_SETS)
def test_what_is_drawn_fits_so_that_no_decision_is_refused(name: str) -> None:
    for customer in drawn(customers(loaded(name)), 60):
        customer.decide(loaded(name), limit=None)
        assert customer == Customer(**json.loads(json.dumps(vars(customer)))), "it is plain data"


def test_each_part_can_be_drawn_alone() -> None:
    dealer = loaded("car-dealer")
    as_of = drawn(moments(dealer), 30)
    for profile, context in zip(drawn(profiles(dealer), 40), drawn(contexts(dealer), 40), strict=False):
        assert dealer.decide(profile, context=context, as_of=as_of[0])
    assert {of.outcome for of in drawn(decisions(dealer), 200)} >= {"action", "nothing_proposed", "all_blocked"}
    assert len(set(as_of)) > 5


def test_an_invalid_profile_is_refused() -> None:
    dealer = loaded("car-dealer")
    for profile in drawn(invalid_profiles(dealer), 150):
        with pytest.raises(nba.ProfileError):
            dealer.decide(profile, as_of="2026-01-15T12:00:00Z")


def test_a_number_is_drawn_on_its_limit_and_next_to_it_on_both_sides(tmp_path: Path) -> None:
    limit = 2.5
    found = values(rules(tmp_path, {"x": NUMBER}, f"it.x > {limit}"), "it", "x")
    assert {limit, math.nextafter(limit, math.inf), math.nextafter(limit, -math.inf)} <= set(found)


def test_a_whole_number_is_drawn_one_beside_its_limit(tmp_path: Path) -> None:
    orchestrator = rules(tmp_path, {"n": {"type": "integer"}}, "it.n + 1 < settings.most", more=_SETTING)
    assert {5, 6, 7} <= set(values(orchestrator, "it", "n"))


_SETTING = "settings: {most: {type: integer, default: 7}}\n"


def test_a_text_is_drawn_equal_before_after_and_outside(tmp_path: Path) -> None:
    orchestrator = rules(tmp_path, {"s": TEXT}, 'it.s == "gold"', 'starts_with(it.s, "sil")')
    found = set(values(orchestrator, "it", "s"))
    assert {"gold", "golc", "gold ", "Gold", "sil", "sil~", "", "a"} <= found


def test_every_member_of_an_enum_is_drawn(tmp_path: Path) -> None:
    levels = {"type": "string", "enum": ["low", "medium", "high"]}
    assert set(values(rules(tmp_path, {"level": levels}, 'it.level == "low"'), "it", "level")) == {
        "low",
        "medium",
        "high",
    }


def test_a_field_is_missing_in_each_way(tmp_path: Path) -> None:
    orchestrator = rules(tmp_path, {"x": NUMBER}, "it.x > 2")
    found = drawn(profiles(orchestrator), 500)
    seen = {json.dumps(of.get("it", "absent")) for of in found} | {json.dumps("it" in of) for of in found}
    assert {'"absent"', "null", "{}", '{"x": null}', '{"x": 2}'} <= seen


def test_an_instant_is_drawn_a_microsecond_beside_its_limit_at_every_moment(tmp_path: Path) -> None:
    fields = {"at": {"type": "string", "format": "date-time"}}
    orchestrator = rules(tmp_path, fields, "days_since(it.at) >= 30")
    seen = set()
    for customer in drawn(customers(orchestrator), 500):
        at = read_instant((customer.profile.get("it") or {}).get("at") or "")
        moment = read_instant(customer.as_of)
        if at is not None and moment is not None and 1 < moment.year < 9999:
            seen.add((moment.year, (moment - at) - timedelta(days=30)))
    for beside in (timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1), timedelta(days=1)):
        assert {year for year, of in seen if of == beside} >= {2026, 2027}


def test_a_birthday_is_drawn_on_the_day_that_counts_and_beside_it(tmp_path: Path) -> None:
    orchestrator = rules(tmp_path, {}, "years_since(birth_date) >= 18")
    found = set(values(orchestrator, "birth_date"))
    assert {"2008-01-15", "2008-01-14", "2008-01-16"} <= found


def test_lists_are_empty_of_one_and_of_as_many_items_as_a_rule_counts(tmp_path: Path) -> None:
    fields = {"tags": {"type": "array", "items": TEXT}}
    orchestrator = rules(tmp_path, fields, "len(it.tags) > 6", '"vip" in it.tags')
    found = values(orchestrator, "it", "tags")
    assert {0, 1, 2, 3, 6, 7} <= {len(of) for of in found}
    assert any("vip" in of for of in found)


def test_a_map_has_the_keys_that_rules_look_up(tmp_path: Path) -> None:
    fields = {"by": {"type": "object", "additionalProperties": NUMBER}, "key": TEXT}
    found = values(rules(tmp_path, fields, 'it.by["gold"] > 1', "it.by[it.key] > 1"), "it", "by")
    assert {"gold", "other"} <= {key for of in found for key in of}
    assert 1 in {of.get("gold") for of in found}


def test_without_the_rules_their_limits_are_not_drawn(tmp_path: Path) -> None:
    orchestrator = rules(tmp_path, {"x": NUMBER}, "it.x > 1234.5")
    plain = [(of.get("it") or {}).get("x") for of in drawn(profiles(orchestrator, interesting=False), 300)]
    assert 1234.5 not in plain


def test_what_a_schema_bounds_stays_within(tmp_path: Path) -> None:
    fields = {"share": {"type": "number", "minimum": 0, "maximum": 1}, "n": {"type": "integer", "exclusiveMinimum": 2}}
    orchestrator = rules(tmp_path, fields, "it.share >= 1", "it.n > 2")
    found = drawn(profiles(orchestrator), 300)
    for profile in found:
        orchestrator.decide(profile, as_of="2026-01-15T12:00:00Z")
    assert {0, 1} <= {(of.get("it") or {}).get("share") for of in found}
    assert 3 in {(of.get("it") or {}).get("n") for of in found}


def test_the_first_and_last_days_of_an_action_are_among_the_moments() -> None:
    found = drawn(moments(loaded("car-dealer")), 100)
    for text in ("2026-10-14T21:00:00Z", "2026-10-14T20:59:59.999999Z", "2026-12-31T21:59:59.999999Z"):
        assert text in found  # the house is in Helsinki


def test_the_same_is_drawn_each_time() -> None:
    assert drawn(customers(nba.load(nba.shipped("car-dealer"))), 40) == drawn(customers(loaded("car-dealer")), 40)


# What fails shrinks to what matters


def test_a_customer_shrinks_to_the_fields_that_matter() -> None:
    found = smallest("car-dealer", lambda rules, of: _chosen(rules, of, "service.call_back"))
    (case,) = found.profile["service"]["cases"]
    assert set(found.profile) == {"service"}
    assert set(case) <= {"status", "severity", "opened_at", "reopenings", "promised_at"}
    assert len(case) <= 3
    assert (found.context, found.as_of) == ({}, "2026-10-15T09:00:00Z")


def test_a_list_shrinks_to_the_one_item_that_matters() -> None:
    found = smallest("company", lambda rules, of: _chosen(rules, of, "logistics.new_date[K1]"))
    assert set(found.profile) == {"logistics"}
    (order,) = found.profile["logistics"]["orders"]
    assert order["id"] == "K1"
    assert len(order) <= 4


@pytest.mark.parametrize(
    ("name", "tier"),
    [("car-dealer", "recovery"), *([("car-dealer", "growth"), ("company", "care")] if THOROUGH else ())],
)
def test_without_any_field_of_the_smallest_customer_it_is_another_matter(name: str, tier: str) -> None:
    def offered(orchestrator: nba.Orchestrator, of: Customer) -> bool:
        return any(action.tier == tier for action in of.decide(orchestrator, limit=None).actions)

    found = smallest(name, offered)
    data = {"profile": found.profile, "context": found.context}
    for path in _paths(data):
        less = json.loads(json.dumps(data))
        parent = less
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = {} if len(path) == 1 else None
        if less != data:
            assert not offered(loaded(name), Customer(less["profile"], less["context"], found.as_of)), path


def test_a_failing_property_shows_the_smallest_customer() -> None:
    dealer = loaded("car-dealer")
    phases = (Phase.generate, Phase.shrink)

    @settings(database=None, derandomize=True, deadline=None, phases=phases, print_blob=False)
    @given(customers(dealer))
    def nothing_is_unmet(customer: Customer) -> None:
        assert not any(task.rule == "service.look_up_unknown_cases" for task in customer.decide(dealer).tasks)

    with pytest.raises(AssertionError) as raised:
        nothing_is_unmet()
    notes = "\n".join(getattr(raised.value, "__notes__", []))
    assert "Customer(profile={}, context={}, as_of='2026-10-15T09:00:00Z')" in notes


def _chosen(orchestrator: nba.Orchestrator, of: Customer, name: str) -> bool:
    actions = of.decide(orchestrator, limit=None).actions
    return name in {one.action if one.key is None else f"{one.action}[{one.key}]" for one in actions}


def _paths(data: Any) -> list[tuple[Any, ...]]:
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path for step, of in steps for path in [(step,), *((step, *below) for below in _paths(of))]]
