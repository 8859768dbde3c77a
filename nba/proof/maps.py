"""Maps of a symbolic world: entries are made when a rule looks them up."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from nba.language import types
from nba.proof.bits import Bit, Term, alike, both, equal, implies, is_constant, some
from nba.proof.locations import AnyKey, Leaf, Location, Part, shown
from nba.proof.values import Map, Scalar, Symbolic, Truth

if TYPE_CHECKING:
    from nba.proof.world import World

SOMEWHERE = "somewhere"
"""The key of an entry of a map that no rule names."""


class Maps:
    """The maps of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.entries: dict[Location, list[tuple[Scalar, Symbolic]]] = {}
        self.sizes: dict[Location, Any] = {}
        self._any_true: dict[Location, Any] = {}

    def of(self, location: Location, kind: types.MapOf) -> Map:
        """The map at a place."""
        known = self._world.known(location)
        self._world.leaves[location] = Leaf(location, kind, known)

        def get(key: Scalar) -> Symbolic:
            return self._entry(location, kind.value, key)

        def size() -> Term:
            if location not in self.sizes:
                self.sizes[location] = self._world.integer(f"len {shown(location)}", 0)
            return self.sizes[location]

        def some_true() -> Bit:
            get(self._world.text(SOMEWHERE))
            if location not in self._any_true:
                self._any_true[location] = self._world.bit(f"any {shown(location)}")
            return self._any_true[location]

        return Map(known, False, get, size, some_true)

    def ends(self) -> list[Any]:
        """What must hold of maps, when all entries are known that anybody asks for."""
        ends: list[Any] = []
        world = self._world
        for location, entries in self.entries.items():
            literal = [(key, value) for key, value in entries if is_constant(key.term)]
            if location in self.sizes:
                there = [world.known((*location, world.codes.around(Fraction(key.term))[0])) for key, _ in literal]
                ends.append(z3.Sum([z3.If(bit, 1, 0) for bit in there] + [z3.IntVal(0)]) <= self.sizes[location])
            if location in self._any_true:
                truths = [value.true for _, value in literal if isinstance(value, Truth)]
                ends.append(self._any_true[location] == some(truths))
        return ends

    def _entry(self, location: Location, kind: types.Type, key: Scalar) -> Symbolic:
        if is_constant(key.term):
            part: Part = self._world.codes.around(Fraction(key.term))[0]
        else:
            part = AnyKey(key.term.get_id())
        place = (*location, part)
        is_new = not self._world.has(place)
        value = self._world.at(place, kind, key)
        if is_new:
            entries = self.entries.setdefault(location, [])
            for other, held in entries:
                if not (is_constant(key.term) and is_constant(other.term)):
                    self._world.axioms.append(implies(equal(key.term, other.term), self._same(value, held)))
            entries.append((key, value))
        return value

    def _same(self, one: Symbolic, other: Symbolic) -> Bit:
        """That two values are the same, as far as can be said; what cannot be said is left open."""
        match one, other:
            case Truth(), Truth():
                return both(alike(one.true, other.true), alike(one.false, other.false), alike(one.failed, other.failed))
            case Scalar(), Scalar() if one.kind == other.kind and one.values == other.values:
                return both(
                    alike(one.known, other.known),
                    alike(one.failed, other.failed),
                    implies(one.known, equal(one.term, other.term)),
                )
        self._world.approximated["entries of maps that are looked up by a key that is no literal"] = None
        return True
