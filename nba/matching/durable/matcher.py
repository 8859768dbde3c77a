"""The conditions of a layer as rulesets of durable_rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from nba.language.values import FAILED, Value
from nba.matching.coding import Coding, Slot
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
        slots = tuple(dict.fromkeys(slot for formula in [*holding, *failing] for slot in size(formula).slots))
        names = dict(zip(slots, field_names(len(slots)), strict=True))
        self._encoding = coding.encoding(slots, lambda slot, code: _field(names[slot], code))
        names = {slot: names[slot] for slot in self._encoding.slots}  # in the order in which they are sent
        self._always, self._never = ({n for n, of in enumerate(asked) if of is True} for asked in (holding, failing))
        self._true, self._false = ([*_groups(asked, names)] for asked in (holding, failing))
        self._readers: list[set[int]] = [set() for _ in layer.features]
        for number, features in enumerate(layer.reads):
            for feature in features:
                self._readers[feature].add(number)

    def match(self, features: Sequence[Value]) -> Match:
        """Match the conditions against the values of the features."""
        fields = self._encoding.encode(features)
        true = set(self._always)
        for group in self._true:
            true.update(group.collect(fields))
        unknown: set[int] = set()
        for readers, value in zip(self._readers, features, strict=True):
            if value is None or value is FAILED:
                unknown |= readers
        unknown -= true
        unknown -= self._never
        if unknown:
            for group in self._false:
                if not unknown.isdisjoint(group.conditions):
                    unknown.difference_update(group.collect(fields))
        return Match(true, unknown)


def _field(name: str, code: int | None) -> str:
    """What is sent of a slot, in JSON after a comma."""
    return "" if code is None else f',"{name}":{code}'


@dataclass(frozen=True)
class _Group:
    """A ruleset with the condition that each of its rules stands for, and what takes its fields out of all."""

    ruleset: Ruleset
    conditions: tuple[int, ...]
    fields: Callable[[Sequence[str]], Sequence[str]]

    def collect(self, fields: Sequence[str]) -> Iterator[int]:
        """The conditions whose rules fire for a message of these fields."""
        fired = self.ruleset.fire("".join(self.fields(fields)))
        return map(self.conditions.__getitem__, fired)


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
            yield _group(rules, slots, names)
            rules, slots, ways = {}, set(), 0
        rules[number] = formula
        slots.update(of.slots)
        ways += of.ways
    if rules:
        yield _group(rules, slots, names)


def _group(rules: Mapping[int, Formula], slots: set[Slot], names: Mapping[Slot, str]) -> _Group:
    places = [place for place, slot in enumerate(names) if slot in slots]
    fields = itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))
    return _Group(Ruleset([_pattern(formula, names) for formula in rules.values()]), tuple(rules), fields)


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
