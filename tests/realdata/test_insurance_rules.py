"""The insurer's rules by themselves: their own cases, and a mapping that fits their schema. Needs no data."""

from __future__ import annotations

import nba
from nba.authoring import check, run_cases
from tests.realdata.insurance import RULES


def test_every_case_of_the_insurer_holds() -> None:
    report = run_cases(RULES, nba.load(RULES))
    assert report.passed, str(report)
    assert len(report.results) >= 32


def test_nothing_is_wrong_with_the_rules_of_the_insurer() -> None:
    report = check(RULES)
    assert report.problems == ()
    assert report.warnings == ()


def test_the_cases_say_of_each_action_when_it_is_proposed_and_when_not() -> None:
    insurer = nba.load(RULES)
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted((RULES / "cases").glob("*.yaml")))
    for id in insurer.ruleset.actions:
        assert texts.count(id) >= 2, f"no cases for {id}, when it is proposed and when it is not"


def test_a_row_of_the_data_set_becomes_a_profile() -> None:
    insurer = nba.load(RULES)
    mapping = nba.load_mapping(RULES / "mapping.yaml", insurer.ruleset.profile)
    row = {
        "Customer": "AA00000",
        "State": "Arizona",
        "Customer_Lifetime_Value": "2763.519279",
        "Response": "No",
        "Coverage": "Basic",
        "Effective_To_Date": "2/4/2011",
        "EmploymentStatus": "Medical Leave",
        "Monthly_Premium_Auto": "69",
        "Months_Since_Last_Claim": "32",
        "Months_Since_Policy_Inception": "5",
        "Number_of_Open_Complaints": "2",
        "Number_of_Policies": "1",
        "Renew_Offer_Type": "Offer1",
        "Sales_Channel": "Call Center",
        "Total_Claim_Amount": "384.811147",
        "Vehicle_Class": "Two-Door Car",
    }
    assert mapping.columns == tuple(sorted(row))
    profile = mapping.apply(row)
    assert profile["service"] == {"complaints": [{"status": "open"}, {"status": "open"}]}
    decision = insurer.decide(profile, as_of="2011-01-31T17:00:00Z", limit=None)
    assert [action.action for action in decision.actions] == ["billing.cover_ends", "service.call_back", "sales.remind"]
    assert [blocked.action for blocked in decision.blocked] == ["marketing.self_service"]
