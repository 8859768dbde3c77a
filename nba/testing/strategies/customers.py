"""Customers as Hypothesis draws them: a profile, the state of the enterprise, and the moment, drawn together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from nba.decision import Decision
from nba.language import types
from nba.language.moments import write_instant
from nba.language.values import LARGEST_INTEGER
from nba.orchestrator import Orchestrator
from nba.ruleset.model import Ruleset
from nba.schema.zones import zone
from nba.testing.strategies.around import values_of
from nba.testing.strategies.interest import Interest, interest_of
from nba.testing.strategies.moments import Moment
from nba.testing.strategies.places import AS_OF
from nba.testing.strategies.schema import Schema, schema_of
from nba.testing.strategies.shapes import Making
from nba.testing.strategies.wishes import Wish

_NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
_TURNS = (  # of what a calendar has: leap days, the ends of months and years, summer time, the first and last year
    "2026-03-29T01:00:00Z",
    "2026-03-29T00:59:59.999999Z",
    "2026-10-25T01:00:00Z",
    "2028-02-29T12:00:00Z",
    "2027-01-31T23:30:00Z",
    "2026-12-31T23:59:59.999999Z",
    "2027-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",  # where most customers' day is off the calendar
)


@dataclass(frozen=True)
class Customer:
    """What one decision is made on, as plain data.

    >>> import nba
    >>> dealer = nba.load(nba.shipped("car-dealer"))
    >>> Customer({"service": {"cases": []}}, {}, "2026-01-15T12:00:00Z").decide(dealer).outcome
    'nothing_proposed'
    """

    profile: dict[str, Any]
    context: dict[str, Any]
    as_of: str
    """ISO 8601, with its offset."""

    def decide(self, orchestrator: Orchestrator, *, limit: int | None = 1) -> Decision:
        """The decision on this customer."""
        return orchestrator.decide(self.profile, context=self.context, as_of=self.as_of, limit=limit)


@dataclass(frozen=True)
class Drawing:
    """All that is needed to draw customers of a ruleset, worked out once."""

    profile: Schema
    context: Schema
    moments: tuple[str, ...]
    """The simplest first."""
    house_zone: str | None
    interest: Interest

    @staticmethod
    def of(ruleset: Ruleset, *, interesting: bool = True) -> Drawing:
        """For the rules of a ruleset; without `interesting`, for its schema alone."""
        interest = interest_of(ruleset)
        return Drawing(
            schema_of(ruleset.profile, "profile", interest, interesting=interesting),
            schema_of(ruleset.context, "context", interest, interesting=interesting),
            moments_of(ruleset, interest),
            ruleset.house.timezone,
            interest,
        )

    def at(self, as_of: str) -> Moment:
        """The moment, with the house's days."""
        return Moment(datetime.fromisoformat(as_of), zone(self.house_zone) or UTC)


def moments_of(ruleset: Ruleset, interest: Interest) -> tuple[str, ...]:
    """The moments that matter to a ruleset, the simplest first."""
    house_zone = zone(ruleset.house.timezone) or UTC
    valid = [action.valid for action in ruleset.actions.values() if action.valid]
    days = [day for first, last in valid for day in (first, last and last + timedelta(days=1)) if day is not None]
    midnights = [_midnight(day, house_zone) for day in dict.fromkeys(days)]
    noons = [midnight + timedelta(hours=12) for midnight in midnights]

    def open_at(moment: datetime) -> int:
        today = moment.astimezone(house_zone).date()
        return sum((first is None or first <= today) and (last is None or today <= last) for first, last in valid)

    base = max([_NOON, *noons], key=open_at)
    around = [midnight + timedelta(microseconds=more) for midnight in midnights for more in (0, -1)]
    own = _midnight(base.astimezone(house_zone).date(), house_zone)
    turns = [base, own, own - timedelta(microseconds=1), *noons, *around]
    compared = values_of(types.INSTANT, interest.values.get(AS_OF, ()))
    fixed = [of for of in compared if isinstance(of, str)]
    return tuple(dict.fromkeys([*map(write_instant, turns), *fixed, *_TURNS]))


def _midnight(day: date, where: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)


def draw_customer(draw: st.DrawFn, drawing: Drawing, number: int, wish: Wish | None = None) -> Customer:
    """Draw a profile and context for the moment of a number."""
    wishes = {} if wish is None else wish.parts
    moments = wishes["as_of"].values if number and "as_of" in wishes else drawing.moments
    as_of = moments[number % len(moments)] if moments else drawing.moments[number]
    profile = draw_data(draw, drawing.profile, drawing.at(as_of), wishes.get("profile"))
    return Customer(profile, draw_data(draw, drawing.context, drawing.at(as_of), wishes.get("context")), as_of)


def draw_data(draw: st.DrawFn, schema: Schema, moment: Moment, wish: Wish | None = None) -> dict[str, Any]:
    """Draw a profile or context."""
    making = Making(moment)
    found = schema.make([draw(_bytes(width)) for width in schema.widths], making, wish)
    for container, name, kind in making.wild:
        container[name] = draw(any_of(kind))
    return schema.mend(found)


_BYTES: dict[int, st.SearchStrategy[bytes]] = {}


def _bytes(width: int) -> st.SearchStrategy[bytes]:
    return _BYTES.setdefault(width, st.binary(min_size=width, max_size=width))


def any_of(kind: types.Type) -> st.SearchStrategy[Any]:
    """Any value of a scalar type, as JSON carries it."""
    match kind:
        case types.Boolean():
            return st.booleans()
        case types.Number(integer=True):
            return st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
        case types.Number():
            return _FLOATS
        case types.Enum(values=values):
            return st.sampled_from(values)
        case types.Date():
            return _DATES
        case types.Instant():
            return _INSTANTS
    return _TEXTS


_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_DATES = st.dates().map(date.isoformat)
_OFFSETS = [timedelta(minutes=of) for of in (0, 120, 345, -210, 840, -720, 765)]
_INSTANTS = st.builds(
    lambda of, offset: of.replace(tzinfo=timezone(offset)).isoformat(),
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),  # noqa: DTZ001 - Hypothesis wants them so
    st.sampled_from(_OFFSETS),
)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
