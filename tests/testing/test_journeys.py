"""What happens to a customer over time: a journey through a car dealer, and journeys on which something goes wrong."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from hypothesis import strategies as st
from hypothesis.stateful import rule

import nba
from nba.decision import Decision
from nba.testing import CustomerJourney, assert_journeys, implies, step
from nba.testing.fewest import fewest
from tests.testing.test_invariants import case_in, failure_of, token_in


def we_fix_before_we_sell(decision: Decision) -> bool:
    """While a repair is owed nothing is promoted."""
    return implies(decision.signals["service.recovery_owed"], not decision.offers(tier=["retention", "growth"]))


def a_no_is_a_no(decision: Decision) -> bool:
    """What was rejected is not offered again."""
    told = decision.profile.get("interactions", ())
    assert isinstance(told, tuple)
    return not any(decision.offers(action=of["action"]) for of in told if of["outcome"] == "rejected")


class DealerJourney(CustomerJourney):
    """A customer of the dealer, who has agreed to be written to, and whose lease ends one day."""

    orchestrator = nba.load(nba.shipped("car-dealer"))
    begins_at = "2026-11-22T09:00:00Z"
    begins_as: ClassVar[dict[str, Any]] = {
        "timezone": "Europe/Helsinki",
        "consents": {"marketing": {"granted": True, "channels": {"phone": True, "email": True}}},
        "service": {"cases": []},
        "sales": {"leases": [{"id": "L1", "ends_on": "2027-01-31", "value": 40000}], "upgrades": [{"value": 6000}]},
        "workshop": {"vehicles": [{"id": "V1", "state": "driveable", "has_loaner": False, "winter_tyres": True}]},
    }
    must_hold = (we_fix_before_we_sell,)

    @step(days=st.sampled_from([1, 5, 14]))
    def the_car_breaks(self, days: int) -> None:
        """Something only this journey knows of."""
        cases = self.profile.setdefault("service", {}).setdefault("cases", [])
        cases.append({"id": f"K{len(cases) + 1}", "status": "open", "severity": "high"})


def test_on_every_journey_through_the_dealer_all_holds_that_has_to() -> None:
    assert_journeys(DealerJourney, steps=15, examples=25)


class Rejected(DealerJourney):
    """On which something does not hold."""

    must_hold = (a_no_is_a_no,)


def test_a_failure_tells_the_fewest_steps_and_the_decision_at_their_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = failure_of(lambda: assert_journeys(Rejected, save=tmp_path))
    assert told.startswith("a no is a no: this does not hold at the end of Rejected\n")
    steps = told.partition("\nsteps:\n")[2].partition("\n\n")[0].splitlines()
    acted = ["  1. we_act(answer='rejected')"]
    assert steps in (acted, ["  1. we_act(answer='offered')", "  2. the_customer_answers(outcome='rejected')"])
    assert len(list(tmp_path.iterdir())) == 1
    [case] = yaml.safe_load(case_in(told))["cases"]
    assert case["given"]["profile"]["interactions"][0]["outcome"] == "rejected"
    monkeypatch.setenv("NBA_AGAIN", token_in(told))
    monkeypatch.setattr("nba.testing.steps.run_state_machine_as_test", lambda *of, **more: pytest.fail("not again"))
    assert failure_of(lambda: assert_journeys(Rejected)).startswith("a no is a no: this does not hold")
    monkeypatch.setattr(Rejected, "must_hold", ())
    assert_journeys(Rejected)


def test_it_is_a_test_case_of_hypothesis_too() -> None:
    case: Any = Rejected.TestCase
    assert issubclass(case, unittest.TestCase)
    assert case is Rejected.TestCase
    result = unittest.TestResult()
    case("runTest").run(result)
    [(_, told)] = result.failures
    assert "a no is a no: this does not hold at the end of Rejected" in told


def test_a_step_that_raises_is_told_with_what_it_raised() -> None:
    class Broken(DealerJourney):
        @step()
        def the_phone_rings(self) -> None:
            raise KeyError("phone")

    told = failure_of(lambda: assert_journeys(Broken, examples=200))
    assert told.startswith("the phone rings: this does not hold at the end of Broken\n  raised KeyError: 'phone'")
    assert "steps:\n  1. the_phone_rings()\n" in told


def test_with_a_step_that_is_not_ours_hypothesis_tells_how_to_have_it_again() -> None:
    class Odd(DealerJourney):
        must_hold = (a_no_is_a_no,)

        @rule()
        def nothing(self) -> None:
            """A plain rule of Hypothesis."""

        @step()
        def something(self) -> None:
            self.nothing()
            self.profile["interactions"] = [{"action": "sales.renew_lease", "outcome": "rejected"}] * len(self.steps)

    told = failure_of(lambda: assert_journeys(Odd, examples=300))
    assert told.startswith("a no is a no: this does not hold at the end of Odd")
    assert "again: " in told


def test_laws_and_consent_are_looked_at_after_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = DealerJourney()
    machine.everything_holds()
    machine.consent_is_told(purpose="marketing", granted=False)
    machine.everything_holds()
    assert machine.decision.outcome == "all_blocked"
    monkeypatch.setattr("nba.testing.guarantees.consented", lambda *of: None)
    machine.consent_is_told(purpose="marketing", granted=True)
    with pytest.raises(AssertionError, match="goes ahead on phone without consent to marketing"):
        machine.everything_holds()


def test_what_happens_is_recorded_in_the_profile() -> None:
    machine = DealerJourney()
    machine.everything_holds()
    machine.we_act(answer="offered")
    machine.everything_holds()
    [told] = machine.profile["interactions"]
    assert (told["action"], told["key"], told["outcome"]) == ("sales.renew_lease", "L1", "offered")
    machine.the_customer_answers(outcome="rejected")
    assert machine.profile["interactions"][0]["outcome"] == "rejected"
    machine.a_record_comes(new=(["service", "cases"], {"id": "K1", "status": "open", "severity": "high"}))
    machine.everything_holds()
    assert machine.decision.offers(tier="recovery") == ("service.call_back",)
    machine.a_record_moves(change=(["service", "cases"], 0, "status", "resolved"))
    machine.something_is_learned(fact=(["service", "last_contact_at"], "2026-11-22T09:00:00Z"))
    machine.something_is_forgotten(path="sales.leases[0].ends_on")
    machine.time_passes(hours=24)
    machine.everything_holds()
    assert machine.decision.as_of.isoformat() == "2026-11-23T09:00:00+00:00"
    assert "ends_on" not in machine.profile["sales"]["leases"][0]


def test_what_a_check_of_the_schema_refuses_has_not_happened() -> None:
    machine = DealerJourney()
    machine.everything_holds()
    machine.something_is_learned(fact=(["timezone"], "Nowhere/Land"))
    machine.everything_holds()
    assert machine.profile["timezone"] == "Europe/Helsinki"


def test_the_fewest_steps_are_those_that_matter() -> None:
    steps: list[Any] = [(name, {"given": {"x": number, "y": 1}}) for number, name in enumerate("abcdef")]

    def fails(few: list[Any]) -> bool:
        return [name for name, _ in few if name in "be"] == ["b", "e"] and "x" in few[-1][1]["given"]

    assert fewest(steps, fails) == [("b", {"given": {}}), ("e", {"given": {"x": 4}})]


def test_an_instant_that_is_none_is_refused() -> None:
    class Odd(DealerJourney):
        begins_at = "tomorrow"

    with pytest.raises(ValueError, match="begins_at is written 2026-12-31T09:00:00Z, not 'tomorrow'"):
        Odd()
