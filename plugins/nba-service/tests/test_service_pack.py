"""The pack of customer service: its own cases, and the one feature that is Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import nba
from nba.authoring import run_cases
from nba_service import reopen_rate

HERE = Path(__file__).parent


def test_every_case_of_the_pack_holds_when_it_is_alone() -> None:
    report = run_cases(HERE / "cases", nba.load(packs=["service"]))
    assert report.passed, str(report)


def test_every_case_holds_beside_the_pack_of_sales() -> None:
    pytest.importorskip("nba_sales", reason="the pack of sales is a distribution of its own")
    report = run_cases(HERE / "cases-with-sales", nba.load(packs=["service", "sales"]))
    assert report.passed, str(report)


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
