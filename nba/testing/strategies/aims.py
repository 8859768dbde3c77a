"""From a truth that is wanted of a condition to what a customer should be like for it.

`and`, `or`, `any` and the like are taken apart, by chance where there are several ways; the comparisons at the leaves
are solved by trying. The result is a hint: who is drawn after it mostly has the truth, and is asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nba.language import tree, types
from nba.language.values import Truth
from nba.ruleset.model import Signal
from nba.testing.strategies.places import EACH
from nba.testing.strategies.solving import Leaf, Sight, Where, World
from nba.testing.strategies.wishes import ABSENT, Unsolved, Wish

_TRIES = 8


def wished(world: World, wanted: Iterable[tuple[tree.Node, Truth]]) -> Wish | None:
    """What a customer should be like for all these conditions to have these truths; None when no way was found."""
    wanted = list(wanted)
    for _ in range(_TRIES):
        aiming = _Aiming(replace(world, root=Wish()))
        try:
            for node, truth in sorted(wanted, key=lambda of: world.is_opaque(of[0])):
                aiming.want(node, truth, {})
            aiming.world.root.settle()
        except (Unsolved, RecursionError):
            continue
        return aiming.world.root
    return None


class _Aiming:
    def __init__(self, world: World) -> None:
        self.world, self.rng = world, world.rng

    def want(self, node: tree.Node, truth: Truth, sight: Sight) -> None:
        """Wish for what gives a condition this truth."""
        match node:
            case tree.Not(of=of):
                self.want(of, None if truth is None else not truth, sight)
            case tree.And(items=items):
                self.junction(items, truth, sight, decisive=False)
            case tree.Or(items=items):
                self.junction(items, truth, sight, decisive=True)
            case tree.Fact(id=id) if isinstance(fact := self.world.facts[id], Signal) and _is_truth(node):
                self.want(fact.node, truth, {})
            case tree.FirstOf(rows=rows) if _is_truth(node):
                self.row(rows, truth, sight)
            case tree.Aggregate(name="any", body=body):
                self.any(node, body, truth, sight)
            case tree.Aggregate(name="all", body=body):
                self.any(node, tree.Not(body), None if truth is None else not truth, sight)
            case tree.Default(of=of, fallback=fallback) if _is_truth(of) and self.world.at(of, sight) is None:
                self.default(of, fallback, truth, sight)
            case tree.In(item=item, items=items) if not isinstance(items, tree.Constant):
                self.member(item, items, truth, sight)
            case tree.IsMissing(of=of) if truth is not None and self.world.at(of, sight) is None and _is_truth(of):
                self.want(of, None if truth else self.rng.random() < 0.5, sight)
            case _:
                self.leaf(node, truth, sight)

    def leaf(self, node: tree.Node, truth: Truth, sight: Sight) -> None:
        leaf = Leaf(node, sight, self.world)
        for _ in range(_TRIES):
            if leaf.variables or leaf.truth([]) is truth:
                break
            leaf = Leaf(node, sight, self.world)  # with another row of a table
        for condition, wanted, inner in leaf.asks:
            self.want(condition, wanted, inner)
        leaf.solve(truth)

    def junction(self, items: tuple[tree.Node, ...], truth: Truth, sight: Sight, *, decisive: bool) -> None:
        """`and` and `or`: one item decides, or all are otherwise, or one is unknown and no other decides."""
        if truth is decisive:
            self.want(self.rng.choice(items), truth, sight)
            return
        unknown = self.rng.randrange(len(items)) if truth is None else -1
        for number, item in sorted(enumerate(items), key=lambda of: self.world.is_opaque(of[1])):
            also = truth is None and self.rng.random() < 0.3
            self.want(item, None if number == unknown or also else not decisive, sight)

    def row(self, rows: tuple[tuple[tree.Node, tree.Constant], ...], truth: Truth, sight: Sight) -> None:
        ends = [number for number, (_, value) in enumerate(rows) if value.value is truth]
        if truth is None:
            ends = list(range(len(rows)))
        if not ends:
            raise Unsolved
        end = self.rng.choice(ends)
        for condition, _ in rows[:end]:
            self.want(condition, False, sight)
        self.want(rows[end][0], None if truth is None else True, sight)

    def any(self, node: tree.Aggregate, body: tree.Node, truth: Truth, sight: Sight) -> None:
        """An item of which it holds; no item of which it does; or one of which it is not known."""
        where = self.world.at(node.over, sight)
        if where is None:
            raise Unsolved
        wish, chance = where.wish, self.rng.random()
        if truth is False and chance < 0.3:
            wish.sized(0)
            return
        if truth is None and chance < 0.3 and where.place not in self.world.assumed:
            wish.narrow([ABSENT])
            return
        wish.present()
        item = wish.all() if truth is False else wish.another(self.rng.random())
        inner = {**sight, node.item: Where(item, (*where.place, EACH))}
        parts = (body,) if node.where is None else (node.where, body)
        self.junction(parts, truth, inner, decisive=False)
        if truth is None and wish.size is None and chance < 0.8:  # of no other item is it true
            wish.sized(len(wish.some))

    def default(self, of: tree.Node, fallback: tree.Node, truth: Truth, sight: Sight) -> None:
        if truth is not None and self.rng.random() < 0.6:
            self.want(of, truth, sight)
            return
        self.want(of, None, sight)
        self.want(fallback, truth, sight)

    def member(self, item: tree.Node, items: tree.Node, truth: Truth, sight: Sight) -> None:
        """`item in list`."""
        where = self.world.at(items, sight)
        if where is None or not isinstance(item, tree.Constant) or truth is not True:
            self.leaf(tree.In(item, items), truth, sight)
            return
        where.wish.another(1).narrow([_as_json(item.value)])


def _is_truth(node: tree.Node) -> bool:
    return isinstance(tree.type_of(node), types.Boolean)


def _as_json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
