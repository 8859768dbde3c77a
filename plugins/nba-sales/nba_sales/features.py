"""Facts about a customer's holdings that take more than one expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import nba


@nba.feature(reads=["sales.holdings"], returns=int)
def breadth(holdings: Sequence[Mapping[str, Any] | None] | None) -> int | None:
    """In how many product families the customer has something from us.

    Missing when the holdings are, or when the family of one of them is not known.
    """
    if holdings is None:
        return None
    categories = {None if holding is None else holding.get("category") for holding in holdings}
    return None if None in categories else len(categories)
