"""What an expression is worth: the reference evaluator. It *is* the definition; every engine is checked against it.

Truths are Kleene's: true, false, unknown (None). `FAILED` is an unknown that stays visible: `is missing` on it is
unknown too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from nba.language import tree
from nba.language.functions import FUNCTIONS, Clock
from nba.language.values import FAILED, Value


@dataclass(slots=True)
class Environment:
    """All that an expression may read: plain values, made before the rules are looked at."""

    profile: Mapping[str, Value]
    context: Mapping[str, Value]
    clock: Clock
    settings: Mapping[str, Value] = field(default_factory=dict)
    facts: dict[str, Value] = field(default_factory=dict)
    items: dict[str, Value] = field(default_factory=dict)
    features: Sequence[Value] = ()


def evaluate(node: tree.Node, env: Environment) -> Any:
    """The value of a node: a plain value, None for missing or unknown, or FAILED.

    >>> from datetime import datetime, timezone
    >>> from nba.language import types
    >>> env = Environment({"age": 17}, {}, Clock(datetime(2026, 1, 1, tzinfo=timezone.utc)))
    >>> age, limit = tree.Path("profile", ("age",), types.NUMBER), tree.Constant(18, types.NUMBER)
    >>> evaluate(tree.Compare("<", age, limit), env)
    True
    """

    def value(of: tree.Node) -> Any:
        return evaluate(of, env)

    match node:
        case tree.Constant(value=constant):
            return constant
        case tree.Path(root=root, names=names):
            found: Any = env.profile if root == "profile" else env.context
            for name in names:
                found = found if found is None or found is FAILED else found.get(name)
            return found
        case tree.AsOf():
            return env.clock.as_of
        case tree.Setting(id=id):
            return env.settings[id]
        case tree.Fact(id=id):
            return env.facts[id]
        case tree.Item(name=name):
            return env.items[name]
        case tree.Feature(number=number):
            return env.features[number]
        case tree.Get(of=of, name=name):
            return strictly(lambda record: record.get(name), [value(of)])
        case tree.Lookup(of=of, key=key):
            return strictly(lambda mapping, name: mapping.get(name), [value(of), value(key)])
        case tree.Compare(operator=operator, left=left, right=right, order=order):
            return strictly(lambda a, b: compare(operator, a, b, order), [value(left), value(right)])
        case tree.In(item=item, items=items):
            return strictly(contains, [value(item), value(items)])
        case tree.IsMissing(of=of):
            found = value(of)
            return FAILED if found is FAILED else found is None
        case tree.And(items=nodes):
            return conjunction([value(of) for of in nodes])
        case tree.Or(items=nodes):
            return disjunction([value(of) for of in nodes])
        case tree.Not(of=of):
            return negation(value(of))
        case tree.Arithmetic(operator=operator, left=left, right=right):
            return strictly(lambda a, b: arithmetic(operator, a, b), [value(left), value(right)])
        case tree.Call(name=name, arguments=arguments):
            function = FUNCTIONS[name].meaning
            return strictly(lambda *values: function(env.clock, *values), [value(of) for of in arguments])
        case tree.Default(of=of, fallback=fallback):
            found = value(of)
            return value(fallback) if found is None else found
        case tree.FirstOf(rows=rows):
            for condition, result in rows:
                truth = value(condition)
                if truth is not False:
                    return result.value if truth is True else truth
            return None
        case tree.Aggregate():
            return aggregate(node, env)


def aggregate(node: tree.Aggregate, env: Environment) -> Any:
    """The value of `name(body for item in over if where)`: every item is looked at, so their order cannot matter."""
    records = evaluate(node.over, env)
    if records is None or records is FAILED:
        return records
    wheres, bodies = [], []
    for record in records:
        env.items[node.item] = record
        wheres.append(True if node.where is None else evaluate(node.where, env))
        bodies.append(None if node.name == "count" else evaluate(node.body, env))
    if node.name == "any":
        return disjunction([conjunction(pair) for pair in zip(wheres, bodies, strict=True)])
    if node.name == "all":
        return conjunction([disjunction((negation(where), body)) for where, body in zip(wheres, bodies, strict=True)])
    if node.name == "count":
        return strictly(lambda *counted: sum(counted), wheres)
    needed = [
        body if where is True else where for where, body in zip(wheres, bodies, strict=True) if where is not False
    ]
    if node.name == "sum":
        return strictly(exact_sum, needed)
    pick = min if node.name == "min" else max
    return strictly(lambda *values: pick(values, key=rank, default=None), needed)


def strictly(function: Callable[..., Any], values: Sequence[Any]) -> Any:
    """The function of the values; failed when one of them is failed, else missing when one of them is missing."""
    if any(value is FAILED for value in values):
        return FAILED
    return None if any(value is None for value in values) else function(*values)


def conjunction(truths: Iterable[Any]) -> Any:
    """Kleene's and: false if any is false; else failed or unknown if any is; else true."""
    truths = list(truths)
    for decisive in (False, FAILED, None):
        if any(truth is decisive for truth in truths):
            return decisive
    return True


def disjunction(truths: Iterable[Any]) -> Any:
    """Kleene's or, by De Morgan."""
    return negation(conjunction([negation(truth) for truth in truths]))


def negation(truth: Any) -> Any:
    """Kleene's not: unknown and failed stay what they are."""
    return truth if truth is None or truth is FAILED else not truth


def compare(operator: str, left: Any, right: Any, order: tuple[str, ...] = ()) -> bool:
    """A comparison of two values that are there. Ordered enums go by position; an undeclared member is no value."""
    if order:
        left, right = order.index(left), order.index(right)
    if operator == "==":
        return bool(left == right)
    return bool(left < right) if operator == "<" else bool(left <= right)


def contains(item: Any, items: Sequence[Any]) -> Any:
    """Whether the item is in the list; unknown when it is not but the list has a missing or failed item."""
    if item in items:
        return True
    return FAILED if FAILED in items else (None if None in items else False)


def arithmetic(operator: str, left: float, right: float) -> float | None:
    """Arithmetic in doubles; missing when the result is not finite, division by zero included; never -0.0."""
    a, b = float(left), float(right)
    if operator == "/":
        result = a / b if b else math.inf
    else:
        result = a + b if operator == "+" else a - b if operator == "-" else a * b
    return result + 0.0 if math.isfinite(result) else None


def rank(value: Any) -> tuple[Any, bool]:
    """What `min` and `max` of items go by: of 1 and 1.0 it is always the same one, so that item order cannot matter."""
    return value, isinstance(value, float)


def exact_sum(*values: float) -> float | None:
    """The exact sum, rounded once, so that the order of items cannot matter; missing when it is too large."""
    try:
        try:
            return math.fsum(values) + 0.0
        except OverflowError:  # an intermediate overflow, which depends on the order
            return float(sum(map(Fraction, values))) + 0.0
    except OverflowError:
        return None
