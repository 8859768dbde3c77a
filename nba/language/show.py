"""A syntax tree as text: the one way to write it, with no parentheses that it could do without."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from nba.language.syntax import (
    Aggregate,
    And,
    Arithmetic,
    Attribute,
    Call,
    Compare,
    Expression,
    Index,
    ListLiteral,
    Literal_,
    Minus,
    Missing,
    Name,
    Not,
    Or,
)

# How tightly a form binds; a part that binds less tightly than its place asks for gets parentheses.
_ANY, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _ATOM = range(9)
_ARITHMETIC: Final = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}

# Control characters, and those that are invisible or turn the direction of the text around them.
_ESCAPED = re.compile('["\\\\\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]')
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


Shown: TypeAlias = dict[int, tuple[str, int]]
"""By the identity of an expression, its text and how tightly it binds."""


def show(expression: Expression, shown: Shown | None = None) -> str:
    """The expression as text that `parse` reads back as the same tree.

    `shown` is for whoever asks for the parts of one expression as well: what has been shown is not made again.

    >>> show(And((Or((Name("a"), Name("b"))), Missing(Attribute(Name("c"), "d")))))
    '(a or b) and c.d is missing'
    """
    return _show(expression, _ANY, {} if shown is None else shown)


def _show(expression: Expression, place: int, shown: Shown) -> str:
    found = shown.get(id(expression))
    if found is None:
        found = shown[id(expression)] = _written(expression, shown)
    text, binding = found
    return f"({text})" if binding < place else text


def _written(expression: Expression, shown: Shown) -> tuple[str, int]:
    """The text of an expression and how tightly it binds."""
    match expression:
        case Literal_(value=value):
            text = show_literal(value)
            return text, _SIGN if text.startswith("-") else _ATOM
        case ListLiteral(items=items):
            return f"[{_listed(items, shown)}]", _ATOM
        case Name(id=name):
            return name, _ATOM
        case Attribute(of=of, name=name):
            return f"{_show(of, _ATOM, shown)}.{name}", _ATOM
        case Index(of=of, key=key):
            return f"{_show(of, _ATOM, shown)}[{_show(key, _ANY, shown)}]", _ATOM
        case Compare(first=first, rest=rest):
            parts = (f" {operator} {_show(operand, _SUM, shown)}" for operator, operand in rest)
            return _show(first, _SUM, shown) + "".join(parts), _COMPARE
        case Missing(of=of, negated=negated):
            return f"{_show(of, _SUM, shown)} is {'not ' if negated else ''}missing", _COMPARE
        case And(items=items):
            return " and ".join(_show(item, _NOT, shown) for item in items), _AND
        case Or(items=items):
            return " or ".join(_show(item, _AND, shown) for item in items), _OR
        case Not(of=of):
            return f"not {_show(of, _NOT, shown)}", _NOT
        case Arithmetic(operator=operator, left=left, right=right):
            binding = _ARITHMETIC[operator]
            return f"{_show(left, binding, shown)} {operator} {_show(right, binding + 1, shown)}", binding
        case Minus(of=of):
            return f"-{_show(of, _SIGN, shown)}", _SIGN
        case Call(name=name, arguments=arguments):
            return f"{name}({_listed(arguments, shown)})", _ATOM
        case Aggregate(name=name, body=body, item=item, over=over, where=where):
            condition = "" if where is None else f" if {_show(where, _ANY, shown)}"
            return f"{name}({_show(body, _ANY, shown)} for {item} in {_show(over, _SUM, shown)}{condition})", _ATOM


def _listed(items: tuple[Expression, ...], shown: Shown) -> str:
    return ", ".join(_show(item, _ANY, shown) for item in items)


def show_literal(value: bool | int | float | str) -> str:
    r"""A literal as text: numbers as the shortest digits that mean them, texts in double quotes.

    >>> print(show_literal('the "gold" plan'), show_literal(True), show_literal(0.1))
    "the \"gold\" plan" true 0.1
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{_ESCAPED.sub(_escape, value)}"'
    return repr(value)


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"
