"""From checked trees to symbolic values: what `nba.language.meaning` says, for all profiles at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from nba.language import tree, types
from nba.proof.arithmetic import Arithmetic
from nba.proof.bits import Bit, both, either, equal, every, no, some
from nba.proof.calls import Calls
from nba.proof.lists import aggregate
from nba.proof.values import (
    NOTHING,
    List,
    Map,
    Record,
    Scalar,
    Symbolic,
    Thing,
    Truth,
    as_kind,
    conjunction,
    disjunction,
    failing,
    gated,
    is_missing,
    negation,
    pick,
)
from nba.proof.wording import Wording
from nba.proof.world import World
from nba.ruleset.model import Signal

Items: TypeAlias = Mapping[str, Symbolic]
NO_ITEMS: Items = {}


class Encoder:
    """Encodes the trees of one world, each once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._cache: dict[tuple[Any, ...], tuple[Any, Symbolic]] = {}
        self._free: dict[int, tuple[tree.Node, frozenset[str]]] = {}
        self._numbers: dict[int, tuple[int | None, tree.Node | None]] = {}
        self._same: dict[tree.Node, int] = {}
        self._by_meaning: dict[object, int] | None = None
        self._meanings: dict[str, object] = {}
        self.numbers, self.words = Arithmetic(world), Wording(self)
        self.calls = Calls(self)
        self._asked: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def share(self, other: Encoder) -> None:
        """Take what is rounded or open from an encoder of the same leaves: what means the same is one term in both.

        To be called before either has encoded anything.
        """
        self.numbers.rounded, self._asked = other.numbers.rounded, other._asked
        self._by_meaning = other._by_meaning = {}

    def truth(self, node: tree.Node, items: Items = NO_ITEMS) -> Truth:
        """The truth of a condition."""
        return as_truth(self.value(node, items))

    def value(self, node: tree.Node, items: Items = NO_ITEMS) -> Symbolic:
        """The symbolic value of a node; `items` are the items in sight by name."""
        key = self.key(node, items)
        if key not in self._cache:
            self._cache[key] = (node, items), self._encode(node, items)
        return self._cache[key][1]

    def key(self, node: tree.Node, items: Items) -> tuple[Any, ...]:
        """What the value of a node depends on: itself (equal nodes are one), and the items that it reads."""
        number, _ = self._numbers.get(id(node), (None, None))
        if number is None:
            if self._by_meaning is None:
                number = self._same.setdefault(node, len(self._same))
            else:
                number = self._by_meaning.setdefault(self.meaning(node), len(self._by_meaning))
            self._numbers[id(node)] = number, node
        return number, *((name, id(items[name])) for name in sorted(self._free_items(node)))

    def _free_items(self, node: tree.Node) -> frozenset[str]:
        if id(node) not in self._free:
            if isinstance(node, tree.Item):
                found = frozenset((node.name,))
            elif isinstance(node, tree.Aggregate):
                inner = self._free_items(node.body)
                inner |= self._free_items(node.where) if node.where is not None else frozenset()
                found = (inner - {node.item}) | self._free_items(node.over)
            else:
                found = frozenset[str]().union(*map(self._free_items, tree.children(node)))
            self._free[id(node)] = node, found
        return self._free[id(node)][1]

    def meaning(self, node: tree.Node) -> object:
        """What a node means, to compare two sets of rules: how it is built, and what its signals and settings mean."""
        facts: list[object] = []
        nodes = [node]
        while nodes:
            of = nodes.pop()
            if isinstance(of, tree.Fact):
                facts.append(self._meaning_of_fact(of.id))
            elif isinstance(of, tree.Setting):
                facts.append(self.world.ruleset.settings[of.id])
            elif isinstance(of, tree.Path):
                facts.append(self.world.meaning_of_assumptions)
            nodes += tree.children(of)
        return repr(node), *facts

    def _meaning_of_fact(self, id: str) -> object:
        if id not in self._meanings:
            fact = self.world.fact(id)
            self._meanings[id] = self.meaning(fact.node) if isinstance(fact, Signal) else (id, fact.function)
        return self._meanings[id]

    def reads_items(self, node: tree.Node) -> bool:
        """Whether a condition is about an item of an action's `for_each`."""
        return bool(self._free_items(node))

    def resolved(self, node: tree.Node) -> tree.Node:
        """The node that a name of a signal stands for."""
        while isinstance(node, tree.Fact):
            fact = self.world.fact(node.id)
            if not isinstance(fact, Signal):
                return node
            node = fact.node
        return node

    def _encode(self, node: tree.Node, items: Items) -> Symbolic:
        match node:
            case tree.Constant(value=constant, type=kind):
                return self.world.lift(constant, kind)
            case tree.Path(root=root, names=names):
                return self.world.path(root, names)
            case tree.AsOf():
                return Scalar("instant", True, False, self.world.as_of)
            case tree.Setting(id=id, type=kind):
                return self.world.setting(id, kind)
            case tree.Fact(id=id):
                fact = self.world.fact(id)
                return self.value(fact.node) if isinstance(fact, Signal) else self.world.feature(fact)
            case tree.Item(name=name):
                return items[name]
            case tree.Get(of=of, name=name):
                found = self.value(of, items)
                return found.get(name) if isinstance(found, Record) else Thing(False, found.failed)
            case tree.Lookup(of=of, key=key):
                return self._lookup(self.value(of, items), self.value(key, items))
            case tree.Compare(operator=operator, left=left, right=right, order=order):
                one, two = self._operands(left, right, items)
                return self.compare(operator, one, two, order)
            case tree.In(item=item, items=among):
                return self._in(item, among, items)
            case tree.IsMissing(of=of):
                return is_missing(self.value(of, items))
            case tree.And(items=nodes):
                return conjunction([self.truth(of, items) for of in nodes])
            case tree.Or(items=nodes):
                return disjunction([self.truth(of, items) for of in nodes])
            case tree.Not(of=of):
                return negation(self.truth(of, items))
            case tree.Arithmetic(operator=operator, left=left, right=right):
                return self.numbers.of(operator, self.value(left, items), self.value(right, items))
            case tree.Call(name=name, arguments=arguments):
                return self.calls.of(name, [self.value(of, items) for of in arguments], self.key(node, items))
            case tree.Default(of=of, fallback=fallback, type=kind):
                found = self.value(of, items)
                instead = self._typed(fallback, kind, items)
                return pick(is_missing(found).true, instead, found, self.world.codes.place)
            case tree.FirstOf(rows=rows, type=kind):
                return self._first_of(rows, kind, items)
            case tree.Aggregate():
                return aggregate(self, node, items)
        raise AssertionError(f"no encoding of {type(node).__name__}")

    def _operands(self, left: tree.Node, right: tree.Node, items: Items) -> tuple[Symbolic, Symbolic]:
        """Both sides of a comparison. A count that is compared with a literal needs no more items than that says."""
        counted = [self._counts(left), self._counts(right)]
        if counted[0] and not counted[1]:
            two = self.value(right, items)
            return self._counted(left, two, items), two
        if counted[1] and not counted[0]:
            one = self.value(left, items)
            return one, self._counted(right, one, items)
        return self.value(left, items), self.value(right, items)

    def _counts(self, node: tree.Node) -> bool:
        found = self.resolved(node)
        return (isinstance(found, tree.Aggregate) and found.name == "count") or (
            isinstance(found, tree.Call)
            and found.name == "len"
            and isinstance(tree.type_of(found.arguments[0]), types.ListOf)
        )

    def _counted(self, node: tree.Node, other: Symbolic, items: Items) -> Symbolic:
        high = other.high if isinstance(other, Scalar) else Fraction(0)
        node = self.resolved(node)
        if high is None or other is NOTHING or (isinstance(other, Scalar) and other.rounds):
            return self.value(node, items)
        most = max(0, math.floor(high) + 1)
        if isinstance(node, tree.Aggregate):
            key = (*self.key(node, items), "count", most)
            if key not in self._cache:
                self._cache[key] = (node, items), aggregate(self, node, items, most)
            return self._cache[key][1]
        assert isinstance(node, tree.Call)
        return self.calls.length(self.value(node.arguments[0], items), self.key(node, items), most)

    def compare(self, operator: str, one: Symbolic, two: Symbolic, order: tuple[str, ...] = ()) -> Truth:
        """A comparison, true or false when both sides are known."""
        return self.numbers.compare(operator, one, two, order)

    # The rest of the language

    def _lookup(self, of: Symbolic, key: Symbolic) -> Symbolic:
        failed = either(of.failed, key.failed)
        if not isinstance(of, Map) or not isinstance(key, Scalar):
            return Thing(False, failed)
        text = as_kind(key, "text", self.world.codes.place)
        # A failed map or key fails; what is in a map that is not there is not there.
        return failing(failed, gated(both(of.known, key.known), of.get(text)))

    def _in(self, item: tree.Node, among: tree.Node, items: Items) -> Truth:
        if isinstance(among, tree.Constant) and isinstance(among.value, tuple):
            assert isinstance(among.type, types.ListOf)
            kind = among.type.item
            literals = [self.world.lift(of, kind) for of in among.value]
            highest = max((of.high for of in literals if isinstance(of, Scalar) and of.high is not None), default=None)
            if self._counts(item) and highest is not None:
                found = self._counted(item, Scalar("number", True, False, 0, high=highest), items)
            else:
                found = self.value(item, items)
            truths = [self.compare("==", found, of) for of in literals]
            hit = some(of.true for of in truths)
            known = found.known if isinstance(found, Scalar | Truth) else False
            return Truth(hit, both(known, no(hit)), found.failed)
        found, of = self.value(item, items), self.value(among, items)
        failed = either(found.failed, of.failed)
        if not isinstance(of, List) or not isinstance(found, Scalar | Truth):
            return Truth(False, False, failed)
        of.want(self.key(among, items) + self.key(item, items), 1)
        known = both(found.known, of.known)
        hits = some(both(slot.taken, self.compare("==", found, slot.item).true) for slot in of.slots)
        gaps = some(both(slot.taken, is_missing(slot.item).true) for slot in of.slots)
        faults = some(both(slot.taken, slot.item.failed) for slot in of.slots)
        for rest in of.rests:
            more = no(equal(rest.size, 0))
            key = ("in", rest.name, *self.key(among, items), *self.key(item, items))
            hits = either(hits, both(more, self.open_bit(key, "hit")))
            gaps = either(gaps, both(more, self.open_bit(key, "gap")))
        return Truth(
            both(known, hits),
            every((known, no(hits), no(gaps), no(faults))),
            either(failed, every((known, no(hits), faults))),
        )

    def open_bit(self, key: tuple[Any, ...], what: str) -> Bit:
        """A truth of which nothing is known; the same for the same key."""
        full = (*key, what)
        if full not in self._asked:
            self._asked[full] = key, self.world.bit(what)
        return self._asked[full][1]

    def open_number(self, key: tuple[Any, ...], what: str, *, whole: bool = False, low: int | None = None) -> Any:
        """A number of which nothing is known but its bound; the same for the same key."""
        full = (*key, what)
        if full not in self._asked:
            made = self.world.integer(what, low) if whole else self.world.real(what)
            self._asked[full] = key, made
        return self._asked[full][1]

    def _typed(self, node: tree.Node, kind: types.Type, items: Items) -> Symbolic:
        """The value of a node; a literal as a member of the enum that is wanted."""
        if isinstance(node, tree.Constant):
            return self.world.lift(node.value, kind)
        return self.value(node, items)

    def _first_of(self, rows: tuple[tuple[tree.Node, tree.Constant], ...], kind: types.Type, items: Items) -> Symbolic:
        found: Symbolic = NOTHING
        for condition, result in reversed(rows):
            truth, value = self.truth(condition, items), self._typed(result, kind, items)
            found = pick(truth.true, value, failing(truth.failed, gated(truth.false, found)), self.world.codes.place)
        return found


def as_truth(value: Symbolic) -> Truth:
    """The value of a boolean; one that is missing is unknown."""
    return value if isinstance(value, Truth) else Truth(False, False, value.failed)
