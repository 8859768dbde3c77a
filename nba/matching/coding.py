"""Features as small integers, so that an engine can compare them without ever seeing their values.

A feature that is compared with literals is sent as its *rank* among them: with the literals sorted as c0 < c1 < ..., a
value equal to c_i has rank 2i+1, and one between c_i and c_i+1 has rank 2i+2. Every comparison with one of the literals
then is the same comparison of the rank with 2i+1, exactly, for numbers, texts, dates and ordered enums alike. Truths
are sent as 1 and 0. What is missing or failed is not sent.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from nba.language import tree
from nba.language.compiled import FeatureView, compile_node
from nba.language.values import FAILED

S = TypeVar("S")
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
        literals: dict[Slot, set[Any]] = {}
        for condition in conditions:
            _collect(condition, literals)
        self._literals = {slot: sorted(values) for slot, values in literals.items()}

    def code(self, slot: Slot, literal: Any) -> int:
        """The code of a literal that a slot is compared with."""
        return 2 * bisect_left(self._literals[slot], _position(slot, literal)) + 1

    def encoding(self, slots: Sequence[Slot], show: Callable[[Slot, int | None], S]) -> Encoding[S]:
        """What sends these slots, each code as it is to be shown; None is for nothing."""
        return Encoding(slots, self._literals, show)


class Encoding(Generic[S]):
    """What slots send. Its own `slots` are the same ones, in the order in which they are sent."""

    def __init__(
        self, slots: Sequence[Slot], literals: Mapping[Slot, list[Any]], show: Callable[[Slot, int | None], S]
    ) -> None:
        kinds = {slot: "named" if slot.order else slot.kind for slot in slots}
        ranks, names, truths = ([slot for slot in slots if kinds[slot] == kind] for kind in ("rank", "named", "truth"))
        self.slots = (*ranks, *names, *truths)
        self._ranks = [
            (_number(slot), _cuts(literals[slot]), _shown(slot, 2 * len(literals[slot]) + 1, show), show(slot, None))
            for slot in ranks
        ]
        self._names = [(_number(slot), _by_name(slot, literals[slot], show), show(slot, None)) for slot in names]
        self._truths = [(compile_node(slot.node), _shown(slot, 2, show), show(slot, None)) for slot in truths]

    def encode(self, features: Sequence[Any]) -> list[S]:
        """What each slot sends."""
        view: Any = FeatureView(features)  # conditions read the features alone
        return [
            *[
                nothing if (value := features[number]) is None or value is FAILED else shown[bisect_right(cuts, value)]
                for number, cuts, shown, nothing in self._ranks
            ],
            *[
                nothing if (value := features[number]) is None or value is FAILED else shown[value]
                for number, shown, nothing in self._names
            ],
            *[
                nothing if (truth := compute(view)) is None or truth is FAILED else shown[truth]
                for compute, shown, nothing in self._truths
            ],
        ]


def _number(slot: Slot) -> int:
    assert isinstance(slot.node, tree.Feature)
    return slot.node.number


def _shown(slot: Slot, count: int, show: Callable[[Slot, int | None], S]) -> list[S]:
    return [show(slot, code) for code in range(count)]


def _cuts(literals: Iterable[Any]) -> list[Any]:
    """Where each literal begins, and where it ends: how many of these are not above a value is its rank."""
    return sorted(cut for literal in literals for cut in (literal, after(literal)) if cut is not None)


def _by_name(slot: Slot, literals: Sequence[int], show: Callable[[Slot, int | None], S]) -> dict[str, S]:
    """What is sent for each of the names in order, whose places are the literals here."""
    return {
        name: show(slot, bisect_left(literals, place) + bisect_right(literals, place))
        for place, name in enumerate(slot.order)
    }


def comparison(node: tree.Node) -> tuple[Slot, Operator, Any, bool] | None:
    """A comparison of a feature with a literal: its slot, operator and literal, and whether the literal stands left."""
    match node:
        case tree.Compare(operator, tree.Feature() as of, tree.Constant(literal), order):
            return Slot("rank", of, order), operator, literal, False
        case tree.Compare(operator, tree.Constant(literal), tree.Feature() as of, order):
            return Slot("rank", of, order), operator, literal, True
    return None


def _collect(node: tree.Node, literals: dict[Slot, set[Any]]) -> None:
    found = comparison(node)
    if found is not None:
        slot, _, literal, _ = found
        literals.setdefault(slot, set()).add(_position(slot, literal))
    for child in tree.children(node):
        _collect(child, literals)


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
