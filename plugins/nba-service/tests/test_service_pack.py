"""The pack of customer service: its own cases, and the one feature that is Python."""

from __future__ import annotations

import pytest

from nba.testing import PackContract
from nba_service import reopen_rate


class TestService(PackContract):
    pack = "service"
    cases = ("cases", "cases-with-sales")
    budget = 12
    examples = 10


@pytest.mark.parametrize(
    ("cases", "rate"),
    [
        ((), 0.0),
        (({"reopenings": 0}, {"reopenings": 2}), 0.5),
        (({"reopenings": 1},), 1.0),
        (({"reopenings": 1}, {}), None),
        (({"reopenings": 1}, None), None),
        (None, None),
    ],
)
def test_the_reopen_rate_is_missing_rather_than_guessed(cases: object, rate: float | None) -> None:
    assert reopen_rate(cases) == rate
