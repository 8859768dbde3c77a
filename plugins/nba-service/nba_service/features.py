"""Facts about a customer's cases that take more than one expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import nba


@nba.feature(reads=["service.cases"], returns=float)
def reopen_rate(cases: Sequence[Mapping[str, Any] | None] | None) -> float | None:
    """The share of cases that the customer had to come back with, 0 to 1; 0 when there is no case at all.

    Missing when the cases are, or when it is not known of one of them: a guess would make the customer look content.
    """
    if cases is None:
        return None
    reopenings = [None if case is None else case.get("reopenings") for case in cases]
    known = [count for count in reopenings if count is not None]
    if len(known) < len(reopenings):
        return None
    return sum(count > 0 for count in known) / len(known) if known else 0.0
