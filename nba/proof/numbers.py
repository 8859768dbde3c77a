"""Doubles as exact numbers: where a rounded result stands against a literal, and how far it may be from the exact one.

Rounding to the nearest keeps the order. So the double nearest to an exact `e` is less than a double `c` just when `e`
is less than the middle between `c` and the double before it (in the middle, the even one wins): no approximation.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction

from nba.language.values import LARGEST_INTEGER
from nba.proof.bits import Term, is_constant

LARGEST = Fraction(1.7976931348623157e308)
OVERFLOW = Fraction(2**1024 - 2**970)
"""From here on the nearest double is not finite."""
RELATIVE = Fraction(1, 2**53)
ABSOLUTE = Fraction(1, 2**1075)
WHOLE = Fraction(LARGEST_INTEGER)


def threshold(limit: float | int | Fraction) -> tuple[Fraction, bool] | None:
    """Below what an exact number rounds to less than the limit, and whether the bound itself does; None: never.

    >>> middle, inclusive = threshold(0.3)
    >>> Fraction(0.1) + Fraction(0.1) + Fraction(0.1) < middle, inclusive
    (False, True)
    """
    double = float(limit) + 0.0
    before = math.nextafter(double, -math.inf)
    if math.isinf(before):
        return None
    middle = (Fraction(before) + Fraction(double)) / 2
    return middle, not _is_even(double)


def rounded_bound(operator: str, limit: float | int | Fraction) -> tuple[Fraction, bool] | bool:
    """The bound below which an exact number rounds to less than (`<`) or at most (`<=`) a double, and whether the bound
    itself does; or that none or every number does.
    """
    double = float(limit)
    if operator == "<=":
        double = math.nextafter(double, math.inf)
        if math.isinf(double):
            return True
    found = threshold(double)
    return False if found is None else found


def _is_even(double: float) -> bool:
    bits: int = struct.unpack("<q", struct.pack("<d", double))[0]
    return bits % 2 == 0


def nearest(exact: Fraction) -> float | None:
    """The double nearest to an exact number, or None when there is none."""
    try:
        return exact.numerator / exact.denominator + 0.0
    except OverflowError:
        return None


def is_whole(value: Term) -> bool:
    """Whether a number is an integer by its kind."""
    if is_constant(value):
        return Fraction(value).denominator == 1
    return bool(value.is_int())


class Bounds:
    """Arithmetic on the bounds of numbers; None is no bound."""

    @staticmethod
    def of(operator: str, one: Pair, two: Pair) -> Pair:
        """The bounds of a result."""
        (a, b), (c, d) = one, two
        if operator == "+":
            return _sum(a, c), _sum(b, d)
        if operator == "-":
            return _sum(a, None if d is None else -d), _sum(b, None if c is None else -c)
        if operator == "*" and None not in (a, b, c, d):
            ends = [x * y for x in (a, b) for y in (c, d)]  # type: ignore[operator]  # none of them is None
            return min(ends), max(ends)
        if operator == "/" and None not in (a, b) and c == d and c is not None and c != 0:
            ends = [a / c, b / c]  # type: ignore[operator]  # the same
            return min(ends), max(ends)
        return None, None


Pair = tuple[Fraction | None, Fraction | None]


def _sum(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one + other


def within(bounds: Pair, limit: Fraction) -> bool:
    """Whether the bounds say that a number is within ±limit."""
    low, high = bounds
    return low is not None and high is not None and -limit <= low and high <= limit
