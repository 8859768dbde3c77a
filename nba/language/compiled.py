"""The same meaning as `meaning.py`, made ready once: each node becomes a closure over the environment.

One function a node kind; what the reference evaluator finds out on every call (operator, path, constants) is
found out here when the rules are loaded.
"""

from __future__ import annotations

import functools
import operator as operators
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from nba.language import tree
from nba.language.functions import FUNCTIONS
from nba.language.meaning import Environment, arithmetic, contains, exact_sum, negation, rank
from nba.language.values import FAILED, Value

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {"==": operators.eq, "<": operators.lt, "<=": operators.le}

Compiled: TypeAlias = Callable[[Environment], Any]


@dataclass(slots=True)
class _FeatureView:
    features: Sequence[Value] | Mapping[int, Value]


def view_of(features: Sequence[Value] | Mapping[int, Value]) -> Environment:
    """What conditions over features read of an environment, and no more: all that a rule engine has.

    >>> view_of([1, "gold"]).features[1]
    'gold'
    """
    return _FeatureView(features)  # type: ignore[return-value]  # they read nothing else, and there is no clock to give


def compile_node(node: tree.Node) -> Compiled:
    """A function from an environment to the node's value, equal to `meaning.evaluate` on every environment.

    >>> from nba.language import types
    >>> compile_node(tree.Not(tree.Constant(True, types.BOOLEAN)))(None)
    False
    """
    match node:
        case tree.Constant(value=constant):
            return lambda env: constant
        case tree.Path():
            return _path(node)
        case tree.AsOf():
            return lambda env: env.clock.as_of
        case tree.Setting(id=id):
            return lambda env: env.settings[id]
        case tree.Fact(id=id):
            return lambda env: env.facts[id]
        case tree.Item(name=name):
            return lambda env: env.items[name]
        case tree.Feature(number=number):
            return lambda env: env.features[number]
        case tree.Get(of=of, name=name):
            return _get(compile_node(of), name)
        case tree.Lookup(of=of, key=key):
            return _binary(lambda mapping, name: mapping.get(name), compile_node(of), compile_node(key))
        case tree.Compare():
            return _compare(node)
        case tree.In(item=item, items=items):
            return _binary(contains, compile_node(item), compile_node(items))
        case tree.IsMissing(of=of):
            return _is_missing(compile_node(of))
        case tree.And(items=nodes):
            return _junction([compile_node(of) for of in nodes], decisive=False)
        case tree.Or(items=nodes):
            return _junction([compile_node(of) for of in nodes], decisive=True)
        case tree.Not(of=of):
            return _not(compile_node(of))
        case tree.Arithmetic():
            return _arithmetic(node)
        case tree.Call():
            return _call(node)
        case tree.Default(of=of, fallback=fallback):
            return _default(compile_node(of), compile_node(fallback))
        case tree.FirstOf(rows=rows):
            return _first_of([(compile_node(condition), result.value) for condition, result in rows])
        case tree.Aggregate():
            return _aggregate(node)


def _path(node: tree.Path) -> Compiled:
    names = node.names
    if len(names) == 1:
        (only,) = names
        return (lambda env: env.profile.get(only)) if node.root == "profile" else (lambda env: env.context.get(only))
    root = operators.attrgetter(node.root)

    def path(env: Environment) -> Any:
        found = root(env)
        for name in names:
            if found is None or found is FAILED:
                return found
            found = found.get(name)
        return found

    return path


def _get(of: Compiled, name: str) -> Compiled:
    def get(env: Environment) -> Any:
        record = of(env)
        return record if record is None or record is FAILED else record.get(name)

    return get


def _binary(function: Callable[[Any, Any], Any], left: Compiled, right: Compiled) -> Compiled:
    def binary(env: Environment) -> Any:
        a, b = left(env), right(env)
        if a is FAILED or b is FAILED:
            return FAILED
        return None if a is None or b is None else function(a, b)

    return binary


def _compare(node: tree.Compare) -> Compiled:
    function: Callable[[Any, Any], Any] = _OPERATORS[node.operator]
    if node.order:
        function = _by_position(function, {value: place for place, value in enumerate(node.order)})
    if isinstance(node.right, tree.Constant):
        return _against_constant(function, compile_node(node.left), node.right.value)
    return _binary(function, compile_node(node.left), compile_node(node.right))


def _by_position(function: Callable[[Any, Any], Any], position: dict[str, int]) -> Callable[[Any, Any], Any]:
    return lambda a, b: function(position[a], position[b])


def _against_constant(function: Callable[[Any, Any], Any], left: Compiled, constant: Any) -> Compiled:
    def against_constant(env: Environment) -> Any:
        a = left(env)
        return a if a is None or a is FAILED else function(a, constant)

    return against_constant


def _is_missing(of: Compiled) -> Compiled:
    def is_missing(env: Environment) -> Any:
        found = of(env)
        return FAILED if found is FAILED else found is None

    return is_missing


def _junction(parts: list[Compiled], *, decisive: bool) -> Compiled:
    """And, whose decisive truth is false, or or, whose decisive truth is true."""

    def junction(env: Environment) -> Any:
        result: Any = not decisive
        for part in parts:
            truth = part(env)
            if truth is decisive:
                return decisive
            if truth is FAILED or (truth is None and result is not FAILED):
                result = truth
        return result

    return junction


def _not(of: Compiled) -> Compiled:
    return lambda env: negation(of(env))


def _arithmetic(node: tree.Arithmetic) -> Compiled:
    compute = functools.partial(arithmetic, node.operator)
    if isinstance(node.right, tree.Constant):
        return _against_constant(compute, compile_node(node.left), node.right.value)
    return _binary(compute, compile_node(node.left), compile_node(node.right))


def _call(node: tree.Call) -> Compiled:
    function, arguments = FUNCTIONS[node.name].meaning, [compile_node(of) for of in node.arguments]
    if len(arguments) == 1:
        (only,) = arguments

        def call_of_one(env: Environment) -> Any:
            value = only(env)
            return value if value is None or value is FAILED else function(env.clock, value)

        return call_of_one

    def call(env: Environment) -> Any:
        values = [argument(env) for argument in arguments]
        for value in values:
            if value is FAILED:
                return FAILED
        for value in values:
            if value is None:
                return None
        return function(env.clock, *values)

    return call


def _default(of: Compiled, fallback: Compiled) -> Compiled:
    def default(env: Environment) -> Any:
        found = of(env)
        return fallback(env) if found is None else found

    return default


def _first_of(rows: list[tuple[Compiled, Any]]) -> Compiled:
    def first_of(env: Environment) -> Any:
        for condition, result in rows:
            truth = condition(env)
            if truth is True:
                return result
            if truth is not False:
                return truth
        return None

    return first_of


def _aggregate(node: tree.Aggregate) -> Compiled:
    over = compile_node(node.over)
    where = None if node.where is None else compile_node(node.where)
    body = compile_node(node.body)
    fold = _quantified if node.name in ("any", "all") else _folded
    return fold(node.name, node.item, over, where, body)


def _quantified(name: str, item: str, over: Compiled, where: Compiled | None, body: Compiled) -> Compiled:
    decisive = name == "any"

    def quantified(env: Environment) -> Any:
        records = over(env)
        if records is None or records is FAILED:
            return records
        result: Any = not decisive
        for record in records:
            env.items[item] = record
            counts = True if where is None else where(env)
            if counts is False:
                continue
            truth = body(env)
            if truth is (not decisive):
                continue
            if counts is not True:  # a decisive body that may not count leaves the doubt of the filter
                truth = FAILED if counts is FAILED or truth is FAILED else None
            if truth is decisive:
                return decisive
            if truth is FAILED or result is not FAILED:
                result = truth
        return result

    return quantified


def _folded(name: str, item: str, over: Compiled, where: Compiled | None, body: Compiled) -> Compiled:
    fold: Callable[[list[Any]], Any]
    if name == "count":
        fold = len
    elif name == "sum":
        fold = lambda values: exact_sum(*values)  # noqa: E731 - one of three small choices
    else:
        pick = min if name == "min" else max
        fold = lambda values: pick(values, key=rank, default=None)  # noqa: E731 - one of three small choices

    def folded(env: Environment) -> Any:
        records = over(env)
        if records is None or records is FAILED:
            return records
        values, missing, failed = [], False, False
        for record in records:
            env.items[item] = record
            value = True if where is None else where(env)
            if value is False:
                continue
            if value is True and name != "count":
                value = body(env)
            if value is FAILED:
                failed = True
            elif value is None:
                missing = True
            else:
                values.append(value)
        return FAILED if failed else None if missing else fold(values)

    return folded
