"""Features as small integers, so that an engine can compare them without ever seeing their values.

A feature that is compared with literals is sent as its *rank* among them: with the literals sorted as c0 < c1 < ..., a
value equal to c_i has rank 2i+1, and one between c_i and c_i+1 has rank 2i+2. Every comparison with one of the literals
then is the same comparison of the rank with 2i+1, exactly, for numbers, texts, dates and ordered enums alike. Values
that no comparison tells apart may have the same rank. Truths are sent as 1 and 0, and what is missing or failed is not.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from nba.language import tree
from nba.language.compiled import compile_node, view_of
from nba.language.meaning import contains
from nba.language.types import is_scalar
from nba.language.values import FAILED

S = TypeVar("S")
T = TypeVar("T")
Operator: TypeAlias = Literal["==", "<", "<="]


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that is sent: by kind, and the node or feature that it is computed from."""

    kind: Literal["rank", "truth"]
    node: tree.Node
    order: tuple[str, ...] = ()


class Coding:
    """The slots of one layer: what each sends, and the code of each literal in it."""

    def __init__(self, conditions: Sequence[tree.Node]) -> None:
        self._asked: dict[Slot, dict[Any, set[Operator]]] = {}
        for condition in conditions:
            _collect(condition, self._asked)
        self._literals = {slot: sorted(of) for slot, of in self._asked.items()}

    def code(self, slot: Slot, literal: Any) -> int:
        """The code of a literal that a slot is compared with."""
        return self._rank(slot, _position(slot, literal))

    def encoding(self, slots: Sequence[Slot], show: Callable[[Slot, int | None], S]) -> Encoding[S]:
        """What sends these slots, each code as it is to be shown; None is for nothing."""
        codes = {slot: self._codes(slot) for slot in slots}
        tables = {slot: of for slot, of in codes.items() if of is not None}
        others = [slot for slot in slots if slot not in tables]
        ranks = {slot: self._cuts(slot) for slot in others if slot.kind == "rank"}
        return Encoding(tables, ranks, [slot for slot in others if slot.kind == "truth"], show)

    def _codes(self, slot: Slot) -> Mapping[Any, int | None] | None:
        """What is sent of each value that a slot tells apart by which it is; None when it does not go by that."""
        if slot.kind == "truth":
            return _truths(slot.node)
        if slot.order:
            return {**_NOTHING, **{name: self._rank(slot, place) for place, name in enumerate(slot.order)}}
        if any(operators != {"=="} for operators in self._asked[slot].values()):
            return None
        return {**_NOTHING, _OTHER: 0, **{of: self._rank(slot, of) for of in self._literals[slot]}}

    def _cuts(self, slot: Slot) -> dict[Any, int]:
        """Where the values begin that a slot can tell from those below, and what is sent of them; sorted."""
        cuts: dict[Any, int] = {}
        for place, literal in enumerate(self._literals[slot]):
            asked = self._asked[slot][literal]
            if asked & {"<", "=="}:
                cuts[literal] = 2 * place + 1
            if asked & {"<=", "=="} and (above := after(literal)) is not None:
                cuts[above] = 2 * place + 2
        return cuts

    def _rank(self, slot: Slot, position: Any) -> int:
        literals = self._literals[slot]
        return bisect_left(literals, position) + bisect_right(literals, position)


class Encoding(Generic[S]):
    """What slots send: some look their value up, some look where it lies, and some are computed.

    `slots` has them in the order in which they are sent.
    """

    def __init__(
        self,
        tables: Mapping[Slot, Mapping[Any, int | None]],
        ranks: Mapping[Slot, Mapping[Any, int]],
        computed: Sequence[Slot],
        show: Callable[[Slot, int | None], S],
    ) -> None:
        self.slots = (*tables, *ranks, *computed)
        self._looked_up = taking([_number(slot.node) for slot in tables])
        self._tables = [{value: show(slot, code) for value, code in of.items()} for slot, of in tables.items()]
        self._others = [show(slot, of.get(_OTHER)) for slot, of in tables.items()]
        self._ranks = [
            (_number(slot.node), [*cuts], [show(slot, code) for code in (0, *cuts.values())], show(slot, None))
            for slot, cuts in ranks.items()
        ]
        self._computed = [
            (compile_node(slot.node), {truth: show(slot, _sent(truth)) for truth in (True, False, None, FAILED)})
            for slot in computed
        ]

    def encode(self, features: Sequence[Any]) -> list[S]:
        """What each slot sends."""
        sent = [*map(dict.get, self._tables, self._looked_up(features), self._others)]
        sent += [
            nothing if (value := features[number]) is None or value is FAILED else shown[bisect_right(cuts, value)]
            for number, cuts, shown, nothing in self._ranks
        ]
        if self._computed:
            view = view_of(features)
            sent += [shown[compute(view)] for compute, shown in self._computed]
        return sent


_OTHER: Any = object()
"""Stands for every value that is none of those that a slot tells apart."""

_NOTHING: Mapping[Any, int | None] = MappingProxyType({None: None, FAILED: None})
"""What values send that are missing or failed."""


def _truths(node: tree.Node) -> Mapping[Any, int | None] | None:
    """What a truth sends by the value of the one scalar that it reads; None when that is not all that it reads."""
    match node:
        case tree.Feature():
            return {**_NOTHING, True: 1, False: 0}
        case tree.IsMissing(tree.Feature(type=of)) if is_scalar(of):
            return {**_NOTHING, None: 1, _OTHER: 0}
        case tree.In(tree.Feature(type=of), tree.Constant(value=tuple(items))) if is_scalar(of):
            return {**{value: _sent(contains(value, items)) for value in (*items, _OTHER)}, **_NOTHING}
    return None


def _sent(truth: Any) -> int | None:
    return int(truth) if isinstance(truth, bool) else None


def _number(node: tree.Node) -> int:
    """The feature of a slot that goes by the value of one."""
    match node:
        case tree.IsMissing(of=of) | tree.In(item=of):
            return _number(of)
    assert isinstance(node, tree.Feature)
    return node.number


def taking(places: Sequence[int]) -> Callable[[Sequence[T]], Sequence[T]]:
    """What takes the items at some places out of a sequence, in this order.

    >>> taking([2, 0])("abc"), taking([1])("abc"), taking([])("abc")
    (('c', 'a'), 'b', '')
    """
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))


def comparison(node: tree.Node) -> tuple[Slot, Operator, Any, bool] | None:
    """A comparison of a feature with a literal: its slot, operator and literal, and whether the literal stands left."""
    match node:
        case tree.Compare(operator, tree.Feature() as of, tree.Constant(literal), order):
            return Slot("rank", of, order), operator, literal, False
        case tree.Compare(operator, tree.Constant(literal), tree.Feature() as of, order):
            return Slot("rank", of, order), operator, literal, True
    return None


def _collect(node: tree.Node, asked: dict[Slot, dict[Any, set[Operator]]]) -> None:
    found = comparison(node)
    if found is not None:
        slot, operator, literal, mirrored = found
        if mirrored and operator != "==":  # `literal < feature` is `not feature <= literal`
            operator = "<=" if operator == "<" else "<"
        asked.setdefault(slot, {}).setdefault(_position(slot, literal), set()).add(operator)
    for child in tree.children(node):
        _collect(child, asked)


def _position(slot: Slot, literal: Any) -> Any:
    return slot.order.index(literal) if slot.order else literal


def after(literal: Any) -> Any:
    """The first value above a literal that a feature can have; None when there is none.

    >>> after(3), after(date(2026, 12, 31)), after(date.max)
    (3.0000000000000004, datetime.date(2027, 1, 1), None)
    """
    if isinstance(literal, str):
        return literal + "\0"
    if isinstance(literal, bool):
        return None if literal else True
    if isinstance(literal, date):
        step = timedelta(microseconds=1) if isinstance(literal, datetime) else timedelta(days=1)
        try:
            return literal + step
        except OverflowError:
            return None
    nearest = float(literal)  # numbers are doubles, or integers that are exactly so
    return nearest if nearest > literal else math.nextafter(nearest, math.inf)
