"""Dates and instants from text: ISO 8601, strict, nothing guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba.language.moments import read_date, read_instant, write_instant


@pytest.mark.parametrize("text", ["2026-12-31", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_calendar_day(text):
    assert read_date(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-1-1",
        "20260101",
        "2026-W01-1",
        "2026-001",
        "31.12.2026",
        " 2026-12-31",
        "2026-12-31\n",
        "٢٠٢٦-12-31",
        "2026\u201012\u201031",
        "0000-01-01",
        "10000-01-01",
        "-026-01-01",
        "2026-12-31T00:00:00Z",
        "2026-12-3\uff11",
    ],
)
def test_what_is_no_calendar_day(text):
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-12-31T09:00:00Z", datetime(2026, 12, 31, 9, tzinfo=UTC)),
        ("2026-12-31T09:00Z", datetime(2026, 12, 31, 9, tzinfo=UTC)),
        ("2026-12-31t09:00:00z", datetime(2026, 12, 31, 9, tzinfo=UTC)),
        ("2026-12-31 09:00:00+00:00", datetime(2026, 12, 31, 9, tzinfo=UTC)),
        ("2026-12-31T09:00:00+0200", datetime(2026, 12, 31, 7, tzinfo=UTC)),
        ("2026-12-31T09:00:00-12:30", datetime(2026, 12, 31, 21, 30, tzinfo=UTC)),
        ("2026-12-31T09:00:00.5Z", datetime(2026, 12, 31, 9, 0, 0, 500000, tzinfo=UTC)),
        ("2026-12-31T09:00:00,123456Z", datetime(2026, 12, 31, 9, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_with_its_offset(text, instant):
    assert read_instant(text) == instant
    assert read_instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-12-31",
        "2026-12-31T09:00:00",
        "2026-12-31T09Z",
        "2026-12-31T24:00:00Z",
        "2026-12-31T09:60:00Z",
        "2026-12-31T09:00:60Z",
        "2026-12-31T09:00:00+25:00",
        "2026-12-31T09:00:00 Z",
        "2026-12-31T09:00:00+02",
        "2026-12-31T09:00:00.1234567Z",
        "2026-12-31T09:00:00Z\n",
        "1795338000",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2026-12-31T09:00:00Europe/Helsinki",
        "T09:00:00Z",
        "2026-12-31T09:00:00Z" + " " * 100,
        "20261231T090000Z",
    ],
)
def test_what_is_no_instant(text):
    assert read_instant(text) is None


@given(st.integers(-60_000_000_000, 250_000_000_000), st.integers(-1439, 1439))
def test_an_instant_is_read_as_it_is_written_whatever_its_offset(seconds, minutes):
    instant = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(
        timezone(timedelta(minutes=minutes))
    )
    text = write_instant(instant)
    assert text.endswith("Z")
    assert read_instant(text) == instant
    assert write_instant(read_instant(text)) == text


@given(st.text(max_size=45))
def test_no_text_does_harm(text):
    assert read_date(text) is None or read_date(text).isoformat() == text
    read_instant(text)
