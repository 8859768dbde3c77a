"""Things broken on purpose in the car dealer's rules: which of law, property and proof catches each.

The table stands in docs/testing.md; here it is found again, row by row.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import nba
from nba.authoring import run_cases
from nba.matching.index import Index
from nba.proof import prove
from nba.testing import assert_engines_agree, assert_invariant, assert_laws
from tests.pages import ROOT, tables

pytestmark = pytest.mark.slow

DEALER = ROOT / "rulesets" / "car-dealer"
SELLING, HEARING = "no_selling_while_recovery_is_owed", "who_waits_for_us_hears_from_us"
WE_FIX_FIRST = {"given": "service.recovery_owed", "never": {"tier": "growth"}}
ASKED = "given service.recovery_owed never tier growth"
CONSENT = 'given not default(consents["marketing"].granted, false) never tier growth'

GUARD = """  - id: hold_promotion_while_recovering
    when: service.recovery_owed
    block: {tier: [retention, adoption, growth]}
    except: {tag: safety}            # a safe car is no promotion
    because: we fix what is broken before we offer something new
"""
LAW = """  - id: no_selling_while_recovery_is_owed
    given: service.recovery_owed
    never: {tier: [retention, growth]}
    because: we fix what is broken before we sell anything
"""
TIERS = "Helsinki\ntiers: [obligation, recovery, care, retention, adoption, growth]"
RECOVERY, SALES, HOUSE = "service/recovery.yaml", "sales/pack.yaml", "house.yaml"


class Broken(NamedTuple):
    """One thing that is broken: by which edits, and what each of the three says of it."""

    edits: tuple[tuple[str, str, str], ...]
    law: str
    property: str
    proof: str


BROKEN = {
    "a guard is removed": Broken(
        ((RECOVERY, GUARD, ""),),
        "stops the offers",
        "tells what the law alone stops",
        "HOLDS BY LAW",
    ),
    "a guard lets pass what is in doubt": Broken(
        ((RECOVERY, "    except: {tag: safety} ", "    on_unknown: allow\n    except: {tag: safety} "),),
        "stops the offers",
        "may miss it",
        "HOLDS BY LAW",
    ),
    "a guard forgets a tier": Broken(
        ((RECOVERY, "block: {tier: [retention, adoption, growth]}", "block: {tier: [adoption, growth]}"),),
        "stops the offers",
        "tells what the law alone stops",
        "HOLDS BY LAW",
    ),
    "a guard excepts what it is there for": Broken(
        ((RECOVERY, "except: {tag: safety} ", "except: {tag: [safety, offer]} "),),
        "stops the offers",
        "tells what the law alone stops",
        "HOLDS BY LAW",
    ),
    "a guard asks for less than the law does": Broken(
        ((RECOVERY, "    when: service.recovery_owed\n    block:", "    when: service.call_owed\n    block:"),),
        "stops the offers",
        "tells what the law alone stops",
        "HOLDS BY LAW",
    ),
    "a guard and the law are removed": Broken(
        ((RECOVERY, GUARD, ""), (HOUSE, LAW, "")),
        "is gone",
        "fails, where it is stated",
        "DOES NOT HOLD, where it is asked",
    ),
    "nobody asks for consent": Broken(
        ((HOUSE, "consent: {retention: marketing, adoption: marketing, growth: marketing}\n", ""),),
        "there is none",
        "fails, where it is stated",
        "DOES NOT HOLD, where it is asked",
    ),
    "a call waits for a name": Broken(
        ((RECOVERY, "    when: service.call_owed\n", "    when: service.call_owed and name is not missing\n"),),
        "gives a person the task",
        "fails",
        "DOES NOT HOLD",
    ),
    "a call comes a moment too late": Broken(
        (
            (
                RECOVERY,
                "    when: service.call_owed\n",
                "    when: service.recovery_owed and (service.last_contact_at is missing"
                " or days_since(service.last_contact_at) > settings.callback_days)\n",
            ),
        ),
        "gives a person the task",
        "may miss it",
        "DOES NOT HOLD",
    ),
    "growth stands above recovery": Broken(
        ((HOUSE, TIERS, TIERS.replace(", growth", "").replace("recovery", "growth, recovery")),),
        "does not load",
        "-",
        "-",
    ),
    "an upsell is called a repair": Broken(
        ((SALES, "    tier: growth\n", "    tier: recovery\n"),),
        "does not load",
        "-",
        "-",
    ),
    "an engine takes doubt for no": Broken(
        (), "rests on the engine", "fails: the engines differ", "speaks of rules, not of engines"
    ),
}


def broken_rules(folder: Path, broken: Broken) -> Path:
    """A copy of the car dealer with the edits, each of which changes something."""
    rules = shutil.copytree(DEALER, folder / "car-dealer")
    for file, old, new in broken.edits:
        text = (rules / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        (rules / file).write_text(text.replace(old, new), encoding="utf-8")
    return rules


@pytest.fixture
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> nba.Orchestrator:
    return nba.load(broken_rules(tmp_path, BROKEN[request.param]))


def rows(**wanted: str) -> Any:
    """The names of the rows that say so, to be loaded by the fixture."""
    names = [name for name, of in BROKEN.items() if all(getattr(of, key) == said for key, said in wanted.items())]
    assert names, wanted
    return pytest.mark.parametrize("broken", names, indirect=True)


def fails(check: Callable[[], object]) -> str:
    """What an assertion says when it fails, as it has to."""
    with pytest.raises(AssertionError) as caught:
        check()
    return str(caught.value)


def test_the_page_has_this_table() -> None:
    found = [cells for _, cells in tables(ROOT / "docs" / "testing.md", "what is broken", "law", "property", "proof")]
    assert found == [(name, of.law, of.property, of.proof) for name, of in BROKEN.items()]


@pytest.mark.parametrize("name", [name for name, of in BROKEN.items() if of.law == "does not load"])
def test_what_does_not_load_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(nba.RulesError, match=r"growth-above-recovery|tier-not-allowed"):
        nba.load(broken_rules(tmp_path, BROKEN[name]))


@rows(law="stops the offers", proof="HOLDS BY LAW")
def test_a_law_makes_up_for_a_guard_and_the_proof_says_for_whom(broken: nba.Orchestrator) -> None:
    finding = prove(broken, laws=[SELLING])[SELLING]
    assert finding.verdict == "HOLDS BY LAW"
    assert finding.example is not None
    example = finding.example
    decision = broken.decide(example.profile, context=example.context, as_of=example.as_of, limit=None)
    assert any(SELLING in {by.id for by in of.by} for of in decision.blocked)
    assert not decision.offers(tier=["retention", "growth"])


@rows(property="tells what the law alone stops")
def test_a_property_test_tells_what_rests_on_the_law_alone(broken: nba.Orchestrator) -> None:
    assert "nothing else stops" in fails(lambda: assert_laws(broken, laws=[SELLING], alone="fail", examples=1000))


def test_without_guard_and_law_whoever_states_it_sees_it_fail(tmp_path: Path) -> None:
    open_to_all = nba.load(broken_rules(tmp_path, BROKEN["a guard and the law are removed"]))
    finding = prove(open_to_all, invariants=[ASKED])[ASKED]
    assert finding.verdict == "DOES NOT HOLD"
    said = fails(lambda: assert_invariant(open_to_all, **WE_FIX_FIRST, examples=300))
    assert "this does not hold" in said
    assert "NBA_AGAIN=" in said


def test_without_consent_whoever_states_it_sees_it_fail(tmp_path: Path) -> None:
    shameless = nba.load(broken_rules(tmp_path, BROKEN["nobody asks for consent"]))
    assert prove(shameless, invariants=[CONSENT])[CONSENT].verdict == "DOES NOT HOLD"

    never = {"given": 'not default(consents["marketing"].granted, false)', "never": {"tier": "growth"}}
    assert "this does not hold" in fails(lambda: assert_invariant(shameless, **never, examples=1000))


@rows(proof="DOES NOT HOLD")
def test_an_always_law_that_rules_do_not_keep_is_disproved_and_gives_a_person_the_task(
    broken: nba.Orchestrator,
) -> None:
    finding = prove(broken, laws=[HEARING])[HEARING]
    assert finding.verdict == "DOES NOT HOLD"
    assert finding.example is not None
    example = finding.example
    decision = broken.decide(example.profile, context=example.context, as_of=example.as_of)
    assert [of.law for of in decision.laws_unmet] == [HEARING]
    assert HEARING in {of.rule for of in decision.tasks}


@rows(property="fails")
def test_a_property_test_finds_it_too(broken: nba.Orchestrator) -> None:
    assert "this does not hold" in fails(lambda: assert_laws(broken, laws=[HEARING], examples=200))


def test_the_moment_too_late_passes_every_case_of_the_dealer(tmp_path: Path) -> None:
    rules = broken_rules(tmp_path, BROKEN["a call comes a moment too late"])
    report = run_cases(rules / "cases", nba.load(rules))
    assert report.passed, str(report)


def test_an_engine_that_takes_doubt_for_no_is_found_by_comparing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    together = Index._together
    monkeypatch.setattr(Index, "_together", lambda *asked: (together(*asked)[0], 0))
    assert "native" in fails(lambda: assert_engines_agree(nba.load(DEALER), matchers=["native"], examples=200))
