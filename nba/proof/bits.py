"""Truths and terms for the solver, folded in Python where they are already decided.

A bit is a Python `bool` or a term of the solver, so that what is decided while encoding never reaches the solver.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

import z3

Bit: TypeAlias = Any  # bool | z3.BoolRef
Term: TypeAlias = Any  # int | Fraction | z3.ArithRef


def both(*bits: Bit) -> Bit:
    """That all bits hold."""
    return every(bits)


def either(*bits: Bit) -> Bit:
    """That one of the bits holds."""
    return some(bits)


def every(bits: Iterable[Bit]) -> Bit:
    """That all bits hold.

    >>> every([True, True]), every([True, False]), every([z3.Bool("a"), True])
    (True, False, a)
    """
    left = {}
    for bit in bits:
        if bit is False:
            return False
        if bit is not True:
            left[bit.get_id()] = bit
    if len(left) < 2:
        return next(iter(left.values()), True)
    return z3.And(*left.values())


def some(bits: Iterable[Bit]) -> Bit:
    """That one of the bits holds."""
    left = {}
    for bit in bits:
        if bit is True:
            return True
        if bit is not False:
            left[bit.get_id()] = bit
    if len(left) < 2:
        return next(iter(left.values()), False)
    return z3.Or(*left.values())


def no(bit: Bit) -> Bit:
    """That a bit does not hold."""
    if isinstance(bit, bool):
        return not bit
    return bit.arg(0) if z3.is_not(bit) else z3.Not(bit)


def implies(one: Bit, other: Bit) -> Bit:
    """That one bit does not hold without the other."""
    return either(no(one), other)


def alike(one: Bit, other: Bit) -> Bit:
    """That both bits hold or neither does."""
    if isinstance(one, bool):
        return other if one else no(other)
    if isinstance(other, bool):
        return one if other else no(one)
    return True if one.eq(other) else one == other


def choose(bit: Bit, yes: Term, otherwise: Term) -> Term:
    """A number by a bit."""
    if isinstance(bit, bool):
        return yes if bit else otherwise
    if is_constant(yes) and is_constant(otherwise) and yes == otherwise:
        return yes
    return z3.If(bit, term(yes), term(otherwise))


def choose_bit(bit: Bit, yes: Bit, otherwise: Bit) -> Bit:
    """A bit by a bit."""
    return either(both(bit, yes), both(no(bit), otherwise))


def is_constant(value: Term) -> bool:
    """Whether a number is known while encoding."""
    return isinstance(value, int | Fraction)


def term(value: Term) -> Any:
    """A number as the solver has it."""
    if isinstance(value, Fraction):
        return z3.IntVal(value.numerator) if value.denominator == 1 else z3.Q(value.numerator, value.denominator)
    return z3.IntVal(value) if isinstance(value, int) else value


def truth(bit: Bit) -> Any:
    """A bit as the solver has it."""
    return z3.BoolVal(bit) if isinstance(bit, bool) else bit


def less(one: Term, other: Term) -> Bit:
    """That a number is less than another."""
    if is_constant(one) and is_constant(other):
        return bool(one < other)
    return term(one) < term(other)


def at_most(one: Term, other: Term) -> Bit:
    """That a number is at most another."""
    if is_constant(one) and is_constant(other):
        return bool(one <= other)
    return term(one) <= term(other)


def equal(one: Term, other: Term) -> Bit:
    """That two numbers are the same."""
    if is_constant(one) and is_constant(other):
        return bool(one == other)
    one, other = term(one), term(other)
    return True if one.eq(other) else one == other
