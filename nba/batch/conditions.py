"""The conditions of a layer for many rows at once: comparisons of features become bits, and the rest is and, or, not.

Parts that conditions share are computed once. The program is made when the rules are prepared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from typing import Any, TypeAlias

import numpy as np

from nba.batch.bits import ONES, ZERO, Bits, Truth, pack, truth
from nba.batch.columns import ALL, MISSING, NONE, Array, Column, Scalars, Texts
from nba.batch.constants import constant
from nba.batch.evaluate import Rows, truth_of
from nba.language import tree
from nba.ruleset.model import Layer

_LISTED = 30  # members of a list from which a look-up costs less than comparisons
Step: TypeAlias = Callable[["_Features", list[Truth]], Truth]
Atom: TypeAlias = Callable[["_Features", int], Bits]
"""What is found out about a feature by itself, where it is known."""


class _Features:
    """The features of a chunk, with what comparisons of them share."""

    def __init__(self, columns: Sequence[Column]) -> None:
        # What is missing for all rows may have any type, so that it is not to be compared.
        self.columns = [column if column.known is ALL or column.known.any() else MISSING for column in columns]
        self._unknown: list[Bits | None] = [None] * len(columns)
        self._words: dict[tuple[int, int], Bits] = {}
        self._narrow: dict[int, Array] = {}

    def truth(self, number: int, bits: Bits) -> Truth:
        """The truth of what was found out about a feature, unknown where it is missing."""
        known = self.columns[number].known
        if known is ALL:
            return bits, bits
        unknown = self._unknown[number]
        if unknown is None:
            unknown = self._unknown[number] = ~pack(known)
        return bits & ~unknown, bits | unknown

    def word(self, number: int, word: str) -> Bits:
        """Where a feature is this text."""
        column = self.columns[number]
        assert isinstance(column, Texts)
        code = column.code(word)
        found = self._words.get((number, code))
        if found is None:
            found = self._words[number, code] = pack(column.codes == code)
        return found

    def values(self, number: int) -> Array:
        """The values of a feature that is no text."""
        return _values(self.columns[number])

    def narrow(self, number: int) -> Array:
        """The same in as few bytes as hold them exactly: they are compared faster."""
        found = self._narrow.get(number)
        if found is None:
            found = self._narrow[number] = _narrowed(self.values(number))
        return found


def _values(column: Column) -> Array:
    assert isinstance(column, Scalars)
    return column.values


def _narrowed(values: Array) -> Array:
    if values.dtype == np.bool_:
        return values
    if values.dtype == np.float64:
        with np.errstate(invalid="ignore", over="ignore"):
            small = values.astype(np.int16)
            if (small == values).all():
                return small
            single = values.astype(np.float32)
        return single if (single == values).all() else values
    if len(values) and values.min() >= -32768 and values.max() <= 32767:
        return values.astype(np.int16)
    return values


class Conditions:
    """The conditions of one layer, prepared."""

    def __init__(self, layer: Layer) -> None:
        self._features = layer.features
        self._steps: list[Step] = []
        self._places: dict[tree.Node, int] = {}
        # What is asked of one feature is asked in one go, while its values are at hand.
        atoms = dict.fromkeys(atom for node in layer.conditions for atom in _atoms(node))
        for atom in sorted(atoms, key=_feature_of):
            self._place(atom)
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
                return _about(number, _against(node.operator, value, node.order, mirrored=False))
            case tree.Compare(left=tree.Constant(value=value), right=tree.Feature(number=number)):
                return _about(number, _against(node.operator, value, node.order, mirrored=True))
            case tree.In(item=tree.Feature(number=number), items=tree.Constant(value=members)):
                return _about(number, _among(members if isinstance(members, tuple) else ()))
        raise TypeError(f"a condition does not have a {type(node).__name__}")  # see `ruleset/layers.py`


def _atoms(node: tree.Node) -> Iterator[tree.Node]:
    """The comparisons in a condition."""
    if isinstance(node, tree.And | tree.Or | tree.Not):
        for child in tree.children(node):
            yield from _atoms(child)
    elif not isinstance(node, tree.Constant):
        yield node


def _feature_of(atom: tree.Node) -> int:
    return next(of.number for of in (atom, *tree.children(atom)) if isinstance(of, tree.Feature))


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


def _about(number: int, atom: Atom) -> Step:
    def step(features: _Features, found: list[Truth]) -> Truth:
        missing = features.columns[number].known is NONE
        return (ZERO, ONES) if missing else features.truth(number, atom(features, number))

    return step


def _against(operator: str, value: Any, order: tuple[str, ...], *, mirrored: bool) -> Atom:
    """The comparison of a feature with a literal that stands to the right of it, or `mirrored` to the left."""
    if isinstance(value, str):
        return _text_against(operator, value, order, mirrored=mirrored)
    (literal,) = _values(constant(value)).tolist()
    if operator == "==":
        return partial(_equal, literal)
    # Of whole numbers, `x < 2.5` is `x < 3`, and `x <= 2.5` is `x <= 2`; so mirrored, `2.5 < x` is `not x <= 2`.
    at_most, negated = (operator == "<=") is not mirrored, mirrored

    def against(features: _Features, number: int) -> Bits:
        values = features.narrow(number)
        bound: Any = literal
        if values.dtype == np.int16:
            bound = math.floor(literal) if at_most else math.ceil(literal)
        elif values.dtype == np.float32 and not _is_single(literal):
            values = features.values(number)
        bits = pack(values <= bound if at_most else values < bound)
        return ~bits if negated else bits

    return against


def _is_single(literal: Any) -> bool:
    """Whether a number is one that four bytes hold."""
    with np.errstate(over="ignore", under="ignore"):
        return bool(float(np.float32(literal)) == literal)  # as floats of Python: else numpy rounds the literal, too


def _equal(literal: Any, features: _Features, number: int) -> Bits:
    values = features.narrow(number)
    if values.dtype == np.int16:
        return pack(values == int(literal)) if literal == int(literal) else ZERO
    if values.dtype == np.float32 and not _is_single(literal):
        return ZERO
    return pack(values == literal)


def _text_against(operator: str, value: str, order: tuple[str, ...], *, mirrored: bool) -> Atom:
    position = {word: place for place, word in enumerate(order)}

    def holds(word: str) -> bool:
        one: Any = position.get(word, -1) if order else word
        other: Any = position[value] if order else value
        if mirrored:
            one, other = other, one
        return bool(one < other if operator == "<" else one <= other)

    def against(features: _Features, number: int) -> Bits:
        column = features.columns[number]
        assert isinstance(column, Texts)
        return features.word(number, value) if operator == "==" else pack(column.each(holds, np.bool_))

    return against


def _among(members: tuple[Any, ...]) -> Atom:
    equal = [_against("==", member, (), mirrored=False) for member in members]

    def among(features: _Features, number: int) -> Bits:
        column = features.columns[number]
        if isinstance(column, Texts) and len(members) > _LISTED:
            return pack(column.each(members.__contains__, np.bool_))
        return reduce(np.bitwise_or, (atom(features, number) for atom in equal), ZERO)

    return among
