"""What an expression is worth for many rows at once: one function a node, the same meaning as `language/meaning.py`.

Truths are columns too: true, false, and unknown where they are not known. What cannot be carried raises `NotCarried`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any

import numpy as np

from nba.batch import functions
from nba.batch.aggregates import aggregate, is_shared, some
from nba.batch.columns import (
    ALL,
    MISSING,
    NONE,
    Array,
    Bools,
    Column,
    Lists,
    NotCarried,
    Records,
    Scalars,
    Texts,
    at,
    both,
    choose,
    ranks,
    words_of,
)
from nba.batch.constants import constant, days_of
from nba.language import tree
from nba.language.functions import Clock
from nba.language.values import Value
from nba.schema.zones import zone


class Rows:
    """Rows that expressions are evaluated on: the customers of a chunk."""

    def __init__(
        self,
        count: int,
        profile: Column,
        context: Column,
        as_of: datetime,
        settings: Mapping[str, Value],
        house_zone: tzinfo | None,
    ) -> None:
        self.count = count
        self.profile = profile
        self.context = context
        self.as_of = as_of
        self.settings = settings
        self.facts: dict[str, Column] = {}
        self._house_zone = house_zone
        self._found: dict[int, tuple[tree.Node, Column]] = {}

    def column(self, node: tree.Node) -> Column:
        """The values of a node. A node that was asked for before is not evaluated again."""
        kept = self._found.get(id(node))
        if kept is None:
            kept = self._found[id(node)] = node, self._evaluate(node)  # the node is kept, so that its id stays its own
        return kept[1]

    def truths(self, node: tree.Node) -> tuple[Bools, Bools]:
        """The truths of a node: where it is true, and where it is known. Where it is unknown, it is not true."""
        return truth_of(self.column(node))

    def _evaluate(self, node: tree.Node) -> Column:
        return _EVALUATE[type(node)](self, node)

    def item(self, name: str) -> Column:
        """The items that an enclosing aggregate, or `for_each`, goes through."""
        raise NotCarried(f"the item `{name}` outside of what goes through a list")

    def inside(self, name: str, lists: Lists) -> Items:
        """The items of a list of each row, as rows of their own."""
        return Items(self, name, lists.spread(self.count))

    @cached_property
    def clocks(self) -> tuple[Array, list[Clock], Bools]:
        """The clocks of the rows' time zones: the place of each row's in a list, and where there is none."""
        column = self.profile.get("timezone") if isinstance(self.profile, Records) else MISSING
        house = Clock(self.as_of, self._house_zone)
        if not isinstance(column, Texts):
            return np.zeros(1, dtype=np.int64), [house], ALL if self._house_zone else NONE
        clocks = [house, *(Clock(self.as_of, zone(word)) for word in column.words)]
        places = np.where(column.known, column.codes.astype(np.int64) + 1, 0)
        return places, clocks, np.array([clock.zone is not None for clock in clocks])[places]

    @cached_property
    def today(self) -> Scalars:
        """The calendar day of `as_of` where each customer is."""
        places, clocks, _ = self.clocks
        days = [days_of(clock.today) if clock.today is not None else None for clock in clocks]
        known = np.array([day is not None for day in days])
        return Scalars(np.array([day or 0 for day in days], dtype=np.int64)[places], known[places])


class Items(Rows):
    """The items of a list of each row: rows of their own, which see what their row sees."""

    def __init__(self, outer: Rows, name: str, lists: Lists) -> None:
        super().__init__(int(lists.starts[-1]), outer.profile, outer.context, outer.as_of, outer.settings, None)
        self.outer, self.name, self.lists = outer, name, lists
        self.parents = lists.parents

    def _evaluate(self, node: tree.Node) -> Column:
        if isinstance(node, tree.Path | tree.Fact | tree.AsOf | tree.Setting | tree.Constant):
            return self.outer.column(node).take(self.parents)
        return super()._evaluate(node)

    def item(self, name: str) -> Column:
        """The items themselves, or those of what is around."""
        return self.lists.items if name == self.name else self.outer.item(name).take(self.parents)

    @cached_property
    def clocks(self) -> tuple[Array, list[Clock], Bools]:
        """The clocks of the rows around."""
        places, clocks, known = self.outer.clocks
        return at(places, self.parents), clocks, at(known, self.parents)

    @cached_property
    def today(self) -> Scalars:
        """The day of the rows around."""
        return self.outer.today.take(self.parents)


def truth_of(column: Column) -> tuple[Bools, Bools]:
    """A column of truths as where it is true, and where it is known."""
    if not isinstance(column, Scalars) or column.known is NONE:
        return NONE, NONE
    values = column.values.astype(np.bool_, copy=False)
    return (values if column.known is ALL else values & column.known), column.known


# One function a node


def _path(rows: Rows, node: tree.Path) -> Column:
    found = rows.profile if node.root == "profile" else rows.context
    for name in node.names:
        if not isinstance(found, Records):
            return MISSING
        found = found.get(name)
    return found


def _get(rows: Rows, node: tree.Get) -> Column:
    of = rows.column(node.of)
    return of.get(node.name) if isinstance(of, Records) else MISSING


def _lookup(rows: Rows, node: tree.Lookup) -> Column:
    of, key = rows.column(node.of), rows.column(node.key)
    if not isinstance(of, Records) or not isinstance(key, Texts):
        return MISSING
    if len(key.codes) == 1:
        found = of.get(key.words[key.codes[0]])
        return found if key.known is ALL else choose(key.known, found, MISSING)
    found = MISSING
    for place, word in enumerate(key.words):
        if word in of.fields:
            found = choose(key.known & (key.codes == place), of.get(word), found)
    return found


def _compare(rows: Rows, node: tree.Compare) -> Column:
    left, right = rows.column(node.left), rows.column(node.right)
    known = both(left.known, right.known)
    if isinstance(left, Texts) and isinstance(right, Texts):
        words, (a, b) = words_of(left, right)
        if node.operator != "==":
            order = ranks(words)
            if node.order:  # a word that is not declared is in no row: the reader lets none in
                position = {word: place for place, word in enumerate(node.order)}
                order = np.array([position.get(word, -1) for word in words])
            a, b = order[a], order[b]
    elif isinstance(left, Scalars) and isinstance(right, Scalars):
        a, b = left.values, right.values
    else:  # one of them is missing for all rows
        return MISSING
    values = a == b if node.operator == "==" else a < b if node.operator == "<" else a <= b
    return Scalars(values, known)


def equal(one: Column, other: Column) -> Bools:
    """Where two columns of one type are equal, as far as they are known."""
    if isinstance(one, Texts) and isinstance(other, Texts):
        _, (a, b) = words_of(one, other)
        return np.equal(a, b)
    if isinstance(one, Scalars) and isinstance(other, Scalars):
        return np.equal(one.values, other.values)
    return NONE


def _in(rows: Rows, node: tree.In) -> Column:
    item = rows.column(node.item)
    if isinstance(node.items, tree.Constant):
        members = node.items.value
        if not isinstance(members, tuple):
            return MISSING
        if isinstance(item, Texts):
            return Scalars(item.each(members.__contains__, np.bool_), item.known)
        found: Bools = NONE
        for member in members:
            found = found | equal(item, constant(member))
        return Scalars(found, item.known)
    lists = rows.column(node.items)
    if not isinstance(lists, Lists):
        return MISSING
    spread = lists.spread(rows.count)
    here = spread.items
    true = some(spread, equal(item.take(spread.parents), here) & here.known)
    return Scalars(true, both(item.known, both(lists.known, true | ~some(spread, ~here.known))))


def _is_missing(rows: Rows, node: tree.IsMissing) -> Column:
    return Scalars(~rows.column(node.of).known)


def _and(rows: Rows, node: tree.And) -> Column:
    true, known = ALL, ALL
    for item in node.items:
        true, known = conjunction(true, known, *rows.truths(item))
    return Scalars(true, known)


def _or(rows: Rows, node: tree.Or) -> Column:
    true, known = NONE, ALL
    for item in node.items:
        more, sure = rows.truths(item)
        true, known = true | more, (true | more) | both(known, sure)
    return Scalars(true, known)


def conjunction(true: Bools, known: Bools, more: Bools, sure: Bools) -> tuple[Bools, Bools]:
    """Kleene's and of two truths: false where one is known to be false."""
    if known is ALL and sure is ALL:
        return true & more, ALL
    return true & more, (known & sure) | (known & ~true) | (sure & ~more)


def _not(rows: Rows, node: tree.Not) -> Column:
    true, known = rows.truths(node.of)
    return Scalars(~true if known is ALL else known & ~true, known)


def _arithmetic(rows: Rows, node: tree.Arithmetic) -> Column:
    left, right = rows.column(node.left), rows.column(node.right)
    if not isinstance(left, Scalars) or not isinstance(right, Scalars):
        return MISSING
    with np.errstate(all="ignore"):
        values = _ARITHMETIC[node.operator](left.values, right.values) + 0.0
    finite = np.isfinite(values)
    known = both(left.known, right.known)
    return Scalars(values, known) if finite.all() else Scalars(np.where(finite, values, 0.0), known & finite)


_ARITHMETIC: Mapping[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


def _call(rows: Rows, node: tree.Call) -> Column:
    arguments = [rows.column(of) for of in node.arguments]
    kinds = [tree.type_of(of) for of in node.arguments]
    return functions.call(node.name, arguments, kinds, rows)


def _default(rows: Rows, node: tree.Default) -> Column:
    of = rows.column(node.of)
    if of.known is ALL:
        return of
    return choose(of.known, of, rows.column(node.fallback))


def _first_of(rows: Rows, node: tree.FirstOf) -> Column:
    found: Column = MISSING
    pending: Bools = ALL  # where no row has been true or unknown
    for condition, result in node.rows:
        true, known = rows.truths(condition)
        found = choose(both(pending, true), constant(result.value), found)
        pending = both(pending, both(known, ~true))
    return found


def _item(rows: Rows, node: tree.Item) -> Column:
    return rows.item(node.name)


def _fact(rows: Rows, node: tree.Fact) -> Column:
    return rows.facts[node.id]


def _aggregate(rows: Rows, node: tree.Aggregate) -> Column:
    over = rows.column(node.over)
    if not isinstance(over, Lists):
        return MISSING
    if rows.count > 1 and is_shared(node):  # a list of the context, say: not gone through for each row
        rows = Rows(1, MISSING, rows.context, rows.as_of, rows.settings, None)
    return aggregate(node, rows.inside(node.item, over), over)


_EVALUATE: Mapping[type, Callable[[Rows, Any], Column]] = {
    tree.Constant: lambda rows, node: constant(node.value),
    tree.Path: _path,
    tree.AsOf: lambda rows, node: constant(rows.as_of),
    tree.Setting: lambda rows, node: constant(rows.settings[node.id]),
    tree.Fact: _fact,
    tree.Item: _item,
    tree.Get: _get,
    tree.Lookup: _lookup,
    tree.Compare: _compare,
    tree.In: _in,
    tree.IsMissing: _is_missing,
    tree.And: _and,
    tree.Or: _or,
    tree.Not: _not,
    tree.Arithmetic: _arithmetic,
    tree.Call: _call,
    tree.Default: _default,
    tree.FirstOf: _first_of,
    tree.Aggregate: _aggregate,
}
