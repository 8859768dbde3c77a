"""The pack of the workplace: its own cases, alone and beside the other packs, and the one feature that is Python."""

from __future__ import annotations

import pytest

import nba
from nba.testing import PackContract
from nba_workplace import customers_held_up


class TestWorkplace(PackContract):
    pack = "workplace"
    cases = ("cases", "cases-with-others")
    budget = 12
    examples = 10


def test_the_customers_who_wait_behind_a_colleague_are_named_and_counted() -> None:
    pytest.importorskip("nba_marketing", reason="each pack is a distribution of its own")
    request = {"id": "R1", "department": "marketing", "status": "open", "needed_on": "2026-11-23"}
    workplace = {"starts_on": "2023-02-01", "requests": [{**request, "customers": ["C-1", "C-2"]}]}
    decision = nba.load(packs=["workplace", "marketing"]).decide(
        {"id": "E-9", "name": "Maya", "workplace": workplace}, as_of="2026-11-22T09:00:00Z"
    )
    assert decision.action is not None
    assert decision.action.payload["customers"] == ("C-1", "C-2")
    [task] = [task for task in decision.tasks if task.department == "marketing"]
    assert "2 customers" in task.message


@pytest.mark.parametrize(
    ("requests", "customers"),
    [
        ((), 0),
        (({"status": "open", "customers": ("C-1", "C-2")}, {"status": "open", "customers": ("C-2",)}), 2),
        (({"status": "open", "customers": ("C-1",)}, {"status": "done", "customers": None}), 1),
        (({"status": "open", "customers": None},), None),
        (({"status": "open", "customers": ()}, {}), None),
        (({"status": "open", "customers": ()}, None), None),
        (None, None),
    ],
)
def test_a_customer_who_waits_for_two_things_counts_once(requests: object, customers: int | None) -> None:
    assert customers_held_up(requests) == customers
