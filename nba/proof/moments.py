"""The calendar days of a world: where the customer is, or, with no time zone known, where the house is.

In UTC a day is exact. In another time zone it is the same day, the one before or the one after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nba.proof import calendar
from nba.proof.bits import Bit, both, either, equal, is_constant, term
from nba.proof.values import NOTHING, Scalar
from nba.schema.zones import zone

if TYPE_CHECKING:
    from nba.proof.world import World


class Moments:
    """The days of instants, each made once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._days: dict[int, tuple[Any, Scalar]] = {}
        self._parts: dict[int, tuple[Any, calendar.Day]] = {}

    @property
    def today(self) -> Scalar:
        """The calendar day of `as_of` where the customer is."""
        return self.day(Scalar("instant", True, False, self._world.as_of))

    @property
    def days(self) -> list[tuple[Any, Scalar]]:
        """The instants whose days were asked for, with these."""
        return list(self._days.values())

    def day(self, moment: Scalar) -> Scalar:
        """The calendar day of an instant where the customer is; a date is its own."""
        if moment.kind == "date":
            return moment
        number = term(moment.term)
        if number.get_id() not in self._days:
            self._days[number.get_id()] = number, self._day(number)
        found = self._days[number.get_id()][1]
        return Scalar("date", both(moment.known, found.known), moment.failed, found.term)

    def _day(self, moment: Any) -> Scalar:
        there = self._world.integer("day", calendar.FIRST_DAY, calendar.LAST_DAY)
        here = self._world.integer("local day", calendar.FIRST_DAY, calendar.LAST_DAY)
        self._world.hold(calendar.is_day_of(there, moment))
        self._world.axioms += [here >= there - 1, here <= there + 1]
        self._world.plain.append(here == there)
        inside = both(moment >= calendar.DAY, moment <= calendar.LAST_INSTANT - calendar.DAY)
        known = both(self._zone(), either(inside, self._world.bit("on the calendar")))
        self._world.hold(known, plain=True)
        self._world.approximated["calendar days, which depend on the time zone"] = None
        return Scalar("date", known, False, here)

    def _zone(self) -> Bit:
        """Whether there is a time zone to have days in."""
        zone_of = self._world.path("profile", ("timezone",))
        house = zone(self._world.ruleset.house.timezone) is not None if self._world.ruleset.house.timezone else False
        if not isinstance(zone_of, Scalar):
            return house if zone_of is NOTHING else False
        self._world.hold(both(zone_of.known, equal(zone_of.term, self._world.codes.place("UTC"))), plain=True)
        usable = True if self._zones_are_checked() else self._world.bit("the time zone is one")
        return either(both(zone_of.known, usable), both(zone_of.missing, house))

    def _zones_are_checked(self) -> bool:
        """Whether the profile refuses a time zone that is none."""
        found = self._world.ruleset.profile.checks
        return any(("timezone",) in {place for place, _ in check({"timezone": "Nowhere/None"})} for check in found)

    def parts(self, day: Scalar) -> calendar.Day:
        """The year, month and day of a day."""
        if is_constant(day.term):
            return calendar.parts(day.term, self._world.integer, self._world.axioms)
        if day.term.get_id() not in self._parts:
            self._parts[day.term.get_id()] = day.term, calendar.parts(day.term, self._world.integer, self._world.axioms)
        return self._parts[day.term.get_id()][1]
