"""Which comparisons mean something: what can be equal, what has an order, what a list can hold."""

from __future__ import annotations

from nba.errors import did_you_mean
from nba.language import syntax, tree, types
from nba.language.moments import read_date, read_instant
from nba.language.operands import Complaint, Operand, a
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Enum, ListOf, MapOf, Type


def comparison(
    operator: syntax.CompareOperator, left: Operand, right: Operand, text: str, at: syntax.Compare, complaint: Complaint
) -> tree.Node:
    """The checked tree of one comparison."""
    if operator in ("in", "not in"):
        _check_list(left, right, complaint)
        inside = tree.In(left.node, right.node, text)
        return inside if operator == "in" else tree.Not(inside, text)
    check_comparable(left, right, at, complaint)
    if operator in ("==", "!="):
        equal = tree.Compare("==", left.node, right.node, (), text)
        return equal if operator == "==" else tree.Not(equal, text)
    order = _order(left, right, at, complaint)
    if operator in (">", ">="):
        left, right = right, left
    return tree.Compare("<" if operator in ("<", ">") else "<=", left.node, right.node, order, text)


def check_comparable(left: Operand, right: Operand, at: syntax.Expression, complaint: Complaint) -> None:
    """Refuse a comparison that can never hold: other types, or a value outside an enum."""
    one, two = left.type, right.type
    if one == two and not isinstance(one, Enum) and types.is_scalar(one):
        return
    for operand, other in ((left, right), (right, left)):
        if not types.is_scalar(operand.type):
            items = f"ask about its items: `any(x == ... for x in {operand.node.text})`"
            message = f"{operand.text} is {a(operand.type)}: it has no single value"
            hint = items if isinstance(operand.type, ListOf) else None
            complaint.fail("not-comparable", message, operand.written, hint)
        _check_member(operand, other, complaint)
    if isinstance(one, Enum) and isinstance(two, Enum) and not set(one.values) & set(two.values):
        complaint.fail("impossible-comparison", f"{left.text} and {right.text} have no value in common", at)
    both_text = all(kind == STRING or isinstance(kind, Enum) for kind in (one, two))
    if one != two and not both_text:
        message = f"{left.text} is {a(one)} and {right.text} is {a(two)}: they are never equal, nor in order"
        complaint.fail("impossible-comparison", message, at, _conversion(left, right) or _conversion(right, left))


def _check_member(operand: Operand, other: Operand, complaint: Complaint) -> None:
    kind, constant = operand.type, other.node
    if not isinstance(kind, Enum) or not isinstance(constant, tree.Constant) or not isinstance(constant.value, str):
        return
    if constant.value not in kind.values:
        hint = did_you_mean(constant.value, kind.values) or f"it is {kind}"
        complaint.fail("impossible-value", f"{operand.text} is never {constant.text}", other.written, hint)


def _conversion(operand: Operand, other: Operand) -> str | None:
    """The help for a text where another type is meant."""
    if not isinstance(operand.node, tree.Constant) or not isinstance(operand.node.value, str):
        return None
    text = operand.node.value
    if other.type == DATE:
        return f'say `date("{text}")`' if read_date(text) else 'a date is written `date("2026-12-31")`'
    if other.type == INSTANT:
        if read_instant(text):
            return f'say `instant("{text}")`'
        return 'an instant is written `instant("2026-12-31T09:00:00Z")`; for days there is `days_since(...)`'
    if other.type == NUMBER:
        return "numbers are written without quotes"
    if other.type == BOOLEAN and text.casefold() in ("true", "false", "yes", "no"):
        return "true and false are written without quotes; a field that is true or false needs no comparison"
    return None


def _check_list(item: Operand, items: Operand, complaint: Complaint) -> None:
    kind = items.type
    if isinstance(kind, MapOf):
        hint = f"say `{items.node.text}[{item.node.text}] is not missing`"
        complaint.fail("not-a-list", f"{items.text} is {a(kind)}, and `in` looks into lists", items.written, hint)
    if not isinstance(kind, ListOf):
        parts = "for a part of a text there are `starts_with(text, start)` and `ends_with(text, end)`"
        message = f"`in` looks into lists, and {items.text} is {a(kind)}"
        complaint.fail("not-a-list", message, items.written, parts if kind == STRING else None)
    if isinstance(items.written, syntax.ListLiteral):
        for literal in items.written.items:
            member = Operand(tree.Constant(literal.value, kind.item, items.node.text), literal)
            check_comparable(item, member, literal, complaint)
    else:
        stand_in = tree.Constant(None, kind.item, f"an item of {items.node.text}")
        check_comparable(item, Operand(stand_in, items.written), item.written, complaint)


def _order(left: Operand, right: Operand, at: syntax.Compare, complaint: Complaint) -> tuple[str, ...]:
    """The declared order that `<` goes by, empty for the natural one."""
    kinds: tuple[Type, Type] = (left.type, right.type)
    if BOOLEAN in kinds:
        complaint.fail("no-order", "true and false have no order", at, "say `x`, `not x` or `x == y`")
    enums = [kind for kind in kinds if isinstance(kind, Enum)]
    for kind in enums:
        if not kind.ordered:
            hint = "say `in [...]` with the values meant, or declare the enum ordered in the schema"
            complaint.fail("no-order", f"{a(kind)}: these values have no declared order", at, hint)
    if len(enums) == 2 and kinds[0] != kinds[1]:
        complaint.fail("no-order", "these two enums are not ordered alike", at)
    if len(enums) == 1 and not any(isinstance(operand.node, tree.Constant) for operand in (left, right)):
        complaint.fail("no-order", "an ordered enum is compared with one of its own values, not with any text", at)
    return enums[0].values if enums else ()
