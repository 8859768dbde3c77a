"""A symbolic world: every profile, context, moment and (when asked) setting at once.

Its leaves are made when they are asked for, so that a question costs what its own rules read. All that must hold of
them is in `axioms`; `plain` is what makes a world easy to write down as one profile: lists without a rest, UTC.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

import z3

from nba.language import types
from nba.language.values import LARGEST_INTEGER, Value
from nba.proof import calendar
from nba.proof.bits import Bit, both, no, term
from nba.proof.lifting import assumed, lift, text
from nba.proof.locations import Demand, Leaf, Location, pattern_of, places_above, shown
from nba.proof.maps import Maps
from nba.proof.moments import Moments
from nba.proof.numbers import LARGEST
from nba.proof.texts import Codes
from nba.proof.values import NOTHING, List, Record, Rest, Scalar, Slot, Symbolic, Thing, Truth, failing
from nba.ruleset.model import Feature, Ruleset, Signal

Settings = Literal["current", "declared"]
MOST_SLOTS = 12
_PROBES = (-(10**9), -1000, -100, -10, -5, -1, 0, 1, 2, 3, 4, 5, 7, 10, 12, 24, 31, 60, 100, 120, 150, 365, 1000, 10**9)


class World:
    """The leaves of one question about a ruleset."""

    def __init__(
        self,
        ruleset: Ruleset,
        demand: Demand | None = None,
        settings: Settings = "current",
        codes: Codes | None = None,
        prefix: str = "",
    ) -> None:
        self.ruleset, self.settings_mode, self.prefix = ruleset, settings, prefix
        self.demand = demand or Demand()
        self.wanted: dict[Location, dict[object, int]] = {}
        self.twins: set[Location] = set()
        self.wants_rest: set[Location] = set()
        self.codes = codes or Codes()
        self.axioms: list[Any] = []
        self.plain: list[Any] = []
        self.nice: list[Any] = []
        """What people would rather read: texts that are not empty."""
        self.approximated: dict[str, None] = {}
        """What is not exact, in words, in the order in which it was met."""
        self.opaque: dict[str, Leaf] = {}
        """The features that were read."""
        self.leaves: dict[Location, Leaf] = {}
        self.lists: dict[Location, List] = {}
        self.others: list[World] = []
        self._values: dict[Location, Symbolic] = {}
        self._known: dict[Location, Bit] = {}
        self._allowed: set[Location] = set()
        self._below: dict[Location, list[Bit]] = {}
        self._names: dict[str, int] = {}
        self._facts = {of.id: of for of in ruleset.facts}
        self.maps = Maps(self)
        self.moments = Moments(self)
        self.as_of = self.integer("as_of", 0, calendar.LAST_INSTANT)
        self.profile = self._assumed()
        self.context = self.record(("context",), ruleset.context)

    def beside(self, ruleset: Ruleset) -> World:
        """The same customers and moments for other rules: all leaves are shared."""
        other = World.__new__(World)
        other.__dict__.update(self.__dict__)
        other.ruleset = ruleset
        other._facts = {of.id: of for of in ruleset.facts}
        other.profile = other._assumed()
        if other.meaning_of_assumptions != self.meaning_of_assumptions:  # which may be of the time zone
            other.moments = Moments(other)
        other.context = other.record(("context",), ruleset.context)
        return other

    def another(self, prefix: str) -> World:
        """Another customer under the same rules, with leaves of its own and texts in the same order."""
        other = World(self.ruleset, self.demand, self.settings_mode, self.codes, prefix)
        self.others.append(other)
        return other

    @property
    def meaning_of_assumptions(self) -> str:
        """What the house assumes, to be compared."""
        return repr([(of.names, of.value) for of in self.ruleset.assumptions])

    # Terms

    def name(self, what: str) -> str:
        """A name that no other term has."""
        count = self._names[what] = self._names.get(what, 0) + 1
        return f"{self.prefix}{what}" if count == 1 else f"{self.prefix}{what}#{count}"

    def bit(self, what: str) -> Any:
        """A truth that may be either."""
        return z3.Bool(self.name(what))

    def real(self, what: str) -> Any:
        """A number that may be any."""
        return z3.Real(self.name(what))

    def integer(self, what: str, low: int | None = None, high: int | None = None) -> Any:
        """A whole number within bounds."""
        found = z3.Int(self.name(what))
        self.axioms += [found >= low] if low is not None else []
        self.axioms += [found <= high] if high is not None else []
        return found

    def fact(self, id: str) -> Signal | Feature:
        """A signal or feature."""
        return self._facts[id]

    def hold(self, bit: Bit, *, plain: bool = False) -> None:
        """Something that holds in this world, or in the plain ones."""
        if bit is not True:
            (self.plain if plain else self.axioms).append(z3.BoolVal(False) if bit is False else bit)

    # Leaves

    def path(self, root: str, names: tuple[str, ...]) -> Symbolic:
        """The value of a path, with what the house assumes."""
        found: Symbolic = self.profile if root == "profile" else self.context
        for name in names:
            if not isinstance(found, Record):
                return NOTHING
            found = found.get(name)
        return found

    def at(self, location: Location, kind: types.Type, key: Scalar | None = None) -> Symbolic:
        """The value at a place of the profile or the context, made once."""
        if location not in self._values:
            self._values[location] = self._make(location, kind, key)
        return self._values[location]

    def has(self, location: Location) -> bool:
        """Whether the value at a place was made already."""
        return location in self._values

    def known(self, location: Location) -> Bit:
        """Whether there is something at a place; what is below it is not there without it."""
        if location not in self._known:
            bit = self._known[location] = self.bit(f"{shown(location)}?")
            for place in places_above(location):
                self._below.setdefault(place, []).append(bit)
                if place in self._known:
                    self.axioms.append(z3.Implies(bit, self._known[place]))
            self.axioms += [z3.Implies(below, bit) for below in self._below.get(location, ())]
        return self._known[location]

    def _make(self, location: Location, kind: types.Type, key: Scalar | None) -> Symbolic:
        match kind:
            case types.Record():
                return self.record(location, kind)
            case types.ListOf():
                return self._list(location, kind)
            case types.MapOf():
                return self.maps.of(location, kind)
        known = self.known(location)
        value, found = self._scalar(shown(location), kind, known)
        self.leaves[location] = Leaf(location, kind, known, found, key)
        return value

    def _scalar(self, name: str, kind: types.Type, known: Bit) -> tuple[Symbolic, Any]:
        """A value of a type of single values, and its term."""
        match kind:
            case types.Boolean():
                value = self.bit(name)
                return Truth(both(known, value), both(known, no(value))), value
            case types.Number(integer=True):
                whole = self.integer(name, -LARGEST_INTEGER, LARGEST_INTEGER)
                edge = Fraction(LARGEST_INTEGER)
                return Scalar("number", known, False, whole, low=-edge, high=edge), whole
            case types.Number():
                number = self.real(name)
                self.axioms += [number <= term(LARGEST), number >= term(-LARGEST)]
                return Scalar("number", known, False, number, low=-LARGEST, high=LARGEST), number
            case types.String():
                code = self.real(name)
                self.axioms.append(code >= 0)
                self.nice.append(code > 0)
                return Scalar("text", known, False, code), code
            case types.Enum(values=values):
                position = self.integer(name, 0, len(values) - 1)
                return Scalar("enum", known, False, position, values=values), position
            case types.Date():
                day = self.integer(name, calendar.FIRST_DAY, calendar.LAST_DAY)
                return Scalar("date", known, False, day), day
            case types.Instant():
                moment = self.integer(name, 0, calendar.LAST_INSTANT)
                return Scalar("instant", known, False, moment), moment
        return Thing(known), None

    def record(self, location: Location, kind: types.Record) -> Record:
        """A record at a place."""

        def get(name: str) -> Symbolic:
            of = kind.fields.get(name)
            if of is None:
                return NOTHING
            value = self.at((*location, name), of.type)
            if kind.checks and isinstance(of.type, types.Number):
                self._allow((*location, name), kind, name)
            return value

        def known() -> Bit:
            if len(location) == 1:
                return True
            bit = self.known(location)
            self.leaves.setdefault(location, Leaf(location, kind, bit))
            return bit

        return Record(known, False, get)

    def _allow(self, location: Location, kind: types.Record, name: str) -> None:
        """Keep plain worlds to numbers that the record's own checks allow, as far as a few tries can tell."""
        if location in self._allowed:
            return
        self._allowed.add(location)
        fine = [of for of in _PROBES if not any((name,) in dict(check({name: of})) for check in kind.checks)]
        if not fine or len(fine) == len(_PROBES):
            return
        leaf = self.leaves[location]
        if fine[0] != _PROBES[0]:
            self.plain.append(z3.Implies(leaf.known, leaf.term >= term(Fraction(fine[0]))))
        if fine[-1] != _PROBES[-1]:
            self.plain.append(z3.Implies(leaf.known, leaf.term <= term(Fraction(fine[-1]))))

    def _list(self, location: Location, kind: types.ListOf) -> List:
        known, pattern = self.known(location), pattern_of(location)
        slots: list[Slot] = []
        before: Bit = True
        for number in range(self.demand.slots.get(pattern, 1)):
            taken = self.bit(f"{shown((*location, number))}!")
            if before is not True:
                self.axioms.append(z3.Implies(taken, before))
            slots.append(Slot(taken, self.at((*location, number), kind.item)))
            before = taken
        rests: tuple[Rest, ...] = ()
        if pattern in self.demand.rests:
            size = self.integer(f"{shown(location)}...", 0)
            rests = (Rest(shown(location), size),)
            self.plain.append(size == 0)
            self.approximated[f"the items of `{shown(pattern)}` beyond the first {len(slots)}"] = None

        def want(who: object, number: int | None) -> None:
            if number is None:
                self.wants_rest.add(pattern)
            wanted = self.wanted.setdefault(location, {})
            wanted[who] = max(wanted.get(who, 0), 2 if number is None else number)

        found = List(known, False, tuple(slots), rests, want, lambda: self.twins.add(pattern))
        self.leaves[location], self.lists[location] = Leaf(location, kind, known), found
        return found

    def finished(self) -> list[Any]:
        """All axioms, with those that need to know every leaf."""
        return [*self.axioms, *self.maps.ends()]

    def next_demand(self) -> Demand:
        """What lists need, as far as this time has shown; where that has no end, a rest."""
        slots, rests = dict(self.demand.slots), set(self.demand.rests) | self.wants_rest
        needs = {location: sum(wanted.values()) for location, wanted in self.wanted.items()}
        for other in self.others:  # two customers whose lists are the same need the slots of both
            rests |= other.wants_rest
            self.twins |= other.twins
            for location, wanted in other.wanted.items():
                needs[location] = needs.get(location, 0) + sum(wanted.values())
        for location, needed in needs.items():
            pattern = pattern_of(location)
            needed *= 2 if pattern in self.twins else 1
            if needed > MOST_SLOTS:
                rests.add(pattern)
            slots[pattern] = max(slots.get(pattern, 0), min(needed, MOST_SLOTS))
        return Demand(slots, frozenset(rests))

    # What is known

    def lift(self, value: Value, kind: types.Type) -> Symbolic:
        """A plain value as a symbolic one."""
        return lift(value, kind, self.codes)

    def text(self, value: str) -> Scalar:
        """A literal text."""
        return text(value, self.codes)

    def _assumed(self) -> Record:
        """The profile with what the house assumes."""
        record, kind = self.record(("profile",), self.ruleset.profile), self.ruleset.profile
        return assumed(record, kind, self.ruleset.assumptions, self.codes)

    def setting(self, id: str, kind: types.Type) -> Symbolic:
        """A setting: its value, or any that is declared."""
        if self.settings_mode == "current":
            return self.lift(self.ruleset.settings[id], kind)
        return self.declared_setting(id, kind)

    def declared_setting(self, id: str, kind: types.Type) -> Symbolic:
        """A setting with any value that its pack allows."""
        location = ("settings", id)
        if location not in self._values:
            limits = self.ruleset.limits[id]
            value, found = self._scalar(shown(location), kind, True)
            if isinstance(value, Scalar) and value.kind == "number":
                low = value.low if limits.least is None else Fraction(limits.least)
                high = value.high if limits.most is None else Fraction(limits.most)
                self.axioms += [found >= term(low), found <= term(high)]
                value = Scalar("number", True, False, found, low=low, high=high)
            self.leaves[location] = Leaf(location, kind, True, found)
            self._values[location] = value
        return self._values[location]

    def feature(self, of: Feature) -> Symbolic:
        """What a plugin's feature says: anything of its type, nothing, or that it failed."""
        location = ("facts", of.id)
        if location not in self._values:
            known, failed = self.bit(f"{of.id}?"), self.bit(f"{of.id} failed")
            value, found = self._scalar(of.id, of.type, known)
            self.opaque[of.id] = Leaf(location, of.type, known, (found, failed))
            self._values[location] = failing(failed, value)
        return self._values[location]
