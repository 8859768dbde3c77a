"""The conditions of a layer for many rows at once: comparisons of features become bits, and the rest is and, or, not.

Parts that conditions share are computed once. The program is made when the rules are prepared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from nba.batch.bits import ONES, ZERO, Bits, Truth, pack, truth
from nba.batch.columns import ALL, NONE, Bools, Column, Scalars, Texts
from nba.batch.constants import constant
from nba.batch.evaluate import Rows, truth_of
from nba.language import tree
from nba.ruleset.model import Layer

Step: TypeAlias = Callable[["_Features", list[Truth]], Truth]
_LISTED = 4  # members of a list from which a look-up costs less than comparisons


class _Features:
    """The features of a chunk, with the bits where they are known."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._unknown: list[Bits | None] = [None] * len(columns)

    def compared(self, number: int, mask: Bools) -> Truth:
        """The truth of what was found out about a feature, unknown where it is missing."""
        known = self.columns[number].known
        if known is ALL:
            bits = pack(mask)
            return bits, bits
        unknown = self._unknown[number]
        if unknown is None:
            unknown = self._unknown[number] = ~pack(known)
        bits = pack(mask)
        return bits & ~unknown, bits | unknown


class Conditions:
    """The conditions of one layer, prepared."""

    def __init__(self, layer: Layer) -> None:
        self._features = layer.features
        self._steps: list[Step] = []
        self._places: dict[tree.Node, int] = {}
        self._conditions = [self._place(node) for node in layer.conditions]

    def truths(self, rows: Rows) -> list[Truth]:
        """The truth of each condition, by its number."""
        features = _Features([rows.column(node) for node in self._features])
        found: list[Truth] = []
        for step in self._steps:
            found.append(step(features, found))
        return [found[place] for place in self._conditions]

    def _place(self, node: tree.Node) -> int:
        if node not in self._places:
            step = self._step(node)
            self._places[node] = len(self._steps)
            self._steps.append(step)
        return self._places[node]

    def _step(self, node: tree.Node) -> Step:
        match node:
            case tree.And(items=items):
                return _and([self._place(item) for item in items])
            case tree.Or(items=items):
                return _or([self._place(item) for item in items])
            case tree.Not(of=of):
                return _not(self._place(of))
            case tree.Constant(value=value):
                always: Truth = {True: (ONES, ONES), False: (ZERO, ZERO)}.get(value is True, (ZERO, ONES))
                return lambda features, found: always
            case tree.Feature(number=number):
                return lambda features, found: truth(*truth_of(features.columns[number]))
            case tree.IsMissing(of=tree.Feature(number=number)):
                return lambda features, found: (missing := ~pack(features.columns[number].known), missing)
            case tree.Compare(left=tree.Feature(number=number), right=tree.Constant(value=value)):
                return _compare(number, _against(node.operator, value, node.order, mirrored=False))
            case tree.Compare(left=tree.Constant(value=value), right=tree.Feature(number=number)):
                return _compare(number, _against(node.operator, value, node.order, mirrored=True))
            case tree.In(item=tree.Feature(number=number), items=tree.Constant(value=members)):
                return _compare(number, _among(members if isinstance(members, tuple) else ()))
        raise TypeError(f"a condition does not have a {type(node).__name__}")  # see `ruleset/layers.py`


def _and(places: list[int]) -> Step:
    def step(features: _Features, found: list[Truth]) -> Truth:
        must = may = ONES
        for place in places:
            more, possible = found[place]
            if must is may and more is possible:
                must = may = must & more
            else:
                must, may = must & more, may & possible
        return must, may

    return step


def _or(places: list[int]) -> Step:
    def step(features: _Features, found: list[Truth]) -> Truth:
        must = may = ZERO
        for place in places:
            more, possible = found[place]
            if must is may and more is possible:
                must = may = must | more
            else:
                must, may = must | more, may | possible
        return must, may

    return step


def _not(place: int) -> Step:
    def step(features: _Features, found: list[Truth]) -> Truth:
        must, may = found[place]
        if must is may:
            not_ = ~must
            return not_, not_
        return ~may, ~must

    return step


def _compare(number: int, mask: Callable[[Any], Bools]) -> Step:
    def step(features: _Features, found: list[Truth]) -> Truth:
        column = features.columns[number]
        return (ZERO, ONES) if column.known is NONE else features.compared(number, mask(column))

    return step


def _against(operator: str, value: Any, order: tuple[str, ...], *, mirrored: bool) -> Callable[[Column], Bools]:
    """The comparison of a column with a literal that stands to the right of it, or `mirrored` to the left."""
    literal: Any = constant(value)
    position = {word: place for place, word in enumerate(order)}

    def holds(word: str) -> bool:
        one: Any = position.get(word, -1) if order else word
        other: Any = position[value] if order else value
        if mirrored:
            one, other = other, one
        return bool(one < other if operator == "<" else one <= other)

    def against(column: Column) -> Bools:
        if isinstance(column, Texts):
            return column.codes == column.code(value) if operator == "==" else column.each(holds, np.bool_)
        assert isinstance(column, Scalars)
        one, other = (literal.values, column.values) if mirrored else (column.values, literal.values)
        return one == other if operator == "==" else one < other if operator == "<" else one <= other

    return against


def _among(members: tuple[Any, ...]) -> Callable[[Column], Bools]:
    literals: list[Any] = [constant(member) for member in members]

    def among(column: Column) -> Bools:
        found: Bools = np.zeros(1, dtype=np.bool_)
        if isinstance(column, Texts):
            if len(members) >= _LISTED:
                return column.each(members.__contains__, np.bool_)
            for member in members:
                found = found | (column.codes == column.code(member))
            return found
        assert isinstance(column, Scalars)
        for literal in literals:
            found = found | (column.values == literal.values)
        return found

    return among
