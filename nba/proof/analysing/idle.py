"""Parts of conditions that never matter: without them the same rules act on the same profiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from nba.language import tree
from nba.language.compiled import compile_node
from nba.proof.analysing.acting import Acting, acting
from nba.proof.analysing.asking import Desk, scenes, somewhere
from nba.proof.analysing.conditions import Operand, apart, operands, walk, without, written
from nba.proof.analysing.findings import Issue, Reason, quoted
from nba.proof.bits import Bit, alike, both, equal, every, implies, no
from nba.proof.encode import Encoder, Items
from nba.proof.values import List, Scalar, Symbolic, Truth
from nba.ruleset.model import Signal

Idleness: TypeAlias = Literal["no", "now", "always"]
_HELP = "take this part out, or change it to what was meant"


def idle(desk: Desk) -> None:
    """Operands of and and or, and rows of signals, that make no difference to anything, known or not known."""
    told = {of.subject for of in desk.issues if of.kind == "subsumed-rule" and of.severity == "warning"}
    looked: set[tree.Node] = set()
    for one in [*_tables(desk), *acting(desk.ruleset)]:
        # A rule that never acts, or changes nothing as a whole, has one thing wrong with it, and that is told.
        if one.id not in desk.dead and one.id not in told and one.condition not in looked:
            looked.add(one.condition)
            _parts(desk, replace(one, condition=_rows(desk, one)))


def _tables(desk: Desk) -> Iterator[Acting]:
    """The signals that have rows."""
    for of in desk.ruleset.facts:
        if isinstance(of, Signal) and isinstance(of.node, tree.FirstOf):
            yield Acting(of.id, "signal", of.node, of.source)


def _rows(desk: Desk, one: Acting) -> tree.Node:
    """The condition without the rows that never decide."""
    node = one.condition
    if not isinstance(node, tree.FirstOf):
        return node
    for row in reversed(node.rows):
        less = replace(node, rows=tuple(of for of in node.rows if of is not row))
        found = _idleness(desk, one, node, less) if less.rows else "no"
        if found != "no":
            why = "a row before it does, or the next one says the same"
            message = f"the row `{written(row[0])}` of {one.called} never decides: {why}"
            desk.issues.append(_now(Issue("idle-condition", "warning", one.id, message, one.source, help=_HELP), found))
            node = less
    return node


def _parts(desk: Desk, one: Acting) -> None:
    """Tell of the parts that can be taken out, one after the other."""
    condition: tree.Node = apart(one.condition)
    looked: dict[int, tree.Node] = {}  # by identity; kept, so that no other part takes the place of one
    while True:
        operand = next((of for of in operands(condition) if id(of.part) not in looked), None)
        if operand is None:
            return
        looked[id(operand.part)] = operand.part
        less = without(condition, operand.part)
        found = _idleness(desk, one, condition, less)
        if found != "no":
            desk.issues.append(_now(_issue(desk, one, operand), found))
            condition = less


def _idleness(desk: Desk, one: Acting, condition: tree.Node, less: tree.Node) -> Idleness:
    """Whether a condition is worth the same with a part less: always, or with the settings as they are now."""
    if desk.evidence.differ(condition, less, one.each):
        return "no"

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        return somewhere(encoder, one.each, lambda items: no(_alike(encoder, condition, less, items)))

    first, second = compile_node(condition), compile_node(less)
    shows = desk.shows(one.each, lambda env: bool(first(env) != second(env)))
    sought = desk.can(ask, shows)
    if sought.status == "unknown":
        desk.unknown("idle-condition", one.id, sought, one.source)
    if sought.status != "never":
        return "no"
    return "always" if desk.whatever_settings(ask, shows) else "now"


def _now(issue: Issue, found: Idleness) -> Issue:
    """The issue; one that comes from the settings of the house is no fault of the rules."""
    if found == "always":
        return issue
    message = f"{issue.message} (with the settings as they are now)"
    return replace(issue, severity="info", message=message, help="another value of a setting makes it matter")


def _alike(encoder: Encoder, one: tree.Node, other: tree.Node, items: Items) -> Bit:
    """That two conditions, or two signals, are worth the same."""
    a, b = encoder.value(one, items), encoder.value(other, items)
    match a, b:
        case Truth(), Truth():
            return every((alike(a.true, b.true), alike(a.false, b.false), alike(a.failed, b.failed)))
        case Scalar(), Scalar() if (a.kind, a.values, a.per) == (b.kind, b.values, b.per):
            same = implies(a.known, equal(a.term, b.term))
            return every((alike(a.known, b.known), alike(a.failed, b.failed), same))
    return False  # that cannot be told, so they may differ


def _issue(desk: Desk, one: Acting, operand: Operand) -> Issue:
    of = one.called if one.effect == "signal" else f"the condition of {one.called}"
    message = f"`{written(operand.part)}` makes no difference to {of}"
    found = _because(desk, one, operand)
    texts = [] if found is None else [written(of) for of in found]
    if found is not None and isinstance(operand.parent, tree.And):
        message += f": it is always so when {quoted(texts)}" if texts else ": it is always so"
    elif found is not None:
        message += f": whenever it is so, {quoted(texts, 'or')} is so as well" if texts else ": it is never so"
    own = one.id.partition(".")[0]
    others = sorted({id for of in found or () for id in _signals(of) if "." in one.id and id.partition(".")[0] != own})
    if others:
        reasons = tuple(Reason(f"signal `{id}`", desk.signal_source(id)) for id in others)
        help = "another pack sees to it now; keep this part if that may change"
        return Issue("idle-condition", "info", one.id, message, one.source, reasons, help)
    return Issue("idle-condition", "warning", one.id, message, one.source, (), _HELP)


def _signals(node: tree.Node) -> list[str]:
    return [of.id for of in walk([node]) if isinstance(of, tree.Fact)]


def _because(desk: Desk, one: Acting, operand: Operand) -> list[tree.Node] | None:
    """The fewest other operands that make one idle; None when it takes more than these."""
    others = operand.others

    def make(encoder: Encoder) -> tuple[Bit, dict[str, Bit]]:
        there, items = _in_sight(encoder, one, operand)
        if there is False:
            return False, {}
        mine, truths = encoder.truth(operand.part, items), [encoder.truth(of, items) for of in others]
        if isinstance(operand.parent, tree.And):
            return both(there, no(mine.true)), {str(number): of.true for number, of in enumerate(truths)}
        return both(there, mine.true), {str(number): no(of.true) for number, of in enumerate(truths)}

    found = desk.reasons(make)
    return [others[int(of)] for of in found.parts] if found.status == "never" else None


def _in_sight(encoder: Encoder, one: Acting, operand: Operand) -> tuple[Bit, Items]:
    """An item of each list that a part stands inside, whichever."""
    there, items = next(scenes(encoder, one.each), (False, {}))
    for aggregate in operand.inside:
        over: Symbolic | None = encoder.value(aggregate.over, items) if there is not False else None
        if not isinstance(over, List) or not over.slots:
            return False, {}
        over.want(("operand", id(aggregate)), 1)
        there = every((there, over.known, over.slots[0].taken))
        items = {**items, aggregate.item: over.slots[0].item}
    return there, items
