"""Aggregates over symbolic lists.

Why a few slots are enough: an `any`, `all`, `min` or `max` keeps its answer, unknown ones too, when a list is cut to
one witness of that answer; a `count` that is compared with literals keeps the answers of those comparisons when no more
than the greatest literal, and one, are left of what it counts. So a question whose aggregates want `n` witnesses in all
has a list of any length for an answer just when it has one of at most `n` items. Where there is no such number (sums,
counts in arithmetic), a *rest* stands for the items beyond: it may add anything, which is sound for "it never happens".
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nba.language import tree
from nba.proof.bits import Bit, Term, at_most, both, choose, either, equal, every, less, no, some
from nba.proof.calls import total
from nba.proof.numbers import WHOLE
from nba.proof.values import (
    List,
    Scalar,
    Symbolic,
    Thing,
    Truth,
    conjunction,
    disjunction,
    divided,
    is_missing,
    negation,
)

if TYPE_CHECKING:
    from nba.proof.encode import Encoder, Items


def aggregate(encoder: Encoder, node: tree.Aggregate, items: Items, most: int | None = None) -> Symbolic:
    """The value of an aggregate. `most` says beyond which count a `count` need not be told apart."""
    found = encoder.value(node.over, items)
    if not isinstance(found, List):
        return Thing(False, found.failed)
    key = encoder.key(node, items)
    found.want(key, most if node.name == "count" else None if node.name == "sum" else 1)
    return _Aggregate(encoder, node, items, found, (node.name, key)).value()


class _Aggregate:
    """One aggregate over one list: its condition and body for each slot."""

    def __init__(self, encoder: Encoder, node: tree.Aggregate, items: Items, over: List, key: tuple[Any, ...]) -> None:
        self.encoder, self.node, self.over, self.key = encoder, node, over, key
        self.taken = [slot.taken for slot in over.slots]
        inner = [{**items, node.item: slot.item} for slot in over.slots]
        certain = Truth(True, False)
        self.wheres = [certain if node.where is None else encoder.truth(node.where, of) for of in inner]
        self.bodies = [] if node.name == "count" else [encoder.value(node.body, of) for of in inner]

    def value(self) -> Symbolic:
        """Its value."""
        over = self.over
        match self.node.name:
            case "any" | "all":
                found = self._quantified()
                return Truth(both(over.known, found.true), both(over.known, found.false), self._failed(found.failed))
            case "count":
                unknown, failed = self._gaps(no(of.known) for of in self.wheres), self._faults()
                counted = [
                    choose(both(taken, of.true), 1, 0) for taken, of in zip(self.taken, self.wheres, strict=True)
                ]
                for rest in over.rests:
                    number = self._rest_number(rest.name, "counted", whole=True)
                    self.encoder.world.hold(at_most(number, rest.size))
                    counted.append(number)
                known = every((over.known, no(unknown), no(failed)))
                return Scalar("number", known, self._failed(failed), total(counted), low=Fraction(0), high=WHOLE)
        return self._sum() if self.node.name == "sum" else self._extreme()

    def _failed(self, bit: Bit) -> Bit:
        return either(self.over.failed, both(self.over.known, bit))

    def _rest_bit(self, name: str, what: str) -> Bit:
        return self.encoder.open_bit((*self.key, name), what)

    def _rest_number(self, name: str, what: str, *, whole: bool = False) -> Any:
        return self.encoder.open_number((*self.key, name), what, whole=whole, low=0 if whole else None)

    def _quantified(self) -> Truth:
        truths: list[Truth] = []
        is_any = self.node.name == "any"
        for taken, where, body in zip(self.taken, self.wheres, self.bodies, strict=True):
            held = body if isinstance(body, Truth) else Truth(False, False, body.failed)
            one = conjunction([where, held]) if is_any else disjunction([negation(where), held])
            truths.append(_only_if(taken, one, otherwise=not is_any))
        for rest in self.over.rests:
            more = no(equal(rest.size, 0))
            true, false = self._rest_bit(rest.name, "some"), self._rest_bit(rest.name, "none")
            failed = self._rest_bit(rest.name, "failed") if self._can_fail() else False
            found = Truth(both(true, no(false)), both(false, no(true)), every((failed, no(true), no(false))))
            truths.append(_only_if(more, found, otherwise=not is_any))
        return disjunction(truths) if is_any else conjunction(truths)

    def _can_fail(self) -> bool:
        return any(of.failed is not False for of in (*self.wheres, *self.bodies))

    def _gaps(self, bits: Any) -> Bit:
        """Whether something that is needed is not known."""
        found = some(both(taken, bit) for taken, bit in zip(self.taken, bits, strict=True))
        for rest in self.over.rests:
            found = either(found, both(no(equal(rest.size, 0)), self._rest_bit(rest.name, "gap")))
        return found

    def _faults(self) -> Bit:
        bits = [
            both(
                no(where.false),
                either(where.failed, both(where.true, self.bodies[number].failed if self.bodies else False)),
            )
            for number, where in enumerate(self.wheres)
        ]
        found = some(both(taken, bit) for taken, bit in zip(self.taken, bits, strict=True))
        for rest in self.over.rests if self._can_fail() else ():
            found = either(found, both(no(equal(rest.size, 0)), self._rest_bit(rest.name, "fault")))
        return found

    def _needed(self) -> tuple[Bit, Bit]:
        """Whether a value that is needed is not there, and whether one has failed."""
        missing = [
            both(no(where.false), either(where.unknown, no(_known(body))))
            for where, body in zip(self.wheres, self.bodies, strict=True)
        ]
        return self._gaps(missing), self._faults()

    def _scalars(self) -> list[tuple[Bit, Scalar]]:
        """The bodies that are there, each with whether it counts."""
        found = []
        for taken, where, body in zip(self.taken, self.wheres, self.bodies, strict=True):
            if isinstance(body, Scalar):
                found.append((both(taken, where.true), body))
        return found

    def _sum(self) -> Symbolic:
        gap, failed = self._needed()
        parts: list[Term] = []
        for counts, body in self._scalars():
            number = self.encoder.numbers.double(body)
            parts.append(choose(counts, number, 0))
        for rest in self.over.rests:
            number = self._rest_number(rest.name, "sum of the rest")
            parts.append(choose(equal(rest.size, 0), Fraction(0), number))
        exact = total(parts)
        known = every((self.over.known, no(gap), no(failed)))
        bounds = (None, None)
        return self.encoder.numbers.finite(known, self._failed(failed), exact, bounds)

    def _extreme(self) -> Symbolic:
        gap, failed = self._needed()
        found: Scalar | None = None
        there: Bit = False
        for counts, body in self._scalars():
            found, there = self._better(found, there, counts, body)
        for rest in self.over.rests:
            counts = both(no(equal(rest.size, 0)), self._rest_bit(rest.name, "some"))
            if found is not None:
                number = self._rest_number(rest.name, "of the rest", whole=found.kind != "number")
                made = Scalar(found.kind, True, False, number, rounds=found.rounds)
                found, there = self._better(found, there, counts, made)
        if found is None:
            return Thing(False, self._failed(failed))
        known = every((self.over.known, there, no(gap), no(failed)))
        return _with(found, known, self._failed(failed))

    def _better(self, found: Scalar | None, there: Bit, counts: Bit, body: Scalar) -> tuple[Scalar, Bit]:
        if found is None:
            return body, counts
        if found.per != body.per:
            found, body = divided(found), divided(body)
        is_better = less(body.term, found.term) if self.node.name == "min" else less(found.term, body.term)
        replaces = both(counts, either(no(there), is_better))
        low = None if found.low is None or body.low is None else min(found.low, body.low)
        high = None if found.high is None or body.high is None else max(found.high, body.high)
        merged = Scalar(
            found.kind,
            True,
            False,
            choose(replaces, body.term, found.term),
            found.rounds or body.rounds,
            low,
            high,
            found.values,
            found.per,
        )
        return merged, either(there, counts)


def _known(body: Symbolic) -> Bit:
    return no(is_missing(body).true)  # what has failed is told apart


def _with(value: Scalar, known: Bit, failed: Bit) -> Scalar:
    return Scalar(value.kind, known, failed, value.term, value.rounds, value.low, value.high, value.values, value.per)


def _only_if(taken: Bit, truth: Truth, *, otherwise: bool) -> Truth:
    """The truth of a slot that is taken; else what does not matter to the aggregate."""
    true = either(both(taken, truth.true), no(taken)) if otherwise else both(taken, truth.true)
    false = both(taken, truth.false) if otherwise else either(both(taken, truth.false), no(taken))
    return Truth(true, false, both(taken, truth.failed))
