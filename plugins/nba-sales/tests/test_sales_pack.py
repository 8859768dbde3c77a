"""The pack of sales: its own cases, alone and beside customer service, and the one feature that is Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import nba
from nba.authoring import run_cases
from nba_sales import breadth

HERE = Path(__file__).parent


def test_every_case_of_the_pack_holds_when_it_is_alone() -> None:
    report = run_cases(HERE / "cases", nba.load(packs=["sales"]))
    assert report.passed, str(report)


def test_every_case_holds_beside_the_pack_of_service() -> None:
    pytest.importorskip("nba_service", reason="the pack of customer service is a distribution of its own")
    report = run_cases(HERE / "cases-with-service", nba.load(packs=["sales", "service"]))
    assert report.passed, str(report)


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
