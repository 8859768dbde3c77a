"""The pack of marketing: its own cases, alone and beside the other packs, and the one feature that is Python."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import nba
from nba.authoring import run_cases
from nba_marketing import unread_in_a_row

HERE = Path(__file__).parent
OTHERS = [of for of in ("billing", "logistics", "marketing", "sales", "service", "workplace") if of != "marketing"]


def test_every_case_of_the_pack_holds_when_it_is_alone() -> None:
    report = run_cases(HERE / "cases", nba.load(packs=["marketing"]))
    assert report.passed, str(report)


def test_every_case_holds_beside_the_other_packs() -> None:
    for other in OTHERS:
        pytest.importorskip(f"nba_{other}", reason="each pack is a distribution of its own")
    report = run_cases(HERE / "cases-with-others", nba.load(packs=["marketing", *OTHERS]))
    assert report.passed, str(report)


def letter(day: int, read: bool) -> dict[str, object]:
    sent = datetime(2026, 11, day, tzinfo=UTC)
    return {"sent_at": sent, "opened_at": sent if read else None}


@pytest.mark.parametrize(
    ("letters", "unread"),
    [
        ((), 0),
        ((letter(1, True), letter(2, False), letter(3, False)), 2),
        ((letter(3, False), letter(1, False), letter(2, True)), 1),
        ((letter(1, False), letter(2, True)), 0),
        ((letter(1, False), {"opened_at": None}), None),
        ((letter(1, False), None), None),
        (None, None),
    ],
)
def test_the_unread_letters_are_counted_from_the_latest_and_never_guessed(letters: object, unread: int | None) -> None:
    assert unread_in_a_row(letters) == unread
