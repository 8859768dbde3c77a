"""Facts: all that a decision knows before a rule is looked at.

The profile with the house's assumptions, the clock with the customer's time zone, and every plugin feature and signal,
computed in the order in which they read each other. A feature that raises or returns another type has failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any

from nba.language.compiled import Compiled, compile_node
from nba.language.functions import Clock
from nba.language.meaning import Environment
from nba.language.values import FAILED, Value
from nba.results import DecisionError
from nba.ruleset.model import Assumption, Feature, Ruleset
from nba.schema.single import value_reader
from nba.schema.zones import zone

_ADDRESS = re.compile(r"\b0x[0-9A-Fa-f]{6,}")


class FeatureCall:
    """A plugin's function with its declared reads, contained."""

    def __init__(self, feature: Feature) -> None:
        self.feature = feature
        self._reads = [compile_node(node) for node in feature.reads]
        self._read_value = value_reader(feature.type)

    def __call__(self, env: Environment, errors: list[DecisionError]) -> Value:
        """The feature's value; FAILED, with an error, when the function raises or returns another type.

        When a part of what it reads has failed, so has the feature: the function has no word for that.
        """
        values = [read(env) for read in self._reads]
        if any(map(has_failed, values)):
            return FAILED
        try:
            returned = self.feature.function(*map(frozen, values))
        except Exception as error:  # a plugin may raise anything, and never takes the application down
            errors.append(DecisionError(self.feature.id, raised(error)))
            return FAILED
        value, faults = self._read_value(returned)
        if faults:
            errors.append(DecisionError(self.feature.id, f"returned {faults[0].found}, declared {faults[0].wanted}"))
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
        errors: list[DecisionError],
    ) -> Environment:
        """The environment that rules read.

        `stand_ins` replace facts by id, so that a pack is tested without the others.
        """
        profile = assume(profile, self._ruleset.assumptions)
        env = Environment(profile, context, Clock(as_of, self._zone(profile)), self._ruleset.settings)
        for id, compute, call in self._steps:
            if id in stand_ins:
                env.facts[id] = stand_ins[id]
            elif call is not None:
                env.facts[id] = call(env, errors)
            elif compute is not None:
                env.facts[id] = compute(env)
        return env

    def _zone(self, profile: Mapping[str, Value]) -> tzinfo | None:
        """The customer's time zone; the house's when it is missing, none when it has failed."""
        key = profile.get("timezone")
        if key is None:
            return self._house_zone
        return zone(key) if isinstance(key, str) else None


def assume(profile: Mapping[str, Value], assumptions: Iterable[Assumption]) -> Mapping[str, Value]:
    """The profile with the house's assumptions in place of missing fields."""
    for assumption in assumptions:
        profile = _with(profile, assumption.names, assumption.value)
    return profile


def _with(record: Mapping[str, Any], names: tuple[str, ...], value: Value) -> Mapping[str, Value]:
    """The record with the value where it is missing. What has failed is not missing, and nothing below it is."""
    name, rest = names[0], names[1:]
    found = record.get(name)
    if found is FAILED or (found is not None and not rest):
        return record
    return {**record, name: _with(found or {}, rest, value) if rest else value}


def raised(error: Exception) -> str:
    """What to report of an exception that a plugin raised: short, printable, and the same in every process."""
    try:
        said = str(error)[:1000]
    except Exception:  # an exception's own text may raise as well
        said = ""
    said = "".join(character if character.isprintable() else " " for character in _ADDRESS.sub("0x…", said))
    return f"raised {type(error).__name__}: {said[:200]}" if said.strip() else f"raised {type(error).__name__}"


def has_failed(value: Any) -> bool:
    """Whether a value, or any part of it, has failed."""
    if isinstance(value, Mapping):
        return any(map(has_failed, value.values()))
    return any(map(has_failed, value)) if isinstance(value, tuple) else value is FAILED


def frozen(value: Any) -> Any:
    """A value that a plugin cannot change: mappings as read-only views, all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({name: frozen(of) for name, of in value.items()})
    return tuple(frozen(of) for of in value) if isinstance(value, tuple) else value
