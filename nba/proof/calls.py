"""The functions of the language, of symbolic values."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from nba.proof import calendar
from nba.proof.bits import Bit, Term, both, choose, every, is_constant, less, some, term
from nba.proof.numbers import WHOLE
from nba.proof.values import List, Map, Scalar, Symbolic, Thing, as_kind

if TYPE_CHECKING:
    from nba.proof.encode import Encoder


class Calls:
    """Calls of functions in the trees of one encoder."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def of(self, name: str, arguments: list[Symbolic], key: tuple[Any, ...]) -> Symbolic:
        """A function of these arguments; `key` tells the call from others."""
        failed = some(of.failed for of in arguments)
        if name == "len":
            return self.length(arguments[0], key, None)
        scalars = [of for of in arguments if isinstance(of, Scalar)]
        if len(scalars) < len(arguments):
            return Thing(False, failed)
        known = every(of.known for of in scalars)
        if name in ("starts_with", "ends_with"):
            return self._encoder.words.affix(name, scalars, known, failed)
        if name in ("days_since", "days_until", "hours_since", "days_between"):
            return self._elapsed(name, scalars, known, failed)
        if name in ("months_since", "years_since"):
            day, today = self._encoder.world.moments.day(scalars[0]), self._encoder.world.moments.today
            count = calendar.years_between if name == "years_since" else calendar.months_between
            term_ = count(self._encoder.world.moments.parts(day), self._encoder.world.moments.parts(today))
            edge = Fraction(120_000)
            return Scalar("number", every((known, day.known, today.known)), failed, term_, low=-edge, high=edge)
        if name == "abs":
            (one,) = scalars
            negative = less(one.term, 0)
            flipped = -one.term
            high = None if one.low is None or one.high is None else max(-one.low, one.high, Fraction(0))
            return replace(one, term=choose(negative, flipped, one.term), low=Fraction(0), high=high)
        if name == "clamp":
            number, least, most = scalars
            inner = self._encoder.numbers.extreme("min", [number, most], known, failed)
            return self._encoder.numbers.extreme("max", [least, inner], known, failed)
        return self._encoder.numbers.extreme(name, scalars, known, failed)

    def _elapsed(self, name: str, scalars: list[Scalar], known: Bit, failed: Bit) -> Scalar:
        if name == "days_between":
            start, end = scalars
        elif scalars[0].kind == "date":
            start, end = scalars[0], self._encoder.world.moments.today
            known = both(known, end.known)
        else:
            start, end = scalars[0], Scalar("instant", True, False, self._encoder.world.as_of)
        if name == "days_until":
            start, end = end, start
        difference = int(end.term) - int(start.term) if _constants(start, end) else term(end.term) - term(start.term)
        if start.kind == "date":
            edge = Fraction(calendar.LAST_DAY)
            return Scalar("number", known, failed, difference, low=-edge, high=edge)
        unit = calendar.HOUR if name == "hours_since" else calendar.DAY
        edge = Fraction(calendar.LAST_INSTANT)
        return Scalar("number", known, failed, difference, True, -edge, edge, per=unit)

    def length(self, of: Symbolic, key: tuple[Any, ...], most: int | None) -> Symbolic:
        """How long a text, list or map is; of a list, whoever asks needs no more than so many items."""
        if isinstance(of, Map):
            return Scalar("number", of.known, of.failed, of.size(), low=Fraction(0), high=WHOLE)
        if isinstance(of, List):
            of.want(("len", *key), most)
            taken = [choose(slot.taken, 1, 0) for slot in of.slots] + [rest.size for rest in of.rests]
            return Scalar("number", of.known, of.failed, total(taken), low=Fraction(0), high=WHOLE)
        if not isinstance(of, Scalar):
            return Thing(False, of.failed)
        return self._encoder.words.length(as_kind(of, "text", self._encoder.world.codes.place))


def total(numbers: list[Term]) -> Term:
    """The exact sum."""
    constant = sum((Fraction(of) for of in numbers if is_constant(of)), Fraction(0))
    others = [of for of in numbers if not is_constant(of)]
    whole: Term = int(constant) if constant.denominator == 1 else constant
    if not others:
        return whole
    return z3.Sum([*others, term(whole)]) if constant else z3.Sum(others)


def _constants(*scalars: Scalar) -> bool:
    return all(is_constant(of.term) for of in scalars)
