"""Conditions taken apart: into what has to hold at once, and into the same with one part less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from nba.language import tree
from nba.ruleset.model import Feature, Signal

_LONGEST = 160
_JOINED = {"all of these hold": " and ", "any of these holds": " or "}


@dataclass(frozen=True)
class Conjunct:
    """Something that has to hold for a condition to be true, and the signals that it was found in."""

    node: tree.Node
    via: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """It as it was written."""
        return written(self.node)


def conjuncts(node: tree.Node, facts: Mapping[str, Signal | Feature]) -> list[Conjunct]:
    """What has to hold at once for a condition to be true; signals that ask for several things are opened."""
    return list(_conjuncts(node, facts, True, ()))


def _conjuncts(
    node: tree.Node, facts: Mapping[str, Signal | Feature], positive: bool, via: tuple[str, ...]
) -> Iterator[Conjunct]:
    match node:
        case tree.Constant(value=True) if positive:
            return
        case tree.And(items=items) if positive:
            for of in items:
                yield from _conjuncts(of, facts, True, via)
            return
        case tree.Or(items=items) if not positive:
            for of in items:
                yield from _conjuncts(of, facts, False, via)
            return
        case tree.Not(of=of) if isinstance(of, tree.And | tree.Or | tree.Not | tree.Fact):
            yield from _conjuncts(of, facts, not positive, via)
            return
        case tree.Fact(id=id) if isinstance(facts[id], Signal):
            signal = facts[id]
            assert isinstance(signal, Signal)
            inner = list(_conjuncts(signal.node, facts, positive, (*via, id)))
            if len(inner) > 1 or (inner and inner[0].via != (*via, id)):
                yield from inner
                return
    yield Conjunct(node if positive else tree.Not(node, negated(node)), via)


@dataclass(frozen=True)
class Operand:
    """An operand of an and or or: what it is part of, and the aggregates that it stands in, outer ones first."""

    part: tree.Node
    parent: tree.And | tree.Or
    inside: tuple[tree.Aggregate, ...] = ()

    @property
    def others(self) -> list[tree.Node]:
        """The operands beside it."""
        return [of for of in self.parent.items if of is not self.part]


def operands(node: tree.Node, inside: tuple[tree.Aggregate, ...] = ()) -> Iterator[Operand]:
    """Each operand of an and or or in a condition; outer ones first, the last written first."""
    match node:
        case tree.And(items=items) | tree.Or(items=items):
            for of in reversed(items):
                yield Operand(of, node, inside)
            for of in reversed(items):
                yield from operands(of, inside)
        case tree.Not(of=of):
            yield from operands(of, inside)
        case tree.Aggregate(body=body, where=where):
            yield from operands(body, (*inside, node))
            if where is not None:
                yield from operands(where, (*inside, node))
        case tree.FirstOf(rows=rows):
            for condition, _ in reversed(rows):
                yield from operands(condition, inside)


def apart(of: Any) -> Any:
    """A condition with an object for each of its places: what is said twice may be one object that stands in two."""
    if isinstance(of, tuple):
        return tuple(map(apart, of))
    if isinstance(of, tree.Node):
        return replace(of, **{field.name: apart(getattr(of, field.name)) for field in fields(of)})
    return of


def without(node: tree.Node, part: tree.Node) -> tree.Node:
    """A condition without one operand of its, told by identity."""
    match node:
        case tree.And(items=items) | tree.Or(items=items):
            left = tuple(without(of, part) for of in items if of is not part)
            if left == items:
                return node
            return left[0] if len(left) == 1 else replace(node, items=left, text=_joined(node, left))
        case tree.Not(of=of):
            inner = without(of, part)
            return node if inner is of else replace(node, of=inner, text=negated(inner))
        case tree.Aggregate(body=body, where=where):
            inner, filter = without(body, part), None if where is None else without(where, part)
            return node if inner is body and filter is where else replace(node, body=inner, where=filter)
        case tree.FirstOf(rows=rows):
            return replace(node, rows=tuple((without(of, part), result) for of, result in rows))
    return node


def written(node: tree.Node) -> str:
    """A condition as it was written, not too long.

    >>> from nba.language.types import BOOLEAN
    >>> parts = (tree.Constant(True, BOOLEAN, "a"), tree.Constant(True, BOOLEAN, "b"))
    >>> written(tree.And(parts, "all of these hold"))
    'a and b'
    """
    text = _text(node)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."


def negated(node: tree.Node) -> str:
    """The words of what is not so."""
    text = written(node)
    return f"not {text}" if isinstance(node, tree.Fact | tree.Path | tree.Get | tree.Lookup) else f"not ({text})"


def _text(node: tree.Node) -> str:
    if isinstance(node, tree.And | tree.Or) and node.text in _JOINED:
        return _joined(node, node.items)
    if isinstance(node, tree.Not) and isinstance(node.of, tree.And | tree.Or) and node.of.text in _JOINED:
        return f"not ({_text(node.of)})"
    return node.text


def _joined(node: tree.And | tree.Or, items: Iterable[tree.Node]) -> str:
    other = tree.Or if isinstance(node, tree.And) else tree.And
    texts = [f"({_text(of)})" if isinstance(of, other) else _text(of) for of in items]
    return (" and " if isinstance(node, tree.And) else " or ").join(texts)


def walk(roots: Iterable[tree.Node]) -> Iterator[tree.Node]:
    """All nodes of trees, each once by identity."""
    left, seen = list(roots), set[int]()
    while left:
        node = left.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            left += tree.children(node)
