"""Running cases: what is given, what is compared, and that nothing misspelt passes."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

import nba
from nba.authoring import CaseReport, run_cases

PACK = """
pack: shop
profile: {section: shop, schema: shop.schema.json}
signals:
  angry: {when: "any(c.open for c in shop.cases)", because: a case is open}
  since: {value: days_since(shop.seen_at)}
actions:
  call: {title: Call, tier: recovery, channels: [phone]}
  offer: {title: Offer, tier: growth, channels: [email], tags: [promo]}
  ship: {title: Ship, tier: care, for_each: o in shop.orders, key: o.id}
rules:
  - {id: call_the_angry, when: shop.angry, propose: call, because: a case is open}
  - {id: offer_all, when: "true", propose: offer, because: everyone likes offers}
  - {id: ship_late, when: o.late, propose: ship, because: it is late}
  - {id: hold, when: shop.angry, block: {tier: growth}, because: first things first}
  - {id: recent_only, for: {tag: promo}, require: days_since(shop.seen_at) < 30, because: who was here lately}
  - {id: tell, when: shop.angry, notify: {department: sales, message: "Hold for {id}."}}
  - {id: winback, with: [absent], when: "true", block: {tier: growth}, because: never here}
"""
SCHEMA = {
    "type": "object",
    "properties": {
        "seen_at": {"type": "string", "format": "date-time"},
        "born": {"type": "string", "format": "date"},
        "cases": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"open": {"type": "boolean"}, "at": {"type": "string", "format": "date-time"}},
            },
        },
        "orders": {
            "type": "array",
            "items": {"type": "object", "properties": {"id": {"type": "string"}, "late": {"type": "boolean"}}},
        },
    },
}
HOUSE = """
house: test
vocabulary: {departments: [sales]}
laws:
  - {id: the_angry_hear_from_us, given: shop.angry, always: {action: shop.call}, because: we answer}
"""


@pytest.fixture
def shop(tmp_path: Path) -> nba.Orchestrator:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "shop.yaml").write_text(PACK)
    (folder / "house.yaml").write_text(HOUSE)
    (folder / "shop.schema.json").write_text(json.dumps(SCHEMA))
    return nba.load(folder)


def run(shop: nba.Orchestrator, folder: Path, given: str, expect: str) -> CaseReport:
    file = folder / "cases.yaml"
    file.write_text(f"cases:\n  - name: the case\n    given: {given}\n    expect: {expect}\n", encoding="utf-8")
    return run_cases(file, shop)


ANGRY = (
    "{profile: {id: C-1, shop: {seen_at: {ago: 2 days}, cases: [{open: true}], orders: [{id: O-1, late: true}]}}, "
    "limit: all}"
)
CALM = (
    "{profile: {id: C-1, shop: {seen_at: {ago: 2 days}, cases: [], "
    "orders: [{id: O-1, late: true}, {id: O-2, late: false}]}}}"
)
UNKNOWN = "{profile: {id: C-1}}"


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        (ANGRY, "{action: shop.call, actions: [shop.call, 'shop.ship[O-1]'], outcome: action}"),
        (ANGRY, "{blocked: {shop.offer: [shop.hold]}, tasks: [sales], laws_unmet: [], undecided: [], unknown: []}"),
        (ANGRY, "{blocked: {shop.offer: []}}"),
        (CALM, "{action: shop.ship, not_proposed: [shop.call, 'shop.ship[O-2]'], outranked: [shop.offer], tasks: []}"),
        (CALM, "{action: 'shop.ship[O-1]', blocked: {}}"),
        (UNKNOWN, "{action: none, outcome: all_blocked, undecided: [shop.ship_late, shop.call_the_angry]}"),
        (UNKNOWN, "{blocked: {shop.offer: [shop.hold, shop.recent_only]}, unknown: [shop.cases]}"),
        ("{profile: {id: C-1}, signals: {shop.angry: true}}", "{action: shop.call, tasks: sales}"),
        ("{profile: {shop: {orders: []}}, proposed: [shop.call], signals: {shop.angry: false}}", "{action: shop.call}"),
    ],
)
def test_an_expectation_that_holds_passes(shop: nba.Orchestrator, tmp_path: Path, given: str, expect: str) -> None:
    report = run(shop, tmp_path, given, expect)
    assert report.passed, str(report)
    assert report.summary == "1 case: 1 passed"


@pytest.mark.parametrize(
    ("given", "expect", "told"),
    [
        (ANGRY, "{action: shop.offer}", ["expected  shop.offer", "but got   shop.call", "first things first"]),
        (ANGRY, "{action: none}", ["expected  none", "a case is open"]),
        (ANGRY, "{actions: [shop.call]}", ["but got   shop.call, shop.ship[O-1]"]),
        (ANGRY, "{actions: ['shop.ship[O-1]', shop.call]}", ["but got   shop.call, shop.ship[O-1]"]),
        (CALM, "{actions: ['shop.ship[O-1]', shop.offer]}", ["`limit: 1`", "say `limit: 2` or more"]),
        (ANGRY, "{outcome: all_blocked}", ["expected  all_blocked", "but got   action"]),
        (ANGRY, "{blocked: {}}", ["expected  nothing", "shop.offer blocked by shop.hold"]),
        (ANGRY, "{blocked: {shop.offer: [consent]}}", ["expected  shop.offer blocked by consent", "shop.hold"]),
        (ANGRY, "{blocked: {shop.call: []}}", ["shop.call chosen, number 1"]),
        (CALM, "{blocked: {shop.call: []}}", ["shop.call is not proposed"]),
        (ANGRY, "{not_proposed: [shop.offer]}", ["shop.offer blocked by shop.hold"]),
        (CALM, "{not_proposed: [shop.ship]}", ["shop.ship[O-1] chosen, number 1", "it is late"]),
        (ANGRY, "{tasks: []}", ["expected  nothing", "but got   sales", "Hold for C-1."]),
        (CALM, "{tasks: [sales]}", ["expected  sales", "but got   nothing"]),
        (ANGRY, "{outranked: [shop.offer]}", ["shop.offer blocked by"]),
        (CALM, "{outranked: []}", ["shop.offer outranked by shop.ship[O-1] (limit)"]),
        (ANGRY, "{undecided: [shop.hold]}", ["but got   nothing"]),
        (UNKNOWN, "{undecided: []}", ["expected  nothing"]),
        (UNKNOWN, "{unknown: []}", ["shop.cases"]),
        (ANGRY, "{laws_unmet: [the_angry_hear_from_us]}", ["but got   nothing"]),
    ],
)
def test_an_expectation_that_does_not_hold_fails_and_tells_both_sides(
    shop: nba.Orchestrator, tmp_path: Path, given: str, expect: str, told: list[str]
) -> None:
    report = run(shop, tmp_path, given, expect)
    assert not report.passed
    assert not report.problems
    text = str(report)
    assert "FAILED: the case" in text
    assert "cases.yaml:4)" in text
    assert report.summary == "1 case: 0 passed, 1 failed"
    for words in told:
        assert words in text


@pytest.mark.parametrize(
    ("given", "expect", "told"),
    [
        (CALM, "{action: shop.cal}", "did you mean `shop.call`?"),
        (CALM, "{actions: [shop.cal]}", "did you mean `shop.call`?"),
        (CALM, "{not_proposed: [shop.ofer]}", "did you mean `shop.offer`?"),
        (CALM, "{not_proposed: ['shop.offer[1]']}", "has no items"),
        (CALM, "{outranked: [shop.ofer]}", "did you mean `shop.offer`?"),
        (CALM, "{blocked: {shop.ofer: []}}", "did you mean `shop.offer`?"),
        (CALM, "{blocked: {shop.offer: [shop.hod]}}", "did you mean `shop.hold`?"),
        (CALM, "{blocked: {shop.offer: [shop.tell]}}", "there is no guard, law or gate `shop.tell`"),
        (CALM, "{blocked: {shop.offer: [shop.winback]}}", "waits for pack `absent`"),
        (CALM, "{tasks: [salse]}", "did you mean `sales`?"),
        (CALM, "{undecided: [shop.ship_lat]}", "did you mean `shop.ship_late`?"),
        (CALM, "{laws_unmet: [the_angry_hear]}", "no `always` law"),
        ("{signals: {shop.angri: true}}", "{action: none}", "did you mean `shop.angry`?"),
        ("{signals: {shop.angry: no}}", "{action: none}", "wanted true or false"),
        ("{proposed: [shop.cal]}", "{action: none}", "did you mean `shop.call`?"),
        ("{proposed: [shop.ship]}", "{action: none}", "for each of its items only"),
        ("{profile: {shop: {cases: [{opn: true}]}}}", "{action: none}", "did you mean `open`?"),
        ("{profile: {shop: {cases: [{open: 1}]}}}", "{action: none}", "found a number, wanted true or false"),
        ("{context: {stok: {a: 1}}}", "{action: none}", "did you mean `stock`?"),
        ("{profile: {shop: {seen_at: {ago: 2 months}}}}", "{action: none}", "have no one length"),
        ("{profile: {shop: {seen_at: {ago: 999999 weeks}}}}", "{action: none}", "off the calendar"),
        ("{base: nowhere.json}", "{action: none}", "cannot be read"),
        ("{base: .}", "{action: none}", "is a folder"),
    ],
)
def test_a_case_that_is_itself_wrong_never_passes(
    shop: nba.Orchestrator, tmp_path: Path, given: str, expect: str, told: str
) -> None:
    report = run(shop, tmp_path, given, expect)
    assert not report.passed
    assert report.problems
    assert told in str(report)
    assert "cases.yaml:" in str(report)
    assert report.summary == "1 case: 0 passed, 1 could not be run"


def test_dates_and_instants_are_counted_from_the_moment(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "shop.schema.json").write_text(json.dumps(SCHEMA))
    (folder / "shop.yaml").write_text(
        dedent("""
        pack: shop
        profile: {section: shop, schema: shop.schema.json}
        actions: {cake: {tier: care}, mail: {tier: care}}
        rules:
          - {id: birthday, when: shop.born == date("2026-02-26"), propose: cake, because: it is the day}
          - {id: seen, when: shop.seen_at == instant("2026-02-26T23:30:00Z"), propose: mail, because: it is the hour}
        """)
    )
    given = (
        "{profile: {shop: {born: {ago: 3 days}, seen_at: {ago: 3 days}}}, as_of: 2026-03-02T01:30:00+02:00, limit: 2}"
    )
    report = run(nba.load(folder), tmp_path, given, "{actions: [shop.cake, shop.mail]}")
    assert report.passed, str(report)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_base_is_merged_below_the_profile(shop: nba.Orchestrator, tmp_path: Path, form: str) -> None:
    base = {
        "id": "C-9",
        "other": {"x": 1},
        "shop": {"seen_at": {"ago": "2 days"}, "cases": [{"open": True}], "orders": []},
    }
    (tmp_path / f"base.{form}").write_text(json.dumps(base))  # JSON is YAML too
    angry = run(shop, tmp_path, f"{{base: base.{form}}}", "{action: shop.call}")
    calm = run(shop, tmp_path, f"{{base: base.{form}, profile: {{shop: {{cases: []}}}}}}", "{action: shop.offer}")
    gone = run(shop, tmp_path, f"{{base: base.{form}, profile: {{shop: {{cases: null}}}}}}", "{action: none}")
    for report in (angry, calm, gone):
        assert report.passed, str(report)


def test_a_base_may_know_more_than_is_loaded_unless_the_rules_forbid_it(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text('{"id": "C-1", "elsewhere": {"x": 1}}')
    house = nba.shipped("house")
    assert run(nba.load(house), tmp_path, "{base: base.json}", "{action: none}").passed
    report = run(nba.load(house, extra="forbid"), tmp_path, "{base: base.json}", "{action: none}")
    assert "profile: elsewhere: found a field" in str(report)


def test_a_fault_in_a_base_is_told_at_the_base(shop: nba.Orchestrator, tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text('{"shop": {"cases": [{"open": "yes"}]}}')
    report = run(shop, tmp_path, "{base: base.json}", "{action: none}")
    assert "shop.cases[0].open: found text" in str(report)


def test_files_of_packs_and_houses_are_passed_over_in_a_folder() -> None:
    dealer = nba.shipped("car-dealer")
    report = run_cases(dealer, nba.load(dealer))
    assert report.passed, str(report)
    assert len(report.results) == len(run_cases([dealer / "cases"], nba.load(dealer)).results) > 30


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("cases.yaml", "pack: shop", "there are no cases in"),
        ("cases.yaml", "", "is empty"),
        ("cases.yaml", "- 1", "this should be a mapping"),
        ("cases.yaml", "cases: {a: 1", "is never closed"),
        ("cases.yaml", "cases: null", "this should be a list"),
        (
            "cases.yaml",
            "cases: [{name: a, expect: {action: none}}, {name: a, expect: {tasks: []}}]",
            "another case has this name",
        ),
    ],
)
def test_a_file_that_is_not_of_cases_is_refused(
    shop: nba.Orchestrator, tmp_path: Path, name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(nba.RulesError, match=told):
        run_cases(tmp_path / name, shop)


def test_nowhere_and_an_empty_folder_are_refused_and_pass_nothing(shop: nba.Orchestrator, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(nba.RulesError, match="there is no file or folder"):
        run_cases(tmp_path / "nowhere", shop)
    with pytest.raises(nba.RulesError, match="there are no cases in"):
        run_cases(tmp_path / "empty", shop)
    with pytest.raises(nba.RulesError, match="no path at all"):
        run_cases([], shop)


def test_a_report_is_plain_data_too(shop: nba.Orchestrator, tmp_path: Path) -> None:
    data = json.loads(json.dumps(run(shop, tmp_path, ANGRY, "{action: shop.offer}").to_dict()))
    [case] = data["cases"]
    assert (data["passed"], case["passed"], case["problems"]) == (False, False, [])
    assert case["mismatches"][0]["expected"] == "shop.offer"
    assert case["mismatches"][0]["source"].endswith("cases.yaml:4")
