"""The pack of sales: its own cases, alone and beside customer service, and the one feature that is Python."""

from __future__ import annotations

import pytest

from nba.testing import PackContract
from nba_sales import breadth


class TestSales(PackContract):
    pack = "sales"
    cases = ("cases", "cases-with-service")
    budget = 12
    examples = 10


@pytest.mark.parametrize(
    ("holdings", "families"),
    [
        ((), 0),
        (({"category": "mobile"}, {"category": "mobile"}, {"category": "tv"}), 2),
        (({"category": "mobile"}, {}), None),
        (({"category": "mobile"}, None), None),
        (None, None),
    ],
)
def test_the_breadth_is_missing_rather_than_guessed(holdings: object, families: int | None) -> None:
    assert breadth(holdings) == families
