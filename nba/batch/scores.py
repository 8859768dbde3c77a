"""Scores on columns: `((P * ((C * w1) * w2 ...)) * V) * L`, the same bits as row by row."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from nba.batch.bits import ONES, ZERO, Bits, Truth, pack, unpack
from nba.batch.columns import ALL, Array, Bools, Scalars, at
from nba.batch.evaluate import Rows
from nba.ruleset.model import Action, Weight

Failed = Callable[[Bools], None]
"""Told of the rows in which something is wrong, so that `decide` decides them."""
_ONE = np.ones(1)


class Weighing:
    """The weights that act in a chunk: by rule, a factor for each row, 1 where it does not act."""

    def __init__(self, weights: tuple[Weight, ...], truths: list[Truth], rows: Rows, failed: Failed) -> None:
        self._factors: dict[str, Array] = {}
        self._products: dict[tuple[str, ...], Array] = {}
        for weight in weights:
            must, _ = truths[weight.condition]
            by = rows.column(weight.by) if must.any() else None
            if not isinstance(by, Scalars):
                continue  # what is missing does not act
            acts = unpack(must, rows.count).astype(np.bool_) & by.known
            negative = acts & (by.values < 0)
            if negative.any():
                failed(negative)
                acts &= ~negative
            if acts.any():
                self._factors[weight.rule.id] = np.where(acts, by.values, 1.0)

    def context(self, weights: tuple[str, ...], base: Array, parents: Array | None = None) -> Array:
        """A context factor times the weights that act on it, in order; for items, with their rows as `parents`."""
        acting = tuple(id for id in weights if id in self._factors)
        if not acting:
            return base
        if base is _ONE and parents is None:  # many actions have the same weights, and no factor of their own
            if acting not in self._products:
                self._products[acting] = self._times(acting, base, None)
            return self._products[acting]
        return self._times(acting, base, parents)

    def _times(self, acting: tuple[str, ...], base: Array, parents: Array | None) -> Array:
        with np.errstate(all="ignore"):
            for rule in acting:
                factor = self._factors[rule]
                base = base * (factor if parents is None else factor[parents])
        return base


class Scorer:
    """Computes the scores of one action."""

    def __init__(self, action: Action, weights: tuple[Weight, ...]) -> None:
        self.factors = action.score.factors
        self.weights = tuple(sorted(of.rule.id for of in weights if action.id in of.actions))

    @property
    def always_one(self) -> bool:
        """Whether every score is 1."""
        return not self.factors and not self.weights

    def prepare(self, rows: Rows, weighing: Weighing, parents: Array | None = None) -> Scores:
        """The scores of all rows, ready to be asked for."""
        known, negative, values = ONES, None, {}
        for name, node in self.factors.items():
            column = rows.column(node)
            if not isinstance(column, Scalars):
                return Scores(ZERO, None, {}, _ONE)
            if column.known is not ALL:
                known = known & pack(column.known)
            values[name] = column.values
            wrong = (column.values < 0) & column.known
            if wrong.any():
                # Where a factor before it is missing, that is what counts. `decide` knows.
                negative = wrong if negative is None else negative | wrong
        context = weighing.context(self.weights, values.pop("context_weight", _ONE), parents)
        return Scores(known, negative, values, context)


class Scores:
    """The scores of an action: where there is one, where a factor is negative, and how much it is."""

    def __init__(self, known: Bits, negative: Bools | None, values: Mapping[str, Array], context: Array) -> None:
        self.known, self.negative = known, negative
        self._values, self._context = values, context

    def totals(self, places: Array) -> Array:
        """The scores of some rows."""
        values = self._values
        with np.errstate(all="ignore"):
            total = at(values.get("propensity", _ONE), places) * at(self._context, places)
            total = total * at(values.get("value", _ONE), places)
            total = total * at(values.get("lever", _ONE), places)
        return np.broadcast_to(total, len(places))

    @property
    def may_overflow(self) -> bool:
        """Whether some score could be too large to be a number."""
        most = [float(of.max()) if len(of) else 0.0 for of in (*self._values.values(), self._context)]
        return not math.isfinite(math.prod(max(of, 1.0) for of in most))
