"""Customers of whom a rule is true, or is not; and that generated customers see nearly every truth there is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import nba
from nba.language import tree
from nba.testing.strategies import Unreachable, customers, satisfying, violating
from nba.testing.strategies.reaching import Reaching
from nba.testing.strategies.truths import Truths
from tests.testing.test_strategies import NUMBER, RULE_SETS, THOROUGH, drawn, loaded, rules

HERE = RULE_SETS if THOROUGH else ("car-dealer",)


@pytest.mark.parametrize("name", HERE)
def test_every_rule_has_customers_who_satisfy_it_and_others_who_do_not(name: str) -> None:
    orchestrator = loaded(name)
    truths = Truths(orchestrator.ruleset)
    for id in truths.conditions:
        for customer in drawn(satisfying(orchestrator, id), 3):
            assert truths.of(id, customer) is True, id
        if isinstance(truths.conditions[id], tree.Constant):
            with pytest.raises(Unreachable, match="is always true"):
                violating(orchestrator, id)
            continue
        for customer in drawn(violating(orchestrator, id), 3):
            assert truths.of(id, customer) is False, id


def test_what_is_unknown_of_no_customer_is_proved_to_be_so() -> None:
    dealer = loaded("car-dealer")
    unreachable = {}
    for id in Truths(dealer.ruleset).conditions:
        try:
            Reaching(dealer.ruleset, id).ways((None,), solver=None)
        except Unreachable as error:
            unreachable[id] = str(error)
    told = "is unknown for no customer at all: its condition is `service.cases is missing`"
    assert unreachable == {"service.look_up_unknown_cases": f"`service.look_up_unknown_cases` {told}"}


def test_customers_who_do_not_satisfy_a_rule_may_be_those_of_whom_it_is_not_known() -> None:
    dealer, rule = loaded("car-dealer"), "service.recovery_owed"
    truths = Truths(dealer.ruleset)
    assert {truths.of(rule, of) for of in drawn(violating(dealer, rule, unknown=True), 60)} == {False, None}


def test_customers_who_satisfy_a_rule_vary_in_what_it_reads_and_in_all_else() -> None:
    found = drawn(satisfying(loaded("car-dealer"), "service.recovery_owed"), 150)
    assert len({str(of.profile["service"]["cases"]) for of in found}) > 20
    assert len({str(of.profile.get("sales")) for of in found}) > 20
    assert len({of.as_of for of in found}) > 5


def test_a_rule_that_nobody_satisfies_is_an_error_that_says_why(tmp_path: Path) -> None:
    orchestrator = rules(tmp_path, {"x": NUMBER, "y": NUMBER}, "it.y > 1 and it.x > 3 and it.x < 2")
    with pytest.raises(Unreachable) as raised:
        satisfying(orchestrator, "desk.r0")
    told = "`desk.r0` is true for no customer at all: `it.x > 3` and `it.x < 2` cannot hold together"
    assert str(raised.value) == told


def test_without_the_solver_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [of for of in sys.modules if of.partition(".")[0] == "z3" or of.startswith("nba.proof")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "z3", None)
    orchestrator = rules(tmp_path, {"x": NUMBER}, "it.x > 3 and it.x < 2")
    with pytest.raises(Unreachable, match=r"that does not mean that there is none.*nba\[proof\]"):
        satisfying(orchestrator, "desk.r0")
    with pytest.raises(nba.MissingExtraError, match="proof"):
        satisfying(orchestrator, "desk.r0", solver=True)


def test_a_solver_finds_what_lies_on_no_boundary(tmp_path: Path) -> None:
    """Two numbers that no literal tells, and that hang together."""
    whole = {"type": "integer"}
    orchestrator = rules(tmp_path, {"x": whole, "y": whole}, "it.x * 3 + it.y * 5 == 1000003 and it.x > 7 * it.y > 700")
    (one, *_) = drawn(satisfying(orchestrator, "desk.r0"), 3)
    assert Truths(orchestrator.ruleset).of("desk.r0", one) is True


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("service.recovery_own", "did you mean `service.recovery_owed`?"),
        ("service.waiting_days", "is a value, and no condition"),
    ],
)
def test_what_is_no_condition_is_an_error(rule: str, told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("?", r"\?")):
        satisfying(loaded("car-dealer"), rule)


@pytest.mark.parametrize("name", ["car-dealer", "onboarding"])
def test_generated_customers_see_nearly_every_truth_of_every_rule(name: str) -> None:
    ruleset = loaded(name).ruleset
    truths = Truths(ruleset)
    seen: dict[str, set[Any]] = {id: set() for id in truths.conditions}
    for customer in drawn(customers(loaded(name)), 500):
        for id, truth in truths.all(customer).items():
            seen[id].add(truth)
    assert sum(map(len, seen.values())) / (3 * len(seen)) > 0.93
    assert sum(True in of for of in seen.values()) / len(seen) > 0.95
