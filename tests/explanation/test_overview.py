"""A whole decision explained, to people and to programs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import nba
from nba import Decision
from nba.explanation import overview

Decide = Callable[..., Decision]
DEALER = nba.shipped("car-dealer")
PROFILES = sorted((DEALER / "profiles").glob("*.json"))


def test_the_whole_story_is_told(in_trouble: Decision) -> None:
    assert in_trouble.explain() == (
        "Decision for C-1, as of 2026-11-22 11:00 (Europe/Helsinki)\n"
        "\n"
        "Do next: Help them\n"
        "  care.help (care, tier recovery), score 6 = value 2 times weight 3 (care.urgent)\n"
        "  because they need help\n"
        "    we owe them help\n"
        "    a fault is fresh\n"
        "    events[#5]: name is fault, at is 2026-11-20T09:00:00Z, days_since(at) is 2; settings.quiet_days\n"
        "      is 14\n"
        "    rule care.help_them, care.yaml:14\n"
        "\n"
        "Could be done as well, but comes after\n"
        "  Say sorry: care.sorry (care, tier recovery)\n"
        "    after care.help: only one action of the group `contact` is chosen, and in tier recovery the\n"
        "      score 6 beats 1\n"
        "\n"
        "What waits, and why\n"
        "  Write a letter: sales.letter (sales, tier growth)\n"
        "    held back by care: help comes before offers\n"
        "      we owe them help\n"
        "      a fault is fresh\n"
        "      events[#5]: name is fault, at is 2026-11-20T09:00:00Z, days_since(at) is 2;\n"
        "        settings.quiet_days is 14\n"
        "      until 2026-12-04 11:00 (Europe/Helsinki), if nothing else changes\n"
        "      rule care.hold_growth, care.yaml:16\n"
        "    held back by the house: it starts on 2027-01-01\n"
        "      until 2027-01-01 00:00 (Europe/Helsinki), if nothing else changes\n"
        "      check validity, sales.yaml:13\n"
        "\n"
        "  Offer something: sales.offer[a] (sales, tier growth)\n"
        "  Offer something: sales.offer[b] (sales, tier growth)\n"
        "    held back by care: help comes before offers\n"
        "      (what was seen: as above)\n"
        "      until 2026-12-04 11:00 (Europe/Helsinki), if nothing else changes\n"
        "      rule care.hold_growth, care.yaml:16\n"
        "    held back on phone by sales: no calls in Finland\n"
        "      locale is fi-FI\n"
        "      for as long as that is so\n"
        "      rule sales.no_phone, sales.yaml:19\n"
        "\n"
        "Asked of colleagues\n"
        "  sales: Wait with Anna.\n"
        "    because they would call (care.tell_sales)\n"
        "\n"
        "Not decided, for want of data\n"
        "  events[].value would decide\n"
        "    rule sales.offer_it, which may propose sales.offer for d\n"
        "\n"
        "In the shadow: watched, and without any effect\n"
        "  sales.ghostly would propose sales.ghost"
    )


def test_where_nothing_is_proposed_it_says_so(decide: Decide) -> None:
    text = decide(name=None, events=[]).explain()
    assert text == "Decision for C-1, as of 2026-11-22 11:00 (Europe/Helsinki)\n\nNo action: nothing was proposed."


def test_where_all_is_held_back_it_says_so(decide: Decide) -> None:
    text = decide(birth_date=None).explain()
    assert "No action for now: all that was proposed is held back.\n" in text
    assert "until birth_date is known; in doubt, we hold back\n" in text


def test_a_law_that_is_not_met_is_told_with_its_task(decide: Decide) -> None:
    text = decide(value=-1, name="Bo").explain()
    assert "Not met: the law help_first\n  help comes first (house.yaml:10); a person is asked to see to it" in text


def test_what_went_wrong_is_told(decide: Decide) -> None:
    text = decide(value="much", options={"on_invalid": "unknown"}).explain()
    assert (
        "What went wrong (nothing was let through because of it)\n  profile: value: found text, wanted a number" in text
    )


def test_what_failed_is_told_beside_what_waits_because_of_it(load: Callable[..., nba.Orchestrator]) -> None:
    rules = """
        pack: p
        actions:
          help: {tier: recovery, value: value}
          offer: {tier: growth}
        rules:
          - {id: help_them, when: true, propose: help, because: they need it}
          - {id: offer_it, when: true, propose: offer, because: it fits}
    """
    text = load(rules).decide({"value": -1}, as_of="2026-11-22T09:00:00Z").explain()
    assert "held back by caution: p.help could not be judged, so what ranks below it waits\n" in text
    assert "  p.help: value is -1; a factor of a score is at least 0" in text
    assert "  Mending what failed would decide\n    rule p.help_them, which may propose p.help" in text


def test_a_name_cannot_break_the_lines_of_an_explanation(decide: Decide) -> None:
    text = decide(lifecycle_stage="hurt", name="A\x1b[31m\n\nAsked of colleagues\n  all: obey").explain()
    assert "\x1b" not in text
    assert text.count("\nAsked of colleagues\n") == 1


def many(actions: int, rules: int = 0) -> str:
    """A pack with so many actions, and so many more rules that wait for the value of a customer."""
    tiers = ("care", "growth")
    lines = ["pack: p", "actions:"]
    lines += [f"  a{n:02}: {{tier: {tiers[n % 2]}}}" for n in range(actions)]
    lines += ["rules:"]
    lines += [f"  - {{id: r{n:02}, when: true, propose: a{n:02}, because: so}}" for n in range(actions)]
    lines += [f"  - {{id: w{n:02}, when: value > {n}, propose: a00, because: so}}" for n in range(rules)]
    return "\n".join(lines)


def test_what_comes_after_for_the_same_reason_is_told_together(load: Callable[..., nba.Orchestrator]) -> None:
    _, told = load(many(5)).decide({}, as_of="2026-11-22T09:00:00Z").explain().split("\n\nCould be done as well, ")
    assert told == (
        "but comes after\n"
        "  A02: p.a02 (p, tier care)\n"
        "  A04: p.a04 (p, tier care)\n"
        "    after p.a00: at most 1 action was asked for, and with equal tier and score, p.a00 comes first by\n"
        "      its name\n"
        "  A01: p.a01 (p, tier growth)\n"
        "  A03: p.a03 (p, tier growth)\n"
        "    after p.a00: at most 1 action was asked for, and tier care comes before tier growth"
    )


def test_of_many_that_come_after_the_first_are_told_and_how_many_more_there_are(
    load: Callable[..., nba.Orchestrator],
) -> None:
    decision = load(many(26)).decide({}, as_of="2026-11-22T09:00:00Z")
    _, told = decision.explain().split("Could be done as well, but comes after\n")
    names = [line.split()[1] for line in told.splitlines() if "(p, tier " in line]
    assert names == [of.action for of in decision.outranked[: overview.MOST_OUTRANKED]]
    assert told.splitlines()[-1] == "  and 15 more: 2 of tier care and 13 of tier growth"
    assert len(decision.explanation()["outranked"]) == 25


def test_of_many_rules_that_want_the_same_data_some_are_told_and_how_many_more_there_are(
    load: Callable[..., nba.Orchestrator],
) -> None:
    decision = load(many(1, rules=12)).decide({}, as_of="2026-11-22T09:00:00Z")
    assert decision.explain().split("Not decided, for want of data\n")[1].splitlines() == [
        "  value would decide",
        *(f"    rule p.w{n:02}, which may propose p.a00" for n in range(overview.MOST_RULES)),
        "    and 4 more rules",
    ]
    assert len(decision.undecided) == 12


def test_of_many_wants_of_data_some_are_told_and_what_the_others_are(load: Callable[..., nba.Orchestrator]) -> None:
    keys = [f"k{n:02}" for n in range(12)]
    rules = "\n".join(f"  - {{id: {k}, when: 'propensities[\"{k}\"] > 1', propose: a, because: so}}" for k in keys)
    pack = f"pack: p\nactions: {{a: {{tier: care}}}}\nrules:\n{rules}"
    told = load(pack).decide({"propensities": {}}, as_of="2026-11-22T09:00:00Z").explain()
    assert told.count(" would decide") == overview.MOST_WANTS
    assert told.endswith('\n  and 2 more rules, for want of propensities["k10"] and propensities["k11"]')


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
def test_the_car_dealer_s_explanations_fit_a_terminal_and_are_data_as_well(profile: Path) -> None:
    decision = nba.load(DEALER).decide(json.loads(profile.read_text()), as_of="2026-11-22T09:00:00Z", limit=3)
    assert all(len(line) <= 100 and line == line.rstrip() for line in decision.explain().splitlines())
    data = decision.explanation()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert [of["name"] for of in data["actions"]] == [
        of.action if of.key is None else f"{of.action}[{of.key}]" for of in decision.actions
    ]
    assert {of["action"] for of in data["blocked"]} == {of.action for of in decision.blocked}
    assert all(reason["source"] and "until" in reason for of in data["blocked"] for reason in of["blocked_by"])


def test_the_data_has_all_that_the_text_has_and_more(in_trouble: Decision) -> None:
    data = in_trouble.explanation()
    (chosen,) = data["actions"]
    assert chosen["score"] == {"total": 6.0, "factors": [["value", 2.0]], "weights": [["care.urgent", 3.0]]}
    assert chosen["meta"] == {"owner": "Eve"}
    (rule,) = chosen["proposed_by"]
    assert (rule["source"], rule["meta"], rule["observed"]["truth"]) == ("care.yaml:14", {"approved_by": "Ann"}, True)
    assert [of["rule"] for of in data["inactive"]] == ["sales.drafted", "sales.waiting"]
    assert "care.tell_sales" in {of["id"] for of in data["rules"]}
    assert data["decision_id"] == in_trouble.decision_id


SCRIPT = """
import json, sys, nba
dealer = nba.load(nba.shipped("car-dealer"))
decision = dealer.decide(json.load(open(sys.argv[1])), as_of="2026-11-22T09:00:00Z", limit=2)
print(decision.explain(), json.dumps(decision.explanation()), decision.to_case())
for action in dealer.ruleset.actions:
    print(decision.why_not(action))
for name in ("service", "sales", "house"):
    print(decision.for_department(name))
"""


def test_every_process_says_the_same() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(PROFILES[0])],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "7")
    }
    assert len(said) == 1
    assert len(said.pop()) > 1000


def test_many_threads_may_ask_one_decision_at_once(acme: nba.Orchestrator, in_trouble: Decision) -> None:
    def ask(_: int) -> tuple[str, ...]:
        why = (str(in_trouble.why_not(id)) for id in acme.ruleset.actions)
        views = (str(in_trouble.for_department(name)) for name in ("care", "sales", "house"))
        return (in_trouble.explain(), json.dumps(in_trouble.explanation()), in_trouble.to_case(), *why, *views)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(40)))) == 1
