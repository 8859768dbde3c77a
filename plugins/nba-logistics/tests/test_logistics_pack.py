"""The pack of logistics: its own cases, alone and beside the other packs, and the one feature that is Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import nba
from nba.authoring import run_cases
from nba_logistics import kept_promises

HERE = Path(__file__).parent
OTHERS = [of for of in ("billing", "logistics", "marketing", "sales", "service", "workplace") if of != "logistics"]


def test_every_case_of_the_pack_holds_when_it_is_alone() -> None:
    report = run_cases(HERE / "cases", nba.load(packs=["logistics"]))
    assert report.passed, str(report)


def test_every_case_holds_beside_the_other_packs() -> None:
    for other in OTHERS:
        pytest.importorskip(f"nba_{other}", reason="each pack is a distribution of its own")
    report = run_cases(HERE / "cases-with-others", nba.load(packs=["logistics", *OTHERS]))
    assert report.passed, str(report)


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
