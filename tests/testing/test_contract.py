"""What a pack promises, each promise a test: for one that keeps them, and for those that do not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

import nba
from nba.testing import PackContract
from nba.testing.measuring import cost

TOLD = "What the contract is about, in a folder of YAML."
PACK = """
    pack: garden
    signals:
      dry: {when: value < 1, because: it has not rained}
    actions:
      water: {title: Water the beds, tier: care, channels: [email]}
    rules:
      - {id: water_when_dry, when: garden.dry, propose: water, because: it has not rained}
"""
CASES = """
    cases:
      - name: a dry garden is watered
        given: {profile: {value: 0}}
        expect: {action: garden.water}
      - name: nobody mails who is on the phone
        given: {profile: {value: 0}, context: {channel: phone}}
        expect: {blocked: {garden.water: [conversation]}}
"""


def contract_of(folder: Any, **said: Any) -> PackContract:
    return type("TestIt", (PackContract,), {"__doc__": TOLD, "pack": folder, "others": (), **said})()


def outcome(contract: PackContract, name: str, *arguments: str) -> str:
    """What came of one test of the contract."""
    try:
        getattr(contract, name)(*arguments)
    except (AssertionError, pytest.skip.Exception, pytest.fail.Exception) as error:
        return str(error)
    return "passed"


def promises_of(contract: PackContract) -> list[str]:
    return [name for name in dir(contract) if name.startswith("test_") and name != "test_it_conforms"]


def test_a_good_pack_keeps_every_promise(write: Callable[..., Any]) -> None:
    contract = contract_of(write({"pack.yaml": PACK, "cases.yaml": CASES}), budget=100, examples=5)
    found = {name: outcome(contract, name) for name in promises_of(contract)}
    assert found.pop("test_a_fault_makes_decisions_more_careful").startswith("the pack has no feature or gate")
    assert found.pop("test_nothing_that_needs_consent_goes_ahead_without_it").startswith("no action needs consent")
    assert set(found.values()) == {"passed"}
    assert len(found) == 10


def test_each_check_of_conformance_is_a_test(write: Callable[..., Any]) -> None:
    contract = contract_of(write({"pack.yaml": PACK, "cases.yaml": CASES.replace("garden.water}", "none}")}))
    assert outcome(contract, "test_it_conforms", "it loads alone") == "passed"
    assert "FAIL its cases hold" in outcome(contract, "test_it_conforms", "its cases hold")
    broken = contract_of(write({"pack.yaml": PACK.replace("value < 1", "vale < 1")}))
    assert "did you mean `value`" in outcome(broken, "test_it_conforms", "it loads alone")
    assert "not looked at" in outcome(broken, "test_it_conforms", "its cases hold")


def test_a_budget_is_kept_or_told(write: Callable[..., Any]) -> None:
    folder = write({"pack.yaml": PACK, "cases.yaml": CASES})
    assert outcome(contract_of(folder), "test_a_decision_stays_within_its_budget") == "no budget is stated"
    told = outcome(contract_of(folder, budget=0.1), "test_a_decision_stays_within_its_budget")
    assert "thousand steps of a plain loop, and may cost 0.1" in told


def test_what_costs_twice_as_much_is_measured_so() -> None:
    def work(rounds: int) -> Callable[[], object]:
        return lambda: [number * number for number in range(rounds)]

    assert 1.5 < cost(work(4000)) / cost(work(2000)) < 2.7


class Plugin:
    """A plugin with one feature, which does as it is told."""

    def __init__(self, function: Callable[..., Any]) -> None:
        feature = nba.feature(reads=["value"], returns=float, name="rain")(function)

        def nba_features() -> list[Any]:
            return [feature]

        self.module = {"weather": SimpleNamespace(nba_features=nba.hookimpl(nba_features))}


def test_a_feature_that_fails_makes_decisions_more_careful() -> None:
    from nba.testing.contract import guarantees
    from nba.testing.strategies import Customer

    rules = nba.load(packs=["service"])
    features = [of for of in rules.ruleset.facts if hasattr(of, "plugin")]
    check = guarantees.faults_make_careful(rules, features)
    from random import Random

    assert features
    assert check(Customer({"service": {"cases": []}}, {}, "2026-01-01T09:00:00Z"), Random(0)) is None


def test_a_feature_that_draws_numbers_is_found(write: Callable[..., Any]) -> None:
    from itertools import count

    numbers = count()
    plugin = Plugin(lambda value: float(next(numbers)))
    pack = PACK.replace("value < 1", "weather.rain > 3")

    class TestIt(PackContract):
        """A pack whose feature is another each time."""

        pack = "weather"
        plugins: ClassVar[Any] = plugin.module
        others = ()
        examples = 5

    folder = write({"pack.yaml": pack})
    orchestrator = nba.load(folder, plugins=plugin.module)
    TestIt._kept_subject = SimpleNamespace(near=orchestrator)  # type: ignore[assignment]  # loaded by hand
    told = outcome(TestIt(), "test_the_same_customer_gets_the_same_decision")
    assert told.startswith("the same customer gets the same decision: this does not hold\n")
