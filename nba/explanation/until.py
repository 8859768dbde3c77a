"""When a block would lift, if nothing but time went by."""

from __future__ import annotations

from datetime import datetime

from nba.language import tree
from nba.trace import Trace


def lifts_at(trace: Trace, node: tree.Node) -> datetime | None:
    """The first instant at which a condition that holds now would be false, all data unchanged; None when not known."""
    return None
