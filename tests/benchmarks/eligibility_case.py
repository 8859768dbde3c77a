"""zen-engine's own published benchmark case `customer-eligibility-engine`, decided by zen-engine and by nba.

The case is in github.com/gorules/zen, benchmark/: a customer of a telephone company with two hundred days of use. The
rules of nba are in the folder eligibility/. zen-engine gets its decision model as built here, in two forms: `as
published` step by step (costs and tiers of each day, sums, two tables, offers, and three copies of the lists, with all
of the input passed through), and `the same answers`, which computes just what nba's rules give back.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import nba
from tests.benchmarks.rivals import zen_graph
from tests.benchmarks.seeded import AS_OF

RULES = Path(__file__).parent / "eligibility"
DAYS = 200
Account = dict[str, Any]
Answers = dict[str, Any]


def published() -> Account:
    """The input that zen-engine publishes its time for: account, use and profile, and use day by day by its formula."""
    days = [{"day": day, "dataGB": day % 5 + 1, "minutes": 100 + day, "texts": 10 + day % 50} for day in range(DAYS)]
    return {
        "accountInfo": {
            "accountAge": 28,
            "paymentHistory": "excellent",
            "currentPlan": "Family Premium 50GB",
            "monthlySpend": 95,
            "contractStatus": "pending_renewal",
        },
        "usageStats": {
            "dataUsageGB": 42.5,
            "dataUtilizationPercent": 85,
            "callMinutes": 350,
            "textMessages": 1250,
        },
        "customerProfile": {
            "segment": "consumer",
            "location": "Seattle, WA",
            "devices": ["iPhone 14", "iPad Air", "Apple Watch"],
            "previousComplaints": 0,
        },
        "usageHistory": days,
    }


def accounts(count: int) -> list[Account]:
    """The published input, and others that differ from it, at every bound of the tables and beside it."""
    rng = Random("accounts")
    found = [published()]
    while len(found) < count:
        one = json.loads(json.dumps(published()))
        one["accountInfo"] |= {
            "accountAge": rng.choice([0, 5, 6, 11, 12, 23, 24, 35, 36, 90]),
            "paymentHistory": rng.choice(["excellent", "good", "poor"]),
            "monthlySpend": rng.choice([0, 49.99, 50, 79, 80, 119.5, 120, 300]),
        }
        one["usageStats"]["dataUtilizationPercent"] = rng.choice([0, 80, 80.5, 100])
        one["customerProfile"]["devices"] = ["a device"] * rng.randrange(6)
        for day in one["usageHistory"]:
            day |= {
                "dataGB": rng.choice([0, 0.5, 2, 2.25, 5, 9]),
                "minutes": rng.randrange(300),
                "texts": rng.randrange(200),
            }
        found.append(one)
    return found


def by_nba() -> Callable[[Account], Answers]:
    """A whole decision, and the answers from the payload of its action."""
    orchestrator = nba.load(RULES)

    def answers(account: Account) -> Answers:
        action = orchestrator.decide(account, as_of=AS_OF).action
        assert action is not None
        return dict(action.payload)

    return answers


_COST = "dataGB * 0.5 + minutes * 0.01 + texts * 0.001"
_OFFERS = {
    "dataBooster": "usageStats.dataUtilizationPercent > 80",
    "familyPlan": "len(customerProfile.devices) >= 3",
    "loyaltyReward": "eligibility.loyaltyTier in ['platinum', 'gold', 'silver']",
}


def by_zen_as_published() -> Callable[[Account], Any]:
    """The whole model: lists of days with costs and tiers, which are copied and given back, too."""
    days = _computed({"cost": _COST, "heavy": "dataGB > 2"}, inputField="usageHistory", outputPath="daily", loop=True)
    tiers = _table(
        ["cost"],
        ["usageTier"],
        [["> 5", "'high'"], ["> 2", "'medium'"], ["", "'low'"]],
        inputField="daily",
        outputPath="dailyTiered",
        loop=True,
    )
    sums = {
        "totalCost": "sum(map(daily, #.cost))",
        "heavyDays": "len(filter(daily, #.heavy))",
        "averageData": "sum(map(usageHistory, #.dataGB)) / len(usageHistory)",
    }
    copies = {"historyCopy": "usageHistory", "dailyCopy": "daily", "tieredCopy": "dailyTiered"}
    return _zen(
        [
            ("days", "expressionNode", days),
            ("dayTiers", "decisionTableNode", tiers),
            ("sums", "expressionNode", _computed(sums)),
            *_tables_and_offers(),
            ("copies", "expressionNode", _computed(copies)),
        ]
    )


def by_zen_alike() -> Callable[[Account], Any]:
    """The answers that nba's rules give, and nothing else of the days."""
    cost = "#.dataGB * 0.5 + #.minutes * 0.01 + #.texts * 0.001"
    sums = {
        "totalCost": f"sum(map(usageHistory, {cost}))",
        "heavyDays": "len(filter(usageHistory, #.dataGB > 2))",
        "averageData": "sum(map(usageHistory, #.dataGB)) / len(usageHistory)",
        "highDays": f"len(filter(usageHistory, {cost} > 5))",
        "mediumDays": f"len(filter(usageHistory, {cost} > 2)) - $.highDays",
    }
    given = {name: name for name in sums} | {"eligibility": "eligibility"}
    return _zen(
        [
            ("sums", "expressionNode", _computed(sums)),
            *_tables_and_offers(),
            ("given", "expressionNode", _computed(given, passThrough=False)),
        ]
    )


def _tables_and_offers() -> list[tuple[str, str, Any]]:
    status = _table(
        ["accountInfo.accountAge", "accountInfo.paymentHistory"],
        ["eligibility.accountStatus", "eligibility.goodStanding"],
        [
            [">= 24", "'excellent'", "'excellent'", "true"],
            [">= 12", "'excellent', 'good'", "'good'", "true"],
            [">= 6", "", "'fair'", "true"],
            ["", "", "'review'", "false"],
        ],
    )
    loyalty = _table(
        ["accountInfo.accountAge", "accountInfo.monthlySpend"],
        ["eligibility.loyaltyTier", "eligibility.loyaltyDiscountPercent"],
        [
            [">= 36", ">= 120", "'platinum'", "20"],
            [">= 24", ">= 80", "'gold'", "15"],
            [">= 12", ">= 50", "'silver'", "10"],
            ["", "", "'standard'", "0"],
        ],
    )
    offers = {
        "eligibility.specialOffers": f"{{ {', '.join(f'{name}: {text}' for name, text in _OFFERS.items())} }}",
        "eligibility.offerCount": "len(filter(values($.eligibility.specialOffers), # == true))",
    }
    return [
        ("status", "decisionTableNode", status),
        ("loyalty", "decisionTableNode", loyalty),
        ("offers", "expressionNode", _computed(offers)),
    ]


def _zen(nodes: list[tuple[str, str, Any]]) -> Callable[[Account], Any]:
    import zen

    evaluate = zen.ZenEngine().create_decision(json.dumps(zen_graph(nodes))).evaluate
    return lambda account: evaluate(account)["result"]


def _computed(texts: Mapping[str, str], *, passThrough: bool = True, loop: bool = False, **places: str) -> Any:
    expressions = [{"id": f"e{place}", "key": key, "value": of} for place, (key, of) in enumerate(texts.items())]
    return {"expressions": expressions, "passThrough": passThrough, **_mode(loop), **places}


def _table(inputs: list[str], outputs: list[str], rows: list[list[str]], *, loop: bool = False, **places: str) -> Any:
    columns = [f"i{of}" for of in range(len(inputs))] + [f"o{of}" for of in range(len(outputs))]
    named = [{"id": id, "name": id, "field": of} for id, of in zip(columns, inputs + outputs, strict=True)]
    rules = [{"_id": f"r{place}"} | dict(zip(columns, row, strict=True)) for place, row in enumerate(rows)]
    some = len(inputs)
    table = {"hitPolicy": "first", "inputs": named[:some], "outputs": named[some:], "rules": rules}
    return {**table, "passThrough": True, **_mode(loop), **places}


def _mode(loop: bool) -> dict[str, str]:
    return {"executionMode": "loop" if loop else "single"}


def answers_of(result: Mapping[str, Any]) -> Answers:
    """What zen-engine answered, in the words of nba's rules; the lists of the published model are counted here."""
    found = result["eligibility"]
    high, medium = result.get("highDays"), result.get("mediumDays")
    if "dailyTiered" in result:
        tiers = [of["usageTier"] for of in result["dailyTiered"]]
        high, medium = tiers.count("high"), tiers.count("medium")
    return {
        "total_cost": result["totalCost"],
        "heavy_days": result["heavyDays"],
        "average_data": result["averageData"],
        "high_days": high,
        "medium_days": medium,
        "account_status": found["accountStatus"],
        "good_standing": found["goodStanding"],
        "loyalty_tier": found["loyaltyTier"],
        "loyalty_discount": found["loyaltyDiscountPercent"],
        "data_booster": found["specialOffers"]["dataBooster"],
        "family_plan": found["specialOffers"]["familyPlan"],
        "loyalty_reward": found["specialOffers"]["loyaltyReward"],
        "offer_count": found["offerCount"],
    }


def differences(one: Answers, other: Answers) -> list[str]:
    """What is not the same; sums may differ in the last bits, as zen-engine computes in decimals and nba in doubles."""
    return [
        f"{name}: {one.get(name)!r} and {other.get(name)!r}"
        for name in one.keys() | other.keys()
        if not (
            math.isclose(one[name], other[name], rel_tol=1e-12)
            if isinstance(one.get(name), float) and isinstance(other.get(name), float)
            else one.get(name) == other.get(name) and (name in one) is (name in other)
        )
    ]
