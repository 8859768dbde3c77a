"""Formulas say what conditions say, and codes compare as values do."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from nba.language import tree
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Enum, ListOf, Type
from nba.language.values import FAILED
from nba.matching.coding import Coding, Slot
from nba.matching.normal_form import Atom, Both, Either, Formula, Limits, definitely, size
from nba.ruleset.model import Layer
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


def truths_by_codes(layer: Layer) -> Callable[[Sequence[Any]], list[bool | None]]:
    """What says of each condition, for some features, which of its two formulas holds for what is sent."""
    coding = Coding(layer.conditions)
    both = [[definitely(of, wanted, coding, ROOMY) for wanted in (True, False)] for of in layer.conditions]
    slots = tuple(dict.fromkeys(slot for formulas in both for formula in formulas for slot in size(formula).slots))
    encoding = coding.encoding(slots, lambda slot, code: code)

    def truth(formulas: Sequence[Formula], sent: dict[Slot, int | None]) -> bool | None:
        true, false = (holds(formula, sent) for formula in formulas)
        assert not (true and false)
        return True if true else False if false else None

    def found(features: Sequence[Any]) -> list[bool | None]:
        sent = dict(zip(encoding.slots, encoding.encode(features), strict=True))
        return [truth(formulas, sent) for formulas in both]

    return found


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


@pytest.mark.parametrize(
    ("kind", "literals", "values"),
    [
        (NUMBER, ["0", "1", "2"], [-0.5, 0, 0.5, 1, math.nextafter(1, 2), 1.5, 2, 2.5]),
        (STRING, ['"a"', '"b"', '"c"'], ["", "a", "a\0", "b", "bb", "c", "d"]),
        (LEVEL, ['"low"', '"medium"', '"high"'], ["low", "medium", "high"]),
        (DATE, [f'date("2026-01-0{n}")' for n in (2, 3, 5)], [date(2026, 1, n) for n in range(1, 7)]),
    ],
    ids=["numbers", "texts", "levels", "dates"],
)
def test_values_are_told_apart_wherever_one_of_few_comparisons_does(
    kind: Type, literals: list[str], values: list[Any]
) -> None:
    """With all comparisons of all literals every boundary is there; here each literal has one of its own."""
    every = [(f"a {of} {{}}", f"{{}} {of} a") for of in ("==", "!=", "<", "<=", ">", ">=")]
    for start, step, side in itertools.product(range(6), range(6), (0, 1)):
        written = [every[(start + step * n) % 6][side].format(literal) for n, literal in enumerate(literals)]
        layer = layer_of(written, {"a": kind})
        found, expected = truths_by_codes(layer), ReferenceMatcher(layer)
        for value in (*values, None, FAILED):
            assert found(features_of(layer, {"a": value})) == truths(expected, layer, a=value), (
                f"{value!r} in {written}"
            )


def test_a_truth_that_is_looked_up_is_the_one_that_would_be_computed() -> None:
    written = ["a in [1, 2.5]", "a not in [1, 2.5]", "a is missing", "a is not missing", "b", "not b", "c is missing"]
    layer = layer_of(written, {"a": NUMBER, "b": BOOLEAN, "c": ListOf(NUMBER)})
    found, expected = truths_by_codes(layer), ReferenceMatcher(layer)
    numbers, booleans, lists = (1, 1.0, 2.5, 0, -1, None, FAILED), (True, False, None, FAILED), ((), (1,), None, FAILED)
    for a, b, c in itertools.product(numbers, booleans, lists):
        profile = {"a": a, "b": b, "c": c}
        assert found(features_of(layer, profile)) == truths(expected, layer, **profile), profile


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
