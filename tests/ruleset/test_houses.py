"""What a house can say, and what it cannot: tiers, departments, consent, assumptions, laws, disabled rules."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.ruleset.shared import AS_OF, blocked, chosen

PACK = """
    pack: p
    settings: {d: {type: integer, default: 1, max: 5}}
    signals: {owed: {when: value > 5}}
    actions:
      help: {tier: recovery, tags: [plan]}
      care: {tier: care, channels: [email, sms]}
      offer: {tier: growth, channels: [email, phone], tags: [t]}
    rules:
      - {id: all, when: true, propose: [help, care, offer], because: b}
    """


@pytest.fixture
def decide(load):
    def decide_in(house, profile=None, *, pack=PACK, as_of=AS_OF, **options):
        rules = load({"house.yaml": f"house: h\n{house}\n", "p.yaml": pack})
        return rules.decide(profile or {}, as_of=as_of, limit=None, **options)

    return decide_in


class TestTiers:
    def test_the_first_tier_is_the_highest_whatever_the_scores(self, decide):
        assert chosen(decide("tiers: [care, recovery, growth]")) == ["p.care", "p.help", "p.offer"]

    @pytest.mark.parametrize(
        ("house", "code"),
        [
            ("tiers: [growth, care, recovery]", "growth-above-recovery"),
            ("tiers: [care, growth]", "missing-tier"),
            ("tiers: [recovery, care]", "missing-tier"),
            ("tiers: []", "missing-tier"),
            ("tiers: [recovery, recovery, care, growth]", "wrong-value"),
            ("promotional: [care]", "growth-not-promotional"),
            ("promotional: []", "growth-not-promotional"),
            ("promotional: [recovery, growth]", "recovery-promotional"),
            ("promotional: [growth, none]", "unknown-name"),
        ],
    )
    def test_tiers_that_make_no_sense_are_refused(self, refused, house, code):
        problems = refused({"house.yaml": f"house: h\n{house}\n", "p.yaml": PACK})
        assert code in {of.code for of in problems if of.span.location == "house.yaml:2"}

    def test_a_department_may_only_use_the_tiers_that_the_house_gives_it(self, refused, decide):
        given = "departments: {p: {tiers: [%s]}}"
        (problem,) = refused({"house.yaml": "house: h\n" + given % "recovery, care", "p.yaml": PACK})
        assert (problem.code, problem.message) == ("tier-not-allowed", "department `p` may not use tier `growth`")
        assert problem.help == "the house gives it `recovery`, `care`"
        assert len(chosen(decide(given % "recovery, care, growth"))) == 3

    def test_a_department_cannot_escape_its_tiers_in_another_file_or_by_another_pack_name(self, refused):
        other = "pack: q\ndepartment: p\nactions: {b: {tier: obligation}}\n"
        house = "house: h\ndepartments: {p: {tiers: [recovery, care, growth]}}\n"
        assert [of.span.source.name for of in refused({"house.yaml": house, "p.yaml": PACK, "q.yaml": other})] == [
            "q.yaml"
        ]


class TestConsent:
    HOUSE = "consent: {growth: marketing, p.care: surveys}"

    @pytest.mark.parametrize(
        ("given", "left", "truths"),
        [
            ({"granted": True, "channels": {"email": True, "phone": True}}, "email", set()),
            ({"granted": True, "channels": {"email": False, "phone": True}}, "phone", {True}),
            ({"granted": True, "channels": {"phone": True}}, "phone", {None}),
            ({"granted": True}, None, {None}),
            ({"channels": {"email": True}}, None, {None}),
            ({"granted": False, "channels": {"email": True, "phone": True}}, None, {True}),
            ({"granted": True, "channels": {"email": False, "phone": False}}, None, {True}),
            ({"granted": True, "channels": {}}, None, {None}),
            ({"granted": None, "channels": {"email": False}}, None, {True, None}),
            (None, None, {None}),
        ],
    )
    def test_a_pair_is_allowed_only_when_purpose_and_channel_are(self, decide, given, left, truths):
        consents = {"marketing": given, "surveys": {"granted": True, "channels": {"email": True}}}
        decision = decide(self.HOUSE, {"consents": consents})
        offers = [of for of in decision.actions if of.action == "p.offer"]
        assert [of.channel for of in offers] == ([left] if left else [])
        reasons = offers[0].refused if offers else decision.blocked[0].by
        assert {by.truth for by in reasons} == truths
        assert {by.id for by in reasons} <= {"consent"}

    def test_an_actions_own_purpose_goes_before_its_tiers(self, decide):
        house = "consent: {growth: marketing, p.offer: offers}"
        given = {"granted": True, "channels": {"email": True}}
        assert "p.offer" in chosen(decide(house, {"consents": {"offers": given}}))
        assert "p.offer" not in chosen(decide(house, {"consents": {"marketing": given}}))

    def test_an_action_without_channels_needs_the_purpose_on_any_channel(self, decide):
        house = "consent: {recovery: contact}"
        for channels, allowed in (
            ({"email": False, "sms": True}, True),
            ({"email": False}, False),
            ({}, False),
            (None, False),
        ):
            consents = {"contact": {"granted": True, "channels": channels}}
            assert ("p.help" in chosen(decide(house, {"consents": consents}))) is allowed

    def test_without_consents_at_all_what_needs_them_is_blocked(self, decide):
        assert blocked(decide(self.HOUSE)) == {"p.care": ["consent", "consent"], "p.offer": ["consent", "consent"]}

    @pytest.mark.parametrize("name", ["grwoth", "p.none", "p", "marketing"])
    def test_consent_for_what_there_is_not_is_refused_at_the_word(self, refused, name):
        (problem,) = refused({"house.yaml": f"house: h\nconsent: {{{name}: marketing}}\n", "p.yaml": PACK})
        assert problem.span.excerpt().splitlines()[1].count("^") == len(name)


class TestAssume:
    def test_the_house_says_what_missing_means(self, decide):
        pack = PACK.replace("value > 5", "any(e.name == 'x' for e in events)")
        pack = pack.rstrip() + "\n      - {id: hold, when: p.owed, block: {tier: growth}, because: b}\n"
        assert "p.offer" in blocked(decide("", pack=pack))
        house = "assume: [{path: events, missing_means: [], because: the shop sends every event}]"
        assert blocked(decide(house, pack=pack)) == {}
        assert blocked(decide(house, {"events": [{"name": "x"}]}, pack=pack)) == {"p.offer": ["p.hold"]}
        assert blocked(decide(house, {"events": None}, pack=pack)) == {}

    @pytest.mark.parametrize(
        ("path", "value", "said"),
        [
            ("evens", "[]", "did you mean `events`?"),
            ("events.name", "x", "no fields of its own"),
            ("value.x", "1", "no fields"),
            ("events", "5", "events: found a number, wanted a list of event"),
            ("events", "null", "it is null"),
            ("''", "1", "not in the profile"),
            ("value", "high", "found text, wanted a number"),
            ("timezone", "Mars/Base", "an IANA time zone"),
            ("birth_date", "soon", "an ISO 8601 date"),
        ],
    )
    def test_what_a_field_cannot_mean_is_refused(self, refused, path, value, said):
        text = f"house: h\nassume: [{{path: {path}, missing_means: {value}, because: b}}]\n"
        (problem,) = refused({"house.yaml": text, "p.yaml": PACK})
        assert said in f"{problem.message} {problem.help}"

    def test_two_meanings_of_one_field_are_refused(self, refused):
        both = ", ".join(f"{{path: value, missing_means: {of}, because: b}}" for of in (1, 2))
        (problem,) = refused({"house.yaml": f"house: h\nassume: [{both}]\n", "p.yaml": PACK})
        assert problem.message == "`value` is assumed twice"

    def test_a_time_zone_can_be_assumed(self, decide):
        pack = PACK.replace("value > 5", "days_since(birth_date) == 1")
        # Ten in the evening in Helsinki is still the day before in New York.
        assume = "assume: [{path: timezone, missing_means: America/New_York, because: b}]"
        late = datetime(2026, 11, 22, 1, tzinfo=UTC)
        assert decide("timezone: Europe/Helsinki", {"birth_date": "2026-11-21"}, pack=pack, as_of=late).signals[
            "p.owed"
        ]
        assert not decide(
            f"timezone: Europe/Helsinki\n{assume}", {"birth_date": "2026-11-21"}, pack=pack, as_of=late
        ).signals["p.owed"]


class TestLaws:
    NEVER = "laws: [{id: quiet, given: p.owed, never: {tier: growth}, because: first things first}]"
    ALWAYS = "laws: [{id: plan, given: p.owed, always: {tag: plan}, because: help first%s}]"

    @pytest.mark.parametrize(("value", "truth"), [(6, True), (None, None)])
    def test_a_never_law_blocks_when_true_or_unknown(self, decide, value, truth):
        (offer,) = decide(self.NEVER, {"value": value}).blocked
        (reason,) = offer.by
        assert (reason.kind, reason.id, reason.truth, reason.department) == ("law", "quiet", truth, "h")
        assert (reason.because, reason.source) == ("first things first", "house.yaml:2")
        assert blocked(decide(self.NEVER, {"value": 5})) == {}

    def test_an_always_law_that_is_not_met_says_so_and_adds_a_task(self, decide):
        hold = PACK.rstrip() + "\n      - {id: hold, when: true, block: help, because: b}\n"
        decision = decide(self.ALWAYS % "", {"value": 6}, pack=hold)
        assert [(of.law, of.because) for of in decision.laws_unmet] == [("plan", "help first")]
        assert [(of.department, of.rule) for of in decision.tasks] == [("p", "plan")]
        assert "help first" in decision.tasks[0].message

    def test_an_always_law_holds_when_an_unblocked_candidate_matches_whatever_the_limit(self, load):
        pack = PACK.replace("help: {tier: recovery", "help: {tier: care, value: 0").replace(
            "care: {tier: care,", "care: {tier: recovery,"
        )
        rules = load({"house.yaml": "house: h\n" + self.ALWAYS % "", "p.yaml": pack})
        decision = rules.decide({"value": 6}, as_of=AS_OF, limit=1)
        assert (chosen(decision), decision.laws_unmet, decision.tasks) == (["p.care"], (), ())

    def test_an_always_law_in_doubt_is_listed_and_asks_nobody(self, decide):
        hold = PACK.rstrip() + "\n      - {id: hold, when: true, block: help, because: b}\n"
        decision = decide(self.ALWAYS % "", pack=hold)
        assert (decision.laws_unmet, decision.tasks) == ((), ())
        assert [(of.rule, of.missing) for of in decision.undecided] == [("plan", ("value",))]

    def test_the_task_of_a_law_has_its_own_words(self, decide):
        task = ", task: {department: p, message: 'Help {id} now'}"
        pack = PACK.replace("[help, care, offer]", "[care, offer]")
        assert [of.message for of in decide(self.ALWAYS % task, {"value": 6, "id": "C-1"}, pack=pack).tasks] == [
            "Help C-1 now"
        ]

    def test_a_law_without_given_always_binds(self, decide):
        assert blocked(decide("laws: [{id: l, never: {tier: growth}, because: b}]")) == {"p.offer": ["l"]}

    def test_a_law_may_close_a_channel(self, decide):
        decision = decide("laws: [{id: l, never: {channel: email}, because: b}]")
        assert {of.action: of.channel for of in decision.actions} == {
            "p.help": None,
            "p.care": "sms",
            "p.offer": "phone",
        }

    @pytest.mark.parametrize(
        "law",
        [
            "{id: l, given: true, because: b}",
            "{id: l, given: true, never: {tag: t}, always: {tag: t}, because: b}",
            "{id: l, never: {tag: t}}",
            "{id: p.l, never: {tag: t}, because: b}",
            "{id: l, never: {tag: none}, because: b}",
            "{id: l, never: {}, because: b}",
            "{id: l, given: nmae == 'x', never: {tag: t}, because: b}",
            "{id: l, given: settings.d > 1, never: {tag: t}, because: b}",
            "{id: l, given: value, never: {tag: t}, because: b}",
            "{id: l, never: p.none, because: b}",
            "{id: l, never: {tag: t}, because: b, task: {department: p}}",
            "{id: l, always: {tag: t}, because: b, task: {department: nobody}}",
            "{id: l, always: {tag: t}, because: b, task: {department: p, message: '{nmae}'}}",
            "{id: l, never: {tag: t}, because: b, on_unknown: allow}",
            "{id: l, never: {tag: t}, because: b}, {id: l, never: {tag: t}, because: b}",
        ],
    )
    def test_a_law_that_makes_no_sense_is_refused_at_its_place(self, refused, law):
        for problem in refused({"house.yaml": f"house: h\nlaws: [{law}]\n", "p.yaml": PACK}):
            assert problem.span.location == "house.yaml:2"

    def test_all_that_is_wrong_with_a_law_is_told(self, refused):
        law = "{id: l, given: nmae == 'x', never: {tag: none, tier: nine}, because: b}"
        assert len(refused({"house.yaml": f"house: h\nlaws: [{law}]\n", "p.yaml": PACK})) == 3


class TestDisabling:
    def test_the_house_can_disable_a_packs_rule_with_a_reason(self, load):
        pack = PACK.rstrip() + "\n      - {id: hold, when: true, block: {tier: growth}, because: b}\n"
        rules = load({"house.yaml": "house: h\ndisable: [{rule: p.hold, because: not here}]\n", "p.yaml": pack})
        assert blocked(rules.decide({}, as_of=AS_OF)) == {}
        assert [(of.rule, of.because) for of in rules.ruleset.inactive] == [
            ("p.hold", "disabled by the house: not here")
        ]

    def test_a_disabled_rule_is_checked_all_the_same(self, refused):
        pack = PACK.rstrip() + "\n      - {id: hold, when: vlaue > 1, block: {tier: growth}, because: b}\n"
        (problem,) = refused({"house.yaml": "house: h\ndisable: [{rule: p.hold, because: b}]\n", "p.yaml": pack})
        assert problem.help == "did you mean `value`?"

    @pytest.mark.parametrize(
        "disable",
        [
            "[{rule: p.none, because: b}]",
            "[{rule: all, because: b}]",
            "[p.all]",
            "[{rule: p.all}]",
            "[{rule: p.all, because: ''}]",
        ],
    )
    def test_disabling_what_there_is_not_or_without_a_reason_is_refused(self, refused, disable):
        (problem,) = refused({"house.yaml": f"house: h\ndisable: {disable}\n", "p.yaml": PACK})
        assert problem.span.location == "house.yaml:2"


@pytest.mark.parametrize(
    "key",
    [
        "tires: []",
        "rules: []",
        "house: [h]",
        "timezone: Mars/Base",
        "timezone: 5",
        "packs: service",
        "packs: [Service]",
        "vocabulary: {tiers: [x]}",
        "vocabulary: {tags: [x, x]}",
        "laws: {}",
        "departments: [p]",
    ],
)
def test_what_a_house_cannot_say_is_refused(refused, key):
    text = key if key.startswith("house") else f"house: h\n{key}"
    (problem,) = refused({"house.yaml": text + "\n", "p.yaml": PACK})
    assert problem.span.location == f"house.yaml:{text.count(chr(10)) + 1}"


def test_a_house_without_consent_or_laws_is_told_so_once():
    from nba.loading import load_rules
    from nba.shipped import shipped

    assert load_rules(shipped("house")).built.warnings == ()


def test_a_bare_house_has_warnings_and_loads(write):
    from nba.loading import load_rules

    warnings = load_rules(write({"house.yaml": "house: h\n", "p.yaml": PACK})).built.warnings
    assert sorted(of.code for of in warnings) == ["no-consent", "no-laws"]
