"""Facts about how a customer listens that take more than one expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import nba


@nba.feature(reads=["marketing.letters"], returns=int)
def unread_in_a_row(letters: Sequence[Mapping[str, Any] | None] | None) -> int | None:
    """How many of the latest letters the customer left unread, one after the other; 0 when there was none to read.

    Missing when the letters are, or when it is not known when one of them was sent: their order would be a guess.
    """
    if letters is None:
        return None
    sent = []
    for letter in letters:
        if letter is None or letter.get("sent_at") is None:
            return None
        sent.append((letter["sent_at"], letter.get("opened_at") is not None))
    count = 0
    for _, opened in sorted(sent, reverse=True):
        if opened:
            break
        count += 1
    return count
