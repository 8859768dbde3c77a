"""Conditions as people write them - expressions, `all:`, `any:`, `not:` - as checked trees."""

from __future__ import annotations

from nba.documents.common import AllOf, AnyOf, Condition, NoneOf
from nba.errors import Problem, RulesError
from nba.language import tree
from nba.language.check import check
from nba.language.scope import Scope
from nba.language.types import BOOLEAN

ALWAYS = tree.Constant(True, BOOLEAN, "true")


def condition(written: Condition | None, scope: Scope) -> tree.Node:
    """The checked tree of a condition; no condition is always true.

    Raises:
        RulesError: every problem of every leaf.
    """
    match written:
        case None:
            return ALWAYS
        case AllOf(items=items):
            return tree.And(_each(items, scope), "all of these hold")
        case AnyOf(items=items):
            return tree.Or(_each(items, scope), "any of these holds")
        case NoneOf(item=item):
            of = condition(item, scope)
            return tree.Not(of, f"not ({of.text})")
        case _:
            return check(written, scope, BOOLEAN)


def _each(items: tuple[Condition, ...], scope: Scope) -> tuple[tree.Node, ...]:
    nodes: list[tree.Node] = []
    problems: list[Problem] = []
    for item in items:
        try:
            nodes.append(condition(item, scope))
        except RulesError as error:
            problems += error.problems
    if problems:
        raise RulesError(problems)
    return tuple(nodes)


def both(first: tree.Node, second: tree.Node) -> tree.Node:
    """That two conditions hold; one that always holds goes without saying."""
    if first == ALWAYS:
        return second
    return first if second == ALWAYS else tree.And((first, second), f"{first.text} and {second.text}")
