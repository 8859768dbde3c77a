"""Random data for a record type: on and around the literals, and missing or failed at every level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Any

from nba.language import types
from nba.language.moments import write_instant
from nba.language.values import FAILED
from nba.testing.generation import literals

_KEYS = ("gold", "Gold", "", "email", "phone", "\U0001f600")
_IDS = ("A", "B", "C", "D", "E", "F", "G", "H")
_SIZES = (0, 1, 1, 2, 2, 3, 5)


@dataclass(frozen=True)
class Data:
    """Generates values as the strict reader gives them: dicts without missing fields, tuples, plain scalars.

    `missing` and `failed` are the chances, at each level, that a value is absent or FAILED. `known` are the values of
    fields by name, where the type alone says too little.
    """

    rng: Random
    missing: float = 0.12
    failed: float = 0.0
    known: Mapping[str, Callable[[Random], Any]] = field(default_factory=lambda: MappingProxyType({}))

    def record(self, kind: types.Record) -> dict[str, Any]:
        """A record with some of its fields."""
        out = {}
        for name, of in kind.fields.items():
            value = self._maybe(partial(self._field, name, of.type))
            if value is not None:
                out[name] = value
        return out

    def value(self, kind: types.Type) -> Any:
        """A value of the type; None or FAILED at times."""
        return self._maybe(lambda: self.present(kind))

    def present(self, kind: types.Type) -> Any:
        """A value of the type that is there, though parts of it may be missing."""
        rng = self.rng
        match kind:
            case types.Boolean():
                return rng.random() < 0.5
            case types.Number(integer=True):
                return literals.integer_nearby(rng)
            case types.Number():
                return literals.number_nearby(rng) + 0  # the strict reader lets no -0.0 in
            case types.String():
                return literals.text(rng)
            case types.Enum(values=values):
                return rng.choice(values)
            case types.Date():
                return literals.day_nearby(rng)
            case types.Instant():
                return literals.instant_nearby(rng)
            case types.ListOf(item=item):
                return tuple(self.value(item) for _ in range(rng.choice(_SIZES)))
            case types.MapOf(value=value):
                found = {key: self.value(value) for key in rng.sample(_KEYS, rng.randrange(4))}
                return {key: of for key, of in found.items() if of is not None}
            case types.Record():
                return self.record(kind)
        return None

    def _field(self, name: str, kind: types.Type) -> Any:
        if name in self.known:
            return self.known[name](self.rng)
        return self.rng.choice(_IDS) if name == "id" else self.present(kind)

    def _maybe(self, make: Callable[[], Any]) -> Any:
        chance = self.rng.random()
        if chance < self.missing:
            return None
        return FAILED if chance < self.missing + self.failed else make()


def forget(
    value: Any, rng: Random, chance: float = 0.15, *, blank: Any = None, keep: frozenset[str] = frozenset()
) -> Any:
    """The value with some of what is known in it gone: missing, or `blank`. A list keeps its length.

    Fields named in `keep` stay.
    """
    if isinstance(value, dict):
        out = {}
        for name, of in value.items():
            left = of if name in keep else _forgotten(of, rng, chance, blank, keep)
            if left is not None:
                out[name] = left
        return out
    if isinstance(value, tuple):
        return tuple(_forgotten(of, rng, chance, blank, keep) for of in value)
    return value


def _forgotten(value: Any, rng: Random, chance: float, blank: Any, keep: frozenset[str]) -> Any:
    if rng.random() < chance:
        return blank
    return forget(value, rng, chance, blank=blank, keep=keep)


def shuffled(value: Any, rng: Random, *, keep: frozenset[str] = frozenset()) -> Any:
    """The value with the items of every list, and the entries of every record and map, in another order."""
    if isinstance(value, dict):
        entries = [(name, of if name in keep else shuffled(of, rng, keep=keep)) for name, of in value.items()]
        rng.shuffle(entries)
        return dict(entries)
    if isinstance(value, tuple | list):
        items = [shuffled(of, rng, keep=keep) for of in value]
        rng.shuffle(items)
        return type(value)(items)
    return value


def as_json(value: Any) -> Any:
    """The value as JSON carries it: lists, and moments as text."""
    if isinstance(value, dict):
        return {name: as_json(of) for name, of in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(of) for of in value]
    if isinstance(value, datetime):
        return write_instant(value)
    return value.isoformat() if isinstance(value, date) else value
