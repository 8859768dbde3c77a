"""The public door: what `decide` takes, what it says of bad input, and what invalid data may never do."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest
from pydantic import BaseModel

import nba
from nba.language.values import FAILED

AS_OF = "2026-11-22T09:00:00Z"
PACK = """
    pack: service
    profile: {section: service, schema: service.schema.json}
    signals:
      owed: {when: any(c.severity == "high" for c in service.cases if c.status == "open")}
      level: {first_of: [{when: service.score > 5, is: urgent}, {is: calm}]}
      worst: {value: max(c.days for c in service.cases)}
      seen: {value: service.seen_at}
    actions:
      call: {tier: recovery, channels: [phone]}
      upsell: {tier: growth, channels: [email, phone]}
      each: {tier: care, for_each: c in service.cases, key: c.id}
    rules:
      - {id: call, when: service.owed, propose: call, because: it is open}
      - {id: upsell, when: true, propose: upsell, because: always}
      - {id: each, when: c.status == "open", propose: each, because: it is open}
      - {id: hold, when: service.owed, block: {tier: growth}, because: first things first}
    """
SCHEMA = """
    {"type": "object", "properties": {
      "score": {"type": "number"}, "vip": {"type": "boolean"}, "seen_at": {"type": "string", "format": "date-time"},
      "tags": {"type": "array", "items": {"type": "string"}},
      "marks": {"type": "object", "additionalProperties": {"type": "number"}},
      "address": {"type": "object", "properties": {"city": {"type": "string"}}},
      "cases": {"type": "array", "items": {"type": "object", "properties": {
        "id": {"type": "string"}, "status": {"enum": ["open", "closed"]}, "severity": {"enum": ["low", "high"]},
        "days": {"type": "number"}}}}}}
    """
FILES = {"house.yaml": "house: h\ntimezone: Europe/Helsinki\n", "pack.yaml": PACK, "service.schema.json": SCHEMA}
CALM = {"service": {"cases": []}}


@pytest.fixture
def service(load):
    return load(FILES)


class TestWhatDecideTakes:
    @pytest.mark.parametrize(
        ("as_of", "said"),
        [
            ("2026-11-22T09:00:00", "the text '2026-11-22T09:00:00'"),
            ("2026-11-22", "the text '2026-11-22'"),
            ("yesterday", "the text 'yesterday'"),
            (datetime(2026, 11, 22), "an instant without a UTC offset"),  # noqa: DTZ001 - what must be refused
            (date(2026, 11, 22), "a date"),
            (1795338000, "a number"),
            (None, "nothing"),
        ],
    )
    def test_an_as_of_that_is_no_instant_is_refused(self, service, as_of, said):
        with pytest.raises(
            ValueError, match=r"^as_of should be an aware datetime, or text with a UTC offset"
        ) as caught:
            service.decide(CALM, as_of=as_of)
        assert str(caught.value).endswith(f"not {said}")

    def test_an_as_of_whose_time_zone_does_not_know_its_offset_is_refused(self, service):
        class Clueless(tzinfo):
            def utcoffset(self, moment):
                return None

        with pytest.raises(ValueError, match="as_of should be"):
            service.decide(CALM, as_of=datetime(2026, 11, 22, tzinfo=Clueless()))

    @pytest.mark.parametrize("hours", [14, -14])
    @pytest.mark.parametrize(("year", "outside"), [(1, 14), (9999, -14)])
    def test_an_as_of_at_the_edge_of_the_calendar_decides_or_is_refused(self, service, year, outside, hours):
        first = year == 1
        moment = datetime(
            year, 1 if first else 12, 1 if first else 31, 0 if first else 23, tzinfo=timezone(timedelta(hours=hours))
        )
        if hours == outside:
            with pytest.raises(ValueError, match="years 1 to 9999"):
                service.decide(CALM, as_of=moment)
        else:
            assert service.decide(CALM, as_of=moment).as_of.tzinfo is UTC

    def test_the_same_instant_in_other_words_is_the_same_decision(self, service):
        there = datetime(2026, 11, 22, 11, tzinfo=timezone(timedelta(hours=2)))
        answers = {service.decide(CALM, as_of=of).to_json() for of in (AS_OF, "2026-11-22T11:00:00+02:00", there)}
        assert len(answers) == 1

    @pytest.mark.parametrize("limit", [0, -1, True, False, 1.0, "1", [1], float("nan")])
    def test_a_limit_that_is_no_count_is_refused(self, service, limit):
        with pytest.raises(ValueError, match="limit should be a whole number, at least 1, or None for all"):
            service.decide(CALM, as_of=AS_OF, limit=limit)

    def test_no_limit_is_all(self, service):
        profile = {"service": {"cases": [{"id": "a", "status": "open", "severity": "low"}]}}
        assert len(service.decide(profile, as_of=AS_OF, limit=None).actions) == 2
        assert len(service.decide(profile, as_of=AS_OF, limit=10**30).actions) == 2

    @pytest.mark.parametrize("on_invalid", ["ignore", "", None, True, []])
    def test_an_on_invalid_that_there_is_not_is_refused(self, service, on_invalid):
        with pytest.raises(ValueError, match='on_invalid should be "raise" or "unknown"'):
            service.decide(CALM, as_of=AS_OF, on_invalid=on_invalid)

    @pytest.mark.parametrize("profile", [None, 3, "C-1", [], True, object(), dict])
    def test_a_profile_that_is_no_record_is_refused(self, service, profile):
        with pytest.raises(nba.ProfileError, match=r"\(the whole\): found .*, wanted a record \(profile\)"):
            service.decide(profile, as_of=AS_OF)

    @pytest.mark.parametrize("context", [3, "phone", [], "", 0, False])
    def test_a_context_that_is_no_record_is_refused(self, service, context):
        with pytest.raises(nba.ContextError, match=r"\(the whole\): found .*, wanted a record \(context\)"):
            service.decide(CALM, as_of=AS_OF, context=context)

    def test_every_wrong_path_is_named_and_no_value_is_repeated(self, service):
        profile = {"service": {"score": "secret", "cases": [{"status": "ajar"}, {"days": "secret"}]}, "name": 5}
        with pytest.raises(nba.ProfileError) as caught:
            service.decide(profile, as_of=AS_OF)
        assert [fault.path for fault in caught.value.faults] == [
            "name",
            "service.score",
            "service.cases[0].status",
            "service.cases[1].days",
        ]
        assert "secret" not in str(caught.value)

    def test_fields_that_the_schema_does_not_have_are_ignored_unless_forbidden(self, load):
        stranger = {**CALM, "servcie": {}}
        assert load(FILES).decide(stranger, as_of=AS_OF).outcome == "action"
        with pytest.raises(nba.ProfileError, match="did you mean `service`"):
            load(FILES, extra="forbid").decide(stranger, as_of=AS_OF)


class TestStandIns:
    def test_a_stand_in_replaces_the_signal_and_what_reads_it(self, service):
        decision = service.decide(CALM, as_of=AS_OF, signals={"service.owed": True})
        assert (decision.action.action, decision.signals["service.owed"]) == ("service.call", True)

    def test_none_stands_for_an_unknown_signal(self, service):
        decision = service.decide(CALM, as_of=AS_OF, signals={"service.owed": None})
        assert decision.outcome == "all_blocked"
        assert [of.rule for of in decision.undecided] == ["service.call"]

    def test_failed_stands_for_a_signal_that_failed(self, service):
        decision = service.decide(CALM, as_of=AS_OF, signals={"service.owed": FAILED})
        assert {of.kind for of in decision.blocked[0].by} == {"guard", "fault"}

    def test_a_stand_in_is_read_like_any_data(self, service):
        decision = service.decide(CALM, as_of=AS_OF, signals={"service.seen": "2026-11-22T11:00:00+02:00"})
        assert decision.to_dict()["signals"]["service.seen"] == AS_OF

    @pytest.mark.parametrize(
        ("signals", "said"),
        [
            ({"service.owed": "yes"}, "service.owed: found text, wanted true or false"),
            ({"service.owed": 1}, "service.owed: found a number, wanted true or false"),
            ({"service.level": "loud"}, 'service.level: found the text "loud", wanted one of "urgent", "calm"'),
            ({"service.worst": "5"}, "service.worst: found text, wanted a number"),
            ({"service.worst": float("nan")}, "wanted a finite number"),
            ({"service.seen": "2026-11-22"}, "wanted an instant with a UTC offset"),
            ({"service.owd": True}, "there is no signal `service.owd`: did you mean `service.owed`?"),
            ({1: True}, "there is no signal `1`"),
            (["service.owed"], "signals should be a mapping from ids to values, not a list"),
            ("service.owed", "signals should be a mapping"),
        ],
    )
    def test_a_stand_in_that_cannot_be_is_refused(self, service, signals, said):
        with pytest.raises(ValueError, match="signal") as caught:
            service.decide(CALM, as_of=AS_OF, signals=signals)
        assert said in str(caught.value)


class TestProposed:
    def test_an_action_can_be_proposed_whatever_the_rules_say(self, service):
        decision = service.decide(CALM, as_of=AS_OF, proposed=["service.call"])
        assert decision.action.action == "service.call"
        assert decision.action.proposed_by == ()

    def test_proposing_what_is_proposed_already_changes_nothing(self, service):
        twice = service.decide(CALM, as_of=AS_OF, proposed=("service.upsell", "service.upsell"))
        assert twice.actions == service.decide(CALM, as_of=AS_OF).actions

    @pytest.mark.parametrize(
        ("proposed", "said"),
        [
            ("service.call", "proposed should be a list of action ids, not text"),
            (5, "proposed should be a list of action ids, not a number"),
            (["service.cal"], "there is no action `service.cal` to propose: did you mean `service.call`?"),
            ([3], "there is no action `3`"),
            ([[]], "there is no action `[]`"),
            (["service.each"], "`service.each` is proposed for each of its items"),
        ],
    )
    def test_what_cannot_be_proposed_is_refused(self, service, proposed, said):
        with pytest.raises(ValueError, match="propose") as caught:
            service.decide(CALM, as_of=AS_OF, proposed=proposed)
        assert said in str(caught.value)


# What `on_invalid="unknown"` promises: an invalid field is failed, which is neither missing nor anything else.
INVALID = [
    {"service": {"score": "high"}},
    {"service": {"vip": 1}},
    {"service": {"seen_at": "2026-11-22"}},
    {"service": {"tags": "gold"}},
    {"service": {"tags": ["a", 5]}},
    {"service": {"marks": {"a": "x"}}},
    {"service": {"address": {"city": 5}}},
    {"service": {"address": "Helsinki"}},
    {"service": {"cases": {"id": "a"}}},
    {"service": {"cases": [{"id": "a", "status": "ajar"}]}},
    {"service": {"cases": [5]}},
    {"service": []},
]
ASKS = """
    pack: ask
    actions:
      offer: {tier: growth}
    rules:
      - {id: offer, when: true, propose: offer, because: always}
      - {id: guard, when: %s, block: {tier: growth}, because: it says so}
    """


class TestInvalidDataIsFailed:
    @pytest.mark.parametrize("profile", INVALID)
    def test_each_fault_is_reported_and_the_decision_is_made(self, service, profile):
        with pytest.raises(nba.ProfileError) as caught:
            service.decide(profile, as_of=AS_OF)
        decision = service.decide(profile, as_of=AS_OF, on_invalid="unknown")
        assert {of.message for of in decision.errors} >= {str(fault) for fault in caught.value.faults}
        json.loads(decision.to_json())

    @pytest.mark.parametrize(
        ("condition", "profile"),
        [
            ("service.score is missing", {"score": "high"}),
            ("not (service.score is missing)", {"score": "high"}),
            ("default(service.score, 0) > 5", {"score": "high"}),
            ("default(service.score, 9) < 5", {"score": "high"}),
            ("service.address.city is missing", {"address": 3}),
            ("service.address is missing", {"address": 3}),
            ('service.marks["a"] is missing', {"marks": {"a": "x"}}),
            ('default(service.marks["a"], 0) > 1', {"marks": 7}),
            ('"gold" in service.tags', {"tags": ["a", 5]}),
            ("len(service.tags) > 5", {"tags": "gold"}),
            ('any(c.status == "open" for c in service.cases)', {"cases": [5]}),
            ("any(c.status is missing for c in service.cases)", {"cases": [{"status": "ajar"}]}),
            ("any(c.id is missing for c in service.cases)", {"cases": [5]}),
            ("count(c for c in service.cases if c.days > 1) > 3", {"cases": [{"days": "x"}]}),
        ],
    )
    def test_a_guard_blocks_whatever_it_asks_of_an_invalid_field(self, load, condition, profile):
        asked = load({**FILES, "ask.yaml": ASKS % json.dumps(condition)})
        decision = asked.decide({"service": profile}, as_of=AS_OF, on_invalid="unknown")
        blocks = {of.action: of.by for of in decision.blocked}
        assert {(of.id, of.truth) for of in blocks["ask.offer"]} >= {("ask.guard", None)}

    def test_the_house_does_not_assume_what_is_invalid(self, load):
        house = """
            house: h
            assume:
              - {path: service.cases, missing_means: [], because: the case system sends every open case}
              - {path: service.address.city, missing_means: Turku, because: they are all from there}
            """
        service = load({**FILES, "house.yaml": house})
        assert service.decide({}, as_of=AS_OF).action.action == "service.upsell"
        for invalid in ({"cases": 5}, {"cases": [5]}):
            decision = service.decide({"service": invalid}, as_of=AS_OF, on_invalid="unknown")
            assert decision.outcome == "all_blocked"
        decision = service.decide({"service": "?"}, as_of=AS_OF, on_invalid="unknown")
        assert decision.outcome == "all_blocked"
        decision = service.decide({"service": {"address": 5, "cases": []}}, as_of=AS_OF, on_invalid="unknown")
        assert decision.outcome == "action"

    def test_an_invalid_time_zone_is_no_time_zone_and_not_the_houses(self, load):
        clock = load({**FILES, "ask.yaml": ASKS % json.dumps("days_since(birth_date) < 0")})
        born = {**CALM, "birth_date": "2000-01-01"}
        assert "ask.offer" in {of.action for of in clock.decide(born, as_of=AS_OF, limit=None).actions}
        decision = clock.decide({**born, "timezone": "Mars/Base"}, as_of=AS_OF, on_invalid="unknown")
        assert "ask.offer" in {of.action for of in decision.blocked}

    @pytest.mark.parametrize(
        "consents",
        [
            5,
            {"marketing": True},
            {"marketing": {"granted": "yes", "channels": {"email": True}}},
            {"marketing": {"granted": True, "channels": {"email": "yes"}}},
            {"marketing": {"granted": True, "channels": True}},
            {"marketing": {"granted": True, "channels": {"email": 1}}},
        ],
    )
    def test_invalid_consents_are_unknown_and_unknown_consent_blocks(self, load, consents):
        house = "house: h\nconsent: {growth: marketing}\n"
        asked = load({**FILES, "house.yaml": house})
        decision = asked.decide({**CALM, "consents": consents}, as_of=AS_OF, on_invalid="unknown")
        assert decision.outcome == "all_blocked"
        assert {(of.id, of.truth) for of in decision.blocked[0].by} == {("consent", None)}

    def test_a_refusal_counts_beside_an_invalid_field(self, load):
        asked = load({**FILES, "house.yaml": "house: h\nconsent: {growth: marketing}\n"})
        consents = {"marketing": {"granted": False, "channels": 5}}
        decision = asked.decide({**CALM, "consents": consents}, as_of=AS_OF, on_invalid="unknown")
        assert {of.truth for of in decision.blocked[0].by} == {True}

    @pytest.mark.parametrize("preferred", ["phone", [5, "phone"], 5])
    def test_invalid_preferred_channels_are_no_preference(self, service, preferred):
        decision = service.decide({**CALM, "preferred_channels": preferred}, as_of=AS_OF, on_invalid="unknown")
        assert decision.action.channel == ("phone" if isinstance(preferred, list) else "email")

    @pytest.mark.parametrize("context", [{"channel": 5}, {"channel": "email", "direction": "sideways"}, 5])
    def test_an_invalid_conversation_leaves_only_what_is_certain(self, service, context):
        decision = service.decide(CALM, as_of=AS_OF, context=context, on_invalid="unknown")
        left = {of.channel for of in decision.actions}
        assert left <= ({"email"} if isinstance(context, dict) and context.get("channel") == "email" else set())

    def test_an_invalid_item_proposes_nothing_and_holds_back_what_is_promotional(self, service):
        cases = [{"id": 5, "status": "open", "severity": "low"}, {"id": "b", "status": "open", "severity": "low"}]
        decision = service.decide({"service": {"cases": cases}}, as_of=AS_OF, limit=None, on_invalid="unknown")
        assert [(of.action, of.key) for of in decision.actions] == []  # the unread id may be the other's
        assert {of.kind for of in decision.blocked[0].by} == {"fault"}

    def test_the_profile_as_a_whole_can_be_invalid(self, service):
        decision = service.decide(5, as_of=AS_OF, on_invalid="unknown")
        assert decision.outcome == "all_blocked"
        assert decision.profile_id is None
        assert json.loads(decision.to_json())["errors"]

    def test_an_invalid_field_is_another_decision_than_a_missing_one(self, service):
        ids = [
            service.decide({"service": {"cases": cases}}, as_of=AS_OF, on_invalid="unknown").decision_id
            for cases in ([None], [5], 5, None)
        ]
        assert len(set(ids)) == len(ids)

    def test_a_signal_that_failed_prints_as_null(self, service):
        decision = service.decide({"service": {"seen_at": 5}}, as_of=AS_OF, on_invalid="unknown")
        assert decision.to_dict()["signals"]["service.seen"] is None
        assert decision.signals["service.seen"] is None


class TestAnAppsOwnModels:
    def test_a_model_of_the_apps_own_is_read_with_its_own_fields(self, load):
        class Customer(BaseModel):
            plan: str | None = None

        pack = "pack: p\nactions: {a: {tier: care}}\nrules: [{id: r, when: plan == 'gold', propose: a, because: b}]\n"
        own = load(pack, profile=Customer)
        assert own.decide(Customer(plan="gold"), as_of=AS_OF).outcome == "action"
        assert own.decide({"plan": "tin"}, as_of=AS_OF).outcome == "nothing_proposed"

    def test_a_field_that_rules_cannot_read_does_not_hinder_a_decision(self, load):
        class Customer(BaseModel):
            anything: object = None
            either: int | list[str] | None = None

        pack = "pack: p\nactions: {a: {tier: care}}\nrules: [{id: r, when: true, propose: a, because: b}]\n"
        own = load(pack, profile=Customer)
        loop: list[object] = []
        loop.append(loop)
        for anything in (object(), {1: 2, "a": 3}, {1, "a"}, b"x", float("nan"), loop, lambda: None):
            decision = own.decide({"anything": anything, "either": ["x"]}, as_of=AS_OF)
            assert decision.outcome == "action"
            assert json.loads(decision.to_json())["decision_id"] == decision.decision_id
            again = own.decide({"anything": anything, "either": ["x"]}, as_of=AS_OF)
            assert again.decision_id == decision.decision_id
