"""Conditions in negation normal form: and and or over comparisons of slots, for an engine without a three-valued not.

`definitely(node, True, ...)` is a formula that holds just when the condition is true, `definitely(node, False, ...)`
one that holds just when it is false, provided that a comparison of something that was not sent does not hold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from nba.language import tree
from nba.matching.coding import Coding, Slot, comparison

Relation: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]
_MIRRORED: dict[str, Relation] = {"==": "==", "<": ">", "<=": ">="}
_NEGATED: dict[Relation, Relation] = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class Atom:
    """What a slot sends, compared with a code."""

    slot: Slot
    relation: Relation
    code: int


@dataclass(frozen=True, slots=True)
class Both:
    """And."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Or."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = Atom | Both | Either | bool


@dataclass(frozen=True, slots=True)
class Size:
    """How much a formula asks of an engine.

    `ways` is in how many ways it can hold at once, which is how often an engine that fires for each may fire. `groups`
    is how many ands and ors are in it. `slots` is what has to be sent, in order.
    """

    ways: int
    groups: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an engine can take."""

    ways: int
    fields: int
    groups: int = 0

    def allow(self, ways: int, fields: int, groups: int = 0) -> bool:
        """Whether so much is within the limits."""
        return ways <= self.ways and fields <= self.fields and groups <= self.groups


def definitely(node: tree.Node, wanted: bool, coding: Coding, limits: Limits) -> Formula:
    """The formula that a condition is true (or false), within limits.

    Parts that would go beyond them are computed by the closures of the native engine, and sent as truths.
    """
    formula = _formula(node, wanted, coding)
    if _within(formula, limits):
        return formula
    match node:
        case tree.Not(of=of):
            return definitely(of, not wanted, coding, limits)
        case tree.And(items=items) | tree.Or(items=items):
            conjunction = isinstance(node, tree.And) is wanted
            parts = [(item, definitely(item, wanted, coding, limits)) for item in items]
            whole: list[Formula] = [part for _, part in parts]
            flat: list[Formula] = [_sent(item, wanted) if isinstance(of, Both | Either) else of for item, of in parts]
            for tried in (whole, flat):
                formula = _join(tried, conjunction=conjunction)
                if _within(formula, limits):
                    return formula
    return _sent(node, wanted)


def size(formula: Formula) -> Size:
    """How much a formula asks of an engine.

    >>> size(True)
    Size(ways=1, groups=0, slots=())
    """
    match formula:
        case Atom(slot=slot):
            return Size(1, 0, (slot,))
        case Both(parts=parts) | Either(parts=parts):
            sizes = [size(part) for part in parts]
            ways = [of.ways for of in sizes]
            slots = tuple(dict.fromkeys(slot for of in sizes for slot in of.slots))
            total = math.prod(ways) if isinstance(formula, Both) else sum(ways)
            return Size(total, 1 + sum(of.groups for of in sizes), slots)
    return Size(1, 0, ())


def _within(formula: Formula, limits: Limits) -> bool:
    of = size(formula)
    return limits.allow(of.ways, len(of.slots), of.groups)


def _sent(node: tree.Node, wanted: bool) -> Atom:
    """The formula that a part has this truth, which is computed here and sent."""
    return Atom(Slot("truth", node), "==", int(wanted))


def _formula(node: tree.Node, wanted: bool, coding: Coding) -> Formula:
    match node:
        case tree.Constant(value=constant):
            return constant is wanted
        case tree.And(items=items):
            return _join([_formula(item, wanted, coding) for item in items], conjunction=wanted)
        case tree.Or(items=items):
            return _join([_formula(item, wanted, coding) for item in items], conjunction=not wanted)
        case tree.Not(of=of):
            return _formula(of, not wanted, coding)
    found = comparison(node)
    if found is None:  # a true-or-false feature, membership, or whether something is missing
        return _sent(node, wanted)
    slot, operator, literal, mirrored = found
    relation: Any = _MIRRORED[operator] if mirrored else operator
    return Atom(slot, relation if wanted else _NEGATED[relation], coding.code(slot, literal))


def _join(parts: list[Formula], *, conjunction: bool) -> Formula:
    """And or or of formulas, with what is always or never so taken out."""
    decisive = not conjunction
    if any(part is decisive for part in parts):
        return decisive
    kind = Both if conjunction else Either
    flat: dict[Formula, None] = {}
    for part in parts:
        if not isinstance(part, bool):
            flat |= dict.fromkeys(part.parts if isinstance(part, kind) else (part,))
    if not flat:
        return conjunction
    return next(iter(flat)) if len(flat) == 1 else kind(tuple(flat))
