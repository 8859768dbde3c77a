"""What the rules compare each place of a profile with: read off the checked trees of everything that decides.

A comparison is turned round until it says something of a place: of `days_since(c.opened_at) + 1 > settings.days` it is
`service.cases[].opened_at`, so many days before the moment of the decision.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, TypeAlias

from nba.language import tree, types
from nba.language.functions import FUNCTIONS, Clock
from nba.language.meaning import Environment, evaluate
from nba.reads import CALENDAR
from nba.ruleset.model import Feature, ItemRules, Ruleset, Signal, Statement
from nba.testing.strategies.moments import DAY, Ago, DayAgo, Relative
from nba.testing.strategies.places import AS_OF, EACH, VALUE, Items, Place, place_of

Literal: TypeAlias = "bool | float | str | date | Relative"
_NO_TIME = Clock(datetime(2000, 1, 1, tzinfo=UTC))
_HOUR = DAY // 24
_LONGEST = 64  # of texts and lists whose length a rule asks for


@dataclass
class Interest:
    """By place: what it is compared with. What stands in `reads` is read by some rule."""

    values: dict[Place, dict[Literal, None]] = field(default_factory=dict)
    """In the order in which they were found."""
    keys: dict[Place, dict[str, None]] = field(default_factory=dict)
    """By the place of a map: the keys that are looked up."""
    sizes: dict[Place, dict[int, None]] = field(default_factory=dict)
    """By the place of a list, map or text: the lengths that are asked for."""
    reads: set[Place] = field(default_factory=set)
    wholes: set[Place] = field(default_factory=set)
    """What plugins read, with all that is in it."""
    identities: set[Place] = field(default_factory=set)
    """What tells the items of an action apart."""

    def add(self, place: Place | None, *values: Literal) -> None:
        """Note what a place is compared with."""
        if place is not None:
            self.reads.add(place)
            self.values.setdefault(place, {}).update(dict.fromkeys(values))

    def add_keys(self, place: Place | None, *keys: str) -> None:
        """Note keys that are looked up in a map."""
        if place is not None:
            self.keys.setdefault(place, {}).update(dict.fromkeys(keys))


def interest_of(ruleset: Ruleset) -> Interest:
    """All that the rules, laws, signals, scores, payloads' items and gates of a ruleset compare places with."""
    finder = _Finder(ruleset)
    for node, items in finder.roots(ruleset):
        finder.walk(node, items)
    finder.link()
    found = finder.found
    channels = dict.fromkeys(channel for action in ruleset.actions.values() for channel in action.channels)
    purposes = dict.fromkeys(action.purpose for action in ruleset.actions.values() if action.purpose is not None)
    consents: Place = ("profile", "consents")
    if purposes:
        found.reads |= {consents, (*consents, VALUE, "granted"), (*consents, VALUE, "channels")}
        found.reads.add((*consents, VALUE, "channels", VALUE))
        found.add_keys(consents, *purposes)
        found.add_keys((*consents, VALUE, "channels"), *channels)
    found.add(("profile", "preferred_channels", EACH), *channels)
    found.add(("context", "channel"), *channels)
    found.reads |= {("context", "direction"), ("profile", "preferred_channels")}
    for place, words in (
        (("profile", "interactions", EACH, "action"), ruleset.actions),
        (("profile", "interactions", EACH, "channel"), channels),
        (("profile", "interactions", EACH, "department"), dict.fromkeys(of.department for of in ruleset.packs)),
    ):
        if place in found.reads:
            found.add(place, *words)
    for assumption in ruleset.assumptions:
        found.reads.add(("profile", *assumption.names))
    return found


class _Finder:
    def __init__(self, ruleset: Ruleset) -> None:
        self.found = Interest()
        self.facts = {fact.id: fact.node for fact in ruleset.facts if isinstance(fact, Signal)}
        self.settings = Environment({}, {}, _NO_TIME, ruleset.settings)
        self.alike: list[tuple[Place, Place]] = []
        self.keyed: list[tuple[Place, Place]] = []

    def roots(self, ruleset: Ruleset) -> Iterator[tuple[tree.Node, Items]]:
        """Every node that a decision looks at, with the places of the items in it."""
        for fact in ruleset.facts:
            if isinstance(fact, Signal):
                yield fact.node, {}
        features = [fact for fact in ruleset.facts if isinstance(fact, Feature)]
        read = [*(of.reads for of in features), *(of.reads for of in ruleset.gates)]
        for node in [node for nodes in read for node in nodes]:
            yield node, {}
            place = place_of(node, {}, self.facts)
            if place is not None:
                self.found.wholes.add(place)
        of_rule: dict[str, Items] = {}
        for action in ruleset.actions.values():
            items: Items = {}
            if action.for_each is not None:
                each = action.for_each
                yield each.over, {}
                above = place_of(each.over, {}, self.facts)
                items = {each.item: None if above is None else (*above, EACH)}
                key = place_of(each.key, items, self.facts)
                if key is not None:
                    self.found.identities.add(key)
                    numbers = isinstance(tree.type_of(each.key), types.Number)
                    self.found.add(key, *((1, 2) if numbers else ("K1", "K2")))
                yield each.key, items
                rules = ruleset.items.get(action.id)
                if rules is not None:
                    of_rule |= {of.id: items for of in _about_items(rules)}
            for factor in action.score.factors.values():
                yield factor, items
                self.push(factor, 0, items)
        for statement in ruleset.statements:
            yield statement.condition, of_rule.get(statement.id, {})
        for guard in ruleset.guards:
            yield guard.rule.condition, {}
        for weight in ruleset.weights:
            yield weight.by, {}
            self.push(weight.by, 0, {})

    def link(self) -> None:
        """Places that are compared with each other get each other's values, and maps the keys they are asked for."""
        for one, other in self.alike:
            both = {**self.found.values.get(one, {}), **self.found.values.get(other, {})}
            self.found.add(one, *both)
            self.found.add(other, *both)
        for mapping, by in self.keyed:
            self.found.add_keys(mapping, "a", *(of for of in self.found.values.get(by, ()) if isinstance(of, str)))
            self.found.add(by, *self.found.keys[mapping])

    def walk(self, node: tree.Node, items: Items) -> None:
        """Note all that is read and compared in a node."""
        place = place_of(node, items, self.facts)
        if place is not None:
            self.found.reads |= {place[:end] for end in range(2, len(place) + 1)}
        match node:
            case tree.Compare(left=left, right=right):
                self.compare(left, right, items)
            case tree.In(item=item, items=tree.Constant(value=tuple() as values)):
                for value in values:
                    self.push(item, value, items)
            case tree.In(item=item, items=within):
                above = place_of(within, items, self.facts)
                if above is not None:
                    self.found.add((*above, EACH), *self.constants(item))
                    inner = place_of(item, items, self.facts)
                    if inner is not None:
                        self.alike.append((inner, (*above, EACH)))
            case tree.Call(name="starts_with" | "ends_with" as name, arguments=(of, part)):
                for text in self.constants(part):
                    self.push(of, text, items)
                    self.push(of, f"{text}~" if name == "starts_with" else f"~{text}", items)
            case tree.Call(name=name, arguments=arguments) if FUNCTIONS[name].reads_clock:
                if name in CALENDAR or types.DATE in map(tree.type_of, arguments):
                    self.found.reads.add(("profile", "timezone"))  # where the customer's days begin
            case tree.Lookup(of=of, key=key):
                above, by = place_of(of, items, self.facts), place_of(key, items, self.facts)
                self.found.add_keys(above, *(of for of in self.constants(key) if isinstance(of, str)))
                if above is not None and by is not None:
                    self.keyed.append((above, by))
        if isinstance(node, tree.Aggregate):
            above = place_of(node.over, items, self.facts)
            self.walk(node.over, items)
            items = {**items, node.item: None if above is None else (*above, EACH)}
            for part in [node.body] if node.where is None else [node.where, node.body]:
                self.walk(part, items)
        else:
            for child in tree.children(node):
                self.walk(child, items)

    def compare(self, left: tree.Node, right: tree.Node, items: Items) -> None:
        """Both sides of a comparison."""
        for side, other in ((left, right), (right, left)):
            for value in self.constants(other):
                self.push(side, value, items)
        one, two = place_of(left, items, self.facts), place_of(right, items, self.facts)
        if one is not None and two is not None:
            self.alike.append((one, two))

    def constants(self, node: tree.Node) -> list[Any]:
        """The value of what is made of literals and settings alone; else the literals that are in it."""
        if isinstance(node, tree.Fact) and node.id in self.facts:
            node = self.facts[node.id]
        if _is_constant(node):
            value = evaluate(node, self.settings)
            return [] if value is None else [value]
        if isinstance(node, tree.FirstOf):
            return [result.value for _, result in node.rows]
        if isinstance(node, tree.Arithmetic | tree.Default | tree.Call):
            return [value for child in tree.children(node) for value in self.constants(child)]
        return []

    def push(self, node: tree.Node, value: Any, items: Items) -> None:
        """Note what the places in a node have to be for its value to be this one."""
        place = place_of(node, items, self.facts)
        if place is not None:
            self.found.add(place, value)
            return
        match node:
            case tree.Fact(id=id) if id in self.facts:
                self.push(self.facts[id], value, {})
            case tree.Arithmetic(operator=operator, left=left, right=right) if _is_number(value):
                for side, wanted in self.solved(operator, left, right, value):
                    self.push(side, wanted, items)
            case tree.Aggregate():
                self.push_aggregate(node, value, items)
            case tree.Call(name=name, arguments=arguments):
                self.push_call(name, arguments, value, items)

    def push_aggregate(self, node: tree.Aggregate, value: Any, items: Items) -> None:
        above = place_of(node.over, items, self.facts)
        if above is None or node.name in ("any", "all"):
            return
        if node.name == "count":
            self.size(above, value)
            return
        inner = {**items, node.item: (*above, EACH)}
        self.push(node.body, value, inner)
        if node.name == "sum" and _is_number(value):
            self.push(node.body, value / 2, inner)

    def push_call(self, name: str, arguments: tuple[tree.Node, ...], value: Any, items: Items) -> None:
        if name in _ELAPSED and _is_number(value):
            for moment in arguments:
                kind = tree.type_of(moment)
                for relative in _moments(name, value, is_date=isinstance(kind, types.Date)):
                    self.push(moment, relative, items)
                if _is_constant(moment) and kind in (types.DATE, types.INSTANT):
                    self.found.add(AS_OF, *self.constants(moment))
        elif name == "len":
            self.size(place_of(arguments[0], items, self.facts), value)
        elif name == "abs" and _is_number(value):
            self.push(arguments[0], value, items)
            self.push(arguments[0], -value, items)
        elif name in ("min", "max", "clamp"):
            for of in arguments:
                self.push(of, value, items)

    def size(self, place: Place | None, value: Any) -> None:
        if place is not None and _is_number(value) and 0 <= value <= _LONGEST:
            self.found.reads.add(place)
            low = math.floor(value)
            sizes = self.found.sizes.setdefault(place, {})
            sizes.update(dict.fromkeys(of for of in (low, low + 1, low - 1) if of >= 0))

    def solved(
        self, operator: str, left: tree.Node, right: tree.Node, value: float
    ) -> Iterator[tuple[tree.Node, float]]:
        """What one side of an arithmetic operation has to be, for each value of the other."""
        for side, other, swapped in ((left, right, False), (right, left, True)):
            known = [of for of in self.constants(other) if _is_number(of)]
            for of in known or (0, 1, value):
                wanted = _solve(operator, value, of, swapped)
                if wanted is not None:
                    yield side, wanted


def _about_items(rules: ItemRules) -> list[Statement]:
    return [of.rule for of in rules.proposals] + [of.rule for of in rules.shadows]


_ELAPSED = {"days_since": 1, "days_until": -1, "hours_since": 1, "months_since": 1, "years_since": 1, "days_between": 1}


def _moments(name: str, value: float, *, is_date: bool) -> Iterable[Relative]:
    """The moments for which a function of elapsed time has the value, and those beside it."""
    if abs(value) > 400_000:  # off the calendar
        return []
    if name in ("months_since", "years_since"):
        months = math.floor(value) * (12 if name == "years_since" else 1)
        return [DayAgo(0, months)]
    if name == "hours_since":
        return [Ago(round(Fraction(value) * _HOUR))]
    signs = (1, -1, 0) if name == "days_between" else (_ELAPSED[name],)
    if is_date:
        return [
            DayAgo(sign * whole) for sign in signs for whole in dict.fromkeys((math.floor(value), math.ceil(value)))
        ]
    return [Ago(sign * round(Fraction(value) * DAY)) for sign in signs]


def _solve(operator: str, value: float, known: float, swapped: bool) -> float | None:
    """`x operator known == value`, or `known operator x == value`, solved for x."""
    try:
        match operator:
            case "+":
                found = value - known
            case "-":
                found = known - value if swapped else value + known
            case "*":
                found = value / known
            case _:
                found = known / value if swapped else value * known
    except (ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _is_constant(node: tree.Node) -> bool:
    if isinstance(node, tree.Constant | tree.Setting):
        return True
    parts = tree.children(node)
    return isinstance(node, tree.Arithmetic | tree.Call) and bool(parts) and all(map(_is_constant, parts))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
