"""Decisions on a table are counted, and it is told why where there can be no table."""

from __future__ import annotations

from typing import Any

import pytest

import nba
from nba.bench.columns import columns

AS_OF = "2026-11-22T09:00:00Z"
pytest.importorskip("polars", reason="it comes with the extra `batch`")


def measured(profiles: list[dict[str, Any]], seconds: float = 0.02) -> dict[str, Any]:
    return columns(nba.load(nba.shipped("house")), profiles, AS_OF, None, 1, seconds).to_dict()


def test_the_profiles_are_repeated_until_the_table_takes_long_enough() -> None:
    three = [{"id": "C-1"}, {"id": "C-2", "value": 2.0}, {"id": "C-3"}]
    short, long = measured(three, 1e-9), measured(three, 0.2)
    assert short["rows"] == 3
    assert long["rows"] > 3
    assert long["rows"] == long["on_columns"]
    assert long["decisions_a_second"] > 0


def test_profiles_that_make_no_table_are_told() -> None:
    found = measured([{"value": {"a": 1}}, {"value": "text"}])
    assert found["not_measured"].startswith("these profiles do not make a table: ")
