"""The pack of billing: its own cases, alone and beside the other packs, and the one feature that is Python."""

from __future__ import annotations

from datetime import date

import pytest

import nba
from nba.testing import PackContract
from nba_billing import paid_in_time


class TestBilling(PackContract):
    pack = "billing"
    cases = ("cases", "cases-with-others")
    budget = 12
    examples = 10


def test_what_billing_tells_others_says_nothing_of_hardship() -> None:
    profile = {
        "id": "C-1",
        "billing": {"hardship": True, "invoices": [{"status": "open", "amount": 80.0, "due_on": "2026-11-01"}]},
        "sales": {"opportunities": [{"id": "S1", "kind": "upsell", "value": 9000.0}]},
    }
    pytest.importorskip("nba_sales", reason="each pack is a distribution of its own")
    decision = nba.load(packs=["billing", "sales"]).decide(profile, as_of="2026-11-22T09:00:00Z")
    assert [task.department for task in decision.tasks] == ["sales"]
    [held] = decision.blocked[-1:]
    told = [task.message for task in decision.tasks] + [task.because for task in decision.tasks]
    told += [reason.because for reason in held.by if reason.department == "billing"]
    assert len(told) >= 3
    assert not [text for text in told if "hardship" in text or "cannot pay" in text or "vulnerable" in text]


def paid(due: int | None, on: int | None) -> dict[str, object]:
    days = [None if day is None else date(2026, 11, day) for day in (due, on)]
    return {"status": "paid", "due_on": days[0], "paid_on": days[1]}


@pytest.mark.parametrize(
    ("invoices", "share"),
    [
        ((), 1.0),
        ((paid(4, 4), paid(4, 9)), 0.5),
        ((paid(4, 9), {"status": "open"}), 0.0),
        ((paid(4, None),), None),
        ((paid(4, 4), {}), None),
        ((paid(4, 4), None), None),
        (None, None),
    ],
)
def test_the_share_paid_in_time_is_missing_rather_than_guessed(invoices: object, share: float | None) -> None:
    assert paid_in_time(invoices) == share
