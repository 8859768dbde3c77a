"""What generated expressions are about when no rule set is: a scope with everything in it, and environments for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from nba.language import tree, types
from nba.language.functions import Clock
from nba.language.meaning import Environment
from nba.language.scope import Scope
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Enum, Type
from nba.language.values import FAILED
from nba.schema.from_json_schema import record_from_json_schema
from nba.schema.zones import zone
from nba.testing.generation import literals
from nba.testing.generation.data import Data, forget, shuffled
from nba.testing.generation.records import SECTIONS, SURROUNDINGS

PROFILE = record_from_json_schema(SECTIONS, "profile")
CONTEXT = record_from_json_schema(SURROUNDINGS, "context")
_LEVEL = Enum(("low", "medium", "high"), ordered=True)
FACTS: Mapping[str, Type] = {
    "service.owed": BOOLEAN,
    "service.days": NUMBER,
    "service.care": _LEVEL,
    "sales.word": STRING,
    "sales.since": INSTANT,
    "billing.promised_on": DATE,
}
SETTINGS: Mapping[str, Type] = {"days": NUMBER, "strict": BOOLEAN, "word": STRING, "least": Enum(("low", "high"))}
SCOPE = Scope(PROFILE, CONTEXT, FACTS, SETTINGS, "service", {}, frozenset({"service", "sales", "billing"}))


@dataclass(frozen=True)
class World:
    """All that an expression may read, as plain data."""

    profile: dict[str, Any]
    context: dict[str, Any]
    facts: dict[str, Any]
    settings: dict[str, Any]
    zone: str | None

    def environment(self) -> Environment:
        """It, as expressions read it."""
        clock = Clock(literals.AS_OF, zone(self.zone) if self.zone else None)
        settings = {f"service.{name}": value for name, value in self.settings.items()}
        return Environment(self.profile, self.context, clock, settings, dict(self.facts))

    def forgetting(self, rng: Random, blank: Any = None) -> World:
        """The world with some of what is known gone: missing, or `blank`."""
        facts = {id: blank if rng.random() < 0.2 else value for id, value in self.facts.items()}
        profile, context = (forget(of, rng, blank=blank) for of in (self.profile, self.context))
        return World(
            profile, context, facts, self.settings, self.zone if blank is FAILED or rng.random() < 0.8 else None
        )

    def shuffled(self, rng: Random) -> World:
        """The world with every list in another order."""
        return World(shuffled(self.profile, rng), shuffled(self.context, rng), self.facts, self.settings, self.zone)


def world(rng: Random, *, missing: float = 0.12, failed: float = 0.03) -> World:
    """A random world."""
    data = Data(rng, missing, failed)
    sure = Data(rng, 0.0)
    facts = {id: data.value(kind) for id, kind in FACTS.items()}
    settings = {name: sure.present(kind) for name, kind in SETTINGS.items()}
    place = rng.choice((*literals.ZONES, None))
    return World(data.record(PROFILE), data.record(CONTEXT), facts, settings, place)


def first_of(conditions: list[tree.Node], rng: Random) -> tree.FirstOf:
    """A signal of rows, the last of which may hold always."""
    rows = [(condition, tree.Constant(rng.randrange(3), NUMBER)) for condition in conditions]
    if rng.random() < 0.5:
        rows.append((tree.Constant(True, types.BOOLEAN), tree.Constant(9, NUMBER)))
    return tree.FirstOf(tuple(rows), NUMBER)
