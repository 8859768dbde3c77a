"""From a model of the solver to a plain profile, context, moment and settings that a decision can be made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

import z3

from nba.language import types
from nba.language.values import Value
from nba.proof.asking import Answer
from nba.proof.bits import Bit, term
from nba.proof.calendar import to_instant
from nba.proof.locations import AnyKey, Leaf, Location
from nba.proof.numbers import nearest
from nba.proof.texts import between
from nba.proof.world import World

NOTHING_KNOWN: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Witness:
    """What a decision can be made with."""

    profile: dict[str, Any]
    context: dict[str, Any]
    as_of: datetime
    settings: dict[str, Value] = field(default_factory=dict)


def witness(answer: Answer) -> Witness:
    """The profile, context, moment and settings of a model."""
    return _Reader(answer.world, answer.model).witness()


class _Reader:
    def __init__(self, world: World, model: Any) -> None:
        self.world, self.model = world, model
        self.texts = self._texts()

    def witness(self) -> Witness:
        roots: dict[str, Any] = {"profile": {}, "context": {}}
        places = sorted(self.world.leaves, key=lambda place: (len(place), repr(place)))
        settings: dict[str, Value] = {}
        for location in places:
            leaf = self.world.leaves[location]
            if location[0] == "settings":
                settings[location[1]] = self._value(leaf)
            elif self._is_there(location):
                self._put(roots, location, leaf)
        as_of = to_instant(self._whole(self.world.as_of))
        return Witness(_tidy(roots["profile"]), _tidy(roots["context"]), as_of, settings)

    def holds(self, bit: Bit) -> bool:
        """Whether a bit is true in the model."""
        return bit if isinstance(bit, bool) else z3.is_true(self.model.eval(bit, model_completion=True))

    def _is_there(self, location: Location) -> bool:
        if not self.holds(self.world.leaves[location].known):
            return False
        for end in range(2, len(location)):
            above = location[:end]
            if isinstance(location[end], int):
                slots = self.world.lists[above].slots
                if not self.holds(self.world.lists[above].known) or not self.holds(slots[location[end]].taken):
                    return False
        return True

    def _put(self, roots: dict[str, Any], location: Location, leaf: Leaf) -> None:
        at: Any = roots
        for part, after in pairwise(location):
            at = at.setdefault(self._key(part), {} if not isinstance(after, int) else _Items())
        here = self._key(location[-1])
        if isinstance(leaf.type, types.Record):
            at.setdefault(here, {})
        elif isinstance(leaf.type, types.ListOf):
            items = at.setdefault(here, _Items())
            items.size = sum(self.holds(slot.taken) for slot in self.world.lists[location].slots)
            items.nothing = {} if isinstance(leaf.type.item, types.Record) else None
        elif isinstance(leaf.type, types.MapOf):
            entries = at.setdefault(here, {})
            if location in self.world.maps.sizes:
                entries[_SIZE] = self._whole(self.world.maps.sizes[location])
        else:
            at[here] = self._value(leaf)

    def _key(self, part: Any) -> Any:
        if isinstance(part, AnyKey):
            leaf = next(of for place, of in self.world.leaves.items() if part in place and of.key is not None)
            assert leaf.key is not None
            return self._text(self._number(leaf.key.term))
        return part

    def _value(self, leaf: Leaf) -> Any:
        match leaf.type:
            case types.Boolean():
                return self.holds(leaf.term)
            case types.Number(integer=True):
                return self._whole(leaf.term)
            case types.Number():
                number = self._number(leaf.term)
                whole = number.denominator == 1 and abs(number) <= 2**53
                return int(number) if whole else nearest(number)
            case types.String():
                return self._text(self._number(leaf.term))
            case types.Enum(values=values):
                return values[self._whole(leaf.term)]
            case types.Date():
                return date.fromordinal(self._whole(leaf.term))
            case types.Instant():
                return to_instant(self._whole(leaf.term))
        return True

    def _number(self, of: Any) -> Fraction:
        found = self.model.eval(term(of), model_completion=True)
        if z3.is_int_value(found):
            return Fraction(found.as_long())
        if z3.is_algebraic_value(found):
            found = found.approx(40)
        return Fraction(found.numerator_as_long(), found.denominator_as_long())

    def _whole(self, of: Any) -> int:
        return int(self._number(of))

    def _text(self, place: Fraction) -> str:
        return self.texts[place]

    def _texts(self) -> dict[Fraction, str]:
        """A text for each place that a text has in the model, in their order."""
        found: dict[Fraction, str] = {}
        before = ""
        for place in sorted(set(self._places())):
            low, high, is_literal = self.world.codes.around(place)
            text = low if is_literal else between(max(before, low), high)
            before = found[place] = (low + "\0") if text is None else text
        return found

    def _places(self) -> Iterator[Fraction]:
        for leaf in self.world.leaves.values():
            if isinstance(leaf.type, types.String) and leaf.term is not None:
                yield self._number(leaf.term)
            if leaf.key is not None:
                yield self._number(leaf.key.term)


class _Items(dict[int, Any]):
    """The items of a list by their place, on the way."""

    size = 0
    nothing: dict[str, Any] | None = None
    """What stands for an item of which nothing is known."""


_SIZE = object()


def _tidy(value: Any) -> Any:
    """The plain value: lists as lists, and maps with as many entries as they should have."""
    if isinstance(value, _Items):
        return [_tidy(value.get(number, value.nothing)) for number in range(value.size)]
    if isinstance(value, dict):
        size = value.pop(_SIZE, 0)
        out = {key: _tidy(of) for key, of in value.items()}
        like = next(iter(out.values()), True)
        for number in range(min(size, 1000) - len(out)):
            out[f"entry {number + 1}"] = like
        return out
    return value
