"""The work of a load grows with the rules, not with their square: counted, not timed, so it is the same everywhere."""

from __future__ import annotations

import sys

import nba
from tests.benchmarks.bench_loading import write

MOST_CALLS_A_RULE = 5_500  # 4,380 on Python 3.11 when it was last looked at


def calls(folder) -> int:
    """How many functions a load calls, those of Python itself too."""
    count = 0

    def seen(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        nba.load(folder)
    finally:
        sys.setprofile(before)
    return count


def test_twice_the_rules_take_twice_the_calls(tmp_path):
    nba.load(write(tmp_path / "first", 10))  # what is imported and made ready once
    some, more = (calls(write(tmp_path / str(count), count, one_file=True)) for count in (80, 160))
    assert more < 2.3 * some
    assert more / 160 < MOST_CALLS_A_RULE
