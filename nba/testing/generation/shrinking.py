"""Smaller versions of what fails, so that a failure is shown at its smallest.

Everything that is generated is plain data or a syntax tree, and both can lose parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from nba.language import syntax

T = TypeVar("T")


def shrink(value: T, smaller: Callable[[T], Iterator[T]], fails: Callable[[T], bool], attempts: int = 2000) -> T:
    """The smallest version that still fails, as far as greedy steps lead. `fails` must be true of the value itself.

    >>> shrink([1, 2, 3, 4], smaller_data, lambda items: 3 in items)
    [3]
    """
    found = True
    while found:
        found = False
        for candidate in smaller(value):
            attempts -= 1
            if attempts < 0:
                return value
            if fails(candidate):
                value, found = candidate, True
                break
    return value


def smaller_data(value: Any) -> Iterator[Any]:
    """Plain data with less in it: without half of its entries or items, without one, or with one made smaller."""
    if isinstance(value, dict):
        names = list(value)
        for gone in _parts_of(names):
            yield {name: of for name, of in value.items() if name not in gone}
        for name, of in value.items():
            for less in smaller_data(of):
                yield {**value, name: less}
    elif isinstance(value, list | tuple):
        for gone in _parts_of(list(range(len(value)))):
            yield type(value)([of for index, of in enumerate(value) if index not in gone])
        for index, of in enumerate(value):
            for less in smaller_data(of):
                yield type(value)([*value[:index], less, *value[index + 1 :]])


def _parts_of(places: list[Any]) -> Iterator[list[Any]]:
    """What to leave out: either half of the places, then each alone."""
    middle = len(places) // 2
    if middle > 1:
        yield places[:middle]
        yield places[middle:]
    for place in places:
        yield [place]


def smaller_expressions(tree: Any) -> Iterator[Any]:
    """A part of the tree in its place, and the tree with one part made smaller. Not all of them make sense."""
    parts = list(_parts(tree))
    yield from parts
    if isinstance(tree, syntax.And | syntax.Or) and len(tree.items) > 2:
        for index in range(len(tree.items)):
            yield replace(tree, items=(*tree.items[:index], *tree.items[index + 1 :]))
    if isinstance(tree, syntax.Aggregate) and tree.where is not None:
        yield replace(tree, where=None)
    for field in fields(tree):
        value = getattr(tree, field.name)
        if is_dataclass(value):
            for less in smaller_expressions(value):
                yield replace(tree, **{field.name: less})
        elif field.name in ("items", "arguments") and isinstance(value, tuple):
            for index, item in enumerate(value):
                for less in smaller_expressions(item):
                    yield replace(tree, **{field.name: (*value[:index], less, *value[index + 1 :])})


def _parts(tree: syntax.Expression) -> Iterator[syntax.Expression]:
    match tree:
        case syntax.And(items=items) | syntax.Or(items=items) | syntax.Call(arguments=items):
            yield from items
        case syntax.Not(of=of) | syntax.Minus(of=of) | syntax.Missing(of=of):
            yield of
        case syntax.Compare(first=first, rest=rest):
            yield first
            yield from (operand for _, operand in rest)
        case syntax.Arithmetic(left=left, right=right):
            yield from (left, right)
