"""Offers of actions with `for_each`: which items of the rows are proposed, blocked, and what each is worth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from nba.batch.bits import ZERO, Bits, holds, places, unpack
from nba.batch.columns import Array, Bools, Lists, NotCarried, Scalars, Texts
from nba.batch.conditions import Conditions
from nba.batch.constants import plain
from nba.batch.evaluate import Items, Rows
from nba.batch.offers import AskGate, Candidates
from nba.batch.scores import Failed, Scorer, Scores, Weighing
from nba.batch.screening import Channel, Closed
from nba.language import tree
from nba.ruleset.model import Action, ItemRules


class ItemOffer:
    """An action with items, proposed to some of them."""

    def __init__(
        self,
        action: Action,
        count: int,
        rows: Array,
        items: Array,
        scores: Array,
        keys: list[Any],
        proposals: list[tuple[str, Bools]],
    ) -> None:
        self.action, self.count = action, count
        self._rows, self._items, self._scores, self._keys, self._proposals = rows, items, scores, keys, proposals
        self._closed: dict[Channel, Bools] = {of: np.zeros(len(rows), dtype=np.bool_) for of in action.pairs}
        self.by_gate: dict[str, Bools] = {}
        self.proposed = _bits(rows, count)

    def close(self, by_guards: Closed, by_gate: dict[str, Closed]) -> None:
        """Say where its channels are closed, by guards and laws, and by each gate."""
        for channel, bits in by_guards.items():
            self._closed[channel] |= holds(bits, self._rows)
        for gate, closed in by_gate.items():
            self.by_gate[gate] = np.zeros(len(self._rows), dtype=np.bool_)
            for channel, bits in closed.items():
                shut = holds(bits, self._rows)
                self._closed[channel] |= shut
                self.by_gate[gate] |= shut

    def ask(self, gate: str, check: AskGate, failed: Failed) -> None:
        """Ask a plugin's gate about each item and channel."""
        self.by_gate[gate] = np.zeros(len(self._rows), dtype=np.bool_)
        for channel in self.action.pairs:
            blocks, fails = check(self.action, channel, self._rows.tolist(), self._keys)
            self._closed[channel] |= blocks
            self.by_gate[gate] |= blocks
            if fails.any():
                failed(_mask(self._rows[fails], self.count))

    @cached_property
    def _blocked(self) -> Bools:
        found = np.ones(len(self._rows), dtype=np.bool_)
        for closed in self._closed.values():
            found &= closed
        return found

    @cached_property
    def blocked(self) -> Bits:
        """The rows with an item that is blocked."""
        return _bits(self._rows[self._blocked], self.count)

    @cached_property
    def free(self) -> Bits:
        """The rows with an item that is not blocked."""
        return _bits(self._rows[~self._blocked], self.count)

    @cached_property
    def blocked_by_row(self) -> Array | None:
        """How many items are blocked in each row; None for none anywhere."""
        return np.bincount(self._rows[self._blocked], minlength=self.count) if self._blocked.any() else None

    def closed_by_row(self, gate: str) -> Array:
        """How many blocked items of each row a gate closes a channel of."""
        return np.bincount(self._rows[self._blocked & self.by_gate[gate]], minlength=self.count)

    def reaches(self, channels: Sequence[Channel]) -> Bits:
        """The rows with an item that is left on one of some channels."""
        shut = np.ones(len(self._rows), dtype=np.bool_)
        for channel in channels:
            shut &= self._closed[channel]
        return _bits(self._rows[~shut], self.count)

    def left(self, within: Bits) -> Candidates:
        """The candidates that are not blocked, in rows; in order."""
        which = self._order[~self._blocked[self._order] & holds(within, self._rows[self._order])]
        return Candidates(self._rows[which], self._scores[which], which)

    def best(self, within: Bits) -> Candidates:
        """The best candidate of each row."""
        found = self.left(within)
        return found.some(np.flatnonzero(np.diff(found.rows, prepend=-1)))

    @cached_property
    def _order(self) -> Array:
        """The items by row, score (highest first) and key."""
        shown = [str(key or "") for key in self._keys]
        by_key = np.empty(len(shown), dtype=np.int64)
        by_key[sorted(range(len(shown)), key=shown.__getitem__)] = np.arange(len(shown))
        return np.lexsort((by_key, -self._scores, self._rows))

    def is_open(self, channel: Channel, of: Candidates) -> Bools:
        """Whether a channel is left to candidates."""
        return ~self._closed[channel][of.items]

    def proposed_by(self, of: Candidates) -> list[tuple[str, Bools]]:
        """By rule, whether it proposed the candidates."""
        return [(rule, proposed[of.items]) for rule, proposed in self._proposals]

    def keys(self, of: Candidates) -> list[str | None]:
        """The keys of candidates, as texts."""
        assert of.items is not None
        return [str(self._keys[place]) for place in of.items.tolist()]


class ItemProposals:
    """The rules about the items of one action, prepared."""

    def __init__(self, action: Action, rules: ItemRules, scorer: Scorer) -> None:
        assert action.for_each is not None
        self.action, self.each, self.rules, self.scorer = action, action.for_each, rules, scorer
        self.conditions = Conditions(rules.layer)

    def offer(self, rows: Rows, weighing: Weighing, failed: Failed) -> ItemOffer | None:
        """What is proposed of the items of a chunk; None for nothing."""
        over = rows.column(self.each.over)
        if not isinstance(over, Lists):
            return None
        items = rows.inside(self.each.item, over)
        if items.count == 0:
            return None
        key = items.column(self.each.key)
        unfit = _unfit(key, items)
        if unfit.any():
            failed(_mask(items.parents[unfit], rows.count))
        truths = self.conditions.truths(items)
        proposed_by = [(of.rule.id, truths[of.condition][0]) for of in self.rules.proposals]
        proposed = ZERO
        for _, bits in proposed_by:
            proposed = proposed | bits
        scores = self.scorer.prepare(items, weighing, items.parents)
        if scores.negative is not None:
            wrong = scores.negative & unpack(proposed, items.count).astype(np.bool_)
            failed(_mask(items.parents[wrong], rows.count))
        return self._offer(items, rows.count, places(proposed & scores.known, items.count), scores, proposed_by, failed)

    def _offer(
        self,
        items: Items,
        count: int,
        found: Array,
        scores: Scores,
        proposed_by: list[tuple[str, Bits]],
        failed: Failed,
    ) -> ItemOffer | None:
        if len(found) == 0:
            return None
        parents, totals = items.parents[found], scores.totals(found)
        wrong = ~np.isfinite(totals)
        if wrong.any():
            failed(_mask(parents[wrong], count))
        keys = plain(items.column(self.each.key), tree.type_of(self.each.key), found.tolist())
        rules = [(rule, holds(bits, found)) for rule, bits in proposed_by]
        return ItemOffer(self.action, count, parents, found, np.where(wrong, 0.0, totals), keys, rules)


def _unfit(key: Any, items: Items) -> Bools:
    """The items without a key of their own: none of a row's items is told from them."""
    if isinstance(key, Scalars) and not key.whole:
        raise NotCarried("a key that may have a fraction")
    if not isinstance(key, Scalars | Texts):
        raise NotCarried("a key that is no single value")
    values = np.broadcast_to(key.codes if isinstance(key, Texts) else key.values, items.count)
    known = np.broadcast_to(key.known, items.count)
    order = np.lexsort((values, items.parents))
    parents, sorted_values = items.parents[order], values[order]
    twice = np.zeros(items.count, dtype=np.bool_)
    twice[1:] = (parents[1:] == parents[:-1]) & (sorted_values[1:] == sorted_values[:-1])
    found = ~known
    found[order[twice]] = True
    return found


def _mask(rows: Array, count: int) -> Bools:
    found = np.zeros(count, dtype=np.bool_)
    found[rows] = True
    return found


def _bits(rows: Array, count: int) -> Bits:
    return np.packbits(_mask(rows, count), bitorder="little")
