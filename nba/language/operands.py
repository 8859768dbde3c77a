"""What the checker passes between its parts: a checked part with the syntax it came from, and the way to complain."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

from nba.errors import Problem, RulesError
from nba.language import syntax, tree, types
from nba.language.types import Boolean, Date, Enum, Instant, ListOf, MapOf, Number, Opaque, Record, String, Type
from nba.source import Written


class Operand(NamedTuple):
    """A part of an expression, checked and as it was written."""

    node: tree.Node
    written: syntax.Expression

    @property
    def type(self) -> Type:
        """The type of its value."""
        return tree.type_of(self.node)

    @property
    def text(self) -> str:
        """How messages show it."""
        return f"`{self.node.text}`"


class Complaint(NamedTuple):
    """Where complaints about one expression point."""

    text: Written

    def fail(self, code: str, message: str, at: syntax.Expression | syntax.Range, hint: str | None = None) -> NoReturn:
        """Raise a RulesError of one problem that points at a part of the expression."""
        start, end = at if isinstance(at, tuple) else at.at
        raise RulesError([Problem(code, message, self.text.span(start, end), hint)])


def fits(found: Type, wanted: Type) -> bool:
    """Whether a value of one type can stand where another is wanted: the same type, or an enum's text for a text.

    >>> fits(Enum(("low", "high")), String()), fits(String(), Enum(("low", "high")))
    (True, False)
    """
    if isinstance(found, Enum) and isinstance(wanted, Enum):
        return set(found.values) <= set(wanted.values)
    if isinstance(found, ListOf) and isinstance(wanted, ListOf):
        return fits(found.item, wanted.item)
    return found == wanted or (wanted == types.STRING and isinstance(found, Enum))


def type_of_literal(value: object) -> Type:
    """The type of a literal's value."""
    if isinstance(value, bool):
        return types.BOOLEAN
    return types.STRING if isinstance(value, str) else types.NUMBER


def a(kind: Type | type) -> str:
    """A type in words, with its article."""
    match kind:
        case Boolean():
            return "true or false"
        case Number() | String() | Date() | ListOf() | MapOf() | Opaque():
            return f"a {kind}"
        case Instant():
            return "an instant"
        case Record(name=name):
            return f"a record ({name})"
        case Enum():
            return str(kind)
    return "a list" if kind is ListOf else "a map"
