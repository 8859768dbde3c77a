"""The syntax tree: an expression as it was written.

`parse` makes it, `show` prints it, `check` gives its names a meaning and its parts types (`tree.py`). Positions are
offsets into the expression's text and do not count when trees are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

CompareOperator: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
ArithmeticOperator: TypeAlias = Literal["+", "-", "*", "/"]
AggregateName: TypeAlias = Literal["any", "all", "count", "sum", "min", "max"]
Range: TypeAlias = tuple[int, int]


def _position() -> Range:
    return field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal_:
    """`true`, `12`, `-0.5`, `"text"`. A minus sign before a number belongs to the literal."""

    value: bool | int | float | str
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`["a", "b"]`: literals only, and at least one."""

    items: tuple[Literal_, ...]
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Name:
    """The first word of a path: `service`."""

    id: str
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Attribute:
    """`of.name`; `at` spans the whole path, so that an error underlines `service.case`."""

    of: Expression
    name: str
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Index:
    """`of[key]`: a look-up in a map."""

    of: Expression
    key: Expression
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Compare:
    """`1 <= x < 5`: `first`, then pairs of operator and operand. `in` and `not in` do not chain."""

    first: Expression
    rest: tuple[tuple[CompareOperator, Expression], ...]
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Missing:
    """`of is missing`, or with `negated` `of is not missing`."""

    of: Expression
    negated: bool = False
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class And:
    """`a and b and c`: two items or more."""

    items: tuple[Expression, ...]
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Or:
    """`a or b or c`: two items or more."""

    items: tuple[Expression, ...]
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Not:
    """`not of`."""

    of: Expression
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` on numbers."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Minus:
    """`-x` for an x that is not a number literal."""

    of: Expression
    at: Range = _position()


@dataclass(frozen=True, slots=True)
class Call:
    """`days_since(t)`; `name_at` spans the function's name alone."""

    name: str
    arguments: tuple[Expression, ...]
    at: Range = _position()
    name_at: Range = _position()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`any(body for item in over if where)`, and likewise `all`, `count`, `sum`, `min`, `max`."""

    name: AggregateName
    body: Expression
    item: str
    over: Expression
    where: Expression | None = None
    at: Range = _position()
    item_at: Range = _position()


Expression: TypeAlias = (
    Literal_
    | ListLiteral
    | Name
    | Attribute
    | Index
    | Compare
    | Missing
    | And
    | Or
    | Not
    | Arithmetic
    | Minus
    | Call
    | Aggregate
)
