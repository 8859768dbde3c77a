"""Facts about how a customer pays that take more than one expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import nba


@nba.feature(reads=["billing.invoices"], returns=float)
def paid_in_time(invoices: Sequence[Mapping[str, Any] | None] | None) -> float | None:
    """The share of paid invoices that were paid by their day, 0 to 1; 1 when none was paid yet.

    Missing when the invoices are, or when it is not known of a paid one: a guess could make a good payer look bad.
    """
    if invoices is None:
        return None
    in_time = []
    for invoice in invoices:
        if invoice is None or invoice.get("status") is None:
            return None
        if invoice["status"] == "paid":
            due, paid = invoice.get("due_on"), invoice.get("paid_on")
            if due is None or paid is None:
                return None
            in_time.append(paid <= due)
    return sum(in_time) / len(in_time) if in_time else 1.0
