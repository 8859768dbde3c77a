"""Why an action was not chosen, or why it was: for any action of any pack."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest

import nba
from nba import Decision

Decide = Callable[..., Decision]
TWO = [{"name": name, "value": 3, "at": "2026-11-21T09:00:00Z"} for name in "ab"]


def flat(of: object) -> str:
    """The text without its line breaks."""
    return " ".join(str(of).split())


def test_a_chosen_action_tells_its_rank_and_score_and_rule(in_trouble: Decision) -> None:
    why = in_trouble.why_not("care.help")
    (fate,) = why.fates
    assert (why.outcome, fate.rank) == ("chosen", 1)
    assert fate.score is not None
    assert (fate.score.total, fate.score.factors, fate.score.weights) == (6, (("value", 2.0),), (("care.urgent", 3.0),))
    assert [rule.id for rule in fate.proposed_by] == ["care.help_them"]
    assert fate.proposed_by[0].meta == {"approved_by": "Ann"}
    assert fate.meta == {"owner": "Eve"}
    assert str(why) == (
        "Help them: care.help is chosen (care, tier recovery)\n"
        "  It is number 1.\n"
        "  proposed because they need help\n"
        "    we owe them help\n"
        "    a fault is fresh\n"
        "    events[#5]: name is fault, at is 2026-11-20T09:00:00Z, days_since(at) is 2; settings.quiet_days\n"
        "      is 14\n"
        "    rule care.help_them, care.yaml:14\n"
        "  score 6 = value 2 times weight 3 (care.urgent)"
    )


def test_an_outranked_action_tells_by_whom_and_both_scores(in_trouble: Decision) -> None:
    why = in_trouble.why_not("care.sorry")
    rival = why.fates[0].outranked_by
    assert why.outcome == "outranked"
    assert rival is not None
    assert (rival.name, rival.why, rival.score.total) == ("care.help", "exclusive", 6)
    assert rival.detail == "only one action of the group `contact` is chosen, and in tier recovery the score 6 beats 1"
    assert "care.help has score 6 = value 2 times weight 3 (care.urgent)" in str(why)


def test_an_action_behind_the_limit_tells_which_tier_comes_first(decide: Decide) -> None:
    why = decide(lifecycle_stage="hurt", options={"proposed": ["sales.never"]}).why_not("sales.never")
    assert "at most 1 action was asked for, and tier recovery comes before tier care" in flat(why)
    assert "The caller proposed it." in str(why)


def test_equals_are_told_apart_by_name(decide: Decide) -> None:
    events = [{"name": name, "value": 3, "at": "2026-11-21T09:00:00Z"} for name in "yx"]
    text = flat(decide(events=events).why_not("sales.offer[y]"))
    assert "with equal tier and score, sales.offer[x] comes first by its name" in text


def test_a_blocked_action_tells_all_that_blocks_it_and_until_when(in_trouble: Decision) -> None:
    why = in_trouble.why_not("sales.letter")
    (fate,) = why.fates
    assert why.outcome == "blocked"
    assert [(reason.id, reason.until) for reason in fate.blocked_by] == [
        ("care.hold_growth", "2026-12-04T09:00:00Z"),
        ("validity", "2026-12-31T22:00:00Z"),
    ]
    assert fate.until == "2026-12-31T22:00:00Z"
    assert str(why) == (
        "Write a letter: sales.letter is held back (sales, tier growth)\n"
        "  proposed because we have news\n"
        "    name is Anna\n"
        "    rule sales.write, sales.yaml:18\n"
        "  score 1\n"
        "  held back by care: help comes before offers\n"
        "    we owe them help\n"
        "    a fault is fresh\n"
        "    events[#5]: name is fault, at is 2026-11-20T09:00:00Z, days_since(at) is 2; settings.quiet_days\n"
        "      is 14\n"
        "    until 2026-12-04 11:00 (Europe/Helsinki), if nothing else changes\n"
        "    rule care.hold_growth, care.yaml:16\n"
        "  held back by the house: it starts on 2027-01-01\n"
        "    until 2027-01-01 00:00 (Europe/Helsinki), if nothing else changes\n"
        "    check validity, sales.yaml:13\n"
        "  If nothing else changes, none of this holds it back from 2027-01-01 00:00 (Europe/Helsinki) on."
    )


def test_what_is_free_on_one_channel_only_tells_what_closes_the_other(decide: Decide) -> None:
    why = decide().why_not("sales.offer[b]")
    assert why.outcome == "chosen"
    assert [(of.channel, of.id) for of in why.fates[0].blocked_by] == [("phone", "sales.no_phone")]
    assert "held back on phone by sales: no calls in Finland" in str(why)


def test_the_earliest_channel_decides_when_an_action_is_free(load: Callable[..., nba.Orchestrator]) -> None:
    rules = """
        pack: p
        actions: {a: {tier: care, channels: [email, phone]}}
        rules:
          - {id: go, when: true, propose: a, because: go}
          - {id: all, when: 'hours_since(events_at) < 1', block: {tier: care}, because: x}
          - {id: phone, when: 'hours_since(events_at) < 3', block: {tier: care, channel: phone}, because: y}
          - {id: email, when: 'value > 0', block: {tier: care, channel: email}, because: z}
    """.replace("events_at", "max(e.at for e in events)")
    decision = load(rules).decide(
        {"value": 1, "events": [{"at": "2026-11-22T09:00:00Z"}]}, as_of="2026-11-22T09:00:00Z"
    )
    assert decision.why_not("p.a").fates[0].until == "2026-11-22T12:00:00Z"


def test_doubt_names_the_fields_that_would_end_it(decide: Decide) -> None:
    why = decide(birth_date=None).why_not("sales.offer[b]")
    law = next(reason for reason in why.fates[0].blocked_by if reason.id == "grown_ups")
    assert (law.truth, law.missing, law.until) == (None, ("birth_date",), None)
    assert "until birth_date is known; in doubt, we hold back" in str(why)


def test_refused_consent_is_a_reason_of_the_house(decide: Decide) -> None:
    text = str(decide(consents={"marketing": {"granted": False}}).why_not("sales.offer[b]"))
    assert "held back on email by the house: the customer has refused marketing on email" in text


def test_an_undecided_action_names_the_fields_that_would_decide_it(decide: Decide) -> None:
    why = decide(events=None, lifecycle_stage=None).why_not("care.help")
    assert why.outcome == "undecided"
    assert why.fates[0].missing == ("events", "lifecycle_stage")
    assert "It would be decided by: events, lifecycle_stage" in str(why)
    assert '`lifecycle_stage == "hurt"` is not known to hold: lifecycle_stage is not known' in str(why)


def test_a_score_that_is_not_known_leaves_an_action_undecided(load: Callable[..., nba.Orchestrator]) -> None:
    rules = """
        pack: p
        actions: {a: {tier: care, value: value}, b: {tier: care, value: value}}
        rules:
          - {id: go, when: true, propose: [a, b], because: go}
    """
    orchestrator = load(rules)
    missing = orchestrator.decide({}, as_of="2026-11-22T09:00:00Z").why_not("p.a")
    assert (missing.outcome, missing.fates[0].missing) == ("undecided", ("value",))
    assert "Its rules hold, but not all of its score or key is known: value." in str(missing)
    wrong = orchestrator.decide({"value": -1}, as_of="2026-11-22T09:00:00Z").why_not("p.a")
    assert wrong.outcome == "undecided"
    assert "Value is -1; a factor of a score is at least 0." in str(wrong)


def test_an_action_that_nothing_proposes_tells_which_condition_failed_for_each_rule(decide: Decide) -> None:
    why = decide(lifecycle_stage="new", events=TWO).why_not("care.help")
    (rule,) = why.fates[0].rules
    assert (why.outcome, rule.id, rule.truth) == ("not_proposed", "care.help_them", False)
    assert str(why) == (
        "Help them: care.help is not proposed (care, tier recovery)\n"
        "  proposed when: they need help\n"
        '    `any(e.name == "fault" and days_since(e.at) < settings.quiet_days for e in events)` does not\n'
        "      hold: events[#1]: name is a, at is 2026-11-21T09:00:00Z, days_since(at) is 1; events[#2]: name\n"
        "      is b, at is 2026-11-21T09:00:00Z, days_since(at) is 1; settings.quiet_days is 14\n"
        '    `lifecycle_stage == "hurt"` does not hold: lifecycle_stage is new\n'
        "    rule care.help_them, care.yaml:14"
    )


def test_rules_that_are_not_active_say_why(decide: Decide) -> None:
    why = decide().why_not("sales.never")
    assert {(rule.id, rule.note) for rule in why.fates[0].rules if rule.status == "inactive"} == {
        ("sales.waiting", "waits for pack `zork`, not loaded"),
        ("sales.drafted", "a draft"),
    }
    assert "No active rule proposes it." in str(why)
    assert "rule sales.waiting of this pack is not active: waits for pack `zork`, not loaded" in str(why)


def test_a_shadow_says_that_it_has_no_effect(decide: Decide) -> None:
    why = decide().why_not("sales.ghost")
    assert why.outcome == "not_proposed"
    assert [rule.status for rule in why.fates[0].rules if rule.id == "sales.ghostly"] == ["shadow"]
    assert "proposed (only in the shadow, without effect) when: it might work" in str(why)


def test_an_action_with_items_tells_of_each_the_best_first(decide: Decide) -> None:
    why = decide().why_not("sales.offer")
    assert why.outcome == "chosen"
    assert [(fate.key, fate.outcome) for fate in why.fates] == [
        ("b", "chosen"),
        ("a", "outranked"),
        ("d", "undecided"),
        ("c", "not_proposed"),
    ]
    assert "`hours_since(e.at) < 480` does not hold: events[c]: at is" in str(why)
    assert why.fates[2].missing == ("events[].value",)


def test_of_many_items_the_first_twenty_are_told(decide: Decide) -> None:
    many = [{"name": f"k{number:03}", "value": 2, "at": "2026-11-21T09:00:00Z"} for number in range(50)]
    why = decide(events=many).why_not("sales.offer")
    assert len(why.fates) == 20
    assert str(why).endswith("\n\nand 30 more items")


@pytest.mark.parametrize(
    ("events", "outcome", "words"),
    [
        ([], "not_proposed", "`events` holds no item with a key."),
        ([{"value": 0}], "not_proposed", "`events` holds no item with a key."),
        (None, "undecided", "`events` is not known, so no item can be proposed."),
    ],
)
def test_without_items_it_says_so(decide: Decide, events: list[object] | None, outcome: str, words: str) -> None:
    for asked in ("sales.offer", "sales.offer[a]"):
        why = decide(events=events).why_not(asked)
        assert why.outcome == outcome or asked.endswith("]")
        assert "`events`" in str(why)
    assert words in str(decide(events=events).why_not("sales.offer"))


def test_an_item_that_is_not_there_is_not_proposed(decide: Decide) -> None:
    why = decide().why_not("sales.offer[zzz]")
    assert why.outcome == "not_proposed"
    assert "`events` holds no item with the key zzz." in str(why)


def test_items_that_share_a_key_say_that_none_is_proposed(decide: Decide) -> None:
    twice = [{"name": "x", "value": 2, "at": "2026-11-21T09:00:00Z"}] * 2
    why = decide(events=twice).why_not("sales.offer[x]")
    assert why.outcome in ("undecided", "not_proposed")
    assert "none is proposed" in str(why)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("sales.ofer", "there is no action `sales.ofer`; did you mean `sales.offer`?"),
        ("sales.ofer[b]", "there is no action `sales.ofer[b]`; did you mean `sales.offer`?"),
        ("zork", "there is no action `zork`"),
        ("care.help[b]", "`care.help` has no items: it is asked about without a key"),
        ("", "there is no action ``"),
        ("x" * 100_000, "there is no action `xxx"),
        ("sales.offer[b", "there is no action `sales.offer[b`"),
    ],
)
def test_an_action_that_does_not_exist_is_refused(decide: Decide, asked: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"there is no action|has no items") as caught:
        decide().why_not(asked)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300


def test_the_answer_is_frozen_and_plain_data(in_trouble: Decision) -> None:
    for action in (
        in_trouble.why_not("sales.offer"),
        in_trouble.why_not("care.sorry"),
        in_trouble.why_not("sales.never"),
    ):
        with pytest.raises(FrozenInstanceError):
            action.outcome = "chosen"  # type: ignore[misc]  # what must not work
        data = action.to_dict()
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert data["outcome"] == action.outcome
        assert "_place" not in data


def test_of_every_action_there_is_an_answer(in_trouble: Decision, decide: Decide) -> None:
    for decision in in_trouble, decide(events=None, birth_date=None, name=None):
        for id in ("care.help", "care.sorry", "sales.offer", "sales.letter", "sales.ghost", "sales.never"):
            assert all(len(line) <= 100 for line in str(decision.why_not(id)).splitlines())


def test_what_plugins_say_is_told_with_what_they_read(
    load: Callable[..., nba.Orchestrator], plugin: Callable[..., object]
) -> None:
    @nba.feature(reads=["value"], returns=bool)
    def big(value: float | None) -> bool:
        if value is None:
            raise RuntimeError("no value")
        return value > 10

    @nba.gate(reads=["name"])
    def desk(offered: nba.Offered, channel: str | None, name: str | None) -> nba.Block | None:
        if name == "Cy":
            raise RuntimeError("no desk")
        return nba.Block("the desk is full") if name == "Bo" else None

    rules = """
        pack: p
        actions: {a: {tier: care}}
        rules: [{id: go, when: size.big, propose: a, because: it is big}]
    """
    orchestrator = load(rules, plugins={"size": plugin(nba_features=[big], nba_gates=[desk])})

    def why(**profile: object) -> str:
        return flat(orchestrator.decide(profile, as_of="2026-11-22T09:00:00Z").why_not("p.a"))

    assert "proposed because it is big size.big is true, value is 11" in why(value=11)
    assert "size.big is not known, as it failed, value is not known" in why()
    assert "held back by size: the desk is full check size.desk" in why(value=11, name="Bo")
    assert "a gate that fails blocks until it is known; in doubt, we hold back" in why(value=11, name="Cy")


def test_a_condition_of_many_parts_is_told_in_part(load: Callable[..., nba.Orchestrator]) -> None:
    parts = "\n".join(f"              - value > {number}" for number in range(30))
    rules = f"""
        pack: p
        actions: {{a: {{tier: care}}}}
        rules:
          - id: go
            when:
              any:
{parts}
            propose: a
            because: so
"""
    why = load(rules).decide({"value": 0}, as_of="2026-11-22T09:00:00Z").why_not("p.a")
    assert "    and 22 more\n" in str(why)
