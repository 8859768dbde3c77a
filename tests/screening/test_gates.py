"""The gates that are built in: the days of an action, and the conversation that is going on."""

from __future__ import annotations

import pytest

PACK = """
    pack: p
    actions:
      a: {tier: care, channels: [email, phone], valid: {%s}}
      b: {tier: care}
    rules: [{id: r, when: true, propose: [a, b], because: c}]
    """


@pytest.fixture
def decide(load):
    def decide_at(as_of, valid="", *, zone="Europe/Helsinki", context=None, profile=None):
        rules = load({"house.yaml": f"house: h\ntimezone: {zone}\n", "p.yaml": PACK % valid})
        return rules.decide(profile or {}, as_of=as_of, context=context, limit=None)

    return decide_at


def reasons(decision):
    return [(of.action, by.id, by.truth, by.until) for of in decision.blocked for by in of.by]


@pytest.mark.parametrize(
    ("as_of", "open_"),
    [
        ("2026-11-21T21:59:59.999999Z", False),
        ("2026-11-21T22:00:00Z", True),
        ("2026-11-22T21:59:59Z", True),
        ("2026-11-22T22:00:00Z", False),
    ],
)
def test_valid_days_are_whole_days_in_the_houses_time_zone_and_inclusive(decide, as_of, open_):
    decision = decide(as_of, "from: 2026-11-22, until: 2026-11-22")
    assert ("p.a" in [of.action for of in decision.actions]) is open_


def test_an_action_that_is_not_yet_valid_says_when_it_will_be(decide):
    assert reasons(decide("2026-11-01T00:00:00Z", "from: 2026-11-22")) == [
        ("p.a", "validity", True, "2026-11-21T22:00:00Z")
    ]


def test_an_action_that_was_valid_does_not_come_back(decide):
    assert reasons(decide("2026-11-01T00:00:00Z", "until: 2026-10-22")) == [("p.a", "validity", True, None)]


@pytest.mark.parametrize(
    ("zone", "day", "until"),
    [
        ("Europe/Helsinki", "2026-03-30", "2026-03-29T21:00:00Z"),  # the day after the clocks go forward
        ("Europe/Helsinki", "2026-10-26", "2026-10-25T22:00:00Z"),  # the day after they go back
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),  # a day without a midnight
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),  # a day that there was not
    ],
)
def test_days_with_changing_clocks_begin_when_they_do(decide, zone, day, until):
    found = reasons(decide("2000-01-01T00:00:00Z", f"from: {day}", zone=zone))
    assert found == [("p.a", "validity", True, until)]
    assert "p.a" in [of.action for of in decide(until, f"from: {day}", zone=zone).actions]


def test_the_customers_time_zone_does_not_matter_to_valid_days(decide):
    decision = decide("2026-11-21T22:00:00Z", "from: 2026-11-22", profile={"timezone": "America/New_York"})
    assert "p.a" in [of.action for of in decision.actions]


@pytest.mark.parametrize("as_of", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue"])
def test_the_edges_of_the_calendar_do_no_harm(decide, as_of, zone):
    decide(as_of, "from: 0001-01-01, until: 9999-12-31", zone=zone).to_json()
    decide(as_of, "from: 9999-12-31", zone=zone).to_json()


def test_valid_days_without_a_time_zone_are_refused(refused):
    (problem,) = refused({"house.yaml": "house: h\n", "p.yaml": PACK % "from: 2026-01-01"})
    assert (problem.code, problem.help) == (
        "no-timezone",
        "say `timezone:` in the house, such as `timezone: Europe/Helsinki`",
    )


@pytest.mark.parametrize(
    "valid",
    [
        "from: 2026-02-30",
        "from: 2026-2-3",
        "from: 20260203",
        "from: 2026-01-02, until: 2026-01-01",
        "to: 2026-01-01",
        "from: soon",
        "from: 2026-01-01T00:00:00Z",
        "from: true",
    ],
)
def test_valid_days_that_are_none_are_refused(refused, valid):
    (problem,) = refused({"house.yaml": "house: h\ntimezone: UTC\n", "p.yaml": PACK % valid})
    assert problem.span.line == 4


@pytest.mark.parametrize(
    ("context", "channel"),
    [
        (None, "email"),
        ({}, "email"),
        ({"channel": "phone"}, "phone"),
        ({"channel": "phone", "direction": "inbound"}, "phone"),
        ({"channel": "phone", "direction": "outbound"}, "email"),
        ({"direction": "outbound"}, "email"),
        ({"direction": "inbound"}, None),
        ({"channel": "chat", "direction": "inbound"}, None),
    ],
)
def test_an_inbound_channel_leaves_only_that_channel(decide, context, channel):
    decision = decide("2026-11-22T09:00:00Z", context=context)
    assert {of.action: of.channel for of in decision.actions}.get("p.a") == channel
    assert "p.b" in [of.action for of in decision.actions]  # it needs no channel
