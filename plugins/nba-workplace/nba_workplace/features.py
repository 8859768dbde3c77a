"""Facts about a colleague's requests that take more than one expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import nba


@nba.feature(reads=["workplace.requests"], returns=int)
def customers_held_up(requests: Sequence[Mapping[str, Any] | None] | None) -> int | None:
    """How many different customers wait because the colleague waits; one who waits for two things counts once.

    Missing when the requests are, or when it is not known of an open one.
    """
    if requests is None:
        return None
    held_up: set[str] = set()
    for request in requests:
        if request is None or request.get("status") is None:
            return None
        if request["status"] == "open":
            customers = request.get("customers")
            if customers is None or None in customers:
                return None
            held_up.update(customers)
    return len(held_up)
