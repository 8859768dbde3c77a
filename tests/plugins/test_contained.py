"""Plugins at work: whatever their functions do, the decision is made, and it is more careful and never less."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal

import pytest

import nba

AS_OF = "2026-11-22T09:00:00Z"
NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - what must be refused
PACK = """
    pack: p
    actions:
      help: {tier: recovery}
      care: {tier: care}
      offer: {tier: growth, channels: [email, phone]}
    rules:
      - {id: help, when: x.rate > 0.5, propose: help, because: the rate is high}
      - {id: care, when: true, propose: care, because: always}
      - {id: offer, when: true, propose: offer, because: always}
    """
NESTED = {"preferred_channels": ["email"], "interactions": [{"id": "I1"}], "propensities": {"a": 0.5}}


@pytest.fixture
def decide(load, plugin):
    """Decides with one feature `x.rate` of the given function."""

    def decide_with(function, profile=None, *, reads=("value",), returns=float, pack=PACK, **options):
        feature = nba.feature(reads=list(reads), returns=returns, name="rate")(function)
        rules = load(pack, plugins={"x": plugin(nba_features=[feature])})
        return rules.decide({"value": 1.0} if profile is None else profile, as_of=AS_OF, limit=None, **options)

    return decide_with


def chosen(decision):
    return [of.action for of in decision.actions]


def test_a_feature_is_read_by_its_plugins_name_and_its_own(decide):
    decision = decide(lambda value: value)
    assert chosen(decision) == ["p.help", "p.care", "p.offer"]
    assert decision.signals == {"x.rate": 1.0}


def test_a_feature_that_gives_none_is_missing_and_nothing_waits_for_it(decide):
    decision = decide(lambda value: None)
    assert chosen(decision) == ["p.care", "p.offer"]
    assert [of.rule for of in decision.undecided] == ["p.help"]
    assert decision.errors == ()


def deep(value):
    return deep(value)


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError("no words either")


def raising(error):
    def function(value):
        raise error

    return function


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (raising(ValueError("no such rate")), "raised ValueError: no such rate"),
        (raising(KeyError("rate")), "raised KeyError: 'rate'"),
        (raising(Speechless()), "raised Speechless"),
        (raising(MemoryError()), "raised MemoryError"),
        (raising(StopIteration()), "raised StopIteration"),
        (raising(nba.ProfileError([])), "raised ProfileError"),
        (raising(ValueError("a\n\x1b[31mb\ud800")), "raised ValueError: a  [31mb "),
        (raising(ValueError("x" * 9999)), "raised ValueError: " + "x" * 200),
        (raising(ValueError(f"{object()!r}")), "raised ValueError: <object object at 0x…>"),
        (deep, "raised RecursionError: maximum recursion depth exceeded"),
        (lambda value: "high", "returned text, declared a number"),
        (lambda value: True, "returned true or false, declared a number"),
        (lambda value: float("nan"), "returned a number that is not finite, declared a finite number"),
        (lambda value: 2**60, "returned an integer beyond"),
        (lambda value: [1.0], "returned a list, declared a number"),
        (lambda value: (of for of in [1]), "returned an object of type generator, declared a number"),
    ],
)
def test_a_feature_that_raises_or_returns_another_type_has_failed(decide, function, said):
    decision = decide(function)
    assert [of.origin for of in decision.errors] == ["x.rate"]
    assert decision.errors[0].message.startswith(said)
    assert len(decision.errors[0].message) < 300
    decision.to_json().encode()
    # What it would have proposed is undecided, and what is promotional and ranks below that waits.
    assert [of.rule for of in decision.undecided] == ["p.help"]
    assert chosen(decision) == ["p.care"]
    assert [(of.kind, of.id, of.truth) for of in decision.blocked[0].by] == [("fault", "p.help", None)]


def test_a_fault_is_the_same_in_every_run(decide):
    first, second = (decide(raising(ValueError(repr(object())))) for _ in range(2))
    assert first.to_json() == second.to_json()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_program_is_not_swallowed(decide, error):
    with pytest.raises(error):
        decide(raising(error()))


@pytest.mark.parametrize(
    "condition", ["x.rate is missing", "x.rate is not missing", "default(x.rate, 0) == 0", "x.rate == 0"]
)
def test_a_guard_on_a_failed_feature_blocks_whatever_it_asks(decide, condition):
    pack = PACK + f'  - {{id: hold, when: "{condition}", block: {{action: care}}, because: it says so}}\n    '
    decision = decide(raising(ValueError()), pack=pack)
    assert [(of.action, [by.id for by in of.by]) for of in decision.blocked] == [
        ("p.care", ["p.hold"]),
        ("p.offer", ["p.help"]),
    ]


@pytest.mark.parametrize("condition", ["x.rate is missing", "x.rate is not missing", "default(x.rate, 0) == 0"])
def test_what_is_asked_of_a_failed_feature_proposes_nothing(decide, condition):
    decision = decide(raising(ValueError()), pack=PACK.replace("x.rate > 0.5", f'"{condition}"'))
    assert "p.help" not in chosen(decision)


def test_a_guard_that_opts_out_of_doubt_does_not_opt_out_of_faults(decide):
    guard = "  - {id: hold, when: x.rate > 2, block: {action: care}, on_unknown: allow, because: it says so}\n    "
    assert "p.care" in chosen(decide(lambda value: None, pack=PACK + guard))
    assert "p.care" not in chosen(decide(raising(ValueError()), pack=PACK + guard))


def test_a_fault_in_a_score_holds_back_what_ranks_below(decide):
    pack = PACK.replace("help: {tier: recovery}", "help: {tier: recovery, value: x.rate}").replace(
        "x.rate > 0.5", "true"
    )
    assert chosen(decide(raising(ValueError()), pack=pack)) == ["p.care"]
    assert chosen(decide(lambda value: None, pack=pack)) == ["p.care", "p.offer"]


def test_a_fault_in_a_promotional_proposal_holds_back_only_lower_tiers(decide):
    pack = """
        pack: p
        actions: {keep: {tier: retention}, same: {tier: retention}, offer: {tier: growth}}
        rules:
          - {id: keep, when: x.rate > 0, propose: keep, because: a}
          - {id: same, when: true, propose: same, because: a}
          - {id: offer, when: true, propose: offer, because: a}
        """
    assert chosen(decide(raising(ValueError()), pack=pack)) == ["p.same"]


def test_a_feature_that_no_live_rule_reads_does_not_run(decide):
    pack = (
        PACK.replace("x.rate > 0.5", "value > 5")
        + "  - {id: d, when: x.rate > 1, block: {tier: growth}, because: a, status: draft}\n    "
    )
    decision = decide(raising(ValueError()), pack=pack)
    assert (decision.errors, dict(decision.signals)) == ((), {})


def test_a_feature_runs_once_a_decision_even_when_it_decides_nothing(decide):
    calls = []
    decide(lambda value: calls.append(value) or 0.0, pack=PACK.replace("x.rate > 0.5", "false and x.rate > 0.5"))
    assert calls == [1.0]


def test_a_feature_gets_what_it_declares_in_that_order_and_nothing_else(decide):
    got = []
    decide(
        lambda *values: got.append(values),
        {"value": 2.0, **NESTED},
        reads=["as_of", "value", "preferred_channels", "name", "context.channel", "interactions"],
        context={"channel": "phone"},
    )
    ((as_of, value, channels, name, channel, interactions),) = got
    assert as_of == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert (value, channels, name, channel) == (2.0, ("email",), None, "phone")
    assert interactions[0]["id"] == "I1"


@pytest.mark.parametrize(
    "change",
    [
        lambda records, mapping: records.append(1),
        lambda records, mapping: records[0].__setitem__("id", "other"),
        lambda records, mapping: records[0].clear(),
        lambda records, mapping: mapping.update(a=9.0),
        lambda records, mapping: mapping.__ior__({"a": 9.0}),
    ],
)
def test_a_feature_cannot_change_what_it_reads(decide, change):
    profile = {"value": 1.0, **NESTED}
    before = json.dumps(profile)
    decision = decide(change, profile, reads=["interactions", "propensities"])
    assert decision.errors[0].message.startswith("raised ")
    assert json.dumps(profile) == before


def test_a_feature_that_keeps_what_it_read_cannot_change_the_decision_later(decide):
    kept = []
    decision = decide(
        lambda *values: kept.append(values) or 1.0, {"value": 1.0, **NESTED}, reads=["interactions", "propensities"]
    )
    before = decision.decision_id, decision.to_json()
    ((interactions, propensities),) = kept
    with pytest.raises(TypeError):
        propensities["a"] = 1.0
    with pytest.raises(TypeError):
        interactions[0]["id"] = "other"
    assert (decision.decision_id, decision.to_json()) == before


def test_a_caller_that_changes_the_profile_later_cannot_change_the_decision(decide):
    profile = {"value": 1.0, "propensities": {"a": 0.5}, "interactions": [{"id": "I1"}]}
    decision = decide(lambda value: value, profile)
    profile["propensities"]["a"] = 0.9
    profile["interactions"].clear()
    profile["value"] = 0.0
    assert (
        decision.decision_id
        == decide(
            lambda value: value, {"value": 1.0, "propensities": {"a": 0.5}, "interactions": [{"id": "I1"}]}
        ).decision_id
    )


def test_a_feature_whose_input_is_invalid_has_failed_without_being_called(decide):
    calls = []
    profile = {"value": 1.0, "interactions": [{"id": "I1"}, {"id": 5}]}
    decision = decide(lambda of: calls.append(of) or 1.0, profile, reads=["interactions"], on_invalid="unknown")
    assert calls == []
    assert chosen(decision) == ["p.care"]


@pytest.mark.parametrize(
    ("returns", "value", "shown"),
    [
        (bool, True, True),
        (int, 3, 3),
        (int, 3.0, 3),
        (str, "a", "a"),
        (Literal["a", "b"], "b", "b"),
        (datetime, datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (float | None, 0.5, 0.5),
    ],
)
def test_a_feature_returns_one_value_of_the_type_it_declares(decide, returns, value, shown):
    decision = decide(lambda _: value, returns=returns, pack=PACK.replace("x.rate > 0.5", "x.rate is not missing"))
    assert decision.to_dict()["signals"]["x.rate"] == shown


@pytest.mark.parametrize(
    ("returns", "value"),
    [(int, 0.5), (Literal["a", "b"], "c"), (datetime, NAIVE), (datetime, "soon"), (bool, 1), (str, 1)],
)
def test_a_feature_that_returns_what_its_type_does_not_have_has_failed(decide, returns, value):
    decision = decide(lambda _: value, returns=returns, pack=PACK.replace("x.rate > 0.5", "x.rate is not missing"))
    assert [of.origin for of in decision.errors] == ["x.rate"]


class TestGates:
    @pytest.fixture
    def gated(self, load, plugin):
        def decide_with(function, profile=None, *, reads=(), **options):
            gate = nba.gate(reads=list(reads), name="desk")(function)
            rules = load(PACK.replace("x.rate", "value"), plugins={"x": plugin(nba_gates=[gate])})
            return rules.decide({"value": 0.1} if profile is None else profile, as_of=AS_OF, limit=None, **options)

        return decide_with

    def test_a_gate_that_answers_none_lets_all_pass(self, gated):
        assert chosen(gated(lambda offered, channel: None)) == ["p.care", "p.offer"]

    def test_a_gate_sees_the_candidate_the_channel_and_its_reads(self, gated):
        seen = []
        gated(lambda offered, channel, value: seen.append((offered, channel, value)), reads=["value"])
        assert [(of.action, of.department, of.tier, of.key, channel, value) for of, channel, value in seen] == [
            ("p.care", "p", "care", None, None, 0.1),
            ("p.offer", "p", "growth", None, "email", 0.1),
            ("p.offer", "p", "growth", None, "phone", 0.1),
        ]

    def test_a_gate_closes_a_channel_and_says_why_and_until_when(self, gated):
        until = datetime(2026, 11, 23, 8, tzinfo=UTC)
        decision = gated(lambda offered, channel: nba.Block("the desk is full", until) if channel == "email" else None)
        offer = decision.actions[1]
        assert (offer.channel, [(of.because, of.until, of.channel) for of in offer.refused]) == (
            "phone",
            [("the desk is full", "2026-11-23T08:00:00Z", "email")],
        )

    @pytest.mark.parametrize(
        "answer",
        [False, True, "no", 0, nba.Block, nba.Block(5), nba.Block("a", "soon"), nba.Block("a", NAIVE)],
    )
    def test_a_gate_that_answers_anything_else_blocks(self, gated, answer):
        decision = gated(lambda offered, channel: answer)
        assert decision.outcome == "all_blocked"
        assert {of.origin for of in decision.errors} == {"x.desk"}
        assert {by.truth for of in decision.blocked for by in of.by} == {None}
        json.loads(decision.to_json())

    @pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), MemoryError(), Speechless()])
    def test_a_gate_that_raises_blocks(self, gated, error):
        def gate(offered, channel):
            raise error

        decision = gated(gate)
        assert decision.outcome == "all_blocked"
        assert {of.origin for of in decision.errors} == {"x.desk"}

    def test_an_interrupt_in_a_gate_is_not_swallowed(self, gated):
        def gate(offered, channel):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            gated(gate)

    def test_a_gate_cannot_change_what_it_is_told(self, gated):
        def gate(offered, channel):
            offered.tier = "obligation"

        decision = gated(gate)
        assert "FrozenInstanceError" in decision.errors[0].message

    def test_a_gate_whose_input_is_invalid_blocks_without_being_called(self, gated):
        calls = []
        decision = gated(
            lambda offered, channel, of: calls.append(of),
            {"value": 0.1, "interactions": [{"id": 5}]},
            reads=["interactions"],
            on_invalid="unknown",
        )
        assert (calls, decision.outcome) == ([], "all_blocked")

    @pytest.mark.parametrize("because", ["", "a\ud800b", "x" * 100_000])
    def test_whatever_a_gate_says_can_be_written_down(self, gated, because):
        decision = gated(lambda offered, channel: nba.Block(because))
        assert decision.outcome == "all_blocked"
        decision.to_json().encode()

    def test_a_block_until_the_end_of_the_calendar_is_written_down(self, gated):
        from datetime import timedelta, timezone

        until = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))
        assert gated(lambda offered, channel: nba.Block("never", until)).to_json()


class TestObservers:
    @pytest.fixture
    def observed(self, load, plugin):
        def decide_with(*observers):
            plugins = {f"o{number}": plugin(nba_decided=of) for number, of in enumerate(observers)}
            return load(PACK.replace("x.rate", "value"), plugins=plugins).decide({"value": 1.0}, as_of=AS_OF)

        return decide_with

    def test_an_observer_is_told_each_decision(self, observed):
        seen = []

        def observer(decision):
            seen.append(decision.action.action)

        observed(observer)
        assert seen == ["p.help"]

    def test_an_observer_that_raises_is_reported_and_the_others_are_told(self, observed):
        seen = []

        def broken(decision):
            raise ValueError("no disk")

        def observer(decision):
            seen.append(decision.outcome)

        decision = observed(broken, observer)
        assert seen == ["action"]
        assert [(of.origin, of.message) for of in decision.errors] == [
            ("o0", "its observer raised ValueError: no disk")
        ]
        assert decision.action.action == "p.help"

    def test_an_observer_cannot_change_the_decision(self, observed):
        def meddler(decision):
            for of in (decision.signals, decision.action.payload):
                of["meddled"] = 1

        decision = observed(meddler)
        assert "meddled" not in decision.to_json()

    def test_an_interrupt_in_an_observer_is_not_swallowed(self, observed):
        def observer(decision):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            observed(observer)
