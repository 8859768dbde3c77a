"""Numbers and comparisons in a world: doubles as doubles are, and every other single value in its order."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import z3

from nba.proof.bits import Bit, Term, at_most, both, choose, either, equal, every, is_constant, less, no, term
from nba.proof.numbers import (
    ABSOLUTE,
    OVERFLOW,
    RELATIVE,
    WHOLE,
    Bounds,
    is_whole,
    nearest,
    rounded_bound,
    within,
)
from nba.proof.values import Scalar, Symbolic, Thing, Truth, as_kind, divided
from nba.proof.world import World


class Arithmetic:
    """Comparisons and arithmetic. What is rounded once is rounded the same wherever it stands."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rounded: dict[int, tuple[Any, Any]] = {}

    def compare(self, operator: str, one: Symbolic, two: Symbolic, order: tuple[str, ...] = ()) -> Truth:
        """A comparison, true or false when both sides are known."""
        failed = either(one.failed, two.failed)
        if isinstance(one, Truth) and isinstance(two, Truth):
            same = either(both(one.true, two.true), both(one.false, two.false))
            other = either(both(one.true, two.false), both(one.false, two.true))
            return Truth(same, other, failed)
        if not isinstance(one, Scalar) or not isinstance(two, Scalar):
            return Truth(False, False, failed)
        known = both(one.known, two.known)
        holds = self._holds(operator, one, two, order)
        return Truth(both(known, holds), both(known, no(holds)), failed)

    def _holds(self, operator: str, one: Scalar, two: Scalar, order: tuple[str, ...]) -> Bit:
        if order:
            one, two = _ordered(one, order, self.world), _ordered(two, order, self.world)
        elif one.kind != two.kind or one.values != two.values:
            one, two = self._same_enum(one, two)
        if one.kind == "number" and (one.rounds or two.rounds or one.per != 1 or two.per != 1):
            return self._holds_rounded(operator, one, two)
        relation = {"==": equal, "<": less, "<=": at_most}[operator]
        return relation(one.term, two.term)

    def _same_enum(self, one: Scalar, two: Scalar) -> tuple[Scalar, Scalar]:
        """Both as positions in one enum when one is a literal of it, else both as texts."""
        for enum, other in ((one, two), (two, one)):
            if enum.kind == "enum" and other.kind == "text" and is_constant(other.term):
                text = self.world.codes.around(Fraction(other.term))[0]
                if text in enum.values:
                    found = replace(other, kind="enum", term=enum.values.index(text), values=enum.values)
                    return (enum, found) if enum is one else (found, enum)
        return as_kind(one, "text", self.world.codes.place), as_kind(two, "text", self.world.codes.place)

    def _holds_rounded(self, operator: str, one: Scalar, two: Scalar) -> Bit:
        if is_constant(two.term) and not two.rounds and two.per == 1:
            return self._against(operator, one, two.term)
        if is_constant(one.term) and not one.rounds and one.per == 1:
            if operator == "==":
                return self._against("==", two, one.term)
            return no(self._against("<=" if operator == "<" else "<", two, one.term))
        relation = {"==": equal, "<": less, "<=": at_most}[operator]
        return relation(self.double(one), self.double(two))

    def _against(self, operator: str, value: Scalar, limit: Term) -> Bit:
        """A rounded number against a literal: exact, as rounding keeps the order."""
        if operator == "==":
            return both(no(self._against("<", value, limit)), self._against("<=", value, limit))
        literal = Fraction(limit)
        if not value.rounds:
            exact = divided(value)
            return less(exact.term, literal) if operator == "<" else at_most(exact.term, literal)
        bound = rounded_bound(operator, literal)
        if isinstance(bound, bool):
            return bound
        limit, inclusive = bound
        if is_whole(value.term):  # a bound on the whole number that is still to be divided
            exact = limit * value.per
            whole = math.floor(exact)
            inclusive, limit = inclusive or exact != whole, Fraction(whole)
        return at_most(value.term, limit) if inclusive else less(value.term, limit)

    def double(self, value: Scalar) -> Term:
        """The number with its rounding done: within the error of one rounding, and on the same side of zero."""
        value = divided(value)
        if not value.rounds or (is_whole(value.term) and within((value.low, value.high), WHOLE)):
            return value.term
        if is_constant(value.term):
            found = nearest(Fraction(value.term))
            return Fraction(0) if found is None else Fraction(found)
        exact = value.term
        key = exact.get_id()
        if key not in self.rounded:
            rounded = self.world.real("rounded")
            size = z3.If(exact >= 0, exact, -exact)
            far = term(RELATIVE) * size + term(ABSOLUTE)
            self.world.axioms += [
                rounded - exact <= far,
                exact - rounded <= far,
                z3.Implies(exact >= 0, rounded >= 0),
                z3.Implies(exact <= 0, rounded <= 0),
            ]
            if is_whole(exact):
                self.world.axioms.append(z3.Implies(both(exact <= 2**53, exact >= -(2**53)), rounded == exact))
            else:
                self.world.approximated["the rounding of sums, products and quotients"] = None
            self.rounded[key] = exact, rounded
        return self.rounded[key][1]

    def finite(self, known: Bit, failed: Bit, exact: Term, bounds: tuple[Fraction | None, Fraction | None]) -> Scalar:
        """The double nearest to an exact result; missing when that is not finite."""
        if not within(bounds, OVERFLOW - 1):
            known = every((known, less(exact, OVERFLOW), less(-OVERFLOW, exact)))
        rounds = not (is_whole(exact) and within(bounds, WHOLE))
        return Scalar("number", known, failed, exact, rounds, *bounds)

    def of(self, operator: str, one: Symbolic, two: Symbolic) -> Symbolic:
        """`one operator two`, in doubles."""
        failed = either(one.failed, two.failed)
        if not isinstance(one, Scalar) or not isinstance(two, Scalar):
            return Thing(False, failed)
        known = both(one.known, two.known)
        a, b = self.double(one), self.double(two)
        one, two = divided(one), divided(two)
        bounds = Bounds.of(operator, (one.low, one.high), (two.low, two.high))
        if operator == "/":
            known = both(known, no(equal(b, 0)))
            if is_constant(b):
                if b == 0:
                    return Thing(False, failed)
                exact = Fraction(a) / Fraction(b) if is_constant(a) else _real(a) / term(Fraction(b))
                if not is_constant(a) and is_whole(a) and Fraction(b).denominator == 1 and b > 0 and b < 2**53:
                    return Scalar("number", known, failed, a, True, one.low, one.high, per=int(b))
            else:
                exact = _real(a) / z3.If(term(b) == 0, z3.RealVal(1), _real(b))
        elif is_constant(a) and is_constant(b):
            exact = Fraction(a) + b if operator == "+" else Fraction(a) - b if operator == "-" else Fraction(a) * b
        else:
            x, y = term(a), term(b)
            exact = x + y if operator == "+" else x - y if operator == "-" else x * y
        return self.finite(known, failed, exact, bounds)

    def extreme(self, name: str, scalars: list[Scalar], known: Bit, failed: Bit) -> Scalar:
        """The least or greatest of values; rounding does not change which."""
        found = scalars[0]
        for other in scalars[1:]:
            if found.per != other.per:
                found, other = divided(found), divided(other)
            first = at_most(found.term, other.term) if name == "min" else at_most(other.term, found.term)
            found = replace(
                found,
                term=choose(first, found.term, other.term),
                rounds=found.rounds or other.rounds,
                low=None if found.low is None or other.low is None else min(found.low, other.low),
                high=None if found.high is None or other.high is None else max(found.high, other.high),
            )
        return replace(found, known=known, failed=failed)


def _ordered(value: Scalar, order: tuple[str, ...], world: World) -> Scalar:
    """A value as its position in a declared order."""
    if value.kind == "enum" and value.values == order:
        return value
    assert is_constant(value.term), "an ordered enum is compared with its own values"
    text = world.codes.around(Fraction(value.term))[0] if value.kind == "text" else value.values[int(value.term)]
    return Scalar("enum", value.known, value.failed, order.index(text), values=order)


def _real(value: Term) -> Any:
    found = term(value)
    return z3.ToReal(found) if found.is_int() else found
