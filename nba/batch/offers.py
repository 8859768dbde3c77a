"""Offers: in which rows of a chunk an action is proposed, where it is blocked, and what it is worth.

Of actions without items; see `items.py` for those that have some.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nba.batch.bits import ZERO, Bits, Truth, holds, pack, places, unpack
from nba.batch.columns import Array, Bools
from nba.batch.evaluate import Rows
from nba.batch.scores import Failed, Scorer, Scores, Weighing
from nba.batch.screening import Channel, Closed
from nba.ruleset.model import Action, Proposal

AskGate: TypeAlias = Callable[[Action, Channel, Sequence[int], Sequence[Any]], tuple[Bools, Bools]]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidates that are left: their rows, scores, and places among the items (None without items)."""

    rows: Array
    scores: Array
    items: Array | None = None

    def some(self, which: Array | Bools) -> Candidates:
        """Some of them."""
        return Candidates(self.rows[which], self.scores[which], None if self.items is None else self.items[which])


class RowOffer:
    """An action without items, proposed to rows."""

    def __init__(
        self, action: Action, count: int, proposed: Bits, scores: Scores, proposals: Sequence[tuple[Proposal, Bits]]
    ) -> None:
        self.action, self.count, self.proposed = action, count, proposed
        self._scores, self._proposals = scores, proposals
        self._closed: Closed = {}
        self.by_gate: dict[str, Closed] = {}

    def close(self, by_guards: Closed, by_gate: dict[str, Closed]) -> None:
        """Say where its channels are closed, by guards and laws, and by each gate."""
        self.by_gate = by_gate
        for closed in (by_guards, *by_gate.values()):
            self._shut(closed)

    def _shut(self, closed: Closed) -> None:
        for channel, bits in closed.items():
            self._closed[channel] = self._closed[channel] | bits if channel in self._closed else bits

    def ask(self, gate: str, check: AskGate, failed: Failed) -> None:
        """Ask a plugin's gate about each row and channel."""
        rows = places(self.proposed, self.count)
        closed: Closed = {}
        for channel in self.action.pairs:
            blocks, fails = check(self.action, channel, rows.tolist(), [None] * len(rows))
            closed[channel] = pack(_mask(rows[blocks], self.count)) if blocks.any() else ZERO
            if fails.any():
                failed(_mask(rows[fails], self.count))
        self.by_gate[gate] = closed
        self._shut(closed)

    @cached_property
    def blocked(self) -> Bits:
        """Where it is proposed and no channel is left."""
        return self.proposed & reduce(np.bitwise_and, (self._closed.get(of, ZERO) for of in self.action.pairs))

    @cached_property
    def free(self) -> Bits:
        """Where it is proposed and a channel is left."""
        return self.proposed & ~self.blocked

    @cached_property
    def blocked_by_row(self) -> NDArray[np.unsignedinteger[Any]] | None:
        """How many of its candidates are blocked in each row; None for none anywhere."""
        return unpack(self.blocked, self.count) if self.blocked.any() else None

    def closed_by_row(self, gate: str) -> Array:
        """How many of its blocked candidates, in each row, a gate closes a channel of."""
        return unpack(self.blocked & reduce(np.bitwise_or, self.by_gate[gate].values(), ZERO), self.count)

    def reaches(self, channels: Sequence[Channel]) -> Bits:
        """Where it is left on one of some channels."""
        return self.proposed & ~reduce(np.bitwise_and, (self._closed.get(of, ZERO) for of in channels))

    def left(self, within: Bits) -> Candidates:
        """The candidates that are not blocked, in rows."""
        rows = places(self.free & within, self.count)
        return Candidates(rows, self._scores.totals(rows))

    best = left

    def is_open(self, channel: Channel, of: Candidates) -> Bools:
        """Whether a channel is left to candidates."""
        return ~holds(self._closed.get(channel, ZERO), of.rows)

    def proposed_by(self, of: Candidates) -> list[tuple[str, Bools]]:
        """By rule, whether it proposed the candidates."""
        return [(proposal.rule.id, holds(bits, of.rows)) for proposal, bits in self._proposals]

    def keys(self, of: Candidates) -> list[str | None]:
        """The keys of candidates, as texts."""
        return [None] * len(of.rows)


def _mask(rows: Array, count: int) -> Bools:
    found = np.zeros(count, dtype=np.bool_)
    found[rows] = True
    return found


def row_offer(
    action: Action,
    proposals: Sequence[Proposal],
    truths: Sequence[Truth],
    scorer: Scorer,
    rows: Rows,
    weighing: Weighing,
    failed: Failed,
) -> RowOffer | None:
    """What is proposed of an action without items; None for nothing."""
    proposed_by = [(of, truths[of.condition][0]) for of in proposals]
    proposed = reduce(np.bitwise_or, (bits for _, bits in proposed_by), ZERO)
    if not proposed.any():
        return None
    scores = scorer.prepare(rows, weighing)
    if scores.negative is not None:
        failed(scores.negative & unpack(proposed, rows.count).astype(np.bool_))
    proposed = proposed & scores.known & _ones(rows.count)
    if scores.may_overflow:
        found = places(proposed, rows.count)
        wrong = found[~np.isfinite(scores.totals(found))]
        if len(wrong):
            failed(_mask(wrong, rows.count))
    return RowOffer(action, rows.count, proposed, scores, proposed_by) if proposed.any() else None


def _ones(count: int) -> Bits:
    """A bit for each row, and none behind the last."""
    return np.packbits(np.ones(count, dtype=np.bool_), bitorder="little")
