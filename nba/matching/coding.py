"""Features as small integers, so that an engine can compare them without ever seeing their values.

A feature that is compared with literals is sent as its *rank* among them: with the literals sorted as c0 < c1 < ..., a
value equal to c_i has rank 2i+1, and one between c_i and c_i+1 has rank 2i+2. Every comparison with one of the literals
then is the same comparison of the rank with 2i+1, exactly, for numbers, texts, dates and ordered enums alike. Truths
are sent as 1 and 0. What is missing or failed is not sent.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from nba.language import tree
from nba.language.compiled import FeatureView, compile_node
from nba.language.values import FAILED, Value

Encoder: TypeAlias = Callable[[Sequence[Value]], int | None]
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

    def encoder(self, slot: Slot) -> Encoder:
        """The function from features to what the slot sends, None when it sends nothing."""
        if slot.kind == "truth":
            return _truth(slot.node)
        assert isinstance(slot.node, tree.Feature)
        return _rank(slot.node.number, self._literals[slot], {name: place for place, name in enumerate(slot.order)})


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


def _rank(number: int, literals: list[Any], position: dict[str, int]) -> Encoder:
    last = len(literals)

    def rank(features: Sequence[Value]) -> int | None:
        value: Any = features[number]
        if value is None or value is FAILED:
            return None
        if position:
            value = position[value]
        place = bisect_left(literals, value)
        return 2 * place + (place < last and literals[place] == value)

    return rank


def _truth(node: tree.Node) -> Encoder:
    compute = compile_node(node)

    def truth(features: Sequence[Value]) -> int | None:
        found = compute(FeatureView(features))  # type: ignore[arg-type]  # conditions read the features alone
        return None if found is None or found is FAILED else int(found)

    return truth
