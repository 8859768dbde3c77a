"""Random whole rule sets: a house, packs, and sometimes a plugin. They load by construction."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import nba
from nba.language.show import show
from nba.language.types import Record
from nba.profile import CONTEXT, PROFILE
from nba.schema.from_json_schema import record_from_json_schema
from nba.testing.generation.expressions import Expressions
from nba.testing.generation.plugins import NAME, PluginPlan, plugin_plan
from nba.testing.generation.records import SECTIONS, SURROUNDINGS
from nba.testing.generation.shrinking import smaller_data
from nba.testing.generation.writing import PackWriter, Style, World

_TIERS = ("obligation", "recovery", "care", "retention", "adoption", "growth")
_PACKS = ("service", "sales", "billing", "workshop")
_CORE = ("value", "lifecycle_stage", "birth_date", "propensities", "interactions")
_MISSING_MEANS: Mapping[str, Any] = {
    "service.cases": [],
    "billing.hardship": False,
    "sales.plan.price": 10,
    "service.mood": "medium",
}


def _beside(core: Record, sections: Record, names: tuple[str, ...]) -> Record:
    return Record(core.name, {**{name: core.fields[name] for name in names}, **sections.fields})


PROFILES = _beside(PROFILE, record_from_json_schema(SECTIONS, "profile"), tuple(PROFILE.fields))
"""What the customers of generated rule sets are like."""
CONTEXTS = _beside(CONTEXT, record_from_json_schema(SURROUNDINGS, "context"), tuple(CONTEXT.fields))
_READABLE = _beside(PROFILE, record_from_json_schema(SECTIONS, "profile"), _CORE)


@dataclass(frozen=True)
class RuleSet:
    """A rule set as plain data: the house, and each file of a pack by name."""

    house: dict[str, Any]
    packs: dict[str, dict[str, Any]]
    plugin: PluginPlan | None = None
    world: World | None = field(default=None, repr=False)
    """What it was made in, for more rules to be made."""

    @cached_property
    def orchestrator(self) -> nba.Orchestrator:
        """It, loaded once."""
        return self.load()

    def documents(self) -> dict[str, dict[str, Any]]:
        """What each YAML file says, by its name."""
        return {"house.yaml": self.house, **self.packs}

    def text(self) -> str:
        """All files as one text, to show to people."""
        shown = [f"# {name}\n{_yaml(document)}" for name, document in self.documents().items()]
        return "\n".join([*shown, f"# plugin: {self.plugin}"])

    def write(self, folder: Path) -> None:
        """Write the files into a folder."""
        for name, document in self.documents().items():
            (folder / name).write_text(_yaml(document), encoding="utf-8")
        (folder / "profile.json").write_text(json.dumps(SECTIONS), encoding="utf-8")
        (folder / "context.json").write_text(json.dumps(SURROUNDINGS), encoding="utf-8")

    def load(self, *, features_fail: bool = True, gates_fail: bool = True, matcher: str = "native") -> nba.Orchestrator:
        """The rule set, loaded from files as any other."""
        plugins = None
        if self.plugin is not None:
            plugins = {NAME: self.plugin.module(features_fail=features_fail, gates_fail=gates_fail)}
        with tempfile.TemporaryDirectory() as folder:
            self.write(Path(folder))
            return nba.load(folder, plugins=plugins, matcher=matcher)

    def smaller(self) -> Iterator[RuleSet]:
        """The rule set without one of its parts; not every one of them loads."""
        for name in self.packs:
            yield replace(self, packs={other: of for other, of in self.packs.items() if other != name})
        if self.plugin is not None:
            yield replace(self, plugin=None)
            for less in self.plugin.smaller():
                yield replace(self, plugin=less)
        for house in smaller_data(self.house):
            yield replace(self, house=house)
        for packs in smaller_data(self.packs):
            yield replace(self, packs=packs)


def _yaml(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)  # JSON is YAML, and says just what it means


def rule_set(rng: Random, style: Style = Style()) -> RuleSet:  # noqa: B008 - it is frozen
    """A random rule set."""
    tiers = _tiers(rng)
    names = rng.sample(_PACKS, rng.randrange(style.packs[0], style.packs[1] + 1))
    allowed = {
        name: sorted(rng.sample(tiers, rng.randrange(2, len(tiers) + 1)), key=tiers.index)
        for name in names
        if rng.random() < 0.5
    }
    allowed["desk"] = list(tiers)
    world = World(_READABLE, CONTEXTS, tiers, allowed, style)
    plan = None
    if not style.monotone and rng.random() < 0.5:
        plan = plugin_plan(rng)
        world.facts |= plan.types
    writers = [PackWriter(name, world, rng) for name in names]
    packs: dict[str, dict[str, Any]] = {of.name: {"pack": of.name, "department": of.department} for of in writers}
    for part in ("settings", "signals", "actions", "rules"):
        for of in writers:
            packs[of.name][part] = getattr(of, part)()
    house = _house(rng, world, packs, writers)
    return RuleSet(house, {f"{name}.yaml": pack for name, pack in packs.items()}, plan, world)


def _tiers(rng: Random) -> list[str]:
    """The usual tiers, or fewer, or others among them; growth always below recovery."""
    tiers = [tier for tier in _TIERS if tier in ("recovery", "growth") or rng.random() < 0.8]
    if rng.random() < 0.2:
        tiers.insert(rng.randrange(len(tiers) + 1), "courtesy")
    return tiers


def _house(rng: Random, world: World, packs: dict[str, dict[str, Any]], writers: list[PackWriter]) -> dict[str, Any]:
    house: dict[str, Any] = {"house": "generated", "profile": "profile.json", "context": "context.json"}
    house["tiers"] = world.tiers
    house["departments"] = {name: {"tiers": tiers} for name, tiers in world.allowed.items()}
    if not world.style.monotone:
        house["timezone"] = "Europe/Helsinki"
        assumed = rng.sample(sorted(_MISSING_MEANS), rng.choice((0, 0, 1, 2)))
        house["assume"] = [{"path": p, "missing_means": _MISSING_MEANS[p], "because": "it is so"} for p in assumed]
    if rng.random() < 0.3:
        house["promotional"] = sorted({"growth", rng.choice([t for t in world.tiers if t != "recovery"])})
    house["consent"] = {tier: rng.choice(("marketing", "contact")) for tier in world.tiers if rng.random() < 0.3}
    house["vocabulary"] = {"tags": ["spare"], "departments": ["branch"]}
    for name, settings in world.settings.items():
        if "days" in settings and rng.random() < 0.3:
            house.setdefault("settings", {})[f"{name}.days"] = rng.randrange(100)
    rules = [f"{name}.{rule['id']}" for name, pack in packs.items() for rule in pack["rules"]]
    disabled = rng.sample(rules, 1) if rng.random() < 0.2 else []
    house["disable"] = [{"rule": id, "because": "not here"} for id in disabled]
    house["laws"] = [law(rng, world, writers[0], number) for number in range(rng.choice((0, 1, 1, 2)))]
    return house


def law(rng: Random, world: World, writer: PackWriter, number: int, *, never: bool | None = None) -> dict[str, Any]:
    """A law of the house, of either kind unless it is said which."""
    expressions = Expressions(world.scope(None), rng, monotone=world.style.monotone, depth=3)
    given = {"all": [show(expressions.condition()) for _ in range(rng.randrange(1, 3))]}
    found: dict[str, Any] = {"id": f"law_{number}", "given": given, "because": "the house says so"}
    live = world.live()
    if (rng.random() < 0.7 if never is None else never) or not live:
        return {**found, "never": writer.selector()}
    return {**found, "always": {"action": rng.choice(sorted(live))}}
