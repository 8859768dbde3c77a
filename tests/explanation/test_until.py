"""When a block would lift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nba

Until = Callable[..., str | None]

PACK = """
    pack: p
    settings:
      quiet_days: {{type: integer, default: 14}}
    signals:
      fresh: {{when: any(days_since(e.at) < settings.quiet_days for e in events), because: it is fresh}}
      age_days:
        value: min(days_since(e.at) for e in events if e.name == "a")
      level:
        first_of:
          - when: days_since(consents["a"].at) < 10
            is: new
          - when: months_since(consents["a"].at) < 2
            is: known
          - is: old
    actions:
      offer: {{tier: growth}}
    rules:
      - {{id: propose, when: true, propose: offer, because: always}}
      - id: guard
        when: |-
          {condition}
        block: {{tier: growth}}
        because: it waits
"""


@pytest.fixture
def until(load: Callable[..., nba.Orchestrator]) -> Until:
    """When the guard of a condition lifts, for a profile."""

    def find(condition: str, profile: dict[str, Any], as_of: str = "2026-11-22T09:00:00Z", **given: Any) -> str | None:
        orchestrator = load(PACK.format(condition=condition))
        (blocked,) = orchestrator.decide(profile, as_of=as_of, **given).blocked
        (reason,) = blocked.by
        return reason.until

    return find


def consent(**at: str) -> dict[str, Any]:
    return {"consents": {name: {"at": moment} for name, moment in at.items()}}


def events(*at: str) -> dict[str, Any]:
    return {"events": [{"name": "a", "at": moment} for moment in at]}


def test_elapsed_days_lift_at_the_exact_instant(until: Until) -> None:
    assert until('days_since(consents["a"].at) < 14', consent(a="2026-11-21T14:00:00Z")) == "2026-12-05T14:00:00Z"


def test_a_comparison_that_takes_the_bound_in_lifts_a_microsecond_later(until: Until) -> None:
    found = until('hours_since(consents["a"].at) <= 2', consent(a="2026-11-22T08:00:00Z"))
    assert found == "2026-11-22T10:00:00.000001Z"


def test_calendar_days_lift_at_midnight_where_the_customer_is(until: Until) -> None:
    profile = {"birth_date": "2026-11-20", "timezone": "America/New_York"}
    assert until("days_since(birth_date) < 5", profile) == "2026-11-25T05:00:00Z"


def test_an_age_is_reached_on_the_birthday(until: Until) -> None:
    profile = {"birth_date": "2012-03-01", "timezone": "Europe/Helsinki"}
    assert until("not years_since(birth_date) >= 18", profile) == "2030-02-28T22:00:00Z"


def test_months_are_those_of_the_calendar(until: Until) -> None:
    profile = {"birth_date": "2026-08-31", "timezone": "UTC"}
    assert until("months_since(birth_date) < 3", profile) == "2026-12-01T00:00:00Z"


def test_a_deadline_that_is_compared_with_as_of_lifts_when_it_comes(until: Until) -> None:
    assert until('as_of < consents["a"].at', consent(a="2026-12-24T18:00:00Z")) == "2026-12-24T18:00:00Z"
    assert until('as_of <= instant("2026-12-24T18:00:00Z")', {}) == "2026-12-24T18:00:00.000001Z"


def test_days_between_a_moment_and_now_move_like_the_clock(until: Until) -> None:
    profile = consent(a="2026-11-21T14:00:00Z")
    assert until('days_between(consents["a"].at, as_of) < 14', profile) == "2026-12-05T14:00:00Z"
    assert until('days_between(as_of, consents["a"].at) > -14', profile) == "2026-12-05T14:00:00Z"


def test_of_several_items_the_last_one_decides(until: Until) -> None:
    profile = events("2026-11-20T10:00:00Z", "2026-11-10T10:00:00Z")
    assert until("any(days_since(e.at) < 14 for e in events)", profile) == "2026-12-04T10:00:00Z"


def test_signals_and_settings_are_followed(until: Until) -> None:
    assert until("p.fresh", events("2026-11-20T10:00:00Z")) == "2026-12-04T10:00:00Z"
    assert until("p.age_days < settings.quiet_days", events("2026-11-20T10:00:00Z")) == "2026-12-04T10:00:00Z"
    assert until('p.level == "new"', consent(a="2026-11-20T10:00:00Z")) == "2026-11-30T10:00:00Z"
    assert until('p.level != "old"', consent(a="2026-11-20T10:00:00Z")) == "2027-01-20T00:00:00Z"


def test_a_signal_that_is_stood_in_for_does_not_lift(until: Until) -> None:
    assert until("p.fresh", events("2026-11-20T10:00:00Z"), signals={"p.fresh": True}) is None


def test_what_time_does_not_change_has_no_end(until: Until) -> None:
    assert until('any(e.name == "a" for e in events)', events("2026-11-20T10:00:00Z")) is None
    assert until('days_since(consents["a"].at) > 14', consent(a="2026-10-20T10:00:00Z")) is None


def test_what_is_in_doubt_has_no_end(until: Until) -> None:
    assert until("p.fresh", {}) is None


def test_without_a_time_zone_the_customer_s_days_are_those_of_the_house(until: Until) -> None:
    assert until("days_since(birth_date) < 5", {"birth_date": "2026-11-20"}) == "2026-11-25T00:00:00Z"


def test_a_condition_that_moves_in_ways_that_cannot_be_followed_has_no_known_end(until: Until) -> None:
    profile = consent(a="2026-11-20T10:00:00Z")
    assert until('10 / days_since(consents["a"].at) > 1', profile) is None
    assert until('days_since(consents["a"].at) * days_until(consents["a"].at) < 1', profile) is None


A, B = 'consents["a"].at', 'consents["b"].at'


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (f"months_since({A}) in [0, 1]", "2027-01-20T00:00:00Z"),
        (f"days_since({A}) not in [10, 20]", "2026-11-30T10:00:00Z"),
        (f"abs(days_until({A})) < 14", "2026-12-04T10:00:00Z"),
        (f"max(days_since({A}), days_since({B})) < 14", "2026-12-03T10:00:00Z"),
        (f"clamp(days_since({A}), 0, 5) < 4", "2026-11-24T10:00:00Z"),
        (f"default(days_since({A}), 99) < 14", "2026-12-04T10:00:00Z"),
        (f"2 * days_since({A}) + 1 < 29", "2026-12-04T10:00:00Z"),
        (f"days_since({A}) * -1 > -14", "2026-12-04T10:00:00Z"),
        (f"-days_since({A}) / 2 > -7", "2026-12-04T10:00:00Z"),
        (f"days_since({A}) + days_since({B}) < 27", "2026-12-03T10:00:00Z"),
        (f"days_since({A}) - days_until({B}) < 27", "2026-12-03T10:00:00Z"),
        (f"days_since({A}) < 20 + days_until({B})", "2026-11-29T22:00:00Z"),
        (f"days_since({A}) * 0 < 1", None),
        (f"days_since({A}) / 0 < 1 or as_of < {B} or true", None),
        (f"days_since({A}) < hours_since({B})", None),
        ("count(e for e in events if days_since(e.at) < 14) > 0", "2026-12-04T10:00:00Z"),
        ("sum(e.value for e in events if days_since(e.at) < 14) > 1", "2026-12-04T10:00:00Z"),
        ("sum(days_since(e.at) for e in events) < 14", None),
        (f"count(e for e in events if days_since(e.at) < 14) > days_since({A}) / 30", None),
        ("p.age_days is not missing or true", None),
        ("days_since(max(e.at for e in events if hours_since(e.at) > 1)) < 14", "2026-12-04T10:00:00Z"),
        (f"context.stock[p.level] > 0 or hours_since({A}) < 1", "2026-11-30T10:00:00Z"),
        ("len(p.level) == 3", "2026-11-30T10:00:00Z"),
    ],
)
def test_what_is_made_from_elapsed_time_lifts_when_it_gets_there(
    until: Until, condition: str, expected: str | None
) -> None:
    profile = consent(a="2026-11-20T10:00:00Z", b="2026-11-19T10:00:00Z")
    profile["events"] = [{"name": "a", "value": 2, "at": "2026-11-20T10:00:00Z"}]
    assert until(condition, profile, context={"stock": {"new": 1, "known": 0}}) == expected


def test_two_that_move_at_the_same_pace_never_meet(until: Until) -> None:
    profile = consent(a="2026-11-20T10:00:00Z", b="2026-11-19T10:00:00Z")
    assert until('days_since(consents["a"].at) < days_since(consents["b"].at)', profile) is None
    other = 'days_since(consents["a"].at) < days_since(consents["b"].at) and days_since(consents["a"].at) < 3'
    assert until(other, profile) == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize("as_of", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_at_the_ends_of_the_calendar_nothing_breaks(until: Until, as_of: str) -> None:
    profile = {"birth_date": "2026-11-20", "timezone": "Pacific/Kiritimati", **consent(a="9999-12-30T00:00:00Z")}
    assert until('days_since(consents["a"].at) < 14 or true', profile, as_of=as_of) is None
    assert until("birth_date is not missing or days_since(birth_date) < 5", profile, as_of=as_of) is None


def test_a_long_list_is_answered_in_time_or_not_at_all(until: Until) -> None:
    start = datetime(2026, 11, 20, tzinfo=UTC)
    many = events(*((start + timedelta(seconds=number)).isoformat() for number in range(6000)))
    assert until("any(days_since(e.at) < 14 for e in events)", many) is None


def test_what_a_plugin_computes_from_the_clock_has_no_known_end(
    load: Callable[..., nba.Orchestrator], plugin: Callable[..., object]
) -> None:
    @nba.feature(reads=["as_of"], returns=bool)
    def early(as_of: datetime) -> bool:
        return as_of.year < 2030

    @nba.feature(reads=["name"], returns=bool)
    def named(name: str | None) -> bool:
        return name is not None

    brought = {"clock": plugin(nba_features=[early, named])}
    for condition, known in (
        ("clock.early", None),
        ("clock.early or as_of < instant('2027-01-01T00:00:00Z')", None),
        ("clock.named and as_of < instant('2027-01-01T00:00:00Z')", "2027-01-01T00:00:00Z"),
    ):
        orchestrator = load(PACK.format(condition=condition.replace("'", '"')), plugins=brought)
        (blocked,) = orchestrator.decide({"name": "Anna"}, as_of="2026-11-22T09:00:00Z").blocked
        assert blocked.by[0].until == known


# For every condition that is made of these, the answer is the first instant at which the condition is false.

numbers = st.integers(-5, 60)
comparisons = st.sampled_from(["<", "<=", ">", ">=", "=="])
instants = st.sampled_from(['consents["a"].at', 'consents["b"].at'])
elapsed = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["days_since", "days_until", "hours_since"]), instants),
    st.builds("{}({})".format, st.sampled_from(["months_since", "years_since"]), instants),
    st.builds("{}(birth_date)".format, st.sampled_from(["days_since", "days_until", "months_since", "years_since"])),
)
quantities = st.one_of(
    elapsed,
    st.builds("({}) * {} + {}".format, elapsed, st.sampled_from(["2", "-0.5", "0.1"]), numbers),
    st.builds("({}) / {} - {}".format, elapsed, st.sampled_from(["3", "-7"]), numbers),
    st.builds("abs({})".format, elapsed),
    st.builds("min({}, {})".format, elapsed, elapsed),
    st.builds("clamp({}, {}, 1000)".format, elapsed, numbers),
    st.builds("default({}, {})".format, elapsed, numbers),
    st.builds('{}(days_since(e.at) for e in events if e.name == "a")'.format, st.sampled_from(["min", "max"])),
    st.builds("count(e for e in events if hours_since(e.at) {} {})".format, comparisons, numbers),
    st.builds("days_between({}, as_of)".format, instants),
    st.just("p.age_days"),
)
leaves = st.one_of(
    st.builds("{} {} {}".format, quantities, comparisons, numbers),
    st.builds("as_of {} {}".format, comparisons, instants),
    st.builds("months_since({}) in [0, 1, 3]".format, instants),
    st.builds(
        "{}(days_since(e.at) {} {} for e in events if hours_since(e.at) {} {})".format,
        st.sampled_from(["any", "all"]),
        comparisons,
        numbers,
        comparisons,
        numbers,
    ),
    st.sampled_from(["p.fresh", "not p.fresh", 'p.level == "known"', "p.level is missing", "p.age_days is missing"]),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=3,
)
AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
near = st.integers(-40 * 86_400, 40 * 86_400).map(lambda seconds: (AS_OF + timedelta(seconds=seconds)).isoformat())
profiles = st.fixed_dictionaries(
    {
        "timezone": st.sampled_from(["UTC", "Europe/Helsinki", "America/Sao_Paulo", "Asia/Kathmandu"]),
        "consents": st.fixed_dictionaries(
            {"a": st.fixed_dictionaries({"at": near})}, optional={"b": st.just({"at": "2026-11-29T00:00:00Z"})}
        ),
        "events": st.lists(st.fixed_dictionaries({"name": st.sampled_from("ab"), "at": near}), max_size=3),
    },
    optional={"birth_date": near.map(lambda moment: moment[:10])},
)
after = st.lists(st.integers(1, 100 * 86_400_000_000), min_size=8, max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conditions, profiles, after)
def test_until_is_the_first_instant_at_which_the_condition_is_false(
    load: Callable[..., nba.Orchestrator], condition: str, profile: dict[str, Any], after: list[int]
) -> None:
    orchestrator = load(PACK.format(condition=condition))

    def truth(moment: datetime) -> bool | None:
        """Whether the guard holds at an instant; None for in doubt."""
        blocked = orchestrator.decide(profile, as_of=moment).blocked
        return blocked[0].by[0].truth if blocked else False

    def lifts() -> str | None:
        blocked = orchestrator.decide(profile, as_of=AS_OF).blocked
        return blocked[0].by[0].until if blocked else None

    if truth(AS_OF) is not True:
        assert lifts() is None
        return
    found = lifts()
    end = None if found is None else datetime.fromisoformat(found)
    moments = [AS_OF + timedelta(microseconds=later) for later in after]
    if end is not None:
        assert truth(end) is False
        moments.append(end - timedelta(microseconds=1))
    assert not [
        moment for moment in moments if moment >= AS_OF and (end is None or moment < end) and truth(moment) is False
    ]


def test_a_list_that_has_failed_is_no_obstacle(until: Until) -> None:
    condition = 'days_since(consents["a"].at) < 10 or any(days_since(e.at) < 5 for e in events)'
    profile = {**consent(a="2026-11-20T09:00:00Z"), "events": "rubbish"}
    assert until(condition, profile, on_invalid="unknown") is None
