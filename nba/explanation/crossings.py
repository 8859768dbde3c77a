"""The instants at which a condition may change its truth, if nothing but time goes by.

A comparison changes only where a quantity that moves with the clock meets its other side. Each such quantity either
rises or falls as time goes by, so that the instant at which the two meet is found by halving, to the microsecond and
with the very functions that evaluate the condition.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeAlias

from nba.explanation.moving import moving_facts, reads_clock
from nba.language import tree
from nba.language.functions import FUNCTIONS, Clock
from nba.language.meaning import Environment, arithmetic, evaluate
from nba.language.values import FAILED
from nba.ruleset.model import Signal
from nba.trace import Trace

MOST_PAIRS: Final = 5_000
"""Quantities are compared for no more pairs than these, so that a long list cannot take long."""

_NO_CLOCK = Clock(datetime.min.replace(tzinfo=UTC))
"""For what does not read it."""
_MICROSECOND = timedelta(microseconds=1)
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=3)  # no time zone leads off the calendar before it
_ELAPSED: Final = {
    "days_since": True,
    "hours_since": True,
    "months_since": True,
    "years_since": True,
    "days_until": False,
}
"""The functions that read the clock, and whether they rise as time goes by."""
_UNITS: Final = {"days_since": timedelta(days=1), "hours_since": timedelta(hours=1), "days_until": timedelta(days=1)}


class Unclear(Exception):
    """It cannot be told how a condition changes as time goes by."""


@dataclass(frozen=True)
class _Fixed:
    """A value that stays."""

    value: Any


@dataclass(frozen=True)
class _Step:
    """A value that changes only where a condition inside it does."""


@dataclass(frozen=True)
class _Moving:
    """A value that rises, or falls, as time goes by. Two of the same pace never meet."""

    at: Callable[[Clock], Any]
    rises: bool
    pace: str = ""
    reach: Callable[[Any, Clock], Iterable[datetime]] = lambda value, clock: ()
    """Instants at which it may well come to a value. One that is wrong does no harm: it is tried, like any other."""


_Line: TypeAlias = _Fixed | _Step | _Moving
_STEP = _Step()


def crossings(trace: Trace, node: tree.Node) -> list[datetime]:
    """The instants after `as_of`, in order, at which the truth of a condition may change; at all others it does not.

    Raises:
        Unclear: the condition reads the clock in a way that has no such instants, or too many.
    """
    walk = _Walk(trace, trace.environment(), moving_facts(trace))
    walk.lines(node)
    return sorted(walk.found)


@dataclass
class _Walk:
    """One walk over a condition and the signals it reads, collecting the instants."""

    trace: Trace
    env: Environment
    moving: frozenset[str]
    found: set[datetime] = field(default_factory=set)
    _facts: dict[str, list[_Line]] = field(default_factory=dict)
    _pairs: int = 0

    def lines(self, node: tree.Node) -> list[_Line]:
        """What the value of a node is one of, at every instant; nothing when it is missing at every instant."""
        if not reads_clock(node, self.moving):
            value = evaluate(node, self.env)
            return [] if value is None or value is FAILED else [_Fixed(value)]
        match node:
            case tree.AsOf():
                return [_Moving(lambda clock: clock.as_of, True, "as_of")]
            case tree.Fact(id=id):
                return self._fact(id)
            case tree.Compare(left=left, right=right):
                self._meet(self.lines(left), self.lines(right))
                return [_STEP]
            case tree.In(item=item, items=items):
                listed = [value for of in self.lines(items) if isinstance(of, _Fixed) for value in of.value]
                values: list[_Line] = [_Fixed(value) for value in listed if value is not None and value is not FAILED]
                self._meet(self.lines(item), values)
                return [_STEP]
            case tree.Default(of=of, fallback=fallback):
                return self.lines(of) + self.lines(fallback)
            case tree.Arithmetic(operator=sign, left=left, right=right):
                pairs = self._paired(self.lines(left), self.lines(right))
                return [line for one, two in pairs for line in _arithmetic(sign, one, two)]
            case tree.Call(name=name, arguments=arguments):
                return self._call(name, [self.lines(argument) for argument in arguments])
            case tree.Aggregate():
                return self._aggregate(node)
            case tree.FirstOf(rows=rows):
                for condition, _ in rows:
                    self.lines(condition)
                return [_Fixed(result.value) for _, result in rows]
            case _:
                for child in tree.children(node):
                    self.lines(child)
                return [_STEP]

    def _fact(self, id: str) -> list[_Line]:
        if id not in self._facts:
            fact = next(of for of in self.trace.ruleset.facts if of.id == id)
            if not isinstance(fact, Signal):
                raise Unclear  # only its plugin knows how a feature changes with time
            items, self.env.items = self.env.items, {}  # a signal has items of its own
            self._facts[id] = self.lines(fact.node)
            self.env.items = items
        return self._facts[id]

    def _call(self, name: str, arguments: list[list[_Line]]) -> list[_Line]:
        if name in _ELAPSED:
            return [_elapsed(name, line) for line in arguments[0]]
        if name in ("min", "max", "clamp"):  # one of the arguments, at every instant
            return [line for lines in arguments for line in lines]
        if name == "abs":
            return [line for of in arguments[0] for line in (of, *_arithmetic("-", _Fixed(0), of))]
        if name == "days_between":
            meaning = FUNCTIONS[name].meaning
            return [line for pair in self._paired(*arguments) for line in _joined(meaning, *pair, (-1, 1))]
        return self._stepping(line for lines in arguments for line in lines)

    def _aggregate(self, node: tree.Aggregate) -> list[_Line]:
        found: list[_Line] = []
        records = evaluate(node.over, self.env)
        for record in () if records is None or records is FAILED else records:
            self.env.items[node.item] = record
            if node.where is not None:
                self.lines(node.where)
            if node.name != "count":
                self.env.items[node.item] = record
                found += self.lines(node.body)
        if node.name in ("min", "max"):
            return found
        return self._stepping(found)

    @staticmethod
    def _stepping(lines: Iterable[_Line]) -> list[_Line]:
        """A value made from these, as long as none of them moves but in steps."""
        if any(isinstance(line, _Moving) for line in lines):
            raise Unclear
        return [_STEP]

    def _paired(self, left: list[_Line], right: list[_Line]) -> Iterator[tuple[_Line, _Line]]:
        self._pairs += len(left) * len(right)
        if self._pairs > MOST_PAIRS:
            raise Unclear
        return itertools.product(left, right)

    def _meet(self, left: list[_Line], right: list[_Line]) -> None:
        """Collect the instants at which one of the left side meets one of the right."""
        for one, two in self._paired(left, right):
            if not isinstance(one, _Moving):
                one, two = two, one
            if not isinstance(one, _Moving):
                continue  # neither moves but in steps
            if isinstance(two, _Step):
                raise Unclear
            if isinstance(two, _Moving) and one.rises == two.rises:
                if not one.pace or one.pace != two.pace:
                    raise Unclear
                continue
            self._cross(one, two)

    def _cross(self, one: _Moving, two: _Fixed | _Moving) -> None:
        clock = self.env.clock

        def values(after: int) -> tuple[Any, Any]:
            then = Clock(clock.as_of + after * _MICROSECOND, clock.zone)
            a, b = one.at(then), _value_at(two, then)
            return (a, b) if one.rises else (b, a)

        last = (_LAST - clock.as_of) // _MICROSECOND
        if last < 1:
            return
        if None in values(0) and None in values(last):
            return  # calendar days without a time zone: missing at every instant
        meetings = one.reach(two.value, clock) if isinstance(two, _Fixed) else ()
        guesses = [(moment - clock.as_of) // _MICROSECOND for moment in meetings]
        # What rises first reaches the other side, and then passes it.
        for compare in (operator.ge, operator.gt):

            def holds(after: int, compare: Callable[[Any, Any], bool] = compare) -> bool:
                a, b = values(after)
                if a is None or b is None:
                    raise Unclear
                return compare(a, b)

            if not holds(0) and holds(last):
                self.found.add(clock.as_of + _first(holds, last, guesses) * _MICROSECOND)


def _first(holds: Callable[[int], bool], last: int, guesses: Iterable[int]) -> int:
    """The first number from which a condition holds; it does not at 0 and does at `last`."""
    for guess in guesses:
        if 0 < guess <= last and holds(guess) and not holds(guess - 1):
            return guess
    before = 0
    while last - before > 1:
        middle = (before + last) // 2
        before, last = (before, middle) if holds(middle) else (middle, last)
    return last


def _elapsed(name: str, line: _Line) -> _Line:
    if not isinstance(line, _Fixed):
        raise Unclear
    meaning, moment = FUNCTIONS[name].meaning, line.value
    pace = f"{name} {type(moment).__name__}"
    return _Moving(lambda clock: meaning(clock, moment), _ELAPSED[name], pace, functools.partial(_reach, name, moment))


def _reach(name: str, moment: date, value: Any, clock: Clock) -> list[datetime]:
    """About when so many days or hours have gone by since a moment, or are left until it."""
    count = -value if name == "days_until" else value
    try:
        if isinstance(moment, datetime) and name in _UNITS:
            meeting = moment + count * _UNITS[name]
            return [meeting, meeting + _MICROSECOND, meeting - _MICROSECOND]
        if name in ("days_since", "days_until") and clock.zone is not None:
            days = [moment + (math.floor(count) + more) * _UNITS[name] for more in (0, 1)]
            return [datetime(day.year, day.month, day.day, tzinfo=clock.zone).astimezone(UTC) for day in days]
    except OverflowError:
        pass  # it is off the calendar
    return []


def _arithmetic(operation: str, one: _Line, two: _Line) -> list[_Line]:
    """The line of a calculation; nothing when it is missing."""
    if operation == "/" and isinstance(two, _Fixed) and two.value == 0:
        return []
    signs = 1, -1 if operation == "-" else 1
    if operation in ("*", "/") and isinstance(one, _Moving) != isinstance(two, _Moving):
        factor = one if isinstance(two, _Moving) else two
        if not isinstance(factor, _Fixed) or (operation == "/" and factor is one):
            raise Unclear
        if factor.value == 0:
            return [_Fixed(0.0)]
        signs = (1, 1) if factor.value > 0 else (-1, -1)
    elif operation in ("*", "/") and isinstance(one, _Moving):
        raise Unclear
    return _joined(lambda clock, a, b: arithmetic(operation, a, b), one, two, signs)


def _joined(compute: Callable[[Clock, Any, Any], Any], one: _Line, two: _Line, signs: tuple[int, int]) -> list[_Line]:
    """The line of what is computed from two. A sign of -1: it falls where its part rises."""
    if not isinstance(one, _Moving) and not isinstance(two, _Moving):
        if isinstance(one, _Step) or isinstance(two, _Step):
            return [_STEP]
        value = compute(_NO_CLOCK, one.value, two.value)
        return [] if value is None else [_Fixed(value)]
    if isinstance(one, _Step) or isinstance(two, _Step):
        raise Unclear
    directions = {sign * _direction(line) for sign, line in zip(signs, (one, two), strict=True)} - {0}
    if len(directions) != 1:
        raise Unclear

    def at(clock: Clock) -> Any:
        a, b = _value_at(one, clock), _value_at(two, clock)
        return None if a is None or b is None else compute(clock, a, b)

    return [_Moving(at, directions == {1})]


def _value_at(line: _Fixed | _Moving, clock: Clock) -> Any:
    return line.at(clock) if isinstance(line, _Moving) else line.value


def _direction(line: _Fixed | _Moving) -> int:
    return 0 if isinstance(line, _Fixed) else 1 if line.rises else -1
