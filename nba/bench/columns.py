"""How many decisions a second a table of profiles gets, where there is `decide_frame`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from nba.errors import NbaError
from nba.orchestrator import Orchestrator

_BASE, _MOST = 10_000, 1_000_000
"""Rows on which it is found out how many take the time there is, and how many there are at most."""


@dataclass(frozen=True)
class Columns:
    """How many decisions a second there were on a table, and how many of its rows were decided on columns.

    A table that could not be decided on says why instead.
    """

    rows: int = 0
    on_columns: int = 0
    a_second: float | None = None
    because: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        if self.a_second is None:
            return {"not_measured": self.because}
        return {"rows": self.rows, "on_columns": self.on_columns, "decisions_a_second": round(self.a_second)}


def columns(
    orchestrator: Orchestrator,
    profiles: Sequence[Mapping[str, Any]],
    as_of: datetime | str,
    context: object,
    limit: int | None,
    seconds: float,
) -> Columns:
    """Decide on the profiles as a table, repeated until it takes about so long."""
    decide_frame = getattr(orchestrator, "decide_frame", None)
    if decide_frame is None:
        return Columns(because="this version decides row by row only")
    try:
        import polars
    except ImportError:
        return Columns(because="it needs an extra: pip install 'nba[batch]'")

    def decided(frame: polars.DataFrame) -> tuple[Any, float]:
        before = perf_counter()
        found = decide_frame(frame, as_of=as_of, context=context, limit=limit)
        return found, perf_counter() - before

    try:
        frame = polars.from_dicts(profiles, infer_schema_length=None)
        base = polars.concat([frame] * -(-_BASE // len(frame)))
        decided(base)  # what is made on first use is made
        _, took = decided(base)
        times = max(1, min(_MOST // len(base), round(seconds / took)))
        found, took = decided(polars.concat([base] * times, rechunk=True))
    except (NbaError, polars.exceptions.PolarsError, TypeError, ValueError) as error:
        return Columns(because=f"these profiles do not make a table: {str(error).splitlines()[0][:200]}")
    rows = len(base) * times
    return Columns(rows, found.report.on_columns, rows / took)
