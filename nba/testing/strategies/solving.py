"""One comparison, solved: which values of the places that it reads make it true, false or unknown.

Nothing is inverted here. The values that places may have are tried, alone or a few together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from nba.language import tree, types
from nba.language.compiled import compile_node
from nba.language.functions import FUNCTIONS, Clock
from nba.language.meaning import Environment
from nba.language.types import NUMBER
from nba.language.values import FAILED, Truth
from nba.ruleset.model import Feature, Signal
from nba.testing.strategies.places import EACH, VALUE, Place
from nba.testing.strategies.wishes import ABSENT, Unsolved, Wish

_TRIES = 400
_COUNTS = (1, 0, 2, 3, 4, 5, 6)
_NOTHING: dict[str, Any] = {"": None}
_REBUILT = {
    tree.Default: ("of", "fallback"),
    tree.Arithmetic: ("left", "right"),
    tree.Compare: ("left", "right"),
    tree.In: ("item", "items"),
    tree.IsMissing: ("of",),
    tree.Not: ("of",),
}


@dataclass(frozen=True)
class Where:
    """A part of a customer in the making: what is wished of it, and where it stands."""

    wish: Wish
    place: Place


Sight = Mapping[str, Where]
"""The items in sight, by name."""


@dataclass
class Variable:
    """Something that may have one of some values: entries to wish for, with what the evaluator sees of them."""

    choices: list[tuple[Any, Any]]
    accept: Callable[[list[Any]], None]
    """Wishes for one of these entries."""


@dataclass
class World:
    """What solving needs to know of a ruleset, and one customer that is being wished for."""

    facts: Mapping[str, Signal | Feature]
    settings: Mapping[str, Any]
    clock: Clock
    values: Callable[[types.Type, Place], list[tuple[Any, Any]]]
    """The entries of a place, ABSENT first, with what the evaluator sees of each."""
    sizes: Callable[[Place], list[int]]
    """The lengths that rules ask of a list."""
    keys: Callable[[Place], Collection[str]]
    """The keys that rules look up in a map."""
    assumed: Mapping[Place, Any]
    """What the house says that a missing field means."""
    moments: list[tuple[Any, Clock]]
    """The moments to decide for, with the clocks that show them."""
    samples: Callable[[Feature, list[Where], Random], list[tuple[list[Any], Any]]]
    """What a plugin's feature may read, place by place, with its value for that."""
    rng: Random
    root: Wish = field(default_factory=Wish)
    opaque: dict[int, tuple[tree.Node, bool]] = field(default_factory=dict)
    """By the identity of a node, which is kept so that no other one gets it."""

    def is_opaque(self, node: tree.Node) -> bool:
        """Whether a plugin's function decides it: such parts are looked at last, when the rest is known."""
        if id(node) not in self.opaque:
            fact = self.facts[node.id] if isinstance(node, tree.Fact) else None
            parts = (fact.node,) if isinstance(fact, Signal) else tree.children(node)
            self.opaque[id(node)] = node, isinstance(fact, Feature) or any(map(self.is_opaque, parts))
        return self.opaque[id(node)][1]

    def at(self, node: tree.Node, sight: Sight) -> Where | None:
        """The part of the customer that a node stands for; None for what is computed."""
        match node:
            case tree.Path(root=root, names=names):
                where = Where(self.root.part(root), (root,))
                for name in names:
                    where = Where(where.wish.part(name), (*where.place, name))
                return where
            case tree.Item(name=name):
                return sight[name]
            case tree.Get(of=of, name=name):
                above = self.at(of, sight)
                return None if above is None else Where(above.wish.part(name), (*above.place, name))
            case tree.Lookup(of=of, key=tree.Constant(value=str() as key)):
                above = self.at(of, sight)
                return None if above is None else Where(above.wish.part(key), (*above.place, VALUE))
            case tree.Lookup(of=of, key=key):
                above, by = self.at(of, sight), self.at(key, sight)
                if above is None or by is None:
                    return None
                keys = [name for entry, name in self.values(types.STRING, by.place) if entry is not ABSENT]
                name = self.rng.choice([of for of in keys if of in self.keys(above.place)] or [""])
                by.wish.narrow([of for of in by.wish.values if of == name] or [name])
                return Where(above.wish.part(name), (*above.place, VALUE))
        return None


class Leaf:
    """A comparison with variables in place of what it reads. `asks` is what must hold beside it."""

    def __init__(self, node: tree.Node, sight: Sight, world: World) -> None:
        self.world = world
        self.variables: list[Variable] = []
        self.asks: list[tuple[tree.Node, Truth, Sight]] = []
        self.clocked: int | None = None
        self._numbers: dict[Any, tree.Feature] = {}
        self._compute = compile_node(self._lower(node, sight))

    def solve(self, truth: Truth) -> None:
        """Wish for values that give the comparison this truth.

        Raises:
            Unsolved: none was found.
        """
        if len(self.variables) == 1:
            (only,) = self.variables
            fit = [entry for entry, value in only.choices if self.truth([value]) is truth]
            if not fit:
                raise Unsolved
            only.accept(fit)
            return
        rng = self.world.rng
        for _ in range(_TRIES if self.variables else 1):
            chosen = [rng.choice(of.choices) for of in self.variables]
            if self.truth([value for _, value in chosen]) is truth:
                for variable, (entry, _) in zip(self.variables, chosen, strict=True):
                    variable.accept([entry])
                return
        raise Unsolved

    def truth(self, values: list[Any]) -> Truth:
        """The truth of the comparison for values of the variables."""
        clock = self.world.clock if self.clocked is None else values[self.clocked]
        found = self._compute(Environment({}, {}, clock, self.world.settings, _NOTHING, features=values))
        return None if found is FAILED else found

    def _lower(self, node: tree.Node, sight: Sight) -> tree.Node:
        """The node with variables in it."""
        where = self.world.at(node, sight)
        if where is not None:
            return self._place(node, where)
        match node:
            case tree.Constant() | tree.Setting():
                return node
            case tree.AsOf():
                self._clock()
                return node
            case tree.Fact(id=id):
                fact = self.world.facts[id]
                if isinstance(fact, Feature):
                    return self._feature(fact)
                return self._lower(fact.node, {})
            case tree.FirstOf(rows=rows):
                return self._row(rows, sight)
            case tree.Aggregate():
                return self._aggregate(node, sight)
            case tree.Call(name="len", arguments=(of,)) if (found := self.world.at(of, sight)) is not None:
                if isinstance(tree.type_of(of), types.ListOf):
                    return self._count(found, found.wish)
                return replace(node, arguments=(self._lower(of, sight),))
            case tree.Call(name=name, arguments=arguments):
                if FUNCTIONS[name].reads_clock and all(isinstance(of, tree.Constant) for of in arguments):
                    self._clock()
                return replace(node, arguments=tuple(self._lower(of, sight) for of in arguments))
            case tree.And(items=items) | tree.Or(items=items):
                return replace(node, items=tuple(self._lower(of, sight) for of in items))
        names = _REBUILT.get(type(node))
        if names is None:
            raise Unsolved
        lowered: dict[str, Any] = {name: self._lower(getattr(node, name), sight) for name in names}
        return replace(node, **lowered)

    def _variable(self, key: Any, kind: types.Type, make: Callable[[], Variable]) -> tree.Feature:
        if key not in self._numbers:
            self._numbers[key] = tree.Feature(len(self.variables), kind)
            self.variables.append(make())
        return self._numbers[key]

    def _place(self, node: tree.Node, where: Where) -> tree.Node:
        kind = tree.type_of(node)
        if isinstance(kind, types.ListOf) and types.is_scalar(kind.item):
            return self._variable(id(where.wish), kind, lambda: self._list_of_scalars(kind, where))
        if not types.is_scalar(kind):
            return self._variable(id(where.wish), kind, lambda: _whole(where.wish))
        return self._variable(id(where.wish), kind, lambda: self._scalar(kind, where))

    def _scalar(self, kind: types.Type, where: Where) -> Variable:
        choices = self.world.values(kind, where.place)
        if where.wish.values:
            choices = [of for of in choices if of[0] in where.wish.values]
        return Variable(choices, lambda entries: where.wish.narrow(entries))

    def _list_of_scalars(self, kind: types.ListOf, where: Where) -> Variable:
        items = [of for of in self.world.values(kind.item, (*where.place, EACH)) if of[0] is not ABSENT]
        alone: list[tuple[Any, Any]] = [([entry], (value,)) for entry, value in items]
        some = [self.world.rng.sample(items, 2) for _ in range(6)] if len(items) > 1 else []
        pairs = [([one[0], two[0]], (one[1], two[1])) for one, two in some]
        return Variable([(ABSENT, None), ([], ()), *alone, *pairs], lambda lists: where.wish.narrow(lists))

    def _clock(self) -> None:
        if self.clocked is None:
            self.clocked = len(self.variables)
            wish = self.world.root.part("as_of")
            self.variables.append(Variable(self.world.moments, lambda entries: wish.narrow(entries)))

    def _feature(self, feature: Feature) -> tree.Node:
        wheres = [where for of in feature.reads if (where := self.world.at(of, {})) is not None]
        if len(wheres) != len(feature.reads):
            raise Unsolved

        def accept(entries: list[Any]) -> None:
            for where, entry in zip(wheres, self.world.rng.choice(entries), strict=True):
                where.wish.values = [entry]

        def variable() -> Variable:
            return Variable(self.world.samples(feature, wheres, self.world.rng), accept)

        return self._variable(feature.id, feature.type, variable)

    def _row(self, rows: tuple[tuple[tree.Node, tree.Constant], ...], sight: Sight) -> tree.Node:
        """The value of a row, which is to be the first that is true; or none, as it is not known or no row is."""
        chosen, known = self.world.rng.randrange(len(rows) + 1), self.world.rng.random() < 0.8
        self.asks += [(condition, False, sight) for condition, _ in rows[:chosen]]
        if chosen < len(rows):
            self.asks.append((rows[chosen][0], True if known else None, sight))
        return rows[chosen][1] if chosen < len(rows) and known else _missing(rows[0][1].type)

    def _aggregate(self, node: tree.Aggregate, sight: Sight) -> tree.Node:
        """The aggregate over no item, or over one, which is what it is of that one; a count over a few."""
        where = self.world.at(node.over, sight)
        if where is None or node.name in ("any", "all"):
            raise Unsolved
        wish, kind, chance = where.wish, tree.type_of(node), self.world.rng.random()
        each = {**sight, node.item: Where(Wish(), (*where.place, EACH))}
        if chance < 0.1 and where.place not in self.world.assumed:
            wish.narrow([ABSENT])
            return _missing(kind)
        if chance < 0.2:  # it is not known of an item
            unknown = {**each, node.item: Where(wish.another(self.world.rng.random()), each[node.item].place)}
            self.asks.append((node.where or node.body, None, unknown))
            return _missing(kind)
        if node.name == "count":
            if node.where is not None:
                self.asks.append((node.where, True, {**each, node.item: Where(wish.all(), each[node.item].place)}))
            return self._count(where, wish)
        if chance < 0.3:
            wish.sized(0)
            return tree.Constant(0, kind) if node.name == "sum" else _missing(kind)
        if node.name == "sum" or chance < 0.6:
            wish.sized(1)
            item = wish.another(0)
        else:  # all items alike: then it is what it is of each
            if not wish.some:
                wish.another(1)
            item = wish.all()
        one = {**each, node.item: Where(item, each[node.item].place)}
        if node.where is not None:
            self.asks.append((node.where, True, one))
        return self._lower(node.body, one)

    def _count(self, where: Where, wish: Wish) -> tree.Node:
        def accept(sizes: list[Any]) -> None:
            wish.narrow([ABSENT]) if sizes[0] is ABSENT else wish.sized(sizes[0])

        counts = [(of, of) for of in dict.fromkeys((*_COUNTS, *self.world.sizes(where.place)))]
        return self._variable(("count", id(wish)), NUMBER, lambda: Variable([(ABSENT, None), *counts], accept))


def _missing(kind: types.Type) -> tree.Node:
    """What is missing: engines know no literal of it."""
    return tree.Fact("", kind)


def _whole(wish: Wish) -> Variable:
    """A record, map or list as a whole, of which one may ask whether it is missing."""

    def accept(entries: list[Any]) -> None:
        if entries == [ABSENT]:
            wish.narrow([ABSENT])
        else:
            wish.present()

    return Variable([(ABSENT, None), (None, {})], accept)
