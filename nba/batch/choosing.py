"""Arbitration on columns: tier, then score, then action id, then key; `exclusive`, `at_most` and `limit`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import numpy as np

from nba.batch.bits import ZERO, Bits
from nba.batch.columns import Array
from nba.batch.items import ItemOffer
from nba.batch.offers import Candidates, RowOffer

Offer: TypeAlias = RowOffer | ItemOffer


@dataclass(frozen=True, eq=False)
class Choice:
    """What is chosen: by row and rank. `offers` are places in the list of offers, `items` places in an offer or -1."""

    rows: Array
    ranks: Array
    offers: Array
    scores: Array
    items: Array

    def of(self, offer: int) -> tuple[Array, Candidates]:
        """The places in the choice that are of one offer, and its candidates there."""
        places = np.flatnonzero(self.offers == offer)
        return places, Candidates(self.rows[places], self.scores[places], self.items[places])


def in_order(offers: Iterable[Offer]) -> list[Offer]:
    """Offers as they take precedence when their scores are equal."""
    return sorted(offers, key=lambda offer: (offer.action.rank, offer.action.id))


def choose(offers: Sequence[Offer], count: int, limit: int | None, live: Bits) -> Choice:
    """Choose, in the rows that are live, from offers that are in order."""
    return _best(offers, count, live) if limit == 1 else _ranked(offers, limit, live)


def _best(offers: Sequence[Offer], count: int, live: Bits) -> Choice:
    """The first of each row: from the highest tier down, and only in rows that have none yet."""
    chosen = np.full(count, -1, dtype=np.int32)
    scores = np.full(count, -1.0)
    items = np.full(count, -1, dtype=np.int64)
    for _, tier in groupby(enumerate(offers), key=lambda pair: pair[1].action.rank):
        taken = ZERO
        for number, offer in tier:
            if not (offer.free & live).any():
                continue
            found = offer.best(live)
            better = found.scores > scores[found.rows]  # of equals, the first in order
            rows = found.rows[better]
            chosen[rows], scores[rows] = number, found.scores[better]
            items[rows] = -1 if found.items is None else found.items[better]
            taken = taken | offer.free
        live = live & ~taken
    rows = np.flatnonzero(chosen >= 0)
    return Choice(rows, np.ones(len(rows), dtype=np.int64), chosen[rows], scores[rows], items[rows])


def _ranked(offers: Sequence[Offer], limit: int | None, live: Bits) -> Choice:
    """All that is left, in order, without what a group, `at_most` or the limit leaves out."""
    found = [offer.left(live) for offer in offers]
    sizes = [len(of.rows) for of in found]
    numbers = np.repeat(np.arange(len(offers)), sizes)
    rows = _joined([of.rows for of in found])
    scores = _joined([of.scores for of in found]).astype(np.float64)
    items = _joined([of.items if of.items is not None else np.full(len(of.rows), -1) for of in found])
    tiers = np.array([offer.action.rank for offer in offers], dtype=np.int64)[numbers]
    # Sorting is stable, and an offer's items come in order: by score and key.
    order = np.lexsort((numbers, -scores, tiers, rows))
    rows, numbers, scores, items = rows[order], numbers[order], scores[order], items[order]
    kept = np.ones(len(rows), dtype=np.bool_)
    groups = {name: place for place, name in enumerate({of.action.exclusive for of in offers})}
    group = np.array([groups[of.action.exclusive] for of in offers], dtype=np.int64)
    exclusive = np.array([of.action.exclusive is not None for of in offers], dtype=np.bool_)
    most = np.array([of.action.at_most or len(rows) for of in offers], dtype=np.int64)
    if len(rows):
        first = _place_among_equals(rows * max(len(groups), 1) + group[numbers]) == 0
        kept = first | ~exclusive[numbers]
        kept &= _place_among_equals(rows * len(offers) + numbers) < most[numbers]
    rows, numbers, scores, items = rows[kept], numbers[kept], scores[kept], items[kept]
    ranks = _place_among_equals(rows) + 1
    if limit is not None:
        kept = ranks <= limit
        rows, numbers, scores, items, ranks = rows[kept], numbers[kept], scores[kept], items[kept], ranks[kept]
    return Choice(rows, ranks, numbers.astype(np.int32), scores, items)


def _joined(arrays: list[Array]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int64)


def _place_among_equals(values: Array) -> Array:
    """How many of the same value stand before each."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1)) if len(values) else np.zeros(0, dtype=np.int64)
    found = np.empty(len(values), dtype=np.int64)
    found[order] = np.arange(len(values)) - np.repeat(starts, np.diff(np.append(starts, len(values))))
    return found
