"""Formulas say what conditions say, and codes compare as values do."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from nba.language import tree
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Enum, Type
from nba.language.values import FAILED
from nba.matching.coding import Coding, Slot
from nba.matching.normal_form import Atom, Both, Either, Formula, Limits, definitely, size
from nba.testing.engines import ReferenceMatcher
from tests.matching.layers import features_of, layer_of, truths

ROOMY = Limits(ways=1000, fields=1000, groups=1000)
LEVEL = Enum(("low", "medium", "high"), ordered=True)


def holds(formula: Formula, sent: dict[Slot, int | None]) -> bool:
    """What an engine finds that knows nothing of unknowns: a comparison of what was not sent does not hold."""
    match formula:
        case Atom(slot, relation, code):
            value = sent[slot]
            if value is None:
                return False
            found = {"==": value == code, "!=": value != code, "<": value < code, "<=": value <= code}
            return {**found, ">": value > code, ">=": value >= code}[relation]
        case Both(parts):
            return all(holds(part, sent) for part in parts)
        case Either(parts):
            return any(holds(part, sent) for part in parts)
    return formula


def sent_by(coding: Coding, slots: tuple[Slot, ...], features: Sequence[Any]) -> dict[Slot, int | None]:
    """What each slot sends."""
    encoding = coding.encoding(slots, lambda slot, code: code)
    return dict(zip(encoding.slots, encoding.encode(features), strict=True))


@pytest.mark.parametrize(
    ("kind", "literals", "values"),
    [
        (NUMBER, ["-0.5", "0", "1", "2"], [-1, -0.5, -0.0, 0, 0.1, 1, 1.0, math.nextafter(1, 2), 1.5, 2, 1e300]),
        (STRING, ['""', '"a"', '"a b"', '"\uffee"'], ["", "\0", "a", "a ", "a b", "a c", "\uffee", "\U0001f600"]),
        (LEVEL, ['"low"', '"high"'], ["low", "medium", "high"]),
        (
            DATE,
            ['date("2026-01-01")', 'date("2026-01-03")'],
            [date(2025, 12, 31), *(date(2026, 1, n) for n in (1, 2, 3, 4))],
        ),
        (
            INSTANT,
            ['instant("2026-01-01T00:00:00Z")'],
            [datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)],
        ),
    ],
    ids=["numbers", "texts", "levels", "dates", "instants"],
)
def test_every_comparison_of_codes_is_the_comparison_of_values(
    kind: Type, literals: list[str], values: list[Any]
) -> None:
    written = [
        text
        for operator, literal in itertools.product(("==", "!=", "<", "<=", ">", ">="), literals)
        for text in (f"a {operator} {literal}", f"{literal} {operator} a")
    ]
    layer = layer_of(written, {"a": kind})
    coding = Coding(layer.conditions)
    for value in (*values, None, FAILED):
        features = features_of(layer, {"a": value})
        expected = truths(ReferenceMatcher(layer), layer, a=value)
        for condition, truth in zip(layer.conditions, expected, strict=True):
            for wanted in (True, False):
                formula = definitely(condition, wanted, coding, ROOMY)
                sent = sent_by(coding, size(formula).slots, features)
                assert holds(formula, sent) is (truth is wanted), f"{condition.text} of {value!r}"


def test_a_formula_within_limits_means_the_same() -> None:
    written = [
        "(a or b) and (c or not d) and not (a and b and c)",
        "not ((a or b) and (c or d)) or (a and (b or (c and (d or a))))",
        "a and b and c and d",
        "a or b or c or d",
        "(a is missing or n > 1) and (b or n <= 0)",
    ]
    layer = layer_of(written, {**dict.fromkeys("abcd", BOOLEAN), "n": NUMBER})
    coding = Coding(layer.conditions)
    limits = [ROOMY, Limits(8, 200, 15), Limits(3, 3, 2), Limits(1, 1, 1), Limits(1, 2, 0)]
    for values in itertools.product(
        (True, False, None), (True, False), (True, None), (True, False, FAILED), (0, 1.5, None)
    ):
        profile = dict(zip("abcdn", values, strict=True))
        features = features_of(layer, profile)
        expected = truths(ReferenceMatcher(layer), layer, **profile)
        for condition, truth in zip(layer.conditions, expected, strict=True):
            for wanted, bounds in itertools.product((True, False), limits):
                formula = definitely(condition, wanted, coding, bounds)
                of = size(formula)
                assert bounds.allow(of.ways, len(of.slots), of.groups)
                sent = sent_by(coding, of.slots, features)
                assert holds(formula, sent) is (truth is wanted), f"{condition.text} of {profile} in {bounds}"


def test_a_condition_that_is_settled_is_no_formula() -> None:
    layer = layer_of(["true", "a or true", "a and false", "not (a and false)"], {"a": BOOLEAN})
    coding = Coding(layer.conditions)
    found = [[definitely(of, wanted, coding, ROOMY) for wanted in (True, False)] for of in layer.conditions]
    assert found == [[True, False], [True, False], [False, True], [True, False]]


def test_a_condition_of_thousands_of_parts_is_sent_as_a_few_truths() -> None:
    layer = layer_of([*(f"n == {n} or a" for n in range(3000)), "a"], {"n": NUMBER, "a": BOOLEAN})
    coding = Coding(layer.conditions)
    limits = Limits(8, 200, 15)
    everything = tree.And((tree.Or(layer.conditions[:-1]), layer.conditions[-1]))
    holding, failing = (definitely(everything, wanted, coding, limits) for wanted in (True, False))
    # One of three thousand could hold in too many ways. That none of them does is a conjunction, which is one way.
    assert [slot.kind for slot in size(holding).slots] == ["truth", "truth"]
    assert (size(holding).ways, size(failing).ways) == (1, 2)
    assert {slot.kind for slot in size(failing).slots} == {"rank", "truth"}
