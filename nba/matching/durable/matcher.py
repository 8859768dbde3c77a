"""The conditions of a layer as rulesets of durable_rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress
from operator import not_

from nba.language.values import Value
from nba.matching.coding import Coding, Slot, taking
from nba.matching.durable.names import field_names
from nba.matching.durable.ruleset import Ruleset
from nba.matching.normal_form import Atom, Both, Either, Formula, Limits, definitely, size
from nba.matching.protocol import Match
from nba.ruleset.model import Layer

RULESET = Limits(ways=60, fields=200)  # beyond 64 matches it answers 303 and replays stale ones; 302 at 255 fields
RULE = Limits(ways=8, fields=200, groups=15)  # error 113 beyond 15 `$and`s and `$or`s

_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


class DurableMatcher:
    """Evaluates the conditions of a layer with durable_rules.

    Conditions that are definitely true are asked for first. Only those that look at something missing can be unknown,
    and for these it is asked whether they are definitely false.
    """

    def __init__(self, layer: Layer) -> None:
        coding = Coding(layer.conditions)
        holding, failing = (
            [definitely(condition, wanted, coding, RULE) for condition in layer.conditions] for wanted in (True, False)
        )
        readers: dict[Slot, set[int]] = {}
        for number, formula in [*enumerate(holding), *enumerate(failing)]:
            for slot in size(formula).slots:
                readers.setdefault(slot, set()).add(number)
        names = dict(zip(readers, field_names(len(readers)), strict=True))
        self._encoding = coding.encoding([*readers], lambda slot, code: _field(names[slot], code))
        names = {slot: names[slot] for slot in self._encoding.slots}  # in the order in which they are sent
        self._readers = [readers[slot] for slot in names]
        self._always = {number for number, formula in enumerate(holding) if formula is True}
        self._true, self._false = ([*_groups(asked, names)] for asked in (holding, failing))

    def match(self, features: Sequence[Value]) -> Match:
        """Match the conditions against the values of the features."""
        fields = self._encoding.encode(features)
        true = set(self._always)
        for group in self._true:
            group.fire(fields, true.add)
        unknown: set[int] = set()
        if "" in fields:  # something is not sent, and only what looks at that can be unknown
            unknown.update(*compress(self._readers, map(not_, fields)))
            unknown -= true
            for group in self._false:
                if not unknown.isdisjoint(group.conditions):
                    group.fire(fields, unknown.discard)
        return Match(true, unknown)


def _field(name: str, code: int | None) -> str:
    """What is sent of a slot, in JSON after a comma."""
    return "" if code is None else f',"{name}":{code}'


class _Group:
    """A ruleset for some of the conditions, with what takes its fields out of all."""

    def __init__(self, rules: Mapping[int, Formula], names: Mapping[Slot, str]) -> None:
        slots = {slot for formula in rules.values() for slot in size(formula).slots}
        self.conditions = frozenset(rules)
        self._fields: Callable[[Sequence[str]], Sequence[str]] = taking(
            [place for place, slot in enumerate(names) if slot in slots]
        )
        self._ruleset = Ruleset({number: _pattern(formula, names) for number, formula in rules.items()})

    def fire(self, fields: Sequence[str], tell: Callable[[int], object]) -> None:
        """Tell the conditions whose rules fire for a message of these fields."""
        self._ruleset.fire("".join(self._fields(fields)), tell)


def _groups(formulas: Sequence[Formula], names: Mapping[Slot, str]) -> Iterator[_Group]:
    """The formulas in groups, each small enough for one ruleset; without those that always or never hold."""
    rules: dict[int, Formula] = {}
    slots: set[Slot] = set()
    ways = 0
    for number, formula in enumerate(formulas):
        if isinstance(formula, bool):
            continue
        of = size(formula)
        if rules and not RULESET.allow(ways + of.ways, len(slots.union(of.slots))):
            yield _Group(rules, names)
            rules, slots, ways = {}, set(), 0
        rules[number] = formula
        slots.update(of.slots)
        ways += of.ways
    if rules:
        yield _Group(rules, names)


def _pattern(formula: Formula, names: Mapping[Slot, str]) -> dict[str, object]:
    match formula:
        case Atom(slot=slot, relation="==", code=code):
            return {names[slot]: code}
        case Atom(slot=slot, relation=relation, code=code):
            return {_OPERATORS[relation]: {names[slot]: code}}
        case Both(parts=parts):
            return {"$and": [_pattern(part, names) for part in parts]}
        case Either(parts=parts):
            return {"$or": [_pattern(part, names) for part in parts]}
    raise AssertionError("a formula that always or never holds is no rule")
