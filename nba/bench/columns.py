"""How many decisions a second a table of profiles gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from nba.errors import NbaError
from nba.orchestrator import Orchestrator

_LARGER, _MOST = 4, 1_000_000
"""By how much the table is made larger until it takes long enough, and how many rows it has at most."""


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
    """Decide on the profiles as a table, repeated until that takes about so long."""
    try:
        import polars
    except ImportError:
        return Columns(because="it needs an extra: pip install 'nba[batch]'")

    def decided(frame: polars.DataFrame) -> tuple[Any, float]:
        before = perf_counter()
        found = orchestrator.decide_frame(frame, as_of=as_of, context=context, limit=limit)
        return found, perf_counter() - before

    try:
        table = polars.from_dicts(profiles, infer_schema_length=None)
        decided(table)  # what is made on first use is made
        found, took = decided(table)
        while took < seconds / _LARGER and len(table) * _LARGER <= _MOST:
            table = polars.concat([table] * _LARGER, rechunk=True)
            found, took = decided(table)
    except (NbaError, polars.exceptions.PolarsError, TypeError, ValueError) as error:
        return Columns(because=f"these profiles do not make a table: {str(error).splitlines()[0][:200]}")
    return Columns(len(table), found.report.on_columns, len(table) / took)
