"""The benchmarks still run, and what they compare still agrees; in small, with the engines that are installed.

In full: benchmarks/peers.py.
"""

from __future__ import annotations

import json

import pytest

from tests.benchmarks import eligibility_case, floors, peers
from tests.benchmarks.contestants import Contestant, Decide, Generated, Match
from tests.benchmarks.entering import CONTESTANTS, Absent, enter
from tests.benchmarks.measuring import side_by_side
from tests.benchmarks.seeded import Workload, make


@pytest.fixture(scope="module")
def work() -> Workload:
    return make(30, customers=40)


@pytest.mark.parametrize("kind", CONTESTANTS, ids=lambda kind: kind.__name__)
def test_an_engine_says_of_every_customer_what_the_rules_say(kind: type[Contestant], work: Workload) -> None:
    (entrant,) = enter([kind], work)
    if isinstance(entrant, Absent):
        pytest.skip(entrant.because)
    assert len(peers.check(entrant, work)) == 40


@pytest.mark.parametrize("kind", [Decide, Match], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("options", [{"missing": 0.2}, {"tiers": 12}, {"guards": 30}, {"fields": 10}, {"share": 0.5}])
def test_so_it_does_where_something_else_is_varied(kind: type[Contestant], options: dict[str, float]) -> None:
    other = make(20, customers=30, **options)
    (entrant,) = enter([kind], other)
    assert isinstance(entrant, kind)
    peers.check(entrant, other)


def test_an_engine_that_says_something_else_is_not_timed(work: Workload) -> None:
    class Wrong(Generated):
        def fired(self, answer: list[int]) -> list[int]:
            return answer[1:]

    with pytest.raises(peers.Disagreement):
        peers.run("wrong", [Wrong], work, rounds=1)


@pytest.mark.parametrize(("share", "most"), [(0.01, 0.02), (0.1, 0.11), (0.5, 0.52)])
def test_about_the_share_of_rules_matches_that_was_asked_for(share: float, most: float) -> None:
    assert 2 * share - most < make(400, share=share, customers=50).share < most


def test_the_same_arguments_make_the_same_rules_and_customers(work: Workload) -> None:
    again = make(30, customers=40)
    assert (again.rules, again.customers) == (work.rules, work.customers)
    assert all(3 <= len(rule.conditions) <= 5 for rule in work.rules)
    assert {rule.effect for rule in work.rules} == {"propose", "block", "weigh"}


def test_no_two_customers_have_to_be_decided_alike(work: Workload) -> None:
    assert len({work.chosen(of) for of in work.customers}) > 3


def test_the_published_case_is_answered_as_its_tables_say() -> None:
    answers = eligibility_case.by_nba()
    assert answers(eligibility_case.published()) == {
        "total_cost": 705.9,
        "heavy_days": 120,
        "average_data": 3.0,
        "high_days": 12,
        "medium_days": 179,
        "account_status": "excellent",
        "good_standing": True,
        "loyalty_tier": "gold",
        "loyalty_discount": 15,
        "data_booster": True,
        "family_plan": True,
        "loyalty_reward": True,
        "offer_count": 3,
    }


def test_zen_engine_answers_it_alike() -> None:
    pytest.importorskip("zen", reason="zen-engine is not installed")
    assert peers.published_case(rounds=1).keys() >= {"nba"}


def test_the_floors_can_be_measured() -> None:
    assert all(us > 0 for us in floors.measure(rounds=1).values())


def test_the_steps_of_a_decision_can_be_measured() -> None:
    steps = floors.anatomy(rounds=1)
    assert len(steps) == 7
    assert sum(steps.values()) > 0


def test_jobs_take_turns_and_the_median_is_told() -> None:
    said: list[str] = []
    found = side_by_side({"a": lambda: said.append("a"), "b": lambda: said.append("b")}, rounds=2)
    assert found.keys() == {"a", "b"}
    first, second = said.index("a"), said.index("b")
    assert first < second
    assert json.dumps(found)
