"""The checked tree: what an expression means, with every name resolved and every part typed.

`check` makes it from the syntax tree; the reference evaluator, the native engine, and every other engine read it. Fewer
node kinds than the syntax has: `a != b` is `not a == b`, `a > b` is `b < a`, a chain is an `And`, `x is not missing` is
`not (x is missing)`. `text` is how a part is shown to people and does not count when trees are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from nba.language import types
from nba.language.values import Value

Root: TypeAlias = Literal["profile", "context"]


def _text() -> str:
    return field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or a list of literals as a tuple."""

    value: Value
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Path:
    """A field of the profile or the context, by the names that lead to it; no names: the whole."""

    root: Root
    names: tuple[str, ...]
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class AsOf:
    """The instant that the decision is made for."""

    type: types.Type = types.INSTANT
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting by its full id, `service.callback_days`."""

    id: str
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Fact:
    """A signal or a plugin's feature by its full id, `service.recovery_owed`."""

    id: str
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Item:
    """The item of an enclosing aggregate, or of the action's `for_each`."""

    name: str
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Get:
    """A field of a record that is not reached by a plain path: `c.status`."""

    of: Node
    name: str
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Lookup:
    """`of[key]` in a map; missing when the key is missing or not there."""

    of: Node
    key: Node
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Compare:
    """`left operator right`; for ordered enums `<` and `<=` go by `order`, the position in the declared values."""

    operator: Literal["==", "<", "<="]
    left: Node
    right: Node
    order: tuple[str, ...] = ()
    text: str = _text()


@dataclass(frozen=True, slots=True)
class In:
    """`item in items`."""

    item: Node
    items: Node
    text: str = _text()


@dataclass(frozen=True, slots=True)
class IsMissing:
    """Whether a value is missing; failed when it has failed."""

    of: Node
    text: str = _text()


@dataclass(frozen=True, slots=True)
class And:
    """True when all items are; false when one is false."""

    items: tuple[Node, ...]
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Or:
    """True when one item is; false when all are false."""

    items: tuple[Node, ...]
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Not:
    """True for false, and false for true."""

    of: Node
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` in doubles; missing when the result is not finite."""

    operator: Literal["+", "-", "*", "/"]
    left: Node
    right: Node
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `functions.py` by name."""

    name: str
    arguments: tuple[Node, ...]
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`name(body for item in over if where)`. The body of `count` is the item itself and is not looked at."""

    name: Literal["any", "all", "count", "sum", "min", "max"]
    body: Node
    item: str
    over: Node
    where: Node | None
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Default:
    """`default(of, fallback)`."""

    of: Node
    fallback: Node
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The value of the first row whose condition is true; an unknown one before it makes the value missing."""

    rows: tuple[tuple[Node, Constant], ...]
    type: types.Type
    text: str = _text()


@dataclass(frozen=True, slots=True)
class Feature:
    """The value of a feature by its number: what is left of a value once conditions and features are two layers."""

    number: int
    type: types.Type
    text: str = _text()


Node: TypeAlias = (
    Constant
    | Path
    | AsOf
    | Setting
    | Fact
    | Item
    | Get
    | Lookup
    | Compare
    | In
    | IsMissing
    | And
    | Or
    | Not
    | Arithmetic
    | Call
    | Aggregate
    | Default
    | FirstOf
    | Feature
)


_ALWAYS: Final[Mapping[type[object], types.Type]] = MappingProxyType(
    {**dict.fromkeys((Compare, In, IsMissing, And, Or, Not), types.BOOLEAN), Arithmetic: types.NUMBER}
)


def type_of(node: Node) -> types.Type:
    """The type of a node's value."""
    found = _ALWAYS.get(type(node))
    return node.type if found is None else found  # type: ignore[union-attr]  # all but the nodes of `_ALWAYS` have a type of their own


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in the order they were written."""
    match node:
        case Get(of=of) | IsMissing(of=of) | Not(of=of):
            return (of,)
        case Lookup(of=of, key=key):
            return of, key
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return left, right
        case In(item=item, items=items):
            return item, items
        case And(items=nodes) | Or(items=nodes) | Call(arguments=nodes):
            return nodes
        case Aggregate(body=body, over=over, where=where):
            return (over, body) if where is None else (over, where, body)
        case Default(of=of, fallback=fallback):
            return of, fallback
        case FirstOf(rows=rows):
            return tuple(part for row in rows for part in row)
        case _:
            return ()
