"""Random packs: every construct that a pack can hold, as the plain data that its YAML says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from nba.language import tree, types
from nba.language.check import check
from nba.language.scope import Scope
from nba.language.show import show, show_literal
from nba.language.types import BOOLEAN, NUMBER, STRING, Enum, Record, Type
from nba.source import Written
from nba.testing.generation import literals
from nba.testing.generation.customers import CHANNELS
from nba.testing.generation.expressions import Expressions

TAGS = ("offer", "human", "credit")
_LISTS = (("service.cases", "id"), ("sales.orders", "number"), ("sales.interests", ""))
_PLACES = ("{id}", "{service.mood}", "{billing.overdue_days}", "{sales.plan.ends_on}", "{name}")
_SETTINGS: Mapping[str, tuple[dict[str, Any], Type]] = {
    "days": ({"type": "integer", "default": 10, "min": 0, "max": 100}, NUMBER),
    "share": ({"type": "number", "default": 0.5, "min": 0}, NUMBER),
    "strict": ({"type": "boolean", "default": True}, BOOLEAN),
    "word": ({"type": "text", "default": "gold"}, STRING),
    "level": ({"type": "text", "default": "low", "values": ["low", "high"]}, Enum(("low", "high"))),
}


@dataclass(frozen=True)
class Style:
    """What generated rules may contain.

    With `monotone`, nothing in them takes the unknown for something: no `is missing`, `default`, `assume:`,
    `on_unknown: allow`, house time zone or plugin.
    """

    monotone: bool = False
    packs: tuple[int, int] = (1, 4)


@dataclass
class World:
    """What is declared so far, of all packs: packs may speak of each other's signals and actions."""

    profile: Record
    context: Record
    tiers: list[str]
    allowed: dict[str, list[str]]
    """The tiers that each department may use."""
    style: Style
    facts: dict[str, Type] = field(default_factory=dict)
    settings: dict[str, dict[str, Type]] = field(default_factory=dict)
    actions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By full id, as they are declared."""

    def scope(self, pack: str | None) -> Scope:
        """What the rules of a pack, or the house's laws, can see."""
        names = self.settings.get(pack, {}) if pack else {}
        return Scope(self.profile, self.context, self.facts, names, pack, {}, frozenset(self.settings))

    def live(self) -> dict[str, dict[str, Any]]:
        """The actions that are more than drafts."""
        return {id: of for id, of in self.actions.items() if of.get("status") != "draft"}


@dataclass
class PackWriter:
    """Writes one pack. Its four parts are asked for in order, for all packs before the next part."""

    name: str
    world: World
    rng: Random

    @property
    def department(self) -> str:
        """The pack's own department: half of the packs share one with the house's own people."""
        return self.name if self.name in self.world.allowed else "desk"

    def settings(self) -> dict[str, Any]:
        """Some settings."""
        chosen = self.rng.sample(sorted(_SETTINGS), self.rng.randrange(4))
        self.world.settings[self.name] = {name: _SETTINGS[name][1] for name in chosen}
        return {name: dict(_SETTINGS[name][0]) for name in chosen}

    def signals(self) -> dict[str, Any]:
        """Signals of all three forms; each may read those before it."""
        found = {}
        for number in range(self.rng.randrange(4)):
            name = f"signal_{number}"
            found[name], kind = self._signal()
            self.world.facts[f"{self.name}.{name}"] = kind
        return found

    def _signal(self) -> tuple[dict[str, Any], Type]:
        form = self.rng.randrange(3)
        if form == 0:
            return {"when": self._condition(), "because": "so it is"}, BOOLEAN
        if form == 1:
            kind = self.rng.choice((NUMBER, NUMBER, STRING, types.DATE, types.INSTANT, BOOLEAN))
            text = show(self._expressions().of(kind))
            node = check(Written.of(text), self.world.scope(self.name))
            return {"value": text}, tree.type_of(node)
        kind = self.rng.choice((NUMBER, STRING, BOOLEAN))
        rows = [{"when": self._condition(), "is": self._plain(kind)} for _ in range(self.rng.randrange(1, 3))]
        if self.rng.random() < 0.5:
            rows.append({"is": self._plain(kind)})
        named = Enum(tuple(dict.fromkeys(row["is"] for row in rows))) if kind == STRING else kind
        return {"first_of": rows}, named

    def actions(self) -> dict[str, Any]:
        """Actions of the tiers that the department may use."""
        found = {f"action_{number}": self._action() for number in range(self.rng.randrange(1, 5))}
        self.world.actions.update({f"{self.name}.{name}": of for name, of in found.items()})
        return found

    def _action(self) -> dict[str, Any]:
        rng = self.rng
        found: dict[str, Any] = {}
        found["tier"] = rng.choice(self.world.allowed.get(self.department, self.world.tiers))
        expressions = self._expressions()
        if rng.random() < 0.35:
            (over, key), item = rng.choice(_LISTS), "i"
            found |= {"for_each": f"{item} in {over}", "key": f"{item}.{key}" if key else item}
            node = check(Written.of(over), self.world.scope(self.name))
            kind = tree.type_of(node)
            assert isinstance(kind, types.ListOf)
            expressions = expressions.item_of(item, kind.item)
            if rng.random() < 0.4:
                found["at_most"] = rng.randrange(1, 3)
        if rng.random() < 0.7:
            found["channels"] = rng.sample(CHANNELS, rng.randrange(1, 4))
        if rng.random() < 0.5:
            found["tags"] = rng.sample(TAGS, rng.randrange(1, 3))
        if rng.random() < 0.15 and not self.world.style.monotone:
            found["valid"] = rng.choice(({"from": "2026-11-22"}, {"until": "2026-11-22"}, {"until": "2026-11-21"}))
        if rng.random() < 0.3:
            found["exclusive"] = rng.choice(("one", "other"))
        for factor in ("propensity", "context_weight", "value", "lever"):
            if rng.random() < 0.3:
                found[factor] = self._factor(expressions)
        if rng.random() < 0.5:
            found["payload"] = {
                "what": show(expressions.of(rng.choice((NUMBER, STRING, types.DATE)))),
                "text": self._text(),
            }
        found["status"] = rng.choices(("live", "shadow", "draft"), (16, 1, 1))[0]
        return found

    def _factor(self, expressions: Expressions) -> str:
        kind = self.rng.randrange(6)
        if kind < 2:
            return show_literal(self.rng.choice((0, 0.5, 1, 2, 10)))
        number = show(expressions.of(NUMBER))
        if kind == 2 and not self.world.style.monotone and not number.startswith("-"):
            return f"min({number}, 1000)"  # may be negative for some customer, which is a fault
        inner = number if self.world.style.monotone or kind == 3 else f"default(({number}), 1)"
        return f"clamp({inner}, 0, 1000)"

    def rules(self) -> list[dict[str, Any]]:
        """Rules of all effects. Each own action has a rule that proposes it."""
        own = [id for id in self.world.actions if id.startswith(f"{self.name}.")]
        found = [self._proposal(id) for id in own if self.rng.random() < 0.95]
        for _ in range(self.rng.randrange(2, 7)):
            make = self.rng.choice((self._block, self._block, self._require, self._weigh, self._notify, self._table))
            found.append(make())
        for number, rule in enumerate(found):
            rule["id"] = f"rule_{number}"
            if self.rng.random() < 0.12:
                rule["status"] = self.rng.choice(("shadow", "draft"))
            if self.rng.random() < 0.1:
                rule["with"] = [self.rng.choice((*self.world.settings, "nobody"))]
        return found

    def _proposal(self, id: str) -> dict[str, Any]:
        action = self.world.actions[id]
        expressions = self._expressions()
        if "for_each" in action:
            item, _, over = action["for_each"].partition(" in ")
            kind = tree.type_of(check(Written.of(over), self.world.scope(self.name)))
            assert isinstance(kind, types.ListOf)
            return {"when": self._when(expressions.item_of(item, kind.item)), "propose": id, "because": "it is time"}
        others = [other for other, of in self.world.actions.items() if "for_each" not in of]
        propose: Any = id.partition(".")[2] if self.rng.random() < 0.5 else id
        if self.rng.random() < 0.15:
            propose = sorted({id, self.rng.choice(others)})
        rule = {"when": self._when(expressions), "propose": propose, "because": "it is time"}
        if self.rng.random() < 0.1:
            rule["notify"] = self._notice()
        return rule

    def guard(self) -> dict[str, Any]:
        """A rule that blocks."""
        return self._block() if self.rng.random() < 0.6 else self._require()

    def _block(self) -> dict[str, Any]:
        rule = {"when": self._guarding(), "block": self.selector(), "because": "not now"}
        if self.rng.random() < 0.2:
            rule["except"] = self.selector()
        return self._lenient(rule)

    def _require(self) -> dict[str, Any]:
        rule = {"for": self.selector(), "require": self._mostly(), "because": "the rules say so"}
        if self.rng.random() < 0.4:
            rule["when"] = self._guarding()
        return self._lenient(rule)

    def _lenient(self, rule: dict[str, Any]) -> dict[str, Any]:
        if self.rng.random() < 0.2 and not self.world.style.monotone:
            rule["on_unknown"] = "allow"
        return rule

    def _weigh(self) -> dict[str, Any]:
        return {"when": self._condition(), "weigh": self._weight(), "because": "it fits better"}

    def _weight(self) -> dict[str, Any]:
        return {"select": self.selector(channel=False), "by": self._factor(self._expressions())}

    def _notify(self) -> dict[str, Any]:
        return {"when": self._condition(), "notify": self._notice()}

    def _notice(self) -> dict[str, Any]:
        return {"department": self.rng.choice([self.department, *self.world.allowed]), "message": self._text()}

    def _text(self) -> str:
        return f"About {self.rng.choice(_PLACES)}: {self.rng.choice(_PLACES)}."

    def _table(self) -> dict[str, Any]:
        kinds = [self.rng.choice((NUMBER, BOOLEAN, STRING)) for _ in range(self.rng.randrange(1, 3))]
        expressions = [self._expressions().of(kind) for kind in kinds]
        inputs = {f"in_{number}": show(expression) for number, expression in enumerate(expressions)}
        nodes = {name: check(Written.of(text), self.world.scope(self.name)) for name, text in inputs.items()}
        rows = []
        for number in range(self.rng.randrange(1, 4)):
            row: dict[str, Any] = {"id": f"row_{number}", "because": "the table says so"}
            row |= {name: self._cell(node) for name, node in nodes.items()}
            row |= self.rng.choice(({"block": self.selector()}, {"weigh": self._weight()}, {"notify": self._notice()}))
            rows.append(row)
        rule: dict[str, Any] = {"table": {"inputs": inputs, "rows": rows}}
        if self.rng.random() < 0.3:
            rule["when"] = self._condition()
        return rule

    def _cell(self, node: tree.Node) -> Any:
        """A cell of any form that suits the input."""
        rng, kind = self.rng, tree.type_of(node)
        if rng.random() < 0.15:
            return "-"
        path = isinstance(node, tree.Path | tree.Fact | tree.Get | tree.Lookup)
        if path and not self.world.style.monotone and rng.random() < 0.2:
            return "missing"
        if isinstance(kind, types.Boolean):
            return rng.random() < 0.5
        if isinstance(kind, Enum):
            texts = [f'"{value}"' for value in kind.values if '"' not in value and "\\" not in value] or ["-"]
        elif isinstance(kind, types.Number):
            low, high = sorted((rng.choice((-1, 0, 1)), rng.choice((1, 2, 10, 0.5))))
            texts = [f"< {high}", f"{low}..{high}", f">= {low}", f"{low}", f"{low} | {high}"]
        else:
            texts = ['"gold"', '"gold" | "a b"', 'not "Gold"']
        found = rng.choice(texts)
        return f"not {found}" if rng.random() < 0.1 and not found.startswith(("not", "-")) else found

    def selector(self, *, channel: bool = True) -> dict[str, Any]:
        """Some of the declared actions, by one or two keys."""
        rng, found = self.rng, {}
        words: dict[str, list[str]] = {
            "tier": self.world.tiers,
            "action": sorted(self.world.actions),
            "department": sorted({*self.world.allowed}) or [self.department],
            "tag": sorted({tag for of in self.world.actions.values() for tag in of.get("tags", ())}),
            "channel": sorted({c for of in self.world.actions.values() for c in of.get("channels", ())}),
        }
        if not channel:
            del words["channel"]
        usable = [name for name, known in words.items() if known]
        for name in rng.sample(usable, rng.choice((1, 1, 1, 2))):
            known = words[name]
            found[name] = rng.choice(known) if rng.random() < 0.7 else rng.sample(known, min(2, len(known)))
        return found

    # Conditions

    def _expressions(self, depth: int = 3) -> Expressions:
        return Expressions(self.world.scope(self.name), self.rng, monotone=self.world.style.monotone, depth=depth)

    def _condition(self, expressions: Expressions | None = None) -> Any:
        """A condition in any of the forms that YAML has for it."""
        expressions = expressions or self._expressions()
        form = self.rng.randrange(10)
        if form < 2:
            items = [self._condition(expressions) for _ in range(self.rng.randrange(1, 4))]
            return {("all", "any")[form]: items}
        return {"not": self._condition(expressions)} if form == 2 else show(expressions.condition())

    def _when(self, expressions: Expressions) -> Any:
        """When to propose: often, so that there is something to decide."""
        return True if self.rng.random() < 0.5 else self._condition(expressions)

    def _guarding(self) -> Any:
        """When to block: not often, so that something is left."""
        return {"all": [self._condition(), self._condition()]} if self.rng.random() < 0.7 else self._condition()

    def _mostly(self) -> Any:
        return {"any": [self._condition(), self._condition()]} if self.rng.random() < 0.7 else self._condition()

    def _plain(self, kind: Type) -> Any:
        if kind == BOOLEAN:
            return self.rng.random() < 0.5
        return self.rng.choice((0, 1, 2.5)) if kind == NUMBER else self.rng.choice(literals.TEXTS[:4])
