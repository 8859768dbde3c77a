"""The same seeded rules and customers for every engine.

A customer has numbers, texts and yes-or-noes, some of them in two nested sections. A rule is three to five comparisons
of different fields joined by *and*, chosen so that it holds for a given share of the customers. Most rules propose an
action; some block actions of a tag, some weigh.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal, TypeAlias

Customer: TypeAlias = dict[str, Any]
Operator: TypeAlias = Literal["<", ">=", "==", "!=", "in"]

TOP = 1000
"""Numbers are whole and below this: not every engine has fractions."""
WORDS = ("amber", "blue", "coral", "denim", "ebony")
SECTIONS = ("usage", "service")
AS_OF = "2026-11-22T09:00:00Z"


@dataclass(frozen=True)
class Field:
    """A field of a customer: at the top, or in a section."""

    name: str
    kind: Literal["number", "text", "bool"]
    section: str = ""

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}" if self.section else self.name

    @property
    def flat(self) -> str:
        """The name where an engine has no nested data."""
        return self.path.replace(".", "_")

    def draw(self, rng: Random) -> Any:
        if self.kind == "number":
            return rng.randrange(TOP)
        return rng.choice(WORDS) if self.kind == "text" else rng.random() < 0.5

    def of(self, customer: Mapping[str, Any]) -> Any:
        """Its value; None when it is missing."""
        return (customer.get(self.section, {}) if self.section else customer).get(self.name)


@dataclass(frozen=True)
class Condition:
    """A field compared with a literal, or with several of which it is one."""

    field: Field
    operator: Operator
    value: Any

    def holds(self, customer: Mapping[str, Any]) -> bool | None:
        """Its truth, None when the field is missing. Written once more, plainly, so that no engine is its own judge."""
        value = self.field.of(customer)
        if value is None:
            return None
        match self.operator:
            case "<":
                return bool(value < self.value)
            case ">=":
                return bool(value >= self.value)
            case "==":
                return bool(value == self.value)
            case "!=":
                return bool(value != self.value)
            case "in":
                return value in self.value


@dataclass(frozen=True)
class Rule:
    """Conditions of which all must hold, and what happens then."""

    conditions: tuple[Condition, ...]
    effect: Literal["propose", "block", "weigh"]
    target: str
    """The action that is proposed; or the tag of those that are blocked or weighed."""

    def holds(self, customer: Mapping[str, Any]) -> bool | None:
        truths = [of.holds(customer) for of in self.conditions]
        return False if False in truths else None if None in truths else True


@dataclass(frozen=True)
class Action:
    """An action with a score of its own, so that no two are equal."""

    id: str
    tier: str
    tag: str
    score: int


@dataclass(frozen=True, eq=False)
class Workload:
    """Rules and customers. Equal to itself alone, so that what is made of it can be kept beside it."""

    fields: tuple[Field, ...]
    tiers: tuple[str, ...]
    actions: tuple[Action, ...]
    tags: int
    rules: tuple[Rule, ...]
    customers: tuple[Customer, ...]

    def matching(self, customer: Customer) -> frozenset[int]:
        """The numbers of the rules that hold."""
        return frozenset(number for number, rule in enumerate(self.rules) if rule.holds(customer) is True)

    def chosen(self, customer: Customer) -> str | None:
        """The next best action, by the guarantees in their plainest form: the best in the highest tier unblocked."""
        proposed: set[str] = set()
        blocked: set[str] = set()
        weights: dict[str, int] = {}
        for rule in self.rules:
            truth = rule.holds(customer)
            if rule.effect == "block" and truth is not False:
                blocked.add(rule.target)
            elif rule.effect == "propose" and truth:
                proposed.add(rule.target)
            elif rule.effect == "weigh" and truth:
                weights[rule.target] = weights.get(rule.target, 1) * 2
        left = [of for of in self.actions if of.id in proposed and of.tag not in blocked]
        best = min(left, key=lambda of: (self.tiers.index(of.tier), -of.score * weights.get(of.tag, 1)), default=None)
        return None if best is None else f"bench.{best.id}"

    @property
    def share(self) -> float:
        """Which part of the rules holds, on average over the customers."""
        matches = sum(len(self.matching(of)) for of in self.customers)
        return matches / max(1, len(self.rules) * len(self.customers))


def make(
    count: int,
    *,
    fields: int = 42,
    share: float = 0.1,
    missing: float = 0.0,
    tiers: int = 6,
    guards: int | None = None,
    customers: int = 100,
) -> Workload:
    """So many rules and customers: the same for the same arguments, in every process.

    Args:
        count: how many rules; a tenth of them block and a twentieth weigh.
        fields: how many fields a customer has.
        share: which part of the rules is to hold for a customer.
        missing: which part of the fields a customer lacks.
        tiers: how many tiers the house has.
        guards: so many blocking rules instead, beside `count` that propose.
        customers: how many customers.
    """
    rng = Random(f"rules {count} {fields} {share} {tiers} {guards}")
    made = _fields(fields)
    names = ("recovery", *(f"tier_{of}" for of in range(2, tiers)), "growth")
    tags = max(20, count // 20, (guards or 0) // 2)  # as many as leave most actions unblocked
    actions = _actions(max(5, min(200, count // 5)), names, tags, rng)
    rules = tuple(_rules(count, made, actions, tags, share, guards, rng))
    people = Random(f"customers {fields} {missing}")
    return Workload(
        made, names, actions, tags, rules, tuple(_customer(made, missing, people) for _ in range(customers))
    )


def _fields(count: int) -> tuple[Field, ...]:
    """Half numbers, a third texts, the rest yes or no; one in four in a section."""
    kinds: list[Literal["number", "text", "bool"]] = ["number", "text", "number", "bool", "number", "text"]
    return tuple(Field(f"f{of}", kinds[of % 6], SECTIONS[of // 4 % 2] if of % 4 == 3 else "") for of in range(count))


def _actions(count: int, tiers: Sequence[str], tags: int, rng: Random) -> tuple[Action, ...]:
    scores = rng.sample(range(1, 50 * count), count)
    # A score that is not twice (or four times) another's, so that weights make no two equal.
    odd = [2 * of + 1 for of in scores]
    return tuple(Action(f"a{of}", tiers[of % len(tiers)], f"tag_{of % tags}", odd[of]) for of in range(count))


def _rules(
    count: int,
    fields: Sequence[Field],
    actions: Sequence[Action],
    tags: int,
    share: float,
    guards: int | None,
    rng: Random,
) -> Iterator[Rule]:
    for number in range(count + (guards or 0)):
        conditions = _conditions(fields, share, rng)
        turn = number % 20
        if number >= count or (guards is None and turn in (7, 17)):
            yield Rule(conditions, "block", f"tag_{rng.randrange(tags)}")
        elif guards is None and turn == 13:
            yield Rule(conditions, "weigh", f"tag_{rng.randrange(tags)}")
        else:
            yield Rule(conditions, "propose", rng.choice(actions).id)


def _conditions(fields: Sequence[Field], share: float, rng: Random) -> tuple[Condition, ...]:
    """Three to five on different fields; a number comes last, and takes what is left to make the share."""
    while True:
        chosen = rng.sample(fields, rng.randint(3, 5))
        numbers = [of for of in chosen if of.kind == "number"]
        if not numbers:
            continue
        last = numbers[-1]
        left, found = share, []
        for place, field in enumerate(of for of in chosen if of is not last):
            part = left ** (1 / (len(chosen) - place))
            condition, probability = _condition(field, part, rng)
            left /= probability
            found.append(condition)
        if left <= 1:
            return (*found, _condition(last, left, rng)[0])


def _condition(field: Field, probability: float, rng: Random) -> tuple[Condition, float]:
    """A condition that holds about as often as asked, and how often it holds."""
    if field.kind == "bool":
        return Condition(field, "==", rng.random() < 0.5), 0.5
    if field.kind == "number":
        bound = max(1, min(TOP - 1, round(probability * TOP)))
        below = rng.random() < 0.5
        return Condition(field, "<" if below else ">=", bound if below else TOP - bound), bound / TOP
    kept = max(1, min(len(WORDS) - 1, round(probability * len(WORDS))))
    words = tuple(rng.sample(WORDS, kept))
    if kept == 1:
        return Condition(field, "==", words[0]), kept / len(WORDS)
    if kept == len(WORDS) - 1:
        (other,) = set(WORDS) - set(words)
        return Condition(field, "!=", other), kept / len(WORDS)
    return Condition(field, "in", words), kept / len(WORDS)


def _customer(fields: Sequence[Field], missing: float, rng: Random) -> Customer:
    customer: Customer = {section: {} for section in SECTIONS}
    for field in fields:
        value = field.draw(rng)
        if rng.random() >= missing:
            (customer[field.section] if field.section else customer)[field.name] = value
    return customer


# The same rules for nba.


def expression(condition: Condition) -> str:
    """In the rule language of nba."""
    value = condition.value
    shown = f"[{', '.join(map(literal, value))}]" if condition.operator == "in" else literal(value)
    return f"{condition.field.path} {condition.operator} {shown}"


def literal(value: Any) -> str:
    """A number, a text or a truth, as most languages write it."""
    return json.dumps(value)


def write_rules(work: Workload, folder: Path) -> Path:
    """A folder of rules that nba loads."""
    types = {"number": "number", "text": "string", "bool": "boolean"}
    properties: dict[str, Any] = {name: {"type": "object", "properties": {}} for name in SECTIONS}
    for field in work.fields:
        home = properties[field.section]["properties"] if field.section else properties
        home[field.name] = {"type": types[field.kind]}
    house = {
        "house": "bench",
        "profile": "profile.schema.json",
        "timezone": "UTC",
        "tiers": list(work.tiers),
        "promotional": ["growth"],
        "vocabulary": {"tags": [f"tag_{of}" for of in range(work.tags)]},
    }
    pack = {
        "pack": "bench",
        "actions": {
            of.id: {"title": f"Action {of.id}", "tier": of.tier, "tags": [of.tag], "value": of.score}
            for of in work.actions
        },
        "rules": [
            {
                "id": f"r{number}",
                "when": " and ".join(map(expression, rule.conditions)),
                **_effect(rule),
                "because": "so it is",
            }
            for number, rule in enumerate(work.rules)
        ],
    }
    (folder / "profile.schema.json").write_text(json.dumps({"type": "object", "properties": properties}))
    (folder / "house.yaml").write_text(json.dumps(house))  # JSON is YAML
    (folder / "pack.yaml").write_text(json.dumps(pack))
    return folder


def _effect(rule: Rule) -> dict[str, Any]:
    if rule.effect == "propose":
        return {"propose": rule.target}
    if rule.effect == "block":
        return {"block": {"tag": rule.target}}
    return {"weigh": {"select": {"tag": rule.target}, "by": 2}}
