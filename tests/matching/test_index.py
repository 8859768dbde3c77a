"""An index says of every condition what the reference says, at and around every value that it can tell apart."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Enum, ListOf, Record, Type
from nba.language.values import FAILED
from nba.matching.index import Index
from nba.matching.native import NativeMatcher, places
from nba.testing.engines import ReferenceMatcher
from tests.matching.layers import features_of, layer_of, truths

LEVEL = Enum(("low", "medium", "high"), ordered=True)
COLOUR = Enum(("red", "green", "blue"))
DAYS = [date.min, date.min + timedelta(days=1), date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3), date.max]
LAST = datetime.max.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def written(literals: Sequence[str], *, order: bool = True) -> list[str]:
    """Every way to compare `a` with one of the literals, and some ways with two of them."""
    operators = ("==", "!=", "<", "<=", ">", ">=") if order else ("==", "!=")
    alone = [f"a {operator} {literal}" for operator, literal in itertools.product(operators, literals)]
    mirrored = [f"{literal} {operator} a" for operator, literal in itertools.product(operators, literals)]
    together = ["a is missing", "a is not missing", f"a == {literals[0]} or b"]
    if "(" not in literals[0]:  # else it is no plain value, and stands in no list
        together += [f"a in [{', '.join(literals[:2])}]", f"a not in [{', '.join(literals[:2])}]"]
    mixed = [f"not ({one} and b) or ({other} and {one})" for one, other in itertools.pairwise(alone)]
    return [*alone, *mirrored, *together, *mixed, f"a is missing or a == {literals[-1]}"]


class Checked:
    """The index and the matcher of some conditions, beside the reference."""

    def __init__(self, conditions: Sequence[str], kinds: Mapping[str, Type]) -> None:
        self.layer = layer_of(conditions, kinds)
        self.reference, self.native = ReferenceMatcher(self.layer), NativeMatcher(self.layer)
        self.index = Index(self.layer.conditions, len(self.layer.features))

    def agree(self, **profile: Any) -> None:
        """They agree on a profile."""
        expected = truths(self.reference, self.layer, **profile)
        assert truths(self.native, self.layer, **profile) == expected, profile
        features = features_of(self.layer, profile)
        failed = any(value is FAILED for value in profile.values())
        for ask in [self.index.careful_truths] if failed else [self.index.truths, self.index.careful_truths]:
            true, unknown = ask(features)
            found = [True if true >> n & 1 else None if unknown >> n & 1 else False for n in range(len(expected))]
            assert found == expected, profile


@pytest.mark.parametrize(
    ("kind", "literals", "values"),
    [
        (
            NUMBER,
            ["-0.5", "0", "1", "2", "9007199254740992", "0.1"],
            [-1, -0.5, -0.0, 0, 0.0, 0.1, math.nextafter(0.1, 1), 1, 1.0, math.nextafter(1, 2), 1.5, 2, 1e300, 2**53],
        ),
        (
            STRING,
            ['""', '"a"', '"a b"', '"\uffee"'],
            ["", "\0", "a", "a\0", "a ", "a b", "a c", "\uffee", "\U0001f600"],
        ),
        (LEVEL, ['"low"', '"high"'], ["low", "medium", "high"]),
        (DATE, [f'date("{day}")' for day in (DAYS[0], DAYS[2], DAYS[3], DAYS[5])], DAYS),
        (
            INSTANT,
            ['instant("2026-01-01T00:00:00Z")', 'instant("9999-12-31T23:59:59.999999Z")'],
            [NEW_YEAR - TICK, NEW_YEAR, NEW_YEAR + TICK, LAST - TICK, LAST],
        ),
    ],
    ids=["numbers", "texts", "levels", "dates", "instants"],
)
def test_values_with_an_order_are_told_apart_where_the_conditions_tell_them_apart(
    kind: Type, literals: list[str], values: list[Any]
) -> None:
    checked = Checked(written(literals), {"a": kind, "b": BOOLEAN})
    for a, b in itertools.product((*values, None, FAILED), (True, False, None)):
        checked.agree(a=a, b=b)


@pytest.mark.parametrize(
    ("kind", "literals", "values"),
    [
        (COLOUR, ['"red"', '"blue"'], ["red", "green", "blue", "white"]),  # the last one is not declared
        (STRING, ['""', '"a"'], ["", "a", "A", "\0"]),
        (NUMBER, ["1", "0"], [1, 1.0, 0, -0.0, 0.5, 2]),
        (BOOLEAN, ["true", "false"], [True, False]),
    ],
    ids=["enums", "texts", "numbers", "truths"],
)
def test_values_that_are_only_asked_which_they_are_are_told_apart(
    kind: Type, literals: list[str], values: list[Any]
) -> None:
    checked = Checked(written(literals, order=False), {"a": kind, "b": BOOLEAN})
    for a, b in itertools.product((*values, None, FAILED), (True, False, None)):
        checked.agree(a=a, b=b)


def test_what_cannot_be_hashed_or_compared_is_there_or_not() -> None:
    kinds = {"a": ListOf(STRING), "b": Record("inner"), "c": BOOLEAN}
    checked = Checked(["a is missing", "not (b is missing) and c", "a is not missing or c"], kinds)
    for a, b, c in itertools.product((("x", None), (), None, FAILED), ({"y": ()}, {}, None, FAILED), (True, None)):
        checked.agree(a=a, b=b, c=c)


def test_conditions_that_hold_in_many_ways_mean_the_same() -> None:
    checked = Checked(
        [
            "(a or b) and (c or not d) and (n > 1 or a)",
            "not ((a or b) and (c or d)) or (a and (b or (c and (d or a))))",
            "a or b or c or d or n == 2",
            "not (a or b or c or d or n == 2)",
            "((a or b) and (c or d)) or ((a or c) and (b or d) and n is missing)",
            "true",
            "a and false",
            "not (a and false)",
            "a or not a",
            "a and not a",
        ],
        {**dict.fromkeys("abcd", BOOLEAN), "n": NUMBER},
    )
    for values in itertools.product((True, False, None, FAILED), (True, False), (True, None), (True, None), (2, None)):
        checked.agree(**dict(zip("abcdn", values, strict=True)))


def test_blocks_may_have_conditions_in_any_order_and_twice() -> None:
    layer = layer_of(["n < 1", "n < 2", "n < 3"], {"n": NUMBER})
    matcher = NativeMatcher(layer, [[2, 0], [1, 2], []])
    assert truths(matcher, layer, n=1) == [False, True, True]
    assert matcher.blocks[0].truths([1]) == (0b01, 0)
    assert matcher.blocks[1].truths([None]) == (0, 0b11)


def test_there_may_be_no_conditions_at_all() -> None:
    assert truths(NativeMatcher(layer_of([], {})), layer_of([], {})) == []


@pytest.mark.parametrize("bits", [0, 1, 0b1010, 1 << 1999, 1 << 2000, (1 << 2999) | 1, (1 << 5000) // 7])
def test_places_are_those_of_the_bits(bits: int) -> None:
    assert list(places(bits)) == [place for place in range(bits.bit_length()) if bits >> place & 1]
