"""The cells of decision tables: a literal, `< 5`, inclusive `a..b`, `x | y`, `not x`, `missing`, and `-` for any."""

from __future__ import annotations

import math
import re
from typing import Any

from nba.errors import Problem, RulesError, did_you_mean
from nba.language import tree
from nba.language.moments import read_date, read_instant
from nba.language.operands import a
from nba.language.types import Boolean, Date, Enum, Instant, Number, String, Type
from nba.language.values import LARGEST_INTEGER

ANY = "-"
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


def cell(value: Any, node: tree.Node) -> tree.Node | None:
    """The condition of one cell, or None for any; the place of its problems is for the caller to say."""
    if value is None:
        hint = "write `-` for any value, or `missing`"
        raise RulesError([Problem("empty-cell", f"the cell for `{node.text}` is empty", help=hint)])
    text = value.strip() if isinstance(value, str) else None
    if text == ANY:
        return None
    if text is None:
        return _equals(value, node)
    return _text_cell(text, node)


def _text_cell(text: str, node: tree.Node) -> tree.Node:
    if text.startswith("not "):
        inner = _text_cell(text[4:].strip(), node)
        return tree.Not(inner, f"not ({inner.text})")
    if "|" in text and not _quoted(text):
        parts = tuple(_text_cell(part.strip(), node) for part in text.split("|"))
        return tree.Or(parts, " or ".join(part.text for part in parts))
    if text == "missing":
        if not isinstance(node, tree.Path | tree.Fact | tree.Get | tree.Item | tree.Lookup):
            raise _bad("`missing` is asked of a field or a signal")
        return tree.IsMissing(node, f"{node.text} is missing")
    for operator in ("<=", ">=", "<", ">"):
        if text.startswith(operator):
            bound = _literal(text[len(operator) :].strip(), node)
            return _ordered(operator, node, bound)
    low, dots, high = text.partition("..")
    if dots and not _quoted(text):
        first = _ordered(">=", node, _literal(low.strip(), node))
        last = _ordered("<=", node, _literal(high.strip(), node))
        return tree.And((first, last), f"{low.strip()} <= {node.text} <= {high.strip()}")
    return _equals(text, node)


def _quoted(text: str) -> bool:
    return len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]


def _equals(value: Any, node: tree.Node) -> tree.Node:
    literal = _literal(value, node)
    return tree.Compare("==", node, literal, (), f"{node.text} == {literal.text}")


def _ordered(operator: str, node: tree.Node, bound: tree.Constant) -> tree.Node:
    kind = tree.type_of(node)
    if isinstance(kind, Boolean) or (isinstance(kind, Enum) and not kind.ordered):
        raise _bad(f"`{node.text}` is {a(kind)}, which has no order")
    order = kind.values if isinstance(kind, Enum) else ()
    text = f"{node.text} {operator} {bound.text}"
    strict: Any = "<" if operator in ("<", ">") else "<="
    if operator in ("<", "<="):
        return tree.Compare(strict, node, bound, order, text)
    return tree.Compare(strict, bound, node, order, text)


def _literal(value: Any, node: tree.Node) -> tree.Constant:
    """A literal of the input's type."""
    kind = tree.type_of(node)
    found = value[1:-1] if isinstance(value, str) and _quoted(value) else value
    read = _read_literal(found, kind) if isinstance(found, str) else found
    if isinstance(kind, Number) and isinstance(value, str) and _quoted(value):
        read = None
    right = {
        Boolean: isinstance(read, bool),
        Number: isinstance(read, int | float) and not isinstance(read, bool),
    }.get(type(kind), read is not None and not isinstance(read, bool | int | float))
    if not right:
        raise _bad(f"`{node.text}` is {a(kind)}, and the cell says `{value}`")
    if isinstance(kind, Enum) and read not in kind.values:
        raise _bad(f"`{node.text}` is never `{read}`", did_you_mean(str(read), kind.values) or f"it is {kind}")
    shown = f'"{read}"' if isinstance(kind, String | Enum) else str(found)
    return tree.Constant(read, kind, shown)


def _read_literal(text: str, kind: Type) -> Any:
    match kind:
        case Boolean():
            return {"true": True, "false": False}.get(text)
        case Number():
            if not _NUMBER.fullmatch(text) or len(text) > 30:
                return None
            number = int(text) if text.lstrip("+-").isdecimal() else float(text)
            right = abs(number) <= LARGEST_INTEGER if isinstance(number, int) else math.isfinite(number)
            return number if right else None
        case Date():
            return read_date(text)
        case Instant():
            return read_instant(text)
    return text


def _bad(message: str, hint: str | None = None) -> RulesError:
    usual = "a cell is a literal, `< 5`, `0..90`, `a | b`, `not a`, `missing`, or `-` for any"
    return RulesError([Problem("bad-cell", message, help=hint or usual)])
