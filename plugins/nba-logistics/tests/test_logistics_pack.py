"""The pack of logistics: its own cases, alone and beside the other packs, and the one feature that is Python."""

from __future__ import annotations

from datetime import date

import pytest

from nba.testing import PackContract
from nba_logistics import kept_promises


class TestLogistics(PackContract):
    pack = "logistics"
    cases = ("cases", "cases-with-others")
    budget = 12
    examples = 10


def delivered(promised: int | None, came: int | None) -> dict[str, object]:
    days = [None if day is None else date(2026, 11, day) for day in (promised, came)]
    return {"status": "delivered", "promised_on": days[0], "eta": days[1]}


@pytest.mark.parametrize(
    ("orders", "share"),
    [
        ((), 1.0),
        ((delivered(4, 4), delivered(4, 9)), 0.5),
        ((delivered(4, 9), {"status": "placed"}), 0.0),
        ((delivered(4, None),), None),
        ((delivered(4, 4), {}), None),
        ((delivered(4, 4), None), None),
        (None, None),
    ],
)
def test_the_kept_promises_are_missing_rather_than_guessed(orders: object, share: float | None) -> None:
    assert kept_promises(orders) == share
