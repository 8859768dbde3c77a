"""The pack of marketing: its own cases, alone and beside the other packs, and the one feature that is Python."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nba.testing import PackContract
from nba_marketing import unread_in_a_row


class TestMarketing(PackContract):
    pack = "marketing"
    cases = ("cases", "cases-with-others")
    budget = 12
    examples = 10


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
