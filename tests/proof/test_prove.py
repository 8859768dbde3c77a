"""Verdicts on small houses of which one can see what is right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import nba
from nba.errors import RulesError
from nba.proof import Finding, ask, prove, same, witness

_FIELDS: dict[str, Any] = {
    "owed": {"type": "boolean"},
    "days": {"type": "integer"},
    "x": {"type": "number"},
    "y": {"type": "number"},
    "name": {"type": "string"},
    "cases": {
        "type": "array",
        "items": {"title": "case", "type": "object", "properties": {"open": {"type": "boolean"}}},
    },
}
SCHEMA = {
    "title": "sections",
    "type": "object",
    "properties": {"desk": {"title": "desk", "type": "object", "properties": _FIELDS}},
}
SELL = "  - {id: sell, when: true, propose: offer, because: so}\n"


def load(folder: Path, rules: str, law: str = "", *, plugins: Any = None, more: str = "") -> nba.Orchestrator:
    """A house with a law, and a pack with an offer (growth) and a call (recovery)."""
    folder.mkdir(exist_ok=True)
    (folder / "profile.json").write_text(json.dumps(SCHEMA))
    laws = f"laws:\n  - {{id: it, {law}, because: so}}\n" if law else ""
    (folder / "house.yaml").write_text(f"house: small\nprofile: profile.json\n{laws}")
    actions = "actions:\n  offer: {tier: growth, channels: [email]}\n  call: {tier: recovery, channels: [phone]}\n"
    (folder / "desk.yaml").write_text(f"pack: desk\n{more}{actions}rules:\n{rules}")
    return nba.load(folder, plugins=plugins)


def verdict(folder: Path, rules: str, law: str, **more: Any) -> Finding:
    return prove(load(folder, rules, law, **more), laws=["it"]).findings[0]


NO_SELLING = "given: desk.owed, never: {tier: growth}"


def test_a_law_that_a_guard_sees_to_holds_by_rules(tmp_path: Path) -> None:
    guard = "  - {id: hold, when: desk.owed, block: {tier: growth}, because: so}\n"
    found = verdict(tmp_path, SELL + guard, NO_SELLING)
    assert found.verdict == "HOLDS BY RULES"
    assert found.example is None


def test_a_law_that_only_the_proposals_see_to_holds_by_rules(tmp_path: Path) -> None:
    rules = "  - {id: sell, when: desk.owed == false, propose: offer, because: so}\n"
    assert verdict(tmp_path, rules, NO_SELLING).verdict == "HOLDS BY RULES"


def test_a_law_that_nothing_else_sees_to_holds_by_law_and_shows_the_smallest_profile(tmp_path: Path) -> None:
    found = verdict(tmp_path, SELL, NO_SELLING)
    assert found.verdict == "HOLDS BY LAW"
    assert found.example is not None
    assert found.example.profile == {"desk": {"owed": True}}
    assert found.why == "without the law, desk.offer would be left open"
    assert found.source == "house.yaml:4"


def test_packs_that_suffice_but_in_doubt_are_said_to(tmp_path: Path) -> None:
    guard = "  - {id: hold, when: desk.owed, block: {tier: growth}, on_unknown: allow, because: so}\n"
    found = verdict(tmp_path, SELL + guard, NO_SELLING)
    assert found.verdict == "HOLDS BY LAW"
    assert found.notes == ("when the condition is true the packs suffice; they fail where it is not known",)
    assert found.example is not None
    assert found.example.profile == {}


def test_what_else_stops_it_is_said(tmp_path: Path) -> None:
    rules = "  - {id: sell, when: desk.x > 1, propose: offer, because: so}\n"
    orchestrator = load(tmp_path, rules, NO_SELLING)
    house = (tmp_path / "house.yaml").read_text()
    (tmp_path / "house.yaml").write_text(
        f"{house}  - {{id: other, given: true, never: {{tier: growth}}, because: so}}\n"
    )
    orchestrator = nba.load(tmp_path)
    found = prove(orchestrator, laws=["it"]).findings[0]
    assert found.verdict == "HOLDS BY LAW"
    assert [(of.kind, of.id) for of in found.stopped_by] == [("law", "other")]


@pytest.mark.parametrize(
    ("guard", "given", "holds"),
    [
        ("desk.days > 5", "desk.days >= 6", True),
        ("desk.days > 5", "desk.days >= 5", False),
        ("desk.x > 5", "desk.x >= 6", True),
        ("desk.x > 5", "desk.x >= 5", False),
        ("desk.x > 5", "desk.x > 4.999999999999999", False),
        ("desk.x + desk.y > 0.3", "desk.x == 0.1 and desk.y == 0.2", True),
        ("desk.x + desk.y == 0.3", "desk.x == 0.1 and desk.y == 0.2", False),
        ("count(c for c in desk.cases if c.open) > 2", "count(c for c in desk.cases if c.open) >= 3", True),
        ("count(c for c in desk.cases if c.open) > 3", "count(c for c in desk.cases if c.open) >= 3", False),
        ("any(c.open for c in desk.cases)", "count(c for c in desk.cases if c.open) >= 1", True),
        ('starts_with(desk.name, "ab")', 'starts_with(desk.name, "abc")', True),
        ('starts_with(desk.name, "abc")', 'starts_with(desk.name, "ab")', False),
        ('desk.name >= "b"', 'starts_with(desk.name, "ba")', True),
        ("desk.days * 2 >= 10", "desk.days >= 5", True),
        ("desk.days / 2 >= 3", "desk.days >= 5", False),
    ],
)
def test_a_guard_suffices_just_when_it_blocks_all_that_the_law_does(
    guard: str, given: str, holds: bool, tmp_path: Path
) -> None:
    rules = f"  - {{id: hold, when: '{guard}', block: {{tier: growth}}, because: so}}\n"
    found = verdict(tmp_path, SELL + rules, f"given: '{given}', never: {{tier: growth}}")
    assert found.verdict == ("HOLDS BY RULES" if holds else "HOLDS BY LAW"), found


def test_an_always_law_holds_when_its_action_is_always_open(tmp_path: Path) -> None:
    call = "  - {id: ring, when: desk.owed, propose: call, because: so}\n"
    always = (
        "given: desk.owed and context.channel is missing and context.direction is missing, always: {tier: recovery}"
    )
    assert verdict(tmp_path, call, always).verdict == "HOLDS BY RULES"


def test_an_always_law_that_a_guard_breaks_does_not_hold(tmp_path: Path) -> None:
    call = "  - {id: ring, when: desk.owed, propose: call, because: so}\n"
    guard = "  - {id: rest, when: desk.days > 5, block: {action: call}, because: so}\n"
    always = (
        "given: desk.owed and context.channel is missing and context.direction is missing, always: {tier: recovery}"
    )
    found = verdict(tmp_path, call + guard, always)
    assert found.verdict == "DOES NOT HOLD"
    assert found.example is not None
    assert found.example.profile == {"desk": {"owed": True}}
    assert [str(of) for of in found.stopped_by] == ["guard desk.rest (desk.yaml:7)"]
    assert found.decision is not None
    assert [of.law for of in found.decision.laws_unmet] == ["it"]


def test_what_a_feature_decides_is_not_known(tmp_path: Path) -> None:
    @nba.feature(reads=["desk.days"], returns=bool, name="never")
    def never(days: int | None) -> bool:
        return False

    def nba_features() -> list[Any]:
        return [never]

    plugins = {"extra": SimpleNamespace(nba_features=nba.hookimpl(nba_features))}
    rules = "  - {id: sell, when: extra.never, propose: offer, because: so}\n"
    proof = prove(load(tmp_path, rules, NO_SELLING, plugins=plugins), laws=["it"])
    assert proof.findings[0].verdict == "UNKNOWN"
    assert "extra.never" in proof.findings[0].why
    assert not proof.clean
    assert any("extra.never" in of for of in proof.assumptions)


def test_an_example_follows_what_a_feature_really_says(tmp_path: Path) -> None:
    @nba.feature(reads=["desk.owed"], returns=float, name="points")
    def points(owed: bool | None) -> float:
        return 3.0 if owed else 1.0

    def nba_features() -> list[Any]:
        return [points]

    plugins = {"extra": SimpleNamespace(nba_features=nba.hookimpl(nba_features))}
    rules = "  - {id: sell, when: extra.points > 2, propose: offer, because: so}\n"
    found = verdict(tmp_path, rules, "given: true, never: {tier: growth}", plugins=plugins)
    assert found.verdict == "HOLDS BY LAW"
    assert found.example is not None
    assert found.example.profile == {"desk": {"owed": True}}


def test_a_proof_for_all_declared_settings_is_not_one_for_the_current_ones(tmp_path: Path) -> None:
    settings = "settings:\n  most: {type: integer, default: 5, min: 0, max: 9}\n"
    guard = "  - {id: hold, when: desk.days > settings.most, block: {tier: growth}, because: so}\n"
    orchestrator = load(tmp_path, SELL + guard, "given: desk.days > 7, never: {tier: growth}", more=settings)
    assert prove(orchestrator, laws=["it"]).findings[0].verdict == "HOLDS BY RULES"
    found = prove(orchestrator, laws=["it"], settings="declared").findings[0]
    assert found.verdict == "HOLDS BY LAW"
    assert found.example is not None
    assert found.example.settings["desk.most"] in (8, 9)


def test_invariants_need_no_law(tmp_path: Path) -> None:
    guard = "  - {id: hold, when: desk.owed, block: {tier: growth}, because: so}\n"
    texts = [
        "given desk.owed never tier growth",
        "given desk.days > 3 never action desk.offer and channel email",
        "never tier recovery",
        "given desk.owed always tier recovery",
    ]
    proof = prove(load(tmp_path, SELL + guard), laws=[], invariants=texts)
    assert [of.verdict for of in proof.findings] == [
        "HOLDS BY RULES",
        "DOES NOT HOLD",
        "HOLDS BY RULES",
        "DOES NOT HOLD",
    ]
    assert [of.kind for of in proof.findings] == ["invariant"] * 4


@pytest.mark.parametrize(
    ("text", "says", "word"),
    [
        ("never", "which actions", "never"),
        ("desk.owed never tier growth", "this is no invariant", "desk.owed"),
        ("never mind", "`mind` is no kind of selector", "mind"),
        ("given desk.owd never tier growth", "`desk.owd` is not in the profile", "desk.owd"),
        ("given desk.owed never tier growht", "there is no tier `growht`", "growht"),
        ("given desk.owed never tier", "`tier` is followed by a word", "tier"),
        ("given never tier growth", "followed by a condition", "given"),
        ("nothing", "this is no invariant", "nothing"),
    ],
)
def test_an_invariant_that_cannot_be_read_points_at_the_word(text: str, says: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=says) as error:
        prove(load(tmp_path, SELL), invariants=[text])
    span = error.value.problems[0].span
    assert span is not None
    assert text[span.start :].startswith(word)


def test_an_unknown_law_is_an_error_that_offers_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="did you mean `it`"):
        prove(load(tmp_path, SELL, NO_SELLING), laws=["It"])


def test_rounding_is_not_forgotten(tmp_path: Path) -> None:
    rules = (
        "  - {id: sell, when: desk.x == 0.1 and desk.y == 0.2 and desk.x + desk.y > 0.3, propose: offer, because: so}\n"
    )
    orchestrator = load(tmp_path, rules)
    (rule,) = orchestrator.ruleset.statements
    answer = ask(orchestrator.ruleset, lambda of: of.truth(rule.condition).true)
    assert answer.status == "possible"
    assert witness(answer).profile == {"desk": {"x": 0.1, "y": 0.2}}


def test_rules_that_differ_in_form_only_decide_alike(tmp_path: Path) -> None:
    one = load(tmp_path / "one", "  - {id: sell, when: desk.days > 5 and desk.owed, propose: offer, because: so}\n")
    other = load(tmp_path / "two", "  - {id: sell, when: desk.owed and desk.days >= 6, propose: offer, because: so}\n")
    assert same(one, other).same is True


def test_rules_that_differ_on_one_edge_do_not_decide_alike(tmp_path: Path) -> None:
    one = load(tmp_path / "one", "  - {id: sell, when: desk.days > 5, propose: offer, because: so}\n")
    other = load(tmp_path / "two", "  - {id: sell, when: desk.days >= 5, propose: offer, because: so}\n")
    found = same(one, other)
    assert found.same is False
    assert found.example is not None
    assert found.example.profile == {"desk": {"days": 5}}
    assert found.first == ()
    assert len(found.second) == 1


def test_without_the_solver_the_extra_is_named() -> None:
    code = "import sys; sys.modules['z3'] = None\nimport nba.proof"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'nba[proof]'" in done.stderr


def test_rules_that_do_more_when_less_is_known_are_named_with_what_to_forget(tmp_path: Path) -> None:
    rules = (
        "  - {id: sell, when: desk.days is missing, propose: offer, because: so}\n"
        "  - {id: hold, when: 'default(desk.owed, false)', block: {tier: growth}, because: so}\n"
        "  - {id: calm, when: desk.x > 5, block: {tier: growth}, because: so}\n"
        "  - {id: safe, when: desk.x is missing or desk.x > 5, block: {tier: growth}, because: so}\n"
    )
    found = prove(load(tmp_path, rules))["forgetting"]
    assert found.verdict == "HOLDS"
    assert found.why == "3 rules speak of what is missing; 2 of them do more when less is known"
    assert found.notes == (
        'desk.hold (desk.yaml:7) stops blocking when `desk.owed` is forgotten: {"desk": {"owed": true}}',
        'desk.sell (desk.yaml:6) proposes when `desk.days` is forgotten: {"desk": {"days": 0}}',
    )


def test_the_guarantees_are_proved_when_no_law_is_named(tmp_path: Path) -> None:
    proof = prove(load(tmp_path, SELL, NO_SELLING))
    kinds = {of.subject: of.verdict for of in proof.findings if of.kind == "guarantee"}
    assert kinds == {"precedence": "HOLDS", "consent": "HOLDS", "forgetting": "HOLDS"}


def test_items_of_one_key_that_take_each_other_away_are_thought_of(tmp_path: Path) -> None:
    case = {"title": "case", "type": "object", "properties": {"id": {"type": "string"}}}
    fields = {"cases": {"type": "array", "items": case}}
    section = {"title": "desk", "type": "object", "properties": fields}
    schema = {"title": "sections", "type": "object", "properties": {"desk": section}}
    (tmp_path / "profile.json").write_text(json.dumps(schema))
    given = 'any(c.id == "A" for c in desk.cases) and any(c.id == "B" for c in desk.cases)'
    law = f"{{id: it, given: '{given}', always: {{action: desk.tell}}, because: so}}"
    (tmp_path / "house.yaml").write_text(f"house: small\nprofile: profile.json\nlaws:\n  - {law}\n")
    (tmp_path / "desk.yaml").write_text(
        "pack: desk\nactions:\n  tell: {tier: care, for_each: c in desk.cases, key: c.id}\n"
        'rules:\n  - {id: tell, when: \'c.id in ["A", "B"]\', propose: tell, because: so}\n'
    )
    found = prove(nba.load(tmp_path), laws=["it"]).findings[0]
    assert found.verdict == "DOES NOT HOLD"  # two of each: none of them can be told from another
    assert found.example is not None
    assert sorted(of["id"] for of in found.example.profile["desk"]["cases"]) == ["A", "A", "B", "B"]


def test_a_law_is_not_proved_by_forgetting_the_end_of_a_long_list(tmp_path: Path) -> None:
    rules = (
        "  - {id: ring, when: sum(1 for c in desk.cases) < 3, propose: call, because: so}\n"
        "  - {id: many, when: count(c for c in desk.cases) + 1 > 40, block: {action: call}, because: so}\n"
    )
    free = "context.channel is missing and context.direction is missing"
    law = f"given: count(c for c in desk.cases) >= 0 and {free}, always: {{action: desk.call}}"
    found = verdict(tmp_path, rules, law)
    assert found.verdict in ("DOES NOT HOLD", "UNKNOWN")
