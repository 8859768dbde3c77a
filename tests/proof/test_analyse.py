"""Each kind of finding: rules that have it, and rules that nearly have it."""

from __future__ import annotations

from pathlib import Path

import pytest

import nba
from nba.proof import Analysis, Issue, analyse
from nba.proof.analysing.findings import KINDS
from tests.proof.rules import line_of, shop


def found(folder: Path, kind: str, rules: str, *, house: str = "") -> tuple[Issue, ...]:
    analysis = analyse(shop(folder, rules, house=house), findings=[kind])
    assert analysis.unsettled == ()
    assert {of.kind for of in analysis.issues} <= {kind}
    return analysis.issues


def test_there_is_nothing_to_say_of_rules_that_are_fine(tmp_path: Path) -> None:
    analysis = analyse(
        shop(tmp_path, "rules:\n  - {id: a, when: shop.angry, propose: call, because: x}\n"), findings=KINDS[:-2]
    )
    assert analysis.clean
    assert analysis.issues == ()
    assert str(analysis) == "1 rule, 0 laws, 5 actions: nothing found"


def test_a_kind_that_there_is_not_is_refused_with_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="did you mean `gap`"):
        analyse(shop(tmp_path, "rules: []\n"), findings=["gaps"])


# Conditions that are never true


@pytest.mark.parametrize(
    ("when", "apart"),
    [
        ("shop.age < 5 and shop.loyal and shop.age >= 5", ("`shop.age < 5`", "`shop.age >= 5`")),
        ("shop.age > 5 and shop.age < 5", ("`shop.age > 5`", "`shop.age < 5`")),
        ("shop.visits > 5 and shop.visits < 6", ("`shop.visits > 5`", "`shop.visits < 6`")),
        ("shop.loyal and not (shop.loyal or shop.angry)", ("`shop.loyal`", "`not shop.loyal`")),
        ('shop.level == "low" and shop.level in ["medium", "high"]', ('`shop.level == "low"`', None)),
        ("shop.age is missing and shop.age > 5", ("`shop.age is missing`", "`shop.age > 5`")),
    ],
)
def test_a_rule_whose_parts_exclude_each_other_never_acts(
    tmp_path: Path, when: str, apart: tuple[str, str | None]
) -> None:
    rules = f"rules:\n  - {{id: ok, when: shop.loyal, propose: call, because: x}}\n  - id: bad\n    when: '{when}'\n"
    [issue] = found(tmp_path, "unreachable-rule", rules + "    propose: call\n    because: x\n")
    assert (issue.subject, issue.severity, issue.source) == ("shop.bad", "error", line_of(tmp_path, "id: bad"))
    assert issue.message.startswith("rule `shop.bad` never proposes anything: `")
    assert issue.message.endswith("exclude each other")
    assert {of.text for of in issue.reasons} >= {of for of in apart if of}
    assert len(issue.reasons) == 2
    assert {of.source for of in issue.reasons} == {issue.source}


@pytest.mark.parametrize(
    "when",
    [
        "shop.age <= 5 and shop.loyal and shop.age >= 5",
        "shop.age > 5 and shop.age < 6",
        "shop.visits > 5 and shop.visits < 7",
        "shop.loyal and not (not shop.loyal or shop.angry)",
        'shop.level <= "low" and shop.level in ["low", "high"]',
        "shop.age is missing or shop.age > 5",
        "shop.age == 0.1 and shop.spent == 0.2 and shop.age + shop.spent > 0.3",  # in doubles it is
    ],
)
def test_a_rule_whose_parts_meet_at_the_edge_can_act(tmp_path: Path, when: str) -> None:
    when = when.replace('shop.level <= "low"', 'shop.level == "low"')
    rules = f"rules:\n  - id: fine\n    when: '{when}'\n    propose: call\n    because: x\n"
    assert found(tmp_path, "unreachable-rule", rules) == ()


def test_the_reason_is_minimal_and_says_of_which_signal_a_part_is(tmp_path: Path) -> None:
    rules = """
    signals:
      calm: {when: shop.visits < 2 and shop.spent < 100, because: x}
    rules:
      - id: never
        when: {all: [shop.loyal, shop.calm, not shop.angry, shop.spent > 200]}
        propose: call
        because: x
    """
    [issue] = found(tmp_path, "unreachable-rule", rules)
    assert issue.message.endswith("`shop.spent < 100` and `shop.spent > 200` exclude each other")
    signal = line_of(tmp_path, "calm:")
    assert [of.source for of in issue.reasons] == [f"signal shop.calm, {signal}", line_of(tmp_path, "id: never")]


def test_three_parts_that_only_together_cannot_be(tmp_path: Path) -> None:
    when = "shop.age < shop.spent and shop.spent < shop.visits and shop.visits < shop.age and shop.loyal"
    rules = f"rules:\n  - {{id: ring, when: {when}, propose: call, because: x}}\n"
    [issue] = found(tmp_path, "unreachable-rule", rules)
    assert issue.message.endswith("cannot all be true")
    assert len(issue.reasons) == 3


def test_a_dead_signal_is_told_once_with_the_rules_that_need_it(tmp_path: Path) -> None:
    rules = """
    signals:
      dead: {when: shop.age < 5 and shop.age > 5, because: x}
    rules:
      - {id: one, when: shop.dead and shop.loyal, propose: call, because: x}
      - {id: two, when: shop.dead, propose: help, because: x}
      - {id: alive, when: not shop.dead, propose: thank, because: x}
    """
    [issue] = found(tmp_path, "unreachable-rule", rules)
    assert issue.subject == "shop.dead"
    assert "so rule `shop.one`, rule `shop.two` never act" in issue.message
    assert issue.source == line_of(tmp_path, "dead:")
    assert {of.source for of in issue.reasons} >= {line_of(tmp_path, "id: one"), line_of(tmp_path, "id: two")}


def test_an_item_that_cannot_be_is_found_and_one_that_can_is_not(tmp_path: Path) -> None:
    actions = """
actions:
  each: {title: Each, tier: care, for_each: o in shop.orders, key: o.id}
"""
    rules = """
    rules:
      - {id: never, when: o.total > 5 and o.total < 5, propose: each, because: x}
      - {id: fine, when: o.total >= 5 and o.total <= 5, propose: each, because: x}
      - {id: missing, when: 'count(p for p in shop.orders) < 1', propose: each, because: x}
    """
    issues = analyse(shop(tmp_path, rules, actions=actions), findings=["unreachable-rule"]).issues
    assert [of.subject for of in issues] == ["shop.missing", "shop.never"]


def test_a_guard_that_is_never_true_still_acts_in_doubt(tmp_path: Path) -> None:
    rules = """
    rules:
      - {id: doubt, when: shop.age < 5 and shop.age >= 5, block: {tier: growth}, because: x}
      - {id: lenient, when: shop.age < 5 and shop.age >= 5, block: {tier: growth}, on_unknown: allow, because: x}
    """
    lenient, doubt = found(tmp_path, "unreachable-rule", rules)
    assert (doubt.subject, doubt.severity) == ("shop.doubt", "warning")
    assert "acts only where its condition is not known" in doubt.message
    assert (lenient.subject, lenient.severity) == ("shop.lenient", "error")
    assert "never blocks anything" in lenient.message


def test_a_rule_that_a_setting_keeps_from_acting_is_only_information(tmp_path: Path) -> None:
    rules = """
    settings:
      least: {type: number, default: 5, min: 0, max: 9}
    rules:
      - {id: waits, when: shop.age > settings.least and shop.age < 4, propose: call, because: x}
    """
    [issue] = found(tmp_path, "unreachable-rule", rules)
    assert (issue.severity, issue.help) == ("info", "another value of a setting makes it act")


def test_a_draft_is_not_looked_at(tmp_path: Path) -> None:
    rules = "rules:\n  - {id: draft, when: shop.age < 5 and shop.age > 5, propose: call, because: x, status: draft}\n"
    assert found(tmp_path, "unreachable-rule", rules) == ()


# Actions that are always blocked


def test_an_action_that_two_guards_block_between_them(tmp_path: Path) -> None:
    rules = """
    rules:
      - {id: go, when: shop.age < 5, propose: offer, because: x}
      - {id: loyal, when: shop.age < 10 and shop.loyal, block: {action: offer}, because: loyal ones wait}
      - {id: others, when: shop.age < 10 and not shop.loyal, block: {tier: growth}, because: others wait}
      - {id: unrelated, when: shop.angry, block: {tier: growth}, because: x}
    """
    [issue] = found(tmp_path, "always-blocked", rules)
    assert issue.message == "action `shop.offer` is blocked by `shop.loyal` and `shop.others` wherever it is proposed"
    assert (issue.severity, issue.source) == ("error", line_of(tmp_path, "offer:"))
    assert [str(of) for of in issue.reasons] == [
        f"rule `shop.loyal`: loyal ones wait ({line_of(tmp_path, 'id: loyal')})",
        f"rule `shop.others`: others wait ({line_of(tmp_path, 'id: others')})",
    ]
    assert issue.help == "without any one of these it can get through"
    [example] = issue.examples
    assert example.given.profile == {"shop": {"age": 0}}  # blocked in doubt is blocked
    assert example.decision.outcome == "all_blocked"


@pytest.mark.parametrize(("edge", "blocked"), [("< 5", True), ("<= 5", False)])
def test_an_action_is_free_when_one_profile_gets_through(tmp_path: Path, edge: str, blocked: bool) -> None:
    rules = f"""
    rules:
      - {{id: go, when: shop.age {edge}, propose: offer, because: x}}
      - {{id: guard, when: shop.age < 5, block: {{tier: growth}}, because: x}}
    """
    assert bool(found(tmp_path, "always-blocked", rules)) is blocked


def test_what_alone_frees_an_action_is_said(tmp_path: Path) -> None:
    rules = """
    rules:
      - {id: go, when: shop.age < 5, propose: offer, because: x}
      - {id: one, when: shop.age < 6, block: {tier: growth}, because: x}
      - {id: two, when: shop.age < 7, block: {tier: growth}, because: x}
    """
    [issue] = found(tmp_path, "always-blocked", rules)
    assert len(issue.reasons) == 1
    assert issue.help == "other rules block it as well: without one of these alone it still cannot get through"


def test_an_action_that_a_law_blocks_on_its_only_channel(tmp_path: Path) -> None:
    actions = "\nactions:\n  offer: {title: Offer, tier: growth, channels: [email, phone]}\n"
    house = """
    laws:
      - {id: no_mail, given: true, never: {channel: email}, because: no mail}
    """
    rules = """
    rules:
      - {id: go, when: shop.loyal, propose: offer, because: x}
      - {id: no_calls, when: shop.loyal, block: {channel: phone}, because: no calls}
    """
    analysis = analyse(shop(tmp_path, rules, house=house, actions=actions), findings=["always-blocked"])
    [issue] = analysis.issues
    assert "is blocked by `no_mail` and `shop.no_calls` wherever it is proposed, on every channel" in issue.message
    assert {of.source for of in issue.reasons} == {
        line_of(tmp_path, "no_mail", "house.yaml"),
        line_of(tmp_path, "id: no_calls"),
    }


# Laws


def test_an_always_law_that_guards_make_void(tmp_path: Path) -> None:
    rules = """
    rules:
      - {id: go, when: shop.angry, propose: help, because: x}
      - {id: wait, when: shop.spent > 5, block: {tier: care}, because: x}
    """
    for limit, count in ((10, 1), (5, 1), (4, 0)):
        house = f"laws:\n  - {{id: help_first, given: shop.spent > {limit}, always: {{tier: care}}, because: x}}\n"
        issues = found(tmp_path, "laws-contradict", rules, house=house)
        assert len(issues) == count
        for issue in issues:
            assert issue.message.endswith("whenever it binds, all its actions are blocked by `shop.wait`")
            assert (issue.severity, issue.source) == ("error", line_of(tmp_path, "help_first", "house.yaml"))
            assert str(issue.reasons[0]) == f"rule `shop.wait` ({line_of(tmp_path, 'id: wait')})"


def test_a_law_that_never_applies(tmp_path: Path) -> None:
    rules = "rules:\n  - {id: go, when: shop.angry, propose: help, because: x}\n"
    house = """
    vocabulary: {tags: [nobody]}
    laws:
      - {id: never, given: shop.age < 5 and shop.age > 5, always: {tier: care}, because: x}
      - {id: edge, given: shop.age <= 5 and shop.age >= 5, always: {tier: care}, because: x}
      - {id: doubt, given: shop.age < 5 and shop.age > 5, never: {tier: care}, because: x}
      - {id: nothing, given: shop.loyal, never: {tag: nobody}, because: x}
    """
    issues = {of.subject: of for of in found(tmp_path, "law-never-applies", rules, house=house)}
    assert {id: of.severity for id, of in issues.items()} == {"never": "error", "doubt": "warning", "nothing": "info"}
    assert issues["nothing"].message == "law `nothing` speaks of no action that is loaded"
    assert issues["never"].source == line_of(tmp_path, "id: never", "house.yaml")


# Rules that another one makes needless


@pytest.mark.parametrize(
    ("narrow", "wide", "what"),
    [
        ("shop.age > 10 and shop.loyal", "shop.age > 5", "changes nothing"),
        ("shop.age >= 5", "shop.age > 4.5", "changes nothing"),
        ("shop.age > 5", "not (shop.age <= 5)", "is the same as"),
        ("shop.age > 5 and shop.loyal", "shop.loyal and shop.age > 5", "is the same as"),
    ],
)
def test_a_proposal_that_another_rule_makes_needless(tmp_path: Path, narrow: str, wide: str, what: str) -> None:
    rules = f"""
    rules:
      - {{id: narrow, when: {narrow}, propose: offer, because: x}}
      - {{id: wide, when: {wide}, propose: [offer, call], because: x}}
    """.replace("[offer, call]", "offer")
    [issue] = found(tmp_path, "subsumed-rule", rules)
    assert what in issue.message
    assert issue.severity == "warning"
    assert {issue.subject, *(of.text[6:-1] for of in issue.reasons)} == {"shop.narrow", "shop.wide"}
    if what == "changes nothing":
        assert (issue.subject, issue.source) == ("shop.narrow", line_of(tmp_path, "id: narrow"))
        assert issue.reasons[0].source == line_of(tmp_path, "id: wide")


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("shop.age >= 5", "propose: offer, when: shop.age > 5"),
        ("shop.age > 10", "propose: upsell, when: shop.age > 5"),
        ("shop.age > 10", "propose: offer, when: shop.age > 5 and shop.spent is not missing"),
    ],
)
def test_a_proposal_that_adds_something_is_needed(tmp_path: Path, narrow: str, wide: str) -> None:
    rules = f"""
    rules:
      - {{id: narrow, when: {narrow}, propose: offer, because: x}}
      - {{id: wide, {wide}, because: x}}
    """
    assert "shop.narrow" not in {of.subject for of in found(tmp_path, "subsumed-rule", rules)}


def test_a_guard_is_needless_only_if_the_other_acts_in_doubt_too(tmp_path: Path) -> None:
    rules = """
    rules:
      - {id: wide, when: shop.age > 5, block: {tier: growth}, because: x}
      - {id: narrow, when: shop.age > 10, block: {action: offer}, because: x}
      - {id: known, when: shop.age > 5 and shop.age is not missing, block: {tier: care}, because: x}
      - {id: unknown, when: shop.age > 10, block: {tier: care}, because: x}
      - {id: lenient, when: shop.age > 10, block: {tier: adoption}, on_unknown: allow, because: x}
      - {id: strict, when: shop.age > 10, block: {tier: adoption}, because: x}
    """
    issues = found(tmp_path, "subsumed-rule", rules)
    assert [of.subject for of in issues] == ["shop.lenient", "shop.narrow"]
    assert issues[1].message.endswith("whenever it acts, `shop.wide` blocks the same, or more")


def test_a_rule_with_another_effect_beside_is_needed(tmp_path: Path) -> None:
    rules = """
    rules:
      - {id: wide, when: shop.age > 5, propose: offer, because: x}
      - id: tells
        when: shop.age > 10
        propose: offer
        notify: {department: shop, message: Look}
        because: x
      - {id: more, when: shop.age > 10, propose: [offer, upsell], because: x}
    """
    assert found(tmp_path, "subsumed-rule", rules) == ()


# Parts that make no difference


@pytest.mark.parametrize(
    ("when", "part", "why"),
    [
        ("shop.age > 5 and shop.age > 3", "shop.age > 3", "it is always so when `shop.age > 5`"),
        ("shop.age > 3 and shop.age >= 5", "shop.age > 3", "it is always so when `shop.age >= 5`"),
        (
            "shop.age > 5 or (shop.age > 9 and shop.loyal)",
            "shop.age > 9 and shop.loyal",
            "whenever it is so, `shop.age > 5` is so as well",
        ),
        ("shop.loyal and default(shop.age, 1) == default(shop.age, 1)", None, "it is always so"),
        ("shop.loyal or default(shop.age, 1) < default(shop.age, 1)", None, "it is never so"),
        (
            "any(o.total > 5 and o.total > 3 for o in shop.orders)",
            "o.total > 3",
            "it is always so when `o.total > 5`",
        ),
    ],
)
def test_a_part_that_makes_no_difference(tmp_path: Path, when: str, part: str | None, why: str) -> None:
    rules = f"rules:\n  - id: idle\n    when: '{when}'\n    propose: call\n    because: x\n"
    [issue] = found(tmp_path, "idle-condition", rules)
    assert issue.message.endswith(f"makes no difference to the condition of rule `shop.idle`: {why}")
    assert part is None or issue.message.startswith(f"`{part}` ")
    assert (issue.severity, issue.source) == ("warning", line_of(tmp_path, "id: idle"))


@pytest.mark.parametrize(
    "when",
    [
        "shop.age >= 5 and shop.age > 5 - 1e-9",
        "shop.age > 5 or (shop.age >= 5 and shop.loyal)",
        "shop.spent > 5 or shop.spent <= 5",  # it says that it is known
        "shop.age > 5 and shop.age is not missing",  # false where it would be unknown
        "any(o.total > 5 and o.late for o in shop.orders)",
        "shop.loyal and default(shop.age, 1) >= 1",
    ],
)
def test_a_part_that_matters_somewhere_is_not_idle(tmp_path: Path, when: str) -> None:
    when = when.replace("shop.age >= 5 and shop.age > 5 - 1e-9", "shop.age >= 5 and shop.age != 5")
    rules = f"rules:\n  - id: fine\n    when: '{when}'\n    propose: call\n    because: x\n"
    assert found(tmp_path, "idle-condition", rules) == ()


def test_of_two_parts_that_say_the_same_one_is_told(tmp_path: Path) -> None:
    rules = "rules:\n  - {id: a, when: shop.loyal and shop.age > 5 and shop.loyal, propose: call, because: x}\n"
    [issue] = found(tmp_path, "idle-condition", rules)
    assert issue.message.startswith("`shop.loyal` makes no difference")


def test_a_row_that_never_decides(tmp_path: Path) -> None:
    rules = """
    signals:
      kind:
        first_of:
          - {when: shop.age > 5, is: old}
          - {when: shop.age > 9, is: ancient}
          - {when: shop.age > 5 - 1, is: middle}
          - {is: young}
    rules:
      - {id: a, when: 'shop.kind == "old"', propose: call, because: x}
    """
    [issue] = found(tmp_path, "idle-condition", rules)
    assert issue.message.startswith("the row `shop.age > 9` of signal `shop.kind` never decides")
    assert issue.source == line_of(tmp_path, "kind:")


def test_one_root_cause_is_one_finding(tmp_path: Path) -> None:
    rules = """
    rules:
      - {id: wide, when: shop.age > 5, propose: offer, because: x}
      - {id: never, when: shop.age > 5 and shop.age > 3 and shop.age < 5, propose: offer, because: x}
      - {id: narrow, when: shop.age > 10 and shop.age > 7, propose: offer, because: x}
    """
    analysis = analyse(shop(tmp_path, rules))
    told = [(of.subject, of.kind) for of in analysis.issues if of.severity != "info"]
    assert told == [("shop.never", "unreachable-rule"), ("shop.narrow", "subsumed-rule")]


# Actions that never come first


@pytest.mark.parametrize(("age", "loses"), [(3, True), (5, True), (6, False)])
def test_an_action_that_a_higher_one_always_stands_before(tmp_path: Path, age: int, loses: bool) -> None:
    rules = f"""
    rules:
      - {{id: low, when: shop.age > 5, propose: offer, because: x}}
      - {{id: high, when: shop.age > {age}, propose: help, because: x}}
      - {{id: other, when: shop.loyal, propose: call, because: x}}
    """
    issues = found(tmp_path, "never-wins", rules)
    assert bool(issues) is loses
    for issue in issues:
        assert issue.message.endswith("whenever it is open, `shop.help` is open, and ranks above it")
        assert [str(of) for of in issue.reasons] == [f"action `shop.help` (care) ({line_of(tmp_path, 'help:')})"]
        [example] = issue.examples
        assert example.given.profile == {"shop": {"age": 10}}
        assert [of.action for of in example.decision.actions] == ["shop.help", "shop.offer"]


def test_in_one_tier_only_scores_that_never_change_tell(tmp_path: Path) -> None:
    actions = """
actions:
  first: {title: First, tier: care, value: 2}
  second: {title: Second, tier: care, value: 1}
  third: {title: Third, tier: care, value: "default(shop.spent, 0)"}
"""
    rules = """
    rules:
      - {id: a, when: shop.loyal, propose: [first, second, third], because: x}
    """
    analysis = analyse(shop(tmp_path, rules, actions=actions), findings=["never-wins"])
    assert [of.subject for of in analysis.issues] == ["shop.second"]


# Gaps


def test_a_gap_has_its_smallest_customers_and_the_segments_without_one(tmp_path: Path) -> None:
    rules = """
    signals:
      big: {when: shop.spent > 10, because: x}
      some: {when: shop.spent >= 5, because: x}
    rules:
      - {id: a, when: shop.spent > 5, propose: offer, because: x}
    """
    [issue] = found(tmp_path, "gap", rules)
    assert issue.severity == "info"
    assert issue.message.startswith("nothing is proposed to some customers, even where no rule is undecided")
    assert [str(of) for of in issue.reasons] == [f"`shop.big` is true ({line_of(tmp_path, 'big:')})"]
    assert [of.given.profile for of in issue.examples] == [{}, {"shop": {"spent": 0}}]


def test_rules_that_always_propose_something_have_no_gap(tmp_path: Path) -> None:
    assert found(tmp_path, "gap", "rules:\n  - {id: a, when: true, propose: offer, because: x}\n") == ()


# What could not be settled


def test_what_a_plugin_says_is_not_settled_and_not_dropped(tmp_path: Path) -> None:
    class Plugin:
        @staticmethod
        @nba.hookimpl
        def nba_features() -> list[object]:
            @nba.feature(reads=["shop.orders"], returns=float)
            def odd(orders: object) -> float:
                return 1.0

            return [odd]

    folder = tmp_path
    shop(folder, "rules: []\n")
    text = "pack: more\nrules:\n  - {id: never, when: desk.odd > 2, propose: shop.call, because: x}\n"
    (folder / "more.yaml").write_text(text, encoding="utf-8")
    analysis: Analysis = analyse(nba.load(folder, plugins={"desk": Plugin}), findings=["unreachable-rule"])
    [unsettled] = analysis.unsettled
    assert (unsettled.subject, unsettled.source) == ("more.never", "more.yaml:3")
    assert unsettled.why == "the feature `desk.odd` is opaque to a proof"
    assert "not settled[unreachable-rule]: the feature `desk.odd` is opaque to a proof" in str(analysis)
    assert analysis.issues == ()


def test_what_a_feature_says_of_a_missing_list_is_not_said_of_every_list(tmp_path: Path) -> None:
    class Plugin:
        @staticmethod
        @nba.hookimpl
        def nba_features() -> list[object]:
            @nba.feature(reads=["shop.orders"], returns=int)
            def long(orders: list[object] | None) -> int | None:
                return None if orders is None else len(orders)

            return [long]

    shop(tmp_path, "rules: []\n")
    text = "pack: more\nrules:\n  - {id: three, when: desk.long == 3, propose: shop.call, because: x}\n"
    (tmp_path / "more.yaml").write_text(text, encoding="utf-8")
    rules = nba.load(tmp_path, plugins={"desk": Plugin})
    assert analyse(rules, findings=["unreachable-rule"], samples=0).issues == ()


# More done because less is known


@pytest.mark.parametrize(
    ("rule", "place", "owner"),
    [
        ("when: shop.age is missing, propose: help", "shop.age is missing", "shop.it"),
        ('when: "default(shop.age, 50) > 40", propose: help', "default(shop.age, 50)", "shop.it"),
        ("when: shop.unseen, propose: help", "shop.age is missing", "shop.unseen"),
        ("when: shop.age > 5, block: {action: call}, on_unknown: allow", "on_unknown: allow", "shop.it"),
        ('when: "default(shop.age, 0) > 5", block: {action: call}', "default(shop.age, 0)", "shop.it"),
        (
            "when: 'any(o.total is missing for o in shop.orders)', propose: help",
            "o.total is missing",
            "shop.it",
        ),
    ],
)
def test_a_place_that_does_more_where_less_is_known(tmp_path: Path, rule: str, place: str, owner: str) -> None:
    rules = f"""
    signals:
      unseen: {{when: shop.age is missing and not shop.angry, because: x}}
    rules:
      - {{id: go, when: shop.loyal, propose: call, because: x}}
      - {{id: it, {rule}, because: x}}
    """
    [issue] = found(tmp_path, "flips-on-missing", rules)
    assert (issue.subject, issue.severity) == (owner, "info")
    assert issue.source == line_of(tmp_path, "unseen:" if owner == "shop.unseen" else "id: it")
    assert f"says `{place}`" in issue.message
    known, unknown = (of.decision for of in issue.examples)
    done = [None if of.action is None else of.action.action for of in (known, unknown)]
    assert done[0] != done[1]
    assert done[1] == ("shop.call" if "block" in rule else "shop.help")


def test_what_a_house_assumes_does_more_where_less_is_known(tmp_path: Path) -> None:
    rules = """
    rules:
      - {id: go, when: shop.loyal, propose: offer, because: x}
      - {id: wait, when: any(o.late for o in shop.orders), block: {tier: growth}, because: x}
    """
    house = "assume:\n  - {path: shop.orders, missing_means: [], because: x}\n"
    [issue] = found(tmp_path, "flips-on-missing", rules, house=house)
    assert issue.message == (
        "where `shop.orders` is not known, `shop.offer` comes first instead of nothing: "
        "`shop.wait` does not block it, as the house says `assume: shop.orders`"
    )
    before, after = (of.given.profile for of in issue.examples)
    assert before == {"shop": {"loyal": True, "orders": [{}]}}
    assert after == {"shop": {"loyal": True}}


@pytest.mark.parametrize(
    "rule",
    [
        "when: shop.age is not missing, propose: help",
        'when: "default(shop.age, 30) > 40", propose: help',
        "when: shop.age is missing, block: {action: call}",
        "when: shop.age > 5, block: {action: call}",
        'when: "default(shop.age, 50) > 5", block: {action: call}',
        "when: 'any(o.total is not missing for o in shop.orders)', propose: help",
    ],
)
def test_a_place_that_does_less_where_less_is_known_is_fine(tmp_path: Path, rule: str) -> None:
    rules = f"""
    rules:
      - {{id: go, when: shop.loyal, propose: call, because: x}}
      - {{id: it, {rule}, because: x}}
    """
    assert found(tmp_path, "flips-on-missing", rules) == ()
