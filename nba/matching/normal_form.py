"""Conditions in negation normal form: and and or over comparisons of slots, for an engine that has no three-valued not.

`definitely(node, True)` is a formula that holds just when the condition is true, and `definitely(node, False)` one that holds
just when it is false, provided that a comparison of something that was not sent does not hold.
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
    slot: Slot
    relation: Relation
    code: int


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Formula, ...]


Formula: TypeAlias = Atom | Both | Either | bool


def definitely(node: tree.Node, wanted: bool, coding: Coding, *, most: int) -> Formula:
    """The formula that a condition is true (or false). One that could hold in more than `most` ways is sent as a truth."""
    formula = _formula(node, wanted, coding)
    if ways(formula) <= most:
        return formula
    # An engine that fires once a way would fire too often: the bushiest parts are computed here, and sent.
    return _formula(node, wanted, coding, sent=_bushy(node, coding, most))


def ways(formula: Formula) -> int:
    """In how many ways a formula can hold at once: how often an engine that fires for each may fire."""
    match formula:
        case Both(parts=parts):
            return math.prod(ways(part) for part in parts)
        case Either(parts=parts):
            return sum(ways(part) for part in parts)
    return 1


def atoms(formula: Formula) -> list[Atom]:
    """The comparisons of a formula, in order."""
    match formula:
        case Atom():
            return [formula]
        case Both(parts=parts) | Either(parts=parts):
            return [atom for part in parts for atom in atoms(part)]
    return []


def _bushy(node: tree.Node, coding: Coding, most: int) -> frozenset[tree.Node]:
    """The smallest parts that have to be sent as truths so that the rest stays within bounds."""
    if max(ways(_formula(node, wanted, coding)) for wanted in (True, False)) <= 1:
        return frozenset()
    inner: frozenset[tree.Node] = frozenset()
    for child in tree.children(node):
        inner |= _bushy(child, coding, most)
        trial = {ways(_formula(node, wanted, coding, sent=inner)) for wanted in (True, False)}
        if max(trial) <= most:
            return inner
    return frozenset([node])


def _formula(
    node: tree.Node, wanted: bool, coding: Coding, sent: frozenset[tree.Node] = frozenset()
) -> Formula:
    if node in sent:
        return Atom(Slot("truth", node), "==", int(wanted))
    match node:
        case tree.Constant(value=constant):
            return constant is wanted
        case tree.And(items=items):
            return _join([_formula(item, wanted, coding, sent) for item in items], conjunction=wanted)
        case tree.Or(items=items):
            return _join([_formula(item, wanted, coding, sent) for item in items], conjunction=not wanted)
        case tree.Not(of=of):
            return _formula(of, not wanted, coding, sent)
    found = comparison(node)
    if found is None:  # a true-or-false feature, membership, or whether something is missing
        return Atom(Slot("truth", node), "==", int(wanted))
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
