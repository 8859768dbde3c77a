"""How many decisions a second a table of profiles gets, where there is `decide_frame`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from nba.errors import NbaError
from nba.orchestrator import Orchestrator

_LEAST_ROWS = 10_000
"""Rows of the table, so that it is decided column by column in earnest: the profiles, again and again."""


@dataclass(frozen=True)
class Columns:
    """How many decisions a second there were on a table of so many rows; or why none was decided on."""

    rows: int = 0
    a_second: float | None = None
    because: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        if self.a_second is None:
            return {"not_measured": self.because}
        return {"rows": self.rows, "decisions_a_second": round(self.a_second)}


def columns(
    orchestrator: Orchestrator,
    profiles: Sequence[Mapping[str, Any]],
    as_of: datetime | str,
    context: object,
    limit: int | None,
    seconds: float,
) -> Columns:
    """Decide on the profiles as a table, at least once and until the time is up."""
    decide_frame = getattr(orchestrator, "decide_frame", None)
    if decide_frame is None:
        return Columns(because="this version decides row by row only")
    try:
        import polars
    except ImportError:
        return Columns(because="it needs an extra: pip install 'nba[batch]'")
    whole = list(profiles) * -(-_LEAST_ROWS // len(profiles))
    try:
        frame = polars.from_dicts(whole, infer_schema_length=None)
        rounds, began = 0, perf_counter()
        while not rounds or perf_counter() - began < seconds:
            decided = decide_frame(frame, as_of=as_of, context=context, limit=limit)
            if isinstance(decided, polars.LazyFrame):
                decided.collect()
            rounds += 1
    except (NbaError, polars.exceptions.PolarsError, TypeError, ValueError) as error:
        return Columns(because=f"these profiles do not make a table: {str(error).splitlines()[0][:200]}")
    return Columns(len(whole), rounds * len(whole) / (perf_counter() - began))
