"""A decision written down as a case passes when the case is run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nba
from nba.authoring import run_cases
from nba.documents.yaml import plain, read
from nba.source import Source

DEALER = nba.shipped("car-dealer")
PROFILES = sorted((DEALER / "profiles").glob("*.json"))

PACK = """
    pack: p
    signals:
      calm: {when: value > 1}
    actions:
      offer: {tier: growth, for_each: e in events, key: e.name}
      letter: {tier: care, channels: [post]}
      note: {tier: care}
    rules:
      - {id: offer_all, when: true, propose: offer, because: always}
      - {id: calm_letter, when: p.calm, propose: letter, because: all is calm}
      - {id: tell, when: p.calm, notify: {department: p, message: "Call {name}"}, because: so}
      - {id: hold, when: value > 10, block: {tier: growth}, because: enough}
"""


def read_back(text: str) -> dict[str, Any]:
    """The one case of a text, as the rule author's tools read it."""
    (case,) = plain(read(Source("case.yaml", text)))["cases"]
    return case


def assert_passes(text: str, orchestrator: nba.Orchestrator, folder: Path) -> None:
    file = folder / "written_case.yaml"
    file.write_text(text, encoding="utf-8")
    report = run_cases(file, orchestrator)
    assert len(report.results) == 1
    assert report.passed, f"{report}\n{text}"


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("limit", [1, 3, None])
def test_every_decision_of_the_car_dealer_passes_as_a_case(profile: Path, limit: int | None, tmp_path: Path) -> None:
    dealer = nba.load(DEALER)
    context = json.loads((DEALER / "context.json").read_text())
    decision = dealer.decide(
        json.loads(profile.read_text()), context=context, as_of="2026-11-22T09:00:00Z", limit=limit
    )
    assert_passes(decision.to_case(), dealer, tmp_path)


def test_a_case_states_the_actions_all_that_blocks_and_the_tasks() -> None:
    profile = json.loads((DEALER / "profiles" / "anna-reopened.json").read_text())
    decision = nba.load(DEALER).decide(profile, as_of="2026-11-22T09:00:00Z", limit=3)
    case = read_back(decision.to_case("an open repair comes first"))
    assert case["name"] == "an open repair comes first"
    assert case["given"]["as_of"] == "2026-11-22T09:00:00Z"
    assert case["given"]["limit"] == 3
    assert case["given"]["profile"]["birth_date"] == "1984-05-17"
    assert case["expect"]["actions"] == ["service.call_back", "workshop.winter_check"]
    assert case["expect"]["blocked"]["sales.upgrade"] == [
        "service.hold_promotion_while_recovering",
        "no_selling_while_recovery_is_owed",
    ]
    assert case["expect"]["tasks"] == ["sales", "workshop"]


def test_no_action_is_expected_where_there_was_none(load: Callable[..., nba.Orchestrator], tmp_path: Path) -> None:
    orchestrator = load(PACK)
    text = orchestrator.decide({}, as_of="2026-01-01T09:00:00Z").to_case()
    assert read_back(text)["expect"] == {"action": "none", "blocked": {}, "tasks": []}
    assert_passes(text, orchestrator, tmp_path)


def test_stand_ins_and_proposed_actions_are_given(load: Callable[..., nba.Orchestrator], tmp_path: Path) -> None:
    orchestrator = load(PACK)
    decision = orchestrator.decide(
        {}, as_of="2026-01-01T09:00:00Z", signals={"p.calm": True}, proposed=["p.note"], limit=None
    )
    text = decision.to_case()
    assert read_back(text)["given"]["signals"] == {"p.calm": True}
    assert read_back(text)["given"]["proposed"] == ["p.note"]
    assert read_back(text)["expect"]["actions"] == ["p.letter", "p.note"]
    assert_passes(text, orchestrator, tmp_path)


def test_a_field_that_could_not_be_read_is_named_above_the_case(load: Callable[..., nba.Orchestrator]) -> None:
    decision = load(PACK).decide({"value": "much", "name": "Anna"}, as_of="2026-01-01T09:00:00Z", on_invalid="unknown")
    text = decision.to_case()
    assert text.startswith("# not in this case, as it could not be read: value\n")
    assert read_back(text)["given"]["profile"].get("value") is None


AWKWARD = (
    """no|null|~|012|0o17|1e3|1_000|2026-12-31|true|=|<<|- a|a: b|# x|'|"|%|0x1F|.5|+1|-|?|🙂|&a|*a|!t|>|@|`|{|]|,"""
)
SEEN_LESS = ["", " ", "a\nb", "a\r\nb", "\t", "\x85", "\u2028", "\ufeff", "\u200b", " a", "a ", "99999999999999999999"]
texts = st.one_of(
    st.sampled_from([*AWKWARD.split("|"), *SEEN_LESS]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
)


def test_a_control_character_is_shown_as_one_that_a_rule_file_cannot_hold(
    load: Callable[..., nba.Orchestrator],
) -> None:
    text = load(PACK).decide({"name": "A\x1bB"}, as_of="2026-01-01T09:00:00Z").to_case()
    assert text.startswith("# \ufffd stands for a character that a rule file cannot hold\n")
    assert read_back(text)["given"]["profile"] == {"name": "A\ufffdB"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(texts, st.floats(0, 1e300), max_size=3),
    st.lists(texts.filter(bool), max_size=3, unique=True),
    texts,
    st.floats(0, 20),
)
def test_every_text_and_number_reads_back_as_it_was(
    load: Callable[..., nba.Orchestrator],
    tmp_path: Path,
    scores: dict[str, float],
    names: list[str],
    name: str,
    value: float,
) -> None:
    orchestrator = load(PACK)
    scores = {key: score for key, score in scores.items() if key not in ("ago", "in")}  # a time, in a case
    profile = {"name": name, "value": value, "propensities": scores, "events": [{"name": of} for of in names]}
    decision = orchestrator.decide(profile, as_of="2026-01-01T09:00:00Z", limit=None)
    text = decision.to_case()
    assert read_back(text)["given"]["profile"] == profile
    assert_passes(text, orchestrator, tmp_path)
