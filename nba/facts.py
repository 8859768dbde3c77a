"""Facts: all that a decision knows before a rule is looked at.

The profile with the house's assumptions, the clock with the customer's time zone, and every plugin feature and signal,
computed in the order in which they read each other. A feature that raises or returns another type has failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from nba.language.compiled import Compiled, compile_node
from nba.language.functions import Clock
from nba.language.meaning import Environment
from nba.language.values import FAILED, Value
from nba.ruleset.model import Assumption, Feature, Ruleset
from nba.schema.single import value_reader
from nba.schema.zones import zone


@dataclass(frozen=True)
class Problem:
    """Something that went wrong while deciding, contained: who, what, and what is more careful for it."""

    origin: str
    message: str


class FeatureCall:
    """A plugin's function with its declared reads, contained."""

    def __init__(self, feature: Feature) -> None:
        self.feature = feature
        self._reads = [compile_node(node) for node in feature.reads]
        self._read_value = value_reader(feature.type)

    def __call__(self, env: Environment, errors: list[Problem]) -> Value:
        """The feature's value; FAILED, with an error, when the function raises or returns another type."""
        values = [read(env) for read in self._reads]
        try:
            returned = self.feature.function(*map(frozen, values))
        except Exception as error:  # a plugin may raise anything, and never takes the application down
            errors.append(Problem(self.feature.id, f"raised {type(error).__name__}: {str(error)[:200]}"))
            return FAILED
        value, faults = self._read_value(returned)
        if faults:
            errors.append(Problem(self.feature.id, f"returned {faults[0].found}, declared {faults[0].wanted}"))
            return FAILED
        return value


class FactBase:
    """Computes the facts of a ruleset: made once, used by every decision."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._steps: list[tuple[str, Compiled | None, FeatureCall | None]] = [
            (fact.id, None, FeatureCall(fact))
            if isinstance(fact, Feature)
            else (fact.id, compile_node(fact.node), None)
            for fact in ruleset.facts
        ]
        self._house_zone = zone(ruleset.house.timezone) if ruleset.house.timezone else None

    def compute(
        self,
        profile: Mapping[str, Value],
        context: Mapping[str, Value],
        as_of: datetime,
        stand_ins: Mapping[str, Value],
        errors: list[Problem],
    ) -> Environment:
        """The environment that rules read. `stand_ins` replace facts by id, so that a pack is tested without the others."""
        profile = assume(profile, self._ruleset.assumptions)
        zone_key = profile.get("timezone")
        clock = Clock(as_of, (zone(zone_key) if isinstance(zone_key, str) else None) or self._house_zone)
        env = Environment(profile, context, clock, self._ruleset.settings)
        for id, compute, call in self._steps:
            if id in stand_ins:
                env.facts[id] = stand_ins[id]
            elif call is not None:
                env.facts[id] = call(env, errors)
            elif compute is not None:
                env.facts[id] = compute(env)
        return env


def assume(profile: Mapping[str, Value], assumptions: Iterable[Assumption]) -> Mapping[str, Value]:
    """The profile with the house's assumptions in place of missing fields."""
    for assumption in assumptions:
        profile = _with(profile, assumption.names, assumption.value)
    return profile


def _with(record: Mapping[str, Any], names: tuple[str, ...], value: Value) -> Mapping[str, Value]:
    name, rest = names[0], names[1:]
    if not rest:
        return record if record.get(name) is not None else {**record, name: value}
    return {**record, name: _with(record.get(name) or {}, rest, value)}


def frozen(value: Any) -> Any:
    """A value that a plugin cannot change: mappings as read-only views, all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({name: frozen(of) for name, of in value.items()})
    return tuple(frozen(of) for of in value) if isinstance(value, tuple) else value
