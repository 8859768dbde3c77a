"""The pack of the workplace: its own cases, alone and beside the other packs, and the one feature that is Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import nba
from nba.authoring import run_cases
from nba_workplace import customers_held_up

HERE = Path(__file__).parent
OTHERS = [of for of in ("billing", "logistics", "marketing", "sales", "service", "workplace") if of != "workplace"]


def test_every_case_of_the_pack_holds_when_it_is_alone() -> None:
    report = run_cases(HERE / "cases", nba.load(packs=["workplace"]))
    assert report.passed, str(report)


def test_every_case_holds_beside_the_other_packs() -> None:
    for other in OTHERS:
        pytest.importorskip(f"nba_{other}", reason="each pack is a distribution of its own")
    report = run_cases(HERE / "cases-with-others", nba.load(packs=["workplace", *OTHERS]))
    assert report.passed, str(report)


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
