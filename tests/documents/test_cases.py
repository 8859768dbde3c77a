"""The file of cases as it is written: what it takes, and how it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from nba.documents.cases import AS_OF, Cases, is_time, moved
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.errors import RulesError
from nba.source import Source


def cases(text: str) -> Cases:
    node = read(Source("cases.yaml", text))
    assert node is not None
    return validate(node, Cases)


def refused(text: str) -> str:
    with pytest.raises(RulesError) as caught:
        cases(text)
    return str(caught.value)


def test_a_case_says_only_what_matters() -> None:
    [case] = cases("cases: [{name: nobody is called, expect: {action: none}}]").cases
    assert case.given.as_of == AS_OF == datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert case.given.most == 1
    assert case.expect.model_fields_set == {"action"}


@pytest.mark.parametrize(("written", "most"), [("3", 3), ("all", None), ("null", None)])
def test_a_limit_is_a_number_or_all(written: str, most: int | None) -> None:
    [case] = cases(f"cases: [{{name: a, given: {{limit: {written}}}, expect: {{action: none}}}}]").cases
    assert case.given.most == most


def test_one_word_is_a_list_of_one() -> None:
    text = "cases: [{name: a, expect: {tasks: sales, not_proposed: sales.gold, blocked: {sales.silver: consent}}}]"
    [case] = cases(text).cases
    assert (case.expect.tasks, case.expect.not_proposed) == (["sales"], ["sales.gold"])
    assert case.expect.blocked == {"sales.silver": ["consent"]}


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("cases: []", "wrong-value", "1:8", "empty"),
        ("cases: [{name: a}]", "missing-key", "1:9", "`expect:`"),
        ("cases: [{expect: {action: none}}]", "missing-key", "1:9", "`name:`"),
        ("cases: [{name: a, expect: {}}]", "wrong-value", "1:27", "expects nothing"),
        ("cases: [{name: a, expect: {acton: none}}]", "unknown-key", "1:28", "did you mean `action`?"),
        ("cases: [{name: a, given: {profil: {}}, expect: {action: none}}]", "unknown-key", "1:27", "`profile`"),
        ("cases: [{name: a, expect: {action: null}}]", "wrong-value", "1:36", "nothing stands here"),
        ("cases: [{name: a, expect: {tasks: }}]", "wrong-value", "1:35", "nothing stands here"),
        ("cases: [{name: a, expect: {action: Gold}}]", "wrong-value", "1:36", "should be an action"),
        ("cases: [{name: a, expect: {not_proposed: [sales gold]}}]", "wrong-value", "1:43", "should be an action"),
        ("cases: [{name: a, expect: {outcome: nothing}}]", "wrong-value", "1:37", "nothing_proposed"),
        ("cases: [{name: a, given: {as_of: 2026-01-01}, expect: {action: none}}]", "wrong-value", "1:34", "offset"),
        ("cases: [{name: a, given: {limit: 0}, expect: {action: none}}]", "wrong-value", "1:34", "at least 1"),
        ("cases: [{name: a, given: {profile: [1]}, expect: {action: none}}]", "wrong-value", "1:36", "mapping"),
        ("cases: [{name: a, expect: {blocked: {sales.gold: [1]}}}]", "wrong-value", "1:51", "text"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, code: str, place: str, words: str) -> None:
    told = refused(text)
    assert f"error[{code}]" in told
    assert f"cases.yaml:{place}" in told
    assert words in told


@pytest.mark.parametrize(
    ("time", "iso"),
    [
        ({"ago": "1 second"}, "2026-01-01T08:59:59+00:00"),
        ({"ago": "90 minutes"}, "2026-01-01T07:30:00+00:00"),
        ({"ago": "1.5 hours"}, "2026-01-01T07:30:00+00:00"),
        ({"in": "2 weeks"}, "2026-01-15T09:00:00+00:00"),
        ({"ago": "0 days"}, "2026-01-01T09:00:00+00:00"),
    ],
)
def test_a_time_is_counted_from_the_moment_of_the_case(time: dict[str, Any], iso: str) -> None:
    assert is_time(time)
    assert moved(AS_OF, time).isoformat() == iso


@pytest.mark.parametrize("length", ["3 months", "1 year", "three days", "3", 3, None, "-1 days", "1e3 days", "٣ days"])
def test_what_is_no_length_of_time_is_refused(length: object) -> None:
    with pytest.raises(ValueError, match="takes a length of time"):
        moved(AS_OF, {"ago": length})


def test_a_time_off_the_calendar_is_refused() -> None:
    for time in ({"ago": "999999 weeks"}, {"in": "999999999 weeks"}):
        with pytest.raises(ValueError, match="off the calendar"):
            moved(AS_OF, time)


@pytest.mark.parametrize("value", [{"ago": "1 day", "in": "2 days"}, {}, {"since": "1 day"}, "1 day", ["ago"], None])
def test_only_a_single_ago_or_in_is_a_time(value: object) -> None:
    assert not is_time(value)
