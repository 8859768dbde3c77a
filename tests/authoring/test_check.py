"""Checking rules: what a load refuses, what is likely not meant, and how much there is."""

from __future__ import annotations

from pathlib import Path

import pytest

import nba
from nba.authoring import check


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def test_the_shipped_rules_are_clean() -> None:
    for name in ("house", "car-dealer"):
        report = check(nba.shipped(name))
        assert (report.problems, report.warnings) == ((), ())
    assert str(report).startswith("4 packs, ")


def test_everything_that_a_load_refuses_is_told(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        shop="""
pack: shop
actions: {call: {tier: recovry}}
rules: [{id: a, when: valu > 3, propose: call, because: b}]
""",
    )
    report = check(folder)
    with pytest.raises(nba.RulesError) as caught:
        nba.load(folder)
    assert report.problems == caught.value.problems
    assert not report.passed
    assert report.summary == f"{len(report.problems)} errors"
    assert "did you mean `value`?" in str(report)


def test_what_is_likely_not_meant_is_a_warning_at_its_place(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        house="house: bare\n",
        shop="""pack: shop
settings: {days: {type: integer, default: 3}}
signals: {big: {when: value > 3}}
actions:
  call: {tier: recovery}
  mail: {tier: growth}
rules:
  - {id: a, when: "true", propose: call, because: b}
  - {id: b, when: "true", propose: mail, because: b, status: draft}
""",
    )
    report = check(folder)
    assert report.passed
    told = {(of.code, of.span.location if of.span else "") for of in report.warnings}
    assert told == {
        ("no-consent", "house.yaml:1"),
        ("no-laws", "house.yaml:1"),
        ("unread", "shop.yaml:2"),
        ("unread", "shop.yaml:3"),
        ("never-proposed", "shop.yaml:6"),
        ("inactive", "shop.yaml:9"),
    }
    assert all(of.level == "warning" for of in report.warnings)
    assert report.summary == "1 pack, 1 rule, 0 laws, 2 actions, 1 signal, 0 cases; 6 warnings"


def test_cases_beside_the_rules_are_checked_but_not_run(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        shop="""
pack: shop
actions: {call: {tier: recovery}}
rules: [{id: a, when: "true", propose: call, because: b}]
""",
        good="cases: [{name: it fails and is well written, expect: {action: none}}]",
    )
    assert check(folder).passed
    write(folder, bad="cases: [{name: a, expect: {action: shop.cal}}]", worse="cases: [{name: a, expct: {}}]")
    report = check(folder)
    assert not report.passed
    assert "did you mean `shop.call`?" in str(report)
    assert "did you mean `expect`?" in str(report)
    assert report.summary.endswith("; 3 errors")


def test_a_plugin_that_is_not_there_is_a_problem() -> None:
    [problem] = check(packs=["nowhere"]).problems
    assert problem.code == "plugin"
    assert "no plugin `nowhere` is installed" in problem.message


def test_a_report_is_plain_data_too(tmp_path: Path) -> None:
    data = check(write(tmp_path, shop="pack: shop\nsignals: {big: {when: value > 3}}\n")).to_dict()
    assert data["passed"] is True
    assert data["problems"] == []
    assert data["warnings"] == [
        {
            "level": "warning",
            "code": "unread",
            "message": "nothing that is loaded reads signal `shop.big`",
            "file": "shop.yaml",
            "line": 2,
            "column": 11,
            "help": None,
        }
    ]
