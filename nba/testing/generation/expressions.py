"""Random well-typed expressions: every construct of the language, over whatever is in scope.

They are made as syntax trees; `show` gives their text, and `check` of that text never complains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeAlias

from nba.language import syntax, types
from nba.language.moments import write_instant
from nba.language.scope import Scope
from nba.language.syntax import Expression
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Enum, ListOf, MapOf, Record, Type
from nba.testing.generation import literals

Make: TypeAlias = Callable[[int], Expression | None]
Named: TypeAlias = tuple[Expression, Type]

_ORDERING = ("==", "!=", "<", "<=", ">", ">=")
_EQUALITY = ("==", "!=")
_ITEMS = ("c", "d", "e", "o", "x", "y")
_MAP_KEYS = ("gold", "email", "phone", "", "nobody")
_NODES = 70  # an expression of at most 500 tokens


@dataclass
class Expressions:
    """Generates expressions in a scope.

    With `monotone`, nothing asks whether something is known: no `is missing`, no `default`, no `len` of a map (an entry
    that is null is no entry).
    """

    scope: Scope
    rng: Random
    monotone: bool = False
    depth: int = 4
    _left: int = field(default=_NODES, init=False)
    _names: list[Named] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._names = list(_in_sight(self.scope))

    def condition(self) -> Expression:
        """An expression that is true, false or unknown."""
        return self.of(BOOLEAN)

    def of(self, kind: Type) -> Expression:
        """An expression of a scalar type."""
        self._left = _NODES
        return self._of(kind, self.rng.randrange(1, self.depth + 1))

    def item_of(self, name: str, kind: Type) -> Expressions:
        """The same, with one more item in sight."""
        return replace(self, scope=self.scope.with_item(name, kind))

    def _of(self, kind: Type, depth: int) -> Expression:
        self._left -= 1
        depth = depth if self._left > 0 else 0
        match kind:
            case types.Boolean():
                return self._boolean(depth)
            case types.Number():
                return self._number(depth)
            case types.String() | types.Enum():
                return self._text(depth)
            case types.Date():
                return self._moment(depth, DATE)
            case _:
                return self._moment(depth, INSTANT)

    def _pick(self, makers: list[tuple[int, Make]], depth: int) -> Expression:
        """One of the makers by weight; another one when it has nothing to make its expression from."""
        while True:
            weights = [weight for weight, _ in makers]
            index = self.rng.choices(range(len(makers)), weights)[0]
            found = makers[index][1](depth - 1)
            if found is not None:
                return found
            makers = [*makers[:index], *makers[index + 1 :]]

    def _named(self, *kinds: type) -> Named | None:
        found = [named for named in self._names if isinstance(named[1], kinds)]
        return self.rng.choice(found) if found else None

    def _path(self, *kinds: type) -> Expression | None:
        named = self._named(*kinds)
        return None if named is None else named[0]

    # Truths

    def _boolean(self, depth: int) -> Expression:
        leaves: list[tuple[int, Make]] = [
            (4, lambda _: self._path(types.Boolean)),
            (1, lambda _: syntax.Literal_(self.rng.random() < 0.5)),
            (6, self._compare_literal),
        ]
        if not self.monotone:
            leaves.append((2, self._missing))
        if depth <= 0:
            return self._pick(leaves, depth)
        return self._pick(
            [
                *(leaves if depth < 3 else ()),
                (6, self._compare),
                (3, self._chain),
                (4, self._in),
                (6, self._junction),
                (3, lambda below: syntax.Not(self._boolean(below))),
                (8, lambda below: self._aggregate(self.rng.choice(("any", "all")), BOOLEAN, below)),
                (1, self._starts),
                (1, lambda below: self._default(BOOLEAN, below)),
                (1, lambda below: self._lookup(types.Boolean, below)),
            ],
            depth,
        )

    def _compare_literal(self, depth: int) -> Expression | None:
        named = self._named(types.Number, types.String, types.Enum, types.Date, types.Instant)
        if named is None:
            return None
        path, kind = named
        literal = self._literal(kind)
        ordered = not isinstance(kind, Enum) or kind.ordered
        operator = self.rng.choice(_ORDERING if ordered else _EQUALITY)
        first, second = (path, literal) if self.rng.random() < 0.8 else (literal, path)
        return syntax.Compare(first, ((operator, second),))  # type: ignore[arg-type]  # it is one of the operators

    def _compare(self, depth: int) -> Expression | None:
        kind = self.rng.choice((BOOLEAN, NUMBER, NUMBER, NUMBER, STRING, DATE, INSTANT, Enum))
        if kind is Enum:
            return self._compare_enums()
        assert not isinstance(kind, type)
        operator = self.rng.choice(_EQUALITY if kind == BOOLEAN else _ORDERING)
        left, right = self._plain(kind, depth), self._plain(kind, depth)
        return syntax.Compare(left, ((operator, right),))  # type: ignore[arg-type]  # it is one of the operators

    def _plain(self, kind: Type, depth: int) -> Expression:
        """An expression of the type; a text that is no enum, as enums have their own comparisons."""
        return self._free_text(depth) if kind == STRING else self._of(kind, depth)

    def _compare_enums(self) -> Expression | None:
        named = self._named(Enum)
        if named is None:
            return None
        path, kind = named
        alike = [other for other, of in self._names if of == kind]
        assert isinstance(kind, Enum)
        operator = self.rng.choice(_ORDERING if kind.ordered else _EQUALITY)
        if not self.monotone and self.rng.random() < 0.3:
            path = syntax.Call("default", (path, self._literal(kind)))
        return syntax.Compare(path, ((operator, self.rng.choice(alike)),))  # type: ignore[arg-type]  # the same

    def _chain(self, depth: int) -> Expression | None:
        kind = self.rng.choice((NUMBER, NUMBER, DATE, INSTANT))
        links = tuple((self.rng.choice(_ORDERING), self._of(kind, depth)) for _ in range(2))
        return syntax.Compare(self._of(kind, depth), links)  # type: ignore[arg-type]  # the same

    def _in(self, depth: int) -> Expression | None:
        operator = self.rng.choice(("in", "not in"))
        lists = [(path, of.item) for path, of in self._names if isinstance(of, ListOf) and types.is_scalar(of.item)]
        if lists and self.rng.random() < 0.5:
            path, item = self.rng.choice(lists)
            of = self._literal(item) if self.rng.random() < 0.5 else self._member(item, depth)
            return syntax.Compare(of, ((operator, path),))  # type: ignore[arg-type]  # the same
        named = self._named(types.Number, types.String, types.Enum)
        if named is None:
            return None
        path, kind = named
        of = self._number(depth) if kind == NUMBER and self.rng.random() < 0.3 else path
        items = tuple(self._literal(kind) for _ in range(self.rng.randrange(1, 4)))
        return syntax.Compare(of, ((operator, syntax.ListLiteral(items)),))  # type: ignore[arg-type]  # the same

    def _member(self, kind: Type, depth: int) -> Expression:
        return self._literal(kind) if isinstance(kind, Enum) else self._plain(kind, depth)

    def _missing(self, depth: int) -> Expression | None:
        asked: list[Expression] = [path for path, _ in self._names if not _starts_with(path, "settings", "as_of")]
        if depth > 0 and self.rng.random() < 0.2:
            lookup = self._lookup(self.rng.choice((types.Boolean, types.Number)), depth)
            asked = asked if lookup is None else [lookup]
        return syntax.Missing(self.rng.choice(asked), self.rng.random() < 0.5) if asked else None

    def _junction(self, depth: int) -> Expression:
        items = tuple(self._boolean(depth) for _ in range(self.rng.choice((2, 2, 3))))
        return syntax.And(items) if self.rng.random() < 0.5 else syntax.Or(items)

    def _starts(self, depth: int) -> Expression:
        return syntax.Call(self.rng.choice(("starts_with", "ends_with")), (self._text(depth), self._text(depth)))

    # Numbers

    def _number(self, depth: int) -> Expression:
        leaves: list[tuple[int, Make]] = [
            (5, lambda _: self._path(types.Number)),
            (3, lambda _: self._literal(NUMBER)),
        ]
        if depth <= 0:
            return self._pick(leaves, depth)
        return self._pick(
            [
                *(leaves if depth < 3 else leaves[:1]),
                (4, self._arithmetic),
                (1, self._minus),
                (5, self._elapsed),
                (2, self._len),
                (2, self._min_max(NUMBER)),
                (1, lambda below: syntax.Call("abs", (self._number(below),))),
                (1, lambda below: syntax.Call("clamp", tuple(self._number(below) for _ in range(3)))),
                (3, lambda below: self._aggregate("count", None, below)),
                (5, lambda below: self._aggregate(self.rng.choice(("sum", "min", "max")), NUMBER, below)),
                (2, lambda below: self._default(NUMBER, below)),
                (2, lambda below: self._lookup(types.Number, below)),
            ],
            depth,
        )

    def _arithmetic(self, depth: int) -> Expression:
        operator = self.rng.choice("+-*/")
        return syntax.Arithmetic(operator, self._number(depth), self._number(depth))  # type: ignore[arg-type]  # the same

    def _minus(self, depth: int) -> Expression:
        of = self._number(depth)
        return of if isinstance(of, syntax.Literal_) else syntax.Minus(of)

    def _elapsed(self, depth: int) -> Expression:
        kind = self.rng.choice((DATE, INSTANT))
        names = ["days_since", "days_until", "months_since", "years_since", "days_between"]
        name = self.rng.choice([*names, "hours_since"] if kind == INSTANT else names)
        return syntax.Call(name, tuple(self._of(kind, depth) for _ in range(1 + (name == "days_between"))))

    def _len(self, depth: int) -> Expression | None:
        if self.rng.random() < 0.3:
            return syntax.Call("len", (self._text(depth),))
        path = self._path(types.ListOf) if self.monotone else self._path(types.ListOf, types.MapOf)
        return None if path is None else syntax.Call("len", (path,))

    def _min_max(self, kind: Type) -> Make:
        def make(depth: int) -> Expression:
            name = self.rng.choice(("min", "max"))
            return syntax.Call(name, tuple(self._of(kind, depth) for _ in range(self.rng.choice((2, 2, 3)))))

        return make

    # Texts and moments

    def _text(self, depth: int) -> Expression:
        if self.rng.random() < 0.3:
            path = self._path(types.Enum)
            if path is not None:
                return path
        return self._free_text(depth)

    def _free_text(self, depth: int) -> Expression:
        leaves: list[tuple[int, Make]] = [(4, lambda _: self._path(types.String)), (2, lambda _: self._literal(STRING))]
        if depth > 0:
            leaves += [(1, lambda below: self._default(STRING, below)), (1, lambda b: self._lookup(types.String, b))]
        return self._pick(leaves, depth)

    def _moment(self, depth: int, kind: Type) -> Expression:
        makers: list[tuple[int, Make]] = [
            (5, lambda _: self._path(types.Date if kind == DATE else types.Instant)),
            (2, lambda _: self._literal(kind)),
        ]
        if depth > 0:
            makers += [
                (1, self._min_max(kind)),
                (2, lambda below: self._aggregate(self.rng.choice(("min", "max")), kind, below)),
                (1, lambda below: self._default(kind, below)),
            ]
        return self._pick(makers, depth)

    # What several types share

    def _default(self, kind: Type, depth: int) -> Expression | None:
        if self.monotone:
            return None
        return syntax.Call("default", (self._plain(kind, depth), self._plain(kind, depth)))

    def _lookup(self, kind: type, depth: int) -> Expression | None:
        maps = [path for path, of in self._names if isinstance(of, MapOf) and isinstance(of.value, kind)]
        if not maps:
            return None
        key = self._text(depth) if self.rng.random() < 0.3 else syntax.Literal_(self.rng.choice(_MAP_KEYS))
        return syntax.Index(self.rng.choice(maps), key)

    def _aggregate(self, name: Any, body: Type | None, depth: int) -> Expression | None:
        named = self._named(types.ListOf)
        free = [word for word in _ITEMS if self.scope.takes(word) is None]
        if named is None or not free:
            return None
        over, kind = named
        assert isinstance(kind, ListOf)
        item = self.rng.choice(free)
        inner = self.item_of(item, kind.item)
        inner._left = self._left
        # What is asked of an item is mostly about the item.
        own = list(_reached(syntax.Name(item), kind.item))
        inner._names += own * 3
        where = inner._boolean(depth) if self.rng.random() < 0.5 else None
        what = syntax.Name(item) if body is None else inner._of(body, depth)
        self._left = inner._left
        return syntax.Aggregate(name, what, item, over, where)

    def _literal(self, kind: Type) -> Any:
        match kind:
            case types.Boolean():
                return syntax.Literal_(self.rng.random() < 0.5)
            case types.Number():
                return syntax.Literal_(literals.number(self.rng))
            case types.Enum(values=values):
                return syntax.Literal_(self.rng.choice(values))
            case types.Date():
                return syntax.Call("date", (syntax.Literal_(literals.day(self.rng).isoformat()),))
            case types.Instant():
                return syntax.Call("instant", (syntax.Literal_(write_instant(literals.instant(self.rng))),))
        return syntax.Literal_(literals.text(self.rng))


def _in_sight(scope: Scope) -> Iterator[Named]:
    """Every name that a scope has, with its type."""
    for name, of in scope.profile.fields.items():
        yield from _reached(syntax.Name(name), of.type)
    for name, of in scope.context.fields.items():
        yield from _reached(syntax.Attribute(syntax.Name("context"), name), of.type)
    for id, kind in scope.facts.items():
        pack, _, name = id.partition(".")
        yield syntax.Attribute(syntax.Name(pack), name), kind
    for name, kind in scope.settings.items():
        yield syntax.Attribute(syntax.Name("settings"), name), kind
    for name, kind in scope.items.items():
        yield from _reached(syntax.Name(name), kind)
    yield syntax.Name("as_of"), INSTANT


def _reached(path: Expression, kind: Type, levels: int = 4) -> Iterator[Named]:
    yield path, kind
    if isinstance(kind, Record) and levels:
        for name, of in kind.fields.items():
            yield from _reached(syntax.Attribute(path, name), of.type, levels - 1)


def _starts_with(path: Expression, *words: str) -> bool:
    while isinstance(path, syntax.Attribute):
        path = path.of
    return isinstance(path, syntax.Name) and path.id in words
