"""The reference evaluator is the definition; everything that is faster gives what it gives, and it keeps its promises.

`NBA_SEED` gives other conditions and customers than the usual ones, `NBA_PAIRS` more of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from nba.language import syntax, tree
from nba.language.check import check
from nba.language.compiled import compile_node
from nba.language.meaning import evaluate
from nba.language.parse import parse
from nba.language.show import show
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING
from nba.language.values import FAILED
from nba.matching.native import NativeMatcher
from nba.ruleset.layers import LayerBuilder
from nba.ruleset.model import Layer
from nba.source import Written
from nba.testing.generation import literals
from nba.testing.generation.data import as_json
from nba.testing.generation.expressions import Expressions
from nba.testing.generation.shrinking import shrink, smaller_data, smaller_expressions
from tests.generation.language import SCOPE, World, first_of, world

pytestmark = pytest.mark.no_cover  # much work through few lines: coverage would only make it slow

SEED = int(os.environ.get("NBA_SEED", "20261122"))
PAIRS = int(os.environ.get("NBA_PAIRS", "40000"))
_CONDITIONS, _WORLDS = 20, 50
_SCALARS = (BOOLEAN, NUMBER, STRING, DATE, INSTANT)


def checked(expression: syntax.Expression, kind: Any = None) -> tree.Node:
    return check(Written.of(show(expression)), SCOPE, kind)


def same(one: Any, other: Any) -> bool:
    """Whether two values are one and the same to the last bit: 1 is not 1.0, and 0.0 is not -0.0."""
    return one is other or (type(one) is type(other) and repr(one) == repr(other))


def split(conditions: list[tree.Node]) -> tuple[Layer, list[int], Callable[[Any], list[Any]]]:
    """The layer of some conditions, their numbers, and the function from an environment to the features' values."""
    builder = LayerBuilder()
    numbers = [builder.add(condition) for condition in conditions]
    layer = builder.build()
    features = [compile_node(node) for node in layer.features]
    return layer, numbers, lambda env: [compute(env) for compute in features]


def disagreement(condition: tree.Node, of: World) -> str | None:
    """How the engines differ on one condition, or None."""
    expected = evaluate(condition, of.environment())
    compiled = compile_node(condition)(of.environment())
    layer, (number,), features = split([condition])
    match = NativeMatcher(layer).match(features(of.environment()))
    matched = True if number in match.true else None if number in match.unknown else False
    if same(expected, compiled) and matched is (None if expected is FAILED else expected):
        return None
    return f"reference {expected!r}, compiled {compiled!r}, matched {matched!r}"


def minimal(expression: syntax.Expression, of: World, fails: Callable[[syntax.Expression, World], bool]) -> str:
    """The smallest expression and data that fail, as text."""

    def still(candidate: syntax.Expression, data: World) -> bool:
        try:
            return fails(candidate, data)
        except Exception:  # a smaller tree need not be one that the checker takes
            return False

    expression = shrink(expression, smaller_expressions, lambda less: still(less, of))
    for name in ("profile", "context"):
        parts = {part: getattr(of, part) for part in ("profile", "context", "facts", "settings", "zone")}
        less = shrink(
            parts[name],
            smaller_data,
            lambda data, parts=parts, name=name: still(expression, World(**{**parts, name: data})),
        )
        of = World(**{**parts, name: less})
    shown = {"profile": as_json(of.profile), "context": as_json(of.context), "zone": of.zone}
    return f"{show(expression)}\n{shown}\nfacts {of.facts}\nsettings {of.settings}"


def blocks(name: str, pairs: int) -> Iterator[tuple[int, Random]]:
    """A generator of randomness for each block of conditions and worlds, by number."""
    for index in range(-(-pairs // (_CONDITIONS * _WORLDS))):
        yield index, Random(f"{SEED} {name} {index}")


def test_compiled_conditions_and_split_layers_mean_what_the_reference_says(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = 0
    truths = dict.fromkeys(("True", "False", "None", "FAILED"), 0)
    for index, rng in blocks("engines", PAIRS):
        written = [Expressions(SCOPE, rng, depth=5).condition() for _ in range(_CONDITIONS)]
        nodes = [checked(expression, BOOLEAN) for expression in written]
        layer, numbers, features = split(nodes)
        matcher = NativeMatcher(layer)
        compiled = [compile_node(node) for node in nodes]
        for _ in range(_WORLDS):
            of = world(rng)
            env = of.environment()
            match = matcher.match(features(env))
            for expression, node, fast, number in zip(written, nodes, compiled, numbers, strict=True):
                expected, found = evaluate(node, env), fast(env)
                matched = True if number in match.true else None if number in match.unknown else False
                if expected is not found or matched is not (None if expected is FAILED else expected):
                    shown = minimal(expression, of, lambda e, w: disagreement(checked(e, BOOLEAN), w) is not None)
                    pytest.fail(f"NBA_SEED={SEED}, block {index}: {expected!r}, {found!r}, {matched!r}\n{shown}")
                truths[repr(expected)] += 1
                pairs += 1
    with capsys.disabled():
        print(f"\n{pairs:,} conditions on customers agree: {truths}")
    assert pairs >= PAIRS
    assert min(truths.values()) >= pairs / 200, "the conditions are hardly ever true, false, unknown or failed"


def test_compiled_values_are_those_of_the_reference_to_the_last_bit() -> None:
    for index, rng in blocks("values", PAIRS // 2):
        kinds = [rng.choice(_SCALARS) for _ in range(_CONDITIONS)]
        written = [Expressions(SCOPE, rng, depth=5).of(kind) for kind in kinds]
        nodes = [checked(expression) for expression in written]
        nodes.append(first_of([node for node, kind in zip(nodes, kinds, strict=True) if kind == BOOLEAN], rng))
        compiled = [compile_node(node) for node in nodes]
        for _ in range(_WORLDS):
            env = world(rng).environment()
            for node, fast in zip(nodes, compiled, strict=True):
                expected, found = evaluate(node, env), fast(env)
                assert same(expected, found), f"NBA_SEED={SEED}, block {index}: {node.text}: {expected!r}, {found!r}"
                assert repr(expected) not in ("-0.0", "inf", "-inf", "nan"), f"{node.text} is {expected!r}"


def test_learning_a_field_never_turns_true_into_false_nor_back() -> None:
    """But for `is missing` and `default(...)`, where the author says so in words."""
    known = 0
    for index, rng in blocks("learning", PAIRS // 2):
        kinds = [rng.choice((BOOLEAN, BOOLEAN, *_SCALARS)) for _ in range(_CONDITIONS)]
        written = [Expressions(SCOPE, rng, monotone=True, depth=5).of(kind) for kind in kinds]
        nodes = [checked(expression) for expression in written]
        for _ in range(_WORLDS):
            more = world(rng)
            less = more.forgetting(rng)
            for expression, node in zip(written, nodes, strict=True):
                before, after = evaluate(node, less.environment()), evaluate(node, more.environment())
                if before is None or before is FAILED:
                    continue
                known += 1
                assert same(before, after), f"NBA_SEED={SEED}, block {index}: {show(expression)}\n{less}\n{more}"
    assert known > PAIRS / 20


def test_a_value_that_fails_never_turns_true_into_false_nor_back() -> None:
    """Of every expression: `is missing` and `default(...)` do not take what failed for what is not there."""
    known = 0
    for index, rng in blocks("failing", PAIRS // 2):
        written = [Expressions(SCOPE, rng, depth=5).of(rng.choice((BOOLEAN, BOOLEAN, *_SCALARS))) for _ in range(20)]
        nodes = [checked(expression) for expression in written]
        for _ in range(_WORLDS):
            more = world(rng)
            less = more.forgetting(rng, blank=FAILED)
            for expression, node in zip(written, nodes, strict=True):
                before, after = evaluate(node, less.environment()), evaluate(node, more.environment())
                if before is FAILED or (before is None and after is None):
                    continue
                known += 1
                assert same(before, after), f"NBA_SEED={SEED}, block {index}: {show(expression)}\n{less}\n{more}"
    assert known > PAIRS / 20


def test_the_order_of_a_customers_records_does_not_matter() -> None:
    for index, rng in blocks("order", PAIRS // 2):
        written = [Expressions(SCOPE, rng, depth=5).of(rng.choice(_SCALARS)) for _ in range(_CONDITIONS)]
        nodes = [checked(expression) for expression in written]
        for _ in range(_WORLDS):
            one = world(rng)
            other = one.shuffled(rng)
            for expression, node in zip(written, nodes, strict=True):
                values = evaluate(node, one.environment()), evaluate(node, other.environment())
                assert same(*values), f"NBA_SEED={SEED}, block {index}: {show(expression)}\n{values}\n{one}"


@pytest.mark.parametrize("name", ["sum", "min", "max"])
def test_what_a_list_adds_up_to_does_not_depend_on_its_order(name: str) -> None:
    """To the last bit: a sum is the exact one rounded once, and of 1 and 1.0 the same one is picked."""
    rng = Random(f"{SEED} {name}")
    node = check(Written.of(f"{name}(x for x in service.ratings)"), SCOPE)
    compiled = compile_node(node)
    for _ in range(3000):
        items = [literals.number_nearby(rng) + 0 for _ in range(rng.randrange(7))]
        items += [float(item) for item in items if rng.random() < 0.3]
        found = set()
        for _ in range(3):
            rng.shuffle(items)
            env = World({"service": {"ratings": tuple(items)}}, {}, {}, {}, None).environment()
            found |= {repr(evaluate(node, env)), repr(compiled(env))}
        assert len(found) == 1, f"{name} of {items} is {found}"
        if name == "sum":
            assert found == {repr(exactly(items))}, items


def exactly(items: list[int | float]) -> float | None:
    try:
        return float(sum(map(Fraction, items)))
    except OverflowError:
        return None


def test_every_generated_expression_is_read_back_as_it_was_written() -> None:
    rng = Random(f"{SEED} texts")
    for index in range(5000):
        kind = rng.choice(_SCALARS)
        expression = Expressions(SCOPE, rng, depth=5).of(kind)
        text = show(expression)
        assert parse(Written.of(text)) == expression, f"NBA_SEED={SEED}, {index}: {text}"
        node = checked(expression)
        assert check(Written.of(node.text), SCOPE) == node, f"NBA_SEED={SEED}, {index}: {node.text}"
