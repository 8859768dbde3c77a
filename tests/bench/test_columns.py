"""Decisions on a table are counted where there are such, and it is told why where there are none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from nba.bench.columns import columns

AS_OF = "2026-11-22T09:00:00Z"
pl = pytest.importorskip("polars", reason="it comes with the extra `batch`")


class Tabled:
    """Decides on tables, half of the rows on columns."""

    def __init__(self) -> None:
        self.rows: list[int] = []

    def decide_frame(self, frame: Any, *, as_of: object, context: object, limit: object) -> Any:
        self.rows.append(len(frame))
        return SimpleNamespace(report=SimpleNamespace(on_columns=len(frame) // 2))


def measured(orchestrator: Any, profiles: list[dict[str, Any]]) -> dict[str, Any]:
    return columns(orchestrator, profiles, AS_OF, None, 1, 0.01).to_dict()


def test_the_profiles_are_repeated_until_the_table_is_worth_it() -> None:
    tabled = Tabled()
    found = measured(tabled, [{"id": "C-1"}, {"id": "C-2", "value": 2.0}, {"id": "C-3"}])
    assert tabled.rows[:2] == [10_002, 10_002]
    assert found["rows"] == tabled.rows[2] == 2 * found["on_columns"] > 10_002
    assert found["decisions_a_second"] > 0


def test_profiles_that_make_no_table_are_told() -> None:
    found = measured(Tabled(), [{"value": {"a": 1}}, {"value": "text"}])
    assert found["not_measured"].startswith("these profiles do not make a table: ")


def test_a_version_without_tables_is_told() -> None:
    assert measured(object(), [{"id": "C-1"}]) == {"not_measured": "this version decides row by row only"}
