"""Facts about a customer's orders that take more than one expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import nba


@nba.feature(reads=["logistics.orders"], returns=float)
def kept_promises(orders: Sequence[Mapping[str, Any] | None] | None) -> float | None:
    """The share of delivered orders that came by the day we promised, 0 to 1; 1 when nothing was delivered yet.

    Missing when the orders are, or when it is not known of a delivered one: a guess would flatter us.
    """
    if orders is None:
        return None
    kept = []
    for order in orders:
        if order is None or order.get("status") is None:
            return None
        if order["status"] == "delivered":
            promised, came = order.get("promised_on"), order.get("eta")
            if promised is None or came is None:
                return None
            kept.append(came <= promised)
    return sum(kept) / len(kept) if kept else 1.0
