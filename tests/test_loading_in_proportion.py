"""The work and memory of a load grow with the rules, not with their square: counted, so it is the same everywhere."""

from __future__ import annotations

import gc
import sys
import tracemalloc

import nba
from nba.loading import load_rules
from tests.benchmarks.bench_loading import write

MOST_CALLS_A_RULE = 5_000  # 4,070 on Python 3.11 when it was last looked at
MOST_KEPT_A_RULE = 9_000  # bytes of the checked rules; 6,500 on Python 3.11 when it was last looked at
MOST_TAKEN_A_RULE = 16_000  # bytes while they are read and checked; 12,500


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


def test_a_rule_takes_little_memory_and_less_when_it_is_loaded(tmp_path):
    nba.load(write(tmp_path / "first", 10))  # what is imported and made ready once
    folder = write(tmp_path / "160", 160, one_file=True)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        rules = load_rules(folder).built.ruleset
        kept, taken = (of - before for of in tracemalloc.get_traced_memory())
    finally:
        tracemalloc.stop()
    assert len(rules.statements) > 160
    assert kept / 160 < MOST_KEPT_A_RULE
    assert taken / 160 < MOST_TAKEN_A_RULE
