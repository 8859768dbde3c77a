"""Scores on columns: `((P * ((C * w1) * w2 ...)) * V) * L`, the same bits as row by row."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from nba.batch.bits import ONES, ZERO, Bits, Truth, pack, places
from nba.batch.columns import ALL, Array, Bools, Scalars, at
from nba.batch.evaluate import Rows
from nba.ruleset.model import Action, Weight

Failed = Callable[[Bools], None]
"""Told of the rows in which something is wrong, so that `decide` decides them."""
_ONE = Scalars(np.ones(1))


class Weighing:
    """The weights that act in a chunk: by rule, the rows in which it does, and the factor there."""

    def __init__(self, weights: tuple[Weight, ...], truths: list[Truth], rows: Rows, failed: Failed) -> None:
        self._rows = rows.count
        self._factors: dict[str, tuple[Array, Array]] = {}
        self._products: dict[tuple[str, ...], Scalars] = {}
        for weight in weights:
            must, _ = truths[weight.condition]
            by = rows.column(weight.by) if must.any() else None
            if not isinstance(by, Scalars):
                continue  # what is missing does not act
            acts = places(must, rows.count)
            if by.known is not ALL:
                acts = acts[np.broadcast_to(at(by.known, acts), len(acts))]
            factors = np.broadcast_to(at(by.values, acts), len(acts))
            negative = factors < 0
            if negative.any():
                failed(np.isin(np.arange(rows.count), acts[negative]))
            if len(acts):
                self._factors[weight.rule.id] = acts, factors

    def context(self, weights: tuple[str, ...], base: Scalars, parents: Array | None = None) -> Scalars:
        """A context factor times the weights that act on it, in order; for items, with their rows as `parents`."""
        acting = tuple(id for id in weights if id in self._factors)
        if not acting:
            return base
        if base is not _ONE or parents is not None:
            return self._times(acting, base, parents)
        if acting not in self._products:  # many actions have the same weights, and no factor of their own
            self._products[acting] = self._times(acting, base, None)
        return self._products[acting]

    def _times(self, acting: tuple[str, ...], base: Scalars, parents: Array | None) -> Scalars:
        total = np.array(np.broadcast_to(base.values, self._rows if parents is None else len(parents)))
        with np.errstate(all="ignore"):
            for rule in acting:
                rows, factors = self._factors[rule]
                if parents is None:
                    total[rows] *= factors
                else:
                    factor = np.ones(self._rows)
                    factor[rows] = factors
                    total *= factor[parents]
        return Scalars(total)


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
            values[name] = column
            if column.range[0] < 0:
                # Where a factor before it is missing, that is what counts. `decide` knows.
                wrong = (column.values < 0) & column.known
                negative = wrong if negative is None else negative | wrong
        context = weighing.context(self.weights, values.pop("context_weight", _ONE), parents)
        return Scores(known, negative, values, context)


class Scores:
    """The scores of an action: where there is one, where a factor is negative, and how much it is."""

    def __init__(self, known: Bits, negative: Bools | None, values: Mapping[str, Scalars], context: Scalars) -> None:
        self.known, self.negative = known, negative
        # In this order, as the order of multiplications matters to the last bit; 1 times the first is the first.
        found = {**values, "context": context}
        self._factors = [found[name] for name in ("propensity", "context", "value", "lever") if name in found]

    def totals(self, places: Array) -> Array:
        """The scores of some rows."""
        total: Array = np.ones(1)
        with np.errstate(all="ignore"):
            for factor in self._factors:
                total = total * at(factor.values, places)
        return np.broadcast_to(total, len(places))

    @property
    def may_overflow(self) -> bool:
        """Whether some score could be too large to be a number."""
        return not math.isfinite(math.prod(max(of.range[1], 1.0) for of in self._factors))
