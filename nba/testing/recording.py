"""What can happen to a profile over time, found in its schema and rules: records come and change, fields get known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from nba.language import types
from nba.orchestrator import Orchestrator
from nba.schema.reading import reader
from nba.schema.zones import zone
from nba.testing.strategies.around import ZONES, values_of
from nba.testing.strategies.interest import Interest, interest_of
from nba.testing.strategies.moments import Moment
from nba.testing.strategies.places import EACH, VALUE, Place

STATUS = ("status", "state", "stage", "phase")
"""The names of fields that tell how far a record is."""
MOST = 3
"""So many records of a list at most."""
_KEYS = ("id", "key", "number")
_HAPPENS = ("id", "interactions", "consents")
"""The core fields that are never learned: they are written by what happens."""


@dataclass(frozen=True)
class Records:
    """A list of records that may come, such as the cases of customer service."""

    path: tuple[str, ...]
    fields: dict[str, tuple[Any, ...]]
    """The values that each field may have, the simplest first."""
    keys: tuple[str, ...]
    """The fields that tell one from another."""
    status: str | None
    """The field whose value changes over time, of given values."""


@dataclass(frozen=True)
class Life:
    """What may happen to the customers of some rules."""

    lists: tuple[Records, ...]
    fields: dict[tuple[str, ...], tuple[Any, ...]]
    """By path: the values that may become known."""
    zone: str | None

    @staticmethod
    @lru_cache(maxsize=16)
    def of(orchestrator: Orchestrator) -> Life:
        """Found in the schema of the profile, and in what the rules compare its fields with."""
        ruleset = orchestrator.ruleset
        finder = _Finder(interest_of(ruleset))
        finder.walk(ruleset.profile, ())
        return Life(tuple(finder.lists), finder.fields, ruleset.house.timezone)

    def record(self, of: Records, now: datetime, number: int) -> st.SearchStrategy[dict[str, Any]]:
        """Records that may join a list of so many at an instant: each with a key of its own, and a status."""
        key = f"{of.path[-1][:1].upper()}{number + 1}"
        given = {name: st.just(number + 1 if of.fields[name] == (0,) else key) for name in of.keys}
        values = {name: self.value(of.fields[name], now) for name in of.fields if name not in of.keys}
        if of.status is not None:
            given[of.status] = values.pop(of.status)
        # All of it is known more often than by chance, as few rules act on half of it.
        return st.fixed_dictionaries(given, optional=values) | st.fixed_dictionaries({**given, **values})

    def value(self, values: tuple[Any, ...], now: datetime) -> st.SearchStrategy[Any]:
        """One of the values at an instant: days and instants are so far from it."""
        moment = Moment(now, zone(self.zone) or UTC)
        return st.sampled_from(values).map(lambda of: of(moment) if callable(of) else of)

    def fact(self, profile: dict[str, Any], now: datetime) -> st.SearchStrategy[tuple[list[str], Any]]:
        """The names that lead to a field, and a value that it may have at an instant. A list that is known stays."""
        lists = {of.path for of in self.lists}
        paths = [path for path in self.fields if path not in lists or found_at(profile, path) is None]
        return st.sampled_from(paths or list(self.fields)).flatmap(
            lambda path: st.tuples(st.just(list(path)), self.value(self.fields[path], now))
        )


class _Finder:
    def __init__(self, interest: Interest) -> None:
        self._interest = interest
        self.lists: list[Records] = []
        self.fields: dict[tuple[str, ...], tuple[Any, ...]] = {}

    def walk(self, record: types.Record, path: tuple[str, ...]) -> None:
        for name, field in record.fields.items():
            below = (*path, name)
            if not path and name in _HAPPENS:
                continue
            match field.type:
                case types.Record() as inner:
                    self.walk(inner, below)
                case types.ListOf(item=types.Record() as item):
                    if ("profile", *below) in self._interest.reads:
                        self.lists.append(self._records(item, below))
                        self.fields[below] = ([],)  # there are none
                case types.MapOf(value=value) if types.is_scalar(value):
                    place: Place = ("profile", *below)
                    values = values_of(value, self._interest.values.get((*place, VALUE), ()))
                    self.fields |= {(*below, key): values for key in self._interest.keys.get(place, ()) if values}
                case _:
                    values = self._values(record, name, ("profile", *path))
                    if values:
                        self.fields[below] = values

    def _records(self, record: types.Record, path: tuple[str, ...]) -> Records:
        place: Place = ("profile", *path, EACH)
        keys = tuple(
            name
            for name, of in record.fields.items()
            if isinstance(of.type, types.String | types.Number)
            and (name in _KEYS or (*place, name) in self._interest.identities)
        )
        fields: dict[str, tuple[Any, ...]] = {
            name: (0,) if isinstance(record.fields[name].type, types.Number) else ("",) for name in keys
        }
        for name in record.fields:
            values = self._values(record, name, place)
            if values and name not in keys:
                fields[name] = values
        status = next((of for of in STATUS if of in fields and isinstance(record.fields[of].type, types.Enum)), None)
        return Records(path, fields, keys, status)

    def _values(self, record: types.Record, name: str, above: Place) -> tuple[Any, ...]:
        """The values of a scalar field that some rule reads, or a status; none of any other."""
        kind, place = record.fields[name].type, (*above, name)
        if not types.is_scalar(kind) or not (place in self._interest.reads or name in STATUS):
            return ()
        if place == ("profile", "timezone"):
            return ZONES
        values = values_of(kind, self._interest.values.get(place, ()), self._interest.sizes.get(place, ()))
        if not record.checks:
            return values
        read = reader(record)
        return tuple(of for of in values if callable(of) or not read({name: of}).faults)


def found_at(profile: Any, path: Iterable[str]) -> Any:
    """What stands where the names lead; None when nothing does."""
    for name in path:
        profile = profile.get(name) if isinstance(profile, dict) else None
    return profile


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """The paths of what is known, but for what happened.

    >>> list(leaves({"name": "Anna", "interactions": [{"id": "I1"}], "cases": [{"id": "K1"}, None]}))
    ['name', 'cases[0].id']
    """
    if isinstance(value, dict):
        for name, of in value.items():
            if path or name != "interactions":
                yield from leaves(of, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, of in enumerate(value):
            yield from leaves(of, f"{path}[{number}]")
    elif value is not None:
        yield path


def records_at(profile: dict[str, Any], path: Iterable[str]) -> list[tuple[int, dict[str, Any]]]:
    """The records that a list has, with their places in it."""
    return [(number, of) for number, of in enumerate(found_at(profile, path) or ()) if of is not None]


def put(profile: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value where the names lead, through records that may not be there yet."""
    *above, last = path
    for name in above:
        if not isinstance(profile.get(name), dict):
            profile[name] = {}
        profile = profile[name]
    profile[last] = value
