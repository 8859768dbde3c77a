"""Aggregates over lists of many rows at once: `any`, `all`, `count`, `sum`, `min`, `max`.

Each looks at the items of all rows as rows of their own, and then gathers what it found by the row they belong to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nba.batch.columns import MISSING, Array, Bools, Column, Lists, Scalars, both
from nba.language import tree
from nba.language.meaning import exact_sum

if TYPE_CHECKING:
    from nba.batch.evaluate import Items

_EXACT = 2.0**53
_BY_CUSTOMER = {"days_since", "days_until", "hours_since", "months_since", "years_since"}
"""Functions that depend on the day where the customer is."""


def is_shared(node: tree.Node, items: frozenset[str] = frozenset()) -> bool:
    """Whether a node has the same value for all rows: nothing in it is the customer's, or an item from around it."""
    match node:
        case tree.Path(root="profile") | tree.Fact():
            return False
        case tree.Item(name=name) if name not in items:
            return False
        case tree.Call(name=name) if name in _BY_CUSTOMER:
            return False
        case tree.Aggregate(item=name):
            items = items | {name}
    return all(is_shared(child, items) for child in tree.children(node))


def aggregate(node: tree.Aggregate, items: Items, over: Lists) -> Column:
    """The value of an aggregate for each row around; missing where the list is."""
    lists = items.lists
    if node.where is None:
        counts, sure = np.ones(1, dtype=np.bool_), np.ones(1, dtype=np.bool_)
    else:
        counts, sure = items.truths(node.where)
    if node.name == "count":
        return Scalars(tally(lists, counts), both(over.known, ~some(lists, ~sure)), whole=True)
    if node.name in ("any", "all"):
        true, known = items.truths(node.body)
        if node.name == "all":  # all of p is not any of not p
            true = known & ~true
        hit, unsure = counts & true, ~_surely(counts, sure, true, known)
        holds = some(lists, hit)
        known = both(over.known, holds | ~some(lists, unsure))
        return Scalars(holds if node.name == "any" else ~holds, known)
    body = items.column(node.body)
    # Needed is what the filter does not surely leave out; it must be sure, and its value known.
    doubt = ~sure | (counts & ~body.known)
    known = both(over.known, ~some(lists, doubt))
    if not isinstance(body, Scalars):
        body = MISSING
    taken = np.broadcast_to(counts & body.known, items.count)
    values = np.broadcast_to(body.values, items.count)
    if node.name == "sum":
        found, fits = _sums(lists, values, taken)
    else:
        found, fits = _extremes(lists, values, taken, node.name)
    return Scalars(found, both(known, fits), body.whole and node.name != "sum")


def _surely(true: Bools, known: Bools, more: Bools, sure: Bools) -> Bools:
    """Where the and of two truths is known."""
    return (known & sure) | (known & ~true) | (sure & ~more)


def tally(lists: Lists, mask: Bools) -> Array:
    """How many items of each row a mask holds for."""
    places = np.concatenate(([0], np.cumsum(np.broadcast_to(mask, int(lists.starts[-1])))))
    return (places[lists.starts[1:]] - places[lists.starts[:-1]]).astype(np.float64)


def some(lists: Lists, mask: Bools) -> Bools:
    """Whether a mask holds for some item of each row."""
    return tally(lists, mask) > 0


def _segments(lists: Lists, taken: Bools) -> tuple[Array, Array, Array]:
    """The places of the items that are taken, with where those of each row that has some begin, and these rows."""
    places = np.flatnonzero(taken)
    parents = lists.parents[places]
    starts = np.flatnonzero(np.diff(parents, prepend=-1))
    return places, starts, parents[starts]


def _sums(lists: Lists, values: Array, taken: Bools) -> tuple[Array, Bools]:
    """The exact sums, rounded once; not there where they are too large."""
    rows = len(lists.starts) - 1
    found, fits = np.zeros(rows), np.ones(rows, dtype=np.bool_)
    places, starts, parents = _segments(lists, taken)
    if len(places) == 0:
        return found, fits
    chosen = values[places]
    ends = np.append(starts[1:], len(places))
    with np.errstate(all="ignore"):
        totals, sizes = np.add.reduceat(chosen, starts), np.add.reduceat(np.abs(chosen), starts)
    # Two numbers are added with one rounding, and whole numbers with none, as long as they are not too large.
    whole = np.minimum.reduceat(chosen == np.floor(chosen), starts) & (sizes < _EXACT)
    exact = ((ends - starts) <= 2) | whole
    exact &= np.isfinite(totals)
    for place in np.flatnonzero(~exact).tolist():
        total = exact_sum(*chosen[starts[place] : ends[place]].tolist())
        totals[place] = 0.0 if total is None else total
        fits[parents[place]] = total is not None
    found[parents] = totals + 0.0
    return found, fits


def _extremes(lists: Lists, values: Array, taken: Bools, name: Any) -> tuple[Array, Bools]:
    """The least or greatest values; not there where there are none."""
    rows = len(lists.starts) - 1
    found, fits = np.zeros(rows, dtype=values.dtype), np.zeros(rows, dtype=np.bool_)
    places, starts, parents = _segments(lists, taken)
    if len(places):
        pick = np.minimum if name == "min" else np.maximum
        found[parents], fits[parents] = pick.reduceat(values[places], starts), True
    return found, fits
